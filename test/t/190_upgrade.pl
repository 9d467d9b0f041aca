# ALTER EXTENSION UPDATE leads to what CREATE EXTENSION makes of the new version, with the
# state of the old one; a session whose library is older than the extension says so.

use strict;
use warnings;

use lib 'test/t';
use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

# ---- Files of two versions -----------------------------------------------

# A copy of the installed files, which another version may be put into.
my $stage = "$ENV{TESTDATADIR}/stage";
system('cp', '-R', "$ENV{WA_DIR}/stage", $stage) == 0 or die 'no copy of the stage';
my $conf = $ENV{WA_STAGE} =~ s|\Q$ENV{WA_DIR}\E/stage|$stage|gr;
chomp(my ($control) = `find $stage -name wa_policy.control`);
chomp(my ($library) = `find $stage -name wa_policy.so`);
my $share = dirname($control);
my ($old) = slurp_file($control) =~ /^default_version = '(.*)'$/m;
my $new = $old =~ s/(\d+)$/$1 + 1/er;
my $script = slurp_file("$share/wa_policy--$old.sql");

sub put
{
	my ($file, $text) = @_;
	# A new file in its place: sessions keep the library that they have.
	unlink $file;
	append_to_file($file, $text);
}

# The files that stand in for a library of another version: the same, with another number.
my %library = ($old => do { local $/; open my $in, '<:raw', $library or die $!; <$in> });
$library{$new} = $library{$old} =~ s/\x00\Q$old\E\x00/\x00$new\x00/gr;
ok($library{$new} ne $library{$old}, "a library of version $new");
# It takes one polite word for no filler, so that it folds phrases otherwise.
ok($library{$new} =~ s/\x00kindly\x00/\x00fondly\x00/, 'which folds otherwise');
sub install_library
{
	my ($version) = @_;
	unlink $library;
	open my $out, '>:raw', $library or die $!;
	print $out $library{$version};
	close $out;
}

sub default_version
{
	my ($version) = @_;
	put($control, slurp_file($control) =~ s/^(default_version = ).*/$1'$version'/mr);
}

# ---- What an installation is ---------------------------------------------

