package WaTest;

# What the TAP tests of wa_policy share: a server with the extension, webhooks
# to put in, and a look at all that the extension keeps.

use strict;
use warnings;

use Exporter 'import';
use IPC::Open3 ();
use IO::Handle ();
use JSON::PP ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  is_same new_node psql_all try_sql quiet_ok restored
  envelope failed receipt inbound preference change_of post_sql literal
  payload_seeds long_form
  extension_tables fingerprints state_lines sequences decisions
);

# The long form of a test: WA_LONG=1.
sub long_form
{
	my ($short, $long) = @_;
	return $ENV{WA_LONG} ? $long : $short;
}

# A server that finds the extension; %init goes to Cluster->init.
sub new_node
{
	my ($name, %init) = @_;
	my $node = bless PostgreSQL::Test::Cluster->new($name), 'WaNode';
	$node->init(%init);
	$node->append_conf('postgresql.conf', $ENV{WA_STAGE} // '');
	$node->append_conf('postgresql.conf', "log_statement = none\nmax_parallel_workers_per_gather = 2\njit = off");
	$node->start;
	return $node;
}

# Run SQL: (exit status, output, all that went to standard error).
sub psql_all
{
	my ($node, $db, $sql, @options) = @_;
	my ($out, $err) = ('', '');
	my $status = $node->psql($db, $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, extra_params => [ @options ]);
	return ($status, $out, $err);
}

# The output of SQL of which each error is reported as a line of its own.
sub try_sql
{
	my ($node, $db, $sql, @options) = @_;
	my (undef, $out, $err) = psql_all($node, $db, $sql, @options);
	$err =~ s/^psql:<stdin>:\d+: //mg;
	return join("\n", grep { $_ ne '' } $out, $err);
}

# Two texts of many lines are equal; only the first lines that differ are shown.
sub is_same
{
	my ($got, $expected, $name) = @_;
	my $ok = ok($got eq $expected, $name);
	return 1 if $ok;
	my %in_got = map { $_ => 1 } split /\n/, $got;
	my %in_expected = map { $_ => 1 } split /\n/, $expected;
	my @missing = grep { !$in_got{$_} } split /\n/, $expected;
	my @added = grep { !$in_expected{$_} } split /\n/, $got;
	splice @$_, 8 for grep { @$_ > 8 } \@missing, \@added;
	diag(join "\n", map({ '  got      ' . substr($_, 0, 300) } @added), map({ '  expected ' . substr($_, 0, 300) } @missing));
	return 0;
}

# A command that must succeed and have nothing to say on standard error.
sub quiet_ok
{
	my ($command, $name) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run($command, '>', \$out, '2>', \$err);
	is($err, '', "$name: no error, no warning");
	return ok($ok, "$name: succeeds");
}

# New databases with a dump of this one, restored by psql and by parallel jobs: the way of each, and its name.
sub restored
{
	my ($node, $from) = @_;
	my @at = ('--host', $node->host, '--port', $node->port);
	my $tmp = PostgreSQL::Test::Utils::tempdir();
	$node->safe_psql('postgres', "CREATE DATABASE back_$_ TEMPLATE template0") foreach qw(plain folder);
	quiet_ok([ 'pg_dump', @at, '--file', "$tmp/plain.sql", $from ], 'pg_dump');
	quiet_ok([ 'psql', @at, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'back_plain', '-o', "$tmp/out", '-f', "$tmp/plain.sql" ], 'psql');
	quiet_ok([ 'pg_dump', @at, '-Fd', '-j4', '--file', "$tmp/folder", $from ], 'pg_dump -Fd');
	quiet_ok([ 'pg_restore', @at, '-j4', '-d', 'back_folder', "$tmp/folder" ], 'pg_restore -j4');
	return (plain => 'back_plain', folder => 'back_folder');
}

# ---- Webhooks ------------------------------------------------------------

sub json
{
	return JSON::PP->new->canonical->encode($_[0]);
}

# One request body out of any number of changes (see change_of).
sub envelope
{
	my ($business, @changes) = @_;
	return json({ object => 'whatsapp_business_account',
			entry => [ { id => $business, changes => [@changes] } ] });
}

# One change: the elements of one kind and one sender.
sub change_of
{
	my ($sender, $kind, @elements) = @_;
	return { field => $kind eq 'user_preferences' ? $kind : 'messages',
		value => { messaging_product => 'whatsapp',
			metadata => { phone_number_id => $sender, display_phone_number => '15550000000' },
			$kind => [@elements] } };
}

sub failed
{
	my ($person, $at, @codes) = @_;
	return { id => "wamid.f$person.$at", status => 'failed', timestamp => "$at",
		recipient_id => "$person", errors => [ map { { code => $_, title => 'x' } } @codes ] };
}

sub receipt
{
	my ($person, $at, $status, $category) = @_;
	return { id => "wamid.r$person.$at", status => $status, timestamp => "$at",
		recipient_id => "$person",
		$category ? (pricing => { billable => JSON::PP::true(), category => $category }) : () };
}

sub inbound
{
	my ($person, $at, $text) = @_;
	return { id => "wamid.i$person.$at", from => "$person", timestamp => "$at",
		type => 'text', text => { body => $text } };
}

sub preference
{
	my ($person, $at, $value) = @_;
	return { wa_id => "$person", timestamp => "$at", category => 'marketing_messages',
		value => $value, detail => 'x' };
}

# A string as an SQL literal.
sub literal
{
	my ($s) = @_;
	$s =~ s/'/''/g;
	return $s =~ /\\/ ? "E'" . ($s =~ s/\\/\\\\/gr) . "'" : "'$s'";
}

sub post_sql
{
	my ($schema, $payload) = @_;
	return "INSERT INTO $schema.wa_webhook (payload) VALUES (" . literal($payload) . ');';
}

# Payloads to begin mutations with: the project's fixtures, and some more.
sub payload_seeds
{
	my @seeds = map { slurp_file($_) } sort glob('test/fixtures/payloads/*.json');
	push @seeds,
	  envelope('102', change_of('S1', 'statuses', failed('4915100000001', 1700000000, 131049, 131026))),
	  envelope('102', change_of('S1', 'statuses', receipt('4915100000001', 1700000000, 'read', 'marketing'),
			receipt('525512345678', 1700000001, 'delivered', 'utility'))),
	  envelope('102', change_of('S1', 'messages', inbound('5511987654321', 1700000000, 'STOP'),
			inbound('4915100000002', 1700000000, 'Hello'))),
	  envelope('102', change_of('S1', 'user_preferences', preference('4915100000001', 1700000000, 'stop'),
			preference('4915100000001', 1700000003, 'resume'))),
	  json({ contacts => [ { wa_id => '4915100000003', profile => { name => 'A' } } ],
			messages => [ inbound('4915100000003', 1700000000, 'START') ] }),
	  json({ field => 'messages', value => change_of('S1', 'statuses',
				failed('4915100000001', 1700000000, 131050))->{value} }),
	  json([ map { { statuses => [ receipt("49151000000$_", 1700000000 + $_, 'sent') ] } } 10 .. 14 ]),
	  envelope('102', { field => 'messages', value => {
			metadata => { phone_number_id => 'S1' },
			contacts => [ { wa_id => '4915100000004', user_id => 'DE.abc123', profile => { name => 'B' } } ],
			messages => [ { from => '4915100000004', from_user_id => 'DE.abc123', id => 'm',
					timestamp => 1700000000, type => 'button',
					button => { text => 'Stop promotions', payload => 'STOP' } } ] } }),
	  envelope('102', { field => 'account_update', value => { event => 'ACCOUNT_RESTRICTION',
			restriction_info => [ { restriction_type => 'RESTRICTED_BIZ_INITIATED_MESSAGING',
					expiration => 1700009999 } ] } });
	return @seeds;
}

# ---- What the extension keeps --------------------------------------------

# All tables of the extension, as "oid name" pairs with quoted names.
sub extension_tables
{
	my ($node, $db) = @_;
	return split /\n/, $node->safe_psql($db, q{
		SELECT format('%I.%I', n.nspname, c.relname)
		FROM pg_depend AS d
		JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'wa_policy'
		JOIN pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND c.relkind = 'r'
		ORDER BY c.relname});
}

# Every table's name without the schema, its row count and a digest of all its
# rows: one line each.
sub fingerprints
{
	my ($node, $db) = @_;
	my @selects = map {
		my ($bare) = /([^.]+)$/;
		"SELECT '$bare', count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
		  . " FROM $_ AS t"
	} extension_tables($node, $db);
	return $node->safe_psql($db, "SET TimeZone = 'UTC'; SET DateStyle = 'ISO';\n"
		  . join("\nUNION ALL ", @selects) . ' ORDER BY 1');
}

# The state, row for row, without bookkeeping and without when webhooks were received.  Which tables there are
# is asked of the catalogue, so that a new one is in here by itself.
sub state_lines
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, q{
		SET TimeZone = 'UTC';
		SET search_path = pg_catalog, pg_temp;
		CREATE FUNCTION pg_temp.state() RETURNS SETOF text LANGUAGE plpgsql AS $$
		DECLARE
			t record;
		BEGIN
			FOR t IN
				SELECT c.oid::regclass AS rel, c.relname
				FROM pg_depend AS d
				JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'wa_policy'
				JOIN pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
				WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND c.relkind = 'r'
					AND c.relname NOT IN ('wa_webhook', 'wa_problem')
				ORDER BY c.relname
			LOOP
				RETURN QUERY EXECUTE format($q$SELECT %L || ' ' || j FROM (
					SELECT (to_jsonb(t) - '{id,position,token,webhook_id,recorded_at,recorded_by,changed_at,first_seen,last_seen}'::text[])::text AS j
					FROM %s AS t) AS s ORDER BY 1$q$, t.relname, t.rel);
			END LOOP;
		END $$;
		SELECT pg_temp.state()});
}

