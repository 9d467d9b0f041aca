-- What we and P4 hold differently: no row.  Bookkeeping is left out: ids, record times,
-- wa_recipient_lock, the order in which links came, and what only operators write.
CREATE TEMP VIEW held (what, peer, row) AS
	SELECT 'consent', 'ours', to_jsonb(c) || jsonb_build_object('code', coalesce(code, 0)) FROM wa_consent AS c
	UNION ALL SELECT 'consent', 'P4', to_jsonb(c) FROM p4_consent AS c
	UNION ALL SELECT 'log', 'ours', to_jsonb(l) - '{id,webhook_id,recorded_at}'::text[] || jsonb_build_object('code', coalesce(code, 0)) FROM wa_consent_log AS l
	UNION ALL SELECT 'log', 'P4', to_jsonb(l) - '{id,webhook_id,recorded_at}'::text[] FROM p4_consent_log AS l
	UNION ALL SELECT 'cooldown', 'ours', to_jsonb(d) FROM wa_cooldown AS d
	UNION ALL SELECT 'cooldown', 'P4', to_jsonb(d) FROM p4_cooldown AS d
	UNION ALL SELECT 'activity', 'ours', to_jsonb(a) - 'last_window_refused_at' FROM wa_activity AS a
	UNION ALL SELECT 'activity', 'P4', to_jsonb(a) FROM p4_activity AS a
	UNION ALL SELECT 'identity', 'ours', to_jsonb(i) - '{unlinked_at,position,rivals}'::text[] FROM wa_identity AS i
	UNION ALL SELECT 'identity', 'P4', to_jsonb(i) FROM p4_identity AS i;
SELECT what, string_agg(DISTINCT peer, ' and '), row FROM held GROUP BY what, row HAVING count(*) <> 2;
SELECT 'problem', path, problem, detail FROM wa_problem;
-- Nothing is equal to nothing.
SELECT 'nothing in', what FROM (VALUES ('consent'), ('log'), ('cooldown'), ('activity'), ('identity')) AS w (what)
	WHERE NOT EXISTS (SELECT FROM held WHERE held.what = w.what);
SELECT 'none of', kind FROM (VALUES
	('lifted', (SELECT count(*) FROM wa_cooldown WHERE strikes = 0)),
	('second strikes', (SELECT count(*) FROM wa_cooldown WHERE strikes > 1)),
	('resumed', (SELECT count(*) FROM wa_consent WHERE state = 'resume')),
	('phrases', (SELECT count(*) FROM wa_consent WHERE register = 'business')),
	('131050', (SELECT count(*) FROM wa_consent WHERE code = 131050))) AS k (kind, n) WHERE n = 0;
