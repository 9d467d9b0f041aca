--
-- Claims: nobody is sent to twice in a campaign
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY terse
\set ECHO none
\i test/helpers.sql

SELECT wa_declare_empty('test');
CALL t.take(t.prefers('491590001002', 'stop', '2025-03-01 10:00'));
-- One person by phone and BSUID.
CALL t.take('{"statuses":[{"id":"w","status":"delivered","timestamp":"1740823200","recipient_id":"491590001003","recipient_user_id":"DE.abc"}]}');
-- WhatsApp writes this number without the 9.
CALL t.take('{"contacts":[{"wa_id":"551187654321"}],"messages":[{"id":"w","from":"551187654321","timestamp":"1740823200","type":"text","text":{"body":"hi"}}]}');

SELECT * FROM wa_claim('{+55 11 8765-4321, 491590001002, x, NULL, 491590001003, 491590001003}', 'marketing', 'spring', 'b1');
-- Under whichever identifier.
SELECT phone, reason FROM wa_claim('{DE.abc, 5511987654321, 491590001004}', 'marketing', 'spring', 'b1');
-- Both identifiers in one call.
SELECT phone, reason FROM wa_claim('{DE.abc, 491590001003}', 'marketing', 'summer', 'b1');
SELECT campaign, recipient, category, business, home, sent_at FROM wa_claim ORDER BY campaign, recipient;
SELECT wa_unclaim('{DE.abc, 491590001004, 999999999}', 'spring'), wa_unclaim('{DE.abc}', 'spring');
SELECT phone, reason FROM wa_claim('{DE.abc, 491590001003}', 'marketing', 'spring', 'b1');

-- Sent: under any identifier, once and for all; with a claim and without.
SELECT wa_sent('wamid.1', 'DE.abc', 'marketing', 'hello', 'spring', '2025-03-02');
SELECT wa_sent('wamid.2', '491590001009', 'marketing', 'hello', 'spring', '2025-03-02');
SELECT phone, reason FROM wa_claim('{DE.abc, 491590001003, 491590001009}', 'marketing', 'spring', 'b1');
SELECT wa_unclaim('{491590001003, 491590001009}', 'spring');
SELECT recipient, sent_at, message_id, template FROM wa_claim WHERE sent_at IS NOT NULL ORDER BY recipient;

-- A lease ends by itself.
SELECT phone, reason FROM wa_claim('{491590001005}', 'marketing', 'spring', 'b1', lease => '1 microsecond');
SELECT phone, reason FROM wa_claim('{491590001005}', 'marketing', 'spring', 'b1');
SELECT phone, reason FROM wa_claim('{491590001005}', 'marketing', 'spring', 'b1');

-- Identifiers that turn out to be of one person after one was claimed.
SELECT phone, reason FROM wa_claim('{491590001006}', 'marketing', 'spring', 'b1');
CALL t.take('{"statuses":[{"id":"w","status":"delivered","timestamp":"1740823200","recipient_id":"491590001006","recipient_user_id":"DE.def"}]}');
SELECT phone, reason FROM wa_claim('{DE.def}', 'marketing', 'spring', 'b1');

-- What is claimed counts for frequency caps, under every identifier and for every campaign, until it is given back
-- or over, and also once it is sent, until it is delivered: then that counts, once.
INSERT INTO wa_frequency_cap (category, messages, period, exempt_regions) VALUES ('marketing', 2, '7 days', false);
CALL t.take('{"statuses":[{"id":"w","status":"sent","timestamp":"1740823200","recipient_id":"491590001007","recipient_user_id":"DE.ghi"}]}');
SELECT phone, reason FROM wa_claim('{491590001007, DE.ghi, 491590001007}', 'marketing', 'first', 'b1');
SELECT wa_first_reason('DE.ghi', 'marketing', 'b1') AS one;
SELECT phone, reason FROM wa_claim('{DE.ghi}', 'marketing', 'second', 'b1', lease => '2 hours');
SELECT phone, reason FROM wa_claim('{491590001007}', 'marketing', 'third', 'b1');
SELECT phone, reason FROM wa_claim('{491590001007}', 'utility', 'third', 'b1');
CREATE FUNCTION t.caps() RETURNS TABLE (phone text, business text, looked_up text, listed text, ends text, detail text) LANGUAGE plpgsql AS $$
BEGIN
	FOR phone, business IN SELECT p, b FROM unnest('{491590001007, DE.ghi}'::text[]) AS p, unnest('{NULL, b1, b2}'::text[]) AS b LOOP
		PERFORM set_config('wa_policy.suppression_list_mem', '0', true);
		looked_up := wa_first_reason(phone, 'marketing', business);
		ends := wa_next_sendable(phone, 'marketing', business) - clock_timestamp() BETWEEN '10 minutes' AND '15 minutes';
		detail := (SELECT e.detail FROM wa_explain(phone, 'marketing', business) AS e);
		PERFORM set_config('wa_policy.suppression_list_mem', '64MB', true);
		PERFORM set_config('wa_policy.suppression_list_after', '0', true);
		EXECUTE 'SELECT wa_first_reason($1, $2, $3)' USING phone, 'marketing'::wa_category, business INTO listed;
		PERFORM set_config('wa_policy.suppression_list_after', '-1', true);
		RETURN NEXT;
	END LOOP;
