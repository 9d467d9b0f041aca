--
-- Intake: ways in, shapes, scalars, times, and what each element leaves behind
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE VIEW t.traffic AS
SELECT recipient, business, sender, wa_id, last_inbound_at AS inbound, last_delivered_at AS delivered, last_read_at AS read,
	last_marketing_delivered_at AS marketing, last_window_refused_at AS refused
FROM wa_activity ORDER BY recipient, business, sender;

-- Every way of inserting works: one row, several, a query, COPY, a parameter of type json or jsonb.
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', t.hook(t.wrote('491540001001', '2025-03-01 10:00')));
INSERT INTO wa_webhook (received_at, payload, signature) VALUES
	('2025-12-31', t.hook(t.wrote('491540001002', '2025-03-01 10:00')), 'sha256=0'),
	('2025-12-31', t.hook(t.wrote('491540001003', '2025-03-01 10:00')), NULL);
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31', t.hook(t.wrote(who::text, '2025-03-01 10:00')) FROM generate_series(491540001004, 491540001006) AS who;
-- By position: payload, signature and received_at stand before what is bookkeeping.
SAVEPOINT by_position;
INSERT INTO wa_webhook VALUES (DEFAULT, t.hook(t.wrote('491540001018', '2025-03-01 10:00')), NULL, '2025-12-31');
SELECT last_inbound_at FROM wa_activity WHERE recipient = '491540001018';
ROLLBACK TO by_position;
COPY wa_webhook (received_at, payload) FROM STDIN;
2025-12-31	{"object":"whatsapp_business_account","entry":[{"id":"b1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"s1"},"messages":[{"id":"w","from":"491540001007","timestamp":"1740823200","type":"text","text":{"body":"two\\nlines"}}]}}]}]}
2025-12-31	{"object":"whatsapp_business_account","entry":[{"id":"b1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"s1"},"messages":[{"id":"w","from":"491540001008","timestamp":"1740823200","type":"text","text":{"body":"Gr\\u00fc\\u00dfe"}}]}}]}]}
\.
PREPARE of_json (json) AS INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', $1);
PREPARE of_jsonb (jsonb) AS INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', $1);
PREPARE of_text (text) AS INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', $1);
EXECUTE of_json('{"messages": [{"id": "w", "from": "491540001009", "timestamp": "1740823200", "type": "text"}]}');
EXECUTE of_jsonb('{"messages": [{"id": "w", "from": "491540001010", "timestamp": "1740823200", "type": "text"}]}');
EXECUTE of_text('{"messages": [{"id": "w", "from": "491540001011", "timestamp": "1740823200", "type": "text"}]}');
-- A bytea becomes \x and hexadecimal digits in a column of text; its bytes are read all the same, and what is wrong with them is a problem.
PREPARE of_bytea (bytea) AS INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31', $1);
SAVEPOINT of_bytea;
EXECUTE of_bytea(convert_to('{"messages": [{"id": "w", "from": "491540001017", "timestamp": "1740823200", "type": "text", "text": {"body": "Grüße\n"}}]}', 'UTF8'));
EXECUTE of_bytea('\x7b226d65737361676573223a5b22ff225d7d');
EXECUTE of_bytea('\x');
SELECT left(payload, 10) AS kept, problem, p.fragment FROM wa_webhook AS w LEFT JOIN wa_problem AS p ON p.webhook_id = w.id WHERE payload LIKE '\\x%' ORDER BY w.id;
SELECT last_inbound_at FROM wa_activity WHERE recipient = '491540001017';
DELETE FROM wa_activity;
SELECT problems FROM wa_replay();
SELECT last_inbound_at FROM wa_activity WHERE recipient = '491540001017';
-- By its exact bytes it is signed.
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'hush');
SELECT wa_verify_signature(payload, 'sha256=05a8deff25c343956ea947ae13e9d7ab7bf2f08141dbc590c917afd3d290868a') AS verified FROM wa_webhook WHERE payload LIKE '\\x%' ORDER BY id LIMIT 1;
INSERT INTO wa_webhook (received_at, payload, signature) SELECT received_at, payload, 'sha256=05a8deff25c343956ea947ae13e9d7ab7bf2f08141dbc590c917afd3d290868a' FROM wa_webhook WHERE payload LIKE '\\x%' ORDER BY id LIMIT 1;
SELECT count(*) FROM wa_problem WHERE problem = 'bad_signature';
DELETE FROM wa_app_secret;
-- And erased, when a person is.
SELECT rows FROM wa_forget('491540001017', 'asked') WHERE part = 'webhooks';
SELECT payload FROM wa_webhook WHERE erased_at IS NOT NULL;
ROLLBACK TO of_bytea;
-- Under bytea_output = escape it becomes text with \ooo and doubled backslashes: no JSON, or JSON of another meaning.
SET LOCAL bytea_output = escape;
EXECUTE of_bytea(convert_to(E'{"messages":[{"id":"w","from":"491540001019","timestamp":"1740823200","type":"text","text":{"body":"ARRÊT"}},\n7]}', 'UTF8'));
EXECUTE of_bytea('{"messages":[{"id":"w","from":"491540001020","timestamp":"1740823200","type":"text","text":{"body":"\\"STOP\\""}},8]}');
EXECUTE of_bytea('{"messages":[{"id":"w","from":"491540001021","timestamp":"1740823200","type":"text","text":{"body":"ARR\\u00caT"}}]}');
SELECT recipient, evidence FROM wa_consent_log ORDER BY recipient;
SELECT count(*) FROM wa_replay();
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
DELETE FROM wa_webhook;
SELECT path, problem, fragment FROM wa_problem ORDER BY id;
-- By its exact bytes it is signed.
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'hush');
PREPARE of_signed_bytea (bytea) AS INSERT INTO wa_webhook (received_at, payload, signature)
	VALUES ('2025-12-31', $1, 'sha256=d58416211f49303780f457fa7d8ef6a2cf878e36734649c8a4d414e4fa93d651');
EXECUTE of_signed_bytea('{"messages":[{"id":"w","from":"491540001022","timestamp":"1740823200","type":"text","text":{"body":"ARR\\u00caT"}}]}');
EXECUTE of_signed_bytea('{"messages":[{"id":"w","from":"491540001023","timestamp":"1740823200","type":"text","text":{"body":"ARR\\u00caT"}}]}');
SELECT recipient, evidence FROM wa_consent_log WHERE recipient >= '491540001022' ORDER BY recipient;
SELECT problem FROM wa_problem ORDER BY id;
SELECT wa_verify_signature(payload, signature) AS verified, erased_at FROM wa_webhook ORDER BY id;
SELECT rows FROM wa_forget('491540001022', 'asked') WHERE part = 'webhooks';
SELECT payload FROM wa_webhook WHERE erased_at IS NOT NULL;
ROLLBACK TO of_bytea;
-- Without keeping the payload, as text or as the bytes of the request.
SELECT * FROM wa_ingest(t.hook(t.wrote('491540001012', '2025-03-01 10:00')));
SELECT * FROM wa_ingest(convert_to(t.hook(t.wrote('491540001013', '2025-03-01 10:00')), 'UTF8'));
SELECT * FROM wa_ingest(payload => t.hook(t.wrote('491540001014', '2025-03-01 10:00')), signature => 'sha256=0');
-- INSERT tells the row; nothing is lost where several statements are one.
WITH hook AS (INSERT INTO wa_webhook (received_at, payload)
	VALUES ('2025-12-31', t.hook(t.wrote('491540001015', '2025-03-01 10:00'))) RETURNING id)
SELECT count(id) FROM hook;
SELECT * FROM t.traffic;
SELECT count(*) FROM wa_webhook;
SELECT count(*) FROM wa_problem;
-- An insert that is undone leaves nothing.
SAVEPOINT before;
CALL t.take(t.wrote('491540001016', '2025-03-01 10:00'));
ROLLBACK TO before;
SELECT count(*) FROM wa_activity WHERE recipient = '491540001016';
-- The sender's own number, as the webhooks show it, whatever their order; not of one that names no sender.
SELECT wa_ingest(jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', 'b9', 'changes', jsonb_build_array(jsonb_build_object('field', 'messages',
	'value', jsonb_build_object('metadata', m) || t.wrote('491540001018', '2025-03-01 10:00'))))))::text)
