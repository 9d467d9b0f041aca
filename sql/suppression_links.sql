-- People with several identifiers: that the suppression list, look-ups and
-- reports give one answer, and who is decided without a look-up.
SET timezone = 'UTC';
SET client_min_messages = warning;
BEGIN;
SELECT wa_declare_empty('a test');
INSERT INTO wa_sender (business) VALUES (''), ('B'), ('C');

-- One status, message or preference that names these identifiers, so many hours ago.
CREATE FUNCTION pg_temp.hook(business text, field text, kind text, hours numeric, element jsonb) RETURNS void
LANGUAGE sql AS $$
	SELECT wa_ingest(jsonb_build_object('entry', jsonb_build_array(jsonb_build_object('id', business, 'changes',
		jsonb_build_array(jsonb_build_object('field', field, 'value', jsonb_build_object(
			'metadata', jsonb_build_object('phone_number_id', 'S' || business),
			kind, jsonb_build_array(jsonb_strip_nulls(element ||
				jsonb_build_object('timestamp', extract(epoch FROM now() - hours * interval '1 hour')::bigint)))))))))::text)
$$;
CREATE FUNCTION pg_temp.status(hours numeric, code int, phone text, bsuid text DEFAULT NULL, parent text DEFAULT NULL,
	business text DEFAULT 'B') RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook(business, 'messages', 'statuses', hours, jsonb_build_object('id', 'wamid.s',
		'status', CASE WHEN code IS NULL THEN 'sent' ELSE 'failed' END,
		'recipient_id', phone, 'recipient_user_id', bsuid, 'recipient_parent_user_id', parent,
		'errors', CASE WHEN code IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', code)) END))
$$;
CREATE FUNCTION pg_temp.message(hours numeric, phone text, bsuid text DEFAULT NULL, parent text DEFAULT NULL,
	business text DEFAULT 'B', body text DEFAULT 'hm') RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook(business, 'messages', 'messages', hours, jsonb_build_object('id', 'wamid.m', 'type', 'text',
		'text', jsonb_build_object('body', body), 'from', phone, 'from_user_id', bsuid, 'from_parent_user_id', parent))
$$;
CREATE FUNCTION pg_temp.changed(hours numeric, phone text, to_phone text) RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook('B', 'messages', 'messages', hours, jsonb_build_object('id', 'wamid.c', 'type', 'system',
		'from', phone, 'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', to_phone)))
$$;
CREATE FUNCTION pg_temp.changed_id(hours numeric, bsuid text, to_bsuid text) RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook('B', 'user_id_update', 'user_id_update', hours, jsonb_build_object(
		'user_id', jsonb_build_object('previous', bsuid, 'current', to_bsuid)))
$$;
CREATE FUNCTION pg_temp.preference(hours numeric, value text, phone text, bsuid text DEFAULT NULL, business text DEFAULT 'B') RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook(business, 'user_preferences', 'user_preferences', hours, jsonb_build_object(
		'wa_id', phone, 'user_id', bsuid, 'category', 'marketing_messages', 'value', value))
$$;

CREATE TEMPORARY TABLE people (story text, id text);
CREATE PROCEDURE pg_temp.story(story text, VARIADIC ids text[]) LANGUAGE sql AS $$
	INSERT INTO people SELECT story, id FROM unnest(ids) AS id
$$;
\set ECHO none
\o /dev/null

-- Always named by both.
SELECT pg_temp.preference(9, 'stop', '49151000001', 'DE.a1');
CALL pg_temp.story('both: stopped', '49151000001', 'DE.a1');
SELECT pg_temp.status(900, 131049, '49151000002', 'DE.a2');
CALL pg_temp.story('both: over', '49151000002', 'DE.a2');
SELECT pg_temp.status(5, 131049, '49151000003', 'DE.a3');
CALL pg_temp.story('both: cooling', '49151000003', 'DE.a3');
SELECT pg_temp.preference(9, 'stop', '49151000004', 'DE.a4'), pg_temp.preference(8, 'resume', '49151000004', 'DE.a4');
CALL pg_temp.story('both: resumed', '49151000004', 'DE.a4');
SELECT pg_temp.status(5, 131049, '49151000005', 'DE.a5', 'DE.ENT.a5');
CALL pg_temp.story('three: cooling', '49151000005', 'DE.a5', 'DE.ENT.a5');
SELECT pg_temp.status(20 * h + 2, 131049, '49151000006', 'DE.a6') FROM generate_series(1, 20) AS h;
CALL pg_temp.story('both: many failures', '49151000006', 'DE.a6');

-- The event named the phone alone, and the two were seen together since.
SELECT pg_temp.preference(900, 'stop', '49151000011'), pg_temp.status(5, NULL, '49151000011', 'DE.b1');
CALL pg_temp.story('phone: stopped', '49151000011', 'DE.b1');
SELECT pg_temp.status(12, 131049, '49151000012'), pg_temp.status(10, NULL, '49151000012', 'DE.b2');
CALL pg_temp.story('phone: cooling', '49151000012', 'DE.b2');
SELECT pg_temp.status(12, 131049, '49151000013'), pg_temp.status(10, NULL, '49151000013', 'DE.b3'), pg_temp.message(2, NULL, 'DE.b3');
CALL pg_temp.story('phone: cooling, window of the other', '49151000013', 'DE.b3');
SELECT pg_temp.status(12, 131026, '49151000014'), pg_temp.status(10, NULL, '49151000014', 'DE.b4');
CALL pg_temp.story('phone: not reached', '49151000014', 'DE.b4');

-- What lifts a stop of the phone came before the two were seen together: it says nothing of the BSUID.  Where another stop
-- of the phone stands, both are refused, for different reasons.
SELECT pg_temp.preference(900, 'stop', '49151000135'), pg_temp.preference(800, 'resume', '49151000135'),
	wa_opt_out('49151000135', 'asked', business => 'B', at => now() - interval '700 hours'), pg_temp.status(5, NULL, '49151000135', 'DE.b5');
CALL pg_temp.story('phone: resumed before, stopped', '49151000135', 'DE.b5');
SELECT wa_opt_out('49151000136', 'asked', business => 'B', at => now() - interval '900 hours'), pg_temp.status(850, NULL, '49151000136', 'DE.b6'),
	wa_opt_in('49151000136', 'form', business => '', at => now() - interval '800 hours');
CALL pg_temp.story('phone: opted in everywhere', '49151000136', 'DE.b6');

-- The event named the BSUID alone, before or after.
SELECT pg_temp.preference(900, 'stop', NULL, 'DE.k1'), pg_temp.status(5, NULL, '49151000015', 'DE.k1');
CALL pg_temp.story('bsuid: stopped', '49151000015', 'DE.k1');
SELECT pg_temp.status(10, NULL, '49151000016', 'DE.k2'), pg_temp.status(5, 131026, NULL, 'DE.k2');
CALL pg_temp.story('bsuid: not reached', '49151000016', 'DE.k2');
SELECT pg_temp.preference(900, 'stop', '49151000017'), pg_temp.status(800, NULL, '49151000017', 'DE.k3'), pg_temp.preference(700, 'resume', NULL, 'DE.k3');
CALL pg_temp.story('bsuid: resumed', '49151000017', 'DE.k3');
SELECT pg_temp.status(30, 131050, NULL, NULL, 'DE.ENT.k4'),
	pg_temp.status(20, NULL, NULL, 'DE.k4', 'DE.ENT.k4'), pg_temp.status(10, NULL, '49151000018', 'DE.k4');
CALL pg_temp.story('parent: stopped', '49151000018', 'DE.k4', 'DE.ENT.k4');
SELECT pg_temp.status(40, 131026, NULL, 'DE.k5'), pg_temp.status(30, NULL, '49151000019', 'DE.k5'), pg_temp.status(26, 131026, '49151000019');
CALL pg_temp.story('bsuid: two strikes together', '49151000019', 'DE.k5');

-- They differ.
SELECT pg_temp.preference(900, 'resume', '49151000021'), pg_temp.preference(800, 'stop', '49151000021', 'DE.c1');
CALL pg_temp.story('different: resumed before', '49151000021', 'DE.c1');
SELECT pg_temp.status(40, 131049, '49151000022', 'DE.c2'), pg_temp.status(12, 131049, NULL, 'DE.c2'), pg_temp.status(20, NULL, '49151000023', 'DE.c2');
CALL pg_temp.story('different: strikes', '49151000022', 'DE.c2', '49151000023');

-- Two phones with a cooldown that a window lifts share a BSUID without rows, which has a window or has not.
SELECT pg_temp.status(12, 131049, n), pg_temp.status(seen, NULL, n, bsuid), pg_temp.message(2, NULL, window_of)
	FROM (VALUES ('49151000031', 11, 'DE.e1', NULL), ('49151000032', 10, 'DE.e1', NULL), ('49151000033', 11, 'DE.e2', NULL),
		('49151000034', 11, 'DE.e2', 'DE.e2')) AS v (n, seen, bsuid, window_of);
CALL pg_temp.story('shared: cooling', '49151000031', '49151000032', 'DE.e1');
CALL pg_temp.story('shared: window', '49151000033', '49151000034', 'DE.e2');
SELECT pg_temp.preference(50, 'stop', '49151000035'), pg_temp.status(11, NULL, n, 'DE.e3') FROM unnest(ARRAY['49151000035', '49151000036', '49151000037']) AS n;
CALL pg_temp.story('shared: one stopped', '49151000035', '49151000036', '49151000037', 'DE.e3');
SELECT pg_temp.preference(9, 'stop', NULL, 'DE.e4'), pg_temp.status(11, NULL, n, 'DE.e4') FROM unnest(ARRAY['49151000038', '49151000039']) AS n;
CALL pg_temp.story('shared: bsuid stopped', '49151000038', '49151000039', 'DE.e4');
SELECT pg_temp.preference(9, 'stop', '49151000040'), pg_temp.status(20, NULL, '49151000040', 'DE.e5', 'DE.ENT.e5'),
	pg_temp.status(20, NULL, '49151000044', 'DE.e6', 'DE.ENT.e5');
CALL pg_temp.story('shared: parent', '49151000040', '49151000044', 'DE.e5', 'DE.e6', 'DE.ENT.e5');
SELECT pg_temp.status(40, 131026, '49151000045'), pg_temp.status(26, 131026, '49151000046'),
	pg_temp.status(11, NULL, n, 'DE.e7') FROM unnest(ARRAY['49151000045', '49151000046']) AS n;
CALL pg_temp.story('shared: two strikes together', '49151000045', '49151000046', 'DE.e7');

-- A window two links away, past somebody without rows; and none.
SELECT pg_temp.status(12, 131049, '49151000041'), pg_temp.status(10, NULL, '49151000041', 'DE.f1'),
	pg_temp.status(10, NULL, NULL, 'DE.f1', 'DE.ENT.f1'), pg_temp.message(2, NULL, NULL, 'DE.ENT.f1');
CALL pg_temp.story('two links: window', '49151000041', 'DE.f1', 'DE.ENT.f1');
SELECT pg_temp.status(12, 131049, '49151000042'), pg_temp.status(10, NULL, '49151000042', 'DE.f2'), pg_temp.status(10, NULL, NULL, 'DE.f2', 'DE.ENT.f2');
CALL pg_temp.story('two links: cooling', '49151000042', 'DE.f2', 'DE.ENT.f2');

-- Only one of the two has written, or was written to, besides.
SELECT pg_temp.status(10, NULL, '49151000051', 'DE.g1'), pg_temp.message(2, NULL, 'DE.g1');
CALL pg_temp.story('one: wrote', '49151000051', 'DE.g1');
SELECT pg_temp.preference(9, 'stop', '49151000052', 'DE.g2'), pg_temp.message(2, '49151000052');
CALL pg_temp.story('one: stopped, wrote', '49151000052', 'DE.g2');
SELECT pg_temp.preference(9, 'stop', '49151000053', 'DE.g3'), pg_temp.preference(8, 'stop', NULL, 'DE.g3');
CALL pg_temp.story('one: stopped again', '49151000053', 'DE.g3');
SELECT pg_temp.status(10, 131026, '49151000054', 'DE.g4'), pg_temp.message(2, NULL, 'DE.g4');
CALL pg_temp.story('one: lifted', '49151000054', 'DE.g4');
SELECT pg_temp.preference(9, 'stop', '49151000055', 'DE.g5'), pg_temp.preference(8, 'resume', '49151000055');
CALL pg_temp.story('one: resumed', '49151000055', 'DE.g5');

-- Named together for the first time in one statement: a phone by two BSUIDs.
SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes', json_build_array(json_build_object(
	'field', 'messages', 'value', json_build_object('metadata', json_build_object('phone_number_id', 'S'), 'statuses', json_agg(
		json_build_object('id', 'w', 'status', 'failed', 'timestamp', extract(epoch FROM now() - interval '5 hours')::bigint::text,
			'recipient_id', '49151000061', 'recipient_user_id', bsuid, 'errors', '[{"code": 131026}]'::json))))))))::text)
	FROM unnest(ARRAY['DE.h1', 'DE.h2']) AS bsuid;
