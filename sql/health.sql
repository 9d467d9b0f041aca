--
-- wa_health: each check fires and falls silent
--
-- Dead rows that another test has left in this database are no finding of this one.
SELECT pg_stat_reset() \g /dev/null
-- Nor are their messages, whose blocks would be read for each hour.
VACUUM wa_message;
BEGIN;
\set ECHO none
\i test/helpers.sql
\set ECHO none
DELETE FROM wa_sender;
DELETE FROM wa_empty_declaration;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
CREATE VIEW t.health AS SELECT finding, severity, figure, replace(sentence, E'\n', ' ') AS sentence, regexp_replace(replace(statement, E'\n', ' '), 'wa_replay\(\d+', 'wa_replay(<id>') AS statement FROM wa_health;
CREATE PROCEDURE t.now(value jsonb, field text DEFAULT 'messages')
	LANGUAGE sql AS $$ INSERT INTO wa_webhook (payload) VALUES (t.hook(value, field => field)) $$;
\set ECHO all

-- Nothing has arrived; then something has, and nothing is signed.
SELECT finding, severity, sentence FROM t.health;
CALL t.now(t.wrote('491700000001', now()));
SELECT finding, severity, figure, sentence, statement FROM t.health;
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'open sesame');
-- A healthy system has nothing to say.
SELECT * FROM wa_health;
INSERT INTO wa_app_secret (business) VALUES ('b1');

-- Forged posts.
SAVEPOINT a;
DELETE FROM wa_app_secret WHERE business = 'b1';
INSERT INTO wa_webhook (payload, signature) VALUES (t.hook(t.wrote('491700000001', now())), 'sha256=00');
SELECT finding, severity, figure, statement FROM t.health;
UPDATE wa_problem SET resolved_at = now();
SELECT * FROM wa_health;
ROLLBACK TO a;

-- Problems by kind.
CALL t.now('{"statuses": [{"id": "x", "status": "delivered", "recipient_id": "nobody", "timestamp": "1750000000"}]}');
INSERT INTO wa_webhook (payload) VALUES ('{not JSON');
SELECT finding, severity, figure, sentence, statement FROM t.health;
UPDATE wa_problem SET resolved_at = now();
SELECT * FROM wa_health;

-- A code that nobody knows; when it is known, a replay is owed.
CALL t.now(t.failed('491700000002', 999999, now()));
SELECT finding, severity, figure, sentence, statement FROM t.health;
INSERT INTO wa_error_override (code, category, blocks, ladder, gap, lifted_by, scope) VALUES (999999, 'recipient', '{marketing}', '{1 day}', '1 h', '{}', 'user');
SELECT finding, severity, figure, sentence, statement FROM t.health;
SELECT applied > 0 AS applied FROM wa_replay();
SELECT * FROM wa_health;

-- Parallel workers may read the tables.
SAVEPOINT a;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT * FROM wa_health;
ROLLBACK TO a;

-- A change of policy that the state does not follow yet.
UPDATE wa_error_override SET ladder = '{5 days}' WHERE code = 999999;
SELECT finding, severity, figure, sentence, statement FROM t.health;
SELECT wa_recompute();
SELECT * FROM wa_health;

-- A row of the policy that is no more has to be followed as well.
SAVEPOINT a;
CALL t.now(t.failed('491700000004', 131026, now() - interval '1 hour'));
INSERT INTO wa_incident (code, business, since, until, reason) VALUES (131026, 'b1', now() - interval '2 hours', now(), 'outage');
SELECT wa_recompute();
SELECT * FROM wa_health;
DELETE FROM wa_incident;
SELECT finding, severity, figure FROM t.health;
SELECT wa_recompute();
SELECT * FROM wa_health;
ROLLBACK TO a;

