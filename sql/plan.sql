-- What the planner knows of wa_sendable, and how a call site goes about it.

-- Pages that other tests have left behind would count for the price of the list.
VACUUM wa_consent, wa_cooldown, wa_identity, wa_identity_change;
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
CREATE TABLE plan_customers AS
	SELECT i AS id, '4915' || lpad((i * 7919 % 1000003)::text, 8, '0') AS phone,
		i % 100 AS segment, md5(i::text) AS name
	FROM generate_series(1, 50000) AS i;
ALTER TABLE plan_customers ADD PRIMARY KEY (id);
CREATE INDEX plan_segment ON plan_customers (segment);
INSERT INTO wa_consent (at, stopped_at, recipient, business, register, state, origin)
	SELECT now(), now(), phone::wa_recipient, '1', 'whatsapp', 'stop', 'user_preferences'
	FROM plan_customers WHERE id % 4 = 0;
INSERT INTO wa_cooldown (until, code, strikes, recipient, business, failures)
	SELECT now() + interval '2 days', 131026, 1, phone::wa_recipient, '1', ARRAY[now()]
	FROM plan_customers WHERE id % 10 = 1;
ANALYZE plan_customers;
ANALYZE wa_consent;
ANALYZE wa_cooldown;

-- The estimate of a query, as a multiple of what it gives.
CREATE FUNCTION pg_temp.estimate(query text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
	plan json;
	truth float8;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) SELECT * ' || query INTO plan;
	EXECUTE 'SELECT count(*) ' || query INTO truth;
	RETURN CASE WHEN (plan->0->'Plan'->>'Plan Rows')::float8 / truth BETWEEN 0.5 AND 2
		THEN 'within a factor of 2' ELSE format('%s rows, not %s', plan->0->'Plan'->>'Plan Rows', truth) END;
END
$$;
SELECT pg_temp.estimate('FROM plan_customers WHERE wa_sendable(phone, ''marketing'')') AS marketing,
	pg_temp.estimate('FROM plan_customers WHERE wa_sendable(phone, ''utility'')') AS utility,
	pg_temp.estimate('FROM plan_customers WHERE NOT wa_sendable(phone, ''marketing'')') AS negated,
	pg_temp.estimate('FROM plan_customers WHERE wa_sendable(phone::wa_recipient, ''marketing'')') AS cast,
	pg_temp.estimate('FROM plan_customers WHERE segment < 20 AND wa_sendable(phone, ''marketing'')') AS segment;

-- What a cast makes a text of is none in the statistics: there it may be no pointer even.
CREATE TABLE plan_other AS SELECT ('4915100000' || i)::char(20) AS padded, i % 2 = 0 AS flag, ('4915100000' || i)::name AS named,
	(i % 3)::text::"char" AS letter, ('4915100000' || i)::bigint AS number FROM generate_series(10, 99) AS i;
ANALYZE plan_other;
CREATE FUNCTION pg_temp.digits(bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS 'BEGIN RETURN format(''%s'', $1); END';
CREATE CAST (bigint AS text) WITH FUNCTION pg_temp.digits(bigint) AS IMPLICIT;
SELECT c AS phone, pg_temp.estimate(format('FROM plan_other WHERE wa_sendable(%s, ''marketing'') OR flag IS NOT NULL', c)) AS planned
FROM unnest('{padded, flag::text, named, named::text, letter::text, number, number::text}'::text[]) AS c;
DROP TABLE plan_other;

-- Cheap conditions come first, wherever they are written.
EXPLAIN (COSTS off) SELECT * FROM plan_customers WHERE wa_sendable(phone, 'marketing') AND name LIKE '%abc%' AND length(phone) > 5;

-- Few rows: by the index.
EXPLAIN (COSTS off) SELECT * FROM plan_customers WHERE wa_sendable(phone, 'marketing') AND id = 5;
EXPLAIN (COSTS off) SELECT * FROM plan_customers c JOIN (VALUES (1), (2), (3)) AS v (id) USING (id) WHERE wa_sendable(c.phone, 'marketing');

-- Parallel plans.
SAVEPOINT parallel;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
EXPLAIN (COSTS off) SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing');
ROLLBACK TO parallel;

-- The list is read where that pays, and there alone.
SET LOCAL client_min_messages = debug1;
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing');
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility');
SELECT count(*) FROM (SELECT FROM plan_customers WHERE wa_sendable(phone, 'marketing') LIMIT 20) AS s;
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing') AND id <= 30;
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing', at => now() - id * interval '1 ms');
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing');
SET LOCAL wa_policy.suppression_list_mem = '64kB';
SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'marketing');
SET LOCAL client_min_messages = warning;

