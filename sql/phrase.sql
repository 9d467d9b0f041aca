--
-- Opt-out and opt-in phrases: what counts as one, and editing them
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- What the register says after one message, for each of these.
CREATE TABLE t.said (n int GENERATED ALWAYS AS IDENTITY, part jsonb);
CREATE PROCEDURE t.all_say() LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload)
	SELECT '2025-12-31', t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object(
		'id', 'w', 'from', 491570000000 + n, 'timestamp', 1740823200) || part)))
	FROM t.said
$$;
CREATE VIEW t.heard AS
SELECT n, CASE WHEN part->>'type' = 'text' AND jsonb_typeof(part->'text'->'body') = 'string' THEN part->'text'->>'body' ELSE part::text END AS said, coalesce(state, '-') AS heard
FROM t.said LEFT JOIN wa_consent ON recipient::text = (491570000000 + n)::text ORDER BY n;
CREATE FUNCTION t.text(body text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('type', 'text', 'text', jsonb_build_object('body', body));

-- The whole message, case, blanks around it, punctuation behind it and accents aside.
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY[
	'STOP', 'stop', 'Stop.', 'STOP.', '  stop ', E'stop\n', E'\u00a0Stop\u2009', 'stop!!!', 'Stop ...', 'stop,', 'stop?', 'stop…', 'stop :-)', 'ＳＴＯＰ',
	'STOP ALL', E'Stop  \t all', 'Stop promotions', 'unsubscribe', 'Opt-out', 'opt out', 'ARRÊT', 'arrêt', E'arre\u0302t', 'Arret.', 'Désabonner', 'baja', 'Cancelar suscripción',
	'SAIR', 'إيقاف', 'إيقاف.', 'إِيقاف', 'إيقاف؟', 'START', 'start!', 'Unstop', 'resume promotions']) AS body;
CALL t.all_say();
\pset format unaligned
SELECT heard, string_agg(to_json(said)::text, ' ' ORDER BY n) AS said FROM t.heard GROUP BY heard;
\pset format aligned

-- So do not quotes, markup, emoji, what is not seen, and what is polite.
DELETE FROM t.said;
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY[
	'"stop"', '“Stop”', '.stop', '*STOP*', '_stop_', '```stop```', '¡BAJA!', 'STOP 🛑', '🙏🏽 stop 🙏🏽', '🇪🇸 baja', E'st\u200bop', 'stop stop', 'please stop', 'Stop. Thank you', 'ok stop',
	'Parar promoções', 'Detener promociones', 'Остановить рекламу', 'Unsubscribe from Promos', 'Unsubscribe from All', 'प्रमोशन बंद करें', 'Promosyonları DURDUR', 'DURDUR lütfen',
	'bitte abmelden', 'Keine Werbung, danke', 'I want to unsubscribe', 'start please', '“START”',
	'ऑप्ट आउट', 'ऑप्ट-आउट करें', 'Удалить из рассылки', 'Остановить рассылки', 'أوقف الإعلانات', 'Hentikan notifikasi', 'SMS iptal', 'Durdurunuz', 'Parar propaganda', 'Elimíneme de la lista']) AS body;
CALL t.all_say();
\pset format unaligned
SELECT heard, string_agg(to_json(said)::text, ' ' ORDER BY n) AS said FROM t.heard GROUP BY heard;
\pset format aligned

-- Nor does the length of a letter, and letters alone are a word.
-- Where each sentence is a phrase that means stop, so does the message; one that is not active does not hinder the others.
DELETE FROM t.said;
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY[
	'STOOOP', 'S.T.O.P.', 's t o p please', 'Stop. Remove me from your list.', E'Hello\nUNSUBSCRIBE me\nStop messaging me!', 'STOP/ARRÊT', 'Not interested. Stop.', 'No, stop', 'stop, thanks, baja', 'لا، إيقاف',
	'No. Cancel.', 'No.', 'Not interested', 'Stop. Where is my order?', 'Where is my order? Stop.', 'Don''t. Stop.', 'Start. Stop.', 'Start. Subscribe.', 'Stop? Remove me', 'stoop', repeat('Stop. Remove me. ', 5), repeat('stop ', 200), 'Stop ' || repeat('😡', 200)]) AS body;
CALL t.all_say();
\pset format unaligned
SELECT heard, string_agg(to_json(said)::text, ' ' ORDER BY n) AS said FROM t.heard GROUP BY heard;
\pset format aligned

