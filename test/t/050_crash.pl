# "kill -9 of a backend or of the server loses no acknowledged payload and
# leaves no half-applied one."
#
# Clients of several kinds post while the server goes down; what psql was told
# to be done is what counts as acknowledged.  Each payload is about three people
# of its own and three whom all have in common.  Its tag stands in
# wa_webhook.signature.

use strict;
use warnings;

use Errno;

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $node = new_node('crash');
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->restart;
my $tmp = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(crash clean);
$node->safe_psql($_, 'CREATE EXTENSION wa_policy') for qw(crash clean);

my $size = long_form(2, 6);
my %units = (single => 400 * $size, savepoint => 150 * $size, copy => 25 * $size, bare => 300 * $size);
my %kind = (single => 1, savepoint => 2, copy => 3, bare => 4);
my (@all, %acknowledged);

# People of this payload: kind, round, number.
sub person
{
	my ($kind, $round, $n, $who) = @_;
	return sprintf('49%d%d%05d%d', $kind{$kind}, $round, $n, $who);
}

sub payload
{
	my ($kind, $round, $n) = @_;
	my $at = 1700000000 + 100000 * $round + 10 * $n + $kind{$kind};
	my @own = map { person($kind, $round, $n, $_) } 0 .. 2;
	# Several ingests in one transaction may deadlock with others that touch the same
	# people, so that client has people of its own.
	my @common = map { '49999000000' . (($n + $_) % 5 + ($kind eq 'savepoint' ? 5 : 0)) } 0 .. 2;
	return envelope('W' . $kind{$kind}, change_of('S1', 'statuses', map { failed($_, $at, 131026) } $own[0], $common[0]),
		change_of('S1', 'messages', map { inbound($_, $at, 'STOP') } $own[1], $common[1]),
		change_of('S2', 'statuses', map { receipt($_, $at, 'read', 'marketing') } $own[2], $common[2]));
}

# One script a client.  Each line that it prints is an acknowledgement.
my %script = (
	single => sub {
		my ($round, $n) = @_;
		my $p = payload('single', $round, $n);
		push @all, [ $p, "single-$round-$n" ];
		return "INSERT INTO wa_webhook (payload, signature) VALUES (" . literal($p) . ", 'single-$round-$n') RETURNING signature;\n";
	},
	# Two are kept, one is taken back.
	savepoint => sub {
		my ($round, $n) = @_;
		return '' if $n % 3;
		my @p = map { payload('savepoint', $round, $n + $_) } 0 .. 2;
		push @all, map { [ $p[$_], "savepoint-$round-" . ($n + $_) ] } 0, 2;
		my $sql = "BEGIN;\n";
		for (0 .. 2)
		{
			my $insert = "INSERT INTO wa_webhook (payload, signature) VALUES (" . literal($p[$_]) . ", 'savepoint-$round-" . ($n + $_) . "');\n";
			$sql .= $_ == 1 ? "SAVEPOINT s;\n${insert}ROLLBACK TO s;\n" : $insert;
		}
		return "${sql}COMMIT;\n\\echo savepoint-$round-$n\n\\echo savepoint-$round-" . ($n + 2) . "\n";
	},
	copy => sub {
		my ($round, $n) = @_;
		my ($sql, $done) = ("COPY wa_webhook (payload, signature) FROM STDIN;\n", '');
		for (20 * $n .. 20 * $n + 19)
		{
			my $p = payload('copy', $round, $_);
			push @all, [ $p, "copy-$round-$_" ];
			$sql .= "$p\tcopy-$round-$_\n";
			$done .= "\\echo copy-$round-$_\n";
		}
		return "$sql\\.\n$done";
	},
	# Nothing is kept but the state; the transaction counts through a row of the test's own.
	bare => sub {
		my ($round, $n) = @_;
		my $p = payload('bare', $round, $n);
		push @all, [ $p, "bare-$round-$n" ];
		return "BEGIN; SELECT FROM wa_ingest(" . literal($p) . "); INSERT INTO bare VALUES ('bare-$round-$n'); COMMIT;\n\\echo bare-$round-$n\n";
	});
$node->safe_psql('crash', 'CREATE TABLE bare (tag text)');

my %disaster = (
	1 => [ 'kill -9 of a backend', sub {
			# One at work, if there is one at that moment: see $pause.
			my $pid = $node->safe_psql('crash', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
				AND pid <> pg_backend_pid() AND datname = 'crash'
				ORDER BY (wait_event IS NOT DISTINCT FROM 'PgSleep')::int + (state = 'idle')::int, random() LIMIT 1});
			die 'no client is connected' unless $pid =~ /^\d+$/;
			kill 'KILL', $pid;
			# It comes back by itself.
			$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()');
		} ],
	2 => [ 'pg_ctl stop -m immediate', sub { $node->stop('immediate'); $node->start; } ],
	3 => [ 'kill -9 of the postmaster', sub {
			my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
			my @family = ($postmaster, split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity'));
			$node->kill9;
			# Its children go when they notice; the new server would not start before.
			for (1 .. 300)
			{
				last unless grep { alive($_) } @family;
				select undef, undef, undef, 0.1;
			}
			# Where nobody collects the dead, as in some containers, the number is taken still.
			unlink $node->data_dir . '/postmaster.pid', glob($node->host . '/.s.PGSQL.*.lock')
			  if -d "/proc/$postmaster" && !grep { alive($_) } @family;
			$node->start;
		} ]);

