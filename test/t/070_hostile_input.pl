# "Bad input is bounded", and nothing in a payload's content may raise an error
# or stop the rest of it; what cannot be applied is in wa_problem.
#
# The mutations come from a seed: WA_SEED=N repeats a run, WA_LONG=1 makes ten
# times as many.

use strict;
use warnings;

use lib 'test/t';
use Encode ();
use JSON::PP ();
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my $seed = $ENV{WA_SEED} // 20260729;
srand($seed);
note("WA_SEED=$seed");

my $node = new_node('hostile');
my $tmp = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', q{CREATE EXTENSION wa_policy; SELECT wa_declare_empty('before its first webhook')});

# Lines for COPY … FROM in text format, out of bytes.
sub copy_file
{
	my ($name, @values) = @_;
	open my $fh, '>:raw', "$tmp/$name" or die;
	my %escape = ("\\" => "\\\\", "\n" => "\\n", "\r" => "\\r", "\t" => "\\t");
	print $fh map { my $v = $_; $v =~ s/([\\\n\r\t])/$escape{$1}/g; "$v\n" } @values;
	close $fh;
	return "$tmp/$name";
}

sub hex_file
{
	my ($name, @values) = @_;
	open my $fh, '>', "$tmp/$name" or die;
	print $fh map { "\\\\x" . unpack('H*', $_) . "\n" } @values;
	close $fh;
	return "$tmp/$name";
}

sub is_text
{
	my ($bytes) = @_;
	return 0 if $bytes =~ /\0/;
	return eval { Encode::decode('UTF-8', my $copy = $bytes, Encode::FB_CROAK); 1 } ? 1 : 0;
}

# ---- Recipients ----------------------------------------------------------

my @recipients = ('4915112345678', '+49 (151) 1234-5678', 'whatsapp:+5521987654321', 'tel:00525512345678', '5215512345678',
	'5491112345678', '552187654321', '4915112345678@s.whatsapp.net', '4915112345678@c.us', 'DE.abcdefABCDEF123', 'DE.ENT.x1',
	'1234567', '123456789012345', '  4915112345678  ', "491511234\t5678", 'US.' . 'a' x 128, 'US.ENT.' . 'Z' x 128);
my @pieces = ('+', '00', 'whatsapp:', 'tel:', '@s.whatsapp.net', '@c.us', '.', '-', '(', ')', '/', ' ', '0', '9', 'A', 'ENT.', 'DE.',
	"\x{c3}\x{a9}", "\x{d9}\x{a1}", "\x{ef}\x{bc}\x{91}", "\x{e2}\x{80}\x{8b}", "\x{f0}\x{9f}\x{98}\x{80}", "\x01", "\x7f", "\n", '%s', "'", '"', '\\', '1' x 20, '9' x 300);

sub mutate
{
	my ($s, $pieces) = @_;
	for (1 .. 1 + int rand 3)
	{
		my $at = int rand(length($s) + 1);
		my $what = int rand 7;
		if ($what == 0) { substr($s, $at, 1) = chr int rand 256 if $at < length $s }
		elsif ($what == 1) { substr($s, $at, 0) = $pieces->[ rand @$pieces ] }
		elsif ($what == 2) { substr($s, $at, 1 + int rand 5) = '' if $at < length $s }
		elsif ($what == 3) { $s = substr($s, 0, $at) }
		elsif ($what == 4) { substr($s, $at, 1) ^= chr(1 << int rand 8) if $at < length $s }
		elsif ($what == 5) { my $part = substr($s, $at, 1 + int rand 30); substr($s, int rand(length($s) + 1), 0) = $part }
		else { substr($s, $at, 0) = substr($s, 0, int rand 20) }
	}
	return $s;
}

