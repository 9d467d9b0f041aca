--
-- wa_digest: the same state has the same digest, another state has not
--
BEGIN;
\set ON_ERROR_ROLLBACK on
SET client_min_messages = warning;
CREATE SCHEMA t;
CREATE TABLE t.known (name text, part text, digest text, PRIMARY KEY (name, part));
CREATE FUNCTION t.keep(name text) RETURNS void LANGUAGE sql AS
$$ INSERT INTO t.known SELECT keep.name, d.* FROM wa_digest() AS d $$;
-- Which parts are not as they were then?
CREATE FUNCTION t.differs(name text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(d.part, ' ' ORDER BY d.part) FROM wa_digest() AS d JOIN t.known AS k USING (part) WHERE k.name = differs.name AND k.digest <> d.digest $$;

SELECT part, digest ~ '^[0-9a-f]{32}$' AS is_digest, digest = repeat('0', 32) AS is_empty FROM wa_digest();
SELECT t.keep('empty');

INSERT INTO wa_sender (business, sender) VALUES ('W1', 'S1');
SELECT t.differs('empty');
SELECT wa_ingest('{"entry": [{"id": "W1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "S1"},
	"contacts": [{"wa_id": "4915100000001", "user_id": "DE.one"}],
	"messages": [{"id": "m1", "from": "4915100000001", "from_user_id": "DE.one", "timestamp": 1740823200, "type": "text", "text": {"body": "STOP"}}],
	"statuses": [{"id": "m2", "status": "failed", "timestamp": 1740823200, "recipient_id": "4915100000002", "errors": [{"code": 131026}, {"code": 131049}]},
		{"id": "m3", "status": "failed", "timestamp": 1740823300, "recipient_id": "4915100000003", "errors": [{"code": 131026}]}]}}]}]}'::text,
	NULL, '2025-03-01 12:00+00');
SELECT t.differs('empty');
SELECT t.keep('fed');
SELECT t.differs('fed');

-- A report tells when it happened, and not when we were told of it, also if it is applied again.
SAVEPOINT r;
SELECT * FROM wa_report_error('4915100000004', 888001, '2025-03-01 09:30+00', 'W2', 'S2');
SELECT first_seen AT TIME ZONE 'UTC' AS first_seen, last_seen AT TIME ZONE 'UTC' AS last_seen FROM wa_sender WHERE business = 'W2';
INSERT INTO wa_error_override (code, same_as) VALUES (888001, 131026);
SELECT applied FROM wa_replay();
SELECT last_seen AT TIME ZONE 'UTC' AS last_seen FROM wa_sender WHERE business = 'W2';
-- Where that cannot be right, it is when we were told.
SELECT problems FROM wa_report_error('4915100000004', 131026, '2001-01-01', 'W3', 'S3');
SELECT first_seen > now() - interval '1 hour' AS now FROM wa_sender WHERE business = 'W3';
ROLLBACK TO r;

-- Where a row lies, and in which order they came, is no part of it.
SAVEPOINT s;
CREATE TABLE t.moved AS TABLE wa_cooldown ORDER BY recipient DESC, code;
DELETE FROM wa_cooldown; INSERT INTO wa_cooldown TABLE t.moved;
UPDATE wa_activity SET business = business;
SELECT t.differs('fed');
ROLLBACK TO s;
-- Nor is bookkeeping.
UPDATE wa_identity SET position = position + 7;
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '2025-01-01', 'relay');
SELECT t.keep('incident');
UPDATE wa_incident SET id = id + 1000, recorded_at = '2020-01-01', recorded_by = 'somebody';
SELECT t.differs('incident') IS NULL AS same, t.differs('fed');
ROLLBACK TO s;
-- Another key of erasures is seen, by either of its parts.  What is hashed of it is not its bytes.
INSERT INTO wa_erasure_key (key) VALUES (decode(repeat('00', 40), 'hex'));
SELECT t.keep('key');
UPDATE wa_erasure_key SET key = decode(repeat('00', 31) || '01' || repeat('00', 8), 'hex');
SELECT t.differs('key');
UPDATE wa_erasure_key SET key = decode(repeat('00', 39) || '01', 'hex');
SELECT t.differs('key');
UPDATE wa_erasure_key SET key = decode(repeat('00', 40), 'hex'), made_at = '2020-01-01';
SELECT t.differs('key');
SELECT digest <> '71c9c468fbb13cd7f7a4c521506038c0' AS is_no_hash_of_its_bytes FROM wa_digest() WHERE part = 'erased';
ROLLBACK TO s;
-- A column that was never filled changes nothing; one that was does.
ALTER TABLE wa_consent ADD COLUMN note text;
SELECT t.differs('fed');
UPDATE wa_consent SET note = '';
SELECT t.differs('fed');
ROLLBACK TO s;

