-- Writes docs/error-codes.md from the catalogue: "make docs".
\pset format unaligned
\pset tuples_only on
SELECT $md$# Error codes

The error codes of WhatsApp that the extension knows, as `SELECT * FROM wa_error_code` shows them with default policy. Written by
`make docs` from the catalogue; a test keeps it current. What a failure does to a decision is in
[what-counts.md](what-counts.md), how to change it in [settings.md](settings.md#error-codes).

`category` is whose fault the error is: `sender`, `recipient` or `platform`. An unknown code has no effect on recipients: it is recorded once in
`wa_problem`, with a count.

## Codes that block a recipient

The waits are those after the first, second, … strike; the last one repeats. Failures closer together than the gap are one strike.

| code | title | blocks | waits | gap | lifted by | yields to an open window |
|---|---|---|---|---|---|---|$md$;
CREATE FUNCTION pg_temp.span(i interval) RETURNS text LANGUAGE sql IMMUTABLE RETURN
	CASE WHEN i IS NULL THEN 'no end'
		WHEN extract(epoch FROM i) = 0 THEN 'none'
		WHEN extract(epoch FROM i)::bigint % 86400 = 0 AND extract(epoch FROM i) > 172800 THEN extract(epoch FROM i)::bigint / 86400 || ' d'
		WHEN extract(epoch FROM i)::bigint % 3600 = 0 THEN extract(epoch FROM i)::bigint / 3600 || ' h'
		WHEN extract(epoch FROM i)::bigint % 60 = 0 THEN extract(epoch FROM i)::bigint / 60 || ' min'
		ELSE extract(epoch FROM i)::bigint || ' s' END;
CREATE FUNCTION pg_temp.after(i interval) RETURNS text LANGUAGE sql IMMUTABLE RETURN
	CASE WHEN i IS NULL OR extract(epoch FROM i) = 0 THEN ''
		WHEN extract(epoch FROM i) > 0 THEN ' (from ' || pg_temp.span(i) || ' after the failure on)'
		ELSE ' (up to ' || pg_temp.span(-i) || ' before the failure)' END;
SELECT format('| %s | %s | %s | %s | %s | %s | %s |', code, title, array_to_string(blocks, ', '),
	(SELECT string_agg(pg_temp.span(w), ', ' ORDER BY n) FROM unnest(ladder) WITH ORDINALITY AS l (w, n)),
	pg_temp.span(gap),
	(SELECT string_agg(CASE l.by WHEN 'inbound' THEN 'a message from the user' WHEN 'receipt' THEN 'any receipt'
			WHEN 'marketing_receipt' THEN 'a marketing receipt' ELSE l.by END || pg_temp.after(lift_after[n]), '; ' ORDER BY n)
		FROM unnest(lifted_by) WITH ORDINALITY AS l (by, n)),
	CASE WHEN yields_to_window THEN 'yes' ELSE '' END)
FROM wa_error_code WHERE effect = 'cooldown' ORDER BY code;
SELECT $md$
## Codes with another effect

| code | title | effect |
|---|---|---|$md$;
SELECT format('| %s | %s | %s |', code, title, CASE effect
	WHEN 'stop' THEN 'a stop in WhatsApp''s register, which only a resume from WhatsApp lifts'
	WHEN 'close_window' THEN 'closes the customer service window' ELSE effect END)
FROM wa_error_code WHERE effect NOT IN ('none', 'cooldown') ORDER BY code;
SELECT $md$
## All codes

`retry`: does sending again help? `wait`: after `wa_retry_after(code, attempt)`; `fix`: after something was corrected; `never`.

| code | title | category | scope | retry | what to do |
|---|---|---|---|---|---|$md$;
SELECT format('| %s | %s | %s | %s | %s | %s |', code, replace(title, '|', '\|'), category, scope, retry, replace(advice, '|', '\|'))
FROM wa_error_code ORDER BY code;
