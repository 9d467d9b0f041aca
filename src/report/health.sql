-- Findings that need attention, one row each; none where all is well.

CREATE FUNCTION wa__library_version() RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION wa__library_version() IS 'Returns the version of the library that this session has loaded';

-- Parallel unsafe: it reads the policy by a snapshot of its own, which is not allowed in a parallel query.
CREATE FUNCTION wa__recompute_owed() RETURNS bigint
	LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		-- Where a row of the policy was deleted, nothing tells which codes it was about.  So of the others, the rows that
		-- cannot be right without one are evaluated again as well.
		WITH doubtful AS MATERIALIZED (
			SELECT c.code, c.business, c.failures, c.lifted_at, c.strikes, c.until
			FROM wa_cooldown AS c LEFT JOIN wa_error_code AS e ON e.code = c.code
			WHERE c.code IN (SELECT code FROM wa_error_override UNION ALL SELECT code FROM wa_incident)
				OR (c.strikes = 0) <> coalesce(c.lifted_at >= c.failures[cardinality(c.failures)], false)
				OR (c.strikes > 0 AND c.until IS DISTINCT FROM
					c.failures[cardinality(c.failures)] + e.ladder[least(c.strikes, cardinality(e.ladder))]))
		SELECT (SELECT count(*) FROM doubtful AS c,
				wa__cooldown_merge(c.code, c.business, c.failures, c.lifted_at, c.failures, c.lifted_at) AS m
			WHERE (m.strikes, m.until) IS DISTINCT FROM (c.strikes, c.until))
			+ (SELECT count(*) FROM wa_sender_hold AS h, wa__hold_of_code(h.code) AS p
			WHERE h.cause = 'error' AND (h.categories <> p.categories
				OR (p.scope = 'business' AND p.categories <> '{}' AND (h.sender <> '' OR h.region <> ''))));
	END;
COMMENT ON FUNCTION wa__recompute_owed() IS
'Returns how many rows of wa_cooldown and wa_sender_hold do not follow the latest change of wa_error_override or wa_incident, deleted rows included; wa_recompute() corrects them';

-- The hours with new messages of each business.  A sample of some hundred rows of each hour is read, so that the cost does not
-- depend on the number of messages; a business with few messages among many may seem to pause for longer than it did.
CREATE FUNCTION wa__status_hours() RETURNS TABLE (business text, hour timestamptz)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1000
	-- A disabled scan's cost would have it compiled, for longer than it runs.
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
	BEGIN ATOMIC
		SELECT DISTINCT m.business, h.hour
		FROM generate_series(date_bin('1 hour', now(), timestamptz '2000-01-01 00:00Z') - interval '30 days', now(), interval '1 hour') AS h (hour),
			LATERAL (SELECT n.business FROM wa_message AS n
				WHERE LEAST(n.sent_at, n.delivered_at, n.failed_at) >= h.hour
					AND LEAST(n.sent_at, n.delivered_at, n.failed_at) < h.hour + interval '1 hour' LIMIT 300) AS m;
	END;
COMMENT ON FUNCTION wa__status_hours() IS 'Returns the hours of the last 30 days in which each business had new messages, from a sample of each hour';

-- The sample of an hour may have missed a business, so this checks before it is reported as silent.
CREATE FUNCTION wa__status_since(business text, since timestamptz) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
	RETURN EXISTS (SELECT FROM wa_message AS m
		WHERE LEAST(m.sent_at, m.delivered_at, m.failed_at) >= wa__status_since.since AND m.business = wa__status_since.business);
COMMENT ON FUNCTION wa__status_since(text, timestamptz) IS 'Returns whether a business has had a new message since a time';

