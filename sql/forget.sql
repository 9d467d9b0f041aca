--
-- wa_forget: nothing is left, and the person is left alone
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- How often a text stands in any row of any table of the extension.
CREATE FUNCTION t.traces(pattern text) RETURNS TABLE (tab text, n bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	r regclass;
BEGIN
	FOR r IN SELECT c.oid FROM pg_class AS c JOIN pg_depend AS d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND c.relkind = 'r'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy') ORDER BY c.relname
	LOOP
		EXECUTE format('SELECT %L, count(*) FROM %s AS v WHERE v::text ~ $1', r, r) INTO tab, n USING pattern;
		IF n > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
CREATE FUNCTION t.by_list(phone text, category wa_category DEFAULT 'marketing') RETURNS text
	LANGUAGE sql SET wa_policy.suppression_list_after = 0 AS
	$$ SELECT outcome FROM wa_segment_summary(format('SELECT %L FROM generate_series(1, 200)', phone), category) WHERE outcome <> 'total' AND phones > 0 $$;

-- A Brazilian, known by phone and BSUID, and somebody else in the same webhooks.
INSERT INTO wa_webhook (payload) VALUES
('{"object": "whatsapp_business_account", "entry": [{"id": "b1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "s1"},
 "contacts": [{"wa_id": "551187654321", "user_id": "BR.77", "profile": {"name": "Ana"}}, {"wa_id": "491600001002", "profile": {"name": "Bert"}}],
 "messages": [{"id": "m1", "from": "551187654321", "from_user_id": "BR.77", "timestamp": "1740823200", "type": "text", "text": {"body": "STOP"}},
  {"id": "m2", "from": "491600001002", "timestamp": "1740823201", "type": "text", "text": {"body": "hello"}}],
 "statuses": [{"id": "m3", "status": "failed", "timestamp": "1740823202", "recipient_id": "5511987654321", "errors": [{"code": 131026}]},
  {"id": "m4", "status": "read", "timestamp": "1740823203", "recipient_id": "491600001002"}]}}]}]}'),
('{"object": "whatsapp_business_account", "entry": [{"id": "b1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "s1"},
 "messages": [{"id": "m5", "from": "491600001002", "timestamp": "1740823204", "type": "text", "text": {"body": "call me or +55 (11) 8765-4321"}}]}}]}]}'),
('{"statuses": [{"id": "m6", "status": "delivered", "timestamp": "1740823205", "recipient_user_id": "BR.77"}]}'),
('{"body": "{\"entry\": [{\"id\": \"b1\", \"changes\": [{\"value\": {\"statuses\": [{\"id\": \"m7\", \"status\": \"read\", \"timestamp\": \"1740823206\", \"recipient_id\": \"5511987654321\"}, {\"id\": \"m8\", \"status\": \"read\", \"timestamp\": \"1740823206\", \"recipient_id\": \"4915112345678\"}]}}]}]}"}'),
('{"statuses": [{"id": "m9", "status": "delivered", "timestamp": "nonsense", "recipient_id": "\u0035511987654321"}, {"id": "m9", "status": "delivered", "timestamp": "nonsense", "recipient_id": "49151123456789"}]}'),
('no JSON about 55 11 98765-4321'),
('no JSON about 155119876543210 and 55119876543211');
SELECT count(*) FROM wa_problem WHERE resolved_at IS NULL AND webhook_id IS NOT NULL;
SELECT wa_opt_out('+55 11 8765-4321', 'by phone', at => '2025-03-02', everything => true);
SELECT wa_ingest('{"messages": [{"id": "x", "from": "5511987654321", "timestamp": "1", "type": "text", "text": {"body": "x"}}]}');
SELECT * FROM t.traces('8765-?4321|BR\.77|Ana|5511987654321');
SELECT recipient, register FROM wa_consent ORDER BY recipient;

