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
SELECT recipient, marketing_from = now() AS marketing, utility_from = now() AS utility, service_from = now() AS service,
	window_open_until > now() + interval '22 hours' AS window_open, last_read_at
FROM wa_recipient_status WHERE recipient IN ('491700000001', '491700000008') ORDER BY recipient;
-- A window is that of whom a decision takes for the same person: the phone has been seen with another BSUID since.
CALL t.now(t.wrote('491700000010', now() - interval '3 days') || '{"contacts": [{"wa_id": "491700000010", "user_id": "DE.ten"}]}');
CALL t.now(t.wrote('491700000010', now() - interval '2 days') || '{"contacts": [{"wa_id": "491700000010", "user_id": "DE.tenth"}]}');
CALL t.now(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('from_user_id', 'DE.ten', 'id', 'w', 'type', 'image', 'timestamp', t.unix(now() - interval '1 hour')))));
SELECT recipient, window_open_until IS NOT NULL AS window_open, wa_sendable(recipient, 'service') AS sendable
FROM wa_recipient_status WHERE recipient IN ('491700000010', 'DE.ten') ORDER BY recipient;
-- Whatever else objects; and a window of its own ends when its own ends.
CALL t.now(t.failed('491700000010', 130403, now() - interval '30 minutes'));
CALL t.now(t.receipt('491700000011', now() - interval '30 minutes'));
SELECT recipient, window_open_until FROM wa_recipient_status WHERE recipient IN ('491700000010', '491700000011') ORDER BY recipient;
CALL t.now(t.wrote('491700000010', now() - interval '20 hours'));
SELECT recipient, extract(hour FROM window_open_until - date_trunc('second', now())) AS hours FROM wa_recipient_status WHERE recipient IN ('491700000010', 'DE.ten') ORDER BY recipient;
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

