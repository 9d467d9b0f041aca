-- What is known of one person, to answer questions about it.

CREATE FUNCTION wa__consent_events(phone wa_recipient) RETURNS SETOF wa_consent_log
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH person AS MATERIALIZED (
			SELECT i.identifier, i.until FROM wa__identifiers(phone, true) AS i
		)
		SELECT l.*
		FROM (
			SELECT p.identifier AS home, true AS own, p.until FROM person AS p
			UNION ALL
			-- After an unlinking, what named both still counts for both.
			SELECT u.other::wa_recipient, false, NULL
			FROM (
				SELECT i.other::text AS other FROM person AS p JOIN wa_identity AS i ON i.recipient = p.identifier WHERE i.unlinked_at IS NOT NULL
				UNION SELECT i.recipient::text FROM person AS p JOIN wa_identity AS i ON i.other = p.identifier WHERE i.unlinked_at IS NOT NULL
				UNION SELECT f.recipient::text FROM person AS p JOIN wa_identity AS i ON i.other = p.identifier JOIN wa_identity AS f ON f.other = i.recipient
					WHERE i.unlinked_at IS NOT NULL
				EXCEPT SELECT p.identifier::text FROM person AS p) AS u) AS h
		JOIN wa_consent_log AS l ON l.recipient = h.home
		WHERE (h.own AND (h.until IS NULL OR l.at <= h.until))
			OR EXISTS (SELECT FROM person AS p
				WHERE p.identifier::text = ANY (string_to_array(l.also_named, ' ')) AND (p.until IS NULL OR l.at <= p.until));
	END;
COMMENT ON FUNCTION wa__consent_events(wa_recipient) IS
'Returns the consent events of one person: those stored under its identifiers, as far as these were its own, and those that also named one of them';

