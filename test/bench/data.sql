-- Customers and state for the rows of section 10 on the decision, in a new
-- database.  Set :customers and :universe: of the first :universe numbers every
-- fifth is suppressed; the first :customers are the customers.  Only countries
-- that no region rule knows, so that the peers need no rule of their own.
--
-- With :log the consent events stand in wa_consent_log as well (it is read for
-- people with several identifiers alone).  With :tied every other number has
-- been seen with a BSUID.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET work_mem = '512MB';
SET maintenance_work_mem = '1GB';
SET max_parallel_maintenance_workers = 0;

CREATE EXTENSION wa_policy;

-- The factor and the prime make neighbours in the table strangers by number.
CREATE FUNCTION bench_phone(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (ARRAY['919', '55119', '4477', '49151', '62812'])[1 + i % 5] ||
		lpad((i * 48271 % 99999989)::text, 8, '0')
$$;
CREATE FUNCTION bench_bsuid(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (ARRAY['IN', 'BR', 'GB', 'DE', 'ID'])[1 + i % 5] || '.' || md5(i::text)
$$;
-- P3.
CREATE FUNCTION bench_p3(p text) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$$
BEGIN
	RETURN NOT EXISTS (SELECT FROM wa_consent k WHERE k.recipient::text = p AND k.state = 'stop')
		AND NOT EXISTS (SELECT FROM wa_cooldown d WHERE d.recipient::text = p AND d.until > now());
END
$$;

CREATE UNLOGGED TABLE customers AS
	SELECT i::int AS id, bench_phone(i) AS phone, (i % 100)::int AS segment,
		md5(i::text) AS name
	FROM generate_series(1::bigint, :customers) AS i;
ALTER TABLE customers ADD PRIMARY KEY (id);

-- Of 20 suppressed: 11 stops of WhatsApp's register, 4 of the business's, 3
-- cooldowns after 131049, 2 after 131026.  Beside them people who resumed, and
-- cooldowns that are over.
CREATE TEMP VIEW person AS
	SELECT i, bench_phone(i)::wa_recipient AS recipient, '1020304050607' || i % 3 AS business,
		i / 5 % 5 = 0 AS suppressed, i / 5 % 50 = 1 AS resumed, i / 5 % 50 = 2 AS waited,
		i / 25 % 20 AS k, now() - (1 + i % 9000) * interval '1 hour' AS at,
		:tied::boolean AND i % 2 = 0 AS tied,
		-- These suppressed people were seen with their BSUID later only.
		i / 5 % 5 = 0 AND i / 500 % 10 = 0 AS late
	FROM generate_series(1::bigint, :universe) AS i;
INSERT INTO wa_consent (at, stopped_at, resumed_at, recipient, business, register, state,
		origin, sender, message_id)
	SELECT at, at, '-infinity', recipient, business,
		CASE WHEN k < 11 THEN 'whatsapp' ELSE 'business' END, 'stop',
		CASE WHEN k < 11 THEN 'user_preferences' ELSE 'phrase' END, '1098765432101',
		CASE WHEN k < 11 THEN '' ELSE 'wamid.' || md5(i::text) END
	FROM person WHERE suppressed AND k < 15
	UNION ALL
	SELECT at, at - interval '9 days', at, recipient, business, 'whatsapp', 'resume',
		'user_preferences', '1098765432101', ''
	FROM person WHERE resumed;
-- failures, strikes and until agree with the ladders, see below.
INSERT INTO wa_cooldown (until, code, strikes, recipient, business, failures)
	SELECT now() + interval '47 hours', 131049, 3, recipient, business,
		ARRAY[now() - interval '5 days', now() - interval '3 days', now() - interval '1 hour']
	FROM person WHERE suppressed AND k BETWEEN 15 AND 17
	UNION ALL
	SELECT now() + interval '4 days', 131026, 2, recipient, business,
		ARRAY[now() - interval '5 days', now() - interval '3 days']
	FROM person WHERE suppressed AND k > 17
	UNION ALL
	SELECT now() - interval '40 days', 131049, 1, recipient, business,
		ARRAY[now() - interval '41 days']
	FROM person WHERE waited;

-- An event is stored under every identifier that its element names.
\if :tied
	CREATE TEMP TABLE tied AS
		SELECT recipient, bench_bsuid(i)::wa_recipient AS bsuid, late FROM person WHERE tied;
	CREATE UNIQUE INDEX ON tied (recipient);
	ANALYZE tied;
	INSERT INTO wa_identity (first_seen_at, last_seen_at, recipient, other, kind, origin)
		SELECT now() - CASE WHEN late THEN interval '30 minutes' ELSE interval '400 days' END,
			now() - interval '20 minutes', least(recipient, bsuid), greatest(recipient, bsuid),
			'sighting', 'status'
		FROM tied;
	INSERT INTO wa_consent
		SELECT c.at, c.stopped_at, c.resumed_at, t.bsuid, c.business, c.register, c.state,
			c.origin, c.sender, c.message_id
		FROM wa_consent AS c JOIN tied AS t USING (recipient) WHERE NOT t.late;
	INSERT INTO wa_cooldown
		SELECT c.until, c.lifted_at, c.code, c.strikes, t.bsuid, c.business, c.failures
		FROM wa_cooldown AS c JOIN tied AS t USING (recipient) WHERE NOT t.late;
\endif
\if :log
	INSERT INTO wa_consent_log (at, recipient, business, register, state, origin, sender, message_id,
			evidence)
		SELECT stopped_at, recipient, business, register, 'stop', origin, sender, message_id,
			CASE origin WHEN 'phrase' THEN 'STOP' ELSE '' END
		FROM wa_consent WHERE stopped_at > '-infinity'
		UNION ALL
		SELECT resumed_at, recipient, business, register, 'resume', origin, sender, message_id, ''
		FROM wa_consent WHERE resumed_at > '-infinity';
\endif

-- What an expert would give the anti-join.
CREATE INDEX bench_stop ON wa_consent ((recipient::text)) WHERE state = 'stop';
CREATE INDEX bench_until ON wa_cooldown ((recipient::text)) INCLUDE (until);

-- State that the ingest would not have written proves nothing.  (This marks the ties
-- that are alike, as the ingest would have: all but those of the late.)
DO $$
BEGIN
	ASSERT wa_recompute() = 0, 'the cooldowns of test/bench/data.sql do not follow the catalogue''s ladders';
END
$$;

VACUUM ANALYZE;
CHECKPOINT;
