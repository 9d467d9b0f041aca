--
-- wa_suppressed: all who must not be sent to, each with the first objection
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

SELECT * FROM wa_suppressed('marketing');

CALL t.take(t.prefers('491590001001', 'stop', '2025-03-01 10:00'));
CALL t.take(t.prefers('491590001002', 'resume', '2025-03-01 10:00'));
CALL t.take(t.wrote('491590001003', '2025-03-01 10:00', 'STOP'));
CALL t.take(t.failed('491590001004', 131049, '2025-03-01 10:00'));
CALL t.take(t.failed('491590001005', 131026, '2025-03-01 10:00'), 'b2');
CALL t.take(t.failed('491590001006', 130403, '2025-03-01 10:00'));
CALL t.take(t.receipt('12125550190', '2025-03-01 10:00'));
CALL t.take(t.receipt('491590001007', '2025-03-01 10:00'));
CALL t.take(t.failed('491590001008', 131050, '2025-03-01 10:00'));
CALL t.take(t.failed('491590001008', 131026, '2025-03-01 10:00'));
CALL t.take('{"user_preferences": [{"user_id": "DE.zzz", "value": "stop", "timestamp": 1740823200}]}');
CALL t.take(t.failed('491590001009', 131047, '2025-03-01 10:00'));

SELECT * FROM wa_suppressed('marketing', at => '2025-03-01 12:00') ORDER BY recipient;
SELECT * FROM wa_suppressed('utility', at => '2025-03-01 12:00') ORDER BY recipient;
SELECT * FROM wa_suppressed('authentication', 'b1', '2025-03-01 12:00') ORDER BY recipient;
SELECT * FROM wa_suppressed('service', 'b2', '2025-03-01 12:00') ORDER BY recipient;
-- Later, the cooldowns are over.
SELECT recipient, reason FROM wa_suppressed('marketing', at => '2025-03-03 12:00') ORDER BY recipient;
-- A business without rows has only those of '' and the regions.
SELECT recipient, reason FROM wa_suppressed('marketing', 'b9', '2025-03-01 12:00') ORDER BY recipient;

-- Exactly those of whom wa_sendable says no, each once, with what wa_explain says first.
CREATE TABLE t.known AS SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_cooldown UNION SELECT recipient FROM wa_activity;
SELECT count(*) AS questions, sum(wrong) AS wrong, sum(doubled) AS doubled
FROM unnest(enum_range(NULL::wa_category)) AS category, (VALUES (NULL), ('b1'), ('b2')) AS b (business),
	unnest(ARRAY['2025-03-01 09:00', '2025-03-01 10:00', '2025-03-01 12:00', '2025-03-02 10:00', '2025-03-09', '2026-01-01']::timestamptz[]) AS at,
	LATERAL (SELECT count(*) AS wrong FROM t.known AS k FULL JOIN wa_suppressed(category, b.business, at) AS s USING (recipient)
		LEFT JOIN LATERAL (SELECT * FROM wa_explain(recipient, category, b.business, NULL, at) LIMIT 1) AS e ON true
		WHERE k.recipient IS NULL OR (s.recipient IS NULL) <> wa_sendable(recipient, category, b.business, NULL, at)
			OR (s.reason, s.code, s.since, s.until) IS DISTINCT FROM (e.reason, e.code, e.since, e.until)) AS x,
	LATERAL (SELECT count(recipient) - count(DISTINCT recipient) AS doubled FROM wa_suppressed(category, b.business, at)) AS y;

-- Who is known by rows that were taken back is not known, though the indexes have them.
SAVEPOINT before;
CALL t.take(t.receipt('12125550191', '2025-03-01 10:00'));
CALL t.take(t.prefers('12125550192', 'stop', '2025-03-01 10:00'));
CALL t.take('{"user_preferences": [{"wa_id": "12125550193", "user_id": "US.zzz", "value": "resume", "timestamp": 1740823200}]}');
SELECT category, count(*) FROM unnest(enum_range(NULL::wa_category)) AS category, wa_suppressed(category, at => '2025-03-01 12:00') AS s
	WHERE s.recipient IN ('12125550191', '12125550192', '12125550193', 'US.zzz') GROUP BY 1 ORDER BY 1;
ROLLBACK TO before;
SELECT category, recipient FROM unnest(enum_range(NULL::wa_category)) AS category, wa_suppressed(category, at => '2025-03-01 12:00') AS s
	WHERE s.recipient IN ('12125550191', '12125550192', '12125550193', 'US.zzz');

-- As an anti-join.
SELECT phone FROM unnest(ARRAY['491590001001', '491590001002', '491590009999']) AS phone
WHERE NOT EXISTS (SELECT FROM wa_suppressed('marketing') AS s WHERE s.recipient = phone::wa_recipient);

ROLLBACK;
