-- People with several identifiers in the list that wa_sendable reads: who of
-- them is judged without a look-up, and that the answer is the same.
SET timezone = 'UTC';
SET client_min_messages = warning;
BEGIN;

-- One status or message that names these identifiers, so many hours ago.
CREATE FUNCTION pg_temp.status(hours int, code int, VARIADIC ids text[]) RETURNS void
LANGUAGE sql AS $$
	SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'statuses', json_build_array(json_strip_nulls(json_build_object('id', 'wamid.s',
				'status', CASE WHEN code IS NULL THEN 'sent' ELSE 'failed' END,
				'timestamp', extract(epoch FROM now() - hours * interval '1 hour')::bigint::text,
				'recipient_id', ids[1], 'recipient_user_id', ids[2], 'recipient_parent_user_id', ids[3],
				'errors', CASE WHEN code IS NOT NULL THEN
					json_build_array(json_build_object('code', code)) END)))))))))::text)
$$;
CREATE FUNCTION pg_temp.message(hours int, phone text, bsuid text, parent text DEFAULT NULL, system json DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
	SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'messages', json_build_array(json_strip_nulls(json_build_object('id', 'wamid.m',
				'type', CASE WHEN system IS NULL THEN 'text' ELSE 'system' END, 'text', json_build_object('body', 'hm'), 'system', system,
				'timestamp', extract(epoch FROM now() - hours * interval '1 hour')::bigint::text,
				'from', phone, 'from_user_id', bsuid, 'from_parent_user_id', parent)))))))))::text)
$$;
CREATE FUNCTION pg_temp.preference(hours int, value text, phone text, bsuid text) RETURNS void
LANGUAGE sql AS $$
	SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'user_preferences', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'user_preferences', json_build_array(json_strip_nulls(json_build_object(
				'wa_id', phone, 'user_id', bsuid, 'category', 'marketing_messages', 'value', value,
				'timestamp', extract(epoch FROM now() - hours * interval '1 hour')::bigint)))))))))::text)
$$;

CREATE TEMPORARY TABLE people (story text, id text);

-- Always named by both: each is judged by his own rows.
SELECT pg_temp.preference(9, 'stop', '49151000001', 'DE.a1');
SELECT pg_temp.status(900, 131049, '49151000002', 'DE.a2');
SELECT pg_temp.status(5, 131049, '49151000003', 'DE.a3');
SELECT pg_temp.preference(9, 'stop', '49151000004', 'DE.a4'), pg_temp.preference(8, 'resume', '49151000004', 'DE.a4');
SELECT pg_temp.status(5, 131049, '49151000005', 'DE.a5', 'DE.ENT.a5');
SELECT count(*) AS failures
	FROM (SELECT pg_temp.status(20 * h + 2, 131049, '4915100000' || n, 'DE.long' || n) AS s
		FROM generate_series(1, 20) AS h, generate_series(6, 9) AS n) AS f;
INSERT INTO people SELECT 'equal: many failures', id FROM generate_series(6, 9) AS n,
	unnest(ARRAY['4915100000' || n, 'DE.long' || n]) AS id;
INSERT INTO people VALUES ('equal: stopped', '49151000001'), ('equal: stopped', 'DE.a1'),
	('equal: over', '49151000002'), ('equal: over', 'DE.a2'),
	('equal: cooling', '49151000003'), ('equal: cooling', 'DE.a3'),
	('equal: resumed', '49151000004'), ('equal: resumed', 'DE.a4'),
	('three: cooling', '49151000005'), ('three: cooling', 'DE.a5'), ('three: cooling', 'DE.ENT.a5');

-- Known by the phone number alone before: the BSUID is looked up, the number
-- only where a message under the BSUID could open a window for it.
SELECT pg_temp.preference(900, 'stop', '49151000011', NULL), pg_temp.status(5, NULL, '49151000011', 'DE.b1');
SELECT pg_temp.status(12, 131049, '49151000012', NULL), pg_temp.status(10, NULL, '49151000012', 'DE.b2');
SELECT pg_temp.status(12, 131049, '49151000013', NULL), pg_temp.status(10, NULL, '49151000013', 'DE.b3'),
	pg_temp.message(2, NULL, 'DE.b3');
SELECT pg_temp.status(12, 131026, '49151000014', NULL), pg_temp.status(10, NULL, '49151000014', 'DE.b4');
INSERT INTO people VALUES ('phone: stopped', '49151000011'), ('phone: stopped', 'DE.b1'),
	('phone: cooling', '49151000012'), ('phone: cooling', 'DE.b2'),
	('phone: window of the other', '49151000013'), ('phone: window of the other', 'DE.b3'),
	('phone: not reached', '49151000014'), ('phone: not reached', 'DE.b4');

