--
-- wa_error_override and wa_recompute: what a change of the policy does to the state
-- (what a row of it may hold is in errors.sql)
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE VIEW t.stands AS SELECT recipient, code, strikes, until FROM wa_cooldown ORDER BY recipient, code;
CALL t.take(t.failed('491620001001', 131049, '2025-03-01 10:00'));
CALL t.take(t.failed('491620001001', 131049, '2025-03-01 16:00'));
CALL t.take(t.failed('491620001001', 131049, '2025-03-02 10:00'));
CALL t.take(t.failed('491620001002', 131026, '2025-03-02 10:00'));
CALL t.take(t.receipt('491620001002', '2025-03-02 11:00'));
CALL t.take(t.failed('491620001003', 131051, '2025-03-02 10:00'));
TABLE t.stands;
-- Nothing changed, nothing to do.
SELECT wa_recompute();

-- A longer ladder and a smaller gap: at once for what comes, by wa_recompute() for what is there.
INSERT INTO wa_error_override (code, ladder, gap) VALUES (131049, '{36 h, 72 h, 144 h}', '6 h');
CALL t.take(t.failed('491620001004', 131049, '2025-03-02 10:00'));
TABLE t.stands;
SELECT wa_recompute();
TABLE t.stands;
SELECT wa_recompute();
SELECT wa_sendable('491620001001', 'marketing', at => '2025-03-08 09:59:59'), wa_sendable('491620001001', 'marketing', at => '2025-03-08 10:00');
SELECT wa_retry_after(131049, 1), wa_retry_after(131049, 3), wa_retry_after(131049, 9);

-- Other categories.
UPDATE wa_error_override SET blocks = '{marketing,utility}' WHERE code = 131049;
SELECT wa_recompute();
SELECT category, wa_sendable('491620001001', category, at => '2025-03-03') FROM unnest(enum_range(NULL::wa_category)) AS category;
-- No effect at all; the failures stay on record.
UPDATE wa_error_override SET blocks = '{}' WHERE code = 131049;
SELECT wa_recompute();
SELECT wa_sendable('491620001001', 'marketing', at => '2025-03-03');
SELECT recipient, code, cardinality(failures) AS failures, strikes, until FROM wa_cooldown WHERE code = 131049 ORDER BY recipient;
-- Back to the default.
DELETE FROM wa_error_override;
SELECT wa_recompute();
TABLE t.stands;

-- No end of its own.
INSERT INTO wa_error_override (code, ladder) VALUES (131049, '{1 day, NULL}');
SELECT wa_recompute();
TABLE t.stands;
SELECT wa_next_sendable('491620001001', 'marketing', at => '2025-03-03'), wa_next_sendable('491620001004', 'marketing', at => '2025-03-03');
DELETE FROM wa_error_override;
SELECT wa_recompute();

-- A code without an effect gets one: from now on, and for kept payloads by wa_replay().
INSERT INTO wa_error_override (code, blocks, ladder, reason) VALUES (131051, '{service}', '{1 h}', 'ours');
SELECT wa_recompute();
SELECT count(*) FROM wa_cooldown WHERE code = 131051;
SELECT applied FROM wa_replay();
TABLE t.stands;
SELECT reason, code, until, detail FROM wa_explain('491620001003', 'service', at => '2025-03-02 10:30') WHERE reason = 'cooldown';

-- A code of one's own.
INSERT INTO wa_error_override (code, title, category, blocks, ladder, gap) VALUES (888001, 'Provider Pause', 'platform', '{utility}', '{10 min, 1 h}', '1 min');
CALL t.take(t.failed('491620002001', 888001, '2025-03-02 10:00:00'));
CALL t.take(t.failed('491620002001', 888001, '2025-03-02 10:00:59'));
CALL t.take(t.failed('491620002001', 888001, '2025-03-02 10:01:00'));
SELECT recipient, code, strikes, until FROM wa_cooldown WHERE code = 888001;
SELECT reason, code, until, detail FROM wa_explain('491620002001', 'utility', at => '2025-03-02 10:30');
SELECT code, title, category, blocks, ladder, gap, effect, lifted_by FROM wa_classify(888001);
-- Forgotten again: unknown codes never affect anyone.
DELETE FROM wa_error_override WHERE code = 888001;
SELECT wa_sendable('491620002001', 'utility', at => '2025-03-02 10:30');
SELECT wa_recompute() > 0 AS changed;
SELECT recipient, code, cardinality(failures) AS failures, strikes, until FROM wa_cooldown WHERE code = 888001;