CALL pg_temp.story('several: one statement', '49151000061', 'DE.h1', 'DE.h2');

-- BSUIDs of two portfolios on one phone are no rivals; of one portfolio they are.
SELECT pg_temp.preference(90, 'stop', '49151000101'), pg_temp.status(80, NULL, '49151000101', 'DE.p1'),
	pg_temp.status(70, NULL, '49151000101', 'DE.p2', business => 'C'), pg_temp.preference(50, 'resume', '49151000101', 'DE.p1');
CALL pg_temp.story('portfolios: resumed', '49151000101', 'DE.p1', 'DE.p2');
SELECT pg_temp.preference(90, 'stop', '49151000102', 'DE.p3'), pg_temp.status(80, NULL, '49151000102', 'DE.p4'), pg_temp.preference(50, 'resume', '49151000102', 'DE.p4');
CALL pg_temp.story('recycled: resumed', '49151000102', 'DE.p3', 'DE.p4');
SELECT pg_temp.status(900, NULL, '49151000103', 'DE.p5'), pg_temp.status(700, 130403, '49151000103'), pg_temp.message(500, '49151000103', 'DE.p6');
CALL pg_temp.story('recycled: wrote', '49151000103', 'DE.p5', 'DE.p6');
SELECT pg_temp.status(900, 130403, '49151000104', 'DE.p7'), pg_temp.message(500, '49151000104', 'DE.p8');
CALL pg_temp.story('recycled: wrote, failure named both', '49151000104', 'DE.p7', 'DE.p8');

