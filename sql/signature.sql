-- X-Hub-Signature-256: whose payloads have an effect.  The signatures below were
-- made with Python's hmac module.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
-- A body as Meta sends it: escaped, so that no jsonb could bring it back.
\set body '{"object":"whatsapp_business_account","entry":[{"id":"B1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"S1"},"contacts":[{"profile":{"name":"Zo\\u00eb \\ud83d\\ude80"},"wa_id":"4915112345001"}],"messages":[{"from":"4915112345001","id":"wamid.1","timestamp":"1750025136","type":"text","text":{"body":"ARR\\u00caT\\u0021"}}]}}]}]}'
\set mixed '{"entry":[{"id":"B1","changes":[{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"4915112345002","category":"marketing_messages","value":"stop","timestamp":1750025136}]}}]},{"id":"B2","changes":[{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"4915112345003","category":"marketing_messages","value":"stop","timestamp":1750025136}]}}]}]}'
\set onprem '{"messages":[{"from":"4915112345004","id":"x","timestamp":"1750025136","type":"text","text":{"body":"STOP"}}]}'
\set faulty '{"entry":[{"id":"B1","changes":[{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"4915112345006","category":"marketing_messages","value":"stop","timestamp":1750025136},{"wa_id":"4915112345007","category":"marketing_messages","value":"stop","timestamp":"soon"}]}},{"field":"messages","value":{"statuses":[{"id":"w6","status":"failed","timestamp":"1750025136","recipient_id":"4915112345006","errors":[{"code":199998}]}]}}]}]}'
\set faulty_two 'sha256=87d395415b029624ffd056d6f937703823f7c8093e51e0ae33a1744843a715ca'
\set one 'sha256=e3545686b20d4825fd2c22c9d9ddbf15642df657b6c9a296180f030252cd6f19'
\set two 'sha256=448f71c5f80390f4b79bb6dad8290ec567de1325bb5bf2e004435f3c89291f5a'
\set mixed_one 'sha256=7c1c6baea9b8757a6f7ce2812c1e19f65962c60323a3db0f155ef0c6c37d4bb1'
\set onprem_one 'sha256=d903149d7c44a26dbddc0c1eeecbd0584bccb4bc276afde8a7fb95c34de43c38'

-- A database that only knows a secret, or got nothing but garbage and forged payloads, knows nobody's stop.
SAVEPOINT unfed;
SET LOCAL client_min_messages = warning;
DROP EXTENSION wa_policy CASCADE;
CREATE EXTENSION wa_policy;
RESET client_min_messages;
\set ON_ERROR_ROLLBACK on
INSERT INTO wa_app_secret (business, secret) VALUES ('B1', 'first secret');
SELECT wa_sendable('4915112345001', 'marketing');
INSERT INTO wa_webhook (payload, signature) VALUES (:'body', :'two'), ('<html>', NULL);
SELECT problem FROM wa_problem ORDER BY id;
SELECT wa_sendable('4915112345001', 'marketing', 'B1');
-- So does one that hears of other products of Meta's, of a portfolio, or of webhooks in a wrapper that cannot be read.
DELETE FROM wa_app_secret; DELETE FROM wa_problem; DELETE FROM wa_webhook;
SELECT * FROM wa_ingest('{"object": "instagram", "entry": [{"id": "17841400000000", "changes": [{"field": "comments", "value": {"text": "lovely"}}]}]}');
SELECT * FROM wa_ingest('{"object": "page", "entry": [{"id": "1000001", "messaging": [{"sender": {"id": "7"}}]}]}');
SELECT * FROM wa_ingest('{"object": "page", "entry": [{"id": "1000001", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "S1"}, "x": {"statuses": [{"id": "x", "status": "failed"}]}}}]}]}');
SELECT * FROM wa_ingest('{"object": "instagram", "entry": [{"id": "17841400000000", "changes": [{"field": "messages", "value": {"sender": {"id": "7"}, "message": {"text": "stop"}}}]}]}');
SELECT * FROM wa_ingest('{"object": "whatsapp_business_account", "entry": [{"id": "500001", "changes": [{"field": "partner_solutions", "value": {"event": "SOLUTION_CREATED"}}]}]}');
SELECT * FROM wa_ingest('{"object": "whatsapp_business_account", "entry": [{"id": "500001", "changes": [{"field": "account_update", "value": {"event": "PARTNER_APP_UNINSTALLED"}}]}]}');
SELECT * FROM wa_ingest(jsonb_build_array(jsonb_build_object('data', :'body'::jsonb))::text);
SELECT * FROM wa_ingest(jsonb_build_object('topic', 'whatsapp', 'value', :'body'::jsonb)::text);
SELECT count(*) FROM wa_replay();
SELECT business, sender FROM wa_sender;
SELECT wa_sendable('4915112345001', 'marketing');
INSERT INTO wa_app_secret (business, secret) VALUES ('B1', 'first secret');
SAVEPOINT entered;
INSERT INTO wa_sender (business, sender) VALUES ('B1', 'S1');
SELECT wa_sendable('4915112345001', 'marketing', 'B1', 'S1');
ROLLBACK TO entered;
INSERT INTO wa_webhook (payload, signature) VALUES (:'body', :'one');
DELETE FROM wa_activity;
SELECT wa_sendable('4915112345009', 'marketing', 'B1', 'S1');
\set ON_ERROR_ROLLBACK off
ROLLBACK TO unfed;

