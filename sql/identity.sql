-- One person, many identifiers, as stories: src/identity/README.md.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;

-- A status of one message, for stories: every identifier may be left out.
CREATE FUNCTION pg_temp.status(status text, at timestamptz, phone text DEFAULT NULL,
	bsuid text DEFAULT NULL, parent text DEFAULT NULL, code int DEFAULT NULL, business text DEFAULT 'B') RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', business, 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'statuses', json_build_array(json_strip_nulls(json_build_object('id', 'wamid.' || status,
				'status', status, 'timestamp', extract(epoch FROM at)::bigint::text,
				'recipient_id', phone, 'recipient_user_id', bsuid, 'recipient_parent_user_id', parent,
				'errors', CASE WHEN code IS NOT NULL THEN
					json_build_array(json_build_object('code', code)) END)))))))))::text
$$;
CREATE FUNCTION pg_temp.preference(value text, at timestamptz, phone text DEFAULT NULL,
	bsuid text DEFAULT NULL, business text DEFAULT 'B') RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', business, 'changes',
		json_build_array(json_build_object('field', 'user_preferences', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'),
			'user_preferences', json_build_array(json_strip_nulls(json_build_object(
				'wa_id', phone, 'user_id', bsuid, 'category', 'marketing_messages',
				'value', value, 'timestamp', extract(epoch FROM at)::bigint)))))))))::text
$$;
CREATE FUNCTION pg_temp.message(at timestamptz, body jsonb, business text DEFAULT 'B') RETURNS text
LANGUAGE sql AS $$
	SELECT json_build_object('entry', json_build_array(json_build_object('id', business, 'changes',
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

-- Links: each identifier with the next; when the first sighting was, exactly, and on which day (in UTC) the latest;
-- a row for each business; nothing new the second time.
SAVEPOINT links;
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-06-03 10:20:30+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'),
	pg_temp.status('delivered', '2026-06-01 23:59:59+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'),
	pg_temp.status('read', '2026-06-04 00:00+02', '491511234567', 'DE.123abc'),
	pg_temp.status('sent', '2026-06-05 15:00+00', '491511234567', NULL, 'DE.ENT.9z'),
	pg_temp.status('sent', '2026-06-07 15:00+00', '491511234567', 'DE.123abc', business => 'C'),
	pg_temp.status('sent', '2026-06-06 15:00+00', '491511234567'),
	pg_temp.status('sent', '2026-06-06 15:00+00', NULL, 'DE.123abc'));
SELECT * FROM wa_identity ORDER BY other, position;
SELECT * FROM wa_identity_change;
CREATE TEMPORARY TABLE before AS SELECT *, xmin AS version FROM wa_identity;
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-06-03 10:20:30+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'),
	pg_temp.status('read', '2026-06-02 11:00+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'));
SELECT count(*) FROM wa_identity AS i JOIN before AS b USING (other, position) WHERE b.version <> i.xmin;
-- The phone is the home, whichever of the two the element names.
SELECT * FROM pg_temp.go('{"entry": [{"id": "B", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "S"},
	"contacts": [{"wa_id": "491511234568", "user_id": "DE.c"}],
	"messages": [{"id": "m", "from_user_id": "DE.c", "timestamp": "1780000000", "type": "text", "text": {"body": "STOP"}}]}}]}]}');
SELECT recipient, other FROM wa_identity WHERE other = 'DE.c';
SELECT recipient FROM wa_consent;
SELECT recipient, also_named FROM wa_consent_log;
SELECT recipient FROM wa_activity WHERE last_inbound_at IS NOT NULL;
-- A BSUID with a second phone and a third: positions in the order of arrival, whatever the order of time.
SELECT * FROM pg_temp.go(
	pg_temp.status('sent', '2026-06-03 10:00+00', '491511234569', 'DE.c'),
	pg_temp.status('sent', '2026-06-02 10:00+00', '491511234560', 'DE.c'));
SELECT recipient, other, position FROM wa_identity WHERE other = 'DE.c' ORDER BY position;
ROLLBACK TO links;

