-- The end of the install script and of each upgrade script.
--
-- The extension must not call objects that somebody else has created in the
-- schema.  While a script runs, the schema is in the search path, behind
-- pg_catalog.  But where an operator or function takes its arguments by a cast
-- or as anyarray, a better match in the schema is preferred, and stays in the
-- view or function body.  So every object in the schema that is not the
-- extension's own is an error.

DO $$
DECLARE
	home pg_catalog.oid := (SELECT c.relnamespace FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) '@extschema@.wa_webhook'::pg_catalog.regclass);
	captured record;
BEGIN
	WITH RECURSIVE ours (classid, objid) AS (
		SELECT d.classid, d.objid
		FROM pg_catalog.pg_depend AS d
		JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
		WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
			AND e.extname OPERATOR(pg_catalog.=) 'wa_policy'::pg_catalog.name
			AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
		UNION
		-- Parts of these objects: rules of views, defaults, constraints, indexes, triggers, array types.
		SELECT d.classid, d.objid
		FROM ours AS o
		JOIN pg_catalog.pg_depend AS d ON d.refclassid OPERATOR(pg_catalog.=) o.classid
			AND d.refobjid OPERATOR(pg_catalog.=) o.objid
		WHERE d.deptype OPERATOR(pg_catalog.=) 'i'::pg_catalog."char"
			OR d.deptype OPERATOR(pg_catalog.=) 'a'::pg_catalog."char"
	), used AS (
		SELECT DISTINCT d.classid, d.objid, d.refclassid, d.refobjid
		FROM ours AS o
		JOIN pg_catalog.pg_depend AS d ON d.classid OPERATOR(pg_catalog.=) o.classid
			AND d.objid OPERATOR(pg_catalog.=) o.objid
		WHERE NOT EXISTS (SELECT FROM ours AS own
			WHERE own.classid OPERATOR(pg_catalog.=) d.refclassid AND own.objid OPERATOR(pg_catalog.=) d.refobjid)
	)
	SELECT pg_catalog.pg_describe_object(u.classid, u.objid, 0) AS ours, i.type, i.identity
	INTO captured
	FROM used AS u, pg_catalog.pg_identify_object(u.refclassid, u.refobjid, 0) AS i
	WHERE i.schema OPERATOR(pg_catalog.~~) E'pg\\_temp%'::pg_catalog.text
		OR i.schema OPERATOR(pg_catalog.=) (SELECT pg_catalog.quote_ident(n.nspname::pg_catalog.text)
			FROM pg_catalog.pg_namespace AS n WHERE n.oid OPERATOR(pg_catalog.=) home)
	ORDER BY u.refclassid, u.refobjid, u.classid, u.objid
	LIMIT 1;

	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = 'wa_policy would use an object in its schema that is not its own',
			DETAIL = pg_catalog.format('%s would use %s %s.', captured.ours, captured.type, captured.identity),
			HINT = 'Install it into a schema of its own, in which nobody else may create.';
	END IF;

	-- Another version of the library may fold phrases differently.
	REINDEX INDEX @extschema@.wa__phrase_folded;

	-- Makes running sessions look up the tables again and compare their library with
	-- the new version (src/base/version.c).  It changes a row of pg_class only.
	EXECUTE 'GRANT ALL ON TABLE @extschema@.wa_message TO ' OPERATOR(pg_catalog.||) (SELECT c.relowner::pg_catalog.regrole::pg_catalog.text
		FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) '@extschema@.wa_message'::pg_catalog.regclass);
END
$$;
