--
-- Many error codes that nobody knows, in elements of many megabytes, by one
-- statement: each is recorded once, and counted
--
SET client_min_messages = warning;
BEGIN;
\set ECHO none
\i test/helpers.sql
\set ECHO all
-- Each payload 4 MB, with four codes of its own and one of all. What is kept in wa_webhook is not kept twice.
INSERT INTO wa_webhook (payload)
	SELECT json_build_object('statuses', json_build_array(json_build_object('id', 'w' || n, 'status', 'failed', 'timestamp', 1740823200,
		'recipient_id', '491650000001', 'filler', repeat('x', 4000000),
		'errors', (SELECT json_agg(json_build_object('code', code)) FROM unnest(ARRAY[900000 + 4 * n, 900001 + 4 * n, 900002 + 4 * n, 900003 + 4 * n, 899999]) AS code))))
	FROM generate_series(6, 1, -1) AS n;
SELECT count(*) AS codes, min(count) FILTER (WHERE code >= 900000) AS once, max(count) FILTER (WHERE code = 899999) AS shared,
	count(fragment) AS twice, min(length((wa__payload_elements(payload, ARRAY[path]))[1])) > 4000000 AS kept
FROM wa_problem AS p JOIN wa_webhook AS w ON w.id = p.webhook_id WHERE problem = 'unknown_code';
-- Without its payload each code keeps the element that brought it, 36 MB in all: they are written in pieces.
SELECT problems FROM wa_ingest(json_build_object('statuses', json_build_array(json_build_object('id', 'w', 'status', 'failed', 'timestamp', 1740823200,
	'recipient_id', '491650000001', 'filler', repeat('x', 9000000),
	'errors', (SELECT json_agg(json_build_object('code', code)) FROM generate_series(800001, 800005) AS code))))::text);
SELECT count(*), count(fragment), min(length(fragment)) > 9000000 AS kept FROM wa_problem WHERE code BETWEEN 800001 AND 800005;
-- A thousand small ones, and again: counted, not recorded again.
INSERT INTO wa_webhook (received_at, payload) SELECT '2025-12-31', t.hook(t.failed('491650000001', 910000 + n % 1000, '2025-03-01 10:00')) FROM generate_series(1, 3000) AS n;
SELECT count(*), sum(count) FROM wa_problem WHERE code BETWEEN 910000 AND 910999;
-- Five hundred codes in one element of a megabyte: it is read once for all of them, not once for each.
SAVEPOINT many;
DELETE FROM wa_webhook;
DELETE FROM wa_problem;
INSERT INTO wa_webhook (payload)
	SELECT json_build_object('statuses', json_build_array(json_build_object('id', 'w', 'status', 'failed', 'timestamp', 1740823200,
		'recipient_id', '491650000002', 'filler', repeat('x', 1000000),
		'errors', (SELECT json_agg(json_build_object('code', code)) FROM generate_series(920001, 920500) AS code))));
SELECT * FROM wa_replay();
SELECT count(*), count(fragment), count(resolved_at) FROM wa_problem;
-- A code that becomes known does not solve the others; when all are known, all are solved.
INSERT INTO wa_error_override (code, category) SELECT code, 'platform' FROM generate_series(920001, 920499) AS code;
SELECT * FROM wa_replay();
SELECT count(resolved_at) FROM wa_problem;
INSERT INTO wa_error_override (code, category) VALUES (920500, 'platform');
SELECT * FROM wa_replay();
SELECT count(resolved_at) FROM wa_problem;
-- Without the payload a few of them keep the element.
ROLLBACK TO many;
DELETE FROM wa_webhook;
DELETE FROM wa_problem;
INSERT INTO wa_webhook (payload)
	SELECT json_build_object('statuses', json_build_array(json_build_object('id', 'w', 'status', 'failed', 'timestamp', 1740823200,
		'recipient_id', 'nobody', 'filler', repeat('x', 1000000)), json_build_object('id', 'w', 'status', 'failed', 'timestamp', 1740823200,
		'recipient_id', '491650000002', 'filler', repeat('x', 1000000),
		'errors', (SELECT json_agg(json_build_object('code', code)) FROM generate_series(920001, 920500) AS code))));
DELETE FROM wa_webhook;
SELECT problem, path, count(*), count(fragment), min(length(fragment)) > 1000000 AS kept FROM wa_problem GROUP BY problem, path ORDER BY problem;
SELECT * FROM wa_replay();
-- Ten thousand problems of one payload: the time grows with their number, not with its square.
ROLLBACK TO many;
DELETE FROM wa_webhook;
DELETE FROM wa_problem;
SET LOCAL statement_timeout = '60s';
INSERT INTO wa_webhook (payload) SELECT json_build_object('messages', json_agg(json_build_object('from', 'x' || n, 'type', 'text', 'timestamp', 1740823200))) FROM generate_series(1, 10000) AS n;
SELECT problems FROM wa_replay();
UPDATE wa_webhook SET signature = 'x';
DELETE FROM wa_webhook;
SELECT problem, count(*), count(DISTINCT fragment) FROM wa_problem GROUP BY problem;
RESET statement_timeout;
-- They affect nobody.
SELECT count(*) FROM wa_cooldown;
SELECT wa_sendable('491650000001', 'marketing');
ROLLBACK;
