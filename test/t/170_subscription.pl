# State by logical replication, as wa_publish and wa_subscribe set it up: two
# subscribers, webhooks during the first copy, default rows on both sides,
# operators on a subscriber, a restart, a subscriber that takes over.

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $publisher = new_node('publisher', allows_streaming => 'logical');
my @subscribers = map { new_node("subscriber$_", allows_streaming => 'logical') } 1, 2;
my $late = '2025-03-01 12:00+00';

sub q1 { my ($node, $sql) = @_; return $node->safe_psql('postgres', $sql); }
sub digests { return q1($_[0], 'SELECT * FROM wa_digest()'); }
sub stops
{
	my ($at, @people) = @_;
	return post_sql('public', envelope('W1', change_of('S1', 'user_preferences', map { preference($_, $at, 'stop') } @people)));
}

q1($_, 'CREATE EXTENSION wa_policy') for $publisher, @subscribers;
q1($publisher, stops(1700000000, map { 4915100000000 + $_ } 1 .. 500));
q1($publisher, post_sql('public', envelope('W1', change_of('S1', 'statuses', map { failed(4915200000000 + $_, 1740000000 + $_, 131026) } 1 .. 200),
	change_of('S1', 'messages', { %{ inbound('4915300000001', 1740000000, 'hi') }, from_user_id => 'DE.one' }))));