-- Every column of every table counts, but those that are bookkeeping: a value of its own in one row is seen.
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2025-01-01', '2025-01-02', 'relay');
INSERT INTO wa_error_override (code, title, category, blocks, ladder, gap, lifted_by, scope, reason) VALUES (888888, 'Ours', 'recipient', '{marketing}', '{1 h}', '1 h', '{inbound}', 'user', 'r');
INSERT INTO wa_default_removed (relation, key) VALUES ('wa_phrase', 'NOBODY SAYS THIS');
SELECT wa_unlink('4915100000009', 'DE.nine', 'not they'), wa_hold('W1', 'audit', 'S1');
CREATE FUNCTION t.is_seen(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	before text;
	after text;
BEGIN
	SELECT string_agg(digest, '' ORDER BY part) INTO before FROM wa_digest();
	EXECUTE change;
	SELECT string_agg(digest, '' ORDER BY part) INTO after FROM wa_digest();
	RAISE EXCEPTION 'take it back' USING ERRCODE = 'YY000';
EXCEPTION WHEN SQLSTATE 'YY000' THEN
	RETURN after <> before;
END
$$;
ALTER TABLE wa_consent DROP CONSTRAINT wa_consent_stopped;	-- whose columns change together
SET LOCAL session_replication_role = replica;
SELECT attrelid::regclass AS tab, attname
FROM pg_attribute LEFT JOIN (VALUES ('wa_recipient', '(''99'' || right(regexp_replace($1::text, ''[^0-9]'', '''', ''g'') || ''1234567890'', 10))::wa_recipient'),
	('text', 'coalesce($1, '''') || ''x'''), ('integer', 'coalesce($1, 131026) + 30'), ('bigint', 'coalesce($1, 0) + 1'), ('boolean', 'NOT $1'),
	('timestamp with time zone', 'coalesce($1, ''2024-01-01'') + interval ''1 microsecond'''), ('interval', '$1 + interval ''1 s'''),
	('interval[]', '$1 || interval ''1 s'''), ('timestamp with time zone[]', '$1 || timestamptz ''2026-01-01'''),
	('text[]', '''{receipt}'''), ('wa_category[]', '''{utility}''')) AS c (type, changed) ON type = format_type(atttypid, atttypmod)
WHERE attrelid::regclass::text IN ('wa_consent', 'wa_consent_log', 'wa_unlink_log', 'wa_sender_hold_log', 'wa_cooldown', 'wa_activity', 'wa_identity', 'wa_identity_change',
		'wa_sender', 'wa_error_override', 'wa_incident', 'wa_phrase', 'wa_region_rule', 'wa_default_removed')
	AND attnum > 0 AND attname NOT IN ('register', 'state', 'act', 'category', 'scope', 'meaning', 'relation', 'region', 'same_as')
	AND NOT t.is_seen(format('UPDATE %s SET %I = %s WHERE ctid = (SELECT min(ctid) FROM %1$s)', attrelid::regclass, attname, replace(changed, '$1', quote_ident(attname))))
ORDER BY attrelid::regclass::text COLLATE "C", attnum;
-- Every table that is published counts: its rows are missed.
SET LOCAL session_replication_role = origin;
SELECT count(*) > 0 AS erased FROM wa_forget('4915100000003', 'request 1');
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '1 day');
INSERT INTO wa_quiet_hours (category, starts, ends) VALUES ('marketing', '22:00', '06:00');
INSERT INTO wa_template (business, name, language, status) VALUES ('W1', 'sale', 'de', 'APPROVED');
INSERT INTO wa_sender_life (business, sender, region, category, alive_at) VALUES ('W1', 'S1', 'DE', 'utility', '2025-03-01');
INSERT INTO wa_delivery (recipient, business, category, deliveries, messages) VALUES ('4915100000001', 'W1', 'marketing', '{2025-03-01}', '{1}');
SET LOCAL session_replication_role = replica;
SELECT tab FROM wa__replicated_tables() AS tab WHERE NOT t.is_seen(format('DELETE FROM %s', tab));
ROLLBACK TO s;
-- Two rows that swap a value are seen, too.
UPDATE wa_cooldown AS c SET until = o.until FROM wa_cooldown AS o
WHERE c.code = 131026 AND o.code = 131026 AND c.recipient <> o.recipient;
SELECT t.differs('fed');
ROLLBACK TO s;

-- Settings of the session make no difference.
SELECT count(*) > 0 AS erased FROM wa_forget('4915100000003', 'request 1');
SELECT t.keep('erased');
SELECT t.differs('fed');
SET LOCAL TimeZone = 'Asia/Tokyo'; SET LOCAL DateStyle = 'German'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL client_encoding = 'LATIN1';
SET LOCAL bytea_output = 'escape'; SET LOCAL extra_float_digits = 0; SET LOCAL standard_conforming_strings = off;
SELECT t.differs('erased');
ROLLBACK TO s;
-- Another seed, other digests.
SELECT count(*) FROM wa_digest(1) AS a JOIN wa_digest(0) AS b USING (part) WHERE a.digest = b.digest AND a.digest <> repeat('0', 32);
SELECT count(*) FROM wa_digest(NULL);
-- A table that lies elsewhere is an error, as in a decision.
ALTER TABLE wa_unlink_log RENAME TO wa_elsewhere; CREATE VIEW wa_unlink_log AS TABLE wa_elsewhere;
SELECT count(*) FROM wa_digest();
ROLLBACK;
