-- Deleting old rows.

CREATE INDEX wa_webhook_received_at ON wa_webhook (received_at);
CREATE INDEX wa_problem_resolved_at ON wa_problem (resolved_at) WHERE resolved_at IS NOT NULL;

-- A webhook is kept while an open problem is about an element that only its payload contains.
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
'Deletes one batch for wa_purge: webhooks received before the first time and not before the second';

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
'Deletes one batch for wa_purge: problems resolved before the first time and not before the second';

CREATE FUNCTION wa__message_index_renew(page bigint) RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa__message_index_renew(bigint) IS
'For wa_purge: makes the entry of the index wa_message_first that is about this page and those beside it anew, from the messages that are there now';

CREATE PROCEDURE wa_purge(older_than interval, batch integer DEFAULT 5000,
	payloads_older_than interval DEFAULT NULL)
	LANGUAGE C AS 'MODULE_PATHNAME';
COMMENT ON PROCEDURE wa_purge(interval, integer, interval) IS
'Deletes old webhooks, resolved problems and messages. older_than is the age since a problem was resolved, since the first event of a message (wa_message_day keeps the counts), and since a webhook was received; payloads_older_than is another age for webhooks, NULL: the same. Commits after every batch of that many rows, so that it holds no lock for long; after an interruption the next call continues. It cannot run inside a transaction. Never deletes consent, its log, other state, open problems, or a webhook that an open problem needs. Errors: invalid_parameter_value for an age below an hour or a batch below 1; datetime_field_overflow for an age of more than 1000 years; null_value_not_allowed; invalid_transaction_termination inside a transaction';
