--
-- What holds a business, a sender, or a business in a region back
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Everybody's answer, per business and sender.
CREATE FUNCTION t.all_held(at timestamptz, phone text DEFAULT '4915112345678') RETURNS TABLE (business text, sender text, held text)
	LANGUAGE sql STABLE AS $$
	SELECT b, s, coalesce(string_agg(c::text, ' ' ORDER BY c), '-')
		FROM (VALUES (1, 'b1', 's1'), (2, 'b1', 's2'), (3, 'b2', 's3'), (4, 'b1', NULL), (5, NULL, NULL)) AS q (n, b, s)
		LEFT JOIN unnest(enum_range(NULL::wa_category)) AS c
			ON EXISTS (SELECT FROM wa_explain(phone, c, b, s, at) AS e WHERE e.reason = 'sender_hold') GROUP BY n, b, s ORDER BY n $$;
-- An account_update.
CREATE PROCEDURE t.update(value jsonb, business text DEFAULT 'b1', at timestamptz DEFAULT '2025-12-31 23:00Z') LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload) VALUES (at, jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', business,
		'changes', jsonb_build_array(jsonb_build_object('field', 'account_update', 'value', value)))))) $$;
-- The answers by list, by look-up, by reason, by explanation and by the set are the same.
CREATE FUNCTION t.law(at timestamptz) RETURNS TABLE (category wa_category, business text, asked bigint, refused bigint, held bigint, differ bigint)
	LANGUAGE sql STABLE AS $$
	SELECT c, b, count(*), count(*) FILTER (WHERE NOT wa_sendable(p, c, b, at => at)),
		count(*) FILTER (WHERE wa_first_reason(p, c, b, at => at) = 'sender_hold'),
		count(*) FILTER (WHERE wa_sendable(p, c, b, at => at) <> (e.reason IS NULL) OR e.reason IS DISTINCT FROM wa_first_reason(p, c, b, at => at)
			OR (s.recipient IS NOT NULL AND s.reason IS DISTINCT FROM e.reason))
	FROM unnest(enum_range(NULL::wa_category)) AS c CROSS JOIN (VALUES ('b1'), ('b2'), (NULL)) AS q (b)
		CROSS JOIN (SELECT (ARRAY['4915112345', '5511912345', '3519123456', '1204555012'])[1 + i % 4] || lpad(i::text, 3, '0') AS p FROM generate_series(1, 200) AS i UNION SELECT recipient::text FROM wa_activity) AS people
		LEFT JOIN LATERAL (SELECT reason FROM wa_explain(p, c, b, at => at) AS e ORDER BY rule LIMIT 1) AS e ON true
		LEFT JOIN LATERAL (SELECT * FROM wa_suppressed(c, b, at) AS s WHERE s.recipient = p::wa_recipient) AS s ON true
	GROUP BY c, b ORDER BY c, b $$;

SELECT wa_declare_empty('test');
DELETE FROM wa_sender;
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1'), ('b1', 's2'), ('b2', 's3');

-- A whole business, for 24 hours after the latest.
CALL t.take(t.failed('4915112345678', 131031, '2025-03-01 10:00:10'));
CALL t.take(t.failed('4915112345678', 131031, '2025-03-01 09:00'));
SELECT * FROM t.all_held('2025-03-01 11:00');
SELECT business, code, since, until, origin, detail FROM wa_explain('5511987654321', 'utility', 'b1', at => '2025-03-01 11:00');
SELECT wa_next_sendable('5511987654321', 'utility', 'b1', at => '2025-03-01 11:00');
SELECT wa_sendable('5511987654321', 'utility', 'b1', at => '2025-03-02 10:00:10'), wa_sendable('5511987654321', 'utility', 'b1', at => '2025-03-02 10:00:09.999999');
SELECT * FROM wa_segment_summary('SELECT unnest(''{5511987654321, 4915112345678, x}''::text[])', 'utility', 'b1', at => '2025-03-01 11:00');
SELECT * FROM t.law('2025-03-01 11:00');