-- However many secrets there are for every business, the one that signed is found.
SAVEPOINT many;
INSERT INTO wa_app_secret (business, secret) SELECT '', 'secret ' || n FROM generate_series(1, 64) AS n;
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'first secret');
SELECT * FROM wa_ingest(:'body', :'one');
ROLLBACK TO many;

-- Without a secret nothing is proven, and nothing is asked.
SELECT wa_verify_signature(:'body', :'one');
SELECT * FROM wa_ingest(:'body');
DELETE FROM wa_consent;

INSERT INTO wa_app_secret (business, secret) VALUES ('B1', 'first secret');
SELECT wa_verify_signature(:'body', :'one') AS text,
	wa_verify_signature(convert_to(:'body', 'UTF8'), :'one') AS bytea,
	wa_verify_signature(:'body', :'two') AS other_secret,
	wa_verify_signature(:'body' || ' ', :'one') AS other_body,
	wa_verify_signature(:'body'::jsonb::text, :'one') AS jsonb,
	wa_verify_signature(:'body', upper(:'one')) AS upper_case,
	wa_verify_signature(:'body', 'sha256=' || upper(substr(:'one', 8))) AS upper_digits,
	wa_verify_signature(:'body', substr(:'one', 1, 70)) AS short,
	wa_verify_signature(:'body', :'one' || '0') AS long,
	wa_verify_signature(:'body', 'sha1=' || substr(:'one', 8, 40)) AS sha1,
	wa_verify_signature(:'body', substr(:'one', 8)) AS no_prefix,
	wa_verify_signature(:'body', '') AS empty,
	wa_verify_signature(:'body', NULL) AS missing;

-- A wrong or missing signature: no effect, and the payload is kept.
SELECT * FROM wa_ingest(:'body');
SELECT * FROM wa_ingest(:'body', :'two');
SELECT count(*) FROM wa_consent;
SELECT path, problem, detail, fragment = :'body' AS whole FROM wa_problem ORDER BY id;
-- The right one.
SELECT * FROM wa_ingest(:'body', :'one');
SELECT recipient, register, state FROM wa_consent;
DELETE FROM wa_consent;
-- By INSERT, and both secrets during a rotation.
INSERT INTO wa_webhook (payload, signature) VALUES (:'body', :'two');
SELECT count(*) FROM wa_consent;
-- These have faults of their own, besides.
SELECT * FROM wa_ingest(:'faulty', :'faulty_two');
INSERT INTO wa_webhook (payload, signature) VALUES (:'faulty', :'faulty_two');
INSERT INTO wa_app_secret (business, secret) VALUES ('B1', 'second secret');
INSERT INTO wa_webhook (payload, signature) VALUES (:'body', :'two'), (:'body', :'one');
SELECT recipient, register, state FROM wa_consent;
-- What was refused for want of the second secret is applied by a replay, also where the payload was not kept, or is kept no more.
DELETE FROM wa_webhook WHERE payload <> :'faulty';
SELECT problem, detail, fragment IS NOT NULL AS whole, signature = :'two' AS by_two FROM wa_problem ORDER BY id;
SELECT * FROM wa_replay();
SELECT problem, webhook_id IS NOT NULL AS kept, path, resolved_at IS NOT NULL AS resolved, count FROM wa_problem ORDER BY id;
-- What is wrong with their elements is another problem, and recorded once.
SELECT * FROM wa_replay();
SELECT count(*), count(resolved_at), sum(count) FROM wa_problem;
DELETE FROM wa_webhook;
DELETE FROM wa_consent;

