-- Customers and state for the rows about decisions, in a new database: the people
-- of 2026.  Set
--
--	:customers		how many customers there are
--	:known			how many people are known from webhooks, the customers first
--	:identifiers	true: they are known by phone, BSUID and parent BSUID
--					false: the same people, all known by their phone alone
--
-- and, where other shares than these are wanted,
--
--	:odd			per cent of customers whose number is stored with blanks, dashes, 00 or (0)
--	:plus			per cent with a + and no more
--	:unfolded		per cent of Brazilians and Mexicans stored as WhatsApp may write them
--
-- A fifth of the known is suppressed.  With :keep the table "person" stays, see
-- data_events.sql.  Only countries that no region rule knows, so
-- that the peers need no rule of their own.

\set ON_ERROR_STOP 1
\if :{?odd} \else \set odd 3 \endif
\if :{?plus} \else \set plus 35 \endif
\if :{?unfolded} \else \set unfolded 10 \endif
SET client_min_messages = warning;
SET work_mem = '512MB';
SET maintenance_work_mem = '1GB';
SET max_parallel_maintenance_workers = 0;

CREATE EXTENSION wa_policy;
\i test/bench/people.sql

-- P3.
CREATE FUNCTION bench_p3(p text) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$$
BEGIN
	RETURN NOT EXISTS (SELECT FROM wa_consent k WHERE k.recipient::text = p AND k.state = 'stop')
		AND NOT EXISTS (SELECT FROM wa_cooldown d WHERE d.recipient::text = p AND d.until > now())
		AND NOT EXISTS (SELECT FROM wa_identity_change g JOIN wa_consent k ON k.recipient = g.recipient
			WHERE g.other::text = p AND k.state = 'stop' AND k.at <= g.at);
END
$$;

-- Of 20 suppressed: 8 stops of WhatsApp's register told by a preference, 3 by error
-- 131050, 4 stops by a phrase, 3 cooldowns after 131049, 2 after 131026.  Beside them
-- people who resumed, and cooldowns that are over or lifted.
CREATE UNLOGGED TABLE person AS
SELECT i, phone, wa_id, business, sender, suppressed, resumed, waited, k, mixed,
	-- One in ten hides its phone: its rows stand under the BSUID, and nothing links it.
	CASE WHEN hidden THEN bsuid ELSE phone END AS home,
	hidden, changed AND mixed % 4 < 3 AS changed_phone, changed AND mixed % 4 = 3 AS changed_bsuid,
	CASE WHEN :identifiers THEN bsuid END AS bsuid,
	CASE WHEN :identifiers AND NOT hidden AND NOT changed AND mixed / 900 % 9 = 0
		THEN bench_parent(i) END AS parent,
	CASE WHEN changed THEN bench_phone(i + 20000000) END AS new_phone, CASE WHEN changed THEN bench_bsuid(i + 20000000) END AS new_bsuid,
	changed_at, said_at,
	delivered_at, CASE WHEN mixed % 10 < 7 THEN delivered_at END AS read_at,
	CASE WHEN mixed % 4 < 3 THEN delivered_at END AS marketing_at,
	CASE WHEN suppressed AND k BETWEEN 11 AND 14 THEN said_at
		-- These have a window open.
		WHEN NOT suppressed AND NOT changed AND mixed / 7 % 50 = 0 THEN t - interval '3 hours'
		WHEN mixed / 7 % 3 = 0 THEN delivered_at - interval '1 day' END AS inbound_at
FROM (
	SELECT *, t - (24 + mixed % 120) * interval '1 hour' AS changed_at,
		t - (7 * 24 + mixed % 600) * interval '1 hour' AS delivered_at,
		t - CASE WHEN changed THEN 240 ELSE 1 END * interval '1 hour' - i % 8700 * interval '1 hour' AS said_at
	FROM (
		SELECT *, :identifiers AND mixed / 9 % 10 = 0 AS hidden,
			-- One in fifty of all; not those with a cooldown, since later traffic would end that.
			:identifiers AND mixed / 9 % 10 > 0 AND mixed / 90 % 42 = 0 AND
				NOT (suppressed AND k > 14) AS changed
		FROM (
			SELECT i, bench_phone(i) AS phone, bench_wa_id(i) AS wa_id, bench_bsuid(i) AS bsuid,
				'1020304050607' || i % 3 AS business, '1098765432101' || i % 3 AS sender,
				i / 5 % 5 = 0 AS suppressed, i / 5 % 50 = 1 AS resumed, i / 5 % 50 = 2 AS waited,
				i / 25 % 20 AS k, bench_mixed(i) AS mixed, date_trunc('second', now()) AS t
			FROM generate_series(1::bigint, :known) AS i OFFSET 0) AS who) AS traits) AS times;