# Where each sequence of the extension goes on.
sub sequences
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, q{
		SELECT s.sequencename, s.last_value FROM pg_sequences AS s
		WHERE s.sequencename LIKE 'wa\_%' ORDER BY 1});
}

# What the deciding functions say of the people in $people (a query that
# yields phones), for every category, at a fixed time.
sub decisions
{
	my ($node, $db, $schema, $people, $at) = @_;
	return $node->safe_psql($db, qq{
		SET TimeZone = 'UTC';
		WITH people (phone) AS ($people),
		categories AS (SELECT unnest(enum_range(NULL::$schema.wa_category)) AS category)
		SELECT phone, category, business, $schema.wa_sendable(phone, category, business, NULL, '$at'),
			(SELECT json_agg(to_json(e)) FROM $schema.wa_explain(phone, category, business, NULL, '$at') AS e),
			$schema.wa_next_sendable(phone, category, business, NULL, '$at')
		FROM people, categories, (SELECT NULL UNION SELECT s.business FROM $schema.wa_sender AS s WHERE s.business <> '') AS b (business)
		ORDER BY phone, category, business;
		SELECT category, s.* FROM unnest(enum_range(NULL::$schema.wa_category)) AS category,
			$schema.wa_suppressed(category, NULL, '$at') AS s ORDER BY category, s.recipient::text;
		SELECT category, s.* FROM unnest(enum_range(NULL::$schema.wa_category)) AS category,
			$schema.wa_segment_summary(\$q\$$people\$q\$, category, NULL, NULL, '$at') AS s ORDER BY category, s.outcome});
}