-- Proof of life, to the minute: of the same minute it is none, though the error was at its beginning.
CALL t.take(t.failed('4915112345678', 131037, '2025-02-01 10:00:00'));
CALL t.take(t.receipt('4915112345678', '2025-02-01 10:00:00', 'utility'));
CALL t.take(t.receipt('4915112345678', '2025-02-01 10:00:59', 'utility'));
SELECT code, since FROM wa_explain('4915112345678', 'utility', 'b1', 's1', '2025-02-01 11:00') WHERE code = 131037;
CALL t.take(t.receipt('4915112345678', '2025-02-01 10:01:00', 'utility'));
SELECT code, since FROM wa_explain('4915112345678', 'utility', 'b1', 's1', '2025-02-01 11:00') WHERE code = 131037;
-- Proof of life of a whole business.
CALL t.take(t.receipt('4915112345678', '2025-03-01 10:00:30', 'utility'));
SELECT * FROM t.all_held('2025-03-01 11:00');
CALL t.take(t.receipt('4915112345678', '2025-03-01 10:01:10', NULL, 'read'));
SELECT count(*) FROM wa_explain('5511987654321', 'utility', 'b1', at => '2025-03-01 11:00');
CALL t.take(t.receipt('4915112345678', '2025-03-01 10:02:10', 'utility', 'sent'), 'b1', 's2');
SELECT * FROM t.all_held('2025-03-01 11:00');
SELECT * FROM wa_sender_life ORDER BY alive_at;
-- A later error holds again.
CALL t.take(t.failed('4915112345678', 131042, '2025-03-01 10:05'));
SELECT wa_first_reason('5511987654321', 'utility', 'b1', at => '2025-03-01 11:00');
CALL t.take(t.receipt('4915112345678', '2025-03-01 12:00', 'utility'));

-- One sender: the business has another.
CALL t.take(t.failed('4915112345678', 131048, '2025-03-02 10:00'));
SELECT * FROM t.all_held('2025-03-02 11:00');
CALL t.take(t.failed('4915112345678', 130429, '2025-03-02 11:00'), 'b1', 's2');
SELECT * FROM t.all_held('2025-03-02 11:00:30');
SELECT wa_next_sendable('5511987654321', 'utility', 'b1', at => '2025-03-02 11:00:30'), wa_next_sendable('5511987654321', 'utility', 'b1', 's1', '2025-03-02 11:00:30');
SELECT business, code, until FROM wa_explain('5511987654321', 'utility', 'b1', at => '2025-03-02 11:00:30') ORDER BY until;
-- s2 proves nothing of s1.
CALL t.take(t.receipt('4915112345678', '2025-03-02 12:00', 'utility'), 'b1', 's2');
SELECT * FROM t.all_held('2025-03-02 13:00');

-- A burst of errors within one second writes their row once, since each counts at the end of its second.
SELECT wa_report_error('4915112345678', 130429, '2025-03-03 10:00:05.000001Z', 'b2', 's3');
SELECT since, until, ctid AS place FROM wa_sender_hold WHERE sender = 's3' \gset
SELECT wa_report_error('4915112345678', 130429, at, 'b2', 's3') FROM unnest('{2025-03-03 10:00:05.1Z, 2025-03-03 10:00:06Z, 2025-03-03 10:00:04Z}'::timestamptz[]) AS at;
SELECT since = :'since' AS same_since, until = :'until' AS same_until, ctid = :'place' AND xmax = '0' AS untouched, since, until FROM wa_sender_hold WHERE sender = 's3';
SELECT wa_report_error('4915112345678', 130429, '2025-03-03 10:00:06.000001Z', 'b2', 's3');
SELECT since, until FROM wa_sender_hold WHERE sender = 's3';
SELECT * FROM t.all_held('2025-03-03 10:01');
-- A message that was sent in the second before does not end the hold; one in the next minute does.
CALL t.take(t.receipt('4915112345678', '2025-03-03 10:00:06', 'utility'), 'b2', 's3');
SELECT * FROM t.all_held('2025-03-03 10:01') WHERE sender = 's3';
SELECT wa_report_error('4915112345678', 130429, '2025-03-03 10:00:58.5Z', 'b2', 's3');
CALL t.take(t.receipt('4915112345678', '2025-03-03 10:01:00', 'utility'), 'b2', 's3');
SELECT * FROM t.all_held('2025-03-03 10:01') WHERE sender = 's3';

