--
-- wa_message: what became of each outgoing message, whatever the order of its statuses
--
BEGIN;
\set ECHO none
\i test/helpers.sql
CREATE FUNCTION t.status(message text, who text, status text, at timestamptz, category text DEFAULT NULL,
	code integer DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('statuses', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
		'id', message, 'status', status, 'timestamp', t.unix(at), 'recipient_id', who,
		'pricing', CASE WHEN category IS NOT NULL THEN jsonb_build_object('category', category) END,
		'errors', CASE WHEN code IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', code)) END)) || more));
CREATE VIEW t.shown AS
SELECT message_id, recipient, business, sender, category, to_char(sent_at AT TIME ZONE 'UTC', 'HH24:MI') AS sent,
	to_char(delivered_at AT TIME ZONE 'UTC', 'HH24:MI') AS delivered, to_char(read_at AT TIME ZONE 'UTC', 'HH24:MI') AS read,
	to_char(failed_at AT TIME ZONE 'UTC', 'HH24:MI') AS failed, code, template, campaign, participant
FROM wa_message ORDER BY message_id, participant;
\set ECHO all

-- One row a message, merged from its statuses.
CALL t.take(t.status('m1', '491700000001', 'sent', '2025-06-01 10:00Z'));
CALL t.take(t.status('m1', '491700000001', 'delivered', '2025-06-01 10:01Z', 'marketing'));
CALL t.take(t.status('m1', '491700000001', 'read', '2025-06-01 10:05Z', 'marketing'));
CALL t.take(t.status('m2', '491700000002', 'failed', '2025-06-01 10:02Z', NULL, 131026));
-- Read implies delivered; a code that does nothing to the recipient, and one that nobody knows, are kept with the message.
CALL t.take(t.status('m3', '491700000003', 'read', '2025-06-01 10:07Z', 'utility'));
CALL t.take(t.status('m4', '491700000004', 'failed', '2025-06-01 10:02Z', NULL, 131000));
CALL t.take(t.status('m5', '491700000005', 'failed', '2025-06-01 10:02Z', NULL, 999999));
CALL t.take(t.status('m6', '491700000006', 'failed', '2025-06-01 10:02Z'));
SELECT * FROM t.shown;

-- A repeated webhook changes nothing, not even the row's place.
CREATE TEMP TABLE before AS SELECT ctid AS place, * FROM wa_message;
CALL t.take(t.status('m1', '491700000001', 'delivered', '2025-06-01 10:01Z', 'marketing'));
CALL t.take(t.status('m2', '491700000002', 'failed', '2025-06-01 10:02Z', NULL, 131026));
SELECT count(*) FROM wa_message AS m JOIN before AS b ON b.place = m.ctid AND b.message_id = m.message_id;

-- What the session takes backslashes for changes nothing.
SET LOCAL standard_conforming_strings = off;
SELECT wa_sent('sms', '491700000031', business => 'b1', sender => 's1', at => '2025-05-01 09:00Z');
SET LOCAL standard_conforming_strings = on;
DELETE FROM wa_message WHERE message_id = 'sms';

-- What only the sender knows, before the statuses, after them, and twice.
SELECT wa_sent('m1', '+49 170 0000001', 'marketing', 'summer', 'c1', '2025-06-01 09:59Z', 'b1', 's1');
SELECT wa_sent('m1', '+49 170 0000001', 'marketing', 'summer', 'c1', '2025-06-01 09:59Z', 'b1', 's1');
SELECT wa_sent('m7', '491700000007', 'utility', 'parcel', NULL, '2025-06-01 11:00Z', 'b1', 's1');
CALL t.take(t.status('m7', '491700000007', 'delivered', '2025-06-01 11:01Z', 'utility'));
-- A phone that another status hides is the recipient all the same; a group has a row for each participant.
CALL t.take(t.status('m8', NULL, 'sent', '2025-06-01 12:00Z', 'marketing', NULL, '{"recipient_user_id": "DE.abc"}'));
CALL t.take(t.status('m8', '491700000008', 'delivered', '2025-06-01 12:01Z', 'marketing', NULL, '{"recipient_user_id": "DE.abc"}'));
CALL t.take(t.status('m9', 'group', 'delivered', '2025-06-01 12:00Z', NULL, NULL, '{"recipient_type": "group", "recipient_participant_id": "491700000009"}'));
CALL t.take(t.status('m9', 'group', 'delivered', '2025-06-01 12:01Z', NULL, NULL, '{"recipient_type": "group", "recipient_participant_id": "491700000010"}'));
CALL t.take(t.status('m9', 'group', 'sent', '2025-06-01 11:59Z', NULL, NULL, '{"recipient_type": "group"}'));
SELECT * FROM t.shown WHERE message_id IN ('m1', 'm7', 'm8', 'm9');
-- An error that the send API answered, with the id that it gave.
SELECT problems FROM wa_report_error('491700000011', 131026, '2025-06-01 13:00Z', 'b1', 's1', 'm10');
SELECT problems FROM wa_report_error('491700000011', 131026, '2025-06-01 13:00Z', 'b1', 's1');
SELECT message_id, recipient, code FROM t.shown WHERE code = 131026;

-- Any order, any batches: the same rows.
CREATE TEMP TABLE piece (n serial, value jsonb);
INSERT INTO piece (value) VALUES
	(t.status('o1', '491700000021', 'sent', '2025-06-02 10:00Z')),
	(t.status('o1', '491700000021', 'sent', '2025-06-02 10:01Z')),
	(t.status('o1', '491700000021', 'delivered', '2025-06-02 10:03Z', 'utility')),
	(t.status('o1', NULL, 'read', '2025-06-02 10:02Z', 'marketing', NULL, '{"recipient_user_id": "DE.xyz"}')),
	(t.status('o1', '491700000021', 'failed', '2025-06-02 10:04Z', NULL, 131049)),
	(t.status('o1', '491700000021', 'failed', '2025-06-02 10:04Z', NULL, 131026));
CREATE TEMP TABLE outcome (how text, shown text);
DO $$
DECLARE
	how text;
	one record;
BEGIN
	FOR turn IN 1 .. 12 LOOP
		BEGIN
			FOR one IN SELECT * FROM piece ORDER BY md5(n::text || turn::text) LOOP
				INSERT INTO wa_webhook (received_at, payload) VALUES ('2025-12-31 23:00Z', t.hook(one.value));
			END LOOP;
			RAISE EXCEPTION USING MESSAGE = (SELECT m::text FROM wa_message AS m WHERE message_id = 'o1'), ERRCODE = 'UW001';
		EXCEPTION WHEN SQLSTATE 'UW001' THEN
			INSERT INTO outcome VALUES ('one by one', SQLERRM);
		END;
		BEGIN
			INSERT INTO wa_webhook (received_at, payload)
			SELECT '2025-12-31 23:00Z', t.hook(value) FROM (SELECT value FROM piece ORDER BY md5(n::text || turn::text || 'x')) AS p;
			RAISE EXCEPTION USING MESSAGE = (SELECT m::text FROM wa_message AS m WHERE message_id = 'o1'), ERRCODE = 'UW001';
		EXCEPTION WHEN SQLSTATE 'UW001' THEN
			INSERT INTO outcome VALUES ('at once', SQLERRM);
		END;
	END LOOP;
END
$$;
SET LOCAL TimeZone = 'UTC';
SELECT count(*), shown FROM outcome GROUP BY shown;

-- Where none may be kept, none is.
SET LOCAL wa_policy.message_log = off;
CALL t.take(t.status('n1', '491700000031', 'delivered', '2025-06-03 10:00Z', 'marketing'));
SELECT wa_sent('n2', '491700000031', 'marketing');
SELECT count(*) FROM wa_message WHERE message_id IN ('n1', 'n2');
SELECT last_delivered_at FROM wa_activity WHERE recipient = '491700000031';
-- And nobody turns it on who may not.
SELECT context FROM pg_settings WHERE name = 'wa_policy.message_log';
RESET wa_policy.message_log;
-- A replay fills in what was left out.
SELECT count(*) FROM wa_replay() WHERE applied > 0;
SELECT count(*) FROM wa_message WHERE message_id IN ('n1', 'n2');

-- Misuse.
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
SELECT wa_sent(NULL, '491700000001');
SELECT wa_sent(' ', '491700000001');
SELECT wa_sent(repeat('x', 256), '491700000001');
SELECT wa_sent('x', '491700000001', business => E'b1\n');
SELECT wa_sent('x', NULL);
SELECT wa_sent('x', 'nobody');
SELECT wa_sent('x', '491700000001', at => '2001-01-01');
SELECT wa_sent('x', '491700000001', at => 'infinity');
SET wa_policy.report_timezone = 'Europe/Nowhere';
ROLLBACK;
