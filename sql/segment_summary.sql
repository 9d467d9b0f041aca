--
-- wa_segment_summary: of those whom a query yields, how many can be sent to
-- and how many are left out by each reason
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
-- Pages that other tests have left behind would count for the price of the list.
VACUUM wa_consent, wa_cooldown, wa_activity, wa_identity, wa_identity_change;
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Of each kind; the last digits say which.
CALL t.take(t.prefers('491590001001', 'stop', '2025-03-01 10:00'));
CALL t.take(t.prefers('491590001002', 'resume', '2025-03-01 10:00'));
CALL t.take(t.wrote('491590001003', '2025-03-01 10:00', 'STOP'));
CALL t.take(t.failed('491590001004', 131049, '2025-03-01 10:00'));
CALL t.take(t.failed('491590001005', 131026, '2025-03-01 10:00'), 'b2');
CALL t.take(t.failed('491590001006', 130403, '2025-03-01 10:00'));
CALL t.take(t.wrote('491590001007', '2025-03-01 10:00'), 'b2', 's2');
CALL t.take(t.wrote('491590001008', '2025-03-01 11:00'));
CALL t.take(t.failed('491590001008', 131049, '2025-03-01 11:30'));
CALL t.take(t.wrote('491590001009', '2025-02-27 10:00'));
CALL t.take(t.failed('491590001010', 131056, '2025-03-01 10:00'), '');
-- Two objections: the first one counts.
CALL t.take(t.prefers('12125550101', 'stop', '2025-03-01 10:00'));
CALL t.take(t.wrote('12125550102', '2025-03-01 10:00', 'STOP'));
CALL t.take(t.failed('12125550103', 131049, '2025-03-01 10:00'));
CALL t.take(t.failed('12125550104', 130403, '2025-03-01 10:00'));
CALL t.take(t.failed('491590001011', 130403, '2025-03-01 10:00'));
CALL t.take(t.wrote('491590001011', '2025-02-28 15:00', 'STOP'));
CALL t.take(t.prefers('491590001011', 'stop', '2025-03-01 09:00'), 'b2');
-- Of every business: stops, and a resume that takes back the business's own.
CALL t.take(t.wrote('491590001012', '2025-03-01 10:00', 'STOP'), '');
CALL t.take(t.prefers('491590001012', 'resume', '2025-03-01 11:00'), '');
CALL t.take(t.wrote('491590001013', '2025-03-01 10:00', 'STOP'), 'b2');
CALL t.take(t.wrote('491590001013', '2025-03-01 11:00', 'START'), '');
CALL t.take(t.failed('491590001013', 131026, '2025-03-01 11:30'));
-- BSUIDs, alone and linked with a phone number; what was learned under either.
CALL t.take('{"user_preferences": [{"user_id": "DE.alone", "value": "stop", "timestamp": 1740823200}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.both", "wa_id": "491590001021", "value": "stop", "timestamp": 1740823200}]}');
CALL t.take(t.wrote('491590001022', '2025-02-20 10:00', 'STOP'));
CALL t.take('{"statuses": [{"id": "w", "status": "sent", "timestamp": "1740823200", "recipient_id": "491590001022", "recipient_user_id": "DE.later"}]}');
CALL t.take('{"messages": [{"id": "w", "type": "text", "text": {"body": "STOP"}, "timestamp": "1740823200", "from_user_id": "DE.says"}]}');
CALL t.take('{"user_preferences": [{"wa_id": "491590001023", "user_id": "DE.says", "value": "stop", "timestamp": 1740820000}]}');
CALL t.take(t.wrote('491590001023', '2025-02-20 10:00', 'STOP'));
CALL t.take(t.wrote('491590001024', '2025-02-20 10:00', 'STOP'));
CALL t.take('{"user_preferences": [{"user_id": "DE.first", "value": "stop", "timestamp": 1740823200}]}');
CALL t.take('{"statuses": [{"id": "w", "status": "sent", "timestamp": "1740823300", "recipient_id": "491590001024", "recipient_user_id": "DE.first"}]}');
CALL t.take('{"statuses": [{"id": "w", "status": "failed", "timestamp": "1740823200", "recipient_id": "12125550105", "recipient_user_id": "US.cold", "errors": [{"code": 130403}]}]}');
\set ECHO all

