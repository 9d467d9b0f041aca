--
-- Message templates
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set VERBOSITY terse
\set ECHO none
\i test/helpers.sql

CREATE PROCEDURE t.update(value jsonb, at timestamptz, field text DEFAULT 'message_template_status_update') LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload) VALUES (at, jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', 'b1',
		'changes', jsonb_build_array(jsonb_build_object('field', field, 'value',
			jsonb_build_object('message_template_id', 1234567890123456, 'message_template_name', 'hello', 'message_template_language', 'pt_BR') || value)))))) $$;
CREATE FUNCTION t.can(VARIADIC at timestamptz[]) RETURNS TABLE (at timestamptz, sendable boolean, category text) LANGUAGE sql STABLE AS $$
	SELECT a, wa_template_sendable('hello', 'pt_BR', 'b1', a), wa_template_category('hello', 'pt_BR', 'b1', a) FROM unnest(at) AS a $$;

SELECT wa_template_sendable('hello', 'pt_BR', 'b1');
CALL t.update('{"event":"APPROVED","reason":null}', '2025-03-01 10:00');
SELECT * FROM t.can('2025-03-01 11:00');
-- Pauses end by themselves, but not one for its pace.
CALL t.update('{"event":"PAUSED","other_info":{"title":"FIRST_PAUSE","description":"x"}}', '2025-03-02 10:00');
SELECT * FROM t.can('2025-03-02 10:00', '2025-03-02 12:59:59.999999', '2025-03-02 13:00');
CALL t.update('{"event":"PAUSED","other_info":{"title":"SECOND_PAUSE"}}', '2025-03-03 10:00');
SELECT * FROM t.can('2025-03-03 15:59', '2025-03-03 16:00');
CALL t.update('{"event":"PAUSED","other_info":{"title":"RATE_LIMITING_PAUSE"}}', '2025-03-04 10:00');
SELECT * FROM t.can('2026-03-04 10:00');
CALL t.update('{"event":"APPROVED","other_info":{"title":"UNPAUSE"}}', '2025-03-05 10:00');
SELECT * FROM t.can('2025-03-05 11:00');
-- What comes late, and what cannot be sent wins at the same moment.
CALL t.update('{"event":"DISABLED"}', '2025-03-04 09:00');
SELECT * FROM t.can('2025-03-05 11:00');
CALL t.update('{"event":"DISABLED"}', '2025-03-05 10:00');
CALL t.update('{"event":"APPROVED"}', '2025-03-05 10:00');
SELECT * FROM t.can('2025-03-05 11:00');
-- A status that nobody knows is none to send with; FLAGGED is a warning.
CALL t.update('{"event":"SOMETHING_NEW"}', '2025-03-06 10:00');
SELECT * FROM t.can('2025-03-06 11:00');
CALL t.update('{"event":"FLAGGED","disable_info":{"disable_date":"January 31, 2026"}}', '2025-03-06 12:00');
SELECT * FROM t.can('2025-03-06 13:00');
-- The category: announced, then switched.
CALL t.update('{"new_category":"UTILITY","correct_category":"MARKETING","category_update_timestamp":1741392000}', '2025-03-07 10:00', 'template_category_update');
SELECT * FROM t.can('2025-03-07 23:59:59', '2025-03-08 00:00');
CALL t.update('{"previous_category":"UTILITY","new_category":"MARKETING"}', '2025-03-08 00:00', 'template_category_update');
SELECT * FROM t.can('2025-03-08 00:00');
-- The quality, under either field.
CALL t.update('{"previous_quality_score":"GREEN","new_quality_score":"YELLOW"}', '2025-03-08 10:00', 'message_template_quality_update');
CALL t.update('{"previous_quality_score":"GREEN","new_quality_score":"RED"}', '2025-03-07 10:00');
SELECT * FROM wa_template;
-- Two announcements at once: the later change stands, then the greater category.
CALL t.update('{"new_category":"UTILITY","correct_category":"MARKETING","category_update_timestamp":1741478400}', '2025-03-08 12:00', 'template_category_update');
CALL t.update('{"new_category":"UTILITY","correct_category":"AUTHENTICATION","category_update_timestamp":1741478400}', '2025-03-08 12:00', 'template_category_update');
SELECT category, next_category, next_category_at FROM wa_template;

