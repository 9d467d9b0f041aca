-- Customers and state for the rows of section 10 on the decision.  Set
-- :customers and :universe: of the first :universe numbers every fifth is
-- suppressed; the first :customers are the customers.  Only countries that no
-- region rule knows, so that the peers need no rule of their own.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET work_mem = '512MB';
SET maintenance_work_mem = '1GB';
SET max_parallel_maintenance_workers = 0;

DROP TABLE IF EXISTS customers;
TRUNCATE wa_consent, wa_cooldown, wa_activity, wa_contact, wa_identity;

-- The factor and the prime make neighbours in the table strangers by number.
CREATE OR REPLACE FUNCTION bench_phone(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (ARRAY['919', '55119', '4477', '49151', '62812'])[1 + i % 5] ||
		lpad((i * 48271 % 99999989)::text, 8, '0')
$$;

CREATE UNLOGGED TABLE customers AS
	SELECT i::int AS id, bench_phone(i) AS phone, (i % 100)::int AS segment,
		md5(i::text) AS name
	FROM generate_series(1::bigint, :customers) AS i;
ALTER TABLE customers ADD PRIMARY KEY (id);

-- Of 20 suppressed: 11 stops of WhatsApp's register, 4 of the business's, 3
-- cooldowns after 131049, 2 after 131026.  Beside them people who resumed, and
-- cooldowns that are over.
INSERT INTO wa_consent (at, stopped_at, resumed_at, recipient, business, register, state,
		origin, sender, message_id)
	SELECT t, t, '-infinity', bench_phone(i)::wa_recipient,
		'1020304050607' || i % 3, CASE WHEN k < 11 THEN 'whatsapp' ELSE 'business' END, 'stop',
		CASE WHEN k < 11 THEN 'user_preferences' ELSE 'phrase' END, '1098765432101',
		CASE WHEN k < 11 THEN '' ELSE 'wamid.' || md5(i::text) END
	FROM (SELECT i, i / 25 % 20 AS k, now() - i % 9000 * interval '1 hour' AS t
		FROM generate_series(1::bigint, :universe) AS i WHERE i / 5 % 5 = 0) AS s
	WHERE k < 15;
INSERT INTO wa_consent (at, stopped_at, resumed_at, recipient, business, register, state,
		origin, sender, message_id)
	SELECT t, t - interval '9 days', t, bench_phone(i)::wa_recipient,
		'1020304050607' || i % 3, 'whatsapp', 'resume', 'user_preferences', '1098765432101', ''
	FROM (SELECT i, now() - i % 9000 * interval '1 hour' AS t
		FROM generate_series(1::bigint, :universe) AS i WHERE i / 5 % 50 = 1) AS s;
INSERT INTO wa_cooldown (until, lifted_at, code, strikes, recipient, business, failures)
	SELECT now() + interval '20 days', '-infinity', CASE WHEN k < 18 THEN 131049 ELSE 131026 END,
		2, bench_phone(i)::wa_recipient, '1020304050607' || i % 3,
		ARRAY[now() - interval '5 days', now() - interval '3 days']
	FROM (SELECT i, i / 25 % 20 AS k
		FROM generate_series(1::bigint, :universe) AS i WHERE i / 5 % 5 = 0) AS s
	WHERE k >= 15;
INSERT INTO wa_cooldown (until, lifted_at, code, strikes, recipient, business, failures)
	SELECT now() - interval '40 days', '-infinity', 131049, 1, bench_phone(i)::wa_recipient,
		'1020304050607' || i % 3, ARRAY[now() - interval '41 days']
	FROM generate_series(1::bigint, :universe) AS i WHERE i / 5 % 50 = 2;

-- What an expert would give the anti-join.
DROP INDEX IF EXISTS bench_stop, bench_until;
CREATE INDEX bench_stop ON wa_consent ((recipient::text)) WHERE state = 'stop';
CREATE INDEX bench_until ON wa_cooldown ((recipient::text)) INCLUDE (until);

VACUUM ANALYZE customers;
VACUUM ANALYZE wa_consent;
VACUUM ANALYZE wa_cooldown;
CHECKPOINT;
