--
-- What cannot be applied is kept in wa_problem: every kind, with its reason
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE VIEW t.problems AS
SELECT path, problem, code, count, detail, fragment FROM wa_problem ORDER BY id;

-- Not JSON.
SELECT n, i.* FROM (VALUES
	(1, ''), (2, '   '), (3, '<html><body>502 Bad Gateway</body></html>'), (4, '{"object": "whatsapp_business_account", "entry": [{"id": "1'),
	(5, '{"messages": []} {"messages": []}'), (6, '{"messages": [],}'), (7, '// x
{"messages": []}')) AS v (n, payload), LATERAL wa_ingest(payload) AS i;
SELECT * FROM wa_ingest('\x7b226d65737361676573223a5b5d7dff'::bytea);
SELECT * FROM wa_ingest('\x7b226d657373616765c080223a5b5d7d'::bytea);
SELECT * FROM wa_ingest('\x7b226d65737361676573005b5d7d'::bytea);
-- (Where exactly it broke off is json-c's to say.)
SELECT problem, regexp_replace(detail, ' at byte \d+$', '') AS detail, fragment FROM t.problems;

-- JSON of none of the shapes.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES (1, '{}'), (2, '{"hello": "world"}'), (3, 'null'), (4, '5'), (5, '"messages"'), (6, '[5, {"hello": "world"}, null]'),
	(7, '{"object": "x", "entry": {"id": "1"}}'), (8, '{"object": "x", "entry": [null, 7, {"id": "1"}, {"id": "1", "changes": 5}, {"id": "1", "changes": [5, {"field": "messages"}, {"field": "messages", "value": 1}]}]}'),
	(9, '{"messages": {"from": "491550001001"}}'), (10, '{"messages": ["hello", null, []], "statuses": 5, "contacts": "x"}'), (11, '{"statuses": [{"id": "w", "timestamp": 1740823200, "recipient_id": "491550001001"}]}')) AS v (n, payload),
	LATERAL wa_ingest(payload) AS i;
TABLE t.problems;

-- The same member twice in one object: the last one is read, and the whole is kept for the others.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES
	(1, '{"messages": [{"from": "491550001101", "id": "w", "timestamp": 1740823200, "type": "text", "text": {"body": "stop"}}], "messages": []}'),
	(2, '{"user_preferences": [{"wa_id": "491550001102", "category": "marketing_messages", "value": "stop", "value": "resume", "timestamp": 1740823200}]}'),
	(3, '{"body": "{\"statuses\": [{\"id\": \"w\", \"status\": \"read\", \"timestamp\": 1740823200, \"recipient_id\": \"491550001103\", \"recipient_id\": \"491550001104\"}]}"}'),
	(4, '{"messages": [{"from": "491550001105", "id": "w", "timestamp": 1740823200, "type": "text", "text": {"body": "at 10:30, \"from: a: b\""}}]}')) AS v (n, payload),
	LATERAL wa_ingest(payload) AS i;
TABLE t.problems;
SELECT * FROM wa_replay();
SELECT count(*) FROM t.problems;
DELETE FROM wa_problem;
INSERT INTO wa_webhook (payload) VALUES ('{"messages": [{"from": "491550001106", "id": "w", "timestamp": 1740823200, "type": "text", "text": {"body": "stop"}}], "messages": []}');
TABLE t.problems;
SELECT * FROM wa_replay();
SELECT path, problem, webhook_id IS NOT NULL AS stored, resolved_at FROM wa_problem;

-- 64 levels of arrays and objects are read, the 65th is too deep.
DELETE FROM wa_problem;
SELECT depth, i.* FROM (VALUES (64), (65), (1000)) AS v (depth),
	LATERAL wa_ingest('{"statuses": [], "x": ' || repeat('[', depth - 1) || repeat(']', depth - 1) || '}') AS i;
SELECT depth, i.* FROM (VALUES (64), (65)) AS v (depth),
	LATERAL wa_ingest('{"statuses": [], "x": ' || repeat('{"a":', depth - 1) || '1' || repeat('}', depth - 1) || '}') AS i;
SELECT * FROM wa_ingest(repeat('[', 1000000));
SELECT problem, detail, length(fragment) FROM t.problems;

-- 16 MB are read, one byte more is not.
DELETE FROM wa_problem;
SELECT * FROM wa_ingest(rpad('{"statuses": []}', 16 * 1024 * 1024));
SELECT * FROM wa_ingest(rpad('{"statuses": []}', 16 * 1024 * 1024 + 1));
SELECT problem, detail, length(fragment) FROM t.problems;

-- Nobody, and somebody who is none.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES
	(1, '{"statuses": [{"id": "w", "status": "delivered", "timestamp": 1740823200}]}'),
	(2, '{"statuses": [{"id": "w", "status": "failed", "timestamp": 1740823200, "recipient_id": "", "errors": [{"code": 131026}]}]}'),
	(3, '{"messages": [{"id": "w", "timestamp": 1740823200, "type": "text"}]}'),
	(4, '{"user_preferences": [{"category": "marketing_messages", "value": "stop", "timestamp": 1740823200}]}'),
	(5, '{"statuses": [{"id": "w", "status": "read", "timestamp": 1740823200, "recipient_id": "12"}]}'),
	(6, '{"messages": [{"id": "w", "from": "somebody", "timestamp": 1740823200, "type": "text"}]}'),
	(7, '{"user_preferences": [{"wa_id": "0491550001001", "category": "marketing_messages", "value": "stop", "timestamp": 1740823200}]}'),
	(8, '{"messages": [{"id": "w", "from": true, "timestamp": 1740823200, "type": "text"}]}'),
	(9, '{"messages": [{"id": "w", "from": ["491550001001"], "timestamp": 1740823200, "type": "text"}]}')) AS v (n, payload),
	LATERAL wa_ingest(payload) AS i;