-- A person opts out by phone in March, adopts a username in June; the campaign
-- of October addresses its BSUID.
SAVEPOINT story;
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.123abc', 'DE.ENT.9z'));
SELECT recipient, other, first_seen_at, last_seen_at FROM wa_identity ORDER BY 1, 2;
SELECT * FROM pg_temp.who('491511234567', 'DE.123abc', 'DE.ENT.9z', 'DE.other');
SELECT recipient, reason, since FROM wa_suppressed('marketing') ORDER BY 1;
-- Utility is not marketing.
SELECT wa_sendable('DE.123abc', 'utility');
-- It resumes under its BSUID: both are free again.
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
TABLE wa_identity;
SELECT recipient, other, at, origin, message_id FROM wa_identity_change;
SELECT * FROM pg_temp.who('491511234567', '491607654321');
-- It resumes under the new number; the old one stays as it was.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-01 10:00+00', '491607654321'));
SELECT * FROM pg_temp.who('491511234567', '491607654321');
-- The next owner of the old number stops: no matter to the one before.
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

-- The next owner comes on the day of the change: the first sighting is the later one, so a stop under the number alone counts
-- for the new BSUID.  What was seen before the change as well was seen with the former owner.
SELECT * FROM pg_temp.go(
	pg_temp.status('read', '2026-06-01 09:00+00', '491511234567', 'DE.former'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "wa_id": "491607654321"}}'),
	pg_temp.status('read', '2026-06-01 11:00+00', '491511234567', 'DE.next'),
	pg_temp.status('failed', '2026-06-09 10:00+00', '491511234567', code => 131050));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321', 'DE.former', 'DE.next');
ROLLBACK TO story;

-- A message by the parent names a phone and a BSUID that was left some hours before: it stops the parent, too.
SELECT * FROM pg_temp.go(
	pg_temp.status('read', '2026-06-01 09:00+00', NULL, 'DE.ann', 'DE.ENT.9z'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system",
		"system": {"type": "user_changed_user_id", "user_id": "DE.bea", "previous_user_id": "DE.ann"}}'),
	pg_temp.message('2026-06-01 11:00+00', '{"type": "text", "text": {"body": "STOP"},
		"from": "491511234567", "from_user_id": "DE.ann", "from_parent_user_id": "DE.ENT.9z"}'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.9z', 'DE.bea');
ROLLBACK TO story;

-- A new BSUID for the same person, by system message and by user_id_update.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.first'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567", "from_user_id": "DE.first",
		"system": {"type": "user_changed_user_id", "user_id": "DE.second", "previous_user_id": "DE.first"}}'),
	'{"entry":[{"id":"B","changes":[{"field":"user_id_update","value":{"metadata":{"phone_number_id":"S"},
		"user_id_update":[{"wa_id":"491511234567","user_id":{"previous":"DE.second","current":"DE.third"},
		"timestamp":"1785578400"}]}}]}]}');
SELECT recipient, other, at, origin FROM wa_identity_change ORDER BY 3, 1, 2;
SELECT recipient, other, first_seen_at FROM wa_identity ORDER BY 2, 1;
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

-- Linked by mistake and unlinked by an operator: also for sightings that arrive later
-- but happened before; a new one links again.
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

-- What the stop named stays, whichever identifiers are unlinked: it named both. What named one alone stays with that one.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234568'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234568', 'DE.bob'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.cay'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234569', 'DE.cay'));
SELECT wa_unlink('491511234567', 'DE.ann', 'mistake'), wa_unlink('491511234568', 'DE.bob', 'mistake'), wa_unlink('491511234569', 'DE.cay', 'mistake');
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', '491511234568', 'DE.bob', '491511234569', 'DE.cay');
-- Also for a parent, which is linked with the phone by the BSUID alone.
SELECT * FROM pg_temp.go(pg_temp.status('failed', '2026-03-05 10:00+00', '491511234570', 'DE.dot', 'DE.ENT.dot', code => 131050));
SELECT wa_unlink('DE.dot', 'DE.ENT.dot', 'mistake');
SELECT id, sendable FROM pg_temp.who('491511234570', 'DE.dot', 'DE.ENT.dot');
-- A later resume under one of them does not reach the other any more.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-05 10:00+00', NULL, 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann');
-- Failures between the first sighting and the unlinking may have named both.
SELECT * FROM pg_temp.go(
	pg_temp.status('failed', '2026-06-02 10:00+00', '491511234568', code => 130472),
	pg_temp.status('failed', '2026-05-02 10:00+00', '491511234569', code => 130472));
