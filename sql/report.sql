--
-- wa_report: one page, whatever is in the tables
--
BEGIN;
\set ECHO none
\i test/helpers.sql
DELETE FROM wa_sender;
DELETE FROM wa_empty_declaration;
CREATE FUNCTION t.page(days integer DEFAULT 30) RETURNS text LANGUAGE sql AS 'SELECT wa_report(days)';
\set ECHO all
-- In an empty database it says what is missing, and asks no decision.
SELECT page LIKE '%Nothing has ever arrived%' AS told, xml_is_well_formed_document(page) AS well_formed FROM t.page() AS page;

INSERT INTO wa_sender (business, sender, first_seen, last_seen) VALUES ('b1', 's1', now(), now());
-- A day with messages, an opt-out and a failure; names that want to be markup.
INSERT INTO wa_message (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at, template, campaign)
SELECT 'm' || n, ('49170000' || 1000 + n)::wa_recipient, 'b1', 's1', 'marketing', now() - interval '1 day', now() - interval '1 day', now() - interval '1 day',
	'<script>alert(1)</script>', '"><img src=x onerror=''alert(1)''>&amp;'
FROM generate_series(1, 10) AS n;
INSERT INTO wa_message (message_id, recipient, business, sender, category, failed_at, code)
VALUES ('f1', '491700002001', 'b1', 's1', 'marketing', now() - interval '1 day', 131026);
SELECT wa_opt_out('491700001001', '<b>stop</b>', 'b1', now() - interval '1 hour');
SELECT applied FROM wa_report_error('491700002001', 131026, now(), 'b1', 's1');
INSERT INTO wa_problem (path, problem, code, detail, received_at) VALUES ('', 'unknown_code', 777777, '<i>', now());
SELECT xml_is_well_formed_document(page) AS well_formed, page ~ '<(script|img|b>stop|link|iframe)' AS planted,
	page LIKE '%&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;%' AS escaped,
	page ~ 'https?://|url\((?!#)|@import' AS from_elsewhere
FROM t.page() AS page;
-- The figures, and the statements that give them.
SELECT x[1] AS figure, x[2] AS what FROM regexp_matches(wa_report(), '<b>([^<]*)</b>([^<]*)', 'g') AS x;
-- Without a message log nobody can say that nothing was sent after a stop.
SET wa_policy.message_log = off;
SELECT x[1] AS figure, x[2] AS remark FROM regexp_matches(wa_report(), '<b>([^<]*)</b>sent after a stop<br/><small>([^<]*)<', 'g') AS x;
RESET wa_policy.message_log;
SELECT x[1] AS figure, x[2] AS remark FROM regexp_matches(wa_report(), '<b>([^<]*)</b>sent after a stop<br/><small>([^<]*)<', 'g') AS x;
SELECT x[1] AS row, x[2] AS number FROM regexp_matches(wa_report(), '<bdi>([^<]*)</bdi>(?: <small>[^<]*</small>)?</th><td class="n">([^<]*)</td>', 'g') AS x;
SELECT sum(opt_outs), sum(delivered) FROM wa_opt_out_rate;
-- An opt-out that belongs to no message is in no rate, also where messages have no names.
SAVEPOINT a;
SELECT wa_opt_out('491700003001', 'an old list', 'b1', now() - interval '1 hour');
UPDATE wa_message SET template = NULL, campaign = NULL;
SELECT x[1] AS opt_outs FROM regexp_matches(wa_report(), '</b>opt-outs<br/><small>([^<]*)<', 'g') AS x;
SELECT x[1] AS row, x[2] AS per_100, x[3] AS number FROM regexp_matches(wa_report(), '<bdi>(not named|none in[^<]*)</bdi>(?: <small>([^<]*)</small>)?</th><td class="n">([^<]*)</td>', 'g') AS x;
SELECT sum(opt_outs), sum(opt_outs) FILTER (WHERE category IS NOT NULL), sum(delivered) FROM wa_opt_out_rate;
ROLLBACK TO a;
-- Dates are written in one way, as the statements need.
SET LOCAL DateStyle = 'SQL, DMY';
SELECT wa_report() ~ '\d/\d' AS by_date_style, wa_report() ~ 'sent_at &gt;= &#39;\d{4}-\d\d-\d\d \d\d:\d\dZ&#39;' AS in_utc;
RESET DateStyle;
-- As many bars as days, each with words of its own, and none without.
SELECT days, (SELECT count(*) FROM regexp_matches(wa_report(days), '<g><title>\d{4}-\d\d-\d\d: \d+ messages', 'g')) AS bars
FROM unnest('{1, 7, 366}'::integer[]) AS days;
SELECT count(*) AS charts, bool_and(x[1] ~ 'aria-labelledby="(.)-t \1-d"') AS labelled FROM regexp_matches(wa_report(), '<svg ([^>]*)>', 'g') AS x;
-- Every reason for which people are left out of marketing is in words.
SAVEPOINT a;
INSERT INTO wa_frequency_cap (category, messages, period, exempt_regions) VALUES ('marketing', 1, '7 days', false);
INSERT INTO wa_delivery (recipient, business, category, deliveries, messages) VALUES ('491700004001', 'b1', 'marketing', ARRAY[now() - interval '1 day'], '{0}');
INSERT INTO wa_quiet_hours (region, category, starts, ends) VALUES ('BR', 'marketing', '00:00', '24:00');
INSERT INTO wa_activity (recipient, business, sender, last_inbound_at) VALUES ('491700004001', 'b1', 's1', now() - interval '2 days'), ('5511987654321', 'b1', 's1', now()),
	('12125550123', 'b1', 's1', now()), ('491700010001', 'b1', 's1', now());
INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at, position)
SELECT ('4917000' || 10000 + n)::wa_recipient, 'DE.shared', 'b1', now() - interval '9 days', now() - interval '9 days', n FROM generate_series(0, 300) AS n;
SELECT x[1] AS reason, x[2] AS people FROM regexp_matches(wa_report(), '<bdi>([^<]*)</bdi></th><td class="n">([^<]*)</td>', 'g') AS x ORDER BY 1;
ROLLBACK TO a;
-- The names of people are in none of it.
SELECT wa_report() ~ '4917\d{5}' AS people;
-- Who may have it.
SET LOCAL ROLE wa_reader;
SELECT length(wa_report(7)) > 1000 AS readable;
SET LOCAL ROLE pg_monitor;
SELECT length(wa_report(7)) > 1000 AS readable;
RESET ROLE;
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
SELECT wa_report(0);
SELECT wa_report(NULL);
SELECT wa_report(1000);
ROLLBACK;
