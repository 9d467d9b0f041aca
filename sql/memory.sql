-- What a query keeps of the rows that it has asked about does not grow with their number,
-- whatever differs between them.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SELECT wa_declare_empty('a test');
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1'), ('b2', 's2'), ('b3', 's3');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('utility', '20:00', '08:00');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '1 day');
INSERT INTO wa_sender_hold (business, sender, region, cause, categories, since)
	VALUES ('b3', 's3', '', 'error', '{marketing}', '2025-01-01'), ('b1', '', 'DE', 'error', '{marketing}', '2025-01-01');
INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at) VALUES ('491510000001', 'DE.one', 'b1', '2025-01-01', '2025-01-01');
CREATE TABLE memory_rows AS SELECT i FROM generate_series(1, 20000) AS i;
-- By how much more is kept after all rows than after a few.
CREATE FUNCTION pg_temp.growth(expression text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	query text := 'SELECT (SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE v.n >= 0) FROM (SELECT count(%s) AS n FROM memory_rows WHERE i <= %s OFFSET 0) AS v';
	few bigint;
	many bigint;
BEGIN
	EXECUTE format(query, expression, 500) INTO few;
	EXECUTE format(query, expression, 20000) INTO many;
	RETURN many - few;
END
$$;
SELECT expression, CASE WHEN growth < 65536 THEN 'bounded' ELSE growth::text END AS growth
FROM unnest(ARRAY[
	$$wa_sendable('4915' || i, 'marketing', CASE i % 2 WHEN 0 THEN 'b1' ELSE 'b2' END)$$,
	$$wa_sendable('4915' || i, 'marketing', sender => CASE i % 2 WHEN 0 THEN 's1' ELSE 's2' END)$$,
	$$wa_sendable('4915' || i, CASE i % 2 WHEN 0 THEN 'marketing' ELSE 'utility' END::wa_category)$$,
	$$wa_sendable('DE.' || i, 'marketing', CASE i % 3 WHEN 0 THEN 'b1' WHEN 1 THEN 'b3' END)$$,
	$$wa_first_reason('4915' || i, 'marketing', at => now() + i * interval '1 s')$$,
	$$wa_first_reason('4915' || i, 'marketing', CASE i % 2 WHEN 0 THEN 'b1' ELSE 'b3' END)$$,
	$$wa_next_sendable('4915' || i, 'marketing', CASE i % 2 WHEN 0 THEN 'b1' ELSE 'b3' END, at => now() + i * interval '1 s')$$,
	$$wa__person(('491510' || i)::wa_recipient)$$,
	$$wa_classify(i)$$,
	$$wa__payload_elements('{"statuses":[{"id":"' || i || '"}]}', '{/statuses/0}')$$,
	$$wa__without('{"statuses":[{"recipient_id":"491510000001"}]}', '{491510000001}')$$]) AS expression,
	LATERAL (SELECT pg_temp.growth(expression) OFFSET 0) AS g (growth);
ROLLBACK;
