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

-- Messages are purged by the day of their first event, and the views of rates stay the same.
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

-- A batch does not read all that is left, here 60 rows for each that is deleted.
SELECT pg_stat_force_next_flush();
SELECT idx_tup_fetch + seq_tup_read AS fetched FROM pg_stat_user_tables WHERE relname = 'wa_message' \gset
INSERT INTO wa_message (message_id, recipient, category, sent_at)
SELECT 'm' || i, ('4916' || 10000000 + i)::wa_recipient, 'utility', now() - interval '20 days' + i * interval '1 second' FROM generate_series(1, 120000) AS i;
VACUUM wa_message;
CALL wa_purge('10 days', 1000);
SELECT pg_stat_force_next_flush();
SELECT (idx_tup_fetch + seq_tup_read - :fetched) / 120000 < 40 AS few FROM pg_stat_user_tables WHERE relname = 'wa_message';
SELECT count(*) FROM wa_message;
SELECT sum(messages) AS counted FROM wa_message_day;
DELETE FROM wa_message_day;

-- New messages take the place of purged ones, and the index does not look for the purged ones there any more, but where
-- an ANALYZE still saw them.
CREATE FUNCTION pages_read(since timestamptz, until timestamptz, OUT pages bigint) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
	line text;
BEGIN
	pages := 0;
	FOR line IN EXECUTE format('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT FROM wa_message
		WHERE LEAST(sent_at, delivered_at, failed_at) >= %L AND LEAST(sent_at, delivered_at, failed_at) < %L', since, until) LOOP
		pages := coalesce(substring(line, 'lossy=(\d+)')::bigint, pages);
	END LOOP;
END
$$;
VACUUM (TRUNCATE off) wa_message;
INSERT INTO wa_message (message_id, recipient, category, sent_at)
SELECT 'n' || i, ('4916' || 10000000 + i)::wa_recipient, 'utility', now() - interval '2 days' + i * interval '1 second' FROM generate_series(1, 120000) AS i;
SELECT pages_read('2009-01-01', now() - interval '3 days') < 500 AS few_of_purged, pages_read(now() - interval '3 days', now()) > 500 AS of_new;
DROP FUNCTION pages_read;
DELETE FROM wa_message;

-- Opt-outs keep the message that they belong to: under another identifier, and where a day later than that of the message
-- is the day of its delivery. One to the later of two messages, one after more than 48 hours, one that was no first stop.
INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
VALUES ('491690000001', 'DE.purged', 'b1', now() - interval '30 days', now() - interval '1 day');
-- One number changed between the message and the stop, and a user id was seen with the new one alone.
INSERT INTO wa_identity_change (recipient, other, at, first_at)
VALUES ('491690000006', '491690000007', now() - interval '19 days 12 hours', now() - interval '19 days 12 hours');
INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
VALUES ('491690000007', 'DE.seven', 'b1', now() - interval '19 days 11 hours', now() - interval '1 day');
INSERT INTO wa_message (message_id, recipient, business, sender, category, sent_at, delivered_at, campaign)
SELECT v.id, v.who::wa_recipient, 'b1', 's1', 'marketing', now() - v.sent, now() - v.delivered, v.campaign
FROM (VALUES ('o6', '491690000006', interval '20 days', interval '20 days', 'autumn'), ('o1', '491690000001', interval '20 days', interval '18 days', 'spring'), ('o2', '491690000001', '17 days', '17 days', 'summer'),
	('o3', '491690000003', '20 days', '20 days', 'spring'), ('o4', '491690000004', '20 days', '20 days', 'spring'),
	('o5', '491690000005', '20 days', '1 day', 'spring')) AS v (id, who, sent, delivered, campaign);
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
SELECT v.who::wa_recipient, 'b1', 'business', v.state, now() - v.ago, 'phrase'
FROM (VALUES ('DE.seven', 'stop', interval '19 days'), ('DE.purged', 'stop', interval '16 days 12 hours'), ('491690000003', 'stop', '19 days'), ('491690000003', 'stop', '18 days 12 hours'),
	('491690000004', 'stop', '17 days'), ('491690000005', 'stop', '23 hours')) AS v (who, state, ago);
CREATE TEMPORARY TABLE opt_out_before AS TABLE wa_opt_out_rate;
SELECT campaign, sum(delivered) AS delivered, sum(opt_outs) AS opt_outs FROM opt_out_before GROUP BY campaign ORDER BY campaign;
CALL wa_purge('19 days', 1);
(TABLE opt_out_before EXCEPT TABLE wa_opt_out_rate) UNION ALL (TABLE wa_opt_out_rate EXCEPT TABLE opt_out_before);
CALL wa_purge('2 days', 7);
-- What was delivered within 48 hours stays: an opt-out may come that belongs to it.
SELECT message_id FROM wa_message;
SELECT sum(messages) AS messages, sum(marketing_delivered) AS delivered, sum(opt_outs) AS opt_outs FROM wa_message_day;
SELECT count(*) FROM wa_opt_out_counted;
(TABLE opt_out_before EXCEPT TABLE wa_opt_out_rate) UNION ALL (TABLE wa_opt_out_rate EXCEPT TABLE opt_out_before);
DELETE FROM wa_message;
DELETE FROM wa_message_day;
DELETE FROM wa_opt_out_counted;
DELETE FROM wa_identity WHERE recipient IN ('491690000001', '491690000007');
DELETE FROM wa_identity_change WHERE recipient = '491690000006';
SET session_replication_role = replica;
DELETE FROM wa_consent_log WHERE recipient::text LIKE '49169000000_' OR recipient IN ('DE.purged', 'DE.seven');
RESET session_replication_role;

-- Misuse.
BEGIN;
CALL wa_purge('1 day');
ROLLBACK;
CALL wa_purge(NULL);
CALL wa_purge('1 day', NULL);
CALL wa_purge('1 day', 0);
CALL wa_purge('0');
-- 90 seconds to PostgreSQL, where days were meant.
CALL wa_purge('90');
CALL wa_purge('1 day', payloads_older_than => '30');
CALL wa_purge('-1 day');
CALL wa_purge('1 day', payloads_older_than => '-1 day');

DELETE FROM wa_webhook;
DELETE FROM wa_problem;

-- Where the index of times was built anew as one of another kind, there are no entries to renew.
ALTER INDEX wa_message_first RENAME TO purge_aside;
CREATE INDEX wa_message_first ON wa_message (message_id);
INSERT INTO wa_message (message_id, recipient, sent_at) VALUES ('purge', '491690000001', now() - interval '2 years');
CALL wa_purge('1 year');
DROP INDEX wa_message_first;
ALTER INDEX purge_aside RENAME TO wa_message_first;
DELETE FROM wa_message_day WHERE day < current_date - 365;

-- Memory does not grow with the number of batches: a trigger sees, at the 20th and at the 220th, what the session holds.
INSERT INTO wa_webhook (received_at, payload)
SELECT now() - i * interval '1 day', '{"object": "whatsapp_business_account", "entry": []}' FROM generate_series(1, 240) AS i;
CREATE TABLE purge_memory (batch serial, bytes bigint);
CREATE FUNCTION purge_memory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.purge_memory (bytes) SELECT sum(total_bytes) FROM pg_backend_memory_contexts;
	RETURN NULL;
END
$$;
CREATE TRIGGER purge_memory AFTER DELETE ON wa_webhook FOR EACH STATEMENT EXECUTE FUNCTION purge_memory();
CALL wa_purge('1 hour', 1);
SELECT count(*) > 240 AS all_batches,
	CASE WHEN max(bytes) FILTER (WHERE batch = 220) - max(bytes) FILTER (WHERE batch = 20) < 1024 * 1024 THEN 'bounded'
		ELSE (max(bytes) FILTER (WHERE batch = 220) - max(bytes) FILTER (WHERE batch = 20))::text END AS growth
FROM purge_memory;
DROP TRIGGER purge_memory ON wa_webhook;
DROP FUNCTION purge_memory;
DROP TABLE purge_memory;