-- A new number, and what went along with it.
SELECT pg_temp.preference(90, 'stop', '49151000062'), pg_temp.changed(50, '49151000062', '49151000063');
CALL pg_temp.story('changed: stopped', '49151000062', '49151000063');
SELECT pg_temp.preference(90, 'stop', '49151000072'), pg_temp.changed(50, '49151000072', '49151000073'), pg_temp.status(10, 131026, '49151000073');
CALL pg_temp.story('changed: stopped, not reached since', '49151000072', '49151000073');
SELECT pg_temp.message(90, '49151000074', body => 'STOP'), pg_temp.changed(50, '49151000074', '49151000075'), pg_temp.preference(40, 'stop', '49151000074');
CALL pg_temp.story('changed: stopped before and afterwards', '49151000074', '49151000075');
SELECT pg_temp.message(90, '49151000076', body => 'STOP'), wa_opt_in('49151000076', 'form', at => now() - interval '70 hours'),
	pg_temp.changed(50, '49151000076', '49151000077'), wa_opt_out('49151000076', 'asked', at => now() - interval '40 hours');
CALL pg_temp.story('changed: resumed, stopped afterwards', '49151000076', '49151000077');
SELECT pg_temp.changed(500, '49151000064', '49151000065');
CALL pg_temp.story('changed: nothing', '49151000064', '49151000065');
SELECT pg_temp.changed(50, '49151000081', '49151000082'), pg_temp.preference(40, 'stop', '49151000081');
CALL pg_temp.story('changed: the next owner stopped', '49151000081', '49151000082');
SELECT pg_temp.status(90, NULL, '49151000131', 'DE.next'), pg_temp.changed(50, '49151000131', '49151000132'), pg_temp.preference(40, 'stop', '49151000131');
CALL pg_temp.story('changed: the next owner stopped, bsuid', '49151000131', '49151000132', 'DE.next');
SELECT pg_temp.preference(90, 'stop', '49151000083'), pg_temp.changed(80, '49151000083', '49151000084'), pg_temp.changed(70, '49151000084', '49151000085');
CALL pg_temp.story('changed twice: stopped', '49151000083', '49151000084', '49151000085');
SELECT pg_temp.status(90, 130403, '49151000086'), pg_temp.changed(80, '49151000086', '49151000087'), pg_temp.changed(70, '49151000087', '49151000088'),
	pg_temp.message(60, '49151000088');
