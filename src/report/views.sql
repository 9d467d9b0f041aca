-- What the people who look ask: one person's state, rates by day, what should not have been sent.
-- Plain views; days are those of wa_policy.report_timezone.

CREATE VIEW wa__person_link AS
SELECT recipient, other, NULL::timestamptz AS up_to FROM wa_identity
WHERE last_seen_at IS NOT NULL AND (unlinked_at IS NULL OR last_seen_at > unlinked_at)
UNION ALL
SELECT other, recipient, NULL FROM wa_identity
WHERE last_seen_at IS NOT NULL AND (unlinked_at IS NULL OR last_seen_at > unlinked_at)
UNION ALL
SELECT recipient, other, at FROM wa_identity_change
WHERE at IS NOT NULL AND (unlinked_at IS NULL OR at > unlinked_at);
COMMENT ON VIEW wa__person_link IS
'One step from an identifier to another of the same person, for reports. Decisions weigh links more finely';
COMMENT ON COLUMN wa__person_link.recipient IS 'One identifier';
COMMENT ON COLUMN wa__person_link.other IS 'Another, for which events of the first count as well';
COMMENT ON COLUMN wa__person_link.up_to IS 'Events of the first up to here alone, since it may have a new owner; NULL: all';

CREATE VIEW wa_recipient_status AS
SELECT k.recipient,
	CASE WHEN s.rule IS NOT NULL THEN false WHEN i.at IS NOT NULL THEN true END AS opted_in,
	CASE WHEN s.rule IS NOT NULL THEN s.since ELSE i.at END AS since,
	CASE
		WHEN s.reason = 'opted_out_whatsapp' AND s.origin = 'failed message' THEN
			'Marketing messages opted out via WhatsApp, as a failed message told (' || coalesce(s.code::text, 'no code') || ')'
		WHEN s.reason = 'opted_out_whatsapp' THEN 'Marketing messages opted out via WhatsApp'
		WHEN s.reason = 'erased' THEN 'Personal data erased on request'
		WHEN s.origin = 'phrase' THEN 'Opted out by writing to the business'
		WHEN s.origin = 'operator' THEN 'Opted out by the business, on the person''s behalf'
		WHEN s.rule IS NOT NULL THEN 'Opted out (' || coalesce(s.origin, 'origin unknown') || ')'
		WHEN i.register = 'whatsapp' THEN 'Marketing messages opted in via WhatsApp'
		WHEN i.origin = 'phrase' THEN 'Opted in by writing to the business'
		WHEN i.origin = 'signup' THEN 'Opted in by a sign-up in WhatsApp'
		WHEN i.origin = 'operator' THEN 'Opted in with evidence that the business recorded'
		WHEN i.at IS NOT NULL THEN 'Opted in (' || i.origin || ')'
		ELSE 'Nothing said so far'
	END AS how,
	wa_next_sendable(k.recipient, 'marketing') AS marketing_from,
	wa_next_sendable(k.recipient, 'utility') AS utility_from,
	wa_next_sendable(k.recipient, 'authentication') AS authentication_from,
	a.window_open_until, a.last_inbound_at, a.last_delivered_at, a.last_read_at
FROM (SELECT recipient FROM wa_recipient_lock
	UNION SELECT recipient FROM wa_consent
	UNION SELECT recipient FROM wa_identity
	UNION SELECT other FROM wa_identity
	UNION SELECT recipient FROM wa_identity_change
	UNION SELECT other FROM wa_identity_change) AS k
LEFT JOIN LATERAL (
	SELECT e.rule, e.reason, e.since, e.origin, e.code
	FROM wa_explain(k.recipient, 'marketing') AS e
	WHERE e.reason IN ('opted_out_whatsapp', 'opted_out_business', 'erased')
	ORDER BY e.rule, e.since LIMIT 1) AS s ON true