SELECT * FROM wa_forget('BR.77', 'request 17 of 5 March');
SELECT * FROM t.traces('[^1]55 ?\(?11\)? ?9?8765-?4321[^0-9]|BR\.77|Ana|u0035511987654321');
-- Others are as they were.
SELECT recipient, last_inbound_at, last_read_at FROM wa_activity ORDER BY recipient;
SELECT erased_at IS NOT NULL AS cut, signature, payload FROM wa_webhook ORDER BY id;
SELECT path, problem, fragment FROM wa_problem WHERE code IS NULL ORDER BY id;
SELECT reason, recorded_by = session_user AS by_me FROM wa_erasure;
SELECT count(*), count(DISTINCT bucket), bool_and(length(hash) = 32) FROM wa_erased;

-- Nobody can tell who it was, and no marketing goes there, under either identifier.
SELECT v.who, c, wa_first_reason(v.who, c) FROM (VALUES ('551187654321'), ('BR.77'), ('5511987654322')) AS v (who), (VALUES ('marketing'::wa_category), ('utility')) AS x (c);
SELECT rule, reason, since IS NOT NULL AS since, until, origin, detail FROM wa_explain('5511987654321', 'marketing');
SELECT t.by_list('5511987654321'), t.by_list('5511987654321', 'utility'), t.by_list('5511987654322'), t.by_list('BR.77');
SELECT wa_next_sendable('5511987654321', 'marketing');
SELECT * FROM wa_suppressed('marketing');

-- A receipt brings nothing back; who is seen with an erased one is left alone as well.
SELECT wa_ingest(jsonb_build_object('statuses', jsonb_build_array(
	jsonb_build_object('id', 'm10', 'status', 'delivered', 'timestamp', t.unix(now()), 'recipient_id', '5511987654321', 'recipient_user_id', 'BR.78')))::text);
-- (The number in the webhook that is no JSON is a longer one.)
SELECT * FROM t.traces('5511987654321|BR\.7');
SELECT wa_first_reason('BR.78', 'marketing'), t.by_list('5511987654321');
-- A stop of WhatsApp's is kept: no operator lifts it.  An opt-in with evidence lifts the erasure alone.
SELECT wa_ingest(jsonb_build_object('user_preferences', jsonb_build_array(
	jsonb_build_object('wa_id', '5511987654321', 'category', 'marketing_messages', 'value', 'stop', 'timestamp', extract(epoch FROM now())::bigint)))::text);
SELECT array_agg(reason) FROM wa_explain('5511987654321', 'marketing');
SELECT * FROM wa_opt_in('5511987654321', 'form 18');
SELECT array_agg(reason) FROM wa_explain('5511987654321', 'marketing');
-- A message is no opt-in, and who is linked by it is left alone as well.
SELECT wa_ingest(jsonb_build_object('messages', jsonb_build_array(
	jsonb_build_object('id', 'm11', 'from', 'BR.78', 'timestamp', t.unix(now() + interval '2 minutes'), 'type', 'text', 'text', jsonb_build_object('body', 'hello'))))::text);
SELECT wa_first_reason('BR.78', 'marketing'), wa_first_reason('BR.77', 'marketing');

-- An identifier that the person has left is another's since: what is the other's stays, but nobody can tell what was stopped before.
CALL t.take(t.wrote('491600005001', '2025-03-01 10:00', 'STOP'));
CALL t.take('{"messages": [{"id": "wamid.c", "from": "491600005001", "timestamp": "1741082400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491600005002", "body": "x"}}]}');
CALL t.take(t.wrote('491600005001', '2025-03-10 10:00'));
SELECT count(*) FROM wa_forget('491600005002', 'request 18');
SELECT recipient, last_inbound_at FROM wa_activity WHERE recipient IN ('491600005001', '491600005002');
SELECT count(*) FROM wa_consent_log WHERE recipient = '491600005001';
SELECT wa_first_reason('491600005001', 'marketing'), wa_first_reason('491600005002', 'marketing'), t.by_list('491600005001'), t.by_list('491600005002');
-- Asked the other way round it is told of.
CALL t.take('{"messages": [{"id": "wamid.c", "from": "491600005003", "timestamp": "1741082400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491600005004", "body": "x"}}]}');
SELECT count(*) FROM wa_forget('491600005003', 'request 19');

