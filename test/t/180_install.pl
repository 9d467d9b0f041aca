# CREATE EXTENSION in a schema in which others may create, by a role whose new
# objects are granted to others by default.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $node = new_node('install');
$node->safe_psql('postgres', 'CREATE ROLE attacker LOGIN; CREATE ROLE watching LOGIN; CREATE DATABASE planted');

# ---- Better matches ------------------------------------------------------

# What the views and bodies of the extension use that is not its own.
my $used = q{
	WITH RECURSIVE ours (classid, objid) AS (
		SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
			AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')
		UNION
		SELECT d.classid, d.objid FROM ours AS o JOIN pg_depend AS d ON (d.refclassid, d.refobjid) = (o.classid, o.objid) AND d.deptype IN ('i', 'a'))
	SELECT DISTINCT pg_describe_object(d.refclassid, d.refobjid, 0) || ' by ' || pg_describe_object(d.classid, d.objid, 0)
	FROM ours AS o JOIN pg_depend AS d USING (classid, objid)
	WHERE d.refclassid NOT IN ('pg_namespace'::regclass, 'pg_extension'::regclass)
		AND d.refobjid >= 16384 AND (d.refclassid, d.refobjid) NOT IN (SELECT classid, objid FROM ours)
	ORDER BY 1};

# An aggregate, a function and an operator of each name and type, which
# pg_catalog has for other types alone: by a cast or anyarray it is reached.
# Running one is reported.
sub aggregate
{
	my ($name, $type) = @_;
	return "CREATE FUNCTION wa.step(bigint, $type) RETURNS bigint LANGUAGE sql AS \$\$SELECT nextval('wa.calls')\$\$;
		CREATE AGGREGATE wa.$name($type) (SFUNC = wa.step, STYPE = bigint);";
}

sub function
{
	my ($name, $arguments, $result) = @_;
	return "CREATE FUNCTION wa.$name($arguments) RETURNS $result LANGUAGE plpgsql AS \$\$
		BEGIN PERFORM nextval('wa.calls'); RAISE EXCEPTION 'trap'; END \$\$;";
}

sub operator
{
	my ($name, $left, $right, $result) = @_;
	return function('trap', "$left, $right", $result) . "CREATE OPERATOR wa.$name (LEFTARG = $left, RIGHTARG = $right, FUNCTION = wa.trap);";
}

