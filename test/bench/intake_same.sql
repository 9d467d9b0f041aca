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
	UNION ALL SELECT 'identity', 'P4', to_jsonb(i) FROM p4_identity AS i
	-- P4 hashes the ids of messages otherwise.
	UNION ALL SELECT 'delivery', 'ours', to_jsonb(d) - 'messages' FROM wa_delivery AS d
	UNION ALL SELECT 'delivery', 'P4', to_jsonb(d) - 'messages' FROM p4_delivery AS d
	UNION ALL SELECT 'sender', 'ours', to_jsonb(s) - '{first_seen,last_seen}'::text[] FROM wa_sender AS s
	UNION ALL SELECT 'sender', 'P4', to_jsonb(s) - '{first_seen,last_seen}'::text[] FROM p4_sender AS s
	-- P4 takes the islands for British.
	UNION ALL SELECT 'life', 'ours', to_jsonb(l)
		FROM (SELECT business, sender, CASE WHEN region IN ('GG', 'IM', 'JE') THEN 'GB' ELSE region END AS region, category, max(alive_at) AS alive_at
			FROM wa_sender_life GROUP BY 1, 2, 3, 4) AS l
	UNION ALL SELECT 'life', 'P4', to_jsonb(l) FROM p4_sender_life AS l;
SELECT what, string_agg(DISTINCT peer, ' and '), row FROM held GROUP BY what, row HAVING count(*) <> 2;
SELECT 'problem', path, problem, detail FROM wa_problem;
-- Nothing is equal to nothing.
SELECT 'nothing in', what FROM (VALUES ('consent'), ('log'), ('cooldown'), ('activity'), ('identity'), ('delivery'), ('sender'), ('life')) AS w (what)
	WHERE NOT EXISTS (SELECT FROM held WHERE held.what = w.what);
SELECT 'none of', kind FROM (VALUES
	('lifted', (SELECT count(*) FROM wa_cooldown WHERE strikes = 0)),
	('second strikes', (SELECT count(*) FROM wa_cooldown WHERE strikes > 1)),
	('resumed', (SELECT count(*) FROM wa_consent WHERE state = 'resume')),
	('phrases', (SELECT count(*) FROM wa_consent WHERE register = 'business')),
	('131050', (SELECT count(*) FROM wa_consent WHERE code = 131050))) AS k (kind, n) WHERE n = 0;
