-- Opt-ins to every business of 600 k in a million of the customers of data.sql, for the row "opt_in": six in ten.
CREATE UNLOGGED TABLE opted AS
SELECT recipient, date_trunc('second', now()) - interval '400 days' - mixed % 8700 * interval '1 hour' AS at
FROM (SELECT recipient, hashtext(recipient::text) & 2147483647 AS mixed FROM (
	SELECT DISTINCT digits::wa_recipient AS recipient FROM customers) AS c) AS m
WHERE mixed % 10 < 6;
INSERT INTO wa_consent_log (recipient, business, register, state, at, origin, evidence)
	SELECT recipient, '', 'business', 'resume', at, 'operator', 'sign-up form' FROM opted;
INSERT INTO wa_consent (recipient, business, register, state, at, origin, sender, message_id, resumed_at)
	SELECT recipient, '', 'business', 'resume', at, 'operator', '', '', at FROM opted;
DROP TABLE opted;

-- What an expert would give the semi-join.
CREATE INDEX bench_resume ON wa_consent ((recipient::text)) WHERE state = 'resume';
VACUUM ANALYZE wa_consent;
