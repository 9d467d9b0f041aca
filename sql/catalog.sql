--
-- What the catalogs must say of the extension; every query must return no row
-- unless another result is said
--
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
CREATE SCHEMA t;
-- The members of the extension, and the fields of those that have some.
CREATE VIEW t.member AS
SELECT classid, objid, pg_describe_object(classid, objid, 0) AS what
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy');
CREATE VIEW t.relation AS
SELECT c.* FROM pg_class AS c JOIN t.member ON classid = 'pg_class'::regclass AND objid = c.oid;
CREATE VIEW t.function AS
SELECT p.oid::regprocedure::text AS signature, p.*
FROM pg_proc AS p JOIN t.member ON classid = 'pg_proc'::regclass AND objid = p.oid;
\set ECHO all
-- There is something to look at.
SELECT classid::regclass AS kind, count(*) > 1 AS some FROM t.member
WHERE classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
GROUP BY classid ORDER BY classid::regclass::text;

-- The columns that C reads by number (src/common/columns.h), in their order.
SELECT e.tab, e.columns AS expected, a.columns AS found
FROM (VALUES
	('wa_consent', 'at stopped_at resumed_at recipient business register state origin sender message_id'),
	('wa_cooldown', 'until lifted_at code strikes recipient business failures'),
	('wa_activity', 'last_inbound_at last_delivered_at last_read_at last_marketing_delivered_at last_window_refused_at wa_id_at recipient business sender wa_id'),
	('wa_consent_log', 'id recorded_at at webhook_id recipient business register state origin'),
	('wa_identity', 'first_seen_at last_seen_at parted_at alike recipient other kind'),
	('wa_app_secret', 'business secret'),
	('wa_region_rule', 'region category reason'),
	('wa_phrase', 'phrase meaning language active'),
	('wa_error_override', 'code same_as title category blocks ladder gap lifted_by scope reason'),
	('wa_incident', 'id code business since until'),
	('wa_webhook', 'id received_at token payload signature')) AS e (tab, columns)
LEFT JOIN LATERAL (
	SELECT string_agg(attname, ' ' ORDER BY attnum) AS columns FROM pg_attribute
	WHERE attrelid = e.tab::regclass AND attnum BETWEEN 1 AND cardinality(string_to_array(e.columns, ' '))
) AS a ON true
WHERE a.columns IS DISTINCT FROM e.columns;
-- No column was dropped: the numbers would have gaps.
SELECT relname, attname FROM t.relation AS r JOIN pg_attribute ON attrelid = r.oid WHERE attisdropped;

-- Everything is in the schema of the extension, and is called wa_ something.
SELECT what FROM t.member WHERE what ~ '(function|type|table|view|sequence|index) ' AND what !~ '^(function|type|table|view|sequence|index) wa_'
	AND what !~ '\[\]$' ORDER BY what;

-- Every function, type, relation, column, operator and operator class has a comment.
SELECT what FROM t.member
WHERE obj_description(objid, classid::regclass::name) IS NULL
	-- array and row types, toast tables and identity sequences speak for themselves
	AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type WHERE oid = objid AND (typrelid <> 0 OR typelem <> 0)))
	AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = objid AND relkind = 'S'))
	AND classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
ORDER BY what;
SELECT relname, attname FROM t.relation AS r JOIN pg_attribute ON attrelid = r.oid
WHERE relkind IN ('r', 'v', 'p') AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
ORDER BY relname, attnum;
-- A comment has something to say.
SELECT what, obj_description(objid, classid::regclass::name) FROM t.member
WHERE obj_description(objid, classid::regclass::name) !~ '^.{10}' ORDER BY what;

-- Functions with their owner's rights pin the search_path, and hold it to themselves.
SELECT signature FROM t.function
WHERE prosecdef AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false);
SELECT signature FROM t.function AS f
WHERE prosecdef AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0);
-- So do those in SQL and PL/pgSQL, unless their body was parsed when they were made.
SELECT signature FROM t.function JOIN pg_language AS l ON l.oid = prolang
WHERE lanname IN ('sql', 'plpgsql') AND prosqlbody IS NULL AND proconfig IS NULL;