-- Somebody who was never known is left alone from now on; a NOTICE tells, since it may be a typing error.
SELECT * FROM wa_forget('491600006001', 'request 20');
SELECT wa_first_reason('491600006001', 'marketing');
-- A replay brings nothing back.
SELECT wa_replay();
SELECT * FROM t.traces('BR\.77|551187654321');
-- The log is closed again, after an error as well.
DELETE FROM wa_consent_log;

-- A list with little memory, beside very many who were erased.
SAVEPOINT many;
INSERT INTO wa_erased (bucket, hash, at) SELECT n * 7919, sha256(n::text::bytea), now() FROM generate_series(1, 5000) AS n;
SELECT memory, t.by_list('491600005002') AS erased, t.by_list('491600006001') AS erased_too, t.by_list('491600009999') AS another
FROM unnest(ARRAY['64MB', '200kB', '64kB']) AS memory, set_config('wa_policy.suppression_list_mem', memory, true) ORDER BY memory;
ROLLBACK TO many;

-- Claims of a person have rows under the number it had left; words of others, and reasons, may name it.
CALL t.take(t.wrote('491600007001', '2025-03-01 10:00') || '{"contacts": [{"wa_id": "491600007001", "user_id": "DE.7001"}]}');
CALL t.take('{"messages": [{"from": "491600007001", "id": "wamid.c7", "timestamp": "1740909600", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491600007002"}}]}');
SELECT phone, reason FROM wa_claim(ARRAY['491600007002', '491600007003'], 'marketing', 'C7');
SELECT wa_sent('wamid.s7', '491600007002', 'utility', campaign => 'C8');
SELECT * FROM wa_opt_out('491600007003', 'and please none to +49 1600 007002 either', at => '2025-03-03');
SELECT * FROM wa_opt_in('491600007004', 'form 4711 of 3 March', at => '2025-03-03');
-- The next owner of the number that was left.
SELECT * FROM wa_opt_in('491600007001', 'I, 491600007001, agree', at => '2025-03-04');
SELECT count(*) FROM wa_forget('491600009998', 'he asked for 491600007002 as well');
SELECT * FROM wa_forget('491600007002', 'asked by DE.7001');
SELECT * FROM wa_forget('491600007002', 'request 21') WHERE rows > 0;
SELECT * FROM t.traces('160 ?0007002|DE\.7001|wamid.s7');
SELECT recipient, home FROM wa_claim;
SELECT recipient, state, evidence FROM wa_consent_log WHERE recipient::text LIKE '49160000700_' ORDER BY recipient;
SELECT reason FROM wa_erasure ORDER BY id DESC LIMIT 2;
-- Also where the campaign has had a row under its own identifier already.
CALL t.take(t.wrote('491600008001', '2025-03-01 10:00') || '{"contacts": [{"wa_id": "491600008001", "user_id": "DE.8001"}]}');
SELECT wa_sent('wamid.s8', '491600008001', 'utility', campaign => 'C9');
CALL t.take(t.wrote('491600008002', '2025-03-02 10:00') || '{"contacts": [{"wa_id": "491600008002", "user_id": "DE.8001"}]}');
SELECT wa_sent('wamid.s9', 'DE.8001', 'utility', campaign => 'C9');
SELECT wa_unlink('491600008001', 'DE.8001', 'not they'), wa_unlink('491600008002', 'DE.8001', 'not they');
SELECT recipient, home FROM wa_claim WHERE campaign = 'C9' ORDER BY recipient;
SELECT count(*) FROM wa_forget('DE.8001', 'request 22');
SELECT * FROM t.traces('DE\.8001');

