--
-- Error codes: catalogue, overrides, classification, waits
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS wa_policy;
RESET client_min_messages;
SET IntervalStyle = postgres;
SET TimeZone = 'UTC';

-- The codes with fixed titles and categories.
SELECT code, title, category FROM wa_error_code
WHERE code IN (130403, 130472, 130497, 131000, 131026, 131031, 131042, 131047,
	131049, 131050, 131051, 131052, 131053, 131060)
ORDER BY code;

-- Every code with an effect on a recipient.
SELECT code, effect, blocks, ladder, gap, lifted_by, lift_after, yields_to_window AS yields
FROM wa_error_code WHERE effect <> 'none' ORDER BY code;

-- The view is complete and well-formed, and has a row per code.
SELECT count(*) > 300 AS many, count(*) = count(DISTINCT code) AS distinct_codes,
	count(title) = count(*) AS titles, count(category) = count(*) AS categories,
	count(summary) = count(*) AS summaries, count(advice) = count(*) AS advices,
	count(source) = count(*) AS sources, count(scope) = count(*) AS scopes
FROM wa_error_code;
SELECT category, count(*) > 0 AS some FROM wa_error_code GROUP BY category ORDER BY category;
SELECT count(*) AS wrong FROM wa_error_code
WHERE (effect = 'cooldown') <> (cardinality(ladder) > 0)
	OR (effect = 'cooldown') <> (gap IS NOT NULL)
	OR (effect <> 'none') <> (cardinality(blocks) > 0)
	OR cardinality(lifted_by) <> coalesce(cardinality(lift_after), 1 - (effect = 'none')::int)
	OR retry = 'wait' AND (wa_retry_after(code, 1) IS NULL OR wa_retry_after(code, 2147483647) IS NULL)
	OR retry = 'never' AND wa_retry_after(code, 1) IS NOT NULL;

-- The default catalogue, and the view, are the same without overrides.
SELECT count(*) AS differences FROM (
	(TABLE wa_error_code EXCEPT SELECT * FROM wa_error_catalogue(false))
	UNION ALL
	(SELECT * FROM wa_error_catalogue(false) EXCEPT TABLE wa_error_code)) AS d;

-- One code.
SELECT * FROM wa_classify(131049) \gx
SELECT * FROM wa_classify(131048) \gx
SELECT * FROM wa_classify(131064) \gx
SELECT * FROM wa_classify(131026) \gx
SELECT summary, advice, source FROM wa_classify(1026) \gx
SELECT code, title, category, retry FROM wa_error_code
WHERE code IN (131061, 131065, 131070, 138038, 2494191) OR code BETWEEN 147001 AND 147005 ORDER BY code;
-- Unknown: only the code.
SELECT * FROM wa_classify(4711) \gx
SELECT code, category IS NULL AS unknown FROM wa_classify(-1);
-- Null: a row of nulls.
SELECT count(*) AS rows, count(c.code) AS codes FROM wa_classify(NULL) AS c;
-- As a column, and joined.
SELECT (wa_classify(131026)).title;
SELECT f.code, (c).title FROM (VALUES (131053), (1), (12345)) AS f (code),
	LATERAL wa_classify(f.code) AS c ORDER BY f.code;
SELECT count(*) AS differences FROM wa_error_code AS v, LATERAL wa_classify(v.code) AS c
WHERE v IS DISTINCT FROM c;

-- Waits.
SELECT attempt, wa_retry_after(131056, attempt) AS pair, wa_retry_after(131049, attempt) AS limit,
	wa_retry_after(131026, attempt) AS unreachable, wa_retry_after(132015, attempt) AS paused
FROM generate_series(1, 6) AS attempt;
SELECT wa_retry_after(131064, 1) AS classification, wa_retry_after(133016, 9) AS registration,
	wa_retry_after(134101, 1) AS sync, wa_retry_after(133015, 1) AS deleted;
SELECT code FROM unnest(ARRAY[4, 80007, 130429, 131056, 1, 2, 131000, 131016, 131057, 133004,
	2494100, 134101]) AS code WHERE wa_retry_after(code, 1) IS NULL;
-- Something to put right; where the sender is held meanwhile, the end of that.
SELECT code, retry, wa_retry_after(code, 1) AS hold_ends FROM wa_error_code
WHERE retry = 'fix' AND wa_retry_after(code, 1) IS NOT NULL ORDER BY code;
SELECT code, wa_retry_after(code, 1) AS wait FROM unnest(ARRAY[80007, 130429, 131057]) AS code;
SELECT code FROM unnest(ARRAY[0, 100, 190, 131008, 131047, 131050, 131051, 131061, 131070,
	131053, 130403, 130472, 472, 132001, 4711, -5]) AS code
