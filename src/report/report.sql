-- wa_report: a report on one page.  Self-contained HTML; all texts from outside are escaped.

CREATE FUNCTION wa__html(t text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN replace(replace(replace(replace(replace(t, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');
COMMENT ON FUNCTION wa__html(text) IS 'Escapes text for HTML, including attributes';
REVOKE EXECUTE ON FUNCTION wa__html(text) FROM PUBLIC;

CREATE FUNCTION wa__short(figure numeric) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN figure >= 1000000 THEN trim_scale(round(figure / 1000000, 2)) || ' M'
		WHEN figure >= 10000 THEN trim_scale(round(figure / 1000, 2)) || ' k' ELSE trim_scale(figure)::text END;
COMMENT ON FUNCTION wa__short(numeric) IS 'Formats a number for an axis of wa_report';
REVOKE EXECUTE ON FUNCTION wa__short(numeric) FROM PUBLIC;

-- Bars with two stacked values each: the upper one is hatched, so that the chart can be read without
-- distinguishing colours.
CREATE FUNCTION wa__chart(id text, caption text, labels text[], solid numeric[], hatched numeric[], tips text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT format('<svg viewBox="0 0 720 200" role="img" aria-labelledby="%1$s-t %1$s-d"><title id="%1$s-t">%2$s</title><desc id="%1$s-d">%3$s</desc>'
				|| '<defs><pattern id="%1$s-h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hb" width="5" height="5"/><rect class="hl" width="2" height="5"/></pattern></defs>',
				id, wa__html(caption),
				wa__html(format('%s bars from %s to %s; the highest is %s.', cardinality(labels), labels[1], labels[cardinality(labels)], s.highest)))
			|| (SELECT string_agg(format('<line class="g" x1="64" x2="716" y1="%1$s" y2="%1$s"/><text class="y" x="58" y="%2$s">%3$s</text>',
					round(160 - 144 * part, 1), round(164 - 144 * part, 1), wa__short(s.top * part)), '')
				FROM unnest('{0, 0.5, 1}'::numeric[]) AS part)
			|| coalesce((SELECT string_agg(format('<g><title>%s</title><rect class="c" x="%s" y="16" width="%s" height="144"/>'
						|| '<rect class="s" x="%s" y="%s" width="%s" height="%s"/><rect class="h" fill="url(#%s-h)" x="%s" y="%s" width="%s" height="%s"/></g>',
					wa__html(tips[n]), round(64 + (n - 1) * s.step, 1), round(s.step, 1),
					round(64 + (n - 0.9) * s.step, 1), round(160 - 144 * coalesce(solid[n], 0) / s.top, 1), round(0.8 * s.step, 1), round(144 * coalesce(solid[n], 0) / s.top, 1),
					id, round(64 + (n - 0.9) * s.step, 1), round(160 - 144 * (coalesce(solid[n], 0) + coalesce(hatched[n], 0)) / s.top, 1),
					round(0.8 * s.step, 1), round(144 * coalesce(hatched[n], 0) / s.top, 1)), '' ORDER BY n)
				FROM generate_series(1, cardinality(labels)) AS n), '')
			|| coalesce((SELECT string_agg(format('<text class="x" x="%s" y="188" text-anchor="%s">%s</text>', round(64 + (n - 0.5) * s.step, 1),
					CASE WHEN cardinality(labels) <= 8 THEN 'middle' WHEN n = 1 THEN 'start' WHEN n = cardinality(labels) THEN 'end' ELSE 'middle' END, wa__html(labels[n])), '' ORDER BY n)
				FROM generate_series(1, cardinality(labels)) AS n
				WHERE cardinality(labels) <= 8 OR n IN (1, (cardinality(labels) + 1) / 2, cardinality(labels))), '')
			|| '</svg>'
		FROM (
			SELECT m.highest, 652.0 / greatest(cardinality(labels), 1) AS step,
				CASE WHEN m.highest <= 0 THEN 1 ELSE (SELECT min(p * 10 ^ floor(log(m.highest))) FROM unnest('{1, 2, 5, 10}'::numeric[]) AS p WHERE p * 10 ^ floor(log(m.highest)) >= m.highest) END AS top
			FROM (SELECT coalesce(max(coalesce(solid[n], 0) + coalesce(hatched[n], 0)), 0) AS highest FROM generate_series(1, cardinality(labels)) AS n) AS m) AS s;
	END;
COMMENT ON FUNCTION wa__chart(text, text, text[], numeric[], numeric[], text[]) IS 'Returns a bar chart for wa_report as inline SVG';
REVOKE EXECUTE ON FUNCTION wa__chart(text, text, text[], numeric[], numeric[], text[]) FROM PUBLIC;

-- A table with a bar in each row.
CREATE FUNCTION wa__bars(heading text, names text[], notes text[], figures bigint[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN coalesce(cardinality(names), 0) = 0 THEN '<p class="none">None.</p>' ELSE
			format('<table><thead><tr><th scope="col">%s</th><th scope="col" class="n">Number</th><td class="b"></td></tr></thead><tbody>', wa__html(heading))
			|| string_agg(format('<tr><th scope="row"><bdi>%s</bdi>%s</th><td class="n">%s</td><td class="b" aria-hidden="true"><i style="inline-size:%s%%"></i></td></tr>',
				wa__html(names[n]), CASE WHEN notes[n] <> '' THEN ' <small>' || wa__html(notes[n]) || '</small>' ELSE '' END,
				to_char(figures[n], 'FM999,999,999,990'), round(100.0 * figures[n] / greatest(m.most, 1), 1)), '' ORDER BY n)
			|| '</tbody></table>' END
		FROM (SELECT max(f) AS most FROM unnest(figures) AS f) AS m LEFT JOIN generate_series(1, cardinality(names)) AS n ON true
		GROUP BY m.most;
	END;
COMMENT ON FUNCTION wa__bars(text, text[], text[], bigint[]) IS 'Returns a table for wa_report with a bar in each row';
REVOKE EXECUTE ON FUNCTION wa__bars(text, text[], text[], bigint[]) FROM PUBLIC;

CREATE FUNCTION wa__sql(statement text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '<details><summary>SQL</summary><pre dir="ltr"><code>' || wa__html(statement) || '</code></pre></details>';
COMMENT ON FUNCTION wa__sql(text) IS 'Returns the HTML of the statement behind a figure of wa_report';
REVOKE EXECUTE ON FUNCTION wa__sql(text) FROM PUBLIC;

CREATE FUNCTION wa__report_style() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '<style>
:root{color-scheme:light dark;--bg:#f6f7f6;--card:#fff;--ink:#16211c;--soft:#52605a;--line:#d6dcd8;--main:#0b6b50;--bad:#a8321d;--badbg:#fbe9e5;--warn:#7a5200;--warnbg:#fdf1d8;--notebg:#e8eef5}
@media (prefers-color-scheme:dark){:root{--bg:#111715;--card:#1a2320;--ink:#e9efec;--soft:#a6b3ad;--line:#34413b;--main:#4cc79f;--bad:#ff9680;--badbg:#45211a;--warn:#f3c568;--warnbg:#40310f;--notebg:#22303d}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main,header,footer{max-inline-size:66rem;margin-inline:auto;padding-inline:1.25rem}
header{padding-block:2rem .5rem}
h1{font-size:1.8rem;line-height:1.2;margin:0}
h2{font-size:1.15rem;margin:0 0 .25rem}
p{margin:.25rem 0}
.soft,small,footer,.none{color:var(--soft)}
small{font-size:.82rem;font-weight:400}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.25rem;margin-block:1rem}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:.75rem;margin-block:1rem;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.8rem 1rem}
.cards b{display:block;font-size:1.75rem;line-height:1.15;white-space:nowrap;font-variant-numeric:tabular-nums}
.cards .bad b{color:var(--bad)}
.two svg text{font-size:20px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:0 1rem}
svg{display:block;inline-size:100%;block-size:auto;margin-block:.5rem;direction:ltr}
svg text{fill:var(--soft);font-size:11px;font-variant-numeric:tabular-nums}
svg .y{text-anchor:end}
svg .g{stroke:var(--line)}svg .s{fill:var(--main)}svg .c{fill:transparent}svg g:hover .c{fill:var(--line);opacity:.5}
svg .hb{fill:var(--card)}svg .hl{fill:var(--bad)}svg .h{stroke:var(--bad);stroke-width:.6}
.key{display:flex;gap:1.25rem;flex-wrap:wrap;font-size:.85rem;color:var(--soft)}
.key i{display:inline-block;inline-size:.9em;block-size:.9em;margin-inline-end:.4em;vertical-align:-.08em;background:var(--main)}
.key .h{background:repeating-linear-gradient(45deg,var(--bad) 0 2px,var(--card) 2px 5px);border:1px solid var(--bad)}
table{border-collapse:collapse;inline-size:100%;font-size:.93rem}
th,td{text-align:start;padding:.35rem .6rem .35rem 0;border-block-end:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:600;font-size:.82rem}
tbody th{font-weight:500}
.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
.b{inline-size:30%;padding-inline:.4rem 0;vertical-align:middle}
.b i{display:block;block-size:.7rem;min-inline-size:2px;background:var(--main);border-radius:2px}
.scroll{overflow-x:auto}
ul.health{list-style:none;margin:0;padding:0}
ul.health li{border-radius:8px;padding:.6rem .8rem;margin-block:.5rem;background:var(--notebg)}
.error{background:var(--badbg)!important}.warning{background:var(--warnbg)!important}
.error strong{color:var(--bad)}.warning strong{color:var(--warn)}
details{margin-block-start:.5rem;font-size:.85rem}
summary{cursor:pointer;color:var(--soft);inline-size:max-content;padding:.15rem 0}
pre{margin:.3rem 0;padding:.6rem;background:var(--bg);border-radius:6px;white-space:pre-wrap}
code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.85em}
footer{padding-block:1rem 2.5rem;font-size:.85rem}
@media (max-width:44rem){svg text{font-size:20px}.cards{grid-template-columns:repeat(2,1fr)}.cards b{font-size:1.4rem}}
@media (max-width:30rem){body{font-size:15px}section{padding:.9rem}.b{inline-size:20%}}
@media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--main:#0b6b50;--bad:#a8321d;color-scheme:light}body{font-size:11pt}section,.cards li{break-inside:avoid}details{display:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
</style>';
COMMENT ON FUNCTION wa__report_style() IS 'Returns the style sheet of wa_report';
REVOKE EXECUTE ON FUNCTION wa__report_style() FROM PUBLIC;

CREATE FUNCTION wa_report(days integer DEFAULT 30) RETURNS text
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
	BEGIN ATOMIC
		-- Days as scalars, so that the views read these days only.
		WITH span AS MATERIALIZED (
			SELECT d.first, d.last, d.name, to_char(d.first, 'YYYY-MM-DD') AS first_name, to_char(d.last, 'YYYY-MM-DD') AS last_name
			FROM (SELECT wa__day_of(now()) + 1 - CASE WHEN wa_report.days BETWEEN 1 AND 366 THEN wa_report.days
						WHEN wa__refuse('invalid_parameter_value', 'a report covers 1 to 366 days', '', '') THEN 0 END AS first, wa__day_of(now()) AS last,
				coalesce(nullif(current_setting('wa_policy.report_timezone', true), ''), 'UTC') AS name) AS d),
		fed AS MATERIALIZED (
			SELECT EXISTS (SELECT FROM wa_sender WHERE last_seen IS NOT NULL) OR EXISTS (SELECT FROM wa_consent)
				OR EXISTS (SELECT FROM wa_empty_declaration) AS yes),
		-- Read once for the figures, the days and the errors.
		counted AS MATERIALIZED (
			SELECT d.day, d.code, sum(d.messages) AS messages, sum(d.delivered) AS delivered, sum(d.read) AS read,
				sum(d.failed) AS met, sum(d.undelivered) AS failed
			FROM wa__message_of_day AS d
			WHERE d.day >= (SELECT s.first FROM span AS s) AND d.day <= (SELECT s.last FROM span AS s) GROUP BY d.day, d.code),
		delivery AS MATERIALIZED (
			SELECT c.day, sum(c.messages) AS messages, sum(c.delivered) AS delivered, sum(c.read) AS read, sum(c.failed) AS failed
			FROM counted AS c GROUP BY c.day),
		opt_out AS MATERIALIZED (
			-- Those that belong to no message are in no rate.
			SELECT o.day, o.campaign, o.template, o.category IS NOT NULL AS after_one, sum(o.delivered) AS delivered, sum(o.opt_outs) AS opt_outs
			FROM wa_opt_out_rate AS o
			WHERE o.day >= (SELECT s.first FROM span AS s) AND o.day <= (SELECT s.last FROM span AS s)
			GROUP BY o.day, o.campaign, o.template, o.category IS NOT NULL),
		total AS MATERIALIZED (
			SELECT (SELECT coalesce(sum(messages), 0) FROM delivery) AS messages, (SELECT coalesce(sum(delivered), 0) FROM delivery) AS delivered,
				(SELECT coalesce(sum(read), 0) FROM delivery) AS read, (SELECT coalesce(sum(failed), 0) FROM delivery) AS failed,
				(SELECT coalesce(sum(opt_outs), 0) FROM opt_out) AS opt_outs, (SELECT coalesce(sum(opt_outs), 0) FROM opt_out WHERE after_one) AS after_one,
				(SELECT coalesce(sum(delivered), 0) FROM opt_out) AS marketing,
				(SELECT count(*) FROM wa_violation AS v WHERE v.sent_at >= (SELECT wa__day_begins(s.first) FROM span AS s)
					AND v.sent_at < (SELECT wa__day_begins(s.last + 1) FROM span AS s)) AS violations),
		reason AS MATERIALIZED (
			-- Counted by the identifier under which each is stored, since wa_suppressed also lists the others of the same person.
			SELECT k.reason, count(*) AS people
			FROM (SELECT wa_first_reason(r.recipient, 'marketing') AS reason
				FROM (SELECT recipient::text FROM wa_consent UNION SELECT recipient::text FROM wa_cooldown UNION SELECT recipient::text FROM wa_activity) AS r
				WHERE (SELECT yes FROM fed)) AS k
			WHERE k.reason IS NOT NULL GROUP BY k.reason),
		series AS MATERIALIZED (
			SELECT array_agg(to_char(d.day, 'YYYY-MM-DD') ORDER BY d.day) AS labels,
				array_agg(coalesce(v.delivered, 0) ORDER BY d.day) AS delivered, array_agg(coalesce(v.failed, 0) ORDER BY d.day) AS failed,
				array_agg(format('%s: %s messages, %s delivered, %s failed', to_char(d.day, 'YYYY-MM-DD'), coalesce(v.messages, 0), coalesce(v.delivered, 0), coalesce(v.failed, 0)) ORDER BY d.day) AS delivery_tips,
				array_agg(coalesce(round(100.0 * o.opt_outs / nullif(o.delivered, 0), 2), 0) ORDER BY d.day) AS rate,
				array_agg(format('%s: %s opt-outs after %s marketing messages delivered', to_char(d.day, 'YYYY-MM-DD'), coalesce(o.opt_outs, 0), coalesce(o.delivered, 0)) ORDER BY d.day) AS rate_tips
			FROM (SELECT s.first + n AS day FROM span AS s, generate_series(0, s.last - s.first) AS n) AS d
			LEFT JOIN delivery AS v USING (day)
			LEFT JOIN (SELECT day, sum(delivered) AS delivered, sum(opt_outs) AS opt_outs FROM opt_out WHERE after_one GROUP BY day) AS o USING (day)),
		ending AS MATERIALIZED (
			SELECT array_agg('+' || h * 6 || ' h' ORDER BY h) AS labels, array_agg(people::numeric ORDER BY h) AS people,
				array_agg(format('within %s to %s hours: %s cooldowns', (h - 1) * 6, h * 6, people) ORDER BY h) AS tips
				FROM (SELECT h, count(c.until) AS people
					FROM generate_series(1, 8) AS h
					LEFT JOIN (SELECT until, ceil(extract(epoch FROM until - now()) / 21600) AS step FROM wa_cooldown
						WHERE strikes > 0 AND until > now() AND until <= now() + interval '48 hours') AS c ON c.step = h
					GROUP BY h) AS b)
		SELECT '<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width,initial-scale=1"/><title>WhatsApp report</title>'
			|| wa__report_style() || '</head><body><header><h1>WhatsApp report</h1><p class="soft">'
			|| wa__html(format('%s to %s, days of %s. Made at %s UTC.', s.first_name, s.last_name, s.name, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')))
			|| '</p></header><main><ul class="cards">'
			|| format('<li><b>%s</b>messages</li>', to_char(t.messages, 'FM999,999,999,990'))
			|| format('<li><b>%s</b>delivered<br/><small>%s messages</small></li>', coalesce(round(100.0 * t.delivered / nullif(t.messages, 0), 1)::text || ' %', '&#8211;'), to_char(t.delivered, 'FM999,999,999,990'))
			|| format('<li><b>%s</b>read<br/><small>of the delivered, as far as told</small></li>', coalesce(round(100.0 * t.read / nullif(t.delivered, 0), 1)::text || ' %', '&#8211;'))
			|| format('<li><b>%s</b>failed<br/><small>%s messages</small></li>', coalesce(round(100.0 * t.failed / nullif(t.messages, 0), 1)::text || ' %', '&#8211;'), to_char(t.failed, 'FM999,999,999,990'))
			|| format('<li><b>%s</b>opt-outs<br/><small>%s after marketing, %s per 100 messages</small></li>', to_char(t.opt_outs, 'FM999,999,999,990'),
				to_char(t.after_one, 'FM999,999,999,990'), coalesce(round(100.0 * t.after_one / nullif(t.marketing, 0), 2)::text, '&#8211;'))
			|| CASE
				WHEN t.violations > 0 THEN format('<li class="bad"><b>%s</b>sent after a stop<br/><small>must be explained</small></li>', to_char(t.violations, 'FM999,999,999,990'))
				WHEN nullif(current_setting('wa_policy.message_log', true), '')::boolean IS FALSE THEN '<li><b>&#8211;</b>sent after a stop<br/><small>not known: the message log is off</small></li>'
				ELSE '<li><b>0</b>sent after a stop<br/><small>as it should be</small></li>'
			END
			|| '</ul>'
			|| wa__sql(format(E'SELECT sum(messages), sum(delivered), sum(read), sum(failed) FROM wa_delivery_rate WHERE day >= ''%1$s'';\nSELECT sum(opt_outs), sum(opt_outs) FILTER (WHERE category IS NOT NULL), sum(delivered) FROM wa_opt_out_rate WHERE day >= ''%1$s'';\nSELECT * FROM wa_violation WHERE sent_at >= ''%2$s'';',
				s.first_name, to_char(wa__day_begins(s.first) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI"Z"')))
			|| '<section><h2>What needs attention</h2>'
			|| coalesce('<ul class="health">' || (SELECT string_agg(format('<li class="%s"><strong>%s</strong> <bdi>%s</bdi>%s</li>', f.severity,
					CASE f.severity WHEN 'error' THEN '&#10006; Error' WHEN 'warning' THEN '&#9650; Warning' ELSE '&#9679; Notice' END, wa__html(f.sentence), wa__sql(f.statement)), ''
					ORDER BY CASE f.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, f.finding, f.sentence) FROM wa__finding AS f) || '</ul>',
				'<p class="none">&#10004; Nothing: all checks are quiet.</p>')
			|| wa__sql('SELECT * FROM wa_health;') || '</section>'
			|| '<section><h2>Messages by day</h2><p class="key"><span><i></i>delivered</span><span><i class="h"></i>failed</span></p>'
			|| wa__chart('m', 'Messages delivered and failed by day', d.labels, d.delivered, d.failed, d.delivery_tips)
			|| wa__sql('SELECT day, sum(delivered), sum(failed) FROM wa_delivery_rate GROUP BY day ORDER BY day;') || '</section>'
			|| '<section><h2>Opt-outs per 100 marketing messages</h2><p class="soft">By the day of delivery of the last marketing message before the opt-out.</p>'
			|| wa__chart('o', 'Opt-outs per 100 delivered marketing messages by day', d.labels, d.rate, NULL, d.rate_tips)
			|| wa__sql(E'SELECT day, round(100.0 * sum(opt_outs) / nullif(sum(delivered), 0), 2)\nFROM wa_opt_out_rate WHERE category IS NOT NULL GROUP BY day ORDER BY day;') || '</section>'
			|| '<div class="two"><section><h2>Why people are left out of marketing</h2><p class="soft">Each person by the first reason, as of now.</p>'
			|| (SELECT wa__bars('Reason', array_agg(r.name ORDER BY r.people DESC, r.reason), NULL, array_agg(r.people ORDER BY r.people DESC, r.reason)) FROM (SELECT reason, people, CASE reason WHEN 'opted_out_whatsapp' THEN 'Opted out in WhatsApp' WHEN 'opted_out_business' THEN 'Opted out with the business'
					WHEN 'region' THEN 'No marketing to their country' WHEN 'cooldown' THEN 'Cooling down after failures' WHEN 'sender_hold' THEN 'Our sender is held'
					WHEN 'frequency_cap' THEN 'Frequency cap reached' WHEN 'quiet_hours' THEN 'Quiet hours there' WHEN 'no_opt_in' THEN 'Have not opted in'
					WHEN 'erased' THEN 'Personal data erased' WHEN 'too_many_identifiers' THEN 'Linked with too many identifiers' ELSE reason END AS name FROM reason) AS r)
			|| wa__sql(E'SELECT wa_first_reason(recipient, ''marketing''), count(*)\nFROM (SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_cooldown UNION SELECT recipient FROM wa_activity) AS known GROUP BY 1;') || '</section>'
			|| '<section><h2>Failures by error</h2><p class="soft">The ten most frequent.</p>'
			|| (SELECT wa__bars('Error', array_agg(coalesce(f.title, 'Unknown code') ORDER BY f.failed DESC, f.code), array_agg(coalesce(f.code::text, '') ORDER BY f.failed DESC, f.code), array_agg(f.failed ORDER BY f.failed DESC, f.code))
				FROM (SELECT r.code, e.title, r.failed FROM (SELECT c.code, sum(c.met)::bigint AS failed FROM counted AS c WHERE c.met > 0
					GROUP BY c.code ORDER BY sum(c.met) DESC, c.code LIMIT 10) AS r LEFT JOIN wa_error_code AS e ON e.code = r.code) AS f)
			|| wa__sql('SELECT code, title, sum(failed) FROM wa_failure_rate GROUP BY code, title ORDER BY sum(failed) DESC;') || '</section></div>'
			|| '<div class="two"><section><h2>Opt-outs by campaign</h2><p class="soft">The ten with the most opt-outs.</p>'
			|| (SELECT wa__bars('Campaign or template', array_agg(coalesce(c.campaign, c.template, CASE WHEN c.after_one THEN 'not named' ELSE 'none in the 48 hours before' END) ORDER BY c.opt_outs DESC, c.campaign, c.template, c.after_one),
					array_agg(concat_ws(', ', CASE WHEN c.campaign IS NOT NULL THEN c.template END, CASE WHEN c.delivered > 0 THEN round(100.0 * c.opt_outs / c.delivered, 2) || ' per 100' END) ORDER BY c.opt_outs DESC, c.campaign, c.template, c.after_one),
					array_agg(c.opt_outs ORDER BY c.opt_outs DESC, c.campaign, c.template, c.after_one))
				FROM (SELECT o.campaign, o.template, o.after_one, sum(o.opt_outs)::bigint AS opt_outs, sum(o.delivered) AS delivered FROM opt_out AS o
					GROUP BY o.campaign, o.template, o.after_one HAVING sum(o.opt_outs) > 0
					ORDER BY sum(o.opt_outs) DESC, o.campaign, o.template, o.after_one LIMIT 10) AS c)
			|| wa__sql('SELECT campaign, template, category, sum(opt_outs), sum(delivered) FROM wa_opt_out_rate GROUP BY campaign, template, category;') || '</section>'
			|| '<section><h2>Cooldowns that end within 48 hours</h2><p class="soft">How many people may be tried again, in steps of 6 hours.</p>'
			|| wa__chart('c', 'Cooldowns ending in each six hours of the next 48', e.labels, e.people, NULL, e.tips)
			|| wa__sql('SELECT date_bin(''6 hours'', until, now()), count(*) FROM wa_cooldown WHERE strikes > 0 AND until BETWEEN now() AND now() + ''48 hours''::interval GROUP BY 1 ORDER BY 1;') || '</section></div>'
			|| '</main><footer>Made by wa_policy from this database alone. Names of people are in none of it.</footer></body></html>'
		FROM span AS s, total AS t, series AS d, ending AS e;
	END;
COMMENT ON FUNCTION wa_report(integer) IS
'Returns one self-contained HTML page about the last days (1 to 366): main figures, charts, health, and why people are left out, each with its SQL. Contains no personal data. For psql -At -o report.html -c ''SELECT wa_report()''';
