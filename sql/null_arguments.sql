-- No function of the extension breaks where an argument is NULL, one of them or all: it
-- answers, or raises an error.  A function in C that trusts its caller would take the server down.
BEGIN;
SET LOCAL client_min_messages = error;
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1');

-- A value of each type, so that it is the NULL that is asked about.
CREATE FUNCTION pg_temp.some_value(type regtype) RETURNS text LANGUAGE sql AS $$
	SELECT CASE type::text WHEN 'text' THEN '''491510000001''' WHEN 'wa_recipient' THEN '''491510000001''' WHEN 'wa_category' THEN '''marketing'''
		WHEN 'timestamp with time zone' THEN 'now()' WHEN 'time without time zone' THEN '''12:00''' WHEN 'date' THEN '''2025-01-01'''
		WHEN 'interval' THEN '''1 day''' WHEN 'boolean' THEN 'true' WHEN 'bytea' THEN '''{}''' WHEN 'cstring' THEN '''491510000001'''
		WHEN 'record' THEN '(SELECT s FROM public.wa_sender AS s LIMIT 1)' WHEN 'wa_template' THEN '(SELECT t FROM public.wa_template AS t LIMIT 1)'
		ELSE CASE WHEN type::text ~ '\[\]$' THEN '''{}''' ELSE '1' END END $$;
CREATE FUNCTION pg_temp.call(function regprocedure, null_argument integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	arguments text;
BEGIN
	SELECT string_agg(CASE WHEN null_argument IN (0, a.n) THEN 'NULL' ELSE pg_temp.some_value(a.type) END || '::' || a.type, ', ' ORDER BY a.n) INTO arguments
	FROM pg_proc AS p, unnest(p.proargtypes::oid[]::regtype[]) WITH ORDINALITY AS a (type, n) WHERE p.oid = function;
	EXECUTE format('SELECT count(*) FROM %s(%s)', function::regproc, arguments);
	RAISE EXCEPTION 'take it back' USING ERRCODE = 'YY000';
EXCEPTION
	WHEN SQLSTATE 'YY000' THEN RETURN 'answers';
	WHEN OTHERS THEN RETURN CASE WHEN SQLSTATE ~ '^(XX|58|57)' THEN format('%s of %s: %s', null_argument, function, SQLERRM) ELSE 'raises an error' END;
END
$$;
SELECT outcome, CASE WHEN outcome IN ('answers', 'raises an error') THEN count(*) > 50 END AS many
FROM (SELECT pg_temp.call(p.oid, n) AS outcome
	FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'wa_policy',
		LATERAL generate_series(0, p.pronargs) AS n
	WHERE p.prokind = 'f' AND p.proname <> 'wa__refuse' AND p.pronargs > 0 AND p.prorettype <> 'trigger'::regtype AND NOT p.proargtypes::oid[] @> ARRAY['internal'::regtype::oid]
	ORDER BY p.oid::regprocedure::text, n OFFSET 0) AS v
GROUP BY outcome ORDER BY outcome;
ROLLBACK;