SELECT id, sendable, split_part(why, ':', 1) FROM pg_temp.who('DE.bob', 'DE.cay');
ROLLBACK TO story;

-- Unlinked before the sighting arrives, in any business; each side first.
SELECT wa_unlink('DE.ann', '491511234567', 'known to be wrong'), wa_unlink('491511234568', 'DE.bob', 'known to be wrong');
SELECT recipient, other, business, first_seen_at, last_seen_at, unlinked_at IS NOT NULL AS unlinked, position FROM wa_identity ORDER BY 1;
SELECT recipient, other, at, unlinked_at IS NOT NULL AS unlinked FROM wa_identity_change ORDER BY 1, 2;
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234568'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.status('delivered', '2026-06-01 10:00+00', '491511234568', 'DE.bob', business => 'C'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', '491511234568', 'DE.bob');
-- A sighting after it, on the same day, links at once: its time is kept to the second.
SELECT * FROM pg_temp.go(pg_temp.status('delivered', clock_timestamp() + interval '5 seconds', '491511234568', 'DE.bob', business => 'C'));
SELECT recipient, business, last_seen_at > unlinked_at AS linked FROM wa_identity WHERE other = 'DE.bob' ORDER BY business;
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', '491511234568', 'DE.bob');
ROLLBACK TO story;

-- A change that an operator takes back, and one after that.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "wa_id": "491607654321"}}'));
SELECT wa_unlink('491607654321', '491511234567', 'port went wrong');
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321');
SELECT * FROM pg_temp.go(pg_temp.message(clock_timestamp() + interval '5 seconds', '{"type": "system", "from": "491511234567",
		"system": {"type": "user_changed_number", "wa_id": "491607654321"}}'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321');
ROLLBACK TO story;

-- An event that named both is asked about by the other identifier, and by the parent that it was never seen with.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.status('sent', '2026-03-06 10:00+00', NULL, 'DE.ann', 'DE.ENT.9z'));
SELECT recipient, register FROM wa_consent;
SELECT * FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.9z');
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234567', 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.9z');
ROLLBACK TO story;

-- BSUIDs of two portfolios on one phone are no rivals: a resume that names the phone lifts what stands under it for all
-- three, one under a BSUID alone for that and the phone. Of one portfolio, or where the business is unknown, they are rivals.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.status('delivered', '2026-03-10 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.status('delivered', '2026-03-20 10:00+00', '491511234567', 'DE.other', business => 'C'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.other');
SAVEPOINT resume;
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234567', 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.other');
ROLLBACK TO resume;
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-04-05 10:00+00', NULL, 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.other');
ROLLBACK TO resume;
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-25 10:00+00', '491511234567', 'DE.third', business => ''),
	pg_temp.preference('resume', '2026-04-05 10:00+00', NULL, 'DE.ann'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.other', 'DE.third');
ROLLBACK TO story;

-- What a tenant has seen lifts nothing that stands under the BSUID itself with another business: somebody else's phone is
-- linked with DE.ann by business C, and resumes with B.  Nor does what a change brings along: 491511234562 said stop itself.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.ann'),
	pg_temp.status('delivered', '2026-03-20 10:00+00', '491511234561', 'DE.ann', business => 'C'),
	pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234561'),
	pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234561', business => 'C'));
SELECT id, sendable FROM pg_temp.who('DE.ann');
SELECT wa_sendable('DE.ann', 'marketing', 'B') AS by_b, wa_sendable('DE.ann', 'marketing', 'C') AS by_c;
ROLLBACK TO story;
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234562'),
	pg_temp.preference('stop', '2026-03-06 10:00+00', '491511234561'),
	pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234561'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562');
