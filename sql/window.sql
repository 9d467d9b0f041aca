--
-- The customer service window: opening, closing, refused, and what yields to it
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Nobody wrote: no window.
SELECT * FROM wa_explain('491520001001', 'service', at => '2025-03-01 12:00');

-- Open from the second of the message until 24 hours later.
CALL t.take(t.wrote('491520001001', '2025-03-01 10:00'));
SELECT at, wa_sendable('491520001001', 'service', at => at), wa_next_sendable('491520001001', 'service', at => at)
FROM unnest(ARRAY['2025-03-01 09:59:59.999999', '2025-03-01 10:00', '2025-03-02 09:59:59.999999',
	'2025-03-02 10:00', '2025-03-02 10:00:00.000001']::timestamptz[]) AS at;
SELECT * FROM wa_explain('491520001001', 'service', at => '2025-03-02 10:00');
-- Templates need none.
SELECT category, wa_sendable('491520001001', category, at => '2025-03-05')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- A later message keeps it open, an older one that comes late does not shorten it.
CALL t.take(t.wrote('491520001001', '2025-03-02 08:00'));
CALL t.take(t.wrote('491520001001', '2025-02-01 08:00'));
SELECT at, wa_sendable('491520001001', 'service', at => at)
FROM unnest(ARRAY['2025-03-02 10:00', '2025-03-03 07:59:59', '2025-03-03 08:00']::timestamptz[]) AS at;

-- 131047 closes it, whenever it arrives, unless the user wrote after it.
CALL t.take(t.failed('491520001002', 131047, '2025-03-01 12:00'));
CALL t.take(t.wrote('491520001002', '2025-03-01 10:00'));
SELECT wa_sendable('491520001002', 'service', at => '2025-03-01 13:00');
SELECT * FROM wa_explain('491520001002', 'service', at => '2025-03-01 13:00');
CALL t.take(t.wrote('491520001002', '2025-03-01 12:00'));
SELECT wa_sendable('491520001002', 'service', at => '2025-03-01 13:00') AS same_second;
CALL t.take(t.wrote('491520001002', '2025-03-01 12:00:01'));
SELECT wa_sendable('491520001002', 'service', at => '2025-03-01 13:00') AS later;
-- 131047 is no cooldown: templates may go.
SELECT category, wa_sendable('491520001002', category, at => '2025-03-02 13:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;
SELECT count(*) FROM wa_cooldown WHERE recipient = '491520001002';
-- 470 is the On-Premises API's.
CALL t.take(t.wrote('491520001003', '2025-03-01 10:00'), NULL, NULL);
INSERT INTO wa_webhook (received_at, payload)
VALUES ('2025-12-31', '{"statuses": [{"id": "g", "status": "failed", "timestamp": "1740830400", "recipient_id": "491520001003",
	"errors": [{"code": 470, "title": "Failed to send message because you are outside the support window"}]}]}');
SELECT business, sender, last_inbound_at, last_window_refused_at FROM wa_activity WHERE recipient = '491520001003';
SELECT wa_sendable('491520001003', 'service', at => '2025-03-01 13:00');

-- What opens a window: anything from the user but a few kinds.
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'wamid.' || type,
	'from', 491520002000 + n, 'timestamp', '1740823200', 'type', type, 'errors', errors))))
FROM unnest(ARRAY['text', 'image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts', 'interactive', 'button', 'order',
	'unsupported', 'unknown', 'something new', 'system', 'reaction', 'edit', 'revoke', 'request_welcome'])
	WITH ORDINALITY AS v (type, n),
	LATERAL (SELECT CASE WHEN type IN ('unsupported', 'unknown') THEN '[{"code": 131051}]'::jsonb END AS errors) AS e;
SELECT string_agg(type, ', ' ORDER BY n) FILTER (WHERE opens) AS opens,
	string_agg(type, ', ' ORDER BY n) FILTER (WHERE NOT opens) AS "opens not"