-- What lifts an effect lifts it, even if it came while the effect was off.
INSERT INTO wa_error_override (code, blocks) VALUES (131026, '{}');
CALL t.take(t.failed('491620003001', 131026, '2025-03-02 10:00'));
SELECT wa_recompute() > 0 AS changed;
CALL t.take(t.receipt('491620003001', '2025-03-02 11:00'));
INSERT INTO wa_error_override (code, blocks, ladder) VALUES (888001, '{utility}', '{1 d}');
CALL t.take(t.failed('491620003002', 888001, '2025-03-02 10:00'));
DELETE FROM wa_error_override;
CALL t.take(t.wrote('491620003002', '2025-03-02 11:00'));
SELECT wa_recompute() > 0 AS changed;
INSERT INTO wa_error_override (code, blocks, ladder) VALUES (888001, '{utility}', '{1 d}');
SELECT wa_recompute() IS NOT NULL AS done;
SELECT recipient, code, failures, strikes, until FROM wa_cooldown WHERE recipient BETWEEN '491620003001' AND '491620003002' ORDER BY recipient;
DELETE FROM wa_error_override;

-- The category alone changes what is shown, not what holds.
INSERT INTO wa_error_override (code, category, scope, title) VALUES (131049, 'sender', 'business', 'Ours');
SELECT wa_recompute();
SELECT code, title, category, scope, blocks, ladder FROM wa_classify(131049);

DELETE FROM wa_error_override;
SELECT wa_recompute();

-- Authentication as well, for 131026.
INSERT INTO wa_error_override (code, blocks) VALUES (131026, '{marketing,utility,authentication}');
CALL t.take(t.failed('491620004001', 131026, '2025-03-02 10:00'));
SELECT wa_sendable('491620004001', 'authentication', at => '2025-03-02 12:00');
DELETE FROM wa_error_override;
SELECT wa_sendable('491620004001', 'authentication', at => '2025-03-02 12:00');

-- Other evidence lifts, and the default no longer does: by wa_recompute(), either way.
DELETE FROM wa_cooldown;
CALL t.take(t.failed('491620004002', 131026, '2025-03-02 10:00'));
CALL t.take(t.receipt('491620004002', '2025-03-02 09:59:30'));
CALL t.take(t.failed('491620004003', 131026, '2025-03-02 10:00'));
CALL t.take(t.wrote('491620004003', '2025-03-02 10:00'));
TABLE t.stands;
INSERT INTO wa_error_override (code, lifted_by) VALUES (131026, '{inbound}');
SELECT wa_recompute();
TABLE t.stands;
UPDATE wa_error_override SET lifted_by = '{marketing_receipt,receipt}';
SELECT wa_recompute();
TABLE t.stands;
UPDATE wa_error_override SET lifted_by = '{}';
SELECT wa_recompute();
SELECT recipient, lifted_at, strikes, until FROM wa_cooldown ORDER BY recipient;
DELETE FROM wa_error_override;
SELECT wa_recompute();
SELECT recipient, lifted_at, strikes, until FROM wa_cooldown ORDER BY recipient;

-- An override is taken back. Until wa_recompute() the row does not know of the message before which it gives way, and the
-- suppression list answers as a look-up does.
INSERT INTO wa_error_override (code, lifted_by) VALUES (131049, '{marketing_receipt}');
CALL t.take(t.failed('491620004004', 131049, '2025-03-02 10:00'));
CALL t.take(t.wrote('491620004004', '2025-03-02 11:00'));
PREPARE asked AS SELECT wa_sendable(who, 'marketing', at => '2025-03-02 12:00') FROM unnest(ARRAY['491620004004']) AS who;
SELECT wa_sendable('491620004004', 'marketing', at => '2025-03-02 12:00') AS before;
DELETE FROM wa_error_override;
SET LOCAL wa_policy.suppression_list_after = -1;
EXECUTE asked;
SET LOCAL wa_policy.suppression_list_after = 0;
EXECUTE asked;
SELECT wa_recompute();
EXECUTE asked;
SET LOCAL wa_policy.suppression_list_after = -1;
EXECUTE asked;
RESET wa_policy.suppression_list_after;
DEALLOCATE asked;

