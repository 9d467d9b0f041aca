# Law: counting, and talking to the server, for the tests beside this file.
package Law;

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();
use Time::HiRes ();

our @EXPORT = qw(ok same done sql psql_file template database drop state seconds note agree);

my ($passed, $failed) = (0, 0);
my $start = Time::HiRes::time();
my $folder = File::Temp->newdir(DIR => $ENV{WA_DIR} // '/tmp', TEMPLATE => 'law.XXXXXX');

$| = 1;
binmode STDOUT, ':encoding(UTF-8)';
# Where the time zone of a server stands does not matter: not to these tests.
$ENV{PGTZ} = 'UTC';
$ENV{PGOPTIONS} = ($ENV{PGOPTIONS} // '') . ' -c client_min_messages=warning -c synchronous_commit=off';
$ENV{PGCLIENTENCODING} = 'UTF8';

sub seconds { return sprintf '%.1f s', Time::HiRes::time() - $start; }
sub note { print '# ', @_, "\n"; }

sub ok
{
	my ($good, $name) = @_;
	$good ? $passed++ : $failed++;
	printf "%s - %s (%s)\n", $good ? 'ok' : 'NOT OK', $name, seconds();
	return $good;
}

# Are two lists of lines the same?  Shows where they part, and for the first few
# lines what $story, if there is one, tells of them.
sub same
{
	my ($got, $expected, $name, $story) = @_;
	my (%got, %expected, @wrong);

	$got{$_}++ for @$got;
	$expected{$_}++ for @$expected;
	push @wrong, map { "  expected, not there: $_" } grep { ($got{$_} // 0) < $expected{$_} } sort keys %expected;
	push @wrong, map { "  there, not expected: $_" } grep { ($expected{$_} // 0) < $got{$_} } sort keys %got;
	push @wrong, '  the same lines in another order' if !@wrong && "@$got" ne "@$expected";
	if (!ok(!@wrong, "$name: " . scalar(@$expected) . ' rows'))
	{
		my @shown = @wrong > 24 ? (@wrong[ 0 .. 11 ], '  …', @wrong[ -12 .. -1 ]) : @wrong;
		print "$_\n" for scalar(@wrong) . ' differences:', @shown;
		if ($story) { print map { "    $_\n" } $story->(s/^  [^:]*: //r) for grep { /: / } @wrong > 6 ? @wrong[ 0 .. 2, -3 .. -1 ] : @wrong; }
	}
	return !@wrong;
}

sub done
{
	print "$passed passed, $failed failed\n";
	exit($failed ? 1 : 0);
}

# Run a script, given as lines; its file, so that more than one may run at once.
my $scripts = 0;

sub psql_file
{
	my $file = "$folder/" . $$ . '.' . ++$scripts . '.sql';
	open my $out, '>:encoding(UTF-8)', $file or die "$file: $!";
	print $out @_;
	close $out or die "$file: $!";
	return $file;
}

# The output of a script, line by line; it must run without an error.
sub sql
{
	my ($db, @script) = @_;
	my $file = psql_file(@script);
	open my $in, '-|:encoding(UTF-8)', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $db, '-f', $file
	  or die "psql: $!";
	my @lines = <$in>;
	close $in or die "psql: script failed in database $db ($file)\n";
	chomp @lines;
	unlink $file;
	return wantarray ? @lines : $lines[0];
}

# The database with nothing in it but the extension, of which others are made.
# Where senders must be heard of before anything is decided or recorded for
# them, these are, as [business, sender]: else the order of arrival would matter.
sub template
{
	my ($senders, @script) = @_;
	sql($ENV{PGDATABASE}, 'CREATE EXTENSION wa_policy;');
	sql($ENV{PGDATABASE}, "SELECT wa_declare_empty('a test'); INSERT INTO wa_sender (business, sender) VALUES " . join(', ', map { "('$_->[0]', '$_->[1]')" } @$senders) . ';')
	  if sql($ENV{PGDATABASE}, "SELECT to_regclass('wa_sender') IS NOT NULL;") eq 't';
	sql($ENV{PGDATABASE}, @script) if @script;
}

sub database
{
	my ($name) = @_;
	my $db = "$ENV{PGDATABASE}_$name";
	sql('template1', "CREATE DATABASE \"$db\" TEMPLATE \"$ENV{PGDATABASE}\" STRATEGY file_copy;");
	return $db;
}

sub drop { sql('template1', "DROP DATABASE \"$_[0]\";"); }

# The state, all that is under the law, as lines of text: every column but the
# bookkeeping ones, so that a new column is under the law from its first day.
# wa_unlink takes the clock's time: of that it is under the law whether it was called.
my %bookkeeping = (
	wa_consent => '',
	wa_cooldown => '',
	wa_activity => '',
	wa_delivery => '',
	wa_consent_log => 'id,recorded_at,webhook_id,recorded_by',
	wa_identity => 'position,unlinked_at',
	wa_identity_change => 'unlinked_at');
my %instead = map { $_ => " || jsonb_build_object('unlinked', unlinked_at IS NOT NULL)" } qw(wa_identity wa_identity_change);

sub state
{
	my ($db) = @_;
	return sql($db, map {
		"SELECT '$_ ' || (pg_catalog.to_jsonb(t) - '{$bookkeeping{$_}}'::text[]" . ($instead{$_} // '') . ")::text COLLATE \"C\""
		  . " FROM $_ AS t ORDER BY 1;\n"
	} sort keys %bookkeeping);
}

# Everybody of whom anything is known.
our $known = join ' UNION ', map { "SELECT $_" } 'recipient FROM wa_consent', 'recipient FROM wa_cooldown', 'recipient FROM wa_activity',
  map { ("recipient FROM $_", "other FROM $_") } qw(wa_identity wa_identity_change);

# Do the list and the look-ups say the same of everybody, at these times?
sub agree
{
	my ($db, $name, @times) = @_;
	my ($n, $asked, $listed) = (0, '', '');

	for my $at (@times)
	{
		for my $question (map { ("'$_', NULL", "'$_', '100001'") } qw(marketing utility authentication service))
		{
			my $ask = "wa_sendable(recipient, $question, at => $at)";
			$n++;
			$asked .= "INSERT INTO asked SELECT $n, recipient, $ask FROM known;\n";
			$listed .= "SELECT $n, recipient, sendable FROM (SELECT k.recipient, sendable FROM asked AS k WHERE q = $n OFFSET 0) AS a WHERE sendable <> $ask;\n";
		}
	}
	my @wrong = sql($db, <<"SQL");
CREATE TEMPORARY TABLE known AS $known;
CREATE TEMPORARY TABLE asked (q int, recipient wa_recipient, sendable boolean);
SET wa_policy.suppression_list_mem = 0;
$asked
SET wa_policy.suppression_list_mem = '64MB';
SET wa_policy.suppression_list_after = 0;
$listed
SQL
	ok(!@wrong, "$name: the list says what the look-ups say") or print map { "  $_\n" } @wrong > 10 ? @wrong[ 0 .. 9 ] : @wrong;
}

1;