CREATE FUNCTION wa_history(phone wa_recipient)
	RETURNS TABLE (at timestamptz, event text, identifier wa_recipient, business text, sender text,
		detail text, source text, recorded_by text, recorded_at timestamptz)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 30
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH person AS MATERIALIZED (
			SELECT i.identifier, i.until FROM wa__identifiers(phone, true) AS i
		)
		SELECT v.at, v.event, v.identifier, v.business, v.sender, v.detail, v.source, v.recorded_by, v.recorded_at
		FROM (
			-- Consent, with the words.
			SELECT l.at,
				CASE l.state WHEN 'stop' THEN 'opt-out' ELSE 'opt-in' END || ', ' || l.register AS event,
				l.recipient AS identifier, l.business, l.sender, NULLIF(l.evidence, '') AS detail,
				l.origin || CASE WHEN l.code IS NULL THEN '' ELSE ' ' || l.code END
					|| CASE WHEN l.webhook_id IS NULL THEN '' ELSE ', webhook ' || l.webhook_id END AS source,
				l.recorded_by, l.recorded_at, NULL::timestamptz AS until
			FROM wa__consent_events(phone) AS l
			UNION ALL
			-- Failures, each.
			SELECT f.at, 'failure ' || c.code, p.identifier, c.business, NULL,
				e.title, NULL, NULL, NULL, p.until
			FROM person AS p
			JOIN wa_cooldown AS c ON c.recipient = p.identifier
			CROSS JOIN LATERAL unnest(c.failures) AS f (at)
			LEFT JOIN wa_error_code AS e ON e.code = c.code
			UNION ALL
			-- Traffic: only the latest of each kind is stored.
			SELECT t.at, t.event, p.identifier, a.business, a.sender, t.detail, NULL, NULL, NULL, p.until
			FROM person AS p
			JOIN wa_activity AS a ON a.recipient = p.identifier
			CROSS JOIN LATERAL (VALUES
				(a.last_inbound_at, 'latest message from the person', 'opened a window until ' || (a.last_inbound_at + interval '24 hours')),
				(a.last_delivered_at, 'latest delivery', NULL),
				(a.last_read_at, 'latest reading', NULL),
				(a.last_marketing_delivered_at, 'latest delivery of marketing', NULL),
				(a.last_window_refused_at, 'window refused', NULL)) AS t (at, event, detail)
			WHERE t.at IS NOT NULL
			UNION ALL
			-- Messages and claims.
			SELECT t.at, t.event, p.identifier, m.business, m.sender,
				concat_ws(', ', m.category, 'template ' || m.template, 'campaign ' || m.campaign,
					CASE WHEN t.event = 'message failed' THEN e.title END),
				'message ' || m.message_id, NULL, NULL, p.until
			FROM person AS p
			JOIN wa_message AS m ON m.recipient = p.identifier
			LEFT JOIN wa_error_code AS e ON e.code = m.code
			CROSS JOIN LATERAL (VALUES (m.sent_at, 'message sent'), (m.delivered_at, 'message delivered'),
				(m.read_at, 'message read'), (m.failed_at, 'message failed')) AS t (at, event)
			WHERE t.at IS NOT NULL
			UNION ALL
			-- What was purged from wa_message, or was never in it: deliveries by their first receipt.
			SELECT d.at, 'message delivered', p.identifier, w.business, NULL, w.category::text, NULL, NULL, NULL, p.until
			FROM person AS p
			JOIN wa_delivery AS w ON w.recipient = p.identifier
			CROSS JOIN LATERAL (SELECT min(r.at) FROM unnest(w.deliveries, w.messages) AS r (at, message)
				GROUP BY r.message, CASE WHEN r.message = 0 THEN r.at END) AS d (at)
			WHERE NOT EXISTS (SELECT FROM wa_message AS m WHERE d.at IN (m.delivered_at, m.read_at) AND m.recipient IN (SELECT q.identifier FROM person AS q))
			UNION ALL
			SELECT c.sent_at, 'message sent', p.identifier, c.business, c.sender,
				concat_ws(', ', c.category, 'template ' || c.template, 'campaign ' || c.campaign),
				'message ' || c.message_id, c.claimed_by, NULL, p.until
			FROM person AS p
			JOIN wa_claim AS c ON c.recipient = p.identifier
			WHERE c.sent_at IS NOT NULL AND (c.home = c.recipient OR c.home NOT IN (SELECT q.identifier FROM person AS q))
				AND NOT EXISTS (SELECT FROM wa_message AS m WHERE m.message_id = c.message_id)
			UNION ALL
			SELECT c.claimed_at, 'claimed', p.identifier, c.business, c.sender,
				concat_ws(', ', c.category, 'campaign ' || c.campaign), NULL, c.claimed_by, c.claimed_at, p.until
			FROM person AS p
			JOIN wa_claim AS c ON c.recipient = p.identifier
			-- A claim has a row for each identifier: that of the one that was claimed.
			WHERE c.token <> 0 AND (c.home = c.recipient OR c.home NOT IN (SELECT q.identifier FROM person AS q))
			UNION ALL
			-- Identifiers.
			SELECT s.first_seen_at, 'seen together', s.recipient, s.business, NULL,
				'with ' || s.other, NULL, NULL, NULL, NULL
			FROM wa_identity AS s
			WHERE s.first_seen_at IS NOT NULL
				AND s.recipient IN (SELECT p.identifier FROM person AS p)
				AND s.other IN (SELECT p.identifier FROM person AS p)
			UNION ALL
			SELECT t.at, 'changed', h.recipient, NULL, NULL,
				'to ' || h.other, h.origin, NULL, NULL, NULL
			FROM wa_identity_change AS h, unnest(ARRAY[h.first_at, NULLIF(h.at, h.first_at)]) AS t (at)
			WHERE t.at IS NOT NULL
				AND (h.recipient IN (SELECT p.identifier FROM person AS p)
					OR h.other IN (SELECT p.identifier FROM person AS p))
			UNION ALL
			SELECT u.at, 'unlinked', u.recipient, NULL, NULL,
				'from ' || u.other || ': ' || u.reason, 'operator', u.recorded_by, u.at, NULL
			FROM wa_unlink_log AS u
			WHERE u.recipient IN (SELECT p.identifier FROM person AS p)
				OR u.other IN (SELECT p.identifier FROM person AS p)
		) AS v (at, event, identifier, business, sender, detail, source, recorded_by, recorded_at, until)
		WHERE v.until IS NULL OR v.at <= v.until
		ORDER BY v.at, v.event, v.identifier::text COLLATE "C", v.business, v.detail;
	END;
COMMENT ON FUNCTION wa_history(wa_recipient) IS
'Returns everything known about one person in order of time, under all identifiers of the person. That is consent with its evidence and the role that recorded it, failures, latest traffic and windows, messages, claims and identifiers. Events under an identifier after the person had left it are left out';

