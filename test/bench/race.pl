#!/usr/bin/perl
# Statements that are compared, run in turn.
#
#   race.pl SERVER-FOLDER REPEATS <lines
#
# A line is "NAME|DATABASE|SETTINGS|STATEMENT".  Every database has one session,
# in which the statement is prepared and run once to warm up, under its SETTINGS
# ("SET a = b; SET c = d" or nothing).  Then REPEATS rounds of all of them, in
# the order of the lines.  Prints "NAME MEDIAN MINIMUM ANSWER" for each,
# milliseconds as psql's \timing gives them.
use strict;
use warnings;

use IPC::Open2;

my ($server, $repeats) = @ARGV;
my (%session, @runner);

# Send commands, and return the lines that come back.
sub ask
{
	my ($database, @commands) = @_;
	my @answer;

	if (!$session{$database})
	{
		my $pid = open2(my $out, my $in, 'test/server', 'in', $server, 'psql',
			'-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', $database);

		$in->autoflush(1);
		$session{$database} = { in => $in, out => $out, pid => $pid };
	}
	print { $session{$database}{in} } map { "$_\n" } @commands, '\echo == end';
	while (my $line = readline $session{$database}{out})
	{
		chomp $line;
		return @answer if $line eq '== end';
		push @answer, $line;
	}
	die "race.pl: the session in $database ended\n";
}

sub run
{
	my ($r) = @_;
	my ($time, $answer);

	foreach (ask($r->{database}, 'RESET ALL;', "$r->{settings};", '\timing on',
			"EXECUTE \"$r->{name}\";", '\timing off'))
	{
		if (/^Time: ([\d.]+) ms/) { $time = $1 }
		elsif (/^\S/) { $answer = $_ }
	}
	die "race.pl: no time of $r->{name}\n" unless defined $time;
	return ($time, $answer // '-');
}

while (<STDIN>)
{
	chomp;
	my %r;
	@r{qw(name database settings statement)} = split /\|/, $_, 4;
	ask($r{database}, 'RESET ALL;', "$r{settings};", "PREPARE \"$r{name}\" AS $r{statement};");
	# The plan is made here, under these settings, and kept.
	(undef, $r{answer}) = run(\%r);
	push @runner, \%r;
}
for (1 .. $repeats)
{
	foreach my $r (@runner)
	{
		my ($time, $answer) = run($r);

		push @{ $r->{times} }, $time;
		$r->{answer} = "$r->{answer}/$answer" if $r->{answer} ne $answer;
	}
}
foreach my $r (@runner)
{
	my @t = sort { $a <=> $b } @{ $r->{times} };
	my $median = @t % 2 ? $t[$#t / 2] : ($t[@t / 2 - 1] + $t[@t / 2]) / 2;

	printf "%s %.3f %.3f %s\n", $r->{name}, $median, $t[0], $r->{answer};
}
foreach my $s (values %session)
{
	close $s->{in};
	waitpid $s->{pid}, 0;
}
