# "Bounded against an adversary": somebody who owns a phone, or may write webhooks, can
# make no query slower than in proportion to what was sent.  One phone says START
# under very many BSUIDs, very many phones under one BSUID, a number is changed very often, one phone
# has to do with very many businesses and senders, or a message has very many recipients.  The long form
# (WA_LONG=1) compares times: three times as many may cost five times as much (a linear walk costs three
# times, a quadratic one nine).  The short one finds only whether the answers are right, and that nothing
# takes half a minute.

use strict;
use warnings;

use lib 'test/t';
use Digest::MD5 'md5_hex';
use Digest::SHA 'hmac_sha256_hex';
use WaTest;
use Test::More;

my $node = new_node('many');
# Milliseconds of the processor that this backend has used, so that other work on the machine counts little.
$node->safe_psql('template1', q{CREATE FUNCTION spent() RETURNS float LANGUAGE sql AS $$
	SELECT COALESCE(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::float / 1e6, 1000 * extract(epoch FROM clock_timestamp())) $$});
my @sizes = long_form([1000], [ 1000, 3000 ])->@*;
my $many = $sizes[-1];

# The times of a few and of many, where there are both.  A little more for the noise of a machine that others use, and
# since a thousand rows fit into its caches.
sub in_proportion
{
	my ($what, $times, @ms) = @_;
	cmp_ok($ms[1] // 30000, '<', $times * ($ms[0] // 0) + 250, sprintf '%s: %.0f ms, then %.0f ms', $what, @ms) if $ENV{WA_LONG};
	return;
}

# Milliseconds that a statement takes: the best of some times.
sub best
{
	my ($db, $sql, $times) = @_;
	return (sort { $a <=> $b } map { $node->safe_psql($db, "SET statement_timeout = '60s'; $sql") } 1 .. long_form(1, $times))[0];
}
my $phone = '4915100000001';
my $begin = 1700000000;

# What is sent, by the number of identifiers.
my %sent = (
	'by phone and BSUID' => sub {
		my ($n) = @_;
		return envelope('W1', change_of('S1', 'messages',
			map { { %{ inbound($phone, $begin + $_, 'START') }, from_user_id => "DE.n$_" } } 1 .. $n));
	},
	'by phones of one BSUID' => sub {
		my ($n) = @_;
		return envelope('W1', change_of('S1', 'messages',
			map { { %{ inbound(4915100000000 + $_, $begin + $_, $_ % 2 ? 'START' : 'STOP') }, from_user_id => 'DE.n7' } } 1 .. $n));
	},
	'by changes of number' => sub {
		my ($n) = @_;
		return (envelope('W1', change_of('S1', 'messages', map { number_change($_) } 1 .. $n)),
			envelope('W1', change_of('S1', 'messages',
				map { inbound(4915100000000 + $_, $begin + $_, $_ % 2 ? 'START' : 'STOP') } 1 .. $n)));
	},
	# Failures, evidence that lifts them, failures again; then windows of one business that are refused.
	'to businesses and senders' => sub {
		my ($n) = @_;
		return (in_businesses($n, 'statuses', failed($phone, $begin, 131026)),
			in_businesses($n, 'messages', inbound($phone, $begin + 100, 'Hello')),
			in_businesses($n, 'statuses', failed($phone, $begin + 200, 131026)),
			envelope('W', map { change_of("S$_", 'messages', inbound($phone, $begin + 300, 'Hello')) } 1 .. $n),
			envelope('W', map { change_of("S$_", 'statuses', failed($phone, $begin + 400, 131047)) } 1 .. $n));
	},
	# Of one message, twice.
	'to participants of a group' => sub {
		my ($n) = @_;
		return map { my $status = $_; envelope('W', change_of('S', 'statuses', map { { id => 'wamid.group', status => $status, timestamp => $begin,
			recipient_id => 'G1', recipient_type => 'group', recipient_participant_id => 4915100000000 + $_ } } 1 .. $n)) } qw(sent delivered);
	},);

# The same element in n businesses.
sub in_businesses
{
	my ($n, $kind, $element) = @_;
	return WaTest::json({ object => 'whatsapp_business_account',
			entry => [ map { { id => "W$_", changes => [ change_of("S$_", $kind, $element) ] } } 1 .. $n ] });
}

# The n-th number becomes the next one.
sub number_change
{
	my ($n) = @_;
	return { from => 4915100000000 + $n, id => "wamid.change$n", timestamp => $begin + $n, type => 'system',
		system => { type => 'user_changed_number', new_wa_id => 4915100000001 + $n, wa_id => 4915100000001 + $n } };
}
my @asked = ($phone, 'DE.n7');
my %question = (
	(map { ("wa_sendable('$_', 'marketing')" => "SELECT wa_sendable('$_', 'marketing')",
		"wa_sendable('$_', 'service')" => "SELECT wa_sendable('$_', 'service', at => '2023-11-15 00:00+00')",
		"wa_explain('$_', 'utility')" => "SELECT count(*) FROM wa_explain('$_', 'utility', at => '2023-11-15 16:00+00')") } @asked),
	'all identifiers' => q{SELECT count(*) FROM wa_suppressed('service', at => '2023-11-15 00:00+00')},
	'a list of all' => q{SELECT count(*) FROM generate_series(1, 20000) AS n WHERE wa_sendable('4915' || n + 100000000, 'marketing')});

# Milliseconds: of the intake, and of each question, in the long form the best of eight.
sub measure
{
	my ($db, @payloads) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION wa_policy; CREATE FUNCTION ms(statement text) RETURNS float LANGUAGE plpgsql AS $$
		DECLARE began float := spent(); BEGIN EXECUTE statement; RETURN spent() - began; END $$');
	my %took = (intake => 0);
	my $sql = "SET wa_policy.suppression_list_after = 1; SET statement_timeout = '30s';\n";
	# In the long form twice each, the first time for nothing: the better time counts.
	for (@payloads)
	{
		my $ingest = 'SELECT ms(' . literal('SELECT wa_ingest(' . literal($_) . ')') . ');';
		$took{intake} += (sort { $a <=> $b } split /\n/,
			$node->safe_psql($db, "SET statement_timeout = '30s'; " . long_form('', "BEGIN; $ingest ROLLBACK; ") . $ingest))[0];
	}
	$sql .= "SELECT " . literal($_) . ', (SELECT min(ms(' . literal($question{$_}) . ")) FROM generate_series(1, " . long_form(1, 8) . "));\n" for sort keys %question;
	my ($status, $out, $err) = psql_all($node, $db, $sql);
	is($err, '', "$db: no error, and nothing takes half a minute");
	for (split /\n/, $out)
	{
		my ($what, $ms) = /^(.*)\|([\d.e-]+)$/ or next;
		$took{$what} = $ms;
	}
	return \%took;
}

my $round = 0;
for my $how (sort keys %sent)
{
	$round++;
	my @took = map { measure("n${round}_$_", $sent{$how}->($_)) } @sizes;
	for my $what ('intake', sort keys %question)
	{
		in_proportion("$how, $what", $what eq 'intake' ? 6 : 5, map { $_->{$what} } @took);
	}
}

# It is not that nothing was found.
is($node->safe_psql("n2_$many", q{SELECT count(*) FROM wa_identity WHERE recipient = '4915100000001'}), $many, 'links of all');
is($node->safe_psql("n1_$many", q{SELECT count(*) FROM wa_identity_change}), $many, 'changes of all');
is($node->safe_psql("n3_$many", q{SELECT count(*) FROM wa_identity WHERE other = 'DE.n7'}), $many, 'phones of all');
is($node->safe_psql("n4_$many", q{SELECT count(*), min(lifted_at) = max(lifted_at), min(strikes), max(strikes) FROM wa_cooldown}),
	"$many|t|1|1", 'cooldowns in all businesses, the first failure lifted');
is($node->safe_psql("n5_$many", q{SELECT count(*) FROM wa_message WHERE sent_at = delivered_at}), $many, 'messages to all participants');
is($node->safe_psql("n4_$many", q{SELECT count(*) FROM wa_activity WHERE business = 'W' AND last_window_refused_at > last_inbound_at}),
	$many, 'windows of all senders');

# Nor does a recompute, which intake waits for.
in_proportion('wa_recompute', 5, map { best("n4_$_", q{SELECT ms('SELECT wa_recompute()')}, 2) } @sizes);

# Whom too many reach is refused, in a list as in a look-up, whatever is known of the others.  The first
# number inherits from nobody, the second from the first.
my $many_reach = qq{
	SELECT min(n), max(n), count(*) FROM generate_series(1, 2 * $many + 1) AS n
	WHERE wa_first_reason('4915' || n + 100000000, 'service', at => '2023-11-14 23:55+00') IS NOT DISTINCT FROM 'too_many_identifiers'};
for my $after (1, 1_000_000)
{
	# The 258th inherits from 257, of which each is next to another one; everybody's window is open.
	is($node->safe_psql("n1_$many", "SET wa_policy.suppression_list_after = $after; $many_reach"), "258|$many|@{[$many - 257]}", "refused by a chain, list after $after");
}
is($node->safe_psql("n1_$many", q{SELECT rule, reason FROM wa_explain('4915100000300', 'service', at => '2023-11-14 23:55+00')}),
	'12|too_many_identifiers', 'explained');
is($node->safe_psql("n1_$many", q{SELECT wa_next_sendable('4915100000300', 'service', at => '2023-11-14 23:55+00') IS NULL}), 't', 'only an operator can change it');
is($node->safe_psql("n1_$many", q{SELECT count(DISTINCT identifier) FROM wa_history('4915100000300')}), '300', 'all of it is shown');

# What protects somebody whom too many reach cannot be copied to it.
like(try_sql($node, "n1_$many", q{SELECT * FROM wa_forget('4915100000400', 'ticket 1')}), qr/4915100000401, which the person is linked with, is linked with more identifiers/, 'not forgotten');
is($node->safe_psql("n1_$many", q{
	SELECT wa_unlink('4915100000400', '4915100000401', 'made up');
	SELECT rows FROM wa_forget('4915100000400', 'ticket 1') WHERE part = 'identifiers'}), "\n400", 'forgotten once it is unlinked');

# Who was claimed under one of very many identifiers has a row of the claim under each, and very many texts may name one of them.
# The link of somebody else stays, and may have lost a rival by what goes.
sub forget_claimed
{
	my ($n) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE forgotten_$n TEMPLATE cancelled");
	$node->safe_psql("forgotten_$n", qq{
		INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
			SELECT wa_recipient '4915200000001', ('DE.c' || n)::wa_recipient, 'W1', timestamptz '2025-01-01', timestamptz '2025-01-02' FROM generate_series(1, $n) AS n
			UNION ALL SELECT wa_recipient '4915200000002', wa_recipient 'DE.e1', 'W1', timestamptz '2025-01-01', timestamptz '2025-01-02';
		SELECT FROM wa_claim('{4915200000001}', 'utility', 'c');
		INSERT INTO wa_problem (path, problem, detail, fragment, received_at)
			SELECT '/' || n, 'unknown_value', 'x', format('{"from": "49152000%s", "from_user_id": "DE.d%s"}', n + 10000, n), now() FROM generate_series(1, $n) AS n;
		ANALYZE});
	return $node->safe_psql("forgotten_$n", q{SELECT ms($$SELECT * FROM wa_forget('4915200000001', 'ticket 2')$$)});
}
$node->safe_psql('postgres', 'CREATE DATABASE cancelled');
$node->safe_psql('cancelled', q{
	CREATE EXTENSION wa_policy;
	INSERT INTO wa_sender (business, sender, last_seen) VALUES ('W1', 'S1', now());
	CREATE FUNCTION ms(statement text) RETURNS float LANGUAGE plpgsql AS $$
	DECLARE began float := spent();
	BEGIN
		BEGIN EXECUTE statement; EXCEPTION WHEN query_canceled THEN NULL; END;
		RETURN spent() - began;
	END $$});
in_proportion('forgetting one who was claimed', 5, map { forget_claimed($_) } @sizes);

# A webhook costs the same whatever number of senders and holds came before.
my $webhooks = q{SELECT ms($$SELECT wa_report_error('4915200000009', 130429, now(), b, 'H' || n % 7)
	FROM generate_series(1, 300) AS n, unnest('{W1,W2}'::text[]) AS b$$)};
$node->safe_psql('cancelled', $webhooks);
in_proportion('600 webhooks where 10000 senders and holds are known', 2, map {
	$node->safe_psql('cancelled', qq{
		INSERT INTO wa_sender (business, sender, last_seen) SELECT 'W1', 'N' || n, now() FROM generate_series(1, $_) AS n;
		INSERT INTO wa_sender_hold (business, sender, cause, code, categories, since, until)
			SELECT 'W1', 'N' || n, 'error', 130429, '{marketing}', now(), now() FROM generate_series(1, $_) AS n});
	best('cancelled', $webhooks, 3)
} 0, 10000);

# So does one with a wrong signature, whatever number of secrets other businesses have; also where it might be one with
# doubled backslashes.
my %forged = map { $_ => 'SELECT ms(' . literal('SELECT wa_ingest(' .
		literal(envelope('W1', change_of('S1', 'messages', inbound($phone, $begin, 'x' x 300_000 . $_)))) . q{, repeat('a', 64))}) . ')' } '', '\\';
