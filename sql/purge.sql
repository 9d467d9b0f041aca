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

-- Messages go by the day when they were first heard of, and what the views of rates tell stays the same.
INSERT INTO wa_message (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at, failed_at, code, campaign)
SELECT 'm' || i, ('49160000' || 1000 + i % 7)::wa_recipient, 'b' || i % 2, 's1', CASE WHEN i % 3 > 0 THEN 'marketing'::wa_category END, now() - i * interval '6 hours',
	CASE WHEN i % 4 > 0 THEN now() - i * interval '6 hours' END, CASE WHEN i % 4 = 2 THEN now() - i * interval '5 hours' END,
	CASE WHEN i % 4 IN (0, 1) THEN now() - i * interval '6 hours' END, CASE WHEN i % 4 IN (0, 1) THEN 131026 END, CASE WHEN i % 5 = 0 THEN 'c' END
FROM generate_series(1, 100) AS i;
CREATE TEMPORARY TABLE delivery_before AS TABLE wa_delivery_rate;
CREATE TEMPORARY TABLE failure_before AS TABLE wa_failure_rate;
CALL wa_purge('10 days', 7);
CALL wa_purge('5 days 1 hour', 7);
SELECT count(*) FROM wa_message;
SELECT sum(messages) AS messages, sum(delivered) AS delivered, sum(read) AS read, sum(failed) AS failed, sum(undelivered) AS undelivered FROM wa_message_day;
(TABLE delivery_before EXCEPT TABLE wa_delivery_rate) UNION ALL (TABLE wa_delivery_rate EXCEPT TABLE delivery_before);
(TABLE failure_before EXCEPT TABLE wa_failure_rate) UNION ALL (TABLE wa_failure_rate EXCEPT TABLE failure_before);
DELETE FROM wa_message;
DELETE FROM wa_message_day;

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