FROM unnest(ARRAY['text', 'image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts', 'interactive', 'button', 'order',
	'unsupported', 'unknown', 'something new', 'system', 'reaction', 'edit', 'revoke', 'request_welcome'])
	WITH ORDINALITY AS v (type, n),
	LATERAL (SELECT wa_sendable((491520002000 + n)::text, 'service', at => '2025-03-01 10:00')) AS s (opens) \gx
-- The error of an unsupported message has no effect on who wrote it.
CALL t.take('{"messages": [{"id": "w", "from": "491520002099", "timestamp": "1740823200", "type": "unsupported",
	"errors": [{"code": 131050}, {"code": 131026}, {"code": 131047}, {"code": 77777}]}]}');
SELECT category, wa_sendable('491520002099', category, at => '2025-03-01 10:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;
-- Receipts open none, and neither does what the business writes in its own app.
CALL t.take(t.receipt('491520002098', '2025-03-01 10:00', NULL, 'read'));
INSERT INTO wa_webhook (received_at, payload)
VALUES ('2025-12-31', t.hook('{"message_echoes": [{"from": "15550100200", "to": "491520002098", "id": "w", "timestamp": "1740823200",
	"type": "text", "text": {"body": "STOP"}}]}', field => 'smb_message_echoes'));
SELECT category, wa_sendable('491520002098', category, at => '2025-03-01 10:00')
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- A window is that of a business and a sender.
CALL t.take(t.wrote('491520003001', '2025-03-01 10:00'), 'b1', 's1');
CALL t.take(t.wrote('491520003001', '2025-03-01 20:00'), 'b1', 's2');
CALL t.take(t.wrote('491520003001', '2025-03-02 06:00'), 'b2', 's3');
SELECT business, sender,
	wa_sendable('491520003001', 'service', business, sender, '2025-03-02 09:00') AS "09:00",
	wa_sendable('491520003001', 'service', business, sender, '2025-03-02 10:00') AS "10:00",
	wa_sendable('491520003001', 'service', business, sender, '2025-03-02 20:00') AS "20:00",
	wa_sendable('491520003001', 'service', business, sender, '2025-03-03 06:00') AS "06:00"
FROM (VALUES (NULL, NULL), ('b1', NULL), ('b2', NULL), ('b3', NULL), (NULL, 's1'), ('b1', 's1'), ('b1', 's2'), ('b1', 's3'),
	(NULL, 's3'), (NULL, 's4')) AS v (business, sender);
-- A refusal closes the window of its sender alone.
CALL t.take(t.failed('491520003001', 131047, '2025-03-02 08:00'), 'b1', 's1');
SELECT business, sender, wa_sendable('491520003001', 'service', business, sender, '2025-03-02 09:00')
FROM (VALUES (NULL, NULL), ('b1', NULL), ('b2', NULL), ('b1', 's1'), ('b1', 's2')) AS v (business, sender);
-- One that does not say of which sender closes them all.
SELECT problems FROM wa_report_error('491520003001', 131047, '2025-03-02 08:00', 'b1');
SELECT business, sender, wa_sendable('491520003001', 'service', business, sender, '2025-03-02 09:00')
FROM (VALUES (NULL, NULL), ('b1', NULL), ('b2', NULL), ('b1', 's1'), ('b1', 's2')) AS v (business, sender);

-- 131049 and 130472 do not block while the window is open, and do when it has closed.
CALL t.take(t.wrote('491520004001', '2025-03-01 08:00'));
CALL t.take(t.failed('491520004001', 131049, '2025-03-01 09:00'));
CALL t.take(t.wrote('491520004002', '2025-03-01 08:00'));
CALL t.take(t.failed('491520004002', 130472, '2025-03-01 09:00'));
SELECT at, wa_sendable('491520004001', 'marketing', at => at) AS "131049", wa_next_sendable('491520004001', 'marketing', at => at) AS "then",
	wa_sendable('491520004002', 'marketing', at => at) AS "130472", wa_next_sendable('491520004002', 'marketing', at => at) AS "then "