-- digits: the number as the peers need it, which they get for nothing.  Of those who
-- changed their number, half stand here with the old one.
CREATE UNLOGGED TABLE customers AS
	SELECT i::int AS id, bench_spelling(i, number, raw, :odd, :plus, :unfolded) AS phone,
		number AS digits, (i % 100)::int AS segment, md5(i::text) AS name
	FROM person, LATERAL (SELECT changed_phone AND mixed / 50000 % 2 = 0 AS new) AS n,
		LATERAL (SELECT CASE WHEN new THEN new_phone ELSE phone END AS number,
			CASE WHEN new THEN bench_wa_id(i + 20000000) ELSE wa_id END AS raw) AS w
	WHERE i <= :customers;
ALTER TABLE customers ADD PRIMARY KEY (id);

INSERT INTO wa_activity (recipient, business, sender, wa_id, last_inbound_at, last_delivered_at, last_read_at,
		last_marketing_delivered_at, wa_id_at)
	SELECT home::wa_recipient, business, sender, CASE WHEN NOT hidden THEN wa_id END,
		inbound_at, greatest(delivered_at, again_at), read_at, marketing_at,
		CASE WHEN NOT hidden THEN greatest(inbound_at, delivered_at, again_at) END
	FROM person, LATERAL (SELECT CASE WHEN changed_bsuid THEN changed_at + interval '12 hours' END AS again_at) AS a
	UNION ALL
	SELECT new_phone::wa_recipient, business, sender, bench_wa_id(i + 20000000), NULL, changed_at + interval '12 hours', NULL,
		NULL, changed_at + interval '12 hours'
	FROM person WHERE changed_phone;
INSERT INTO wa_recipient_lock SELECT recipient FROM wa_activity;
INSERT INTO wa_sender (business, sender, first_seen, last_seen)
	SELECT business, sender, min(last_delivered_at), max(last_delivered_at) FROM wa_activity GROUP BY 1, 2;

INSERT INTO wa_consent (recipient, business, register, state, at, origin, code, sender, message_id, stopped_at, resumed_at)
	SELECT home::wa_recipient, business, CASE WHEN k < 11 THEN 'whatsapp' ELSE 'business' END, 'stop', said_at,
		CASE WHEN k < 8 THEN 'user_preferences' WHEN k < 11 THEN 'failed message' ELSE 'phrase' END,
		CASE WHEN k BETWEEN 8 AND 10 THEN 131050 END, sender,
		CASE WHEN k < 8 THEN '' ELSE bench_message(i, 0) END, said_at, NULL
	FROM person WHERE suppressed AND k < 15
	UNION ALL
	SELECT home::wa_recipient, business, 'whatsapp', 'resume', said_at, 'user_preferences', NULL, sender, '',
		said_at - interval '9 days', said_at
	FROM person WHERE resumed;
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin, code, sender, message_id,
		evidence, also_named)
	SELECT c.recipient, c.business, register, said.state, said.at, origin, code, c.sender, message_id,
		CASE origin WHEN 'phrase' THEN 'STOP' ELSE '' END,
		-- A failed message names its recipient as it was sent to, a preference no parent.
		CASE WHEN hidden OR origin = 'failed message' THEN ''
			WHEN origin = 'phrase' THEN concat_ws(' ', p.bsuid, p.parent) ELSE coalesce(p.bsuid, '') END
	FROM wa_consent AS c JOIN person AS p ON p.home = c.recipient::text,
		LATERAL (VALUES ('stop', stopped_at), ('resume', resumed_at)) AS said (state, at)
	WHERE said.at IS NOT NULL;