WHERE wa_retry_after(code, 1) IS NOT NULL;
SELECT wa_retry_after(NULL, 1) IS NULL AND wa_retry_after(131049, NULL) IS NULL AS nulls;
-- A day is 24 hours, across a change of the clock as well.
SET TimeZone = 'Europe/Berlin';
SELECT extract(epoch FROM timestamptz '2026-03-28 12:00' + wa_retry_after(131049, 1)
	- timestamptz '2026-03-28 12:00') / 3600 = 24 AS a_day;
SET TimeZone = 'UTC';
SELECT wa_retry_after(131049, 0);
SELECT wa_retry_after(4711, -1);

-- Overrides: each column alone.
INSERT INTO wa_error_override (code, title) VALUES (131000, 'Trouble at Meta');
INSERT INTO wa_error_override (code, category) VALUES (131052, 'sender');
INSERT INTO wa_error_override (code, scope, reason) VALUES (130429, 'business', 'one pool of numbers');
INSERT INTO wa_error_override (code, blocks) VALUES (131049, '{marketing,utility}');
INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{12:00,NULL}');
INSERT INTO wa_error_override (code, gap) VALUES (131056, '10 s');
INSERT INTO wa_error_override (code, lifted_by) VALUES (1026, '{receipt,marketing_receipt}'), (130472, '{}');
SELECT code, title, category, scope, blocks, ladder, gap, lifted_by, lift_after, effect, retry, source
FROM wa_error_code WHERE source LIKE '%override%' ORDER BY code \gx
SELECT wa_retry_after(131026, 1) AS first, wa_retry_after(131026, 2) AS second,
	wa_retry_after(131056, 2) AS pair;
SELECT code, title, blocks FROM wa_error_catalogue(false) WHERE code IN (131000, 131049);
-- A code of one's own; without a ladder it does nothing.
INSERT INTO wa_error_override (code, reason) VALUES (-7, 'seen at our provider');
INSERT INTO wa_error_override (code, title, category, blocks, ladder)
VALUES (99999999, 'Provider Pause', 'platform', '{service,marketing,service}', '{1 mon 1 day}');
SELECT * FROM wa_classify(-7) \gx
SELECT * FROM wa_classify(99999999) \gx
SELECT wa_retry_after(99999999, 3), wa_retry_after(-7, 1);
SELECT array_agg(code ORDER BY code) = array_agg(code) AS ascending FROM wa_error_code;
SELECT count(*) AS differences FROM wa_error_code AS v, LATERAL wa_classify(v.code) AS c
WHERE v IS DISTINCT FROM c;

-- Turning an effect off, by either way, and giving one to a code without.
UPDATE wa_error_override SET blocks = '{}' WHERE code = 131049;
UPDATE wa_error_override SET ladder = '{}' WHERE code = 131026;
INSERT INTO wa_error_override (code, ladder, blocks) VALUES (131051, '{NULL}', '{service}');
SELECT code, effect, blocks, ladder, gap, lifted_by, retry, wa_retry_after(code, 1) AS wait
FROM wa_error_code WHERE code IN (131026, 131049, 131051);