ROLLBACK TO story;
-- A stop that came over the change is lifted by the resume that came over it.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-06 10:00+00', '491511234561'),
	pg_temp.preference('resume', '2026-04-05 10:00+00', '491511234561'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562');
ROLLBACK TO story;

-- On the day on which a phone came with two BSUIDs of a business nobody can tell who had it when.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-05 08:00+00', '491511234567', 'DE.old'),
	pg_temp.status('delivered', '2026-03-05 09:00+00', '491511234567', 'DE.new'),
	pg_temp.preference('stop', '2026-03-04 10:00+00', '491511234567'),
	pg_temp.preference('resume', '2026-03-05 10:00+00', NULL, 'DE.new'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.old', 'DE.new');
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-07 09:00+00', '491511234567', 'DE.new'),
	pg_temp.preference('resume', '2026-03-08 10:00+00', NULL, 'DE.new'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.old', 'DE.new');
ROLLBACK TO story;

-- The next owner of a phone lifts no failures of the BSUID that had it before, neither those that named the phone alone nor others.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-01-01 10:00+00', '491511234567', 'DE.old'),
	pg_temp.status('failed', '2026-02-01 10:00+00', '491511234567', code => 130403),
	pg_temp.status('failed', '2026-02-01 10:00+00', '491511234568', 'DE.older', code => 130403));
SELECT id, wa_sendable(id, 'utility') FROM unnest(ARRAY['491511234567', 'DE.old', '491511234568', 'DE.older']) AS id;
SELECT * FROM pg_temp.go(
	pg_temp.message('2026-02-20 10:00+00', '{"type": "text", "from": "491511234567", "from_user_id": "DE.new", "text": {"body": "hi"}}'),
	pg_temp.message('2026-02-20 10:00+00', '{"type": "text", "from": "491511234568", "from_user_id": "DE.newer", "text": {"body": "hi"}}'));
SELECT id, wa_sendable(id, 'utility') FROM unnest(ARRAY['491511234567', 'DE.old', 'DE.new', '491511234568', 'DE.older', 'DE.newer']) AS id;
ROLLBACK TO story;

-- From number to number: what was learned under the first holds under the third, as far as it was said before each change.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234561'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'),
	pg_temp.message('2026-07-01 10:00+00', '{"type": "system", "from": "491511234562", "system": {"type": "user_changed_number", "wa_id": "491511234563"}}'));
SELECT recipient, other, at FROM wa_identity_change ORDER BY at;
SELECT * FROM pg_temp.who('491511234561', '491511234562', '491511234563');
SELECT recipient FROM wa_suppressed('marketing') ORDER BY 1;
SAVEPOINT resume;
-- Said under the second while it was theirs: free there and under the third.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-06-15 10:00+00', '491511234562'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562', '491511234563');
ROLLBACK TO resume;
-- Said under the second by its next owner: free there alone.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-08-15 10:00+00', '491511234562'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562', '491511234563');
ROLLBACK TO resume;
-- Back to the first number.
SELECT * FROM pg_temp.go(
	pg_temp.message('2026-08-01 10:00+00', '{"type": "system", "from": "491511234563", "system": {"type": "user_changed_number", "wa_id": "491511234561"}}'),
	pg_temp.preference('resume', '2026-09-15 10:00+00', '491511234561'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562', '491511234563');
ROLLBACK TO story;

-- A change of number that is told again, a month later. What the next owner of the old number said between the two is no
-- matter to who had it before: neither under the new number nor under the user id that came with the old one.
SELECT * FROM pg_temp.go(
	pg_temp.message('2026-02-20 10:00+00', '{"type": "text", "from": "491511234561", "from_user_id": "DE.old", "text": {"body": "hi"}}'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234561'), pg_temp.message('2026-03-06 10:00+00', '{"type": "text", "from_user_id": "DE.old", "text": {"body": "STOP"}}'),
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'),
	pg_temp.preference('resume', '2026-06-15 10:00+00', '491511234561'), pg_temp.message('2026-06-15 10:00+00', '{"type": "text", "from": "491511234561", "text": {"body": "START"}}'));
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562', 'DE.old');
SELECT * FROM pg_temp.go(
	pg_temp.message('2026-07-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'));
SELECT recipient, other, first_at, at FROM wa_identity_change;
SELECT id, sendable FROM pg_temp.who('491511234561', '491511234562', 'DE.old');
ROLLBACK TO story;
-- Who was seen with the old number between the two is its next owner: what it says under the number later counts for it.
SELECT * FROM pg_temp.go(
	pg_temp.message('2026-06-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'),
	pg_temp.message('2026-07-01 10:00+00', '{"type": "system", "from": "491511234561", "system": {"type": "user_changed_number", "wa_id": "491511234562"}}'),
	pg_temp.message('2026-06-20 10:00+00', '{"type": "text", "from": "491511234561", "from_user_id": "DE.next", "text": {"body": "hi"}}'),
	pg_temp.preference('stop', '2026-07-15 10:00+00', '491511234561'));
SELECT id, sendable FROM pg_temp.who('491511234561', 'DE.next');
ROLLBACK TO story;

-- The same change told twice, the later and the earlier; by all old identifiers and all new ones.
SELECT * FROM pg_temp.go(
	'{"entry":[{"id":"B","changes":[{"field":"user_id_update","value":{"metadata":{"phone_number_id":"S"}, "user_id_update":[
		{"wa_id":"491511234567","user_id":{"previous":"DE.one","current":"DE.two"},"parent_user_id":{"previous":"DE.ENT.one","current":"DE.ENT.two"},"timestamp":"1785578400"},
		{"wa_id":"491511234567","user_id":{"previous":"DE.one","current":"DE.two"},"timestamp":"1785570000"}]}}]}]}');