-- More than a phrase is none.
DELETE FROM t.said;
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY[
	'don''t stop', 'please don''t stop', 'stop it', 'nonstop', 'non-stop', 's t op', 'st-op', 'stop start', 'how do I stop the alarm?', 'can I cancel my order?', '', '   ', '...', 'don’t stop!', 'please', 'ok thanks',
	'yes', 'end', 'cancel', 'quit', 'yes please', 'ok start', 'start?', 'START 🚫', 'st op', 'stopx', repeat(' ', 4100) || 'stop please', repeat('stop ', 2000), repeat('x', 100000), '🛑']) AS body;
CALL t.all_say();
SELECT heard, count(*) FROM t.heard GROUP BY heard;
-- They are messages all the same.
SELECT count(*) = (SELECT count(*) FROM t.said) AS windows FROM t.said JOIN wa_activity ON recipient::text = (491570000000 + n)::text WHERE last_inbound_at = '2025-03-01 10:00';

-- Where a phrase may stand: the text, a button's text or payload, a reply button's title or id, and for a stop a list row's.
DELETE FROM t.said;
INSERT INTO t.said (part) VALUES
	('{"type": "button", "button": {"text": "Stop promotions", "payload": "whatever"}}'),
	('{"type": "button", "button": {"text": "Thank you", "payload": "STOP"}}'),
	('{"type": "button", "button": {"text": "Start", "payload": "STOP"}}'),
	('{"type": "button", "button": {"text": "Stop", "payload": "START"}}'),
	('{"type": "button", "button": {"text": "Start", "payload": "x"}}'),
	('{"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "x", "title": "Stop promotions"}}}'),
	('{"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "unsubscribe", "title": "No, thanks"}}}'),
	('{"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "x", "title": "Stop the music"}}}'),
	('{"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "x", "title": "Stop"}}}'),
	('{"type": "interactive", "interactive": {"type": "button_reply", "id": "x", "title": "Stop"}}'),
	('{"type": "interactive", "interactive": {"type": "button_reply", "button_reply": "Start"}}'),
	('{"type": "image", "image": {"id": "1", "caption": "stop"}}'),
	('{"type": "reaction", "reaction": {"emoji": "stop"}}'),
	('{"type": "edit", "text": {"body": "stop"}}'),
	('{"type": "edit", "edit": {"message": "stop"}}'),
	('{"type": "unsupported", "text": {"body": "stop"}}'),
	('{"type": "unsupported", "text": {"body": "start"}}'),
	('{"type": "audio", "audio": {"id": "1"}, "text": {"body": "stop"}}'),
	('{"type": "text", "text": {"body": ["stop"]}}'),
	('{"type": "text", "text": "stop"}'),
	('{"type": "text", "body": "stop"}');
CALL t.all_say();
SELECT said, heard FROM t.heard;

-- It is the business's register; START lifts that, and not WhatsApp's.
DELETE FROM wa_activity;
CALL t.take(t.wrote('491570009001', '2025-03-01 10:00', 'STOP'));
SELECT business, register, state, at, origin, sender, message_id FROM wa_consent WHERE recipient = '491570009001';
SELECT * FROM wa_explain('491570009001', 'marketing', at => '2025-03-01 11:00');
SELECT category, wa_sendable('491570009001', category, at => '2025-03-01 11:00') FROM unnest(enum_range(NULL::wa_category)) AS category;
SELECT business, register, state, origin, message_id, evidence FROM wa_consent_log WHERE recipient = '491570009001';
CALL t.take(t.wrote('491570009001', '2025-03-01 12:00', 'Start'));
SELECT wa_sendable('491570009001', 'marketing', at => '2025-03-01 13:00');
CALL t.take(t.prefers('491570009001', 'stop', '2025-03-01 11:00'));
SELECT rule, reason FROM wa_explain('491570009001', 'marketing', at => '2025-03-01 13:00');
-- The latest counts, a stop wins a tie, and the order of arrival does not matter.
CALL t.take(t.wrote('491570009002', '2025-03-01 12:00', 'START'));
CALL t.take(t.wrote('491570009002', '2025-03-01 11:00', 'STOP'));
CALL t.take(t.wrote('491570009003', '2025-03-01 12:00', 'STOP'));
CALL t.take(t.wrote('491570009003', '2025-03-01 12:00', 'START'));
CALL t.take(t.wrote('491570009004', '2025-03-01 12:00', 'START'));
CALL t.take(t.wrote('491570009004', '2025-03-01 12:00', 'STOP'));
SELECT recipient, state, at FROM wa_consent WHERE recipient BETWEEN '491570009002' AND '491570009004' ORDER BY recipient;

