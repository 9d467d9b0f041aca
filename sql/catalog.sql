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

-- The columns that C reads by number (state/columns.h, identity/columns.h and others), in their order.
SELECT e.tab, e.columns AS expected, a.columns AS found
FROM (VALUES
	('wa_consent', 'recipient business register state at origin code sender message_id stopped_at resumed_at'),
	('wa_cooldown', 'recipient business code strikes until lifted_at failures'),
	('wa_activity', 'recipient business sender wa_id last_inbound_at last_delivered_at last_read_at last_marketing_delivered_at last_window_refused_at wa_id_at'),
	('wa_recipient_lock', 'recipient'),
	('wa_consent_log', 'id recipient business register state at origin code evidence sender message_id also_named'),
	('wa_identity', 'recipient other business first_seen_at last_seen_at unlinked_at position rivals'),
	('wa_identity_change', 'recipient other at first_at origin message_id unlinked_at'),
	('wa_app_secret', 'business secret'),
	('wa_region_rule', 'region category reason'),
	('wa_phrase', 'phrase meaning language active'),
	('wa_error_override', 'code same_as title category blocks ladder gap lifted_by scope reason'),
	('wa_incident', 'id code business since until'),
	('wa_webhook', 'id payload signature received_at erased_at token'),
	('wa_delivery', 'recipient business category deliveries messages'),
	('wa_sender', 'business sender display_phone first_seen last_seen'),
	('wa_sender_hold', 'business sender region cause code categories since until reason lifted_at'),
	('wa_sender_life', 'business sender region category alive_at'),
	('wa_erased', 'bucket hash at'),
	('wa_erasure_key', 'id key'),
	('wa_frequency_cap', 'id category messages period business exempt_in_window exempt_regions reason'),
	('wa_quiet_hours', 'id region category days starts ends source'),
	('wa_region_without_limit', 'region'),
	('wa_message', 'message_id recipient business sender category sent_at delivered_at read_at failed_at code template campaign participant'),
	('wa_claim', 'campaign recipient category business sender claimed_at lease_until sent_at message_id template home token')) AS e (tab, columns)
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

-- Every function, type, relation, operator and operator class has a comment, and so has every column.
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
WHERE lanname IN ('sql', 'plpgsql') AND prosqlbody IS NULL
	AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false);
-- Nor do backslashes stand in what a session parses by its standard_conforming_strings.
SELECT signature FROM t.function JOIN pg_language AS l ON l.oid = prolang
WHERE lanname IN ('sql', 'plpgsql') AND strpos(prosrc, E'\\') > 0;

-- What everybody may execute: nothing that writes or tells what is stored.
SELECT signature FROM t.function
WHERE EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)
ORDER BY signature COLLATE "C";
-- Nothing in the tables is everybody's.
SELECT relname, privilege_type FROM t.relation, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
WHERE grantee = 0;

