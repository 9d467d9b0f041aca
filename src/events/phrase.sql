-- Opt-out and opt-in phrases, and the bookkeeping that lets an operator edit
-- default rows.

-- Rows inserted by CREATE EXTENSION are not dumped (is_default).  But an operator's
-- changes to them must survive dump and restore.  So the key of each default row
-- that is changed or deleted is stored here.  This table is dumped, and on restore
-- its rows delete the default ones again.
CREATE TABLE wa_default_removed (
	relation text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	CONSTRAINT wa_default_removed_pkey PRIMARY KEY (relation, key),
	CONSTRAINT wa_default_removed_relation CHECK (relation OPERATOR(pg_catalog.=) 'wa_phrase'
		OR relation OPERATOR(pg_catalog.=) 'wa_region_rule'
		OR relation OPERATOR(pg_catalog.=) 'wa_region_without_limit')
);
SELECT pg_catalog.pg_extension_config_dump('wa_default_removed', '');
COMMENT ON TABLE wa_default_removed IS
'Default rows that an operator changed or deleted, so that a restore or an upgrade does not bring them back';
COMMENT ON COLUMN wa_default_removed.relation IS 'wa_phrase, wa_region_rule or wa_region_without_limit';
COMMENT ON COLUMN wa_default_removed.key IS 'Key of the row: the phrase; region, blank, category; or the region';

CREATE FUNCTION wa__phrase_check(phrase text, meaning text) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__phrase_check(text, text) IS
'Checks a row of wa_phrase: returns true or raises an error that says what is wrong with it';

CREATE TABLE wa_phrase (
	phrase text COLLATE "C" NOT NULL,
	meaning text COLLATE "C" NOT NULL,
	language text COLLATE "C" NOT NULL DEFAULT '',
	active boolean NOT NULL DEFAULT true,
	is_default boolean NOT NULL DEFAULT false,
	CONSTRAINT wa_phrase_pkey PRIMARY KEY (phrase),
	CONSTRAINT wa_phrase_check CHECK (wa__phrase_check(phrase, meaning))
);
SELECT pg_catalog.pg_extension_config_dump('wa_phrase', 'WHERE NOT is_default');
COMMENT ON TABLE wa_phrase IS
'Phrases that opt out of or into marketing. A message must be the whole phrase, or several sentences of which each is an opt-out phrase; case, accents, punctuation, markup, emoji and the polite words of wa_phrase_filler() are ignored. Editable. Ambiguous phrases such as END, CANCEL, QUIT, YES and NO are included but not active, since people write them for other reasons';
COMMENT ON COLUMN wa_phrase.phrase IS E'The phrase, in any spelling of case and accents; at most 64 characters. \\u and four hexadecimal digits stand for a character, for those that the encoding of this database cannot represent';
COMMENT ON COLUMN wa_phrase.meaning IS 'stop or resume. Where rows with the same phrase in different spellings disagree, it means stop';
COMMENT ON COLUMN wa_phrase.language IS 'ISO 639-1 code of the language, for information only: every phrase counts for every user';
COMMENT ON COLUMN wa_phrase.active IS 'False: the phrase has no effect by itself. In a message of several sentences it does not hinder an opt-out by the others';
COMMENT ON COLUMN wa_phrase.is_default IS 'True for rows that came with the extension and were not changed';

CREATE FUNCTION wa__phrase_folded(phrase text) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__phrase_folded(text) IS
'Returns the form in which messages and phrases are compared, in UTF-8 for every encoding of the database; empty for text that cannot be a phrase';
-- Intake finds the meaning of a message by this index.
CREATE INDEX wa__phrase_folded ON wa_phrase (wa__phrase_folded(phrase));

CREATE FUNCTION wa_default_phrase(OUT phrase text, OUT meaning text, OUT language text, OUT active boolean)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_default_phrase_rows' LANGUAGE C STABLE PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION wa_default_phrase() IS
E'Returns the default rows of wa_phrase. Characters that the encoding of this database cannot represent are written as \\u and four hexadecimal digits';

