#!/bin/bash
# Rows on decisions.  Part of test/bench/run.
# shellcheck disable=SC2154 # what run has set

# Three kinds of P1.  The first two look for what this population has and no more: no rows under a BSUID
# that is linked with a phone, no cooldown without an end or that an open window ends.
#
# given: compares "digits", the number in canonical form, which data.sql gives it, by expression indexes
# read:  reads the numbers as they are typed, as we do
# whole: does so, and looks also for what stands under the BSUIDs that came with the phone, their parents and other phones
#
# None of them knows resumes under another identifier than the stop.
stop="EXISTS (SELECT FROM wa_consent k WHERE k.recipient::text = NUMBER AND k.state = 'stop')"
cooldown="EXISTS (SELECT FROM wa_cooldown d WHERE d.recipient::text = NUMBER AND d.until > now())"
inherited="EXISTS (SELECT FROM wa_identity_change g JOIN wa_consent k ON k.recipient = g.recipient WHERE g.other::text = NUMBER AND k.state = 'stop' AND k.at <= g.at)"
by_hand="NOT $stop AND NOT $cooldown AND NOT $inherited"
listed="SELECT recipient::text FROM wa_consent WHERE state = 'stop' UNION ALL SELECT recipient::text FROM wa_cooldown WHERE until > now() UNION ALL SELECT g.other::text FROM wa_identity_change g JOIN wa_consent k ON k.recipient = g.recipient WHERE k.state = 'stop' AND k.at <= g.at"

# The same of identifiers.
is_stopped="EXISTS (SELECT FROM wa_consent AS k WHERE k.recipient = ID AND k.state = 'stop')"
is_cooling="EXISTS (SELECT FROM wa_cooldown AS d WHERE d.recipient = ID AND d.until > now())"
has_inherited="EXISTS (SELECT FROM wa_identity_change AS g JOIN wa_consent AS k ON k.recipient = g.recipient WHERE g.other = ID AND k.state = 'stop' AND k.at <= g.at)"
is_listed="$is_stopped OR $is_cooling OR $has_inherited"
holds="ROW.last_seen_at > coalesce(ROW.unlinked_at, '-infinity')"
read_by_hand="NOT $is_stopped AND NOT $is_cooling AND NOT $has_inherited"
whole_by_hand="$read_by_hand AND NOT EXISTS (SELECT FROM wa_identity AS i WHERE i.recipient = ID AND ${holds//ROW/i} AND (${is_listed//ID/i.other} OR EXISTS (SELECT FROM wa_identity AS p WHERE p.recipient = i.other AND ${holds//ROW/p} AND (${is_listed//ID/p.other})) OR EXISTS (SELECT FROM wa_identity AS q WHERE q.other = i.other AND q.recipient <> i.recipient AND ${holds//ROW/q} AND (${is_listed//ID/q.recipient}))))"
listed_ids="SELECT recipient AS id FROM wa_consent WHERE state = 'stop' UNION ALL SELECT recipient FROM wa_cooldown WHERE until > now() UNION ALL SELECT g.other FROM wa_identity_change AS g JOIN wa_consent AS k ON k.recipient = g.recipient WHERE k.state = 'stop' AND k.at <= g.at"