-- Different rows: looked up, and so is whoever is tied to them further on.
SELECT pg_temp.preference(900, 'resume', '49151000021', NULL), pg_temp.preference(800, 'stop', '49151000021', 'DE.c1');
SELECT pg_temp.status(40, 131049, '49151000022', 'DE.c2'), pg_temp.status(12, 131049, NULL, 'DE.c2'),
	pg_temp.status(20, NULL, '49151000023', 'DE.c2');
INSERT INTO people VALUES ('different: resumed before', '49151000021'), ('different: resumed before', 'DE.c1'),
	('different: strikes', '49151000022'), ('different: strikes', 'DE.c2'), ('different: strikes', '49151000023');

-- Two phones with a cooldown that a window lifts share a BSUID without rows, which has a window or has not.
SELECT pg_temp.status(12, 131049, n, NULL), pg_temp.status(seen, NULL, n, bsuid), pg_temp.message(2, NULL, window_of)
	FROM (VALUES ('49151000031', 11, 'DE.e1', NULL), ('49151000032', 10, 'DE.e1', NULL), ('49151000033', 11, 'DE.e2', NULL),
		('49151000034', 10, 'DE.e2', 'DE.e2')) AS v (n, seen, bsuid, window_of);
INSERT INTO people VALUES ('shared: cooling', '49151000031'), ('shared: cooling', '49151000032'), ('shared: cooling', 'DE.e1'),
	('shared: window', '49151000033'), ('shared: window', '49151000034'), ('shared: window', 'DE.e2');
-- A window two ties away, past somebody without rows; and none.
SELECT pg_temp.status(12, 131049, '49151000041', NULL), pg_temp.status(10, NULL, '49151000041', 'DE.f1'),
	pg_temp.status(10, NULL, NULL, 'DE.f1', 'DE.ENT.f1'), pg_temp.message(2, NULL, NULL, 'DE.ENT.f1');
SELECT pg_temp.status(12, 131049, '49151000042', NULL), pg_temp.status(10, NULL, '49151000042', 'DE.f2'),
	pg_temp.status(10, NULL, NULL, 'DE.f2', 'DE.ENT.f2');
INSERT INTO people VALUES ('two ties: window', '49151000041'), ('two ties: window', 'DE.f1'), ('two ties: window', 'DE.ENT.f1'),
	('two ties: cooling', '49151000042'), ('two ties: cooling', 'DE.f2'), ('two ties: cooling', 'DE.ENT.f2');

-- Alike, and only one of the two has written, or was written to: that says nothing of a stop, but all of a window.
SELECT pg_temp.status(10, NULL, '49151000051', 'DE.g1'), pg_temp.message(2, NULL, 'DE.g1');
SELECT pg_temp.preference(9, 'stop', '49151000052', 'DE.g2'), pg_temp.message(2, '49151000052', NULL);
SELECT pg_temp.preference(9, 'stop', '49151000053', 'DE.g3'), pg_temp.preference(8, 'stop', NULL, 'DE.g3');
SELECT pg_temp.status(10, 131026, '49151000054', 'DE.g4'), pg_temp.message(2, NULL, 'DE.g4');
SELECT pg_temp.preference(9, 'stop', '49151000055', 'DE.g5'), pg_temp.preference(8, 'resume', '49151000055', NULL);
INSERT INTO people SELECT story, id FROM (VALUES ('one: wrote', '49151000051', 'DE.g1'), ('one: stopped, wrote', '49151000052', 'DE.g2'),
	('one: stopped again', '49151000053', 'DE.g3'), ('one: lifted', '49151000054', 'DE.g4'), ('one: resumed', '49151000055', 'DE.g5'))
	AS v (story, a, b), unnest(ARRAY[a, b]) AS id;

-- Named together for the first time in one statement: a phone by two BSUIDs.
SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes', json_build_array(json_build_object(
	'field', 'messages', 'value', json_build_object('metadata', json_build_object('phone_number_id', 'S'), 'statuses', json_agg(
		json_build_object('id', 'w', 'status', 'failed', 'timestamp', extract(epoch FROM now() - interval '5 hours')::bigint::text,
			'recipient_id', '49151000061', 'recipient_user_id', bsuid, 'errors', '[{"code": 131026}]'::json))))))))::text) IS NOT NULL AS taken
	FROM unnest(ARRAY['DE.h1', 'DE.h2']) AS bsuid;
-- A new number, and the stop that went along with it.
SELECT pg_temp.preference(90, 'stop', '49151000062', NULL),
	pg_temp.message(50, '49151000062', NULL, NULL, '{"type": "user_changed_number", "wa_id": "49151000063"}');