-- A kind of webhook that stopped, against its own rhythm.
DELETE FROM wa_message;
INSERT INTO wa_message (message_id, recipient, business, sent_at)
SELECT 'h' || n, '491700000003', 'b1', now() - interval '4 days' - n * interval '3 hours' FROM generate_series(0, 40) AS n;
SELECT finding, severity, figure, sentence, statement FROM t.health;
-- Within twice the longest pause it is none.
INSERT INTO wa_message (message_id, recipient, business, sent_at) VALUES ('h99', '491700000003', 'b1', now() - interval '4 hours');
SELECT * FROM wa_health;
-- On the first days there was no night and no weekend yet.
SAVEPOINT a;
DELETE FROM wa_message;
INSERT INTO wa_message (message_id, recipient, business, sent_at)
SELECT 'd' || n, '491700000003', 'b1', now() - interval '10 hours' - n * interval '1 hour' FROM generate_series(0, 11) AS n;
SELECT * FROM wa_health;
UPDATE wa_message SET sent_at = sent_at - interval '3 days';
SELECT finding, severity, figure FROM t.health;
-- After a month of silence no rhythm is left.
UPDATE wa_message SET sent_at = sent_at - interval '40 days';
SELECT * FROM wa_health;
UPDATE wa_sender SET last_seen = date_trunc('day', now()) - interval '40 days';
SELECT finding, severity, figure, regexp_replace(sentence, '\d{4}-\d\d-\d\d', 'yyyy-mm-dd') AS sentence, statement FROM t.health;
ROLLBACK TO a;
-- Statuses come, but nothing from users any more.
INSERT INTO wa_activity (recipient, business, sender, last_inbound_at)
SELECT ('49170000' || 1000 + n)::wa_recipient, 'b2', 's1', now() - interval '4 days' - n * interval '3 hours' FROM generate_series(0, 40) AS n;
INSERT INTO wa_message (message_id, recipient, business, sent_at)
SELECT 'i' || n, '491700000003', 'b2', now() - n * interval '3 hours' FROM generate_series(0, 40) AS n;
SELECT finding, severity, figure, sentence, statement FROM t.health;
UPDATE wa_activity SET last_inbound_at = now() WHERE recipient = '491700001000';
SELECT * FROM wa_health;

-- WhatsApp tells of no preferences any more.
INSERT INTO wa_consent (recipient, business, register, state, at, origin, stopped_at) VALUES ('491700000004', 'b3', 'whatsapp', 'stop', now(), 'user_preferences', now());
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
SELECT '491700000004', 'b3', 'whatsapp', 'stop', now() - interval '4 days' - n * interval '3 hours', 'user_preferences' FROM generate_series(0, 40) AS n;
SELECT finding, severity, figure, sentence, statement FROM t.health;
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin) VALUES ('491700000004', 'b3', 'whatsapp', 'stop', now(), 'user_preferences');
SELECT * FROM wa_health;
-- A business whose messages are rare among another's is not called silent for want of a sample.
INSERT INTO wa_message (message_id, recipient, business, sent_at)
SELECT 'r' || n, '491700000003', 'b4', now() - interval '4 days' - n * interval '3 hours' FROM generate_series(0, 40) AS n;
INSERT INTO wa_message (message_id, recipient, business, sent_at)
SELECT 's' || n, '491700000003', 'b2', date_trunc('hour', now(), 'UTC') - interval '1 hour' FROM generate_series(1, 400) AS n;
SELECT finding, severity, sentence FROM t.health;
INSERT INTO wa_message (message_id, recipient, business, sent_at) VALUES ('r99', '491700000003', 'b4', date_trunc('hour', now(), 'UTC') - interval '30 minutes');
SELECT * FROM wa_health;

-- Holds: of an error, until it ends, WhatsApp lifts it, or a message goes out.
SAVEPOINT a;
CALL t.now(t.failed('491700000001', 131031, now()));
SELECT finding, severity, figure, regexp_replace(sentence, '\d{4}-\d\d-\d\d \d\d:\d\d', '<when>') AS sentence, statement FROM t.health;
UPDATE wa_sender_hold SET until = now();
SELECT * FROM wa_health;
UPDATE wa_sender_hold SET until = now() + interval '1 hour', lifted_at = since + interval '1 minute';
SELECT * FROM wa_health;
UPDATE wa_sender_hold SET lifted_at = NULL, code = 131063, categories = '{marketing}';
-- A utility message proves nothing of marketing.
INSERT INTO wa_sender_life (business, sender, region, category, alive_at) VALUES ('b1', 's1', 'DE', 'utility', now() + interval '1 minute');
SELECT finding, sentence LIKE '%marketing is not sent%' AS what FROM t.health;
INSERT INTO wa_sender_life (business, sender, region, category, alive_at) VALUES ('b1', 's1', 'DE', 'marketing', now() + interval '1 minute');
SELECT * FROM wa_health;
ROLLBACK TO a;
-- One that ends within minutes needs nobody, but is told.
CALL t.now(t.failed('491700000001', 130429, now()));
SELECT finding, severity, figure, sentence LIKE 'Sender s1:%' AS sender FROM t.health;
ROLLBACK TO a;
-- An operator's, until released.
SELECT wa_hold('b1', 'audit', 's1', 'DE', '{marketing,utility}');
SELECT finding, severity, figure, sentence, statement FROM t.health;
SELECT wa_release('b1', 'done', 's1', 'DE');
SELECT * FROM wa_health;
-- A restriction, with its end.
CALL t.now(jsonb_build_object('event', 'ACCOUNT_RESTRICTION', 'restriction_info', jsonb_build_array(jsonb_build_object(
	'restriction_type', 'RESTRICTED_BIZ_INITIATED_MESSAGING', 'expiration', extract(epoch FROM timestamptz '2099-01-01 00:00Z')::bigint))), 'account_update');