-- A region.
CALL t.take(t.failed('4915112345678', 130497, '2025-03-04 10:00'));
SELECT wa_first_reason('4917012345678', 'marketing', 'b1', at => '2025-03-04 11:00') AS germany, wa_first_reason('5511987654321', 'marketing', 'b1', at => '2025-03-04 11:00') AS brazil, wa_first_reason('DE.abc', 'marketing', 'b1', at => '2025-03-04 11:00') AS bsuid;
SELECT * FROM t.law('2025-03-04 11:00');
CALL t.take(t.receipt('5511987654321', '2025-03-04 12:00', 'utility'));
SELECT wa_first_reason('4917012345678', 'marketing', 'b1', at => '2025-03-04 13:00') AS germany;
CALL t.take(t.receipt('4917012345678', '2025-03-04 12:00', 'utility'));
SELECT wa_first_reason('4917012345678', 'marketing', 'b1', at => '2025-03-04 13:00') AS germany;

-- Some categories only: 131063 marketing, 131064 utility.
CALL t.take(t.failed('4915112345678', 131063, '2025-03-06 10:00'));
CALL t.take(t.failed('4915112345678', 131064, '2025-03-06 10:00'));
SELECT * FROM t.all_held('2025-03-06 11:00');
CALL t.take(t.receipt('4917012345678', '2025-03-06 12:00', 'utility'));
CALL t.take(t.receipt('4917012345678', '2025-03-06 12:00', NULL));
SELECT * FROM t.all_held('2025-03-06 13:00');

-- How long each holds, and how far.
INSERT INTO wa_webhook (received_at, payload) SELECT '2025-12-31 23:00Z', t.hook(jsonb_build_object('statuses', jsonb_agg(jsonb_build_object('id', 'w' || c, 'status', 'failed', 'timestamp', t.unix('2025-04-01 10:00'), 'recipient_id', '34612345678', 'errors', jsonb_build_array(jsonb_build_object('code', c))))), 'b7', 's7')
	FROM unnest('{131031,368,131042,131063,131064,80007,130497,131048,131045,131037,133010,130429,131057,131051,131026,131047,131049}'::int[]) AS c;
SELECT code, sender, region, categories, until - since AS span FROM wa_sender_hold WHERE business = 'b7' ORDER BY code;

-- Errors of the account, without a message, and of the send API.
CALL t.take('{"errors":[{"code":131031,"title":"Locked"},{"code":131051},{"code":130497}]}', 'b8', 's8');
SELECT wa_report_error('4915112345678', 133010, '2025-04-02 10:00', 'b9', 's9');
SELECT business, sender, region, code, since FROM wa_sender_hold WHERE business IN ('b8', 'b9');
-- A business that is not named is any.
SELECT wa_report_error('4915112345678', 368, '2025-04-02 10:00');
SELECT * FROM t.all_held('2025-04-02 11:00');
-- A provider's own number for such a code holds as that does.
INSERT INTO wa_error_override (code, same_as) VALUES (63020, 131042), (63018, 130429);
SELECT wa_report_error('4915112345678', code, '2025-03-20 10:00', 'b2', 's3') FROM unnest('{63020,63018}'::int[]) AS code;
SELECT business, sender, code, categories, until - since AS span FROM wa_sender_hold WHERE code IN (63018, 63020) ORDER BY code;
SELECT since, until, detail FROM wa_explain('5511987654321', 'utility', 'b2', at => '2025-03-20 11:00') WHERE code = 63020;
SELECT wa_recompute();
-- The scope of a code is policy.
INSERT INTO wa_error_override (code, scope, reason) VALUES (131048, 'business', 'ours share one quality');
CALL t.take(t.failed('4915112345678', 131048, '2025-04-05 10:00'), 'b2', 's3');
SELECT business, sender, code FROM wa_sender_hold WHERE code = 131048 AND since = '2025-04-05 10:00';
-- What was stored before follows by wa_recompute: to the business, for the latest that was not released; to nobody; and back.
SAVEPOINT moved;
INSERT INTO wa_sender_hold (business, sender, cause, code, categories, since, until, lifted_at) VALUES
	('b2', 's4', 'error', 131048, '{marketing,utility,authentication,service}', '2025-04-06 11:00', '2025-04-07 11:00', '2025-04-06 11:30'),
	('b2', 's5', 'error', 131048, '{marketing,utility,authentication,service}', '2025-04-06 10:00', '2025-04-07 10:00', NULL),
	('b2', 's6', 'error', 131048, '{marketing,utility,authentication,service}', '2025-04-06 09:00', '2025-04-07 09:00', NULL);
