-- For tests that alter tables of the extension: drops its views and its functions with a
-- parsed body, since these depend on the columns they name.  Views and functions are taken
-- out of the extension first, since dropping a member would otherwise fail.
DO $$
DECLARE
	member text;
BEGIN
	FOR member IN SELECT format('VIEW %s', oid::regclass) FROM pg_class WHERE relkind = 'v' AND relname ~ '^wa_'
		UNION ALL SELECT format('ROUTINE %s', oid::regprocedure) FROM pg_proc WHERE prokind <> 'a' AND proname ~ '^wa_' LOOP
		EXECUTE format('ALTER EXTENSION wa_policy DROP %s', member);
	END LOOP;
	FOR member IN SELECT format('%I.%I', relnamespace::regnamespace, relname) FROM pg_class WHERE relkind = 'v' AND relname ~ '^wa_' LOOP
		EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', member);
	END LOOP;
	FOR member IN SELECT oid FROM pg_proc WHERE prosqlbody IS NOT NULL AND proname ~ '^wa_' LOOP
		CONTINUE WHEN NOT EXISTS (SELECT FROM pg_proc WHERE oid = member::oid);
		EXECUTE format('DROP ROUTINE %s CASCADE', member::oid::regprocedure);
	END LOOP;
END
$$;
