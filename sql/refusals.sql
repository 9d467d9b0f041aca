-- What somebody is told who mistypes an act or a row of policy: what is wrong, why, and what to
-- do; a condition that a program can catch; no line that says nothing.
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
BEGIN;
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
INSERT INTO wa_phrase (phrase, meaning) VALUES (repeat('x', 65), 'stop');
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

-- A mistake of our own.
SELECT wa__refuse('no_such_condition', 'x', '', '');

-- In a row that is right none of the checks is in the way.
INSERT INTO wa_region_rule (region, category) SELECT DISTINCT wa_region(p), 'utility'::wa_category
	FROM unnest('{447700900123,12125550123,4915112345678,38344123456,5511987654321}'::wa_recipient[]) AS p;
SELECT region FROM wa_region_rule WHERE category = 'utility' ORDER BY region;
ROLLBACK;