-- A provider's number that is the same as one of Meta's: the ladder of that one, its evidence, its changes.
DELETE FROM wa_cooldown;
CALL t.take(t.failed('491620005001', 63049, '2025-03-02 10:00'));
SELECT count(*) FROM wa_cooldown;
INSERT INTO wa_error_override (code, same_as) VALUES (63049, 131049), (63024, 131026), (63016, 131047);
CALL t.take(t.failed('491620005001', 63049, '2025-03-02 10:00'));
CALL t.take(t.failed('491620005001', 63049, '2025-03-03 10:00'));
CALL t.take(t.failed('491620005002', 63024, '2025-03-02 10:00'));
CALL t.take(t.receipt('491620005002', '2025-03-02 09:59:00'));
CALL t.take(t.failed('491620005003', 63016, '2025-03-02 10:00'));
TABLE t.stands;
SELECT reason, code, until FROM wa_explain('491620005001', 'marketing', at => '2025-03-03 12:00');
SELECT last_window_refused_at FROM wa_activity WHERE recipient = '491620005003';
CALL t.take(t.receipt('491620005001', '2025-03-04 10:00', 'marketing'));
TABLE t.stands;
INSERT INTO wa_error_override (code, lifted_by, ladder) VALUES (131049, '{inbound}', '{1 h, 3 h}');
SELECT wa_recompute();
TABLE t.stands;
DELETE FROM wa_error_override WHERE code <> 131049;
SELECT wa_recompute();
TABLE t.stands;
DELETE FROM wa_error_override;
SELECT wa_recompute();

-- An incident: failures in it are as if they had not been, from since up to until.
DELETE FROM wa_cooldown;
CALL t.take(t.failed('491620006001', 131026, '2025-03-02 09:59:59'));
CALL t.take(t.failed('491620006002', 131026, '2025-03-02 10:00'));
CALL t.take(t.failed('491620006003', 131026, '2025-03-02 10:59:59'));
CALL t.take(t.failed('491620006004', 131026, '2025-03-02 11:00'));
CALL t.take(t.failed('491620006005', 131026, '2025-02-25 10:00'));
CALL t.take(t.failed('491620006005', 131026, '2025-03-02 10:30'));
CALL t.take(t.failed('491620006006', 131049, '2025-03-02 10:30'));
CALL t.take(t.failed('491620006007', 131026, '2025-03-02 10:30'), 'b2');
CALL t.take(t.failed('491620006008', 131026, '2025-03-02 10:30'), '');
TABLE t.stands;
INSERT INTO wa_incident (code, business, since, until, reason) VALUES (131026, 'b1', '2025-03-02 10:00', '2025-03-02 11:00', 'relay broken');
-- At once for what comes.
CALL t.take(t.failed('491620006009', 131026, '2025-03-02 10:30'));
TABLE t.stands;
SELECT wa_recompute();
TABLE t.stands;
SELECT wa_recompute();
SELECT wa_sendable('491620006005', 'marketing', at => '2025-03-02 12:00');
-- A failure after it is the first strike.
CALL t.take(t.failed('491620006003', 131026, '2025-03-04 10:00'));
SELECT strikes, until FROM wa_cooldown WHERE recipient = '491620006003';
-- Of every business, and without an end.
UPDATE wa_incident SET business = '', until = NULL;
SELECT wa_recompute();
TABLE t.stands;
-- Reversible.
DELETE FROM wa_incident;
SELECT wa_recompute();
TABLE t.stands;
-- An incident of the code that another is the same as; and of that other alone.
DELETE FROM wa_cooldown;
INSERT INTO wa_error_override (code, same_as) VALUES (63024, 131026);
CALL t.take(t.failed('491620007001', 131026, '2025-03-02 10:00'));
CALL t.take(t.failed('491620007001', 63024, '2025-03-02 10:00'));
INSERT INTO wa_incident (code, since, reason) VALUES (63024, '2025-03-02 10:00', 'relay broken');
SELECT wa_recompute();
TABLE t.stands;
UPDATE wa_incident SET code = 131026;
SELECT wa_recompute();
TABLE t.stands;
-- For people with several identifiers as well. The phone follows wa_recompute; what a decision works out again, for
-- an identifier without a row of its own, follows at once.
DELETE FROM wa_incident;
DELETE FROM wa_cooldown;
CALL t.take(t.failed('491620007002', 131026, '2025-03-02 10:00'));
CALL t.take('{"contacts": [{"wa_id": "491620007002", "user_id": "DE.700200"}], "messages": [{"id": "m", "from": "491620007002", "from_user_id": "DE.700200", "timestamp": "1740700000", "type": "text", "text": {"body": "Hi"}}]}');
SELECT wa_sendable(who, 'marketing', at => '2025-03-02 12:00') FROM unnest(ARRAY['491620007002', 'DE.700200']) AS who;
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '2025-03-02 10:00', 'relay broken');
SELECT wa_sendable(who, 'marketing', at => '2025-03-02 12:00') FROM unnest(ARRAY['491620007002', 'DE.700200']) AS who;
SELECT wa_recompute();
SELECT wa_sendable(who, 'marketing', at => '2025-03-02 12:00') FROM unnest(ARRAY['491620007002', 'DE.700200']) AS who;

ROLLBACK;