-- A status that repeats the category takes back nothing that is announced; a category told after that day does.
CALL t.update('{"event":"APPROVED","message_template_category":"UTILITY"}', '2025-03-08 13:00');
SELECT status, category, category_at, next_category, next_category_at FROM wa_template;
SELECT * FROM t.can('2025-03-08 23:00', '2025-03-09 00:00');
CALL t.update('{"event":"APPROVED","message_template_category":"UTILITY"}', '2025-03-09 13:00');
SELECT * FROM t.can('2025-03-09 13:00');
-- Of two told at one moment marketing stands; an announcement of a day that is past counts from when it was told.
CALL t.update('{"event":"APPROVED","message_template_category":"MARKETING"}', '2025-03-10');
CALL t.update('{"event":"APPROVED","message_template_category":"UTILITY"}', '2025-03-10');
SELECT * FROM t.can('2025-03-10');
CALL t.update('{"new_category":"UTILITY"}', '2025-03-10 12:00', 'template_category_update');
CALL t.update('{"new_category":"UTILITY","correct_category":"MARKETING","category_update_timestamp":1741000000}', '2025-03-11', 'template_category_update');
SELECT * FROM t.can('2025-03-10 23:59', '2025-03-11');
-- An announcement alone.
CALL t.update('{"message_template_name":"bye","correct_category":"MARKETING","category_update_timestamp":1742000000}', '2025-03-12', 'template_category_update');
SELECT wa_template_category('bye', 'pt_BR', 'b1', '2025-03-14') AS before, wa_template_category('bye', 'pt_BR', 'b1', '2025-03-15 01:00') AS after;

-- The time of the entry counts, not that of the receipt: what WhatsApp sends again is not later.
CREATE PROCEDURE t.dated(value jsonb, "time" bigint, at timestamptz) LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload) VALUES (at, jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', 'b1', 'time', "time",
		'changes', jsonb_build_array(jsonb_build_object('field', 'message_template_status_update', 'value',
			jsonb_build_object('message_template_name', 'late', 'message_template_language', 'pt_BR') || value)))))) $$;
SAVEPOINT late;
CALL t.dated('{"event":"PAUSED","other_info":{"title":"FIRST_PAUSE"}}', 1741600800, '2025-03-10 10:30');
SELECT status, paused_until, status_at FROM wa_template WHERE name = 'late';
CALL t.dated('{"event":"APPROVED","message_template_category":"MARKETING"}', 1741604400, '2025-03-10 11:00:10');
CALL t.dated('{"event":"PAUSED","message_template_category":"UTILITY","other_info":{"title":"SECOND_PAUSE"}}', 1741600800, '2025-03-12 10:00');
SELECT status, paused_until, status_at, category, category_at FROM wa_template WHERE name = 'late';
-- With a time that cannot be right a status that pauses counts from the receipt, and one that lets send does not count.
CALL t.dated('{"event":"PAUSED"}', 1899999999, '2025-03-13 10:00');
CALL t.dated('{"event":"APPROVED","message_template_category":"UTILITY"}', 1899999999, '2025-03-13 11:00');
SELECT status, status_at, category FROM wa_template WHERE name = 'late';
CALL t.dated('{"event":"APPROVED","message_template_category":"UTILITY"}', 1741860000, '2025-03-13 12:00');
CALL t.dated('{"new_category":"MARKETING","event":"REINSTATED"}', 1899999999, '2025-03-13 13:00');
SELECT status, status_at, category, category_at FROM wa_template WHERE name = 'late';
SELECT problem, detail FROM wa_problem;
ROLLBACK TO late;

-- A language with "-" is the same as with "_", in webhooks and in questions.
CALL t.update('{"message_template_language":"pt-BR","event":"PAUSED"}', '2025-03-12');
SELECT name, language, status FROM wa_template ORDER BY name;
SELECT wa_template_sendable('hello', 'pt-BR', 'b1', '2025-03-12'), wa_template_sendable('hello', 'pt_BR', 'b1', '2025-03-12'),
	wa_template_category('hello', 'pt-BR', 'b1', '2025-03-12');
INSERT INTO wa_template (business, name, language, status, category) VALUES ('b1', 'old', 'zh-Hant-HK', 'APPROVED', 'UTILITY');
SELECT wa_template_sendable('old', 'zh_Hant_HK', 'b1'), wa_template_category('old', 'zh_Hant-HK', 'b1');
-- Of two rows the stricter one holds.
CALL t.update('{"message_template_name":"old","message_template_language":"zh_Hant_HK","event":"DISABLED","message_template_category":"MARKETING"}', '2025-03-12');
SELECT wa_template_sendable('old', 'zh-Hant-HK', 'b1', '2025-03-12'), wa_template_category('old', 'zh-Hant-HK', 'b1', '2025-03-12');
DELETE FROM wa_template WHERE language = 'zh-Hant-HK';

-- Any order, any batch, any repetition: the same row.
CREATE TEMPORARY TABLE before AS TABLE wa_template;
SELECT payload, received_at INTO TEMPORARY TABLE hooks FROM wa_webhook;
TRUNCATE wa_template, wa_webhook;
INSERT INTO wa_webhook (payload, received_at) SELECT payload, received_at FROM hooks ORDER BY md5(payload);
SELECT count(*) FROM (TABLE before INTERSECT TABLE wa_template) AS same;
TRUNCATE wa_template, wa_webhook;
DO $$ DECLARE h record; BEGIN
	FOR h IN SELECT * FROM hooks ORDER BY md5(payload) DESC LOOP
		INSERT INTO wa_webhook (payload, received_at) VALUES (h.payload, h.received_at), (h.payload, h.received_at);
	END LOOP;