my %strings = map { $_ => 1 } @recipients, @pieces, '', ' ', 'x' x 1000000, '1' x 1000000, ' ' x 100000 . '4915112345678';
my $wanted = long_form(1000, 60000);
while (keys %strings < $wanted)
{
	my $s = mutate($recipients[ rand @recipients ], \@pieces);
	$strings{$s} = 1 if is_text($s);
}
my $file = copy_file('recipients', sort keys %strings);
$node->safe_psql('postgres', qq{
	CREATE TABLE strings (s text);
	COPY strings FROM '$file';
	CREATE TYPE outcome AS (value text, state text, message text);
	CREATE FUNCTION by_cast(s text) RETURNS outcome LANGUAGE plpgsql AS \$\$
	DECLARE r outcome;
	BEGIN r.value := s::wa_recipient::text; RETURN r;
	EXCEPTION WHEN OTHERS THEN r.state := SQLSTATE; r.message := SQLERRM; RETURN r; END \$\$;
	CREATE FUNCTION by_input(s text) RETURNS outcome LANGUAGE plpgsql AS \$\$
	DECLARE r outcome;
	BEGIN r.value := wa_recipient_in(textout(s))::text; RETURN r;
	EXCEPTION WHEN OTHERS THEN r.state := SQLSTATE; r.message := SQLERRM; RETURN r; END \$\$;
	CREATE TABLE outcomes AS SELECT s, (by_cast(s)).* FROM strings;
});
my $outcomes = sub { return $node->safe_psql('postgres', "SELECT count(*), left(min(quote_literal(s) || ' ' || coalesce(value, state || ' ' || message)), 200) FROM outcomes WHERE $_[0]") };
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM outcomes WHERE value IS NOT NULL'), '>', $wanted / 20, 'of the mutated recipients, many are good');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM outcomes WHERE state IS NOT NULL'), '>', $wanted / 5, 'and many are not');
is($outcomes->(q{state <> '22P02' OR message NOT LIKE '%wa_recipient%'}), '0|', 'each error is 22P02 and names the type');
is($outcomes->(q{length(message) > 1000}), '0|', 'and repeats no megabyte');
is($outcomes->(q{value !~ '^([1-9][0-9]{6,14}|[A-Z]{2}[.](ENT[.])?[A-Za-z0-9_-]{1,128})$'}), '0|', 'each result has the canonical form');
is($outcomes->(q{value <> (by_cast(value)).value}), '0|', 'which is its own');
is($outcomes->(q{(by_input(s)).value IS DISTINCT FROM value OR (by_input(s)).state IS DISTINCT FROM state}), '0|', 'input and cast agree');
is($outcomes->(q{wa_sendable(s, 'utility') IS DISTINCT FROM (value IS NOT NULL)}), '0|', 'a decision agrees, and is never an error');
is($outcomes->(q{(value IS NULL) <> EXISTS (SELECT FROM wa_explain(s, 'utility') WHERE reason = 'invalid_recipient')}), '0|', 'so does its explanation');
is($outcomes->(q{(SELECT applied + problems FROM wa_report_error(s, 131026, '2024-01-01')) <> 1}), '0|', 'and the intake');
is($node->safe_psql('postgres', q{SELECT count(*) FROM wa_problem WHERE problem NOT IN ('bad_recipient', 'missing_recipient')}), '0', 'which records the others');

# Binary: the bytes of the text, one value a COPY.
my $bad = 0;
for my $bytes ("4915112345678\0", "\xff\xfe1234567", '', "12345", 'x' x 100000, "+49 151 12345678")
{
	open my $fh, '>:raw', "$tmp/binary" or die;
	print $fh "PGCOPY\n\xff\r\n\0", pack('N N', 0, 0), pack('n', 1), pack('N', length $bytes), $bytes, pack('n', 0xffff);
	close $fh;
	my $said = try_sql($node, 'postgres', "\\set VERBOSITY verbose\nBEGIN; CREATE TABLE b (r wa_recipient); COPY b FROM '$tmp/binary' (FORMAT binary); TABLE b; ROLLBACK;");
	$bad++ unless $bytes =~ /^\+49/ ? $said =~ /4915112345678/ : $said =~ /ERROR:  (22P02|22021|22P03|08P01)/;
}
is($bad, 0, 'binary input is checked as well');

# ---- Payloads ------------------------------------------------------------

my @seeds = payload_seeds();
my @tokens = ('{', '}', '[', ']', ',', ':', '"', 'null', 'true', '1e999', '-0', '99999999999999999999999999', '\u0000', '\ud800', '\udc00\ud800',
	'"statuses":', '"messages":[]', '"errors":[{"code":131050}]', '"id":"x"', '"timestamp":"1700000000"', '"wa_id":', '"failed"', "\x{c3}\x{a9}", "\x01",
	'"recipient_id":"4915112345678"', '{}', '[[[[[[]]]]]]', '//', '/*', 'NaN', "'", '\\', '1.5', '"entry":{}', '"changes":null', '"value":"x"', '"field":7');
# Well-formed all the same: a value somewhere becomes another one, goes, or comes twice.
my @odd = ('', 'x', '0', -1, 1e300, '1e999', 'null', undef, [], {}, [ [ [] ] ], [ undef, 7, 'x' ], { id => {} }, JSON::PP::true(), 'STOP', 'stop', 'resume',
	'131050', 131026, '1700000000', 4915112345678, 'DE.abc', "\x{0}", "\x{fffd}\x{1f600}", '9' x 400, 'y' x 3000, 'failed', 'messages');
my $coder = JSON::PP->new->utf8->allow_nonref->canonical;
# A copy: what comes twice must not contain itself.
sub odd { return $coder->decode($coder->encode($odd[ rand @odd ])) }

