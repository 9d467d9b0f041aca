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
	$$(SELECT count(*) FROM wa__identifiers(('491510' || i)::wa_recipient))$$,
	$$(SELECT count(*) FROM wa_explain('491510' || i, 'marketing'))$$,
	$$wa_classify(i)$$,
	$$wa__payload_elements('{"statuses":[{"id":"' || i || '"}]}', '{/statuses/0}')$$,
	$$wa__without('{"statuses":[{"recipient_id":"491510000001"}]}', '{491510000001}')$$]) AS expression,
	LATERAL (SELECT pg_temp.growth(expression) OFFSET 0) AS g (growth);
-- What the intake of a statement keeps does not grow with payloads that say nothing new: a trigger sees it at the end.
CREATE TABLE memory_intake (payloads int, bytes bigint);
CREATE FUNCTION pg_temp.see_intake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.memory_intake SELECT count(*), (SELECT sum(used_bytes) FROM pg_backend_memory_contexts) FROM public.wa_webhook;
	RETURN NULL;
END
$$;
CREATE TRIGGER memory_intake BEFORE INSERT ON wa_sender FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.see_intake();
CREATE FUNCTION pg_temp.take_in(sender text, n int) RETURNS void LANGUAGE sql AS $$
	DELETE FROM wa_webhook;
	INSERT INTO wa_webhook (payload, signature)
	SELECT format('{"object":"whatsapp_business_account","entry":[{"id":"b1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"%s"},"statuses":[{"id":"%s","status":"sent","timestamp":"1700000000","recipient_id":"491510000001"}]}}]}]}',
		sender, repeat('m', 60)), repeat('0', 64) FROM generate_series(1, n);
$$;
SELECT pg_temp.take_in('few', 500);
SELECT pg_temp.take_in('many', 20000);
SELECT CASE WHEN max(bytes) - min(bytes) < 1024 * 1024 THEN 'bounded' ELSE (max(bytes) - min(bytes))::text END AS growth, count(*) FROM memory_intake;
ROLLBACK;
