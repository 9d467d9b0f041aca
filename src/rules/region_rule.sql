-- Regions to which a category must not be sent.

CREATE FUNCTION wa__region_check(region text) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__region_check(text) IS
'Returns true for the ISO 3166 alpha-2 code, in capitals, of a region that has phone numbers; raises check_violation for anything else';

CREATE TABLE wa_region_rule (
	region text COLLATE "C" NOT NULL,
	category wa_category NOT NULL,
	reason text NOT NULL DEFAULT '',
	source text NOT NULL DEFAULT '',
	is_default boolean NOT NULL DEFAULT false,
	CONSTRAINT wa_region_rule_pkey PRIMARY KEY (region, category),
	CONSTRAINT wa_region_rule_region CHECK (wa__region_check(region))
);
SELECT pg_catalog.pg_extension_config_dump('wa_region_rule', 'WHERE NOT is_default');
COMMENT ON TABLE wa_region_rule IS
'Region rules: regions (see wa_region) whose recipients are not sent a category. Editable';
COMMENT ON COLUMN wa_region_rule.region IS 'ISO 3166 alpha-2 code in capitals';
COMMENT ON COLUMN wa_region_rule.category IS 'Category that is forbidden there';
COMMENT ON COLUMN wa_region_rule.reason IS 'Why, shown by wa_explain';
COMMENT ON COLUMN wa_region_rule.source IS 'Source of the rule';
COMMENT ON COLUMN wa_region_rule.is_default IS 'True for rows that came with the extension and were not changed';

INSERT INTO wa_region_rule (region, category, reason, source, is_default) VALUES
	('US', 'marketing', 'WhatsApp delivers no marketing templates to US numbers since 2025-04-01',
	 'Meta, per-user marketing template message limits (2026-04-29)', true);

CREATE TRIGGER wa__default_guard BEFORE INSERT OR UPDATE ON wa_region_rule
	FOR EACH ROW EXECUTE FUNCTION wa__default_guard(region, category);
CREATE TRIGGER wa__default_note AFTER UPDATE OR DELETE ON wa_region_rule
	FOR EACH ROW EXECUTE FUNCTION wa__default_note(region, category);
CREATE TRIGGER wa__default_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON wa_region_rule
	FOR EACH STATEMENT EXECUTE FUNCTION wa__default_lock();
CREATE TRIGGER wa__default_guard BEFORE INSERT OR UPDATE ON wa_phrase
	FOR EACH ROW EXECUTE FUNCTION wa__default_guard(phrase);
CREATE TRIGGER wa__default_note AFTER UPDATE OR DELETE ON wa_phrase
	FOR EACH ROW EXECUTE FUNCTION wa__default_note(phrase);
CREATE TRIGGER wa__default_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON wa_phrase
	FOR EACH STATEMENT EXECUTE FUNCTION wa__default_lock();
CREATE TRIGGER wa__default_remove BEFORE INSERT ON wa_default_removed
	FOR EACH ROW EXECUTE FUNCTION wa__default_remove();
CREATE TRIGGER wa__default_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON wa_default_removed
	FOR EACH STATEMENT EXECUTE FUNCTION wa__default_lock();
