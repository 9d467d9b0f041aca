-- Soft input errors of wa_recipient (PostgreSQL 16 and later).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS wa_policy;
RESET client_min_messages;

SELECT pg_input_is_valid('+49 151 12345678', 'wa_recipient') AS phone,
	pg_input_is_valid('US.13491208655302741918', 'wa_recipient') AS bsuid,
	pg_input_is_valid('not a phone', 'wa_recipient') AS neither,
	pg_input_is_valid('{+4915112345678,+4915112345679}', 'wa_recipient[]') AS phones,
	pg_input_is_valid('{+4915112345678,x}', 'wa_recipient[]') AS one_bad;
SELECT message, detail, hint, sql_error_code FROM pg_input_error_info('not a phone', 'wa_recipient');
SELECT message FROM pg_input_error_info('+49 151 12345678', 'wa_recipient');

-- A statement goes on after one
SELECT input, pg_input_is_valid(input, 'wa_recipient')
FROM (VALUES (1, '1234567'), (2, '123456'), (3, '0123456789'), (4, 'US.1'), (5, 'US.')) AS v (n, input)
ORDER BY n;