CALL pg_temp.story('changed twice: wrote', '49151000086', '49151000087', '49151000088');
SELECT pg_temp.status(40, 131026, '49151000091'), pg_temp.changed(30, '49151000091', '49151000092'), pg_temp.status(26, 131026, '49151000092');
CALL pg_temp.story('changed: two strikes together', '49151000091', '49151000092');
SELECT pg_temp.preference(90, 'stop', '49151000094'), pg_temp.preference(50, 'resume', '49151000093'), pg_temp.changed(40, '49151000093', '49151000094');
CALL pg_temp.story('changed: resumed under the old one', '49151000093', '49151000094');
SELECT pg_temp.message(90, '49151000096', body => 'STOP'), wa_opt_in('49151000095', 'form', at => now() - interval '50 hours'), pg_temp.changed(40, '49151000095', '49151000096');
CALL pg_temp.story('changed: opted in everywhere under the old one', '49151000095', '49151000096');
SELECT pg_temp.status(10, 131049, '49151000098'), pg_temp.message(5, '49151000097'), pg_temp.changed(2, '49151000097', '49151000098');
CALL pg_temp.story('changed: cooling, window of the old one', '49151000097', '49151000098');
SELECT pg_temp.status(90, NULL, '49151000111', 'DE.n1'), pg_temp.changed(50, '49151000111', '49151000112'), pg_temp.status(40, NULL, '49151000112', 'DE.n1'),
	pg_temp.status(10, 131026, '49151000112');
CALL pg_temp.story('changed: bsuid goes along', '49151000111', '49151000112', 'DE.n1');
SELECT pg_temp.preference(90, 'stop', NULL, 'DE.n2'), pg_temp.changed_id(50, 'DE.n2', 'DE.n3'), pg_temp.changed_id(40, 'DE.n3', 'DE.n4'),
	pg_temp.status(30, NULL, '49151000113', 'DE.n4');
CALL pg_temp.story('changed id: stopped', 'DE.n2', 'DE.n3', 'DE.n4', '49151000113');
SELECT pg_temp.status(90, 131026, '49151000114'), pg_temp.status(80, NULL, '49151000114', 'DE.n5'), pg_temp.changed_id(50, 'DE.n5', 'DE.n6'),
	pg_temp.status(40, NULL, '49151000115', 'DE.n6'), pg_temp.status(30, 131026, '49151000115');
CALL pg_temp.story('changed id: two strikes together', '49151000114', '49151000115', 'DE.n5', 'DE.n6');
SELECT pg_temp.preference(90, 'stop', NULL, 'DE.n7'), pg_temp.status(80, NULL, NULL, 'DE.n7', 'DE.ENT.n7'), pg_temp.changed_id(50, 'DE.ENT.n7', 'DE.ENT.n8'),
	pg_temp.status(40, NULL, '49151000116', 'DE.n8', 'DE.ENT.n8');
CALL pg_temp.story('changed parent: stopped', 'DE.n7', 'DE.ENT.n7', 'DE.ENT.n8', 'DE.n8', '49151000116');
SELECT pg_temp.preference(90, 'stop', NULL, 'DE.q1'), pg_temp.status(80, NULL, NULL, 'DE.q1', 'DE.ENT.q1'),
	pg_temp.status(70, NULL, NULL, 'DE.q2', 'DE.ENT.q1'), pg_temp.changed_id(50, 'DE.q2', 'DE.q3'),
	pg_temp.status(40, NULL, NULL, 'DE.q3', 'DE.ENT.q3'), pg_temp.changed_id(30, 'DE.ENT.q3', 'DE.ENT.q4'),
	pg_temp.status(20, NULL, '49151000117', NULL, 'DE.ENT.q4'), pg_temp.changed(10, '49151000117', '49151000118');
CALL pg_temp.story('a long way: stopped', 'DE.q1', 'DE.ENT.q1', 'DE.q2', 'DE.q3', 'DE.ENT.q3', 'DE.ENT.q4', '49151000117', '49151000118');
SELECT pg_temp.status(10, 131050, NULL, NULL, 'DE.ENT.q5'), pg_temp.status(80, NULL, '49151000119', NULL, 'DE.ENT.q5'),
	pg_temp.status(70, NULL, '49151000119', 'DE.q6');
