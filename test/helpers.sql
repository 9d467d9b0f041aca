-- For the SQL tests: webhooks in a word.  To be read within a transaction that
-- the test rolls back, which takes the schema away again:
--
--	BEGIN;
--	\set ECHO none
--	\i test/helpers.sql
--
-- Times in webhooks are whole seconds; whatever happens here is received at the
-- end of 2025, so tests let it happen in the years before.

CREATE SCHEMA t;

CREATE FUNCTION t.unix(at timestamptz) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN extract(epoch FROM at)::bigint::text;

-- The Cloud API's envelope round the value of one change.
CREATE FUNCTION t.hook(value jsonb, business text DEFAULT 'b1', sender text DEFAULT 's1',
	field text DEFAULT 'messages') RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object(
		'object', 'whatsapp_business_account',
		'entry', jsonb_build_array(jsonb_build_object(
			'id', business,
			'changes', jsonb_build_array(jsonb_build_object(
				'field', field,
				'value', jsonb_build_object(
					'messaging_product', 'whatsapp',
					'metadata', jsonb_build_object('phone_number_id', sender)) || value)))))::text;

-- What such a value may hold.
CREATE FUNCTION t.failed(who text, code integer, at timestamptz) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.sent', 'status', 'failed', 'timestamp', t.unix(at), 'recipient_id', who,
		'errors', jsonb_build_array(jsonb_build_object('code', code, 'title', 'whatever')))));

CREATE FUNCTION t.receipt(who text, at timestamptz, category text DEFAULT NULL,
	status text DEFAULT 'delivered') RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.sent', 'status', status, 'timestamp', t.unix(at), 'recipient_id', who,
		'pricing', jsonb_build_object('category', category))));

CREATE FUNCTION t.wrote(who text, at timestamptz, body text DEFAULT 'Where is my parcel?') RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('messages', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.got', 'from', who, 'timestamp', t.unix(at),
		'type', 'text', 'text', jsonb_build_object('body', body))));

CREATE FUNCTION t.prefers(who text, value text, at timestamptz) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object(
		'wa_id', who, 'category', 'marketing_messages', 'value', value,
		'timestamp', extract(epoch FROM at)::bigint)));

-- Takes a webhook in.
CREATE PROCEDURE t.take(value jsonb, business text DEFAULT 'b1', sender text DEFAULT 's1')
	LANGUAGE sql AS $$
	INSERT INTO wa_webhook (received_at, payload)
	VALUES ('2025-12-31 23:00Z', t.hook(value, business, sender))
$$;

-- These businesses and senders are known, and nothing that came is no error.
DO $$ BEGIN PERFORM wa_declare_empty('a test'); END $$;
INSERT INTO wa_sender (business, sender)
	SELECT business, sender FROM unnest(ARRAY['', 'b1', 'b2', 'b3', 'b9']) AS business, unnest(ARRAY['', 's1', 's2', 's3', 's4']) AS sender;

\set ECHO all
