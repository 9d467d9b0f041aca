--
-- Where two readings are possible, the stricter one: contacts that contradict,
-- times that cannot be right, changes of identifier that say little
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE FUNCTION t.of(who text, at timestamptz, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql IMMUTABLE
	RETURN jsonb_build_object('messages', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('id', 'wamid.of', 'from', who, 'timestamp', t.unix(at)) || more)));
CREATE FUNCTION t.who(VARIADIC ids text[]) RETURNS TABLE (id text, marketing bool, service bool) LANGUAGE sql AS $$
	SELECT i, wa_sendable(i, 'marketing', at => '2025-03-10 12:00'), wa_sendable(i, 'service', at => '2025-03-10 12:00')
	FROM unnest(ids) WITH ORDINALITY AS v (i, n) ORDER BY n
$$;

-- The contact is somebody else: both are stopped, and neither is the other.
SAVEPOINT story;
CALL t.take('{"contacts": [{"wa_id": "491710001002", "user_id": "DE.two"}]}' || t.prefers('491710001001', 'stop', '2025-03-10 10:00'));
SELECT * FROM t.who('491710001001', '491710001002', 'DE.two');
SELECT count(*) FROM wa_identity;
-- The one resumes; the other's stop stays.
CALL t.take(t.prefers('491710001002', 'resume', '2025-03-10 11:00'));
SELECT * FROM t.who('491710001001', '491710001002', 'DE.two');
-- A message opens the window of whom it is from, and of nobody else.
CALL t.take('{"contacts": [{"wa_id": "491710001004", "user_id": "DE.four"}]}' || t.of('491710001003', '2025-03-10 11:00', '{"type": "image"}'));
SELECT * FROM t.who('491710001003', '491710001004', 'DE.four');
SELECT recipient, wa_id FROM wa_activity ORDER BY 1;
-- So it is with a failure.
CALL t.take('{"contacts": [{"wa_id": "491710001006"}]}' || t.failed('491710001005', 131026, '2025-03-10 11:00'));
SELECT recipient, code FROM wa_cooldown ORDER BY 1;
ROLLBACK TO story;
-- Another BSUID beside the same number is a contradiction as well.
CALL t.take('{"contacts": [{"wa_id": "491710001007", "user_id": "DE.old"}]}' || t.of('491710001007', '2025-03-10 10:00', '{"from_user_id": "DE.new", "type": "text", "text": {"body": "stop"}}'));
SELECT * FROM t.who('491710001007', 'DE.old', 'DE.new');
SELECT recipient, other FROM wa_identity;
ROLLBACK TO story;
-- The same number in another spelling is none.
CALL t.take('{"contacts": [{"wa_id": "553187654321", "user_id": "BR.one"}]}' || t.of('5531987654321', '2025-03-10 10:00', '{"type": "text", "text": {"body": "stop"}}'));
SELECT * FROM t.who('+55 31 98765-4321', 'BR.one');
SELECT recipient, other FROM wa_identity;
ROLLBACK TO story;

-- A clock that cannot be right costs no stop, and lifts none.
CALL t.take(t.prefers('491710002001', 'stop', '2042-01-01'));
CALL t.take(t.prefers('491710002002', 'stop', '2025-03-10 10:00'));
CALL t.take(t.prefers('491710002002', 'resume', '2042-01-01'));
CALL t.take(t.of('491710002003', '2000-01-01', '{"type": "text", "text": {"body": "stop"}}'));
CALL t.take(t.failed('491710002004', 131026, '2042-01-01'));
CALL t.take(t.failed('491710002005', 131050, '2042-01-01'));
SELECT recipient, register, state, at FROM wa_consent ORDER BY 1;
SELECT recipient, code, failures FROM wa_cooldown;
SELECT problem, count(*) FROM wa_problem GROUP BY 1;
SELECT count(last_inbound_at) AS windows FROM wa_activity;
-- It stops all whom it names, though nothing says when they were one.
CALL t.take(jsonb_set(t.prefers('491710002006', 'stop', '2042-01-01'), '{user_preferences,0,user_id}', '"DE.six"'));
SELECT recipient, state FROM wa_consent WHERE recipient IN ('491710002006', 'DE.six') ORDER BY 1;
SELECT count(*) FROM wa_identity;
-- Once more changes nothing.
SELECT wa_replay() IS NOT NULL AS replayed;
SELECT count(*), count(resolved_at) FROM wa_problem;
SELECT count(*) FROM wa_consent_log;
ROLLBACK TO story;

