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
CREATE FUNCTION pg_temp.message(hours int, phone text, bsuid text) RETURNS void
LANGUAGE sql AS $$
	SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'messages', json_build_array(json_strip_nulls(json_build_object('id', 'wamid.m', 'type', 'text',
				'text', json_build_object('body', 'hm'),
				'timestamp', extract(epoch FROM now() - hours * interval '1 hour')::bigint::text,
				'from', phone, 'from_user_id', bsuid)))))))))::text)
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

-- Seen with nobody.
SELECT pg_temp.preference(9, 'stop', NULL, 'DE.d1');
INSERT INTO people VALUES ('alone', 'DE.d1'), ('nobody', '49151000099'), ('nobody', 'DE.d9');

SET LOCAL wa_policy.filter_mem = 0;
CREATE TEMPORARY TABLE looked_up AS
	SELECT id, category, wa_sendable(id, category) AS sendable FROM people, unnest(enum_range(NULL::wa_category)) AS category;
SET LOCAL wa_policy.filter_mem = '64MB';
SET LOCAL wa_policy.filter_after = 0;
SET LOCAL client_min_messages = debug1;
SELECT story, id, wa_sendable(id, 'marketing') FROM people ORDER BY story, id;
SET LOCAL client_min_messages = warning;
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
SET LOCAL wa_policy.filter_mem = '600kB';
SELECT pg_temp.wrong();
SET LOCAL wa_policy.filter_mem = '560kB';
SELECT pg_temp.wrong();
SET LOCAL wa_policy.filter_mem = '500kB';
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
	PERFORM set_config('wa_policy.filter_mem', kilobytes || 'kB', true);
	EXECUTE $q$ SELECT wa_sendable('DE.last', 'marketing') $q$ INTO answer;
	RETURN answer;
END
$$;
SELECT kilobytes FROM generate_series(600, 1200, 30) AS kilobytes WHERE pg_temp.sendable_at(kilobytes);
ROLLBACK TO far;

-- A cooldown that waits for wa_recompute is worked out anew for people with
-- several identifiers: they are looked up until then.
SAVEPOINT stale;
SELECT wa_sendable('49151000003', 'marketing'), wa_sendable('DE.a3', 'marketing');
INSERT INTO wa_error_override (code, ladder) VALUES (131049, ARRAY[interval '1 hour']);
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
SET LOCAL wa_policy.filter_mem = 0;
SELECT id, wa_sendable(id, 'marketing') FROM people WHERE id IN ('49151000003', 'DE.a3') ORDER BY 1;
ROLLBACK;