-- A cooldown's failures are later than all its recipient's traffic, but for those that
-- are over; strikes and until as the ladders give them.
INSERT INTO wa_cooldown (recipient, business, code, strikes, until, lifted_at, failures)
	SELECT home::wa_recipient, business, 131049, 3, t + interval '47 hours', greatest(inbound_at, marketing_at - interval '24 hours'),
		ARRAY[t - interval '5 days', t - interval '3 days', t - interval '1 hour']
	FROM person, date_trunc('second', now()) AS t WHERE suppressed AND k BETWEEN 15 AND 17
	UNION ALL
	SELECT home::wa_recipient, business, 131026, 2, t + interval '4 days', greatest(inbound_at, delivered_at + interval '1 minute'),
		ARRAY[t - interval '5 days', t - interval '3 days']
	FROM person, date_trunc('second', now()) AS t WHERE suppressed AND k > 17
	UNION ALL
	SELECT home::wa_recipient, business, 131049, (failed_at > lifted)::int, CASE WHEN failed_at > lifted THEN failed_at + interval '24 hours' END,
		nullif(lifted, '-infinity'), ARRAY[failed_at]
	FROM person, LATERAL (SELECT date_trunc('second', now()) - interval '41 days' AS failed_at,
		coalesce(greatest(inbound_at, marketing_at - interval '24 hours'), '-infinity') AS lifted) AS f
	WHERE waited;

\if :identifiers
	-- A chain: phone and BSUID, BSUID and parent.  People who changed an identifier have
	-- the new ones linked since then.
	INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
		SELECT recipient::wa_recipient, other::wa_recipient, business, first, date_trunc('day', last, 'UTC')
		FROM (
			SELECT phone AS recipient, bsuid AS other, business,
				least(first, CASE WHEN resumed THEN said - interval '9 days' ELSE said END) AS first, greatest(last, said) AS last
			FROM person, LATERAL (SELECT delivered_at - interval '300 days' AS first,
				-- A change of BSUID names the phone and the old one.
				greatest(delivered_at, inbound_at, CASE WHEN changed_bsuid THEN changed_at END) AS last,
				CASE WHEN resumed OR suppressed AND (k < 8 OR k BETWEEN 11 AND 14) THEN said_at END AS said) AS seen
			WHERE NOT hidden
			UNION ALL
			SELECT bsuid, parent, business, least(delivered_at - interval '300 days', inbound_at), greatest(delivered_at, inbound_at)
			FROM person WHERE parent IS NOT NULL
			UNION ALL
			SELECT CASE WHEN changed_phone THEN new_phone ELSE phone END, new_bsuid, business, changed_at,
				changed_at + interval '12 hours'
			FROM person WHERE changed_phone OR changed_bsuid) AS links;
	INSERT INTO wa_identity_change (recipient, other, at, first_at, origin, message_id)
		SELECT phone::wa_recipient, new_phone::wa_recipient, changed_at, changed_at, 'system message', bench_message(i, 9) FROM person WHERE changed_phone
		UNION ALL
		SELECT bsuid::wa_recipient, new_bsuid::wa_recipient, changed_at, changed_at, 'user_id_update', '' FROM person WHERE changed_bsuid;
\endif

\if :{?keep}
\else
	DROP TABLE person;
\endif

-- What an expert would give the anti-join.
CREATE INDEX bench_stop ON wa_consent ((recipient::text)) WHERE state = 'stop';
CREATE INDEX bench_until ON wa_cooldown ((recipient::text)) INCLUDE (until);
CREATE INDEX bench_change ON wa_identity_change ((other::text));
CREATE INDEX bench_segment ON customers (segment);

-- State that the ingest would not have written proves nothing, and peers that are
-- given other numbers prove nothing either.
DO $$
BEGIN
	ASSERT wa_recompute() = 0, 'the cooldowns of test/bench/data.sql do not follow the catalogue''s ladders';
	ASSERT NOT EXISTS (SELECT FROM customers WHERE wa_recipient(phone)::text <> digits),
		'a spelling of test/bench/people.sql is another number';
	ASSERT (SELECT count(*) FROM wa_activity) >= 4.9 * (SELECT count(DISTINCT recipient) FROM (
		SELECT recipient FROM wa_consent WHERE state = 'stop'
		UNION ALL SELECT recipient FROM wa_cooldown WHERE until > now()) AS s), 'too few are known beside the suppressed';
END
$$;

VACUUM ANALYZE;
CHECKPOINT;