-- The log of others' unlinkings keeps the event.
SELECT wa_unlink('491600009001', 'DE.9001', 'he wrote from 0049 1600 009002');
SELECT part, rows FROM wa_forget('491600009002', 'request 23') WHERE part = 'log of unlinkings';
SELECT recipient, other, reason FROM wa_unlink_log WHERE other = 'DE.9001';

-- Nor is the person left in the reasons of holds and of policy.
SELECT wa_hold('', 'while we look into +49 1600 010001', region => 'FR'), wa_release('', '4916 0001 0001 is settled', region => 'IT');
SELECT wa_declare_empty('but for 491600010001');
INSERT INTO wa_error_override (code, blocks, reason) VALUES (131026, '{marketing}', 'see 491600010001');
INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2025-03-01', '2025-03-02', 'as 491600010001 told'), (131026, '2025-04-01', '2025-04-02', 'relay 7'), (131026, '2025-05-01', '2025-05-02', '＋４９１６０００１０００１');
INSERT INTO wa_region_rule (region, category, reason, source) VALUES ('FR', 'marketing', 'complaint of 491600010001', 'letter');
INSERT INTO wa_frequency_cap (category, messages, period, reason) VALUES ('utility', 9, '1 day', 'complaint of 491600010001');
INSERT INTO wa_quiet_hours (region, category, starts, ends, source) VALUES ('FR', 'marketing', '22:00', '23:00', 'complaint of 491600010001');
SELECT count(*) FROM t.traces('1600 ?01 ?0001|4916 0001 0001');
SELECT count(*) FROM wa_forget('491600010001', 'request 24');
SELECT * FROM t.traces('1600 ?01 ?0001|4916 0001 0001');
SELECT reason FROM wa_incident ORDER BY since;
SELECT wa_release('', 'done', region => 'FR');

-- An erasure takes the links of those who stay where all of them were unlinked: no rows are missing for that.
SELECT applied FROM wa_ingest('{"entry": [{"id": "b1", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "s1"}, "messages": [{"from": "12000000001", "from_user_id": "US.20001", "from_parent_user_id": "US.ENT.20001", "id": "u1", "timestamp": "1740823300", "type": "text", "text": {"body": "STOP"}}]}}]}]}');
SELECT wa_unlink('12000000001', 'US.20001', 'another one'), wa_unlink('US.20001', 'US.ENT.20001', 'another one');
SELECT count(*) FROM wa_forget('US.20001', 'request 25');
SELECT recipient, also_named FROM wa_consent_log WHERE recipient = '12000000001';
SELECT count(*) FROM wa_identity WHERE 'US.ENT.20001' IN (recipient, other);
SELECT wa__missing_rows();

-- Misuse.
SELECT * FROM wa_forget('nobody', 'x');
SELECT * FROM wa_forget(NULL::text, 'x');
SELECT * FROM wa_forget('491600006001', ' ');
SELECT * FROM wa_forget('491600006001', NULL);
SELECT * FROM wa_forget('491600006001', 'asked by +49 1600 006001');
\set VERBOSITY terse
INSERT INTO wa_erasure_key (id, key) VALUES (2, decode(repeat('00', 40), 'hex'));
INSERT INTO wa_erasure_key (key) VALUES ('x');
DELETE FROM wa_consent_log;

-- Messages to groups are found by an index: intake waits meanwhile.
INSERT INTO wa_message (message_id, recipient, sent_at, participant)
SELECT 'g' || n, '491600001777', now(), CASE n WHEN 1 THEN '491600001776' ELSE '' END FROM generate_series(1, 20000) AS n;
ANALYZE wa_message;
SELECT seq_tup_read AS before FROM pg_stat_xact_user_tables WHERE relname = 'wa_message' \gset
SELECT * FROM wa_forget('491600001776', 'a request') WHERE rows > 0 AND part ~ 'groups';
SELECT seq_tup_read - :before AS read FROM pg_stat_xact_user_tables WHERE relname = 'wa_message';
ROLLBACK;
