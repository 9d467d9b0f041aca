-- Opt-out and opt-in phrases, and the bookkeeping that lets an operator edit
-- rows which the extension ships.

-- Rows that a CREATE EXTENSION puts in are not dumped (shipped).  What an
-- operator does to them must survive dump and restore all the same, so each
-- shipped row that is changed or deleted leaves its key here, and this table
-- is dumped: on restore its rows take the freshly shipped ones away again.
CREATE TABLE @extschema@.wa_shipped_removed (
	relation text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	CONSTRAINT wa_shipped_removed_pkey PRIMARY KEY (relation, key)
);
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_shipped_removed', '');
COMMENT ON TABLE @extschema@.wa_shipped_removed IS
'Rows shipped with the extension that an operator changed or deleted; keeps them away after a restore or an upgrade';
COMMENT ON COLUMN @extschema@.wa_shipped_removed.relation IS 'wa_phrase or wa_region_rule';
COMMENT ON COLUMN @extschema@.wa_shipped_removed.key IS 'Key of the row: the phrase; or region, blank, category';

CREATE TABLE @extschema@.wa_phrase (
	phrase text COLLATE "C" NOT NULL,
	meaning text COLLATE "C" NOT NULL,
	shipped boolean NOT NULL DEFAULT false,
	CONSTRAINT wa_phrase_pkey PRIMARY KEY (phrase),
	CONSTRAINT wa_phrase_meaning CHECK (meaning OPERATOR(pg_catalog.=) 'stop' OR meaning OPERATOR(pg_catalog.=) 'resume')
);
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_phrase', 'WHERE NOT shipped');
COMMENT ON TABLE @extschema@.wa_phrase IS
'Messages that opt out of or into marketing, compared as a whole without regard to case, accents, blanks at both ends and punctuation at the end. Editable; END, CANCEL, QUIT and YES are left out since people write them for other reasons';
COMMENT ON COLUMN @extschema@.wa_phrase.phrase IS 'The phrase, in any spelling of case and accents; at most 64 characters';
COMMENT ON COLUMN @extschema@.wa_phrase.meaning IS 'stop or resume; where two spellings of one phrase disagree, stop holds';
COMMENT ON COLUMN @extschema@.wa_phrase.shipped IS 'True for rows that came with the extension and were not changed';

CREATE FUNCTION @extschema@.wa_phrase_valid(phrase text) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.wa_phrase_valid(text) IS
'Can a message ever equal this phrase? False for one that is empty once folded, or longer than 64 characters';
ALTER TABLE @extschema@.wa_phrase ADD CONSTRAINT wa_phrase_usable
	CHECK (@extschema@.wa_phrase_valid(phrase));

CREATE FUNCTION @extschema@.wa_shipped_guard() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	old_key text;
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		EXECUTE format('DELETE FROM %I.%I WHERE shipped', TG_TABLE_SCHEMA, TG_TABLE_NAME);
		RETURN NULL;
	END IF;
	IF TG_OP = 'INSERT' THEN
		-- A row of an operator's takes the place of the shipped one.
		IF NOT NEW.shipped THEN
			IF TG_TABLE_NAME = 'wa_phrase' THEN
				DELETE FROM @extschema@.wa_phrase WHERE phrase = NEW.phrase AND shipped;
			ELSE
				DELETE FROM @extschema@.wa_region_rule
					WHERE region = NEW.region AND category = NEW.category AND shipped;
			END IF;
		END IF;
		RETURN NEW;
	END IF;

	IF TG_WHEN = 'AFTER' THEN
		-- Only now: wa_shipped_remove, which this calls, must find nothing to do.
		IF OLD.shipped THEN
			IF TG_TABLE_NAME = 'wa_phrase' THEN
				old_key := OLD.phrase;
			ELSE
				old_key := OLD.region || ' ' || OLD.category::text;
			END IF;
			INSERT INTO @extschema@.wa_shipped_removed (relation, key)
				VALUES (TG_TABLE_NAME, old_key) ON CONFLICT DO NOTHING;
		END IF;
		RETURN NULL;
	END IF;
	NEW.shipped := false;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @extschema@.wa_shipped_guard() IS
'Trigger of wa_phrase and wa_region_rule: remembers which shipped rows an operator changed or deleted';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_shipped_guard() FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_shipped_lock() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	LOCK TABLE @extschema@.wa_shipped_removed IN SHARE ROW EXCLUSIVE MODE;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.wa_shipped_lock() IS
'Trigger of wa_phrase, wa_region_rule and wa_shipped_removed: one change at a time, since a parallel restore fills all three at once and their triggers reach into one another';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_shipped_lock() FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_shipped_remove() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NEW.relation = 'wa_phrase' THEN
		DELETE FROM @extschema@.wa_phrase WHERE phrase = NEW.key AND shipped;
	ELSE
		DELETE FROM @extschema@.wa_region_rule
			WHERE region || ' ' || category::text = NEW.key AND shipped;
	END IF;
	-- The key may be there by now: left by that DELETE, or by a restored row that
	-- took the place of the shipped one before.
	IF EXISTS (SELECT FROM @extschema@.wa_shipped_removed AS r
			WHERE r.relation = NEW.relation AND r.key = NEW.key) THEN
		RETURN NULL;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @extschema@.wa_shipped_remove() IS
'Trigger of wa_shipped_removed: takes away the shipped row whose removal a restore brings back';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_shipped_remove() FROM PUBLIC;

INSERT INTO @extschema@.wa_phrase (phrase, meaning, shipped) VALUES
	('STOP', 'stop', true),
	('STOP ALL', 'stop', true),
	('STOPALL', 'stop', true),
	('STOP PROMOTIONS', 'stop', true),
	('STOP MARKETING', 'stop', true),
	('UNSUBSCRIBE', 'stop', true),
	('OPT OUT', 'stop', true),
	('OPT-OUT', 'stop', true),
	('OPTOUT', 'stop', true),
	('REVOKE', 'stop', true),
	('ARRET', 'stop', true),
	('DESABONNER', 'stop', true),
	('BAJA', 'stop', true),
	('DARME DE BAJA', 'stop', true),
	('CANCELAR SUSCRIPCION', 'stop', true),
	('PARAR', 'stop', true),
	('SAIR', 'stop', true),
	('DESCADASTRAR', 'stop', true),
	('STOPP', 'stop', true),
	('ABMELDEN', 'stop', true),
	('CANCELLAMI', 'stop', true),
	('START', 'resume', true),
	('UNSTOP', 'resume', true),
	('SUBSCRIBE', 'resume', true),
	('RESUME PROMOTIONS', 'resume', true);

-- Arabic, where the database can hold it; in UTF-8, since this file is read in the
-- encoding of the database.
DO $$
BEGIN
	IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.=) 'UTF8' THEN
		INSERT INTO @extschema@.wa_phrase (phrase, meaning, shipped) VALUES
			(pg_catalog.convert_from('\xd8a5d98ad982d8a7d981'::bytea, 'UTF8'), 'stop', true),
			(pg_catalog.convert_from('\xd8a5d984d8bad8a7d8a120d8a7d984d8a7d8b4d8aad8b1d8a7d983'::bytea, 'UTF8'), 'stop', true);
	END IF;
END
$$;

