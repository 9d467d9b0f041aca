--
-- wa_replay: kept payloads and open problems once more
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

SELECT * FROM wa_replay();

-- A bit of everything, kept and not kept.
CALL t.take(t.prefers('491610001001', 'stop', '2025-03-01 10:00'));
CALL t.take(t.wrote('491610001002', '2025-03-01 10:00', 'STOP'));
CALL t.take(t.wrote('491610001003', '2025-03-01 10:00', 'Ciao'));
CALL t.take(t.failed('491610001004', 131049, '2025-03-01 10:00'));
CALL t.take(t.receipt('491610001004', '2025-03-02 11:00', 'marketing'));
CALL t.take(t.failed('491610001005', 888001, '2025-03-01 10:00'));
CALL t.take(t.prefers('491610001006', 'pause', '2025-03-01 10:00'));
CALL t.take('{"event": "PARTNER_ADDED"}');
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', '<html>');
SELECT * FROM wa_ingest(t.hook(t.failed('491610001007', 888002, '2025-03-01 10:00'), 'b7', 's7'));
SELECT * FROM wa_ingest('{"statuses": [{"id": "w", "status": "read", "timestamp": 1740823200}]}');

CREATE VIEW t.state AS
SELECT 'consent' AS of, to_jsonb(c) AS row FROM wa_consent AS c
UNION ALL SELECT 'log', to_jsonb(l) FROM wa_consent_log AS l
UNION ALL SELECT 'cooldown', to_jsonb(c) FROM wa_cooldown AS c
UNION ALL SELECT 'activity', to_jsonb(a) FROM wa_activity AS a
UNION ALL SELECT 'problem', to_jsonb(p) FROM wa_problem AS p
UNION ALL SELECT 'webhook', to_jsonb(w) FROM wa_webhook AS w;
CREATE TABLE t.before AS SELECT * FROM t.state;

-- Idempotent: nothing changes, however often.
SELECT * FROM wa_replay();
SELECT * FROM wa_replay();
SELECT count(*) AS changed FROM ((TABLE t.state EXCEPT TABLE t.before) UNION ALL (TABLE t.before EXCEPT TABLE t.state)) AS d;

-- After a change of the phrases, messages of the past are read again.
INSERT INTO wa_phrase (phrase, meaning) VALUES ('ciao', 'stop');
SELECT wa_sendable('491610001003', 'marketing');
SELECT * FROM wa_replay();
SELECT wa_sendable('491610001003', 'marketing');
SELECT of, row - 'id' - 'recorded_at' - 'webhook_id' - 'recorded_by' AS row FROM t.state WHERE row->>'recipient' = '491610001003' ORDER BY of;

-- After a code has become known, its failures count, from the kept payload and from the problem that kept the element.
INSERT INTO wa_error_override (code, category, blocks, ladder, gap, reason)
VALUES (888001, 'recipient', '{marketing}', '{2 days}', '0', 'ours'), (888002, 'recipient', '{marketing,utility}', '{NULL}', '0', 'ours');
SELECT * FROM wa_replay();
SELECT recipient, business, code, failures, strikes, until FROM wa_cooldown ORDER BY code;
SELECT path, problem, code, count, resolved_at BETWEEN now() AND clock_timestamp() AS resolved FROM wa_problem ORDER BY id;
-- A resolved problem is not tried again, an open one is.
SELECT * FROM wa_replay();
-- A code that is forgotten and comes again is open again.
DELETE FROM wa_error_override WHERE code = 888001;
CALL t.take(t.failed('491610001008', 888001, '2025-03-01 10:00'));
SELECT problem, code, count, resolved_at IS NULL AS open FROM wa_problem WHERE code = 888001;

-- A webhook id as bound; an empty range leaves the open problems to be tried.
SELECT min(id) AS first, max(id) AS last FROM wa_webhook \gset
DELETE FROM wa_activity;
SELECT * FROM wa_replay(:last + 1);
SELECT * FROM wa_replay(NULL, :first - 1);
SELECT * FROM wa_replay(:first, :first);
SELECT * FROM wa_replay(to_id => :first + 1);
SELECT recipient FROM wa_activity ORDER BY recipient;
SELECT * FROM wa_replay(from_id => :first + 2);
SELECT recipient FROM wa_activity ORDER BY recipient;

-- What a problem is about stands in its payload, and goes to the problem where the payload is deleted, changed or truncated.
DELETE FROM wa_webhook;
DELETE FROM wa_problem;
CALL t.take(jsonb_build_object('user_preferences', jsonb_build_array(
	jsonb_build_object('wa_id', '491610003001', 'value', 'pause', 'timestamp', 1740823200),
	jsonb_build_object('wa_id', '491610003002', 'value', 'stop', 'timestamp', 1740823200),
	jsonb_build_object('wa_id', '491610003003', 'value', 'pause', 'timestamp', 'then'))));
