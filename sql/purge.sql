--
-- wa_purge: commits as it goes, so not in a transaction that is rolled back
--
SET timezone = 'UTC';
INSERT INTO wa_webhook (received_at, payload)
SELECT now() - i * interval '1 day', '{"object": "whatsapp_business_account", "entry": []}' FROM generate_series(1, 20) AS i;
SELECT min(id) AS first FROM wa_webhook \gset
INSERT INTO wa_problem (path, problem, detail, received_at, resolved_at)
SELECT '/x' || i, 'unknown_value', 'x', now() - interval '100 days', now() - i * interval '1 day' FROM generate_series(1, 20) AS i;
INSERT INTO wa_problem (path, problem, detail, received_at) VALUES ('/open', 'unknown_value', 'x', now() - interval '100 days');
-- The webhook that an open problem needs.
INSERT INTO wa_problem (webhook_id, path, problem, detail, received_at) VALUES (:first + 19, '/open', 'unknown_value', 'x', now() - interval '100 days');
INSERT INTO wa_problem (webhook_id, path, problem, detail, received_at, fragment) VALUES (:first + 18, '/kept', 'unknown_value', 'x', now() - interval '100 days', '{}');

CALL wa_purge('10 days 1 hour', 3, '5 days 1 hour');
SELECT id - :first + 1 AS days FROM wa_webhook ORDER BY id;
SELECT count(*), count(resolved_at), min(resolved_at) > now() - interval '11 days' AS recent FROM wa_problem;
-- A second call finds nothing to do; one age for both.
CALL wa_purge('10 days 1 hour', 3, '5 days 1 hour');
CALL wa_purge('2 days 1 hour');
SELECT count(*) FROM wa_webhook;
-- Not the caller's search_path.
SET search_path = pg_catalog;
CALL public.wa_purge(interval '1 day 1 hour');
RESET search_path;

-- Misuse.
BEGIN;
CALL wa_purge('1 day');
ROLLBACK;
CALL wa_purge(NULL);
CALL wa_purge('1 day', NULL);
CALL wa_purge('1 day', 0);
CALL wa_purge('0');
CALL wa_purge('-1 day');
CALL wa_purge('1 day', payloads_older_than => '-1 day');

DELETE FROM wa_webhook;
DELETE FROM wa_problem;
