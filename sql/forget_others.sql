--
-- wa_forget: what protects others than the person stays
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Somebody writes who is named by phone and BSUID.
CREATE PROCEDURE t.writes(phone text, bsuid text, at timestamptz, body text DEFAULT 'hello', business text DEFAULT 'b1') LANGUAGE sql AS $$
	CALL t.take(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'wamid.' || phone || body,
		'from', phone, 'from_user_id', bsuid, 'timestamp', t.unix(at), 'type', 'text', 'text', jsonb_build_object('body', body)))), business)
$$;
CREATE PROCEDURE t.moves(old text, new text, at timestamptz) LANGUAGE sql AS $$
	CALL t.take(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'wamid.moved', 'from', old,
		'timestamp', t.unix(at), 'type', 'system', 'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', new, 'body', 'x')))))
$$;
CREATE FUNCTION t.by_list(phone text, category wa_category DEFAULT 'marketing') RETURNS text
	LANGUAGE sql SET wa_policy.suppression_list_after = 0 AS
	$$ SELECT outcome FROM wa_segment_summary(format('SELECT %L FROM generate_series(1, 200)', phone), category) WHERE outcome <> 'total' AND phones > 0 $$;
-- What is decided about each, and erases one of them.
CREATE FUNCTION t.reasons(VARIADIC who text[]) RETURNS TABLE (recipient text, marketing text, utility text, by_list text)
	LANGUAGE sql AS $$ SELECT w, wa_first_reason(w, 'marketing'), wa_first_reason(w, 'utility'), t.by_list(w) FROM unnest(who) AS w $$;
CREATE FUNCTION t.forget(who text) RETURNS bigint
	LANGUAGE sql AS $$ SELECT sum(rows) FILTER (WHERE part = 'kept for others') FROM wa_forget(who, 'a request') $$;

-- A number had two owners in one business.  The former one's stop is stored under the number.
CALL t.writes('491600010001', 'DE.old1', '2025-03-01', 'STOP');
CALL t.writes('491600010001', 'DE.new1', '2025-05-01');
SAVEPOINT owners;
SELECT * FROM t.reasons('491600010001', 'DE.old1', 'DE.new1');
SELECT t.forget('DE.new1');
SELECT * FROM t.reasons('491600010001', 'DE.old1', 'DE.new1');
-- It is a row and an event of the log, which no longer say where they were.
SELECT recipient, business, register, state, at, origin, code, sender, message_id, stopped_at, resumed_at FROM wa_consent;
SELECT recipient, business, register, state, at, origin, code, evidence, sender, message_id, also_named, webhook_id FROM wa_consent_log;
-- A resume lifts it.
CALL t.writes('491600019001', 'DE.old1', '2025-06-01', 'START');
SELECT wa_first_reason('DE.old1', 'marketing');
ROLLBACK TO owners;
SELECT t.forget('491600010001');
SELECT * FROM t.reasons('491600010001', 'DE.old1', 'DE.new1');
ROLLBACK TO owners;
-- The other way round: the present owner's stop.
CALL t.writes('491600010001', 'DE.new1', '2025-06-01', 'STOP');
SELECT t.forget('DE.old1');
SELECT * FROM t.reasons('491600010001', 'DE.old1', 'DE.new1');
ROLLBACK TO owners;
-- A stop that a resume has lifted is not kept.
CALL t.writes('491600010001', 'DE.old1', '2025-04-01', 'START');
SELECT t.forget('DE.new1');
SELECT * FROM t.reasons('DE.old1');
ROLLBACK TO owners;
-- Of everything, and WhatsApp's own; an opt-out's words about somebody else do not go over.
SELECT wa_opt_out('491600010001', 'asked by DE.new1', at => '2025-07-01', everything => true);
CALL t.take(t.prefers('491600010001', 'stop', '2025-07-02'));
SELECT t.forget('DE.new1');
SELECT * FROM t.reasons('DE.old1');
SELECT register, origin, evidence, at FROM wa_consent_log ORDER BY at;
ROLLBACK TO owners;

-- The two were unlinked: what named both stays with both.
CALL t.writes('491600010002', 'DE.old2', '2025-03-01', 'STOP');
SELECT wa_unlink('491600010002', 'DE.old2', 'not the same');
SAVEPOINT unlinked;
SELECT t.forget('491600010002');
SELECT * FROM t.reasons('491600010002', 'DE.old2');
ROLLBACK TO unlinked;
SELECT t.forget('DE.old2');
SELECT * FROM t.reasons('491600010002', 'DE.old2');

