--
-- wa_import, wa_export
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
\set ON_ERROR_ROLLBACK on
\set ECHO none
\i test/helpers.sql

DELETE FROM wa_sender;
INSERT INTO wa_sender (business, sender) VALUES ('b1', 's1'), ('b2', 's2');
CREATE VIEW t.register AS
SELECT recipient, business, register, state, at, origin FROM wa_consent ORDER BY recipient, business, register;
CREATE VIEW t.log AS
SELECT recipient, business, register, state, at, origin, evidence FROM wa_consent_log ORDER BY recipient, business, register, at, evidence;
CREATE TABLE t.unsubscribed (phone text, reason text, source text, at text, note text, register text, business text);
INSERT INTO t.unsubscribed VALUES
	('+49 160 0001001', 'unsubscribed', 'SendGrid', '2024-05-01T10:00:00Z', 'ticket 4711', NULL, NULL),
	('0049(0)160-0001002', '', '', '1714557600', '', '', ''),
	('491600001003', 'letter', NULL, '1714557600123', NULL, 'Everything', 'b1'),
	('DE.1004', NULL, NULL, NULL, E'two\nlines', NULL, NULL),
	('nobody', 'x', NULL, NULL, NULL, NULL, NULL),
	(NULL, 'x', NULL, NULL, NULL, NULL, NULL),
	('491600001005', 'x', NULL, NULL, NULL, 'newsletter', NULL),
	('491600001005', 'x', NULL, NULL, NULL, NULL, 'b9'),
	('491600001005', 'x', NULL, 'last summer', NULL, NULL, NULL),
	('491600001006', 'x', NULL, '2007-01-01', NULL, NULL, NULL),
	('491600001007', 'x', NULL, '2999-01-01', NULL, NULL, NULL),
	('491600001001', 'unsubscribed', 'SendGrid', '2024-05-01T10:00:00Z', 'ticket 4711', NULL, NULL),
	('491600001001', 'again', 'SendGrid', '2024-06-01', '', NULL, NULL);

-- The dry run tells, and writes nothing; the import tells what it could not use.
SELECT * FROM wa_import('TABLE t.unsubscribed', at => '2025-01-01');
SELECT count(*) FROM t.log;
SELECT * FROM wa_import('TABLE t.unsubscribed', false, at => '2025-01-01');
SELECT * FROM t.register;
SELECT * FROM t.log;
SELECT phone, wa_first_reason(phone, 'marketing'), wa_first_reason(phone, 'utility') FROM t.unsubscribed;
-- Twice the same changes nothing, whatever time is said of the list.
SELECT * FROM wa_import('TABLE t.unsubscribed', false, at => '2025-02-01') WHERE line IS NULL;
SELECT count(*) FROM t.log;

-- Out and in again: nothing changes.
SELECT * FROM wa_export();
SELECT * FROM wa_import('SELECT * FROM wa_export()');
-- Into another database: the same people are stopped there, with the same words.
CREATE TABLE t.exported AS SELECT * FROM wa_export();
SAVEPOINT here;
ALTER TABLE wa_consent_log DISABLE TRIGGER USER;
DELETE FROM wa_consent;
DELETE FROM wa_consent_log;
SELECT * FROM wa_import('TABLE t.exported', false);
SELECT * FROM t.exported EXCEPT SELECT * FROM wa_export();
ROLLBACK TO here;

-- Only tightens: a later opt-in stands, an older one does not.
SELECT * FROM wa_opt_in('491600002001', 'form', at => '2024-06-01');
SELECT * FROM wa_import($$VALUES ('491600002001', timestamptz '2024-05-01')$$);
SELECT * FROM wa_import($$SELECT '491600002001' AS phone, timestamptz '2024-05-01' AS at$$);
SELECT * FROM wa_import($$SELECT '491600002001' AS phone, timestamptz '2024-05-01' AS at, 'old list' AS reason$$, false);
SELECT * FROM t.register WHERE recipient = '491600002001';
SELECT * FROM t.log WHERE recipient = '491600002001';
SELECT * FROM wa_import($$SELECT '491600002001' AS phone, timestamptz '2024-07-01' AS at$$, false);
SELECT wa_sendable('491600002001', 'marketing');
-- A list without times is as of the time that is said of it.
SELECT * FROM wa_opt_in('491600002002', 'form', at => '2024-06-01');
SELECT * FROM wa_import($$SELECT '491600002002' AS phone$$, at => '2024-05-01');
SELECT * FROM wa_import($$SELECT '491600002002' AS phone$$, false, 'newsletter tool', 'b2', '2024-07-01');
SELECT wa_sendable('491600002002', 'marketing', 'b1'), wa_sendable('491600002002', 'marketing', 'b2');
SELECT * FROM t.log WHERE recipient = '491600002002';

-- WhatsApp's own register is not written; where it says the same, that is known.
CALL t.take(t.prefers('491600003001', 'stop', '2024-05-01 10:00'));
SELECT phone, source, at, register, business FROM wa_export() WHERE phone = '491600003001';
SELECT * FROM wa_import($$SELECT * FROM wa_export() WHERE register = 'whatsapp'$$);
SELECT * FROM wa_import($$SELECT '491600003002' AS phone, '2024-05-01' AS at, 'whatsapp' AS register$$, false);
SELECT * FROM t.register WHERE recipient IN ('491600003001', '491600003002');

