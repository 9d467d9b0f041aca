-- Two roles for applications.  Roles belong to the cluster, not to the
-- extension: they are created here if they do not exist, without login and
-- members, and stay when the extension is dropped.  To use them, run
-- "GRANT wa_reader TO app".

DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['wa_writer', 'wa_reader'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) role_name::name) THEN
			BEGIN
				EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
				EXECUTE pg_catalog.format('COMMENT ON ROLE %I IS %L', role_name, CASE role_name
					WHEN 'wa_writer' THEN 'May post webhooks to wa_policy, report errors and say what was sent, and nothing else'
					ELSE 'May ask wa_policy who can be sent to and why not, and read its reports and histories, and nothing else' END);
			EXCEPTION WHEN duplicate_object THEN
				NULL;			-- another database installs at the same time
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
GRANT INSERT (payload, signature, received_at) ON @extschema@.wa_webhook TO wa_writer;
GRANT EXECUTE ON FUNCTION
	@extschema@.wa_ingest(text, text, timestamptz),
	@extschema@.wa_ingest(bytea, text, timestamptz),
	@extschema@.wa_report_error(text, integer, timestamptz, text, text, text, text),
	@extschema@.wa_verify_signature(text, text),
	@extschema@.wa_verify_signature(bytea, text),
	@extschema@.wa_sent(text, text, @extschema@.wa_category, text, text, timestamptz, text, text)
	TO wa_writer;

GRANT EXECUTE ON FUNCTION
	@extschema@.wa_sendable(text, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_next_sendable(text, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_next_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_first_reason(text, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_first_reason(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_explain(text, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_explain(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_suppressed(@extschema@.wa_category, text, timestamptz),
	@extschema@.wa_segment_summary(text, @extschema@.wa_category, text, text, timestamptz),
	@extschema@.wa_history(text),
	@extschema@.wa_history(@extschema@.wa_recipient),
	@extschema@.wa_proof(text),
	@extschema@.wa_proof(@extschema@.wa_recipient),
	@extschema@.wa_segment_forecast(text, @extschema@.wa_category, timestamptz, interval, text, text),
	@extschema@.wa__forecast_moments(timestamptz, interval),
	@extschema@.wa__segment_forecast(text, @extschema@.wa_category, text, text, timestamptz, timestamptz[]),
	@extschema@.wa_error_catalogue(boolean),
	@extschema@.wa_digest(bigint),
	@extschema@.wa_classify(integer),
	@extschema@.wa_retry_after(integer, integer)
	TO wa_reader;
GRANT SELECT ON @extschema@.wa_error_code, @extschema@.wa_sender, @extschema@.wa_sender_hold, @extschema@.wa_sender_hold_log,
	@extschema@.wa_sender_life, @extschema@.wa_template TO wa_reader;
GRANT EXECUTE ON FUNCTION @extschema@.wa_template_sendable(text, text, text, timestamptz),
	@extschema@.wa_template_category(text, text, text, timestamptz) TO wa_reader;
GRANT SELECT ON @extschema@.wa_frequency_cap, @extschema@.wa_quiet_hours, @extschema@.wa_region_without_limit TO wa_reader;
GRANT SELECT ON @extschema@.wa_import_progress TO wa_reader, pg_monitor;
GRANT SELECT ON @extschema@.wa_subscription_status, @extschema@.wa_publication_status TO wa_reader, pg_monitor;
GRANT SELECT ON @extschema@.wa_message, @extschema@.wa_message_day, @extschema@.wa_recipient_status,
	@extschema@.wa_delivery_rate, @extschema@.wa_failure_rate, @extschema@.wa_opt_out_rate,
	@extschema@.wa_violation, @extschema@.wa_ladder_yield, @extschema@.wa_health
	TO wa_reader;

-- Views without personal data, for monitoring; and the codes with a DBA's changes.
DO $$
BEGIN
	IF NOT (SELECT pg_catalog.has_schema_privilege('pg_monitor', c.relnamespace, 'USAGE')
			FROM pg_catalog.pg_class AS c
			WHERE c.oid OPERATOR(pg_catalog.=) '@extschema@.wa_webhook'::pg_catalog.regclass) THEN
		EXECUTE 'GRANT USAGE ON SCHEMA @extschema@ TO pg_monitor';
	END IF;
END
$$;
GRANT SELECT ON @extschema@.wa_delivery_rate, @extschema@.wa_failure_rate, @extschema@.wa_opt_out_rate,
	@extschema@.wa_ladder_yield, @extschema@.wa_error_code, @extschema@.wa_health
	TO pg_monitor;
-- Tables that statements of wa_health read.
GRANT SELECT ON @extschema@.wa_sender, @extschema@.wa_sender_hold, @extschema@.wa_sender_hold_log, @extschema@.wa_template TO pg_monitor;
GRANT EXECUTE ON FUNCTION @extschema@.wa_error_catalogue(boolean) TO pg_monitor;
-- A view calls functions with the rights of the role that reads it.
GRANT EXECUTE ON FUNCTION @extschema@.wa__message_days(), @extschema@.wa__messages_of_day(date),
	@extschema@.wa__stop_days(), @extschema@.wa__opt_outs_of_day(date),
	@extschema@.wa__status_hours(), @extschema@.wa__status_since(text, timestamptz) TO wa_reader, pg_monitor;
GRANT EXECUTE ON FUNCTION @extschema@.wa__identifiers(@extschema@.wa_recipient, boolean), @extschema@.wa__opt_in_of(@extschema@.wa_recipient), @extschema@.wa__stop_reach(),
	@extschema@.wa__stop_before(@extschema@.wa_recipient, text, boolean, timestamptz, bigint) TO wa_reader;
GRANT EXECUTE ON FUNCTION @extschema@.wa__cooldown_merge(integer, text, timestamptz[], timestamptz, timestamptz[], timestamptz)
	TO wa_reader, pg_monitor;
GRANT EXECUTE ON FUNCTION @extschema@.wa__library_version(), @extschema@.wa__recompute_owed(), @extschema@.wa__findings(), @extschema@.wa_report(integer)
	TO wa_reader, pg_monitor;
GRANT SELECT ON @extschema@.wa__finding TO wa_reader, pg_monitor;