-- A stop of everything stands for utility and authentication messages as well, an answer in a window is none of them.
SELECT wa_opt_out('491700000203', 'letter', 'b1', '2025-08-01 10:00Z', everything => true);
CALL t.take(t.status('v8', '491700000203', 'sent', '2025-08-01 12:00Z', 'utility'));
CALL t.take(t.status('v9', '491700000203', 'sent', '2025-08-01 12:00Z', 'authentication'));
CALL t.take(t.status('v10', '491700000203', 'sent', '2025-08-01 12:00Z', 'service'));
SELECT wa_opt_in('491700000203', 'letter', 'b1', '2025-08-02 10:00Z', everything => true);
CALL t.take(t.status('v11', '491700000203', 'sent', '2025-08-02 12:00Z', 'utility'));
-- A resume of one register lifts no stop of another, and none of another business.
CALL t.take(t.prefers('491700000204', 'stop', '2025-08-01 10:00Z'));
SELECT wa_opt_in('491700000204', 'form', 'b1', '2025-08-01 11:00Z');
CALL t.take(t.prefers('491700000204', 'resume', '2025-08-01 11:00Z'), 'b2');
CALL t.take(t.status('v12', '491700000204', 'sent', '2025-08-01 12:00Z'));
-- Three links away: a stop under the parent BSUID, and the phone changed later.
CALL t.take('{"messages": [{"from": "491700000205", "from_user_id": "DE.five", "from_parent_user_id": "DE.ENT.five", "id": "m", "timestamp": "1754000000", "type": "image"}]}');
CALL t.take('{"messages": [{"from": "491700000205", "id": "c", "timestamp": "1754030000", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000206"}}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.ENT.five", "category": "marketing_messages", "value": "stop", "timestamp": 1754010000}]}');
CALL t.take(t.status('v13', '491700000206', 'sent', '2025-08-01 12:00Z'));
-- The phone has a new owner, whose resume speaks for the phone and not for the old owner's BSUID.
CALL t.take('{"messages": [{"from": "491700000207", "from_user_id": "DE.old", "id": "m", "timestamp": "1754000000", "type": "image"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.old", "category": "marketing_messages", "value": "stop", "timestamp": 1754010000}]}');
CALL t.take('{"user_preferences": [{"wa_id": "491700000207", "user_id": "DE.new", "category": "marketing_messages", "value": "resume", "timestamp": 1754020000}]}');
CALL t.take(t.status('v14', '491700000207', 'sent', '2025-08-01 12:00Z'));
CALL t.take('{"statuses": [{"id": "v15", "status": "sent", "timestamp": "1754050000", "recipient_user_id": "DE.old", "pricing": {"category": "marketing"}}]}');
-- Unlinked: a stop that named both stays with both.
CALL t.take('{"user_preferences": [{"wa_id": "491700000208", "user_id": "DE.eight", "category": "marketing_messages", "value": "stop", "timestamp": 1754010000}]}');
SELECT wa_unlink('491700000208', 'DE.eight', 'two people');
CALL t.take('{"statuses": [{"id": "v16", "status": "sent", "timestamp": "1754050000", "recipient_user_id": "DE.eight", "pricing": {"category": "marketing"}}]}');
-- Who has moved to a number was not sent to there before. What the number itself was told to stop, or what was seen with it by then, counts.
CALL t.take(t.prefers('491700000209', 'stop', '2025-08-01 08:00Z'));
CALL t.take(t.status('v17', '491700000210', 'sent', '2025-08-01 12:00Z'));
CALL t.take('{"messages": [{"from": "491700000209", "id": "c", "timestamp": "1754053200", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000210"}}]}');
CALL t.take(t.status('v18', '491700000210', 'sent', '2025-08-01 14:00Z'));
CALL t.take('{"messages": [{"from": "491700000212", "from_user_id": "DE.twelve", "id": "m", "timestamp": "1754030000", "type": "image"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.twelve", "category": "marketing_messages", "value": "stop", "timestamp": 1754035000}]}');
CALL t.take(t.status('v19', '491700000212', 'sent', '2025-08-01 12:00Z'));
CALL t.take('{"messages": [{"from": "491700000211", "id": "c", "timestamp": "1754053200", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000212"}}]}');
-- Nor does another one who moves to the number later take away what was brought along before, or what was seen with it first.
CALL t.take(t.prefers('491700000213', 'stop', '2025-08-01 08:00Z'));
CALL t.take('{"messages": [{"from": "491700000213", "id": "c", "timestamp": "1754042400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000214"}}]}');
CALL t.take(t.status('v1b', '491700000214', 'sent', '2025-08-01 12:00Z'));
CALL t.take('{"messages": [{"from": "491700000215", "id": "c", "timestamp": "1754053200", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000214"}}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.sixteen", "category": "marketing_messages", "value": "stop", "timestamp": 1754035200}]}');
CALL t.take(t.status('v1c', '491700000216', 'sent', '2025-08-01 12:00Z'));
CALL t.take('{"messages": [{"from": "491700000216", "from_user_id": "DE.sixteen", "id": "m", "timestamp": "1754050000", "type": "image"}]}');
CALL t.take('{"messages": [{"from": "491700000215", "id": "c", "timestamp": "1754053200", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000216"}}]}');
-- A user id was nobody else's before.
CALL t.take('{"user_preferences": [{"user_id": "DE.before", "category": "marketing_messages", "value": "stop", "timestamp": 1754035000}]}');
CALL t.take('{"statuses": [{"id": "v1a", "status": "sent", "timestamp": "1754050000", "recipient_user_id": "DE.after", "pricing": {"category": "marketing"}}]}');
CALL t.take('{"messages": [{"from_user_id": "DE.before", "id": "c", "timestamp": "1754053200", "type": "system", "system": {"type": "user_changed_user_id", "user_id": "DE.after"}}]}');
SELECT message_id, recipient, stopped_at, register, stopped_under, category FROM wa_violation WHERE message_id ~ '^v(8|9|1.)$' ORDER BY message_id;

