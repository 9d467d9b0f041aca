-- Delivered messages, as far as frequency caps need them.
--
-- Written whether there is a cap or not: state must not depend on the policy that was in
-- force when a webhook came.  No index but the primary key's, and that one without the
-- arrays, so that a receipt is a heap-only update.

CREATE TABLE wa_delivery (
	recipient wa_recipient NOT NULL,
	business text COLLATE "C" NOT NULL DEFAULT '',
	category wa_category NOT NULL,
	deliveries timestamptz[] NOT NULL,
	messages integer[] NOT NULL,
	CONSTRAINT wa_delivery_pkey PRIMARY KEY (recipient, business, category)
) WITH (fillfactor = 80);
SELECT pg_catalog.pg_extension_config_dump('wa_delivery', '');
COMMENT ON TABLE wa_delivery IS
'Latest receipts of messages whose category is known, for frequency caps: the last 64 of each recipient, business and category';
COMMENT ON COLUMN wa_delivery.recipient IS 'Recipient';
COMMENT ON COLUMN wa_delivery.business IS 'WhatsApp Business Account id; '''' where unknown';
COMMENT ON COLUMN wa_delivery.category IS 'Category of the messages';
COMMENT ON COLUMN wa_delivery.deliveries IS 'Times at which messages were delivered, read or played, in ascending order. A message counts from its first receipt on';
COMMENT ON COLUMN wa_delivery.messages IS 'For each element of deliveries, a hash of the message id, so that several receipts of one message count as one delivery; 0 where it had no id';

CREATE FUNCTION wa__delivery_merge(deliveries timestamptz[], messages integer[],
	more_deliveries timestamptz[], more_messages integer[],
	OUT merged_deliveries timestamptz[], OUT merged_messages integer[])
	RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__delivery_merge(timestamptz[], integer[], timestamptz[], integer[]) IS
'Merges two rows of wa_delivery for one recipient, business and category; changes nothing';
REVOKE EXECUTE ON FUNCTION wa__delivery_merge(timestamptz[], integer[], timestamptz[], integer[]) FROM PUBLIC;