# Every object of the extension with all that the catalogue says of it: one line each.
my $catalogue = q{
	SET search_path = pg_catalog;
	CREATE TEMP VIEW ours AS
		WITH RECURSIVE ours (classid, objid) AS (
			SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'wa_policy'
			WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
			UNION
			SELECT d.classid, d.objid FROM ours AS o JOIN pg_depend AS d ON (d.refclassid, d.refobjid) = (o.classid, o.objid) AND d.deptype IN ('i', 'a'))
		SELECT o.classid, o.objid, i.type || ' ' || i.identity AS name FROM ours AS o, pg_identify_object(o.classid, o.objid, 0) AS i
		WHERE i.identity NOT LIKE '%pg_toast%' AND NOT i.identity LIKE '%own_index%';
	SELECT 'object: ' || o.name || ' comment: ' || coalesce(obj_description(o.objid, o.classid::regclass::name), '')
	FROM ours AS o
	UNION ALL
	SELECT 'column: ' || c.oid::regclass || ' ' || a.attnum || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
		|| ' not null ' || a.attnotnull || ' identity ' || a.attidentity::text || ' collation ' || a.attcollation::regcollation::text
		|| ' default ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' comment ' || coalesce(col_description(c.oid, a.attnum), '')
		|| ' acl ' || coalesce((SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(a.attacl) AS x), '')
	FROM ours AS o JOIN pg_class AS c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
	UNION ALL
	SELECT 'relation: ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || c.relpersistence::text || ' ' || c.relreplident::text || ' ' || c.relhastriggers::text
		|| ' ' || coalesce(c.reloptions::text, '') || ' ' || c.relowner::regrole || ' rls ' || c.relrowsecurity || CASE WHEN c.relkind = 'v' THEN ' ' || pg_get_viewdef(c.oid) WHEN c.relkind = 'i' THEN ' ' || pg_get_indexdef(c.oid) ELSE '' END
		|| ' acl ' || coalesce((SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(c.relacl) AS x), '')
	FROM ours AS o JOIN pg_class AS c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
	UNION ALL
	SELECT 'function: ' || CASE WHEN p.prokind = 'a' THEN p.oid::regprocedure::text ELSE pg_get_functiondef(p.oid) END || ' ' || p.proowner::regrole
		|| ' acl ' || coalesce((SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(p.proacl) AS x), '')
	FROM ours AS o JOIN pg_proc AS p ON o.classid = 'pg_proc'::regclass AND p.oid = o.objid
	UNION ALL
	SELECT 'constraint: ' || o.name || ' ' || pg_get_constraintdef(c.oid) || ' ' || c.convalidated
	FROM ours AS o JOIN pg_constraint AS c ON o.classid = 'pg_constraint'::regclass AND c.oid = o.objid
	UNION ALL
	SELECT 'trigger: ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
	FROM ours AS o JOIN pg_trigger AS t ON o.classid = 'pg_trigger'::regclass AND t.oid = o.objid
	UNION ALL
	SELECT 'type: ' || t.oid::regtype || ' ' || (to_jsonb(t) - '{oid,typnamespace,typarray,typrelid,typelem,typinput,typoutput,typreceive,typsend}'::text[])::text
	FROM ours AS o JOIN pg_type AS t ON o.classid = 'pg_type'::regclass AND t.oid = o.objid
	UNION ALL
	SELECT 'label: ' || e.enumtypid::regtype || ' ' || e.enumlabel || ' ' || e.enumsortorder
	FROM ours AS o JOIN pg_enum AS e ON o.classid = 'pg_type'::regclass AND e.enumtypid = o.objid
	UNION ALL
	SELECT 'operator: ' || o.name || ' ' || p.oprcode || ' ' || p.oprrest || ' ' || p.oprjoin || ' ' || p.oprcom::regoperator || ' ' || p.oprnegate::regoperator || ' ' || p.oprcanhash || ' ' || p.oprcanmerge
	FROM ours AS o JOIN pg_operator AS p ON o.classid = 'pg_operator'::regclass AND p.oid = o.objid
	UNION ALL
	SELECT DISTINCT 'depends: ' || o.name || ' on ' || i.type || ' ' || i.identity || ' ' || d.refobjsubid || ' ' || d.deptype::text
	FROM ours AS o JOIN pg_depend AS d USING (classid, objid), pg_identify_object(d.refclassid, d.refobjid, 0) AS i
	UNION ALL
	SELECT 'initially: ' || i.type || ' ' || i.identity || ' ' || p.objsubid || ' ' || (SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(p.initprivs) AS x)
	FROM pg_init_privs AS p JOIN ours AS o ON (o.classid, o.objid) = (p.classoid, p.objoid), pg_identify_object(p.classoid, p.objoid, 0) AS i
	UNION ALL
	SELECT 'dumped: ' || t.rel::regclass || ' ' || t.condition FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS t (rel, condition) WHERE e.extname = 'wa_policy'
	UNION ALL
	SELECT 'version: ' || extversion FROM pg_extension WHERE extname = 'wa_policy'
	ORDER BY 1};

# ---- State ---------------------------------------------------------------

my $people = q{SELECT '49151000000' || lpad(n::text, 2, '0') FROM generate_series(1, 30) AS n UNION ALL VALUES ('DE.abc123')};
my $at = '2023-11-20 00:00+00';

