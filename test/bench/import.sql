-- A list of :n opt-outs for the row "import", and what takes it in: wa_import, and the same by hand into
-- tables with the columns and indexes of ours.
\set ON_ERROR_STOP 1
CREATE EXTENSION wa_policy;
SELECT wa_declare_empty('the benchmark') \g /dev/null

CREATE UNLOGGED TABLE list AS
	SELECT '+' || 91980000000 + i * 6180339 % 9999991 AS phone, 'unsubscribed' AS reason, 'tool' AS source,
		now() - i * interval '1 minute' AS at
	FROM generate_series(1::bigint, :n) AS i;
CREATE TABLE hand_consent (LIKE wa_consent INCLUDING ALL);
CREATE TABLE hand_consent_log (LIKE wa_consent_log INCLUDING ALL);

CREATE PROCEDURE ours() LANGUAGE sql AS
$$
	SELECT FROM wa_import('SELECT phone, reason, source, at FROM list', dry_run => false)
$$;
CREATE PROCEDURE by_hand() LANGUAGE sql AS
$$
	INSERT INTO hand_consent_log (recipient, business, register, state, at, origin, evidence)
		SELECT wa_recipient(phone), '', 'business', 'stop', at, 'import', reason || ' ' || source FROM list
		ON CONFLICT DO NOTHING;
	INSERT INTO hand_consent (recipient, business, register, state, at, origin, sender, message_id, stopped_at)
		SELECT wa_recipient(phone), '', 'business', 'stop', at, 'import', '', '', at FROM list
		ON CONFLICT (recipient, business, register) DO UPDATE
			SET state = 'stop', at = excluded.at, origin = excluded.origin, stopped_at = excluded.at
			WHERE hand_consent.at < excluded.at
$$;
VACUUM ANALYZE;
