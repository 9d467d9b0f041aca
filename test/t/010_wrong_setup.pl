# "A wrong set-up fails loudly.  Where the state's rows cannot be read in place
# (a state table turned into a Citus or foreign table, an extension half
# installed), a decision is an error, never 'sendable'."
#
# Each sabotage is done in a transaction that is rolled back, once in a backend
# that has decided before and keeps what it knows, and once in one that has not.
# Somebody who has opted out is asked for: any true is a violation, and so is
# a false that comes from anything but the rows.

use strict;
use warnings;

use lib 'test/t';
use WaTest;
use Test::More;

my $node = new_node('setup');
$node->safe_psql('postgres', q{
	CREATE EXTENSION wa_policy;
	SELECT wa_opt_out('4915100000001');
	SELECT wa_report_error('4915100000002', 131026);
	CREATE TABLE people (phone text);
	INSERT INTO people VALUES ('4915100000001');
});

# What must fail.  Each is tried for each sabotage of a table that the decision
# reads; "ingest" for those that only the intake needs.
my %probe = (
	sendable => q{SELECT public.wa_sendable('4915100000001', 'marketing')::text},
	recipient => q{SELECT public.wa_sendable('4915100000001'::public.wa_recipient, 'marketing')::text},
	utility => q{SELECT public.wa_sendable('4915100000002', 'utility')::text},
	explain => q{SELECT count(*)::text FROM public.wa_explain('4915100000001', 'marketing')},
	next => q{SELECT public.wa_next_sendable('4915100000001', 'marketing')::text},
	suppressed => q{SELECT count(*)::text FROM public.wa_suppressed('marketing')},
	summary => q{SELECT string_agg(phones::text, ',') FROM public.wa_segment_summary('TABLE public.people', 'marketing')},
	segment => q{SELECT count(*)::text FROM public.people WHERE public.wa_sendable(phone, 'marketing')},
	ingest => q{SELECT public.wa_report_error('4915100000003', 131026)::text},
);
my @decisions = grep { $_ ne 'ingest' } sort keys %probe;

# For the tables that decide, everything; for the others the intake.
my %tables = (
	wa_consent => [ @decisions, 'ingest' ],
	wa_cooldown => [ @decisions, 'ingest' ],
	wa_activity => [ @decisions, 'ingest' ],
	wa_region_rule => [@decisions],
	wa_error_override => [@decisions],
	wa_incident => [@decisions],
	wa_contact => ['ingest'],
	wa_phrase => ['ingest'],
);
# Sections 6 and 7, where they are there.
for (extension_tables($node, 'postgres'))
{
	my ($bare) = /([^.]+)$/;
	$tables{$bare} //= [@decisions] if $bare =~ /^wa_(identity|sender_hold)$/;
}