FROM unnest(ARRAY['{"phone_number_id":"s9","display_phone_number":"+55 11 91234-5678"}', '{"phone_number_id":"s9"}', '{"phone_number_id":"s9","display_phone_number":5511912345678}',
	'{"phone_number_id":"s9","display_phone_number":"+55 11 91234-5678"}', '{"display_phone_number":"4930901820"}', '{"phone_number_id":"s10","display_phone_number":""}']::jsonb[]) AS m;
SELECT sender, display_phone FROM wa_sender WHERE business = 'b9' AND sender IN ('', 's9', 's10') ORDER BY sender;
-- A NULL payload is no webhook; nor is one stored that no trigger would apply.
\set VERBOSITY terse
INSERT INTO wa_webhook (payload) VALUES (NULL);
SET LOCAL session_replication_role = replica;
INSERT INTO wa_webhook (payload) VALUES ('{}');
INSERT INTO wa_webhook (token, payload) VALUES (1, '{}') RETURNING token;
RESET session_replication_role;
DELETE FROM wa_webhook WHERE token = 1;
\set VERBOSITY default
SELECT wa_ingest(NULL::text);
SELECT wa_ingest(NULL::bytea);
SELECT wa_ingest('{}'::text, received_at => NULL);
SELECT wa_ingest('{}'::text, received_at => 'infinity');

