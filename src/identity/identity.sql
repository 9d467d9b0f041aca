-- One person, many identifiers.

CREATE TABLE @extschema@.wa_identity (
	first_seen_at timestamptz NOT NULL DEFAULT 'infinity',
	last_seen_at timestamptz NOT NULL DEFAULT '-infinity',
	parted_at timestamptz NOT NULL DEFAULT '-infinity',
	alike boolean DEFAULT false,
	recipient @extschema@.wa_recipient NOT NULL,
	other @extschema@.wa_recipient NOT NULL,
	kind text COLLATE "C" NOT NULL,
	origin text COLLATE "C" NOT NULL DEFAULT '',
	message_id text COLLATE "C" NOT NULL DEFAULT '',
	CONSTRAINT wa_identity_pkey PRIMARY KEY (recipient, other, kind),
	CONSTRAINT wa_identity_kind CHECK (kind OPERATOR(pg_catalog.=) 'sighting' OR kind OPERATOR(pg_catalog.=) 'change')
) WITH (fillfactor = 80);
CREATE INDEX wa_identity_other ON @extschema@.wa_identity (other);
CREATE INDEX wa_identity_unlike ON @extschema@.wa_identity (recipient) WHERE alike IS NOT TRUE;
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_identity', '');
COMMENT ON TABLE @extschema@.wa_identity IS
'Which identifiers belong to one person: pairs that were seen together (sighting) or of which one took the other''s place (change). What is learned under one protects the person under the others; see the README, "One person, many identifiers"';
COMMENT ON COLUMN @extschema@.wa_identity.first_seen_at IS 'Earliest sighting; infinity where there was none';
COMMENT ON COLUMN @extschema@.wa_identity.last_seen_at IS 'Latest sighting; -infinity where there was none';
COMMENT ON COLUMN @extschema@.wa_identity.parted_at IS 'Sightings up to here do not tie: set by wa_unlink; -infinity where it was not called. The pair is tied if last_seen_at is later';
COMMENT ON COLUMN @extschema@.wa_identity.alike IS 'true: neither of the two has another tie, and their rows in wa_consent and wa_cooldown are the same, as where WhatsApp always names both; then the list of a large query need not follow the tie. Bookkeeping, written by the extension alone; any other value is as right, and slower. wa_recompute() looks anew';
COMMENT ON COLUMN @extschema@.wa_identity.recipient IS 'One identifier: of a sighting the lesser, of a change the old one';
COMMENT ON COLUMN @extschema@.wa_identity.other IS 'The other identifier: of a change the new one';
COMMENT ON COLUMN @extschema@.wa_identity.kind IS 'sighting or change';
COMMENT ON COLUMN @extschema@.wa_identity.origin IS 'Kind of element of the earliest sighting: status, message, preference, contact, system message, user_id_update';
COMMENT ON COLUMN @extschema@.wa_identity.message_id IS 'Message of the earliest sighting; '''' where there is none';

-- Who else writes these tables: a restore, logical replication, a hand.
CREATE FUNCTION @extschema@.wa_alike_guard() RETURNS trigger
	AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.wa_alike_guard() IS
'Trigger of wa_identity: a row that is not written by the extension is not alike';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_alike_guard() FROM PUBLIC;
CREATE TRIGGER wa_alike_guard
	BEFORE INSERT OR UPDATE ON @extschema@.wa_identity
	FOR EACH ROW EXECUTE FUNCTION @extschema@.wa_alike_guard();
ALTER TABLE @extschema@.wa_identity ENABLE ALWAYS TRIGGER wa_alike_guard;

CREATE FUNCTION @extschema@.wa_others_write() RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION @extschema@.wa_others_write() IS
'Condition of triggers: is a row written by anybody but the extension? Cheap, since the ingest asks it of every row';
CREATE FUNCTION @extschema@.wa_state_guard() RETURNS trigger
	AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION @extschema@.wa_state_guard() IS
'Trigger of wa_consent, wa_cooldown and wa_identity: who is in a row that is not written by the extension has no tie that is alike. Whoever writes one waits for running ingests and holds up new ones until he commits';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_state_guard() FROM PUBLIC;
CREATE TRIGGER wa_state_guard_before
	BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.wa_consent
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_row
	AFTER INSERT OR UPDATE OR DELETE ON @extschema@.wa_consent
	FOR EACH ROW WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_truncate
	AFTER TRUNCATE ON @extschema@.wa_consent
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
ALTER TABLE @extschema@.wa_consent ENABLE ALWAYS TRIGGER wa_state_guard_before;
ALTER TABLE @extschema@.wa_consent ENABLE ALWAYS TRIGGER wa_state_guard_row;
ALTER TABLE @extschema@.wa_consent ENABLE ALWAYS TRIGGER wa_state_guard_truncate;
CREATE TRIGGER wa_state_guard_before
	BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.wa_cooldown
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_row
	AFTER INSERT OR UPDATE OR DELETE ON @extschema@.wa_cooldown
	FOR EACH ROW WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_truncate
	AFTER TRUNCATE ON @extschema@.wa_cooldown
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
ALTER TABLE @extschema@.wa_cooldown ENABLE ALWAYS TRIGGER wa_state_guard_before;
ALTER TABLE @extschema@.wa_cooldown ENABLE ALWAYS TRIGGER wa_state_guard_row;
ALTER TABLE @extschema@.wa_cooldown ENABLE ALWAYS TRIGGER wa_state_guard_truncate;
CREATE TRIGGER wa_state_guard_before
	BEFORE INSERT OR UPDATE OR DELETE ON @extschema@.wa_identity
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_row
	AFTER INSERT OR UPDATE OR DELETE ON @extschema@.wa_identity
	FOR EACH ROW WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
CREATE TRIGGER wa_state_guard_truncate
	AFTER TRUNCATE ON @extschema@.wa_identity
	FOR EACH STATEMENT WHEN (@extschema@.wa_others_write())
	EXECUTE FUNCTION @extschema@.wa_state_guard();
ALTER TABLE @extschema@.wa_identity ENABLE ALWAYS TRIGGER wa_state_guard_before;
ALTER TABLE @extschema@.wa_identity ENABLE ALWAYS TRIGGER wa_state_guard_row;
ALTER TABLE @extschema@.wa_identity ENABLE ALWAYS TRIGGER wa_state_guard_truncate;

CREATE TABLE @extschema@.wa_unlink_log (
	id bigint GENERATED BY DEFAULT AS IDENTITY,
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	recipient @extschema@.wa_recipient NOT NULL,
	other @extschema@.wa_recipient NOT NULL,
	reason text NOT NULL,
	recorded_by text COLLATE "C" NOT NULL DEFAULT SESSION_USER,
	CONSTRAINT wa_unlink_log_pkey PRIMARY KEY (id)
);
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_unlink_log', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_unlink_log_id_seq', '');
COMMENT ON TABLE @extschema@.wa_unlink_log IS 'Every call of wa_unlink';
COMMENT ON COLUMN @extschema@.wa_unlink_log.id IS 'Row number in order of recording';
COMMENT ON COLUMN @extschema@.wa_unlink_log.at IS 'When the two were parted';
COMMENT ON COLUMN @extschema@.wa_unlink_log.recipient IS 'One identifier';
COMMENT ON COLUMN @extschema@.wa_unlink_log.other IS 'The other identifier';
COMMENT ON COLUMN @extschema@.wa_unlink_log.reason IS 'Why';
COMMENT ON COLUMN @extschema@.wa_unlink_log.recorded_by IS 'Role that did it';

CREATE FUNCTION @extschema@.wa_unlink(a @extschema@.wa_recipient, b @extschema@.wa_recipient, reason text)
	RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION @extschema@.wa_unlink(@extschema@.wa_recipient, @extschema@.wa_recipient, text) IS
'Parts two identifiers that were tied by mistake. Sightings up to this moment, also such as arrive later, tie them no more; a new one does. The reason may not be empty and is logged in wa_unlink_log';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_unlink(@extschema@.wa_recipient, @extschema@.wa_recipient, text) FROM PUBLIC;