-- The holds that object now, by the rule of rules/holds.c, for any recipient.
CREATE VIEW wa__standing_hold AS
SELECT h.business, h.sender, h.region, h.cause, h.code, h.categories, h.since, h.until, h.reason
FROM wa_sender_hold AS h
WHERE h.since IS NOT NULL AND (h.categories <> '{}' OR h.cause NOT IN ('error', 'operator')) AND (h.lifted_at IS NULL OR h.lifted_at <= h.since) AND (h.until IS NULL OR h.until > now())
	-- One sign of life may be of three kinds of holds: by equality, so that there may be very many of both.
	AND NOT EXISTS (
		SELECT FROM wa_sender_life AS l, LATERAL (VALUES (l.business, l.sender), (l.business, ''), ('', NULLIF(l.sender, ''))) AS k (business, sender)
		WHERE k.business = h.business AND k.sender = h.sender AND h.cause <> 'operator' AND h.categories <> '{}'
			AND l.alive_at > h.since AND (h.region = '' OR l.region = h.region)
			AND (cardinality(h.categories) = 4 OR l.category = ANY (h.categories::text[])));
COMMENT ON VIEW wa__standing_hold IS 'Rows of wa_sender_hold that hold now, and notes in force, which hold nothing';
COMMENT ON COLUMN wa__standing_hold.business IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.sender IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.region IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.cause IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.code IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.categories IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.since IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.until IS 'As in wa_sender_hold';
COMMENT ON COLUMN wa__standing_hold.reason IS 'As in wa_sender_hold';

-- Statements can be run as shown.  regclass and regproc write a name with its schema where the reader's search_path needs it.  What
-- only a person can know is a variable of psql.
CREATE VIEW wa__finding AS
-- How regularly webhooks of each kind arrive for each business, by the hours of the last 30 days in which any did: statuses
-- of messages sent, messages from users, and stops from WhatsApp.
WITH rhythm AS (
	SELECT r.business, r.kind, count(*) AS hours, min(r.hour) AS earliest, max(r.hour) AS latest, max(r.gap) AS longest_gap
	FROM (
		SELECT h.business, h.kind, h.hour, h.hour - lag(h.hour) OVER (PARTITION BY h.business, h.kind ORDER BY h.hour) AS gap
		FROM (
			SELECT business, 'statuses' AS kind, hour FROM wa__status_hours()
			UNION ALL
			SELECT DISTINCT business, 'messages', date_bin('1 hour', last_inbound_at, timestamptz '2000-01-01 00:00Z')
			FROM wa_activity WHERE last_inbound_at > now() - interval '30 days'
			UNION ALL
			SELECT DISTINCT business, 'user_preferences', date_bin('1 hour', at, timestamptz '2000-01-01 00:00Z')
			FROM wa_consent_log WHERE state = 'stop' AND at > now() - interval '30 days' AND origin = 'user_preferences') AS h) AS r
	GROUP BY r.business, r.kind)
-- Does anything arrive?
SELECT 'unfed' AS finding, 'error' AS severity, 0::numeric AS figure,
	CASE WHEN EXISTS (SELECT FROM wa_consent) THEN 'No webhook has ever arrived; only stops that were recorded or imported are known. Who may post webhooks?'
		WHEN EXISTS (SELECT FROM wa_sender WHERE sender <> '') THEN 'No webhook has ever arrived, so no stop is known. Who may post webhooks?'
		ELSE 'Nothing has ever arrived, so every decision is an error. Who may post webhooks?' END AS sentence,
	'SELECT member::regrole FROM pg_auth_members WHERE roleid = ''wa_writer''::regrole;' AS statement
