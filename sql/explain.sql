--
-- The decision: every reason, in order, in words; arguments and their misuse
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Nothing known: nothing objects but the closed window.
SELECT category, wa_sendable('491580001001', category, at => '2025-03-01 12:00') AS sendable,
	wa_next_sendable('491580001001', category, at => '2025-03-01 12:00') AS next,
	(SELECT string_agg(rule || ' ' || reason, ', ') FROM wa_explain('491580001001', category, at => '2025-03-01 12:00')) AS objections
FROM unnest(enum_range(NULL::wa_category)) AS category;

-- One whom everything forbids.
CALL t.take(t.prefers('12125550180', 'stop', '2025-03-01 10:00'));
CALL t.take(t.prefers('12125550180', 'stop', '2025-03-01 10:01'), 'b2');
CALL t.take(t.wrote('12125550180', '2025-02-01 10:02', 'STOP'));
SELECT wa_opt_out('12125550180', 'told us on the phone', at => '2025-03-01 10:03');
CALL t.take(t.failed('12125550180', 131049, '2025-03-01 10:04'));
CALL t.take(t.failed('12125550180', 131026, '2025-03-01 10:05'));
CALL t.take(t.failed('12125550180', 131026, '2025-03-01 10:06'), 'b2');
CALL t.take(t.failed('12125550180', 130472, '2025-03-01 10:07'));
CALL t.take(t.failed('12125550180', 130403, '2025-03-01 10:08'), NULL);
SELECT rule, reason, business, code, since, until, origin FROM wa_explain('12125550180', 'marketing', at => '2025-03-01 12:00');
SELECT rule, reason, business, code, since, until, origin FROM wa_explain('12125550180', 'marketing', 'b2', at => '2025-03-01 12:00');
SELECT rule, reason, business, code, since, until, origin FROM wa_explain('12125550180', 'utility', at => '2025-03-01 12:00');
SELECT rule, reason, business, code, since, until, origin FROM wa_explain('12125550180', 'service', at => '2025-03-01 12:00');
SELECT DISTINCT reason, code, detail FROM wa_explain('12125550180', 'marketing', at => '2025-03-01 12:00') ORDER BY reason, code;
-- What has ended is no objection.
SELECT rule, reason, business, code FROM wa_explain('12125550180', 'marketing', at => '2025-03-10 12:00');

-- Where WhatsApp limits nobody the code of its limit is unexpected, and obeyed all the same; under a provider's own number too.
INSERT INTO wa_error_override (code, same_as, title) VALUES (63049, 131049, NULL), (63032, 130472, 'The provider''s words');
CALL t.take(t.failed('491580001050', 131049, '2025-03-01 10:00'));
CALL t.take(t.failed('491580001050', 63049, '2025-03-01 10:00'));
CALL t.take(t.failed('491580001050', 63032, '2025-03-01 10:00'));
CALL t.take(t.failed('5511987650053', 131049, '2025-03-01 10:00'));
SELECT phone, code, detail FROM unnest('{491580001050,5511987650053}'::text[]) AS phone, wa_explain(phone, 'marketing', at => '2025-03-01 12:00');
SAVEPOINT regions;
DELETE FROM wa_region_without_limit WHERE region = 'DE';
SELECT code, detail LIKE '%unexpected%' AS unexpected FROM wa_explain('491580001050', 'marketing', at => '2025-03-01 12:00');
ROLLBACK TO regions;

-- A rule for a region of which nobody said why.
INSERT INTO wa_region_rule (region, category, reason, source) VALUES ('DE', 'utility', '', '');
SELECT reason, origin, detail FROM wa_explain('491580001050', 'utility', at => '2025-03-01 12:00');
DELETE FROM wa_region_rule WHERE region = 'DE';

-- An incident that changes the answer is told, and the cooldown lasts since the latest failure that counts: of a person
-- known by its phone alone, and of one whose failures came under two identifiers.
CALL t.take(t.failed('491580001054', 131026, '2025-03-01 10:00'));
CALL t.take(t.failed('491580001054', 131026, '2025-03-02 10:00'));
CALL t.take(t.failed('491580001054', 131026, '2025-03-02 22:00'));
CALL t.take('{"messages":[{"id":"wamid.two","from":"491580001055","from_user_id":"DE.two","timestamp":"1740812400","type":"image"}]}');
CALL t.take(t.failed('491580001055', 131026, '2025-03-01 10:00'));
CALL t.take(t.failed('491580001055', 131026, '2025-03-02 10:00'));
CALL t.take('{"statuses":[{"id":"wamid.three","recipient_user_id":"DE.two","status":"failed","timestamp":"1740952800","errors":[{"code":131026}]}]}');
SELECT phone, since, until, detail FROM unnest('{491580001054,491580001055,DE.two}'::text[]) AS phone, wa_explain(phone, 'utility', at => '2025-03-02 23:00');
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2025-03-02 22:00', '2025-03-02 23:00', 'outage');
-- Before wa_recompute what is stored is told as it stands.
SELECT since, until, detail FROM wa_explain('491580001054', 'utility', at => '2025-03-02 23:00');
SELECT wa_recompute() > 0 AS changed;
SELECT phone, since, until, detail FROM unnest('{491580001054,491580001055,DE.two}'::text[]) AS phone, wa_explain(phone, 'utility', at => '2025-03-02 23:00');
UPDATE wa_incident SET since = '2025-03-02';
SELECT wa_recompute() > 0 AS changed;
SELECT phone, since, until, detail FROM unnest('{491580001054,491580001055,DE.two}'::text[]) AS phone, wa_explain(phone, 'utility', at => '2025-03-01 23:00');

