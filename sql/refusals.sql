-- What somebody is told who mistypes an act or a row of policy: what is wrong, why, and what to
-- do; a condition that a program can catch; no line that says nothing.
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
BEGIN;
SELECT wa_declare_empty('a test');
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1');

-- Holds.
SELECT wa_hold(NULL, 'x');
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', sender => NULL);
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', region => NULL);
SELECT wa_hold('b1', E' \t');
\echo :SQLSTATE
SELECT wa_hold('b1', NULL);
SELECT wa_hold('b1', 'x', categories => '{}');
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', categories => NULL);
SELECT wa_hold('b1', 'x', categories => '{marketing,NULL}');
SELECT wa_hold('b1', 'x', region => 'UK');
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', region => 'br');
SELECT wa_hold('b1', 'x', until => now());
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', until => '-infinity');
SELECT wa_hold('b7', 'x');
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', sender => 's7');
SELECT wa_release(NULL, 'x');
SELECT wa_release('b1', '');
SELECT wa_release('b1', 'x', region => 'ZZZ');
SELECT wa_release('b7', 'x');
-- None of them left anything, and these are right.
SELECT count(*) FROM wa_sender_hold_log;
SELECT wa_hold('b1', 'x', region => 'ZZ'), wa_hold('', 'x', until => 'infinity');
SELECT business, region, until FROM wa_sender_hold_log ORDER BY id;

-- Questions: '' is none, also where it is in wa_sender.
INSERT INTO wa_sender (business, sender) VALUES ('', ''), ('', 's8'), ('b2', 's2'), ('b2', 's1');
SELECT 1 FROM wa_opt_out('+49 1510 0000001', 'by phone', 'b2');
SELECT wa_sendable('+49 1510 0000001', 'marketing', '');
\echo :SQLSTATE
SELECT * FROM wa_explain('+49 1510 0000001', 'marketing', sender => '');
-- A sender is asked about with its own business, or one for which it is entered; also behind questions that were right.
SELECT wa_sendable('+49 1510 0000001', 'marketing', 'b1', 's2');
\echo :SQLSTATE
SELECT * FROM wa_claim('{491510000002}', 'marketing', 'spring', 'b1', 's2');
SELECT b, s, wa_first_reason('+49 1510 0000001', 'marketing', b, s)
	FROM (VALUES ('b2', 's2'), (NULL, 's2'), ('b1', NULL), ('b1', 's1'), ('b2', 's1'), ('b1', 's8'), ('b2', 's8')) AS q (b, s);
SELECT b, s, wa_first_reason('+49 1510 0000001', 'marketing', b, s) FROM (VALUES ('b1', NULL), (NULL, 's2'), ('b2', 's2'), ('b1', 's2')) AS q (b, s);

-- No moment comes first after -infinity, and drivers cannot read an infinite answer.
SELECT wa_next_sendable('+49 1510 0000001', 'marketing', at => '-infinity');
\echo :SQLSTATE
SELECT wa_next_sendable(wa_recipient '4915100000001', 'marketing', at => 'infinity');
-- A question about such a moment has an answer, though.
SELECT wa_sendable('+49 1510 0000001', 'marketing', at => '-infinity');

-- Declarations, claims, templates.
SELECT wa_declare_empty(NULL);
\echo :SQLSTATE
SELECT wa_declare_empty('  ');
SELECT * FROM wa_claim(NULL, 'marketing', 'spring');
\echo :SQLSTATE
SELECT * FROM wa_claim('{491510000001}', 'marketing', ' ');
\echo :SQLSTATE
SELECT * FROM wa_claim('{491510000001}', 'marketing', 'spring', lease => '0');
SELECT wa_template_sendable('sale', 'en', 'b1');
\echo :SQLSTATE

-- Policy.
INSERT INTO wa_region_rule (region, category) VALUES ('UK', 'marketing');
\echo :SQLSTATE
INSERT INTO wa_region_rule (region, category) VALUES ('fr', 'marketing');
INSERT INTO wa_region_without_limit (region) VALUES ('Brazil');
\echo :SQLSTATE
INSERT INTO wa_phrase (phrase, meaning) VALUES ('!?', 'stop');
\echo :SQLSTATE
INSERT INTO wa_phrase (phrase, meaning) VALUES (repeat('xy', 33), 'stop');
INSERT INTO wa_phrase (phrase, meaning) VALUES ('halt', 'opt out');
\echo :SQLSTATE
INSERT INTO wa_app_secret (business, secret) VALUES ('b1', ' ');
\echo :SQLSTATE
INSERT INTO wa_error_override (code, category) VALUES (131049, 'marketing');
\echo :SQLSTATE
INSERT INTO wa_error_override (code, scope) VALUES (131049, 'waba');
\echo :SQLSTATE

