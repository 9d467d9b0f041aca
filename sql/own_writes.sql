--
-- A decision answers by the caller's snapshot, always: own writes are seen
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SELECT wa_declare_empty('a test');

-- In the same transaction, a statement later.
BEGIN;
SELECT wa_sendable('491630001001', 'marketing');
SELECT wa_opt_out('491630001001', at => '2025-03-01');
SELECT wa_sendable('491630001001', 'marketing');
SELECT wa_opt_in('491630001001', 'form', at => '2025-03-02');
SELECT wa_sendable('491630001001', 'marketing');
INSERT INTO wa_webhook (payload) VALUES ('{"user_preferences": [{"wa_id": "491630001001", "value": "stop", "timestamp": 1740823200}]}');
SELECT wa_sendable('491630001001', 'marketing');
SELECT applied FROM wa_ingest('{"user_preferences": [{"wa_id": "491630001001", "value": "resume", "timestamp": 1740823201}]}');
SELECT wa_sendable('491630001001', 'marketing');
ROLLBACK;
SELECT wa_sendable('491630001001', 'marketing');

-- In a loop of PL/pgSQL.
DO $$
DECLARE
	seen text := '';
BEGIN
	FOR i IN 1..5 LOOP
		seen := seen || CASE WHEN wa_sendable('491630002001', 'marketing') THEN ' yes' ELSE ' no' END;
		IF i % 2 = 1 THEN
			PERFORM wa_opt_out('491630002001', at => timestamptz '2025-03-01' + i * interval '1 s');
		ELSE
			PERFORM wa_opt_in('491630002001', 'round ' || i, at => timestamptz '2025-03-01' + i * interval '1 s');
		END IF;
	END LOOP;
	RAISE NOTICE 'seen:%', seen;
	RAISE EXCEPTION 'and back';
EXCEPTION WHEN raise_exception THEN
	RAISE NOTICE 'undone: %', wa_sendable('491630002001', 'marketing');
END
$$;
-- Over the rows of a segment, where each that is sent to opts out the next one.
BEGIN;
CREATE TEMP TABLE segment AS SELECT n, '49163000300' || n AS phone FROM generate_series(1, 6) AS n;
DO $$
DECLARE
	r record;
	sent text := '';
BEGIN
	FOR r IN SELECT * FROM segment ORDER BY n LOOP
		IF wa_sendable(r.phone, 'marketing') THEN
			sent := sent || ' ' || r.n;
			PERFORM wa_opt_out('49163000300' || r.n + 1, at => '2025-03-01');
		END IF;
	END LOOP;
	RAISE NOTICE 'sent to:%', sent;