CREATE TABLE t.known AS SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_cooldown UNION SELECT recipient FROM wa_activity
	UNION SELECT recipient FROM wa_identity UNION SELECT other FROM wa_identity;
CREATE TABLE t.customers (id int GENERATED ALWAYS AS IDENTITY, phone text);
INSERT INTO t.customers (phone) SELECT recipient::text FROM t.known ORDER BY recipient;
INSERT INTO t.customers (phone) SELECT '4915900020' || n FROM generate_series(10, 40) AS n;
INSERT INTO t.customers (phone) VALUES (NULL), (NULL), (''), ('nobody'), ('0800 123'), ('+1 (212) 555-0199'), ('whatsapp:+491590001001'),
	('00 49 1590 001003'), ('+491590001004'), ('DE.nobody'), ('US.nobody'), ('14165550100'), ('99999000000'), (repeat('4', 3000));
ANALYZE t.customers;

SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing', at => '2025-03-01 12:00');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'utility', at => '2025-03-01 12:00');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'authentication', 'b2', at => '2025-03-01 12:00');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'service', 'b1', 's1', '2025-03-01 12:00');
-- Nobody at all; the same phone twice.
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers WHERE false', 'marketing');
SELECT * FROM wa_segment_summary($$VALUES ('491590001001'), ('+49 1590 001001'), ('491590009999'), ('491590009999')$$, 'marketing');

-- As wa_sendable and wa_explain say of each row, whatever path is taken.
CREATE FUNCTION t.one_by_one(query text, category wa_category, business text, sender text, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('WITH judged AS MATERIALIZED (SELECT wa_sendable(phone, $1, $2, $3, $4) AS sendable, rule, reason
			FROM (%s) AS q (phone) LEFT JOIN LATERAL (SELECT rule, reason FROM wa_explain(phone, $1, $2, $3, $4) LIMIT 1) AS e ON true)
		SELECT concat_ws('', '', (SELECT ''total '' || count(*) FROM judged), (SELECT ''sendable '' || count(*) FROM judged WHERE sendable),
			(SELECT string_agg(reason || '' '' || n, '', '' ORDER BY rule) FROM (SELECT rule, reason, count(*) AS n FROM judged WHERE NOT sendable GROUP BY 1, 2) AS r))',
		query) USING category, business, sender, at INTO result;
	RETURN result;
