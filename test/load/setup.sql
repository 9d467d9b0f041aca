-- What test/load/run needs: customers and a maker of webhooks.

CREATE EXTENSION wa_policy;
-- Clients ask before the first webhook is in.
SELECT wa_declare_empty('a load test');
INSERT INTO wa_sender (business) VALUES ('10000');
CREATE SCHEMA load;

CREATE FUNCTION load.phone(id int) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '4915' || lpad((id * 7919 % 1000000)::text, 9, '0') $$;

CREATE TABLE load.customers AS
SELECT i AS id, load.phone(i) AS phone FROM generate_series(1, 50000) AS i;
ALTER TABLE load.customers ADD PRIMARY KEY (id);
VACUUM ANALYZE load.customers;

-- One webhook of n elements about random ones of the first few thousand
-- customers, now: mostly receipts, then messages, failures, preferences; a
-- tenth of the messages shows the user's other identifier.  age: how many
-- seconds ago, at random, for arrival out of order.
CREATE FUNCTION load.payload(n int, age float DEFAULT 5) RETURNS text LANGUAGE sql VOLATILE AS
$$
	SELECT format('{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"s%s"}%s%s%s%s},"field":"messages"}]}]}',
		10000 + min(r) % 2, min(r) % 3,
		',"contacts":[' || string_agg(format('{"wa_id":"%s","user_id":"DE.%s"}', phone, md5(phone)), ',') FILTER (WHERE k BETWEEN 75 AND 76) || ']',
		',"statuses":[' || string_agg(format('{"id":"wamid.%s","status":"%s","timestamp":"%s","recipient_id":"%s"%s}', md5(random()::text),
			CASE WHEN k < 20 THEN 'sent' WHEN k < 40 THEN 'delivered' WHEN k < 60 THEN 'read' ELSE 'failed' END, t, phone,
			CASE WHEN k >= 60 THEN format(',"errors":[{"code":%s,"title":"x"}]', (ARRAY[131049, 131049, 131026, 131047, 131056, 130472, 131050])[1 + k % 7])
				WHEN k % 2 = 0 THEN ',"pricing":{"category":"marketing"}' ELSE '' END), ',') FILTER (WHERE k < 75) || ']',
		',"messages":[' || string_agg(format('{"from":"%s","id":"wamid.%s","timestamp":"%s","type":"text","text":{"body":"%s"}}', phone, md5(random()::text), t,
			CASE k WHEN 93 THEN 'STOP' WHEN 94 THEN 'start' ELSE 'When will it arrive?' END), ',') FILTER (WHERE k BETWEEN 75 AND 94) || ']',
		',"user_preferences":[' || string_agg(format('{"wa_id":"%s","detail":"x","category":"marketing_messages","value":"%s","timestamp":%s}', phone,
			CASE k WHEN 95 THEN 'resume' ELSE 'stop' END, t), ',') FILTER (WHERE k >= 95) || ']')
	FROM (SELECT k, r, t, load.phone(r) AS phone FROM
			(SELECT floor(random() * 100)::int AS k, 1 + floor(random() * 4000)::int AS r, (extract(epoch FROM clock_timestamp()) - random() * age)::bigint AS t
				FROM generate_series(1, n) OFFSET 0) AS x) AS s
$$;

-- The state, as one text: what a repetition must not change.
CREATE FUNCTION load.state() RETURNS text LANGUAGE sql AS
$$
	SELECT md5(string_agg(x, E'\n' ORDER BY x COLLATE "C")) FROM (
		SELECT 'a' || a::text FROM wa_activity a UNION ALL SELECT 'c' || c::text FROM wa_consent c UNION ALL
		SELECT 'd' || d::text FROM wa_cooldown d UNION ALL SELECT 'i' || i::text FROM wa_identity i UNION ALL
		SELECT 'k' || k::text FROM wa_identity_change k UNION ALL
		SELECT 'l' || (l.recipient, l.business, l.register, l.at, l.state, l.origin, l.code, l.also_named, l.sender, l.message_id, l.evidence)::text FROM wa_consent_log l) AS s (x)
$$;