SELECT recipient, other, first_at, at, origin FROM wa_identity_change ORDER BY 1, 2;
SELECT recipient, other, first_seen_at, last_seen_at FROM wa_identity ORDER BY 2, 1;
SELECT * FROM pg_temp.go(pg_temp.preference('stop', '2026-03-05 10:00+00', NULL, 'DE.ENT.one'));
SELECT id, sendable FROM pg_temp.who('DE.one', 'DE.ENT.one', 'DE.two', 'DE.ENT.two', '491511234567');
ROLLBACK TO story;

-- The phone that came with a change of BSUID is the new one's: a message that names both opens a window for both.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-07-01 10:00+00', '491511234567', 'DE.one'),
	'{"entry":[{"id":"B","changes":[{"field":"user_id_update","value":{"metadata":{"phone_number_id":"S"}, "user_id_update":[
		{"wa_id":"491511234567","user_id":{"previous":"DE.one","current":"DE.two"},"timestamp":"1785578400"}]}}]}]}',
	pg_temp.message('2026-08-20 10:00+00', '{"type": "text", "text": {"body": "hello"}, "from": "491511234567", "from_user_id": "DE.two"}'));
SELECT i, wa_sendable(i, 'service', at => '2026-08-20 11:00+00') FROM unnest(ARRAY['491511234567', 'DE.one', 'DE.two']) AS i;
ROLLBACK TO story;

-- A cooldown that ended under the old number, and one that would have ended under the new one, are two strikes together.
SELECT * FROM pg_temp.go(
	pg_temp.status('failed', '2026-06-01 10:00+00', '491511234567', code => 131026),
	pg_temp.message('2026-06-03 10:00+00', '{"type": "system", "from": "491511234567", "system": {"type": "user_changed_number", "wa_id": "491607654321"}}'),
	pg_temp.status('failed', '2026-06-04 10:00+00', '491607654321', code => 131026));
SELECT code, since, until, detail FROM wa_explain('491607654321', 'utility', at => '2026-06-06 10:00+00');
SELECT strikes, until FROM wa_cooldown ORDER BY recipient;
SELECT wa_sendable('491511234567', 'utility', at => '2026-06-06 10:00+00'), wa_next_sendable('491607654321', 'utility', at => '2026-06-06 10:00+00');
ROLLBACK TO story;

-- A BSUID that came with two phones joins them: a stop under one holds under the other.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.status('delivered', '2026-04-01 10:00+00', '491511234567', 'DE.ann'),
	pg_temp.status('delivered', '2026-05-01 10:00+00', '491511234568', 'DE.ann'));
SELECT recipient, other, position FROM wa_identity ORDER BY position;
SELECT * FROM pg_temp.who('491511234567', '491511234568', 'DE.ann');
-- A resume under the second, the BSUID's latest partner, frees these two; the first phone may be somebody else's by now.
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-07-01 10:00+00', '491511234568'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491511234568', 'DE.ann');
ROLLBACK TO story;

-- A phone under which somebody stopped and resumed before it was seen with anybody: its BSUID inherits no stop,
-- in whatever order that was learned.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-04-01 10:00+00', '491511234567', 'DE.ann', 'DE.ENT.ann'),
	pg_temp.preference('resume', '2026-03-05 10:00+00', '491511234567'),
	pg_temp.preference('stop', '2026-03-01 10:00+00', '491511234567'),
	pg_temp.status('failed', '2026-03-01 10:00+00', '491511234567', code => 131050));