-- One begins with look-ups, and reads the list once they have cost a third of it, wherever the question comes from.
-- (Plans are made before what is counted; the table is large enough that the least price does not count.)
INSERT INTO wa_cooldown (recipient, business, code, strikes, until, failures)
	SELECT ('4917' || lpad(i::text, 8, '0'))::wa_recipient, '1', 131026, 1, now() + interval '2 days', ARRAY[now()] FROM generate_series(1, 20000) AS i;
SET LOCAL enable_mergejoin = off;
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SET LOCAL plan_cache_mode = force_generic_plan;
CREATE FUNCTION pg_temp.look_ups() RETURNS bigint LANGUAGE sql AS
$$ SELECT pg_stat_get_xact_numscans('wa_cooldown_pkey'::regclass) $$;
CREATE FUNCTION pg_temp.a_third() RETURNS numeric LANGUAGE sql AS
$$ SELECT (pg_relation_size('wa_cooldown') + pg_relation_size('wa_consent')) / current_setting('block_size')::int / 1.5 / 3 $$;
CREATE FUNCTION pg_temp.way(looked_up bigint, lists int DEFAULT 1) RETURNS text LANGUAGE sql AS
$$ SELECT CASE WHEN looked_up BETWEEN lists * pg_temp.a_third() - 1 AND lists * (pg_temp.a_third() + 2) THEN 'a third'
	ELSE format('%s look-ups, not %s', looked_up, round(lists * pg_temp.a_third(), 1)) END $$;
SELECT pg_temp.a_third() BETWEEN 64 AND 1000 AS tells;
PREPARE whole AS SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility');
PREPARE sorted AS SELECT id FROM plan_customers WHERE wa_sendable(phone, 'utility') ORDER BY name LIMIT 2;
PREPARE joined AS SELECT count(*) FROM plan_customers AS c JOIN generate_series(1, 40000) AS g (id) USING (id) WHERE wa_sendable(phone, 'utility');
PREPARE by_index AS SELECT count(*) FROM (SELECT FROM plan_customers WHERE segment < 20 AND wa_sendable(phone, 'utility') ORDER BY segment OFFSET 0) AS s;
PREPARE few AS SELECT count(*) FROM (SELECT FROM plan_customers WHERE wa_sendable(phone, 'utility') LIMIT 20000) AS s;
PREPARE reasons AS SELECT wa_first_reason(phone, 'utility'), count(*) FROM plan_customers GROUP BY 1 ORDER BY 1;
PREPARE summary AS SELECT * FROM wa_segment_summary('SELECT phone FROM plan_customers', 'utility');
PREPARE changing AS SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility', at => now() + ((id - 1) / 5000) * interval '1 ms');
CREATE FUNCTION pg_temp.looped() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	who text;
	n bigint := 0;
BEGIN
	FOR who IN SELECT phone FROM plan_customers LOOP
		IF wa_sendable(who, 'utility') THEN
			n := n + 1;
		END IF;
	END LOOP;
	RETURN n;