-- Nothing is known of either of two that a change of number ties.
SELECT pg_temp.message(500, '49151000064', NULL, NULL, '{"type": "user_changed_number", "wa_id": "49151000065"}');
-- Parted, tied again, stopped under one.
SELECT pg_temp.preference(90, 'stop', '49151000066', 'DE.i1'), wa_unlink('49151000066', 'DE.i1', 'not he');
SELECT pg_temp.status(10, NULL, '49151000067', 'DE.i2'), wa_unlink('DE.i2', '49151000067', 'not she'),
	pg_temp.preference(9, 'stop', '49151000067', NULL), pg_temp.status(0, NULL, '49151000067', 'DE.i2');
UPDATE wa_identity SET parted_at = now() - interval '1 hour' WHERE '49151000067' IN (recipient, other);
-- Parted from another.
SELECT pg_temp.preference(90, 'stop', '49151000068', 'DE.i3'), wa_unlink('49151000068', 'DE.i4', 'nor he');
INSERT INTO people SELECT story, id FROM (VALUES ('several: one statement', ARRAY['49151000061', 'DE.h1', 'DE.h2']),
	('changed: stopped', ARRAY['49151000062', '49151000063']), ('changed: nothing', ARRAY['49151000064', '49151000065']),
	('parted: stopped', ARRAY['49151000066', 'DE.i1']), ('parted: tied again', ARRAY['49151000067', 'DE.i2']),
	('parted: from another', ARRAY['49151000068', 'DE.i3', 'DE.i4'])) AS v (story, ids), unnest(ids) AS id;

-- Seen with nobody.
SELECT pg_temp.preference(9, 'stop', NULL, 'DE.d1');
INSERT INTO people VALUES ('alone', 'DE.d1'), ('nobody', '49151000099'), ('nobody', 'DE.d9');

-- Which of them have a tie that is alike?
SELECT DISTINCT p.story, i.kind, i.alike FROM people AS p JOIN wa_identity AS i ON p.id IN (i.recipient::text, i.other::text) ORDER BY 1, 2, 3;

SET LOCAL wa_policy.suppression_list_mem = 0;
CREATE TEMPORARY TABLE looked_up AS
	SELECT id, category, wa_sendable(id, category) AS sendable FROM people, unnest(enum_range(NULL::wa_category)) AS category;
SET LOCAL wa_policy.suppression_list_mem = '64MB';
SET LOCAL wa_policy.suppression_list_after = 0;
SET LOCAL client_min_messages = debug1;
SELECT story, id, wa_sendable(id, 'marketing') FROM people ORDER BY story, id;
SET LOCAL client_min_messages = warning;

