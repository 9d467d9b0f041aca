--
-- Cooldowns: ladders at exact times, strikes, and what lifts them
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- A recipient fails with a code at each of the times; then what is stored, and
-- what a decision says one microsecond before the end and at the end.
CREATE PROCEDURE t.fail(who text, code integer, VARIADIC at timestamptz[])
	LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..cardinality(at) LOOP
		CALL t.take(t.failed(who, code, at[i]));
	END LOOP;
END
$$;
CREATE VIEW t.stands AS
SELECT recipient, code, cardinality(failures) AS failures, strikes,
	CASE WHEN isfinite(until) THEN until - failures[cardinality(failures)] END AS wait, until,
	CASE WHEN isfinite(until) THEN wa_sendable(recipient, 'marketing', at => until - interval '1 us') END AS before,
	CASE WHEN isfinite(until) THEN wa_sendable(recipient, 'marketing', at => until) END AS then
FROM wa_cooldown ORDER BY recipient, code;

-- 131049: 24 h, 24 h, 48 h, and 48 h from then on.
CALL t.fail('491510001001', 131049, '2025-03-01 10:00');
CALL t.fail('491510001002', 131049, '2025-03-01 10:00', '2025-03-02 10:00');
CALL t.fail('491510001003', 131049, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-03 10:00');
CALL t.fail('491510001004', 131049, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-03 10:00', '2025-03-05 10:00');
-- A failure less than 12 hours after the strike before is no strike, but it is the latest failure.
CALL t.fail('491510001011', 131049, '2025-03-01 10:00', '2025-03-01 21:59:59');
CALL t.fail('491510001012', 131049, '2025-03-01 10:00', '2025-03-01 22:00:00');
-- The 12 hours count from the last strike, not from the last failure.
CALL t.fail('491510001013', 131049, '2025-03-01 00:00', '2025-03-01 08:00', '2025-03-01 16:00');
CALL t.fail('491510001014', 131049, '2025-03-01 00:00', '2025-03-01 08:00', '2025-03-01 16:00', '2025-03-02 00:00');
CALL t.fail('491510001015', 131049, '2025-03-01 00:00', '2025-03-01 08:00', '2025-03-01 16:00', '2025-03-02 00:00', '2025-03-02 04:00');
-- Strikes are forgotten 30 days before the latest failure, not a second earlier.
CALL t.fail('491510001021', 131049, '2025-03-01 10:00:00', '2025-03-31 10:00:00');
CALL t.fail('491510001022', 131049, '2025-03-01 10:00:00', '2025-03-31 10:00:01');
-- In any order of arrival.
CALL t.fail('491510001031', 131049, '2025-03-03 10:00', '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-03 10:00', '2025-03-02 21:00');
SELECT * FROM t.stands;
-- Marketing alone is held up.
SELECT category, wa_sendable('491510001001', category, at => '2025-03-01 12:00'),
	wa_next_sendable('491510001001', category, at => '2025-03-01 12:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- 131026: 1 day, 7 days, 30 days; everything but a free-form message.
DELETE FROM wa_cooldown;
CALL t.fail('491510002001', 131026, '2025-03-01 10:00');
CALL t.fail('491510002002', 131026, '2025-03-01 10:00', '2025-03-02 10:00');
CALL t.fail('491510002003', 131026, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-09 10:00');
CALL t.fail('491510002004', 131026, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-09 10:00', '2025-03-31 10:00');
-- The fourth comes more than 30 days after the first.
CALL t.fail('491510002005', 131026, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-09 10:00', '2025-04-08 10:00');
CALL t.fail('491510002006', 131026, '2025-03-01 10:00', '2025-03-01 21:59:59');
SELECT * FROM t.stands;
CALL t.take(t.wrote('491510002001', '2025-03-01 09:00'));
SELECT category, wa_sendable('491510002001', category, at => '2025-03-01 12:00'),
	wa_next_sendable('491510002001', category, at => '2025-03-01 12:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- 131056: seconds, no gap, all four categories.
DELETE FROM wa_cooldown;
CALL t.fail('491510003001', 131056, '2025-03-01 10:00:00');
CALL t.fail('491510003002', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:04');
CALL t.fail('491510003003', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:01', '2025-03-01 10:00:02');
CALL t.fail('491510003004', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:01', '2025-03-01 10:00:02', '2025-03-01 10:00:03');
CALL t.fail('491510003005', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:01', '2025-03-01 10:00:02', '2025-03-01 10:00:03', '2025-03-01 10:00:04');
CALL t.fail('491510003006', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:01', '2025-03-01 10:00:02', '2025-03-01 10:00:03', '2025-03-01 10:00:04', '2025-03-01 10:00:05');
-- Two in one second are one.
CALL t.fail('491510003011', 131056, '2025-03-01 10:00:00', '2025-03-01 10:00:00');
SELECT * FROM t.stands;
CALL t.take(t.wrote('491510003001', '2025-03-01 10:00:00'));
SELECT category, wa_sendable('491510003001', category, at => '2025-03-01 10:00:03'),
	wa_next_sendable('491510003001', category, at => '2025-03-01 10:00:03')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- 130472 has no end of its own and holds up marketing; 130403 holds up all.
DELETE FROM wa_cooldown;
DELETE FROM wa_activity;
CALL t.fail('491510004001', 130472, '2025-03-01 10:00');
CALL t.fail('491510004002', 130403, '2025-03-01 10:00', '2025-03-02 10:00');
SELECT * FROM t.stands;
SELECT recipient, category, wa_sendable(recipient, category, at => '2030-01-01'),
	wa_next_sendable(recipient, category, at => '2030-01-01')
FROM wa_cooldown, unnest(enum_range(NULL::wa_category)) AS category ORDER BY recipient, category;

-- The codes that the On-Premises API has for the same, in its own form of a webhook.
DELETE FROM wa_cooldown;
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object('id', 'gBGG',
	'status', 'failed', 'timestamp', t.unix('2025-03-01 10:00'), 'recipient_id', '49151000500' || n,
	'errors', jsonb_build_array(jsonb_build_object('code', code)))))
FROM (VALUES (1, 1026), (2, 1013), (3, 472)) AS v (n, code);
SELECT * FROM t.stands;

-- What lifts which, and from how many seconds after the failure on: a minute or a second before it,
-- with it, a second or a day later, and around these.
DELETE FROM wa_cooldown;
DELETE FROM wa_activity;
CREATE TABLE t.trial AS
SELECT row_number() OVER () + 491510060000 AS who, code, n, kind, shift,
	timestamptz '2025-03-01 10:00' AS at, timestamptz '2025-03-01 10:00' + shift * interval '1 s' AS evidence_at
FROM unnest(ARRAY[131049, 131026, 131056, 130472, 130403]) AS code,
	unnest(ARRAY['inbound', 'delivered', 'read', 'played', 'marketing', 'marketing_lite', 'utility',
		'sent', 'stop', 'resume', '131047']) WITH ORDINALITY AS evidence (kind, n),
	unnest(ARRAY[-61, -60, -1, 0, 1, 86399, 86400, 86401]) AS shift;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT *, CASE kind
			WHEN 'inbound' THEN t.wrote(who::text, evidence_at)
			WHEN 'delivered' THEN t.receipt(who::text, evidence_at)
			WHEN 'read' THEN t.receipt(who::text, evidence_at, NULL, kind)
			WHEN 'played' THEN t.receipt(who::text, evidence_at, NULL, kind)
			WHEN 'sent' THEN t.receipt(who::text, evidence_at, 'marketing', kind)
			WHEN 'stop' THEN t.prefers(who::text, kind, evidence_at)
			WHEN 'resume' THEN t.prefers(who::text, kind, evidence_at)
			WHEN '131047' THEN t.failed(who::text, 131047, evidence_at)
			ELSE t.receipt(who::text, evidence_at, kind) END AS evidence
		FROM t.trial
	LOOP
		-- whichever arrives first
		IF r.who % 2 = 0 THEN
			CALL t.take(r.evidence);
		END IF;
		CALL t.take(t.failed(r.who::text, r.code, r.at));
		IF r.who % 2 = 1 THEN
			CALL t.take(r.evidence);
		END IF;
	END LOOP;
END
$$;
SELECT e.code, e.kind, min(shift) FILTER (WHERE c.strikes = 0) AS "from",
	string_agg(CASE WHEN c.strikes = 0 THEN 'lifted' ELSE 'stands' END, ', ' ORDER BY shift) AS all
FROM t.trial AS e JOIN wa_cooldown AS c ON c.recipient = e.who::text::wa_recipient
GROUP BY e.code, e.n, e.kind HAVING bool_or(c.strikes = 0) ORDER BY e.code, e.n;
-- The failure stays on record; only the strikes are gone.
SELECT c.code, failures, strikes, until, lifted_at
FROM t.trial AS e JOIN wa_cooldown AS c ON c.recipient = e.who::text::wa_recipient
WHERE kind = 'inbound' AND shift = 1 ORDER BY code;
-- Nothing to do again.
SELECT wa_recompute();

-- Failures up to the evidence are forgiven, later ones begin at the first step.
DELETE FROM wa_cooldown;
DELETE FROM wa_activity;
CALL t.fail('491510007001', 131026, '2025-03-01 10:00', '2025-03-02 10:00', '2025-03-09 10:00');
CALL t.take(t.receipt('491510007001', '2025-03-05 10:00'));
TABLE t.stands;
CALL t.take(t.receipt('491510007001', '2025-03-09 10:00'));
TABLE t.stands;
CALL t.fail('491510007001', 131026, '2025-03-20 10:00');
TABLE t.stands;
-- A receipt that comes late but is older lifts nothing more.
CALL t.take(t.receipt('491510007001', '2025-03-19 10:00'));
TABLE t.stands;
-- A receipt clears 131026 for good, so that all may be sent again.
CALL t.take(t.receipt('491510007001', '2025-03-20 10:00:01', 'utility'));
SELECT category, wa_sendable('491510007001', category, at => '2025-03-20 10:00:02')
FROM unnest(enum_range(NULL::wa_category)) AS category;
-- The receipt of a utility message does not clear 131049, that of a marketing message does a day later:
-- before, it is an older message that is read late.
CALL t.fail('491510007002', 131049, '2025-03-01 10:00', '2025-03-02 09:00');
CALL t.take(t.receipt('491510007002', '2025-03-02 11:00', 'utility'));
CALL t.take(t.receipt('491510007002', '2025-03-02 11:00', 'marketing', 'read'));
TABLE t.stands;
SELECT wa_sendable('491510007002', 'marketing', at => '2025-03-02 12:00');
CALL t.take(t.receipt('491510007002', '2025-03-03 08:59:59', 'marketing'));
SELECT strikes, until FROM wa_cooldown WHERE recipient = '491510007002';
CALL t.take(t.receipt('491510007002', '2025-03-03 09:00', 'marketing'));
SELECT strikes, until FROM wa_cooldown WHERE recipient = '491510007002';
-- The next ladder begins at its first step, and the same receipt does not reach it.
CALL t.fail('491510007002', 131049, '2025-03-03 08:00');
SELECT strikes, until FROM wa_cooldown WHERE recipient = '491510007002';
-- The receipt of the very message that was refused, one second earlier.
CALL t.fail('491510007004', 131026, '2025-03-01 10:00');
CALL t.take(t.receipt('491510007004', '2025-03-01 09:59:59'));
SELECT wa_sendable('491510007004', 'marketing', at => '2025-03-01 10:00:01');
-- 131026 withholds marketing and utility; a sign-in code is tried.
CALL t.fail('491510007005', 131026, '2025-03-01 10:00');
SELECT category, wa_sendable('491510007005', category, at => '2025-03-01 12:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- Evidence of another business lifts nothing; that of another sender of the same business does.
CALL t.fail('491510007003', 131026, '2025-03-01 10:00');
CALL t.take(t.receipt('491510007003', '2025-03-01 11:00'), 'b2');
SELECT wa_sendable('491510007003', 'utility', at => '2025-03-01 12:00');
CALL t.take(t.receipt('491510007003', '2025-03-01 11:00'), 'b1', 's2');
SELECT wa_sendable('491510007003', 'utility', at => '2025-03-01 12:00');

-- The 32 latest distinct failures are kept, whatever order they come in.
CREATE TABLE t.fifty AS SELECT timestamptz '2025-03-01 10:00' + n * interval '1 s' AS at FROM generate_series(1, 50) AS n;
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(t.failed('491510008001', 131056, at)) FROM t.fifty ORDER BY at;
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(t.failed('491510008002', 131056, at)) FROM t.fifty ORDER BY at DESC;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT at FROM t.fifty ORDER BY md5(at::text) LOOP
		CALL t.take(t.failed('491510008003', 131056, r.at));
		CALL t.take(t.failed('491510008003', 131056, r.at));
	END LOOP;
END
$$;
SELECT recipient, cardinality(failures), failures[1] AS first, failures[32] AS last, strikes, until
FROM wa_cooldown WHERE recipient::text LIKE '491510008%' ORDER BY recipient;
SELECT count(DISTINCT failures) FROM wa_cooldown WHERE recipient::text LIKE '491510008%';

-- An error that the send API answered at once is the same event as its webhook.
SELECT * FROM wa_report_error('+49 151 0009001', 131026, '2025-03-01 10:00', 'b1', 's1', 'wamid.x', 'details');
SELECT * FROM wa_report_error('+49 151 0009001', 131026, '2025-03-01 10:00', 'b1', 's1', 'wamid.x', 'details');
SELECT recipient, business, code, failures, strikes, until FROM wa_cooldown WHERE recipient = '491510009001';
CALL t.take(t.failed('491510009001', 131026, '2025-03-01 10:00'));
SELECT recipient, business, code, failures, strikes, until FROM wa_cooldown WHERE recipient = '491510009001';
-- Business '' holds for every business.
SELECT * FROM wa_report_error('491510009002', 131049, '2025-03-01 10:00');
SELECT business, wa_sendable('491510009002', 'marketing', business, at => '2025-03-01 12:00')
FROM (VALUES (NULL), ('b1'), ('b2')) AS v (business);

-- One webhook may bring several errors, of which each counts.
CALL t.take('{"statuses": [{"id": "w", "status": "failed", "timestamp": 1740823200, "recipient_id": "491510009003",
	"errors": [{"code": 131049}, {"code": "131026", "title": "Healthy Ecosystem Limit"}, {"code": 131053}]}]}');
SELECT code, strikes, until FROM wa_cooldown WHERE recipient = '491510009003' ORDER BY code;

ROLLBACK;