END
$$;
EXPLAIN (COSTS off) EXECUTE whole;
EXPLAIN (COSTS off) EXECUTE sorted;
EXPLAIN (COSTS off) EXECUTE joined;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
EXPLAIN (COSTS off) EXECUTE by_index;
SET LOCAL enable_seqscan = on;
EXPLAIN (COSTS off) EXECUTE few;
EXPLAIN (COSTS off) EXECUTE reasons;
EXPLAIN (COSTS off) EXECUTE changing;
SELECT pg_temp.look_ups() AS n \gset
EXECUTE whole;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo whole table: :way
EXECUTE sorted;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo sorted before its limit: :way
EXECUTE joined;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo joined: :way
EXECUTE by_index;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo by an index: :way
EXECUTE few;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo limit: :way
EXECUTE reasons;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo reasons: :way
EXECUTE summary;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo summary: :way
EXECUTE changing;
SELECT pg_temp.way(pg_temp.look_ups() - :n, 10) AS way, pg_temp.look_ups() AS n \gset
\echo ten questions: :way
DECLARE c CURSOR FOR SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility');
SELECT pg_temp.look_ups() AS n \gset
FETCH c;
SELECT pg_temp.way(pg_temp.look_ups() - :n) AS way, pg_temp.look_ups() AS n \gset
\echo cursor: :way
CLOSE c;
-- Each statement of the loop has a snapshot of its own.  Where autovacuum commits in between it is another one, and all begins anew.
SELECT pg_temp.looped();
SELECT CASE WHEN pg_temp.look_ups() - :n < 5 * pg_temp.a_third() THEN 'a third' ELSE pg_temp.way(pg_temp.look_ups() - :n) END AS way,
	pg_temp.look_ups() AS n \gset
\echo a loop: :way

-- A question that differs from row to row is looked up each time; so is a query over few rows.
PREPARE each_anew AS SELECT count(*) FROM plan_customers WHERE id <= 2000 AND wa_sendable(phone, 'utility', at => now() + id * interval '1 ms');
PREPARE a_few AS SELECT count(*) FROM plan_customers WHERE id <= 10 AND wa_sendable(phone, 'utility');
EXPLAIN (COSTS off) EXECUTE each_anew;
EXPLAIN (COSTS off) EXECUTE a_few;
SELECT pg_temp.look_ups() AS n \gset
EXECUTE each_anew;
SELECT pg_temp.look_ups() - :n AS looked_up, pg_temp.look_ups() AS n \gset
\echo each row: :looked_up
EXECUTE a_few;
SELECT pg_temp.look_ups() - :n AS looked_up, pg_temp.look_ups() AS n \gset
\echo a few: :looked_up

-- BSUIDs count by themselves towards a list that has them.
CREATE TABLE plan_mixed (id int GENERATED ALWAYS AS IDENTITY, phone text);
INSERT INTO plan_mixed (phone) SELECT 'DE.plan' || i FROM generate_series(1, 3000) AS i;
INSERT INTO plan_mixed (phone) SELECT phone FROM plan_customers ORDER BY id LIMIT 20000;
ANALYZE plan_mixed;
PREPARE mixed(int) AS SELECT count(*) FROM (SELECT phone FROM plan_mixed WHERE id <= $1 OFFSET 0) AS m WHERE wa_sendable(phone, 'utility');
EXPLAIN (COSTS off) EXECUTE mixed(1);
SET LOCAL client_min_messages = debug1;
SELECT pg_temp.look_ups() AS n \gset
EXECUTE mixed(3000);
EXECUTE mixed(23000);
SET LOCAL client_min_messages = warning;
SELECT pg_temp.way((pg_temp.look_ups() - :n) / 2) AS way, pg_temp.look_ups() AS n \gset
\echo BSUIDs, and phones behind them: :way

-- Links make a look-up twice as dear, and the list, for which those of BSUIDs with rows are followed, four times.
SAVEPOINT links;
INSERT INTO wa_identity (recipient, other, first_seen_at, last_seen_at) VALUES ('491510000001', 'DE.linked', now(), now());
SELECT pg_temp.look_ups() AS n \gset
EXECUTE whole;
SELECT pg_temp.way((pg_temp.look_ups() - :n) / 2) AS way, pg_temp.look_ups() AS n \gset
\echo with links: :way
ROLLBACK TO links;

-- An estimate is made once a minute in a backend: the second plan looks nobody up, though the answers are others by now.
CREATE TABLE plan_few (phone text);
INSERT INTO plan_few SELECT '4916' || lpad(i::text, 8, '0') FROM generate_series(1, 1000) AS i;
ANALYZE plan_few;
CREATE FUNCTION pg_temp.planned(query text, OUT rows bigint, OUT looked_up bigint) LANGUAGE plpgsql AS $$
DECLARE
	plan json;
	before bigint := pg_temp.look_ups();
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	rows := (plan->0->'Plan'->>'Plan Rows')::bigint;
	looked_up := pg_temp.look_ups() - before;
