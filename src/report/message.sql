-- Outgoing messages.  C reads the columns by number: report/columns.h.

CREATE TABLE wa_message (
	message_id text COLLATE "C" NOT NULL,
	recipient wa_recipient NOT NULL,
	business text COLLATE "C" NOT NULL DEFAULT '',
	sender text COLLATE "C" NOT NULL DEFAULT '',
	category wa_category,
	sent_at timestamptz,
	delivered_at timestamptz,
	read_at timestamptz,
	failed_at timestamptz,
	code integer,
	template text COLLATE "C",
	campaign text COLLATE "C",
	participant text COLLATE "C" NOT NULL DEFAULT '',
	CONSTRAINT wa_message_pkey PRIMARY KEY (message_id, participant)
) WITH (fillfactor = 75);
CREATE INDEX wa_message_recipient ON wa_message (recipient);
-- For wa_forget, while intake waits.
CREATE INDEX wa_message_participant ON wa_message (participant) WHERE participant <> '';
-- For wa_template_sendable.  Not for its two codes alone: wa_error_override may have others that are the same as these.
CREATE INDEX wa_message_template_failed ON wa_message (template, failed_at) WHERE template IS NOT NULL AND failed_at IS NOT NULL;
SELECT pg_catalog.pg_extension_config_dump('wa_message', '');
COMMENT ON TABLE wa_message IS
'Outgoing messages, without content: one row per message, in groups per participant, merged from its statuses in any order. Not written while wa_policy.message_log is off. wa_sent adds what only the sender knows';
COMMENT ON COLUMN wa_message.message_id IS 'WhatsApp''s id of the message';
COMMENT ON COLUMN wa_message.recipient IS 'Recipient: the phone where any status named it, else the BSUID';
COMMENT ON COLUMN wa_message.business IS 'WhatsApp Business Account id; '''' where unknown';
COMMENT ON COLUMN wa_message.sender IS 'Phone number id; '''' where unknown';
COMMENT ON COLUMN wa_message.category IS 'Category from WhatsApp''s pricing or from wa_sent; where they differ, the first of marketing, utility, authentication, service; NULL where unknown';
COMMENT ON COLUMN wa_message.sent_at IS 'Earliest time at which it was sent, by WhatsApp or wa_sent; NULL where unknown';
COMMENT ON COLUMN wa_message.delivered_at IS 'Earliest receipt of any kind (read implies delivered); NULL where there was none';
COMMENT ON COLUMN wa_message.read_at IS 'When it was first read or played; NULL where it was not, or where the recipient has turned read receipts off';
COMMENT ON COLUMN wa_message.failed_at IS 'When it first failed; NULL where it did not';
COMMENT ON COLUMN wa_message.code IS 'Error code of that failure, see wa_error_code; NULL where there was none';
COMMENT ON COLUMN wa_message.template IS 'Name of the template, from wa_sent; NULL where it named none';
COMMENT ON COLUMN wa_message.campaign IS 'Campaign, from wa_sent; NULL where it named none';
COMMENT ON COLUMN wa_message.participant IS 'For a message to a group: the participant; else ''''';

CREATE FUNCTION wa__sent_check(message_id text, recipient text, template text, campaign text, at timestamptz,
	business text, sender text)
	RETURNS boolean
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	BEGIN ATOMIC
		SELECT CASE
			WHEN btrim(coalesce(message_id, '')) = '' THEN
				wa__refuse('null_value_not_allowed', 'a sent message needs its message id', 'It is needed to find the statuses of the message.',
					'Give messages[0].id of the answer of the send API.')
			WHEN message_id ~ '^[[:space:]]|[[:space:]]$' OR business ~ '^[[:space:]]|[[:space:]]$' OR sender ~ '^[[:space:]]|[[:space:]]$' THEN
				wa__refuse('invalid_parameter_value', 'message id, business and sender must not have blanks around them',
					'They are compared with those of webhooks, which are read without.', '')
			-- These limits make sure that the key of a row of wa_message_day fits into its index.
			WHEN octet_length(message_id) > 255 THEN
				wa__refuse('string_data_right_truncation', 'message id is too long', 'It may have at most 255 bytes.', '')
			WHEN octet_length(template) > 512 THEN
				wa__refuse('string_data_right_truncation', 'name of a template is too long', 'It may have at most 512 bytes.', '')
			WHEN octet_length(campaign) > 1000 THEN
				wa__refuse('string_data_right_truncation', 'name of a campaign is too long', 'It may have at most 1000 bytes.', '')
			WHEN octet_length(business) > 255 OR octet_length(sender) > 255 THEN
				wa__refuse('string_data_right_truncation', 'business or sender is too long', 'It may have at most 255 bytes.', '')
			WHEN recipient IS NULL THEN
				wa__refuse('null_value_not_allowed', 'a sent message needs its recipient', '', '')
			WHEN (at >= '2009-01-01 00:00:00+00' AND at <= clock_timestamp() + interval '10 minutes') IS NOT TRUE THEN
				wa__refuse('datetime_field_overflow', 'time of a sent message is out of range', 'It must lie between 2009 and 10 minutes from now.', '')
			ELSE true END;
	END;
COMMENT ON FUNCTION wa__sent_check(text, text, text, text, timestamptz, text, text) IS
'Checks the arguments of wa_sent: returns true or raises an error that says what is wrong';

CREATE FUNCTION wa__message_log() RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION wa__message_log() IS 'Returns whether wa_policy.message_log is on';

-- The same law as in ingest/state_rows.c.
CREATE FUNCTION wa_sent(message_id text, recipient text, category wa_category DEFAULT NULL,
	template text DEFAULT NULL, campaign text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.clock_timestamp(), business text DEFAULT '', sender text DEFAULT '')
	RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT wa__require_reporter(wa_sent.business), wa__sent_check(wa_sent.message_id, wa_sent.recipient, wa_sent.template,
			wa_sent.campaign, wa_sent.at, wa_sent.business, wa_sent.sender);
		-- Ends the claim, and keeps the person from being claimed for the campaign again.
		INSERT INTO wa_claim AS o (campaign, recipient, category, business, sender, claimed_at, lease_until, sent_at, message_id, template, home, token)
		SELECT wa_sent.campaign, p.id, coalesce(wa_sent.category, 'marketing'), nullif(wa_sent.business, ''), nullif(wa_sent.sender, ''),
			wa_sent.at, wa_sent.at, wa_sent.at, wa_sent.message_id, wa_sent.template, wa_sent.recipient::wa_recipient, 0
		FROM wa__identifiers(wa_sent.recipient::wa_recipient) AS p (id)
		WHERE wa_sent.campaign <> ''
		ORDER BY p.id::text COLLATE "C"
		ON CONFLICT (campaign, recipient) DO UPDATE SET sent_at = excluded.sent_at, message_id = excluded.message_id, template = excluded.template
			WHERE o.sent_at IS NULL;
		INSERT INTO wa_message AS o (message_id, recipient, business, sender, category, sent_at, template, campaign)
		SELECT wa_sent.message_id, wa_sent.recipient::wa_recipient, coalesce(wa_sent.business, ''),
			coalesce(wa_sent.sender, ''), wa_sent.category, wa_sent.at,
			nullif(wa_sent.template, ''), nullif(wa_sent.campaign, '')
		WHERE wa__message_log()
		ON CONFLICT (message_id, participant) DO UPDATE SET
			recipient = least(o.recipient, excluded.recipient),
			business = greatest(o.business, excluded.business),
			sender = greatest(o.sender, excluded.sender),
			category = least(o.category, excluded.category),
			sent_at = least(o.sent_at, excluded.sent_at),
			template = greatest(o.template, excluded.template),
			campaign = greatest(o.campaign, excluded.campaign);
	END;
COMMENT ON FUNCTION wa_sent(text, text, wa_category, text, text, timestamptz, text, text) IS
'Records in wa_message what only the sender knows: that the send API accepted a message, its recipient, category, template and campaign. It may be called before or after the statuses arrive, and more than once. A transaction with many calls should make them in the order of message_id, since webhooks lock the same rows in that order. With a campaign it ends the claim of wa_claim; with or without a claim, the person cannot be claimed for that campaign again. Nothing is stored in wa_message while wa_policy.message_log is off. Errors: null_value_not_allowed for a NULL or blank message id, or a NULL recipient; invalid_parameter_value for blanks around the message id, business or sender; invalid_text_representation for text that is no recipient; string_data_right_truncation for a name that is too long (message id, business and sender: 255 bytes; template: 512; campaign: 1000); datetime_field_overflow for a time before 2009 or more than 10 minutes in the future; undefined_object, if there are app secrets, for a business that is not in wa_sender';

-- Purged messages are counted first, so that rates are kept.
CREATE TABLE wa_message_day (
	id bigint GENERATED BY DEFAULT AS IDENTITY,
	day date NOT NULL,
	business text COLLATE "C" NOT NULL,
	sender text COLLATE "C" NOT NULL,
	category wa_category,
	template text COLLATE "C",
	campaign text COLLATE "C",
	code integer,
	messages bigint NOT NULL,
	delivered bigint NOT NULL,
	read bigint NOT NULL,
	failed bigint NOT NULL,
	undelivered bigint NOT NULL,
	marketing_delivered bigint NOT NULL DEFAULT 0,
	opt_outs bigint NOT NULL DEFAULT 0,
	CONSTRAINT wa_message_day_pkey PRIMARY KEY (id),
	CONSTRAINT wa_message_day_once UNIQUE NULLS NOT DISTINCT (day, business, sender, category, template, campaign, code)
);
SELECT pg_catalog.pg_extension_config_dump('wa_message_day', '');
SELECT pg_catalog.pg_extension_config_dump('wa_message_day_id_seq', '');
COMMENT ON TABLE wa_message_day IS
'Counts by day of messages that wa_purge deleted from wa_message; contains no identifiers of people. A later status of such a message makes a new row of wa_message, which is counted again';
COMMENT ON COLUMN wa_message_day.id IS 'Row number';
COMMENT ON COLUMN wa_message_day.day IS 'Day of the first event of each message, in wa_policy.report_timezone as it was when they were purged';
COMMENT ON COLUMN wa_message_day.business IS 'As in wa_message';
COMMENT ON COLUMN wa_message_day.sender IS 'As in wa_message';
COMMENT ON COLUMN wa_message_day.category IS 'As in wa_message';
COMMENT ON COLUMN wa_message_day.template IS 'As in wa_message';
COMMENT ON COLUMN wa_message_day.campaign IS 'As in wa_message';
COMMENT ON COLUMN wa_message_day.code IS 'As in wa_message; NULL also for messages that did not fail';
COMMENT ON COLUMN wa_message_day.messages IS 'Number of messages';
COMMENT ON COLUMN wa_message_day.delivered IS 'Of these, delivered';
COMMENT ON COLUMN wa_message_day.read IS 'Of these, read';
COMMENT ON COLUMN wa_message_day.failed IS 'Of these, failed, including those delivered later';
COMMENT ON COLUMN wa_message_day.undelivered IS 'Of these, failed and not delivered';
COMMENT ON COLUMN wa_message_day.marketing_delivered IS 'Marketing messages that were delivered on that day, of any day of their first event';
COMMENT ON COLUMN wa_message_day.opt_outs IS 'Opt-outs that belong to those marketing messages';

-- The opt-outs that were counted, so that none is counted twice.
CREATE TABLE wa_opt_out_counted (
	log_id bigint NOT NULL,
	CONSTRAINT wa_opt_out_counted_pkey PRIMARY KEY (log_id)
);
SELECT pg_catalog.pg_extension_config_dump('wa_opt_out_counted', '');
COMMENT ON TABLE wa_opt_out_counted IS
'Opt-outs that belong to messages which wa_purge deleted; they are counted in wa_message_day';
COMMENT ON COLUMN wa_opt_out_counted.log_id IS 'Row of wa_consent_log; wa_forget may have deleted it';

-- Few messages fail, so this index is small.
CREATE INDEX wa_message_failed ON wa_message (failed_at) WHERE failed_at IS NOT NULL;
-- Rows are inserted nearly in the order of these times, so BRIN finds the pages of a period.
CREATE INDEX wa_message_first ON wa_message USING brin ((LEAST(sent_at, delivered_at, failed_at)), delivered_at) WITH (autosummarize);
