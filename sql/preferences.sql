--
-- WhatsApp's own register: user_preferences, system messages, 131050
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE VIEW t.register AS
SELECT recipient, business, register, state, at, origin, sender, message_id
FROM wa_consent ORDER BY recipient, business, register;

-- Stop and resume.
SELECT wa_sendable('491530001001', 'marketing');
CALL t.take(t.prefers('491530001001', 'stop', '2025-03-01 10:00'));
TABLE t.register;
SELECT category, wa_sendable('491530001001', category, at => '2025-03-02')
FROM unnest(enum_range(NULL::wa_category)) AS category;
SELECT * FROM wa_explain('491530001001', 'marketing', at => '2025-03-02');
SELECT wa_next_sendable('491530001001', 'marketing', at => '2025-03-02');
CALL t.take(t.prefers('491530001001', 'resume', '2025-03-01 11:00'));
TABLE t.register;
SELECT wa_sendable('491530001001', 'marketing', at => '2025-03-02');

-- A late resume, from before the stop, changes nothing; a stale stop after a newer resume neither.
CALL t.take(t.prefers('491530001002', 'stop', '2025-03-01 10:00'));
CALL t.take(t.prefers('491530001002', 'resume', '2025-03-01 09:59:59'));
CALL t.take(t.prefers('491530001003', 'resume', '2025-03-01 10:00'));
CALL t.take(t.prefers('491530001003', 'stop', '2025-03-01 09:59:59'));
-- In one second the stop wins, in either order, in two webhooks or one.
CALL t.take(t.prefers('491530001004', 'stop', '2025-03-01 10:00'));
CALL t.take(t.prefers('491530001004', 'resume', '2025-03-01 10:00'));
CALL t.take(t.prefers('491530001005', 'resume', '2025-03-01 10:00'));
CALL t.take(t.prefers('491530001005', 'stop', '2025-03-01 10:00'));
CALL t.take('{"user_preferences": [
	{"wa_id": "491530001006", "category": "marketing_messages", "value": "stop", "timestamp": 1740823200},
	{"wa_id": "491530001006", "category": "marketing_messages", "value": "resume", "timestamp": 1740823200},
	{"wa_id": "491530001007", "category": "marketing_messages", "value": "resume", "timestamp": 1740823200},
	{"wa_id": "491530001007", "category": "marketing_messages", "value": "stop", "timestamp": 1740823200}]}');
-- 131050 is a stop of its time.
CALL t.take(t.prefers('491530001011', 'resume', '2025-03-01 10:00'));
CALL t.take(t.failed('491530001011', 131050, '2025-03-01 11:00'));
CALL t.take(t.prefers('491530001012', 'resume', '2025-03-01 12:00'));
CALL t.take(t.failed('491530001012', 131050, '2025-03-01 11:00'));
CALL t.take(t.failed('491530001013', 131050, '2025-03-01 11:00'));
SELECT problems FROM wa_report_error('491530001014', 131050, '2025-03-01 11:00', 'b1', 's1', 'wamid.sync');
-- The same ids as a webhook's, though the line's end came along: otherwise they would be known from now on, and nobody would have stopped there.
SELECT problems FROM wa_report_error('491530001015', 131050, '2025-03-01 11:00', E' b1\n', E's1\r\n', E'wamid.line\n');
SELECT wa_sendable('491530001015', 'marketing', 'b1', at => '2025-04-01');
SELECT business, sender FROM wa_sender WHERE business LIKE '%b1%' AND sender LIKE '%s1%';
SELECT recipient, state, at, origin, sender, message_id, wa_sendable(recipient, 'marketing', at => '2025-04-01')
FROM wa_consent WHERE recipient > '491530001001' ORDER BY recipient;
SELECT count(*) FROM wa_cooldown;
SELECT * FROM wa_explain('491530001013', 'marketing', at => '2025-04-01');