END
$$;
SELECT * FROM pg_temp.planned('SELECT FROM plan_few WHERE wa_sendable(phone, ''utility'')');
-- The region's rule is in a table that is no part of what the estimate is kept by.
INSERT INTO wa_region_rule (region, category) VALUES ('DE', 'utility');
SELECT count(*) FROM plan_few WHERE wa_sendable(phone, 'utility');
SELECT * FROM pg_temp.planned('SELECT FROM plan_few WHERE wa_sendable(phone, ''utility'')');
-- Of another question it is another one, and after ANALYZE.
SELECT * FROM pg_temp.planned('SELECT FROM plan_few WHERE wa_sendable(phone, ''utility'', ''2'')');
SELECT * FROM pg_temp.planned('SELECT FROM plan_few WHERE wa_sendable(phone, ''utility'', ''2'')');
ANALYZE plan_few;
SELECT * FROM pg_temp.planned('SELECT FROM plan_few WHERE wa_sendable(phone, ''utility'')');

-- Who may not ask about a phone learns nothing from a plan, of partitions that are never reached either.
CREATE ROLE regress_stranger;
CREATE ROLE regress_reader IN ROLE wa_reader;
CREATE TABLE plan_stopped (k int, phone text) PARTITION BY LIST (k);
CREATE TABLE plan_stopped1 PARTITION OF plan_stopped FOR VALUES IN (1);
CREATE TABLE plan_stopped2 PARTITION OF plan_stopped FOR VALUES IN (2);
CREATE TABLE plan_allowed (k int, phone text) PARTITION BY LIST (k);
CREATE TABLE plan_allowed1 PARTITION OF plan_allowed FOR VALUES IN (1);
CREATE TABLE plan_allowed2 PARTITION OF plan_allowed FOR VALUES IN (2);
INSERT INTO plan_stopped SELECT 1, (SELECT phone FROM plan_customers WHERE id = 4) FROM generate_series(1, 10000);
INSERT INTO plan_allowed SELECT 1, (SELECT phone FROM plan_customers WHERE id = 6) FROM generate_series(1, 10000);
ANALYZE plan_stopped1;
ANALYZE plan_allowed1;
GRANT SELECT ON plan_stopped, plan_stopped1, plan_stopped2, plan_allowed, plan_allowed1, plan_allowed2 TO regress_stranger, regress_reader;
CREATE FUNCTION pg_temp.rows_of(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || statement INTO plan;
	RETURN (plan->0->'Plan'->>'Plan Rows')::bigint;
END
$$;
SET LOCAL ROLE regress_reader;
PREPARE stopped(int) AS SELECT FROM plan_stopped WHERE k = $1 AND wa_sendable(phone, 'marketing');
PREPARE allowed(int) AS SELECT FROM plan_allowed WHERE k = $1 AND wa_sendable(phone, 'marketing');
SELECT pg_temp.rows_of('EXECUTE stopped(99)') * 10 < pg_temp.rows_of('EXECUTE allowed(99)') AS told;
DEALLOCATE stopped;
DEALLOCATE allowed;
SET LOCAL ROLE regress_stranger;
PREPARE stopped(int) AS SELECT FROM plan_stopped WHERE k = $1 AND wa_sendable(phone, 'marketing');
PREPARE allowed(int) AS SELECT FROM plan_allowed WHERE k = $1 AND wa_sendable(phone, 'marketing');
SELECT pg_temp.rows_of('EXECUTE stopped(99)') AS stopped, pg_temp.rows_of('EXECUTE allowed(99)') AS allowed;
SAVEPOINT denied;
EXECUTE stopped(1);
ROLLBACK TO denied;
RESET ROLE;

-- A category that does not exist is an error before anything is read.
SAVEPOINT wrong;
EXPLAIN SELECT * FROM plan_customers WHERE wa_sendable(phone, 'adverts');
ROLLBACK TO wrong;
EXPLAIN (COSTS off) SELECT * FROM plan_customers WHERE wa_sendable(phone, NULL);
ROLLBACK;
