-- Calls every function with one wrong argument at a time: it returns, or raises an error with a proper message and with a condition
-- that a program can catch.  (A crash of the server would fail the test as well.)
BEGIN;
SET LOCAL client_min_messages = error;
SET LOCAL statement_timeout = '60 s';
CREATE SCHEMA t;
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1');
INSERT INTO wa_template (business, name, language, status) VALUES ('b1', 'sale', 'de', 'APPROVED');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 2, '1 day');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '22:00', '06:00');
SELECT wa_report_error('491510000001', code, now() - interval '1 minute', 'b1', 's1', 'wamid.' || code) FROM unnest('{131049,131026,130429}'::int[]) AS code;
SELECT wa_ingest(jsonb_build_object('entry', jsonb_build_object('id', 'b1', 'changes', jsonb_build_object('field', 'messages', 'value', jsonb_build_object(
	'metadata', '{"phone_number_id": "s1"}'::jsonb, 'messages', jsonb_build_object('id', 'm', 'from', '491510000001', 'from_user_id', 'DE.x',
		'timestamp', extract(epoch FROM now())::bigint, 'type', 'text', 'text', '{"body": "STOP"}'::jsonb)))))::text);

-- A valid argument, by the name of the parameter, else by its type.
CREATE FUNCTION t.right_one(name text, type text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(CASE WHEN type IN ('text', 'integer', 'wa_recipient', 'timestamp with time zone') THEN CASE name
			WHEN 'recipient' THEN '491510000001' WHEN 'phone' THEN '491510000001' WHEN 'a' THEN '491510000001' WHEN 'b' THEN 'DE.x'
			WHEN 'business' THEN 'b1' WHEN 'sender' THEN 's1' WHEN 'campaign' THEN 'spring' WHEN 'name' THEN 'sale' WHEN 'language' THEN 'de'
			WHEN 'region' THEN 'DE' WHEN 'code' THEN '131049' WHEN 'query' THEN 'SELECT ''491510000001'' AS phone' WHEN 'until' THEN 'tomorrow' END END,
		CASE type WHEN 'text' THEN 'x' WHEN 'wa_recipient' THEN '491510000001' WHEN 'wa_category' THEN 'marketing' WHEN 'timestamp with time zone' THEN 'now'
			WHEN 'interval' THEN '1 hour' WHEN 'integer' THEN '1' WHEN 'bigint' THEN '1' WHEN 'boolean' THEN 'true' WHEN 'bytea' THEN '{}'
			WHEN 'date' THEN 'today' WHEN 'text[]' THEN '{491510000001}' WHEN 'wa_category[]' THEN '{marketing}' WHEN 'wa_recipient[]' THEN '{491510000001}'
			WHEN 'integer[]' THEN '{1}' WHEN 'bigint[]' THEN '{1}' WHEN 'numeric[]' THEN '{1}' WHEN 'interval[]' THEN '{1 day}'
			WHEN 'boolean[]' THEN '{true}' WHEN 'timestamp with time zone[]' THEN '{2025-01-01Z}' END) $$;
-- Arguments that are invalid or extreme.
CREATE FUNCTION t.wrong_ones(type text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
	SELECT NULL UNION ALL SELECT unnest(CASE
		WHEN type = 'text' THEN ARRAY['', ' ', 'nosuch', E'a''b\\c\n"', ')(', 'SELECT 1', '4915100000', '{"entry":1}', repeat('x', 100000), repeat('[', 30000), repeat(U&'\00e9', 60000)]
		WHEN type = 'timestamp with time zone' THEN ARRAY['infinity', '-infinity', '294276-12-31 23:59:59.999999Z', '290000-06-01Z', '4713-01-01 00:00Z BC', '1970-01-01Z']
		WHEN type = 'interval' THEN ARRAY['0', '-1 day', '178000000 years', '-178000000 years', '1 microsecond', '2147483647 days']
		WHEN type = 'integer' THEN ARRAY['0', '-1', '2147483647', '-2147483648']
		WHEN type = 'bigint' THEN ARRAY['0', '-1', '9223372036854775807', '-9223372036854775808']
		WHEN type = 'bytea' THEN ARRAY['', '\x00', '\xff']
		WHEN type = 'date' THEN ARRAY['infinity', '-infinity', '5874897-12-31', '4713-01-01 BC']
		WHEN type IN ('text[]', 'wa_category[]', 'wa_recipient[]') THEN ARRAY['{}', '{NULL}', format('{{%1$s},{%1$s}}', trim(t.right_one('', type), '{}'))]
		WHEN type IN ('integer[]', 'bigint[]', 'interval[]') THEN ARRAY['{}', '{NULL}', '{{1},{1}}']
		WHEN type = 'timestamp with time zone[]' THEN ARRAY['{}', '{NULL}', '{infinity}', '{-infinity,infinity}', '{{2025-01-01Z},{2025-01-02Z}}', '{2025-02-01Z,2025-01-01Z}']
		ELSE '{}' END) $$;

CREATE TABLE t.said (function text, call text, state text, message text, detail text, hint text);
CREATE PROCEDURE t.try(function regprocedure, types text[], args text[]) LANGUAGE plpgsql AS $$
DECLARE
	call text := format('SELECT count(v::text) FROM %s(%s) AS v', function::regproc,
		(SELECT string_agg(format('%L::%s', a, y), ', ' ORDER BY n) FROM unnest(args, types) WITH ORDINALITY AS u (a, y, n)));
	state text; message text; detail text; hint text;
BEGIN
	BEGIN
		EXECUTE call;
		RAISE EXCEPTION SQLSTATE 'WA000';
	EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	END;
	INSERT INTO t.said VALUES (function, left(call, 200), state, message, detail, hint);
END
$$;
DO $$
DECLARE
	f record;
	args text[];
	wrong text;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS function, p.proargnames AS names, ARRAY(SELECT format_type(y, NULL) FROM unnest(p.proargtypes) AS y) AS types
		FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid
		WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
			AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')
			AND p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype)
			AND NOT p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[]
			AND p.proname <> 'wa__refuse'	-- raises whatever it is given
		ORDER BY p.oid::regprocedure::text
	LOOP
		args := ARRAY(SELECT t.right_one(f.names[n], f.types[n]) FROM generate_series(1, cardinality(f.types)) AS n);
		CALL t.try(f.function, f.types, args);
		CALL t.try(f.function, f.types, array_fill(NULL::text, ARRAY[cardinality(args)]));
		FOR n IN 1 .. cardinality(args) LOOP
			FOR wrong IN SELECT * FROM t.wrong_ones(f.types[n]) LOOP
				CALL t.try(f.function, f.types, args[: n - 1] || wrong || args[n + 1 :]);
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
SELECT count(DISTINCT function) > 100 AS many_functions, count(*) > 2000 AS many_calls, count(*) FILTER (WHERE state = 'WA000') > 500 AS answers,
	count(*) FILTER (WHERE state <> 'WA000') > 500 AS errors FROM t.said;
-- Internal errors and timeouts: none.  (wa__delivery_merge and wa__cooldown_merge rightly call such an array a corrupted row.)
SELECT DISTINCT function, state, message FROM t.said WHERE state ~ '^(XX|57|P0|58)' AND NOT (function ~ '^wa__(delivery|cooldown)_merge' AND state = 'XX001');
-- Messages begin with a lower-case letter and have no full stop; details and hints are sentences; no message is too long to be read,
-- except the server's own about the syntax of a query.
SELECT DISTINCT function, state, left(message, 100) AS message, left(detail, 100) AS detail, left(hint, 100) AS hint FROM t.said
WHERE state <> 'WA000' AND (message ~ '^[A-Z][a-z]' OR message ~ '\.$' OR detail ~ '^[a-z](?!a_)|[^.]$' OR hint ~ '^[a-z](?!a_)|[^.]$'
	OR length(message) > 1000 AND function !~ '^wa__' AND state <> '42601') ORDER BY 1, 2, 3;
ROLLBACK;

-- What must see the rows of others that have come since says so with one condition.
BEGIN ISOLATION LEVEL REPEATABLE READ;
\set ON_ERROR_ROLLBACK on
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 2, '1 day');
INSERT INTO wa_sender (business, sender, last_seen) VALUES ('b1', 's1', now());
SELECT wa_recompute();
\echo :LAST_ERROR_SQLSTATE
SELECT wa_forget('491510000001', 'asked for it');
\echo :LAST_ERROR_SQLSTATE
SELECT wa_claim('{491510000001}', 'marketing', 'spring');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