SELECT finding, severity, figure, sentence, statement FROM t.health;
UPDATE wa_sender_hold SET lifted_at = since + interval '1 second';
SELECT * FROM wa_health;
ROLLBACK TO a;
-- A limit of the rate, and a warning: both are told, and nothing is held.
CALL t.now(jsonb_build_object('event', 'ACCOUNT_RESTRICTION', 'restriction_info', jsonb_build_array(jsonb_build_object(
	'restriction_type', 'RATE_LIMITED_UTILITY_TEMPLATE_MESSAGING', 'expiration', extract(epoch FROM timestamptz '2099-01-01 00:00Z')::bigint))), 'account_update');
SELECT finding, severity, figure, sentence, statement FROM t.health;
CALL t.now('{"event": "ACCOUNT_RESTRICTION"}', 'account_update');
SELECT count(*), min(severity) FROM t.health;
SELECT wa_first_reason('491700000099', 'utility');
UPDATE wa_sender_hold SET lifted_at = since + interval '1 second';
SELECT * FROM wa_health;
ROLLBACK TO a;

-- A frequency cap of a business that nobody has heard of.
INSERT INTO wa_frequency_cap (category, messages, period, business) VALUES ('marketing', 1, '1 day', 'b1'), ('marketing', 2, '7 days', 'b11'), ('utility', 2, '7 days', 'b11'), ('marketing', 4, '7 days', '');
SELECT finding, severity, figure, sentence, statement FROM t.health;
UPDATE wa_frequency_cap SET business = 'b1' WHERE business = 'b11';
SELECT * FROM wa_health;
ROLLBACK TO a;

-- Templates that are paused or off.
CALL t.now('{"event": "PAUSED", "message_template_id": 1, "message_template_name": "summer_sale", "message_template_language": "de", "reason": "NONE"}', 'message_template_status_update');
SELECT finding, severity, figure, sentence, statement FROM t.health;
CALL t.now('{"event": "DISABLED", "message_template_id": 1, "message_template_name": "summer_sale", "message_template_language": "de", "reason": "NONE"}', 'message_template_status_update');
SELECT finding, severity, figure, sentence, statement FROM t.health;
UPDATE wa_template SET status = 'PAUSED', paused_until = now() + interval '3 hours', quality = 'RED';
SELECT finding, regexp_replace(sentence, '\d{4}-\d\d-\d\d \d\d:\d\d', '<when>') AS sentence FROM t.health;
UPDATE wa_template SET paused_until = now();
SELECT * FROM wa_health;
UPDATE wa_template SET status = 'APPROVED', paused_until = NULL;
-- A failed message may tell of it alone, until a later status.
UPDATE wa_template SET status_at = now() - interval '1 hour';
SELECT wa_sent('off', '491700000001', 'utility', 'summer_sale', at => now() - interval '1 minute', business => 'b1', sender => 's1'),
	wa_report_error('491700000001', 132016, now(), 'b1', 's1', 'off');
SELECT wa_template_sendable('summer_sale', 'de', 'b1');
SELECT finding, sentence, statement FROM t.health;
UPDATE wa_template SET status_at = now() + interval '1 second';
SELECT wa_template_sendable('summer_sale', 'de', 'b1', now() + interval '1 second');
SELECT finding FROM t.health;
SELECT * FROM wa_health;
ROLLBACK TO a;

