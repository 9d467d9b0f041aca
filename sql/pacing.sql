--
-- Frequency caps, quiet hours, and marketing only after an opt-in
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

DELETE FROM wa_sender;
INSERT INTO wa_sender (business, sender, display_phone) VALUES ('b1', 's1', '+55 11 91234-5678'), ('b2', 's2', '+49 30 123456'), ('b3', 's3', NULL);

-- A receipt of a message that has an id.
CREATE FUNCTION t.got(who text, at timestamptz, message text, category text DEFAULT 'marketing', status text DEFAULT 'delivered') RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.' || message, 'status', status, 'timestamp', t.unix(at), 'recipient_id', who,
		'pricing', jsonb_build_object('category', category))));

-- At that time it is false, at the next true, and a microsecond before that false.
CREATE FUNCTION t.next(phone text, category wa_category, business text, sender text, at timestamptz)
	RETURNS TABLE (now_sendable boolean, next timestamptz, then_sendable boolean, before boolean)
	LANGUAGE sql STABLE
	RETURN (SELECT ROW (wa_sendable(phone, category, business, sender, at), n,
		CASE WHEN n IS NOT NULL THEN wa_sendable(phone, category, business, sender, n) END,
		CASE WHEN n > at THEN wa_sendable(phone, category, business, sender, n - '1 microsecond'::interval) END)
	FROM wa_next_sendable(phone, category, business, sender, at) AS n);

-- Receipts are kept whether there is a cap or not: by message, in any order, once.
CALL t.take(t.got('5511987654321', '2025-03-03 10:00', 'm2'));
CALL t.take(t.got('5511987654321', '2025-03-01 10:00', 'm1'));
CALL t.take(t.got('5511987654321', '2025-03-01 18:00', 'm1', status => 'read'));
CALL t.take(t.got('5511987654321', '2025-03-03 10:00', 'm3'));
CALL t.take(t.got('5511987654321', '2025-03-03 10:00', 'm3'));
CALL t.take(t.got('5511987654321', '2025-03-04 10:00', 'm4', 'utility'));
CALL t.take(t.got('5511987654321', '2025-03-04 10:00', 'm5', NULL));
SELECT recipient, business, category, deliveries, array_length(messages, 1), messages[2] = messages[1] AS one_message FROM wa_delivery ORDER BY category;
SELECT wa_sendable('5511987654321', 'marketing', at => '2025-03-03 12:00');

-- Three in a week.
INSERT INTO wa_frequency_cap (category, messages, period, reason) VALUES ('marketing', 3, '7 days', 'our promise');
SELECT * FROM wa_explain('5511987654321', 'marketing', at => '2025-03-03 12:00');
SELECT at, category, wa_sendable('5511987654321', category, at => at) AS sendable, wa_first_reason('5511987654321', category, at => at) AS reason
FROM unnest('{2025-03-03 09:59:59, 2025-03-03 10:00, 2025-03-08 09:59:59.999999, 2025-03-08 10:00}'::timestamptz[]) AS at, unnest('{marketing, utility}'::wa_category[]) AS category;
SELECT x.* FROM t.next('5511987654321', 'marketing', NULL, NULL, '2025-03-03 12:00') AS x;
-- m1 was read on the same day, and counts once.
SELECT wa_sendable('5511987654321', 'marketing', at => '2025-03-02 12:00');

-- An open window is exempt, where the row says so.
CALL t.take(t.wrote('5511987654321', '2025-03-05 12:00'));
SELECT at, exempt_in_window, n.* FROM unnest('{2025-03-05 11:00, 2025-03-05 13:00, 2025-03-06 13:00}'::timestamptz[]) AS at,
	LATERAL (SELECT exempt_in_window FROM wa_frequency_cap) AS c, LATERAL t.next('5511987654321', 'marketing', NULL, NULL, at) AS n;
UPDATE wa_frequency_cap SET exempt_in_window = false;
SELECT at, exempt_in_window, n.* FROM unnest('{2025-03-05 11:00, 2025-03-05 13:00, 2025-03-06 13:00}'::timestamptz[]) AS at,
	LATERAL (SELECT exempt_in_window FROM wa_frequency_cap) AS c, LATERAL t.next('5511987654321', 'marketing', NULL, NULL, at) AS n;