my @secrets = map {
	$node->safe_psql('cancelled', "INSERT INTO wa_app_secret (business, secret) SELECT 'W' || n, md5(n::text) FROM generate_series($_) AS n");
	my %ms = map { $_ => best('cancelled', $forged{$_}, 3) } keys %forged;
	\%ms
} '1, 1', '2, 2000';
for my $which (sort keys %forged)
{
	in_proportion("300 kB$which, where 2000 businesses have secrets", 2, map { $_->{$which} } @secrets);
}
is($node->safe_psql('cancelled', q{SELECT count(*) FROM wa_problem WHERE problem = 'bad_signature'}), long_form(4, 12), 'all refused');

# Nor does it matter how many of these businesses a payload names: it is signed by one app, so few secrets are tried.
sub naming_businesses
{
	my ($n) = @_;
	return WaTest::json({ object => 'whatsapp_business_account', entry => [ map { { id => "W$_",
		changes => [ change_of('S1', 'messages', inbound($phone, $begin, 'x' x 500)) ] } } 1 .. $n ] });
}
sub ingested
{
	my ($body, $secret) = @_;
	return 'SELECT * FROM wa_ingest(' . literal($body) . ', ' . literal(hmac_sha256_hex($body, md5_hex($secret))) . ')';
}
in_proportion('a forged payload that names 500 and 2000 businesses with secrets', 5, map {
	best('cancelled', 'SELECT ms(' . literal(ingested(naming_businesses($_), 'nobody')) . ')', 2)
} 500, 2000);
is($node->safe_psql('cancelled', ingested(naming_businesses(2000), 64)), '1|0|1', 'what the 64th secret signed is applied for its business alone');
is($node->safe_psql('cancelled', ingested(naming_businesses(2000), 65)), '0|0|1', 'what the 65th signed for none');
$node->safe_psql('cancelled', 'DELETE FROM wa_app_secret; DELETE FROM wa_problem');

