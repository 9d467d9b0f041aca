-- The state, a line for each row, bookkeeping aside.
SET timezone = 'UTC';
SELECT 'activity', to_jsonb(a) FROM wa_activity AS a ORDER BY a.recipient, business, sender;
SELECT 'consent', to_jsonb(c) FROM wa_consent AS c ORDER BY c.recipient, business, register;
SELECT 'log', to_jsonb(l) - '{id,webhook_id,recorded_at}'::text[] FROM wa_consent_log AS l
	ORDER BY l.recipient, business, register, at, state, origin;
SELECT 'cooldown', to_jsonb(d) FROM wa_cooldown AS d ORDER BY d.recipient, business, code;
SELECT 'identity', to_jsonb(i) FROM wa_identity AS i ORDER BY other, position;
SELECT 'change', to_jsonb(g) FROM wa_identity_change AS g ORDER BY g.recipient, other;
SELECT 'lock', recipient FROM wa_recipient_lock ORDER BY recipient;