SELECT * FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
SAVEPOINT taken_back;
-- A stop that nobody took back, here the latest, counts.
SELECT * FROM pg_temp.go(pg_temp.preference('stop', '2026-03-10 10:00+00', '491511234567'));
SELECT * FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
ROLLBACK TO taken_back;
-- So does one of another business, and one at the instant of the resume.
SELECT * FROM pg_temp.go(
	pg_temp.preference('stop', '2026-03-02 10:00+00', '491511234567', business => 'C'),
	pg_temp.preference('stop', '2026-03-05 10:00+00', '491511234567'));
SELECT * FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
ROLLBACK TO taken_back;
-- Where the phone had been seen with another BSUID by then, that one may have resumed; also once it has been erased or unlinked.
SELECT * FROM pg_temp.go(pg_temp.status('delivered', '2026-03-04 10:00+00', '491511234567', 'DE.bob'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann', 'DE.bob');
SELECT wa_unlink('491511234567', 'DE.bob', 'a mistake');
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
SELECT count(*) FROM wa_forget('DE.bob', 'a request');
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
ROLLBACK TO taken_back;
-- The same where the phone had been left, or was seen with an identifier of another kind.
SELECT * FROM pg_temp.go(pg_temp.message('2026-03-04 10:00+00', '{"type": "system", "from": "491511234567", "system": {"type": "user_changed_number", "wa_id": "491607654321"}}'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann', '491607654321');
ROLLBACK TO taken_back;
SELECT * FROM pg_temp.go(pg_temp.status('delivered', '2026-03-04 10:00+00', '491511234567', NULL, 'DE.ENT.bob'));
SELECT id, sendable FROM pg_temp.who('491511234567', 'DE.ann', 'DE.ENT.ann');
ROLLBACK TO story;

-- A phone that was seen with the parent, or with a BSUID of it, says nothing for these once another phone was seen with one of them.
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-01 10:00+00', '491511234567', NULL, 'DE.ENT.ann'),
	pg_temp.status('delivered', '2026-03-10 10:00+00', '491607654321', 'DE.ann', 'DE.ENT.ann'),
	pg_temp.preference('stop', '2026-03-11 10:00+00', '491607654321', 'DE.ann'),
	pg_temp.preference('resume', '2026-03-20 10:00+00', '491511234567'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321', 'DE.ann', 'DE.ENT.ann');
SELECT * FROM pg_temp.go(pg_temp.preference('resume', '2026-03-21 10:00+00', '491607654321'));
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321', 'DE.ann', 'DE.ENT.ann');
ROLLBACK TO story;
SELECT * FROM pg_temp.go(
	pg_temp.status('delivered', '2026-03-01 10:00+00', '491511234567', 'DE.ann', 'DE.ENT.ann', business => 'C'),
	pg_temp.status('delivered', '2026-03-10 10:00+00', '491607654321', 'DE.bob', 'DE.ENT.ann'),
	pg_temp.message('2026-03-11 10:00+00', '{"type": "text", "text": {"body": "STOP"}, "from": "491607654321", "from_user_id": "DE.bob"}'));
SELECT wa_opt_in('491511234567', 'on paper', '');
SELECT id, sendable FROM pg_temp.who('491511234567', '491607654321', 'DE.ann', 'DE.bob', 'DE.ENT.ann');
ROLLBACK TO story;

-- A group is nobody: its participant is.
SELECT * FROM pg_temp.go('{"entry":[{"id":"B","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"S"},
	"statuses":[{"id":"w","status":"delivered","timestamp":"1780000000","recipient_type":"group","recipient_id":"49151000000000",
	"recipient_participant_id":"491511234567","recipient_participant_user_id":"DE.ann"}]}}]}]}');
SELECT recipient, other FROM wa_identity;
SELECT recipient, last_delivered_at FROM wa_activity ORDER BY 1;
ROLLBACK TO story;

-- By hand: NULL is "never". Of a link that was seen since ever the next webhook would never have come to an end.
INSERT INTO wa_identity (recipient, other, first_seen_at) VALUES ('4915100009001', 'DE.ever', '-infinity');
ROLLBACK;
