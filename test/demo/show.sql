-- What "make demo" shows, for psql, in a database with wa_policy in it.

\set QUIET on
\pset footer off
\pset border 1
\pset null '(none)'
SET client_min_messages = warning;

\ir customers.sql
\ir day.sql

\echo
\echo '1. A day of webhooks'
\echo '--------------------'
SELECT kind AS "what came in", sum(elements) AS "how many", count(*) AS "in requests"
FROM day
GROUP BY kind
ORDER BY min(n);

\echo 'All of them go in by INSERT, as they came:'
\echo
\echo '    INSERT INTO wa_webhook (payload) SELECT payload FROM day;'
\echo
SELECT clock_timestamp() AS started \gset
-- In no order: the outcome must not depend on it.
INSERT INTO wa_webhook (payload) SELECT payload FROM day ORDER BY md5(n::text);
SELECT count(*) AS requests,
	round(1000 * extract(epoch FROM clock_timestamp() - :'started'::timestamptz)) AS ms
FROM day \gset
\echo '    ' :requests 'requests in' :ms 'ms'
ANALYZE;

\echo
\echo '2. What could not be used is kept, not lost'
\echo '-------------------------------------------'
SELECT problem, count(*), min(detail) AS "for example"
FROM wa_problem
GROUP BY problem
ORDER BY problem;

\echo '3. The campaign: segment 7'
\echo '--------------------------'
\echo '    SELECT * FROM customers WHERE segment = 7 AND wa_sendable(phone, \'marketing\');'
\echo
SELECT count(*) AS "in the segment",
	count(*) FILTER (WHERE wa_sendable(phone, 'marketing')) AS "may be messaged",
	count(*) FILTER (WHERE NOT wa_sendable(phone, 'marketing')) AS "left out"
FROM customers
WHERE segment = 7;

SELECT e.reason AS "left out because of", count(*) AS customers
FROM customers AS c
CROSS JOIN LATERAL (
	SELECT rule, reason FROM wa_explain(c.phone, 'marketing') ORDER BY rule, reason LIMIT 1
) AS e
WHERE c.segment = 7
GROUP BY e.rule, e.reason
ORDER BY e.rule, e.reason;

\echo '4. Why not this one?   SELECT * FROM wa_explain(phone, \'marketing\');'
\echo '--------------------------------------------------------------------'
\x on
\pset format wrapped
\pset columns 100
SELECT name, phone, reason, code, since, until, origin, detail
FROM (
	SELECT DISTINCT ON (e.reason) c.name, c.phone, e.rule, e.reason, e.code,
		e.since::timestamptz(0), e.until::timestamptz(0), e.origin, e.detail
	FROM customers AS c
	CROSS JOIN LATERAL wa_explain(c.phone, 'marketing') AS e
	WHERE c.segment = 7 AND e.reason IN ('opted_out_whatsapp', 'cooldown', 'region')
	-- Prefer one whose wa_id is not the number that the shop has.
	ORDER BY e.reason, c.phone NOT LIKE '+55%', c.id
) AS one
ORDER BY rule;
\x off
\pset format aligned

\echo '5. What the server does for it'
\echo '------------------------------'
EXPLAIN SELECT * FROM customers WHERE segment = 7 AND wa_sendable(phone, 'marketing');