-- Businesses: each sees its own, all see the sum.
CALL t.take(t.got('5511987650000', '2025-03-03 10:00', 'n1'), 'b1');
CALL t.take(t.got('5511987650000', '2025-03-03 11:00', 'n2'), 'b2', 's2');
CALL t.take(t.got('5511987650000', '2025-03-03 12:00', 'n3'), 'b3', 's3');
SELECT b AS business, wa_first_reason('5511987650000', 'marketing', b, at => '2025-03-03 13:00') FROM (VALUES (NULL), ('b1'), ('b2')) AS v (b);
INSERT INTO wa_frequency_cap (category, messages, period, business) VALUES ('marketing', 1, '1 day', 'b1');
SELECT b AS business, wa_first_reason('5511987650000', 'marketing', b, at => '2025-03-03 13:00') FROM (VALUES (NULL), ('b1'), ('b3')) AS v (b);
DELETE FROM wa_frequency_cap;

-- More than the 64 that are kept: of the time before nobody knows how many there were, which is as good as too many.
INSERT INTO wa_webhook (received_at, payload)
	SELECT '2025-12-31 23:00Z', t.hook(t.got('5511987651111', '2025-03-06 10:00'::timestamptz + n * interval '1 minute', 'many' || n), 'b1', 's1') FROM generate_series(1, 70) AS n;
INSERT INTO wa_frequency_cap (category, messages, period, reason) VALUES ('marketing', 3, '7 days', 'our promise');
SELECT at, e.reason, e.until, e.detail FROM unnest('{2025-03-06 10:05, 2025-03-06 12:00}'::timestamptz[]) AS at, LATERAL wa_explain('5511987651111', 'marketing', at => at) AS e;
DELETE FROM wa_frequency_cap;

-- Regions without limit: of the recipient, or of the sender's own number, which must be said or be told by all that there are.
SELECT count(*), min(region), max(region), bool_and(is_default), min(source) FROM wa_region_without_limit;
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '1 day');
CALL t.take(t.got('491590001001', '2025-03-03 10:00', 'o1'), 'b1');
SELECT phone, business, sender, wa_first_reason(phone, 'marketing', business, sender, '2025-03-03 13:00')
FROM unnest('{491590001001, 5511987650000}'::text[]) AS phone,
	(VALUES (NULL, NULL), ('b1', NULL), ('b1', 's1'), ('b2', NULL), ('b2', 's2'), ('b3', 's3'), (NULL, 's2')) AS v (business, sender);
UPDATE wa_frequency_cap SET exempt_regions = false;
SELECT phone, business, sender, wa_first_reason(phone, 'marketing', business, sender, '2025-03-03 13:00')
FROM unnest('{491590001001, 5511987650000}'::text[]) AS phone, (VALUES (NULL, NULL), ('b2', 's2')) AS v (business, sender);
DELETE FROM wa_frequency_cap;

-- One person under several identifiers: what was delivered to the phone counts for the BSUID and the other way round.
CALL t.take('{"user_preferences": [{"wa_id": "5521912345678", "user_id": "BR.one", "value": "resume", "timestamp": 1740000000}]}');
CALL t.take(t.got('5521912345678', '2025-03-03 10:00', 'p1'));
CALL t.take('{"statuses": [{"id": "wamid.p2", "status": "delivered", "recipient_user_id": "BR.one", "timestamp": 1741000000, "pricing": {"category": "marketing"}}]}');
CALL t.take('{"statuses": [{"id": "wamid.p1", "status": "read", "recipient_user_id": "BR.one", "timestamp": 1741000500, "pricing": {"category": "marketing"}}]}');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 2, '1 day');
SELECT phone, wa_first_reason(phone, 'marketing', at => '2025-03-03 12:00'), wa_next_sendable(phone, 'marketing', at => '2025-03-03 12:00') FROM unnest('{5521912345678, BR.one}'::text[]) AS phone;
UPDATE wa_frequency_cap SET messages = 3;
SELECT phone, wa_first_reason(phone, 'marketing', at => '2025-03-03 12:00') FROM unnest('{5521912345678, BR.one}'::text[]) AS phone;
DELETE FROM wa_frequency_cap;

-- Quiet hours by the clock of the recipient: Berlin, over the change to summer time on 2025-03-30 at 01:00 UTC.
INSERT INTO wa_quiet_hours (region, category, starts, ends, source) VALUES ('DE', 'marketing', '22:00', '08:00', 'our works council');
SELECT * FROM wa_explain('491590001001', 'marketing', at => '2025-03-30 00:30');
SELECT at, n.*, wa_sendable('491590001001', 'utility', at => at) AS utility, wa_sendable('33612345678', 'marketing', at => at) AS french
FROM unnest('{2025-03-29 12:00, 2025-03-29 20:59:59.999999, 2025-03-29 21:00, 2025-03-30 05:59:59.999999, 2025-03-30 06:00, 2025-10-25 20:00, 2025-10-26 07:00}'::timestamptz[]) AS at,
	LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
