-- One person, many identifiers (section 7 of the contract), as stories.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;

-- A status of one message, for stories: every identifier may be left out.
CREATE FUNCTION pg_temp.status(status text, at timestamptz, phone text DEFAULT NULL,
	bsuid text DEFAULT NULL, parent text DEFAULT NULL, code int DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'statuses', json_build_array(json_strip_nulls(json_build_object('id', 'wamid.' || status,
				'status', status, 'timestamp', extract(epoch FROM at)::bigint::text,
				'recipient_id', phone, 'recipient_user_id', bsuid, 'recipient_parent_user_id', parent,
				'errors', CASE WHEN code IS NOT NULL THEN
					json_build_array(json_build_object('code', code)) END)))))))))::text
$$;
CREATE FUNCTION pg_temp.preference(value text, at timestamptz, phone text DEFAULT NULL,
	bsuid text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'user_preferences', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'user_preferences', json_build_array(json_strip_nulls(json_build_object(
				'wa_id', phone, 'user_id', bsuid, 'category', 'marketing_messages',
				'value', value, 'timestamp', extract(epoch FROM at)::bigint)))))))))::text
$$;
CREATE FUNCTION pg_temp.message(at timestamptz, body jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'messages', json_build_array(jsonb_build_object('id', 'wamid.m',
				'timestamp', extract(epoch FROM at)::bigint::text) || body)))))))::text
$$;
-- Who of these may be sent marketing?
CREATE FUNCTION pg_temp.who(VARIADIC ids text[]) RETURNS TABLE (id text, sendable bool, why text)
LANGUAGE sql AS $$
	SELECT i, wa_sendable(i, 'marketing'),
		(SELECT string_agg(reason || ': ' || detail, '; ') FROM wa_explain(i, 'marketing'))
	FROM unnest(ids) i
$$;
CREATE FUNCTION pg_temp.go(VARIADIC payloads text[]) RETURNS TABLE (applied bigint, ignored bigint, problems bigint)
LANGUAGE sql AS $$ SELECT sum(r.applied), sum(r.ignored), sum(r.problems) FROM unnest(payloads) p, wa_ingest(p) r $$;

-- A woman opts out by phone in March, adopts a username in June; the campaign
-- of October addresses her BSUID.
SAVEPOINT story;
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'));
SELECT recipient, other, kind, first_seen_at, last_seen_at, origin, message_id FROM wa_identity ORDER BY 1, 2;
SELECT * FROM pg_temp.who('491511234567', 'DE.123abc', 'DE.ENT.9z', 'DE.other');
SELECT recipient, reason, since FROM wa_suppressed('marketing') ORDER BY 1;
-- Utility is not marketing.
SELECT wa_sendable('DE.123abc', 'utility');
-- She resumes under her BSUID: both are free again.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-01 10:00+00', NULL, 'DE.123abc'));
SELECT * FROM pg_temp.who('491511234567', 'DE.123abc', 'DE.ENT.9z');
ROLLBACK TO story;

-- An opt-in tells of WhatsApp's stop under the other identifier, and of none that
-- was lifted.
SELECT * FROM pg_temp.go(
	pg_temp.status('sent', '2026-06-01 10:00+00', '491511234567', 'DE.123abc'),
	pg_temp.preference('stop', '2026-08-05 10:00+00', NULL, 'DE.123abc'));
SELECT wa_opt_in('491511234567', 'form of 9 August');
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-08-10 10:00+00', '491511234567'));
SELECT wa_opt_in('DE.123abc', 'form of 11 August');
ROLLBACK TO story;

-- The same with the sighting before the stop, and a stop under the BSUID.
SELECT * FROM pg_temp.go(
	pg_temp.status('sent', '2026-06-01 10:00+00', '491511234567', 'DE.123abc'),
	pg_temp.preference('stop', '2026-08-05 10:00+00', NULL, 'DE.123abc'));
SELECT * FROM pg_temp.who('+49 151 1234567', 'DE.123abc');
ROLLBACK TO story;

-- Through a BSUID to its parent, though the phone never came with the parent.
SELECT * FROM pg_temp.go(
	pg_temp.status('sent', '2026-06-01 10:00+00', '491511234567', 'DE.123abc'),
	pg_temp.status('sent', '2026-06-02 10:00+00', NULL, 'DE.123abc', 'DE.ENT.9z'),
	pg_temp.preference('stop', '2026-08-05 10:00+00', '491511234567'));
SELECT * FROM pg_temp.who('491511234567', 'DE.123abc', 'DE.ENT.9z');
ROLLBACK TO story;

-- A number is recycled: the old owner stopped, the new one resumes.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567', 'DE.old'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.new'));
-- Nothing is granted to the new owner by owning the number.
SELECT * FROM pg_temp.who('491511234567', 'DE.old', 'DE.new');
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-01 10:00+00', '491511234567', 'DE.new'));
-- The resume of the new owner lifts nothing for the old one.
SELECT * FROM pg_temp.who('491511234567', 'DE.old', 'DE.new');
ROLLBACK TO story;

-- A resume under the phone after it came with another BSUID does not reach the old one.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-01 10:00+00', '491511234567', 'DE.old'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.old'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.new'),
	pg_temp.preference('resume', '2026-07-01 10:00+00', '491511234567'));