# What an operator did to default rows, and rows that the operator added.
q1($publisher, q{DELETE FROM wa_region_rule WHERE region = 'US'; INSERT INTO wa_region_rule (region, category) VALUES ('FR', 'marketing');
	DELETE FROM wa_phrase WHERE phrase = 'BAJA'; UPDATE wa_phrase SET active = true WHERE phrase = 'CANCEL';
	INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{50 d}'); SELECT wa_recompute()});

# ---- Set up --------------------------------------------------------------

q1($publisher, 'SELECT wa_publish(); SELECT wa_publish()');
is(q1($publisher, q{SELECT count(*) FROM pg_publication_tables WHERE pubname = 'wa_policy' AND tablename IN ('wa_webhook', 'wa_problem', 'wa_app_secret', 'wa_recipient_lock')}),
	0, 'neither webhooks nor secrets are published');
is(q1($publisher, q{BEGIN; SELECT wa_publish(repeat('long', 20)); SELECT wa_publish(repeat('long', 20)); SELECT count(*) FROM pg_publication WHERE pubname LIKE 'long%'; ROLLBACK}),
	"\n\n1", 'a name that is cut off is found again');
is(q1($publisher, q{BEGIN; CREATE TABLE customers (id int PRIMARY KEY); ALTER PUBLICATION wa_policy ADD TABLE customers; ALTER PUBLICATION wa_policy DROP TABLE wa_consent;
	SELECT wa_publish(); SELECT string_agg(tablename, ' ') FROM pg_publication_tables WHERE tablename IN ('customers', 'wa_consent'); ROLLBACK}) =~ s/^\n//r,
	'wa_consent customers', 'a missing table is added, and what a DBA publishes beside stays');
# The rights that docs/scaling.md gives to the role that subscribers log in as.
q1($publisher, q{CREATE ROLE replicator LOGIN REPLICATION});
q1($publisher, q1($publisher, q{SELECT string_agg(format('GRANT SELECT ON %I.%I TO replicator', schemaname, tablename), '; ')
	FROM pg_publication_tables WHERE pubname = 'wa_policy'}));
like(try_sql($subscribers[0], 'postgres', q{SELECT wa_subscribe(NULL, 'x')}), qr/must not be null/, 'a name is needed');
# Rows that clash: a sender, an override; and opt-outs recorded by an operator before anything has come.
q1($subscribers[0], q{INSERT INTO wa_sender (business, sender) VALUES ('W1', 'S1'); INSERT INTO wa_error_override (code, ladder) VALUES (131026, '{1 d}')});
q1($publisher, q{SELECT wa_opt_out('4915400000001', 'same', '', '2024-01-01')});

# The first copy of the second is held up in the middle: one table can be read there, and not written.
my $holding = $subscribers[1]->background_psql('postgres');
$holding->query_safe('BEGIN; LOCK TABLE wa_identity IN EXCLUSIVE MODE');
for my $i (0, 1)
{
	my $statement = q1($subscribers[$i], "SELECT wa_subscribe('node$i', " . literal($publisher->connstr('postgres') . ' user=replicator') . ')');
	like($statement, qr/^CREATE SUBSCRIPTION node$i CONNECTION .* WITH \(synchronous_commit = on\)/, 'wa_subscribe returns a statement');
	q1($subscribers[$i], q{SELECT wa_opt_out('4915100000001', 'by phone'); SELECT wa_opt_out('4915400000001', 'same', '', '2024-01-01')}) if $i == 0;
	q1($subscribers[$i], $statement);
}
my $ask = q{SELECT wa_sendable('4915100000003', 'marketing')};
$subscribers[1]->poll_query_until('postgres', q{SELECT count(*) >= 5 FROM pg_subscription_rel WHERE srsubstate IN ('s', 'r')}) or die;
for my $question ($ask, q{SELECT * FROM wa_explain('4915100000003', 'marketing')}, q{SELECT count(*) FROM wa_suppressed('marketing')},
	q{SELECT count(*) FROM generate_series(4915100000000, 4915100002000) AS n WHERE wa_sendable(n::text, 'marketing')},
	q{SELECT wa_next_sendable('4915100000003', 'marketing')}, q{SELECT wa_first_reason('4915100000003', 'utility')},
	q{SELECT * FROM wa_segment_summary('VALUES (''4915100000003'')', 'marketing')})
{
	like(try_sql($subscribers[1], 'postgres', $question), qr/ERROR:  a subscription has not finished copying/, "first copy under way: $question");
}
is(q1($subscribers[1], 'SELECT ready, current, copied < tables FROM wa_subscription_status'), 'f|f|t', 'its status says so');
my $finding = q{SELECT severity, sentence FROM wa__finding WHERE finding = 'subscription'};
is(q1($subscribers[1], $finding), 'error|Subscription node1 has not copied the state yet: every decision is an error.', 'and so does wa_health');
# A snapshot of before the copy was complete holds on.
my $old = $subscribers[1]->background_psql('postgres', on_error_stop => 0);
$old->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM wa_sender');
# Webhooks meanwhile.
q1($publisher, stops(1700000000, map { 4915100000500 + $_ } 1 .. 300));
$holding->query_safe('COMMIT');
$holding->quit;

sub caught_up
{
	my ($name) = @_;
	for my $i (0 .. $#subscribers)
	{
		$subscribers[$i]->poll_query_until('postgres', "SELECT ready FROM wa_subscription_status") or die 'no copy';
		$publisher->wait_for_catchup("node$i");
	}
	is(q1($_, 'SELECT ready, enabled, running, current FROM wa_subscription_status'), 't|t|t|t', "$name: " . $_->name . ' is current') for @subscribers;
	is(q1($_, $finding), '', "$name: " . $_->name . ' has no finding') for @subscribers;
	is(q1($publisher, 'SELECT count(*) FROM wa_publication_status WHERE active AND behind_bytes IS NOT NULL'), 2, "$name: the publisher knows of both");
	return;
}

caught_up('first copy');
is(q1($_, q{SELECT count(*) FROM wa__finding WHERE finding = 'no_secret'}), $_ == $publisher ? 1 : 0, $_->name . ': a secret is missed only where webhooks arrive') for $publisher, @subscribers;
my ($old_out, $old_err) = $old->query($ask);
unlike($old_out // '', qr/^[tf]$/m, 'an old snapshot still gets no answer');
$old->quit;
is_same(digests($subscribers[1]), digests($publisher), 'the same state on the second');
is(q1($subscribers[1], $ask), 'f', 'which answers');
is(q1($subscribers[1], 'SELECT count(*) FROM wa_recipient_status'), q1($publisher, 'SELECT count(*) FROM wa_recipient_status'), 'and knows everybody whom the publisher knows');
is(q1($subscribers[1], q{SELECT wa_sendable('4915100000799', 'marketing')}), 'f', 'also of what came during the copy');
is(q1($subscribers[0], q{SELECT count(*) FROM wa_region_rule WHERE region = 'US'; SELECT count(*) FROM wa_phrase WHERE phrase = 'BAJA';
	SELECT active FROM wa_phrase WHERE phrase = 'CANCEL'; SELECT ladder FROM wa_error_override; SELECT count(*) FROM wa_consent_log WHERE evidence = 'same'}),
	"0\n0\nt\n{\"50 days\"}\n1", 'default and clashing rows are those of the publisher');
is(q1($subscribers[0], q{SELECT state FROM wa_consent WHERE recipient = '4915100000001' AND register = 'business'}), 'stop', 'an opt-out that was here is kept');

# ---- Afterwards ----------------------------------------------------------

# An operator on a subscriber, then older and newer words of the publisher of the same people.
is(try_sql($subscribers[0], 'postgres', q{SELECT wa_opt_out(p, 'on the phone', '', '2025-02-01') FROM unnest(ARRAY['4915500000001', '4915500000002', '4915500000003']) AS p}) =~ /ERROR/ ? 1 : 0,
	0, 'an opt-out on a subscriber is recorded');
q1($publisher, q{SELECT wa_opt_in('4915500000001', 'older', '', '2025-01-01'); SELECT wa_opt_in('4915500000002', 'newer', '', '2025-02-02');
	SELECT wa_opt_in('4915500000003', 'same time', '', '2025-02-01')});
q1($publisher, q{SELECT wa_opt_in('4915500000001', 'older, later', '', '2025-01-15'); INSERT INTO wa_incident (code, since, until, reason) VALUES (131026, '2025-01-01', '2025-01-02', 'relay');
	INSERT INTO wa_phrase (phrase, meaning) VALUES ('GO AWAY', 'stop'); DELETE FROM wa_phrase WHERE phrase = 'GO AWAY'});
caught_up('afterwards');
my $registers = q{SELECT right(recipient::text, 1), state, at AT TIME ZONE 'UTC', stopped_at AT TIME ZONE 'UTC', resumed_at AT TIME ZONE 'UTC' FROM wa_consent WHERE recipient::text LIKE '49155%' ORDER BY 1};
is(q1($subscribers[0], $registers), "1|stop|2025-02-01 00:00:00|2025-02-01 00:00:00|2025-01-15 00:00:00\n"
	. "2|resume|2025-02-02 00:00:00|2025-02-01 00:00:00|2025-02-02 00:00:00\n"
	. "3|stop|2025-02-01 00:00:00|2025-02-01 00:00:00|2025-02-01 00:00:00", 'the later word holds, a stop at the same time');
is_same(digests($subscribers[1]), digests($publisher), 'the second follows');

# ---- Known on both sides -------------------------------------------------

# A worker on a subscriber reports errors, notes what it sent and erases; then the same people and
# messages arrive from the publisher.
my $w1 = "'W1', 'S1'";
q1($subscribers[0], qq{
	SELECT wa_report_error('4915700000001', 131026, '2025-03-01 00:00+00', $w1);
	SELECT wa_report_error('4915700000002', 131047, '2025-03-05 00:00+00', $w1);
	SELECT wa_report_error('4915700000003', 131050, '2025-03-01 00:00+00', $w1, 'wamid.f4915700000003.1740787200');
	SELECT wa_report_error('4915700000004', 131048, '2025-03-01 00:00+00', $w1);
	SELECT wa_sent('wamid.sent', '4915700000005', 'marketing', 'spring', 'campaign 7', '2025-03-01 00:00+00', $w1);
	SELECT wa_hold('W1', 'held here');
	INSERT INTO wa_template (business, name, language, status) VALUES ('W1', 'spring', 'en', 'APPROVED');
	SELECT wa_forget('4915700000006', 'request');
	SELECT wa_opt_out('4915700000007', 'never', everything => true);
	SELECT wa_forget('4915700000007', 'request')});
my $delivered = receipt('4915700000005', 1740787205, 'delivered');
$delivered->{id} = 'wamid.sent';
q1($publisher, post_sql('public', envelope('W1', change_of('S1', 'statuses', failed('4915700000001', 1740787200 - 86400, 131026),
		failed('4915700000003', 1740787200, 131050), failed('4915700000004', 1740787100, 131048), $delivered),
	change_of('S1', 'messages', inbound('4915700000002', 1741000000, 'hi'), inbound('4915700000006', 1741000000, 'hi')))));
q1($publisher, q{SELECT wa_hold('W1', 'held there'); SELECT wa_forget('4915700000007', 'request');}
	. post_sql('public', envelope('W1', { field => 'message_template_status_update',
		value => { event => 'DISABLED', message_template_name => 'spring', message_template_language => 'en' } })));
# What a webhook writes here would stop the replication as soon as the publisher writes the same.
like(try_sql($subscribers[0], 'postgres', post_sql('public', envelope('W1', change_of('S1', 'messages', { %{ inbound('4915700000009', 1741000000, 'hi') }, from_user_id => 'DE.nine' })))),
	qr/ERROR:  webhooks cannot be applied on a subscriber/, 'no webhook is taken on a subscriber');
# So would a link.
like(try_sql($subscribers[0], 'postgres', q{SELECT wa_unlink('4915700000008', 'DE.eight', 'not they')}), qr/ERROR:  identifiers cannot be unlinked on a subscriber/, 'no link is written on a subscriber');
q1($publisher, q{SELECT wa_unlink('4915700000008', 'DE.eight', 'not they')});
# Once more, now as updates.
q1($subscribers[0], qq{SELECT wa_report_error('4915700000001', 131026, '2025-03-03 00:00+00', $w1);
	SELECT wa_report_error('4915700000002', 131047, '2025-03-07 00:00+00', $w1)});
q1($publisher, post_sql('public', envelope('W1', change_of('S1', 'statuses', failed('4915700000001', 1740787200 - 3 * 86400, 131026), { %$delivered, status => 'read' }),
	change_of('S1', 'messages', inbound('4915700000002', 1741000005, 'hi')))));
q1($subscribers[0], q{SELECT wa_hold('W1', 'held here again')});
q1($publisher, q{SELECT wa_release('W1', 'released'); SELECT wa_forget('4915700000007', 'request')});
caught_up('known on both sides');
is(q1($subscribers[0], q{SELECT apply_error_count, sync_error_count FROM pg_stat_subscription_stats WHERE subname = 'node0'}), '0|0', 'nothing was in the way of a row that arrived');
is(q1($subscribers[0], q{SELECT array_to_string(ARRAY(SELECT f AT TIME ZONE 'UTC' FROM unnest(failures) AS f ORDER BY 1), ',') FROM wa_cooldown WHERE recipient = '4915700000001'}),
	'2025-02-26 00:00:00,2025-02-28 00:00:00,2025-03-01 00:00:00,2025-03-03 00:00:00', 'failures reported here and there count together');
is(q1($subscribers[0], q{SELECT last_window_refused_at AT TIME ZONE 'UTC', extract(epoch FROM last_inbound_at)::bigint FROM wa_activity WHERE recipient = '4915700000002'}),
	'2025-03-07 00:00:00|1741000005', 'a window that was refused here stays so');
is(q1($subscribers[0], q{SELECT count(*) FROM wa_consent_log WHERE recipient = '4915700000003'; SELECT wa_sendable('4915700000003', 'marketing')}), "1\nf", "WhatsApp's stop that both learned stands once");
is(q1($subscribers[0], q{SELECT template, campaign, delivered_at IS NOT NULL, read_at IS NOT NULL FROM wa_message WHERE message_id = 'wamid.sent'}), 'spring|campaign 7|t|t', 'what was sent keeps its campaign');
is(q1($subscribers[0], q{SELECT wa_first_reason(p, 'marketing') FROM unnest(ARRAY['4915700000006', '4915700000007']) AS p}), "erased\nerased", 'who was erased here stays so');
is(q1($subscribers[0], q{SELECT wa_first_reason('4915700000007', 'utility')}), 'erased', 'also from everything');
is(q1($subscribers[0], q{SELECT status, wa_template_sendable('spring', 'en', 'W1') FROM wa_template}), 'DISABLED|f', 'a template that was added here follows its webhooks');
is(q1($subscribers[0], q{SELECT reason, lifted_at > since FROM wa_sender_hold WHERE cause = 'operator'}), 'held here again|t', 'of holds the later, and the later release');
is_same(digests($subscribers[1]), digests($publisher), 'the second follows');

# A restart of either side.
$subscribers[1]->restart;
$publisher->restart;
q1($publisher, stops(1740000000, '4915600000001'));
caught_up('after a restart');
is(q1($subscribers[1], q{SELECT wa_sendable('4915600000001', 'marketing')}), 'f', 'what came since counts');
is_same(digests($subscribers[1]), digests($publisher), 'after a restart: the same state');
# Another schema on all of them, while nothing is on its way.
for my $to ('policy', 'public')
{
	my $from = $to eq 'policy' ? 'public' : 'policy';
	$publisher->wait_for_catchup($_) for qw(node0 node1);
	q1($_, "ALTER SCHEMA $from RENAME TO $to") for $publisher, @subscribers;
	$subscribers[1]->restart;
	q1($publisher, stops(1740000000, '4915600000011') =~ s/public\./$to./r);
}
caught_up('after another name');
is_same(digests($subscribers[1]), digests($publisher), 'after another name: the same state');
# Cut off, it says that it is not current and still answers with what it knows.
q1($subscribers[0], 'ALTER SUBSCRIPTION node0 DISABLE');
$subscribers[0]->poll_query_until('postgres', 'SELECT NOT running FROM wa_subscription_status') or die;
is(q1($subscribers[0], 'SELECT ready, enabled, current FROM wa_subscription_status'), 't|f|f', 'a subscription that is disabled is not current');
is(q1($subscribers[0], $finding), 'error|Subscription node0 is disabled: stops that come at the publisher are not known here.', 'and wa_health says so');
# The publisher tells how far it is behind, while the other one follows.
q1($publisher, join '', map { stops(1740000000 + $_, map { 4915800000000 + $_ } $_ * 100 .. $_ * 100 + 99) } 1 .. 20);
$publisher->wait_for_catchup('node1');
ok($publisher->poll_query_until('postgres', q{SELECT string_agg(concat_ws(' ', slot, active, behind_bytes > 100000), ', ' ORDER BY slot) FROM wa_publication_status}, 'node0 f t, node1 t f'),
	'how far each is behind is told');
my $lag = q{SELECT severity, split_part(sentence, ':', 1) FROM wa__finding WHERE finding = 'subscriber'};
is(q1($publisher, $lag), 'error|Slot node0 is not read', 'wa_health of the publisher says which one does not read');
is(q1($_, q{SELECT wa_sendable('4915800002099', 'marketing')}), $_ == $subscribers[0] ? 't' : 'f', $_->name . ' answers by what it has') for @subscribers;
q1($subscribers[0], 'ALTER SUBSCRIPTION node0 ENABLE');
caught_up('enabled again');
is(q1($subscribers[0], q{SELECT wa_sendable('4915800002099', 'marketing')}), 'f', 'and what was missed counts');
is(q1($publisher, $lag), '', 'and is no finding any more');
q1($publisher, q{SELECT pg_create_logical_replication_slot('left_over', 'pgoutput')});
is(q1($publisher, $lag), 'error|Slot left_over is not read', 'nor does one that has no subscriber at all');
is(q1($publisher, q{BEGIN; DROP PUBLICATION wa_policy; } . $lag . '; ROLLBACK'), '', 'slots of a database that does not publish the state are no finding');
q1($publisher, q{SELECT pg_drop_replication_slot('left_over')});
$holding = $subscribers[1]->background_psql('postgres');
$holding->query_safe('BEGIN; LOCK TABLE wa_consent IN SHARE MODE');
q1($publisher, stops(1740000200, '4915800003001') . q{SELECT pg_logical_emit_message(false, 'padding', repeat('x', 1000000)) FROM generate_series(1, 300)});
ok($publisher->poll_query_until('postgres', q{SELECT severity, sentence ~ '^Slot node1 is \d{3} MB behind' FROM wa__finding WHERE finding = 'subscriber'}, 'warning|t'),
	'one that reads and does not keep up is a warning');
$holding->query_safe('COMMIT');
$holding->quit;
caught_up('no longer held up');
is(q1($publisher, $lag), '', 'and follows again');
q1($subscribers[0], 'ALTER SUBSCRIPTION node0 DISABLE');
like(try_sql($subscribers[0], 'postgres', q{SELECT wa_subscribe('again', 'x')}), qr/ERROR:  this database has state of its own/, 'what is fed is not subscribed again');

# ---- Subscribing again ---------------------------------------------------

# The dump of a subscriber has the state of its time, and a subscription without tables.
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
q1($subscribers[0], 'CREATE DATABASE restored');
$subscribers[0]->command_ok([ 'pg_dump', '-f', $dump, $subscribers[0]->connstr('postgres') ], 'a subscriber is dumped');
$subscribers[0]->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $subscribers[0]->connstr('restored') ], 'and restored');
q1($publisher, stops(1740000300, '4915800004001'));
is($subscribers[0]->safe_psql('restored', q{SELECT wa_sendable('4915800004001', 'marketing')}), 't', 'it does not know what came since');
is($subscribers[0]->safe_psql('restored', $finding =~ s/sentence/split_part(sentence, ',', 1)/r), 'error|Subscription node0 has no tables', 'and wa_health says so');
is($subscribers[0]->safe_psql('restored', q{SET ROLE pg_monitor; SELECT count(*) FROM wa_health WHERE finding = 'subscription'; SELECT subname, subpublications FROM pg_subscription LIMIT 0}), 1,
	'also to those who monitor');
# As docs/scaling.md says.
$subscribers[0]->safe_psql('restored', 'ALTER SUBSCRIPTION node0 DISABLE');
$subscribers[0]->safe_psql('restored', 'ALTER SUBSCRIPTION node0 SET (slot_name = NONE)');
$subscribers[0]->safe_psql('restored', 'DROP SUBSCRIPTION node0');
$subscribers[0]->safe_psql('restored', q{SELECT wa_declare_empty('before its first subscription')});
my $empty = q{SELECT 'TRUNCATE wa_empty_declaration, ' || string_agg(t::text, ', ') FROM wa__replicated_tables() AS t};
$subscribers[0]->safe_psql('restored', 'SET session_replication_role = replica; ' . $subscribers[0]->safe_psql('restored', $empty));
like(try_sql($subscribers[0], 'restored', $ask), qr/ERROR:  nothing has ever arrived/, 'emptied, it does not answer');
$subscribers[0]->safe_psql('restored', $subscribers[0]->safe_psql('restored', q{SELECT wa_subscribe('restored', } . literal($publisher->connstr('postgres')) . ')'));
$subscribers[0]->poll_query_until('restored', 'SELECT ready FROM wa_subscription_status') or die 'no copy after the restore';
$publisher->wait_for_catchup('restored');
is($subscribers[0]->safe_psql('restored', q{SELECT wa_sendable('4915800004001', 'marketing')}), 'f', 'subscribed again, it does');
is_same($subscribers[0]->safe_psql('restored', 'SELECT * FROM wa_digest()'), digests($publisher), 'and has the state of the publisher');
$subscribers[0]->safe_psql('restored', 'DROP SUBSCRIPTION restored');

# pg_dump of some majors leaves the tables of an extension out of a publication; called again, wa_publish adds them.
q1($publisher, 'CREATE DATABASE restored');
$publisher->command_ok([ 'pg_dump', '-f', $dump, $publisher->connstr('postgres') ], 'the publisher is dumped');
$publisher->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $publisher->connstr('restored') ], 'and restored');
my $published = 'SELECT count(*) FROM pg_publication_tables';
is($publisher->safe_psql('restored', "SELECT wa_publish(); $published"), "\n" . q1($publisher, $published), 'and publishes again');
q1($publisher, 'DROP DATABASE restored');

# ---- A crash in the middle of the first copy -----------------------------

q1($subscribers[1], 'CREATE DATABASE third');
$subscribers[1]->safe_psql('third', 'CREATE EXTENSION wa_policy');
$holding = $subscribers[1]->background_psql('third');
$holding->query_safe('BEGIN; LOCK TABLE wa_identity IN EXCLUSIVE MODE');
my $third = $subscribers[1]->safe_psql('third', q{SELECT wa_subscribe('third', } . literal($publisher->connstr('postgres')) . ')');
$subscribers[1]->safe_psql('third', $third);
# All others are copied, so that no slot is being dropped: PostgreSQL drops it just before it commits that the table is
# copied, and a crash between the two would leave that table uncopied forever.
$subscribers[1]->poll_query_until('third', q{SELECT copied = tables - 1 FROM wa_subscription_status}) or die;
like(try_sql($subscribers[1], 'third', q{SELECT wa_forget('4915100000001', 'request')}), qr/ERROR:  nobody can be erased while a subscription copies/,
	'nobody is erased of whom rows would still arrive');
$subscribers[1]->stop('immediate');
$subscribers[1]->start;
like(try_sql($subscribers[1], 'third', $ask), qr/ERROR:  a subscription has not finished copying|^f$/, 'after the crash: no answer or the right one');
$subscribers[1]->poll_query_until('third', q{SELECT ready FROM wa_subscription_status}) or die 'no copy after the crash';
$publisher->wait_for_catchup('third');
is_same($subscribers[1]->safe_psql('third', 'SELECT * FROM wa_digest()'), digests($publisher), 'after the crash: the copy is completed by itself');
eval { $holding->quit };

# A copy by CREATE DATABASE ... TEMPLATE has the list of the tables, and not the subscription.
$subscribers[1]->safe_psql('third', 'ALTER SUBSCRIPTION third DISABLE');
$subscribers[1]->poll_query_until('third', 'SELECT NOT running FROM wa_subscription_status') or die;
$subscribers[1]->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE third');
$subscribers[1]->safe_psql('third', 'ALTER SUBSCRIPTION third ENABLE');
$subscribers[1]->poll_query_until('third', 'SELECT current FROM wa_subscription_status') or die;
is($subscribers[1]->safe_psql('copied', "SELECT count(*) FROM wa_subscription_status; $finding"),
	"0\nerror|This database is a copy of a subscriber, and has no subscription itself: stops since the copy was made are not known here.", 'a copy of a subscriber says that it is one');
$subscribers[1]->safe_psql('third', 'DROP SUBSCRIPTION third');

# ---- Not all of the state ------------------------------------------------

# Made by hand, without a copy: what comes later is not all.
$subscribers[1]->safe_psql('postgres', "CREATE DATABASE $_") for qw(uncopied partial);
$subscribers[1]->safe_psql($_, 'CREATE EXTENSION wa_policy') for qw(uncopied partial);
sub by_hand
{
	my ($db, $options, $publication) = @_;
	my $statement = $subscribers[1]->safe_psql($db, "SELECT wa_subscribe('$db', " . literal($publisher->connstr('postgres')) . ", '$publication')");
	return $subscribers[1]->safe_psql($db, $statement =~ s/WITH \(/WITH ($options/r);
}
like(try_sql($subscribers[1], 'uncopied', q{BEGIN; SELECT wa_subscribe('x', 'y'); SELECT wa_publish()}), qr/ERROR:  the state has not been copied into this database yet/,
	'before the copy there is nothing to publish, and no key is made that would be in its way');
by_hand('uncopied', 'copy_data = false, ', 'wa_policy');
q1($publisher, stops(1740000400, '4915800005001'));
$publisher->wait_for_catchup('uncopied');
like(try_sql($subscribers[1], 'uncopied', $ask), qr/ERROR:  a subscription has not finished copying.*HINT:  The subscription was made with copy_data = false/s, 'without a copy there is no answer');
is($subscribers[1]->safe_psql('uncopied', "SELECT ready, current, copied FROM wa_subscription_status; $finding"),
	"f|f|0\nerror|Subscription uncopied has not copied the state yet: every decision is an error.", 'and the status and wa_health say so');
is($subscribers[1]->safe_psql('uncopied', "SELECT wa_declare_empty('brought otherwise'); $ask; SELECT ready, current FROM wa_subscription_status"), "\nt\nt|t", 'unless somebody has declared that it was brought otherwise');
# A publication without one of the tables.
q1($publisher, q{DO $$ BEGIN EXECUTE (SELECT 'CREATE PUBLICATION partial FOR TABLE ' || string_agg(t::text, ', ') FROM wa__replicated_tables() AS t WHERE t::text <> 'wa_identity'); END $$});
by_hand('partial', '', 'partial');
$subscribers[1]->poll_query_until('partial', q{SELECT copied = tables FROM wa_subscription_status}) or die;
like(try_sql($subscribers[1], 'partial', $ask), qr/ERROR:  .*\nDETAIL:  Table "wa_identity" is not complete yet.*\nHINT:  No subscription brings it\. Call wa_publish\(\)/, 'without the links there is no answer');
is($subscribers[1]->safe_psql('partial', 'SELECT ready FROM wa_subscription_status'), 'f', 'nor is it ready');
q1($publisher, q{SELECT wa_publish('partial')});
$subscribers[1]->safe_psql('partial', 'ALTER SUBSCRIPTION partial REFRESH PUBLICATION');
$subscribers[1]->poll_query_until('partial', 'SELECT ready FROM wa_subscription_status') or die;
is($subscribers[1]->safe_psql('partial', $ask), 'f', 'with them there is');
# Of what is held back only the publisher can know.
for my $held ('SET TABLE wa_consent (recipient, business, register, state, at, origin)', q{SET TABLE wa_consent WHERE (business = 'W1')}, q{SET (publish = 'insert')})
{
	is(q1($publisher, qq{BEGIN; ALTER PUBLICATION partial $held; SET LOCAL ROLE pg_monitor; SELECT count(*) FROM wa_health WHERE finding = 'publication'; ROLLBACK}), 1, "a finding: $held");
}
is(q1($publisher, q{SELECT count(*) FROM wa_health WHERE finding = 'publication'}), 0, 'and without it none');
is(q1($publisher, q{BEGIN; ALTER PUBLICATION partial DROP TABLE wa_consent; ALTER PUBLICATION wa_policy DROP TABLE wa_consent;
	SELECT count(*), min(statement) FROM wa__finding WHERE finding = 'publication'; SELECT wa_publish(); SELECT count(*) FROM wa_health WHERE finding = 'publication'; ROLLBACK}),
	"2|SELECT wa_publish('partial');\n\n0", 'so is a table that was taken out of every publication, until one has it again');
$subscribers[1]->safe_psql($_, "DROP SUBSCRIPTION $_") for qw(uncopied partial);
q1($publisher, 'DROP PUBLICATION partial');

# ---- Promotion -----------------------------------------------------------

my $replay = stops(1740000000, '4915600000001') . post_sql('public', envelope('W1', change_of('S1', 'statuses', failed(4915200000001, 1740000001, 131026))));
my $state = digests($subscribers[1]);
$publisher->stop('immediate');
ok($subscribers[1]->poll_query_until('postgres', $finding, 'error|Subscription node1 gets nothing from its publisher: stops that come there are not known here.'),
	'wa_health says that the publisher is gone');
q1($subscribers[1], 'ALTER SUBSCRIPTION node1 DISABLE');
q1($subscribers[1], 'ALTER SUBSCRIPTION node1 SET (slot_name = NONE)');
q1($subscribers[1], 'DROP SUBSCRIPTION node1');
is(q1($subscribers[1], 'SELECT count(*) FROM wa_subscription_status'), 0, 'no subscription any more');
q1($subscribers[1], $replay);
is_same(digests($subscribers[1]), $state, 'what is posted again to the one that takes over changes nothing');
q1($subscribers[1], stops(1740000100, '4915600000002') . q{SELECT wa_opt_out('4915600000003'); SELECT wa_unlink('4915300000001', 'DE.one', 'not they')});
is(q1($subscribers[1], q{SELECT wa_sendable('4915600000002', 'marketing'), wa_sendable('4915600000003', 'marketing')}), 'f|f', 'its own webhooks count');
is(q1($subscribers[1], 'SELECT count(DISTINCT id) = count(*), max(id) > 4611686018427387904 FROM wa_consent_log'), 't|t', 'with row numbers of their own');
is(q1($subscribers[1], 'SELECT count(*) FROM wa_default_removed'), q1($subscribers[0], 'SELECT count(*) FROM wa_default_removed'), 'and default rows stay removed');

# The other one subscribes to it, and what operators record there has other numbers than what comes.
q1($subscribers[1], 'SELECT wa_publish()');
q1($subscribers[0], 'ALTER SUBSCRIPTION node0 SET (slot_name = NONE)');
q1($subscribers[0], 'DROP SUBSCRIPTION node0');
q1($subscribers[0], 'SET session_replication_role = replica; ' . q1($subscribers[0], $empty));
q1($subscribers[0], q1($subscribers[0], q{SELECT wa_subscribe('follows', } . literal($subscribers[1]->connstr('postgres')) . ')'));
$subscribers[0]->poll_query_until('postgres', 'SELECT ready FROM wa_subscription_status') or die 'no copy from the one that took over';
is_same(digests($subscribers[0]), digests($subscribers[1]), 'the other one has the state of the one that took over');
q1($subscribers[0], q{SELECT wa_opt_out((4915900000000 + n)::text) FROM generate_series(1, 20) AS n});
q1($subscribers[1], stops(1740000200, map { 4915900000100 + $_ } 1 .. 20));
$subscribers[1]->wait_for_catchup('follows');
is(q1($subscribers[0], q{SELECT wa_sendable('4915900000120', 'marketing'), wa_sendable('4915900000020', 'marketing')}), 'f|f', 'and follows it, with opt-outs of its own');

done_testing();
