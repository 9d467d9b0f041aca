-- wa_identity.alike where somebody else writes: none is made alike, and who stands in
-- such a row has no tie that is.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.seen(VARIADIC ids text[]) RETURNS bigint LANGUAGE sql AS $$
	SELECT applied FROM wa_ingest(json_build_object('entry', json_build_array(json_build_object('id', 'B', 'changes',
		json_build_array(json_build_object('field', 'messages', 'value', json_build_object(
			'metadata', json_build_object('phone_number_id', 'S'), 'statuses', (SELECT json_agg(json_build_object(
				'id', 'w', 'status', 'delivered', 'timestamp', '1780000000',
				'recipient_id', split_part(id, '+', 1), 'recipient_user_id', split_part(id, '+', 2))) FROM unnest(ids) AS id)))))))::text)
$$;
CREATE FUNCTION pg_temp.alike() RETURNS text LANGUAGE sql AS $$
	SELECT COALESCE(string_agg(recipient || '+' || other, ' ' ORDER BY recipient, other), 'none') FROM wa_identity WHERE alike
$$;

BEGIN;
SELECT pg_temp.seen('49151000001+DE.a', '49151000002+DE.b', '49151000003+DE.c', '49151000004+DE.d', '49151000005+DE.e');
SELECT pg_temp.alike();

-- By hand: a mark is no mark, a second tie spoils the first, whichever end it is of.
INSERT INTO wa_identity (alike, first_seen_at, last_seen_at, recipient, other, kind)
	VALUES (true, now(), now(), '49151000009', 'DE.a', 'sighting');
UPDATE wa_identity SET alike = true, origin = 'hand' WHERE recipient = '49151000009';
SELECT pg_temp.alike();
UPDATE wa_identity SET other = 'DE.b' WHERE recipient = '49151000009';
SELECT pg_temp.alike();
-- So do rows of state, whether they come, change or go.
INSERT INTO wa_consent (at, stopped_at, recipient, register, state, origin) VALUES (now(), now(), 'DE.c', 'business', 'stop', 'hand');
SELECT pg_temp.alike();
INSERT INTO wa_cooldown (until, code, strikes, recipient, failures)
	SELECT now() + interval '1 day', 131026, 1, id, ARRAY[now()] FROM unnest(ARRAY['49151000004', 'DE.d', '49151000005', 'DE.e']::wa_recipient[]) AS id;
SELECT pg_temp.alike();
-- wa_recompute looks at what there is.
SELECT wa_recompute();
SELECT pg_temp.alike();
UPDATE wa_cooldown SET lifted_at = now() WHERE recipient = '49151000004';
DELETE FROM wa_cooldown WHERE recipient = 'DE.e';
SELECT pg_temp.alike();
DELETE FROM wa_cooldown;
DELETE FROM wa_identity WHERE recipient = '49151000009';
SELECT wa_recompute();
SELECT pg_temp.alike();
SAVEPOINT cut;
TRUNCATE wa_consent;
SELECT pg_temp.alike();
ROLLBACK TO cut;

-- After many rows all marks are taken back at once; that of a tie which the ingest makes after that is one again, and
-- so is what a rollback brings back.
SELECT pg_temp.alike();
SAVEPOINT many;
CREATE FUNCTION pg_temp.write(n int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO wa_consent (at, stopped_at, recipient, register, state, origin)
		SELECT now(), now(), (49152000000 + i)::text::wa_recipient, 'business', 'stop', 'hand' FROM generate_series(n + 1, n + 150) AS i
$$;
SELECT pg_temp.write(0);
SELECT pg_temp.alike();
SELECT pg_temp.seen('49151000006+DE.f');
SELECT pg_temp.alike();
UPDATE wa_consent SET at = at WHERE recipient = '49152000001';
SELECT pg_temp.alike();
INSERT INTO wa_consent (at, stopped_at, recipient, register, state, origin) VALUES (now(), now(), 'DE.f', 'business', 'stop', 'hand');
SELECT pg_temp.alike();
INSERT INTO wa_identity (alike, first_seen_at, last_seen_at, recipient, other, kind)
	SELECT true, now(), now(), (49154000000 + i)::text::wa_recipient, ('DE.hand' || i)::wa_recipient, 'sighting' FROM generate_series(1, 150) AS i;
SELECT pg_temp.alike();
ROLLBACK TO many;
SELECT pg_temp.alike();
UPDATE wa_consent SET at = at;
SELECT pg_temp.alike();
INSERT INTO wa_consent (at, stopped_at, recipient, register, state, origin) VALUES (now(), now(), 'DE.a', 'business', 'stop', 'hand');
SELECT pg_temp.alike();

-- What somebody's trigger writes is not written by the extension, though it is the extension's statement that fires it.
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
	INSERT INTO wa_cooldown (until, code, strikes, recipient, failures)
		VALUES (now() + interval '1 day', 131026, 1, 'DE.d', ARRAY[now()]);
	RETURN NULL;
END
$$;
CREATE TRIGGER meddle AFTER INSERT ON wa_consent FOR EACH ROW WHEN (NEW.recipient = '49151000099') EXECUTE FUNCTION meddle();
SELECT wa_opt_out('49151000099');
SELECT pg_temp.alike();
ROLLBACK;

-- The ties that are not alike are found by their index where they are few: the same answers.
SET synchronous_commit = off;
SELECT pg_temp.seen(VARIADIC array_agg(format('49153%s+DE.many%s', lpad(i::text, 6, '0'), i))) FROM generate_series(1, 9000) AS i;
SELECT wa_opt_out('49153000007'), wa_opt_out('DE.many8');
VACUUM wa_identity;
SELECT count(*), count(*) FILTER (WHERE alike) AS alike FROM wa_identity;
BEGIN;
SET LOCAL wa_policy.filter_after = 0;
SELECT pg_stat_get_xact_numscans('wa_identity_unlike'::regclass) AS before \gset
SELECT string_agg(p, ' ') FROM (SELECT '49153' || lpad(i::text, 6, '0') AS p FROM generate_series(1, 20) AS i) AS s WHERE NOT wa_sendable(p, 'marketing');
SELECT pg_stat_get_xact_numscans('wa_identity_unlike'::regclass) - :before AS scans;
SELECT string_agg(p, ' ') FROM (SELECT 'DE.many' || i AS p FROM generate_series(1, 20) AS i) AS s WHERE NOT wa_sendable(p, 'marketing');
ROLLBACK;
ALTER TABLE wa_consent_log DISABLE TRIGGER wa_consent_log_guard;
DELETE FROM wa_consent_log WHERE recipient IN ('49153000007', 'DE.many8');
ALTER TABLE wa_consent_log ENABLE TRIGGER wa_consent_log_guard;
TRUNCATE wa_identity, wa_consent, wa_activity, wa_contact;