# One phone has stopped, resumed and been sent to in very many businesses, has failed in them, was unlinked from very many user
# ids, of which one was sent to as well and named by stops, and is on a list once for each business. Another one has written to very
# many senders, and was refused by as many of an unknown business.
my %of_businesses = (
	'wa_violation' => 'SELECT count(*) FROM wa_violation',
	'wa_opt_out_rate' => 'SELECT count(*) FROM wa_opt_out_rate',
	'wa_ladder_yield' => 'SELECT count(*) FROM wa_ladder_yield',
	'wa_sendable' => q{SELECT wa_sendable('4915500000001', 'marketing')},
	'wa_explain' => q{SELECT count(*) FROM wa_explain('4915500000004', 'marketing')},
	'a list under caps' => q{SELECT count(*) FROM generate_series(1, 20 * (SELECT count(*) FROM wa_frequency_cap)) AS n WHERE wa_sendable('4916' || 100000000 + n, 'authentication')},
	'wa_health, holds' => 'SELECT count(*) FROM wa__standing_hold',
	'wa_recipient_status' => q{SELECT window_open_until FROM wa_recipient_status WHERE recipient = '4915500000005'},
	'wa_next_sendable' => q{SELECT wa_next_sendable('4915500000004', 'service', at => now() - interval '3 days')},
	'wa_import' => q{SELECT count(*) FROM wa_import('SELECT ''4915500000002'' AS phone, business FROM wa_sender WHERE business LIKE ''W%'' ')});
