# A streaming standby answers wa_sendable identically, also right after
# promotion; a logical subscriber applies nothing twice.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Cluster;
use WaTest;
use Test::More;

my $primary = new_node('primary', allows_streaming => 'logical');
my $people = q{SELECT '49151000000' || lpad(n::text, 2, '0') FROM generate_series(1, 30) AS n
	UNION ALL VALUES ('+1 415 555 0123'), ('DE.abc123'), ('nobody')};
my $at = '2023-11-20 00:00+00';

sub stop_of
{
	my ($person, $when) = @_;
	return envelope('W1', change_of('S1', 'user_preferences', preference($person, $when // 1700000000, 'stop')));
}

sub traffic
{
	my ($shift) = @_;
	return join "\n",
	  map { post_sql('public', $_) } stop_of('4915100000001'), '{broken',
	  envelope('W1', change_of('S1', 'statuses', map { failed("49151000000$_", 1700000000 + $shift, 131026, 131049, 555555) } 10 .. 20),
		change_of('S2', 'messages', map { inbound("49151000000$_", 1700000100 + $shift, 'STOP') } 15 .. 17));
}

# ---- Streaming -----------------------------------------------------------

$primary->safe_psql('postgres', q{CREATE EXTENSION wa_policy;
	CREATE FUNCTION may(who text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN wa_sendable(who, 'marketing'); END $$;
	CREATE TABLE customers AS } . $people);
$primary->safe_psql('postgres', traffic(0));
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

sub caught_up
{
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
}

sub same
{
	my ($name) = @_;
	is_same(decisions($standby, 'postgres', 'public', $people, $at), decisions($primary, 'postgres', 'public', $people, $at), "$name: the same decisions");
	is_same(fingerprints($standby, 'postgres'), fingerprints($primary, 'postgres'), "$name: the same rows");
	is_same($standby->safe_psql('postgres', 'SELECT * FROM wa_digest()'), $primary->safe_psql('postgres', 'SELECT * FROM wa_digest()'), "$name: the same digest");
}

caught_up();
same('standby');
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'which is one');
is($standby->safe_psql('postgres', q{SELECT code, category FROM wa_classify(131026); SELECT wa_retry_after(130429, 1) IS NOT NULL}),
	"131026|recipient\nt", 'codes are explained there');
like(try_sql($standby, 'postgres', $_), qr/cannot execute|read-only|recovery/, "refused there: $_")
  for q{INSERT INTO wa_webhook (payload) VALUES ('{}')}, q{SELECT wa_ingest('{}')}, q{SELECT wa_opt_out('4915100000002')}, 'SELECT wa_recompute()';

# Sessions that were there before, and that keep what they know as long as they may.
my $committed = $standby->background_psql('postgres');
my $repeatable = $standby->background_psql('postgres');
my $asked = q{SELECT wa_sendable('4915100000021', 'marketing'), may('4915100000021'), (SELECT count(*) FROM customers AS c (phone) WHERE wa_sendable(phone, 'marketing'))};
$committed->query_safe('BEGIN ISOLATION LEVEL READ COMMITTED');
$repeatable->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ');
my $before = $committed->query_safe($asked);
like($before, qr/^t\|t\|/, 'somebody may be written to');
is($repeatable->query_safe($asked), $before, 'says the other as well');
# An open transaction on the primary makes the standby's snapshots differ in nothing but what is running.
my $busy = $primary->background_psql('postgres');
$busy->query_safe('BEGIN; SELECT pg_current_xact_id()');
$primary->safe_psql('postgres', post_sql('public', stop_of('4915100000021')));
caught_up();
my ($count) = $before =~ /(\d+)$/;
is($committed->query_safe($asked), 'f|f|' . ($count - 1), 'READ COMMITTED on the standby: the next statement knows');
is($repeatable->query_safe($asked), $before, 'REPEATABLE READ on the standby: the snapshot holds');
$repeatable->query_safe('COMMIT');
is($repeatable->query_safe($asked), 'f|f|' . ($count - 1), 'and its next transaction knows');
$busy->query_safe('ROLLBACK');
$busy->quit;
$primary->safe_psql('postgres', q{INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{100 d}'); SELECT wa_recompute();
	INSERT INTO wa_region_rule (region, category) VALUES ('DE', 'utility')});
caught_up();
same('after a change of the policy');

# A parallel plan on the standby.
like($standby->safe_psql('postgres', q{SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off; SELECT count(*) FROM customers AS c (phone) WHERE wa_sendable(phone, 'marketing')}), qr/^@{[ $count - 1 ]}$/,
	'parallel workers on the standby');
$_->quit for $committed, $repeatable;

# Who rewrites a table or an index on the primary leaves out what nobody there needs; a snapshot of the standby may.
$primary->safe_psql('postgres', q{ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf()});
$primary->safe_psql('postgres', q{CREATE FUNCTION reason_or_error(who text) RETURNS text LANGUAGE plpgsql AS
	$$ BEGIN RETURN wa_first_reason(who, 'marketing'); EXCEPTION WHEN serialization_failure THEN RETURN SQLERRM; END $$});
my %rewrites = ('CLUSTER wa_consent USING wa_consent_pkey' => [ '4915100000040', 'table "wa_consent"' ],
	'REINDEX TABLE wa_consent' => [ '4915100000041', 'index "wa_consent_pkey"' ]);
for my $rewrite (sort keys %rewrites)
{
	my ($person, $what) = @{ $rewrites{$rewrite} };
	$primary->safe_psql('postgres', post_sql('public', stop_of($person)));
	# Else the system catalogs are what the replay waits for.
	$primary->safe_psql('postgres', 'VACUUM');
	caught_up();
	my $before = $standby->background_psql('postgres');
	$before->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM customers');
	$primary->safe_psql('postgres', "SELECT wa_forget('$person', 'request')");
	$primary->safe_psql('postgres', $rewrite);
	caught_up();
	is($before->query_safe("SELECT reason_or_error('$person')"), "$what was rewritten after the snapshot of this query was taken", "$rewrite: an old snapshot gets no answer");
	is($before->query_safe("COMMIT; SELECT reason_or_error('$person')"), 'erased', "$rewrite: and a new one does");
	$before->quit;
}

# An index that is built beside the old one takes its place later than the snapshot by which it was built.
{
	my $person = '4915100000042';
	$primary->safe_psql('postgres', post_sql('public', stop_of($person)));
	$primary->safe_psql('postgres', 'VACUUM');
	# Its page with the new index has room, so that nothing is pruned there before the index is in its place.
	$primary->safe_psql('postgres', 'VACUUM FULL pg_index');
	my $old = $primary->safe_psql('postgres', q{SELECT 'wa_consent_pkey'::regclass::oid});
	my $writer = $primary->background_psql('postgres');
	$writer->query_safe('BEGIN; LOCK TABLE wa_consent IN ROW EXCLUSIVE MODE');
	my $rebuilding = $primary->background_psql('postgres');
	$rebuilding->query_until(qr/begun/, "\\echo begun\nREINDEX INDEX CONCURRENTLY wa_consent_pkey;\n");
	$primary->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query ~ '^REINDEX' AND wait_event_type = 'Lock'});
	caught_up();
	my $before = $standby->background_psql('postgres');
	$before->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM customers');
	$writer->query_safe("CREATE TEMP TABLE row AS SELECT * FROM wa_consent WHERE recipient = '$person'; DELETE FROM wa_consent WHERE recipient = '$person'; INSERT INTO wa_consent TABLE row; COMMIT");
	$standby->poll_query_until('postgres', q{SELECT (SELECT indexrelid FROM pg_index WHERE indrelid = 'wa_consent'::regclass AND indisprimary) <> } . $old);
	is($before->query_safe("SELECT reason_or_error('$person')"), 'index "wa_consent_pkey" was rewritten after the snapshot of this query was taken',
		'REINDEX CONCURRENTLY: a snapshot from while it was built gets no answer');
	is($before->query_safe("COMMIT; SELECT reason_or_error('$person')"), 'opted_out_whatsapp', 'and a new one does');
	$_->quit for $before, $writer, $rebuilding;
}

# ---- Logical -------------------------------------------------------------

# Publisher and subscriber are two databases of this server, so that the slot
# must be made by hand.
$primary->safe_psql('postgres', "CREATE DATABASE $_") for qw(pub sub);
$primary->safe_psql($_, 'CREATE EXTENSION wa_policy') for qw(pub sub);
$primary->safe_psql('pub', traffic(0) . q{SELECT wa_opt_out('4915100000002', 'r', '', '2023-11-01'); CREATE PUBLICATION p FOR ALL TABLES;
	SELECT pg_create_logical_replication_slot('s', 'pgoutput')});
# Default rows come from the publisher, as all others do.
$primary->safe_psql('sub', q{SET session_replication_role = replica; TRUNCATE wa_phrase, wa_region_rule, wa_region_without_limit, wa_default_removed});
$primary->safe_psql('sub', "CREATE SUBSCRIPTION s CONNECTION " . literal($primary->connstr('pub'))
	  . " PUBLICATION p WITH (create_slot = false, slot_name = 's')");

sub subscribed
{
	my ($name) = @_;
	$primary->poll_query_until('sub', q{SELECT count(*) > 0 AND bool_and(srsubstate = 'r') FROM pg_subscription_rel})
	  or die 'no synchronisation';
	$primary->wait_for_catchup('s', 'replay', $primary->lsn('insert'));
	is_same(fingerprints($primary, 'sub'), fingerprints($primary, 'pub'), "$name: every row, and nothing twice");
	is_same($primary->safe_psql('sub', 'SELECT * FROM wa_digest()'), $primary->safe_psql('pub', 'SELECT * FROM wa_digest()'), "$name: the same digest");
	is_same(decisions($primary, 'sub', 'public', $people, $at), decisions($primary, 'pub', 'public', $people, $at), "$name: the same decisions");
}
subscribed('the first copy');
$primary->safe_psql('pub', traffic(50000));
$primary->safe_psql('pub', q{SELECT wa_opt_in('4915100000002', 'form', '', '2023-11-02'); SELECT wa_report_error('4915100000003', 131056);
	INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{50 d}'); SELECT wa_recompute(); SELECT wa_replay();
	INSERT INTO wa_phrase (phrase, meaning) VALUES ('GO AWAY', 'stop')});
subscribed('what follows');
cmp_ok($primary->safe_psql('sub', 'SELECT count(*) FROM wa_webhook'), '>=', 6, 'payloads have come, too');
# In a session of the subscriber that has decided before.
my $reader = $primary->background_psql('sub');
is($reader->query_safe(q{SELECT wa_sendable('4915100000022', 'marketing')}), 't', 'a reader of the subscriber');
$primary->safe_psql('pub', post_sql('public', stop_of('4915100000022')));
subscribed('an opt-out');
is($reader->query_safe(q{SELECT wa_sendable('4915100000022', 'marketing')}), 'f', 'knows what has come since');
$reader->quit;
# Links come as well: a stop under a phone reaches the BSUID that was seen with it.
my $pair = q{SELECT wa_sendable('DE.pair', 'marketing')};
$primary->safe_psql('pub', 'SELECT wa_ingest(' . literal(envelope('W1', change_of('S1', 'messages',
	{ %{ inbound('4915100000077', 1700000000, 'hi') }, from_user_id => 'DE.pair' }))) . ')');
subscribed('a link');
is($primary->safe_psql('sub', $pair), 't', 'a BSUID before the stop');
$primary->safe_psql('pub', q{SELECT wa_opt_out('4915100000077')});
subscribed('an opt-out of its phone');
is($primary->safe_psql('sub', $pair), 'f', 'and after it, by the link that came');
# Cut off, the subscriber takes webhooks of its own.
$primary->safe_psql('sub', 'ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
$primary->safe_psql('sub', q{SELECT setval('wa_webhook_id_seq', (SELECT max(id) FROM wa_webhook));
	SELECT setval('wa_consent_log_id_seq', (SELECT max(id) FROM wa_consent_log)); SELECT setval('wa_problem_id_seq', (SELECT max(id) FROM wa_problem));}
	. post_sql('public', stop_of('4915100000023')));
is($primary->safe_psql('sub', q{SELECT wa_sendable('4915100000023', 'marketing')}), 'f', 'cut off, its own webhooks count');
# The slot keeps its database, and a standby that takes over wants none of it.
$primary->poll_query_until('pub', q{SELECT NOT active FROM pg_replication_slots WHERE slot_name = 's'});
$primary->safe_psql('pub', q{SELECT pg_drop_replication_slot('s')});

# ---- Promotion -----------------------------------------------------------

$primary->safe_psql('postgres', post_sql('public', stop_of('4915100000024')));
caught_up();
my $last = decisions($primary, 'postgres', 'public', $people, $at);
my $ids = $primary->safe_psql('postgres', 'SELECT max(id) FROM wa_webhook');
$primary->stop('immediate');
my $open = $standby->background_psql('postgres');
is($open->query_safe(q{SELECT wa_sendable('4915100000025', 'marketing')}), 't', 'a session of the standby');
$standby->promote;
is_same(decisions($standby, 'postgres', 'public', $people, $at), $last, 'right after promotion: the same decisions');
cmp_ok($standby->safe_psql('postgres', 'INSERT INTO wa_webhook (payload) VALUES (' . literal(stop_of('4915100000025')) . ') RETURNING id'),
	'>', $ids, 'webhooks come in, with ids of their own');
is($open->query_safe(q{SELECT wa_sendable('4915100000025', 'marketing')}), 'f', 'and count, in the session that was there before');
# Meta posts again what it believes lost: nothing changes.
my $state = state_lines($standby, 'postgres');
$standby->safe_psql('postgres', traffic(0) . post_sql('public', stop_of('4915100000021')));
is_same(state_lines($standby, 'postgres'), $state, 'what is posted again changes nothing');
# Twice one that is no JSON and eleven failures with an unknown code.
is($open->query_safe(q{SELECT wa_recompute(); SELECT problems FROM wa_replay()}), "0\n24", 'the rest works as well');
$open->quit;

done_testing();