# Webhooks of every kind, and what a DBA and operators make of a database.
sub load_state
{
	my ($node, $db) = @_;
	$node->safe_psql($db, join "\n", map { post_sql('public', $_) } payload_seeds(),
		envelope('W1', change_of('S1', 'statuses', map { failed("49151000000$_", 1700000000, 131026, 131049) } 10 .. 20),
			change_of('S1', 'messages', map { inbound("49151000000$_", 1700000100, 'STOP') } 15 .. 17)));
	$node->safe_psql($db, q{
		SELECT wa_opt_out('4915100000021', 'asked', 'W1', '2023-11-16 00:00+00');
		SELECT wa_forget('4915100000004', 'request 1');
		INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2023-11-14 00:00+00', '2023-11-15 00:00+00', 'relay');
		INSERT INTO wa_error_override (code, ladder) VALUES (131049, '{3 h, 30 h}');
		INSERT INTO wa_phrase (phrase, meaning) VALUES ('go away', 'stop'), ('kindly disappear', 'stop');
		DELETE FROM wa_phrase WHERE phrase = 'STOP';
		DELETE FROM wa_region_rule;
		INSERT INTO wa_frequency_cap (category, messages, period) VALUES ('marketing', 2, '1 day');
		SELECT wa_recompute();
		GRANT SELECT ON wa_consent TO auditor;
		REVOKE EXECUTE ON FUNCTION wa_history(text) FROM wa_reader;
		CREATE SCHEMA own;
		CREATE VIEW own.slots AS SELECT slot, active FROM wa_publication_status;
		CREATE TABLE own.customers (phone wa_recipient PRIMARY KEY);
		INSERT INTO own.customers VALUES ('4915100000021'), ('4915100000030');
		CREATE INDEX own_index ON wa_message (campaign) WHERE campaign IS NOT NULL;
	});
}

# Rows and answers.  wa_digest hashes whole rows, so it tells of a column that is new; what
# such a one of the made-up version holds is left out.
sub state_of
{
	my ($node, $db) = @_;
	return join "\n", $node->safe_psql($db, q{SELECT * FROM wa_digest() WHERE part <> 'policy'}),
	  state_lines($node, $db) =~ s/, "ticket": ""//gr, decisions($node, $db, 'public', $people, $at),
	  $node->safe_psql($db, q{SELECT phone, wa_sendable(phone, 'marketing') FROM own.customers; TABLE own.slots}), sequences($node, $db) =~ s/^wa_holiday.*\n?//mr;
}

# ---- The upgrade ---------------------------------------------------------

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', $conf);
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE auditor; CREATE DATABASE fresh; CREATE DATABASE upgraded');
$node->safe_psql('upgraded', 'CREATE EXTENSION wa_policy');
load_state($node, 'upgraded');
my $before = state_of($node, 'upgraded');
my $question = q{SELECT wa_sendable('4915100000021', 'marketing', at => '2023-11-20 00:00+00')};
my $session = $node->background_psql('upgraded', on_error_stop => 0);
is($session->query($question), 'f', 'a session that has loaded the old library');

# The next version: its install script, and the script that leads there.
my $next = $script;
for (do './test/upgrade/next.pl')
{
	my ($place, $becomes) = @$_;
	my $count = ($next =~ s/$place/$becomes->($1)/e);
	die "the install script has no place for $place" unless $count;
}
my ($privileges) = $script =~ /^(-- ALTER DEFAULT PRIVILEGES .*?)^-- Two roles/ms or die 'no privileges.sql';
my ($finish) = $script =~ /^(-- The end of the install script .*)/ms or die 'no finish.sql';
put("$share/wa_policy--$new.sql", $next);
put("$share/wa_policy--$old--$new.sql", slurp_file('test/upgrade/next.sql') . $privileges . $finish);
default_version($new);

# New files, old extension: both sessions go on.
install_library($new);
is($session->query($question), 'f', 'new files: the session goes on with the old library');
is($node->safe_psql('upgraded', $question), 'f', 'and a new one works with the extension as it is');
is($node->safe_psql('upgraded', q{SELECT statement FROM wa_health WHERE finding = 'version'}), "ALTER EXTENSION\nwa_policy UPDATE;", 'wa_health says that it waits');