WHERE NOT EXISTS (SELECT FROM wa_sender WHERE last_seen IS NOT NULL) AND NOT EXISTS (SELECT FROM wa_empty_declaration)
UNION ALL
SELECT 'missing_rows', 'error', NULL, m.sentence, 'SELECT * FROM pg_stat_user_tables WHERE relname ~ ''^wa_'';'
FROM wa__missing_rows() AS m (sentence)
WHERE m.sentence IS NOT NULL
UNION ALL
-- As a data-only restore with --disable-triggers leaves it where it fails half-way.
SELECT 'intake_off', 'error', NULL, format('Webhooks are stored and not applied, since their trigger is %s. %s it, then call wa_replay().',
		CASE count(*) WHEN 0 THEN 'gone' ELSE 'disabled' END, CASE count(*) WHEN 0 THEN 'Create' ELSE 'Enable' END),
	CASE count(*) WHEN 0 THEN format('CREATE TRIGGER wa__webhook_ingest AFTER INSERT ON %s REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION %s();',
			'wa_webhook'::regclass, 'wa__webhook_ingest'::regproc)
		ELSE format('ALTER TABLE %s ENABLE TRIGGER wa__webhook_ingest;', 'wa_webhook'::regclass) END
FROM pg_trigger AS t
WHERE t.tgrelid = 'wa_webhook'::regclass AND t.tgname = 'wa__webhook_ingest'
HAVING count(*) FILTER (WHERE t.tgenabled IN ('O', 'A')) = 0
UNION ALL
-- The rhythm is that of the last 30 days; after those, nothing is left to compare with.
SELECT 'silence', 'error', NULL,
	format('No webhook of any business since %s.', to_char(max(s.last_seen) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
	format('SELECT * FROM %s ORDER BY last_seen;', 'wa_sender'::regclass)
FROM wa_sender AS s HAVING max(s.last_seen) < now() - interval '30 days'
UNION ALL
SELECT 'silence', 'error', floor(extract(epoch FROM now() - r.latest) / 3600),
	CASE
		WHEN r.kind = 'statuses' THEN format('Business %s: no status for %s hours; its longest pause was %s.',
			r.business, floor(extract(epoch FROM now() - r.latest) / 3600), round(extract(epoch FROM r.longest_gap) / 3600))
		WHEN o.latest > now() - (now() - r.latest) / 2 THEN format('Business %s: statuses come, but no message from a user for %s hours; another app may own the conversations.',
			r.business, floor(extract(epoch FROM now() - r.latest) / 3600))
		WHEN r.kind = 'user_preferences' THEN format('Business %s: no user_preferences for %s hours; the longest pause was %s. Is the field still subscribed to?',
			r.business, floor(extract(epoch FROM now() - r.latest) / 3600), round(extract(epoch FROM r.longest_gap) / 3600))
		ELSE format('Business %s: no message from a user for %s hours; the longest pause was %s.',
			r.business, floor(extract(epoch FROM now() - r.latest) / 3600), round(extract(epoch FROM r.longest_gap) / 3600))
	END,
	format('SELECT * FROM %s ORDER BY last_seen;', 'wa_sender'::regclass)
FROM rhythm AS r LEFT JOIN rhythm AS o ON o.business = r.business AND o.kind = 'statuses' AND r.kind = 'messages'
WHERE r.hours >= 10 AND now() - r.latest > 2 * r.longest_gap + interval '2 hours'
	-- The first days show no nights and no weekend yet.
	AND (r.latest - r.earliest >= interval '7 days' OR now() - r.latest > interval '3 days')
	AND NOT (r.kind = 'statuses' AND wa__status_since(r.business, r.latest + interval '1 hour'))
UNION ALL
-- A standby of a subscriber has no process of its own that could run.
SELECT 'subscription', 'error', NULL,
	format('Subscription %s %s', s.subscription,
		CASE WHEN NOT s.ready THEN 'has not copied the state yet: every decision is an error.'
			WHEN NOT s.enabled THEN 'is disabled: stops that come at the publisher are not known here.'
			ELSE 'gets nothing from its publisher: stops that come there are not known here.' END),
	format('SELECT * FROM %s;', 'wa_subscription_status'::regclass)
FROM wa_subscription_status AS s
WHERE NOT s.current AND NOT pg_is_in_recovery()
UNION ALL
-- Nothing tells whose it is, nor was it told which tables it is for.
SELECT 'subscription', 'error', NULL,
	format('Subscription %s has no tables, as after the restore of a dump: if it brought the state, stops since the dump are not known here.', s.subname),
	'SELECT subname, subpublications FROM pg_subscription;'
FROM pg_subscription AS s
WHERE s.subdbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
	AND NOT EXISTS (SELECT FROM pg_subscription_rel AS r WHERE r.srsubid = s.oid)
UNION ALL
SELECT 'subscription', 'error', NULL,
	'This database is a copy of a subscriber, and has no subscription itself: stops since the copy was made are not known here.',
	format('SELECT * FROM %s;', 'wa_subscription_status'::regclass)
WHERE EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid = 'wa_consent'::regclass) AND NOT EXISTS (SELECT FROM wa_subscription_status)
UNION ALL
-- A slot does not tell of which publication it is. Slots that a standby has by itself are not read there.
SELECT 'subscriber', CASE WHEN p.active AND p.wal_status <> 'lost' THEN 'warning' ELSE 'error' END, round(p.behind_bytes / 1048576),
	format('Slot %s %s', p.slot,
		CASE WHEN p.wal_status = 'lost' THEN 'is lost: its subscriber must be created again.'
			WHEN NOT p.active THEN format('is not read: its subscriber learns no stop, and the write-ahead log is kept for it, %s MB so far. If there is no subscriber any more, drop it.',
				round(p.behind_bytes / 1048576))
			ELSE format('is %s MB behind: its subscriber does not know the latest stops yet.', round(p.behind_bytes / 1048576)) END),
	format('SELECT * FROM %s;', 'wa_publication_status'::regclass)
FROM wa_publication_status AS p
WHERE (NOT p.active OR p.wal_status = 'lost' OR p.behind_bytes > 256 * 1048576::bigint) AND NOT pg_is_in_recovery()
	AND EXISTS (SELECT FROM pg_publication_rel AS r WHERE r.prrelid = 'wa_consent'::regclass)
UNION ALL
-- A subscriber cannot know what is held back from it.
SELECT 'publication', 'warning', count(*),
	format('Publication %s holds back rows, columns or changes of the state: subscribers may not learn of stops.', p.pubname),
	format('SELECT * FROM pg_publication_tables WHERE pubname = %L;', p.pubname)
FROM pg_publication AS p JOIN pg_publication_rel AS r ON r.prpubid = p.oid JOIN wa__replicated_tables() AS t (rel) ON t.rel = r.prrelid
WHERE r.prqual IS NOT NULL OR r.prattrs IS NOT NULL OR NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate)
GROUP BY p.pubname
UNION ALL
-- Nor of a table that is published no more, as after the restore of a dump.
SELECT 'publication', 'warning', count(*),
	format('Publication %s lacks %s tables of the state, which no other one has: subscribers learn nothing of them. After this statement they must subscribe again.', p.pubname, count(*)),
	format('SELECT %s(%L);', 'wa_publish'::regproc, p.pubname)