SELECT wa__recompute_owed() > 0 AS owed, wa_recompute() > 0 AS changed;
SELECT wa__recompute_owed();
SELECT business, sender, since, until, lifted_at FROM wa_sender_hold WHERE code = 131048 AND business = 'b2';
SELECT * FROM t.all_held('2025-04-07 09:30') WHERE business = 'b2';
UPDATE wa_error_override SET scope = 'message' WHERE code = 131048;
SELECT wa_recompute() > 0 AS changed, wa_recompute();
SELECT wa__recompute_owed();
SELECT * FROM t.all_held('2025-04-07 09:30') WHERE business = 'b2';
DELETE FROM wa_error_override WHERE code = 131048;
SELECT wa_recompute() > 0 AS changed, wa_recompute();
SELECT wa__recompute_owed();
SELECT * FROM t.all_held('2025-04-07 09:30') WHERE business = 'b2';
ROLLBACK TO moved;

-- account_update: restrictions with an end in all its forms, and kinds that hold nothing.
CALL t.update('{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1767600000},{"restriction_type":"RESTRICTED_CUSTOMER_INITIATED_MESSAGING","expiration":"1767600001"},{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES","expiration":"2026-01-05T13:30:02+0530"}]}');
CALL t.update('{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RATE_LIMITED_UTILITY_TEMPLATE_MESSAGING","expiration":1767600000},{"restriction_type":"RESTRICTED_CALLING","expiration":1767600000}]}', 'b2');
CALL t.update('{"event":"ACCOUNT_RESTRICTION"}', 'b2');
CALL t.update('{"event":"ACCOUNT_RESTRICTION","restriction_info":{"restriction_type":"RESTRICTED_CUSTOMER_INITIATED_MESSAGING","expiration":"soon"}}', 'b3');
SELECT business, cause, categories, since, until FROM wa_sender_hold WHERE cause ~ 'RESTR|RATE' ORDER BY business, until;
SELECT problem, detail FROM wa_problem WHERE problem = 'unknown_value';
SELECT * FROM t.all_held('2026-01-02 12:00');
-- The end of the violation.
CALL t.update('{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"UTILITY_TEMPLATE_RATE_LIMIT_RECOVERY"}}', 'b1', '2026-01-01 10:00');
SELECT business, cause, lifted_at FROM wa_sender_hold WHERE cause LIKE 'RATE%' ORDER BY business;
SELECT * FROM t.all_held('2026-01-02 12:00');
-- That of direct sends and calls lifts nothing that holds messages, and is no warning.
CALL t.update('{"event":"ACCOUNT_RESTRICTION","violation_info":{"violation_type":"DIRECT_SEND_UTILITY_CATEGORY_ABUSE_UNBAN"}}', 'b1', '2026-01-01 10:00');
SELECT cause, lifted_at FROM wa_sender_hold WHERE cause ~ 'RESTR' AND business = 'b1' ORDER BY cause;
CALL t.update('{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"utility_template_abuse_Unban"}}', 'b1', '2026-01-01 10:00');
SELECT cause, lifted_at FROM wa_sender_hold WHERE cause LIKE 'RESTR%' AND business = 'b1' ORDER BY cause;

-- A ban, lifted, in either order.
CALL t.update('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}', 'b2', '2026-01-03 10:00');
CALL t.update('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}', 'b2', '2026-01-02 10:00');
SELECT * FROM t.all_held('2026-03-01 12:00');
CALL t.update('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}', 'b2', '2026-01-04 10:00');
SELECT * FROM t.all_held('2026-03-01 12:00');
SELECT since, until, origin, detail FROM wa_explain('5511987654321', 'service', 'b2', at => '2026-03-01') WHERE reason = 'sender_hold';
SELECT wa_next_sendable('5511987654321', 'utility', 'b2', at => '2026-03-01');
CALL t.update('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"SCHEDULE_FOR_DISABLE"}}', 'b3');
CALL t.update('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}', 'b2', '2026-01-04 11:00');
SELECT * FROM t.all_held('2026-03-01 12:00');