sub mutate_tree
{
	my ($node) = @_;
	my @places = ref $node eq 'HASH' ? sort keys %$node : ref $node eq 'ARRAY' ? 0 .. $#$node : ();
	return odd() if !@places || rand() < 0.08;
	my $at = $places[ rand @places ];
	my $roll = rand;
	if ($roll < 0.75)
	{
		if (ref $node eq 'HASH') { $node->{$at} = mutate_tree($node->{$at}) } else { $node->[$at] = mutate_tree($node->[$at]) }
	}
	elsif (ref $node eq 'HASH')
	{
		my $value = delete $node->{$at};
		$node->{ $places[ rand @places ] } = $value if $roll < 0.85;
	}
	elsif ($roll < 0.9) { splice @$node, $at, 1 }
	else { push @$node, $coder->decode($coder->encode($node->[$at])), odd() }
	return $node;
}
my (@texts, @bytes);
my $mutants = long_form(1000, 50000);
while (@texts < $mutants)
{
	my $s = $seeds[ rand @seeds ];
	if (rand() < 0.5)
	{
		my $tree = eval { $coder->decode($s) } or next;
		$tree = mutate_tree($tree) for 1 .. 1 + rand 4;
		$s = $coder->encode($tree);
	}
	else
	{
		$s = mutate($s, \@tokens) for 1 .. 1 + rand 4;
	}
	push @texts, $s if is_text($s);
	push @bytes, $s if @bytes < $mutants / 2 && (!is_text($s) || rand() < 0.3);
}
push @texts, @seeds;
my $texts = copy_file('texts', @texts);
my $bytes = hex_file('bytes', @bytes);
$node->safe_psql('postgres', qq{
	CREATE TABLE texts (n int GENERATED ALWAYS AS IDENTITY, payload text);
	COPY texts (payload) FROM '$texts';
	CREATE TABLE bytes (n int GENERATED ALWAYS AS IDENTITY, payload bytea);
	COPY bytes (payload) FROM '$bytes';
	CREATE TABLE verdicts (kind text, n int, applied bigint, ignored bigint, problems bigint, recorded bigint, error text);
	CREATE FUNCTION recorded() RETURNS bigint LANGUAGE sql AS 'SELECT coalesce(sum(count), 0) FROM wa_problem';
	-- Sums in every row would be slow: the table is small while it lasts.
	CREATE PROCEDURE take_all(kind text) LANGUAGE plpgsql AS \$\$
	DECLARE
		p record;
		before bigint := recorded();
		v verdicts;
	BEGIN
		DELETE FROM wa_problem;
		FOR p IN EXECUTE format('SELECT n, payload FROM %I ORDER BY n', kind) LOOP
			v := NULL;
			BEGIN
				IF kind = 'bytes' THEN
					SELECT * INTO v.applied, v.ignored, v.problems FROM wa_ingest((SELECT payload FROM bytes WHERE n = p.n));
				ELSE
					SELECT * INTO v.applied, v.ignored, v.problems FROM wa_ingest((SELECT payload FROM texts WHERE n = p.n));
				END IF;
			EXCEPTION WHEN OTHERS THEN
				v.error := SQLSTATE || ' ' || SQLERRM;
			END;
			v.kind := kind; v.n := p.n; v.recorded := recorded();
			DELETE FROM wa_problem;
			INSERT INTO verdicts SELECT v.*;
		END LOOP;
	END \$\$;
	CREATE INDEX ON texts (n); CREATE INDEX ON bytes (n);
});
for my $kind (qw(texts bytes))
{
	$node->safe_psql('postgres', "CALL take_all('$kind')");
	is($node->safe_psql('postgres', "SELECT count(*), min(n || ' ' || error) FROM verdicts WHERE kind = '$kind' AND error IS NOT NULL"), '0|', "mutated $kind: no error");
	is($node->safe_psql('postgres', "SELECT count(*), min(n) FROM verdicts WHERE kind = '$kind' AND problems <> recorded"), '0|', "mutated $kind: each problem is recorded");
	is($node->safe_psql('postgres', "SELECT count(*), min(n) FROM verdicts WHERE kind = '$kind' AND (applied IS NULL OR applied < 0 OR ignored < 0 OR problems < 0)"), '0|', "mutated $kind: counts are counts");
	for ([ 'applied > 0', 0.05 ], [ 'ignored > 0', 0.001 ], [ 'problems > 0', 0.2 ], [ 'applied > 0 AND problems > 0', 0.005 ])
	{
		cmp_ok($node->safe_psql('postgres', "SELECT avg(($_->[0])::int) FROM verdicts WHERE kind = '$kind'"), '>', $_->[1], "mutated $kind: $_->[0], often enough");
	}
}
# The same by INSERT, all at once in one database and one by one, the last one
# first, in another: nothing of one payload stops another.  Elements without a
# time of their own take that of their arrival, which is given here.
for my $db (qw(together apart))
{
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, "CREATE EXTENSION wa_policy; CREATE TABLE texts (n int GENERATED ALWAYS AS IDENTITY, payload text); COPY texts (payload) FROM '$texts'");
}
$node->safe_psql('together', q{INSERT INTO wa_webhook (payload, received_at) SELECT payload, '2026-01-01 00:00+00' FROM texts ORDER BY n});
$node->safe_psql('apart', q{DO $$ DECLARE p text; BEGIN
	FOR p IN SELECT payload FROM texts ORDER BY n DESC LOOP
		INSERT INTO wa_webhook (payload, received_at) VALUES (p, '2026-01-01 00:00+00');
	END LOOP; END $$});