CALL pg_temp.story('parent without a BSUID: stopped', 'DE.ENT.q5', '49151000119', 'DE.q6');

-- Unlinked, linked again, stopped under one.
SELECT pg_temp.preference(90, 'stop', '49151000066', 'DE.i1'), wa_unlink('49151000066', 'DE.i1', 'not the same');
CALL pg_temp.story('unlinked: the stop named both', '49151000066', 'DE.i1');
SELECT pg_temp.preference(90, 'stop', '49151000069'), pg_temp.status(80, NULL, '49151000069', 'DE.i5'), wa_unlink('49151000069', 'DE.i5', 'not the same');
CALL pg_temp.story('unlinked: the stop named one', '49151000069', 'DE.i5');
SELECT pg_temp.status(10, NULL, '49151000067', 'DE.i2'), wa_unlink('DE.i2', '49151000067', 'not the same'),
	pg_temp.preference(9, 'stop', '49151000067'), pg_temp.status(0, NULL, '49151000067', 'DE.i2');
UPDATE wa_identity SET unlinked_at = now() - interval '1 hour', last_seen_at = now() WHERE recipient = '49151000067';
CALL pg_temp.story('unlinked: linked again', '49151000067', 'DE.i2');
SELECT pg_temp.preference(90, 'stop', '49151000068', 'DE.i3'), wa_unlink('49151000068', 'DE.i4', 'not the same');
CALL pg_temp.story('unlinked: from another', '49151000068', 'DE.i3', 'DE.i4');
SELECT pg_temp.preference(90, 'stop', '49151000070'), pg_temp.changed(50, '49151000070', '49151000071'), wa_unlink('49151000070', '49151000071', 'not the same');
CALL pg_temp.story('unlinked: a change', '49151000070', '49151000071');

-- Two businesses, the one first or the other.
SELECT pg_temp.message(9, NULL, id, business => b, body => 'STOP'), pg_temp.status(5, 131026, NULL, id, business => b), pg_temp.status(4, NULL, phone, id, business => b)
	FROM (VALUES ('49151000121', 'DE.r1', 'C'), ('49151000121', 'DE.r2', 'B'), ('49151000122', 'DE.r3', 'B'), ('49151000122', 'DE.r4', 'C')) AS v (phone, id, b);
CALL pg_temp.story('two businesses: stopped', '49151000121', '49151000122', 'DE.r1', 'DE.r2', 'DE.r3', 'DE.r4');
-- At one instant under two identifiers.
SELECT pg_temp.message(9, NULL, id, body => 'STOP'), pg_temp.status(5, 131026, NULL, id), pg_temp.status(4, NULL, phone, id)
	FROM (VALUES ('49151000123', 'DE.s2'), ('49151000123', 'DE.s1'), ('49151000124', 'DE.s3'), ('49151000124', 'DE.s4')) AS v (phone, id);
CALL pg_temp.story('at one instant: stopped', '49151000123', '49151000124', 'DE.s1', 'DE.s2', 'DE.s3', 'DE.s4');

-- Seen with nobody.
SELECT pg_temp.preference(9, 'stop', NULL, 'DE.d1');
CALL pg_temp.story('alone', 'DE.d1', '49151000098');
CALL pg_temp.story('nobody', '49151000099', 'DE.d9');
\o
\set ECHO all

-- The stories, by look-ups: the first objection.
SET LOCAL wa_policy.suppression_list_mem = 0;
CREATE TEMPORARY TABLE answer AS
	SELECT p.*, category, business, wa_sendable(id, category, business) AS sendable, wa_first_reason(id, category, business) AS reason
	FROM (SELECT DISTINCT id FROM people) AS p, unnest(enum_range(NULL::wa_category)) AS category, unnest(ARRAY[NULL, 'B', 'C']) AS business;
SELECT story, id, max(reason) FILTER (WHERE category = 'marketing') AS marketing,
	max(reason) FILTER (WHERE category = 'utility') AS utility, max(reason) FILTER (WHERE category = 'service') AS service
FROM people JOIN answer USING (id) WHERE business IS NULL GROUP BY 1, 2 ORDER BY 1, 2;
-- It is that of wa_explain, and there is one exactly where it is not sendable.
SELECT count(*) AS asked, count(*) FILTER (WHERE sendable = (reason IS NOT NULL)) AS both,
	count(*) FILTER (WHERE reason IS DISTINCT FROM (SELECT e.reason FROM wa_explain(id, category, business) AS e LIMIT 1)) AS differently_explained
FROM answer;

-- In one order, whichever link was read first.
SELECT id, string_agg(concat_ws(' ', reason, business, code), ', ' ORDER BY n) AS objections
FROM (VALUES ('49151000121'), ('49151000122')) AS v (id), wa_explain(id, 'marketing') WITH ORDINALITY AS e (rule, reason, business, code, since, until, origin, detail, n)
GROUP BY 1 ORDER BY 1;
SELECT id, reason, substring(detail FROM 'learned under [^)]*') AS learned FROM (VALUES ('49151000123'), ('49151000124')) AS v (id), wa_explain(id, 'marketing') ORDER BY 1, 2;

