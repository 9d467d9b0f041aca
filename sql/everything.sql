--
-- "Never write to me again": the register everything
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

DELETE FROM wa_sender;
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1'), ('b2', 's2');
-- Which categories may be sent, by look-up and by the list.
CREATE FUNCTION t.may(phone text, business text DEFAULT NULL) RETURNS text
	LANGUAGE sql AS $$ SELECT string_agg(left(c::text, 1), '' ORDER BY c) FROM unnest(enum_range(NULL::wa_category)) AS c
	WHERE wa_sendable(phone, c, business, at => '2025-06-01') $$;
CREATE FUNCTION t.may_by_list(phone text, business text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql SET wa_policy.suppression_list_after = 0 AS $$
DECLARE
	result text;
BEGIN
	SELECT string_agg(left(c::text, 1), '' ORDER BY c) INTO result FROM unnest(enum_range(NULL::wa_category)) AS c
	WHERE (SELECT bool_and(wa_sendable(p, c, may_by_list.business, at => '2025-06-01'))
		FROM (SELECT may_by_list.phone AS p FROM generate_series(1, 3)) AS v);
	RETURN result;
END $$;

-- Out of everything but an answer, and in again.
CALL t.take(t.wrote('491600001001', '2025-05-31 20:00'));
SELECT t.may('491600001001');
SELECT * FROM wa_opt_out('491600001001', 'never again, by letter', at => '2025-03-01 10:00', everything => true);
SELECT recipient, business, register, state, at, origin FROM wa_consent;
SELECT recipient, business, register, state, at, origin, evidence FROM wa_consent_log;
SELECT t.may('491600001001'), t.may_by_list('491600001001');
SELECT rule, reason, business, since, origin, detail FROM wa_explain('491600001001', 'utility', at => '2025-06-01');
SELECT wa_first_reason('491600001001', c, at => '2025-06-01') FROM unnest(enum_range(NULL::wa_category)) AS c;
SELECT c, recipient, reason, since FROM unnest(enum_range(NULL::wa_category)) AS c, wa_suppressed(c, at => '2025-06-01');
SELECT * FROM wa_segment_summary($$VALUES ('491600001001'), ('491600001002')$$, 'authentication', at => '2025-06-01');
-- An opt-in to marketing does not lift it, and says so; one to everything does, and grants nothing else.
SELECT * FROM wa_opt_in('491600001001', 'form 1', at => '2025-03-02 10:00');
SELECT t.may('491600001001');
SELECT * FROM wa_opt_in('491600001001', 'letter of 2 March', at => '2025-03-02 10:00', everything => true);
SELECT t.may('491600001001'), t.may_by_list('491600001001');
SELECT * FROM wa_opt_out('491600001001', 'mail', at => '2025-03-03 10:00');
SELECT * FROM wa_opt_in('491600001001', 'letter of 4 March', at => '2025-03-04 10:00', everything => true);
SELECT t.may('491600001001');
-- An older one changes nothing, which the result tells; a stop wins a tie.
SELECT * FROM wa_opt_out('491600001001', 'found in a drawer', at => '2025-03-01 11:00', everything => true);
SELECT * FROM wa_opt_out('491600001001', 'letter', at => '2025-03-04 10:00', everything => true);
SELECT * FROM wa_opt_in('491600001001', 'form', at => '2025-03-04 09:00', everything => true);

-- WhatsApp's own stop and a stop for every business stand, and are told.
CALL t.take(t.prefers('491600002001', 'stop', '2025-03-01 10:00'));
SELECT * FROM wa_opt_in('491600002001', 'form', at => '2025-03-02 10:00');
SELECT * FROM wa_opt_in('491600002001', 'form', 'b2', '2025-03-02 10:00');
SELECT * FROM wa_opt_out('491600002001', at => '2025-03-03 10:00');
SELECT * FROM wa_opt_in('491600002001', 'form', 'b2', '2025-03-04 10:00');

-- Businesses: as in the other register.
SELECT * FROM wa_opt_out('491600003001', 'x', 'b1', '2025-03-01', everything => true);
SELECT * FROM wa_opt_in('491600003001', 'form', at => '2025-03-02');
SELECT b, t.may('491600003001', b), t.may_by_list('491600003001', b) FROM (VALUES (NULL), ('b1'), ('b2')) AS v (b);
SELECT * FROM wa_opt_in('491600003001', 'form', at => '2025-03-02', everything => true);
SELECT b, t.may('491600003001', b), t.may_by_list('491600003001', b) FROM (VALUES (NULL), ('b1'), ('b2')) AS v (b);
-- A stop of one business that is later than a resume for all comes before a cooldown, in the summary as well.
SELECT * FROM wa_opt_in('491600003002', 'form', at => '2025-03-01');
SELECT * FROM wa_opt_out('491600003002', 'x', 'b1', '2025-03-02');
CALL t.take(t.failed('491600003002', 131026, '2025-05-31 23:00'));
SELECT wa_first_reason('491600003002', 'marketing', at => '2025-06-01');
SELECT * FROM wa_segment_summary($$SELECT '491600003002' FROM generate_series(1, 300)$$, 'marketing', at => '2025-06-01');

-- Under whichever identifier it was learned, and past a change of number.
CALL t.take('{"statuses": [{"id": "m", "status": "delivered", "timestamp": "1740823200", "recipient_id": "491600004001", "recipient_user_id": "DE.4001"}]}');
SELECT * FROM wa_opt_out('DE.4001', 'x', at => '2025-03-05', everything => true);
SELECT t.may('491600004001'), t.may('DE.4001'), t.may_by_list('491600004001');
SELECT detail FROM wa_explain('491600004001', 'utility', at => '2025-06-01');

-- It outlives the person's erasure, under each identifier; who had stopped marketing alone is erased from that alone.
SELECT part FROM wa_forget('491600004001', 'request 1') WHERE part = 'consent';
SELECT (wa_opt_out('491600004003', 'x')).in_force, (SELECT count(*) FROM wa_forget('491600004003', 'request 2') WHERE part = 'consent');
SELECT who, t.may(who), t.may_by_list(who), t.may_by_list(who, 'b2') FROM unnest('{491600004001,DE.4001,491600004003,491600004004}'::text[]) AS who;
SELECT c, rule, reason, since = (SELECT max(everything_at) FROM wa_erased) AS since, until, detail FROM unnest('{marketing,utility}'::wa_category[]) AS c, wa_explain('491600004001', c);
-- Who is seen with the person later is left alone as well.
CALL t.take('{"statuses": [{"id": "m2", "status": "delivered", "timestamp": "1750000000", "recipient_id": "491600004001", "recipient_user_id": "DE.4002"}]}');
SELECT t.may('DE.4002'), t.may_by_list('DE.4002');
-- An opt-in to marketing lifts nothing of it, nor does one from before; one to everything does, and leaves the erasure from marketing.
SELECT * FROM wa_opt_in('491600004001', 'form 1');
-- (The NOTICE tells the time of the erasure.)
SET LOCAL client_min_messages = warning;
SELECT * FROM wa_opt_in('491600004001', 'form 2', at => '2025-06-01', everything => true);
RESET client_min_messages;
SELECT t.may('491600004001');
SELECT * FROM wa_opt_in('491600004001', 'form 3', everything => true);
SELECT who, t.may(who), t.may_by_list(who) FROM unnest('{491600004001,DE.4001,DE.4002}'::text[]) AS who;

-- Misuse.
SELECT wa_opt_out('491600005001', everything => NULL);
SELECT wa_opt_out('491600005001', business => 'b9', everything => true);
SELECT wa_opt_in('491600005001', ' ', everything => true);
\set VERBOSITY terse
INSERT INTO wa_consent (recipient, register, state, at, origin, stopped_at) VALUES ('491600005001', 'nothing', 'stop', now(), 'x', now());
-- Nor is a stop whose time is missing, which no decision would see.
INSERT INTO wa_consent (recipient, register, state, at, origin) VALUES ('491600005001', 'business', 'stop', now(), 'x');
-- Nor one that the state denies, which a look-up would see and a list would not; nor a state at another time than its event's.
INSERT INTO wa_consent (recipient, register, state, at, origin, stopped_at, resumed_at) VALUES ('491600005001', 'business', 'resume', now() - interval '1 day', 'x', now(), now() - interval '1 day');
INSERT INTO wa_consent (recipient, register, state, at, origin, stopped_at) VALUES ('491600005001', 'business', 'stop', now() - interval '1 day', 'x', now());
-- Nor one since ever.
INSERT INTO wa_consent (recipient, register, state, at, origin, stopped_at) VALUES ('491600005001', 'business', 'stop', '-infinity', 'x', '-infinity');

ROLLBACK;
