# "pg_dump | psql and pg_dump -Fd -j4 | pg_restore -j4 into a new database bring
# back every row of every table, apply nothing twice, and print no error."
#
# Every table of the extension is compared row by row with all its columns:
# wa_identity.position and wa_problem.count would tell of anything that was
# applied again.  What an operator has done to the default rows must
# come back as well.

use strict;
use warnings;

use JSON::PP ();

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $node = new_node('dump');
my $host = $node->host;
my $port = $node->port;
my @at = ('--host', $host, '--port', $port);
my $tmp = PostgreSQL::Test::Utils::tempdir();

# The databases that are dumped: the extension in public, and in a schema whose
# name needs quotes.
my %schema = (plainly => 'public', oddly => '"Wa policy, v1.0; select"');
my $people = q{SELECT '49151000000' || lpad(n::text, 2, '0') FROM generate_series(1, 30) AS n
	UNION ALL VALUES ('+1 415 555 0123'), ('DE.abc123'), ('nobody')};

for my $db (sort keys %schema)
{
	my $s = $schema{$db};
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, ($s eq 'public' ? '' : "CREATE SCHEMA $s;") . "CREATE EXTENSION wa_policy SCHEMA $s");

	# All kinds of rows, the odd ones as well.
	my @payloads = (
		envelope('W1', change_of('S1', 'statuses', map { failed("49151000000$_", 1700000000 + $_, 131026, 131049) } 10 .. 20),
			change_of('S2', 'messages', map { inbound("49151000000$_", 1700000100, 'STOP') } 15 .. 17)),
		envelope('W2', change_of('S1', 'user_preferences', preference('4915100000021', 1700000000, 'stop'),
				preference('4915100000022', 1700000000, 'resume'), preference('4915100000022', 1700000000, 'maybe'))),
		envelope('', change_of('', 'statuses', failed('4915100000023', 1700000000, 999999), failed('x', 1700000000, 131026),
				receipt('4915100000024', 1700000000, 'read', 'marketing'))),
		'{not JSON', '[]', "{\"a\": \"tab \t backslash \\\\ newline \\n \x{e2}\x{82}\x{ac}\"}",
		envelope("W'\\\"", change_of('S1', 'messages', { %{ inbound('4915100000025', 1700000000, 'hi') }, from_user_id => 'DE.abc123' })),
		# A BSUID with two phones, one with a parent, and a number that changed.
		envelope('W1', change_of('S1', 'messages', { %{ inbound('4915100000028', 1700000000, 'STOP') }, from_user_id => 'DE.abc123' },
				{ %{ inbound('4915100000029', 1700000000, 'hi') }, from_user_id => 'DE.def', from_parent_user_id => 'DE.ENT.ghi' },
				{ id => 'wamid.c', from => '4915100000012', timestamp => '1700000200', type => 'system',
					system => { type => 'user_changed_number', wa_id => '4915100000013', body => 'x' } })));
	$node->safe_psql($db, join("\n", map { post_sql($s, $_) } @payloads, $payloads[0]));
	$node->safe_psql($db, qq{
		SELECT $s.wa_unlink('4915100000029', 'DE.def', 'unlinked');
		SELECT $s.wa_opt_out('4915100000001', E'reason\\twith\\nlines', 'W1');
		SELECT $s.wa_opt_in('4915100000002', 'form of 1 May', '', '2024-05-01 12:00+02');
		SELECT $s.wa_report_error('4915100000003', 131056, now(), 'W1', 'S1');
		SELECT $s.wa_report_error('4915100000004', 777777, now(), 'W1', 'S1', 'm', 'details');
		SELECT $s.wa_ingest('[broken');
		INSERT INTO $s.wa_webhook (payload, received_at) VALUES ('{"field":"messages","value":{"statuses":[{"status":"read","recipient_id":"4915100000026","id":"x"}]}}', '2024-02-03');
		BEGIN; INSERT INTO $s.wa_webhook (payload) VALUES ('{}'); ROLLBACK;
		-- A row that the trigger never saw, as a restore makes them.
		INSERT INTO $s.wa_webhook (payload, token) VALUES ('{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"4915100000027","value":"stop"}]}}', 1);
		INSERT INTO $s.wa_error_override (code, title, category, blocks, ladder, gap, scope, reason) VALUES
			(131026, NULL, NULL, NULL, '{1 h, 2 mons, NULL}', '1 h', NULL, 'shorter'),
			(131049, NULL, NULL, '{}', NULL, NULL, NULL, NULL),
			(888888, 'Ours', 'recipient', '{marketing,service}', '{}', NULL, 'user', E'a\\tcode of our own');
		INSERT INTO $s.wa_error_override (code, same_as) VALUES (888049, 131056);
		INSERT INTO $s.wa_error_override (code, lifted_by) VALUES (1013, '{marketing_receipt}');
		-- One of a code that is known by the row of another table, which a restore may bring later.
		INSERT INTO $s.wa_incident (code, business, since, until, reason) VALUES
			(131026, 'W1', '2024-01-01', '2024-01-02 03:04:05.678901+02', E'relay\\tbroken'),
			(888888, '', '2024-01-01', NULL, 'goes on');
		SELECT $s.wa_recompute();
		SELECT $s.wa_hold('W1', E'audit\\tof May', 'S1', 'DE', '{marketing}', '2099-06-01');
		INSERT INTO $s.wa_frequency_cap (category, messages, period, business, reason) VALUES ('marketing', 2, '1 mon 2 days 03:04:05', 'W1', E'ours\\t');
		INSERT INTO $s.wa_quiet_hours (region, category, days, starts, ends, source) VALUES ('DE', 'marketing', '{6,7}', '20:00', '08:00', 'ours');
		DELETE FROM $s.wa_region_without_limit WHERE region = 'FR';
		INSERT INTO $s.wa_region_without_limit (region) VALUES ('AQ');
		SELECT $s.wa_sent('wamid.sent', '4915100000024', 'marketing', 'summer', 'spring', '2024-05-01');
		SELECT $s.wa_forget('4915100000026', 'request 1');
		INSERT INTO $s.wa_problem_tally (code, count) VALUES (777777, 2);
		INSERT INTO $s.wa_message_day (day, business, sender, campaign, messages, delivered, read, failed, undelivered)
			VALUES ('2024-01-01', 'W1', 'S1', E'c\\t', 3, 2, 1, 1, 0);
		INSERT INTO $s.wa_opt_out_counted (log_id) SELECT min(id) FROM $s.wa_consent_log;
	});
	$node->safe_psql($db, post_sql($s, envelope('W1', change_of('S1', 'statuses', receipt('4915100000024', 1700000500, 'sent', 'marketing')))) .
		post_sql($s, JSON::PP::encode_json({ entry => [ { id => 'W1', changes => [ { field => 'message_template_status_update', value => { event => 'PAUSED',
			message_template_id => 1, message_template_name => 'summer', message_template_language => 'de', reason => 'NONE' } } ] } ] })));

	# What an operator does to default rows, each by itself: a change, a deletion,
	# a row of the operator in the place of one, a deletion of that.
	for (
		[ 'a default phrase is changed', "UPDATE $s.wa_phrase SET meaning = 'stop' WHERE phrase = 'START'" ],
		[ 'a default phrase is renamed', "UPDATE $s.wa_phrase SET phrase = 'ADIOS' WHERE phrase = 'BAJA'" ],
		[ 'a default phrase is made active', "UPDATE $s.wa_phrase SET active = true WHERE phrase = 'CANCEL'" ],
		[ 'a default phrase is deleted', "DELETE FROM $s.wa_phrase WHERE phrase = 'REVOKE'" ],
		[ 'the rule for the US is deleted', "DELETE FROM $s.wa_region_rule WHERE region = 'US'" ],
		[ 'a phrase is added', "INSERT INTO $s.wa_phrase (phrase, meaning) VALUES ('GO AWAY', 'stop'), ('Ça suffit', 'stop')" ],
		[ 'a rule is added', "INSERT INTO $s.wa_region_rule (region, category, reason) VALUES ('FR', 'marketing', 'ours'), ('FR', 'utility', '')" ],
		[ 'a default phrase is deleted and added again', "DELETE FROM $s.wa_phrase WHERE phrase = 'SAIR';
			INSERT INTO $s.wa_phrase (phrase, meaning) VALUES ('SAIR', 'resume')" ],
		[ 'an own phrase in the place of a default one is deleted', "DELETE FROM $s.wa_phrase WHERE phrase = 'PARAR';
			INSERT INTO $s.wa_phrase (phrase, meaning) VALUES ('PARAR', 'resume'); DELETE FROM $s.wa_phrase WHERE phrase = 'PARAR'" ])
	{
		my ($name, $sql) = @$_;
		is(try_sql($node, $db, $sql), '', "$db: $name");
	}

	$node->safe_psql($db, "SELECT $s.wa_declare_empty('for the dump');
		INSERT INTO $s.wa_app_secret (business, secret, note) VALUES ('W9', E'tab\\t''quote', 'of a tenant'),
			('', NULL, 'not signed'), ('W1', NULL, ''), ('W2', NULL, ''), (E'W''\"', NULL, '')");
	# Of every table there is something to lose.
	my @empty = grep { $node->safe_psql($db, "SELECT count(*) FROM $_") eq '0' } extension_tables($node, $db);
	is("@empty", '', "$db: no table is empty");

	# What a user builds upon the extension.
	$node->safe_psql($db, qq{
		CREATE TABLE public.customers (phone text, who $s.wa_recipient PRIMARY KEY,
			country text GENERATED ALWAYS AS ($s.wa_region(who)) STORED, kind $s.wa_category);
		INSERT INTO public.customers (phone, who) SELECT p, p::$s.wa_recipient FROM ($people) AS s (p) WHERE p <> 'nobody';
		CREATE INDEX ON public.customers USING hash (who);
		CREATE INDEX ON public.customers ($s.wa_region(phone::$s.wa_recipient));
		CREATE MATERIALIZED VIEW public.blocked AS
			SELECT phone FROM public.customers WHERE NOT $s.wa_sendable(phone, 'marketing', at => '2023-11-20');
		CREATE VIEW public.reachable AS SELECT phone FROM public.customers WHERE $s.wa_sendable(phone, 'utility');
	});
}

sub createdb
{
	my ($db) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0");
	return $db;
}

sub psql_file
{
	my ($db, $file) = @_;
	return [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', @at, '-d', $db, '-f', $file ];
}

# Each way: a list of commands, of which the last ones restore.
my %ways = (
	plain => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '-f', "$tmp/$to.sql", $from ], psql_file($to, "$tmp/$to.sql"));
	},
	transaction => sub {
		my ($from, $to) = @_;
		my $psql = psql_file($to, "$tmp/$to.sql");
		return ([ 'pg_dump', @at, '-f', "$tmp/$to.sql", $from ], [ @$psql, '-1' ]);
	},
	inserts => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '--inserts', '-f', "$tmp/$to.sql", $from ], psql_file($to, "$tmp/$to.sql"));
	},
	rows => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '--rows-per-insert=7', '--column-inserts', '-f', "$tmp/$to.sql", $from ], psql_file($to, "$tmp/$to.sql"));
	},
	custom => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '-Fc', '-f', "$tmp/$to.dump", $from ],
			[ 'pg_restore', @at, '--exit-on-error', '-d', $to, "$tmp/$to.dump" ]);
	},
	parallel => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '-Fd', '-j4', '-f', "$tmp/$to.d", $from ],
			[ 'pg_restore', @at, '-j4', '-d', $to, "$tmp/$to.d" ]);
	},
	halves => sub {
		my ($from, $to) = @_;
		return ([ 'pg_dump', @at, '--schema-only', '-f', "$tmp/$to.1.sql", $from ],
			[ 'pg_dump', @at, '--data-only', '-f', "$tmp/$to.2.sql", $from ],
			psql_file($to, "$tmp/$to.1.sql"), psql_file($to, "$tmp/$to.2.sql"));
	});