-- A number was changed: the new one has inherited.
CALL t.writes('491600010003', 'DE.old3', '2025-03-01', 'STOP');
CALL t.moves('491600010003', '491600010004', '2025-04-01');
CALL t.moves('491600010004', '491600010005', '2025-05-01');
SELECT wa_opt_out('491600010003', 'never again', at => '2025-03-15', everything => true);
-- (What was said after the change was another's.)
CALL t.take(t.prefers('491600010003', 'stop', '2025-06-01'));
SAVEPOINT changed;
SELECT t.forget('491600010003');
SELECT * FROM t.reasons('491600010003', '491600010004', '491600010005');
SELECT recipient, register, at, evidence FROM wa_consent_log WHERE recipient = '491600010004' ORDER BY at;
ROLLBACK TO changed;
-- From the middle.
SELECT t.forget('491600010004');
SELECT * FROM t.reasons('491600010003', '491600010004', '491600010005');
ROLLBACK TO changed;
-- Stored beyond those who are forgotten: the way there is gone.
CALL t.writes('491600010006', 'DE.far6', '2025-01-05');
CALL t.writes('491600010007', 'DE.far6', '2025-01-06', 'STOP');
CALL t.moves('491600010006', '491600010008', '2025-02-01');
SELECT wa_first_reason('491600010008', 'marketing');
SELECT t.forget('491600010006');
SELECT * FROM t.reasons('491600010006', '491600010008');

-- Failures: of a number that others are in reach of, before and after.
CALL t.writes('491600010009', 'DE.old9', '2025-12-01');
CALL t.writes('491600010009', 'DE.new9', '2025-12-02');
SELECT count(*) FROM unnest(ARRAY[131026, 131026, 130472]) WITH ORDINALITY AS v (code, n), wa_report_error('491600010009', v.code, now() - v.n * interval '1 day', 'b1');
CREATE VIEW t.cooldowns AS
	SELECT rule, reason, code, now() - since AS since, until - now() AS until FROM wa_explain('DE.old9', 'marketing');
TABLE t.cooldowns;
SAVEPOINT failures;
SELECT t.forget('DE.new9');
TABLE t.cooldowns;
SELECT recipient, business, code, strikes, until IS NULL AS forever, lifted_at, cardinality(failures) FROM wa_cooldown;
ROLLBACK TO failures;
-- After an unlinking those that may have named both.
SELECT wa_unlink('491600010009', 'DE.old9', 'not the same');
SELECT count(*) FROM wa_report_error('491600010009', 131026, now(), 'b1');
TABLE t.cooldowns;
SELECT t.forget('491600010009');
TABLE t.cooldowns;
ROLLBACK TO failures;
-- One that its own evidence has lifted does not come back.
SELECT problems FROM wa_ingest(t.hook(t.wrote('DE.old9', now() - interval '36 hours')));
TABLE t.cooldowns;
SELECT t.forget('DE.new9');
TABLE t.cooldowns;

-- A user was seen with one number and later with another, so that an opt-in under the first number alone may be that of its next owner.
-- That stays so after the second number was erased with its present owner, until user and first number are seen together again.
CALL t.writes('491600010030', 'DE.a30', '2025-03-01');
CALL t.writes('491600010031', 'DE.a30', '2025-03-05');
CALL t.writes('491600010031', 'DE.f30', '2025-03-20');
SELECT wa_opt_out('DE.a30', 'by letter', 'b1', at => '2025-03-06');
CALL t.writes('491600010030', NULL, '2025-04-01', 'START');
SELECT wa_first_reason('DE.a30', 'marketing');
SELECT t.forget('DE.f30');
SELECT wa_first_reason('DE.a30', 'marketing');
CALL t.writes('491600010030', NULL, '2025-04-02', 'START');
SELECT wa_first_reason('DE.a30', 'marketing'), t.by_list('DE.a30');
-- The row has from when and until when, and not who.
SELECT recipient, other, first_seen_at, last_seen_at, rivals FROM wa_identity WHERE other = 'DE.a30';
CALL t.writes('491600010030', 'DE.a30', '2025-04-03');
CALL t.writes('491600010030', NULL, '2025-04-05', 'START');
SELECT wa_first_reason('DE.a30', 'marketing');
-- A resume from before the rival was seen still counts.
CALL t.writes('491600010032', 'DE.a32', '2025-03-01');
SELECT wa_opt_out('DE.a32', 'by letter', 'b1', at => '2025-03-01 12:00');
CALL t.writes('491600010032', NULL, '2025-03-03', 'START');
CALL t.writes('491600010033', 'DE.a32', '2025-03-05');
CALL t.writes('491600010033', 'DE.f32', '2025-03-20');
SELECT wa_first_reason('DE.a32', 'marketing');
SELECT t.forget('DE.f32');
SELECT wa_first_reason('DE.a32', 'marketing');
-- The first number was seen with the user's parent alone, the second one with the BSUID: one user has one number all the same.
CALL t.take(jsonb_build_object('messages', jsonb_build_object('id', 'wamid.p34', 'from', '491600010034', 'from_parent_user_id', 'DE.ENT.p34',
	'timestamp', t.unix('2025-03-01'), 'type', 'text', 'text', '{"body": "hello"}'::jsonb)));
CALL t.take(jsonb_build_object('messages', jsonb_build_object('id', 'wamid.p35', 'from', '491600010035', 'from_user_id', 'DE.a34', 'from_parent_user_id', 'DE.ENT.p34',
	'timestamp', t.unix('2025-03-05'), 'type', 'text', 'text', '{"body": "hello"}'::jsonb)));
CALL t.writes('491600010035', 'DE.f34', '2025-03-20');
SELECT wa_opt_out('DE.a34', 'by letter', 'b1', at => '2025-03-06');
CALL t.writes('491600010034', NULL, '2025-04-01', 'START');
SELECT wa_first_reason('DE.a34', 'marketing');
SELECT t.forget('DE.f34');
SELECT wa_first_reason('DE.a34', 'marketing'), t.by_list('DE.a34');
SELECT recipient, other, rivals FROM wa_identity WHERE 'DE.ENT.p34' IN (recipient, other) ORDER BY recipient;

-- A NOTICE tells of everybody who is linked with any of them.
SELECT count(*) FROM wa_forget('491600010099', 'nobody knows it');
CALL t.writes('491600010010', 'DE.a10', '2025-03-01');
CALL t.writes('491600010011', 'DE.a10', '2025-03-02');
CALL t.writes('491600010011', 'DE.b10', '2025-03-03');
SELECT count(*) FROM wa_forget('491600010010', 'request');


-- A webhook with a wrong signature waits for the right secret.  Cutting into it is told, here and where it is looked for.
INSERT INTO wa_app_secret (business, secret) VALUES ('b1', 'wrong');
INSERT INTO wa_webhook (payload, signature) VALUES
	(t.hook(jsonb_build_object('user_preferences', jsonb_build_array(
		jsonb_build_object('wa_id', '491600010020', 'category', 'marketing_messages', 'value', 'stop', 'timestamp', 1740823200),
		jsonb_build_object('wa_id', '491600010021', 'category', 'marketing_messages', 'value', 'stop', 'timestamp', 1740823200)))), 'sha256=' || repeat('0', 64)),
	('{"statuses": {"id": "x", "status": "read", "recipient_id": "491600010021"}}', 'sha256=' || repeat('0', 64));
-- So does one that is not stored.
SELECT i.problems FROM wa_webhook AS w, wa_ingest(w.payload, w.signature) AS i WHERE w.payload ~ '491600010020';
SELECT webhook_id - min(webhook_id) OVER () AS n, problem, detail FROM wa_problem WHERE code IS NULL ORDER BY id;
SELECT rows FROM wa_forget('491600010021', 'request') WHERE part = 'webhooks';
SELECT webhook_id - min(webhook_id) OVER () AS n, problem, detail, resolved_at FROM wa_problem WHERE code IS NULL ORDER BY id;
SELECT payload FROM wa_webhook WHERE erased_at IS NOT NULL AND payload ~ '491600010020';
SELECT fragment FROM wa_problem WHERE webhook_id IS NULL AND fragment ~ '491600010020';
-- It warns once.
SELECT rows FROM wa_forget('491600010022', 'request') WHERE part = 'webhooks';

ROLLBACK;