END
$$;
CREATE FUNCTION t.summary(query text, category wa_category, business text, sender text, at timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(outcome || ' ' || phones, ', ') FROM wa_segment_summary(query, category, business, sender, at)
$$;
CREATE TABLE t.question AS
	SELECT query, category, business, sender, at, t.one_by_one(query, category, business, sender, at) AS answer
	FROM unnest(ARRAY['SELECT phone FROM t.customers', 'SELECT recipient FROM t.known']) AS query,
		unnest(enum_range(NULL::wa_category)) AS category,
		unnest(ARRAY[NULL, 'b1', 'b2', 'b9']) AS business, unnest(ARRAY[NULL, 's1', 's2']) AS sender,
		unnest(ARRAY['2025-03-01 09:30', '2025-03-01 10:00', '2025-03-01 12:00', '2025-03-02 10:30', '2025-03-09', 'infinity']::timestamptz[]) AS at;
CREATE FUNCTION t.wrong() RETURNS TABLE (questions bigint, wrong bigint, example text)
LANGUAGE sql AS $$
	SELECT count(*), count(*) FILTER (WHERE answer IS DISTINCT FROM found),
		min(format('%s, not %s (%s, %s, %s, %s)', found, answer, category, business, sender, at)) FILTER (WHERE answer IS DISTINCT FROM found)
	FROM (SELECT *, t.summary(query, category, business, sender, at) AS found FROM t.question) AS f
$$;
SELECT count(DISTINCT answer) > 30 AS different FROM t.question;
SELECT * FROM t.wrong();
SET LOCAL wa_policy.suppression_list_after = 0;
SELECT * FROM t.wrong();
SET LOCAL wa_policy.suppression_list_after = 40;
SELECT * FROM t.wrong();
SET LOCAL wa_policy.suppression_list_after = 1000000;
SELECT * FROM t.wrong();
SET LOCAL wa_policy.suppression_list_after = 0;
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT * FROM t.wrong();
-- Not without links either, nor where the Bloom filter stands alone.
SET LOCAL session_replication_role = replica;
DELETE FROM wa_consent_log;
RESET session_replication_role;
DELETE FROM wa_identity;
UPDATE t.question SET answer = t.one_by_one(query, category, business, sender, at);
SELECT * FROM t.wrong();
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM t.wrong();
SELECT count(*) FROM (SELECT wa_opt_out((49152000000 + n)::text, 'memory') FROM generate_series(1, 6000) AS n) AS o;
INSERT INTO t.customers (phone) SELECT (49152000000 + n)::text FROM generate_series(5900, 6100) AS n;
UPDATE t.question SET answer = t.one_by_one(query, category, business, sender, at) WHERE at = '2025-03-01 12:00';
DELETE FROM t.question WHERE at <> '2025-03-01 12:00';
SET LOCAL wa_policy.suppression_list_mem = '500kB';
SELECT * FROM t.wrong();

-- The list is read once that pays, for reasons as for answers.
SET LOCAL client_min_messages = debug1;
SELECT t.summary('SELECT phone FROM t.customers', 'marketing', NULL, NULL, '2025-03-01 12:00');
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT t.summary('SELECT phone FROM t.customers', 'marketing', NULL, NULL, '2025-03-01 12:00');
SET LOCAL wa_policy.suppression_list_after = -1;
SELECT t.summary('SELECT phone FROM t.customers ORDER BY id LIMIT 200', 'service', NULL, NULL, '2025-03-01 12:00');
SELECT t.summary('SELECT (49152000000 + n)::text FROM generate_series(1, 9000) AS n', 'marketing', NULL, NULL, now());
SET LOCAL client_min_messages = notice;

-- Its plan may be a parallel one.
CREATE FUNCTION t.is_mine(pid int) RETURNS boolean LANGUAGE plpgsql PARALLEL SAFE AS $$ BEGIN RETURN pid = pg_backend_pid(); END $$;
SELECT format($$SELECT CASE WHEN t.is_mine(%s) THEN 'nobody' ELSE phone END FROM t.customers WHERE phone ~ '^4915900020'$$, pg_backend_pid()) AS query \gset
SELECT t.summary(:'query', 'marketing', NULL, NULL, now());
SAVEPOINT parallel;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
ALTER TABLE t.customers SET (parallel_workers = 2);
SET LOCAL parallel_leader_participation = off;
SELECT t.summary(:'query', 'marketing', NULL, NULL, now());
ROLLBACK TO parallel;

-- Whatever is text.
CREATE DOMAIN t.number AS varchar(20);
CREATE DOMAIN t.person AS wa_recipient;
SELECT t.summary($$SELECT '491590001001'::t.number UNION ALL SELECT '491590009999';$$, 'marketing', NULL, NULL, now());
SELECT t.summary($$SELECT '+49 1590 001001'::t.person$$, 'marketing', NULL, NULL, now());
SELECT t.summary($$WITH c AS (SELECT phone FROM t.customers ORDER BY id LIMIT 3) TABLE c -- who else$$, 'marketing', NULL, NULL, now());
-- Values that are stored compressed, and out of line.
CREATE TABLE t.long AS SELECT repeat(' ', 100000) || '491590001001' AS phone
	UNION ALL SELECT string_agg(chr(60 + n * n % 61), '') FROM generate_series(1, 9000) AS n;
ALTER TABLE t.long ALTER phone SET STORAGE external;
INSERT INTO t.long SELECT '491590001003' || repeat(' ', 9000);
SELECT t.summary('TABLE t.long', 'marketing', NULL, NULL, now());
-- The search path is the caller's, for every role.
SET LOCAL search_path = t, public;
SELECT t.summary('SELECT phone FROM customers ORDER BY id LIMIT 3', 'marketing', NULL, NULL, now());
RESET search_path;

-- Own writes are seen, and those that are taken back are not.
SAVEPOINT own;
SELECT wa_opt_out('491590009999');
SELECT t.summary($$VALUES ('491590009999')$$, 'marketing', NULL, NULL, 'infinity');
ROLLBACK TO own;
SELECT t.summary($$VALUES ('491590009999')$$, 'marketing', NULL, NULL, 'infinity');
-- Not those of the query itself, as for any function that only reads.
SELECT t.summary($$SELECT CASE WHEN wa_opt_out('491590009999') IS NOT NULL THEN '491590009999' END FROM generate_series(1, 3)$$, 'marketing', NULL, NULL, 'infinity');
ROLLBACK TO own;
-- A query may ask as well, and may roll back what it tried.
CREATE FUNCTION t.tried(n int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM wa_opt_out('491590009999');
	RAISE 'no';
EXCEPTION WHEN raise_exception THEN
	RETURN 491590009990 + n;
END
$$;
SET LOCAL wa_policy.suppression_list_after = 3;
SELECT t.summary($$SELECT t.tried(n) FROM generate_series(1, 9) AS n WHERE wa_sendable(t.tried(n), 'marketing')$$, 'marketing', NULL, NULL, 'infinity');
SELECT t.summary($$SELECT outcome FROM wa_segment_summary('SELECT ''x''', 'marketing')$$, 'marketing', NULL, NULL, 'infinity');
SET LOCAL wa_policy.suppression_list_after = -1;

-- Misuse.
SELECT * FROM wa_segment_summary(NULL, 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', NULL);
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing', at => NULL);
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'adverts');
SELECT * FROM wa_segment_summary('', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers; SELECT phone FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT id, phone FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT id FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone::char(20) FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT c FROM t.customers AS c', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers FOR UPDATE', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM (SELECT phone FROM t.customers FOR SHARE) AS s', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone INTO t.copy FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('DELETE FROM t.customers RETURNING phone', 'marketing');
SELECT * FROM wa_segment_summary('WITH d AS (DELETE FROM t.customers RETURNING phone) SELECT phone FROM d', 'marketing');
SELECT * FROM wa_segment_summary('EXPLAIN SELECT phone FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SHOW wa_policy.suppression_list_mem', 'marketing');
SELECT * FROM wa_segment_summary('COPY t.customers TO STDOUT', 'marketing');
SELECT * FROM wa_segment_summary('ROLLBACK', 'marketing');
SELECT * FROM wa_segment_summary('SELECT $1', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.nowhere', 'marketing');
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers WHERE 1 / (id - 20) IS NOT NULL', 'marketing');
SELECT count(*) FROM t.customers;

-- Rights are the caller's.
CREATE ROLE regress_campaign IN ROLE wa_reader;
CREATE ROLE regress_nobody;
GRANT USAGE ON SCHEMA t TO regress_campaign, regress_nobody;
SET LOCAL ROLE regress_campaign;
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing');
SELECT * FROM wa_segment_summary('SELECT recipient FROM wa_consent', 'marketing');
SELECT * FROM wa_segment_summary('SELECT secret FROM wa_app_secret', 'marketing');
RESET ROLE;
GRANT SELECT ON t.customers TO regress_campaign, regress_nobody;
SET LOCAL ROLE regress_campaign;
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing', 'b1', at => '2025-03-01 12:00');
SET LOCAL ROLE regress_nobody;
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing');
RESET ROLE;
-- Row security, too.
ALTER TABLE t.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON t.customers USING (phone = '491590001001');
SET LOCAL ROLE regress_campaign;
SELECT * FROM wa_segment_summary('SELECT phone FROM t.customers', 'marketing');
ROLLBACK;