CREATE FUNCTION wa_phrase_filler(OUT words text, OUT language text, OUT around_opt_in boolean)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_phrase_fillers_rows' LANGUAGE C STABLE PARALLEL SAFE ROWS 400;
COMMENT ON FUNCTION wa_phrase_filler() IS
'Returns the polite words that are ignored before and after a phrase. Words with around_opt_in false are ignored around opt-out phrases only';

-- After ALTER SCHEMA RENAME somebody may create a schema with the old name, which
-- triggers with the owner's rights must not use.  So they get the schema of their
-- table from the server.  Arguments of triggers are the columns of the key.
CREATE FUNCTION wa__default_guard() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		NEW.is_default := false;
	ELSIF NOT NEW.is_default THEN
		EXECUTE format('DELETE FROM %I.%I AS t WHERE t.is_default', TG_TABLE_SCHEMA, TG_TABLE_NAME)
			|| (SELECT string_agg(format(' AND t.%1$I = ($1).%1$I', key), '') FROM unnest(TG_ARGV) AS key)
			USING NEW;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION wa__default_guard() IS
'Trigger of wa_phrase, wa_region_rule and wa_region_without_limit: an operator''s row replaces the default one, and a default row that is changed is one no more';

-- In an AFTER trigger, so that wa__default_remove, which this calls, finds nothing to do.
CREATE FUNCTION wa__default_note() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF OLD.is_default THEN
		EXECUTE format('INSERT INTO %I.wa_default_removed (relation, key)
			VALUES ($1, concat_ws('' '', %s)) ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA,
			(SELECT string_agg(format('($2).%I', a.key), ', ' ORDER BY a.n) FROM unnest(TG_ARGV) WITH ORDINALITY AS a (key, n)))
			USING TG_TABLE_NAME, OLD;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION wa__default_note() IS
'Trigger of wa_phrase, wa_region_rule and wa_region_without_limit: records in wa_default_removed which default rows an operator changed or deleted';

CREATE FUNCTION wa__default_lock() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('LOCK TABLE %I.wa_default_removed IN SHARE ROW EXCLUSIVE MODE', TG_TABLE_SCHEMA);
	-- TRUNCATE fires no trigger for a row.
	IF TG_OP = 'TRUNCATE' AND TG_TABLE_NAME <> 'wa_default_removed' THEN
		EXECUTE format('DELETE FROM %I.%I WHERE is_default', TG_TABLE_SCHEMA, TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION wa__default_lock() IS
'Trigger of wa_phrase, wa_region_rule, wa_region_without_limit and wa_default_removed: allows one change at a time, since a parallel restore fills all of them at once and the trigger of each writes others; a TRUNCATE deletes the default rows first, which records them';

CREATE FUNCTION wa__default_remove() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	is_there boolean;
	deletion text := (SELECT format('DELETE FROM %I.%I WHERE is_default AND %s = $1', TG_TABLE_SCHEMA, v.relation, v.key)
		FROM (VALUES ('wa_phrase', 'phrase'), ('wa_region_without_limit', 'region'),
			('wa_region_rule', 'concat_ws('' '', region, category)')) AS v (relation, key)
		WHERE v.relation = NEW.relation);
BEGIN
	IF deletion IS NULL THEN
		RETURN NEW;				-- and the CHECK refuses it
	END IF;
	EXECUTE deletion USING NEW.key;
	-- The key may exist already: from that DELETE, or from a restored row that replaced
	-- the default one before.
	EXECUTE format('SELECT EXISTS (SELECT FROM %I.wa_default_removed
		WHERE relation = $1 AND key = $2)', TG_TABLE_SCHEMA)
		INTO is_there USING NEW.relation, NEW.key;
	IF is_there THEN
		RETURN NULL;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION wa__default_remove() IS
'Trigger of wa_default_removed: deletes the default row that a restored row says was removed';

INSERT INTO wa_phrase (phrase, meaning, language, active, is_default)
	SELECT d.phrase, d.meaning, d.language, d.active, true FROM wa_default_phrase() AS d;