-- Every question by the list: those for whom the answer differs.
CREATE FUNCTION pg_temp.differing(known_alone boolean DEFAULT true) RETURNS TABLE (what text, category wa_category, business text, n bigint, example text) LANGUAGE plpgsql AS $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT DISTINCT a.category AS category, a.business AS business FROM answer AS a ORDER BY 1, 2 LOOP
		category := q.category;
		business := q.business;
		FOR what, n, example IN EXECUTE $q$
			WITH asked AS MATERIALIZED (SELECT * FROM answer WHERE category = $1 AND business IS NOT DISTINCT FROM $2),
			suppressed AS MATERIALIZED (SELECT s.recipient::text AS id, s.reason FROM wa_suppressed($1, $2) AS s)
			SELECT 'wa_sendable', count(*), min(id) FROM asked WHERE sendable <> wa_sendable(id, $1, $2)
			UNION ALL
			SELECT 'wa_first_reason', count(*), min(id) FROM asked WHERE reason IS DISTINCT FROM wa_first_reason(id, $1, $2)
			UNION ALL
			-- Where nobody else is known (but for many of one sort, below); of two nothing is.
			SELECT 'wa_suppressed', count(*), min(id) FROM asked FULL JOIN suppressed AS s USING (id)
			WHERE $3 AND id NOT IN ('49151000099', 'DE.d9') AND (asked.id IS NOT NULL OR id NOT LIKE '49152%')
				AND asked.reason IS DISTINCT FROM s.reason
			UNION ALL
			SELECT 'wa_segment_summary', count(*), min(outcome || ' ' || coalesce(phones, 0)) FROM wa_segment_summary('SELECT DISTINCT id FROM people', $1, $2)
			FULL JOIN (SELECT coalesce(reason, 'sendable') AS outcome, count(*) FROM asked GROUP BY 1 UNION ALL SELECT 'total', count(*) FROM asked) AS a
				USING (outcome)
			WHERE coalesce(phones, 0) <> coalesce(count, 0)
		$q$ USING q.category, q.business, known_alone LOOP
			IF n > 0 THEN
				RETURN NEXT;
			END IF;
		END LOOP;
	END LOOP;
END
$$;
SET LOCAL wa_policy.suppression_list_after = 0;
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing();
-- With less memory the Bloom filter stands alone, and with still less there is no list.
SAVEPOINT memory;
INSERT INTO wa_consent (recipient, business, register, state, at, origin, stopped_at)
	SELECT (49152000000 + n)::text::wa_recipient, 'B', 'business', 'stop', now(), 'operator', now() FROM generate_series(1, 12000) AS n;
DELETE FROM answer WHERE business = 'C';
INSERT INTO people SELECT 'memory', (49152000000 + n)::text FROM generate_series(1, 100) AS n;
SET LOCAL client_min_messages = debug1;
SET LOCAL wa_policy.suppression_list_mem = '2MB';
SELECT wa_sendable('49151000001', 'marketing');
SET LOCAL wa_policy.suppression_list_mem = '760kB';
SELECT wa_sendable('49151000001', 'marketing');
SET LOCAL wa_policy.suppression_list_mem = '100kB';
SELECT wa_sendable('49151000001', 'marketing');
SET LOCAL client_min_messages = warning;
SET LOCAL wa_policy.suppression_list_mem = 0;
INSERT INTO answer SELECT (49152000000 + n)::text, category, business, wa_sendable((49152000000 + n)::text, category, business),
	wa_first_reason((49152000000 + n)::text, category, business)
	FROM generate_series(1, 100) AS n, unnest(enum_range(NULL::wa_category)) AS category, unnest(ARRAY[NULL, 'B']) AS business;
