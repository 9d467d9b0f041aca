# Holds of senders and claims where there is more than one database or role: they come back
# from a dump, and an application may neither loosen a hold nor claim unless it is granted.

use strict;
use warnings;

use lib 'test/t';
use WaTest;
use Test::More;

my $node = new_node('senders');
my $s = '"Send; 1"';
my $at = '2024-03-05 12:00+00';
my $people = q{VALUES ('5511987654321'), ('4915100000001'), ('447700900123'), ('9991234567')};

$node->safe_psql('postgres', 'CREATE DATABASE sending');
$node->safe_psql('sending', "CREATE SCHEMA $s; CREATE EXTENSION wa_policy SCHEMA $s");
$node->safe_psql('sending', post_sql($s, envelope('W1', change_of('S1', 'statuses', receipt('5511987654321', 1709600000, 'delivered', 'marketing')))));
$node->safe_psql('sending', qq{
	INSERT INTO $s.wa_sender (business) VALUES ('');
	SELECT $s.wa_report_error('4915100000001', 130497, '2024-03-05 10:00+00', 'W1', 'S1');
	SELECT $s.wa_report_error('4915100000001', 131063, '2024-03-05 10:00+00', 'W1', 'S1');
	SELECT $s.wa_hold('W1', E'a\\tholiday', region => 'GB', until => '2030-01-01');
	SELECT $s.wa_hold('W1', 'gone by now', sender => 'S1');
	SELECT $s.wa_release('W1', 'it is', sender => 'S1');
	SELECT $s.wa_claim('{5511987654321, 4915100000002}', 'utility', E'spring\\n1');
	SELECT $s.wa_sent('wamid.1', '5511987654321', 'utility', 'hello', E'spring\\n1');
});
my $rows = fingerprints($node, 'sending');
my $answers = decisions($node, 'sending', $s, $people, $at);
like($answers, qr/sender_hold/, 'a hold objects');
my $claim = qq{SELECT reason FROM $s.wa_claim('{5511987654321, 4915100000002, 5511987650000}', 'utility', E'spring\\n1')};

my %back = restored($node, 'sending');
for my $way (sort keys %back)
{
	my $db = $back{$way};
	is_same(fingerprints($node, $db), $rows, "$way: all rows are back");
	is_same(decisions($node, $db, $s, $people, $at), $answers, "$way: all decisions are the same");
	is($node->safe_psql($db, $claim), "sent\nclaimed\n", "$way: claims stand");
	is($node->safe_psql($db, "SELECT count(*) FROM $s.wa_claim GROUP BY token HAVING count(DISTINCT claimed_at) > 1"), '', "$way: new claims get new numbers");
	$node->safe_psql($db, "SELECT $s.wa_hold('W1', 'once more')");
	pass("$way: and so do new lines of the log");
}

# Roles.
$node->safe_psql('sending', "CREATE ROLE reading LOGIN IN ROLE wa_reader; CREATE ROLE writing LOGIN IN ROLE wa_writer; CREATE ROLE sending LOGIN IN ROLE wa_reader;"
	. "GRANT EXECUTE ON FUNCTION $s.wa_claim, $s.wa_unclaim, $s.wa_sent TO sending");
is(try_sql($node, 'sending', "SELECT $s.wa_first_reason('447700900123', 'utility', at => '$at')", '-U', 'reading'), 'sender_hold', 'a reader is told of a hold');
is(try_sql($node, 'sending', "SELECT count(*) FROM $s.wa_sender_hold WHERE code = 130497", '-U', 'reading'), '1', 'and may read it');
for my $role (qw(reading writing))
{
	for my $statement ("SELECT $s.wa_release('W1', 'let me', region => 'GB')", "SELECT $s.wa_hold('W1', 'let me')", "DELETE FROM $s.wa_sender_hold",
		"INSERT INTO $s.wa_sender_life VALUES ('W1', 'S1', 'GB', '', now())", "SELECT * FROM $s.wa_claim", "SELECT $s.wa_unclaim('{4915100000002}', 'x')", $claim,
		# Who may report errors may say as well what it sent.
		$role eq 'writing' ? () : "SELECT $s.wa_sent('x', '447700900123', 'utility', campaign => 'x')", "SELECT $s.wa__reason_beside('447700900123', 'marketing', NULL, NULL, now(), 0)", "SELECT $s.wa__refuse('', '', '', '')")
	{
		like(try_sql($node, 'sending', $statement, '-U', $role), qr/permission denied/, "$role: not $statement");
	}
}
is(try_sql($node, 'sending', $claim, '-U', 'sending'), "sent\nclaimed\n", 'a sender that was granted it may claim');
is(try_sql($node, 'sending', "SELECT $s.wa_unclaim('{4915100000002}', E'spring\\n1')", '-U', 'sending'), '1', 'and unclaim');

# A worker that is killed between its claim and its commit has claimed nobody.
my $psql = $node->background_psql('sending');
$psql->query_safe("BEGIN; SELECT $s.wa_claim('{4915100000009}', 'utility', 'crash')");
my $pid = $psql->query_safe('SELECT pg_backend_pid()');
$node->stop('immediate');
eval { $psql->quit };
$node->start;
is($node->safe_psql('sending', "SELECT reason IS NULL FROM $s.wa_claim('{4915100000009}', 'utility', 'crash')"), 't', 'after a crash another takes it');
$node->stop('immediate');
$node->start;
is($node->safe_psql('sending', "SELECT reason FROM $s.wa_claim('{4915100000009}', 'utility', 'crash')"), 'claimed', 'and what was committed stands');

done_testing();