-- The time of the entry counts: WhatsApp sends a webhook again for days, and what comes again late wins over nothing.
CREATE PROCEDURE t.dated(value jsonb, "time" jsonb, at timestamptz, field text DEFAULT 'account_update') LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload) VALUES (at, jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', 'b3', 'time', "time",
		'changes', jsonb_build_array(jsonb_build_object('field', field, 'value', value)))))) $$;
CALL t.dated('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}', '1767603600', '2026-01-05 09:00:10');
CALL t.dated('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}', '"1767607200"', '2026-01-05 10:00:10');
CALL t.dated('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}', '1767603600', '2026-01-08 12:00');
CALL t.dated('{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES"}]}', '1767607200000', '2026-01-06 12:00');
CALL t.dated('{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"UTILITY_TEMPLATE_ABUSE_UNBAN"}}', '1767607199', '2026-01-08 12:00');
CALL t.dated('{"errors":[{"code":80007}],"metadata":{"phone_number_id":"s4"}}', '1767607200', '2026-01-06 12:00', 'messages');
SELECT cause, code, since, until, lifted_at FROM wa_sender_hold WHERE business = 'b3' ORDER BY cause, code;
-- A time that cannot be right: what holds counts from the receipt, what lifts does not.
SELECT coalesce(max(id), 0) AS problem FROM wa_problem \gset
CALL t.dated('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}', '"<WEBHOOK_TIMESTAMP>"', '2026-01-09 12:00');
CALL t.dated('{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}', '1799143200', '2026-01-09 13:00');
SELECT since, until, lifted_at FROM wa_sender_hold WHERE business = 'b3' AND cause = 'DISABLED_UPDATE';
SELECT problem, detail FROM wa_problem WHERE id > :problem ORDER BY id;
-- What is tried again without its entry has kept that time.
SAVEPOINT again;
SELECT wa_ingest('{"entry":[{"id":"b3","time":1768000000,"changes":[{"field":"account_update","value":{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"},{"restriction_type":"RESTRICTED_SOMETHING_NEW"}]}}]}]}',
	received_at => '2026-01-12 12:00');
SELECT since FROM wa_sender_hold WHERE business = 'b3' AND cause = 'RESTRICTED_BIZ_INITIATED_MESSAGING';
SELECT fragment FROM wa_problem WHERE id > :problem AND problem = 'unknown_value';
SELECT applied FROM wa_replay();
SELECT since FROM wa_sender_hold WHERE business = 'b3' AND cause = 'RESTRICTED_BIZ_INITIATED_MESSAGING';
ROLLBACK TO again;

-- Any order, any repetition: the same rows.
CREATE TEMPORARY TABLE before AS SELECT business, sender, region, cause, code, categories, since, until, lifted_at FROM wa_sender_hold;
CREATE TEMPORARY TABLE before_life AS SELECT * FROM wa_sender_life;
SELECT payload, received_at INTO TEMPORARY TABLE hooks FROM wa_webhook;
TRUNCATE wa_sender_hold, wa_sender_life, wa_webhook;
DELETE FROM wa_error_override;
INSERT INTO wa_webhook (payload, received_at) SELECT payload, received_at FROM hooks ORDER BY md5(payload);
INSERT INTO wa_webhook (payload, received_at) SELECT payload, received_at FROM hooks ORDER BY md5(payload) DESC LIMIT 20;
SELECT * FROM (TABLE before EXCEPT SELECT business, sender, region, cause, code, categories, since, until, lifted_at FROM wa_sender_hold) AS gone ORDER BY business, code;
SELECT business, sender, code FROM (SELECT business, sender, region, cause, code, categories, since, until, lifted_at FROM wa_sender_hold EXCEPT TABLE before) AS new ORDER BY business, code;
SELECT count(*) FROM (TABLE before_life EXCEPT TABLE wa_sender_life) AS gone;
-- And the same order of what is told of them.
SAVEPOINT told;
TRUNCATE wa_sender_hold, wa_sender_life;
CALL t.take(t.failed('4915112345678', 131045, '2025-12-01 10:00'));
CALL t.take(t.failed('4915112345678', 131042, '2025-12-01 10:00'));
CALL t.take(t.failed('4915112345678', 131031, '2025-12-01 10:00'));
SELECT code FROM wa_explain('5511987654321', 'marketing', 'b1', 's1', '2025-12-01 11:00') WHERE reason = 'sender_hold';
TRUNCATE wa_sender_hold;
CALL t.take(t.failed('4915112345678', 131031, '2025-12-01 10:00'));
CALL t.take(t.failed('4915112345678', 131042, '2025-12-01 10:00'));
CALL t.take(t.failed('4915112345678', 131045, '2025-12-01 10:00'));
SELECT code FROM wa_explain('5511987654321', 'marketing', 'b1', 's1', '2025-12-01 11:00') WHERE reason = 'sender_hold';
ROLLBACK TO told;