-- A clock that is put back shows an hour twice, and one that is put forward leaves one out.
UPDATE wa_quiet_hours SET starts = '01:30', ends = '02:30';
SELECT at, n.* FROM unnest('{2025-10-25 23:30, 2025-10-26 00:29:59, 2025-10-26 00:45, 2025-10-26 01:00, 2025-03-30 00:30, 2025-03-30 00:59:59.999999, 2025-03-30 01:00}'::timestamptz[]) AS at,
	LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
UPDATE wa_quiet_hours SET starts = '02:15', ends = '02:45';
SELECT at, n.* FROM unnest('{2025-03-30 00:59:59.999999, 2025-03-30 01:00, 2025-10-26 00:15, 2025-10-26 01:15}'::timestamptz[]) AS at,
	LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
-- Days on which it begins: 2025-03-28 is a Friday.
UPDATE wa_quiet_hours SET days = '{5,6}', starts = '20:00', ends = '09:00';
SELECT at AT TIME ZONE 'Europe/Berlin' AS berlin, n.* FROM unnest('{2025-03-27 20:00, 2025-03-28 05:00, 2025-03-28 19:00, 2025-03-29 08:00, 2025-03-29 19:00, 2025-03-30 06:59:59, 2025-03-30 19:00}'::timestamptz[]) AS at,
	LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
SELECT detail FROM wa_explain('491590001001', 'marketing', at => '2025-03-29 05:00');
-- The whole day.
UPDATE wa_quiet_hours SET days = '{7}', starts = '00:00', ends = '24:00';
SELECT at, n.* FROM unnest('{2025-03-29 22:59:59, 2025-03-29 23:00, 2025-03-30 21:59:59}'::timestamptz[]) AS at, LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
UPDATE wa_quiet_hours SET days = NULL;
SELECT n.*, until FROM wa_explain('491590001001', 'marketing', at => '2025-03-30') AS e, LATERAL t.next('491590001001', 'marketing', NULL, NULL, '2025-03-30') AS n;
DELETE FROM wa_quiet_hours;
-- Two that leave no moment between them: each ends, and there is no end.
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('DE', 'marketing', '08:00', '20:00'), ('DE', 'marketing', '20:00', '08:00');
SELECT until, wa_next_sendable('491590001001', 'marketing', at => '2025-03-30 12:00') FROM wa_explain('491590001001', 'marketing', at => '2025-03-30 12:00');
-- But for one hour of a Sunday there is.
UPDATE wa_quiet_hours SET days = '{1,2,3,4,5,6}' WHERE starts = '08:00';
INSERT INTO wa_quiet_hours (region, category, days, starts, ends) VALUES ('DE', 'marketing', '{7}', '08:00', '11:00'), ('DE', 'marketing', '{7}', '12:00', '20:00');
SELECT at, n.* FROM unnest('{2025-03-31 00:00, 2025-04-06 09:30}'::timestamptz[]) AS at, LATERAL t.next('491590001001', 'marketing', NULL, NULL, at) AS n;
DELETE FROM wa_quiet_hours;

-- Wherever the number may be: New York; all of the United States; all of the world.
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('utility', '21:00', '09:00');
SELECT phone, array_length(wa_time_zones(phone::wa_recipient), 1) AS zones, n.*, since, until, origin
FROM unnest('{12125550123, 18005550123, US.abc, 9991234567}'::text[]) AS phone, LATERAL t.next(phone, 'utility', NULL, NULL, '2025-07-01 10:00') AS n,
	LATERAL wa_explain(phone, 'utility', at => '2025-07-01 10:00') AS e;
SELECT detail FROM wa_explain('9991234567', 'utility', at => '2025-07-01 10:00');
DELETE FROM wa_quiet_hours;

-- All together: the earliest moment at which none objects.
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '20:00', '09:00'), ('marketing', '12:00', '14:00');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 3, '36 hours'), ('marketing', 1, '2 hours');
SELECT rule, reason, since, until, origin, detail FROM wa_explain('5511987654321', 'marketing', at => '2025-03-03 11:30');
SELECT n.* FROM t.next('5511987654321', 'marketing', NULL, NULL, '2025-03-03 11:30') AS n;
CALL t.take(t.failed('5511987654321', 131026, '2025-03-03 10:30'));
SELECT rule, reason, until FROM wa_explain('5511987654321', 'marketing', at => '2025-03-03 11:30');
SELECT n.* FROM t.next('5511987654321', 'marketing', NULL, NULL, '2025-03-03 11:30') AS n;
DELETE FROM wa_quiet_hours;
DELETE FROM wa_frequency_cap;

