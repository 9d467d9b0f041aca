# "Memory returns to its level after each statement, on every path, errors
# included."
#
# One backend runs good, bad and failing statements of all kinds; what it holds
# of its own (RssAnon: shared buffers do not count) and what its memory contexts
# use must be the same after the second half as after the first.  json-c
# allocates beside the contexts, so both are looked at.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

plan skip_all => 'no /proc here' unless -r '/proc/self/status';

my $node = new_node('memory');
$node->safe_psql('postgres', q{
	CREATE EXTENSION wa_policy;
	CREATE TABLE people AS SELECT '4915100' || lpad(n::text, 6, '0') AS phone FROM generate_series(1, 200) AS n;
	-- A fault in the middle of the writing, as a full disk would be.
	CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'out of luck'; END $$;
	CREATE TRIGGER fault AFTER INSERT ON wa_consent FOR EACH ROW WHEN (NEW.recipient::text = '4915199999999') EXECUTE FUNCTION fault();
	CREATE FUNCTION try(command text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN EXECUTE command; EXCEPTION WHEN OTHERS THEN NULL; END $$;
	-- Somebody else sits on a row.
	SELECT wa_report_error('4915188888888', 131026, '2024-01-01', 'W1', 'S1');
	SELECT wa_ingest('{"statuses":[{"status":"read","recipient_id":"4915188888888","timestamp":"1700000000"}]}');
});
my $other = $node->background_psql('postgres');
# A row lock alone: wa_recompute waits for sessions that write the table.
$other->query_safe(q{BEGIN; SELECT FROM wa_activity WHERE recipient = '4915188888888' FOR UPDATE});

my $good = envelope('W1', change_of('S1', 'statuses', failed('4915100000001', 1700000000, 131026, 131049), receipt('4915100000002', 1700000000, 'read', 'marketing')),
	change_of('S2', 'messages', inbound('4915100000003', 1700000000, 'STOP'), inbound('4915100000004', 1700000000, 'hello')),
	change_of('S1', 'user_preferences', preference('4915100000005', 1700000000, 'stop')));
my $fresh = sub { return $good =~ s/1700000000/1700000000 + $_[0]/ger };
my $bad = envelope('W1', change_of('S1', 'statuses', failed('nobody', 1700000000, 131026), failed('4915100000001', 1, 131026), { x => 'y' x 2000 }));
my $wide = envelope('W1', change_of('S1', 'statuses', map { failed('4915100' . $_, 1700000000, 131026) } 100000 .. 100300));
my $deep = '[' x 5000;
my $fault = envelope('W1', change_of('S1', 'messages', inbound('4915100000003', 1700000000, 'STOP'), inbound('4915199999999', 1700000000, 'STOP')));
my $stuck = envelope('W1', change_of('S1', 'statuses', receipt('4915188888888', 1800000000 - 90000000, 'read')));
my $locked = '{"statuses":[{"status":"read","recipient_id":"4915188888888","timestamp":"1700000001"}]}';

# Statement n; each kind comes again and again.
my @kinds = (
	sub { 'SELECT FROM wa_ingest(' . literal($fresh->($_[0])) . ');' },
	sub { 'SELECT FROM wa_ingest(' . literal($good) . ');' },
	sub { 'INSERT INTO wa_webhook (payload) VALUES (' . literal($good) . ');' },
	sub { 'SELECT FROM wa_ingest(' . literal($bad) . ');' },
	sub { "SELECT FROM wa_ingest('{\"statuses\":[{\"id\":\"x');" },
	sub { "SELECT FROM wa_ingest('$deep');" },
	sub { "SELECT FROM wa_ingest('\\x7b22ff227d'::bytea);" },
	sub { 'SELECT FROM wa_ingest(' . literal($fault) . ');' },
	sub { 'BEGIN; SELECT FROM wa_ingest(' . literal($fresh->($_[0])) . '); SELECT 1/0; ROLLBACK;' },
	sub { 'SELECT try(' . literal('SELECT wa_ingest(' . literal($fault) . ')') . ');' },
	sub { "SET lock_timeout = '1ms'; SELECT FROM wa_ingest(" . literal($locked) . '); RESET lock_timeout;' },
	sub { "SELECT 'nonsense'::wa_recipient;" },
	sub { "SELECT wa_sendable('49151000000' || $_[0] % 100, 'marketing');" },
	sub { "SELECT wa_sendable('4915100000001', 'no such category');" },
	sub { "SELECT wa_sendable('4915100000001', NULL::wa_category);" },
	sub { "SELECT count(*) FROM people WHERE wa_sendable(phone, 'marketing');" },
	sub { "SELECT count(1 / (wa_sendable(phone, 'marketing')::int)) FROM people;" },
	sub { "SELECT * FROM wa_explain('4915100000005', 'marketing') LIMIT 1;" },
	sub { "SELECT reason FROM wa_suppressed('marketing') LIMIT 1;" },
	sub { "SELECT 1 / (recipient::text = '4915100000005')::int FROM wa_suppressed('marketing');" },
	sub { "SELECT * FROM wa_segment_summary('TABLE people', 'marketing');" },
	sub { "SET wa_policy.suppression_list_after = 0; SELECT * FROM wa_segment_summary('TABLE people', 'service'); RESET wa_policy.suppression_list_after;" },
	sub { "SELECT * FROM wa_segment_summary('SELECT (1 / (right(phone, 3)::int - 150))::text FROM people', 'marketing');" },
	sub { 'SELECT try($$SELECT wa_segment_summary(\'SELECT nothing\', \'utility\')$$);' },
	sub { "SELECT wa_next_sendable('4915100000001', 'marketing');" },
	sub { "SELECT wa_opt_in('4915100000006', ' ');" },
	sub { "SELECT wa_opt_out('nobody');" },
	sub { "SELECT wa_report_error('4915100000007', 131026, 'infinity');" },
	sub { "BEGIN; DECLARE c CURSOR FOR SELECT wa_sendable(phone, 'marketing') FROM people; FETCH 3 FROM c; COMMIT;" },
	sub { 'SELECT category FROM wa_classify(131026);' },
	sub { $_[0] % 20 ? 'SELECT 1;' : 'SELECT FROM wa_ingest(' . literal($wide) . ');' },
	sub { $_[0] % 50 ? 'SELECT 1;' : 'SELECT wa_recompute();' },
	sub { $_[0] % 200 ? 'SELECT 1;' : 'DELETE FROM wa_problem; DELETE FROM wa_webhook;' },
	sub { $_[0] % 200 ? 'SELECT 1;' : 'SELECT wa_replay();' },
	sub { $_[0] % 200 ? 'SELECT 1;' : "BEGIN; INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{1 h}'); SELECT wa_recompute(); ROLLBACK;" });

my $statements = long_form(12000, 100000);
my $rounds = int($statements / @kinds);
my $look = "SELECT 'level', (regexp_match(pg_read_file('/proc/self/status'), 'RssAnon:\\s+(\\d+)'))[1],
	(SELECT sum(used_bytes)::bigint / 1024 FROM pg_backend_memory_contexts), (SELECT count(*) FROM pg_backend_memory_contexts);\n";
my $script = '';
for my $n (0 .. $rounds - 1)
{
	$script .= $look if $n % int($rounds / 10) == 0;
	$script .= $_->($n) . "\n" for @kinds;
}
my $file = PostgreSQL::Test::Utils::tempdir() . '/statements.sql';
open my $fh, '>', $file or die;
print $fh "SET client_min_messages = error;\n$script$look";
close $fh;
my ($out, $err);
IPC::Run::run([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres'), '-f', $file ], '>', \$out, '2>', \$err);
$other->query_safe('ROLLBACK');
$other->quit;

my @levels = map { [ (split /\|/)[ 1 .. 3 ] ] } grep { /^level/ } split /\n/, $out;
my %errors;
$errors{$_}++ for map { /ERROR:  (.{0,40})/ ? $1 : () } split /\n/, $err;
note(scalar(@levels) . ' levels; RssAnon kB, context kB, contexts: ' . join(' ', map { "@$_" =~ s/ /,/gr } @levels));
note(join "\n", map { "$errors{$_} × $_" } sort keys %errors);
cmp_ok(scalar @levels, '>=', 10, "$statements statements ran");
my $failed = 0;
$failed += $_ for values %errors;
cmp_ok($failed, '>', $rounds * 9, "of which $failed failed");
for ('out of luck', 'canceling statement due to lock timeout', 'division by zero', 'invalid input syntax for type wa_recipie')
{
	cmp_ok($errors{$_} // 0, '>=', $rounds, "as they should: $_");
}
is(join(' ', grep { /internal|cache lookup|SPI|unknown/ } keys %errors), '', 'and in no other way');
# From the middle on, when each path has been taken some hundred times.
my ($middle, $end) = @levels[ int(@levels / 2), -1 ];
cmp_ok($end->[1], '<=', $middle->[1] + 64, "memory contexts: $middle->[1] kB, then $end->[1] kB");
cmp_ok($end->[2], '<=', $middle->[2] + 3, "their number: $middle->[2], then $end->[2]");
cmp_ok($end->[0], '<=', $middle->[0] + 2048, "the process: $middle->[0] kB, then $end->[0] kB");

# Large payloads, and decisions about many.  The C library may keep what a payload
# of 16 MB in memory took; it may not become more by doing the same again.
my $megabytes = q~
	SELECT FROM wa_ingest('{"statuses":[' || (SELECT string_agg('{"id":"m' || i || '","status":"read","timestamp":1700000000,"recipient_id":"4917' || 10000000 + i || '"}', ',') FROM generate_series(1, 15000) AS i) || ']}');
	SELECT FROM wa_ingest('{"x":[' || repeat('{},', 200000) || '1]}');
	SELECT try('SELECT wa_ingest(''{"x":[' || repeat('{},', 200000) || '1]'')');
	SELECT count(*) FROM generate_series(1, 20000) AS i WHERE wa_sendable('4917' || 10000000 + i, 'marketing');
	SELECT count(*) FROM wa_suppressed('service');
	SELECT count(*) FROM wa_segment_summary('SELECT (''4917'' || 10000000 + i) FROM generate_series(1, 300000) AS i', 'service');
~;
my @after = map { [ (split /\|/)[ 1, 2 ] ] } grep { /^level/ } split /\n/,
  $node->safe_psql('postgres', $look . "$megabytes$look" x 3);
cmp_ok($after[3][1], '<=', $after[2][1] + 64, "after megabytes, memory contexts in kB: " . join(' ', map { $_->[1] } @after));
cmp_ok($after[3][0], '<=', $after[2][0] + 8192, "the process: " . join(' ', map { $_->[0] } @after));
cmp_ok($after[3][0], '<=', $after[0][0] + 24576, 'and by no more than the C library may keep');

done_testing();