CALL t.take(t.prefers('491610003004', 'pause', '2025-03-01 10:00'));
CALL t.take(t.prefers('491610003005', 'pause', '2025-03-01 10:00'));
CALL t.take(t.failed('491610003006', 888003, '2025-03-01 10:00'));
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
UPDATE wa_webhook SET signature = 'x';
SELECT count(fragment) FROM wa_problem;
UPDATE wa_webhook SET payload = '{}' WHERE payload LIKE '%491610003004%';
DELETE FROM wa_webhook WHERE payload LIKE '%49161000300_%pause%pause%';
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
TRUNCATE wa_webhook RESTART IDENTITY;
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
-- The next webhook has another number than any that a problem or the log is about.
INSERT INTO wa_webhook (payload) VALUES ('{');
SELECT w.id > ALL (SELECT p.webhook_id FROM wa_problem AS p WHERE p.problem <> 'invalid_json' UNION ALL
	SELECT l.webhook_id FROM wa_consent_log AS l WHERE l.webhook_id IS NOT NULL) AS new FROM wa_webhook AS w;
DELETE FROM wa_webhook;
DELETE FROM wa_problem WHERE problem = 'invalid_json';
SELECT * FROM wa_replay();
INSERT INTO wa_error_override (code, category, blocks, ladder, gap, reason) VALUES (888003, 'recipient', '{marketing}', '{2 days}', '0', 'ours');
SELECT * FROM wa_replay();
SELECT recipient, strikes FROM wa_cooldown WHERE code = 888003;
-- A code that comes again is about the element that it comes in now.
DELETE FROM wa_error_override WHERE code = 888003;
SELECT problems FROM wa_ingest(t.hook(t.failed('491610003007', 888003, '2025-03-01 10:00')));
SELECT webhook_id, count, resolved_at, fragment LIKE '%491610003007%' AS new FROM wa_problem WHERE code = 888003;
-- Counts that were left for it are taken up.
INSERT INTO wa_problem_tally (code, count) VALUES (888003, 5), (888003, 6);
SELECT problems FROM wa_ingest(t.hook(t.failed('491610003007', 888003, '2025-03-01 10:00')));
SELECT p.count, (SELECT count(*) FROM wa_problem_tally) FROM wa_problem AS p WHERE code = 888003;
DELETE FROM wa_problem;
-- More than one batch: the same as all at once.
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(CASE WHEN n % 10 = 0 THEN t.prefers((491611000000 + n)::text, 'pause', '2025-03-01 10:00') ELSE t.wrote((491611000000 + n)::text, '2025-03-01 10:00') END)
FROM generate_series(1, 9000) AS n;
DELETE FROM wa_activity;
SELECT * FROM wa_replay();
SELECT count(*), (SELECT count(*) FROM wa_problem WHERE resolved_at IS NULL AND fragment IS NULL) AS open FROM wa_activity;
SELECT count(*) AS locked FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'wa_activity'::regclass AND mode = 'ShareRowExclusiveLock';

-- An element by itself, with its contact, says what it said when it came: nothing new is recorded.
DELETE FROM wa_problem;
CREATE FUNCTION t.odd(number integer) RETURNS jsonb LANGUAGE sql RETURN jsonb_build_object(
	'contacts', jsonb_build_array(jsonb_build_object('wa_id', '49161000400' || number, 'user_id', 'DE.r' || number)),
	'user_preferences', jsonb_build_array(jsonb_build_object('user_id', 'DE.r' || number, 'category', 'marketing', 'value', 'stop', 'timestamp', 1740823200)),
	'statuses', jsonb_build_array(jsonb_build_object('status', 'read', 'recipient_user_id', 'DE.r' || number, 'timestamp', 1740823200,
		'errors', '[{"code": 131049}, {"code": 888009}]'::jsonb)));
SELECT problems FROM wa_ingest(t.hook(t.odd(1)));
CALL t.take(t.odd(2));
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
CREATE TABLE t.digest AS SELECT * FROM wa_digest();
SELECT applied FROM wa_replay((SELECT max(id) + 1 FROM wa_webhook));
SELECT * FROM (SELECT * FROM wa_digest() EXCEPT TABLE t.digest) AS changed;
DELETE FROM wa_webhook;
SELECT applied FROM wa_replay();
SELECT * FROM (SELECT * FROM wa_digest() EXCEPT TABLE t.digest) AS changed;

-- A payload that was received when it was ahead of the clock stays so.
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-03-01 09:00', t.hook(t.prefers('491610002001', 'resume', '2025-03-01 10:00')));
SELECT problem, detail FROM wa_problem ORDER BY id DESC LIMIT 1;
SELECT applied > 0 AS applied FROM wa_replay();
SELECT count(*) FROM wa_consent WHERE recipient = '491610002001';

-- What an operator has closed stays closed.
UPDATE wa_problem SET resolved_at = '2026-01-01' WHERE id = (SELECT max(id) FROM wa_problem);
SELECT problems >= 0 AS replayed FROM wa_replay();
SELECT problem, resolved_at FROM wa_problem ORDER BY id DESC LIMIT 1;

ROLLBACK;
