-- What the planner knows of wa_sendable, and how a call site goes about it.

-- Pages that other tests have left behind would count for the price of the list.
VACUUM wa_consent, wa_cooldown, wa_identity;
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

SET LOCAL enable_mergejoin = off;
-- A scan that is certain to go on for long need not pay the whole price of the
-- list in look-ups before; others do.  (Plans are made before what is counted.)
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SET LOCAL plan_cache_mode = force_generic_plan;
CREATE FUNCTION pg_temp.look_ups() RETURNS bigint LANGUAGE sql AS
$$ SELECT pg_stat_get_xact_numscans('wa_cooldown_pkey'::regclass) $$;
SELECT (pg_relation_size('wa_cooldown') + pg_relation_size('wa_identity')) / current_setting('block_size')::int / 1.5 AS price \gset
PREPARE whole AS SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility');
PREPARE sorted AS SELECT id FROM plan_customers WHERE wa_sendable(phone, 'utility') ORDER BY name LIMIT 2;
PREPARE joined AS SELECT count(*) FROM plan_customers AS c JOIN generate_series(1, 40000) AS g (id) USING (id) WHERE wa_sendable(phone, 'utility');
PREPARE few AS SELECT count(*) FROM (SELECT FROM plan_customers WHERE wa_sendable(phone, 'utility') LIMIT 20000) AS s;
PREPARE changing AS SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility', at => now() + (id / 5000) * interval '1 ms');
EXPLAIN (COSTS off) EXECUTE whole;
EXPLAIN (COSTS off) EXECUTE sorted;
EXPLAIN (COSTS off) EXECUTE joined;
EXPLAIN (COSTS off) EXECUTE few;
EXPLAIN (COSTS off) EXECUTE changing;
SELECT pg_temp.look_ups() AS n \gset
EXECUTE whole;
SELECT pg_temp.look_ups() - :n < :price / 4 AS early, pg_temp.look_ups() AS n \gset
\echo whole table: :early
EXECUTE sorted;
SELECT pg_temp.look_ups() - :n < :price / 4 AS early, pg_temp.look_ups() AS n \gset
\echo sorted before its limit: :early
EXECUTE joined;
SELECT pg_temp.look_ups() - :n < :price / 4 AS early, pg_temp.look_ups() AS n \gset
\echo joined: :early
EXECUTE few;
SELECT pg_temp.look_ups() - :n < :price / 4 AS early, pg_temp.look_ups() AS n \gset
\echo limit: :early
EXECUTE changing;
SELECT pg_temp.look_ups() - :n < :price * 2 AS early, pg_temp.look_ups() AS n \gset
\echo questions that change: :early
DECLARE c CURSOR FOR SELECT count(*) FROM plan_customers WHERE wa_sendable(phone, 'utility');
SELECT pg_temp.look_ups() AS n \gset
FETCH c;
SELECT pg_temp.look_ups() - :n < :price / 4 AS early, pg_temp.look_ups() AS n \gset
\echo cursor: :early
CLOSE c;

-- BSUIDs are listed when look-ups of BSUIDs have paid for that, and not before.
INSERT INTO wa_cooldown (until, code, strikes, recipient, business, failures)
	SELECT now() + interval '2 days', 131026, 1, ('DE.plan' || i)::wa_recipient, '1', ARRAY[now()] FROM generate_series(1, 3000) AS i;
CREATE TABLE plan_mixed (id int GENERATED ALWAYS AS IDENTITY, phone text);
INSERT INTO plan_mixed (phone) SELECT phone FROM plan_customers ORDER BY id LIMIT 20000;
INSERT INTO plan_mixed (phone) SELECT 'DE.plan' || i FROM generate_series(2991, 6000) AS i;
ANALYZE plan_mixed;
SELECT (pg_relation_size('wa_cooldown') + pg_relation_size('wa_identity')) / current_setting('block_size')::int / 1.5 AS price \gset
PREPARE mixed(int) AS SELECT count(*) FROM (SELECT phone FROM plan_mixed WHERE id <= $1 OFFSET 0) AS m WHERE wa_sendable(phone, 'utility');
SET LOCAL client_min_messages = debug1;
EXECUTE mixed(20000);
EXECUTE mixed(20005);
SELECT pg_temp.look_ups() AS n \gset
EXECUTE mixed(23010);
SELECT pg_temp.look_ups() - :n BETWEEN 1.5 * :price AND 2.5 * :price AS fair \gset
\echo twice the price: :fair
SET LOCAL client_min_messages = warning;
-- A category that does not exist is an error before anything is read.
SAVEPOINT wrong;
EXPLAIN SELECT * FROM plan_customers WHERE wa_sendable(phone, 'adverts');
ROLLBACK TO wrong;
EXPLAIN (COSTS off) SELECT * FROM plan_customers WHERE wa_sendable(phone, NULL);
ROLLBACK;