sub alive
{
	my ($pid) = @_;
	return 0 unless kill(0, $pid) || $!{EPERM};
	return 1 unless -r "/proc/$pid/stat";
	return slurp_file("/proc/$pid/stat") !~ /\) Z /;
}

# Towards its end each client waits to be struck, so that it comes in the middle
# however slowly this program notices how far they are.
my $pause = "SELECT FROM pg_sleep(600);\n";

for my $round (sort keys %disaster)
{
	my ($name, $strike) = @{ $disaster{$round} };
	my (@clients, %acks);
	my $before = $node->safe_psql('crash', 'SELECT count(*) FROM wa_webhook');

	for my $kind (sort keys %script)
	{
		my $file = "$tmp/$kind-$round.sql";
		open my $fh, '>', $file or die;
		print $fh $_ == int($units{$kind} * 0.9) ? $pause : '', $script{$kind}->($round, $_) for 0 .. $units{$kind} - 1;
		close $fh;
		$acks{$kind} = "$tmp/$kind-$round.acks";
		push @clients, IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('crash'), '-f', $file ],
			'>', $acks{$kind}, '2>', "$acks{$kind}.err");
	}
	# In the middle of it.
	for (1 .. 1000)
	{
		last if $node->safe_psql('crash', 'SELECT count(*) FROM wa_webhook') >= $before + 120 * $size;
		select undef, undef, undef, 0.01;
	}
	$strike->();
	$_->finish for @clients;

	my @acked = map { grep { $_ ne '' } split /\n/, slurp_file($_) } values %acks;
	my $posted = 0;
	$posted += $_->[1] =~ /-$round-/ ? 1 : 0 for @all;
	@acknowledged{@acked} = ();
	cmp_ok(scalar @acked, '>', 50, "$name: " . scalar(@acked) . ' were acknowledged');
	cmp_ok(scalar @acked, '<', $posted, "$name: of $posted, so it came in the middle");

	my %there = map { $_ => 1 } split /\n/, $node->safe_psql('crash', 'SELECT signature FROM wa_webhook UNION ALL TABLE bare');
	is(join(' ', grep { !$there{$_} } sort @acked), '', "$name: what was acknowledged is there");

	# A recipient that is there has all its effects, one that is not has none.
	my %effects = map { split /\|/ } split /\n/, $node->safe_psql('crash', q{
		SELECT recipient, string_agg(what, ',' ORDER BY what) FROM (
			SELECT recipient::text, 'failure' AS what FROM wa_cooldown
			UNION ALL SELECT recipient::text, 'inbound' FROM wa_activity WHERE last_inbound_at IS NOT NULL
			UNION ALL SELECT recipient::text, 'read' FROM wa_activity WHERE last_read_at IS NOT NULL
			UNION ALL SELECT recipient::text, 'stop' FROM wa_consent WHERE state = 'stop'
			UNION ALL SELECT recipient::text, 'logged' FROM wa_consent_log) AS s
		WHERE recipient NOT LIKE '49999%' GROUP BY recipient});
	my (@half, $whole, %known);
	for my $tag (sort keys %there)
	{
		my ($kind, $r, $n) = split /-/, $tag;
		my @got = map { delete $effects{ person($kind, $r, $n, $_) } // 'nothing' } 0 .. 2;
		my $got = "@got";
		if ($got eq 'failure inbound,logged,stop read') { $whole++ } else { push @half, "$tag: $got" }
	}
	is("@half", '', "$name: each of $whole payloads has all of its effect");
	is(join(' ', %effects), '', "$name: there is no effect without a payload, and none of what was taken back");
	# The hot rows agree with the payloads as well: their latest failure is that of a payload that is there.
	is($node->safe_psql('crash', q{
		WITH kept AS (SELECT s->>'recipient_id' AS who, (e->>'id') AS business, to_timestamp((s->>'timestamp')::bigint) AS at
			FROM wa_webhook AS w, jsonb_array_elements(w.payload::jsonb->'entry') AS e, jsonb_array_elements(e->'changes') AS c,
				jsonb_array_elements(c->'value'->'statuses') AS s WHERE s->>'status' = 'failed')
		SELECT count(*) FROM (SELECT who, business, max(at) AS at FROM kept WHERE who LIKE '49999%' GROUP BY 1, 2) AS k
		JOIN wa_cooldown AS c ON c.recipient::text = k.who AND c.business = k.business
		WHERE c.failures[cardinality(c.failures)] IS DISTINCT FROM k.at}), '0', "$name: shared rows hold what was kept");
	is(join(' ', map { /ERROR/ ? $_ : () } map { split /\n/, slurp_file("$_.err") } values %acks), '', "$name: no client got an error before");
}

# Meta posts again what was not acknowledged; here, for good measure, all of it,
# in another order.  The state is that of a server that never fell.
my %seen;
for my $db (qw(crash clean))
{
	open my $fh, '>', "$tmp/$db.copy" or die;
	print $fh map { "$_->[0]\t$_->[1]\n" } $db eq 'clean' ? @all : reverse @all;
	close $fh;
	$node->safe_psql($db, "\\copy wa_webhook (payload, signature) from '$tmp/$db.copy'");
	$seen{$db} = state_lines($node, $db);
}
cmp_ok(length $seen{clean}, '>', 100000, 'there is a lot of state');
is_same($seen{crash}, $seen{clean}, 'posted again, all comes to the same state');

done_testing();