-- Nothing but WhatsApp's resume lifts it: no message, no receipt, no phrase, no operator.
CALL t.take(t.wrote('491530001013', '2025-03-02 10:00', 'START'));
CALL t.take(t.receipt('491530001013', '2025-03-02 10:00', 'marketing', 'read'));
SELECT wa_opt_in('491530001013', 'signed up in the shop', 'b1', '2025-03-03');
SELECT wa_opt_in('491530001013', 'signed up in the shop', at => '2025-03-03');
SELECT register, business, state FROM wa_consent WHERE recipient = '491530001013' ORDER BY register, business;
SELECT wa_sendable('491530001013', 'marketing', at => '2025-03-02 11:00'), wa_sendable('491530001013', 'marketing', at => '2025-04-01');
CALL t.take(t.prefers('491530001013', 'resume', '2025-03-02 10:00'));
SELECT wa_sendable('491530001013', 'marketing', at => '2025-04-01');

-- The older form, a system message.
CALL t.take('{"messages": [{"id": "wamid.s1", "from": "491530002001", "timestamp": 1740823200, "type": "system",
	"system": {"body": "x", "type": "user_preference_changed", "marketing": "stop"}}]}');
CALL t.take('{"messages": [{"id": "wamid.s2", "from": "491530002002", "timestamp": "1740823200", "type": "system",
	"system": {"body": "x", "type": "user_preference_changed", "marketing": "resume"}}]}');
SELECT recipient, register, state, at, origin, message_id FROM wa_consent WHERE recipient BETWEEN '491530002001' AND '491530002002' ORDER BY recipient;

-- A sign-up by a link is an opt-in of the business, with its id as evidence; it lifts no stop of WhatsApp's.
CREATE FUNCTION t.signs_up(who text, at timestamptz, id text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_set(t.prefers(who, 'signup', at), '{user_preferences,0,signup_id}', to_jsonb(id));
CALL t.take(t.signs_up('491530002501', '2025-03-01 10:00', 'su-7'));
CALL t.take(t.prefers('491530002502', 'stop', '2025-03-01 10:00'));
CALL t.take(t.signs_up('491530002502', '2025-03-02 10:00', 'su-7'));
CALL t.take(t.wrote('491530002503', '2025-03-01 10:00', 'stop'));
CALL t.take(t.signs_up('491530002503', '2025-03-02 10:00', 'su-7'));
CALL t.take(t.signs_up('491530002504', '2025-03-02 10:00', 'su-7'));
CALL t.take(t.prefers('491530002504', 'stop', '2025-03-03 10:00'));
CALL t.take('{"messages": [{"id": "wamid.s4", "from": "491530002505", "timestamp": "1740823200", "type": "system",
	"system": {"type": "user_preference_changed", "marketing": "signup", "signup_id": 77}}]}');
SELECT recipient, register, state, origin FROM wa_consent WHERE recipient BETWEEN '491530002501' AND '491530002505' ORDER BY recipient, register;
SELECT recipient, evidence FROM wa_consent_log WHERE origin = 'signup' ORDER BY recipient;
SELECT who, wa_sendable(who::text, 'marketing', at => '2025-04-01') FROM generate_series(491530002501, 491530002505) AS who;

-- Whatever is neither stop nor resume is kept for a human to see, and never read as resume.
CALL t.take(t.prefers('491530003001', 'stop', '2025-03-01 10:00'));
SELECT value, i.*
FROM unnest(ARRAY['{"value": "signup"}', '{"value": "Signup", "signup_id": "1"}', '{"value": "pause"}', '{"value": "resume "}', '{"value": "RESUME"}', '{"value": "resumed"}',
	'{"value": true}', '{"value": 1}', '{"value": null}', '{"value": ""}', '{"value": ["resume"]}', '{}',
	'{"value": "resume", "category": "utility_messages"}']::jsonb[]) AS value,
	LATERAL wa_ingest(t.hook(jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object(
		'wa_id', '491530003001', 'category', 'marketing_messages', 'timestamp', 1740830400) || value)))) AS i;
