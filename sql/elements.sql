--
-- Each element of a webhook stands alone: a bad neighbour stops nobody
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- One webhook with a good element before and behind each bad one.
\set payload '[ {"object": "whatsapp_business_account", "entry": [ 5, {"id": "b1", "changes": [ null, {"field": "messages", "value": {"metadata": {"phone_number_id": "s1"}, "statuses": [ {"id": "w", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491560001001"}, {"id": "w", "status": "delivered", "timestamp": "1740823200", "recipient_id": "nobody"}, "delivered", {"id": "w", "status": "failed", "timestamp": "1740823200", "recipient_id": "491560001002", "errors": [{"code": "x"}, {"code": 131026}, {"code": 777001}, {"code": 131049}]}, {"id": "w", "status": "read", "timestamp": "tomorrow", "recipient_id": "491560001003"}, {"id": "w", "status": "read", "timestamp": "1740823200", "recipient_id": "491560001004"}], "messages": [ {"id": "w", "from": "491560001005", "timestamp": 99999999999, "type": "text", "text": {"body": "stop"}}, {"id": "w", "from": "491560001006", "timestamp": "1740823200", "type": "text", "text": {"body": "stop"}}, {"id": "w", "from": "491560001007", "timestamp": "1740823200", "type": {"a": 1}, "text": ["stop"]}]}}, {"field": "user_preferences", "value": {"user_preferences": [ {"wa_id": "491560001008", "category": "marketing_messages", "value": "pause", "timestamp": 1740823200}, {"wa_id": "491560001009", "category": "marketing_messages", "value": "stop", "timestamp": 1740823200}]}} ]}, {"id": "b2"}]}, "nothing", {"hello": "world"}, {"statuses": 1, "messages": [{"id": "w", "from": "491560001010", "timestamp": "1740823200", "type": "text"}]}, {"field": "messages", "value": {"statuses": [{"id": "w", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491560001011"}]}} ]'
SELECT * FROM wa_ingest(:'payload');
SELECT path, problem, code, detail, fragment FROM wa_problem ORDER BY code NULLS FIRST, id;
SELECT recipient, business, sender, last_inbound_at, last_delivered_at, last_read_at FROM wa_activity ORDER BY recipient;
SELECT recipient, business, code, strikes FROM wa_cooldown ORDER BY recipient, code;
SELECT recipient, business, register, state FROM wa_consent ORDER BY recipient;

-- The path is a JSON pointer to the fragment.
CREATE FUNCTION t.at_pointer(document jsonb, pointer text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN document #> string_to_array(substr(pointer, 2), '/');
SELECT count(*) AS wrong FROM wa_problem
WHERE t.at_pointer(:'payload', path) IS DISTINCT FROM fragment::jsonb;
-- And so the elements are found again in a payload that is kept, in whatever order they are asked for.
SELECT count(*) AS wrong FROM (SELECT array_agg(path ORDER BY md5(path)) AS paths, array_agg(fragment ORDER BY md5(path)) AS fragments FROM wa_problem) AS p
WHERE wa__payload_elements(:'payload', paths) IS DISTINCT FROM fragments;
SELECT wa__payload_elements(:'payload', '{/nowhere,""}') = ARRAY[NULL, :'payload'] AS right, wa__payload_elements('no JSON', '{/statuses/0}'), wa__payload_elements('{}', '{}');

-- In one statement, a bad payload does not stop the next.
DELETE FROM wa_activity;
DELETE FROM wa_problem;
INSERT INTO wa_webhook (received_at, payload) VALUES
	('2025-12-31', t.hook(t.wrote('491560002001', '2025-03-01 10:00'))),
	('2025-12-31', 'no JSON'),
	('2025-12-31', t.hook(t.wrote('491560002002', '2025-03-01 10:00'))),
	('2025-12-31', ''),
	('2025-12-31', repeat('[', 70)),
	('2025-12-31', t.hook(t.wrote('491560002003', '2025-03-01 10:00')));
SELECT recipient FROM wa_activity ORDER BY recipient;
SELECT problem, fragment, left((wa__payload_elements(payload, ARRAY[path]))[1], 10) AS left
FROM wa_problem AS p JOIN wa_webhook AS w ON w.id = p.webhook_id ORDER BY p.id;

-- Events hold for every identifier that their element names.
DELETE FROM wa_activity;
DELETE FROM wa_problem;
SELECT * FROM wa_ingest('{"statuses": [
	{"id": "w", "status": "read", "timestamp": 1740823200, "recipient_id": "491560003001", "recipient_user_id": "DE.abc123", "recipient_parent_user_id": "DE.ENT.p1"},
	{"id": "w", "status": "read", "timestamp": 1740823200, "recipient_user_id": "DE.abc124"},
	{"id": "w", "status": "read", "timestamp": 1740823200, "recipient_id": "", "recipient_user_id": "DE.abc125"},
	{"id": "w", "status": "read", "timestamp": 1740823200, "recipient_id": "nobody", "recipient_user_id": "DE.abc126"}]}');
SELECT * FROM wa_ingest('{"messages": [{"id": "w", "from_user_id": "DE.abc127", "timestamp": 1740823200, "type": "text", "text": {"body": "stop"}}],
	"contacts": [{"wa_id": "491560003002", "user_id": "DE.abc127"}]}');
SELECT recipient, last_read_at, last_inbound_at, wa_id FROM wa_activity ORDER BY recipient;
SELECT recipient, state FROM wa_consent WHERE recipient IN ('DE.abc127', '491560003002') ORDER BY recipient;
SELECT count(*) FROM wa_problem;
-- A contact belongs to the element that shares an identifier with it, not to its neighbours.
DELETE FROM wa_activity;
SELECT * FROM wa_ingest('{"contacts": [{"wa_id": "491560003003", "user_id": "DE.c3"}, {"wa_id": "491560003004", "user_id": "DE.c4"}], "messages": [
	{"id": "w", "from": "491560003004", "timestamp": 1740823200, "type": "text"}, {"id": "w", "from": "491560003005", "timestamp": 1740823200, "type": "text"}]}');