for my $from (sort keys %schema)
{
	my $s = $schema{$from};
	my $rows = fingerprints($node, $from);
	my $digest = $node->safe_psql($from, "SELECT * FROM $s.wa_digest()");
	my $sequences = sequences($node, $from);
	my $decisions = decisions($node, $from, $s, $people, '2023-11-20 00:00+00');
	my $blocked = $node->safe_psql($from, 'SELECT string_agg(phone, $$,$$ ORDER BY phone) FROM public.blocked');

	for my $way (sort keys %ways)
	{
		# The odd schema name matters to psql and pg_restore, not to each format.
		next if $way !~ ($s eq 'public' ? qr/^(plain|inserts|custom|parallel|halves)$/ : qr/^(plain|parallel)$/)
		  && !$ENV{WA_LONG};
		my $to = createdb("${from}_$way");
		my @commands = $ways{$way}->($from, $to);
		if (grep({ quiet_ok($_, "$from, $way: $_->[0]") } @commands) < @commands)
		{
			fail("$from, $way: nothing to compare");
			next;
		}
		$node->safe_psql($to, 'REFRESH MATERIALIZED VIEW public.blocked') if $way eq 'halves';
		is_same(fingerprints($node, $to), $rows, "$from, $way: every row of every table is back");
		is_same($node->safe_psql($to, "SELECT * FROM $s.wa_digest()"), $digest, "$from, $way: the same digest");
		is_same(sequences($node, $to), $sequences, "$from, $way: sequences go on where they were");
		is_same(decisions($node, $to, $s, $people, '2023-11-20 00:00+00'), $decisions, "$from, $way: the same decisions");
		is($node->safe_psql($to, 'SELECT string_agg(phone, $$,$$ ORDER BY phone) FROM public.blocked'), $blocked,
			"$from, $way: what is built upon it is back");

		# Life goes on: a new webhook counts, and gets an id of its own.
		my $id = $node->safe_psql($to, "INSERT INTO $s.wa_webhook (payload) VALUES ("
			  . literal(envelope('W1', change_of('S1', 'user_preferences', preference('4915100000030', 1700000000, 'stop'))))
			  . ") RETURNING id > (SELECT max(id) FROM $s.wa_webhook)");
		is($id, 't', "$from, $way: a new webhook gets a new id");
		is($node->safe_psql($to, "SELECT $s.wa_sendable('4915100000030', 'marketing')"), 'f', "$from, $way: and counts");
		# All payloads once more: the state was complete.
		if ($way eq 'plain')
		{
			my $before = state_lines($node, $to);
			$node->safe_psql($to, "UPDATE $s.wa_webhook SET payload = '{}' WHERE token = 1; SELECT $s.wa_replay()");
			is_same(state_lines($node, $to), $before, "$from, $way: a replay changes nothing");
			# And a dump of the restored database restores as well.
			createdb("${to}_2");
			quiet_ok($_, "$from, again: $_->[0]") for $ways{custom}->($to, "${to}_2");
			is_same(fingerprints($node, "${to}_2"), fingerprints($node, $to), "$from, again: the second generation");
		}
		$node->safe_psql('postgres', "DROP DATABASE $to");
	}
}