-- A row without a time repeats a stop that stands, and no other: an opt-in for every business may have lifted that of one, and so may
-- a resume under another identifier.
CALL t.take(t.wrote('491600005001', '2024-01-01 10:00', 'STOP'));
SELECT * FROM wa_opt_in('491600005001', 'form', at => '2024-02-01');
CALL t.take(t.wrote('491600005002', '2024-01-01 10:00', 'STOP') || '{"contacts": [{"wa_id": "491600005002", "user_id": "DE.5002"}]}');
CALL t.take('{"messages": [{"from_user_id": "DE.5002", "id": "r", "timestamp": "1706781600", "type": "text", "text": {"body": "START"}}]}');
CALL t.take(t.wrote('491600005003', '2024-01-01 10:00', 'STOP'));
CREATE VIEW t.listed AS SELECT phone FROM unnest(ARRAY['491600005001', '491600005001', '491600005002', '491600005003']) AS phone;
SELECT phone, wa_first_reason(phone, 'marketing') FROM t.listed;
SELECT * FROM wa_import('TABLE t.listed', business => 'b1', at => '2024-03-01');
SELECT * FROM wa_import('TABLE t.listed', false, business => 'b1', at => '2024-03-01') WHERE line IS NULL;
SELECT phone, wa_first_reason(phone, 'marketing') FROM t.listed;
SELECT * FROM wa_import('TABLE t.listed', false, business => 'b1', at => '2024-03-02') WHERE line IS NULL;
-- What stands for every business counts for each, and an older stop for every business is not lifted by an opt-in for one.
SELECT * FROM wa_opt_in('491600005004', 'form', at => '2024-02-01');
SELECT * FROM wa_opt_out('491600005005', 'letter', at => '2024-02-01');
SELECT * FROM wa_opt_in('491600005006', 'form', 'b1', '2024-02-01');
SELECT * FROM wa_import($$SELECT phone, business, timestamptz '2024-01-01' AS at
	FROM (VALUES ('491600005004', 'b1'), ('491600005005', 'b1'), ('491600005006', '')) AS v (phone, business)$$);
-- A stop that such an opt-in has lifted is not exported.
SELECT * FROM wa_opt_in('491600005001', 'form', at => '2024-04-01');
SELECT phone, at, business FROM wa_export() WHERE phone ~ '^49160000500' ORDER BY phone, business;

-- Any types that can be read; phones as numbers, times without zone.
SELECT * FROM wa_import($$SELECT 491600004001 AS phone, date '2024-05-01' AS at UNION ALL SELECT 491600004002, '2024-05-02'$$);
SELECT * FROM wa_import($$SELECT '491600004003'::wa_recipient AS phone, timestamp '2024-05-01 12:00' AS at$$);
-- Unix times, as extract(epoch FROM ...) and as webhooks write them.
SELECT line, at, detail FROM wa_import($$SELECT '49160000401' || n AS phone, t AS at
	FROM unnest('{1714557600,1714557600.000000,1714557600.25,1714557600123,1714557600.,1714557600.1.2,1714557600.x,20240501}'::text[]) WITH ORDINALITY AS v (t, n)$$, at => '2025-01-01')
	WHERE line IS NOT NULL ORDER BY line, detail;
-- With a zone, and with what is none.
SELECT line, at, detail FROM wa_import($$SELECT '49160000402' || n AS phone, t AS at
	FROM unnest('{2024-05-01 12:00 Europe/Berlin,1 May 2024 06:00 America/New_York,2024-05-01 10:00Z,May-01-2024 10:00Z,2024-05-01 10:00 Europe/Foo,1 May 2024 10:00 foo/bar,2024-05-01 10:00 e+..}'::text[]) WITH ORDINALITY AS v (t, n)$$, at => '2025-01-01')
	WHERE line IS NOT NULL ORDER BY line, detail;
SELECT * FROM wa_import('SELECT NULL::text AS phone WHERE false');

-- What is said of those who came by a list.
SELECT recipient, opted_in, how FROM wa_recipient_status WHERE recipient = '491600003002';

-- Progress is empty when nothing runs.
SELECT * FROM wa_import_progress;

-- Misuse.
SELECT * FROM wa_import(NULL);
SELECT * FROM wa_import('');
SELECT * FROM wa_import('SELECT 1; SELECT 2');
SELECT * FROM wa_import('DELETE FROM wa_consent');
SELECT * FROM wa_import('SELECT ''49160'' AS telephone');
SELECT * FROM wa_import('SELECT ''x'' AS reason');
SELECT * FROM wa_import('SELECT ''49160'' AS phone, ''49161'' AS phone');
SELECT * FROM wa_import('SELECT phone FROM t.unsubscribed', NULL);
SELECT * FROM wa_import('SELECT phone FROM t.unsubscribed', at => '2008-01-01');
SELECT * FROM wa_import('SELECT phone FROM t.unsubscribed', at => NULL);
SELECT * FROM wa_import('SELECT (1 / 0)::text AS phone');

ROLLBACK;