CREATE FUNCTION pg_temp.differing_at(kilobytes int) RETURNS TABLE (what text, category wa_category, business text, n bigint, example text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('wa_policy.suppression_list_mem', kilobytes || 'kB', true);
	RETURN QUERY SELECT * FROM pg_temp.differing();
END
$$;
SELECT kilobytes, d.* FROM unnest(ARRAY[2048, 760, 500, 100, 40, 1]) AS kilobytes, pg_temp.differing_at(kilobytes) AS d;
ROLLBACK TO memory;

-- Without pages of links nobody has others, also where the tables have rows no more.
SAVEPOINT unlinked;
ALTER TABLE wa_consent_log DISABLE TRIGGER USER;
TRUNCATE wa_identity, wa_identity_change, wa_consent_log;
SET LOCAL wa_policy.suppression_list_mem = 0;
UPDATE answer SET sendable = wa_sendable(id, category, business), reason = wa_first_reason(id, category, business);
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing(known_alone => false);
ROLLBACK TO unlinked;

-- Which phones and BSUIDs are looked up though there is a list? Where other identifiers have rows, or connect phones that do.
CREATE FUNCTION pg_temp.look_ups() RETURNS bigint LANGUAGE sql AS
$$ SELECT pg_stat_get_xact_numscans('wa_identity_recipient'::regclass) + pg_stat_get_xact_numscans('wa_identity_pkey'::regclass) $$;
CREATE FUNCTION pg_temp.looked_up(category wa_category) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
DECLARE
	who text;
	n bigint;
BEGIN
	-- The first one builds the list, the second one with BSUIDs.
	FOR who IN SELECT '49151000099' UNION ALL SELECT 'DE.unknown' UNION ALL SELECT id FROM people LOOP
		n := pg_temp.look_ups();
		IF wa_sendable(who, category) IS NULL THEN
			RAISE 'no answer';
		END IF;
		IF pg_temp.look_ups() > n THEN
			RETURN NEXT who;
		END IF;
	END LOOP;
END
$$;
SELECT category, story, string_agg(DISTINCT id, ' ' ORDER BY id) AS looked_up
FROM unnest('{marketing,utility,service}'::wa_category[]) AS category, pg_temp.looked_up(category) AS id JOIN people USING (id)
GROUP BY 1, 2 ORDER BY 1, 2;

-- Wherever memory ends, also while links lead on: 17 groups of 31 phones with 31
-- BSUIDs, each phone seen with each BSUID and each BSUID with each parent, and
-- somebody who was seen with one of the latter alone.
SAVEPOINT far;
SELECT count(*) FROM (SELECT wa_opt_out((49153000000 + 100 * g + n)::text, 'far') FROM generate_series(1, 17) AS g, generate_series(1, 31) AS n) AS o;
INSERT INTO wa_identity (recipient, other, first_seen_at, last_seen_at, position)
	SELECT a::wa_recipient, b::wa_recipient, now(), now(), row_number() OVER (PARTITION BY b ORDER BY a) - 1 FROM (
		SELECT (49153000000 + 100 * g + i)::text AS a, format('DE.far%sx%s', g, j) AS b
		FROM generate_series(1, 17) AS g, generate_series(1, 31) AS i, generate_series(1, 31) AS j
		UNION ALL SELECT format('DE.far%sx%s', g, i), format('DE.ENT.far%sx%s', g, j)
		FROM generate_series(1, 17) AS g, generate_series(1, 31) AS i, generate_series(1, 31) AS j
		UNION ALL SELECT '49153999999', 'DE.last' UNION ALL SELECT 'DE.last', 'DE.ENT.far1x1') AS t;
CREATE FUNCTION pg_temp.sendable_at(kilobytes int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	answer boolean;
BEGIN
	PERFORM set_config('wa_policy.suppression_list_mem', kilobytes || 'kB', true);
	EXECUTE $q$ SELECT wa_sendable('49153999999', 'marketing') $q$ INTO answer;
	RETURN answer;
END
$$;
SELECT kilobytes FROM generate_series(40, 2000, 60) AS kilobytes WHERE pg_temp.sendable_at(kilobytes);
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT wa_sendable('49153999999', 'marketing');
ROLLBACK TO far;

-- One person with very many identifiers: what was read for one is not read for the next, and each
-- is answered as it is alone.
SAVEPOINT many;
INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at, unlinked_at, position)
	SELECT a::wa_recipient, b::wa_recipient, 'B', now() - interval '20 days' - n * interval '1 hour', now() - interval '10 days' - n * interval '1 hour',
		CASE WHEN n % 11 = 0 THEN now() - interval '15 days' END, place
	FROM (SELECT n, '49156000000' AS a, 'DE.many' || n AS b, 0 AS place FROM generate_series(1, 100) AS n
		UNION ALL SELECT n, (49156000000 + n)::text, 'DE.many' || n, 1 FROM generate_series(1, 30) AS n
		UNION ALL SELECT n, 'DE.many' || n, 'DE.ENT.many' || n / 40, n % 40 FROM generate_series(1, 90) AS n) AS l;
INSERT INTO wa_identity_change (recipient, other, at, first_at, origin)
	SELECT format('DE.many%s', n)::wa_recipient, format('DE.many%s', n + 1)::wa_recipient, t, t, 'x' FROM generate_series(61, 90, 3) AS n, LATERAL (VALUES (now() - interval '12 days')) AS v (t)
	UNION ALL SELECT '49156000000', '49156000099', now() - interval '11 days', now() - interval '11 days', 'x';
\o /dev/null
SELECT pg_temp.preference(24 * 14, 'stop', NULL, 'DE.many70'), pg_temp.preference(24 * 8, 'resume', NULL, 'DE.many70'),
	pg_temp.message(24 * 19, NULL, 'DE.many40', body => 'STOP'), pg_temp.message(24 * 17, '49156000005', body => 'STOP'), pg_temp.message(24 * 13, NULL, 'DE.many80', body => 'START'),
	pg_temp.status(24 * 16, 131026, NULL, 'DE.many3'), pg_temp.status(24 * 2, 131026, '49156000000'), pg_temp.message(3, NULL, 'DE.many90'), pg_temp.message(2, '49156000000');
\o
CREATE FUNCTION pg_temp.alone(id text, category wa_category) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SELECT concat_ws('' '', reason, code, since, until) FROM wa_explain(%L, %L) LIMIT 1', id, category) INTO answer;
	RETURN answer;
END
$$;
CREATE TEMPORARY TABLE each AS
	SELECT id, category, pg_temp.alone(id, category)
	FROM (SELECT recipient::text AS id FROM wa_identity UNION SELECT other::text FROM wa_identity UNION SELECT '49156000099') AS i,
		unnest('{marketing,utility,service}'::wa_category[]) AS category WHERE id ~ 'many|^49156';
SELECT category, split_part(alone, ' ', 1) AS reason, count(*),
	count(*) FILTER (WHERE wa_first_reason(id, category) IS DISTINCT FROM nullif(split_part(alone, ' ', 1), '')) AS differently,
	count(*) FILTER (WHERE wa_sendable(id, category) <> (alone IS NULL)) AS other_way
FROM each GROUP BY 1, 2 ORDER BY 1, 2;
CREATE FUNCTION pg_temp.suppressed() RETURNS TABLE (category wa_category, id text, reason text) LANGUAGE sql AS $$
	SELECT q, s.recipient::text, concat_ws(' ', s.reason, s.code, s.since, s.until)
	FROM unnest('{marketing,utility,service}'::wa_category[]) AS q, wa_suppressed(q) AS s WHERE s.recipient::text ~ 'many|^49156'
$$;
SELECT category, count(reason) AS suppressed, count(*) FILTER (WHERE reason IS DISTINCT FROM alone) AS differently
FROM pg_temp.suppressed() FULL JOIN each USING (category, id) GROUP BY 1 ORDER BY 1;
ROLLBACK TO many;

-- 4 000 changes of identifier take little memory: no reason to give the list up.
SAVEPOINT changed;
INSERT INTO wa_identity_change (recipient, other, at, first_at, origin)
	SELECT (49154000000 + n)::text::wa_recipient, (49155000000 + n)::text::wa_recipient, now(), now(), 'x' FROM generate_series(1, 3000) AS n
	UNION ALL SELECT ('DE.a-long-name-' || n)::wa_recipient, ('DE.another-long-name-' || n)::wa_recipient, now(), now(), 'x' FROM generate_series(1, 1000) AS n;
INSERT INTO wa_identity (recipient, other, first_seen_at, last_seen_at, position)
	SELECT (49154000000 + n + 100000 * place)::text::wa_recipient, ('DE.a-long-name-' || 5000 + n)::wa_recipient, now(), now(), place
	FROM generate_series(1, 3000) AS n, generate_series(0, 1) AS place;
SET LOCAL client_min_messages = debug1;
SET LOCAL wa_policy.suppression_list_mem = '10MB';
SELECT wa_sendable('49153999999', 'marketing');
-- Without memory for groups all of them are in the list.
SET LOCAL wa_policy.suppression_list_mem = '1400kB';
SELECT wa_sendable('49153999999', 'marketing');
SET LOCAL client_min_messages = warning;
SELECT * FROM pg_temp.differing(known_alone => false);
ROLLBACK TO changed;

-- What wa_consent says is accepted, also where rows were deleted from it by hand, unless all were, or that of the first event.
SAVEPOINT by_hand;
SELECT wa_opt_out('12000000001');
DELETE FROM wa_consent WHERE recipient <> '12000000001';
SET LOCAL wa_policy.suppression_list_mem = 0;
UPDATE answer SET sendable = wa_sendable(id, category, business), reason = wa_first_reason(id, category, business);
SELECT count(*) FROM answer WHERE reason LIKE 'opted_out%';
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing(known_alone => false);
ROLLBACK TO by_hand;

-- A changed policy: the cooldown of a phone follows wa_recompute, and so does the list;
-- what is worked out again, for an identifier without rows of its own, follows at once.
SAVEPOINT stale;
INSERT INTO wa_error_override (code, ladder) VALUES (131049, ARRAY[interval '1 hour']);
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
UPDATE answer SET sendable = wa_sendable(id, category, business), reason = wa_first_reason(id, category, business);
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing();
SELECT wa_recompute() > 0 AS recomputed;
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
UPDATE answer SET sendable = wa_sendable(id, category, business), reason = wa_first_reason(id, category, business);
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing();
ROLLBACK TO stale;

-- Frequency caps: it is the region of the identifier that is asked about that is exempt, and not that of the one
-- to which the message went.
SAVEPOINT caps;
\o /dev/null
CREATE FUNCTION pg_temp.delivered(hours numeric, message text, phone text, bsuid text DEFAULT NULL, business text DEFAULT 'B') RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.hook(business, 'messages', 'statuses', hours, jsonb_build_object('id', message, 'status', 'delivered',
		'recipient_id', phone, 'recipient_user_id', bsuid, 'pricing', jsonb_build_object('category', 'marketing')))
$$;
INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 1, '30 days');
DELETE FROM people;
SELECT pg_temp.delivered(100, 'wamid.g1', '491511234567'), pg_temp.changed(90, '491511234567', '14165550123');
CALL pg_temp.story('exempt: number changed', '491511234567', '14165550123');
SELECT pg_temp.delivered(100, 'wamid.g2', NULL, 'DE.cap2'), pg_temp.status(90, NULL, '14165550124', 'DE.cap2');
CALL pg_temp.story('exempt: seen together', 'DE.cap2', '14165550124');
SELECT pg_temp.delivered(100, 'wamid.g3', '14165550125'), pg_temp.changed(90, '14165550125', '491511234568');
CALL pg_temp.story('exempt: now', '14165550125', '491511234568');
\o
SET LOCAL wa_policy.suppression_list_mem = 0;
TRUNCATE answer;
INSERT INTO answer SELECT p.*, category, business, wa_sendable(id, category, business), wa_first_reason(id, category, business)
	FROM (SELECT DISTINCT id FROM people) AS p, unnest('{marketing,utility}'::wa_category[]) AS category, unnest(ARRAY[NULL, 'B', 'C']) AS business;
SELECT story, id, string_agg(coalesce(reason, 'sendable'), ' ' ORDER BY business NULLS FIRST) AS marketing
FROM people JOIN answer USING (id) WHERE category = 'marketing' GROUP BY 1, 2 ORDER BY 1, 2;
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SELECT * FROM pg_temp.differing(known_alone => false);
ROLLBACK TO caps;
ROLLBACK;