# The template route of CREATE DATABASE copies files; tokens of the old database
# must not make a later COPY look fresh.
$node->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE plainly');
is_same(fingerprints($node, 'copied'), fingerprints($node, 'plainly'), 'a database made by TEMPLATE has all rows');
is($node->safe_psql('copied', 'CREATE TABLE kept AS TABLE wa_webhook; DELETE FROM wa_webhook; INSERT INTO wa_webhook TABLE kept;
	SELECT count(*) FROM wa_webhook'), $node->safe_psql('plainly', 'SELECT count(*) FROM wa_webhook'), 'rows may be moved by hand');
# Where the payload went, its problems kept the element for themselves.
is($node->safe_psql('copied', 'UPDATE wa_problem AS p SET fragment = NULL FROM wa_webhook AS w WHERE w.id = p.webhook_id AND fragment IS NOT NULL RETURNING 1') ne '', 1, 'elements of problems are kept meanwhile');
is_same(fingerprints($node, 'copied'), fingerprints($node, 'plainly'), 'which applies nothing again');

# pg_upgrade: types, operators and tables keep their files.  It makes each function and view by
# itself, those that a BEGIN ATOMIC needs before the operator classes: DISTINCT, UNION, ORDER BY and
# PARTITION BY of a wa_recipient fail there, and have to go by its text.
my $rows = fingerprints($node, 'plainly');

# A new server of this major, to which pg_upgrade has brought $from.
sub upgrade
{
	my ($from, $name, @init) = @_;
	my $new = PostgreSQL::Test::Cluster->new($name);
	$new->init(extra => \@init);
	$new->append_conf('postgresql.conf', $ENV{WA_STAGE} // '');
	my $old_bin = $from->config_data('--bindir');
	$from->stop;
	chdir $tmp or die;
	my ($out, $err);
	my $ok = IPC::Run::run([ 'pg_upgrade', '--no-sync', '-b', $old_bin, '-B', $new->config_data('--bindir'), '-d', $from->data_dir,
			'-D', $new->data_dir, '-s', $new->host, '-p', $from->port, '-P', $new->port ], '>', \$out, '2>', \$err);
	ok($ok, "$name by pg_upgrade") or diag("$out$err");
	$new->start;
	is_same(fingerprints($new, 'plainly'), $rows, "$name: pg_upgrade keeps every row");
	is($new->safe_psql('plainly', q{SELECT wa_sendable('4915100000001', 'marketing')}), 'f', "$name: and what it means");
	return $new;
}

# It loads the library as $libdir/wa_policy, which PostgreSQL 18 does not look for in
# dynamic_library_path: there the extension must be installed.
SKIP:
{
	my (undef, undef, $cannot_load) = $node->psql('plainly', q{LOAD '$libdir/wa_policy'});
	skip("pg_upgrade finds only installed libraries: $cannot_load", 3) if $cannot_load =~ /could not access file/;
	my $new = upgrade($node, 'upgraded');

	# From an older major, where it is installed as well (test/majors).
	if ($ENV{WA_OLD_INSTALLATION})
	{
		my $old = PostgreSQL::Test::Cluster->new('older', install_path => $ENV{WA_OLD_INSTALLATION});
		$old->init;
		$old->start;
		$old->safe_psql('postgres', 'CREATE DATABASE plainly');
		# The older one does not know all settings that a dump of the newer one makes.
		my ($dump, $said);
		IPC::Run::run([ 'pg_dump', '-h', $new->host, '-p', $new->port, 'plainly' ], '>', \$dump) or die;
		$old->psql('plainly', $dump, on_error_stop => 0, stderr => \$said);
		is_same(join("\n", grep { !/unrecognized configuration parameter/ } split /\n/, $said), '', 'a dump restores on an older major');
		upgrade($old, 'newer', $ENV{WA_MAJOR} >= 18 ? '--no-data-checksums' : ());
	}
}

done_testing();
