-- One database receives the webhooks, others receive its state by logical
-- replication: docs/scaling.md.  CREATE SUBSCRIPTION cannot run inside a
-- function, so wa_subscribe only returns it.

CREATE FUNCTION wa__replicated_tables() RETURNS SETOF pg_catalog.regclass
	LANGUAGE sql STABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT t FROM pg_catalog.unnest(ARRAY[
			'wa_consent'::pg_catalog.regclass, 'wa_consent_log'::pg_catalog.regclass,
			'wa_cooldown'::pg_catalog.regclass, 'wa_activity'::pg_catalog.regclass,
			'wa_delivery'::pg_catalog.regclass, 'wa_message'::pg_catalog.regclass, 'wa_erased'::pg_catalog.regclass,
			'wa_erasure_key'::pg_catalog.regclass, 'wa_erasure'::pg_catalog.regclass,
			'wa_frequency_cap'::pg_catalog.regclass, 'wa_quiet_hours'::pg_catalog.regclass,
			'wa_region_without_limit'::pg_catalog.regclass,
			'wa_identity'::pg_catalog.regclass, 'wa_identity_change'::pg_catalog.regclass,
			'wa_unlink_log'::pg_catalog.regclass, 'wa_sender'::pg_catalog.regclass,
			'wa_sender_hold'::pg_catalog.regclass, 'wa_sender_life'::pg_catalog.regclass,
			'wa_sender_hold_log'::pg_catalog.regclass, 'wa_template'::pg_catalog.regclass,
			'wa_region_rule'::pg_catalog.regclass, 'wa_phrase'::pg_catalog.regclass,
			'wa_default_removed'::pg_catalog.regclass,
			'wa_error_override'::pg_catalog.regclass, 'wa_incident'::pg_catalog.regclass]) AS t;
	END;
COMMENT ON FUNCTION wa__replicated_tables() IS
'Returns the tables that wa_publish publishes: state and policy. Webhooks, problems, claims and app secrets are not published';

CREATE FUNCTION wa_publish(name text DEFAULT 'wa_policy') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	home text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'wa_policy');
	tables text;
	has_key boolean;
BEGIN
	IF name IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'name must not be null';
	END IF;
	IF current_setting('wal_level') <> 'logical' THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = 'wal_level is not "logical" here',
			HINT = 'ALTER SYSTEM SET wal_level = logical, and restart the server.';
	END IF;
	-- All databases need the same erasure key: two keys would conflict, and hashes by the one
	-- that is replaced would recognize nobody.
	EXECUTE format('SELECT EXISTS (SELECT FROM %s.wa_erasure_key)', home) INTO has_key;
	IF NOT has_key AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = (home || '.wa_consent')::regclass AND tgname = 'wa__replicate') THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = 'the state has not been copied into this database yet',
			HINT = 'Publish it to others when wa_subscription_status says that it is ready.';
	END IF;
	EXECUTE format('INSERT INTO %1$s.wa_erasure_key (key) SELECT $1 WHERE NOT EXISTS (SELECT FROM %1$s.wa_erased) ON CONFLICT (id) DO NOTHING', home)
		USING sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
			|| substr(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 1, 8);
	-- What else it publishes is the DBA's.  A longer name is cut off by CREATE PUBLICATION too.
	EXECUTE format('SELECT string_agg(t::text, '', '') FROM %s.wa__replicated_tables() AS t
		WHERE NOT EXISTS (SELECT FROM pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid
			WHERE p.pubname = $1 AND r.prrelid = t)', home) INTO tables USING name::name;
	IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = wa_publish.name::name) THEN
		EXECUTE format('CREATE PUBLICATION %I FOR TABLE %s', name, tables);
	ELSIF tables IS NOT NULL THEN
		EXECUTE format('ALTER PUBLICATION %I ADD TABLE %s', name, tables);
	END IF;
END
$$;
COMMENT ON FUNCTION wa_publish(text) IS
'Creates the publication of state and policy, to which other databases subscribe (wa_subscribe there), or adds the tables that it lacks. Call it again after an upgrade, and after the restore of a dump, which leaves them out. Needs wal_level = logical and the rights to create a publication of these tables. Error: object_not_in_prerequisite_state where wal_level is another, and on a subscriber whose copy has not begun';