-- A provider's own number: all of a default code, as it counts here.
BEGIN;
INSERT INTO wa_error_override (code, same_as, reason) VALUES (63049, 131049, 'our provider''s number');
INSERT INTO wa_error_override (code, same_as, title) VALUES (63016, 470, 'Window'), (2147483647, 0, NULL), (1005, 131042, NULL);
SELECT * FROM wa_classify(63049) \gx
SELECT code, title, category, scope, effect, blocks, lifted_by, retry, wa_retry_after(code, 2) AS wait, source
FROM wa_error_code WHERE code IN (63016, 2147483647, 1005) ORDER BY code;
UPDATE wa_error_override SET blocks = NULL, title = 'Enough', ladder = '{5 h}' WHERE code = 131049;
SELECT code, title, ladder, blocks, lift_after, wa_retry_after(code, 1) AS wait FROM wa_error_code WHERE code IN (63049, 131049) ORDER BY code;
ROLLBACK;
-- No chains, in whatever order; nothing of its own besides.
\set VERBOSITY default
INSERT INTO wa_error_override (code, same_as) VALUES (63049, 63050);
INSERT INTO wa_error_override (code, same_as) VALUES (63049, 63049);
INSERT INTO wa_error_override (code, same_as) VALUES (131026, 131026);
INSERT INTO wa_error_override (code, same_as) VALUES (63032, 472), (472, 131026);
BEGIN;
INSERT INTO wa_error_override (code, same_as) VALUES (63024, 1013);
INSERT INTO wa_error_override (code, same_as) VALUES (1013, 63024);
ROLLBACK;
BEGIN;
INSERT INTO wa_error_override (code, same_as) VALUES (63024, 1013);
INSERT INTO wa_error_override (code, same_as) VALUES (1013, 1026);
ROLLBACK;
BEGIN;
INSERT INTO wa_error_override (code, same_as) VALUES (63024, 1013), (63025, 1004);
UPDATE wa_error_override SET same_as = 1026, code = 1013 WHERE code = 63025;
ROLLBACK;
INSERT INTO wa_error_override (code, same_as) VALUES (131050, 131000);
INSERT INTO wa_error_override (code, same_as) VALUES (470, 131049);
\set VERBOSITY terse
INSERT INTO wa_error_override (code, same_as, category) VALUES (63049, 131049, 'sender');
INSERT INTO wa_error_override (code, same_as, blocks) VALUES (63049, 131049, '{utility}');
INSERT INTO wa_error_override (code, same_as, ladder) VALUES (63049, 131049, '{1 h}');
INSERT INTO wa_error_override (code, same_as, gap) VALUES (63049, 131049, '1 h');
INSERT INTO wa_error_override (code, same_as, lifted_by) VALUES (63049, 131049, '{}');
INSERT INTO wa_error_override (code, same_as, scope) VALUES (63049, 131049, 'pair');
\set VERBOSITY default

-- What an override may not be.
\set VERBOSITY terse
INSERT INTO wa_error_override (code, category) VALUES (1, 'user');
INSERT INTO wa_error_override (code, scope) VALUES (1, 'waba');
INSERT INTO wa_error_override (code) VALUES (NULL);
\set VERBOSITY default
INSERT INTO wa_error_override (code, blocks) VALUES (1, '{marketing,NULL}');
INSERT INTO wa_error_override (code, blocks) VALUES (1, '{newsletter}');
INSERT INTO wa_error_override (code, ladder) VALUES (1, '{1 day,-1 s}');
INSERT INTO wa_error_override (code, ladder) VALUES (1, '{1,2,3,4,5,6,7,8,9}');
INSERT INTO wa_error_override (code, ladder) VALUES (1, '{{1},{2}}');
INSERT INTO wa_error_override (code, gap) VALUES (1, '-1 day');
INSERT INTO wa_error_override (code, lifted_by) VALUES (1, '{inbound,resume}');
INSERT INTO wa_error_override (code, lifted_by) VALUES (1, '{NULL}');
INSERT INTO wa_error_override (code, lifted_by) VALUES (131050, '{inbound}');
INSERT INTO wa_error_override (code, ladder) VALUES (131050, '{1 day}');
INSERT INTO wa_error_override (code, blocks) VALUES (131050, '{}');
INSERT INTO wa_error_override (code, gap) VALUES (470, '1 day');
INSERT INTO wa_error_override (code, ladder) VALUES (131047, '{}');
-- Waits of a code that blocks nothing, which holds its sender or is unknown.
INSERT INTO wa_error_override (code, ladder) VALUES (131042, '{1 hour}');
INSERT INTO wa_error_override (code, ladder) VALUES (888001, '{1 hour}');
-- And blocks that would end at once.
INSERT INTO wa_error_override (code, blocks) VALUES (131000, '{marketing}');
INSERT INTO wa_error_override (code, blocks) VALUES (888001, '{marketing}');
\set VERBOSITY sqlstate
INSERT INTO wa_error_override (code, ladder) VALUES (131050, '{1 day}');
SELECT wa_retry_after(1, 0);
\set VERBOSITY default
-- The opt-out may be renamed, and stays an opt-out.
INSERT INTO wa_error_override (code, title, category) VALUES (131050, 'Stop', 'platform');
SELECT title, category, effect, blocks, ladder, lifted_by FROM wa_classify(131050);

