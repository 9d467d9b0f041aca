# Lists, erasure and purge: who may do what; what a restore brings back; what is
# seen of a running import, and what is left of one that is cancelled or killed.

use strict;
use warnings;

use lib 'test/t';
use WaTest;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = new_node('lists');
my @at = ('--host', $node->host, '--port', $node->port);

sub as
{
	my ($role, $sql, $db) = @_;
	return try_sql($node, $db // 'postgres', $sql, '-U', $role);
}

$node->safe_psql('postgres', q{
	CREATE ROLE reader LOGIN; CREATE ROLE writer LOGIN; CREATE ROLE marketer LOGIN; CREATE ROLE officer LOGIN;
	CREATE EXTENSION wa_policy;
	GRANT wa_reader TO reader; GRANT wa_writer TO writer;
	GRANT EXECUTE ON FUNCTION wa_import, wa_export TO marketer;
	GRANT EXECUTE ON FUNCTION wa_forget(text, text) TO officer;
	GRANT EXECUTE ON PROCEDURE wa_purge TO officer;
	CREATE TABLE private_list AS SELECT '4915100000001'::text AS phone;
	CREATE SCHEMA marketer AUTHORIZATION marketer;
	SET ROLE marketer;
	CREATE TABLE marketer.unsubscribed AS SELECT '49151000000' || n AS phone FROM generate_series(10, 19) AS n;
	-- What a statement of the extension must not stumble over.
	CREATE FUNCTION marketer.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT 'planted' $$;
	CREATE FUNCTION marketer.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
	CREATE FUNCTION marketer.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT 1/0; SELECT now()';
});

# ---- Roles ---------------------------------------------------------------

for my $role (qw(reader writer))
{
	for my $call (q{SELECT * FROM wa_import('SELECT 1 AS phone')}, 'SELECT * FROM wa_export()',
		q{SELECT * FROM wa_forget('4915100000001', 'x')}, q{CALL wa_purge('1 day')}, 'TABLE wa_erased', 'TABLE wa_erasure_key', 'TABLE wa_erasure')
	{
		like(as($role, $call), qr/ERROR:  permission denied/, "$role: $call");
	}
}
like(as('writer', q{SELECT wa_history('4915100000001')}), qr/permission denied/, 'the writer reads no history');
like(as('marketer', q{SELECT * FROM wa_import('TABLE private_list', false)}), qr/permission denied for table private_list/,
	'an import reads what its caller may read');
like(as('marketer', q{SELECT * FROM wa_import('SELECT recipient::text AS phone FROM wa_consent_log', false)}), qr/permission denied for table wa_consent_log/,
	'and nothing of the extension\'s');
is(as('marketer', q{SET search_path = marketer, pg_catalog, public;
	SELECT outcome, phones FROM wa_import('TABLE unsubscribed', false) WHERE phones > 0; SELECT count(*) FROM wa_export()}),
	"total|10\nstopped|10\n10", 'it writes what its caller may not write, whatever the search path');
is($node->safe_psql('postgres', 'SELECT DISTINCT recorded_by FROM wa_consent_log'), 'marketer', 'the log tells who');
is(as('reader', q{SELECT wa_proof('4915100000010')->>'recipient'; SELECT event, recorded_by FROM wa_history('4915100000010')}),
	"4915100000010\nopt-out, business|marketer", 'the reader may look at a person');
like(as('officer', q{SELECT wa__without('x', '{}')}), qr/permission denied/, 'inner functions are nobody\'s');
is(as('officer', q{SELECT rows FROM wa_forget('4915100000010', 'request 1') WHERE part = 'consent log'}), '1', 'an officer may erase');
like(as('officer', q{SET client_min_messages = warning; CALL wa_purge('1 day')}), qr/^$/, 'and purge');

# ---- Restore -------------------------------------------------------------

$node->safe_psql('postgres', q{SELECT wa_forget('4915100000099', 'request 2')});
my $decisions = q{SELECT phone, wa_first_reason(phone, 'marketing') FROM (VALUES ('4915100000010'), ('+49 151 0000 0099'), ('4915100000011'), ('4915100000098')) AS v (phone)};
my $before = $node->safe_psql('postgres', $decisions);
is($before, "4915100000010|erased\n+49 151 0000 0099|erased\n4915100000011|opted_out_business\n4915100000098|", 'decisions before the dump');
my %back = restored($node, 'postgres');
for my $way (sort keys %back)
{
	is($node->safe_psql($back{$way}, $decisions), $before, "$way: the erased are erased still, and suppressed");
	is($node->safe_psql($back{$way}, 'TABLE wa_erasure'), $node->safe_psql('postgres', 'TABLE wa_erasure'), "$way: the log of erasures");
	is($node->safe_psql($back{$way}, q{SELECT rows FROM wa_forget('4915100000011', 'request 3') WHERE part = 'consent'}), '1', "$way: one more can be erased");
	is($node->safe_psql($back{$way}, q{SELECT count(*) FROM wa_erasure_key}), '1', "$way: by the same key");
}

# ---- Many stops of one person ---------------------------------------------

# As an owner of a phone can say stop all day long, and a list may be the log of another tool.  Four times as
# many may take eight times as long; were each looked for among all, sixteen times.  Times are compared in the long form.
sub seconds_of_stops
{
	my ($n) = @_;
	my $began = time;
	is($node->safe_psql('postgres', qq{SELECT phones FROM wa_import('SELECT ''4915900000001'' AS phone, timestamptz ''2020-01-01'' + n * interval ''1 s'' AS at FROM generate_series(1, $n) AS n')
		WHERE outcome = 'recorded' AND line IS NULL}), $n - 1, "$n stops of one person");
	return time - $began;
}
my ($fewer, $more) = map { seconds_of_stops($_) } long_form([15000], [ 15000, 60000 ])->@*;
cmp_ok($more, '<', 8 * ($fewer > 0.1 ? $fewer : 0.1), sprintf('the time grows with the list: %.2f s and %.2f s', $fewer, $more)) if $ENV{WA_LONG};

# ---- A large import, watched, cancelled, killed ---------------------------

$node->safe_psql('postgres', q{
	CREATE TABLE large AS SELECT '4916' || (10000000 + n) AS phone, timestamptz '2024-01-01' AS at FROM generate_series(1, 200000) AS n});
my $counts = 'SELECT (SELECT count(*) FROM wa_consent), (SELECT count(*) FROM wa_consent_log)';
my $start = $node->safe_psql('postgres', $counts);
for my $how ('pg_cancel_backend', 'pg_terminate_backend')
{
	my $import = IPC::Run::start([ 'psql', '-X', '-q', @at, '-d', 'postgres', '-c', q{SELECT count(*) FROM wa_import('TABLE large', false)} ],
		'>', \my $out, '2>', \my $err);
	my $seen = '';
	for (1 .. 600)
	{
		$seen = $node->safe_psql('postgres', q{SELECT pid, phase, dry_run, rows_read = 200000, rows_usable = 200000, rows_rejected = 0
			FROM wa_import_progress WHERE rows_done BETWEEN 10000 AND 190000});
		last if $seen ne '';
		usleep(20_000);
	}
	like($seen, qr/^\d+\|comparing and writing\|f\|t\|t\|t$/, "another session sees how far it is ($how)");
	my ($pid) = $seen =~ /^(\d+)/;
	# A webhook about somebody on the list is taken in meanwhile.
	is($node->safe_psql('postgres', q{SET statement_timeout = '60 s';
		SELECT problems FROM wa_ingest('{"field": "messages", "value": {"metadata": {"phone_number_id": "s1"}, "statuses": [{"id": "m", "status": "delivered", "timestamp": "1700000000", "recipient_id": "491610000001"}]}}')}),
		'0', 'intake goes on');
	$node->safe_psql('postgres', "SELECT $how($pid)") if $pid;
	$import->finish;
	isnt($err, '', "it ends ($how)");
	is($node->safe_psql('postgres', $counts), $start, 'and has done nothing');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM wa_import_progress'), '0', 'nor is it seen any more');
}
is($node->safe_psql('postgres', q{SELECT phones FROM wa_import('TABLE large', false) WHERE outcome = 'stopped'}), '200000', 'once more, to its end');
is($node->safe_psql('postgres', q{SELECT phones FROM wa_import('SELECT * FROM wa_export()') WHERE outcome IN ('stopped', 'recorded')}), "0\n0", 'what was exported is known');

done_testing();
