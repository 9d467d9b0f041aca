#!/bin/bash
# Rows on the intake.  Part of test/bench/run.
# shellcheck disable=SC2154 # what run has set

payloads=$(scaled 50000)
n=$(size "$payloads")

# feed DATABASE PEER PART HOW [VARIABLE=VALUE...]: milliseconds; see intake_feed.sql.
feed()
{
	local database=$1 peer=$2 part=$3 how=$4
	shift 4
	db "$database" -v peer="$peer" -v part="$part" -v how="$how" "${@/#/-v}" -f - <test/bench/intake_feed.sql |
		sed -n 's/^ms //p'
}

# in_turn PART HOW PEER...: $repeats parts from that one on, each to all peers.
in_turn()
{
	local part=$1 how=$2 i peer file=
	shift 2
	for ((i = 0; i < repeats; i++)); do
		if [ "$how" = copy ]; then
			file=$server/payloads
			db intake -c "COPY (SELECT payload FROM payloads WHERE part = $((part + i)) ORDER BY id) TO '$file'"
		fi
		for peer; do
			echo "$peer $(feed intake "$peer" $((part + i)) "$how" file="$file")"
		done
		db intake -c 'VACUUM ANALYZE'
	done | taken
}
# P4 must have come to our state, and everything in it must have been used.
same_state()
{
	db intake -f - <test/bench/intake_same.sql >"$work/differ"
	if [ -s "$work/differ" ]; then
		head -n 20 "$work/differ" | cut -c 1-500 >&2
		differs "$1" 'state written by P4'
	fi
	db intake -c 'TRUNCATE wa_webhook, p4_webhook, p5_webhook'
}

if asked batch repeat single; then
	# The first four parts make the people known; :people get a message in two parts.
	warm=4
	db postgres -c 'CREATE DATABASE intake' -c 'ALTER DATABASE intake SET wa_policy.message_log = off'
	db intake -v parts=$((warm + 4 * repeats)) -v size="$payloads" -v people=$((payloads * 2 / 5)) -f - <test/bench/intake.sql
	for ((part = 0; part < warm; part++)); do
		for peer in wa p4; do
			feed intake $peer $part statement >/dev/null
		done
	done
	db intake -c 'VACUUM ANALYZE'
	length=$(db intake -c 'SELECT round(avg(octet_length(payload))) FROM payloads')
	line batch 'bytes of a payload on average' "$length" '' '' '850 to 950' "$(within "$length" 850 950)"
	same_state batch
fi
if asked batch; then
	in_turn $warm statement wa p4 p5
	say batch "$n payloads in one INSERT ... SELECT, against P4" "$(t wa)" "$(t p4)" 0.35
	say batch "$n payloads in one INSERT ... SELECT, against P5" "$(t wa)" "$(t p5)" 5
	in_turn $((warm + repeats)) copy wa p4 p5
	say batch "$n payloads in one COPY, against P4" "$(t wa)" "$(t p4)" 0.35
	say batch "$n payloads in one COPY, against P5" "$(t wa)" "$(t p5)" 5
	db postgres -c 'ALTER DATABASE intake RESET wa_policy.message_log'
	in_turn $((warm + 2 * repeats)) statement wa p4 p5
	say batch "$n payloads in one INSERT ... SELECT, with the message log, against P5" "$(t wa)" "$(t p5)" 7
	db postgres -c 'ALTER DATABASE intake SET wa_policy.message_log = off'
	same_state batch
fi
if asked repeat; then
	before=$(db intake -c 'SELECT count(*), max(ctid), max(xmin::text) FROM wa_activity')
	for ((i = 0; i < repeats; i++)); do
		for peer in wa p5; do
			echo "$peer $(feed intake $peer 0 statement)"
		done
	done | taken
	say repeat "$n payloads, nothing new, in one INSERT ... SELECT, against P5" "$(t wa)" "$(t p5)" 3
	[ "$before" = "$(db intake -c 'SELECT count(*), max(ctid), max(xmin::text) FROM wa_activity')" ] || differs repeat 'rows of wa_activity'
	same_state repeat
fi
if asked single; then
	in_turn $((warm + 3 * repeats)) single wa p4
	say single "$n single-row INSERTs, against P4" "$(t wa)" "$(t p4)" 0.75
	same_state single
fi
if asked batch repeat single; then
	db postgres -c 'DROP DATABASE intake'
fi

# The same people and events, named by one, two or three identifiers: a database for each.
names='one two three'
people=$((payloads / 3 + 100))
small=$(scaled 1000)
now=$(db postgres -c 'SELECT now()')