-- What waiting yields: of those tried again after the wait, delivered to at which try?
CALL t.take(t.status('y1', '491700000301', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y2', '491700000301', 'delivered', '2025-05-01 10:00Z'));
CALL t.take(t.status('y3', '491700000302', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y4', '491700000302', 'failed', '2025-03-04 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y5', '491700000302', 'delivered', '2025-08-01 10:00Z'));
-- A strike counts again after 30 days.
CALL t.take(t.status('y7', '491700000302', 'failed', '2025-10-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y8', '491700000302', 'failed', '2025-12-01 10:00Z', 'marketing', 131049));
CALL t.take(t.status('y6', '491700000303', 'failed', '2025-03-01 10:00Z', 'marketing', 131049));
-- Who does not wait prolongs the cooldown: these are two strikes of one.
CALL t.take(t.status('y9', '491700000304', 'failed', '2025-03-01 00:00Z', 'marketing', 131026));
CALL t.take(t.status('y10', '491700000304', 'failed', '2025-03-01 08:00Z', 'marketing', 131026));
CALL t.take(t.status('y11', '491700000304', 'failed', '2025-03-01 16:00Z', 'marketing', 131026));
CALL t.take(t.status('y12', '491700000304', 'failed', '2025-03-09 17:00Z', 'marketing', 131000));
CALL t.take(t.status('y13', '491700000304', 'delivered', '2025-03-10 10:00Z'));
SELECT code, wait, cooldowns, tried, delivered_first, delivered_second, delivered_third, delivered_percent
FROM wa_ladder_yield WHERE code = 131049 OR (code = 131026 AND wait > interval '1 day') ORDER BY code, wait;

-- An opt-in for every business lifts a stop of one: the next stop is another opt-out, and what was sent between them no violation.
CALL t.take(t.wrote('491700000401', '2025-09-01 10:00Z', 'STOP'));
SELECT wa_opt_in('491700000401', 'form', at => '2025-09-02 10:00Z');
CALL t.take(t.status('o1', '491700000401', 'delivered', '2025-09-03 10:00Z'));
CALL t.take(t.wrote('491700000401', '2025-09-03 11:00Z', 'STOP'));
-- One opt-out of one person: under the BSUID, told by a failed message to the phone, and recorded once more for every business.
CALL t.take(t.wrote('491700000402', '2025-09-04 09:00Z') || '{"contacts": [{"wa_id": "491700000402", "user_id": "DE.leaves"}]}');
CALL t.take(t.status('o2', '491700000402', 'delivered', '2025-09-05 10:00Z'));
CALL t.take('{"user_preferences": [{"user_id": "DE.leaves", "category": "marketing_messages", "value": "stop", "timestamp": 1757070000}]}');
CALL t.take(t.status('o3', '491700000402', 'failed', '2025-09-05 12:00Z', 'marketing', 131050));
SELECT wa_opt_out('491700000402', 'copied by a program', at => '2025-09-05 13:00Z');
-- Nor is it another one where an opt-in was recorded that does not lift WhatsApp's stop.
CALL t.take(t.prefers('491700000405', 'stop', '2025-09-20 10:00Z'));
SELECT wa_opt_in('491700000405', 'form', at => '2025-09-21 10:00Z');
CALL t.take(t.status('o5', '491700000405', 'failed', '2025-09-22 10:00Z', 'marketing', 131050));
-- Days later, a stop for every business is one from another business.
CALL t.take(t.wrote('491700000403', '2025-09-05 10:00Z', 'STOP'));
CALL t.take(t.status('o4', '491700000403', 'delivered', '2025-09-08 10:00Z'), 'b2');
SELECT wa_opt_out('491700000403', 'called', at => '2025-09-08 11:00Z');
SELECT day, business, category, delivered, opt_outs FROM wa_opt_out_rate WHERE day >= '2025-09-01' AND day < '2025-10-01' ORDER BY day, business, category;
-- Who has changed the number since was sent to under the old one. What came to the new one before was for its former owner, as what
-- comes to the old one later is for the next.
CALL t.take(t.status('o6', '491700000406', 'delivered', '2025-10-01 10:00Z'));
CALL t.take(t.status('o7', '491700000407', 'delivered', '2025-10-02 10:00Z'));
CALL t.take(t.wrote('491700000408', '2025-10-02 11:00Z', 'STOP'));
CALL t.take(t.status('o8', '491700000409', 'delivered', '2025-10-04 10:00Z'));
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31 23:00Z', t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('from', was, 'id', 'changed',
	'timestamp', t.unix('2025-10-02 12:00Z'), 'type', 'system', 'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', is_now)))))
