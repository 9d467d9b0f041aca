# "Bounded against an adversary": somebody who owns a phone, or may write webhooks, can
# make no query slower than in proportion to what was sent.  One phone says START
# under very many BSUIDs; three times as many may cost four times as much (a linear
# walk costs three times, a quadratic one nine).

use strict;
use warnings;

use lib 'test/t';
use WaTest;
use Test::More;

my $node = new_node('many');
my ($few, $many) = (2000, 6000);
my $phone = '4915100000001';
my $begin = 1700000000;

# What is sent, by the number of identifiers.
my %sent = (
	'by phone and BSUID' => sub {
		my ($n) = @_;
		return envelope('W1', change_of('S1', 'messages',
			map { { %{ inbound($phone, $begin + $_, 'START') }, from_user_id => "DE.n$_" } } 1 .. $n));
	},);
my @asked = ($phone, 'DE.n7');
my %question = (
	(map { ("wa_sendable('$_', 'marketing')" => "SELECT wa_sendable('$_', 'marketing')",
		"wa_sendable('$_', 'service')" => "SELECT wa_sendable('$_', 'service', at => '2023-11-15 00:00+00')",
		"wa_explain('$_', 'utility')" => "SELECT count(*) FROM wa_explain('$_', 'utility', at => '2023-11-15 16:00+00')") } @asked),
	'all identifiers' => q{SELECT count(*) FROM wa_suppressed('service', at => '2023-11-15 00:00+00')},
	'a list of all' => q{SELECT count(*) FROM generate_series(1, 20000) AS n WHERE wa_sendable('4915' || n + 100000000, 'marketing')});

# Milliseconds: of the intake, and of each question, the best of eight.
sub measure
{
	my ($db, @payloads) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION wa_policy; CREATE FUNCTION ms(statement text) RETURNS float LANGUAGE plpgsql AS $$
		DECLARE began timestamptz := clock_timestamp(); BEGIN
			EXECUTE statement; RETURN 1000 * extract(epoch FROM clock_timestamp() - began); END $$');
	my %took = (intake => 0);
	my $sql = "SET wa_policy.suppression_list_after = 1; SET statement_timeout = '30s';\n";
	$took{intake} += $node->safe_psql($db, "SET statement_timeout = '30s'; SELECT ms(" . literal('SELECT wa_ingest(' . literal($_) . ')') . ')') for @payloads;
	$sql .= "SELECT " . literal($_) . ', (SELECT min(ms(' . literal($question{$_}) . ")) FROM generate_series(1, 8));\n" for sort keys %question;
	my ($status, $out, $err) = psql_all($node, $db, $sql);
	is($err, '', "$db: no error, and nothing takes half a minute");
	for (split /\n/, $out)
	{
		my ($what, $ms) = /^(.*)\|([\d.e-]+)$/ or next;
		$took{$what} = $ms;
	}
	return \%took;
}

my $round = 0;
for my $how (sort keys %sent)
{
	$round++;
	my ($small, $large) = map { measure("n${round}_$_", $sent{$how}->($_)) } $few, $many;
	for my $what ('intake', sort keys %question)
	{
		# A little more for the noise of a machine that others use.
		cmp_ok($large->{$what} // 30000, '<', 4 * ($small->{$what} // 0) + 80,
			sprintf '%s, %s: %.0f ms for %d, %.0f ms for %d', $how, $what, $small->{$what} // -1, $few, $large->{$what} // -1, $many);
	}
}

# It is not that nothing was found.
is($node->safe_psql('n1_6000', q{SELECT count(*) FROM wa_identity WHERE recipient = '4915100000001'}), '6000', 'links of all');

# What takes long can be cancelled while the rows of all identifiers are read, too: most of the
# time goes there. Half of the time is given, and the other half must be saved.
$node->safe_psql('postgres', 'CREATE DATABASE cancelled');
$node->safe_psql('cancelled', q{
	CREATE EXTENSION wa_policy;
	INSERT INTO wa_sender (business, sender, last_seen) VALUES ('W1', 'S1', now());
	INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
		SELECT '4915100000001', ('DE.n' || n)::wa_recipient, 'W1', '2025-01-01', '2025-01-02' FROM generate_series(1, 40000) AS n;
	INSERT INTO wa_cooldown (recipient, business, code, strikes, until, failures)
		SELECT ('DE.n' || n)::wa_recipient, 'W1', c, 1, '2125-01-01', '{2025-01-01}'
		FROM generate_series(1, 40000) AS n, unnest('{1026,131049,130472,131056,130403}'::int[]) AS c;
	ANALYZE;
	CREATE FUNCTION ms(statement text) RETURNS float LANGUAGE plpgsql AS $$
	DECLARE began timestamptz := clock_timestamp();
	BEGIN
		BEGIN EXECUTE statement; EXCEPTION WHEN query_canceled THEN NULL; END;
		RETURN 1000 * extract(epoch FROM clock_timestamp() - began);
	END $$});
my $asks = q{SELECT ms($$SELECT count(*) FROM wa_explain('4915100000001', 'marketing')$$)};
my $whole = (sort { $a <=> $b } map { $node->safe_psql('cancelled', $asks) } 1 .. 3)[0];
my $given = int($whole / 2);
my $took = (sort { $a <=> $b } map { $node->safe_psql('cancelled', "SET statement_timeout = $given; $asks") } 1 .. 3)[0];
cmp_ok($took, '<', 0.75 * $whole, sprintf 'cancelled after %d ms, it ends after %.0f ms of %.0f', $given, $took, $whole);

done_testing();
