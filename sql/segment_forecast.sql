--
-- wa_segment_forecast: the summary at each step from now on
--
BEGIN;
SELECT wa_declare_empty('test');
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1'), ('b2', 's1');
CREATE TEMP TABLE customer (phone text);
INSERT INTO customer VALUES ('491700000001'), ('491700000002'), ('491700000003'), ('nobody');
SELECT wa_opt_out('491700000001', 'x', 'b1', now() - interval '1 day');
-- Cools down for a day from ten hours ago.
SELECT applied FROM wa_report_error('491700000002', 131049, now() - interval '10 hours', 'b1', 's1');
SELECT at - now() AS from_now, outcome, phones
FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', now() + interval '16 hours', interval '8 hours');
-- The same as the summary at each step.
SELECT count(*) FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing') AS f
FULL JOIN (SELECT a.at, s.* FROM generate_series(now(), now() + interval '24 hours', interval '1 hour') AS a (at),
	LATERAL wa_segment_summary('SELECT phone FROM customer', 'marketing', at => a.at) AS s) AS s USING (at, outcome, phones)
WHERE f.at IS NULL OR s.at IS NULL;
-- A business alone sees its own rows.
SELECT DISTINCT outcome, phones FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', business => 'b2') ORDER BY outcome;
-- Its end is now: one step.
SELECT count(DISTINCT at) FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', now());
-- It runs with the rights of the caller.
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
SET LOCAL ROLE wa_reader;
SELECT count(*) FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing');
SELECT count(*) FROM wa_segment_forecast('SELECT ''491700000001''', 'marketing');
RESET ROLE;
-- Misuse.
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', now() - interval '1 s');
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', 'infinity');
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', NULL);
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', step => interval '0');
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', step => interval '1 s');
SELECT * FROM wa_segment_forecast('DELETE FROM customer', 'marketing');
SELECT * FROM wa_segment_forecast('SELECT phone FROM customer', 'marketing', business => 'b9');
ROLLBACK;