SELECT path, problem, detail, fragment FROM t.problems;

-- Clocks that cannot be right.
DELETE FROM wa_problem;
SELECT * FROM wa_ingest(t.hook(t.prefers('491550002001', 'resume', '2008-12-31 23:59:59')));
SELECT * FROM wa_ingest(t.hook(t.prefers('491550002001', 'resume', now() + interval '3 days')));
SELECT * FROM wa_ingest(t.hook(t.wrote('491550002001', now() + interval '9 min')));
SELECT problem, detail FROM t.problems;
SELECT count(*) FROM wa_consent WHERE recipient = '491550002001';

-- Failures without a code that could be judged.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES (1, '{}'), (2, '{"errors": []}'), (3, '{"errors": [{"title": "Message Undeliverable"}]}'), (4, '{"errors": [{"code": "131026x"}]}'),
	(5, '{"errors": [{"code": 131026.5}]}'), (6, '{"errors": [{"code": -131026}]}'), (7, '{"errors": [{"code": 99999999999}]}'), (8, '{"errors": ["131026"]}'),
	(9, '{"errors": [5, {"code": 131026}]}'), (10, '{"errors": {"code": 131026}}')) AS v (n, part),
	LATERAL wa_ingest(jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object('id', 'w', 'status', 'failed',
		'timestamp', 1740823200, 'recipient_id', 491550003000 + n) || part::jsonb))::text) AS i;
SELECT problem, detail, fragment FROM t.problems;
SELECT recipient, code FROM wa_cooldown ORDER BY recipient;

-- A code that nobody knows hurts nobody, and is recorded once, with a count.
DELETE FROM wa_problem;
SELECT * FROM wa_ingest(t.hook(t.failed('491550004001', 777001, '2025-03-01 10:00')));
CALL t.take(t.failed('491550004001', 777001, '2025-03-01 10:00'));
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(t.failed('491550004001', 777000 + n % 2, '2025-03-01 10:00')) FROM generate_series(1, 5) AS n;
SELECT * FROM wa_report_error('491550004002', 777002, '2025-03-01 10:00', details => 'something new');
SELECT problem, code, count, detail, fragment, resolved_at FROM wa_problem ORDER BY code;
SELECT category, wa_sendable('491550004001', category) FROM unnest(enum_range(NULL::wa_category)) AS category;
-- The ordinary numbers of HTTP are codes in the form of the On-Premises API alone.
DELETE FROM wa_problem;
CALL t.take(t.failed('491550004003', 500, '2025-03-01 10:00'));
SELECT * FROM wa_ingest('{"statuses": [{"id": "w", "status": "failed", "timestamp": 1740823200, "recipient_id": "491550004003", "errors": [{"code": 500}]}]}');
SELECT problem, code, count FROM wa_problem;

