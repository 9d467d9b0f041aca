# Pacing where there is more than one database or role: what a DBA has said of caps,
# quiet hours and regions, and what was delivered, comes back from a dump; and nobody
# but a DBA can loosen it.

use strict;
use warnings;

use lib 'test/t';
use WaTest;
use Test::More;

my $node = new_node('pacing');
my $s = '"Pace; 1"';
my $people = q{VALUES ('5511987654321'), ('4915100000001'), ('447700900123'), ('12125550123'), ('9991234567')};
my $at = '2024-03-05 12:00+00';

$node->safe_psql('postgres', 'CREATE DATABASE paced');
$node->safe_psql('paced', "CREATE SCHEMA $s; CREATE EXTENSION wa_policy SCHEMA $s");
$node->safe_psql('paced', join("\n", map { post_sql($s, $_) }
	envelope('W1', change_of('S1', 'statuses', map { receipt('5511987654321', 1709600000 + 1000 * $_, 'delivered', 'marketing') } 1 .. 3),
		change_of('S1', 'statuses', map { receipt('447700900123', 1709600000 + 1000 * $_, 'read', 'marketing') } 1 .. 3)),
	envelope('', change_of('', 'statuses', receipt('4915100000001', 1709600000, 'delivered', 'utility')))));
$node->safe_psql('paced', qq{
	INSERT INTO $s.wa_frequency_cap (category, messages, period, reason) VALUES ('marketing', 3, '7 days', E'a\\tpromise'), ('utility', 1, '1 day', '');
	INSERT INTO $s.wa_quiet_hours (region, category, days, starts, ends, source) VALUES ('DE', 'marketing', '{1,7}', '22:00', '08:00', E'law\\nof 2020'), (NULL, 'utility', NULL, '10:00', '14:30:01.5', '');
	-- Default rows deleted, changed, and one of our own.
	DELETE FROM $s.wa_region_without_limit WHERE region = 'GB';
	UPDATE $s.wa_region_without_limit SET source = 'seen ourselves' WHERE region = 'JP';
	INSERT INTO $s.wa_region_without_limit (region, source) VALUES ('CH', 'ours');
	ALTER DATABASE paced SET wa_policy.require_opt_in = on;
});
is($node->safe_psql('paced', "SELECT deliveries, array_length(messages, 1) FROM $s.wa_delivery WHERE category = 'utility'"),
	'{"2024-03-05 00:53:20+00"}|1', 'a receipt is kept');
my $rows = fingerprints($node, 'paced');
my $answers = decisions($node, 'paced', $s, $people, $at);
like($answers, qr/frequency_cap/, 'a cap objects');
like($answers, qr/quiet_hours/, 'quiet hours object');
like($answers, qr/no_opt_in/, 'a missing opt-in objects');

my %back = restored($node, 'paced');
for my $way (sort keys %back)
{
	my $db = $back{$way};
	# Settings of a database are in no dump of it.
	$node->safe_psql('postgres', "ALTER DATABASE $db SET wa_policy.require_opt_in = on");
	is_same(fingerprints($node, $db), $rows, "$way: all rows are back");
	is_same(decisions($node, $db, $s, $people, $at), $answers, "$way: all decisions are the same");
	$node->safe_psql($db, "INSERT INTO $s.wa_frequency_cap (category, messages, period) VALUES ('marketing', 9, '1 h');
		INSERT INTO $s.wa_quiet_hours (category, starts, ends) VALUES ('marketing', '1:00', '2:00')");
	pass("$way: new rows get new numbers");
}

# Roles.
$node->safe_psql('paced', "CREATE ROLE reading LOGIN IN ROLE wa_reader; CREATE ROLE writing LOGIN IN ROLE wa_writer");
my $ask = "SELECT $s.wa_first_reason('5511987654321', 'marketing', at => '$at')";
is(try_sql($node, 'paced', $ask, '-U', 'reading'), 'frequency_cap', 'a reader is told of a cap');
is(try_sql($node, 'paced', "SELECT count(*) FROM $s.wa_frequency_cap, $s.wa_quiet_hours, $s.wa_region_without_limit", '-U', 'reading'), '132', 'and may read the policy');
for my $role (qw(reading writing))
{
	like(try_sql($node, 'paced', "SELECT * FROM $s.wa_delivery", '-U', $role), qr/permission denied/, "$role: not what was delivered");
	like(try_sql($node, 'paced', "DELETE FROM $s.wa_frequency_cap", '-U', $role), qr/permission denied/, "$role: no cap is taken away");
	like(try_sql($node, 'paced', "INSERT INTO $s.wa_region_without_limit VALUES ('BR')", '-U', $role), qr/permission denied/, "$role: no region is added");
	like(try_sql($node, 'paced', "SELECT $s.wa_try_recipient('x'); SET wa_policy.require_opt_in = off", '-U', $role), qr/permission denied/,
		"$role: the setting is not loosened once the library is there");
}
# Before the library is there the server takes any name; what was set then does not count.
is(try_sql($node, 'paced', "SET client_min_messages = error; SET wa_policy.require_opt_in = off; SELECT $s.wa_first_reason('447700900124', 'marketing', at => '$at')", '-U', 'reading'),
	'no_opt_in', 'nor before it is');
# Nor does it matter that the library comes in the middle of a parallel operation, by the output of an identifier.
my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;'
  . " SELECT count(md5(t::text)) > 0 FROM $s.wa_activity AS t";
$node->safe_psql('paced', "ALTER DATABASE paced SET wa_policy.suppression_list_mem = '10MB'; ANALYZE $s.wa_activity");
like($node->safe_psql('paced', $parallel =~ s/SELECT/EXPLAIN (COSTS OFF) SELECT/r), qr/Gather/, 'a parallel plan');
is(try_sql($node, 'paced', "$parallel; SELECT $s.wa_first_reason('447700900124', 'marketing', at => '$at'); SHOW wa_policy.suppression_list_mem"),
	"t\nno_opt_in\n10MB", 'settings hold where the library is loaded in a parallel operation');
$node->safe_psql('paced', 'ALTER DATABASE paced RESET wa_policy.suppression_list_mem');
{
	# A connection option takes the place of the database's own value before the library is there.
	local $ENV{PGOPTIONS} = '-c wa_policy.require_opt_in=off';
	my $ask_other = "SELECT $s.wa_first_reason('447700900124', 'marketing', at => '$at')";
	like(try_sql($node, 'paced', $ask_other, '-U', 'reading'),
		qr/FATAL:  permission denied to set parameter "wa_policy.require_opt_in"/, 'nor as the connection is made');
	is(try_sql($node, 'paced', "SET client_min_messages = error; $ask_other"), '', 'a superuser may do so');
	local $ENV{PGOPTIONS} = '-c wa_policy.message_log=on';
	like(try_sql($node, 'paced', $ask_other, '-U', 'reading'),
		qr/FATAL:  permission denied to set parameter "wa_policy.message_log"/, 'nor is the log of messages switched on so');
	local $ENV{PGOPTIONS} = '-c wa_policy.suppression_list_mem=1MB';
	is(try_sql($node, 'paced', $ask_other, '-U', 'reading'), 'no_opt_in', 'what is anybody\'s may be given there');
}
like(try_sql($node, 'paced', "ALTER ROLE reading SET wa_policy.require_opt_in = off", '-U', 'reading'), qr/permission denied/, 'nor for a role');

$node->stop;
done_testing();
