--
-- wa_history, wa_proof
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- A person known by phone and BSUID, who changed the number; then the number has another owner.
CALL t.take('{"statuses": [{"id": "m", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491600001001", "recipient_user_id": "DE.1001"}]}');
CALL t.take(t.wrote('491600001001', '2025-03-02 10:00', 'STOP'));
CALL t.take(t.failed('491600001001', 131026, '2025-03-03 10:00'));
CALL t.take('{"messages": [{"id": "wamid.c", "from": "491600001001", "timestamp": "1741082400", "type": "system", "system": {"type": "user_changed_number", "wa_id": "491600001002", "body": "x"}}]}');
CALL t.take(t.wrote('491600001001', '2025-03-10 10:00', 'STOP'));
SELECT wa_opt_in('491600001002', 'form 17', at => '2025-03-11');
SELECT wa_opt_out('DE.1001', 'by letter', at => '2025-03-12');
SELECT * FROM wa__identifiers('491600001002');
SELECT at, event, identifier, business, sender, detail, source ~ 'webhook' AS by_webhook, recorded_by = session_user AS by_me FROM wa_history('+49 160 0001002');
SELECT at, event, identifier, detail FROM wa_history('491600001001'::wa_recipient);
SELECT at, event FROM wa_history('491600009999');
SELECT at, event FROM wa_history('nobody');

SELECT jsonb_pretty(wa_proof('491600001002') - 'as_of' #- '{events,0,log_id}' #- '{events,0,recorded_at}' #- '{events,0,recorded_by}' #- '{events,0,webhook,id}'
	#- '{events,1,log_id}' #- '{events,1,recorded_at}' #- '{events,1,recorded_by}' #- '{events,2,log_id}' #- '{events,2,recorded_at}' #- '{events,2,recorded_by}');
SELECT jsonb_pretty(wa_proof('491600009999'::wa_recipient) - 'as_of');
SELECT wa_proof('nobody');

-- After an unlinking, a stop that named both stands for both, and is shown for both.
CALL t.take('{"user_preferences": [{"wa_id": "491600003001", "user_id": "DE.3001", "parent_user_id": "DE.ENT.3001", "category": "marketing_messages", "value": "stop", "timestamp": 1740823200}]}');
CALL t.take(t.wrote('491600003001', '2025-03-02 10:00', 'STOP'));
SELECT wa_unlink('491600003001', 'DE.3001', 'two people');
SELECT phone, wa_first_reason(phone, 'marketing'), jsonb_path_query_array(wa_proof(phone), '$.events[*].register') AS proof,
	(SELECT array_agg(event ORDER BY at) FROM wa_history(phone) WHERE event ~ '^opt') AS history
FROM unnest(ARRAY['491600003001', 'DE.3001', 'DE.ENT.3001']) AS phone;
SELECT wa_unlink('DE.3001', 'DE.ENT.3001', 'three people');
SELECT wa_first_reason('DE.ENT.3001', 'marketing'), jsonb_path_query_array(wa_proof('DE.ENT.3001'), '$.events[*].register') AS proof;

-- What wa_message does not have, since it is off or was purged, is told by what else is kept.
CALL t.take('{"statuses": [{"id": "wamid.p1", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491600004001", "pricing": {"category": "marketing"}},
	{"id": "wamid.p1", "status": "read", "timestamp": "1740823260", "recipient_id": "491600004001", "pricing": {"category": "marketing"}}]}');
SELECT wa_sent('wamid.p1', '491600004001', 'marketing', 'tulips', 'spring', '2025-03-01 09:59');
SELECT at, event, detail, source FROM wa_history('491600004001') WHERE event ~ '^message';
-- A message is delivered once, though only its later receipt has a category.
CALL t.take('{"statuses": [{"id": "wamid.p3", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491600004002"},
	{"id": "wamid.p3", "status": "read", "timestamp": "1740823260", "recipient_id": "491600004002", "pricing": {"category": "marketing"}}]}');
SELECT at, event, detail, source FROM wa_history('491600004002') WHERE event ~ '^message';
SET LOCAL wa_policy.message_log = off;
DELETE FROM wa_message WHERE recipient = '491600004001';
CALL t.take('{"statuses": [{"id": "wamid.p2", "status": "delivered", "timestamp": "1740909600", "recipient_id": "491600004001", "pricing": {"category": "utility"}}]}');
SELECT at, event, detail, source FROM wa_history('491600004001') WHERE event ~ '^message';
RESET wa_policy.message_log;

-- The verdict on the signature: valid, unknown, none, and a webhook that is gone.
CREATE FUNCTION t.hmac(body text, secret text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	inner_key bytea := decode(repeat('36', 64), 'hex');
	outer_key bytea := decode(repeat('5c', 64), 'hex');
BEGIN
	FOR i IN 0 .. octet_length(secret) - 1 LOOP
		inner_key := set_byte(inner_key, i, get_byte(secret::bytea, i) # 54);
		outer_key := set_byte(outer_key, i, get_byte(secret::bytea, i) # 92);
	END LOOP;
	RETURN sha256(outer_key || sha256(inner_key || convert_to(body, 'UTF8')));
END $$;
INSERT INTO wa_app_secret (business, secret) VALUES ('b1', 'a secret'), ('b2', NULL);
INSERT INTO wa_webhook (payload, signature)
SELECT p, encode(t.hmac(p, 'a secret'), 'hex') FROM (SELECT t.hook(t.wrote('491600002001', '2025-03-02 10:00', 'STOP'))) AS v (p);
CALL t.take(t.wrote('491600002002', '2025-03-02 10:00', 'STOP'), 'b2');
SELECT phone, wa_proof(phone) #>> '{events,0,webhook,signature}' FROM unnest(ARRAY['491600002001', '491600002002']) AS phone;
-- The secret of another business proves nothing, in a payload of both either.
INSERT INTO wa_webhook (payload, signature)
SELECT p, encode(t.hmac(p, 'a secret'), 'hex') FROM (VALUES (t.hook(t.wrote('491600002003', '2025-03-02 10:00', 'STOP'), 'b2')),
	(format('[%s, %s]', t.hook(t.wrote('491600002004', '2025-03-02 10:00', 'STOP'), 'b2'), t.hook(t.wrote('491600002004', '2025-03-02 10:00', 'STOP'))))) AS v (p);
SELECT phone, e ->> 'business' AS business, e #>> '{webhook,signature}' AS signature FROM unnest(ARRAY['491600002003', '491600002004']) AS phone,
	jsonb_array_elements(wa_proof(phone) -> 'events') AS e ORDER BY phone, business;
UPDATE wa_app_secret SET secret = 'another' WHERE business = 'b1';
DELETE FROM wa_webhook WHERE payload LIKE '%491600002002%';
SELECT phone, wa_proof(phone) #>> '{events,0,webhook,signature}' FROM unnest(ARRAY['491600002001', '491600002002']) AS phone;

ROLLBACK;