FROM (VALUES ('491700000406', '491700000410'), ('491700000408', '491700000407'), ('491700000409', '491700000411')) AS v (was, is_now);
CALL t.take(t.wrote('491700000410', '2025-10-02 13:00Z', 'STOP'));
CALL t.take(t.wrote('491700000411', '2025-10-04 11:00Z', 'STOP'));
SELECT day, category, delivered, opt_outs FROM wa_opt_out_rate WHERE day >= '2025-10-01' AND day < '2025-11-01' ORDER BY day, category;
-- The next owner of a number opts in to messages to the number; the former one, whose user id is known, has said stop.
CALL t.take('{"user_preferences": [{"wa_id": "491700000504", "user_id": "DE.former", "category": "marketing_messages", "value": "stop", "timestamp": 1756807200}]}');
CALL t.take(t.wrote('491700000504', '2025-09-03 10:00Z', 'STOP') || '{"contacts": [{"wa_id": "491700000504", "user_id": "DE.former"}]}');
CALL t.take(t.wrote('491700000504', '2025-09-10 10:00Z') || '{"contacts": [{"wa_id": "491700000504", "user_id": "DE.latter"}]}');
CALL t.take(t.prefers('491700000504', 'resume', '2025-09-11 10:00Z'));
SELECT wa_opt_in('491700000504', 'form', at => '2025-09-11 10:00Z');
CALL t.take(t.status('w1', '491700000504', 'sent', '2025-09-12 10:00Z'));
CALL t.take('{"statuses": [{"id": "w2", "status": "sent", "timestamp": "1757671200", "recipient_user_id": "DE.former", "pricing": {"category": "marketing"}}]}');
-- With a new phone, the user id resumes for that phone: nobody has the former one any more.
CALL t.take(t.wrote('491700000506', '2025-09-01 10:00Z') || '{"contacts": [{"wa_id": "491700000506", "user_id": "DE.moves"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.moves", "category": "marketing_messages", "value": "stop", "timestamp": 1757066400}]}');
CALL t.take(t.wrote('491700000507', '2025-09-10 10:00Z') || '{"contacts": [{"wa_id": "491700000507", "user_id": "DE.moves"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.moves", "category": "marketing_messages", "value": "resume", "timestamp": 1757930400}]}');
CALL t.take(t.status('w3', '491700000507', 'sent', '2025-09-16 10:00Z'));
-- The resume under a number that was changed to this one does not lift the stop of the user id that was seen with it.
CALL t.take(t.wrote('491700000509', '2025-09-01 10:00Z') || '{"contacts": [{"wa_id": "491700000509", "user_id": "DE.owner"}]}');
CALL t.take('{"user_preferences": [{"user_id": "DE.owner", "category": "marketing_messages", "value": "stop", "timestamp": 1757066400}]}');
CALL t.take(t.prefers('491700000508', 'resume', '2025-09-08 10:00Z'));
CALL t.take('{"messages": [{"from": "491700000508", "id": "c408", "timestamp": "1757498400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000509"}}]}');
CALL t.take(t.status('w4', '491700000509', 'sent', '2025-09-16 10:00Z'));
-- What another business has seen with the parent took its stop back; that the number of this stop is unlinked makes it nobody's own.
CALL t.take('{"messages": [{"from_user_id": "DE.links", "from_parent_user_id": "DE.ENT.links", "id": "m", "timestamp": "1756807200", "type": "image"}]}', 'b2');
CALL t.take(t.wrote('491700000510', '2025-09-05 10:00Z', 'STOP') || '{"contacts": [{"wa_id": "491700000510", "user_id": "DE.links"}]}');
CALL t.take('{"messages": [{"from_user_id": "DE.links", "id": "m", "timestamp": "1757498400", "type": "text", "text": {"body": "START"}}]}');
SELECT wa_unlink('491700000510', 'DE.links', 'two people');
CALL t.take('{"statuses": [{"id": "w5", "status": "sent", "timestamp": "1757671200", "recipient_user_id": "DE.ENT.links", "pricing": {"category": "marketing"}}]}');
SELECT phone, wa_first_reason(phone, 'marketing') FROM unnest(ARRAY['491700000504', 'DE.former', '491700000507', '491700000509', 'DE.ENT.links']) AS phone;
SELECT message_id, known_by, stopped_at FROM wa_violation WHERE sent_at >= '2025-09-01' AND sent_at < '2025-10-01' ORDER BY message_id;

-- Status: the next owner of a number speaks for the number, not for the person who left it; an opt-in of the register everything is none to marketing.
CALL t.take(t.wrote('491700000501', '2025-06-01 10:00Z') || '{"contacts": [{"wa_id": "491700000501", "user_id": "DE.left"}]}');
CALL t.take('{"messages": [{"from": "491700000501", "id": "left", "timestamp": "1748858400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000502"}}]}');
CALL t.take(t.wrote('491700000501', '2025-06-03 10:00Z', 'START'));
SELECT wa_opt_out('491700000503', 'letter', 'b1', '2025-06-01 10:00Z', everything => true);
SELECT wa_opt_in('491700000503', 'letter', 'b1', '2025-06-02 10:00Z', everything => true);
SELECT recipient, opted_in, since, how, last_inbound_at FROM wa_recipient_status
WHERE recipient IN ('491700000501', '491700000502', '491700000503', 'DE.left') ORDER BY recipient;

