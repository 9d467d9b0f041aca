--
-- The views for people: one recipient's status, rates by day, violations, what waiting yields
--
BEGIN;
\set ECHO none
\i test/helpers.sql
CREATE FUNCTION t.status(message text, who text, status text, at timestamptz, category text DEFAULT 'marketing',
	code integer DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('statuses', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
		'id', message, 'status', status, 'timestamp', t.unix(at), 'recipient_id', who,
		'pricing', CASE WHEN category IS NOT NULL THEN jsonb_build_object('category', category) END,
		'errors', CASE WHEN code IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', code)) END)) || more));
CREATE PROCEDURE t.now(value jsonb)
	LANGUAGE sql AS $$ INSERT INTO wa_webhook (payload) VALUES (t.hook(value)) $$;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
\set ECHO all

-- Status: has it opted in or out, since when, how?
CALL t.take(t.prefers('491700000001', 'stop', '2025-06-01 10:00Z'));
CALL t.take(t.failed('491700000002', 131050, '2025-06-01 10:00Z'));
CALL t.take(t.wrote('491700000003', '2025-06-01 10:00Z', 'STOP'));
CALL t.take(t.wrote('491700000004', '2025-06-01 10:00Z', 'START'));
CALL t.take(t.prefers('491700000005', 'resume', '2025-06-01 10:00Z'));
SELECT wa_opt_out('491700000006', 'called us', 'b1', '2025-06-01 10:00Z');
SELECT wa_opt_in('491700000007', 'form', 'b1', '2025-06-01 10:00Z');
CALL t.now(t.wrote('491700000008', now() - interval '1 hour'));
CALL t.take(t.receipt('491700000008', '2025-06-01 10:00Z', 'utility', 'read'));
-- A stop under the BSUID is the phone's as well.
CALL t.take(t.wrote('491700000009', '2025-06-01 09:00Z') || '{"contacts": [{"wa_id": "491700000009", "user_id": "DE.nine"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.nine", "category": "marketing_messages", "value": "stop", "timestamp": 1748772000}]}');
SELECT recipient, opted_in, since, how FROM wa_recipient_status ORDER BY recipient;
SELECT recipient, marketing_from = now() AS marketing, utility_from = now() AS utility,
	window_open_until > now() + interval '22 hours' AS window_open, last_read_at
FROM wa_recipient_status WHERE recipient IN ('491700000001', '491700000008') ORDER BY recipient;
-- One recipient is looked up, not searched for.
SELECT opted_in, how FROM wa_recipient_status WHERE recipient = '+49 170 0000003';

-- Rates, by the days of a time zone.
CALL t.take(t.status('r1', '491700000101', 'delivered', '2025-07-01 10:00Z'));
CALL t.take(t.status('r1', '491700000101', 'read', '2025-07-01 11:00Z'));
CALL t.take(t.status('r2', '491700000102', 'delivered', '2025-07-01 23:30Z'));
CALL t.take(t.status('r3', '491700000103', 'failed', '2025-07-01 10:00Z', 'marketing', 131026));
CALL t.take(t.status('r4', '491700000104', 'failed', '2025-07-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('r5', '491700000105', 'sent', '2025-07-01 10:00Z'));
SELECT wa_sent(m, '49170000010' || n, 'marketing', 'summer', 'c1', '2025-07-01 09:00Z', 'b1', 's1')
FROM (VALUES ('r1', 1), ('r3', 3), ('r4', 4), ('r5', 5)) AS v (m, n) ORDER BY m;
SELECT day, sender, template, messages, delivered, read, failed, pending, delivered_percent, read_percent
FROM wa_delivery_rate WHERE day >= '2025-07-01' ORDER BY day, template;
SELECT day, template, code, title, failed, messages, failed_percent FROM wa_failure_rate WHERE day >= '2025-07-01' ORDER BY code;
SET LOCAL wa_policy.report_timezone = 'Europe/Berlin';
SELECT day, template, messages FROM wa_delivery_rate WHERE day >= '2025-07-01' ORDER BY day, template;
RESET wa_policy.report_timezone;

-- An opt-out belongs to the latest marketing message of the 48 hours before it, whichever identifier it came under, and counts once.
CALL t.take(t.wrote('491700000101', '2025-07-02 10:00Z', 'STOP'));
CALL t.take(t.prefers('491700000101', 'stop', '2025-07-02 10:01Z'));
CALL t.take(t.prefers('491700000102', 'stop', '2025-07-04 10:01Z'));
CALL t.take(t.wrote('491700000111', '2025-06-30 09:00Z') || '{"contacts": [{"wa_id": "491700000111", "user_id": "DE.eleven"}]}');
CALL t.take(t.status('r11', '491700000111', 'delivered', '2025-07-01 10:00Z'));
CALL t.take('{"user_preferences": [{"user_id": "DE.eleven", "category": "marketing_messages", "value": "stop", "timestamp": 1751374800}]}');
SELECT day, sender, category, template, delivered, opt_outs, opt_out_percent FROM wa_opt_out_rate WHERE day >= '2025-07-01' ORDER BY day, template;

-- Violations: more than ten minutes after a stop that stood.
SELECT count(*) FROM wa_violation;
CALL t.take(t.prefers('491700000201', 'stop', '2025-08-01 10:00Z'));
CALL t.take(t.status('v1', '491700000201', 'sent', '2025-08-01 10:10Z'));
CALL t.take(t.status('v2', '491700000201', 'sent', '2025-08-01 10:11Z'));
CALL t.take(t.status('v3', '491700000201', 'sent', '2025-08-01 10:20Z', 'utility'));
CALL t.take(t.prefers('491700000201', 'resume', '2025-08-01 11:00Z'));
CALL t.take(t.status('v4', '491700000201', 'sent', '2025-08-01 12:00Z'));
CALL t.take(t.prefers('491700000201', 'stop', '2025-08-01 13:00Z'));
CALL t.take(t.status('v5', '491700000201', 'failed', '2025-08-01 14:00Z', 'marketing', 131050));
-- Another business's stop is not ours; under the BSUID it is the phone's.
SELECT wa_opt_out('491700000202', 'x', 'b1', '2025-08-01 10:00Z');
CALL t.take(t.status('v6', '491700000202', 'sent', '2025-08-01 12:00Z'), 'b2');
CALL t.take(t.status('v7', '491700000111', 'delivered', '2025-08-01 12:00Z'));
SELECT message_id, recipient, sent_at, known_by, stopped_at, after, register, stopped_under FROM wa_violation ORDER BY message_id;

-- What waiting yields: of those tried again after the wait, delivered to at which try?
CALL t.take(t.status('y1', '491700000301', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y2', '491700000301', 'delivered', '2025-05-01 10:00Z'));
CALL t.take(t.status('y3', '491700000302', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y4', '491700000302', 'failed', '2025-03-04 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y5', '491700000302', 'delivered', '2025-08-01 10:00Z'));
-- A strike counts anew after 30 days.
CALL t.take(t.status('y7', '491700000302', 'failed', '2025-10-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y8', '491700000302', 'failed', '2025-12-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y6', '491700000303', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
SELECT code, wait, cooldowns, tried, delivered_first, delivered_second, delivered_third, delivered_percent
FROM wa_ladder_yield WHERE code = 131049 ORDER BY wait;

-- Who may read them.
SET LOCAL ROLE wa_reader;
SELECT (SELECT count(*) > 0 FROM wa_recipient_status), (SELECT count(*) > 0 FROM wa_violation), (SELECT count(*) > 0 FROM wa_message),
	(SELECT count(*) > 0 FROM wa_opt_out_rate), (SELECT count(*) > 0 FROM wa_failure_rate), (SELECT count(*) > 0 FROM wa_delivery_rate),
	(SELECT count(*) > 0 FROM wa_ladder_yield);
SET LOCAL ROLE pg_monitor;
SELECT (SELECT count(*) > 0 FROM wa_opt_out_rate), (SELECT count(*) > 0 FROM wa_failure_rate), (SELECT count(*) > 0 FROM wa_delivery_rate),
	(SELECT count(*) > 0 FROM wa_ladder_yield);
SELECT count(*) FROM wa_recipient_status;
ROLLBACK;