-- What claims to be of a business that signs, and is not signed by it.
DELETE FROM wa_problem;
INSERT INTO wa_app_secret (business, secret) VALUES ('b8', 'secret');
\set signed '{"object":"whatsapp_business_account","entry":[{"id":"b8","changes":[{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"491550004101","value":"stop","timestamp":1740823200}]}}]}]}'
SELECT problems FROM wa_ingest(:'signed');
SELECT problems FROM wa_ingest(:'signed', 'sha256=0000000000000000000000000000000000000000000000000000000000000000');
SELECT problem, fragment = :'signed' AS kept FROM wa_problem;
SELECT count(*) FROM wa_consent WHERE recipient = '491550004101';
SELECT applied FROM wa_ingest(:'signed', 'sha256=ce79490003a4e524c3127f2bbd32461536695198b12aec7bfd09d0df89e238db');
SELECT count(*) FROM wa_consent WHERE recipient = '491550004101';

-- What is kept with a problem: its webhook, if that is kept, and what it takes to apply it later.
DELETE FROM wa_problem;
DELETE FROM wa_app_secret;
CALL t.take(t.prefers('491550005001', 'pause', '2025-03-01 10:00'));
SELECT * FROM wa_ingest(t.hook(t.prefers('491550005001', 'pause', '2025-03-01 10:00'), 'b2', 's2'));
SELECT * FROM wa_ingest('{"statuses": [{"id": "w", "status": "read"}]}');
SELECT w.id IS NOT NULL AS kept, path, business, sender, on_premises, coalesce(p.received_at = w.received_at, p.received_at BETWEEN now() AND clock_timestamp()) AS received_at,
	recorded_at BETWEEN now() AND clock_timestamp() AS recorded_at, resolved_at, count
FROM wa_problem AS p LEFT JOIN wa_webhook AS w ON w.id = p.webhook_id ORDER BY p.id;
-- A webhook that comes twice is two webhooks; one problem for each.
INSERT INTO wa_webhook (received_at, payload) SELECT received_at, payload FROM wa_webhook ORDER BY id DESC LIMIT 1;
SELECT count(*), count(webhook_id), count(DISTINCT webhook_id) FROM wa_problem;

-- An error that an application reports: what comes from outside is a problem, misuse an error.
DELETE FROM wa_problem;
SELECT * FROM wa_report_error('maria@example.com', 131026, '2025-03-01 10:00', 'b1', 's1', 'wamid.1', 'the details');
SELECT * FROM wa_report_error('', 131026, '2025-03-01 10:00');
SELECT * FROM wa_report_error('491550006001', 131026, '2008-12-31');
SELECT * FROM wa_report_error('491550006001', 131026, now() + interval '11 min');
SELECT * FROM wa_report_error('491550006001', 131026, 'infinity');
SELECT * FROM wa_report_error('491550006001', 131026, now() + interval '9 min');
SELECT problem, detail FROM wa_problem ORDER BY id;
-- Nothing of it is lost.
SELECT bool_and(fragment LIKE '%131026%') AS code, bool_or(fragment LIKE '%maria@example.com%') AS recipient,
	bool_or(fragment LIKE '%wamid.1%') AS message, bool_or(fragment LIKE '%the details%') AS details, bool_or(business = 'b1' AND sender = 's1') AS scope
FROM wa_problem;
-- What is of the sender holds it whoever was meant.
SELECT * FROM wa_report_error('', 131048, '2025-03-01 10:00', 'b1', 's1');
SELECT business, sender, code FROM wa_sender_hold;
SELECT wa_report_error(NULL, 131026);
SELECT wa_report_error('491550006001', NULL);
SELECT wa_report_error('491550006001', 131026, NULL);
\set VERBOSITY sqlstate
SELECT wa_report_error(NULL, 131026);
\set VERBOSITY default

ROLLBACK;