-- Nor does the next owner opt in for the user id that had the number before. A change of number takes an opt-in along.
CALL t.take(t.wrote('491700000511', '2025-06-01 10:00Z') || '{"contacts": [{"wa_id": "491700000511", "user_id": "DE.earlier"}]}');
CALL t.take(t.wrote('491700000511', '2025-08-01 10:00Z', 'START') || '{"contacts": [{"wa_id": "491700000511", "user_id": "DE.later"}]}');
CALL t.take(t.wrote('491700000512', '2025-06-01 10:00Z', 'START') || '{"contacts": [{"wa_id": "491700000512", "user_id": "DE.keeps"}]}');
CALL t.take('{"messages": [{"from": "491700000512", "id": "keeps", "timestamp": "1748858400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491700000513"}}]}');
SELECT recipient, opted_in, since, how FROM wa_recipient_status
WHERE recipient IN ('491700000511', 'DE.earlier', 'DE.later', '491700000513', 'DE.keeps') ORDER BY recipient;
SET LOCAL wa_policy.require_opt_in = on;
SELECT who, wa_first_reason(who, 'marketing', 'b1') FROM unnest('{491700000511,491700000513,DE.earlier,DE.keeps,DE.later}'::text[]) AS who;
RESET wa_policy.require_opt_in;

-- Where clocks are set back at midnight, the hour that comes twice is of the new day; where they are set forward, none is lost.
SET LOCAL wa_policy.report_timezone = 'Atlantic/Azores';
CALL t.take(t.status('z1', '491700000601', 'delivered', '2025-10-25 23:30Z'));
CALL t.take(t.status('z2', '491700000601', 'delivered', '2025-10-26 00:30Z'));
CALL t.take(t.status('z3', '491700000601', 'delivered', '2025-10-26 01:30Z'));
SELECT day, messages FROM wa_delivery_rate WHERE day >= '2025-10-25' AND day < '2025-11-01' ORDER BY day;
SET LOCAL wa_policy.report_timezone = 'America/Nuuk';
SELECT wa__day_begins('2025-03-30');
RESET wa_policy.report_timezone;

-- Somebody who often changes its mind, and hears from two businesses: each opt-out once, after the message that came before it.
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31 23:00Z', t.hook(jsonb_build_object('messages', jsonb_agg((t.wrote('491700000701', '2025-11-03 00:00Z'::timestamptz + n * interval '5 min',
	CASE WHEN n % 3 = 0 THEN 'START' ELSE 'STOP' END) -> 'messages' -> 0) || jsonb_build_object('from_user_id', 'DE.wavers', 'id', 'wavers' || n))), b)
FROM generate_series(1, 300) AS n, (VALUES ('b1', 0), ('b2', 1)) AS v (b, part) WHERE (n / 7) % 2 = part GROUP BY b;
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31 23:00Z', t.hook(jsonb_build_object('statuses', jsonb_agg(t.status('wv' || n, '491700000701', 'delivered',
	'2025-11-02 23:58Z'::timestamptz + n * interval '7 min') -> 'statuses' -> 0)), b)
FROM generate_series(1, 200) AS n, (VALUES ('b1', 0), ('b2', 1)) AS v (b, part) WHERE n % 2 = part GROUP BY b;
SELECT wa_opt_out('491700000701', 'once more', at => '2025-11-03 00:00Z'::timestamptz + n * interval '53 min') FROM generate_series(1, 20) AS n \g /dev/null
SELECT wa_opt_in('491700000701', 'form', at => '2025-11-03 00:00Z'::timestamptz + n * interval '97 min') FROM generate_series(1, 12) AS n \g /dev/null
SELECT business, sum(delivered) AS delivered, sum(opt_outs) AS opt_outs FROM wa_opt_out_rate
WHERE day >= '2025-11-03' AND day < '2025-11-08' GROUP BY business ORDER BY business;
SELECT count(*), min(sent_at), max(sent_at), count(DISTINCT stopped_at) FROM wa_violation WHERE recipient = '491700000701';
-- The same of everybody above, by queries that follow the definitions and know no order.
WITH found AS (
	SELECT o.id, m.message_id FROM wa__opt_out AS o LEFT JOIN LATERAL wa__message_before(o.recipient, o.also_named, o.business, o.at) AS m ON true),
