# The message log and what is made of it: dumped and restored whole, read by those who
# may and by nobody else, and told of by wa_health where it grows.

use strict;
use warnings;

use lib 'test/t';
use JSON::PP ();
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $node = new_node('report');
my @at = ('--host', $node->host, '--port', $node->port);
my $tmp = PostgreSQL::Test::Utils::tempdir();

for my $schema ('public', '"Wa; odd"')
{
	my $db = $schema eq 'public' ? 'plain' : 'odd';
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, ($schema eq 'public' ? '' : "CREATE SCHEMA $schema; ") . "CREATE EXTENSION wa_policy SCHEMA $schema");
	$node->safe_psql($db, post_sql($schema, envelope('W1', change_of('S1', 'statuses',
				receipt('4915100000001', 1700000000, 'read', 'marketing'), failed('4915100000002', 1700000000, 131049)),
			change_of('S1', 'messages', inbound('4915100000001', 1700000900, 'STOP')))));
	$node->safe_psql($db, "SELECT $schema.wa_sent('wamid.r4915100000001.1700000000', '4915100000001', 'marketing', E't\\te\\\\m', 'c', '2023-11-14 22:00Z', 'W1', 'S1')");

	# The views answer whatever the search path, and after the schema has got another name.
	my @views = qw(wa_message wa_recipient_status wa_delivery_rate wa_failure_rate wa_opt_out_rate wa_violation wa_ladder_yield wa_health);
	my $all = sub { my ($name, $s) = @_; join "\n", map { $node->safe_psql($name, "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SELECT to_jsonb(v) - '{marketing_from,utility_from,authentication_from,service_from}'::text[] FROM $s.$_ AS v ORDER BY 1") =~ s/(\\"Wa; odd\\"|other)\.(?=wa_)//gr } @views };
	my $before = $all->($db, $schema);
	like($before, qr/"opt_outs": 1/, "$db: there is something to see");

	quiet_ok([ 'pg_dump', @at, '-Fd', '-j2', '-f', "$tmp/$db", $db ], "$db: pg_dump");
	$node->safe_psql('postgres', "CREATE DATABASE ${db}_back");
	quiet_ok([ 'pg_restore', @at, '-j2', '-d', "${db}_back", "$tmp/$db" ], "$db: pg_restore");
	is_same($all->("${db}_back", $schema), $before, "$db: restored, the views say the same");
	if ($schema ne 'public')
	{
		$node->safe_psql($db, "ALTER SCHEMA $schema RENAME TO other");
		is_same($all->($db, 'other'), $before, "$db: renamed, the views say the same");
		like($node->safe_psql($db, 'SELECT other.wa_report(3)'), qr/^<!DOCTYPE html>.*<\/html>$/s, "$db: and so does the report");
		$node->safe_psql($db, q{SELECT other.wa_sent('x', '4915100000009', 'utility', at => '2023-11-14')});
	}
}

# Who may do what.
$node->safe_psql('postgres', 'CREATE ROLE sends LOGIN IN ROLE wa_writer; CREATE ROLE reads LOGIN IN ROLE wa_reader; CREATE ROLE watches LOGIN IN ROLE pg_monitor; CREATE ROLE stranger LOGIN');
sub as
{
	my ($role, $sql) = @_;
	return try_sql($node, 'plain', "SET ROLE $role; $sql");
}
is(as('sends', q{SELECT wa_sent('y', '4915100000003', 'utility', at => '2023-11-14')}), '', 'wa_writer may call wa_sent');
for my $sql ('SELECT count(*) FROM wa_message', 'SELECT count(*) FROM wa_delivery_rate', 'SELECT wa_report()')
{
	like(as('sends', $sql), qr/permission denied/, "wa_writer may not: $sql");
	like(as('stranger', $sql), qr/permission denied/, "a stranger may not: $sql");
}
like(as('stranger', q{SELECT wa_sent('y', '4915100000003')}), qr/permission denied/, 'a stranger may not call wa_sent');
like(as('reads', q{SELECT wa_sent('y', '4915100000003')}), qr/permission denied/, 'wa_reader may not call wa_sent');
like(as('reads', q{INSERT INTO wa_message (message_id, recipient) VALUES ('z', '4915100000003')}), qr/permission denied/, 'wa_reader may not write wa_message');
is(as('reads', q{SELECT count(*) FROM wa_message WHERE recipient = '4915100000003'}), '1', 'wa_reader may read it');
for my $view (qw(wa_message wa_recipient_status wa_violation))
{
	like(as('watches', "SELECT count(*) FROM $view"), qr/permission denied/, "pg_monitor may not read $view");
}
for my $view (qw(wa_delivery_rate wa_failure_rate wa_opt_out_rate wa_ladder_yield wa_health))
{
	like(as('watches', "SELECT count(*) FROM $view"), qr/^\d+$/, "pg_monitor may read $view");
}
like(as('reads', q{SELECT wa_region('4915100000003'); SET wa_policy.message_log = off}), qr/permission denied/, 'wa_reader may not set wa_policy.message_log');

# What examples/monitoring asks, as the role that it asks for; and the columns that the files name are there.
sub runs
{
	my ($tool, $sql, @columns) = @_;
	(my $one = $sql) =~ s/\bwa\.wa_/wa_/g;
	$one =~ s/\$__timeFrom\(\)/'2023-11-01'/g;
	$one =~ s/\$__timeTo\(\)/'2023-12-01'/g;
	$one =~ s/[\s;]+$//;
	unlike(as('watches', $one), qr/ERROR/, "$tool: " . substr($one =~ s/\s+/ /gr, 0, 60));
	my $missing = as('watches', "CREATE TEMPORARY TABLE asked AS SELECT * FROM ($one) AS q LIMIT 0; SELECT string_agg(c, ' ') FROM unnest(string_to_array('@columns', ' ')) AS c
		WHERE c NOT IN (SELECT attname FROM pg_attribute WHERE attrelid = 'asked'::regclass)");
	is($missing, '', "$tool: its columns") if @columns;
	return;
}
my $grafana = JSON::PP::decode_json(slurp_file('examples/monitoring/grafana-dashboard.json'));
runs('grafana', $_->{targets}[0]{rawSql}) for @{ $grafana->{panels} };
cmp_ok(scalar @{ $grafana->{panels} }, '>', 3, 'grafana asks something');
SKIP:
{
	my $yaml = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
	my $read = sub {
		my ($out, $err) = run_command([ '/usr/bin/python3', '-c', $yaml, "examples/monitoring/$_[0]" ]);
		is($err, '', "$_[0] is YAML");
		return JSON::PP::decode_json($out || '{}');
	};
	skip 'Debian\'s python3-yaml is not here: nobody has read the YAML files', 1 if system('/usr/bin/python3 -c "import yaml" 2>/dev/null') != 0;
	my $exporter = $read->('sql_exporter.collector.yml');
	runs("sql_exporter, $_->{metric_name}", $_->{query}, @{ $_->{key_labels} }, @{ $_->{values} }) for @{ $exporter->{metrics} };
	my $pgwatch = $read->('pgwatch-metrics.yaml');
	for my $name (sort keys %{ $pgwatch->{metrics} })
	{
		my $metric = $pgwatch->{metrics}{$name};
		runs("pgwatch, $name", $_, 'epoch_ns', grep { $_ ne '*' } @{ $metric->{gauges} }) for values %{ $metric->{sqls} };
		ok($pgwatch->{presets}{wa_policy}{metrics}{$name}, "pgwatch, $name: is in the preset");
	}
	my $otel = $read->('otel-collector.yaml');
	for my $query (@{ $otel->{receivers}{'sqlquery/wa_policy'}{queries} })
	{
		runs("otel, $_->{metric_name}", $query->{sql}, $_->{value_column}, @{ $_->{attribute_columns} }) for @{ $query->{metrics} };
	}
	cmp_ok(scalar @$_, '>', 2, 'it asks something') for $exporter->{metrics}, [ keys %{ $pgwatch->{metrics} } ], $otel->{receivers}{'sqlquery/wa_policy'}{queries};
}

# The database that may keep no log.
$node->safe_psql('plain', 'ALTER DATABASE plain SET wa_policy.message_log = off');
$node->safe_psql('plain', post_sql('public', envelope('W1', change_of('S1', 'statuses', receipt('4915100000077', 1700000000, 'read', 'marketing')))));
is(as('sends', q{SELECT wa_sent('off', '4915100000077', 'utility')}), '', 'wa_sent does nothing where no log is kept');
is($node->safe_psql('plain', q{SELECT count(*) FROM wa_message WHERE recipient = '4915100000077'}), '0', 'and neither do webhooks');

# A table whose dead rows are not cleaned away.
$node->safe_psql('plain', 'ALTER TABLE wa_message SET (autovacuum_enabled = off)');
$node->safe_psql('plain', q{INSERT INTO wa_message (message_id, recipient) SELECT 'g' || n, '4915100000001' FROM generate_series(1, 15000) AS n});
$node->safe_psql('plain', q{UPDATE wa_message SET sent_at = '2023-11-14', template = repeat('x', 100)});
ok($node->poll_query_until('plain', q{SELECT EXISTS (SELECT FROM wa_health WHERE finding = 'dead_rows' AND statement = 'VACUUM wa_message;')}), 'wa_health tells of dead rows');
$node->safe_psql('plain', 'VACUUM wa_message');
ok($node->poll_query_until('plain', q{SELECT NOT EXISTS (SELECT FROM wa_health WHERE finding = 'dead_rows')}), 'and falls silent after VACUUM');

# The statements of wa_health purge what the finding is about, and nothing else: run as shown, without the extension in the search path.
$node->safe_psql('plain', q{UPDATE wa_webhook SET received_at = now() - interval '100 days';
	UPDATE wa_message SET sent_at = now() - interval '100 days';
	REINDEX INDEX wa_message_first; -- in which each page has the times from before as well
	UPDATE pg_class SET relpages = 2000000, reltuples = 200000000 WHERE oid IN ('wa_webhook'::regclass, 'wa_message'::regclass)});
my $statements = sub { map { s/\n/ /gr } split /\0/, $node->safe_psql('plain', "SET search_path = pg_catalog; SELECT string_agg(statement, '|') FROM public.wa_health WHERE finding = '$_[0]'") =~ s/\|/\0/gr };
is_deeply([ $statements->('purge_due') ], [ q{CALL public.wa_purge('100y', payloads_older_than => '90d');} ], 'wa_health has a statement that purges payloads');
$node->safe_psql('plain', $_) for $statements->('purge_due');
is($node->safe_psql('plain', q{SELECT count(*) FROM wa_health WHERE finding = 'purge_due'}), '0', 'which deletes them');
cmp_ok($node->safe_psql('plain', 'SELECT count(*) FROM wa_message'), '>', 15000, 'and no messages');
is(scalar(my @grown = $statements->('growth')), 2, 'wa_health has findings about tables that grow');
$node->safe_psql('plain', $_) for @grown;
is($node->safe_psql('plain', 'SELECT count(*) FROM wa_message'), '0', 'whose statement purges the messages as well');

# Messages of the same statuses by many at once: one row each, and no deadlock.
$node->safe_psql('plain', 'ALTER DATABASE plain RESET wa_policy.message_log');
my $hook = literal(envelope('W1', map { change_of('S1', 'statuses', map { receipt("49152000$_", 1700000000, 'delivered', 'marketing') } 1000 .. 1060) } 1));
open(my $script, '>', "$tmp/hook.sql") or die $!;
print $script "INSERT INTO wa_webhook (payload) VALUES ($hook);\n";
close $script;
$node->command_ok([ 'pgbench', @at, '-n', '-c', '6', '-t', '10', '-f', "$tmp/hook.sql", 'plain' ], 'the same statuses at once');
is($node->safe_psql('plain', q{SELECT count(*), count(delivered_at) FROM wa_message WHERE recipient::text LIKE '49152%'}), '61|61', 'give one row each');

$node->stop;
done_testing();