# {T} stands for the name.  Extension membership goes first, so that the
# objects may be changed at all.
my $loose = 'ALTER EXTENSION wa_policy DROP TABLE {T}; ALTER TABLE {T} RENAME TO hidden;';
my $foreign = 'CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;';
my %sabotage = (
	'dropped' => 'ALTER EXTENSION wa_policy DROP TABLE {T};
		-- The sequence of its column, if any, would take the extension along.
		DO $$ BEGIN EXECUTE coalesce((SELECT format(\'ALTER EXTENSION wa_policy DROP SEQUENCE %s\', oid::regclass)
			FROM pg_class WHERE relkind = \'S\' AND relname = \'{T}_id_seq\'), \'SELECT\'); END $$;
		DROP TABLE {T} CASCADE;',
	'renamed' => 'ALTER TABLE {T} RENAME TO elsewhere;',
	'moved to another schema' => 'CREATE SCHEMA elsewhere; ALTER TABLE {T} SET SCHEMA elsewhere;',
	'a view in its place' => "$loose CREATE VIEW {T} AS TABLE hidden;",
	'an empty view in its place' => "$loose CREATE VIEW {T} AS SELECT * FROM hidden WHERE false;",
	'a materialized view in its place' => "$loose CREATE MATERIALIZED VIEW {T} AS TABLE hidden;",
	'a foreign table in its place' => "$loose $foreign
		DO \$\$ BEGIN EXECUTE (SELECT format('CREATE FOREIGN TABLE {T} (%s) SERVER nowhere',
			string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum))
			FROM pg_attribute WHERE attrelid = 'hidden'::regclass AND attnum > 0); END \$\$;",
	'partitioned' => "$loose ALTER TABLE hidden RENAME CONSTRAINT {T}_pkey TO hidden_pkey;
		DO \$\$ BEGIN EXECUTE (SELECT 'CREATE TABLE {T} (LIKE hidden INCLUDING ALL) PARTITION BY HASH (' ||
			quote_ident(attname) || ')' FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
			WHERE indrelid = 'hidden'::regclass AND indisprimary); END \$\$;",
	'with a child that inherits' => 'CREATE TABLE child () INHERITS ({T});',
	'an empty copy in its place, the index left behind' => "$loose CREATE TABLE {T} (LIKE hidden);",
	'a filled copy in its place, the index left behind' => "$loose CREATE TABLE {T} (LIKE hidden);
		INSERT INTO {T} SELECT h.* FROM hidden AS h, generate_series(1, 200);",
	'a table with other columns in its place' => "$loose ALTER TABLE hidden RENAME CONSTRAINT {T}_pkey TO hidden_pkey;
		DO \$\$ BEGIN EXECUTE (SELECT format('CREATE TABLE {T} (%s)',
			string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum DESC))
			FROM pg_attribute WHERE attrelid = 'hidden'::regclass AND attnum > 0);
			EXECUTE (SELECT format('ALTER TABLE {T} ADD CONSTRAINT {T}_pkey PRIMARY KEY (%I)', attname)
			FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
			WHERE indrelid = 'hidden'::regclass AND indisprimary); END \$\$;",
	'a column dropped, and the rows written anew' => 'DO $$ BEGIN EXECUTE (SELECT
			format(\'ALTER TABLE {T} DROP COLUMN %I CASCADE\', attname) FROM pg_attribute
			WHERE attrelid = \'{T}\'::regclass AND attnum > 0
			ORDER BY attname IN (\'id\', \'recipient\', \'business\', \'register\', \'region\', \'code\', \'category\', \'phrase\', \'at\', \'sender\'),
				attnum LIMIT 1); END $$;
		ALTER TABLE {T} SET UNLOGGED; ALTER TABLE {T} SET LOGGED;',
	'its primary key dropped' => 'ALTER TABLE {T} DROP CONSTRAINT {T}_pkey;',
	'another index under the name of its primary key' => 'ALTER TABLE {T} DROP CONSTRAINT {T}_pkey;
		DO $$ BEGIN EXECUTE (SELECT format(\'CREATE INDEX {T}_pkey ON {T} (%I)\', attname) FROM pg_attribute
			WHERE attrelid = \'{T}\'::regclass AND attnum > 0 ORDER BY attname IN (\'recipient\', \'region\', \'code\', \'phrase\'), attnum LIMIT 1); END $$;',
	'a partial index under the name of its primary key' => 'ALTER TABLE {T} DROP CONSTRAINT {T}_pkey;
		DO $$ BEGIN EXECUTE (SELECT format(\'CREATE UNIQUE INDEX {T}_pkey ON {T} (%I) WHERE false\', attname)
			FROM pg_attribute WHERE attrelid = \'{T}\'::regclass AND attnum > 0
			ORDER BY attname NOT IN (\'recipient\', \'region\', \'code\', \'phrase\'), attnum LIMIT 1); END $$;',
	'unlogged' => 'ALTER TABLE {T} SET UNLOGGED;',
	'spread by Citus' => 'SET LOCAL allow_system_table_mods = on;
		CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL);
		INSERT INTO pg_catalog.pg_dist_partition VALUES (\'{T}\', \'h\');
		-- As create_distributed_table does.
		ALTER TABLE {T} SET (fillfactor = 77);',
	'a reference table of a Citus to come' => 'SET LOCAL allow_system_table_mods = on;
		CREATE TABLE pg_catalog.pg_dist_partition (relation regclass NOT NULL);
		ALTER TABLE {T} SET (fillfactor = 77);',
);
# Tables that are read as a whole: their indexes do not matter, and neither does
# which table of the right columns it is.
my %whole_scan = map { $_ => 1 } qw(wa_region_rule wa_error_override wa_incident wa_phrase);
my $harmless = qr/primary key|index/;

my $probe_function = q{
	CREATE FUNCTION public.probe(what text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		answer text;
	BEGIN
		EXECUTE what INTO answer;
		RETURN 'answered ' || coalesce(answer, 'NULL');
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE || ' ' || SQLERRM;
	END $$;
};
$node->safe_psql('postgres', $probe_function);

for my $table (sort keys %tables)
{
	my @probes = @{ $tables{$table} };
	my (@bad, @scripts);

	for my $how (sort keys %sabotage)
	{
		next if $whole_scan{$table} && $how =~ $harmless;
		for my $warm (0, 1)
		{
			my $sql = $sabotage{$how} =~ s/\{T\}/$table/gr;
			push @scripts, 'BEGIN;',
			  $warm ? map({ "SELECT 'before', probe(\$p\$$probe{$_}\$p\$);" } @probes) : (),
			  $sql,
			  map({ "SELECT '$how" . ($warm ? ', known before' : '') . "', '$_', probe(\$p\$$probe{$_}\$p\$);" } @probes),
			  'ROLLBACK;';
		}
	}
	my ($status, $out, $err) = psql_all($node, 'postgres', join("\n", @scripts));
	is($err, '', "$table: every sabotage could be done");
	my ($asked, %answered) = (0);
	for (split /\n/, $out)
	{
		my ($how, $probe, $answer) = split /\|/;
		next if $how eq 'before' || !defined $answer;
		$asked++;
		push @{ $answered{$how} }, "$probe $answer" if $answer =~ /^answered/;
	}
	cmp_ok($asked, '>=', 10, "$table: $asked questions");
	is(join("\n", map { "$_: @{ $answered{$_} }" } sort keys %answered), '', "$table: whatever happened to it, a question is an error");
}

# Nothing of this has stayed.
is($node->safe_psql('postgres', $probe{sendable}), 'false', 'all is well again');
done_testing();