FROM unnest(ARRAY['2025-03-01 07:59:59', '2025-03-01 09:00', '2025-03-02 07:59:59', '2025-03-02 08:00', '2025-03-02 08:59:59',
	'2025-03-02 09:00']::timestamptz[]) AS at;
-- 131026, 131056 and 130403 do not yield to it.
CALL t.take(t.wrote('491520004003', '2025-03-01 08:00'));
CALL t.take(t.failed('491520004003', 131026, '2025-03-01 09:00'));
CALL t.take(t.wrote('491520004004', '2025-03-01 08:00'));
CALL t.take(t.failed('491520004004', 131056, '2025-03-01 09:00'));
CALL t.take(t.wrote('491520004005', '2025-03-01 08:00'));
CALL t.take(t.failed('491520004005', 130403, '2025-03-01 09:00'));
SELECT who, wa_sendable(who::text, 'marketing', at => '2025-03-01 09:00:01') FROM generate_series(491520004003, 491520004005) AS who;
-- A window that WhatsApp says is shut is none.
CALL t.take(t.failed('491520004001', 131047, '2025-03-01 09:30'));
SELECT wa_sendable('491520004001', 'marketing', at => '2025-03-01 10:00');
-- It must be a window of the business that failed, and of the sender asked for.
CALL t.take(t.failed('491520004006', 131049, '2025-03-01 09:00'), 'b1');
CALL t.take(t.wrote('491520004006', '2025-03-01 08:00'), 'b2', 's9');
SELECT business, wa_sendable('491520004006', 'marketing', business, at => '2025-03-01 10:00')
FROM (VALUES (NULL), ('b1'), ('b2')) AS v (business);
CALL t.take(t.wrote('491520004006', '2025-03-01 08:00'), 'b1', 's1');
SELECT business, sender, wa_sendable('491520004006', 'marketing', business, sender, '2025-03-01 10:00')
FROM (VALUES (NULL, NULL), ('b1', NULL), ('b1', 's1'), ('b1', 's2'), ('b2', NULL)) AS v (business, sender);
-- Business '' is any.
SELECT problems FROM wa_report_error('491520004007', 131049, '2025-03-01 09:00');
CALL t.take(t.wrote('491520004007', '2025-03-01 08:00'), 'b1');
SELECT business, wa_sendable('491520004007', 'marketing', business, at => '2025-03-01 10:00')
FROM (VALUES (NULL), ('b1'), ('b2')) AS v (business);

-- What is written in a group opens the group's window and lifts nothing; its words count.
CREATE FUNCTION t.in_group(who text, at timestamptz, body text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_set(t.wrote(who, at, body), '{messages,0,group_id}', '"Y2FwaV9ncm91cDox"');
CALL t.take(t.failed('491520005001', 131049, '2025-03-01 09:00'));
CALL t.take(t.in_group('491520005001', '2025-03-01 10:00', 'Hello everybody'));
CALL t.take(t.in_group('491520005002', '2025-03-01 10:00', 'stop'));
SELECT who, wa_sendable(who, 'marketing', at => '2025-03-01 11:00') AS marketing, wa_sendable(who, 'service', at => '2025-03-01 11:00') AS service
FROM unnest(ARRAY['491520005001', '491520005002']) AS who;
-- Of a message to a group that of a participant counts, never that of the whole.
CALL t.take('{"contacts": [{"wa_id": "491520005003", "user_id": "DE.grp3"}], "statuses": [
	{"id": "g", "status": "failed", "timestamp": "1740823200", "recipient_type": "group", "recipient_id": "Y2FwaV9ncm91cDox", "errors": [{"code": 131020}, {"code": 131026}]}]}');