-- Replicated rows may have the keys of local ones: default rows, and rows that
-- operators recorded here.  These triggers fire for replicated rows only;
-- wa_subscribe creates them.
CREATE FUNCTION wa__is_here(arriving record) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION wa__is_here(record) IS
'Returns whether the table of this row already has one with the same primary key. The triggers of a subscriber run for such rows only';

-- PL/pgSQL prepares its expressions once per trigger, for a record of one type: the local
-- row comes by EXECUTE for an UPDATE as well.
CREATE FUNCTION wa__replicate() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	here record;
	replaced bigint;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		EXECUTE 'SELECT ($1).*' INTO here USING OLD;
	ELSE
		EXECUTE format('DELETE FROM %I.%I AS t WHERE ', TG_TABLE_SCHEMA, TG_TABLE_NAME)
			|| (SELECT string_agg(format(CASE WHEN key = 'recipient' THEN 't.%1$I OPERATOR(%2$I.=) ($1).%1$I'
				ELSE 't.%1$I = ($1).%1$I' END, key, TG_TABLE_SCHEMA), ' AND ') FROM unnest(TG_ARGV) AS key)
			|| ' RETURNING t.*' INTO here USING NEW;
		GET DIAGNOSTICS replaced = ROW_COUNT;
		IF replaced = 0 THEN
			RETURN NEW;
		END IF;
	END IF;
	IF TG_TABLE_NAME = 'wa_consent' THEN
		here.stopped_at := GREATEST(here.stopped_at, NEW.stopped_at);
		here.resumed_at := GREATEST(here.resumed_at, NEW.resumed_at);
		NEW.stopped_at := here.stopped_at;
		NEW.resumed_at := here.resumed_at;
		-- The later one wins, of two at the same time the stop, as in intake.
		IF (here.at, here.state COLLATE "C", here.origin COLLATE "C", COALESCE(here.code, 0), here.sender COLLATE "C", here.message_id COLLATE "C")
			> (NEW.at, NEW.state COLLATE "C", NEW.origin COLLATE "C", COALESCE(NEW.code, 0), NEW.sender COLLATE "C", NEW.message_id COLLATE "C") THEN
			NEW := here;
		END IF;
	ELSIF TG_TABLE_NAME = 'wa_cooldown' THEN
		EXECUTE format('SELECT merged_failures, merged_lifted_at, strikes, until
			FROM %I.wa__cooldown_merge($1, $2, $3, $4, $5, $6)', TG_TABLE_SCHEMA)
			INTO NEW.failures, NEW.lifted_at, NEW.strikes, NEW.until
			USING NEW.code, NEW.business, here.failures, here.lifted_at, NEW.failures, NEW.lifted_at;
	ELSIF TG_TABLE_NAME = 'wa_activity' THEN
		NEW.last_window_refused_at := GREATEST(here.last_window_refused_at, NEW.last_window_refused_at);
	ELSIF TG_TABLE_NAME = 'wa_message' THEN
		NEW.template := COALESCE(NEW.template, here.template);
		NEW.campaign := COALESCE(NEW.campaign, here.campaign);
		NEW.category := COALESCE(NEW.category, here.category);
	ELSIF TG_TABLE_NAME = 'wa_sender_hold' THEN
		here.lifted_at := GREATEST(here.lifted_at, NEW.lifted_at);
		NEW.lifted_at := here.lifted_at;
		IF here.since > NEW.since OR NEW.since IS NULL THEN
			NEW := here;
		END IF;
	ELSIF TG_TABLE_NAME = 'wa_erased' THEN
		NEW.at := GREATEST(NEW.at, here.at);
		NEW.everything_at := GREATEST(NEW.everything_at, here.everything_at);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION wa__replicate() IS
'Trigger of replicated tables on a subscriber: a replicated row is merged with the local one with the same key, by the laws of intake as far as something may be known only here, or replaces it; the arguments are the key columns';

CREATE FUNCTION wa__replicate_log() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('DELETE FROM %1$I.wa_consent_log AS t WHERE t.recipient OPERATOR(%1$I.=) ($1).recipient
		AND t.business = ($1).business AND t.register = ($1).register AND t.at = ($1).at AND t.state = ($1).state
		AND t.origin = ($1).origin AND COALESCE(t.code, 0) = COALESCE(($1).code, 0) AND t.sender = ($1).sender
		AND t.message_id = ($1).message_id AND t.also_named = ($1).also_named
		AND hashtextextended(t.evidence COLLATE "C", 0) = hashtextextended(($1).evidence COLLATE "C", 0)', TG_TABLE_SCHEMA)
		USING NEW;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION wa__replicate_log() IS
'Trigger of wa_consent_log on a subscriber: where an operator''s event was also recorded locally, the replicated row replaces the local one';

CREATE FUNCTION wa__attach_replica_triggers() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	home text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'wa_policy');
	attached record;
BEGIN
	FOR attached IN SELECT v.tab, v.trigger, v.event, COALESCE(v.condition, format('%s.wa__is_here(NEW)', home)) AS condition, v.call
		FROM (VALUES
		('wa_consent', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(recipient, business, register)'),
		('wa_cooldown', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(recipient, business, code)'),
		('wa_activity', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(recipient, business, sender)'),
		('wa_message', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(message_id, participant)'),
		('wa_sender', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(business, sender)'),
		('wa_sender_hold', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(business, sender, region, cause, code)'),
		('wa_sender_life', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(business, sender, region, category)'),
		('wa_erased', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(bucket, hash)'),
		('wa_region_rule', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(region, category)'),
		('wa_region_without_limit', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(region)'),
		('wa_phrase', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(phrase)'),
		('wa_error_override', 'wa__replicate', 'INSERT', NULL, 'wa__replicate(code)'),
		-- A condition cannot have the row of a table with a generated column; there are few templates.
		('wa_template', 'wa__replicate', 'INSERT', 'true', 'wa__replicate(business, name, language)'),
		-- The primary key is a row number; events are unique by another index.  Events recorded by
		-- operators have no message id, and reported errors have a code.
		('wa_consent_log', 'wa__replicate', 'INSERT', 'NEW.message_id = '''' OR NEW.code IS NOT NULL', 'wa__replicate_log()'),
		-- There are many updates; only those are needed that would overwrite something known only here.
		('wa_consent', 'wa__replicate_update', 'UPDATE', 'true', 'wa__replicate()'),
		('wa_sender_hold', 'wa__replicate_update', 'UPDATE', 'true', 'wa__replicate()'),
		('wa_erased', 'wa__replicate_update', 'UPDATE', 'OLD.at > NEW.at OR OLD.everything_at IS NOT NULL', 'wa__replicate()'),
		('wa_cooldown', 'wa__replicate_update', 'UPDATE', 'NOT OLD.failures <@ NEW.failures', 'wa__replicate()'),
		('wa_activity', 'wa__replicate_update', 'UPDATE', 'OLD.last_window_refused_at IS NOT NULL
			AND (NEW.last_window_refused_at IS NULL OR OLD.last_window_refused_at > NEW.last_window_refused_at)', 'wa__replicate()'),
		('wa_message', 'wa__replicate_update', 'UPDATE', 'OLD.template IS NOT NULL AND NEW.template IS NULL OR OLD.campaign IS NOT NULL AND NEW.campaign IS NULL
			OR OLD.category IS NOT NULL AND NEW.category IS NULL', 'wa__replicate()')) AS v (tab, trigger, event, condition, call)
	LOOP
		EXECUTE format('CREATE OR REPLACE TRIGGER %2$s BEFORE %3$s ON %1$s.%4$I FOR EACH ROW WHEN (%5$s) EXECUTE FUNCTION %1$s.%6$s',
			home, attached.trigger, attached.event, attached.tab, attached.condition, attached.call);
		EXECUTE format('ALTER TABLE %s.%I ENABLE REPLICA TRIGGER %s', home, attached.tab, attached.trigger);
	END LOOP;
	-- Default rows that were removed on the publisher are removed here as well.
	EXECUTE format('ALTER TABLE %s.wa_default_removed ENABLE ALWAYS TRIGGER wa__default_remove', home);
END
$$;
COMMENT ON FUNCTION wa__attach_replica_triggers() IS
'Creates the triggers that merge replicated rows with local ones';

CREATE FUNCTION wa_subscribe(name text, connection text, publication text DEFAULT 'wa_policy', slot text DEFAULT NULL)
	RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	home text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'wa_policy');
	own text;
	is_there boolean;
BEGIN
	IF name IS NULL OR connection IS NULL OR publication IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'name, connection and publication must not be null';
	END IF;
	-- Rows with the same key or number from two intakes would stop the replication.
	FOREACH own IN ARRAY ARRAY['wa_activity', 'wa_cooldown', 'wa_identity', 'wa_identity_change',
		'wa_delivery', 'wa_message', 'wa_consent', 'wa_consent_log', 'wa_unlink_log', 'wa_sender_hold',
		'wa_sender_life', 'wa_sender_hold_log', 'wa_template', 'wa_erasure_key', 'wa_erasure',
		'wa_incident', 'wa_frequency_cap', 'wa_quiet_hours'] LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s.%I)', home, own) INTO is_there;
		IF is_there THEN
			RAISE object_not_in_prerequisite_state USING MESSAGE = 'this database has state of its own',
				DETAIL = format('There are rows in %s.', own),
				HINT = 'Subscribe from a database in which nothing was recorded; what operators record there afterwards does no harm.';
		END IF;
	END LOOP;

	EXECUTE format('SELECT %s.wa__attach_replica_triggers()', home);

	-- Replicated rows bring their numbers and do not advance the sequences, so local rows
	-- get much higher numbers, and others than on each subscriber: one that takes over brings its own.
	PERFORM setval(c.oid::regclass, GREATEST(pg_sequence_last_value(c.oid), 4611686018427387904) + (random() * 1125899906842624)::bigint)
	FROM pg_class AS c
	WHERE c.relnamespace = home::regnamespace AND c.relkind = 'S' AND c.relname ~ '^wa_';

	-- A subscription commits asynchronously unless told otherwise. A crash during the first copy may then lose the record
	-- that a table is copied, after the slot for it was dropped: that table would never be complete.  Nor may the publisher
	-- hear of what a synchronous standby of this server has not got yet.
	RETURN format('CREATE SUBSCRIPTION %I CONNECTION %L PUBLICATION %I WITH (synchronous_commit = on%s)', name, connection, publication,
		CASE WHEN slot IS NULL THEN '' ELSE format(', create_slot = false, slot_name = %L', slot) END);
END
$$;
COMMENT ON FUNCTION wa_subscribe(text, text, text, text) IS
E'Prepares this database to receive the state of another one (wa_publish there), and returns the CREATE SUBSCRIPTION statement to run. A function cannot run it, since it creates a replication slot there. In psql: SELECT wa_subscribe(''name'', ''host=... dbname=...'') \\gexec. slot: name of a slot that was created by hand, which two databases of one server need. Until every table is copied, a decision here is an error: see wa_subscription_status. Needs the rights of the owner of the extension. Errors: null_value_not_allowed; object_not_in_prerequisite_state where this database has state of its own';

CREATE FUNCTION wa__table_not_copied() RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION wa__table_not_copied() IS
'Returns a table of the state that subscriptions have not copied into this database, or that they lack; NULL where there is none, so that decisions are possible';

CREATE FUNCTION wa__missing_rows() RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION wa__missing_rows() IS
'Returns which rows are missing, as after a restore that failed, for wa_health; NULL where no loss was found';

CREATE VIEW wa_subscription_status AS
SELECT s.subname::text AS subscription,
	r.ready,
	s.subenabled AS enabled,
	w.pid IS NOT NULL AS running,
	COALESCE(r.ready AND s.subenabled AND w.pid IS NOT NULL
		AND w.heard_at OPERATOR(pg_catalog.>) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) interval '1 minute'), false) AS current,
	r.tables, r.copied, w.heard_at, w.received_lsn
FROM pg_catalog.pg_subscription AS s
JOIN (
	SELECT sr.srsubid, pg_catalog.count(*) AS tables,
		pg_catalog.count(*) FILTER (WHERE sr.srsubstate OPERATOR(pg_catalog.=) 'r' AND sr.srsublsn IS NOT NULL) AS copied,
		wa__table_not_copied() IS NULL AS ready
	FROM pg_catalog.pg_subscription_rel AS sr
	JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) sr.srrelid
	WHERE c.relname OPERATOR(pg_catalog.~) '^wa_' AND c.relnamespace OPERATOR(pg_catalog.=) (
		SELECT h.relnamespace FROM pg_catalog.pg_class AS h WHERE h.oid OPERATOR(pg_catalog.=) 'wa_consent'::pg_catalog.regclass)
	GROUP BY sr.srsubid
) AS r ON r.srsubid OPERATOR(pg_catalog.=) s.oid
LEFT JOIN (
	SELECT subid, pg_catalog.max(pid) AS pid, pg_catalog.max(last_msg_receipt_time) AS heard_at,
		pg_catalog.max(received_lsn) AS received_lsn
	FROM pg_catalog.pg_stat_subscription
	WHERE relid IS NULL AND pid IS NOT NULL
	GROUP BY subid
) AS w ON w.subid OPERATOR(pg_catalog.=) s.oid
-- A copy by CREATE DATABASE ... TEMPLATE has the rows of pg_subscription_rel of a subscription that is not its own.
WHERE s.subdbid OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database());
COMMENT ON VIEW wa_subscription_status IS
'Subscriptions by which this database receives state: whether the initial copy is complete, and whether messages arrive. How far it is behind is in wa_publication_status of the publisher';
COMMENT ON COLUMN wa_subscription_status.subscription IS 'Name of the subscription';
COMMENT ON COLUMN wa_subscription_status.ready IS 'True: every table of the state is copied, by this subscription or another one. Until then a decision is an error';
COMMENT ON COLUMN wa_subscription_status.enabled IS 'False: disabled by ALTER SUBSCRIPTION ... DISABLE or by an error';
COMMENT ON COLUMN wa_subscription_status.running IS 'True: a process applies changes';
COMMENT ON COLUMN wa_subscription_status.current IS 'True: ready, enabled, running, and a message came from the publisher within the last minute';
COMMENT ON COLUMN wa_subscription_status.tables IS 'Number of tables of the extension that it replicates';
COMMENT ON COLUMN wa_subscription_status.copied IS 'Number of them that are copied; a table that is subscribed to with copy_data = false never is';
COMMENT ON COLUMN wa_subscription_status.heard_at IS 'When the latest message from the publisher was received; NULL: none since the process started';
COMMENT ON COLUMN wa_subscription_status.received_lsn IS 'Position in the publisher''s write-ahead log up to which it was received';

CREATE VIEW wa_publication_status AS
SELECT slot_name::text AS slot, active,
	pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
		ELSE pg_catalog.pg_current_wal_lsn() END, confirmed_flush_lsn) AS behind_bytes,
	wal_status
FROM pg_catalog.pg_replication_slots
WHERE slot_type OPERATOR(pg_catalog.=) 'logical' AND plugin OPERATOR(pg_catalog.=) 'pgoutput'
	AND database OPERATOR(pg_catalog.=) pg_catalog.current_database();
COMMENT ON VIEW wa_publication_status IS
'Subscribers of this database, one row per replication slot, and how far each is behind';
COMMENT ON COLUMN wa_publication_status.slot IS 'Name of the replication slot, by default that of the subscription';
COMMENT ON COLUMN wa_publication_status.active IS 'True: the subscriber is connected';
COMMENT ON COLUMN wa_publication_status.behind_bytes IS 'Bytes of write-ahead log that it has not confirmed yet';
COMMENT ON COLUMN wa_publication_status.wal_status IS 'As in pg_replication_slots; lost: the subscriber cannot catch up and must be created again';

