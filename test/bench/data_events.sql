-- The webhooks from which the ingest makes the state that data.sql writes: into the file
-- :file, beside the server.  data.sql must have kept "person".
CREATE VIEW event (i, phone, bsuid, parent, business, sender, field, what) AS
	SELECT i, CASE WHEN NOT hidden THEN wa_id END, bsuid, parent, business, sender, field, what
	FROM person, LATERAL (
		-- Seen first, with all its identifiers; a sent one is a sighting and no more.
		SELECT 'messages', jsonb_build_object('status', 'sent', 'at', delivered_at - interval '300 days')
		UNION ALL SELECT 'messages', jsonb_build_object('status', CASE WHEN read_at IS NULL THEN 'delivered' ELSE 'read' END,
			'at', delivered_at, 'category', CASE WHEN marketing_at IS NULL THEN 'utility' ELSE 'marketing' END)
		UNION ALL SELECT 'messages', jsonb_build_object('at', inbound_at, 'text', CASE WHEN inbound_at = said_at THEN 'STOP' ELSE 'Hello there' END,
			'id', bench_message(i, 0)) WHERE inbound_at IS NOT NULL
		UNION ALL SELECT 'user_preferences', jsonb_build_object('at', said_at, 'value', 'stop') WHERE suppressed AND k < 8
		UNION ALL SELECT 'user_preferences', jsonb_build_object('at', said_at - interval '9 days', 'value', 'stop') WHERE resumed
		UNION ALL SELECT 'user_preferences', jsonb_build_object('at', said_at, 'value', 'resume') WHERE resumed
		UNION ALL SELECT 'messages', jsonb_build_object('status', 'failed', 'at', said_at, 'code', 131050, 'id', bench_message(i, 0))
			WHERE suppressed AND k BETWEEN 8 AND 10
		UNION ALL SELECT 'messages', jsonb_build_object('status', 'failed', 'at', failed_at, 'code', d.code)
			FROM wa_cooldown AS d, unnest(d.failures) AS failed_at WHERE d.recipient::text = home
		UNION ALL SELECT 'messages', jsonb_build_object('at', changed_at, 'id', bench_message(i, 9),
			'number', bench_wa_id(i + 20000000), 'bsuid', new_bsuid) WHERE changed_phone
		UNION ALL SELECT 'user_id_update', jsonb_build_object('at', changed_at, 'bsuid', new_bsuid) WHERE changed_bsuid) AS e (field, what)
	UNION ALL
	SELECT i, CASE WHEN changed_phone THEN bench_wa_id(i + 20000000) ELSE wa_id END, new_bsuid, NULL, business, sender,
		'messages', jsonb_build_object('status', 'delivered', 'at', changed_at + interval '12 hours', 'category', 'utility')
	FROM person WHERE changed_phone OR changed_bsuid;

CREATE VIEW webhook (payload) AS
	SELECT jsonb_build_object('object', 'whatsapp_business_account', 'entry', jsonb_build_array(jsonb_build_object('id', business, 'changes',
		jsonb_build_array(jsonb_build_object('field', field, 'value', jsonb_build_object('metadata', jsonb_build_object('phone_number_id', sender)) ||
			jsonb_strip_nulls(CASE
				WHEN what ? 'status' THEN jsonb_build_object('statuses', jsonb_build_array(jsonb_build_object(
					'id', coalesce(what ->> 'id', 'wamid.sent'), 'status', what ->> 'status', 'timestamp', at::text, 'recipient_id', phone,
					'recipient_user_id', CASE WHEN NOT what ? 'code' OR phone IS NULL THEN bsuid END,
					'recipient_parent_user_id', CASE WHEN NOT what ? 'code' THEN parent END,
					'pricing', CASE WHEN what ? 'category' THEN jsonb_build_object('category', what ->> 'category') END,
					'errors', CASE WHEN what ? 'code' THEN jsonb_build_array(jsonb_build_object('code', what -> 'code')) END)))
				WHEN what ? 'text' THEN jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', what ->> 'id', 'timestamp', at::text,
					'from', phone, 'from_user_id', bsuid, 'from_parent_user_id', parent, 'type', 'text', 'text', jsonb_build_object('body', what ->> 'text'))))
				WHEN what ? 'value' THEN jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object('wa_id', phone, 'user_id', bsuid,
					'category', 'marketing_messages', 'value', what ->> 'value', 'timestamp', at)))
				WHEN what ? 'number' THEN jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', what ->> 'id', 'timestamp', at::text,
					'from', phone, 'type', 'system', 'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', what ->> 'number',
						'user_id', what ->> 'bsuid'))))
				ELSE jsonb_build_object('user_id_update', jsonb_build_array(jsonb_build_object('wa_id', phone, 'timestamp', at::text,
					'user_id', jsonb_build_object('previous', bsuid, 'current', what ->> 'bsuid')))) END))))))::text
	FROM event, LATERAL (SELECT extract(epoch FROM (what ->> 'at')::timestamptz)::bigint AS at) AS t;

COPY (SELECT payload FROM webhook ORDER BY md5(payload)) TO :'file';
