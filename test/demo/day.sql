-- A day of webhooks after a campaign that went to everyone, written as Meta
-- writes them, with times counted back from now.  Needs person and dice() of
-- customers.sql.  The result is the table day, one request body a row.

CREATE TEMP TABLE day (
	n integer GENERATED ALWAYS AS IDENTITY,
	kind text NOT NULL,
	elements integer NOT NULL,
	payload text NOT NULL
);

CREATE FUNCTION pg_temp.unix(at timestamptz) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN extract(epoch FROM at)::bigint::text;

CREATE FUNCTION pg_temp.wamid(id integer, what text) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN 'wamid.' || encode(decode(md5(what || id), 'hex'), 'base64');

-- The envelope round one change.
CREATE FUNCTION pg_temp.envelope(field text, content jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN json_build_object(
		'object', 'whatsapp_business_account',
		'entry', json_build_array(json_build_object(
			'id', '102000000000001',
			'changes', json_build_array(json_build_object(
				'field', field,
				'value', jsonb_build_object(
					'messaging_product', 'whatsapp',
					'metadata', jsonb_build_object(
						'display_phone_number', '15550100200',
						'phone_number_id', '106000000000001')) || content)))))::text;

-- What became of each customer: one throw of a thousand-sided dice.
CREATE TEMP TABLE fate AS
SELECT p.id, p.wa_id, p.country, pg_temp.dice(p.id, 'fate', 1000) AS thrown,
	now() - interval '1 hour' - pg_temp.dice(p.id, 'when', 18 * 3600) * interval '1 second' AS at
FROM person AS p;

-- Statuses: Meta puts several into one request.
CREATE TEMP TABLE status AS
SELECT f.id, s.kind, f.at + s.later AS at,
	jsonb_build_object(
		'id', pg_temp.wamid(f.id, 'campaign'),
		'status', s.status,
		'timestamp', pg_temp.unix(f.at + s.later),
		'recipient_id', f.wa_id)
	|| CASE WHEN s.code IS NOT NULL THEN
		jsonb_build_object('errors', jsonb_build_array(jsonb_build_object(
			'code', s.code, 'title', s.title, 'message', s.title,
			'error_data', jsonb_build_object('details', s.title))))
	ELSE
		jsonb_build_object('pricing', jsonb_build_object(
			'billable', true, 'pricing_model', 'PMP', 'category', 'marketing'))
	END AS element
FROM fate AS f
JOIN (VALUES
	(0, 599, 'sent', 'sent', interval '0', NULL::integer, NULL),
	(0, 599, 'delivered', 'delivered', interval '2 s', NULL, NULL),
	(0, 249, 'read', 'read', interval '5 min', NULL, NULL),
	(600, 659, 'failed: 131049 (too much marketing for this user)', 'failed', interval '1 s', 131049,
		'This message was not delivered to maintain healthy ecosystem engagement.'),
	-- a second strike: the wait of the first one would be over
	(600, 609, 'failed: 131049 (too much marketing for this user)', 'failed', interval '-30 h', 131049,
		'This message was not delivered to maintain healthy ecosystem engagement.'),
	(660, 689, 'failed: 131026 (not reachable)', 'failed', interval '1 s', 131026, 'Message undeliverable'),
	(690, 709, 'failed: 131050 (opted out of marketing)', 'failed', interval '1 s', 131050,
		'User has stopped receiving marketing messages'),
	(710, 719, 'failed: 130472 (experiment)', 'failed', interval '1 s', 130472,
		'User''s number is part of an experiment'),
	(720, 729, 'failed: 131047 (24-hour window closed)', 'failed', interval '1 s', 131047, 'Re-engagement message'),
	(730, 734, 'failed: 131056 (too fast for this pair)', 'failed', interval '1 s', 131056,
		'(Business Account, Consumer Account) pair rate limit hit'),
	(735, 739, 'failed: a code that nobody knows', 'failed', interval '1 s', 199999, 'Something new')
) AS s (low, high, kind, status, later, code, title)
	ON f.thrown BETWEEN s.low AND s.high;

INSERT INTO day (kind, elements, payload)
SELECT kind, count(*),
	pg_temp.envelope('messages', jsonb_build_object('statuses', jsonb_agg(element ORDER BY at, id)))
FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY at, id) / 4 AS request FROM status) AS s
GROUP BY kind, request;

-- Messages from customers, one a request.
INSERT INTO day (kind, elements, payload)
SELECT m.kind, 1, pg_temp.envelope('messages', jsonb_build_object(
	'contacts', jsonb_build_array(jsonb_build_object(
		'wa_id', f.wa_id, 'profile', jsonb_build_object('name', c.name))),
	'messages', jsonb_build_array(jsonb_build_object(
		'from', f.wa_id,
		'id', pg_temp.wamid(f.id, m.kind),
		'timestamp', pg_temp.unix(f.at + interval '20 min'),
		'type', m.type) || CASE m.type
			WHEN 'text' THEN jsonb_build_object('text', jsonb_build_object('body',
				pg_temp.pick(f.id, 'words', VARIADIC m.words)))
			ELSE jsonb_build_object('button', jsonb_build_object(
				'payload', m.words[1], 'text', m.words[1]))
		END)))
