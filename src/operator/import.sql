-- Lists of opt-outs: import, export, and the progress of an import.

CREATE FUNCTION wa_import(query text, dry_run boolean DEFAULT true, source text DEFAULT '',
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp())
	RETURNS TABLE (outcome text, phones bigint, line bigint, phone text, register text,
		business text, at timestamptz, detail text)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION wa_import(text, boolean, text, text, timestamptz) IS
'Imports a list of opt-outs from a query. query is one SELECT with the column phone and any of reason, source, at, note, register (business or everything; whatsapp, which wa_export writes, counts as business) and business. An import only adds stops: it lifts nothing, and a later opt-in stays in force. With dry_run, the default, nothing is written. The arguments source, business and at are for rows that have none of their own; business '''' means every business. Returns the counts total, stopped (rows that stop somebody who was not stopped), recorded (new rows that change nothing), known (recorded before) and rejected (unusable); then one row, with its line number, for each rejected row, for each row with an unusable time (remark), and in a dry run for each row that makes a difference. Importing the same list twice changes nothing. The query runs with the rights and the search_path of the caller. All is written in the caller''s transaction, or nothing. wa_import_progress shows the progress. Errors: undefined_object for an argument business that is not in wa_sender; invalid_parameter_value for other columns; duplicate_column; datetime_field_overflow for an argument at that is out of range; null_value_not_allowed';

CREATE FUNCTION wa__import_apply(internal) RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE STRICT
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa__import_apply(internal) IS
'The part of wa_import that reads and writes the state';

CREATE FUNCTION wa_export()
	RETURNS TABLE (phone text, reason text, source text, at timestamptz, note text,
		register text, business text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 100000
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT c.recipient::text,
			CASE WHEN c.origin = 'import' THEN NULLIF(substr(split_part(p.head, E'\nsource: ', 1), 2), '')
				ELSE NULLIF(l.evidence, '') END,
			CASE WHEN c.origin = 'import' THEN NULLIF(split_part(p.head, E'\nsource: ', 2), '')
				ELSE c.origin END,
			c.at,
			CASE WHEN c.origin = 'import' THEN p.note END,
			c.register,
			c.business
		FROM wa_consent AS c
		LEFT JOIN LATERAL (
			SELECT e.evidence
			FROM wa_consent_log AS e
			WHERE e.recipient OPERATOR(@extschema@.=) c.recipient AND e.business = c.business AND e.register = c.register
				AND e.at = c.at AND e.state = 'stop' AND e.origin = c.origin
			ORDER BY e.evidence LIMIT 1) AS l ON true
		-- The evidence as an import writes it: the reason, a line with the source, a line with the note.
		CROSS JOIN LATERAL (
			SELECT split_part(v.lines, E'\nnote: ', 1) AS head,
				NULLIF(substr(v.lines, NULLIF(strpos(v.lines, E'\nnote: '), 0) + 7), '') AS note
			FROM (SELECT E'\n' || l.evidence AS lines) AS v) AS p
		WHERE c.state = 'stop'
			-- A later opt-in for every business has lifted it.
			AND NOT EXISTS (SELECT FROM wa_consent AS r
				WHERE r.recipient OPERATOR(@extschema@.=) c.recipient AND r.business = '' AND r.register = c.register
					AND r.state = 'resume' AND r.at > c.at AND c.register <> 'whatsapp')
		ORDER BY c.recipient::text COLLATE "C", c.business, c.register;
	END;
COMMENT ON FUNCTION wa_export() IS
'Returns all stops that stand, in the form that wa_import takes, each under the identifier with which it is stored. Importing it here changes nothing; importing it into another database stops the same identifiers there (wa_suppressed names all identifiers of those who are stopped). A stop of the register whatsapp keeps that name; wa_import makes it one of the register business where WhatsApp has not reported it, since only WhatsApp writes its register';

-- The server has no progress command for an import, so it is reported as a COPY, and
-- distinguished by a value that no COPY has.
CREATE VIEW wa_import_progress AS
	SELECT p.pid, d.datname,
		CASE p.param11 WHEN 1 THEN 'reading' WHEN 2 THEN 'comparing and writing' END AS phase,
		p.param15 = 1 AS dry_run,
		p.param12 AS rows_read,
		p.param4 AS rows_rejected,
		CASE WHEN p.param11 > 1 THEN p.param13 END AS rows_usable,
		p.param14 AS rows_done
	FROM pg_catalog.pg_stat_get_progress_info('COPY') AS p
	JOIN pg_catalog.pg_database AS d ON d.oid = p.datid
	WHERE p.param20 = 8602261669666647922;
COMMENT ON VIEW wa_import_progress IS
'Progress of the running calls of wa_import in this cluster. The numbers of a call are visible to its own role and to members of pg_read_all_stats';
COMMENT ON COLUMN wa_import_progress.pid IS 'Process id, for pg_cancel_backend: a cancelled import has changed nothing';
COMMENT ON COLUMN wa_import_progress.datname IS 'Database';
COMMENT ON COLUMN wa_import_progress.phase IS 'reading: the query runs. comparing and writing: its rows are processed';
COMMENT ON COLUMN wa_import_progress.dry_run IS 'True: nothing will be written';
COMMENT ON COLUMN wa_import_progress.rows_read IS 'Rows that the query has returned';
COMMENT ON COLUMN wa_import_progress.rows_rejected IS 'How many of them are unusable';
COMMENT ON COLUMN wa_import_progress.rows_usable IS 'Rows to be compared; NULL while it is reading';
COMMENT ON COLUMN wa_import_progress.rows_done IS 'Rows that have been compared, and written where that is needed';