-- Nor may it lie ahead, or before there was anything to receive: it bounds the times of the elements.
SELECT wa_ingest('{}'::text, received_at => '2099-01-01');
SELECT wa_ingest('{}'::bytea, received_at => now() + interval '11 minutes');
SELECT wa_ingest('{}'::text, received_at => '1970-01-01');
SELECT wa_ingest('{"statuses":[]}'::text, received_at => now() + interval '9 minutes');
INSERT INTO wa_webhook (received_at, payload) VALUES (now(), '{}'), ('2099-01-01', '{}');
-- A row that a restore brings back is taken as it is.
INSERT INTO wa_webhook (received_at, token, payload) VALUES ('2099-01-01', 1, '{}') RETURNING received_at > now() AS ahead;
DELETE FROM wa_webhook WHERE token = 1;
-- When the webhook arrived is the caller's to say: the time of what has none, and the bound of what has.
SAVEPOINT received;
SELECT wa_ingest('{"statuses": [{"id": "w", "status": "read", "recipient_id": "491540001099"}]}'::text, NULL, '2025-02-03 04:05+00');
SELECT wa_ingest(convert_to(t.hook(t.wrote('491540001098', '2025-03-01 10:00')), 'UTF8'), received_at => '2025-03-01 09:00+00');
SELECT recipient, last_read_at AT TIME ZONE 'UTC' AS read, last_inbound_at FROM wa_activity WHERE recipient IN ('491540001099', '491540001098') ORDER BY recipient;
SELECT problem, received_at AT TIME ZONE 'UTC' AS received FROM wa_problem ORDER BY id DESC LIMIT 1;
ROLLBACK TO received;
-- Received now, if nothing else is said.
INSERT INTO wa_webhook (payload) VALUES (t.hook(t.wrote('491540001017', now())));
SELECT received_at BETWEEN now() AND clock_timestamp() AS now FROM wa_webhook ORDER BY id DESC LIMIT 1;
SELECT last_inbound_at = date_trunc('second', now() + interval '0.5 s') AS now FROM wa_activity WHERE recipient = '491540001017';

