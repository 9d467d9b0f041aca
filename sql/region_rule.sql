--
-- Regions to which a category is not sent
--
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
BEGIN;
SELECT wa_declare_empty('a test');
\set ON_ERROR_ROLLBACK on

-- By default: no marketing to the United States; Canada, the Caribbean and the territories are not the United States.
SELECT region, category, reason, source, is_default FROM wa_region_rule;
SELECT phone, wa_region(phone::wa_recipient) AS region, wa_sendable(phone, 'marketing') AS marketing, wa_sendable(phone, 'utility') AS utility,
	wa_sendable(phone, 'authentication') AS authentication
FROM unnest(ARRAY['+1 (212) 555-0123', '1-702-555-0123', 'US.13491208655302741918', 'US.ENT.11815799212886844830', '+1 416 555 0123', '+1 876 555 0123',
	'+1 787 555 0123', '+1 671 555 0123', 'CA.abc', 'GB.abc', '+44 7700 900123', '(212) 555-0123', '+999 1234567']) AS phone;
SELECT * FROM wa_explain('+1 (212) 555-0123', 'marketing', at => '2025-03-01');
SELECT wa_next_sendable('+1 (212) 555-0123', 'marketing', at => '2025-03-01');

-- An open window makes no difference to it.
INSERT INTO wa_webhook (received_at, payload)
VALUES ('2025-12-31', '{"messages": [{"id": "w", "from": "12125550123", "timestamp": 1740823200, "type": "text"}]}');
SELECT category, wa_sendable('12125550123', category, at => '2025-03-01 11:00') FROM unnest(enum_range(NULL::wa_category)) AS category;

-- Editing: a rule more, a rule less, in force at once.
INSERT INTO wa_region_rule (region, category, reason, source) VALUES ('BR', 'utility', 'our lawyers say so', 'mail of 2025-02-01'), ('AE', 'marketing', '', '');
SELECT category, wa_sendable('+55 11 98765-4321', category) FROM unnest(enum_range(NULL::wa_category)) AS category;
SELECT rule, reason, origin, detail FROM wa_explain('+55 11 98765-4321', 'utility');
-- What the suppression list found of a number of Jersey tells nothing of British ones that begin with the same digits.
INSERT INTO wa_region_rule (region, category) VALUES ('GB', 'marketing'), ('IT', 'marketing');
SET LOCAL wa_policy.suppression_list_after = 0;
SELECT phone, wa_region(phone::wa_recipient) AS region, wa_sendable(phone, 'marketing') AS marketing, wa_first_reason(phone, 'marketing') AS reason
FROM unnest(ARRAY['447797123456', '447712345678', '447797123456', '390669812345', '390612345678']) AS phone;
RESET wa_policy.suppression_list_after;
UPDATE wa_region_rule SET reason = 'changed' WHERE region = 'US';
SELECT rule, reason, origin, detail FROM wa_explain('12125550123', 'marketing');
SELECT region, category, is_default FROM wa_region_rule ORDER BY region, category;
DELETE FROM wa_region_rule WHERE region = 'US';
SELECT wa_sendable('12125550123', 'marketing');
SELECT * FROM wa_default_removed;
ROLLBACK;

BEGIN;
-- A default rule that is deleted and made again is one's own.
DELETE FROM wa_region_rule;
INSERT INTO wa_region_rule (region, category) VALUES ('US', 'marketing');
SELECT region, category, is_default FROM wa_region_rule;
SELECT * FROM wa_default_removed;
ROLLBACK;

BEGIN;
SELECT wa_declare_empty('a test');
-- One's own takes the place of the default one.
INSERT INTO wa_region_rule (region, category, reason) VALUES ('US', 'marketing', 'ours');
SELECT region, category, reason, is_default FROM wa_region_rule;
SELECT * FROM wa_default_removed;
TRUNCATE wa_region_rule;
SELECT count(*) FROM wa_region_rule;
SELECT wa_sendable('12125550123', 'marketing');
-- What can be no rule.
\set VERBOSITY terse
INSERT INTO wa_region_rule (region, category) VALUES ('us', 'marketing');
INSERT INTO wa_region_rule (region, category) VALUES ('USA', 'marketing');
INSERT INTO wa_region_rule (region, category) VALUES ('US', 'newsletter');
INSERT INTO wa_region_rule (region, category) VALUES ('US', NULL);
INSERT INTO wa_region_rule (region, category) VALUES ('DE', 'marketing'), ('DE', 'marketing');
\set VERBOSITY default
ROLLBACK;
