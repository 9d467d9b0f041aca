-- ALTER DEFAULT PRIVILEGES of the role that installs may have granted rights on
-- the new objects, secrets and keys among them, and CREATE FUNCTION lets PUBLIC
-- execute each function.  All of that is revoked here, before the intended rights
-- are granted; only immutable functions stay executable by PUBLIC, for they read and
-- write nothing.  Only objects made by this transaction are changed, so that an
-- upgrade script does not change a DBA's grants.

DO $$
DECLARE
	given record;
BEGIN
	FOR given IN
		WITH fresh AS (
			SELECT d.classid, d.objid
			FROM pg_catalog.pg_depend AS d
			JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
			WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
				AND e.extname OPERATOR(pg_catalog.=) 'wa_policy'::pg_catalog.name
				AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
				-- A subtransaction's id is above that of its transaction.
				AND pg_catalog.age(d.xmin) OPERATOR(pg_catalog.<=) 0
		), acl AS (
			SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char" THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
				c.oid::pg_catalog.regclass::pg_catalog.text AS object, c.relowner AS owner, x.grantee
			FROM fresh AS f
			JOIN pg_catalog.pg_class AS c ON f.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
				AND c.oid OPERATOR(pg_catalog.=) f.objid, pg_catalog.aclexplode(c.relacl) AS x
			UNION
			SELECT 'ROUTINE', p.oid::pg_catalog.regprocedure::pg_catalog.text, p.proowner, x.grantee
			FROM fresh AS f
			JOIN pg_catalog.pg_proc AS p ON f.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
				AND p.oid OPERATOR(pg_catalog.=) f.objid,
				pg_catalog.aclexplode(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS x
			WHERE x.grantee OPERATOR(pg_catalog.<>) 0::pg_catalog.oid OR p.provolatile OPERATOR(pg_catalog.<>) 'i'::pg_catalog."char"
			UNION
			SELECT 'TYPE', t.oid::pg_catalog.regtype::pg_catalog.text, t.typowner, x.grantee
			FROM fresh AS f
			JOIN pg_catalog.pg_type AS t ON f.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
				AND t.oid OPERATOR(pg_catalog.=) f.objid, pg_catalog.aclexplode(t.typacl) AS x
			WHERE x.grantee OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
		)
		SELECT a.kind, a.object, CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid THEN 'PUBLIC'
			ELSE a.grantee::pg_catalog.regrole::pg_catalog.text END AS role
		FROM acl AS a
		WHERE a.grantee OPERATOR(pg_catalog.<>) a.owner
	LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s', given.kind, given.object, given.role);
	END LOOP;
END
$$;