CALL t.take('{"statuses": [
	{"id": "g", "status": "delivered", "timestamp": "1740823200", "recipient_id": "Y2FwaV9ncm91cDox"},
	{"id": "g", "status": "delivered", "timestamp": "1740823200", "recipient_type": "group", "recipient_id": "Y2FwaV9ncm91cDox",
		"recipient_participant_id": "491520005004", "pricing": {"category": "group_marketing"}},
	{"id": "g", "status": "failed", "timestamp": "1740823200", "recipient_type": "group", "recipient_id": "Y2FwaV9ncm91cDox",
		"recipient_participant_id": "491520005005", "errors": [{"code": 131026}]}]}');
SELECT recipient, last_marketing_delivered_at FROM wa_activity WHERE recipient BETWEEN '491520005003' AND '491520005005';
SELECT recipient, code FROM wa_cooldown WHERE recipient BETWEEN '491520005003' AND '491520005005';
SELECT count(*) FROM wa_problem;

-- A call that the user begins opens it; one of the business does not, and neither does what says nothing of who began.
CREATE FUNCTION t.call(who text, more jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('calls', jsonb_build_array(jsonb_build_object('id', 'wacid.1', 'from', who, 'timestamp', '1740823200') || more));
CALL t.take(t.call('491520006001', '{"event": "connect", "direction": "USER_INITIATED"}') || '{"contacts": [{"wa_id": "491520006001", "user_id": "DE.call1"}]}');
CALL t.take(t.call('491520006002', '{"event": "terminate", "direction": "USER_INITIATED", "status": "FAILED"}'));
CALL t.take(t.call('491520006003', '{"event": "terminate", "direction": "USER_INITIATED", "start_time": "1740819600"}'));
CALL t.take(t.call('491520006004', '{"event": "connect", "direction": "BUSINESS_INITIATED"}'));
CALL t.take(t.call('491520006005', '{"event": "call_recording_available"}'));
SELECT who, wa_sendable(who::text, 'service', at => '2025-03-02 09:30') FROM generate_series(491520006001, 491520006005) AS who;
SELECT wa_sendable('DE.call1', 'service', at => '2025-03-02 09:30');
-- The answer to a request to call may be WhatsApp's own.
CREATE FUNCTION t.permits(who text, source text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'w', 'from', who, 'timestamp', '1740823200', 'type', 'interactive',
		'interactive', jsonb_build_object('type', 'call_permission_reply', 'call_permission_reply', jsonb_build_object('response', 'accept', 'response_source', source)))));
CALL t.take(t.permits('491520006006', 'automatic'));
CALL t.take(t.permits('491520006007', 'user_action'));
SELECT who, wa_sendable(who::text, 'service', at => '2025-03-01 11:00') FROM generate_series(491520006006, 491520006007) AS who;

-- Who shares its own contact, when asked to, is known by that number as well; the card of somebody else tells nothing.
CREATE FUNCTION t.shares(who text, origin text, phone text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'w', 'from_user_id', who, 'timestamp', '1740823200', 'type', 'contacts',
		'contacts', jsonb_build_array(jsonb_build_object('origin', origin, 'phones', jsonb_build_array(jsonb_build_object('phone', '+' || phone, 'wa_id', phone)))))));
CALL t.take(t.prefers('491520007001', 'stop', '2025-02-01 10:00'));
CALL t.take(t.prefers('491520007002', 'stop', '2025-02-01 10:00'));
CALL t.take(t.shares('DE.card1', 'contact_request', '491520007001'));
CALL t.take(t.shares('DE.card2', 'other', '491520007002'));
SELECT recipient, other FROM wa_identity WHERE other::text LIKE 'DE.card%' ORDER BY 1;
SELECT who, wa_sendable(who, 'marketing') AS marketing, wa_sendable(who, 'service', at => '2025-03-01 11:00') AS service FROM unnest(ARRAY['DE.card1', 'DE.card2', '491520007001']) AS who;

ROLLBACK;