END
$$;
ROLLBACK;
-- As a query within PL/pgSQL, by EXECUTE, in a function of either volatility.
BEGIN;
CREATE FUNCTION pg_temp.fresh(phone text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN wa_sendable(phone, 'marketing'); END $$;
CREATE FUNCTION pg_temp.stale(phone text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN wa_sendable(phone, 'marketing'); END $$;
CREATE FUNCTION pg_temp.opt_out(phone text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM wa_opt_out(phone, at => '2025-03-01'); RETURN true; END $$;
DO $$
DECLARE
	a boolean;
	b boolean;
BEGIN
	FOR i IN 1..2 LOOP
		SELECT wa_sendable('491630004001', 'marketing') INTO a;
		EXECUTE 'SELECT wa_sendable($1, ''marketing'')' INTO b USING '491630004001';
		RAISE NOTICE '% % % %', a, b, pg_temp.fresh('491630004001'), pg_temp.stale('491630004001');
		PERFORM wa_opt_out('491630004001', at => '2025-03-01');
	END LOOP;
END
$$;
-- A statement sees what stood when it began; a volatile function within it sees more.
SELECT wa_sendable('491630004002', 'marketing') AS before, pg_temp.opt_out('491630004002') AS out,
	wa_sendable('491630004002', 'marketing') AS same, pg_temp.fresh('491630004002') AS fresh, pg_temp.stale('491630004002') AS stale;
SELECT wa_sendable('491630004002', 'marketing');
WITH hook AS (INSERT INTO wa_webhook (payload) VALUES ('{"user_preferences": [{"wa_id": "491630004003", "value": "stop", "timestamp": 1740823200}]}') RETURNING id)
SELECT count(id), wa_sendable('491630004003', 'marketing') FROM hook;
SELECT wa_sendable('491630004003', 'marketing');
ROLLBACK;

-- In a prepared statement, with a generic plan too.
BEGIN;
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE ask(text) AS SELECT wa_sendable($1, 'marketing') AS sendable, (SELECT reason FROM wa_explain($1, 'marketing')) AS reason;
PREPARE ask_constant AS SELECT wa_sendable('491630005001', 'marketing');
EXECUTE ask('491630005001');
EXECUTE ask_constant;
SELECT wa_opt_out('491630005001', at => '2025-03-01');
EXECUTE ask('491630005001');
EXECUTE ask_constant;
ROLLBACK;
EXECUTE ask('491630005001');
EXECUTE ask_constant;
DEALLOCATE ALL;

-- A cursor goes on answering by what it saw when it was opened; one opened later sees more.
BEGIN;
CREATE TEMP TABLE segment AS SELECT n, '49163000600' || n AS phone FROM generate_series(1, 4) AS n;
DECLARE early CURSOR FOR SELECT n, wa_sendable(phone, 'marketing') FROM segment ORDER BY n;
FETCH 1 FROM early;
SELECT wa_opt_out('491630006001', at => '2025-03-01'), wa_opt_out('491630006002', at => '2025-03-01');
DECLARE late CURSOR FOR SELECT n, wa_sendable(phone, 'marketing') FROM segment ORDER BY n;
FETCH 1 FROM early;
FETCH 1 FROM late;
SELECT wa_opt_out('491630006003', at => '2025-03-01');
FETCH ALL FROM early;
FETCH ALL FROM late;
SELECT n, wa_sendable(phone, 'marketing') FROM segment ORDER BY n;
ROLLBACK;

-- What a savepoint takes back is not seen, what it keeps is.
BEGIN;
SAVEPOINT a;
SELECT wa_opt_out('491630007001', at => '2025-03-01');
SELECT wa_sendable('491630007001', 'marketing');
ROLLBACK TO a;
SELECT wa_sendable('491630007001', 'marketing');
SELECT wa_opt_out('491630007001', at => '2025-03-01');
RELEASE a;
SELECT wa_sendable('491630007001', 'marketing');
ROLLBACK;
DO $$
DECLARE
	seen text := '';
BEGIN
	FOR i IN 1..3 LOOP
		BEGIN
			PERFORM wa_opt_out('491630007002', at => '2025-03-01');
			INSERT INTO wa_webhook (payload) VALUES ('{"statuses": [{"id": "w", "status": "failed", "timestamp": 1740823200, "recipient_id": "491630007002", "errors": [{"code": 130403}]}]}');
			seen := seen || format(' %s,%s', wa_sendable('491630007002', 'marketing'), wa_sendable('491630007002', 'utility'));
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN
			seen := seen || format(' (%s,%s)', wa_sendable('491630007002', 'marketing'), wa_sendable('491630007002', 'utility'));
		END;
	END LOOP;
	RAISE NOTICE 'seen:%', seen;
END
$$;
SELECT count(*) FROM wa_consent;

-- The rules and codes, likewise: edited and asked in one transaction.
BEGIN;
SELECT wa_sendable('12125550163', 'marketing');
DELETE FROM wa_region_rule WHERE region = 'US';
SELECT wa_sendable('12125550163', 'marketing');
SELECT applied FROM wa_report_error('12125550163', 131026, '2025-03-01');
SELECT wa_sendable('12125550163', 'utility', at => '2025-03-01 12:00');
INSERT INTO wa_error_override (code, blocks) VALUES (131026, '{marketing}');
SELECT wa_sendable('12125550163', 'utility', at => '2025-03-01 12:00');
ROLLBACK;
SELECT wa_sendable('12125550163', 'marketing');

-- Under the stricter isolation levels.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT wa_sendable('491630008001', 'marketing');
SELECT wa_opt_out('491630008001', at => '2025-03-01');
SELECT wa_sendable('491630008001', 'marketing');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT wa_sendable('491630008001', 'marketing');
INSERT INTO wa_webhook (payload) VALUES ('{"messages": [{"id": "w", "from": "491630008001", "timestamp": 1740823200, "type": "text", "text": {"body": "stop"}}]}');
SELECT wa_sendable('491630008001', 'marketing');
ROLLBACK;

-- In a trigger that keeps a queue clean.
BEGIN;
CREATE TEMP TABLE queue (phone text);
CREATE FUNCTION pg_temp.gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN wa_sendable(NEW.phone, 'marketing') THEN NEW END; END $$;
CREATE TRIGGER gate BEFORE INSERT ON queue FOR EACH ROW EXECUTE FUNCTION pg_temp.gate();
INSERT INTO queue VALUES ('491630009001'), ('491630009002');
SELECT wa_opt_out('491630009001', at => '2025-03-01');
INSERT INTO queue VALUES ('491630009001'), ('491630009002');
SELECT * FROM queue;
ROLLBACK;
SELECT count(*) FROM wa_consent;