-- Marketing only to those who opted in.
SHOW wa_policy.require_opt_in;
CALL t.take(t.wrote('491590001002', '2025-03-01 10:00', 'START'));
CALL t.take(t.wrote('491590001003', '2025-03-01 10:00', 'START'));
CALL t.take(t.wrote('491590001003', '2025-03-02 10:00', 'STOP'));
SET wa_policy.require_opt_in = on;
SELECT phone, category, business, wa_first_reason(phone, category, business, at => '2025-03-05') AS reason FROM unnest('{491590001001, 491590001002, 491590001003, 12125550123}'::text[]) AS phone,
	unnest('{marketing, utility}'::wa_category[]) AS category, (VALUES (NULL), ('b1'), ('b2')) AS v (business);
SELECT * FROM wa_explain('491590001003', 'marketing', at => '2025-03-05');
SELECT wa_next_sendable('491590001001', 'marketing', at => '2025-03-05');
-- An opt-in for every business, and a later stop for every business.
SELECT 1 AS done FROM wa_opt_in('491590001004', 'form 17', '', '2025-03-01');
SELECT wa_sendable('491590001004', 'marketing', 'b2', at => '2025-03-05');
SELECT 1 AS done FROM wa_opt_out('491590001002', 'by phone', '', '2025-03-03');
SELECT reason FROM wa_explain('491590001002', 'marketing', 'b1', at => '2025-03-05');
-- Under another identifier that speaks for it.
CALL t.take('{"messages": [{"id": "wamid.q", "from": "5521912340000", "from_user_id": "BR.two", "timestamp": 1740823200, "type": "text", "text": {"body": "START"}}]}');
SELECT phone, wa_sendable(phone, 'marketing', 'b1', at => '2025-03-05') FROM unnest('{5521912340000, BR.two}'::text[]) AS phone;
-- All are asked about: one with each of those that are known.
SELECT wa_sendable('5521912340000', 'marketing', at => '2025-03-05') AS one_of_four;
INSERT INTO wa_webhook (received_at, payload) SELECT '2025-12-31 23:00Z', t.hook(t.wrote('5521912340000', '2025-03-01 10:00', 'START'), b) FROM unnest('{b2, b3, b9}'::text[]) AS b;
SELECT wa_sendable('5521912340000', 'marketing', at => '2025-03-05') AS all_four;
-- The setting counts at once, in the same snapshot too, and no session may loosen it.
SELECT wa_sendable('491590001001', 'marketing', at => '2025-03-05') AS before, set_config('wa_policy.require_opt_in', 'off', true) AS set, wa_sendable('491590001001', 'marketing', at => '2025-03-05') AS after;
SET wa_policy.require_opt_in = on;
CREATE ROLE wa_pacing_test;
SET ROLE wa_pacing_test;
SET wa_policy.require_opt_in = off;
RESET ROLE;
DROP ROLE wa_pacing_test;

-- The list, the look-up, the explanation, the summary and the listing say the same.
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '2 days'), ('utility', 1, '2 days');
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('BR', 'marketing', '20:00', '09:00'), (NULL, 'utility', '21:00', '07:00');
CREATE TABLE t.people AS SELECT DISTINCT recipient::text AS phone FROM (SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_delivery UNION SELECT recipient FROM wa_activity UNION SELECT other FROM wa_identity) AS r
	UNION SELECT unnest('{12125550123, 18005550123, 9991234567, 5568912345678, 5511912345678, 61412345678, 7 913 1234567, x}'::text[]);