-- A table that grows.
UPDATE pg_class SET relpages = 2000000 WHERE oid = 'wa_message'::regclass;
SELECT finding, severity, figure, sentence, statement FROM t.health;
ROLLBACK TO a;
SELECT * FROM wa_health;

-- What fails after a campaign each week is no jump.
SAVEPOINT a;
INSERT INTO wa_message (message_id, recipient, business, failed_at, code)
SELECT 'w' || week || '.' || n, ('49170000' || 2000 + n)::wa_recipient, 'b1', now() - interval '2 hours' - week * interval '7 days', 131049
FROM generate_series(1, 30) AS n, generate_series(0, 3) AS week;
SELECT * FROM wa_health;
ROLLBACK TO a;
-- Failures that jump, and the incident that explains them.
INSERT INTO wa_message (message_id, recipient, business, failed_at, code)
SELECT 'j' || n, ('49170000' || 2000 + n)::wa_recipient, 'b1', now() - interval '2 hours', 131000 FROM generate_series(1, 30) AS n;
SELECT finding, severity, figure, sentence, regexp_replace(statement, '\d{4}-\d\d-\d\dT\d\d:\d\dZ', '<when>') AS statement FROM t.health;
INSERT INTO wa_incident (code, business, since, reason) VALUES (131000, 'b1', now() - interval '2 hours', 'outage');
SELECT * FROM wa_health;
-- As many every day are none.
DELETE FROM wa_incident;
INSERT INTO wa_message (message_id, recipient, business, failed_at, code)
SELECT 'k' || n, '491700002001', 'b1', now() - interval '3 days', 131000 FROM generate_series(1, 60) AS n;
SELECT * FROM wa_health;

-- Payloads that are kept for long.
UPDATE wa_webhook SET received_at = now() - interval '100 days';
SELECT finding, severity, figure > 0 AS some, statement FROM t.health;
DELETE FROM wa_webhook;
SELECT * FROM wa_health;
SAVEPOINT a;
UPDATE wa_problem SET resolved_at = now() - interval '100 days';
SELECT finding, severity, figure > 0 AS some, statement FROM t.health;
DELETE FROM wa_problem;
SELECT * FROM wa_health;
ROLLBACK TO a;

-- A catalog of another version than the library.
SAVEPOINT a;
UPDATE pg_extension SET extversion = '0.0.1' WHERE extname = 'wa_policy';
SELECT finding, severity, figure, statement FROM t.health;
ROLLBACK TO a;

-- Each statement helps, run as shown and without the extension in the search path.  t.left_of runs those of a finding and returns
-- what is left of it.  (wa_purge and VACUUM run outside transactions: test/t/100_report.pl.)
SAVEPOINT b;
DELETE FROM wa_message;
CREATE VIEW t.finding AS SELECT * FROM wa_health;
CREATE FUNCTION t.left_of(which text) RETURNS text
	LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	statement_shown text;
BEGIN
	FOR statement_shown IN SELECT replace(statement, ':''app_secret''', '''open sesame''') FROM t.finding WHERE finding = which LOOP
		EXECUTE statement_shown;
		RAISE NOTICE '%', regexp_replace(regexp_replace(replace(statement_shown, E'\n', ' '), '\d{4}-\d\d-\d\dT\d\d:\d\dZ', '<when>', 'g'), 'wa_replay\(\d+', 'wa_replay(<id>');
	END LOOP;
	RETURN (SELECT string_agg(replace(sentence, E'\n', ' '), ' ') FROM t.finding WHERE finding = which);
END
$$;
-- Runs the statements that readers can run, as such roles.
CREATE FUNCTION t.look() RETURNS SETOF text
	LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	statement_shown text;
	reader text;
BEGIN
	FOREACH reader IN ARRAY '{wa_reader,pg_monitor}'::text[] LOOP
		EXECUTE format('SET LOCAL ROLE %I', reader);
		FOR statement_shown IN SELECT statement FROM t.finding WHERE statement LIKE 'SELECT%' AND statement !~ 'wa_(problem|replay|recompute)' LOOP
			EXECUTE statement_shown;
		END LOOP;
		RESET ROLE;
	END LOOP;
	RETURN QUERY SELECT DISTINCT finding || CASE WHEN statement LIKE 'SELECT%' AND statement !~ 'wa_(problem|replay|recompute)' THEN '' ELSE ': the owner' END FROM t.finding;
