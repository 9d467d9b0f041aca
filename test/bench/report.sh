# shellcheck shell=bash
# The rows of what people look at: part of test/bench/run.

if asked rates; then
	messages=$(scaled 10000000)
	db postgres -c 'CREATE DATABASE rates'
	db rates -c 'CREATE EXTENSION wa_policy'
	db rates -v n="$messages" -f test/bench/messages.sql
	month='>= current_date - 30'
	yesterday='< current_date'
	repeats=3 race rates <<-END
	ours|SELECT sum(messages) || '/' || sum(delivered) || '/' || sum(read) || '/' || sum(failed) || '/' || count(*) FROM wa_delivery_rate WHERE day $month AND day $yesterday
	by_hand|SELECT sum(n) || '/' || sum(d) || '/' || sum(r) || '/' || sum(f) || '/' || count(*) FROM (SELECT (sent_at AT TIME ZONE 'UTC')::date, business, sender, category, template, campaign, count(*) AS n, count(delivered_at) AS d, count(read_at) AS r, count(*) FILTER (WHERE failed_at IS NOT NULL AND delivered_at IS NULL) AS f FROM wa_message WHERE sent_at $month AND sent_at $yesterday GROUP BY 1, 2, 3, 4, 5, 6) AS g
	END
	say rates "a month's rates of $(size "$messages") messages of 100 days, against the same by hand" "$(t ours)" "$(t by_hand)" 1.2
	same rates
	repeats=3 race rates <<-END
	opt_outs|SELECT count(*) FROM wa_opt_out_rate WHERE day $month
	violations|SELECT count(*) FROM wa_violation WHERE sent_at $month
	health|SELECT count(*) >= 0 FROM wa_health
	report|SELECT length(wa_report(30)) > 0
	END
	for name in opt_outs violations health report; do
		line rates "$name over the same" "$(t "$name") ms" '' '' - ''
	done
fi
