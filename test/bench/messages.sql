-- :n messages of the last hundred days to a tenth as many people, in the order in which they were sent, as the intake
-- leaves them.  One in twenty failed; half a per cent of those who got one left after it.
INSERT INTO wa_sender (business, sender, first_seen, last_seen) VALUES ('W1', 'S1', now() - interval '100 days', now());
INSERT INTO wa_message (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at, failed_at, code, template, campaign)
SELECT 'wamid.HBgMNDkxNTE' || md5(i::text) || i, ('49151' || 10000000 + (h::bigint + 2147483648) % (:n / 10 + 1))::wa_recipient, 'W1', 'S1',
	(CASE WHEN g < 70 THEN 'marketing' WHEN g < 90 THEN 'utility' ELSE 'authentication' END)::wa_category, at,
	CASE WHEN f < 95 THEN at + g * interval '72 s' END, CASE WHEN f < 95 AND g % 3 > 0 THEN at + g * interval '80 s' END,
	CASE WHEN f >= 95 THEN at + interval '3 s' END, CASE WHEN f >= 95 THEN (ARRAY[131049, 131026, 131000, 130472])[1 + g % 4] END,
	'template_' || i * 37 / :n, 'campaign_' || i * 23 / :n
FROM (SELECT i, h, (h & 255) * 100 / 256 AS g, ((h >> 8) & 255) * 100 / 256 AS f,
		now() - interval '100 days' + i * (interval '100 days' / :n) AS at
	FROM (SELECT i, hashint8(i) AS h FROM generate_series(1::bigint, :n) AS i) AS z) AS x;
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
SELECT recipient, business, 'business', 'stop', delivered_at + interval '1 hour', 'phrase' FROM wa_message
WHERE delivered_at IS NOT NULL AND hashtext(message_id) % 200 = 0;
DELETE FROM wa_message AS m USING wa_consent_log AS s WHERE s.recipient = m.recipient AND m.category = 'marketing' AND m.sent_at > s.at;
INSERT INTO wa_consent (recipient, business, register, state, at, origin, stopped_at)
SELECT DISTINCT ON (recipient) recipient, business, register, state, at, origin, at FROM wa_consent_log ORDER BY recipient, at DESC;
VACUUM ANALYZE;