LEFT JOIN LATERAL (
	SELECT c.register, c.origin, c.at
	FROM (SELECT k.recipient AS who
		UNION ALL SELECT l.recipient FROM wa__person_link AS l WHERE l.other = k.recipient) AS p
	JOIN wa_consent AS c ON c.recipient = p.who
	WHERE c.state = 'resume'
	ORDER BY c.at DESC, c.register LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
	SELECT max(v.last_inbound_at) AS last_inbound_at, max(v.last_delivered_at) AS last_delivered_at,
		max(v.last_read_at) AS last_read_at,
		max(v.last_inbound_at + interval '24 hours') FILTER (
			WHERE v.last_inbound_at > now() - interval '24 hours'
			AND (v.last_window_refused_at IS NULL OR v.last_inbound_at > v.last_window_refused_at)) AS window_open_until
	FROM (SELECT k.recipient AS who
		UNION ALL SELECT l.recipient FROM wa__person_link AS l WHERE l.other = k.recipient) AS p
	JOIN wa_activity AS v ON v.recipient = p.who) AS a ON true;
COMMENT ON VIEW wa_recipient_status IS
'One row per known recipient: has it opted in or out of marketing, since when and how, and from when on may it be sent to. All businesses taken together';
COMMENT ON COLUMN wa_recipient_status.recipient IS 'Phone or BSUID';
COMMENT ON COLUMN wa_recipient_status.opted_in IS 'false: a stop stands, under this identifier or a connected one; true: none does and an opt-in was given; NULL: neither was said';
COMMENT ON COLUMN wa_recipient_status.since IS 'When that was said; NULL where nothing was';
COMMENT ON COLUMN wa_recipient_status.how IS 'How it was said, in a sentence';
COMMENT ON COLUMN wa_recipient_status.marketing_from IS 'From when on marketing may be sent (wa_next_sendable); NULL where only the person or an operator can change it';
COMMENT ON COLUMN wa_recipient_status.utility_from IS 'The same for utility messages';
COMMENT ON COLUMN wa_recipient_status.authentication_from IS 'The same for authentication messages';
COMMENT ON COLUMN wa_recipient_status.window_open_until IS 'Until when free-form messages may be sent; NULL where no window is open';
COMMENT ON COLUMN wa_recipient_status.last_inbound_at IS 'Latest message from the person; NULL where there was none';
COMMENT ON COLUMN wa_recipient_status.last_delivered_at IS 'Latest receipt; NULL where there was none';
COMMENT ON COLUMN wa_recipient_status.last_read_at IS 'Latest message that was read; NULL where none was, or the person does not tell';