CREATE TABLE t.answers AS SELECT required, category, at, phone, NULL::boolean AS listed, NULL::text AS reason, NULL::boolean AS looked_up, NULL::text AS first
	FROM (VALUES (false), (true)) AS r (required), unnest('{marketing, utility, service}'::wa_category[]) AS category,
	unnest('{2025-03-03 10:30, 2025-03-03 23:00, 2025-03-04 05:30, 2025-03-05 12:30}'::timestamptz[]) AS at, t.people;
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT DISTINCT required, category, at FROM t.answers LOOP
		PERFORM set_config('wa_policy.require_opt_in', q.required::text, true);
		PERFORM set_config('wa_policy.suppression_list_after', '0', true);
		UPDATE t.answers AS a SET listed = wa_sendable(phone, q.category, at => q.at), reason = wa_first_reason(phone, q.category, at => q.at)
			WHERE (a.required, a.category, a.at) = (q.required, q.category, q.at);
		PERFORM set_config('wa_policy.suppression_list_mem', '0', true);
		UPDATE t.answers AS a SET looked_up = wa_sendable(phone, q.category, at => q.at), first = (SELECT e.reason FROM wa_explain(phone, q.category, at => q.at) AS e LIMIT 1)
			WHERE (a.required, a.category, a.at) = (q.required, q.category, q.at);
		PERFORM set_config('wa_policy.suppression_list_mem', '64MB', true);
	END LOOP;
END
$$;
SELECT * FROM t.answers WHERE listed <> looked_up OR reason IS DISTINCT FROM first OR looked_up <> (first IS NULL);
SELECT required, category, reason, count(*) FROM t.answers GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SET wa_policy.require_opt_in = on;
SELECT * FROM wa_segment_summary('SELECT phone FROM t.people', 'marketing', at => '2025-03-03 10:30');
SELECT recipient, reason, since, until FROM wa_suppressed('marketing', at => '2025-03-03 10:30') ORDER BY recipient;
SELECT count(*) FROM wa_suppressed('marketing', at => '2025-03-03 10:30') AS s FULL JOIN (SELECT * FROM t.people WHERE wa_try_recipient(phone) IN
	(SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_activity UNION SELECT recipient FROM wa_identity UNION SELECT other FROM wa_identity)) AS p ON s.recipient = wa_try_recipient(p.phone)
	WHERE (s.recipient IS NULL) <> wa_sendable(p.phone, 'marketing', at => '2025-03-03 10:30') OR p.phone IS NULL;
RESET wa_policy.require_opt_in;

-- A search through a year of minutes, in any of which it is quiet somewhere, can be cancelled.
SAVEPOINT minutes;
INSERT INTO wa_quiet_hours (category, starts, ends)
	SELECT 'marketing', time '00:00' + n * interval '1 minute', time '00:01' + n * interval '1 minute' FROM generate_series(0, 59) AS n;
SET LOCAL statement_timeout = '200 ms';
DO $$
DECLARE began timestamptz := clock_timestamp();
BEGIN
	PERFORM wa_next_sendable('999123456001', 'marketing', at => '2025-03-03 10:30');
	RAISE NOTICE 'not cancelled';
EXCEPTION WHEN query_canceled THEN
	IF clock_timestamp() > began + interval '10 seconds' THEN
		RAISE NOTICE 'cancelled after %', clock_timestamp() - began;
	END IF;
END
$$;
ROLLBACK TO SAVEPOINT minutes;

-- What can be no row.
\set VERBOSITY terse
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 0, '1 day');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', -1, '1 day');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 33, '1 day');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '0');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '7');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '-1 day');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('newsletter', 1, '1 day');
INSERT INTO wa_frequency_cap (messages, period) VALUES (1, '1 day');
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('XX', 'marketing', '20:00', '09:00');
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('br', 'marketing', '20:00', '09:00');
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('America/Sao_Paulo', 'marketing', '20:00', '09:00');
INSERT INTO wa_quiet_hours (category, days, starts, ends) VALUES ('marketing', '{0}', '20:00', '09:00');
INSERT INTO wa_quiet_hours (category, days, starts, ends) VALUES ('marketing', '{1,8}', '20:00', '09:00');
INSERT INTO wa_quiet_hours (category, days, starts, ends) VALUES ('marketing', '{NULL}', '20:00', '09:00');
INSERT INTO wa_quiet_hours (category, days, starts, ends) VALUES ('marketing', '{}', '20:00', '09:00');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '20:00', '20:00');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '24:00', '08:00');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '25:00', '08:00');
INSERT INTO wa_region_without_limit (region) VALUES ('br');
\set VERBOSITY default
UPDATE wa_frequency_cap SET messages = 0;

-- Changing default rows.
DELETE FROM wa_region_without_limit WHERE region = 'GB';
INSERT INTO wa_region_without_limit (region, source) VALUES ('FR', 'ours'), ('BR', 'ours');
SELECT * FROM wa_region_without_limit WHERE NOT is_default;
SELECT * FROM wa_default_removed ORDER BY key;
ROLLBACK;
