--
-- Erasure goes over with links, and only an opt-in lifts it
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

-- Webhooks of now, a number of ten seconds after the erasure (times are whole seconds).
CREATE FUNCTION t.at(tens integer) RETURNS text LANGUAGE sql AS $$ SELECT t.unix(date_trunc('second', now()) + tens * interval '10 seconds') $$;
CREATE FUNCTION t.sees(tens integer, phone text, bsuid text, business text DEFAULT 'b1', parent text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
	SELECT problems FROM wa_ingest(t.hook(jsonb_build_object('statuses', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
		'id', 'wamid.' || tens || bsuid, 'status', 'delivered', 'timestamp', t.at(tens), 'recipient_id', phone, 'recipient_user_id', bsuid,
		'recipient_parent_user_id', parent)))), business), NULL, now() + interval '9 minutes')
$$;
CREATE FUNCTION t.says(tens integer, who text, body text, business text DEFAULT 'b1') RETURNS bigint LANGUAGE sql AS $$
	SELECT problems FROM wa_ingest(t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object(
		'id', 'wamid.' || tens || who, 'from', CASE WHEN who ~ '^\d' THEN who END, 'from_user_id', CASE WHEN who !~ '^\d' THEN who END,
		'timestamp', t.at(tens), 'type', 'text', 'text', jsonb_build_object('body', body)))), business), NULL, now() + interval '9 minutes')
$$;
CREATE FUNCTION t.by_list(phone text, business text) RETURNS text
	LANGUAGE sql SET wa_policy.suppression_list_after = 0 AS
	$$ SELECT outcome FROM wa_segment_summary(format('SELECT %L FROM generate_series(1, 200)', phone), 'marketing', business) WHERE outcome <> 'total' AND phones > 0 $$;
CREATE FUNCTION t.reasons(VARIADIC who text[]) RETURNS TABLE (recipient text, b1 text, list_b1 text, b2 text, "all" text, list_all text) LANGUAGE sql AS $$
	SELECT w, wa_first_reason(w, 'marketing', 'b1', at => now() + interval '2 hours'), t.by_list(w, 'b1'),
	wa_first_reason(w, 'marketing', 'b2', at => now() + interval '2 hours'), wa_first_reason(w, 'marketing', at => now() + interval '2 hours'), t.by_list(w, NULL) FROM unnest(who) AS w $$;

SELECT count(*) FROM wa_forget('491600020001', 'a request');
SAVEPOINT erased;

-- A status names the erased one with one that is new, and that one with a third.
SELECT t.sees(10, '491600020001', 'DE.21'), t.sees(20, '491600020002', 'DE.21');
SELECT * FROM t.reasons('491600020001', 'DE.21', '491600020002');
SELECT count(*) FROM wa_identity;
ROLLBACK TO erased;
-- The third was known first: the erasure goes on over links that are stored, as far as these reach.
SELECT t.sees(10, '491600020002', 'DE.21', parent => 'DE.ENT.21'), t.sees(20, '491600020001', 'DE.21');
SELECT * FROM t.reasons('491600020001', 'DE.21', '491600020002', 'DE.ENT.21');
ROLLBACK TO erased;
-- A phone leads on to nobody: whom it was seen with may be its former owner.
SELECT count(*) FROM wa_forget('DE.29', 'a request');
SELECT t.sees(10, '491600020003', 'DE.23'), t.sees(20, '491600020003', 'DE.29');
SELECT * FROM t.reasons('491600020003', 'DE.29', 'DE.23');
ROLLBACK TO erased;
-- A link that was taken back leads nowhere.
SELECT t.sees(-30, '491600020002', 'DE.21'), wa_unlink('491600020002', 'DE.21', 'not the same'), t.sees(20, '491600020001', 'DE.21');
SELECT * FROM t.reasons('DE.21', '491600020002');
ROLLBACK TO erased;

-- Nor does one that more reach than anybody has: it is refused in any case.
SELECT length, (SELECT applied FROM wa_ingest(t.hook(jsonb_build_object('messages', (SELECT jsonb_agg(jsonb_build_object('from_user_id', 'DE.' || length || '-' || n, 'id', 'c' || n,
	'timestamp', t.at(n - 1000), 'type', 'system', 'system', jsonb_build_object('type', 'user_changed_user_id', 'user_id', 'DE.' || length || '-' || n + 1)))
	FROM generate_series(1, length) AS n))), NULL, now())), t.sees(20, '491600020001', 'DE.' || length || '-' || length + 1)
FROM unnest('{200,300}'::integer[]) AS length;
SELECT * FROM t.reasons('DE.200-1', 'DE.200-201', 'DE.300-1', 'DE.300-301');
SELECT rule, reason FROM wa_explain('DE.300-301', 'marketing', at => now() + interval '2 hours') ORDER BY rule;
ROLLBACK TO erased;

-- An opt-in from before the link, of one side only, lifts it for this side and its business.
SELECT t.says(10, 'DE.21', 'START'), t.sees(20, '491600020001', 'DE.21');
SELECT * FROM t.reasons('491600020001', 'DE.21');
-- One while they belong together lifts it for both.
SELECT t.says(30, 'DE.21', 'START');
SELECT * FROM t.reasons('491600020001', 'DE.21');
ROLLBACK TO erased;
-- The erased one opts in, and then is linked.
SELECT t.says(10, '491600020001', 'START'), t.sees(20, '491600020001', 'DE.21');
SELECT * FROM t.reasons('491600020001', 'DE.21');
ROLLBACK TO erased;
-- What another business has seen carries no opt-in to it.
SELECT t.says(10, 'DE.21', 'hello', 'b2'), t.sees(20, '491600020001', 'DE.21', 'b2'), t.says(30, 'DE.21', 'START');
SELECT * FROM t.reasons('491600020001', 'DE.21');
ROLLBACK TO erased;
-- Nor does a change of number.
SELECT t.says(10, '491600020004', 'hello');
SELECT problems FROM wa_ingest(t.hook(jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('id', 'wamid.c', 'from', '491600020004',
	'timestamp', t.at(40), 'type', 'system', 'system', jsonb_build_object('type', 'user_changed_number', 'wa_id', '491600020001', 'body', 'x'))))), NULL, now() + interval '9 minutes');
SELECT t.says(30, '491600020004', 'START');
SELECT * FROM t.reasons('491600020001', '491600020004');
ROLLBACK TO erased;
-- A link that comes after a message, and is earlier.
SELECT t.says(10, 'DE.21', 'hello'), t.sees(-60, '491600020001', 'DE.21');
SELECT * FROM t.reasons('491600020001', 'DE.21');
ROLLBACK TO erased;

-- A later erasure goes over to one that was erased before, and has opted in since.
SET LOCAL session_replication_role = replica;
SELECT count(*) FROM wa_forget('DE.28', 'an earlier request');
UPDATE wa_erased SET at = at - interval '10 days' WHERE bucket NOT IN (SELECT bucket FROM wa_erased ORDER BY at LIMIT 1);
RESET session_replication_role;
SELECT t.says(-1440, 'DE.28', 'START');
SELECT * FROM t.reasons('DE.28');
SELECT t.sees(20, '491600020001', 'DE.28');
SELECT * FROM t.reasons('DE.28');

ROLLBACK;