END
$$;
GRANT USAGE ON SCHEMA t TO wa_reader, pg_monitor;
GRANT SELECT ON t.finding TO wa_reader, pg_monitor;
DELETE FROM wa_app_secret;
SELECT t.left_of('no_secret');
INSERT INTO wa_app_secret (business) VALUES ('b1');
-- What came while the trigger was disabled is stored and not applied.
ALTER TABLE wa_webhook DISABLE TRIGGER USER;
CALL t.now(t.failed('491700003001', 131026, now()));
SELECT t.left_of('intake_off');
SELECT count(*) FROM wa_cooldown WHERE recipient = '491700003001';
SELECT count(*) FROM wa_replay();
SELECT count(*) FROM wa_cooldown WHERE recipient = '491700003001';
ALTER TABLE wa_webhook ENABLE TRIGGER USER;
-- The statement makes it anew where it was dropped.
DROP TRIGGER wa__webhook_ingest ON wa_webhook;
SELECT t.left_of('intake_off');
DELETE FROM wa_message;
DELETE FROM wa_cooldown;
-- No incident is offered for codes without a cooldown.  131050 is an opt-out and 131047 a closed window, also under other numbers;
-- 131000 and 131042 are not about the recipient; 999997 is unknown, 999996 has nothing but a category.
INSERT INTO wa_error_override (code, same_as) VALUES (63050, 131050), (63049, 131049);
INSERT INTO wa_error_override (code, category) VALUES (999996, 'platform');
INSERT INTO wa_message (message_id, recipient, business, failed_at, code)
SELECT code || '.' || n, '491700002001', 'b1', now() - n * interval '1 minute', code
FROM unnest('{131050,131047,470,63050,131000,131042,999997,999996}'::int[]) AS code, generate_series(1, 30) AS n;
SELECT count(*) FROM t.finding WHERE finding = 'failures_jump';
SELECT t.left_of('failures_jump') LIKE '%outage%' AS of_outages;
DELETE FROM wa_message;
-- For a code with a cooldown it is, with an end; also where the name of the business needs quotes.
INSERT INTO wa_message (message_id, recipient, business, failed_at, code)
SELECT code || '.' || n, '491700002001', CASE code WHEN 131049 THEN 'my shop''s \ " a' WHEN 63049 THEN 'my shop a' ELSE 'b1' END, now() - n * interval '1 minute', code
FROM unnest('{131026,131049,63049}'::int[]) AS code, generate_series(1, 30) AS n;
SELECT t.left_of('failures_jump');
SELECT code, business, (SELECT bool_and(failed_at >= since AND failed_at < until) FROM wa_message AS m WHERE (m.code, m.business) = (i.code, i.business)) AS covers, until < now() + interval '1 minute' AS ends
FROM wa_incident AS i ORDER BY code;
DELETE FROM wa_incident;
DELETE FROM wa_message;
-- Codes become known, are replayed from there on, and change.
SELECT t.left_of('unknown_code');
CALL t.now(t.failed('491700000002', 999995, now()));
SELECT t.left_of('unknown_code');
SELECT t.left_of('replay_owed');
SELECT wa_report_error('491700000002', 130429, business => 'b1', sender => 's1'), wa_report_error('491700000002', 131049, business => 'b1', sender => 's1');
INSERT INTO wa_error_override (code, scope) VALUES (130429, 'business');
INSERT INTO wa_error_override (code, ladder) VALUES (131049, '{7 days}');
SELECT t.left_of('recompute_owed');
-- A hold that holds nothing any more is no finding.
UPDATE wa_error_override SET scope = 'message' WHERE code = 130429;
SELECT t.left_of('recompute_owed');
SELECT count(*) FROM t.finding WHERE finding = 'sender_held';
-- The element with which a code came first was erased, so it cannot be replayed; the others are.
CALL t.now(t.failed('491700000002', 999994, now()));
CALL t.now(t.failed('491700000003', 999994, now()));
SELECT count(*) FROM wa_forget('491700000002', 'a request');
INSERT INTO wa_error_override (code, blocks, ladder) VALUES (999994, '{marketing}', '{1 day}');
SELECT t.left_of('replay_owed');
SELECT strikes FROM wa_cooldown WHERE recipient = '491700000003';
UPDATE wa_problem SET resolved_at = now() - interval '100 days';
SELECT t.left_of('purge_due');
-- A payload that an open problem needs is not purged, and so not due.
CALL t.now('{"statuses": [{"id": "x", "status": "delivered", "recipient_id": "nobody", "timestamp": "1750000000"}]}');
UPDATE wa_webhook SET received_at = now() - interval '100 days' WHERE id = (SELECT max(id) FROM wa_webhook);
SELECT count(*) FROM t.finding WHERE finding = 'purge_due';
-- The other statements only show something.
INSERT INTO wa_sender_hold (business, sender, cause, code, categories, since, until) VALUES ('b1', 's1', 'error', 131045, '{marketing}', now(), now() + interval '1 day'), ('b1', 's1', 'error', 999996, '{marketing}', now(), now() + interval '1 day'), ('b1', '', 'DISABLED_UPDATE', 0, '{marketing}', now(), NULL);
SELECT wa_hold('b1', 'audit', 's1');
INSERT INTO wa_template (business, name, status) VALUES ('b1', 'one', 'PAUSED'), ('b1', 'two', 'disabled');
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
SELECT '491700000004', 'b9', 'whatsapp', 'stop', now() - interval '4 days' - n * interval '3 hours', 'user_preferences' FROM generate_series(0, 40) AS n;
UPDATE pg_extension SET extversion = '100.0.0' WHERE extname = 'wa_policy';
UPDATE pg_class SET relpages = 2000000 WHERE oid = 'wa_problem'::regclass;
SELECT t.look() ORDER BY 1;
SELECT finding, t.left_of(finding) IS NOT NULL AS stays FROM (SELECT DISTINCT finding FROM t.finding) AS f ORDER BY finding;
UPDATE pg_extension SET extversion = '10.0.0' WHERE extname = 'wa_policy';
SELECT statement FROM t.finding WHERE finding = 'version';
DELETE FROM wa_sender;
DELETE FROM wa_consent;
SELECT t.left_of('unfed');
INSERT INTO wa_sender (business) VALUES ('b1');
SELECT t.left_of('unfed');
-- A list that was imported is no webhook.
SELECT count(*) FROM wa_import($$SELECT '491700000099' AS phone$$, false);
SELECT t.left_of('unfed');
ROLLBACK TO b;