-- Who of them is looked up all the same: while phones alone are asked, and once a BSUID was.
CREATE FUNCTION pg_temp.look_ups() RETURNS bigint LANGUAGE sql AS
$$ SELECT pg_stat_get_xact_numscans('wa_identity_pkey'::regclass) $$;
CREATE FUNCTION pg_temp.looks(category wa_category) RETURNS TABLE (phones text, all_ids text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	who text;
	n bigint;
	looked text[];
BEGIN
	-- The first one buys the list.
	FOR who IN SELECT '49151000099' UNION ALL SELECT id FROM people WHERE id !~ '^D' UNION ALL SELECT 'DE.d8' UNION ALL SELECT id FROM people LOOP
		n := pg_temp.look_ups();
		IF wa_sendable(who, category) IS NULL THEN
			RAISE 'no answer';
		END IF;
		IF who = 'DE.d8' THEN
			phones := array_to_string(looked, ' ');
			looked := NULL;
		ELSIF pg_temp.look_ups() > n THEN
			looked := looked || who;
		END IF;
	END LOOP;
	all_ids := array_to_string(looked, ' ');
	RETURN NEXT;
END
$$;
CREATE TEMPORARY TABLE looks AS SELECT category, l.* FROM unnest(enum_range(NULL::wa_category)) AS category, pg_temp.looks(category) AS l;
SELECT category, story, string_agg(id, ' ' ORDER BY id) FILTER (WHERE id = ANY (string_to_array(phones, ' '))) AS phones,
	string_agg(id, ' ' ORDER BY id) FILTER (WHERE id = ANY (string_to_array(all_ids, ' '))) AS all_ids
FROM looks, people GROUP BY 1, 2
HAVING bool_or(id = ANY (string_to_array(phones, ' ') || string_to_array(all_ids, ' '))) ORDER BY 1, 2;
SELECT l.id, l.category, l.sendable AS looked_up FROM looked_up AS l WHERE category = 'marketing' AND sendable <> wa_sendable(id, 'marketing');
SELECT l.id, l.category, l.sendable AS looked_up FROM looked_up AS l WHERE category = 'utility' AND sendable <> wa_sendable(id, 'utility');
SELECT l.id, l.category, l.sendable AS looked_up FROM looked_up AS l WHERE category = 'service' AND sendable <> wa_sendable(id, 'service');

-- With less memory those with ties are looked up; with still less, whoever the
-- Bloom filter does not rule out.
SAVEPOINT memory;
SELECT count(*) FROM (SELECT wa_opt_out((49152000000 + n)::text, 'memory') FROM generate_series(1, 600) AS n) AS o;
CREATE FUNCTION pg_temp.wrong() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM looked_up AS l WHERE category = 'marketing' AND sendable <> wa_sendable(id, 'marketing')
$$;
SET LOCAL client_min_messages = debug1;
SET LOCAL wa_policy.suppression_list_mem = '640kB';
SELECT pg_temp.wrong();
SET LOCAL wa_policy.suppression_list_mem = '575kB';
SELECT pg_temp.wrong();
SET LOCAL wa_policy.suppression_list_mem = '500kB';
SELECT pg_temp.wrong();
ROLLBACK TO memory;

-- Wherever memory ends, also while ties lead on: 17 groups of 31 phones with 31
-- BSUIDs, each phone seen with each BSUID and the BSUIDs with one another, and
-- somebody who was seen with one of the latter alone.
SAVEPOINT far;
SELECT count(*) FROM (SELECT wa_opt_out((49153000000 + 100 * g + n)::text, 'far') FROM generate_series(1, 17) AS g, generate_series(1, 31) AS n) AS o;
INSERT INTO wa_identity (first_seen_at, last_seen_at, recipient, other, kind, origin)
	SELECT now(), now(), least(a, b)::wa_recipient, greatest(a, b)::wa_recipient, 'sighting', 'status' FROM (
		SELECT 1 AS part, (49153000000 + 100 * g + i)::text AS a, format('DE.far%sx%s', g, j) AS b
		FROM generate_series(1, 17) AS g, generate_series(1, 31) AS i, generate_series(1, 31) AS j
		UNION ALL SELECT 2, format('DE.far%sx%s', g, i), format('DE.far%sx%s', g, j)
		FROM generate_series(1, 17) AS g, generate_series(1, 31) AS i, generate_series(i + 1, 31) AS j
		UNION ALL SELECT 3, 'DE.far1x1', 'DE.last') AS t
	ORDER BY part;
CREATE FUNCTION pg_temp.sendable_at(kilobytes int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	answer boolean;
BEGIN
	PERFORM set_config('wa_policy.suppression_list_mem', kilobytes || 'kB', true);
	EXECUTE $q$ SELECT wa_sendable('DE.last', 'marketing') $q$ INTO answer;
	RETURN answer;
END
$$;
SELECT kilobytes FROM generate_series(200, 1600, 20) AS kilobytes WHERE pg_temp.sendable_at(kilobytes);
ROLLBACK TO far;

-- A cooldown that waits for wa_recompute is worked out anew for people with
-- several identifiers: they are looked up until then.
SAVEPOINT stale;
SELECT wa_sendable('49151000003', 'marketing'), wa_sendable('DE.a3', 'marketing');
INSERT INTO wa_error_override (code, ladder) VALUES (131049, ARRAY[interval '1 hour']);
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
ROLLBACK TO stale;

-- Evidence that one of two alike has, and that wa_recompute finds: the policy did not know the code when it came.
INSERT INTO wa_error_override (code, blocks, ladder) VALUES (888001, '{marketing}', '{NULL}');
SELECT pg_temp.status(10, 888001, '49151000071', 'DE.j1'), pg_temp.status(10, 888001, '49151000072', 'DE.j2');
DELETE FROM wa_error_override;
SELECT pg_temp.message(2, NULL, 'DE.j1');
INSERT INTO wa_error_override (code, blocks, ladder) VALUES (888001, '{marketing}', '{NULL}');
SELECT recipient, other, alike FROM wa_identity WHERE recipient BETWEEN '49151000071' AND '49151000072' ORDER BY 1;
SELECT wa_recompute();
SELECT recipient, other, alike FROM wa_identity WHERE recipient BETWEEN '49151000071' AND '49151000072' ORDER BY 1;
SELECT id, wa_sendable(id, 'marketing') FROM unnest(ARRAY['49151000071', 'DE.j1', '49151000072', 'DE.j2']) AS id;
SET LOCAL wa_policy.suppression_list_mem = 0;
SELECT id, wa_sendable(id, 'marketing') FROM unnest(ARRAY['49151000071', 'DE.j1', '49151000072', 'DE.j2']) AS id;
ROLLBACK;