sub in_many_businesses
{
	my ($n) = @_;
	my $db = "businesses_$n";
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE cancelled");
	$node->safe_psql($db, qq{
		DELETE FROM wa_sender;
		INSERT INTO wa_sender (business, last_seen) SELECT 'W' || n, now() FROM generate_series(1, $n) AS n;
		-- Stops, resumes of other businesses, and messages of the former.
		INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
			SELECT '4915500000001', b || n, 'business', s, now() - interval '4 days' + n * interval '1 ms', 'phrase'
			FROM generate_series(1, $n) AS n, (VALUES ('W', 'stop'), ('X', 'resume')) AS v (b, s);
		INSERT INTO wa_message (message_id, recipient, business, category, sent_at, delivered_at)
			SELECT 'sent' || n, '4915500000001', 'W' || n, 'marketing', t, t
			FROM generate_series(1, $n) AS n, LATERAL (SELECT now() - interval '3 days' + n * interval '1 ms') AS v (t);
		-- Stops of businesses that had sent it nothing, after messages of others and to a user id that they name.
		INSERT INTO wa_consent_log (recipient, business, register, state, at, origin, also_named)
			SELECT '4915500000001', 'Y' || n, 'business', 'stop', now() - interval '2 days' + n * interval '1 ms', 'phrase', 'DE.u1' FROM generate_series(1, $n) AS n;
		INSERT INTO wa_message (message_id, recipient, business, category, sent_at, delivered_at)
			SELECT 'named' || n, 'DE.u1', 'Y' || n, 'marketing', t, t
			FROM generate_series(1, $n) AS n, LATERAL (SELECT now() - interval '3 days' + n * interval '1 ms') AS v (t);
		INSERT INTO wa_activity (recipient, business, sender, last_inbound_at, last_window_refused_at)
			SELECT '4915500000004', b, 'S' || n, CASE b WHEN 'W1' THEN now() - interval '1 day' + n * interval '1 ms' END, CASE b WHEN '' THEN now() END
			FROM generate_series(1, $n) AS n, (VALUES (''), ('W1')) AS v (b);
		-- A phone that has written to each business of late, and all refused it but for one.
		INSERT INTO wa_activity (recipient, business, sender, last_inbound_at, last_window_refused_at)
			SELECT '4915500000005', 'W' || n, 'S1', now() - interval '1 hour' + n * interval '1 ms', CASE WHEN n > 1 THEN now() END FROM generate_series(1, $n) AS n;
		-- Each business has a cap, and messages to others.
		INSERT INTO wa_frequency_cap (category, messages, period, business, exempt_regions) SELECT 'authentication', 2, '7 days', 'W' || n, false FROM generate_series(1, $n) AS n;
		INSERT INTO wa_delivery (recipient, business, category, deliveries, messages)
			SELECT ('4916' || 100000000 + n)::wa_recipient, 'W' || 1 + n % $n, 'authentication', ARRAY[now() - interval '1 day', now()], ARRAY[n, -n] FROM generate_series(1, 20 * $n) AS n;
		-- Senders that were held under an unknown business, of which half have sent since.
		INSERT INTO wa_sender_hold (business, sender, cause, code, categories, since, until)
			SELECT '', 'K' || n, 'error', 131048, '{marketing}', now() - interval '1 hour', now() + interval '1 day' FROM generate_series(1, $n) AS n;
		INSERT INTO wa_sender_life (business, sender, region, category, alive_at)
			SELECT 'W1', 'K' || n, 'DE', 'marketing', now() - n % 2 * interval '1 day' FROM generate_series(1, $n) AS n;
		INSERT INTO wa_cooldown (recipient, business, code, strikes, until, failures)
			SELECT '4915500000004', 'W' || n, 131049, 1, now() + interval '1 day', ARRAY[now()] FROM generate_series(1, $n) AS n;
		-- Failures of another phone, and a message after the end of each cooldown.
		INSERT INTO wa_message (message_id, recipient, business, category, sent_at, failed_at, delivered_at, code)
			SELECT k || n, '4915500000003', 'W' || n, 'utility', t, CASE k WHEN 'f' THEN t END, CASE k WHEN 'd' THEN t END, CASE k WHEN 'f' THEN 131026 END
			FROM generate_series(1, $n) AS n, (VALUES ('f', 3), ('d', 1)) AS v (k, days), LATERAL (SELECT now() - days * interval '1 day') AS w (t);
		INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at, unlinked_at)
			SELECT '4915500000001', ('DE.u' || n)::wa_recipient, 'W1', '2025-01-01', '2025-01-02', '2025-01-03' FROM generate_series(1, $n) AS n;
		INSERT INTO wa_consent (recipient, business, register, state, at, stopped_at, resumed_at, origin)
			SELECT recipient, business, register, state, at, CASE state WHEN 'stop' THEN at END, CASE state WHEN 'resume' THEN at END, origin FROM wa_consent_log WHERE recipient = '4915500000001';
		-- A phone that has stopped in each business.
		INSERT INTO wa_consent (recipient, business, register, state, at, stopped_at, origin)
			SELECT '4915500000002', 'W' || n, 'business', 'stop', '2025-01-01', '2025-01-01', 'phrase' FROM generate_series(1, $n) AS n;
		ANALYZE});
	my %ms = map { my $sql = 'SELECT ms(' . literal($of_businesses{$_}) . ')';
		$_ => best($db, $sql, 2) } keys %of_businesses;
	return \%ms;
}
my @of = map { in_many_businesses($_) } long_form([1500], [ 1500, 6000 ])->@*;
for my $what (sort keys %of_businesses)
{
	in_proportion("$what of one phone in 1500 and 6000 businesses", 6, map { $_->{$what} } @of);
}
is($node->safe_psql('businesses_1500', 'SELECT count(*), min(stopped_at) < max(stopped_at) FROM wa_violation'), '1500|t', 'each sent after the stop of its business');
is($node->safe_psql('businesses_1500', 'SELECT sum(opt_outs), sum(delivered) FROM wa_opt_out_rate'), '3000|3000', 'each an opt-out');
is($node->safe_psql('businesses_1500', q{SELECT count(*), sum(opt_outs) FROM wa_opt_out_rate WHERE business LIKE 'Y%' AND category IS NOT NULL}), '1500|1500', 'of the message to whom it named');
is($node->safe_psql('businesses_1500', 'SELECT count(*) FROM wa__standing_hold WHERE code = 131048'), '750', 'half of the holds stand');
is($node->safe_psql('businesses_1500', q{SELECT count(*), wa_next_sendable('4915500000004', 'service', at => now() - interval '3 days') FROM wa_explain('4915500000004', 'marketing')}),
	'1500|', 'no window opens');
