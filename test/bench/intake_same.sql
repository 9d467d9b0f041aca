-- What we and P4 hold differently: no row.  (webhook_id and lifted_at are
-- bookkeeping: ids differ, and P4 notes no evidence before the first failure.)
SELECT 'consent ours' AS what, * FROM (
	SELECT recipient::text, business, register, state, at, origin, sender, message_id FROM wa_consent
	EXCEPT SELECT recipient, business, register, state, at, origin, sender, message_id FROM p4_consent) AS d
UNION ALL
SELECT 'consent P4', * FROM (
	SELECT recipient, business, register, state, at, origin, sender, message_id FROM p4_consent
	EXCEPT SELECT recipient::text, business, register, state, at, origin, sender, message_id FROM wa_consent) AS d;
SELECT 'log ours' AS what, * FROM (
	SELECT recipient::text, business, register, state, at, origin, sender, message_id, evidence FROM wa_consent_log
	EXCEPT SELECT recipient, business, register, state, at, origin, sender, message_id, evidence FROM p4_consent_log) AS d
UNION ALL
SELECT 'log P4', * FROM (
	SELECT recipient, business, register, state, at, origin, sender, message_id, evidence FROM p4_consent_log
	EXCEPT SELECT recipient::text, business, register, state, at, origin, sender, message_id, evidence FROM wa_consent_log) AS d;
SELECT 'cooldown ours' AS what, * FROM (
	SELECT recipient::text, business, code, failures, strikes, until FROM wa_cooldown
	EXCEPT SELECT recipient, business, code, failures, strikes, until FROM p4_cooldown) AS d
UNION ALL
SELECT 'cooldown P4', * FROM (
	SELECT recipient, business, code, failures, strikes, until FROM p4_cooldown
	EXCEPT SELECT recipient::text, business, code, failures, strikes, until FROM wa_cooldown) AS d;
SELECT 'activity ours' AS what, * FROM (
	SELECT recipient::text, business, sender, last_inbound_at, last_delivered_at, last_read_at, last_marketing_delivered_at, wa_id, wa_id_at FROM wa_activity
	EXCEPT SELECT recipient, business, sender, last_inbound_at, last_delivered_at, last_read_at, last_marketing_delivered_at, wa_id, wa_id_at FROM p4_activity) AS d
UNION ALL
SELECT 'activity P4', * FROM (
	SELECT recipient, business, sender, last_inbound_at, last_delivered_at, last_read_at, last_marketing_delivered_at, wa_id, wa_id_at FROM p4_activity
	EXCEPT SELECT recipient::text, business, sender, last_inbound_at, last_delivered_at, last_read_at, last_marketing_delivered_at, wa_id, wa_id_at FROM wa_activity) AS d;
SELECT 'problem ours', path, problem, detail FROM wa_problem;
SELECT 'unfed', count(*) FROM (SELECT FROM wa_activity LIMIT 1) AS a HAVING count(*) = 0;
