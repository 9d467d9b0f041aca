-- Two roles for applications.  Roles belong to the cluster, not to the
-- extension: they are created here if they do not exist, without login and
-- members, and stay when the extension is dropped.  To use them, run
-- "GRANT wa_reader TO app".  pg_monitor always exists; it reads what has no
-- personal data.

DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['wa_writer', 'wa_reader', 'pg_monitor'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) role_name::name) THEN
			BEGIN
				EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
				EXECUTE pg_catalog.format('COMMENT ON ROLE %I IS %L', role_name, CASE role_name
					WHEN 'wa_writer' THEN 'May post webhooks to wa_policy, report errors and say what was sent, and nothing else'
					ELSE 'May ask wa_policy who can be sent to and why not, and read its reports and histories, and nothing else' END);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL;			-- another database created it meanwhile
			END;
		END IF;
		IF NOT (SELECT pg_catalog.has_schema_privilege(role_name, c.relnamespace, 'USAGE')
				FROM pg_catalog.pg_class AS c
				WHERE c.oid OPERATOR(pg_catalog.=) '@extschema@.wa_webhook'::pg_catalog.regclass) THEN
			EXECUTE 'GRANT USAGE ON SCHEMA @extschema@ TO ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(role_name);
		END IF;
	END LOOP;
END
$$;

-- Not on token, which identifies restored rows.
GRANT INSERT (payload, signature, received_at) ON wa_webhook TO wa_writer;
-- The default of token: for every role that a DBA lets insert.
GRANT EXECUTE ON FUNCTION wa__ingest_token() TO PUBLIC;
GRANT EXECUTE ON FUNCTION
	wa_ingest(text, text, timestamptz),
	wa_ingest(bytea, text, timestamptz),
	wa_report_error(text, integer, timestamptz, text, text, text, text),
	wa_verify_signature(text, text),
	wa_verify_signature(bytea, text),
	wa_sent(text, text, wa_category, text, text, timestamptz, text, text)
	TO wa_writer;

GRANT EXECUTE ON FUNCTION
	wa_sendable(text, wa_category, text, text, timestamptz),
	wa_sendable(wa_recipient, wa_category, text, text, timestamptz),
	wa_next_sendable(text, wa_category, text, text, timestamptz),
	wa_next_sendable(wa_recipient, wa_category, text, text, timestamptz),
	wa_first_reason(text, wa_category, text, text, timestamptz),
	wa_first_reason(wa_recipient, wa_category, text, text, timestamptz),
	wa_explain(text, wa_category, text, text, timestamptz),
	wa_explain(wa_recipient, wa_category, text, text, timestamptz),
	wa_suppressed(wa_category, text, timestamptz),
	wa_segment_summary(text, wa_category, text, text, timestamptz),
	wa_history(text),
	wa_history(wa_recipient),
	wa_proof(text),
	wa_proof(wa_recipient),
	wa_segment_forecast(text, wa_category, timestamptz, interval, text, text),
	wa__forecast_moments(timestamptz, interval),
	wa__segment_forecast(text, wa_category, text, text, timestamptz, timestamptz[]),
	wa_error_catalogue(boolean),
	wa_digest(bigint),
	wa_classify(integer),
	wa_retry_after(integer, integer)
	TO wa_reader;
GRANT SELECT ON wa_error_code, wa_sender, wa_sender_hold, wa_sender_hold_log,
	wa_sender_life, wa_template TO wa_reader;
GRANT EXECUTE ON FUNCTION wa_template_sendable(text, text, text, timestamptz),
	wa_template_category(text, text, text, timestamptz) TO wa_reader;
GRANT SELECT ON wa_frequency_cap, wa_quiet_hours, wa_region_without_limit TO wa_reader;
GRANT SELECT ON wa_import_progress TO wa_reader, pg_monitor;
GRANT SELECT ON wa_subscription_status, wa_publication_status TO wa_reader, pg_monitor;
GRANT SELECT ON wa_message, wa_message_day, wa_recipient_status,
	wa_delivery_rate, wa_failure_rate, wa_opt_out_rate,
	wa_violation, wa_ladder_yield, wa_health
	TO wa_reader;

-- Views without personal data, for monitoring; and the codes with a DBA's changes.
GRANT SELECT ON wa_delivery_rate, wa_failure_rate, wa_opt_out_rate,
	wa_ladder_yield, wa_error_code, wa_health
	TO pg_monitor;
-- Tables that statements of wa_health read.
GRANT SELECT ON wa_sender, wa_sender_hold, wa_sender_hold_log, wa_template TO pg_monitor;
GRANT EXECUTE ON FUNCTION wa_error_catalogue(boolean) TO pg_monitor;
-- A view calls functions with the rights of the role that reads it.
GRANT EXECUTE ON FUNCTION wa__message_days(), wa__messages_of_day(date),
	wa__stop_days(), wa__opt_outs_of_day(date),
	wa__status_hours(), wa__status_since(text, timestamptz), wa__template_refused(text, text, text, timestamptz) TO wa_reader, pg_monitor;
GRANT EXECUTE ON FUNCTION wa__identifiers(wa_recipient, boolean), wa__opt_in_of(wa_recipient), wa__stop_reach(),
	wa__window_end(wa_recipient), wa__stop_before(wa_recipient, text, boolean, timestamptz, bigint) TO wa_reader;
GRANT EXECUTE ON FUNCTION wa__cooldown_merge(integer, text, timestamptz[], timestamptz, timestamptz[], timestamptz)
	TO wa_reader, pg_monitor;
GRANT EXECUTE ON FUNCTION wa__replicated_tables(), wa__table_not_copied(), wa__missing_rows(), wa__library_version(), wa__recompute_owed(), wa__findings(), wa_report(integer)
	TO wa_reader, pg_monitor;
GRANT SELECT ON wa__finding TO wa_reader, pg_monitor;

