-- Deliveries of marketing messages, for the row "pacing", in a database made by data.sql: three in four
-- people got one a week ago or earlier; one in ten also got two within the last week, which is
-- as many as the cap there allows.  What came after a change of identifier was delivered to the new one.
CREATE UNLOGGED TABLE delivered AS
SELECT CASE WHEN g.at < d.at THEN g.other ELSE d.recipient END AS recipient, business, d.at, d.message
FROM (
	SELECT recipient, business, t.at, hashtext(recipient::text) + t.n AS message
	FROM (SELECT recipient, business, last_marketing_delivered_at, hashtext(recipient::text) & 2147483647 AS mixed
		FROM wa_activity AS a WHERE NOT EXISTS (SELECT FROM wa_identity_change AS g WHERE g.other = a.recipient)) AS a,
		LATERAL (VALUES (0, last_marketing_delivered_at),
			(1, CASE WHEN mixed % 10 = 3 THEN date_trunc('second', now()) - interval '4 days' END),
			(2, CASE WHEN mixed % 10 = 3 THEN date_trunc('second', now()) - interval '2 days' END)) AS t (n, at)
	WHERE t.at IS NOT NULL) AS d
	LEFT JOIN wa_identity_change AS g ON g.recipient = d.recipient;
INSERT INTO wa_delivery (recipient, business, category, deliveries, messages)
	SELECT recipient, business, 'marketing', array_agg(at ORDER BY at), array_agg(message ORDER BY at)
	FROM delivered GROUP BY recipient, business;
DROP TABLE delivered;

-- What an expert would give the anti-join.
CREATE INDEX bench_delivery ON wa_delivery ((recipient::text)) INCLUDE (deliveries);
CREATE INDEX bench_window ON wa_activity ((recipient::text)) INCLUDE (last_inbound_at);
VACUUM ANALYZE wa_delivery;
VACUUM ANALYZE wa_activity;
