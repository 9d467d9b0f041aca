-- Views for people: the status of each recipient, rates by day, violations.
-- Plain views; days are those of wa_policy.report_timezone.

CREATE FUNCTION wa__opt_in_of(recipient wa_recipient) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION wa__opt_in_of(wa_recipient) IS
'Returns the row of wa_consent_log with the latest opt-in to marketing of the person, of the business or in WhatsApp, under whichever identifier that surely was the person''s then; NULL where there was none';

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
		WHEN s.origin = 'import' THEN 'Opted out by an imported list'
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
	wa_next_sendable(k.recipient, 'service') AS service_from,
	wa__window_end(k.recipient) AS window_open_until, a.last_inbound_at, a.last_delivered_at, a.last_read_at
FROM (SELECT recipient FROM wa_activity
	UNION SELECT recipient FROM wa_cooldown
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
LEFT JOIN wa_consent_log AS i ON i.id = wa__opt_in_of(k.recipient)
LEFT JOIN LATERAL (
	SELECT max(v.last_inbound_at) FILTER (WHERE p.until IS NULL OR v.last_inbound_at <= p.until) AS last_inbound_at,
		max(v.last_delivered_at) FILTER (WHERE p.until IS NULL OR v.last_delivered_at <= p.until) AS last_delivered_at,
		max(v.last_read_at) FILTER (WHERE p.until IS NULL OR v.last_read_at <= p.until) AS last_read_at
	FROM wa__identifiers(k.recipient) AS p
	JOIN wa_activity AS v ON v.recipient = p.identifier) AS a ON true;
COMMENT ON VIEW wa_recipient_status IS
'Status of each known recipient, one row each, for all businesses taken together: whether it has opted in to or out of marketing, since when and how, and when it may be sent to';
COMMENT ON COLUMN wa_recipient_status.recipient IS 'Phone or BSUID';
COMMENT ON COLUMN wa_recipient_status.opted_in IS 'false: a stop stands, under this identifier or a connected one; true: no stop stands and an opt-in was given, of the business or in WhatsApp; NULL: neither';
COMMENT ON COLUMN wa_recipient_status.since IS 'Time of that stop or opt-in; NULL where there is none';
COMMENT ON COLUMN wa_recipient_status.how IS 'How it was given, in a sentence';
COMMENT ON COLUMN wa_recipient_status.marketing_from IS 'Earliest time at which marketing may be sent (wa_next_sendable); NULL where only the person or an operator can change it';
COMMENT ON COLUMN wa_recipient_status.utility_from IS 'Earliest time at which utility messages may be sent; NULL as above';
COMMENT ON COLUMN wa_recipient_status.authentication_from IS 'Earliest time at which authentication messages may be sent; NULL as above';
COMMENT ON COLUMN wa_recipient_status.service_from IS 'Earliest time at which free-form messages may be sent; NULL as above, and where no window is open';
COMMENT ON COLUMN wa_recipient_status.window_open_until IS 'Time up to which free-form messages may be sent; NULL where no window is open';
COMMENT ON COLUMN wa_recipient_status.last_inbound_at IS 'Latest message from the person; NULL where there was none';
COMMENT ON COLUMN wa_recipient_status.last_delivered_at IS 'Latest receipt; NULL where there was none';
COMMENT ON COLUMN wa_recipient_status.last_read_at IS 'When a message was last read; NULL where none was, or where the person has turned read receipts off';

-- Views of rates read day by day: the rows of one day are close together in wa_message, the BRIN index finds
-- them, and a WHERE on "day" excludes the other days before their rows are read.  A single query over a
-- computed day would read every row and convert its time, even if one day is selected.  These
-- functions run once per day, and each time their query would be compiled anew, for longer than it runs.
CREATE FUNCTION wa__day_begins(day date) RETURNS timestamptz
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	-- Where clocks are set back at midnight, it comes twice: the day begins with the first, a microsecond after the day before.
	RETURN least(
		CAST(day AS timestamp) AT TIME ZONE coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC'),
		(CAST(day AS timestamp) - interval '1 microsecond')
			AT TIME ZONE coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC') + interval '1 microsecond');
COMMENT ON FUNCTION wa__day_begins(date) IS 'Returns when a day begins in wa_policy.report_timezone';

CREATE FUNCTION wa__day_of(at timestamptz) RETURNS date
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	RETURN CAST(at AT TIME ZONE coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC') AS date);
COMMENT ON FUNCTION wa__day_of(timestamptz) IS 'Returns the day of a time in wa_policy.report_timezone';

-- The first day is found by binary search: a BRIN index cannot return the minimum, but it is fast to check that nothing is older.
CREATE FUNCTION wa__message_days() RETURNS SETOF date
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
	BEGIN ATOMIC
		WITH RECURSIVE search (low, high) AS (
			SELECT date '2009-01-01', wa__day_of(now()) + 2
			UNION ALL
			SELECT CASE WHEN h.older THEN s.low ELSE s.middle END, CASE WHEN h.older THEN s.middle ELSE s.high END
			FROM (SELECT low, high, low + (high - low) / 2 AS middle FROM search WHERE high - low > 1) AS s,
				LATERAL (SELECT EXISTS (SELECT FROM wa_message AS m
					WHERE LEAST(m.sent_at, m.delivered_at, m.failed_at) < wa__day_begins(s.middle)) AS older) AS h)
		SELECT s.low + n FROM search AS s, generate_series(0, wa__day_of(now()) + 1 - s.low) AS n WHERE s.high - s.low = 1;
	END;
COMMENT ON FUNCTION wa__message_days() IS 'Returns the days from the first message in wa_message to tomorrow, since clocks may differ';

CREATE FUNCTION wa__messages_of_day(day date)
	RETURNS TABLE (business text, sender text, category wa_category, template text, campaign text, code integer,
		messages bigint, delivered bigint, read bigint, failed bigint, undelivered bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 50
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
	BEGIN ATOMIC
		SELECT m.business, m.sender, m.category, m.template, m.campaign, m.code,
			count(*), count(m.delivered_at), count(m.read_at), count(m.failed_at),
			count(*) FILTER (WHERE m.failed_at IS NOT NULL AND m.delivered_at IS NULL)
		FROM wa_message AS m
		WHERE LEAST(m.sent_at, m.delivered_at, m.failed_at) >= (SELECT wa__day_begins(wa__messages_of_day.day))
			AND LEAST(m.sent_at, m.delivered_at, m.failed_at) < (SELECT wa__day_begins(wa__messages_of_day.day + 1))
		GROUP BY m.business, m.sender, m.category, m.template, m.campaign, m.code;
	END;
COMMENT ON FUNCTION wa__messages_of_day(date) IS 'Returns counts of the messages in wa_message of one day, without recipients';

CREATE VIEW wa__message_of_day AS
SELECT d.day, m.business, m.sender, m.category, m.template, m.campaign, m.code,
	m.messages, m.delivered, m.read, m.failed, m.undelivered
FROM wa__message_days() AS d (day) CROSS JOIN LATERAL wa__messages_of_day(d.day) AS m
UNION ALL
SELECT d.day, d.business, d.sender, d.category, d.template, d.campaign, d.code,
	d.messages, d.delivered, d.read, d.failed, d.undelivered
FROM wa_message_day AS d WHERE d.messages > 0;
COMMENT ON VIEW wa__message_of_day IS
'Counts of messages by the day of their first event, purged messages included, without recipients';
COMMENT ON COLUMN wa__message_of_day.day IS 'Day of the first event, in wa_policy.report_timezone';
COMMENT ON COLUMN wa__message_of_day.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa__message_of_day.sender IS 'Phone number id';
COMMENT ON COLUMN wa__message_of_day.category IS 'Category; NULL where unknown';
COMMENT ON COLUMN wa__message_of_day.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa__message_of_day.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa__message_of_day.code IS 'Code of the failure; NULL where none failed';
COMMENT ON COLUMN wa__message_of_day.messages IS 'Number of messages';
COMMENT ON COLUMN wa__message_of_day.delivered IS 'Of these, delivered';
COMMENT ON COLUMN wa__message_of_day.read IS 'Of these, read';
COMMENT ON COLUMN wa__message_of_day.failed IS 'Failed, delivered or not';
COMMENT ON COLUMN wa__message_of_day.undelivered IS 'Failed and not delivered';

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
'Delivery rates: how many messages of each day were delivered, read, failed, or are pending';
COMMENT ON COLUMN wa_delivery_rate.day IS 'Day of the first event of each message, in wa_policy.report_timezone';
COMMENT ON COLUMN wa_delivery_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_delivery_rate.sender IS 'Phone number id';
COMMENT ON COLUMN wa_delivery_rate.category IS 'Category; NULL where unknown';
COMMENT ON COLUMN wa_delivery_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_delivery_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_delivery_rate.messages IS 'Number of messages';
COMMENT ON COLUMN wa_delivery_rate.delivered IS 'Of these, delivered by now';
COMMENT ON COLUMN wa_delivery_rate.read IS 'Of the delivered ones, read, as far as recipients have read receipts turned on';
COMMENT ON COLUMN wa_delivery_rate.failed IS 'Failed and not delivered';
COMMENT ON COLUMN wa_delivery_rate.pending IS 'Neither delivered nor failed yet; the phone may be off';
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
'Failure rates: how many messages of each day failed with which error code. A message that was delivered later counts as well';
COMMENT ON COLUMN wa_failure_rate.day IS 'Day of the first event of each message, in wa_policy.report_timezone';
COMMENT ON COLUMN wa_failure_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_failure_rate.sender IS 'Phone number id';
COMMENT ON COLUMN wa_failure_rate.category IS 'Category; NULL where unknown, as for most failures unless wa_sent named it';
COMMENT ON COLUMN wa_failure_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_failure_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_failure_rate.code IS 'Error code; NULL where the failure had none';
COMMENT ON COLUMN wa_failure_rate.title IS 'Title of the code; NULL for an unknown code';
COMMENT ON COLUMN wa_failure_rate.failed IS 'Messages that failed with it';
COMMENT ON COLUMN wa_failure_rate.messages IS 'All messages of that day, business, sender, category, template and campaign';
COMMENT ON COLUMN wa_failure_rate.failed_percent IS 'failed in per cent of messages';

-- A stop counts once: one while a stop of the person stands, in whichever register, is no new opt-out.  Stops and resumes for
-- every business count for each.  A stop for every business that follows one within 48 hours repeats it, as where a program
-- records each opt-out once more; later than that, it is one from other businesses.
CREATE FUNCTION wa__is_opt_out(recipient wa_recipient, log_id bigint) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION wa__is_opt_out(wa_recipient, bigint) IS
'Returns whether a row of wa_consent_log, stored under this recipient, is a stop of the person without a stop before it that still stood. Of a recipient that is refused because of too_many_identifiers, only its own events are compared';

CREATE VIEW wa__opt_out AS
SELECT o.id, o.recipient, o.business, o.at, o.origin, o.also_named
FROM wa_consent_log AS o
WHERE o.state = 'stop' AND wa__is_opt_out(o.recipient, o.id);
COMMENT ON VIEW wa__opt_out IS 'Opt-outs, each once: stops of a person without a stop before them that still stood';
COMMENT ON COLUMN wa__opt_out.id IS 'Row of wa_consent_log';
COMMENT ON COLUMN wa__opt_out.recipient IS 'Who opted out, by the identifier that the event is stored under';
COMMENT ON COLUMN wa__opt_out.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa__opt_out.at IS 'Time of the opt-out';
COMMENT ON COLUMN wa__opt_out.origin IS 'How it was learned';
COMMENT ON COLUMN wa__opt_out.also_named IS 'The other identifiers that the event named';

CREATE FUNCTION wa__message_before(recipient wa_recipient, also_named text, business text, at timestamptz)
	RETURNS SETOF wa_message
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000 ROWS 1;
COMMENT ON FUNCTION wa__message_before(wa_recipient, text, text, timestamptz) IS
'Returns the message to which an opt-out belongs: the latest marketing message that the person had received within 48 hours before it, under any identifier';

CREATE FUNCTION wa__opt_outs_of_day(day date)
	RETURNS TABLE (business text, sender text, category wa_category, template text, campaign text,
		delivered bigint, opt_outs bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 50
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
	BEGIN ATOMIC
		SELECT m.business, m.sender, m.category, m.template, m.campaign, count(*), 0::bigint
		FROM wa_message AS m
		WHERE m.category = 'marketing' AND m.delivered_at >= (SELECT wa__day_begins(wa__opt_outs_of_day.day))
			AND m.delivered_at < (SELECT wa__day_begins(wa__opt_outs_of_day.day + 1))
		GROUP BY m.business, m.sender, m.category, m.template, m.campaign
		UNION ALL
		SELECT coalesce(m.business, o.business), m.sender, m.category, m.template, m.campaign, 0, count(*)
		FROM wa__opt_out AS o
		LEFT JOIN LATERAL wa__message_before(o.recipient, o.also_named, o.business, o.at) AS m ON true
		WHERE o.at >= (SELECT wa__day_begins(wa__opt_outs_of_day.day))
			AND o.at < (SELECT wa__day_begins(wa__opt_outs_of_day.day + 1) + interval '48 hours')
			AND coalesce(m.delivered_at, o.at) >= (SELECT wa__day_begins(wa__opt_outs_of_day.day))
			AND coalesce(m.delivered_at, o.at) < (SELECT wa__day_begins(wa__opt_outs_of_day.day + 1))
			AND NOT EXISTS (SELECT FROM wa_opt_out_counted AS c WHERE c.log_id = o.id)
		GROUP BY coalesce(m.business, o.business), m.sender, m.category, m.template, m.campaign;
	END;
COMMENT ON FUNCTION wa__opt_outs_of_day(date) IS
'Returns counts of the marketing messages that were delivered on one day and of the opt-outs that belong to them or to no message, without recipients. Opt-outs that wa_purge has counted are left out';

CREATE FUNCTION wa__stop_days() RETURNS SETOF date
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
	BEGIN ATOMIC
		SELECT * FROM wa__message_days() UNION SELECT wa__day_of(l.at) FROM wa_consent_log AS l WHERE l.state = 'stop';
	END;
COMMENT ON FUNCTION wa__stop_days() IS 'Returns the days on which there may be messages or opt-outs';

CREATE VIEW wa_opt_out_rate AS
SELECT r.day, r.business, r.sender, r.category, r.template, r.campaign,
	sum(r.delivered)::bigint AS delivered, sum(r.opt_outs)::bigint AS opt_outs,
	round(100.0 * sum(r.opt_outs) / nullif(sum(r.delivered), 0), 2) AS opt_out_percent
FROM (
	SELECT d.day, o.business, o.sender, o.category, o.template, o.campaign, o.delivered, o.opt_outs
	FROM wa__stop_days() AS d (day) CROSS JOIN LATERAL wa__opt_outs_of_day(d.day) AS o
	UNION ALL
	SELECT d.day, d.business, d.sender, d.category, d.template, d.campaign, d.marketing_delivered, d.opt_outs
	FROM wa_message_day AS d WHERE d.marketing_delivered > 0 OR d.opt_outs > 0) AS r
GROUP BY r.day, r.business, r.sender, r.category, r.template, r.campaign;
COMMENT ON VIEW wa_opt_out_rate IS
'Opt-out rates: marketing messages by the day of delivery, and the opt-outs after them. An opt-out belongs to the latest marketing message that the person had received within 48 hours before it, also after that message was purged. Opt-outs that belong to no message have a row of their own, without sender and category';
COMMENT ON COLUMN wa_opt_out_rate.day IS 'Day of the delivery, in wa_policy.report_timezone; of the opt-out itself where it belongs to no message';
COMMENT ON COLUMN wa_opt_out_rate.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_opt_out_rate.sender IS 'Phone number id; NULL where the opt-outs belong to no message';
COMMENT ON COLUMN wa_opt_out_rate.category IS 'marketing; NULL where the opt-outs belong to no message';
COMMENT ON COLUMN wa_opt_out_rate.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_opt_out_rate.campaign IS 'Campaign that wa_sent named';
COMMENT ON COLUMN wa_opt_out_rate.delivered IS 'Marketing messages delivered';
COMMENT ON COLUMN wa_opt_out_rate.opt_outs IS 'Opt-outs that belong to them';
COMMENT ON COLUMN wa_opt_out_rate.opt_out_percent IS 'opt_outs in per cent of delivered; NULL where none was delivered';

-- A chain of these leads from the recipient of a message to all identifiers under which its opt-out may have come.
CREATE VIEW wa__person_link AS
SELECT recipient, other FROM wa_identity
WHERE last_seen_at IS NOT NULL AND (unlinked_at IS NULL OR last_seen_at > unlinked_at)
UNION ALL
SELECT other, recipient FROM wa_identity
WHERE last_seen_at IS NOT NULL AND (unlinked_at IS NULL OR last_seen_at > unlinked_at)
UNION ALL
SELECT recipient, other FROM wa_identity_change
WHERE at IS NOT NULL AND (unlinked_at IS NULL OR at > unlinked_at);
COMMENT ON VIEW wa__person_link IS
'Links between identifiers of the same person, for wa_purge. Decisions apply finer rules';
COMMENT ON COLUMN wa__person_link.recipient IS 'One identifier';
COMMENT ON COLUMN wa__person_link.other IS 'Another one that is linked with it';

-- Purged messages are counted first, so that rates are kept, and so are the opt-outs that belong to them, which
-- could not be attributed afterwards.  A message stays until no further opt-out can belong to it.  The oldest of all
-- would be sought anew for each batch, so they are sought in the next six hours, and only where these have too few, in those after.
CREATE FUNCTION wa__purge_messages(before timestamptz, since timestamptz, batch integer,
	OUT purged bigint, OUT reached timestamptz, OUT places tid[])
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
	BEGIN ATOMIC
		WITH RECURSIVE gone AS (
			DELETE FROM wa_message WHERE (message_id, participant) IN (
				SELECT m.message_id, m.participant
				FROM generate_series(CASE WHEN since > '2009-01-01 00:00Z' THEN since
						ELSE (SELECT wa__day_begins(min(d.day)) FROM wa__message_days() AS d (day)) END,
						LEAST(before, now() + interval '1 day'), interval '6 hours')
					WITH ORDINALITY AS w (begins, nth)
				CROSS JOIN LATERAL (SELECT n.message_id, n.participant FROM wa_message AS n
					WHERE LEAST(n.sent_at, n.delivered_at, n.failed_at) >= CASE w.nth WHEN 1 THEN since ELSE w.begins END
						AND LEAST(n.sent_at, n.delivered_at, n.failed_at) < LEAST(w.begins + interval '6 hours', before)
						AND (n.category = 'marketing' AND n.delivered_at > now() - interval '48 hours') IS NOT TRUE
					ORDER BY LEAST(n.sent_at, n.delivered_at, n.failed_at) LIMIT batch FOR UPDATE SKIP LOCKED) AS m
				LIMIT batch)
			RETURNING *, ctid AS place),
		-- The people who may have opted out of one of them, under any identifier.
		receiver (who) AS (
			SELECT g.recipient::text FROM gone AS g WHERE g.category = 'marketing' AND g.delivered_at IS NOT NULL
			UNION
			SELECT p.other::text FROM receiver AS r CROSS JOIN LATERAL (
				SELECT l.other FROM wa__person_link AS l WHERE l.recipient = r.who::wa_recipient OFFSET 0) AS p),
		opt_out AS MATERIALIZED (
			SELECT o.id, m.*
			FROM (SELECT min(g.delivered_at) AS first, max(g.delivered_at) AS last FROM gone AS g WHERE g.category = 'marketing') AS g
			CROSS JOIN receiver AS r
			CROSS JOIN LATERAL (SELECT * FROM wa__opt_out AS o WHERE o.recipient = r.who::wa_recipient
				AND o.at >= g.first AND o.at < g.last + interval '48 hours' OFFSET 0) AS o
			CROSS JOIN LATERAL wa__message_before(o.recipient, o.also_named, o.business, o.at) AS m
			WHERE NOT EXISTS (SELECT FROM wa_opt_out_counted AS c WHERE c.log_id = o.id)),
		belonging AS MATERIALIZED (
			SELECT o.* FROM opt_out AS o
			-- IS TRUE keeps it a look-up in a hash table. As a join it may run what is before for each message.
			WHERE ((o.message_id, o.participant) IN (SELECT g.message_id, g.participant FROM gone AS g)) IS TRUE),
		marked AS (
			INSERT INTO wa_opt_out_counted AS c (log_id) SELECT o.id FROM belonging AS o ORDER BY o.id ON CONFLICT DO NOTHING),
		counted AS (
			INSERT INTO wa_message_day AS d (day, business, sender, category, template, campaign, code,
				messages, delivered, read, failed, undelivered, marketing_delivered, opt_outs)
			SELECT c.day, c.business, c.sender, c.category, c.template, c.campaign, c.code, sum(c.messages),
				sum(c.delivered), sum(c.read), sum(c.failed), sum(c.undelivered), sum(c.marketing_delivered), sum(c.opt_outs)
			FROM (
				SELECT wa__day_of(LEAST(g.sent_at, g.delivered_at, g.failed_at)) AS day,
					g.business, g.sender, g.category, g.template, g.campaign, g.code, count(*) AS messages,
					count(g.delivered_at) AS delivered, count(g.read_at) AS read, count(g.failed_at) AS failed,
					count(*) FILTER (WHERE g.failed_at IS NOT NULL AND g.delivered_at IS NULL) AS undelivered,
					0 AS marketing_delivered, 0 AS opt_outs
				FROM gone AS g GROUP BY 1, 2, 3, 4, 5, 6, 7
				UNION ALL
				SELECT wa__day_of(g.delivered_at), g.business, g.sender, g.category, g.template, g.campaign, g.code,
					0, 0, 0, 0, 0, count(*), 0
				FROM gone AS g WHERE g.category = 'marketing' AND g.delivered_at IS NOT NULL
				GROUP BY 1, 2, 3, 4, 5, 6, 7
				UNION ALL
				SELECT wa__day_of(o.delivered_at), o.business, o.sender, o.category, o.template, o.campaign, o.code,
					0, 0, 0, 0, 0, 0, count(*)
				FROM belonging AS o
				GROUP BY 1, 2, 3, 4, 5, 6, 7) AS c
			GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
			ON CONFLICT (day, business, sender, category, template, campaign, code) DO UPDATE SET
				messages = d.messages + excluded.messages, delivered = d.delivered + excluded.delivered,
				read = d.read + excluded.read, failed = d.failed + excluded.failed,
				undelivered = d.undelivered + excluded.undelivered,
				marketing_delivered = d.marketing_delivered + excluded.marketing_delivered,
				opt_outs = d.opt_outs + excluded.opt_outs)
		SELECT count(*), max(LEAST(g.sent_at, g.delivered_at, g.failed_at)), array_agg(g.place) FROM gone AS g;
	END;
COMMENT ON FUNCTION wa__purge_messages(timestamptz, timestamptz, integer) IS
'Deletes one batch for wa_purge: messages whose first event is before the first time and not before the second. They are counted in wa_message_day, with the opt-outs that belong to them. Marketing messages that were delivered within the last 48 hours stay. Also returns where the rows were';

CREATE FUNCTION wa__reach(starts wa_recipient[]) RETURNS TABLE (recipient wa_recipient, start integer)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100000 ROWS 100000;
COMMENT ON FUNCTION wa__reach(wa_recipient[]) IS
'Returns the identifiers to which a chain of links leads from one of these, and which of them (from 1) is the first from which one does. Changes lead from the old to the new identifier';

-- The recipients that a stop may concern, and since when.  More than necessary, but for all at once, so that
-- only few messages need a closer check.
CREATE FUNCTION wa__stop_reach()
	RETURNS TABLE (recipient wa_recipient, at timestamptz, everything_at timestamptz, first_stop bigint, first_everything bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100000
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
	BEGIN ATOMIC
		WITH named AS MATERIALIZED (
			SELECT n.id, n.who, n.at, n.everything, row_number() OVER (ORDER BY n.at, n.id) AS nr
			FROM (SELECT s.id, s.recipient AS who, s.at, s.register = 'everything' AS everything
				FROM wa_consent_log AS s WHERE s.state = 'stop'
				UNION ALL SELECT s.id, wa_try_recipient(also), s.at, s.register = 'everything'
					FROM wa_consent_log AS s, unnest(string_to_array(s.also_named, ' ')) AS also
					WHERE s.state = 'stop' AND s.also_named <> '') AS n),
		everything AS MATERIALIZED (
			SELECT n.id, n.who, n.at, row_number() OVER (ORDER BY n.nr) AS nr FROM named AS n WHERE n.everything)
		SELECT r.recipient, n.at, e.at, n.id, e.id
		FROM wa__reach(ARRAY(SELECT n.who FROM named AS n ORDER BY n.nr)) AS r
		JOIN named AS n ON n.nr = r.start
		LEFT JOIN (wa__reach(ARRAY(SELECT e.who FROM everything AS e ORDER BY e.nr)) AS f JOIN everything AS e ON e.nr = f.start)
			ON f.recipient = r.recipient;
	END;
COMMENT ON FUNCTION wa__stop_reach() IS
'Returns the identifiers that a chain of links connects with one under which a stop was recorded, with the time and the row of wa_consent_log of the first such stop and of the first in the register everything';

CREATE FUNCTION wa__stop_before(recipient wa_recipient, business text, marketing boolean, sent_at timestamptz, first_stop bigint)
	RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION wa__stop_before(wa_recipient, text, boolean, timestamptz, bigint) IS
'Returns the row of wa_consent_log with the first stop, more than ten minutes old, that stood when a marketing message, or else a utility or authentication message, was sent; NULL where there was none. Of a recipient that is refused because of too_many_identifiers, only its own events are read: where none of its own stood, returns first_stop';

CREATE VIEW wa_violation AS
SELECT m.message_id, m.recipient, m.business, m.sender, m.sent_at, m.known_by,
	s.at AS stopped_at, m.sent_at - s.at AS after, s.register, s.origin, s.recipient AS stopped_under,
	m.category, m.template, m.campaign
FROM (
	SELECT n.message_id, n.recipient, n.business, n.sender, n.category, n.template, n.campaign,
		LEAST(n.sent_at, n.delivered_at, n.failed_at) AS sent_at,
		CASE LEAST(n.sent_at, n.delivered_at, n.failed_at) WHEN n.sent_at THEN 'sent' WHEN n.failed_at THEN 'failed' ELSE 'delivered' END AS known_by
	FROM wa_message AS n
	WHERE n.category IN ('marketing', 'utility', 'authentication')) AS m
JOIN wa__stop_reach() AS w ON w.recipient = m.recipient
	AND m.sent_at > CASE m.category WHEN 'marketing' THEN w.at ELSE w.everything_at END + interval '10 minutes'
JOIN wa_consent_log AS s ON s.id = wa__stop_before(m.recipient, m.business, m.category = 'marketing', m.sent_at,
	CASE m.category WHEN 'marketing' THEN w.first_stop ELSE w.first_everything END);
COMMENT ON VIEW wa_violation IS
'Messages that were sent although a stop stood for more than ten minutes. The stop may stand under any identifier of the person, and any tool may have sent them: marketing messages; after a stop in the register everything also utility and authentication messages. A resume of the same register in between, for the same business or for every one, lifts the stop where it does so for a decision. The events'' own times decide: the stop may have arrived here after the message was sent. What was sent to a number before the person moved to it is left out. To a recipient that decisions refuse because of too_many_identifiers, all is shown that was sent after the first stop of anybody connected with it';
COMMENT ON COLUMN wa_violation.message_id IS 'The message';
COMMENT ON COLUMN wa_violation.recipient IS 'Recipient of the message';
COMMENT ON COLUMN wa_violation.business IS 'WhatsApp Business Account id that sent it';
COMMENT ON COLUMN wa_violation.sender IS 'Phone number id that sent it';
COMMENT ON COLUMN wa_violation.sent_at IS 'When it was sent: the earliest known time of the message';
COMMENT ON COLUMN wa_violation.known_by IS 'Which event that time is from: sent, failed (an attempt), or delivered (it may have been sent earlier)';
COMMENT ON COLUMN wa_violation.stopped_at IS 'The first stop that stood then';
COMMENT ON COLUMN wa_violation.after IS 'How long after the stop';
COMMENT ON COLUMN wa_violation.register IS 'Register of the stop';
COMMENT ON COLUMN wa_violation.origin IS 'How the stop was learned';
COMMENT ON COLUMN wa_violation.stopped_under IS 'Identifier under which the stop stands';
COMMENT ON COLUMN wa_violation.category IS 'Category of the message';
COMMENT ON COLUMN wa_violation.template IS 'Template that wa_sent named';
COMMENT ON COLUMN wa_violation.campaign IS 'Campaign that wa_sent named';

-- A cooldown counts where no failure prolonged it: by the last failure before its end, and the strikes up to there.  The messages
-- after its end are found by passing all of the recipient and business once from either side, since both may be many.
CREATE VIEW wa_ladder_yield AS
WITH waited AS MATERIALIZED (
	SELECT code, title, ladder FROM wa_error_code WHERE effect = 'cooldown' AND cardinality(ladder) > 0),
message AS MATERIALIZED (
	SELECT m.recipient::text AS recipient, m.business, m.code, m.failed_at, m.delivered_at,
		coalesce(m.sent_at, m.failed_at, m.delivered_at) AS at
	FROM wa_message AS m
	WHERE m.recipient IN (SELECT b.recipient FROM wa_message AS b
		WHERE b.failed_at IS NOT NULL AND b.code IN (SELECT w.code FROM waited AS w)))
SELECT t.code, t.title, t.wait, count(*) AS cooldowns, count(*) FILTER (WHERE t.messages > t.before) AS tried,
	count(*) FILTER (WHERE t.delivered = t.before + 1) AS delivered_first,
	count(*) FILTER (WHERE t.delivered = t.before + 2) AS delivered_second,
	count(*) FILTER (WHERE t.delivered = t.before + 3) AS delivered_third,
	round(100.0 * count(*) FILTER (WHERE t.delivered <= t.before + 3) / nullif(count(*) FILTER (WHERE t.messages > t.before), 0), 2) AS delivered_percent
FROM (
	-- The message that was delivered first after each, by its number.
	SELECT n.code, n.title, n.wait, n.before, max(n.before) OVER (PARTITION BY n.recipient, n.business) AS messages,
		min(CASE WHEN n.delivered_at IS NOT NULL THEN n.before END) OVER (PARTITION BY n.recipient, n.business
			ORDER BY n.at DESC, n.code NULLS FIRST ROWS UNBOUNDED PRECEDING) AS delivered
	FROM (
		SELECT e.*, count(*) FILTER (WHERE e.code IS NULL) OVER (PARTITION BY e.recipient, e.business
			ORDER BY e.at, e.code NULLS LAST ROWS UNBOUNDED PRECEDING) AS before
		FROM (
			SELECT m.recipient, m.business, m.at, m.delivered_at, NULL::integer AS code, NULL::text AS title, NULL::interval AS wait
			FROM message AS m
			UNION ALL
			SELECT s.recipient, s.business, m.until, NULL, s.code, w.title, w.ladder[least(m.strikes, cardinality(w.ladder))]
			FROM (
				SELECT f.recipient, f.business, f.code,
					lead(f.failed_at) OVER (PARTITION BY f.recipient, f.business, f.code ORDER BY f.failed_at) AS next_at,
					array_agg(f.failed_at) OVER (PARTITION BY f.recipient, f.business, f.code, f.streak
						ORDER BY f.failed_at ROWS BETWEEN 31 PRECEDING AND CURRENT ROW) AS failures
				FROM (
					SELECT o.recipient, o.business, o.code, o.failed_at,
						count(o.delivered_at) OVER (PARTITION BY o.recipient, o.business ORDER BY o.at) AS streak
					FROM message AS o) AS f
				WHERE f.failed_at IS NOT NULL AND f.code IS NOT NULL) AS s
			JOIN waited AS w ON w.code = s.code
			CROSS JOIN LATERAL wa__cooldown_merge(s.code, s.business, s.failures, NULL, '{}', NULL) AS m
			WHERE m.until IS NOT NULL AND (s.next_at IS NULL OR s.next_at >= m.until)) AS e) AS n) AS t
WHERE t.code IS NOT NULL
GROUP BY t.code, t.title, t.wait;
COMMENT ON VIEW wa_ladder_yield IS
'Success of the waits: of the cooldowns found in wa_message, by code and wait, how many were followed by another message after their end, and at which try one was delivered. A cooldown that another failure prolongs counts once, with the longer wait';
COMMENT ON COLUMN wa_ladder_yield.code IS 'Error code that began the cooldown';
COMMENT ON COLUMN wa_ladder_yield.title IS 'Its title';
COMMENT ON COLUMN wa_ladder_yield.wait IS 'How long the cooldown was: the step of the ladder';
COMMENT ON COLUMN wa_ladder_yield.cooldowns IS 'Cooldowns of that wait';
COMMENT ON COLUMN wa_ladder_yield.tried IS 'Of these, those followed by another message after their end';
COMMENT ON COLUMN wa_ladder_yield.delivered_first IS 'Delivered at the first try after the end';
COMMENT ON COLUMN wa_ladder_yield.delivered_second IS 'Delivered at the second try, not at the first';
COMMENT ON COLUMN wa_ladder_yield.delivered_third IS 'Delivered at the third try, not before';
COMMENT ON COLUMN wa_ladder_yield.delivered_percent IS 'Delivered within three tries, in per cent of tried';