FROM pg_publication AS p, wa__replicated_tables() AS t (rel)
WHERE t.rel <> ALL (ARRAY(SELECT g.relid FROM pg_publication AS o, pg_get_publication_tables(o.pubname::text) AS g))
	AND (p.pubname = 'wa_policy' OR EXISTS (SELECT FROM pg_publication_rel AS r JOIN wa__replicated_tables() AS o (rel) ON o.rel = r.prrelid WHERE r.prpubid = p.oid))
GROUP BY p.pubname
UNION ALL
-- May anybody post?  Nobody posts to a subscriber.
SELECT 'no_secret', 'warning', count(*) FILTER (WHERE last_seen IS NOT NULL),
	'No app secret is set: anyone who can post may write consent.',
	format('INSERT INTO %s (business, secret) VALUES ('''', :''app_secret'');', 'wa_app_secret'::regclass)
FROM wa_sender WHERE NOT EXISTS (SELECT FROM wa_app_secret WHERE secret IS NOT NULL) AND NOT EXISTS (SELECT FROM wa_subscription_status)
HAVING count(*) FILTER (WHERE last_seen IS NOT NULL) > 0
UNION ALL
SELECT 'forged', 'error', count(*),
	format('Payloads with a wrong signature: %s since %s; forged, or a secret was changed.', count(*),
		to_char(min(recorded_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
	format('SELECT * FROM %s WHERE problem = ''bad_signature'' AND resolved_at IS NULL;', 'wa_problem'::regclass)
FROM wa_problem WHERE problem = 'bad_signature' AND resolved_at IS NULL
HAVING count(*) > 0
UNION ALL
-- What could not be applied?
SELECT problem, 'warning', count(*),
	format('Elements that could not be applied: %s (%s).', count(*), problem),
	format('SELECT id, webhook_id, path, detail, fragment FROM %s WHERE problem = %L AND resolved_at IS NULL;', 'wa_problem'::regclass, problem)
FROM wa_problem WHERE resolved_at IS NULL AND problem NOT IN ('bad_signature', 'unknown_code')
GROUP BY problem
UNION ALL
SELECT 'unknown_code', 'notice', p.count + t.count,
	format('Error code %s is not known and affects nobody; it came so far: %s.', p.code, p.count + t.count),
	format('INSERT INTO %s (code, category, reason) VALUES (%s, ''recipient'', ''unknown'');', 'wa_error_override'::regclass, p.code)
FROM wa_problem AS p,
	LATERAL (SELECT coalesce(sum(y.count), 0) AS count FROM wa_problem_tally AS y WHERE y.code = p.code) AS t
WHERE p.problem = 'unknown_code' AND p.resolved_at IS NULL AND NOT EXISTS (SELECT FROM wa_error_code AS e WHERE e.code = p.code)
UNION ALL
-- A replay from there on: the webhook that was recorded, or one that was received a day before, since it may not have been the first of those that came together.
SELECT 'replay_owed', 'warning', count(*),
	format('Codes that are known by now, but not applied to what came before: %s.', count(*)),
	format('SELECT * FROM %s(%s);', 'wa_replay'::regproc, least(min(p.webhook_id), (SELECT w.id FROM wa_webhook AS w
		WHERE w.received_at >= min(p.received_at) - interval '1 day' ORDER BY w.received_at LIMIT 1)))
FROM wa_problem AS p JOIN wa_error_code AS e USING (code)
WHERE p.problem = 'unknown_code' AND p.resolved_at IS NULL
HAVING count(*) > 0
UNION ALL
SELECT 'recompute_owed', 'warning', o.rows,
	format('Cooldowns and holds that do not follow wa_error_override and wa_incident yet: %s.', o.rows),
	format('SELECT %s();', 'wa_recompute'::regproc)
FROM wa__recompute_owed() AS o (rows)
WHERE o.rows > 0
UNION ALL
-- A cap may be set before the first webhook comes, or be restored before wa_sender is, so the table itself cannot refuse it.
SELECT 'idle_cap', 'warning', count(*),
	format('Business %s was never heard of, so its frequency caps limit nothing: %s.', f.business, count(*)),
	format('SELECT * FROM %s ORDER BY last_seen;', 'wa_sender'::regclass)
FROM wa_frequency_cap AS f
WHERE f.business <> '' AND NOT EXISTS (SELECT FROM wa_sender AS s WHERE s.business = f.business)
GROUP BY f.business
UNION ALL
-- Is something broken on our side?  An incident cancels cooldowns only; for other codes the advice is shown.  It ends after the latest
-- failure: without an end, that code would never block anybody again.
SELECT 'failures_jump', 'warning', f.today,
	format('Business %s: %s messages failed with %s in 24 hours, %s a day before.%s',
		f.business, f.today, f.code, round(f.before, 1),
		CASE WHEN c.effect = 'cooldown' THEN ' If it was an outage, they need not count.' END),
	CASE WHEN c.effect = 'cooldown' THEN
			format('INSERT INTO %s (code, business, since, until, reason) VALUES (%s, %L, ''%s'', ''%s'', ''outage'');', 'wa_incident'::regclass, f.code, f.business,
				to_char(f.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'),
				to_char((f.until + interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'))
		WHEN c.advice IS NOT NULL THEN format('SELECT advice FROM %s WHERE code = %s;', 'wa_error_code'::regclass, f.code)
		ELSE format('SELECT * FROM %s WHERE code = %s AND day > current_date - 9;', 'wa_failure_rate'::regclass, f.code) END
FROM (
	SELECT d.business, d.code, sum(d.failed) FILTER (WHERE d.ago = 0) AS today,
		coalesce(sum(d.failed) FILTER (WHERE d.ago > 0), 0) / 7.0 AS before,
		coalesce(max(d.failed) FILTER (WHERE d.ago > 0), 0) AS most,
		min(d.since) FILTER (WHERE d.ago = 0) AS since, max(d.until) AS until
	FROM (
		SELECT business, code, greatest(floor(extract(epoch FROM now() - failed_at) / 86400), 0) AS ago,
			count(*) AS failed, min(failed_at) AS since, max(failed_at) AS until
		FROM wa_message WHERE failed_at > now() - interval '8 days' AND code IS NOT NULL
		GROUP BY business, code, ago) AS d
	GROUP BY d.business, d.code) AS f LEFT JOIN wa_error_code AS c USING (code)
-- A campaign once a week fails more often than the average day, but not more often than the last one.
WHERE f.today >= 20 AND f.today > 4 * f.before AND f.today > 2 * f.most
	AND NOT EXISTS (SELECT FROM wa_incident AS i WHERE i.code = f.code AND i.business IN ('', f.business)
		AND i.since <= f.since + interval '1 hour' AND (i.until IS NULL OR i.until > f.since))
UNION ALL
-- What may not be sent?
SELECT CASE WHEN h.cause IN ('error', 'operator') THEN 'sender_held' ELSE 'restriction' END,
	CASE WHEN h.categories = '{}' OR h.until < now() + interval '10 minutes' THEN 'notice' ELSE 'error' END, NULLIF(h.code, 0),
	format('%s: %s%s, %s%s.',
		CASE WHEN h.sender <> '' THEN 'Sender ' || h.sender WHEN h.business <> '' THEN 'Business ' || h.business ELSE 'Every business' END,
		CASE WHEN cardinality(h.categories) = 4 THEN 'messages are not sent' WHEN h.categories = '{}' THEN 'warned'
			ELSE array_to_string(h.categories, ', ') || ' is not sent' END,
		CASE WHEN h.region <> '' THEN ' to ' || h.region ELSE '' END,
		CASE h.cause WHEN 'error' THEN 'because of error ' || h.code WHEN 'operator' THEN 'by an operator: ' || h.reason
			ELSE 'by WhatsApp (' || lower(replace(h.cause, '_', ' ')) || ')' END,
		CASE WHEN h.until IS NULL THEN '; without an end of its own'
			ELSE '; until ' || to_char(h.until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' END),
	CASE WHEN h.cause = 'operator' THEN format('SELECT * FROM %s ORDER BY at DESC;', 'wa_sender_hold_log'::regclass)
		WHEN EXISTS (SELECT FROM wa_error_code AS c WHERE c.code = h.code AND c.advice IS NOT NULL) AND h.cause = 'error'
			THEN format('SELECT advice FROM %s WHERE code = %s;', 'wa_error_code'::regclass, h.code)
		ELSE format('SELECT * FROM %s;', 'wa_sender_hold'::regclass) END
FROM wa__standing_hold AS h
UNION ALL
SELECT CASE WHEN upper(t.status) = 'PAUSED' THEN 'template_paused' ELSE 'template_off' END, 'warning', NULL,
	format('Template %s (%s) of business %s is %s%s%s.', t.name, t.language, t.business, lower(t.status),
		CASE WHEN t.paused_until IS NOT NULL THEN ' until ' || to_char(t.paused_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' ELSE '' END,
		CASE WHEN t.quality IS NOT NULL THEN '; quality ' || lower(t.quality) ELSE '' END),
	format('SELECT * FROM %s WHERE blocked;', 'wa_template'::regclass)
FROM wa_template AS t
WHERE t.blocked AND upper(t.status) IN ('PAUSED', 'DISABLED', 'LIMIT_EXCEEDED') AND (t.paused_until IS NULL OR t.paused_until > now())
UNION ALL
-- Its status is still that of before.
SELECT 'template_off', 'warning', NULL,
	format('Template %s (%s) of business %s is not sent: a message with it failed as paused or disabled after its latest status.', t.name, t.language, t.business),
	format('SELECT * FROM %s WHERE name = %L;', 'wa_template'::regclass, t.name)
FROM wa_template AS t
WHERE NOT t.blocked AND wa__template_refused(t.name, t.language, t.business, now())
UNION ALL
-- What grows?
SELECT 'purge_due', 'notice', count(*),
	format('Payloads that are kept though older than 90 days: %s.', count(*)),
	format('CALL %s(''100y'', payloads_older_than => ''90d'');', 'wa_purge'::regproc)
FROM wa_webhook AS w WHERE w.received_at < now() - interval '90 days'
	AND NOT EXISTS (SELECT FROM wa_problem AS p WHERE p.webhook_id = w.id AND p.resolved_at IS NULL AND p.fragment IS NULL)
HAVING count(*) > 0
UNION ALL
SELECT 'purge_due', 'notice', count(*),
	format('Problems that were resolved more than 90 days ago: %s.', count(*)),
	format('DELETE FROM %s WHERE resolved_at < now() - interval ''90d'';', 'wa_problem'::regclass)
FROM wa_problem WHERE resolved_at < now() - interval '90 days'
HAVING count(*) > 0
UNION ALL
SELECT 'growth', 'notice', round(g.pages * current_setting('block_size')::numeric / 1073741824.0),
	format('%s takes %s GB. How long must it be kept?', g.relname, round(g.pages * current_setting('block_size')::numeric / 1073741824.0)),
	CASE g.oid WHEN 'wa_webhook'::regclass THEN format('CALL %s(''100y'', payloads_older_than => ''90d'');', 'wa_purge'::regproc)
		WHEN 'wa_message'::regclass THEN format('CALL %s(''90d'', payloads_older_than => ''100y'');', 'wa_purge'::regproc)
		ELSE format('SELECT problem, count(resolved_at) AS resolved, count(*) FROM %s GROUP BY problem;', 'wa_problem'::regclass) END
FROM (
	SELECT c.oid, c.relname, c.relpages::bigint + coalesce(t.relpages, 0) AS pages
	FROM pg_class AS c LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
	WHERE c.oid IN ('wa_webhook'::regclass, 'wa_problem'::regclass, 'wa_message'::regclass)) AS g
WHERE g.pages * current_setting('block_size')::numeric > 10 * 1073741824.0
UNION ALL
-- After a large rollback or deletion this is true until autovacuum comes; nothing tells since when the rows are dead.
SELECT 'dead_rows', 'warning', s.n_dead_tup,
	format('%s has %s dead rows beside %s live ones. If it stays so for long, autovacuum does not keep up.', s.relname, s.n_dead_tup, s.n_live_tup),
	format('VACUUM %s;', s.relid::regclass)
FROM pg_stat_all_tables AS s
WHERE s.relid IN ('wa_message'::regclass, 'wa_activity'::regclass, 'wa_cooldown'::regclass, 'wa_consent'::regclass,
		'wa_identity'::regclass, 'wa_problem'::regclass, 'wa_webhook'::regclass)
	AND s.n_dead_tup > 10000 AND s.n_dead_tup > 0.5 * s.n_live_tup
UNION ALL
SELECT 'version', 'error', NULL,
	format('The library of this connection is of version %s, the extension in this database of %s.', l.version, e.extversion),
	CASE WHEN regexp_match(l.version, E'^(\\d+)\\.(\\d+)\\.(\\d+)')::int[] > regexp_match(e.extversion, E'^(\\d+)\\.(\\d+)\\.(\\d+)')::int[]
		THEN 'ALTER EXTENSION wa_policy UPDATE;'
		ELSE 'SELECT * FROM pg_available_extensions WHERE name = ''wa_policy'';' END
FROM pg_extension AS e, wa__library_version() AS l (version)
WHERE e.extname = 'wa_policy' AND l.version <> e.extversion;
COMMENT ON VIEW wa__finding IS 'Rows of wa_health with unbroken lines';
COMMENT ON COLUMN wa__finding.finding IS 'As in wa_health';
COMMENT ON COLUMN wa__finding.severity IS 'As in wa_health';
COMMENT ON COLUMN wa__finding.figure IS 'As in wa_health';
COMMENT ON COLUMN wa__finding.sentence IS 'As in wa_health';
COMMENT ON COLUMN wa__finding.statement IS 'As in wa_health';

-- A plan of so many parts takes seconds to compile.  With the reader's rights and search path, by which names are written.
CREATE FUNCTION wa__findings() RETURNS SETOF wa__finding
	LANGUAGE sql STABLE PARALLEL UNSAFE COST 1000000 ROWS 10 SET jit = off
	BEGIN ATOMIC
		SELECT f.* FROM wa__finding AS f;
	END;
COMMENT ON FUNCTION wa__findings() IS 'Returns the rows of wa__finding, without run-time compilation';

CREATE VIEW wa_health AS
SELECT f.finding, f.severity, f.figure,
	rtrim(regexp_replace(regexp_replace(f.sentence, E'(\\S{29})(?=\\S)', E'\\1 ', 'g'), '(.{1,29})( |$)', E'\\1\n', 'g'), E'\n') AS sentence,
	translate(rtrim(regexp_replace(l.statement, '(.{1,24})( |$)', E'\\1\n', 'g'), E'\n'), E'\x01', ' ') AS statement
FROM wa__findings() AS f,
	-- No line is broken within quotes, that is, at a blank with an odd number of quotes after it.
	regexp_replace(f.statement, ' (?=[^"]*"([^"]*"[^"]*")*[^"]*$)| (?=[^'']*''([^'']*''[^'']*'')*[^'']*$)', E'\x01', 'g') AS l (statement)
ORDER BY CASE f.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, f.finding, f.figure DESC, f.sentence;
COMMENT ON VIEW wa_health IS
'Health of the installation: one row per finding that needs attention, the most severe first; no row where all is well. Lines are broken so that psql shows them within 100 columns';
COMMENT ON COLUMN wa_health.finding IS 'Which check found it: unfed, missing_rows, intake_off, silence, subscription, subscriber, publication, no_secret, forged, a kind of wa_problem, unknown_code, replay_owed, recompute_owed, idle_cap, failures_jump, sender_held, restriction, template_paused, template_off, purge_due, growth, dead_rows or version';
COMMENT ON COLUMN wa_health.severity IS 'error: decisions are wrong or fail, or soon will; warning: needs attention today; notice: can wait';
COMMENT ON COLUMN wa_health.figure IS 'The number that the finding is about: rows; hours for silence of a business; the error code for sender_held; gigabytes for growth; megabytes for subscriber; NULL where there is none';
COMMENT ON COLUMN wa_health.sentence IS 'The finding in a sentence';
COMMENT ON COLUMN wa_health.statement IS E'SQL statement that solves it or shows more, ready to run. The owner of the extension can run all of them; every role that can read this view can run those that change nothing and do not read wa_problem, which has personal data. :''app_secret'' is a variable of psql: set it by \\set before';