defined AS (
	SELECT o.id, (SELECT m.message_id FROM wa_message AS m WHERE m.category = 'marketing' AND m.delivered_at <= o.at
			AND m.delivered_at > o.at - interval '48 hours' AND (o.business = '' OR m.business IN ('', o.business))
			AND (EXISTS (SELECT FROM wa__identifiers(o.recipient) AS p WHERE p.identifier = m.recipient AND (p.until IS NULL OR m.delivered_at <= p.until))
				OR m.recipient::text = ANY (string_to_array(o.also_named, ' ')))
			ORDER BY m.delivered_at DESC, m.message_id LIMIT 1) AS message_id
	FROM wa_consent_log AS o
	WHERE o.state = 'stop' AND NOT EXISTS (
		SELECT FROM (
			SELECT DISTINCT ON (e.register) e.state
			FROM wa__identifiers(o.recipient) AS p JOIN wa_consent_log AS e ON e.recipient = p.identifier
			WHERE (e.business IN ('', o.business) OR (o.business = '' AND e.at > o.at - interval '48 hours'))
				AND (e.at, e.state, e.id) < (o.at, o.state, o.id) AND (p.until IS NULL OR e.at <= p.until)
			ORDER BY e.register, e.at DESC, e.state DESC, e.id DESC) AS s
		WHERE s.state = 'stop'))
SELECT (SELECT count(*) FROM found) AS found, (SELECT count(*) FROM ((TABLE found EXCEPT TABLE defined) UNION ALL (TABLE defined EXCEPT TABLE found)) AS d) AS differ;
-- What was sent while a stop of the number itself stood: here no other identifier is known, or all is stored under this one.
WITH defined AS (
	SELECT m.message_id, (SELECT min(s.at) FROM wa_consent_log AS s
		WHERE s.recipient = m.recipient AND s.state = 'stop' AND s.at < m.sent_at - interval '10 minutes' AND s.register <> 'everything'
			AND s.business IN ('', m.business) AND NOT EXISTS (
				SELECT FROM wa_consent_log AS r WHERE r.recipient = m.recipient AND r.state = 'resume' AND r.register = s.register
					AND r.at > s.at AND r.at <= m.sent_at AND (r.business = s.business OR (r.business = '' AND r.register <> 'whatsapp')))) AS stopped_at
	FROM (SELECT message_id, recipient, business, LEAST(sent_at, delivered_at, failed_at) AS sent_at FROM wa_message WHERE category = 'marketing') AS m
	WHERE m.recipient = '491700000701' OR NOT EXISTS (SELECT FROM wa_identity AS i WHERE m.recipient IN (i.recipient, i.other))
		AND NOT EXISTS (SELECT FROM wa_identity_change AS c WHERE m.recipient IN (c.recipient, c.other)))
SELECT count(d.stopped_at) > 50 AS many, count(*) FILTER (WHERE d.stopped_at IS DISTINCT FROM v.stopped_at) AS differ
FROM defined AS d LEFT JOIN wa_violation AS v USING (message_id);

-- Of a number that too many others have changed to, one after the other, what was sent after the first stop of any of them is shown.
INSERT INTO wa_webhook (received_at, payload)
SELECT '2025-12-31 23:00Z', t.hook(jsonb_build_object('messages', jsonb_agg(jsonb_build_object('from', 491700001000 + n, 'id', 'chain' || n,
	'timestamp', t.unix('2025-11-10 00:00Z'::timestamptz + n * interval '1 s'), 'type', 'system',
	'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', (491700001001 + n)::text)))))
FROM generate_series(0, 299) AS n;
CALL t.take(t.prefers('491700001007', 'stop', '2025-11-10 00:00Z'));
SELECT wa_opt_out('491700001009', 'letter', 'b1', '2025-11-10 00:00Z', everything => true) \g /dev/null
SELECT who, wa_first_reason(who, 'utility', 'b2') FROM unnest('{491700001200,491700001300}'::text[]) AS who;
CALL t.take(t.status('ch1', '491700001300', 'sent', '2025-11-10 10:00Z'));
CALL t.take(t.status('ch2', '491700001300', 'sent', '2025-11-10 10:00Z', 'utility'));
CALL t.take(t.status('ch3', '491700001007', 'sent', '2025-11-10 10:00Z'));
CALL t.take(t.status('ch4', '491700001005', 'sent', '2025-11-10 10:00Z'));
CALL t.take(t.prefers('491700001300', 'stop', '2025-11-10 11:00Z'));
CALL t.take(t.status('ch5', '491700001300', 'sent', '2025-11-10 12:00Z'));
SELECT message_id, recipient, stopped_at, register, stopped_under FROM wa_violation WHERE message_id ~ '^ch' ORDER BY message_id;

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
