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
-- The same where the list is read at once, where it is never, and where what is kept goes to disk; by phone and by BSUID,
-- with an open window that closes, a cap, quiet hours and a hold that ends.
CREATE FUNCTION pg_temp.differs(category wa_category) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM wa_segment_forecast('SELECT phone FROM many', category, step => interval '3 hours') AS f
	FULL JOIN (SELECT a.at, s.* FROM generate_series(now(), now() + interval '24 hours', interval '3 hours') AS a (at),
		LATERAL wa_segment_summary('SELECT phone FROM many', category, at => a.at) AS s) AS s USING (at, outcome, phones)
	WHERE f.at IS NULL OR s.at IS NULL $$;
CREATE TEMP TABLE many AS SELECT '49170' || (1000000 + n) AS phone FROM generate_series(1, 3000) AS n
	UNION ALL SELECT 'DE.' || n FROM generate_series(1, 50) AS n UNION ALL VALUES (NULL), ('none'), ('+1 212 555 0100');
INSERT INTO wa_webhook (payload)
SELECT jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', 'b1', 'changes', jsonb_build_array(jsonb_build_object('field', 'messages',
	'value', jsonb_build_object('metadata', jsonb_build_object('phone_number_id', 's1'), 'messages', jsonb_build_array(jsonb_build_object(
	'id', 'm' || n, 'from', '49170' || (1000000 + n), 'type', 'image', 'timestamp', extract(epoch FROM now() - n * interval '40 s')::bigint::text))))))))::text
FROM generate_series(1, 3000, 4) AS n;
SELECT count(*) FROM generate_series(1, 3000, 40) AS n, wa_report_error('49170' || (1000000 + n), CASE n % 3 WHEN 0 THEN 131026 ELSE 131049 END, now() - n * interval '30 s', 'b1', 's1');
SELECT count(wa_opt_out('49170' || (1000000 + n), 'x', 'b1', now() - interval '1 day')) FROM generate_series(7, 3000, 50) AS n;
SET LOCAL work_mem = '64kB';
SET LOCAL wa_policy.suppression_list_after = 0;
SELECT pg_temp.differs('marketing'), pg_temp.differs('utility'), pg_temp.differs('service');
SET LOCAL wa_policy.suppression_list_after = 500;
SELECT pg_temp.differs('marketing'), pg_temp.differs('utility'), pg_temp.differs('service');
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT pg_temp.differs('marketing'), pg_temp.differs('service');
RESET wa_policy.suppression_list_mem;
RESET work_mem;
SELECT outcome, min(phones) > 0 AS any, count(DISTINCT phones) > 1 AS by_the_clock FROM wa_segment_forecast('SELECT phone FROM many', 'marketing', step => interval '3 hours') GROUP BY outcome ORDER BY outcome;
INSERT INTO wa_quiet_hours (region, category, days, starts, ends, source) VALUES ('DE', 'marketing', '{1,2,3,4,5,6,7}', '20:00', '08:00', 'test');
SELECT pg_temp.differs('marketing');
SELECT count(DISTINCT phones) > 1 AS by_the_clock FROM wa_segment_forecast('SELECT phone FROM many', 'marketing', step => interval '3 hours') WHERE outcome = 'sendable';
DELETE FROM wa_quiet_hours;
SELECT wa_hold('b1', 'x', until => now() + interval '5 hours'), wa_hold('b2', 'x', until => now() + interval '4 hours');
SELECT pg_temp.differs('marketing');
SELECT count(DISTINCT phones) > 1 AS by_the_clock FROM wa_segment_forecast('SELECT phone FROM many', 'marketing', step => interval '3 hours') WHERE outcome = 'sendable';
DELETE FROM wa_sender_hold;
DELETE FROM wa_region_without_limit;
INSERT INTO wa_frequency_cap (category, messages, period, business) VALUES ('marketing', 1, '12 hours', 'b1');
CREATE TEMP TABLE delivered AS SELECT ('49170' || (1000000 + n))::wa_recipient AS recipient FROM generate_series(2, 3000, 30) AS n;
INSERT INTO wa_delivery (recipient, business, category, deliveries, messages)
SELECT recipient, 'b1', 'marketing', ARRAY[now() - interval '5 hours'], '{1}' FROM delivered;
SELECT pg_temp.differs('marketing');
SELECT count(*) BETWEEN 1 AND 8 AS by_the_clock FROM wa_segment_forecast('SELECT phone FROM many', 'marketing', step => interval '3 hours') WHERE outcome = 'frequency_cap';
DELETE FROM wa_frequency_cap;
RESET wa_policy.suppression_list_after;
-- The query runs once.
CREATE TEMP SEQUENCE runs;
CREATE FUNCTION pg_temp.once() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$ BEGIN PERFORM nextval('runs'); RETURN NEXT '491700000001'; END $$;
SELECT count(*) FROM wa_segment_forecast('SELECT * FROM pg_temp.once()', 'marketing');
SELECT last_value FROM runs;
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