is($node->safe_psql('businesses_1500', q{SELECT window_open_until = (SELECT min(last_inbound_at) FROM wa_activity WHERE recipient = '4915500000005') + interval '1 day'
	FROM wa_recipient_status WHERE recipient = '4915500000005'}), 't', 'one window is open');
is($node->safe_psql('businesses_1500', $of_businesses{'a list under caps'}), '0', 'all at their cap');
is($node->safe_psql('businesses_1500', 'SELECT cooldowns, tried, delivered_first FROM wa_ladder_yield'), '1500|1500|1500', 'each a cooldown that ended');
is($node->safe_psql('businesses_1500', q{SELECT outcome, phones FROM wa_import('SELECT ''4915500000002'' AS phone, ''W'' || n AS business FROM generate_series(1, 1500) AS n') WHERE phones > 0}),
	"total|1500\nknown|1500", 'each a stop that stands');

# So do receipts of somebody who was erased, from very many senders.
$node->safe_psql('cancelled', q{SELECT wa_opt_out('4915300000001'); SELECT * FROM wa_forget('4915300000001', 'asked for it')});
in_proportion('receipts of somebody erased', 5, map {
	my $receipts = 'SELECT ms(' . literal('SELECT wa_ingest(' .
		literal(envelope('W1', map { change_of("E$_", 'statuses', receipt(4915300000001, $begin, 'delivered')) } 1 .. $_)) . ')') . ')';
	best('cancelled', $receipts, 3)
} @sizes);

