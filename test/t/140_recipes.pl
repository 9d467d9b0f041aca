# The recipes of docs/ that need other extensions or another database: pg_cron calls wa_purge,
# a list comes through postgres_fdw, and so do decisions.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

# The block of a page with this in it.
sub block_of
{
	my ($page, $pattern) = @_;
	my @blocks = grep { /$pattern/ } slurp_file($page) =~ /^```sql norun\n(.*?)^```$/msg;
	is(scalar @blocks, 1, "$page: the block with $pattern");
	return $blocks[0];
}

my $node = new_node('recipes');
$node->safe_psql('postgres', q{CREATE SCHEMA wa; CREATE EXTENSION wa_policy SCHEMA wa});

# ---- A list in another database ------------------------------------------

my $port = $node->port;
my $host = $node->host;
my $list = block_of('docs/lists.md', qr/postgres_fdw/);
$list =~ s/host 'crm\.internal'/host '$host', port '$port'/;
$list =~ s/password '[^']*'/password_required 'false'/;
$node->safe_psql('postgres', 'CREATE DATABASE crm; CREATE ROLE list_reader LOGIN');
$node->safe_psql('crm', q{
	CREATE TABLE unsubscribed (phone text, unsubscribed_at timestamptz);
	INSERT INTO unsubscribed SELECT '49151600' || n, '2024-01-01' FROM generate_series(10001, 10500) AS n;
	INSERT INTO unsubscribed VALUES ('unknown', '2024-01-01');
	GRANT SELECT ON unsubscribed TO list_reader});
like($node->safe_psql('postgres', "SET search_path = public, wa; $list"), qr/^stopped\|500\|/m, 'a list through postgres_fdw');
is($node->safe_psql('postgres', q{SELECT wa.wa_first_reason('+49 151 60010001', 'marketing')}), 'opted_out_business', 'stops');

# ---- Decisions of another database ----------------------------------------

my ($view, $table, $query) = block_of('docs/scaling.md', qr/FOREIGN TABLE wa_answer/) =~ /^(CREATE VIEW .*?;)\n.*?^(CREATE FOREIGN TABLE .*?;)\n(SELECT .*)/ms;
$node->safe_psql('postgres', qq{
	CREATE TABLE customers AS SELECT n AS id, '+49 151 600' || n AS phone FROM generate_series(10490, 10510) AS n;
	SET search_path = public, wa; $view});
$node->safe_psql('crm', qq{
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER policy FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'postgres', host '$host', port '$port');
	CREATE USER MAPPING FOR CURRENT_USER SERVER policy;
	CREATE TABLE customers AS SELECT n AS id FROM generate_series(10490, 10510) AS n;
	$table});
is(join(' ', sort { $a <=> $b } split /\n/, $node->safe_psql('crm', $query)), join(' ', 10501 .. 10510), 'decisions through postgres_fdw');
$node->safe_psql('postgres', q{SELECT wa.wa_opt_out('+49 151 60010505', 'by phone')});
unlike($node->safe_psql('crm', $query), qr/10505/, 'follow what happens there');

# ---- wa_purge every night ------------------------------------------------

SKIP: {
	my $major = $ENV{WA_MAJOR} // '';
	my $purge = block_of('docs/recipes.md', qr/cron\.schedule\('wa_purge'/);
	skip "pg_cron is not installed (postgresql-$major-cron)", 2
		unless $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'});
	$purge =~ s/'17 3 \* \* \*'/'* * * * *'/;

	$node->append_conf('postgresql.conf', qq{
		shared_preload_libraries = 'pg_cron'
		cron.database_name = 'postgres'
		cron.use_background_workers = on});
	$node->restart;
	$node->safe_psql('postgres', q{
		CREATE EXTENSION pg_cron;
		INSERT INTO wa.wa_webhook (payload, received_at) SELECT '{"entry": []}', now() - n * interval '1 day' FROM generate_series(1, 200) AS n});
	$node->safe_psql('postgres', $purge);
	$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')});
	is($node->safe_psql('postgres', 'SELECT DISTINCT status, return_message FROM cron.job_run_details'), 'succeeded|CALL', 'pg_cron called wa_purge');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM wa.wa_webhook'), '89', 'and it deleted what was older');
}

done_testing();
