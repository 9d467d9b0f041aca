# "Own writes are seen.  wa_sendable answers by the caller's snapshot, always:
# after an opt-out in the same transaction, inside a PL/pgSQL loop, in a prepared
# statement, in a cursor opened earlier, under REPEATABLE READ and SERIALIZABLE,
# in a parallel worker."
#
# What two sessions see of each other is in test/isolation/specs.

use strict;
use warnings;

use Digest::SHA 'hmac_sha256_hex';

use lib 'test/t';
use WaTest;
use Test::More;

my $node = new_node('own');
my $people = 2000;
my $opt_out = q{PERFORM wa_opt_out(who, '', '', '2024-01-01 00:00+00')};
$node->safe_psql('postgres', qq{
	CREATE EXTENSION wa_policy;
	SELECT wa_declare_empty('a test');
	CREATE TABLE people (n int, phone text);
	INSERT INTO people SELECT n, '4915100' || lpad(n::text, 6, '0') FROM generate_series(1, $people) AS n;
	CREATE TABLE few AS SELECT * FROM people WHERE n <= 6;
	ANALYZE people, few;
	CREATE FUNCTION stop(who text) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN $opt_out; END \$\$;
	CREATE FUNCTION may(who text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RETURN wa_sendable(who, 'marketing'); END \$\$;
	CREATE FUNCTION stop_and_tell(who text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN
		$opt_out; RETURN wa_sendable(who, 'marketing'); END \$\$;
});

sub answers
{
	my ($sql, $expected, $name) = @_;
	for my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
	{
		my $out = try_sql($node, 'postgres', "BEGIN ISOLATION LEVEL $level;\n$sql\nROLLBACK;");
		$out =~ s/\s+/ /g;
		is($out, $expected, "$name ($level)");
	}
}

my $may = q{SELECT wa_sendable('4915100000003', 'marketing');};
my $segment = q{SELECT string_agg(n::text, ',' ORDER BY n) FROM few WHERE wa_sendable(phone, 'marketing');};

answers("$may SELECT 1 FROM stop('4915100000003'); $may", 't 1 f', 'the next statement knows');
answers("$segment SELECT 1 FROM stop('4915100000003'); $segment", '1,2,3,4,5,6 1 1,2,4,5,6',
	'so does a segment query');
answers("$may SAVEPOINT s; SELECT 1 FROM stop('4915100000003'); $may ROLLBACK TO s; $may",
	't 1 f t', 'what is rolled back to a savepoint is forgotten');
answers("SAVEPOINT s; SELECT 1 FROM stop('4915100000003'); RELEASE s; $may", '1 f', 'what is released is not');
answers("PREPARE p AS $may PREPARE q AS $segment EXECUTE p; EXECUTE q; SELECT 1 FROM stop('4915100000003');
	EXECUTE p; EXECUTE q; DEALLOCATE ALL;", 't 1,2,3,4,5,6 1 f 1,2,4,5,6', 'a prepared statement');
answers("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE p(text) AS SELECT wa_sendable(\$1, 'marketing');
	EXECUTE p('4915100000003'); SELECT 1 FROM stop('4915100000003'); EXECUTE p('4915100000003'); DEALLOCATE p;",
	't 1 f', 'a prepared statement with a parameter and a generic plan');

# A cursor goes by the snapshot of its opening, row for row: not sorted, so that
# each decision is made when its row is fetched.
answers("DECLARE c CURSOR FOR SELECT n FROM few WHERE wa_sendable(phone, 'marketing'); FETCH 1 FROM c;
	SELECT 0 FROM stop('4915100000003'); FETCH ALL FROM c; $may", '1 0 2 3 4 5 6 f',
	'a cursor opened before the opt-out');
answers("DECLARE c CURSOR FOR SELECT n FROM few WHERE wa_sendable(phone, 'marketing');
	SELECT 0 FROM stop('4915100000003'); FETCH ALL FROM c;", '0 1 2 3 4 5 6',
	'a cursor opened before the opt-out and not read from');
answers("SELECT 0 FROM stop('4915100000003'); DECLARE c CURSOR FOR SELECT n FROM few WHERE wa_sendable(phone, 'marketing');
	FETCH 2 FROM c; SELECT 0 FROM stop('4915100000005'); FETCH ALL FROM c;", '0 1 2 0 4 5 6',
	'a cursor between two opt-outs');
answers("DECLARE c SCROLL CURSOR FOR SELECT n, wa_sendable(phone, 'marketing') FROM few WHERE n BETWEEN 2 AND 4;
	FETCH ALL FROM c; SELECT 0 FROM stop('4915100000003'); FETCH FIRST FROM c; FETCH ALL FROM c;",
	'2|t 3|t 4|t 0 2|t 3|t 4|t', 'a cursor that goes back');

# PL/pgSQL keeps the state of a simple expression for the whole transaction.
answers(q{DO $$ DECLARE i int; r text := ''; BEGIN
	FOR i IN 1..6 LOOP
		r := r || wa_sendable('4915100000003', 'marketing')::text || ' ';
		IF i = 3 THEN PERFORM stop('4915100000003'); END IF;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'true true true false false false ', 'in a PL/pgSQL loop, by the same expression');
answers(q{DO $$ DECLARE i int; r text := ''; BEGIN
	FOR i IN 1..4 LOOP
		BEGIN
			IF i IN (1, 3) THEN PERFORM stop('4915100000003'); END IF;
			r := r || wa_sendable('4915100000003', 'marketing')::text || ' ';
			IF i IN (1, 3) THEN RAISE 'back'; END IF;
		EXCEPTION WHEN raise_exception THEN
			r := r || wa_sendable('4915100000003', 'marketing')::text || ' ';
		END;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'false true true false true true ', 'in a PL/pgSQL loop that rolls back');
# What holds for the state holds for the rules; these are kept between decisions.
answers(q{DO $$ DECLARE i int; r text := ''; BEGIN
	FOR i IN 1..6 LOOP
		r := r || wa_sendable('4915100000003', 'marketing')::text || ' ';
		IF i = 2 THEN INSERT INTO wa_region_rule (region, category) VALUES ('DE', 'marketing'); END IF;
		IF i = 4 THEN DELETE FROM wa_region_rule WHERE region = 'DE'; END IF;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'true true false false true true ', 'rules that change in a PL/pgSQL loop');
answers(q{DO $$ DECLARE i int; r text := ''; BEGIN
	FOR i IN 1..3 LOOP
		r := r || may('4915100000003')::text || ' ';
		BEGIN
			INSERT INTO wa_region_rule (region, category) VALUES ('DE', 'marketing');
			r := r || may('4915100000003')::text || ' ';
			RAISE 'back';
		EXCEPTION WHEN raise_exception THEN NULL;
		END;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'true false true false true false ', 'rules that change and are rolled back, by the same expression');
answers(q{SELECT 1 FROM wa_report_error('4915100000003', 131026, '2024-01-01 00:00+00');
	DO $$ DECLARE i int; r text := ''; BEGIN
	FOR i IN 1..4 LOOP
		r := r || wa_sendable('4915100000003', 'utility', at => '2024-01-01 01:00+00')::text || ' ';
		IF i = 2 THEN INSERT INTO wa_error_override (code, blocks) VALUES (131026, '{marketing}'); END IF;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'1 false false true true ', 'an override that comes in a PL/pgSQL loop');
answers(q{DO $$ DECLARE p record; r text := ''; BEGIN
	FOR p IN SELECT n, phone FROM few ORDER BY n LOOP
		IF wa_sendable(p.phone, 'marketing') THEN
			r := r || p.n || ' ';
			PERFORM stop('491510000000' || p.n + 1);
		END IF;
	END LOOP;
	PERFORM set_config('own.r', r, true); END $$; SELECT current_setting('own.r');},
	'1 3 5 ', 'a loop in which each takes out the next');
answers(q{SELECT n, wa_sendable(phone, 'marketing'), stop_and_tell(phone), wa_sendable(phone, 'marketing'), may(phone)
	FROM few WHERE n = 3;}, '3|t|f|t|f', 'a volatile function within the query knows, the query itself does not');
answers(q{WITH w AS (INSERT INTO wa_webhook (payload) VALUES ('{"field":"user_preferences","value":{"user_preferences":[
	{"wa_id":"4915100000003","category":"marketing_messages","value":"stop","timestamp":"1700000000"}]}}') RETURNING 1)
	SELECT wa_sendable('4915100000003', 'marketing') FROM w; SELECT wa_sendable('4915100000003', 'marketing');},
	't f', 'an INSERT in WITH: the statement does not see what it writes, the next one does');

# Parallel workers.  Only the rows that must be left out are asked for, too, so
# that a worker without the leader's snapshot is found out by either.
my $parallel = q{SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0;
	SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2;
	SET LOCAL parallel_leader_participation = off;};
my $count = q{SELECT count(*), count(*) FILTER (WHERE n % 7 = 0), sum(n) FROM people WHERE wa_sendable(phone, 'marketing')};
like($node->safe_psql('postgres', "BEGIN; $parallel EXPLAIN $count"), qr/Gather.*Workers Planned: [12]/s, 'the plan is parallel');
like($node->safe_psql('postgres', "BEGIN; $parallel EXPLAIN (ANALYZE, COSTS off) $count"), qr/Workers Launched: [12]/, 'and runs so');
my ($all, $seventh, $next) = map { my $sum = 0; $sum += $_ for @$_; [ scalar @$_, $sum ] }
  [ 1 .. $people ], [ grep { $_ % 7 == 0 } 1 .. $people ], [ grep { $_ % 7 == 1 } 1 .. $people ];
my $without = sub { my ($n, $sum) = @$all; ($n -= $_->[0], $sum -= $_->[1]) for @_; return "$n|0|$sum" };
answers("$parallel $count; SELECT count(stop(phone)) FROM people WHERE n % 7 = 0; $count;
	SAVEPOINT s; SELECT count(stop(phone)) FROM people WHERE n % 7 = 1; $count; ROLLBACK TO s; $count;",
	"$all->[0]|$seventh->[0]|$all->[1] $seventh->[0] " . $without->($seventh) . " $next->[0] "
	  . $without->($seventh, $next) . ' ' . $without->($seventh),
	'parallel workers see what the leader has written');

# A receiver that looks for forged webhooks among many does so in parallel.
my $good = 'sha256=' . hmac_sha256_hex('{}', 'key');
$node->safe_psql('postgres', qq{
	INSERT INTO wa_app_secret (business, secret) VALUES ('', 'key');
	CREATE TABLE raw AS SELECT n, '{}' AS payload, CASE WHEN n % 3 = 0 THEN 'sha256=' || repeat('0', 64) ELSE '$good' END AS signature
		FROM generate_series(1, 6000) AS n;
	ANALYZE raw});
my $forged = 'SELECT count(*), count(*) FILTER (WHERE n % 3 = 0), sum(n) FROM raw WHERE NOT wa_verify_signature(payload, signature)';
my $bytes = $forged =~ s/payload/convert_to(payload, 'UTF8')/r;
like($node->safe_psql('postgres', "BEGIN; $parallel EXPLAIN (ANALYZE, COSTS off) $_"), qr/Workers Launched: [12]/, 'signatures are verified in parallel')
  for $forged, $bytes;
answers("$parallel $forged; $bytes; DELETE FROM wa_app_secret; SELECT count(*) FROM raw WHERE wa_verify_signature(payload, signature);",
	'2000|2000|6003000 2000|2000|6003000 0', 'by the snapshot of the caller');

done_testing();