-- A list for a business that is none is one mistake, whatever its rows.
SELECT * FROM wa_import('SELECT ''491510000001'' AS phone FROM generate_series(1, 3)', business => 'b7');
\echo :SQLSTATE
SELECT * FROM wa_import('SELECT ''491510000001'' AS phone, ''b1'' AS business', business => 'b7');
SELECT outcome, phones FROM wa_import('SELECT ''491510000001'' AS phone', business => 'b1') WHERE phones > 0;

-- NULL where a value is required, and names that are too long.  Messages show the beginning of such a name.
INSERT INTO wa_template (business, name, language, status) VALUES ('b1', 'sale', 'de', 'APPROVED');
SELECT wa_template_sendable('sale', 'de', 'b1', NULL);
\echo :SQLSTATE
SELECT wa_template_category('sale', NULL, 'b1');
SELECT * FROM wa__segment_forecast('VALUES (''491510000001'')', 'marketing', NULL, NULL, now(), NULL);
\echo :SQLSTATE
SELECT * FROM wa__cooldown_merge(131026, NULL, '{}', NULL, '{}', NULL);
\echo :SQLSTATE
SELECT * FROM wa__cooldown_merge(131026, '', NULL, NULL, '{}', NULL);
SELECT * FROM wa_claim('{491510000001}', 'marketing', repeat('x', 1001));
\echo :SQLSTATE
SELECT * FROM wa_claim('{491510000001}', 'marketing', 'spring', lease => '178000000 years');
\echo :SQLSTATE
SELECT wa_hold('b1', 'x', categories => '{{marketing},{utility}}');
\echo :SQLSTATE
SELECT * FROM wa_segment_forecast('VALUES (''491510000001'')', 'marketing', step => '178000000 years');
\echo :SQLSTATE
SELECT * FROM wa_segment_forecast('VALUES (''491510000001'')', 'marketing', until => '294276-12-31');
\echo :SQLSTATE
SELECT count(DISTINCT at) FROM wa_segment_forecast('VALUES (''491510000001'')', 'marketing', until => now() + interval '1000 hours');
SELECT count(DISTINCT at) FROM wa_segment_forecast('VALUES (''491510000001'')', 'marketing', step => '1000 years');
CALL wa_purge('178000000 years');
\echo :SQLSTATE
CALL wa_purge('-178000000 years');
\echo :SQLSTATE
CALL wa_purge('1 day', payloads_older_than => '0');
SELECT wa_sent('wamid.1', '491510000001', campaign => repeat('x', 1001));
\echo :SQLSTATE
SELECT wa_sent('wamid.1', '491510000001', template => repeat('x', 513));
SELECT wa_sent('wamid.1', '491510000001', sender => repeat('x', 256));
SELECT wa_sent(repeat('x', 256), '491510000001');
DO $$
BEGIN
	PERFORM wa_sendable('491510000001', 'marketing', repeat('é', 1000000));
EXCEPTION WHEN undefined_object THEN
	RAISE NOTICE '% bytes: %', octet_length(SQLERRM), right(SQLERRM, 20);
END
$$;
-- Names of the greatest length that hardly compress fit into a row of wa_message_day.
SELECT wa_sent(left(r, 255), '491510000001', 'marketing', left(r, 512), left(r, 1000), '2025-01-01', left(r, 255), reverse(left(r, 255)))
FROM (SELECT string_agg(md5(n::text), '') AS r FROM generate_series(1, 40) AS n) AS x;
SELECT purged FROM wa__purge_messages(now() - interval '1 day', '-infinity', 10);
SELECT octet_length(business) AS business, octet_length(sender) AS sender, octet_length(template) AS template, octet_length(campaign) AS campaign FROM wa_message_day;

-- A mistake of our own.
SELECT wa__refuse('no_such_condition', 'x', '', '');

-- In a row that is right none of the checks is in the way.
INSERT INTO wa_region_rule (region, category) SELECT DISTINCT wa_region(p), 'utility'::wa_category
	FROM unnest('{447700900123,12125550123,4915112345678,38344123456,5511987654321}'::wa_recipient[]) AS p;
SELECT region FROM wa_region_rule WHERE category = 'utility' ORDER BY region;
ROLLBACK;