-- NULL means "never" or "no end of its own": there is no infinite timestamp in any default or check, nor in the texts of
-- our functions and views but to compare with one that came from outside.
SELECT relname, attname, pg_get_expr(adbin, adrelid) FROM t.relation AS r JOIN pg_attrdef ON adrelid = r.oid
JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE pg_get_expr(adbin, adrelid) ~* 'infinity';
SELECT relname FROM t.relation AS r WHERE relkind = 'v' AND pg_get_viewdef(r.oid) ~* 'infinity';
SELECT signature FROM t.function JOIN pg_language AS l ON l.oid = prolang
WHERE lanname IN ('sql', 'plpgsql') AND coalesce(pg_get_function_sqlbody(t.function.oid), prosrc) ~* 'infinity';
SELECT what, obj_description(objid, classid::regclass::name) FROM t.member WHERE obj_description(objid, classid::regclass::name) ~* 'infinit';
SELECT relname, attname, col_description(attrelid, attnum) FROM t.relation AS r JOIN pg_attribute ON attrelid = r.oid
WHERE col_description(attrelid, attnum) ~* 'infinit';
-- Nor do they give one: every row that a table holds, and every answer, once people are known about whom all can be said.
SAVEPOINT known;
\set ECHO none
\o /dev/null
SELECT wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes', json_build_array(
	json_build_object('field', 'messages', 'value', json_build_object('metadata', json_build_object('phone_number_id', 'S'),
		'contacts', json_build_array(json_build_object('wa_id', '491700000001', 'user_id', 'DE.known', 'parent_user_id', 'DE.ENT.known')),
		'messages', json_build_array(
			json_build_object('id', 'm1', 'from', '491700000001', 'from_user_id', 'DE.known', 'timestamp', 1740823200, 'type', 'text', 'text', json_build_object('body', 'STOP')),
			json_build_object('id', 'm2', 'from', '491700000002', 'timestamp', 1740823200, 'type', 'text', 'text', json_build_object('body', 'START')),
			json_build_object('id', 'm3', 'from', '491700000001', 'timestamp', 1740823300, 'type', 'system',
				'system', json_build_object('type', 'user_changed_number', 'wa_id', '491700000003'))),
		'statuses', (SELECT json_agg(json_build_object('id', 's', 'status', 'failed', 'timestamp', 1740823200 + code,
				'recipient_id', 491700000004 + n % 3, 'errors', json_build_array(json_build_object('code', code))))
			FROM unnest(ARRAY[131049, 130472, 131026, 131056, 130403, 131050, 131047, 470, 77777]) WITH ORDINALITY AS u (code, n)))),
	json_build_object('field', 'messages', 'value', json_build_object('metadata', json_build_object('phone_number_id', 'S'),
		'statuses', (SELECT json_agg(json_build_object('id', 's', 'status', status, 'timestamp', 1740823201, 'recipient_id', '491700000007'))
			FROM unnest(ARRAY['sent', 'delivered', 'read']) AS status))),
	json_build_object('field', 'user_preferences', 'value', json_build_object('user_preferences', json_build_array(
		json_build_object('wa_id', '491700000008', 'value', 'stop', 'category', 'marketing_messages', 'timestamp', 'infinity'),
		json_build_object('wa_id', '491700000009', 'value', 'resume', 'category', 'marketing_messages', 'timestamp', 1740823200))))))))::text);
SELECT wa_opt_out('491700000010', 'asked'), wa_unlink('491700000011', 'DE.unseen', 'not they');
INSERT INTO wa_incident (code, since, reason) VALUES (131026, '2025-01-01', 'relay broken');
CREATE FUNCTION t.instants(query text) RETURNS TABLE (instant text) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT j.value FROM (%s) AS q, jsonb_each_text(to_jsonb(q)) AS j', query);
END
$$;
CREATE TABLE t.query AS SELECT format('SELECT * FROM %s', r.oid::regclass) AS query FROM t.relation AS r WHERE relkind IN ('r', 'v')
	UNION ALL
	SELECT format('SELECT %s FROM (SELECT recipient FROM wa_recipient_lock UNION SELECT recipient FROM wa_consent UNION SELECT other FROM wa_identity
		UNION SELECT other FROM wa_identity_change UNION VALUES (NULL::wa_recipient), (''12125550100'')) AS who, unnest(enum_range(NULL::wa_category)) AS category,
		unnest(ARRAY[''2025-03-01 10:00+00'', ''2025-03-02'', ''2030-01-01'']::timestamptz[]) AS at %s', what, source)
	FROM (VALUES ('wa_next_sendable(who.recipient, category, at => at)', ''),
		('e.*', ', wa_explain(who.recipient, category, at => at) AS e')) AS v (what, source)
	UNION ALL
	SELECT format('SELECT s.* FROM wa_suppressed(%L, at => %L) AS s', category, at)
	FROM unnest(enum_range(NULL::wa_category)) AS category, unnest(ARRAY['2025-03-01 10:00+00', '2030-01-01']) AS at;
\o
\set ECHO all
SELECT count(*) > 20 AS several FROM t.query;
SELECT relname FROM t.relation WHERE relname IN ('wa_consent', 'wa_cooldown', 'wa_activity', 'wa_consent_log', 'wa_identity', 'wa_identity_change', 'wa_unlink_log', 'wa_incident', 'wa_problem')
	AND NOT EXISTS (SELECT FROM t.instants('SELECT * FROM ' || relname));
SELECT query, instant FROM t.query, t.instants(query) WHERE instant ~ 'infinity' AND query !~ 'wa_problem';
ROLLBACK TO known;