-- Two businesses in one payload: of B2, which has no secret, nothing is applied until a row says that it signs nothing.
SELECT * FROM wa_ingest(:'mixed', :'mixed_one');
SELECT recipient, business FROM wa_consent;
DELETE FROM wa_consent;
INSERT INTO wa_app_secret (business, secret) VALUES ('B2', NULL);
SELECT * FROM wa_ingest(:'mixed');
SELECT recipient, business FROM wa_consent;
SELECT * FROM wa_ingest(:'mixed', :'mixed_one');
SELECT recipient, business FROM wa_consent ORDER BY 1;
-- A secret of B2's own does not speak for B1, nor the reverse.
DELETE FROM wa_app_secret WHERE business = 'B2';
INSERT INTO wa_app_secret (business, secret) VALUES ('B2', 'third secret');
DELETE FROM wa_consent;
SELECT * FROM wa_ingest(:'mixed', :'mixed_one');
SELECT recipient, business FROM wa_consent;
DELETE FROM wa_consent;

-- What names no business speaks for every business, so it needs a signature by a secret for all: that of one does not do.
SELECT * FROM wa_ingest(:'onprem');
SELECT * FROM wa_ingest(:'onprem', :'onprem_one');
SELECT count(*) FROM wa_consent;
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'first secret');
SELECT * FROM wa_ingest(:'onprem', :'onprem_one');
SELECT recipient, business, state FROM wa_consent;
-- A secret for every business without one of its own.
DELETE FROM wa_app_secret;
INSERT INTO wa_app_secret (business, secret) VALUES ('', 'first secret');
SELECT * FROM wa_ingest(:'mixed');
SELECT * FROM wa_ingest(:'mixed', :'mixed_one');

\set VERBOSITY terse
SAVEPOINT misuse;
INSERT INTO wa_app_secret (business, secret) VALUES ('B1', '');
ROLLBACK TO misuse;
INSERT INTO wa_app_secret (business, secret) VALUES ('B1', E'copied with its line end\n');
ROLLBACK TO misuse;
INSERT INTO wa_app_secret (business, secret) VALUES (' B1', 'key');
ROLLBACK TO misuse;
-- Without names of columns, too, a secret is none of the businesses that every reader sees.
INSERT INTO wa_app_secret VALUES ('B7', 'seventh secret');
SELECT business, sender FROM wa_sender WHERE business IN ('B7', 'seventh secret');
ROLLBACK;

-- The two roles.
BEGIN;
INSERT INTO wa_app_secret (business, secret) VALUES ('B9', 'hush');
CREATE ROLE wa_test_app;
GRANT wa_writer TO wa_test_app;
SET ROLE wa_test_app;
INSERT INTO wa_webhook (payload) VALUES (:'onprem');
SELECT problems FROM wa_ingest(:'onprem');
SELECT applied FROM wa_report_error('4915112345009', 131026, business => 'B9');
-- A report makes its business known, so that a wrong one is refused where there are secrets.
SAVEPOINT s;
SELECT wa_report_error('4915112345009', 131026, business => 'B99');
ROLLBACK TO s;
SELECT wa_report_error('4915112345009', 131026);
ROLLBACK TO s;
SELECT wa_sent('w1', '4915112345009', business => 'B99');
ROLLBACK TO s;
SELECT wa_sent('w1', '4915112345009');
ROLLBACK TO s;
SELECT wa_sent('w1', '4915112345009', business => 'B9');
SELECT wa_verify_signature(:'body', :'one');
SAVEPOINT s;
SELECT * FROM wa_webhook;
ROLLBACK TO s;
INSERT INTO wa_webhook (payload, received_at) VALUES ('{}', 'infinity');
ROLLBACK TO s;
SELECT * FROM wa_app_secret;
ROLLBACK TO s;
SELECT wa_sendable('4915112345009', 'marketing');
ROLLBACK TO s;
SELECT wa_opt_in('4915112345009', 'x');
ROLLBACK TO s;
RESET ROLE;
REVOKE wa_writer FROM wa_test_app;
GRANT wa_reader TO wa_test_app;
SET ROLE wa_test_app;
SELECT wa_sendable('4915112345009', 'marketing'), wa_next_sendable('4915112345009', 'service');
SELECT reason, code FROM wa_explain('4915112345009', 'marketing');
SELECT recipient, reason FROM wa_suppressed('marketing') WHERE recipient = '4915112345009';
SELECT title FROM wa_error_code WHERE code = 131050;
SELECT wa_retry_after(131056, 1);
SAVEPOINT s;
SELECT * FROM wa_consent;
ROLLBACK TO s;
SELECT * FROM wa_app_secret;
ROLLBACK TO s;
SELECT wa_verify_signature(:'body', :'one');
ROLLBACK TO s;
INSERT INTO wa_webhook (payload) VALUES ('{}');
ROLLBACK TO s;
SELECT * FROM wa_ingest('{}');
ROLLBACK;
