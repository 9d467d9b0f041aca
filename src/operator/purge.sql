-- What has served its time.

CREATE INDEX wa_webhook_received_at ON wa_webhook (received_at);
CREATE INDEX wa_problem_resolved_at ON wa_problem (resolved_at) WHERE resolved_at IS NOT NULL;

-- An open problem whose element stands in the payload alone keeps it: nothing is lost.
CREATE FUNCTION wa__purge_webhooks(before timestamptz, since timestamptz, batch integer,
	OUT purged bigint, OUT reached timestamptz)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH gone AS (
			DELETE FROM wa_webhook WHERE id IN (
				SELECT w.id FROM wa_webhook AS w
				WHERE w.received_at < before AND w.received_at >= since
					AND NOT EXISTS (SELECT FROM wa_problem AS p
						WHERE p.webhook_id = w.id AND p.resolved_at IS NULL AND p.fragment IS NULL)
				ORDER BY w.received_at LIMIT batch FOR UPDATE SKIP LOCKED)
			RETURNING received_at)
		SELECT pg_catalog.count(*), pg_catalog.max(g.received_at) FROM gone AS g;
	END;
COMMENT ON FUNCTION wa__purge_webhooks(timestamptz, timestamptz, integer) IS
'One batch of wa_purge: webhooks that were received before a time and not before another';
REVOKE EXECUTE ON FUNCTION wa__purge_webhooks(timestamptz, timestamptz, integer) FROM PUBLIC;

CREATE FUNCTION wa__purge_problems(before timestamptz, since timestamptz, batch integer,
	OUT purged bigint, OUT reached timestamptz)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH gone AS (
			DELETE FROM wa_problem WHERE id IN (
				SELECT p.id FROM wa_problem AS p
				WHERE p.resolved_at < before AND p.resolved_at >= since
				ORDER BY p.resolved_at LIMIT batch FOR UPDATE SKIP LOCKED)
			RETURNING resolved_at)
		SELECT pg_catalog.count(*), pg_catalog.max(g.resolved_at) FROM gone AS g;
	END;
COMMENT ON FUNCTION wa__purge_problems(timestamptz, timestamptz, integer) IS
'One batch of wa_purge: problems that were resolved before a time and not before another';
REVOKE EXECUTE ON FUNCTION wa__purge_problems(timestamptz, timestamptz, integer) FROM PUBLIC;

CREATE PROCEDURE wa_purge(older_than interval, batch integer DEFAULT 5000,
	payloads_older_than interval DEFAULT NULL)
	LANGUAGE C AS 'MODULE_PATHNAME';
COMMENT ON PROCEDURE wa_purge(interval, integer, interval) IS
'Deletes what is older: problems by the time when they were resolved, messages by that when they were first heard of (wa_message_day keeps their numbers), and webhooks by the time when they were received, which may have a shorter age of their own (NULL: the same). Commits after every batch of so many rows, so it holds no lock for long, and a call that was interrupted goes on where the last one ended; it cannot run inside a transaction. Never deletes consent, its log, other state, open problems, or a webhook that an open problem needs';
REVOKE EXECUTE ON PROCEDURE wa_purge(interval, integer, interval) FROM PUBLIC;