-- Volatility and parallel safety: what writes is volatile and unsafe, a decision is stable and safe.
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('v', 'u')
	AND (prosrc ~ '\m(INSERT|UPDATE|DELETE)\M'
	OR proname ~ '^wa_(ingest|report_error|replay|opt_in|opt_out|recompute|unlink|forget|purge|import|hold|release|claim|unclaim|sent|_webhook_ingest|_ingest_token|_consent_log_guard|_default_(guard|lock|note|remove))$');
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('s', 's')
	AND proname IN ('wa_sendable', 'wa_first_reason', 'wa_explain', 'wa_next_sendable', 'wa_suppressed', 'wa_classify', 'wa_retry_after', 'wa_error_catalogue', 'wa_verify_signature',
		'wa_template_sendable', 'wa_template_category');
-- What takes a snapshot of its own is no matter for a parallel query.
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('s', 'u') AND proname IN ('wa__cooldown_merge', 'wa__evidence_lifts');
-- What looks at tables and may run in a parallel worker all the same.
SELECT signature FROM t.function WHERE proparallel = 's' AND provolatile <> 'i' AND signature !~ '^wa_(default_phrase|phrase_filler|export|_refuse|_replicated_tables)' ORDER BY signature COLLATE "C";
-- And they do: each that reads a table is called in a worker, for somebody of whom something is known, with a secret to look at.
SAVEPOINT parallel;
\set ECHO none
\o /dev/null
SELECT wa_report_error('491700000001', 130403, '2025-03-01 10:00', 'B'), wa_opt_out('491700000001', 'asked');
INSERT INTO wa_app_secret (business, secret) VALUES ('B', 'key');
INSERT INTO wa_template (business, name, language, status, category) VALUES ('B', 'offer', 'en', 'APPROVED', 'MARKETING');
INSERT INTO wa_error_override (code, ladder) VALUES (130403, ARRAY[NULL::interval]);
CREATE TABLE t.row (n int, who text, category wa_category);
INSERT INTO t.row SELECT n, '491700000001', 'marketing' FROM generate_series(1, 10) AS n;
ALTER TABLE t.row SET (parallel_workers = 2);
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL parallel_leader_participation = off;
SET LOCAL wa_policy.suppression_list_after = 3;
CREATE FUNCTION t.is_mine(pid int) RETURNS boolean LANGUAGE plpgsql PARALLEL SAFE AS $$ BEGIN RETURN pid = pg_backend_pid(); END $$;
CREATE FUNCTION t.in_worker(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	rows bigint;
BEGIN
	IF call ~ ' AS f ' THEN
		-- A row of each call, that is seen in a worker as well.
		EXECUTE format('SELECT count(*) FROM t.row, %s AND NOT t.is_mine(%s + length(f::text) * 0)',
			call, pg_backend_pid()) INTO rows;
		RETURN concat_ws(' ', rows, 'times a row');
	END IF;
	EXECUTE format('SELECT (%s)::text FROM t.row LIMIT 1', call) INTO answer;
	EXECUTE format('SELECT count(*) FROM t.row WHERE NOT t.is_mine(%s) AND (%s)::text IS NOT DISTINCT FROM %L', pg_backend_pid(), call, answer) INTO rows;
	RETURN concat_ws(' ', rows, 'times', answer);
END
$$;
\o
\set ECHO all
SELECT f.signature, t.in_worker(c.call) AS in_worker
FROM t.function AS f LEFT JOIN (VALUES
	('wa_classify(integer)', '(wa_classify(131026 + n - n)).title'),
	('wa__consent_events(wa_recipient)', 'wa__consent_events(who::wa_recipient) AS f WHERE f.state = ''stop'''),
	('wa__identifiers(wa_recipient,boolean)', 'wa__identifiers(who::wa_recipient) AS f WHERE f.until IS NULL'),
	('wa_error_catalogue(boolean)', 'wa_error_catalogue(n > 0) AS f WHERE f.code = 131026'),
	('wa_explain(text,wa_category,text,text,timestamp with time zone)', 'wa_explain(who, category) AS f WHERE f.rule = 3'),
	('wa_explain(wa_recipient,wa_category,text,text,timestamp with time zone)', 'wa_explain(who::wa_recipient, category) AS f WHERE f.rule = 3'),
	('wa_first_reason(text,wa_category,text,text,timestamp with time zone)', 'wa_first_reason(who, category)'),
	('wa_first_reason(wa_recipient,wa_category,text,text,timestamp with time zone)', 'wa_first_reason(who::wa_recipient, category)'),
	('wa_history(text)', 'wa_history(who) AS f WHERE f.event = ''opt-out, business'''),
	('wa_history(wa_recipient)', 'wa_history(who::wa_recipient) AS f WHERE f.event = ''opt-out, business'''),
	('wa_next_sendable(text,wa_category,text,text,timestamp with time zone)', 'coalesce(wa_next_sendable(who, category)::text, ''never'')'),
	('wa_next_sendable(wa_recipient,wa_category,text,text,timestamp with time zone)', 'coalesce(wa_next_sendable(who::wa_recipient, category)::text, ''never'')'),
	('wa_retry_after(integer,integer)', 'wa_retry_after(131056, n - n + 1)'),
	('wa_sendable(text,wa_category,text,text,timestamp with time zone)', 'wa_sendable(who, category)'),
	('wa_sendable(wa_recipient,wa_category,text,text,timestamp with time zone)', 'wa_sendable(who::wa_recipient, category)'),
	('wa_suppressed(wa_category,text,timestamp with time zone)', 'wa_suppressed(category) AS f WHERE f.recipient = ''491700000001'''),
	('wa__window_end(wa_recipient)', 'coalesce(wa__window_end(who::wa_recipient)::text, ''closed'')'),
	('wa__require_template(text,text,text,timestamp with time zone)', 'wa__require_template(''offer'', ''en'', ''B'', now() + n * ''0 s''::interval)'),
	('wa__template_refused(text,text,text,timestamp with time zone)', 'wa__template_refused(''offer'', ''en'', ''B'', now() + n * ''0 s''::interval)'),
	('wa__templates(text,text,text)', 'wa__templates(''offer'', ''en'', left(''B'', n)) AS f WHERE f.name = ''offer'''),
	('wa_template_category(text,text,text,timestamp with time zone)', 'wa_template_category(''offer'', ''en'', ''B'', now() + n * ''0 s''::interval)'),
	('wa_template_sendable(text,text,text,timestamp with time zone)', 'wa_template_sendable(''offer'', ''en'', ''B'', now() + n * ''0 s''::interval)'),
	('wa_verify_signature(bytea,text)', 'wa_verify_signature(convert_to(who, ''UTF8''), ''sha256='' || encode(sha256(''''), ''hex''))'),
	('wa_verify_signature(text,text)', 'wa_verify_signature(who, ''sha256='' || encode(sha256(''''), ''hex''))')) AS c (signature, call) USING (signature)
WHERE proparallel = 's' AND provolatile <> 'i' AND signature !~ '^wa_(default_phrase|phrase_filler|export|_refuse|_replicated_tables)' ORDER BY signature COLLATE "C";
ROLLBACK TO parallel;
-- What may not run in a parallel query, though stable: these, and what runs a query of the caller's, which may do anything.
SELECT signature FROM t.function WHERE (provolatile, proparallel) = ('s', 'u');
SELECT signature, provolatile, proparallel FROM t.function
WHERE (provolatile, proparallel) <> ('i', 's')
	AND proname ~ '^wa_(region$|recipient_|_phrase_check$|_phrase_folded$|_override_check$)';
-- The operators say all that the planner wants to know.
SELECT oprname, oprleft::regtype, oprright::regtype FROM pg_operator JOIN t.member ON classid = 'pg_operator'::regclass AND objid = pg_operator.oid
WHERE oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0 OR (oprname = '=' AND NOT (oprcanhash AND oprcanmerge));
-- What takes NULL for an answer, or for an error, is not strict.
SELECT proname FROM t.function WHERE proisstrict AND proname IN ('wa_sendable', 'wa_first_reason', 'wa_explain', 'wa_next_sendable', 'wa_suppressed', 'wa_segment_summary', 'wa_opt_in', 'wa_opt_out', 'wa_report_error', 'wa_ingest', 'wa_replay');

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
WHERE relname IN ('wa_consent', 'wa_cooldown', 'wa_activity', 'wa_recipient_lock', 'wa_identity_change') AND attname <> 'recipient';

-- The extension stays where it is.
SELECT extrelocatable FROM pg_extension WHERE extname = 'wa_policy';

ROLLBACK;