my %trap = (
	(map { ("count($_)" => aggregate('count', $_)) } qw(text timestamptz bigint)),
	(map { ("unnest($_)" => function('unnest', $_, 'SETOF ' . s/\[\]//r)) } qw(text[])),
	(map { ("cardinality($_)" => function('cardinality', $_, 'integer')) } qw(text[] numeric[])),
	(map { ("format($_)" => function('format', $_, 'text')) } 'text, text', 'text, bigint'),
	(map { ("to_char($_)" => function('to_char', $_, 'text')) } 'date, text'),
	(map { ("lower($_)" => function('lower', $_, 'text')) } 'name'),
	(map { ("array $_" => operator($_, 'text[]', 'text[]', 'boolean')) } '&&', '@>'),
	(map { ("text || $_" => operator('||', 'text', $_, 'text')) } qw(integer date)),
	(map { ("$_ text" => operator($_, 'name', 'text', 'boolean')) } qw(~)),
);
my (%outcome, @silent, @stepped, @other);
for my $name (sort keys %trap)
{
	$node->safe_psql('planted', 'CREATE SCHEMA wa; GRANT ALL ON SCHEMA wa TO attacker');
	is(try_sql($node, 'planted', "CREATE SEQUENCE wa.calls; $trap{$name}", '-U', 'attacker'), '', "planted: $name");
	my $said = try_sql($node, 'planted', 'CREATE EXTENSION wa_policy SCHEMA wa');
	my $kind = $said eq '' ? 'passed over' : $said =~ /^ERROR:  wa_policy would use an object in its schema that is not its own\nDETAIL:  .* would use .*wa\./ ? 'refused' : 'other';
	$outcome{$kind}++;
	push @other, "$name: $said" if $kind eq 'other' && $said !~ /^ERROR:  .* is not unique/;
	push @silent, map { "$name: $_" } split /\n/, $node->safe_psql('planted', $used);
	push @stepped, $name if $node->safe_psql('planted', 'SELECT is_called FROM wa.calls') eq 't';
	$node->safe_psql('planted', 'SET client_min_messages = error; DROP EXTENSION IF EXISTS wa_policy; DROP SCHEMA wa CASCADE');
}
is("@silent", '', 'none is used by what was installed');
is("@stepped", '', 'none was run');
is("@other", '', 'an installation ends with an error that says why, or does without');
cmp_ok($outcome{refused} // 0, '>=', 1, ($outcome{refused} // 0) . ' were refused, ' . ($outcome{'passed over'} // 0) . ' passed over');

# An extension that has operators and functions of such names beside ours is no obstacle.
SKIP:
{
	my @there = split /\n/, $node->safe_psql('postgres', q{SELECT name FROM pg_available_extensions
		WHERE name IN ('citext', 'hstore', 'intarray', 'ltree', 'pg_trgm', 'pgcrypto', 'tablefunc', 'isn', 'cube', 'unaccent', 'btree_gist')});
	skip 'no other extensions here', 1 unless @there;
	$node->safe_psql('planted', join '', 'CREATE SCHEMA wa;', map { "CREATE EXTENSION $_ SCHEMA wa;" } @there);
	is(try_sql($node, 'planted', 'CREATE EXTENSION wa_policy SCHEMA wa'), '', "it installs beside @there");
}

# ---- Strings in which a backslash is no character ------------------------

my $texts = q{
	SET standard_conforming_strings = on;
	SELECT t FROM (
		SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND relname ~ '^wa_'
		UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname ~ '^wa_' AND prokind <> 'a'
		UNION ALL SELECT pg_get_constraintdef(c.oid) FROM pg_constraint AS c WHERE conname ~ '^wa_' AND contype = 'c'
		UNION ALL SELECT d.description FROM pg_description AS d WHERE d.objoid >= 16384) AS v (t)
	ORDER BY t COLLATE "C"};
$node->safe_psql('postgres', 'CREATE DATABASE usual; CREATE DATABASE escaping; ALTER DATABASE escaping SET standard_conforming_strings = off');
is(try_sql($node, $_, 'CREATE EXTENSION wa_policy'), '', "$_: it installs, and says nothing") for qw(usual escaping);
is_same($node->safe_psql('escaping', $texts), $node->safe_psql('usual', $texts), 'where strings are read in the old way, the same is made');

# ---- Names that need quotes ----------------------------------------------

$node->safe_psql('postgres', q{CREATE DATABASE quoted; CREATE ROLE "O'Neil %s" SUPERUSER LOGIN});
is(try_sql($node, 'quoted', q{CREATE SCHEMA "Wä %s; .x"; CREATE EXTENSION wa_policy SCHEMA "Wä %s; .x"}, '-U', "O'Neil %s"), '',
	'a schema and an owner may have any name that PostgreSQL allows');

# ---- Default privileges --------------------------------------------------

my $rights = q{
	SELECT c.oid::regclass || ' ' || coalesce(c.relacl::text, '') FROM pg_class AS c WHERE c.relname ~ '^wa_'
	UNION ALL SELECT p.oid::regprocedure || ' ' || coalesce(p.proacl::text, '') FROM pg_proc AS p WHERE p.proname ~ '^wa_'
	UNION ALL SELECT t.oid::regtype || ' ' || coalesce(t.typacl::text, '') FROM pg_type AS t WHERE t.typname ~ '^wa_'
	UNION ALL SELECT a.attrelid::regclass || '.' || a.attname || ' ' || a.attacl::text FROM pg_attribute AS a WHERE a.attacl IS NOT NULL AND a.attrelid::regclass::text ~ '^wa_'
	ORDER BY 1};
$node->safe_psql('postgres', 'CREATE DATABASE plain; CREATE DATABASE granting');
$node->safe_psql('granting', q{
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO watching, PUBLIC;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO watching WITH GRANT OPTION;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO watching;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO watching});
$node->safe_psql($_, 'CREATE EXTENSION wa_policy') for qw(plain granting);
my @leaks = grep { /watching|[{,]=\w*[rwadDxt]/ } split /\n/, $node->safe_psql('granting', $rights);
is(join("\n", @leaks), '', 'default privileges reach nothing of the extension');
# What was granted and revoked is written down, where the plain one has no list at all.
my $effective = q{
	SELECT r.rolname, c.oid::regclass::text, has_table_privilege(r.rolname, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'),
		has_any_column_privilege(r.rolname, c.oid, 'SELECT'), has_any_column_privilege(r.rolname, c.oid, 'INSERT')
	FROM pg_class AS c, pg_roles AS r WHERE c.relname ~ '^wa_' AND c.relkind IN ('r', 'v') AND NOT r.rolsuper
	UNION ALL
	SELECT r.rolname, p.oid::regprocedure::text, has_function_privilege(r.rolname, p.oid, 'EXECUTE'), false, false
	FROM pg_proc AS p, pg_roles AS r WHERE p.proname ~ '^wa_' AND NOT r.rolsuper
	ORDER BY 1, 2};
is_same($node->safe_psql('granting', $effective), $node->safe_psql('plain', $effective), 'every role may do what it may without them');
# Written down as the extension's own, so that a dump does not bring the leak back.
is($node->safe_psql('granting', q{SELECT count(*) FROM pg_init_privs AS i WHERE i.initprivs::text LIKE '%watching%'}), '0', 'nor are they taken down as what the extension began with');
# A grant that came later stays, whatever is made beside it.
$node->safe_psql('granting', 'GRANT SELECT ON wa_consent TO watching');
like($node->safe_psql('granting', $rights), qr/^wa_consent \{.*watching=r/m, 'a grant by hand is kept');
done_testing();