# Objects that come with an upgrade are no more open than those of an installation.
$node->safe_psql('upgraded', 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO auditor; ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO auditor');
$node->safe_psql('upgraded', 'ALTER EXTENSION wa_policy UPDATE');
is($node->safe_psql('upgraded', q{SELECT extversion FROM pg_extension WHERE extname = 'wa_policy'}), $new, 'upgraded');
is_same(state_of($node, 'upgraded'), $before, 'the state, the decisions and what others built upon it are the same');
is($node->safe_psql('upgraded', q{SELECT has_table_privilege('auditor', 'wa_consent', 'SELECT'), has_function_privilege('wa_reader', 'wa_history(text)', 'EXECUTE'),
	has_table_privilege('auditor', 'wa_holiday', 'SELECT')}), 't|f|f', "a DBA's grants and revocations stay, and default ones reach nothing");
is($node->safe_psql('upgraded', 'BEGIN; ' . post_sql('public', envelope('W1', change_of('S1', 'messages', inbound('4915100000077', 1700000000, 'Kindly disappear!'))))
	. q{ SELECT wa_first_reason('4915100000077', 'marketing'); ROLLBACK}), 'opted_out_business', 'a phrase is found that the old library folded otherwise');
is($node->safe_psql('upgraded', q{SELECT count(*) FILTER (WHERE phrase = 'STOP'), count(*) FILTER (WHERE phrase = 'go away') FROM wa_phrase}), '0|1', 'so do the phrases');

$node->safe_psql('fresh', 'CREATE EXTENSION wa_policy');
$node->safe_psql('upgraded', 'REVOKE SELECT ON wa_consent FROM auditor; GRANT EXECUTE ON FUNCTION wa_history(text) TO wa_reader');
my $fresh = $node->safe_psql('fresh', $catalogue);
cmp_ok(scalar(split /\n/, $fresh), '>', 2000, 'there is much to compare');
# A list of rights that was written down and taken back reads like none.
my $bare = sub { $_[0] =~ s/( acl )(\w+)=\w+\/\2$/$1/gmr =~ s/^initially: .* \d+ (\w+)=\w+\/\1\n//gmr };
is_same($bare->($node->safe_psql('upgraded', $catalogue)), $bare->($fresh), 'every object is what a new installation makes');

# ---- A publisher and its subscriber --------------------------------------

# In the order that docs/scaling.md tells: the subscriber first.
install_library($new);
$node->safe_psql('postgres', 'CREATE DATABASE publishing; CREATE DATABASE subscribing');
$node->safe_psql($_, "CREATE EXTENSION wa_policy VERSION '$old'") for qw(publishing subscribing);
load_state($node, 'publishing');
$node->safe_psql('publishing', q{SELECT wa_publish(); SELECT pg_create_logical_replication_slot('subscribing', 'pgoutput')});
$node->safe_psql('subscribing', $node->safe_psql('subscribing', q{SELECT wa_subscribe('subscribing', } . literal($node->connstr('publishing')) . q{, slot => 'subscribing')}));
sub follows
{
	my ($name) = @_;
	$node->poll_query_until('subscribing', 'SELECT ready FROM wa_subscription_status') or die 'no copy';
	$node->wait_for_catchup('subscribing');
	is_same($node->safe_psql('subscribing', q{SELECT * FROM wa_digest() WHERE part <> 'policy'; SELECT code, since, reason FROM wa_incident}),
		$node->safe_psql('publishing', q{SELECT * FROM wa_digest() WHERE part <> 'policy'; SELECT code, since, reason FROM wa_incident}), "$name: the same state");
}
follows('both old');
$node->safe_psql('subscribing', 'ALTER EXTENSION wa_policy UPDATE');
$node->safe_psql('publishing', q{INSERT INTO wa_incident (code, since, reason) VALUES (131049, '2023-11-16 00:00+00', 'meanwhile')});
follows('the subscriber upgraded');
$node->safe_psql('publishing', 'ALTER EXTENSION wa_policy UPDATE');
$node->safe_psql('publishing', q{SELECT wa_publish(); INSERT INTO wa_incident (code, since, reason, ticket) VALUES (131026, '2023-11-17 00:00+00', 'after', 'T1')});
$node->safe_psql('subscribing', 'ALTER SUBSCRIPTION subscribing REFRESH PUBLICATION');
follows('both upgraded');
is($node->safe_psql('subscribing', q{SELECT ticket FROM wa_incident WHERE reason = 'after'}), 'T1', 'and what is new arrives');
is_same($node->safe_psql('subscribing', 'SELECT * FROM wa_digest()'), $node->safe_psql('publishing', 'SELECT * FROM wa_digest()'), 'the whole digest agrees again');
$node->safe_psql('subscribing', 'DROP SUBSCRIPTION subscribing');

# ---- Libraries of another version ----------------------------------------

my $older = qr/ERROR:  the library of wa_policy that is loaded is of version \Q$old\E, the extension in this database of \Q$new\E\nHINT:  Connect again/;
sub session_says
{
	my ($sql) = @_;
	$session->{stderr} = '';
	$session->query($sql);
	return $session->{stderr} =~ s/^psql:<stdin>:\d+: //mgr;
}
like(session_says($question), $older, 'the old session is told that its library is older');
like(session_says(post_sql('public', envelope('W1', change_of('S1', 'user_preferences', preference('4915100000029', 1700000000, 'stop'))))), $older,
	'its webhook is refused, and not half applied');
$session->quit;
is($node->safe_psql('upgraded', "SELECT count(*) FROM wa_webhook WHERE payload LIKE '%4915100000029%'"), '0', 'nothing of it is there');
install_library($old);
for my $sql ($question, q{SELECT * FROM wa_explain('4915100000021', 'marketing')}, q{SELECT * FROM wa_suppressed('marketing')}, q{SELECT wa_ingest('{}')},
	q{SELECT wa_report_error('4915100000021', 131026)}, q{SELECT wa_opt_out('4915100000021')}, q{INSERT INTO wa_webhook (payload) VALUES ('{}')},
	'SELECT * FROM wa_digest()', 'SELECT wa_recompute()', 'SELECT wa_replay()', q{SELECT wa_forget('4915100000021', 'x')})
{
	like(try_sql($node, 'upgraded', $sql), $older, "old files: $sql");
}
install_library($new);
is($node->safe_psql('upgraded', $question), 'f', 'and with the new ones all is well');
$node->safe_psql('upgraded', q{UPDATE pg_extension SET extversion = '0.0.1' WHERE extname = 'wa_policy'});
like(try_sql($node, 'upgraded', $question), qr/ERROR:  the library of wa_policy that is loaded is of version \Q$new\E, the extension in this database of 0\.0\.1\nHINT:  Run ALTER EXTENSION wa_policy UPDATE\./,
	'an extension that is too old for the library');

# ---- Every released version ----------------------------------------------

# Each is installed by its own script, filled, and brought to this one.
install_library($old);
default_version($old);
for my $file (sort glob 'test/upgrade/wa_policy--*.sql')
{
	my ($version) = $file =~ /wa_policy--(.*)\.sql$/;
	if ($version eq $old)
	{
		is_same($script, slurp_file($file), "$version was released: its script has not changed");
		next;
	}
	put("$share/wa_policy--$version.sql", slurp_file($file));
	my $db = "from_$version";
	$node->safe_psql('postgres', qq{CREATE DATABASE "$db"});
	$node->safe_psql($db, "CREATE EXTENSION wa_policy VERSION '$version'");
	load_state($node, $db);
	my $was = state_of($node, $db);
	$node->safe_psql($db, 'ALTER EXTENSION wa_policy UPDATE');
	is_same(state_of($node, $db), $was, "$version: the same state after the upgrade");
	$node->safe_psql($db, 'REVOKE SELECT ON wa_consent FROM auditor; GRANT EXECUTE ON FUNCTION wa_history(text) TO wa_reader');
	$node->safe_psql('postgres', 'CREATE DATABASE compared');
	$node->safe_psql('compared', 'CREATE EXTENSION wa_policy');
	is_same($bare->($node->safe_psql($db, $catalogue)), $bare->($node->safe_psql('compared', $catalogue)), "$version: every object is what a new installation makes");
	$node->safe_psql('postgres', 'DROP DATABASE compared');
}
done_testing();