SELECT recipient FROM wa_activity ORDER BY recipient;

-- A stop under a user id holds for the phone that any webhook names beside it, and for a successor.
CREATE TABLE t.beside (n int, what text, field text, value text, asked text);
INSERT INTO t.beside VALUES
	(1, 'contact of a call by the business', 'calls', '{"contacts": [{"user_id": "DE.d1"}], "calls": [{"id": "c", "from": "15550001111", "to": "491560004001", "event": "connect", "direction": "BUSINESS_INITIATED", "timestamp": "1740823200"}]}', '491560004001'),
	(2, 'call by the business', 'calls', '{"calls": [{"id": "c", "from": "15550001111", "to": "491560004002", "to_user_id": "DE.d2", "event": "terminate", "direction": "BUSINESS_INITIATED", "timestamp": "1740823200"}]}', '491560004002'),
	(3, 'status of a call', 'calls', '{"statuses": [{"id": "c", "type": "call", "status": "RINGING", "recipient_id": "491560004003", "recipient_user_id": "DE.d3", "timestamp": "1740823200"}]}', '491560004003'),
	(4, 'contact of an echo', 'smb_message_echoes', '{"contacts": [{"wa_id": "491560004004", "user_id": "DE.d4"}], "message_echoes": [{"from": "15550001111", "to": "491560004004", "id": "w", "timestamp": "1740823200", "type": "text", "text": {"body": "START"}}]}', '491560004004'),
	(5, 'contact of a new user id', 'user_id_update', '{"contacts": [{"wa_id": "491560004005", "user_id": "DE.d5"}], "user_id_update": [{"user_id": {"previous": "DE.d5", "current": "DE.e5"}, "timestamp": "1740823200"}]}', '491560004005'),
	(6, 'contact of a new number', 'messages', '{"contacts": [{"wa_id": "491560004006", "user_id": "DE.d6"}], "messages": [{"id": "w", "from": "491560004006", "timestamp": "1740823200", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491560004106"}}]}', '491560004106'),
	(7, 'a number with a digit more in the contact', 'messages', '{"contacts": [{"wa_id": "491560004107"}, {"wa_id": "5531987654321", "user_id": "DE.d7"}], "messages": [{"id": "w", "from": "553187654321", "timestamp": "1740823200", "type": "image"}, {"id": "w", "from": "491560004107", "timestamp": "1740823200", "type": "image"}]}', '5531987654321'),
	(8, 'a successor under another type', 'messages', '{"messages": [{"id": "w", "timestamp": "1740823200", "type": "system", "system": {"type": "user_changed_username", "user_id": "DE.e8", "previous_user_id": "DE.d8"}}]}', 'DE.e8'),
	(9, 'the old user id in the contact', 'user_id_update', '{"contacts": [{"wa_id": "491560004009", "user_id": "DE.d9"}], "user_id_update": [{"wa_id": "491560004009", "user_id": {"current": "DE.e9"}, "timestamp": "1740823200"}]}', 'DE.e9'),
	(10, 'a new number beside a new user id', 'messages', '{"contacts": [{"wa_id": "491560004110", "user_id": "DE.e10"}], "messages": [{"id": "w", "from": "491560004010", "timestamp": "1740823200", "type": "system", "system": {"type": "user_changed_user_id", "user_id": "DE.e10", "previous_user_id": "DE.d10"}}]}', '491560004110');
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object(
	'user_id', 'DE.d' || n, 'category', 'marketing_messages', 'value', 'stop', 'timestamp', t.unix('2025-02-01')))), field => 'user_preferences') FROM t.beside;
SELECT what, wa_sendable(asked, 'marketing') FROM t.beside ORDER BY n;
INSERT INTO wa_webhook (received_at, payload) SELECT '2025-12-31', t.hook(value::jsonb, field => field) FROM t.beside;
SELECT what, wa_sendable(asked, 'marketing') FROM t.beside ORDER BY n;
-- The only contact of a webhook is whom its messages are from that name nobody.
SELECT * FROM wa_ingest('{"contacts": [{"wa_id": "491560004019"}], "messages": [
	{"id": "w", "timestamp": 1740823200, "type": "text", "text": {"body": "stop"}}, {"id": "w", "timestamp": 1740823200, "type": "text", "text": {"body": "bye"}}]}');
SELECT wa_sendable('491560004019', 'marketing');

-- Folding: what a webhook calls somebody and what a list calls somebody are one.
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(t.prefers(wa_id, 'stop', '2025-03-01 10:00'))
FROM unnest(ARRAY['556181234567', '5511987654321', '5215512345678', '528112345678', '5491112345678', '541187654321', '551133334444']) AS wa_id;
SELECT phone, wa_sendable(phone, 'marketing'), (SELECT string_agg(reason, ', ') FROM wa_explain(phone, 'marketing'))
FROM unnest(ARRAY['+55 (61) 8123-4567', '+55 (61) 9 8123-4567', '0055 61 98123 4567', 'whatsapp:+5561981234567', '5511987654321@s.whatsapp.net', '551187654321',
	'+52 55 1234 5678', '+52 1 55 1234 5678', '5218112345678', '+54 9 11 1234-5678', '+54 11 1234-5678', '5491187654321',
	'+55 11 3333-4444', '+55 11 93333-4444', '+55 61 8123-4568', '+52 55 1234 5679', '+54 9 11 1234-5679']) AS phone;

ROLLBACK;