END $$;
SELECT count(*) FROM (TABLE before INTERSECT TABLE wa_template) AS same;

-- A failed message tells of the template that wa_sent named, whichever comes first, until a later status.
CALL t.update('{"event":"APPROVED"}', '2025-03-16 09:00');
SELECT problems FROM wa_report_error('491700000001', 132015, '2025-03-16 10:00', 'b1', 's1', 'm1');
SELECT * FROM t.can('2025-03-16 10:00');
SELECT wa_sent('m1', '491700000001', 'utility', 'hello', at => '2025-03-16 10:00', business => 'b1');
SELECT at, sendable FROM t.can('2025-03-16 09:59:59', '2025-03-16 10:00', '2025-03-16 15:59:59', '2025-03-16 16:00');
SELECT wa_sent('m2', '491700000001', 'utility', 'hello', at => '2025-03-17 10:00');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-17 10:00', 'b1', 's1', 'm2');
SELECT at, sendable FROM t.can('2025-03-17 09:59:59', '2025-03-17 10:00', '2026-03-17 10:00');
-- Not that of another template.
SELECT wa_sent('m3', '491700000001', 'utility', 'other', at => '2025-03-18 11:00', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-18 11:00', 'b1', 's1', 'm3');
CALL t.update('{"event":"APPROVED"}', '2025-03-18 10:00');
SELECT at, sendable FROM t.can('2025-03-18 12:00');
-- A failure within a pause that was told says nothing of its end; that the template is disabled, it does say.
CALL t.update('{"event":"PAUSED","other_info":{"title":"FIRST_PAUSE"}}', '2025-03-19 10:00');
SELECT wa_sent('m4', '491700000001', 'utility', 'hello', at => '2025-03-19 11:00', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 132015, '2025-03-19 11:00', 'b1', 's1', 'm4');
SELECT at, sendable FROM t.can('2025-03-19 12:59', '2025-03-19 13:00');
SELECT wa_sent('m5', '491700000001', 'utility', 'hello', at => '2025-03-19 12:00');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-19 12:00', message_id => 'm5');
SELECT at, sendable FROM t.can('2025-03-19 13:00');

-- A provider's own number counts as the code that it is the same as.
INSERT INTO wa_error_override (code, same_as) VALUES (63041, 132015), (63042, 132016);
CALL t.update('{"event":"APPROVED"}', '2025-03-20 09:00');
SELECT wa_sent('m6', '491700000001', 'utility', 'hello', at => '2025-03-20 10:00', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 63041, '2025-03-20 10:00', 'b1', 's1', 'm6');
SELECT at, sendable FROM t.can('2025-03-20 15:59:59', '2025-03-20 16:00');
SELECT wa_sent('m7', '491700000001', 'utility', 'hello', at => '2025-03-20 17:00', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 63042, '2025-03-20 17:00', 'b1', 's1', 'm7');
SELECT at, sendable FROM t.can('2026-03-20 17:00');
DELETE FROM wa_error_override;

-- A webhook that names no business speaks for every business, beside their own rows and alone.
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-03-21', '{"field":"message_template_status_update","value":{"event":"DISABLED","message_template_name":"any","message_template_language":"de"}}');
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-03-21', '{"field":"template_category_update","value":{"new_category":"MARKETING","message_template_name":"any","message_template_language":"de"}}');
INSERT INTO wa_template (business, name, language, status, category) VALUES ('b2', 'any', 'de', 'APPROVED', 'UTILITY');
SELECT b, wa_template_sendable('any', 'de', b), wa_template_category('any', 'de', b) FROM unnest('{b1, b2}'::text[]) AS b;
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-03-22', '{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_name":"any","message_template_language":"de"}}');
SELECT wa_sent('m8', '491700000001', 'utility', 'any', at => '2025-03-23', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-23', 'b1', 's1', 'm8');
SELECT b, wa_template_sendable('any', 'de', b) FROM unnest('{b1, b2}'::text[]) AS b;
-- Failed messages with the template are found by an index.
INSERT INTO wa_message (message_id, recipient, failed_at, code, template)
	SELECT 'other' || n, '491700000009', '2025-03-23', 131026, 'other' || n % 100 FROM generate_series(1, 2000) AS n;
ANALYZE wa_message;
SELECT pg_stat_get_xact_numscans('wa_message_template_failed'::regclass) AS before \gset
SELECT wa_template_sendable('any', 'de', 'b1');
SELECT pg_stat_get_xact_numscans('wa_message_template_failed'::regclass) - :before AS scans;
DELETE FROM wa_message WHERE template LIKE 'other%';
-- A later status ends that, although the row for every business has none so late.
INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-03-24', '{"entry":[{"id":"b1","changes":[{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_name":"any","message_template_language":"de"}}]}]}');
SELECT wa_template_sendable('any', 'de', 'b1');
-- One that names no language may be of another one; one that names it ends that.
SELECT wa_sent('m9', '491700000001', 'utility', 'any', at => '2025-03-25', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-25', 'b1', 's1', 'm9');
CALL t.update('{"event":"APPROVED","message_template_name":"any","message_template_language":null}', '2025-03-26');
SELECT wa_template_sendable('any', 'de', 'b1');
CALL t.update('{"event":"APPROVED","message_template_name":"any","message_template_language":"de"}', '2025-03-27');
SELECT wa_template_sendable('any', 'de', 'b1');
-- One of the same second does not: the message may have failed after it.
SELECT wa_sent('m10', '491700000001', 'utility', 'any', at => '2025-03-27', business => 'b1');
SELECT problems FROM wa_report_error('491700000001', 132016, '2025-03-27', 'b1', 's1', 'm10');
SELECT wa_template_sendable('any', 'de', 'b1');

-- A pause that WhatsApp ends, under any event; events that come late or at the same time.
DELETE FROM wa_template;
CALL t.update('{"event":"PAUSED"}', '2025-03-20 10:00');
CALL t.update('{"event":"PAUSED","other_info":{"title":"UNPAUSE"}}', '2025-03-20 12:00');
CALL t.update('{"event":"PAUSED"}', '2025-03-20 11:00');
SELECT * FROM t.can('2025-03-20 11:59', '2025-03-20 12:00');
CALL t.update('{"event":"PAUSED"}', '2025-03-20 12:00');
SELECT * FROM t.can('2025-03-20 12:00');
DELETE FROM wa_template;

-- A status that a DBA writes is read as one of a webhook: in upper or lower case; an unknown one blocks.
INSERT INTO wa_template (business, name, language, status) SELECT 'b1', 'added', 'x' || n, s FROM unnest(ARRAY['APPROVED', 'approved', 'Flagged', NULL,
	'DISABLED', 'disabled', 'PAUSED', 'REJECTED', 'PENDING', 'APROVED', ' APPROVED', '']) WITH ORDINALITY AS v (s, n);
SELECT status, blocked, wa_template_sendable(name, language, business) AS sendable FROM wa_template ORDER BY substr(language, 2)::int;
UPDATE wa_template SET status = 'REJECTED' WHERE language = 'x1';
SELECT wa_template_sendable('added', 'x1', 'b1');
-- A webhook overwrites it; one without a status keeps it.
CALL t.update('{"message_template_name":"added","message_template_language":"x1","new_quality_score":"GREEN"}', '2025-03-21', 'message_template_quality_update');
SELECT wa_template_sendable('added', 'x1', 'b1');
CALL t.update('{"message_template_name":"added","message_template_language":"x1","event":"APPROVED"}', '2025-03-22');
SELECT wa_template_sendable('added', 'x1', 'b1');
INSERT INTO wa_template (business, name, status, blocked) VALUES ('b1', 'forced', 'REJECTED', false);
INSERT INTO wa_template (business, name, status, paused_until) VALUES ('b1', 'forever', 'PAUSED', 'infinity');
DELETE FROM wa_template WHERE name = 'added';

-- What came without a language speaks for every language of the template, and makes none known.
CALL t.update('{"message_template_name":"mute","message_template_language":"de","event":"APPROVED","message_template_category":"UTILITY"}', '2025-03-20');
CALL t.update('{"message_template_name":"mute","message_template_language":null,"event":"DISABLED","message_template_category":"MARKETING"}', '2025-03-19');
SELECT language, status, wa_template_sendable(name, language, business) AS sendable, wa_template_category(name, language, business) AS category
FROM wa_template WHERE name = 'mute' ORDER BY language;
SELECT wa_template_sendable('mute', 'en', 'b1');
DELETE FROM wa_template WHERE name = 'mute';

-- What says nothing of a template is ignored; that one may not be sent, and nobody knows which, is told.
SELECT count(*) AS before FROM wa_template \gset
CALL t.update('{"message_template_name":null,"event":"PAUSED"}', '2025-03-09');
CALL t.update('{}', '2025-03-09');
SELECT count(*) - :before AS more, (SELECT count(*) FROM wa_problem) AS problems FROM wa_template;
SELECT wa_template_sendable('hello', 'en', 'b1');
SELECT wa_template_category('hello', 'pt_BR', 'b2');
SELECT wa_template_sendable(NULL, 'en', 'b1');
ROLLBACK;