FROM fate AS f
JOIN customers AS c USING (id)
JOIN (VALUES
	(740, 799, 'message from a customer', 'text', ARRAY['Do you have it in blue?', 'Thank you!',
		'Where is my parcel?', 'don''t stop, I love these', 'Can I cancel my order?']),
	(800, 824, 'message "STOP"', 'text', ARRAY['STOP', 'Stop.', ' stop ', 'Unsubscribe']),
	(825, 834, 'button "Stop promotions"', 'button', ARRAY['Stop promotions']),
	-- these were told to wait, and then wrote: the wait is over
	(640, 659, 'message from a customer', 'text', ARRAY['Hi, is the offer still on?'])
) AS m (low, high, kind, type, words)
	ON f.thrown BETWEEN m.low AND m.high;

-- WhatsApp's own stop and resume.
INSERT INTO day (kind, elements, payload)
SELECT 'preference: ' || p.value, 1, pg_temp.envelope('user_preferences', jsonb_build_object(
	'contacts', jsonb_build_array(jsonb_build_object('wa_id', f.wa_id)),
	'user_preferences', jsonb_build_array(jsonb_build_object(
		'wa_id', f.wa_id,
		'detail', 'User requested to ' || p.value || ' marketing messages',
		'category', 'marketing_messages',
		'value', p.value,
		'timestamp', pg_temp.unix(f.at + p.later)::bigint))))
FROM fate AS f
JOIN (VALUES
	(840, 869, 'stop', interval '10 min'),
	(870, 879, 'stop', interval '10 min'),
	(870, 879, 'resume', interval '40 min')
) AS p (low, high, value, later)
	ON f.thrown BETWEEN p.low AND p.high;

-- Business-scoped user ids: a message ties the id to a phone, and the stop
-- that follows names the id alone.
INSERT INTO day (kind, elements, payload)
SELECT b.kind, 1, pg_temp.envelope(b.field, b.content)
FROM fate AS f
CROSS JOIN LATERAL (SELECT f.country || '.10' || lpad(f.id::text, 14, '7') AS user_id) AS u
CROSS JOIN LATERAL (VALUES
	('message from a customer', 'messages', jsonb_build_object(
		'contacts', jsonb_build_array(jsonb_build_object('wa_id', f.wa_id, 'user_id', u.user_id)),
		'messages', jsonb_build_array(jsonb_build_object(
			'from', f.wa_id, 'from_user_id', u.user_id, 'id', pg_temp.wamid(f.id, 'hello'),
			'timestamp', pg_temp.unix(f.at), 'type', 'text',
			'text', jsonb_build_object('body', 'Hello'))))),
	('preference: stop, under a user id without a phone', 'user_preferences', jsonb_build_object(
		'contacts', jsonb_build_array(jsonb_build_object('user_id', u.user_id)),
		'user_preferences', jsonb_build_array(jsonb_build_object(
			'user_id', u.user_id, 'category', 'marketing_messages', 'value', 'stop',
			'timestamp', pg_temp.unix(f.at + interval '30 min')::bigint))))
) AS b (kind, field, content)
WHERE f.thrown BETWEEN 880 AND 884;

-- Meta delivers at least once, and again when it is not sure.
INSERT INTO day (kind, elements, payload)
SELECT 'the same request again', elements, payload FROM day WHERE n % 20 = 0;

-- What else a webhook address gets in a day.
INSERT INTO day (kind, elements, payload)
SELECT 'oddity', 1, payload
FROM (VALUES
	-- cut off on the way, and not JSON at all
	('{"object":"whatsapp_business_account","entry":[{"id":"102000000000001","changes":[{"field":"mess'),
	('<html><body>502 Bad Gateway</body></html>'),
	-- JSON, but of none of the shapes
	('{"hello":"world"}'),
	-- nobody, and somebody who is no WhatsApp user
	(pg_temp.envelope('messages', jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.odd1', 'status', 'delivered', 'timestamp', pg_temp.unix(now())))))),
	(pg_temp.envelope('messages', jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.odd2', 'status', 'delivered', 'timestamp', pg_temp.unix(now()), 'recipient_id', '12'))))),
	-- a clock that is wrong by three days must not win
	(pg_temp.envelope('user_preferences', jsonb_build_object('user_preferences', jsonb_build_array(
		jsonb_build_object('wa_id', '447700900123', 'category', 'marketing_messages', 'value', 'resume',
			'timestamp', pg_temp.unix(now() + interval '3 days')))))),
	-- a preference that did not exist when this was written
	(pg_temp.envelope('user_preferences', jsonb_build_object('user_preferences', jsonb_build_array(
		jsonb_build_object('wa_id', '447700900124', 'category', 'marketing_messages', 'value', 'pause',
			'timestamp', pg_temp.unix(now())))))),
	-- an error of WhatsApp's own: neither a person nor a sender is held back by it
	(pg_temp.envelope('messages', jsonb_build_object('errors', jsonb_build_array(jsonb_build_object(
		'code', 131000, 'title', 'Something went wrong'))))),
	-- the "Test" button of Meta's dashboard
	('{"field":"account_alerts","value":{"entity_type":"WABA","alert_severity":"INFORMATIONAL"}}'),
	-- of interest elsewhere
	(pg_temp.envelope('message_template_status_update',
		'{"event":"APPROVED","message_template_id":12345,"message_template_language":"pt_BR"}')),
	(pg_temp.envelope('account_update', '{"event":"PARTNER_ADDED"}'))
) AS odd (payload);
