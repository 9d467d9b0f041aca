-- A scan of an index remembers the dead entries that it passes over, in memory that must
-- live as long as it does.  What a rolled back webhook linked are such entries.
SET timezone = 'UTC';
BEGIN;
\set ECHO none
\i test/helpers.sql
\set ECHO all

CREATE FUNCTION pg_temp.seen(phone text, bsuid text, at timestamptz) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN t.hook(jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.sent', 'status', 'delivered', 'timestamp', t.unix(at),
		'recipient_id', phone, 'recipient_user_id', bsuid))));

INSERT INTO wa_webhook (payload) VALUES (pg_temp.seen('4915100000001', 'DE.1', '2025-03-01 12:00+00'));
SAVEPOINT before;
INSERT INTO wa_webhook (payload)
	SELECT pg_temp.seen((4915100000001 + i)::text, 'DE.1', '2025-03-01 13:00+00') FROM generate_series(1, 3) AS i;
INSERT INTO wa_webhook (payload)
	SELECT pg_temp.seen('4915100000001', 'DE.' || i, '2025-03-01 13:00+00') FROM generate_series(2, 4) AS i;
ROLLBACK TO before;

INSERT INTO wa_webhook (payload) VALUES
	(pg_temp.seen('4915100000001', 'DE.1', '2025-03-02 12:00+00')),
	(pg_temp.seen('4915100000001', 'DE.5', '2025-03-02 12:00+00')),
	(pg_temp.seen('4915100000006', 'DE.1', '2025-03-02 12:00+00'));
SELECT recipient, other, first_seen_at, last_seen_at FROM wa_identity ORDER BY recipient, other;
ROLLBACK;