-- The shapes: envelope, test form of the dashboard, bare value, On-Premises, an array of any of these.
DELETE FROM wa_activity;
\set message '{"id": "w", "from": "49154000200N", "timestamp": "1740823200", "type": "text"}'
SELECT n, i.* FROM (VALUES
	(1, '{"object": "whatsapp_business_account", "entry": [{"id": "b1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "s1"}, "messages": [M]}}]}]}'),
	(2, '{"entry": [{"changes": [{"value": {"messages": [M]}}]}]}'),
	(3, '{"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "s1"}, "messages": [M]}}'),
	(4, '{"messaging_product": "whatsapp", "metadata": {"phone_number_id": "s1"}, "messages": [M]}'),
	(5, '{"contacts": [], "messages": [M]}'),
	(6, '[{"messages": [M]}]'),
	(7, '  {"messages":[M]}
	')) AS v (n, payload), LATERAL wa_ingest(replace(payload, 'M', replace(:'message', 'N', n::text))) AS i;
SELECT * FROM wa_ingest(replace('[{"object": "x", "entry": [{"id": "b1", "changes": [{"field": "messages", "value": {"messages": [M]}}, {"field": "messages", "value": {"messages": [M]}}]},
	{"id": "b2", "changes": [{"field": "messages", "value": {"messages": [M, M]}}]}]}, {"messages": [M]}]', 'M', replace(:'message', 'N', '8')));
SELECT recipient, business, sender FROM t.traffic;
SELECT count(*) FROM wa_problem;

-- Every scalar may be a string or a number.
DELETE FROM wa_activity;
SELECT i.* FROM (VALUES
	('{"object": "x", "entry": [{"id": 102, "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": 106},
		"messages": [{"id": 1, "from": 491540003001, "timestamp": 1740823200, "type": "text", "text": {"body": 5}}],
		"statuses": [{"id": 2, "status": "failed", "timestamp": 1740823200, "recipient_id": 491540003001, "errors": [{"code": "131047"}]}]}}]}]}'),
	('{"object": "x", "entry": [{"id": "102", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "106"},
		"messages": [{"id": "1", "from": "491540003002", "timestamp": "1740823200", "type": "text", "text": {"body": "5"}}],
		"statuses": [{"id": "2", "status": "failed", "timestamp": "1740823200", "recipient_id": "491540003002", "errors": [{"code": 131047}]}]}}]}]}')) AS v (payload),
	LATERAL wa_ingest(payload) AS i;
SELECT * FROM t.traffic;

-- Times: seconds or milliseconds, as string or number; received_at where there is none.
DELETE FROM wa_activity;
CREATE TABLE t.time (n int GENERATED ALWAYS AS IDENTITY, written jsonb);
INSERT INTO t.time (written) VALUES ('"1740823200"'), ('1740823200'), ('"1740823200123"'), ('1740823200123'), ('1740823200.5'), ('"1740823200.25"'), ('1.7408232e9'),
	('null'), ('""'),
	-- at the bounds: 2009, and ten minutes after the webhook was received
	('1230768000'), ('1230768000000'), ('1767225600'), ('1767225600000'),
	-- past them
	('1230767999'), ('1767225601'), ('"1767225600001"'), ('0'), ('-1'), ('99999999999'), ('"1e300"'), ('"9999999999999999999999"'), ('18446744073709551616'),
	-- no times
	('"2025-03-01T10:00:00Z"'), ('"yesterday"'), ('"0x67c2d7e0"'), ('"nan"'), ('"inf"'), ('true'), ('"1740823200x"');
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31 23:50:00', t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object(
	'id', 'w', 'from', 491540004000 + n, 'type', 'text', 'timestamp', written))))
FROM t.time;
SELECT written, last_inbound_at, problem, detail
FROM t.time LEFT JOIN wa_activity ON recipient::text = (491540004000 + n)::text
LEFT JOIN (wa_problem AS p JOIN wa_webhook AS w ON w.id = p.webhook_id)
	ON strpos(w.payload, (491540004000 + n)::text) > 0
ORDER BY n;
-- Without a key for it, too.
SELECT * FROM wa_ingest('{"messages": [{"id": "w", "from": "491540004100", "type": "text"}]}');
SELECT last_inbound_at BETWEEN now() AND clock_timestamp() AS received FROM wa_activity WHERE recipient = '491540004100';

-- Receipts: read and played imply delivered; sent is none; others are ignored.
DELETE FROM wa_activity;
DELETE FROM wa_problem;
SELECT status, i.* FROM unnest(ARRAY['delivered', 'read', 'played', 'sent', 'deleted', 'in_orbit', 'warning']) WITH ORDINALITY AS s (status, n),
	LATERAL wa_ingest(t.hook(t.receipt((491540005000 + n)::text, '2025-03-01 10:00', NULL, status))) AS i;