-- Incidents: what they may not be.
\set VERBOSITY terse
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2026-02-01 10:00', '2026-02-01 10:00', 'outage');
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2026-02-01 10:00', '2026-02-01 09:00', 'outage');
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '-infinity', 'outage');
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2026-02-01 10:00', 'infinity', 'outage');
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '2026-02-01 10:00', E' \n');
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '2026-02-01 10:00', '');
\set VERBOSITY default
INSERT INTO wa_incident (code, since, reason) VALUES (4711, '2026-02-01 10:00', 'outage');
INSERT INTO wa_incident (code, since, reason) VALUES (131050, '2026-02-01 10:00', 'outage');
INSERT INTO wa_incident (code, since, reason) VALUES (470, '2026-02-01 10:00', 'outage');
\set VERBOSITY terse
INSERT INTO wa_incident (code, since) VALUES (131026, '2026-02-01 10:00');
INSERT INTO wa_incident (code, reason) VALUES (131026, 'outage');
INSERT INTO wa_incident (since, reason) VALUES ('2026-02-01 10:00', 'outage');
\set VERBOSITY default
-- A code of one's own has to be known first, and may not be an opt-out by another number.
BEGIN;
INSERT INTO wa_error_override (code, same_as) VALUES (63014, 131050);
INSERT INTO wa_incident (code, since, reason) VALUES (99999999, '2026-02-01 10:00', 'relay') RETURNING code, business, until, recorded_by = session_user AS by_us, recorded_at = now() AS now;
UPDATE wa_incident SET code = 4712;
ROLLBACK;
BEGIN;
INSERT INTO wa_error_override (code, same_as) VALUES (63014, 131050);
INSERT INTO wa_incident (code, since, reason) VALUES (63014, '2026-02-01 10:00', 'relay');
ROLLBACK;
-- A restore brings rows in any order.
BEGIN;
INSERT INTO wa_incident (id, code, since, reason, recorded_by, recorded_at) VALUES (7, 4711, '2026-02-01 10:00', 'relay', 'x', '2026-02-02');
SELECT count(*) FROM wa_incident;
ROLLBACK;

-- A change counts at once, in the same transaction, and until it is rolled back.
BEGIN;
DELETE FROM wa_error_override;
SELECT count(*) AS overridden FROM wa_error_code WHERE source LIKE '%override%';
INSERT INTO wa_error_override (code, title) VALUES (1, 'first');
SELECT title FROM wa_classify(1);
UPDATE wa_error_override SET title = 'second';
SELECT title FROM wa_classify(1);
ROLLBACK;
SELECT title FROM wa_classify(1);
DO $$
DECLARE
	seen text := '';
BEGIN
	FOR i IN 1..3 LOOP
		INSERT INTO wa_error_override (code, title) VALUES (1, 'round ' || i)
			ON CONFLICT (code) DO UPDATE SET title = excluded.title;
		seen := seen || ' ' || (wa_classify(1)).title;
	END LOOP;
	RAISE NOTICE 'seen:%', seen;
END $$;

-- Many rows, and the size of the table, make no difference.
TRUNCATE wa_error_override;
INSERT INTO wa_error_override (code, title) SELECT i, 'x' FROM generate_series(5000000, 5001000) AS i;
SELECT count(*) AS added FROM wa_error_code WHERE title = 'x';
DELETE FROM wa_error_override;
SELECT count(*) AS added FROM wa_error_code WHERE title = 'x';

-- A table that is not what it was is an error, never silently passed over.
BEGIN;
ALTER TABLE wa_error_override RENAME TO was_error_override;
SELECT title FROM wa_classify(1);
ROLLBACK;
BEGIN;
CREATE TABLE override_child () INHERITS (wa_error_override);
SELECT title FROM wa_classify(1);
ROLLBACK;

-- Nobody gets in by default, and the search path does not matter.
CREATE ROLE regress_wa_errors;
SET ROLE regress_wa_errors;
SELECT count(*) FROM wa_error_code;
SELECT wa_classify(1);
SELECT wa_retry_after(1, 1);
SELECT count(*) FROM wa_error_override;
RESET ROLE;
GRANT EXECUTE ON FUNCTION wa_classify(integer), wa_retry_after(integer, integer) TO regress_wa_errors;
SELECT current_schema() AS schema \gset
INSERT INTO wa_error_override (code, title) VALUES (1, 'ours');
SET ROLE regress_wa_errors;
SET search_path = pg_temp;
SELECT (:"schema".wa_classify(1)).title, :"schema".wa_retry_after(1, 1);
RESET search_path;
RESET ROLE;
DELETE FROM wa_error_override;
REVOKE ALL ON FUNCTION wa_classify(integer), wa_retry_after(integer, integer) FROM regress_wa_errors;
DROP ROLE regress_wa_errors;

-- Everything is described.
SELECT a.attrelid::regclass, a.attname FROM pg_attribute AS a
WHERE a.attrelid IN ('wa_error_override'::regclass, 'wa_incident'::regclass, 'wa_error_code'::regclass)
	AND a.attnum > 0 AND NOT a.attisdropped AND col_description(a.attrelid, a.attnum) IS NULL;