-- Operators.
TRUNCATE wa_sender_hold, wa_sender_life;
SELECT wa_hold('b1', 'the new number is being warmed', sender => 's1', categories => '{marketing}', until => 'infinity');
CALL t.take(t.receipt('4917012345678', '2025-12-31 22:00', 'marketing'));
SELECT * FROM t.all_held('2026-06-01');
SELECT origin, until, detail FROM wa_explain('5511987654321', 'marketing', 'b1', 's1') WHERE reason = 'sender_hold';
SELECT wa_hold('b1', 'not there', region => 'BR');
-- It names what wa_release must be given.
SELECT detail FROM wa_explain('5511987654321', 'marketing', 'b1') WHERE reason = 'sender_hold';
SELECT wa_first_reason('5511987654321', 'utility', 'b1') AS brazil, wa_first_reason('4917012345678', 'utility', 'b1') AS germany;
SELECT wa_release('b1', 'warm enough', sender => 's1'), wa_release('b1', 'nothing left', sender => 's1'), wa_release('b1', 'allowed', region => 'BR');
SELECT * FROM t.all_held('2026-06-01');
SELECT act, business, sender, region, categories, until, reason FROM wa_sender_hold_log ORDER BY id;
-- A release ends what was learned by itself as well.
SELECT wa_report_error('4915112345678', 131031, now(), 'b2', 's3');
SELECT wa_first_reason('5511987654321', 'utility', 'b2'), wa_release('b2', 'unlocked, says support');
SELECT wa_first_reason('5511987654321', 'utility', 'b2');
SELECT wa_hold('', 'holiday');
SELECT * FROM t.all_held('2026-06-01');
SELECT * FROM t.law('2026-06-01');
-- Misuse.
\set VERBOSITY terse
SELECT wa_hold('b77', 'typo');
SELECT wa_hold('b1', 'typo', sender => 's77');
SELECT wa_hold('b1', 'the business of another', sender => 's3');
SELECT wa_release('b2', 'the business of another', sender => 's1');
-- One whose business nobody knows may be of any.
INSERT INTO wa_sender (business, sender) VALUES ('', 's8');
SELECT wa_hold('b1', 'x', sender => 's8'), wa_hold('', 'x', sender => 's3');
SELECT wa_hold('b1', ' ');
SELECT wa_hold('b1', 'x', region => 'Brazil');
SELECT wa_hold('b1', 'x', categories => '{}');
SELECT wa_hold(NULL, 'x');
SELECT wa_release('b77', 'typo');
-- By hand: NULL is "never" and "no end of its own". A hold since ever would have held nothing.
INSERT INTO wa_sender_hold (business, cause, categories, since) VALUES ('b1', 'operator', '{marketing}', '-infinity');
INSERT INTO wa_sender_hold (business, cause, categories, since, until) VALUES ('b1', 'operator', '{marketing}', '2026-01-01', 'infinity');
UPDATE wa_sender_hold SET lifted_at = 'infinity';
INSERT INTO wa_sender_life (business, sender, region, category, alive_at) VALUES ('b1', 's1', '', 'marketing', 'infinity');
INSERT INTO wa_sender (business, sender, last_seen) VALUES ('b1', 's9', 'infinity');
-- Names as a webhook would never name them: a question about such a business would see none of its rows.
INSERT INTO wa_sender (business) VALUES (E'b1\n');
INSERT INTO wa_sender (business, sender) VALUES ('b1', ' s9');
-- None of what a webhook names is refused: cut off where it is too long, it may end with a blank.
SELECT wa_ingest(jsonb_build_object('entry', jsonb_build_object('id', repeat('x', 254) || ' y', 'changes', jsonb_build_object('field', 'messages', 'value',
	jsonb_build_object('messages', jsonb_build_object('id', 'm', 'from', '491510000001', 'type', 'text', 'text', '{"body": "STOP"}'::jsonb)))))::text);
ROLLBACK;
