# What a DBA does beside running clients costs nobody a webhook: REINDEX
# CONCURRENTLY of any index never fails an INSERT or a decision, and "ALTER SCHEMA
# ... RENAME changes nothing": no statement of ours touches what somebody else has
# put under the schema's old name since, in connections that are older either.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $node = new_node('ddl');
my $tmp = PostgreSQL::Test::Utils::tempdir();

# ---- What was rolled back ------------------------------------------------

# Index scans that come upon entries of rows that are not there any more.
$node->safe_psql('postgres', 'CREATE DATABASE dead');
$node->safe_psql('dead', 'CREATE EXTENSION wa_policy');
my $twice = 'SELECT wa_ingest(' . literal(envelope('W1', change_of('S1', 'messages',
	{ %{ inbound('4915100000001', 1700000000, 'STOP') }, from_user_id => 'DE.u1', from_parent_user_id => 'DE.ENT.p1' },
	{ %{ inbound('4915100000002', 1700000000, 'STOP') }, from_user_id => 'DE.u1' })))
  . q{); SELECT wa_report_error('4915100000001', 131026, '2023-11-15'); SELECT wa_sendable('DE.u1', 'marketing'), wa_sendable('DE.ENT.p1', 'utility', at => '2023-11-15 01:00');};
is(try_sql($node, 'dead', ("BEGIN; $twice ROLLBACK;\n" x 3) . $twice), join("\n", ('(2,0,0)', '(1,0,0)', 'f|f') x 4),
	'a webhook that was rolled back can come again, in the same session');

# ---- REINDEX CONCURRENTLY ------------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE reindexed');
$node->safe_psql('reindexed', 'CREATE EXTENSION wa_policy; CREATE TABLE done (n bigint GENERATED ALWAYS AS IDENTITY)');
my $seconds = long_form(12, 120);
my $script = "$tmp/clients.sql";
open my $fh, '>', $script or die;
# People by one identifier and by two, new ones and known ones, of every table.
print $fh q~\set who random(100000, 100200)
\set day random(1, 300)
\set what random(0, 3)
INSERT INTO wa_webhook (payload) SELECT format('{"entry":[{"id":"W%s","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"S1"},"messages":[{"id":"m","from":"4915100%s","from_user_id":"DE.u%s","timestamp":"%s","type":"text","text":{"body":"%s"}}],"statuses":[{"id":"f","status":"failed","recipient_id":"4915100%s","timestamp":"%s","errors":[{"code":131026},{"code":131050}]}]}}]}]}',
	:what::int, :who::int, :who::int + :what::int, 1700000000 + :day::int * 86400, CASE :what::int WHEN 0 THEN 'STOP' WHEN 1 THEN 'START' ELSE 'hello' END, :who::int, 1700000000 + :day::int * 86400);
SELECT wa_sendable('4915100' || :who::text, 'marketing'), wa_sendable('DE.u' || :who::text, 'service');
SELECT count(*) FROM generate_series(100000, 100100) AS n WHERE wa_sendable('4915100' || n, 'utility');
~;
close $fh;
my ($said, $complained) = ('', '');
my $clients = IPC::Run::start([ 'pgbench', '-n', '-c', 4, '-j', 1, '-T', $seconds, '-M', 'prepared', '-f', $script, $node->connstr('reindexed') ],
	'>', \$said, '2>', \$complained);
my @indexes = split /\n/, $node->safe_psql('reindexed', q{
	SELECT i.indexrelid::regclass FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
	WHERE c.relname IN ('wa_consent', 'wa_consent_log', 'wa_cooldown', 'wa_activity', 'wa_identity', 'wa_identity_change', 'wa_recipient_lock', 'wa_webhook', 'wa_phrase')
		AND c.relnamespace = 'public'::regnamespace ORDER BY 1});