-- What everybody may execute: nothing that writes or tells what is stored.
SELECT signature FROM t.function
WHERE EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)
ORDER BY signature COLLATE "C";
-- Nothing in the tables is everybody's.
SELECT relname, privilege_type FROM t.relation, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
WHERE grantee = 0;

-- Volatility and parallel safety: what writes is volatile and unsafe, a decision is stable and safe.
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('v', 'u')
	AND (prosrc ~ '\m(INSERT|UPDATE|DELETE)\M'
	OR proname ~ '^wa_(ingest|report_error|replay|opt_in|opt_out|recompute|unlink|forget|purge|import|webhook_ingest|ingest_token|consent_log_guard|default_(guard|lock|remove))$');
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('s', 's')
	AND proname IN ('wa_sendable', 'wa_explain', 'wa_next_sendable', 'wa_suppressed', 'wa_classify', 'wa_retry_after', 'wa_error_catalogue', 'wa_verify_signature');
-- What takes a snapshot of its own is no matter for a parallel query.
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('s', 'u') AND proname IN ('wa_cooldown_merge', 'wa__evidence_lifts');
-- What may not run in a parallel query, though stable: these, and what runs a query of the caller's, which may do anything.
SELECT signature FROM t.function WHERE (provolatile, proparallel) = ('s', 'u');
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('i', 's')
	AND proname ~ '^wa_(region$|recipient_|phrase_valid$|phrase_folded$|_override_check$|_incident_check$|text$)';
-- The operators say all that the planner wants to know.
SELECT oprname, oprleft::regtype, oprright::regtype FROM pg_operator JOIN t.member ON classid = 'pg_operator'::regclass AND objid = pg_operator.oid
WHERE oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0 OR (oprname = '=' AND NOT (oprcanhash AND oprcanmerge));
-- What takes NULL for an answer, or for an error, is not strict.
SELECT proname FROM t.function WHERE proisstrict AND proname IN ('wa_sendable', 'wa_explain', 'wa_next_sendable', 'wa_suppressed', 'wa_segment_summary', 'wa_opt_in', 'wa_opt_out', 'wa_report_error', 'wa_ingest', 'wa_replay');

-- Every btree operator class lets an index leave out duplicates.
SELECT opcname FROM pg_opclass AS o JOIN t.member ON classid = 'pg_opclass'::regclass AND objid = o.oid
JOIN pg_am AS am ON am.oid = opcmethod
WHERE amname = 'btree' AND NOT EXISTS (SELECT FROM pg_amproc WHERE amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocnum = 4);
-- And there is one for btree and one for hash.
SELECT amname, opcname, opcdefault FROM pg_opclass AS o JOIN t.member ON classid = 'pg_opclass'::regclass AND objid = o.oid
JOIN pg_am AS am ON am.oid = opcmethod ORDER BY amname, opcname;

-- Every table is dumped with its rows, and so are its sequences.
SELECT relkind, relname FROM t.relation AS r
WHERE relkind IN ('r', 'S') AND NOT EXISTS (
	SELECT FROM pg_extension WHERE extname = 'wa_policy' AND r.oid = ANY (extconfig));
-- With all of them, but for what came with the extension.
SELECT relname, condition
FROM pg_extension, unnest(extconfig, extcondition) AS u (rel, condition) JOIN pg_class AS c ON c.oid = rel
WHERE extname = 'wa_policy' AND condition <> '' ORDER BY relname;

-- Each table has a key; that of a state table begins with the recipient.
SELECT relname FROM t.relation AS r WHERE relkind = 'r' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = r.oid AND indisprimary);
SELECT relname FROM t.relation AS r JOIN pg_index AS i ON indrelid = r.oid AND indisprimary
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = i.indkey[0]
WHERE relname IN ('wa_consent', 'wa_cooldown', 'wa_activity', 'wa_contact') AND attname <> 'recipient';

-- The extension stays where it is.
SELECT extrelocatable FROM pg_extension WHERE extname = 'wa_policy';

ROLLBACK;