my $together = state_lines($node, 'together');
cmp_ok(length $together, '>', 20000, 'mutated texts leave state');
is_same(state_lines($node, 'apart'), $together, 'together or apart, they come to the same state');
my $recorded = q{SELECT problem, sum(count) FROM wa_problem GROUP BY 1 ORDER BY 1};
is($node->safe_psql('together', $recorded), $node->safe_psql('apart', $recorded), 'and to the same problems');
$node->safe_psql('together', 'SELECT wa_replay()');
is_same(state_lines($node, 'together'), $together, 'a replay changes nothing');
is($node->safe_psql('together', $recorded), $node->safe_psql('apart', $recorded), 'of the problems either');
# Whatever the state is now, nobody is asked in vain.
like($node->safe_psql('postgres', q{SELECT count(*) = count(s) FROM (SELECT wa_sendable(recipient, c) AS s, (SELECT count(*) FROM wa_explain(recipient, c)) AS e,
	wa_next_sendable(recipient, c) FROM wa_activity, unnest(enum_range(NULL::wa_category)) AS c) AS q WHERE (e = 0) = s}), qr/^t$/, 'decisions about the people in them');

# ---- Bombs ---------------------------------------------------------------

my $status = sub { return failed('4915' . (10000000 + $_[0]), 1700000000, 131026) };
sub bomb { return @_ }
my $status_json = '{"id":"x","status":"failed","timestamp":"1700000000","recipient_id":"4915119999999","errors":[{"code":131026}]}';
my $pad = sub { my ($n) = @_; return '{"entry":[{"id":"W","changes":[{"field":"messages","value":{"statuses":[' . $status_json . '],"pad":"' . 'x' x $n . '"}}]}]}' };
my $frame = length $pad->(0);
my $most = 16 * 1024 * 1024;
my $big = envelope('W1', change_of('S1', 'statuses', map { { %{ $status->($_) }, pad => 'y' x 3000 } } 1 .. 1000));
cmp_ok(length $big, '>', 3_000_000, '1 000 statuses in more than 3 MB');
my $deep = sub { my ($n, $open, $close) = @_; return $open x $n . $close x $n };
my $around = sub { return '{"statuses":[' . $status_json . ',' . $_[0] . ',' . ($status_json =~ s/9999999/9999998/r) . ']}' };
# Payload, counts, and the problems that are recorded; undef: as it comes.
my @bombs = (
	[ '3 MB with 1 000 statuses', $big, '1000|0|0', '' ],
	[ '16 MB', $pad->($most - $frame), '1|0|0', '' ],
	[ 'a byte more than 16 MB', $pad->($most - $frame + 1), '0|0|1', 'too_large' ],
	[ '20 MB of [', '[' x 20_000_000, '0|0|1', 'too_large' ],
	[ '16 MB of [', '[' x $most, '0|0|1', qr/^too_(deep|large)$/ ],
	[ '16 MB of {"a":', '{"a":' x int($most / 5), '0|0|1', qr/^too_(deep|large)$/ ],
	[ '100 000 levels, closed', $deep->(100_000, '[', ']'), '0|0|1', qr/^too_(deep|large)$/ ],
	[ 'depth beside a status', $around->('{"a":' . $deep->(80, '[', ']') . '}'), '0|0|1', 'too_deep' ],
	[ '16 MB of empty objects', '[' . '{},' x int(($most - 10) / 3) . '{}]', '0|0|1', 'too_large' ],
	[ '16 MB of numbers', '{"statuses":[' . $status_json . '],"x":[' . '1,' x 4_000_000 . '1]}', undef, undef ],
	[ '4 million keys', '{"statuses":[' . $status_json . '],"x":{' . join(',', map { "\"$_\":1" } 1 .. 800_000) . '}}', undef, undef ],
	[ 'the same key over and over', '{"statuses":[' . $status_json . ']' . ',"a":1' x 500_000 . '}', '1|0|1', 'unknown_shape' ],
	[ 'duplicate keys of an element', $around->('{"id":"x","status":"delivered","status":"read","timestamp":"1","timestamp":"1700000000","recipient_id":"1","recipient_id":"4915119999990"}'), undef, undef ],
	[ 'duplicate statuses', '{"statuses":[' . $status_json . '],"statuses":[' . $status_json . ']}', '1|0|1', 'unknown_shape' ],
	[ 'huge numbers', $around->('{"id":1e400,"status":"failed","timestamp":' . '9' x 100_000 . ',"recipient_id":' . '4' x 1000 . ',"errors":[{"code":' . '1' x 5000 . '}]}'), '2|0|1', undef ],
	[ 'a huge code', $around->('{"id":"x","status":"failed","timestamp":1700000000,"recipient_id":4915119999997,"errors":[{"code":99999999999999999999}]}'), '2|0|1', 'unknown_value' ],
	[ 'a negative code', $around->('{"id":"x","status":"failed","timestamp":1700000000,"recipient_id":4915119999997,"errors":[{"code":-131026}]}'), '2|0|1', 'unknown_value' ],
	[ 'a code with a fraction', $around->('{"id":"x","status":"failed","timestamp":1700000000,"recipient_id":4915119999997,"errors":[{"code":131026.5}]}'), '2|0|1', 'unknown_value' ],
	[ 'infinite time', $around->('{"id":"x","status":"read","timestamp":1e999,"recipient_id":4915119999997}'), undef, undef ],
	[ 'negative time', $around->('{"id":"x","status":"read","timestamp":-1700000000,"recipient_id":4915119999997}'), '2|0|1', 'bad_timestamp' ],
	[ 'time in words', $around->('{"id":"x","status":"read","timestamp":"yesterday","recipient_id":4915119999997}'), '2|0|1', 'bad_timestamp' ],
	[ 'a time of 1 MB', $around->('{"id":"x","status":"read","timestamp":"' . '1' x 1_000_000 . '","recipient_id":4915119999997}'), '2|0|1', 'bad_timestamp' ],
	[ 'lone surrogates', $around->('{"id":"\ud800","status":"read","timestamp":1700000000,"recipient_id":"4915119999997","x":"\udc00\ud800\ud800"}'), undef, undef ],
	[ 'NUL in an id', $around->('{"id":"a\u0000b","status":"read","timestamp":1700000000,"recipient_id":"4915119999997"}'), '3|0|0', '' ],
	[ 'NUL in a recipient', $around->('{"id":"a","status":"read","timestamp":1700000000,"recipient_id":"4915119999997\u0000"}'), '2|0|1', 'bad_recipient' ],
	[ 'NUL in a code', $around->('{"id":"a","status":"failed","timestamp":1700000000,"recipient_id":"4915119999997","errors":[{"code":"131026\u0000"}]}'), '2|0|1', 'unknown_value' ],
	[ 'NUL in a key', $around->('{"id":"a","sta\u0000tus":"x","status":"read","timestamp":1700000000,"recipient_id":"4915119999997"}'), undef, undef ],
	[ 'NUL in a business and a sender', '{"entry":[{"id":"W\u0000","changes":[{"value":{"metadata":{"phone_number_id":"S\u0000T"},"statuses":[' . $status_json . ']}}]}]}', '1|0|0', '' ],
	[ 'NUL in a phrase', '{"messages":[{"from":"4915119999996","id":"m","timestamp":1700000000,"type":"text","text":{"body":"STOP\u0000"}}]}', '1|0|0', '' ],
	[ 'a business of 1 MB', envelope('W' x 1_000_000, change_of('S1', 'statuses', $status->(1))), '1|0|0', '' ],
	[ 'a sender of 1 MB', envelope('W1', change_of('S' x 1_000_000, 'statuses', $status->(1))), '1|0|0', '' ],
	[ 'a message id of 1 MB', envelope('W1', change_of('S1', 'messages', { %{ inbound('4915119999995', 1700000000, 'STOP') }, id => join('', map { chr(33 + rand 90) } 1 .. 1_000_000) })), '1|0|0', '' ],
	[ 'a recipient of 1 MB', envelope('W1', change_of('S1', 'statuses', failed('4' x 1_000_000, 1700000000, 131026))), '0|0|1', 'bad_recipient' ],
	[ 'a BSUID of 1 MB', envelope('W1', change_of('S1', 'statuses', failed('DE.' . 'a' x 1_000_000, 1700000000, 131026))), '0|0|1', 'bad_recipient' ],
	[ 'a message of 1 MB', envelope('W1', change_of('S1', 'messages', inbound('4915119999995', 1700000000, 'STOP' x 250_000))), '1|0|0', '' ],
	[ '100 000 errors of one status', envelope('W1', change_of('S1', 'statuses', failed('4915119999994', 1700000000, (131026) x 100_000))), '1|0|0', '' ],
	# An element with many faults is kept as often as need be, not once for each.
	[ '1 000 unknown codes in one status', envelope('W1', change_of('S1', 'statuses', failed('4915119999994', 1700000000, 20_000_001 .. 20_001_000))), undef, undef ],
	[ '2 000 errors without a code in one status', envelope('W1', change_of('S1', 'statuses', failed('4915119999994', 1700000000, ('x') x 2_000))), undef, undef ],
	[ '50 000 broken elements', '{"statuses":[' . join(',', ('7') x 50_000) . ']}', '0|0|50000', undef ],
	[ 'one element many times', envelope('W1', change_of('S1', 'statuses', ($status->(7)) x 20_000)), '20000|0|0', '' ],
	[ 'nothing', '', '0|0|1', 'invalid_json' ],
	[ 'blanks', "  \n ", '0|0|1', 'invalid_json' ],
	[ 'a scalar', '42', '0|0|1', 'unknown_shape' ],
	[ 'null', 'null', '0|0|1', undef ],
	[ 'two documents', "$status_json $status_json", '0|0|1', 'invalid_json' ],
	[ 'a byte order mark', "\x{ef}\x{bb}\x{bf}{\"statuses\":[$status_json]}", undef, undef ],
	# json-c reads these two; no harm is in them.
	[ 'other quotes', "{'statuses':[]}", undef, undef ],
	[ 'a comma at the end', '{"statuses":[' . $status_json . ',]}', '0|0|1', 'invalid_json' ],
	[ 'a comment', '{"statuses":[' . $status_json . ']/* x */}', '0|0|1', 'invalid_json' ],
	[ 'NaN', '{"statuses":[' . $status_json . '],"x":NaN}', undef, undef ],
	[ 'a raw control character', "{\"statuses\":[$status_json],\"x\":\"\x01\"}", undef, undef ],
	[ 'cut off', substr($big, 0, 2_000_000), '0|0|1', 'invalid_json' ],
);
my $hex = hex_file('bombs', map { $_->[1] } @bombs);
my @answers;
{
	# As text and as bytes, each in a transaction of its own; the time is bounded, too.
	my $script = "CREATE TABLE bombs (n int GENERATED ALWAYS AS IDENTITY, payload bytea); COPY bombs (payload) FROM '$hex';
		SET statement_timeout = '60s'; DELETE FROM wa_problem;\n";
	for my $n (1 .. @bombs)
	{
		for my $cast ('payload', "convert_from(payload, 'UTF8')")
		{
			next if $cast eq 'payload' && length($bombs[ $n - 1 ][1]) > 4_000_000;
			$script .= "BEGIN; SELECT applied, ignored, problems FROM bombs, wa_ingest($cast) WHERE n = $n;
				SELECT '$n:', sum(count), string_agg(DISTINCT problem, ',' ORDER BY problem), max(length(detail)) <= 1000 AND max(length(path)) <= 1000 AND
					sum(octet_length(fragment)) <= 100000 + 3 * (SELECT length(payload) FROM bombs WHERE n = $n) FROM wa_problem; ROLLBACK;\n";
		}
	}
	my $out = try_sql($node, 'postgres', $script);
	my @lines = split /\n/, $out;
	while (@lines)
	{
		my ($counts, $rest) = splice @lines, 0, 2;
		if (($rest // '') !~ /^(\d+):/) { fail('bombs: ' . substr($counts, 0, 300)); next }
		push @{ $answers[ $1 - 1 ] }, [ $counts, split(/\|/, $rest) ];
	}
}
for my $i (0 .. $#bombs)
{
	my ($name, undef, $counts, $problems) = @{ $bombs[$i] };
	my @got = @{ $answers[$i] // [] };
	my $same = 1;
	$same &&= "@$_[0, 2]" eq "@{ $got[0] }[0, 2]" for @got;
	my ($said, undef, $recorded, $which, $short) = @{ $got[0] // ['no answer'] };
	my $fits = @got && $same && (!defined $counts || $said eq $counts) && (!defined $problems || (ref $problems ? $which =~ $problems : $which eq $problems))
	  && $said =~ /^\d+\|\d+\|(\d+)$/ && ($1 == ($recorded || 0)) && ($short // '') ne 'f';
	ok($fits, "$name: " . ($said // '') . ' ' . ($which // '')) or diag(explain(\@got));
}

# A fragment is kept whole, even of what was too large to read.
is($node->safe_psql('postgres', q{SELECT applied, ignored, problems FROM wa_ingest(repeat('[', 20000000))}), '0|0|1', '20 MB');
is($node->safe_psql('postgres', q{SELECT octet_length(fragment) FROM wa_problem WHERE problem = 'too_large' ORDER BY id DESC LIMIT 1}), '20000000', 'are kept as they were');
# Not UTF-8: kept in a way that can be told.
is($node->safe_psql('postgres', q{SELECT applied, ignored, problems FROM wa_ingest('\x7b22ff227d'::bytea); SELECT problem, fragment IS NOT NULL FROM wa_problem ORDER BY id DESC LIMIT 1}),
	"0|0|1\ninvalid_json|t", 'bytes that are no UTF-8');
is($node->safe_psql('postgres', q{SELECT applied, ignored, problems FROM wa_ingest('\x00'::bytea)}), '0|0|1', 'a NUL byte');
# Long arguments of the functions for operators.
like(try_sql($node, 'postgres', q{SELECT 1 FROM wa_opt_out('4915119999990', repeat('x', 1000000))}), qr/^1$/, 'a reason of 1 MB');
like(try_sql($node, 'postgres', q{SELECT 1 FROM wa_report_error('4915119999990', 131026, now(), repeat('b', 1000000), repeat('s', 1000000), repeat('m', 1000000), repeat('d', 1000000))}), qr/^1$/, 'an error report of 4 MB');
unlike(try_sql($node, 'postgres', q{SELECT 1 FROM wa_opt_out('4915119999990', '', (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) AS i))}), qr/index row|54000/,
	'a business of 32 kB is cut or refused in words of ours');

# ---- Other encodings -----------------------------------------------------

$node->safe_psql('postgres', "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
	CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
my $phrases = $node->safe_psql('postgres', 'SELECT count(*) FROM wa_phrase');
my $cyrillic = "\x{d0}\x{a1}\x{d0}\x{a2}\x{d0}\x{9e}\x{d0}\x{9f}";    # СТОП
my $umlaut = "M\x{c3}\x{bc}ller \x{e2}\x{82}\x{ac}";    # Müller €
my $foreign = envelope('W1', change_of('S1', 'messages', inbound('4915100000001', 1700000000, 'Stop'), inbound('4915100000002', 1700000000, 'x')));
$foreign =~ s/"id":"wamid\.i4915100000001[^"]*"/"id":"$umlaut"/;
$foreign =~ s/"body":"x"/"body":"$cyrillic"/;
$foreign =~ s/W1/W$umlaut/;
for my $db (qw(latin ascii))
{
	$node->safe_psql($db, 'CREATE EXTENSION wa_policy');
	# All default phrases are there, by escapes where the encoding cannot write them (ARRÊT it can, Russian ones not).
	my $arret = $db eq 'latin' ? "convert_from('\\x415252ca54', 'LATIN1')" : "convert_from('\\x415252c38a54', 'SQL_ASCII')";
	is($node->safe_psql($db, "SELECT count(*) FILTER (WHERE phrase = $arret), count(*) FILTER (WHERE language = 'ru') > 0 FROM wa_phrase"),
		'1|t', "$db: default phrases");
	is($node->safe_psql($db, 'SELECT count(*) FROM wa_phrase'), $phrases, "$db: all of them");
	# The bytes as they came are UTF-8, whatever the database is.
	is($node->safe_psql($db, "SELECT applied, ignored, problems FROM wa_ingest('\\x" . unpack('H*', $foreign) . "'::bytea)"), '2|0|0', "$db: UTF-8 bytes");
	is($node->safe_psql($db, q{SELECT wa_sendable('4915100000001', 'marketing'), wa_sendable('4915100000002', 'marketing')}), 'f|f', "$db: count, and so does a phrase that it cannot write");
	is($node->safe_psql($db, q{SELECT applied, ignored, problems FROM wa_ingest('\x7b227374617475736573223a5b7b226964223a22f09f9880227d5d7d'::bytea)}), '0|0|1', "$db: an element that this encoding cannot write");
	is($node->safe_psql($db, 'SELECT count(*), bool_and(fragment IS NOT NULL) FROM wa_problem'), '1|t', "$db: is recorded all the same");
	is($node->safe_psql($db, q{SELECT applied, ignored, problems FROM wa_ingest('\x7b22ff227d'::bytea)}), '0|0|1', "$db: bytes that are no UTF-8");
	# Text of the database's own encoding, with a phrase that has an accent: DÉSABONNER.
	my $accent = $db eq 'latin' ? "convert_from('\\x44c9', 'LATIN1')" : "convert_from('\\x44c389', 'SQL_ASCII')";
	is($node->safe_psql($db, 'SELECT applied, ignored, problems FROM wa_ingest(replace('
			. literal(envelope('W1', change_of('S1', 'messages', inbound('4915100000003', 1700000000, '@SABONNER')))) . ", '\@', $accent))"),
		'1|0|0', "$db: text of its own");
	is($node->safe_psql($db, q{SELECT wa_sendable('4915100000003', 'marketing')}), 'f', "$db: and what it says");
	my $space = $db eq 'latin' ? "convert_from('\\xa0', 'LATIN1')" : "convert_from('\\xc2a0', 'SQL_ASCII')";
	is($node->safe_psql($db, "SELECT wa_try_recipient('+49' || $space || '151' || $space || '00000003')"), '4915100000003', "$db: a no-break space in a phone number");
	is($node->safe_psql($db, "SELECT applied, problems FROM wa_report_error('+49' || $space || '151' || $space || '00000003', 131026, '2024-01-01')"), '1|0', "$db: and in one with an error");
	is($node->safe_psql($db, "SELECT wa_try_recipient('+49151' || $accent || '00000003') IS NULL"), 't', "$db: and a letter");
	is($node->safe_psql($db, q{INSERT INTO wa_webhook (payload) SELECT '{"statuses":[{"id":"' || chr(i) || '"}]}' FROM generate_series(1, 127) AS i; SELECT count(*) FROM wa_webhook}), '127', "$db: by INSERT");
	# What the encoding cannot write costs no event its effect, and what it can is written as it is.
	is($node->safe_psql($db, q{INSERT INTO wa_webhook (payload) VALUES ('{"messages":[{"id":"o1","from":"4915100000021","timestamp":"1700000000","type":"text","text":{"body":"START \ud83d\ude00"}}],"user_preferences":[{"wa_id":"4915100000022","value":"signup","signup_id":"\u00e9\u041f","timestamp":"1700000000"}]}');
		SELECT recipient, state, evidence FROM wa_consent_log JOIN wa_consent USING (recipient, state) WHERE recipient IN ('4915100000021', '4915100000022') ORDER BY 1}),
		$db eq 'latin' ? "4915100000021|resume|START \\ud83d\\ude00\n4915100000022|resume|\x{e9}\\u041f" : "4915100000021|resume|START \x{f0}\x{9f}\x{98}\x{80}\n4915100000022|resume|\x{c3}\x{a9}\x{d0}\x{9f}", "$db: an opt-in whose words it cannot write");
	is($node->safe_psql($db, "INSERT INTO wa_sender (business) VALUES ('b' || $accent); SELECT (wa_opt_in('4915100000023', 'sign' || $accent, 'b' || $accent)).in_force;
		SELECT business = 'b' || $accent, evidence = 'sign' || $accent FROM wa_consent_log WHERE recipient = '4915100000023'"), "t\nt|t", "$db: its own letters, in an operator's words");
	# A row without a secret must not stand in for the one that a business has, whatever the letters of its id.
	is($node->safe_psql($db, "BEGIN; INSERT INTO wa_app_secret (business, secret) VALUES ('', NULL), ('b' || $accent, 'secret');
		SELECT applied, ignored, problems FROM wa_ingest(replace('" . envelope('b@', change_of('S1', 'messages', inbound('4915100000024', 1700000000, 'Hello'))) . "', '\@', $accent)); ROLLBACK"),
		'0|0|1', "$db: and in the id of a business that has a secret");
	my $state = state_lines($node, $db);
	like(try_sql($node, $db, "SELECT wa_replay(); SELECT wa_ingest('\\x" . unpack('H*', $foreign) . "'::bytea)"), qr/^\(2?\d+,\d+,\d+\)\n\(2,0,0\)$/, "$db: a replay runs");
	is_same(state_lines($node, $db), $state, "$db: once more, nothing changes");
}
# Bytes that are text in this database, but have no equivalent in UTF-8.
$node->safe_psql('postgres', "CREATE DATABASE windows ENCODING 'WIN1252' LOCALE 'C' TEMPLATE template0");
is(try_sql($node, 'windows', 'CREATE EXTENSION wa_policy'), '', 'windows: the extension installs');
for ([ 'ascii', "E'{\"\\xff\":1}'::text" ], [ 'windows', q[('{"statuses":[{"id":"' || convert_from('\x81', 'WIN1252') || '"}]}')] ])
{
	my ($db, $body) = @$_;
	like(try_sql($node, $db, "SELECT applied + ignored, problems FROM wa_ingest($body)"), qr/^0\|1$/, "$db: bytes without a meaning, as text");
	is(try_sql($node, $db, "INSERT INTO wa_webhook (payload) SELECT $body"), '', "$db: and by INSERT");
	is(try_sql($node, $db, 'SELECT count(*) FROM wa_problem WHERE webhook_id = (SELECT max(id) FROM wa_webhook)'), '1', "$db: are recorded");
	is(try_sql($node, $db, "SELECT applied + ignored, problems FROM wa_report_error($body, 131026)"), '0|1', "$db: as a recipient");
	is(try_sql($node, $db, "SELECT wa_sendable($body, 'marketing')"), 'f', "$db: and in a decision");
	is(try_sql($node, $db, "INSERT INTO wa_sender (business) VALUES ($body); SELECT 1 FROM wa_opt_out('4915100000009', $body, $body)"), '1', "$db: as a reason and a business");
	like(try_sql($node, $db, 'SELECT problems FROM wa_replay()'), qr/^\d+$/, "$db: a replay runs");
}
# Encodings that refuse bytes of others: the install script must do without any.
for my $encoding (qw(EUC_JP EUC_KR EUC_TW KOI8R))
{
	my $db = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $db ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	is(try_sql($node, $db, 'CREATE EXTENSION wa_policy'), '', "$db: the extension installs");
	is(try_sql($node, $db, "SELECT applied FROM wa_ingest('\\x" . unpack('H*', $foreign) . "'::bytea); SELECT wa_sendable('4915100000001', 'marketing')"), "2\nf", "$db: and takes a stop in");
}

done_testing();
