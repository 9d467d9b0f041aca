--
-- wa_opt_out and wa_opt_in: the register of the business
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

CREATE VIEW t.register AS
SELECT recipient, business, register, state, at, origin FROM wa_consent ORDER BY recipient, business, register;

-- Out and in again; a later word counts, an earlier one changes nothing, a stop wins a tie.
SELECT wa_opt_out('+49 (160) 000-1001', 'asked by mail', at => '2025-03-01 10:00');
TABLE t.register;
SELECT * FROM wa_explain('491600001001', 'marketing', at => '2025-03-01 12:00');
SELECT category, wa_sendable('491600001001', category, at => '2025-03-01 12:00') FROM unnest(enum_range(NULL::wa_category)) AS category;
SELECT wa_opt_in('491600001001', 'form 17', at => '2025-03-01 09:00');
SELECT wa_opt_in('491600001001', 'form 18', at => '2025-03-01 10:00');
TABLE t.register;
SELECT wa_opt_in('491600001001'::wa_recipient, 'form 19', at => '2025-03-01 10:00:00.000001');
TABLE t.register;
SELECT wa_sendable('491600001001', 'marketing', at => '2025-03-01 12:00');
SELECT wa_opt_out('491600001001'::wa_recipient, at => '2025-03-01 11:00');
SELECT state, at FROM t.register;
-- The log has each of them, once.
SELECT wa_opt_out('491600001001', at => '2025-03-01 11:00');
SELECT wa_opt_out('491600001001', 'a reason of its own', at => '2025-03-01 11:00');
SELECT business, register, state, at, origin, sender, message_id, evidence, webhook_id, recorded_by = session_user AS by FROM wa_consent_log ORDER BY at, state, evidence;

-- Businesses: '' stops every one.  An opt-in for one lifts its own stop; one for '' lifts all earlier stops.
SELECT wa_opt_out('491600002001', 'x', 'b1', '2025-03-01 10:00');
SELECT wa_opt_out('491600002002', 'x', '', '2025-03-01 10:00');
SELECT wa_opt_in('491600002002', 'form', 'b1', '2025-03-01 11:00');
SELECT wa_opt_out('491600002003', 'x', 'b1', '2025-03-01 10:00');
SELECT wa_opt_in('491600002003', 'form', at => '2025-03-01 11:00');
SELECT wa_opt_out('491600002004', 'x', 'b1', '2025-03-01 10:00');
SELECT wa_opt_in('491600002004', 'form', at => '2025-03-01 10:00');
SELECT business, wa_sendable('491600002001', 'marketing', business) AS "stop b1",
	wa_sendable('491600002002', 'marketing', business) AS "stop all, in b1",
	wa_sendable('491600002003', 'marketing', business) AS "stop b1, in all",
	wa_sendable('491600002004', 'marketing', business) AS "the same at once"
FROM (VALUES (NULL), ('b1'), ('b2')) AS v (business);
-- A STOP in a message is lifted by the operator's later opt-in with evidence.
CALL t.take(t.wrote('491600002005', '2025-03-01 10:00', 'STOP'));
SELECT wa_sendable('491600002005', 'marketing', 'b1');
SELECT wa_opt_in('491600002005', 'double opt-in by mail, 2025-03-02 10:00', at => '2025-03-02 10:00');
SELECT wa_sendable('491600002005', 'marketing', 'b1');

-- WhatsApp's own stop is not lifted, and the caller is told.
CALL t.take(t.prefers('491600003001', 'stop', '2025-03-01 10:00'));
SELECT wa_opt_in('491600003001', 'form 20', at => '2025-03-02 10:00');
SELECT register, state FROM wa_consent WHERE recipient = '491600003001' ORDER BY register;
SELECT wa_sendable('491600003001', 'marketing');
-- No notice where it has been taken back, and none at an opt-out.
CALL t.take(t.prefers('491600003001', 'resume', '2025-03-01 11:00'));
SELECT wa_opt_in('491600003001', 'form 21', at => '2025-03-02 11:00');
CALL t.take(t.prefers('491600003001', 'stop', '2025-03-03 10:00'));
SELECT wa_opt_out('491600003001', at => '2025-03-03 11:00');

-- Now, if nothing is said: a later call of the same transaction wins.
SELECT wa_opt_out('491600004001');
SELECT wa_opt_in('491600004001', 'changed their mind at the desk');
SELECT state, at BETWEEN now() AND clock_timestamp() AS now FROM wa_consent WHERE recipient = '491600004001';
SELECT wa_opt_out('491600004001');
SELECT state FROM wa_consent WHERE recipient = '491600004001';
-- Folded, and under a BSUID.
SELECT wa_opt_out('+52 1 55 1234 5678', at => '2025-03-01'), wa_opt_out('MX.abc', at => '2025-03-01');
SELECT wa_sendable('525512345678', 'marketing'), wa_sendable('MX.abc', 'marketing'), wa_sendable('MX.abd', 'marketing');

-- Misuse.
SELECT wa_opt_in('491600005001', '');
SELECT wa_opt_in('491600005001', E' \t\n');
SELECT wa_opt_in('491600005001', NULL);
SELECT wa_opt_in('491600005001');
SELECT wa_opt_in(NULL::text, 'form');
SELECT wa_opt_in('nobody', 'form');
SELECT wa_opt_in('491600005001', 'form', at => NULL);
SELECT wa_opt_in('491600005001', 'form', NULL);
SELECT wa_opt_in('491600005001', 'form', at => '2008-12-31 23:59:59');
SELECT wa_opt_in('491600005001', 'form', at => now() + interval '1 day');
SELECT wa_opt_out(NULL::wa_recipient);
SELECT wa_opt_out('');
SELECT wa_opt_out('491600005001', at => '-infinity');
SELECT wa_opt_out('491600005001', at => 'infinity');
\set VERBOSITY sqlstate
SELECT wa_opt_in('491600005001', '');
SELECT wa_opt_in('nobody', 'form');
SELECT wa_opt_out(NULL::text);
SELECT wa_opt_out('491600005001', at => 'infinity');
\set VERBOSITY default
SELECT count(*) FROM wa_consent WHERE recipient = '491600005001';
-- NULL for a reason or a business of a stop is as good as none.
SELECT wa_opt_out('491600005002', NULL, NULL, '2025-03-01');
SELECT business, state, evidence FROM wa_consent_log WHERE recipient = '491600005002';

-- What cannot be logged is an error, for example where a restore or a promoted subscriber has rows of the log but not yet
-- its sequence: the log is all that counts for a person with several identifiers.
SELECT setval('wa_consent_log_id_seq', (SELECT min(id) FROM wa_consent_log), false) IS NOT NULL AS behind;
\set VERBOSITY sqlstate
SELECT wa_opt_out('491600005003', 'by letter');
\set VERBOSITY default
SELECT count(*) FROM wa_consent WHERE recipient = '491600005003';

ROLLBACK;