# named NAME...: make these databases.
named()
{
	local name
	for name; do
		db postgres -c "CREATE DATABASE $name"
		db "$name" -c 'CREATE EXTENSION wa_policy' -c '\i test/bench/people.sql' -c '\i test/bench/payloads.sql' \
			-c 'CREATE UNLOGGED TABLE payloads (id bigint, part int, payload text)' -c 'CREATE INDEX ON payloads (part, id)'
	done
}
# stream NAME PART PAYLOADS FIRST-PERSON: what comes in a day, later for a later part.
stream()
{
	local identifiers
	case $1 in one) identifiers=1 ;; two) identifiers=2 ;; three) identifiers=3 ;; esac
	db "$1" -c "INSERT INTO payloads SELECT id, $2, payload FROM bench_stream($4, $people, $identifiers, $3,
		timestamptz '$now' - interval '$((8 - 2 * $2)) days', timestamptz '$now' - interval '$((7 - 2 * $2)) days')"
}
# prepare NAME FIRST-PERSON: two large parts about the same people, and two small ones
# about others.
prepare()
{
	db "$1" -c 'TRUNCATE payloads, wa_webhook'
	stream "$1" 0 "$payloads" "$2"
	stream "$1" 1 "$payloads" "$2"
	stream "$1" 2 $((10 * small)) $(($2 + people))
	stream "$1" 3 $((10 * small)) $(($2 + people))
	db "$1" -c 'VACUUM ANALYZE'
}
# Does anybody say what of it could not be used?
no_problems()
{
	local name
	for name; do
		[ "$(db "$name" -c 'SELECT count(*) FROM wa_problem')" = 0 ] || differs named "wa_problem, $name"
	done
}

if asked named; then
	# shellcheck disable=SC2086
	named $names
	parts=(new_large known_large new_small known_small)
	for ((i = 0; i < repeats; i++)); do
		for name in $names; do
			prepare $name $((1 + i * 2 * people))
		done
		for part in 0 1 2 3; do
			for name in $names; do
				echo "${parts[part]}_$name $(feed $name wa $part chunks chunk=$((part < 2 ? payloads : small)))"
			done
		done
	done | taken
	for part in large small; do
		statements=$([ $part = large ] && size "$payloads" || size "$small")
		for name in two three; do
			say named "$name identifiers against one, people known, statements of $statements" "$(t known_${part}_$name)" "$(t known_${part}_one)" 1.25
			say named "$name identifiers against one, new people, statements of $statements" "$(t new_${part}_$name)" "$(t new_${part}_one)" 1.6
		done
	done
	# shellcheck disable=SC2086
	no_problems $names
	# shellcheck disable=SC2086
	[ "$(for name in $names; do db $name -c "SELECT count(*), sum(hashtext(a::text)) FROM wa_activity AS a"; done | sort -u | wc -l)" = 1 ] || differs named wa_activity
	for name in $names; do
		db postgres -c "DROP DATABASE $name"
	done
fi
if asked bytes; then
	named one two
	for name in one two; do
		stream $name 0 "$payloads" 1
		feed $name wa 0 statement >/dev/null
		db $name -c "SELECT 1.0 * sum(pg_total_relation_size(t::regclass)) / (SELECT count(*) FROM wa_recipient_lock)
			FROM unnest('{wa_activity,wa_recipient_lock,wa_consent,wa_consent_log,wa_cooldown,wa_identity,wa_identity_change}'::text[]) AS t" >"$work/bytes_$name"
	done
	ratio=$(paste "$work/bytes_two" "$work/bytes_one" | awk '{ printf "%.3f", $1 / $2 }')
	line bytes "state bytes per person, phone and BSUID against phone alone, $(size "$people") people" "$(printf '%.0f' "$(cat "$work/bytes_two")")" "$(printf '%.0f' "$(cat "$work/bytes_one")")" "$ratio" 1.6 "$(within "$ratio" 0 1.6)"
	no_problems one two
	db postgres -c 'DROP DATABASE one' -c 'DROP DATABASE two'
fi
if asked import; then
	list=$(scaled 1000000)
	db postgres -c 'CREATE DATABASE list'
	db list -v n="$list" -f - <test/bench/import.sql
	for ((i = 0; i < (repeats < 3 ? repeats : 3); i++)); do
		for peer in ours by_hand; do
			db postgres -c 'CREATE DATABASE import TEMPLATE list'
			echo "$peer $(db import -c '\timing on' -c "CALL $peer()" 2>/dev/null | sed -n 's/^Time: \([0-9.]*\).*/\1/p')" \
				"$(db import -c "SELECT count(*) || '/' || sum(hashtext(c.recipient::text)) FROM $([ $peer = ours ] && echo wa_consent || echo hand_consent) AS c JOIN $([ $peer = ours ] && echo wa_consent_log || echo hand_consent_log) AS l USING (recipient, at)")"
			db postgres -c 'DROP DATABASE import'
		done
	done | taken
	line import "wa_import of $(size "$list")" "$(printf '%.0f ms' "$(t ours)")" '' '' '60 s' "$(within "$(t ours)" 0 60000)"
	say import "wa_import of $(size "$list"), against INSERT ... ON CONFLICT by hand into tables like ours" "$(t ours)" "$(t by_hand)" 2
	same import
	db postgres -c 'DROP DATABASE list'
fi