SELECT * FROM t.traffic;
-- Maxima: nothing moves back.
CALL t.take(t.receipt('491540005001', '2025-03-01 09:00', 'marketing', 'read'));
SELECT * FROM t.traffic WHERE recipient = '491540005001';
-- The category, by pricing or by the conversation it came in.
DELETE FROM wa_activity;
SELECT n, i.* FROM (VALUES
	(1, '{"pricing": {"category": "marketing"}}'::jsonb),
	(2, '{"pricing": {"category": "marketing_lite", "pricing_model": "PMP"}}'),
	(3, '{"conversation": {"origin": {"type": "marketing"}}}'),
	(4, '{"pricing": {"category": "utility"}, "conversation": {"origin": {"type": "marketing"}}}'),
	(5, '{"pricing": {"category": "utility"}}'),
	(6, '{"pricing": {"category": "authentication_international"}}'),
	(7, '{"conversation": {"origin": {"type": "business_initiated"}}}'),
	(8, '{"pricing": "free", "conversation": [1]}'),
	(9, '{"pricing": {"category": "referral_conversion"}}')) AS v (n, part),
	LATERAL wa_ingest(jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object('id', 'w', 'status', 'delivered',
		'timestamp', 1740823200, 'recipient_id', 491540005100 + n) || part))::text) AS i;
SELECT recipient, delivered, marketing FROM t.traffic;

-- The recipient of a message to a group is who received it, not the group.
DELETE FROM wa_activity;
SELECT * FROM wa_ingest('{"statuses": [{"id": "w", "status": "delivered", "timestamp": 1740823200, "recipient_id": "120363000000000000",
	"recipient_type": "group", "recipient_participant_id": "491540005201"}]}');
SELECT recipient FROM wa_activity;

-- The raw wa_id last seen stays, for sends must address it; a failure is no sight of the user.
DELETE FROM wa_activity;
CALL t.take('{"contacts": [{"wa_id": "5215512345678"}], "messages": [{"id": "w", "from": "5215512345678", "timestamp": "1740823200", "type": "text"}]}');
CALL t.take(t.receipt('525512345678', '2025-03-01 09:00'));
CALL t.take(t.failed('525512345678', 131047, '2025-03-01 11:00'));
SELECT recipient, wa_id FROM wa_activity;
CALL t.take(t.receipt('525512345678', '2025-03-01 12:00'));
SELECT recipient, wa_id FROM wa_activity;

-- Whatever is known to mean nothing here is ignored: other fields, other kinds, a contact without more.
DELETE FROM wa_activity;
SELECT n, i.* FROM (VALUES
	(1, t.hook('{"event": "APPROVED", "message_template_id": 12345}', field => 'message_template_status_update')),
	(2, t.hook('{"anything": [1, 2, {"x": null}]}', field => 'a field of next year')),
	(3, t.hook('{"message_echoes": [{"from": "1", "to": "491540006001", "id": "w", "timestamp": "1740823200", "type": "text", "text": {"body": "stop"}}]}', field => 'smb_message_echoes')),
	(4, t.hook('{"messages": [{"id": "w", "from": "491540006001", "timestamp": "1740823200", "type": "text", "text": {"body": "stop"}}]}', field => 'history')),
	(5, t.hook('{"contacts": [{"wa_id": "491540006001"}]}')),
	(6, t.hook('{"errors": [{"code": 130429}]}')),
	(7, t.hook('{"event": "PARTNER_ADDED"}', field => 'account_update')),
	(8, '{"object": "whatsapp_business_account", "entry": []}'),
	(9, '{"object": "whatsapp_business_account"}'),
	(10, '{"field": "account_alerts", "value": {"alert_severity": "INFORMATIONAL"}}'),
	(11, '[]'),
	(12, t.hook('{"statuses": [{"id": "w", "type": "call", "status": "failed", "timestamp": "1740823200", "recipient_id": "491540006001"}]}'))) AS v (n, payload),
	LATERAL wa_ingest(payload) AS i;
SELECT count(*) FROM wa_activity;
SELECT count(*) FROM wa_problem;

ROLLBACK;
