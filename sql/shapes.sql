--
-- The forms in which a payload may come: wrapped, standby, one object for a
-- list; and what is told of elements that stand where nobody reads them
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- A stop of number N in each form; the list shows whose stop was applied.
CREATE TABLE t.form (n int PRIMARY KEY, what text, payload text);
CREATE FUNCTION t.says_stop(n int) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN t.wrote((491700001000 + n)::text, '2025-03-01 10:00', 'stop');
CREATE FUNCTION t.envelope(n int) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN t.hook(t.says_stop(n))::jsonb;
INSERT INTO t.form VALUES
	(1, 'an entry alone', t.envelope(1) #>> '{entry,0}'),
	(2, 'entries in an array', jsonb_build_array(t.envelope(2) #> '{entry,0}')),
	(3, 'body, as JSON', jsonb_build_object('headers', '{"host": "x"}'::jsonb, 'body', t.envelope(3))),
	(4, 'body, as a string', jsonb_build_object('statusCode', 200, 'body', t.envelope(4)::text)),
	(5, 'Message', jsonb_build_object('Type', 'Notification', 'MessageId', '1', 'Message', t.envelope(5)::text)),
	(6, 'payload', jsonb_build_object('topic', 'x', 'payload', t.says_stop(6))),
	(7, 'a queue round a topic', jsonb_build_object('body', jsonb_build_object('Message', t.envelope(7)::text)::text)),
	(8, 'an array of wrappers', jsonb_build_array(jsonb_build_object('body', t.envelope(8)))),
	(9, 'a wrapped array', jsonb_build_object('payload', jsonb_build_array(t.envelope(9)))),
	(10, 'a byte order mark', E'\uFEFF' || t.envelope(10)::text),
	(11, 'entry is one object', jsonb_set(t.envelope(11), '{entry}', t.envelope(11) #> '{entry,0}')),
	(12, 'changes is one object', jsonb_set(t.envelope(12), '{entry,0,changes}', t.envelope(12) #> '{entry,0,changes,0}')),
	(13, 'messages is one object', t.hook(jsonb_build_object('messages', t.says_stop(13) #> '{messages,0}'))),
	(14, 'user_preferences is one object', t.hook(jsonb_build_object('user_preferences', t.prefers('491700001014', 'stop', '2025-03-01') #> '{user_preferences,0}'))),
	(15, 'statuses and errors are one object', t.hook('{"statuses": {"id": "w", "status": "failed", "timestamp": 1740823200,
		"recipient_id": "491700001015", "errors": {"code": "131050"}}}')),
	(16, 'standby', t.hook(jsonb_build_object('standby', t.says_stop(16)), field => 'standby')),
	(17, 'field standby, but not deeper', t.hook(t.says_stop(17), field => 'standby')),
	(18, 'a value with its field', jsonb_build_array(t.envelope(18) #> '{entry,0,changes,0,value}' || '{"field": "messages"}')),
	(19, 'an echo in standby', t.hook('{"standby": {"message_echoes": [{"to": "491700001019", "type": "text", "text": {"body": "stop"}}]}}', field => 'standby')),
	(20, 'an echo with its field', '[{"metadata": {"phone_number_id": "s1"}, "field": "smb_message_echoes", "message_echoes": [{"to": "491700001020", "text": {"body": "stop"}}]}]'),
	(22, 'JSON in a string', to_jsonb(t.envelope(22)::text)),
	(23, 'strings in an array', jsonb_build_array(t.envelope(23)::text, t.says_stop(24)::text)),
	(25, 'payload beside metadata', jsonb_build_object('metadata', '{"topic": "x"}'::jsonb, 'payload', t.envelope(25)::text)),
	(26, 'body beside what a value has, and is not there', jsonb_build_object('errors', NULL, 'messages', '[]'::jsonb, 'body', t.envelope(26))),
	(27, 'a payment that failed', t.hook('{"statuses": [{"id": "w", "type": "payment", "status": "failed", "timestamp": 1740823200, "recipient_id": "491700001027"}]}')),
	(21, 'a history', t.hook('{"history": [{"threads": [{"id": "491700001021", "messages": [{"from": "491700001021", "type": "text", "text": {"body": "stop"}}]}]}]}', field => 'history'));
SELECT n, what, applied, ignored, problems FROM t.form, LATERAL wa_ingest(payload) ORDER BY n;
SELECT array_agg(recipient::text::bigint - 491700001000 ORDER BY recipient) AS stopped FROM wa_consent WHERE state = 'stop';
SELECT count(*) FROM wa_problem;
-- Business and sender are known in all of them that name them.
SELECT business, sender, count(*), min(recipient::text), max(recipient::text) FROM wa_consent GROUP BY 1, 2 ORDER BY 1, 2;
-- A wrapped payload is stored and applied like any other, as bytes too.
INSERT INTO wa_webhook (received_at, payload) SELECT '2025-12-31', jsonb_build_object('body', t.hook(t.says_stop(30)));
SELECT * FROM wa_ingest(convert_to(E'\uFEFF' || jsonb_build_object('body', t.hook(t.says_stop(31)))::text, 'UTF8'));
SELECT recipient, state FROM wa_consent WHERE recipient IN ('491700001030', '491700001031') ORDER BY 1;

-- Standby: its contacts and statuses count as well, and what it lacks is the value's.
DELETE FROM wa_consent;
SELECT * FROM wa_ingest(t.hook('{"standby": {"contacts": [{"wa_id": "491700002001", "user_id": "DE.sby1"}],
	"messages": [{"id": "w", "from_user_id": "DE.sby1", "timestamp": "1740823200", "type": "text", "text": {"body": "hello"}}],
	"statuses": [{"id": "w", "status": "failed", "timestamp": "1740823200", "recipient_id": "491700002002", "errors": [{"code": 131050}]},
		{"id": "w", "status": "failed", "timestamp": "1740823200", "recipient_id": "491700002003", "errors": [{"code": 131026}]},
		{"id": "w", "status": "read", "timestamp": "x", "recipient_id": "491700002004"}]}}', field => 'standby'));
SELECT recipient, business, sender, last_inbound_at FROM wa_activity WHERE last_inbound_at > '2025-03-01 09:00' AND recipient = '491700002001';
SELECT recipient, register, state FROM wa_consent;
SELECT recipient, code FROM wa_cooldown;
SELECT path, problem FROM wa_problem;

-- What stands where it is not read is told.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES
	(1, t.hook(jsonb_build_object('whatsapp', t.says_stop(40)))),
	(2, t.hook(jsonb_build_object('standby', jsonb_build_array(t.says_stop(40))), field => 'standby')),
	(3, t.hook(t.receipt('491700003001', '2025-03-01') || jsonb_build_object('more', t.prefers('491700003002', 'stop', '2025-03-01')))),
	(4, (t.hook('{}')::jsonb || t.says_stop(40))::text),
	(5, jsonb_set(t.hook('{}')::jsonb, '{entry,0,messages}', t.says_stop(40) -> 'messages')::text),
	(6, jsonb_set(t.hook(t.receipt('491700003003', '2025-03-01'))::jsonb, '{entry,0,changes,0,statuses}', '[{}]')::text),
	(7, jsonb_build_object('detail', t.envelope(40))::text),
	(8, jsonb_build_object('payload', jsonb_build_object('phone', '491700003004', 'type', 'opted-out'))::text),
	(9, '{"body": "{\"entry\": ["}'),
	(10, t.hook(t.says_stop(41), field => 'account_update')),
	(11, to_jsonb(to_jsonb(t.envelope(40)::text)::text)::text),
	(12, t.hook(jsonb_build_object('message', t.says_stop(40) #> '{messages,0}'))),
	(13, t.hook('{"wa_id": "491700001040", "category": "marketing_messages", "value": "stop"}', field => 'user_preferences')),
	(14, (t.receipt('491700003006', '2025-03-01') || jsonb_build_object('body', t.envelope(40)::text))::text),
	(15, jsonb_build_object('messaging_product', 'whatsapp', 'contacts', '[{"input": "+49 170 0001040", "wa_id": "491700001040"}]'::jsonb, 'messages', '[{"id": "w"}]'::jsonb)::text),
	(16, jsonb_build_object('topic', 't', 'value', t.hook('{"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}', field => 'account_update')::jsonb)::text),
	(17, t.hook('{"data": {"user_id_update": [{"user_id": {"previous": "DE.17", "current": "DE.18"}}]}}')),
	(18, t.hook(t.says_stop(40) || '{"message_echoes": []}', field => 'smb_message_echoes')),
	(19, jsonb_build_object('body', t.receipt('491700003007', '2025-03-01'), 'payload', '{"messages": [')::text),
	(20, t.hook(t.says_stop(40) #> '{messages,0}')),
	(21, t.hook('{"id": "w", "status": "failed", "timestamp": 1740823200, "recipient_id": "491700001040", "errors": [{"code": 131050}]}')),
	(22, t.hook('{"contacts": [{"wa_id": "491700001040"}], "userPreferences": [{"waId": "491700001040", "value": "stop"}]}', field => 'user_preferences'))) AS v (n, payload), LATERAL wa_ingest(payload) AS i;
SELECT path, problem, detail, left(fragment, 60) AS fragment FROM wa_problem ORDER BY id;
SELECT recipient FROM wa_consent WHERE recipient BETWEEN '491700001040' AND '491700001041';
-- It stays open until somebody reads it.
SELECT wa_replay() IS NOT NULL AS replayed;
SELECT count(*), count(resolved_at) FROM wa_problem;
-- No list, nothing in it, no elements: nothing to tell.
DELETE FROM wa_problem;
SELECT n, i.* FROM (VALUES
	(1, t.hook('{"event": "APPROVED", "components": {"messages": [], "statuses": null, "user_preferences": "none"}}', field => 'x')),
	(2, t.hook('{"calls": [{"id": "c", "event": "connect", "direction": "BUSINESS_INITIATED", "from": "1", "to": "491700003005"}]}', field => 'calls'))) AS v (n, payload),
	LATERAL wa_ingest(payload) AS i;
SELECT count(*) FROM wa_problem;

-- An edit whose words cannot be read is a problem; it is counted once.
SELECT * FROM wa_ingest(t.hook('{"messages": [{"id": "e1", "from": "491700003006", "timestamp": "1741000000", "type": "edit", "edit": {"Words": "STOP"}}]}'));

-- The account of a partner's webhook is that in waba_info; the entry is of the portfolio.
SELECT * FROM wa_ingest(jsonb_set(t.hook(t.says_stop(50), 'portfolio')::jsonb, '{entry,0,changes,0,value,waba_info}', '{"waba_id": "b50", "owner_business_id": "portfolio"}')::text);
SELECT business FROM wa_consent WHERE recipient = '491700001050';

-- What is larger than anybody can keep: a problem, and no error.
DELETE FROM wa_problem;
SELECT * FROM wa_ingest(convert_to(repeat('x', 80000000), 'UTF8') || '\xff'::bytea);
SELECT problem, detail, length(fragment) FROM wa_problem;

ROLLBACK;