CREATE FUNCTION wa_history(phone text)
	RETURNS TABLE (at timestamptz, event text, identifier wa_recipient, business text, sender text,
		detail text, source text, recorded_by text, recorded_at timestamptz)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 30
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT h.* FROM wa_history(CAST(phone AS wa_recipient)) AS h;
	END;
COMMENT ON FUNCTION wa_history(text) IS
'Returns everything known about one person, given in any accepted spelling; see wa_history(wa_recipient). Error: invalid_text_representation for text that is no recipient';

CREATE FUNCTION wa_proof(phone wa_recipient) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH person AS MATERIALIZED (
			SELECT i.identifier, i.until FROM wa__identifiers(phone, true) AS i
		), event AS MATERIALIZED (
			SELECT * FROM wa__consent_events(phone)
		), webhook AS MATERIALIZED (
			-- Once, for one webhook may have brought very many of the events.
			SELECT w.id, w.received_at,
				encode(sha256(CASE WHEN w.payload ~ E'^\\\\x([0-9a-f]{2})*$' THEN w.payload::bytea
					ELSE convert_to(w.payload, 'UTF8') END), 'hex') AS sha256,
				CASE WHEN w.erased_at IS NOT NULL THEN 'no longer to be told: others were cut out'
					WHEN w.signature IS NULL THEN 'none was given'
					WHEN NOT EXISTS (SELECT FROM wa_app_secret AS s WHERE s.secret IS NOT NULL)
						THEN 'not checked: no secret is kept here' END AS unproven,
				wa__signed_by(w.payload, w.signature) AS secret
			FROM wa_webhook AS w WHERE w.id IN (SELECT l.webhook_id FROM event AS l)
		)
		SELECT jsonb_build_object(
			'recipient', phone,
			'as_of', statement_timestamp(),
			'identifiers', (
				SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('identifier', p.identifier, 'until', p.until))
					ORDER BY p.identifier <> phone, p.identifier::text COLLATE "C")
				FROM person AS p),
			'stopped_by', (
				SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
					'reason', e.reason, 'business', e.business, 'since', e.since, 'origin', e.origin, 'code', e.code,
					'detail', e.detail))
					ORDER BY e.rule, e.business, e.since), '[]')
				FROM wa_explain(phone, 'marketing') AS e
				WHERE e.reason IN ('opted_out_whatsapp', 'opted_out_business', 'erased')),
			'events', (
				SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
					'at', l.at,
					'state', CASE l.state WHEN 'stop' THEN 'opt-out' ELSE 'opt-in' END,
					'register', l.register,
					'business', NULLIF(l.business, ''),
					'identifier', l.recipient,
					'also_named', NULLIF(l.also_named, ''),
					'origin', l.origin,
					'code', l.code,
					'evidence', NULLIF(l.evidence, ''),
					'sender', NULLIF(l.sender, ''),
					'message_id', NULLIF(l.message_id, ''),
					'recorded_at', l.recorded_at,
					'recorded_by', l.recorded_by,
					'log_id', l.id,
					'webhook', CASE WHEN l.webhook_id IS NOT NULL THEN jsonb_build_object(
						'id', l.webhook_id,
						'received_at', w.received_at,
						'sha256', w.sha256,
						'signature', CASE WHEN w.id IS NULL THEN 'the webhook is not kept here'
							WHEN w.unproven IS NOT NULL THEN w.unproven
							WHEN EXISTS (SELECT FROM wa_app_secret AS s WHERE s.secret = w.secret AND s.business IN ('', l.business)) THEN 'valid'
							ELSE 'of no secret of this business that is kept here now' END) END))
					ORDER BY l.at, l.id), '[]')
				-- Every webhook has an event, so this is a left join, but never one by nested loops.
				FROM event AS l FULL JOIN webhook AS w ON w.id = l.webhook_id));
	END;
COMMENT ON FUNCTION wa_proof(wa_recipient) IS
'Returns the consent of one person as evidence. It has the identifiers, what stops marketing now, and every consent event in order of time: its words, who recorded it and when, and the webhook it came in, with the digest of the payload and whether its signature matches a stored secret of its business. The webhook itself is not included, since it may name others';

CREATE FUNCTION wa_proof(phone text) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT wa_proof(CAST(phone AS wa_recipient));
	END;
COMMENT ON FUNCTION wa_proof(text) IS
'Returns the consent of one person as evidence, the person given in any accepted spelling; see wa_proof(wa_recipient). Error: invalid_text_representation for text that is no recipient';
