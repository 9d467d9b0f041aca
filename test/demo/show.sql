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
SELECT count(*) AS segment FROM customers WHERE segment = 7 \gset
SELECT clock_timestamp() AS started \gset
CREATE TEMP TABLE campaign AS SELECT * FROM customers WHERE segment = 7 AND wa_sendable(phone, 'marketing');
SELECT round(1000 * extract(epoch FROM clock_timestamp() - :'started'::timestamptz), 1) AS ms,
	(SELECT count(*) FROM campaign) AS sendable,
	(SELECT count(*) FROM campaign) BETWEEN 1 AND :segment - 1 AS plausible \gset
\if :plausible
\else
	DO $$ BEGIN RAISE 'the demo shows a campaign of nobody, or of everybody'; END $$;
\endif
\echo '    ' :sendable 'of' :segment 'may be messaged; the query took' :ms 'ms'
\echo
SELECT wa_first_reason(phone, 'marketing') AS "left out because of", count(*) AS customers
FROM customers
WHERE segment = 7 AND NOT wa_sendable(phone, 'marketing')
GROUP BY 1
ORDER BY 2 DESC, 1;

\echo '4. And a list without it?'
\echo '-------------------------'
\echo 'Somebody keeps a list of the numbers that said stop, from the same webhooks, and compares'
\echo 'digits: NOT EXISTS (SELECT FROM stops WHERE number = the digits of phone).'
\echo
-- The latest of stop and resume by number, as the webhooks name it: what one writes in an afternoon.
CREATE TEMP TABLE stops AS
SELECT number
FROM (
	SELECT DISTINCT ON (number) number, said
	FROM (
		SELECT p ->> 'wa_id', p ->> 'value', (p ->> 'timestamp')::bigint
		FROM day, jsonb_path_query(payload::jsonb, '$.entry[*].changes[*].value.user_preferences[*]') AS p
		WHERE kind <> 'oddity'
		UNION ALL
		SELECT m ->> 'from', 'stop', (m ->> 'timestamp')::bigint
		FROM day, jsonb_path_query(payload::jsonb, '$.entry[*].changes[*].value.messages[*]') AS m
		WHERE kind <> 'oddity' AND lower(btrim(m #>> '{text,body}', ' .')) IN ('stop', 'unsubscribe')
	) AS words (number, said, at)
	WHERE number IS NOT NULL
	ORDER BY number, at DESC
) AS latest
WHERE said = 'stop';

CREATE TEMP TABLE missed AS
SELECT c.*, e.reason, e.detail
FROM customers AS c
JOIN person AS p USING (id)
CROSS JOIN LATERAL (
	SELECT reason, detail FROM wa_explain(c.phone, 'marketing')
	WHERE reason IN ('opted_out_whatsapp', 'opted_out_business') ORDER BY rule LIMIT 1
) AS e
WHERE NOT EXISTS (
	SELECT FROM stops AS s
	WHERE s.number = ltrim(regexp_replace(c.phone, '\D', '', 'g'), '0'));

SELECT count(*) AS stopped,
	(SELECT count(*) FROM missed) AS missed
FROM customers AS c
WHERE EXISTS (SELECT FROM wa_explain(c.phone, 'marketing') AS e
	WHERE e.reason IN ('opted_out_whatsapp', 'opted_out_business')) \gset
\echo '    ' :missed 'of the' :stopped 'customers who had said stop would have been messaged.'
\echo
SELECT CASE
		WHEN m.detail LIKE '%learned under%' THEN 'the stop named a user id, not the number'
		WHEN EXISTS (SELECT FROM wa_consent AS w WHERE w.recipient = m.phone::wa_recipient AND w.code = 131050)
			THEN 'the stop came as error 131050'
		WHEN p.wa_id <> m.phone::wa_recipient::text OR p.wa_id <> ltrim(regexp_replace(m.phone, '\D', '', 'g'), '0')
			THEN 'WhatsApp writes the number otherwise (ninth digit, 521, 549)'
		ELSE 'the words were a button or a phrase not thought of'
	END AS "because", count(*) AS customers
FROM missed AS m
JOIN person AS p USING (id)
GROUP BY 1
ORDER BY 2 DESC, 1;

\echo '5. One of them: the ninth digit'
\echo '-------------------------------'
SELECT m.id AS ninth, m.name, m.phone, p.wa_id, m.phone::wa_recipient AS canonical
FROM missed AS m
JOIN person AS p USING (id)
WHERE p.country = 'BR' AND length(p.wa_id) = 12 AND m.detail NOT LIKE '%learned under%'
	AND NOT EXISTS (SELECT FROM wa_consent AS w WHERE w.recipient = m.phone::wa_recipient AND w.code = 131050)
ORDER BY m.phone NOT LIKE '+55 (%', m.id
LIMIT 1 \gset
\echo '    the shop has      ' :phone
\echo '    WhatsApp says     ' :wa_id
\echo '    both are          ' :canonical
\echo
\x on
\pset format wrapped
\pset columns 100
SELECT name, reason, since, until, origin, detail
FROM customers AS c
CROSS JOIN LATERAL (
	SELECT reason, since::timestamptz(0), until::timestamptz(0), origin, detail
	FROM wa_explain(c.phone, 'marketing') ORDER BY rule LIMIT 1) AS e
WHERE c.id = :ninth;

\echo '6. And others of segment 7   SELECT * FROM wa_explain(phone, \'marketing\');'
\echo '--------------------------------------------------------------------------'
SELECT name, phone, reason, code, since, until, detail
FROM (
	SELECT DISTINCT ON (e.reason) c.name, c.phone, e.rule, e.reason, e.code,
		e.since::timestamptz(0), e.until::timestamptz(0), e.detail
	FROM customers AS c
	CROSS JOIN LATERAL wa_explain(c.phone, 'marketing') AS e
	WHERE c.segment = 7 AND e.reason IN ('cooldown', 'region')
	ORDER BY e.reason, c.id
) AS one
ORDER BY rule;
\echo 'The server finds segment 7 by its index and asks about those alone; over all customers it would'
\echo 'read the suppression list once and compare with that.'