END
$$;
SELECT * FROM t.caps();
SELECT wa_first_reason('491590001007', 'marketing', at => clock_timestamp() + interval '16 minutes') AS later;
SELECT wa_sent('wamid.3', 'DE.ghi', 'marketing', 'hello', 'second', clock_timestamp(), 'b1');
SELECT looked_up, listed, ends, detail FROM t.caps() WHERE business IS NULL;
SELECT phone, reason FROM wa_claim('{491590001007}', 'marketing', 'third', 'b1');
SELECT wa_first_reason('DE.ghi', 'marketing', 'b1', at => clock_timestamp() + interval '14 minutes') AS leased,
	wa_first_reason('DE.ghi', 'marketing', 'b1', at => clock_timestamp() + interval '16 minutes') AS later;
-- WhatsApp's clock may be ahead of ours: until its time the claim counts, and then the message.
SAVEPOINT ahead;
SELECT applied FROM wa_ingest(jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object('id', 'wamid.3', 'status', 'delivered', 'recipient_id', '491590001007',
	'timestamp', floor(extract(epoch FROM now()))::bigint + 300, 'pricing', '{"category": "marketing"}'::jsonb)))::text);
SELECT looked_up, listed, ends, detail FROM t.caps() WHERE business IS NULL;
SELECT wa_first_reason('DE.ghi', 'marketing', 'b1', at => now() + interval '6 minutes') AS delivered;
ROLLBACK TO ahead;
SELECT applied FROM wa_ingest(jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object('id', 'wamid.3', 'status', 'delivered', 'recipient_id', '491590001007',
	'timestamp', floor(extract(epoch FROM now()))::bigint, 'pricing', '{"category": "marketing"}'::jsonb)))::text);
SELECT looked_up, listed, detail FROM t.caps() WHERE business IS NULL;
SELECT wa_unclaim('{DE.ghi}', 'first');
SELECT DISTINCT looked_up, listed FROM t.caps();
SELECT count(*) AS left_over FROM wa_claim WHERE campaign = '';
DELETE FROM wa_frequency_cap;

-- Each claim is looked up, also where the planner takes the table for empty.
SAVEPOINT empty;
TRUNCATE wa_claim;
ANALYZE wa_claim;
CREATE TEMP TABLE scans AS SELECT pg_stat_get_xact_numscans('wa_claim'::regclass) AS n;
SELECT count(*) FROM wa_claim(ARRAY(SELECT '4915900' || n FROM generate_series(20001, 20100) AS n), 'marketing', 'winter');
SELECT pg_stat_get_xact_numscans('wa_claim'::regclass) - n < 10 AS looked_up FROM scans;
ROLLBACK TO empty;

-- Misuse.
SELECT * FROM wa_claim(NULL, 'marketing', 'spring');
SELECT * FROM wa_claim('{}', NULL, 'spring');
SELECT * FROM wa_claim('{}', 'marketing', ' ');
SELECT * FROM wa_claim('{}', 'marketing', NULL);
SELECT * FROM wa_claim('{}', 'marketing', 'spring', lease => '-1 s');
SELECT * FROM wa_claim('{491590001005}', 'marketing', 'spring', 'b99');
SELECT * FROM wa_claim('{}', 'marketing', 'spring');
SELECT wa_unclaim(NULL, 'spring'), wa_unclaim('{491590001005}', NULL);
ROLLBACK;