-- Since when a window is closed, for the business and sender in question.
CALL t.take(t.wrote('491580001056', '2025-03-01 10:00'));
CALL t.take(t.wrote('491580001057', '2025-03-01 10:00'), 'b1', 's2');
SELECT asked, sender, business, since, detail FROM (VALUES ('b1', NULL), (NULL, 's1'), (NULL, 's2'), ('b2', NULL), (NULL, NULL)) AS q (asked, sender),
	wa_explain('491580001056', 'service', asked, sender, '2025-03-02 10:00');
-- It is open for the other sender.
SELECT since, detail FROM wa_explain('491580001056', 'service', sender => 's2', at => '2025-03-01 11:00');
-- One that nobody knows whose window it is about was refused.
SELECT wa_report_error('491580001056', 131047, '2025-03-01 11:00');
SELECT business, since, detail FROM wa_explain('491580001056', 'service', at => '2025-03-01 12:00');

-- No recipient: false, and never an error, whatever stands in the column.
CREATE TABLE t.segment (id int, phone text);
INSERT INTO t.segment VALUES (1, '+49 158 0002001'), (2, NULL), (3, ''), (4, 'unknown'), (5, '+55 11'), (6, 'maria@example.com'), (7, '0491580002001'),
	(8, '49 158 0002001 ext. 5'), (9, E'49158\n0002001'), (10, '  +49 (158) 000-2002  '), (11, repeat('9', 1000000)), (12, 'DE.abc'), (13, 'd1.abc'), (14, '12125550181'), (15, '📞491580002001');
SELECT id FROM t.segment WHERE wa_sendable(phone, 'marketing') ORDER BY id;
SELECT id, e.* FROM t.segment LEFT JOIN LATERAL wa_explain(phone, 'marketing') AS e ON true WHERE id < 15 AND id <> 11 ORDER BY id;
SELECT wa_next_sendable('unknown', 'marketing'), wa_next_sendable(NULL::text, 'marketing'), wa_sendable(NULL::wa_recipient, 'marketing');
SELECT * FROM wa_explain(NULL::wa_recipient, 'utility');
SELECT id, wa_first_reason(phone, 'marketing') FROM t.segment WHERE id < 15 ORDER BY id;

-- Text and wa_recipient are the same question.
SELECT wa_sendable('12125550180', 'marketing') = wa_sendable('12125550180'::wa_recipient, 'marketing') AS sendable,
	wa_first_reason('12125550180', 'marketing') = wa_first_reason('12125550180'::wa_recipient, 'marketing') AS reason,
	wa_next_sendable('491580001001', 'utility', at => '2025-03-01') = wa_next_sendable('491580001001'::wa_recipient, 'utility', at => '2025-03-01') AS next,
	(SELECT array_agg(e) FROM wa_explain('12125550180', 'marketing') AS e) = (SELECT array_agg(e) FROM wa_explain('12125550180'::wa_recipient, 'marketing') AS e) AS explain;
-- Arguments by name, in any order; at is now if nothing is said.
SELECT wa_sendable(category => 'marketing', phone => '491580001001', sender => 's1', business => 'b1', at => now());
SELECT wa_next_sendable('491580001001', 'marketing') = now() AS now;

-- wa_explain is empty exactly where wa_sendable is true.
SELECT count(*) AS answers, count(*) FILTER (WHERE wa_sendable(phone, category, business, NULL, at)
	<> NOT EXISTS (SELECT FROM wa_explain(phone, category, business, NULL, at))) AS differences,
	count(*) FILTER (WHERE wa_sendable(phone, category, business, NULL, at) <> (wa_next_sendable(phone, category, business, NULL, at) IS NOT DISTINCT FROM at)) AS other_differences,
	count(*) FILTER (WHERE wa_first_reason(phone, category, business, NULL, at)
		IS DISTINCT FROM (SELECT reason FROM wa_explain(phone, category, business, NULL, at) LIMIT 1)) AS reasons_differ
FROM (VALUES ('12125550180'), ('491580001001'), ('12125550181'), ('nobody'), (NULL)) AS who (phone),
	unnest(enum_range(NULL::wa_category)) AS category, (VALUES (NULL), ('b1'), ('b2'), ('b3')) AS b (business),
	generate_series(timestamptz '2025-03-01 09:00', '2025-03-12', '6 hours') AS at;

-- Misuse is an error.
SELECT wa_sendable('491580001001', 'newsletter');
SELECT wa_sendable('491580001001', 'Marketing');
SELECT wa_sendable('491580001001', NULL);
SELECT wa_sendable('491580001001', 'marketing', at => NULL);
SELECT * FROM wa_explain('491580001001', NULL);
SELECT wa_next_sendable('491580001001', 'marketing', at => NULL);
SELECT wa_first_reason('491580001001', NULL);
SELECT wa_first_reason('491580001001', 'marketing', at => NULL);
SELECT * FROM wa_suppressed(NULL);
SELECT * FROM wa_suppressed('marketing', at => NULL);
\set VERBOSITY sqlstate
SELECT wa_sendable('491580001001', NULL);
\set VERBOSITY default

-- The search_path of the caller does not matter.
SET LOCAL search_path = pg_catalog;
SELECT public.wa_sendable('12125550180', 'marketing'), public.wa_next_sendable('12125550180', 'marketing');
SELECT public.wa_first_reason('12125550180', 'marketing');
SELECT rule, reason FROM public.wa_explain('12125550180'::public.wa_recipient, 'utility', 'b1', at => '2025-03-01 12:00');
RESET search_path;

ROLLBACK;
