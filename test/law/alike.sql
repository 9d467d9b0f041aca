-- What wa_identity.alike promises, over the tables as they are: how many ties are alike
-- that must not be, how many are, how many ties there are, and one of the first.
WITH ends AS (
	SELECT id, count(*) AS ties FROM wa_identity AS i, unnest(ARRAY[recipient, other]) AS id GROUP BY 1
), consents AS (
	SELECT recipient, array_agg((business, register, stopped_at, resumed_at)::text ORDER BY business, register) AS says
	FROM wa_consent GROUP BY 1
), cooldowns AS (
	SELECT recipient, array_agg((business, code, lifted_at, failures)::text ORDER BY business, code) AS says
	FROM wa_cooldown GROUP BY 1
), judged AS (
	SELECT i.recipient, i.other, i.alike, i.kind <> 'sighting' OR a.ties > 1 OR b.ties > 1
		OR (SELECT says FROM consents AS c WHERE c.recipient = i.recipient) IS DISTINCT FROM (SELECT says FROM consents AS c WHERE c.recipient = i.other)
		OR (SELECT says FROM cooldowns AS c WHERE c.recipient = i.recipient) IS DISTINCT FROM (SELECT says FROM cooldowns AS c WHERE c.recipient = i.other)
			AS unlike
	FROM wa_identity AS i JOIN ends AS a ON a.id = i.recipient JOIN ends AS b ON b.id = i.other
)
SELECT count(*) FILTER (WHERE alike AND unlike), count(*) FILTER (WHERE alike), count(*),
	min(recipient || ' and ' || other) FILTER (WHERE alike AND unlike) FROM judged;