-- Changes of identifier.  Each begins with a stop under the old one.
CREATE FUNCTION t.changed(system jsonb, old text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CALL t.take(t.of(old, '2025-03-05', jsonb_build_object('type', 'system', 'system', system)));
END $$;
CREATE FUNCTION t.stopped(who text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CALL t.take(CASE WHEN who ~ '^[0-9]' THEN t.prefers(who, 'stop', '2025-03-01')
		ELSE jsonb_build_object('user_preferences', jsonb_build_array(jsonb_build_object('user_id', who, 'value', 'stop', 'timestamp', t.unix('2025-03-01')))) END);
END $$;
SAVEPOINT change;
SELECT t.stopped('491710003001'), t.changed('{"type": "customer_changed_number", "wa_id": "491710003002", "customer": "491710003001"}', '491710003001');
SELECT t.stopped('491710003003'), t.changed('{"body": "x", "new_wa_id": "491710003004"}', '491710003003');
SELECT t.stopped('DE.a1'), t.changed('{"type": "user_changed_number", "wa_id": "491710003006", "user_id": "DE.a2", "previous_user_id": "DE.a1"}');
SELECT t.stopped('491710003007'), t.changed('{"type": "user_changed_user_id", "wa_id": "491710003008", "user_id": "DE.b2", "parent_user_id": "DE.ENT.b2"}', '491710003007');
SELECT t.stopped('DE.c1'), t.changed('{"type": "user_changed_user_id", "user_id": "DE.c2", "body": "User Eve changed from DE.x to DE.c2 changed from DE.c1 to DE.c2"}');
SELECT t.stopped('491710003009'), t.changed('{"type": "user_changed_number", "user_id": "DE.d2", "previous_user_id": "DE.d1"}', '491710003009');
SELECT * FROM t.who('491710003002', '491710003004', 'DE.a2', '491710003006', '491710003008', 'DE.b2', 'DE.ENT.b2', 'DE.c2', 'DE.d2', 'DE.x');
SELECT count(*) FROM wa_problem;
-- By user_id_update: the phone beside it counts, with a previous id or without.
SELECT t.stopped('491710003011'), t.stopped('DE.e1');
SELECT * FROM wa_ingest(t.hook('{"user_id_update": [{"wa_id": "491710003011", "user_id": {"current": "DE.f2"}, "timestamp": "1741132800"},
	{"user_id": {"previous": "DE.e1", "current": "DE.e2"}, "timestamp": "1741132800"}]}'));
SELECT * FROM t.who('DE.f2', 'DE.e2');
ROLLBACK TO change;
-- Where the old identifier is the new one as well, those that the message names are one user's.
SELECT t.stopped('491710003013'), t.changed('{"type": "user_changed_user_id", "wa_id": "491710003013", "user_id": "DE.h2"}', '491710003013');
SELECT t.stopped('DE.i1'), t.changed('{"type": "user_changed_number", "wa_id": "491710003014", "user_id": "DE.i1", "previous_user_id": "DE.i1"}');
SELECT * FROM t.who('DE.h2', '491710003014');
SELECT count(*) FROM wa_problem;
ROLLBACK TO change;
-- What says nothing of the old side is a problem.
SELECT t.changed('{"type": "user_changed_user_id", "user_id": "DE.g2", "body": "Ada is another now"}');
SELECT problem, detail FROM wa_problem;

ROLLBACK;
