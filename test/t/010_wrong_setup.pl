# "A wrong set-up fails loudly.  Where the state's rows cannot be read in place
# (a state table turned into a Citus or foreign table, a column of another type,
# an extension half installed), a decision is an error, never 'sendable', never a
# crash."
#
# Each sabotage is done in a transaction that is rolled back, once in a backend
# that has decided before and keeps what it knows, and once in one that has not.
# Somebody who has opted out is asked for: any true is a violation, and so is
# a false that comes from anything but the rows.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Utils;
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
	report => q{SELECT public.wa_report_error('4915100000003', 131026)::text},
	ingest => 'SELECT public.wa_ingest(' . literal(envelope('W1',
		change_of('S1', 'messages', { %{ inbound('4915100000003', 1700000000, 'STOP') }, from_user_id => 'DE.u3' }))) . ')::text',
);
my @intake = qw(ingest report);
my @decisions = grep { my $p = $_; !grep { $_ eq $p } @intake } sort keys %probe;

# For the tables that decide, everything; for the others the intake.
my %tables = (
	wa_consent => [ @decisions, @intake ],
	wa_consent_log => [ @decisions, @intake ],
	wa_cooldown => [ @decisions, @intake ],
	wa_activity => [ @decisions, @intake ],
	wa_identity => [ @decisions, @intake ],
	wa_identity_change => [ @decisions, @intake ],
	wa_region_rule => [@decisions],
	wa_error_override => [@decisions],
	wa_incident => [@decisions],
	wa_recipient_lock => [@intake],
	wa_phrase => [@intake],
	wa_app_secret => [@intake],
	wa_webhook => [ @decisions, @intake ],
	wa_sender => [ @decisions, @intake ],
);

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
		DO \$\$ BEGIN EXECUTE (SELECT 'CREATE TABLE {T} (LIKE hidden INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH (' ||
			quote_ident(attname) || ')' FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
			WHERE indrelid = 'hidden'::regclass AND indisprimary);
			EXECUTE (SELECT 'ALTER TABLE {T} ADD CONSTRAINT {T}_pkey ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = 'hidden'::regclass AND contype = 'p'); END \$\$;",
	'with a child that inherits' => 'CREATE TABLE child () INHERITS ({T});',
	'an empty copy in its place, the index left behind' => "$loose CREATE TABLE {T} (LIKE hidden);",
	'a filled copy in its place, the index left behind' => "$loose CREATE TABLE {T} (LIKE hidden);
		INSERT INTO {T} SELECT h.* FROM hidden AS h, generate_series(1, 200);",
	'a table with other columns in its place' => "$loose ALTER TABLE hidden RENAME CONSTRAINT {T}_pkey TO hidden_pkey;
		DO \$\$ BEGIN EXECUTE (SELECT format('CREATE TABLE {T} (%s%s)', CASE count(*) WHEN 1 THEN 'another int, ' END,
			string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum DESC))
			FROM pg_attribute WHERE attrelid = 'hidden'::regclass AND attnum > 0);
			EXECUTE (SELECT format('ALTER TABLE {T} ADD CONSTRAINT {T}_pkey PRIMARY KEY (%I)', attname)
			FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
			WHERE indrelid = 'hidden'::regclass AND indisprimary); END \$\$;",
	'a column dropped, and the rows written again' => 'DO $$ BEGIN EXECUTE (SELECT
			format(\'ALTER TABLE {T} DROP COLUMN %I CASCADE\', attname) FROM pg_attribute
			WHERE attrelid = \'{T}\'::regclass AND attnum > 0
			ORDER BY attname IN (\'id\', \'recipient\', \'business\', \'register\', \'region\', \'code\', \'category\', \'phrase\', \'at\', \'sender\'),
				attnum LIMIT 1); END $$;
		ALTER TABLE {T} SET UNLOGGED; ALTER TABLE {T} SET LOGGED;',
	'its primary key dropped' => 'ALTER TABLE {T} DROP CONSTRAINT {T}_pkey;',
	'another index under the name of its primary key' => 'DO $$ DECLARE key int2; BEGIN
			key := (SELECT indkey[0] FROM pg_index WHERE indrelid = \'{T}\'::regclass AND indisprimary);
			ALTER TABLE {T} DROP CONSTRAINT {T}_pkey;
			EXECUTE (SELECT format(\'CREATE INDEX {T}_pkey ON {T} ((%I%s))\', attname, CASE attnum WHEN key THEN \'::text\' END) FROM pg_attribute
				WHERE attrelid = \'{T}\'::regclass AND attnum > 0 ORDER BY attnum = key, attnum LIMIT 1); END $$;',
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
# Tables that are read as a whole, or by another index than the primary key's: what
# becomes of that does not matter, and neither does which table of the right columns it is.
my %other_way = map { $_ => 1 } qw(wa_region_rule wa_error_override wa_incident wa_phrase wa_app_secret wa_consent_log);
my $harmless = qr/primary key|the index left behind/;

# Further indexes by which rows are found.
my %index = (
	wa_consent_log => ['wa_consent_log_event'],
	wa_identity => [ 'wa_identity_recipient', 'wa_identity_shared' ],
	wa_sender => ['wa_sender_sender'],
	wa_identity_change => ['wa_identity_change_other'],
);

sub index_sabotage
{
	my ($table) = @_;
	my $wrong = $table eq 'wa_consent_log' ? 'state' : $table eq 'wa_sender' ? 'first_seen' : 'unlinked_at';
	return map {
		("$_ dropped" => "DROP INDEX $_;",
			"$_ that is not valid" => "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '$_'::regclass;
				ALTER TABLE $table SET (fillfactor = 77);",
			"$_ over some rows only, others than it should" => "DROP INDEX $_; CREATE INDEX $_ ON $table ($wrong) WHERE false;",
			"$_ over all rows by another column" => "DROP INDEX $_; CREATE INDEX $_ ON $table ($wrong);")
	} @{ $index{$table} // [] };
}

# Columns that C neither reads nor passes on its way to others.
my %unread = map { $_ => 1 } qw(webhook_id recorded_at recorded_by changed_at added_at note source is_default language),
  'wa_incident.reason', 'wa_webhook.erased_at', 'wa_app_secret.id';
my %other_type = (
	text => 'bytea', boolean => 'integer', integer => 'bigint', bigint => 'integer', interval => 'text', wa_recipient => 'text', wa_category => 'text',
	'timestamp with time zone' => 'timestamp without time zone');

# Each column as one of another type, and each that may not be NULL as one that may.
sub column_sabotage
{
	my ($table) = @_;
	my %result;
	my $columns = $node->safe_psql('postgres', qq{
		SELECT attname, format_type(atttypid, NULL), attnotnull, attidentity <> '',
			EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey))
		FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0 ORDER BY attnum});
	for (split /\n/, $columns)
	{
		my ($column, $type, $not_null, $identity, $in_key) = split /\|/;
		next if $unread{$column} || $unread{"$table.$column"};
		my ($element, $array) = $type =~ /^(.*?)((?:\[\])?)$/;
		# An index over an expression wants a type that it can do with.
		my $as = "$table.$column" =~ /^(wa_consent_log[.]evidence|wa_phrase[.]phrase)$/ ? 'character varying' : $other_type{$element};
		# Checks, triggers and defaults speak of the column in its old type.
		my $loosen = qq{DO \$\$ DECLARE r record; BEGIN
				FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = '$table'::regclass AND contype = 'c' LOOP
					EXECUTE format('ALTER TABLE $table DROP CONSTRAINT %I', r.conname);
				END LOOP;
				FOR r IN SELECT tgname FROM pg_trigger WHERE tgrelid = '$table'::regclass AND NOT tgisinternal LOOP
					EXECUTE format('DROP TRIGGER %I ON $table', r.tgname);
				END LOOP;
			END \$\$;} . ($identity eq 't' ? '' : "ALTER TABLE $table ALTER $column DROP DEFAULT;");
		for my $other ($as, $element eq 'timestamp with time zone' ? 'text' : ())
		{
			my $using = $other eq 'bytea' ? "convert_to($column, 'UTF8')" : "$column\::$other$array";
			$using = "$column\::text::bytea[]" if $other eq 'bytea' && $array;
			$result{"$column of type $other$array"} = "$loosen ALTER TABLE $table ALTER $column TYPE $other$array USING $using;";
		}
		next unless $not_null eq 't' && $in_key eq 'f' && $identity eq 'f';
		$result{"$column that may be NULL"} = "ALTER TABLE $table ALTER $column DROP NOT NULL;";
		$result{"$column that may have been NULL"} =
		  "ALTER TABLE $table ALTER $column DROP NOT NULL, ADD CONSTRAINT unproven NOT NULL $column NOT VALID;" if $ENV{WA_MAJOR} >= 18;
	}
	return %result;
}

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
$node->safe_psql('postgres', slurp_file('test/drop_dependents.sql'));

for my $table (sort keys %tables)
{
	my @probes = @{ $tables{$table} };
	my %all = (%sabotage, index_sabotage($table), column_sabotage($table));
	my @scripts;

	for my $how (sort keys %all)
	{
		next if $other_way{$table} && $how =~ $harmless;
		for my $warm (0, 1)
		{
			my $sql = $all{$how} =~ s/\{T\}/$table/gr;
			push @scripts, 'BEGIN;',
			  $warm ? map({ "SELECT 'before', probe(\$p\$$probe{$_}\$p\$);" } @probes) : (),
			  $sql,
			  map({ "SELECT '$how" . ($warm ? ', known before' : '') . "', '$_', probe(\$p\$$probe{$_}\$p\$);" } @probes),
			  'ROLLBACK;';
		}
	}
	my ($status, $out, $err) = psql_all($node, 'postgres', join("\n", @scripts));
	is($err, '', "$table: every sabotage could be done");
	my ($asked, $columns, %answered, %unclear, %unanswered) = (0, 0);
	for (split /\n/, $out)
	{
		my ($how, $probe, $answer) = split /\|/;
		$unanswered{$probe} = 1 if $how eq 'before' && $probe !~ /^answered/;
		next if $how eq 'before' || !defined $answer;
		$asked++;
		push @{ $answered{$how} }, "$probe $answer" if $answer =~ /^answered/;
		next unless $how =~ / of type | may be NULL/;
		$columns++;
		$unclear{"$how: $answer"} = 1 if $answer !~ /^42809 cannot read the rows of "$table" in place/;
	}
	is(join("\n", sort keys %unanswered), '', "$table: without them all is answered");
	cmp_ok($asked, '>=', 10, "$table: $asked questions");
	is(join("\n", map { "$_: @{ $answered{$_} }" } sort keys %answered), '', "$table: whatever happened to it, a question is an error");
	cmp_ok($columns, '>=', 2 * @probes, "$table: $columns of them about a column that is another");
	is(join("\n", sort keys %unclear), '', "$table: an error that names it");
}

# Nothing of this has stayed.
is($node->safe_psql('postgres', $probe{sendable}), 'false', 'all is well again');
done_testing();