SELECT * FROM pg_temp.who('491511234567', 'DE.old', 'DE.new');
ROLLBACK TO story;

-- A family shares a phone: the stop of one stops the phone, not the other.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-01 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.status('delivered', '2026-03-02 10:00+00', '491511234567', 'DE.bob'),
	pg_temp.status('delivered', '2026-03-03 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.preference('stop', '2026-04-05 10:00+00', NULL, 'DE.ann'));
SELECT * FROM pg_temp.who('491511234567', 'DE.ann', 'DE.bob');
ROLLBACK TO story;

-- Stop and resume in the same second under two identifiers: the stop holds.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-01 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234567'),
	pg_temp.preference('stop', '2026-04-05 10:00+00', NULL, 'DE.ann'));
SELECT * FROM pg_temp.who('491511234567', 'DE.ann');
ROLLBACK TO story;

-- A changed number takes the stops along up to then; the old number's next
-- owner is another person.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "wa_id": "491607654321"}}'));
SELECT recipient, other, kind FROM wa_identity ORDER BY 1, 2;
SELECT * FROM pg_temp.who('491511234567', '491607654321');
-- She resumes under the new number; the old one stays as it was.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-01 10:00+00', '491607654321'));
SELECT * FROM pg_temp.who('491511234567', '491607654321');
-- The next owner of the old number stops: no matter to her.
SELECT * FROM pg_temp.go(pg_temp.preference('stop', '2026-09-01 10:00+00', '491511234567'));
SELECT * FROM pg_temp.who('491511234567', '491607654321');
ROLLBACK TO story;

-- The stop before the change counts though a later stop of the next owner came.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-09-01 10:00+00', '491511234567'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "new_wa_id": "491607654321"}}'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321');
SELECT since FROM wa_explain('491607654321', 'marketing');
ROLLBACK TO story;

-- A new BSUID for the same person, by system message and by user_id_update.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.first'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567", "from_user_id": "DE.first",
		"system": {"type": "user_changed_user_id", "user_id": "DE.second", "previous_user_id": "DE.first"}}'),
	'{"entry":[{"id":"B","changes":[{"field":"user_id_update","value":{"metadata":{"phone_number_id":"S"},
		"user_id_update":[{"wa_id":"491511234567","user_id":{"previous":"DE.second","current":"DE.third"},
		"timestamp":"1785578400"}]}}]}]}');
SELECT recipient, other, kind, origin FROM wa_identity ORDER BY 3, 1, 2;
SELECT id, sendable FROM pg_temp.who('DE.first', 'DE.second', 'DE.third', '491511234567');
ROLLBACK TO story;

-- Failures go along: a new number inherits a cooldown, and a phone's failure
-- keeps its BSUID from being tried.
SELECT * FROM pg_temp.go(
	pg_temp.status('failed', '2026-06-01 10:00+00', '491511234567', code => 130472),
	pg_temp.status('sent', '2026-06-02 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.message('2026-07-01 10:00+00', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "wa_id": "491607654321"}}'));
SELECT id, sendable, split_part(why, ':', 1) FROM pg_temp.who('491511234567', 'DE.ann', '491607654321');
-- Writing under the new number lifts it there.
SELECT * FROM pg_temp.go(pg_temp.message('2026-07-02 10:00+00', '{"type": "text", "from": "491607654321", "text": {"body": "hi"}}'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321');
ROLLBACK TO story;

-- A window opened under the BSUID serves the phone while they are partners.
SELECT * FROM pg_temp.go(
	pg_temp.status('sent', '2026-06-02 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.message('2026-07-01 10:00+00', '{"type": "text", "from_user_id": "DE.ann", "text": {"body": "hi"}}'));
SELECT wa_sendable('491511234567', 'service', at => '2026-07-01 12:00+00'),
	wa_sendable('491511234567', 'service', at => '2026-07-02 12:00+00');
ROLLBACK TO story;

-- Tied by mistake and parted by an operator: also for sightings that arrive later
-- but happened before; a new one ties again.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.ann'));
SELECT wa_unlink('DE.ann', '491511234567', 'wrong import of 1 June');
SELECT recipient, other, reason FROM wa_unlink_log;
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann');
SELECT * FROM pg_temp.go(pg_temp.status('delivered', '2026-06-03 10:00+00', '491511234567', 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann');
SELECT * FROM pg_temp.go(pg_temp.status('delivered', clock_timestamp() + interval '5 seconds', '491511234567', 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann');
SAVEPOINT misuse;
SELECT wa_unlink('DE.ann', 'DE.ann', 'x');
ROLLBACK TO misuse;
SELECT wa_unlink('DE.ann', '491511234567', ' ');
ROLLBACK TO misuse;
SELECT wa_unlink('DE.ann', NULL, 'x');
ROLLBACK TO story;

-- A group is nobody: its participant is.
SELECT * FROM pg_temp.go('{"entry":[{"id":"B","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"S"},
	"statuses":[{"id":"w","status":"delivered","timestamp":"1780000000","recipient_type":"group","recipient_id":"49151000000000",
	"recipient_participant_id":"491511234567","recipient_participant_user_id":"DE.ann"}]}}]}]}');
SELECT recipient, other FROM wa_identity;
SELECT recipient, last_delivered_at FROM wa_activity ORDER BY 1;
ROLLBACK TO story;

ROLLBACK;