-- A publication that lacks a table, until another one has it.
SAVEPOINT b;
SET LOCAL client_min_messages = error;
CREATE PUBLICATION half FOR TABLE wa_consent, wa_cooldown;
SELECT severity, figure, left(sentence, 35) AS sentence, statement FROM wa__finding WHERE finding = 'publication';
CREATE PUBLICATION everything FOR ALL TABLES;
SELECT sentence FROM wa__finding WHERE finding = 'publication';
ROLLBACK TO b;

-- It fits 100 columns, and the statements are right as they stand.
INSERT INTO wa_problem (path, problem, detail, received_at) SELECT '', kind, '', now()
FROM unnest(ARRAY['invalid_json', 'missing_recipient', 'bad_signature']) AS kind;
CALL t.now(t.failed('491700000002', 999998, now()));
SELECT wa_hold('b1', 'a_reason_without_any_blank_in_it_that_has_more_letters_than_a_line', 's1');
INSERT INTO wa_template (business, name, language, status) VALUES ('b1', repeat('long_name_', 12), 'de', 'PAUSED');
SELECT finding, severity, figure, regexp_replace(sentence, '\d{4}-\d\d-\d\d', 'yyyy-mm-dd') AS sentence, statement FROM wa_health;
SELECT max(length(line)) <= 29 FROM wa_health, regexp_split_to_table(sentence, E'\n') AS line;
SELECT max(length(line)) <= 24 FROM wa_health, regexp_split_to_table(statement, E'\n') AS line;
DO $$
DECLARE
	one record;
BEGIN
	FOR one IN SELECT * FROM wa_health WHERE statement NOT LIKE 'CALL %' LOOP
		EXECUTE one.statement;
	END LOOP;
END
$$;
SET LOCAL ROLE pg_monitor;
SELECT count(*) > 0 AS readable FROM wa_health;
RESET ROLE;
SET LOCAL ROLE wa_reader;
SELECT count(*) > 0 AS readable FROM wa_health;
ROLLBACK;