# A server whose safe_psql keeps a session open for each database: to start psql and a
# backend for each question took a fifth of the time of a test.
package WaNode;

use parent -norequire, 'PostgreSQL::Test::Cluster';

# Statements about other sessions, or about what new ones begin with.
my $of_sessions = qr/\bDATABASE\b|\bALTER\s+(ROLE|USER|SYSTEM)\b|\bLOAD\b|pg_stat_activity|pg_terminate/i;

sub safe_psql
{
	my ($self, $db, $sql, %params) = @_;
	return $self->SUPER::safe_psql($db, $sql, %params) if %params || $sql =~ $of_sessions;
	my $session = $self->{wa_sessions}{$db} //= $self->start_session($db);
	my ($file, $errors) = @{$session}{qw(file errors)};
	open my $to, '>', $file or die "$file: $!";
	print $to $sql;
	close $to;
	truncate $errors, 0;
	print { $session->{in} } "\\i $file\nROLLBACK;\nDISCARD ALL;\n\\echo -- end --\n";
	my $out = '';
	while (defined(my $line = readline $session->{out}))
	{
		return $out =~ s/\n\z//r if $line eq "-- end --\n";
		$out .= $line;
	}
	delete $self->{wa_sessions}{$db};
	waitpid $session->{pid}, 0;
	die "error running SQL: '" . PostgreSQL::Test::Utils::slurp_file($errors) . "'\nwith the input $sql";
}

sub start_session
{
	my ($self, $db) = @_;
	my $path = PostgreSQL::Test::Utils::tempdir_short() . '/session';
	open my $errors, '>>', "$path.err" or die "$path.err: $!";
	my $pid = IPC::Open3::open3(my $in, my $out, '>&' . fileno $errors,
		'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $self->connstr($db));
	$in->autoflush;
	return { pid => $pid, in => $in, out => $out, file => "$path.sql", errors => "$path.err" };
}

sub end_sessions
{
	my ($self) = @_;
	for (values %{ delete $self->{wa_sessions} // {} })
	{
		close $_->{in};
		close $_->{out};
		waitpid $_->{pid}, 0;
	}
	return;
}

# A psql that cannot connect ends before it has read its input, and has done nothing; IPC::Run may take that for an
# error of ours.
sub again_if_unread
{
	my ($call) = @_;
	for my $left (reverse 0 .. 99)
	{
		my @result = wantarray ? eval { $call->() } : scalar eval { $call->() };
		return wantarray ? @result : $result[0] if $@ eq '';
		die $@ if !$left || $@ !~ /^ack Broken pipe/;
	}
	return;
}

sub psql
{
	my ($self, $db, $sql, @params) = @_;
	$self->end_sessions if $sql =~ $of_sessions;
	return again_if_unread(sub { $self->SUPER::psql($db, $sql, @params) });
}

sub poll_query_until
{
	my ($self, @params) = @_;
	return again_if_unread(sub { $self->SUPER::poll_query_until(@params) });
}

# What ends sessions, or waits for their end.
for my $name (qw(stop restart kill9 promote backup command_ok DESTROY))
{
	no strict 'refs';
	*$name = sub { my $self = shift; $self->end_sessions; my $super = "SUPER::$name"; return $self->$super(@_); };
}

1;
