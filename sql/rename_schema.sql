--
-- ALTER SCHEMA ... RENAME changes nothing: default rows can be edited, and the
-- triggers that do it with their owner's rights do not follow the old name
--
BEGIN;
\set ON_ERROR_ROLLBACK on
SET client_min_messages = warning;
DROP EXTENSION wa_policy;
CREATE SCHEMA policy;
CREATE EXTENSION wa_policy SCHEMA policy;
-- An operator who may edit phrases and make schemas.
CREATE ROLE wa_test_ops;
SELECT format('GRANT CREATE ON DATABASE %I TO wa_test_ops', current_database()) \gexec
GRANT USAGE ON SCHEMA policy TO wa_test_ops;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON policy.wa_phrase, policy.wa_region_rule, policy.wa_default_removed TO wa_test_ops;
-- Its triggers have run under the first name before.
UPDATE policy.wa_phrase SET active = false WHERE phrase = 'REVOKE';
ALTER SCHEMA policy RENAME TO "policy ""2""";

-- What an attacker plants under the old name.
SET SESSION AUTHORIZATION wa_test_ops;
CREATE SCHEMA policy;
CREATE TABLE policy.seen (who name);
CREATE TABLE policy.wa_default_removed (relation text, key text);
CREATE TABLE policy.wa_phrase (phrase text, meaning text, is_default boolean);
CREATE TABLE policy.wa_region_rule (region text, category text, is_default boolean);
INSERT INTO policy.wa_phrase VALUES ('NO MORE', 'stop', true), ('STOP', 'stop', true);
INSERT INTO policy.wa_region_rule VALUES ('US', 'marketing', true);
CREATE FUNCTION policy.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO policy.seen VALUES (current_user);
	RETURN NULL;
END
$$;
CREATE TRIGGER trap BEFORE INSERT OR DELETE ON policy.wa_phrase FOR EACH STATEMENT EXECUTE FUNCTION policy.trap();
CREATE TRIGGER trap BEFORE INSERT OR DELETE ON policy.wa_region_rule FOR EACH STATEMENT EXECUTE FUNCTION policy.trap();
CREATE TRIGGER trap BEFORE INSERT OR DELETE ON policy.wa_default_removed FOR EACH STATEMENT EXECUTE FUNCTION policy.trap();

-- Every trigger runs, and none of them into the trap.
INSERT INTO "policy ""2""".wa_phrase (phrase, meaning) VALUES ('NO MORE', 'stop'), ('STOP', 'stop');
UPDATE "policy ""2""".wa_phrase SET active = false WHERE phrase = 'UNSUB';
DELETE FROM "policy ""2""".wa_phrase WHERE phrase = 'STOPALL';
INSERT INTO "policy ""2""".wa_region_rule (region, category) VALUES ('US', 'marketing');
INSERT INTO "policy ""2""".wa_default_removed VALUES ('wa_phrase', 'STOP ALL');
SELECT phrase, active, is_default FROM "policy ""2""".wa_phrase WHERE phrase IN ('NO MORE', 'STOP', 'UNSUB', 'STOPALL', 'STOP ALL', 'REVOKE') ORDER BY phrase;
SELECT * FROM "policy ""2""".wa_default_removed ORDER BY relation, key;
TRUNCATE "policy ""2""".wa_region_rule, "policy ""2""".wa_phrase;
SELECT count(*) FROM "policy ""2""".wa_phrase;
SELECT * FROM policy.seen;
RESET SESSION AUTHORIZATION;
-- The functions have no name of a schema in their text.
SELECT p.proname, prosrc ~ 'policy' AS has_one FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace JOIN pg_language AS l ON l.oid = prolang
WHERE nspname = 'policy "2"' AND lanname = 'plpgsql' AND proname LIKE 'wa\_\_default\_%' ORDER BY proname;
ROLLBACK;