sendable="wa_sendable(phone, 'marketing')"
p1_sendable=${by_hand//NUMBER/c.digits}

ours="SELECT count(*) FROM customers c WHERE $sendable"
bare="SELECT count(*) FROM customers c WHERE length(phone) > 5"
p1="SELECT count(*) FROM customers c WHERE $p1_sendable"
p2="SELECT count(*) FROM customers c WHERE digits NOT IN ($listed)"
# Each number read once, as the planner would not.
read_once="FROM (SELECT phone::wa_recipient AS id FROM customers OFFSET 0) AS c"
p1_read="SELECT count(*) $read_once WHERE ${read_by_hand//ID/c.id}"
p2_read="SELECT count(*) $read_once WHERE id NOT IN ($listed_ids)"
# For each row the links would be looked up; this finds first who is linked with somebody listed.
p1_whole="WITH listed AS ($listed_ids), near AS (SELECT id FROM listed UNION SELECT i.recipient FROM wa_identity AS i JOIN listed ON listed.id = i.other WHERE ${holds//ROW/i} UNION SELECT i.other FROM wa_identity AS i JOIN listed ON listed.id = i.recipient WHERE ${holds//ROW/i}), far AS (SELECT id FROM near UNION SELECT i.recipient FROM wa_identity AS i JOIN near ON near.id = i.other WHERE ${holds//ROW/i}) SELECT count(*) $read_once WHERE NOT EXISTS (SELECT FROM far WHERE far.id = c.id)"
p3="SELECT count(*) FROM customers c WHERE bench_p3(digits)"

# Who is at the cap of the row "pacing", which does not count for GB and DE, of the regions of these people.
at_cap="EXISTS (SELECT FROM (SELECT number FROM (SELECT e.recipient::text AS number, t FROM wa_delivery AS e, unnest(deliveries) AS t WHERE category = 'marketing' UNION ALL SELECT g.other::text, t FROM wa_identity_change AS g JOIN wa_delivery AS e ON e.recipient = g.recipient AND category = 'marketing', unnest(deliveries) AS t WHERE t <= g.at) AS d WHERE t > now() - interval '7 days' GROUP BY number HAVING count(*) >= 2) AS k WHERE k.number = c.digits AND wa_region(k.number::wa_recipient) NOT IN ('GB', 'DE') AND NOT EXISTS (SELECT FROM wa_activity AS a WHERE a.recipient::text = k.number AND a.last_inbound_at > now() - interval '24 hours'))"
opted_in="EXISTS (SELECT FROM wa_consent AS o WHERE o.recipient::text = c.digits AND o.state = 'resume' AND o.register = 'business')"

# data DATABASE CUSTOMERS KNOWN IDENTIFIERS: see data.sql.
data()
{
	db postgres -c "CREATE DATABASE $1"
	db "$1" -v customers="$2" -v known="$3" -v identifiers="$4" -f - <test/bench/data.sql
}

# lists DATABASE STATEMENT...: how many suppression lists these statements read.
lists()
{
	local database=$1 statement
	local -a commands=(-c 'SET client_min_messages = debug1')
	shift
	for statement; do
		commands+=(-c "$statement")
	done
	db "$database" "${commands[@]}" 2>&1 | grep -c 'read the suppression list' || true
}

million=$(scaled 1000000)
large=$(scaled 10000000)
n=$(size "$million")
s=$(size $((million / 5)))
middle=$((million / 2))
two_workers='SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0'

# Speed over state that the ingest would not have written proves nothing.
if asked population; then
	for identifiers in true false; do
		db postgres -c 'CREATE DATABASE written' -c 'CREATE DATABASE ingested'
		db written -v customers=3000 -v known=3000 -v identifiers=$identifiers -v keep=1 -f - <test/bench/data.sql
		db written -v file="$server/webhooks" -f - <test/bench/data_events.sql
		db ingested -c 'CREATE EXTENSION wa_policy' -c "COPY wa_webhook (payload) FROM '$server/webhooks'"
		for name in written ingested; do
			db $name -f - <test/bench/data_state.sql >"$work/$name"
		done
		rows=$(wc -l <"$work/written")
		unlike=$(diff "$work/written" "$work/ingested" | tee "$work/unlike" | grep -c '^[<>]' || true)
		head -n 20 "$work/unlike" | cut -c 1-500 >&2
		line population "rows of 3000 people unlike those that the ingest writes, several identifiers: $identifiers" "$unlike of $rows" '' '' 0 "$(within "$unlike" 0 0)"
		[ "$unlike" = 0 ] || differs population 'state written by the ingest'
		db postgres -c 'DROP DATABASE written' -c 'DROP DATABASE ingested'
	done
fi

in_million='million identifiers suppressed reasons hundred page prepared planning built parallel estimate pacing opt_in'
# shellcheck disable=SC2086
if asked $in_million; then
	data million "$million" "$million" true
fi
if asked million; then
	race million <<-END
	ours|$ours
	bare|$bare
	p1|$p1
	p2|$p2
	p1_read|$p1_read
	p2_read|$p2_read
	END
	say million "$n x $s, against P1 (NOT EXISTS), given canonical numbers" "$(t ours)" "$(t p1)" 0.35
	say million "$n x $s, against P1 that reads the numbers" "$(t ours)" "$(t p1_read)" 0.35
	say million "$n x $s, against P2 (NOT IN), given canonical numbers" "$(t ours)" "$(t p2)" 0.45
	say million "$n x $s, against P2 that reads the numbers" "$(t ours)" "$(t p2_read)" 0.45
	say million "$n x $s, against a bare scan" "$(t ours)" "$(t bare)" 1.3
	same million
	repeats=3 race million <<-END
	ours|$ours
	p1_whole|$p1_whole
	END
	say million "$n x $s, against P1 that looks at links as well" "$(t ours)" "$(t p1_whole)" 0.35
	same million
	repeats=3 race million <<-END
	ours|$ours
	p3|$p3
	END
	say million "$n x $s, against P3 (PL/pgSQL)" "$(t ours)" "$(t p3)" 0.025
	same million
fi
if asked identifiers; then
	data one "$million" "$million" false
	# Those who hide their phone are other recipients there: only P1 must agree.
	race_databases <<-END
	ours|million||$ours
	one|one||$ours
	END
	say identifiers "$n x $s, several identifiers against one" "$(t ours)" "$(t one)" 1.15
	repeats=1 race one <<-END
	ours|$ours
	p1|$p1
	END
	same identifiers
	db postgres -c 'DROP DATABASE one'
	db million -c "CREATE UNLOGGED TABLE user_ids AS SELECT other::text AS user_id, min(recipient::text) AS phone
		FROM wa_identity WHERE recipient::text ~ '^[0-9]' GROUP BY 1"
	race million <<-END
	by_user_id|SELECT count(*) FROM user_ids WHERE wa_sendable(user_id, 'marketing')
	by_phone|SELECT count(*) FROM user_ids WHERE wa_sendable(phone, 'marketing')
	END
	say identifiers 'the same people asked about by BSUID, against by phone' "$(t by_user_id)" "$(t by_phone)" -
fi
if asked suppressed; then
	known='SELECT recipient FROM wa_consent UNION SELECT recipient FROM wa_cooldown UNION SELECT recipient FROM wa_activity UNION SELECT recipient FROM wa_identity UNION SELECT other FROM wa_identity UNION SELECT recipient FROM wa_identity_change UNION SELECT other FROM wa_identity_change'
	repeats=3 race million <<-END
	ours|SELECT count(*) || '/' || sum(hashtext(recipient::text)) FROM wa_suppressed('marketing')
	by_hand|SELECT count(*) || '/' || sum(hashtext(recipient::text)) FROM ($known) AS known WHERE NOT wa_sendable(recipient, 'marketing')
	END
	say suppressed "wa_suppressed, $s people, against asking all that are known" "$(t ours)" "$(t by_hand)" 1.2
	same suppressed
fi
if asked reasons; then
	# The planner takes each phone to be a group of its own, and would make room for them all.
	race million <<-END
	group_by|[SET work_mem = '4MB']SELECT n FROM (SELECT wa_first_reason(phone, 'marketing') AS reason, count(*) AS n FROM customers GROUP BY 1 OFFSET 0) AS g WHERE reason IS NULL
	summary|[SET work_mem = '4MB']SELECT phones FROM wa_segment_summary('SELECT phone FROM customers', 'marketing') WHERE outcome = 'sendable'
	count|[SET work_mem = '4MB']$ours
	END
	say reasons "GROUP BY wa_first_reason, against counting wa_sendable, work_mem 4 MB" "$(t group_by)" "$(t count)" 1.15
	say reasons "wa_segment_summary, against counting wa_sendable" "$(t summary)" "$(t count)" 1.15
	same reasons
fi
if asked hundred; then
	by_key="AND id BETWEEN $middle + 1 AND $middle + 100"
	repeats=99 race million <<-END
	ours|$ours $by_key
	p1|$p1 $by_key
	p1_whole|SELECT count(*) FROM customers c WHERE ${whole_by_hand//ID/phone::wa_recipient} $by_key
	END
	say hundred '100 phones by index, against P1, given canonical numbers' "$(t ours)" "$(t p1)" 1.2
	say hundred '100 phones by index, against P1 that looks at links as well' "$(t ours)" "$(t p1_whole)" 1.2
	same hundred
	# The whole table reads the list, or this would count nothing.
	[ "$(lists million "$ours")" -gt 0 ] || line hundred "lists read for $n" 0 '' '' 1 '**misses**'
	read=$(lists million "$ours $by_key")
	line hundred 'lists read' "$read" '' '' 0 "$(within "$read" 0 0)"
fi
if asked page; then
	page="ORDER BY id LIMIT $(scaled 1000)"
	ten=$(for i in 1 2 3 4 5 6 7 8 9 10; do echo -n "${ten:+, }$((million / 11 * i))"; ten=x; done)
	repeats=99 race million <<-END
	ours|SELECT sum(id) FROM (SELECT id FROM customers c WHERE id > $middle AND $sendable $page) AS page
	p1|SELECT sum(id) FROM (SELECT id FROM customers c WHERE id > $middle AND $p1_sendable $page) AS page
	p1_whole|SELECT sum(id) FROM (SELECT id FROM customers c WHERE id > $middle AND ${whole_by_hand//ID/phone::wa_recipient} $page) AS page
	END
	say page "a page of $(scaled 1000) by key, against P1, given canonical numbers" "$(t ours)" "$(t p1)" 1.3
	say page "a page of $(scaled 1000) by key, against P1 that looks at links as well" "$(t ours)" "$(t p1_whole)" 1.3
	same page
	repeats=99 race million <<-END
	ours|$ours AND id IN ($ten)
	p1|$p1 AND id IN ($ten)
	p1_whole|SELECT count(*) FROM customers c WHERE ${whole_by_hand//ID/phone::wa_recipient} AND id IN ($ten)
	END
	say page '10 rows by key, against P1, given canonical numbers' "$(t ours)" "$(t p1)" 1.3
	say page '10 rows by key, against P1 that looks at links as well' "$(t ours)" "$(t p1_whole)" 1.3
	same page
fi
if asked prepared; then
	calls=$(scaled 10000)
	# Each phone is asked about by the one and then the others; the first 100 warm up.
	db million <<-END |
	PREPARE ours(text) AS SELECT wa_sendable(\$1, 'marketing');
	PREPARE given(text) AS SELECT ${by_hand//NUMBER/\$1};
	PREPARE whole(text) AS SELECT ${whole_by_hand//ID/\$1::wa_recipient};
	\timing on
	SELECT format('EXECUTE ours(%L)', phone), format('EXECUTE given(%L)', digits), format('EXECUTE whole(%L)', phone)
		FROM customers ORDER BY md5(id::text) LIMIT $calls + 100 \gexec
	END
		perl -e 'my (@answers, $n); while (<>) {
				if (/^[tf]$/) { push @answers, $_ }
				elsif (/^Time: ([\d.]+)/ && @answers > 0) {
					my $name = qw(ours given whole)[$n++ % 3];
					$sum{$name} += $answers[0] eq "t\n"; shift @answers;
					push @lines, [$name, $1] if $n > 300;
				} }
			print "$_->[0] $_->[1] $sum{$_->[0]}\n" for @lines' | taken
	say prepared "one phone, prepared, $(size "$calls") of them, against P1, given canonical numbers" "$(t ours)" "$(t given)" 1.2
	say prepared "one phone, prepared, $(size "$calls") of them, against P1 that looks at links as well" "$(t ours)" "$(t whole)" 1.2
	same prepared
fi
if asked planning; then
	for ((i = 0; i < 199; i++)); do
		echo "\\echo with"
		echo "EXPLAIN (SUMMARY) SELECT * FROM customers WHERE segment = 7 AND $sendable;"
		echo "\\echo without"
		echo "EXPLAIN (SUMMARY) SELECT * FROM customers WHERE segment = 7;"
	done | db million | awk '/^with/ { name = $1 } /^Planning Time/ { print name, $3 }' | taken
	more=$(awk -v a="$(t with)" -v b="$(t without)" 'BEGIN { printf "%.3f", a - b }')
	line planning 'planning with wa_sendable in WHERE, against without' "$(t with) ms" "$(t without) ms" "$more ms more" '0.3 ms more' "$(within "$more" -1 0.3)"
fi
if asked built; then
	# built WHAT WHAT-THE-PLAN-MUST-SHOW STATEMENT SETTING...
	built()
	{
		local what=$1 shape=$2 statement=$3 read
		shift 3
		if [ -n "$shape" ]; then
			db million "${@/#/-c}" -c "EXPLAIN $statement" | grep -q "$shape" || differs built "the plan ($shape), $what"
		fi
		read=$(lists million "$@" "$statement")
		line built "lists read, $what" "$read" '' '' '1 or more' "$(within "$read" 1 9)"
	}
	built 'a segment by index' 'Index Scan' "$ours AND segment < 50" 'SET enable_seqscan = off' 'SET enable_bitmapscan = off'
	built 'a query in PL/pgSQL' '' "DO \$\$ DECLARE r record; n bigint := 0; BEGIN FOR r IN SELECT id FROM customers WHERE $sendable LOOP n := n + 1; END LOOP; END \$\$"
	built 'parallel workers alone' 'Parallel Seq Scan' "$ours" "$two_workers" 'SET parallel_leader_participation = off'
fi
if asked parallel; then
	race million <<-END
	ours|[$two_workers]$ours
	serial|$ours
	END
	say parallel "$n x $s, 2 workers, against serial" "$(t ours)" "$(t serial)" 1.0
	same parallel
	workers=$(db million -c "$two_workers" -c "EXPLAIN (ANALYZE, TIMING OFF) $ours" | sed -n 's/.*Workers Launched: //p')
	line parallel 'workers launched' "${workers:-0}" '' '' 2 "$(within "${workers:-0}" 2 2)"
fi
if asked estimate; then
	for category in marketing utility; do
		estimate=$(db million -c "EXPLAIN SELECT * FROM customers WHERE wa_sendable(phone, '$category')" | sed -n '1s/.*rows=\([0-9]*\).*/\1/p')
		truth=$(db million -c "SELECT count(*) FROM customers WHERE wa_sendable(phone, '$category')")
		ratio=$(awk -v a="$estimate" -v b="$truth" 'BEGIN { printf "%.3f", a / b }')
		line estimate "rows that pass, $category: estimate, truth" "$estimate" "$truth" "$ratio" '0.5 to 2' "$(within "$ratio" 0.5 2)"
	done
fi
if asked pacing; then
	db postgres -c 'CREATE DATABASE unpaced TEMPLATE million'
	db unpaced -f - <test/bench/pacing.sql
	db postgres -c 'CREATE DATABASE paced TEMPLATE unpaced'
	db paced -c "INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 2, '7 days')" \
		-c "INSERT INTO wa_quiet_hours (region, category, starts, ends) SELECT 'MX', 'marketing', here - interval '1 hour', here + interval '3 hours' FROM (SELECT (now() AT TIME ZONE 'America/Mexico_City')::time AS here) AS t" \
		-c "SELECT wa_hold('', 'the benchmark', region => 'IN')" >/dev/null
	race_databases <<-END
	ours|paced||$ours
	p1|paced||SELECT count(*) FROM customers c WHERE $p1_sendable AND NOT $at_cap AND digits !~ '^(52|91)'
	bare|unpaced||$ours
	END
	say pacing "$n x $s with a cap, quiet hours and a hold, against without" "$(t ours)" "$(t bare)" 1.5
	say pacing "$n x $s with a cap, quiet hours and a hold, against by hand" "$(t ours)" "$(t p1)" 0.5
	same pacing
	db postgres -c 'DROP DATABASE paced' -c 'DROP DATABASE unpaced'
fi
if asked opt_in; then
	db postgres -c 'CREATE DATABASE opted TEMPLATE million' -c 'ALTER DATABASE opted SET wa_policy.require_opt_in = on'
	db opted -f - <test/bench/opt_in.sql
	race opted <<-END
	ours|$ours
	p1|SELECT count(*) FROM customers c WHERE $p1_sendable AND $opted_in
	END
	say opt_in "$n phones, six in ten opted in, an opt-in required, against a semi-join by hand" "$(t ours)" "$(t p1)" 0.5
	same opt_in
	db postgres -c 'DROP DATABASE opted'
fi
# shellcheck disable=SC2086
if asked $in_million; then
	db postgres -c 'DROP DATABASE million'
fi

if asked two_million small_mem linear; then
	data large "$large" "$large" true
	db large -c "CREATE UNLOGGED TABLE first_million AS SELECT * FROM customers WHERE id <= $million" \
		-c 'VACUUM ANALYZE first_million'
	s=$(size $((large / 5)))
fi
if asked two_million; then
	race large <<-END
	ours|${ours/customers/first_million}
	p1|${p1/customers/first_million}
	p1_read|${p1_read/customers/first_million}
	END
	say two_million "$n x $s, against P1, given canonical numbers" "$(t ours)" "$(t p1)" 0.35
	say two_million "$n x $s, against P1 that reads the numbers" "$(t ours)" "$(t p1_read)" 0.35
	same two_million
fi
if asked small_mem; then
	few=${ours/customers/first_million}
	settings='65536 8192 1024 64 0'
	{
		echo "p1|${p1/customers/first_million}"
		for kilobytes in $settings; do
			echo "mem$kilobytes|[SET wa_policy.suppression_list_mem = '${kilobytes}kB']$few"
		done
	} | repeats=1 race large
	same small_mem
	# held KILOBYTES CONDITION: kilobytes of the backend when the last row has passed.
	held()
	{
		db large -c "SET wa_policy.suppression_list_mem = '$1kB'" -c "SELECT (SELECT sum(total_bytes) / 1024 FROM pg_backend_memory_contexts WHERE passed > 0)::int FROM (SELECT count(*) AS passed FROM first_million WHERE $2 OFFSET 0) AS f"
	}
	for kilobytes in $settings; do
		say small_mem "$n x $s, suppression_list_mem = $kilobytes kB, against P1" "$(t "mem$kilobytes")" "$(t p1)" -
		kept=$(($(held "$kilobytes" "$sendable") - $(held "$kilobytes" 'length(phone) > 5')))
		line small_mem "memory of a query, suppression_list_mem = $kilobytes kB" "$kept kB" "$kilobytes kB" '' '1 MB more' "$(within "$kept" -1024 $((kilobytes + 1024)))"
	done
fi
if asked linear; then
	repeats=3 race large <<-END
	ours|$ours
	first|${ours/customers/first_million}
	END
	say linear "$(size "$large") x $s, against $n of them" "$(t ours)" "$(t first)" 10.5
	repeats=1 race large <<-END
	ours|$ours
	p1|$p1
	END
	same linear
fi
if asked two_million small_mem linear; then
	db postgres -c 'DROP DATABASE large'
fi

if asked_long growth; then
	for millions in 0.1 0.3 1 3 10; do
		people=$(scaled "$(awk -v m=$millions 'BEGIN { print m * 1000000 }')")
		data growth "$people" "$people" true
		race growth <<-END
		ours|$ours
		p1|$p1
		END
		per=$(awk -v a="$(t ours)" -v n="$people" 'BEGIN { printf "%.0f", a / n * 1000000 }')
		say growth "$(size "$people") x $(size $((people / 5))), $per ms per 1 M, against P1" "$(t ours)" "$(t p1)" -
		same growth
		db postgres -c 'DROP DATABASE growth'
	done
fi