-- Editing: a change counts from the next message on.
DELETE FROM t.said;
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY['No más, por favor', 'NO MAS POR FAVOR', 'basta', 'revoke', 'ok', 'pare', 'Paré!']) AS body;
INSERT INTO wa_phrase (phrase, meaning) VALUES ('¡Basta', 'stop'), ('basta', 'stop'), ('no más, por favor', 'stop'), ('OK', 'resume'), ('pare', 'resume'), ('PARÉ', 'stop');
DELETE FROM wa_phrase WHERE phrase = 'REVOKE';
CALL t.all_say();
SELECT said, heard FROM t.heard;
-- A phrase that is not active means nothing, until it is.
SELECT phrase, meaning, language, active FROM wa_phrase WHERE phrase IN ('END', 'CANCEL', 'QUIT', 'YES') ORDER BY phrase;
UPDATE wa_phrase SET active = true WHERE phrase = 'CANCEL';
UPDATE wa_phrase SET active = false WHERE phrase = 'UNSUB';
DELETE FROM t.said;
INSERT INTO t.said (part) SELECT t.text(body) FROM unnest(ARRAY['cancel', 'Cancel, please', 'can I cancel my order?', 'unsub']) AS body;
CALL t.all_say();
SELECT said, heard FROM t.heard;
-- As it is compared; found by index.
SELECT phrase, convert_from(wa__phrase_folded(phrase), 'UTF8') AS folded FROM unnest(ARRAY['¡BAJA, por favor!', 'Für', '...']) AS phrase;
-- In eleven languages both ways, in others what stops alone; the fillers can be seen.
SELECT language, count(*) FILTER (WHERE meaning = 'stop' AND active) > 10 AS stop, count(*) FILTER (WHERE meaning = 'resume' AND active) > 5 AS resume,
	count(*) FILTER (WHERE NOT active) > 3 AS not_active FROM wa_phrase WHERE is_default GROUP BY language
	HAVING bool_or(meaning = 'resume') ORDER BY language;
SELECT string_agg(language, ' ' ORDER BY language) AS stops_only FROM (SELECT language FROM wa_phrase WHERE is_default GROUP BY language HAVING NOT bool_or(meaning = 'resume')) AS l;
SELECT * FROM wa_phrase_filler() WHERE words IN ('please', 'ok', 'спасибо') ORDER BY words COLLATE "C";
SELECT count(*) FROM (SELECT phrase, meaning, language, active FROM wa_default_phrase() EXCEPT SELECT phrase, meaning, language, active FROM wa_phrase) AS changed;
-- What came with the extension and was changed is remembered, for dump and restore.
UPDATE wa_phrase SET meaning = 'resume' WHERE phrase = 'SAIR';
UPDATE wa_phrase SET phrase = 'SCHLUSS' WHERE phrase = 'ABMELDEN';
INSERT INTO wa_phrase (phrase, meaning) VALUES ('START', 'resume');
SELECT phrase, meaning, is_default FROM wa_phrase WHERE NOT is_default ORDER BY phrase;
SELECT * FROM wa_default_removed ORDER BY relation, key;
TRUNCATE wa_phrase;
SELECT count(*) FROM wa_phrase;
CALL t.take(t.wrote('491570009005', '2025-03-01 12:00', 'STOP'));
SELECT count(*) FROM wa_consent WHERE recipient = '491570009005';
SELECT count(*) = (SELECT count(*) FROM wa_default_phrase()) AS all_removed FROM wa_default_removed WHERE relation = 'wa_phrase';

-- What can be no phrase.
\set VERBOSITY terse
INSERT INTO wa_phrase (phrase, meaning) VALUES ('', 'stop');
INSERT INTO wa_phrase (phrase, meaning) VALUES (' ... ', 'stop');
INSERT INTO wa_phrase (phrase, meaning) VALUES (repeat('xy', 33), 'stop');
INSERT INTO wa_phrase (phrase, meaning) VALUES (repeat('xy', 32), 'stop');
INSERT INTO wa_phrase (phrase, meaning) VALUES ('halt', 'maybe');
INSERT INTO wa_phrase (phrase, meaning) VALUES ('halt', NULL);
INSERT INTO wa_phrase (phrase, meaning) VALUES (NULL, 'stop');
\set VERBOSITY default

ROLLBACK;
