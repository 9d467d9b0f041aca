--
-- A table that is not as the extension made it: every use of it is a clear
-- error, never "sendable" and never a crash
--
SET client_min_messages = warning;
BEGIN;
\set ECHO none
\i test/helpers.sql

-- What a decision, a list of all, and an ingest say; the first error there is.
CREATE FUNCTION t.says(what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
BEGIN
	CASE what
		WHEN 'decision' THEN PERFORM wa_sendable('491640000001', 'marketing');
		WHEN 'reason' THEN PERFORM wa_first_reason('491640000001', 'service');
		WHEN 'explanation' THEN PERFORM wa_explain('491640000001', 'marketing');
		WHEN 'next' THEN PERFORM wa_next_sendable('491640000001', 'marketing');
		WHEN 'suppressed' THEN PERFORM wa_suppressed('marketing');
		WHEN 'summary' THEN PERFORM wa_segment_summary('SELECT ''491640000001''', 'marketing');
		WHEN 'ingest' THEN PERFORM wa_ingest(t.hook(t.wrote('491640000001', '2025-03-01 10:00', 'STOP')));
		WHEN 'opt-out' THEN PERFORM wa_opt_out('491640000001', 'asked');
		WHEN 'recompute' THEN PERFORM wa_recompute();
	END CASE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', SQLSTATE, message, detail);
END
$$;
CREATE TABLE t.use (what text);
INSERT INTO t.use VALUES ('decision'), ('reason'), ('explanation'), ('next'), ('suppressed'), ('summary'), ('ingest'), ('opt-out'), ('recompute');

-- What is said after a statement, which is then taken back; NULL where the statement itself is refused.
CREATE FUNCTION t.after(statement text) RETURNS TABLE (what text, said text) LANGUAGE plpgsql AS $$
DECLARE
	answers text[];
BEGIN
	BEGIN
		EXECUTE statement;
		SELECT array_agg(u.what || '|' || t.says(u.what)) FROM t.use AS u INTO answers;
		RAISE 'take back' USING ERRCODE = 'XX999';
	EXCEPTION
		WHEN SQLSTATE 'XX999' THEN
			NULL;
		WHEN OTHERS THEN
			RETURN QUERY SELECT NULL::text, SQLERRM;
	END;
	RETURN QUERY SELECT split_part(a, '|', 1), split_part(a, '|', 2) FROM unnest(answers) AS a;
END
$$;
CALL t.take(t.prefers('491640000001', 'stop', '2025-03-01 10:00'));
CALL t.take(t.failed('491640000001', 131026, '2025-03-01 10:00'));
\set ECHO all
SELECT what, t.says(what) FROM t.use;

-- A restore that failed at one table, also where what had come is on its pages.
SELECT * FROM t.after('TRUNCATE wa_consent');
SELECT * FROM t.after('DELETE FROM wa_consent') WHERE what IN ('decision', 'suppressed');
SELECT * FROM t.after($$SELECT wa_forget('491640000002', 'request'); TRUNCATE wa_erasure_key$$) WHERE what <> 'ingest';
-- Also where others have said something since.
SAVEPOINT named;
CALL t.take('{"user_preferences": [{"wa_id": "491630000001", "user_id": "DE.two", "category": "marketing_messages", "value": "stop", "timestamp": "1740700000"}]}');
SELECT * FROM t.after($$TRUNCATE wa_consent; SELECT wa_opt_out('491640000009')$$) WHERE what = 'decision';
-- At the links: a BSUID of somebody who has stopped.
SELECT wa_first_reason('DE.two', 'marketing');
SELECT * FROM t.after('TRUNCATE wa_identity') WHERE what <> 'ingest';
SELECT * FROM t.after($$TRUNCATE wa_identity; SELECT wa_ingest('{"statuses": [{"id": "m", "status": "sent", "timestamp": "1740700000", "recipient_id": "491640000009", "recipient_user_id": "DE.nine"}]}'::text)$$)
WHERE what = 'decision';
-- Erased, the two are not linked: that is no loss.
SELECT count(*) FROM wa_forget('DE.two', 'request');
CALL t.take('{"user_preferences": [{"wa_id": "491630000001", "user_id": "DE.two", "category": "marketing_messages", "value": "stop", "timestamp": "1740700001"}]}');
SELECT also_named, (SELECT count(*) FROM wa_identity) FROM wa_consent_log WHERE recipient = '491630000001';
SELECT * FROM t.after('TRUNCATE wa_recipient_lock') WHERE what = 'decision';
ROLLBACK TO named;
-- At the hashes of the erased, at the senders, at rules and phrases that came with the extension.
SELECT * FROM t.after($$SELECT wa_forget('491640000002', 'request'); TRUNCATE wa_erased$$) WHERE what = 'decision';
SELECT * FROM t.after('TRUNCATE wa_sender') WHERE what = 'decision';
SELECT * FROM t.after('SET LOCAL session_replication_role = replica; TRUNCATE wa_region_rule; SET LOCAL session_replication_role = origin') WHERE what = 'decision';
SELECT * FROM t.after('TRUNCATE wa_region_rule') WHERE what = 'decision';
SELECT * FROM t.after('SET LOCAL session_replication_role = replica; TRUNCATE wa_phrase; SET LOCAL session_replication_role = origin') WHERE what IN ('decision', 'ingest');
SELECT * FROM t.after('TRUNCATE wa_phrase') WHERE what IN ('decision', 'ingest');
-- A new key would recognize nobody.
SAVEPOINT key;
SELECT count(*) > 0 AS erased FROM wa_forget('491640000002', 'request');
TRUNCATE wa_erasure_key;
SELECT sentence FROM wa__finding WHERE finding = 'missing_rows';
SELECT wa_forget('491640000003', 'request');
ROLLBACK TO key;
-- Where it failed at the log, everybody's latest word is still there, and counts under every identifier.
SAVEPOINT log;
CALL t.take('{"statuses": [{"id": "m", "status": "sent", "timestamp": "1740700000", "recipient_id": "491640000001", "recipient_user_id": "DE.one"}]}');
ALTER TABLE wa_consent_log DISABLE TRIGGER USER;
TRUNCATE wa_consent_log;
SELECT reason, origin, detail FROM wa_explain('DE.one', 'marketing') WHERE rule = 2;
SELECT recipient, reason FROM wa_suppressed('marketing') WHERE code IS NULL ORDER BY recipient;
ROLLBACK TO log;

-- Every column of every table of state, with another type.
\set ECHO none
SET LOCAL client_min_messages = warning;
\i test/drop_dependents.sql
ALTER TABLE wa_consent DROP CONSTRAINT wa_consent_stopped;
ALTER TABLE wa_identity DROP CONSTRAINT wa_identity_finite;
RESET client_min_messages;
\set ECHO all
CREATE TABLE t.trial AS
	SELECT relname, attnum, attname, format('ALTER TABLE %I ALTER %I DROP DEFAULT, ALTER %I TYPE %s USING %s', relname, attname, attname,
		CASE WHEN atttypid = 'text'::regtype THEN 'int' ELSE 'text' END, CASE WHEN atttypid = 'text'::regtype THEN '0' ELSE format('%I::text', attname) END) AS statement
	FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
	WHERE attnum > 0 AND relname IN ('wa_recipient_lock', 'wa_consent', 'wa_cooldown', 'wa_activity', 'wa_identity', 'wa_identity_change') AND relkind = 'r';
-- That one, with what all uses say.
SELECT a.* FROM t.trial, t.after(statement) AS a WHERE relname = 'wa_cooldown' AND attname = 'until';
-- And all: how many columns of each, and every other answer.
CREATE TABLE t.outcome AS SELECT relname, attname, a.* FROM t.trial, t.after(statement) AS a;
SELECT relname, count(DISTINCT attname) AS columns, count(*) FILTER (WHERE said LIKE '42809 cannot read the rows of%') AS refused, count(*) AS uses
FROM t.outcome GROUP BY relname ORDER BY relname;
SELECT relname, attname, what, said FROM t.outcome WHERE said NOT LIKE '42809 cannot read the rows of%' ORDER BY 1, 2, 3;

-- Other ways to be wrong: what NULL would mean is not known, rows are elsewhere, an index is another.
SELECT statement, a.said, count(*) FROM unnest(ARRAY[
	'ALTER TABLE wa_consent RENAME business TO waba',
	'ALTER TABLE wa_consent DROP COLUMN resumed_at',
	'ALTER TABLE wa_cooldown ALTER failures DROP NOT NULL',
	'ALTER TABLE wa_identity ALTER position DROP NOT NULL',
	'ALTER TABLE wa_activity SET UNLOGGED',
	'CREATE TABLE t.child () INHERITS (wa_consent)',
	'ALTER TABLE wa_consent DROP CONSTRAINT wa_consent_pkey; CREATE INDEX wa_consent_pkey ON wa_consent (recipient) WHERE state = ''resume''',
	'DROP INDEX wa_identity_recipient; CREATE INDEX wa_identity_recipient ON wa_identity (other)',
	'ALTER TABLE wa_sender DROP CONSTRAINT wa_sender_pkey; CREATE INDEX wa_sender_pkey ON wa_sender (business)',
	'DROP INDEX wa_claim_recipient; CREATE INDEX wa_claim_recipient ON wa_claim (recipient, lease_until DESC)',
	'DROP INDEX wa_identity_shared; CREATE INDEX wa_identity_shared ON wa_identity (other)',
	'ALTER TABLE wa_identity_change RENAME TO wa_changes']) AS statement, t.after(statement) AS a
GROUP BY 1, 2 ORDER BY 1, 2;
-- A trigger or a rule of somebody's that can keep a stop or a link out: no decision, no intake.
CREATE FUNCTION t.skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT statement, a.said, count(*) FROM unnest(ARRAY[
	'CREATE TRIGGER skip BEFORE INSERT ON wa_consent FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER skip BEFORE UPDATE ON wa_consent_log FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER skip BEFORE INSERT ON wa_identity FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER skip BEFORE INSERT ON wa_erased FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER skip BEFORE UPDATE ON wa_sender_hold FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER skip BEFORE UPDATE ON wa_claim FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE RULE skip AS ON INSERT TO wa_consent DO INSTEAD NOTHING',
	'CREATE TRIGGER told AFTER INSERT ON wa_consent FOR EACH ROW EXECUTE FUNCTION t.skip()',
	'CREATE TRIGGER told BEFORE INSERT ON wa_consent EXECUTE FUNCTION t.skip()']) AS statement, t.after(statement) AS a
GROUP BY 1, 2 ORDER BY 1, 2;
-- An array of another form says where it is.
SELECT said, count(*) FROM t.after('UPDATE wa_cooldown SET failures = ''{NULL}''') GROUP BY 1 ORDER BY 1;
-- A child that is gone again is no obstacle, before the next ANALYZE too.
SELECT said, count(*) FROM t.after('CREATE TABLE t.child () INHERITS (wa_consent); DROP TABLE t.child') GROUP BY 1;
-- All is as it was.
SELECT what, t.says(what) FROM t.use;
ROLLBACK;