cmp_ok(scalar @indexes, '>=', 12, scalar(@indexes) . ' indexes');
my ($began, $rebuilt, $failed) = (time, 0, '');
# It goes on until the clients end, and takes every index at least once.
while (time - $began < $seconds || $rebuilt < @indexes)
{
	my $index = $indexes[ $rebuilt++ % @indexes ];
	$failed .= try_sql($node, 'reindexed', "REINDEX INDEX CONCURRENTLY $index");
	$failed .= try_sql($node, 'reindexed', 'SELECT 1 FROM (SELECT wa_recompute()) AS x WHERE false') if $rebuilt % 5 == 0;
}
$clients->finish;
is($failed, '', "$rebuilt indexes were rebuilt");
is(join("\n", grep { /ERROR|aborted|FATAL/ } split /\n/, $complained), '', 'and no client got an error');
my ($transactions) = $said =~ /number of transactions actually processed: (\d+)/;
cmp_ok($transactions // 0, '>', 50, 'of some hundred transactions');
is($node->safe_psql('reindexed', 'SELECT count(*) FROM wa_webhook'), $transactions, 'every webhook is there');
is($node->safe_psql('reindexed', q{SELECT count(*) FROM wa_problem}), '0', 'and was applied');
is($node->safe_psql('reindexed', q{CREATE EXTENSION amcheck; SELECT count(bt_index_check(indexrelid, true)) FROM pg_index AS i
	JOIN pg_class AS c ON c.oid = indrelid JOIN pg_class AS x ON x.oid = indexrelid JOIN pg_am AS m ON m.oid = x.relam
	WHERE c.relname LIKE 'wa\_%' AND m.amname = 'btree'}) > 12, 1, 'the indexes are whole') if -e $node->config_data('--sharedir') . '/extension/amcheck.control';

# ---- ALTER SCHEMA ... RENAME ---------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE renamed; CREATE ROLE ops LOGIN; CREATE ROLE posting LOGIN; CREATE ROLE asking LOGIN');
$node->safe_psql('renamed', q{
	CREATE SCHEMA policy; CREATE EXTENSION wa_policy SCHEMA policy;
	GRANT CREATE ON DATABASE renamed TO ops;
	GRANT wa_writer TO posting; GRANT wa_reader TO asking;
	GRANT USAGE ON SCHEMA policy TO ops, posting, asking;
	GRANT SELECT, INSERT, UPDATE, DELETE ON policy.wa_phrase, policy.wa_region_rule TO ops;
	CREATE TABLE public.people AS SELECT '4915100000' || lpad(n::text, 3, '0') AS phone FROM generate_series(1, 50) AS n;
	GRANT SELECT ON public.people TO asking;
});

# Everything of ours that runs statements of its own; {S} is the schema, {n} tells rounds apart.
my $person = '4915100000{n}';
my $webhook = envelope('W{n}', change_of('S1', 'messages', { %{ inbound($person, 1700000000, 'STOP') }, from_user_id => 'DE.u{n}' },
		{ id => 'c', from => $person, timestamp => '1700000001', type => 'system', system => { type => 'user_changed_number', wa_id => '4915200000{n}' } }),
	change_of('S1', 'statuses', failed($person, 1700000000, 131026, '9990{n}'), failed('nobody', 1700000000, 131026)));
my %work = (
	posting => [
		'INSERT INTO {S}.wa_webhook (payload) VALUES (' . literal($webhook) . ')',
		q(INSERT INTO {S}.wa_webhook (payload) VALUES ('{"bad {n}')),
		q(SELECT {S}.wa_report_error('4915100000{n}', 131049, '2023-11-01', 'W{n}')) ],
	asking => [
		q(SELECT {S}.wa_sendable('4915100000{n}', 'marketing'), {S}.wa_sendable('DE.u{n}', 'marketing'), {S}.wa_first_reason('4915100000{n}', 'marketing')),
		q(SELECT count(*) FROM {S}.wa_explain('4915100000{n}', 'marketing')),
		q(SELECT count(*) > 0 FROM {S}.wa_suppressed('marketing')),
		q(SELECT count(*) FROM public.people WHERE {S}.wa_sendable(phone, 'marketing')),
		q(SELECT phones FROM {S}.wa_segment_summary('TABLE public.people', 'marketing') LIMIT 1),
		q(SELECT category FROM {S}.wa_classify(131026)) ],
	ops => [
		q(INSERT INTO {S}.wa_phrase (phrase, meaning) VALUES ('NO MORE {n}', 'stop')),
		q(UPDATE {S}.wa_phrase SET meaning = 'resume' WHERE phrase = 'NO MORE {n}'),
		q(DELETE FROM {S}.wa_phrase WHERE phrase = 'NO MORE {n}'),
		q(INSERT INTO {S}.wa_region_rule (region, category) VALUES ('FR', 'marketing')),
		q(DELETE FROM {S}.wa_region_rule WHERE region = 'FR') ],
	postgres => [
		q(INSERT INTO {S}.wa_sender (business) VALUES ('W{n}') ON CONFLICT DO NOTHING),
		q(SELECT {S}.wa_ingest('[{"broken {n}')),
		q(SELECT {S}.wa_opt_out('4915100001{n}', 'reason', 'W{n}')),
		q(SELECT {S}.wa_opt_in('4915100001{n}', 'evidence', 'W{n}')),
		q(SELECT {S}.wa_unlink('4915100000{n}', 'DE.u{n}', 'reason')),
		q(INSERT INTO {S}.wa_error_override (code, ladder) VALUES (131026, '{1 h}')),
		q(INSERT INTO {S}.wa_incident (code, business, since, until, reason) VALUES (131026, 'W{n}', '2020-01-01', '2020-01-02', 'outage')),
		q(SELECT {S}.wa_recompute()),
		q(SELECT problems > 0 FROM {S}.wa_replay()),
		q(DELETE FROM {S}.wa_incident WHERE business = 'W{n}'),
		q(DELETE FROM {S}.wa_error_override WHERE code = 131026) ]);
my @roles = qw(posting asking ops postgres);

# All of it, in sessions that stay; what each statement said.
my %session = map { $_ => $node->background_psql('renamed', extra_params => [ '-U', $_ ]) } grep { $_ ne 'postgres' } @roles;
$session{postgres} = $node->background_psql('renamed');

sub statements
{
	my ($role, $schema, $n) = @_;
	return map { my $sql = $_; $sql =~ s/\{S\}/$schema/g; $sql =~ s/\{n\}/$n/g; $sql } @{ $work{$role} };
}

sub said_in
{
	my ($run, $schema, $n) = @_;
	my @said;
	for my $role (@roles)
	{
		push @said, map { "$role: " . $run->($role, $_) } statements($role, $schema, $n);
	}
	return join "\n", map { s/\Q$n\E/{n}/gr } @said;
}
my $old = sub { my ($role, $sql) = @_; my ($out) = $session{$role}->query("$sql;"); return $out };
my $fresh = sub { my ($role, $sql) = @_; return try_sql($node, 'renamed', $sql, $role eq 'postgres' ? () : ('-U', $role)) };
# Errors go to standard error: in old sessions they are found in the log.
sub errors { return join "\n", grep { /ERROR:/ } split /\n/, slurp_file($node->logfile, $_[0]) }

# Under the old name: a table for each of ours with a trap in it, and functions of the same names.
sub plant
{
	my ($schema, $ours) = @_;
	return qq{
	CREATE SCHEMA $schema AUTHORIZATION ops;
	CREATE TABLE IF NOT EXISTS public.trapped (who name, what text);
	GRANT ALL ON public.trapped TO PUBLIC;
	SET ROLE ops;
	CREATE FUNCTION $schema.trap() RETURNS trigger LANGUAGE plpgsql AS \$t\$ BEGIN
		INSERT INTO public.trapped VALUES (current_user, TG_RELID::regclass::text);
		IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE ops SUPERUSER; END IF;
		RETURN NULL; END \$t\$;
	RESET ROLE;
	DO \$d\$ DECLARE r record; BEGIN
		FOR r IN SELECT relname FROM pg_class WHERE relnamespace = '$ours'::regnamespace AND relkind = 'r' LOOP
			EXECUTE format('CREATE TABLE $schema.%I (LIKE $ours.%1\$I INCLUDING ALL)', r.relname);
			EXECUTE format('ALTER TABLE $schema.%I OWNER TO ops', r.relname);
			EXECUTE format('GRANT ALL ON $schema.%I TO PUBLIC', r.relname);
			EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON $schema.%I FOR EACH STATEMENT EXECUTE FUNCTION $schema.trap()', r.relname);
		END LOOP;
		FOR r IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS args, pg_get_function_result(p.oid) AS result
			FROM pg_proc AS p WHERE pronamespace = '$ours'::regnamespace AND prorettype NOT IN ('trigger'::regtype, 'internal'::regtype) LOOP
			BEGIN
				EXECUTE format('CREATE FUNCTION $schema.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', r.proname, r.args, r.result,
					'BEGIN INSERT INTO public.trapped VALUES (current_user, ' || quote_literal(r.proname) || '); END');
			EXCEPTION WHEN OTHERS THEN NULL;	-- types that plpgsql does not take
			END;
		END LOOP;
	END \$d\$;
	GRANT USAGE ON SCHEMA $schema TO PUBLIC;};
}
my $caught = q{SELECT coalesce(string_agg(DISTINCT who || ' ' || what, ', '), '') || (SELECT rolsuper FROM pg_roles WHERE rolname = 'ops') FROM public.trapped};

my $log = -s $node->logfile;
my $expected = said_in($old, 'policy', '101');
like($expected, qr/posting: .*\n.*asking: f\|f\|opted_out_business/s, 'it works before');
is(errors($log), '', 'without an error');
$node->safe_psql('renamed', 'ALTER SCHEMA policy RENAME TO policy2;' . plant('policy', 'policy2'));
# The trap works.  The superuser has the name of the user who runs this.
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
is($node->safe_psql('renamed', "BEGIN; INSERT INTO policy.wa_problem (path) SELECT '' WHERE false; $caught; ROLLBACK"),
	"$superuser policy.wa_problemtrue", 'a trap that is stepped on tells');

$log = -s $node->logfile;
is_same(said_in($old, 'policy2', '102'), $expected, 'connections that are older say the same');
is(errors($log), '', 'without an error');
is_same(said_in($fresh, 'policy2', '103'), $expected, 'new ones as well');
is($node->safe_psql('renamed', $caught), 'false', 'no trap was stepped on');

# Once more, to a name that needs quotes, and there is a trap under either of the old ones.
my $odd = '"Policy; 3"';
$node->safe_psql('renamed', "ALTER SCHEMA policy2 RENAME TO $odd;" . plant('policy2', $odd));
$log = -s $node->logfile;
is_same(said_in($old, $odd, '104'), $expected, 'a second time, with quotes');
is(errors($log), '', 'without an error');
is($node->safe_psql('renamed', $caught), 'false', 'no trap was stepped on');

# In one transaction, and back by a rollback.
my $transaction = join("\n", map { "$_;" } 'BEGIN', "ALTER SCHEMA $odd RENAME TO policy4", "CREATE SCHEMA $odd", statements('postgres', 'policy4', '105'), 'ROLLBACK');
$log = -s $node->logfile;
$session{postgres}->query($transaction);
is(errors($log), '', 'in the transaction of the renaming');
is_same(said_in($old, $odd, '106'), $expected, 'and after its rollback');
is(errors($log), '', 'without an error');
is($node->safe_psql('renamed', $caught), 'false', 'no trap was stepped on');
is($node->safe_psql('renamed', qq{SELECT count(*) FROM $odd.wa_consent WHERE recipient::text IN ('4915100000101', '4915100000102', '4915100000103', '4915100000104', '4915100000106')}),
	'5', 'all that came is there');
$_->quit for values %session;

done_testing();