CREATE VIEW wa__message_of_day AS
SELECT (LEAST(m.sent_at, m.delivered_at, m.failed_at) AT TIME ZONE
		coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC'))::date AS day,
	m.business, m.sender, m.category, m.template, m.campaign, m.code,
	count(*) AS messages, count(m.delivered_at) AS delivered, count(m.read_at) AS read, count(m.failed_at) AS failed,
	count(*) FILTER (WHERE m.failed_at IS NOT NULL AND m.delivered_at IS NULL) AS undelivered
FROM wa_message AS m GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT d.day, d.business, d.sender, d.category, d.template, d.campaign, d.code,
	d.messages, d.delivered, d.read, d.failed, d.undelivered
FROM wa_message_day AS d;
COMMENT ON VIEW wa__message_of_day IS
'Messages by the day when each was first heard of, those that were purged as well, without whom they went to';
COMMENT ON COLUMN wa__message_of_day.day IS 'Day in wa_policy.report_timezone';
COMMENT ON COLUMN wa__message_of_day.business IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.sender IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.category IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.template IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.campaign IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.code IS 'As in wa_message';
COMMENT ON COLUMN wa__message_of_day.messages IS 'As in wa_message_day';
COMMENT ON COLUMN wa__message_of_day.delivered IS 'As in wa_message_day';
COMMENT ON COLUMN wa__message_of_day.read IS 'As in wa_message_day';
COMMENT ON COLUMN wa__message_of_day.failed IS 'As in wa_message_day';
COMMENT ON COLUMN wa__message_of_day.undelivered IS 'As in wa_message_day';

CREATE VIEW wa_delivery_rate AS
SELECT d.day, d.business, d.sender, d.category, d.template, d.campaign,
	d.messages, d.delivered, d.read, d.failed, d.messages - d.delivered - d.failed AS pending,
	round(100.0 * d.delivered / d.messages, 2) AS delivered_percent,
	round(100.0 * d.read / nullif(d.delivered, 0), 2) AS read_percent
FROM (
	SELECT day, business, sender, category, template, campaign, sum(messages)::bigint AS messages,
		sum(delivered)::bigint AS delivered, sum(read)::bigint AS read, sum(undelivered)::bigint AS failed
	FROM wa__message_of_day
	GROUP BY day, business, sender, category, template, campaign) AS d;
COMMENT ON VIEW wa_delivery_rate IS
'What became of the messages of each day: delivered, read, failed, or nothing yet';
COMMENT ON COLUMN wa_delivery_rate.day IS 'Day on which the messages were first heard of, in wa_policy.report_timezone';
COMMENT ON COLUMN wa_delivery_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_delivery_rate.sender IS 'Phone number id';
COMMENT ON COLUMN wa_delivery_rate.category IS 'Category; NULL where nobody said';
COMMENT ON COLUMN wa_delivery_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_delivery_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_delivery_rate.messages IS 'Messages';
COMMENT ON COLUMN wa_delivery_rate.delivered IS 'Of these, delivered by now';
COMMENT ON COLUMN wa_delivery_rate.read IS 'Of the delivered ones, read as far as readers tell';
COMMENT ON COLUMN wa_delivery_rate.failed IS 'Failed and not delivered';
COMMENT ON COLUMN wa_delivery_rate.pending IS 'Neither yet: the phone may be off';
COMMENT ON COLUMN wa_delivery_rate.delivered_percent IS 'delivered in per cent of messages';
COMMENT ON COLUMN wa_delivery_rate.read_percent IS 'read in per cent of delivered; NULL where none was';

CREATE VIEW wa_failure_rate AS
SELECT f.day, f.business, f.sender, f.category, f.template, f.campaign, f.code, e.title, f.failed, f.messages,
	round(100.0 * f.failed / f.messages, 2) AS failed_percent
FROM (
	SELECT g.day, g.business, g.sender, g.category, g.template, g.campaign, g.code, g.failed,
		sum(g.messages) OVER (PARTITION BY g.day, g.business, g.sender, g.category, g.template, g.campaign)::bigint AS messages
	FROM (
		SELECT day, business, sender, category, template, campaign, code,
			sum(messages) AS messages, sum(failed)::bigint AS failed
		FROM wa__message_of_day
		GROUP BY day, business, sender, category, template, campaign, code) AS g) AS f
LEFT JOIN wa_error_code AS e USING (code)
WHERE f.failed > 0;
COMMENT ON VIEW wa_failure_rate IS
'Which errors the messages of each day met with, and what part of the messages failed with each. One that was delivered later counts as well';
COMMENT ON COLUMN wa_failure_rate.day IS 'Day on which the messages were first heard of, in wa_policy.report_timezone';
COMMENT ON COLUMN wa_failure_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_failure_rate.sender IS 'Phone number id';
COMMENT ON COLUMN wa_failure_rate.category IS 'Category; NULL where nobody said, as with most failures unless wa_sent did';
COMMENT ON COLUMN wa_failure_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_failure_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_failure_rate.code IS 'Error code; NULL where none was told';
COMMENT ON COLUMN wa_failure_rate.title IS 'Its title; NULL for a code that is not known';
COMMENT ON COLUMN wa_failure_rate.failed IS 'Messages that failed with it';
COMMENT ON COLUMN wa_failure_rate.messages IS 'All messages of that day, business, sender, category, template and campaign';
COMMENT ON COLUMN wa_failure_rate.failed_percent IS 'failed in per cent of messages';

-- A stop counts once: what follows another stop without a resume between is no new one.
CREATE VIEW wa__opt_out AS
SELECT o.id, o.recipient, o.business, o.at, o.origin, o.also_named
FROM (
	SELECT id, recipient, business, at, origin, state, also_named,
		lag(state) OVER (PARTITION BY recipient::text, business ORDER BY at, state, id) AS before
	FROM wa_consent_log) AS o
WHERE o.state = 'stop' AND o.before IS DISTINCT FROM 'stop';
COMMENT ON VIEW wa__opt_out IS 'Opt-outs, each once: stops that did not follow a stop';
COMMENT ON COLUMN wa__opt_out.id IS 'Row of wa_consent_log';
COMMENT ON COLUMN wa__opt_out.recipient IS 'Who';
COMMENT ON COLUMN wa__opt_out.business IS 'WhatsApp Business Account id; '''' for every business';
COMMENT ON COLUMN wa__opt_out.at IS 'When';
COMMENT ON COLUMN wa__opt_out.origin IS 'How it was learned';
COMMENT ON COLUMN wa__opt_out.also_named IS 'Further identifiers that the same event named';

CREATE VIEW wa_opt_out_rate AS
SELECT r.day, r.business, r.sender, r.category, r.template, r.campaign,
	sum(r.delivered)::bigint AS delivered, sum(r.opt_outs)::bigint AS opt_outs,
	round(100.0 * sum(r.opt_outs) / nullif(sum(r.delivered), 0), 2) AS opt_out_percent
FROM (
	SELECT (m.delivered_at AT TIME ZONE z.name)::date AS day, m.business, m.sender, m.category, m.template, m.campaign,
		count(*) AS delivered, 0 AS opt_outs
	FROM wa_message AS m,
		(SELECT coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC') AS name) AS z
	WHERE m.category = 'marketing' AND m.delivered_at IS NOT NULL
	GROUP BY 1, 2, 3, 4, 5, 6
	UNION ALL
	SELECT (coalesce(m.delivered_at, o.at) AT TIME ZONE z.name)::date, coalesce(m.business, o.business), m.sender,
		m.category, m.template, m.campaign, 0, count(*)
	FROM (SELECT coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC') AS name) AS z,
		wa__opt_out AS o
	LEFT JOIN LATERAL (
		SELECT n.business, n.sender, n.category, n.template, n.campaign, n.delivered_at
		FROM (SELECT o.recipient AS who
			UNION ALL SELECT wa_try_recipient(also) FROM unnest(string_to_array(o.also_named, ' ')) AS also WHERE also <> ''
			UNION ALL SELECT l.other FROM wa__person_link AS l WHERE l.recipient = o.recipient AND o.at <= coalesce(l.up_to, o.at)) AS p
		JOIN wa_message AS n ON n.recipient = p.who
		WHERE n.category = 'marketing' AND n.delivered_at <= o.at AND n.delivered_at > o.at - interval '48 hours'
			AND (o.business = '' OR n.business IN ('', o.business))
		ORDER BY n.delivered_at DESC, n.message_id LIMIT 1) AS m ON true
	GROUP BY 1, 2, 3, 4, 5, 6) AS r
GROUP BY r.day, r.business, r.sender, r.category, r.template, r.campaign;
COMMENT ON VIEW wa_opt_out_rate IS
'Marketing messages by the day of their delivery, and the opt-outs that they cost. An opt-out belongs to the latest marketing message that the person had received within 48 hours before it; those that belong to none, or to one that was purged, have a row of their own, without sender and category';
COMMENT ON COLUMN wa_opt_out_rate.day IS 'Day of the delivery, in wa_policy.report_timezone; of the opt-out itself where it belongs to no message';
COMMENT ON COLUMN wa_opt_out_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_opt_out_rate.sender IS 'Phone number id; NULL where the opt-outs belong to no message';
COMMENT ON COLUMN wa_opt_out_rate.category IS 'marketing; NULL where the opt-outs belong to no message';
COMMENT ON COLUMN wa_opt_out_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_opt_out_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_opt_out_rate.delivered IS 'Marketing messages delivered';
COMMENT ON COLUMN wa_opt_out_rate.opt_outs IS 'Opt-outs that belong to them';
COMMENT ON COLUMN wa_opt_out_rate.opt_out_percent IS 'opt_outs in per cent of delivered; NULL where none was delivered';

CREATE VIEW wa_violation AS
SELECT DISTINCT ON (m.sent, m.message_id, m.participant)
	m.message_id, m.recipient, m.business, m.sender, m.sent AS sent_at, m.known_by,
	s.at AS stopped_at, m.sent - s.at AS after, s.register, s.origin, s.recipient AS stopped_under,
	m.template, m.campaign
FROM wa_consent_log AS s
CROSS JOIN LATERAL (
	SELECT s.recipient AS recipient, NULL::timestamptz AS up_to
	UNION ALL SELECT wa_try_recipient(also), NULL FROM unnest(string_to_array(s.also_named, ' ')) AS also WHERE also <> ''
	UNION ALL SELECT l.other, l.up_to FROM wa__person_link AS l WHERE l.recipient = s.recipient
	UNION ALL SELECT k.other, least(l.up_to, k.up_to) FROM wa__person_link AS l JOIN wa__person_link AS k ON k.recipient = l.other
		WHERE l.recipient = s.recipient) AS p
CROSS JOIN LATERAL (
	SELECT n.message_id, n.participant, n.recipient, n.business, n.sender, n.template, n.campaign,
		coalesce(n.sent_at, n.failed_at, n.delivered_at) AS sent,
		CASE WHEN n.sent_at IS NOT NULL THEN 'sent' WHEN n.failed_at IS NOT NULL THEN 'failed' ELSE 'delivered' END AS known_by
	FROM wa_message AS n
	WHERE n.recipient = p.recipient AND n.category = 'marketing') AS m
WHERE s.state = 'stop' AND s.at <= coalesce(p.up_to, s.at)
	AND m.sent > s.at + interval '10 minutes'
	AND (s.business = '' OR m.business IN ('', s.business))
	AND NOT EXISTS (
		SELECT FROM (SELECT s.recipient AS who UNION ALL SELECT m.recipient
			UNION ALL SELECT l.other FROM wa__person_link AS l WHERE l.recipient = s.recipient) AS q
		JOIN wa_consent_log AS r ON r.recipient = q.who
		WHERE r.state = 'resume' AND r.register = s.register AND r.business = s.business
			AND r.at > s.at AND r.at <= m.sent)
ORDER BY m.sent, m.message_id, m.participant, s.at;
COMMENT ON VIEW wa_violation IS
'Marketing messages that were sent more than ten minutes after a stop that stood, under whichever identifier of the person, whoever sent them. Judged by the events'' own times: the stop may have arrived here later than the message went out';
COMMENT ON COLUMN wa_violation.message_id IS 'The message';
COMMENT ON COLUMN wa_violation.recipient IS 'To whom it was sent';
COMMENT ON COLUMN wa_violation.business IS 'WhatsApp Business Account id that sent it';
COMMENT ON COLUMN wa_violation.sender IS 'Phone number id that sent it';
COMMENT ON COLUMN wa_violation.sent_at IS 'When it was sent, as far as is known';
COMMENT ON COLUMN wa_violation.known_by IS 'What tells that time: sent, failed (an attempt), or delivered (it may have been sent earlier)';
COMMENT ON COLUMN wa_violation.stopped_at IS 'The first stop that stood then';
COMMENT ON COLUMN wa_violation.after IS 'How long after the stop';
COMMENT ON COLUMN wa_violation.register IS 'Register of the stop';
COMMENT ON COLUMN wa_violation.origin IS 'How the stop was learned';
COMMENT ON COLUMN wa_violation.stopped_under IS 'Identifier under which the stop stands';
COMMENT ON COLUMN wa_violation.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_violation.campaign IS 'Campaign that wa_sent named';

CREATE VIEW wa_ladder_yield AS
SELECT t.code, t.title, t.wait, count(*) AS cooldowns, count(t.tries) FILTER (WHERE t.tries > 0) AS tried,
	count(*) FILTER (WHERE t.success = 1) AS delivered_first,
	count(*) FILTER (WHERE t.success = 2) AS delivered_second,
	count(*) FILTER (WHERE t.success = 3) AS delivered_third,
	round(100.0 * count(t.success) / nullif(count(*) FILTER (WHERE t.tries > 0), 0), 2) AS delivered_percent
FROM (
	SELECT c.code, c.title, c.wait, y.tries, y.success
	FROM (
		SELECT s.recipient, s.business, s.code, e.title, s.failed_at,
			e.ladder[least(row_number() OVER (PARTITION BY s.recipient::text, s.business, s.code, s.streak, s.run ORDER BY s.failed_at),
				cardinality(e.ladder))] AS wait
		FROM (SELECT *, count(*) FILTER (WHERE apart > interval '30 days')
				OVER (PARTITION BY recipient::text, business, code ORDER BY failed_at) AS run
			FROM (
			SELECT m.recipient, m.business, m.code, m.failed_at,
				count(m.delivered_at) OVER w AS streak,
				m.failed_at - lag(m.failed_at) OVER (PARTITION BY m.recipient::text, m.business, m.code ORDER BY m.failed_at) AS apart
			FROM wa_message AS m
			WHERE m.recipient IN (SELECT b.recipient FROM wa_message AS b WHERE b.code IS NOT NULL)
			WINDOW w AS (PARTITION BY m.recipient::text, m.business ORDER BY coalesce(m.sent_at, m.failed_at, m.delivered_at))) AS f) AS s
		JOIN wa_error_code AS e ON e.code = s.code AND e.effect = 'cooldown' AND cardinality(e.ladder) > 0
		WHERE s.failed_at IS NOT NULL AND (s.apart IS NULL OR s.apart >= e.gap)) AS c
	CROSS JOIN LATERAL (
		SELECT count(*) AS tries, min(n.nth) FILTER (WHERE n.delivered_at IS NOT NULL) AS success
		FROM (
			SELECT m.delivered_at, row_number() OVER (ORDER BY coalesce(m.sent_at, m.failed_at, m.delivered_at)) AS nth
			FROM wa_message AS m
			WHERE m.recipient = c.recipient AND m.business = c.business
				AND coalesce(m.sent_at, m.failed_at, m.delivered_at) >= c.failed_at + c.wait
			ORDER BY coalesce(m.sent_at, m.failed_at, m.delivered_at) LIMIT 3) AS n) AS y
	WHERE c.wait IS NOT NULL) AS t
GROUP BY t.code, t.title, t.wait;
COMMENT ON VIEW wa_ladder_yield IS
'Do the waits pay? Of the cooldowns in wa_message, by code and wait: how many were tried again when they had ended, and at which try the person was delivered to';
COMMENT ON COLUMN wa_ladder_yield.code IS 'Error code that began the cooldown';
COMMENT ON COLUMN wa_ladder_yield.title IS 'Its title';
COMMENT ON COLUMN wa_ladder_yield.wait IS 'How long the cooldown was: the step of the ladder';
COMMENT ON COLUMN wa_ladder_yield.cooldowns IS 'Cooldowns of that wait';
COMMENT ON COLUMN wa_ladder_yield.tried IS 'Of these, such that were followed by a message after their end';
COMMENT ON COLUMN wa_ladder_yield.delivered_first IS 'Delivered to at the first try after it';
COMMENT ON COLUMN wa_ladder_yield.delivered_second IS 'Not at the first, but at the second';
COMMENT ON COLUMN wa_ladder_yield.delivered_third IS 'Not before the third';
COMMENT ON COLUMN wa_ladder_yield.delivered_percent IS 'Delivered to within three tries, in per cent of tried';
