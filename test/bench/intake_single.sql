-- 50 k transactions, each with one INSERT of one payload: what a receiver does,
-- without its round trips.
SELECT CASE :'peer' WHEN 'ours' THEN 'wa_webhook' ELSE :'peer' || '_webhook' END AS tab \gset
CREATE PROCEDURE pg_temp.feed(tab text, n int) LANGUAGE plpgsql AS
$$
DECLARE
	p text;
	ps text[] := (SELECT array_agg(payload ORDER BY id) FROM payloads WHERE part = n);
BEGIN
	IF tab = 'wa_webhook' THEN
		FOREACH p IN ARRAY ps LOOP INSERT INTO wa_webhook (payload) VALUES (p); COMMIT; END LOOP;
	ELSIF tab = 'p4_webhook' THEN
		FOREACH p IN ARRAY ps LOOP INSERT INTO p4_webhook (payload) VALUES (p); COMMIT; END LOOP;
	ELSE
		FOREACH p IN ARRAY ps LOOP INSERT INTO p5_webhook (payload) VALUES (p); COMMIT; END LOOP;
	END IF;
END
$$;
SELECT extract(epoch FROM clock_timestamp()) * 1000 AS t \gset
CALL pg_temp.feed(:'tab', :part);
SELECT 'ms ' || (extract(epoch FROM clock_timestamp()) * 1000 - :t);