# A webhook that brought very many of somebody's events, of as many businesses, is looked at once as their evidence.
in_proportion('wa_proof', 5, map {
	my $who = 4915400000000 + $_;
	$node->safe_psql('cancelled', 'INSERT INTO wa_webhook (payload) VALUES (' .
		literal(WaTest::json({ object => 'whatsapp_business_account', entry => [ map { { id => "W$_",
			changes => [ change_of('S1', 'messages', inbound($who, $begin + $_, 'STOP')) ] } } 1 .. $_ ] })) . ')');
	best('cancelled', "SELECT ms('SELECT wa_proof(${who}::text)')", 2)
} @sizes);
is($node->safe_psql('cancelled', qq{SELECT count(DISTINCT e #>> '{webhook,sha256}'), count(*) FROM jsonb_array_elements(wa_proof('@{[4915400000000 + $many]}') -> 'events') AS e}),
	"1|$many", 'each with its digest');

# Overrides come one by one, beside as many others and as many incidents.
in_proportion('200 overrides one by one', 5, map {
	best('cancelled', "BEGIN;
		INSERT INTO wa_error_override (code, title) SELECT 900000 + n, 'x' FROM generate_series(1, $_) AS n;
		INSERT INTO wa_incident (code, since, reason) SELECT 131026, timestamptz '2020-01-01' + n * interval '1 hour', 'x' FROM generate_series(1, $_) AS n;
		SELECT ms('DO ' || quote_literal('BEGIN FOR i IN 1..200 LOOP INSERT INTO wa_error_override (code, title) VALUES (990000 + i, \$\$x\$\$); END LOOP; END'));
		ROLLBACK", 2)
} @sizes);

# What takes long can be cancelled while the rows of all identifiers are read, too: most of the
# time goes there. Half of the time is given, and the other half must be saved.
if ($ENV{WA_LONG})
{
	$node->safe_psql('cancelled', q{
		INSERT INTO wa_identity (recipient, other, business, first_seen_at, last_seen_at)
			SELECT '4915100000001', ('DE.n' || n)::wa_recipient, 'W1', '2025-01-01', '2025-01-02' FROM generate_series(1, 40000) AS n;
		INSERT INTO wa_cooldown (recipient, business, code, strikes, until, failures)
			SELECT ('DE.n' || n)::wa_recipient, 'W1', c, 1, '2125-01-01', '{2025-01-01}'
			FROM generate_series(1, 40000) AS n, unnest('{1026,131049,130472,131056,130403}'::int[]) AS c;
		ANALYZE});
	my $asks = q{SELECT ms($$SELECT count(*) FROM wa_explain('4915100000001', 'marketing')$$)};
	my $whole = best('cancelled', $asks, 3);
	my $given = int($whole / 2);
	my $took = best('cancelled', "SET statement_timeout = $given; $asks", 3);
	cmp_ok($took, '<', 0.75 * $whole, sprintf 'cancelled after %d ms, it ends after %.0f ms of %.0f', $given, $took, $whole);
}

done_testing();