CALL t.take('{"messages": [{"id": "wamid.s3", "from": "491530003001", "timestamp": "1740830400", "type": "system",
	"system": {"type": "user_preference_changed", "marketing": "maybe"}}]}');
SELECT state, at FROM wa_consent WHERE recipient = '491530003001';
SELECT path, problem, detail, fragment FROM wa_problem ORDER BY id;
-- A stop under nearly the category is one; nothing else is.
SELECT p, i.*
FROM unnest(ARRAY['{"value": "stop", "category": "marketing"}', '{"value": "resume", "category": "marketing"}', '{"value": "stop", "category": "All"}', '{"value": "stop", "category": "utility_messages"}']::jsonb[]) WITH ORDINALITY AS v (p, n),
	LATERAL wa_ingest(t.hook(jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object(
		'wa_id', '49153000310' || n, 'timestamp', 1740830400) || p)))) AS i;
SELECT recipient, state FROM wa_consent WHERE recipient::text LIKE '49153000310%' ORDER BY recipient;
-- A stop in a system message of another kind is one as well; a resume is none.  What cannot be read is a problem.
SELECT system, i.*
FROM unnest(ARRAY['{"type": "customer_identity_changed"}', '{"type": "customer_identity_changed", "marketing": "stop"}', '{"type": "customer_identity_changed", "marketing": "resume"}',
	'{"data": {"type": "user_preference_changed", "marketing": "stop"}}']::jsonb[]) AS system,
	LATERAL wa_ingest(t.hook(jsonb_build_object('messages', jsonb_build_object(
		'id', 'w', 'from', '491530003002', 'timestamp', 1740830400, 'type', 'system', 'system', system)))) AS i;
SELECT register, state, origin FROM wa_consent WHERE recipient = '491530003002';

-- Businesses: their own rows, and those of ''.  NULL takes all of them together.
CALL t.take(t.prefers('491530004001', 'stop', '2025-03-01 10:00'), 'b1');
CALL t.take(t.prefers('491530004001', 'resume', '2025-03-01 12:00'), 'b2');
CALL t.take(t.prefers('491530004002', 'stop', '2025-03-01 10:00'), NULL);
CALL t.take(t.prefers('491530004002', 'resume', '2025-03-01 12:00'), 'b2');
SELECT recipient, business, state FROM wa_consent WHERE recipient IN ('491530004001', '491530004002') ORDER BY recipient, business;
SELECT business, wa_sendable('491530004001', 'marketing', business) AS "stop to b1",
	wa_sendable('491530004002', 'marketing', business) AS "stop to all"
FROM (VALUES (NULL), ('b1'), ('b2'), ('b3')) AS v (business);
-- The sender makes no difference to consent.
SELECT sender, wa_sendable('491530004001', 'marketing', 'b1', sender) FROM (VALUES ('s1'), ('s2')) AS v (sender);

-- The log: one row for each event, a repeated webhook adds none, and nothing is ever changed.
SELECT recipient, business, register, state, at, origin, sender, message_id, evidence, webhook_id IS NOT NULL AS kept, recorded_by = session_user AS recorded_by
FROM wa_consent_log WHERE recipient BETWEEN '491530001001' AND '491530001014' ORDER BY recipient, business, register, at, state;
SELECT count(*) FROM wa_consent_log;
INSERT INTO wa_webhook (received_at, payload) SELECT received_at, payload FROM wa_webhook;
SELECT count(*) FROM wa_consent_log;
UPDATE wa_consent_log SET state = 'resume';
DELETE FROM wa_consent_log WHERE recipient = '491530001001';
TRUNCATE wa_consent_log;
\set VERBOSITY sqlstate
DELETE FROM wa_consent_log;
\set VERBOSITY default
SELECT count(*) FROM wa_consent_log;

ROLLBACK;
