# People: whom the traffic of Traffic.pm is about, and under which identifiers
# each of them shows up.
package People;

use strict;
use warnings;
use utf8;

use Exporter 'import';
our @EXPORT = qw(people spellings unlinks stage face pick chance SECOND HOUR DAY T0 SPAN);

use constant {
	SECOND => 1_000_000,
	HOUR => 3_600 * 1_000_000,
	DAY => 86_400 * 1_000_000,
	# 2025-11-03, and 45 days: more than the 30 of the longest memory.
	T0 => 1_762_128_000 * 1_000_000,
	SPAN => 45 * 86_400 * 1_000_000,
};

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }

# The people.  One is known as one thing after the other: its stages, each
#   { until => when it ends (not the last), phones => every spelling of the phone
#     that webhooks use, bsuid => …, parent => …, by => { business => BSUID there } }
# and also has
#   dialled => spellings of the phone that people store, for calls and questions,
#   how => how a change is told (see change_atom), hidden => [from, to],
#   together => 1: never one identifier without the others, key => whose events have equal times,
#   since => when it begins, busy => a code that it fails with all the time,
#   unlink => 1: unlinked in the end, sure => 1: of no other stage at any time.
sub person
{
	my (%person) = @_;
	my @stages = @{ delete $person{stages} // [ { map { $_ => delete $person{$_} } grep { exists $person{$_} } qw(phones bsuid parent by) } ] };

	$_->{phones} //= [] for @stages;
	$person{key} //= $stages[0]{phones}[0] // $stages[0]{bsuid};
	return { since => T0, dialled => [], %person, stages => \@stages };
}

# Those known by a phone number and nothing else.
sub plain_people
{
	my @people;

	for my $i (10 .. 19)
	{
		# The first one fails more often than a row can hold; some fail a lot and
		# say little, so that they reach the end of their ladders.
		push @people, person(busy => (131056, (131049, 131026) x 3)[ $i - 10 ], phones => [ "49151123456$i", "+49151123456$i", "49151123456$i " ],
			dialled => [ "+49 (0)151 123456$i", "whatsapp:+490151123456$i" ]);
	}
	for my $i (10 .. 13)
	{
		push @people, person(phones => [ "55319876543$i", "5531876543$i", "+55 31 9 8765-43$i" ]);
		push @people, person(phones => [ "5255123456$i", "52155123456$i" ]);
		push @people, person(phones => [ "5411123456$i", "54911123456$i" ], dialled => ["+54 11 15 1234-56$i"]);
	}
	push @people, person(phones => ['551132654321']);    # a landline stays
	for my $area (qw(202 305 416 787 876))
	{
		push @people, person(phones => [ "1${area}5550100", "+1${area}5550100" ]);
	}
	return @people;
}

# Those who come by phone and BSUID, always together or now and then apart.
sub usual_people
{
	my @people;

	for my $i (10 .. 27)
	{
		push @people, person(together => 1, phones => ["4917612345$i"], bsuid => ("DE.toge-ther$i", "DE.toge_ther$i", "DE.1349120865$i")[ $i % 3 ],
			$i % 3 ? () : (parent => "DE.ENT.118157$i"), $i < 12 ? (unlink => 1) : ());
	}
	for my $i (0 .. 11)
	{
		my $cc = ('GB', 'US', 'BR')[ $i % 3 ];
		push @people, person(phones => [ sprintf(('447700900%02d', '121255502%02d', '55219912345%02d')[ $i % 3 ], $i),
				$i % 3 == 2 ? sprintf('5521912345%02d', $i) : () ],
			dialled => [ $i % 3 ? () : sprintf '+44 (0) 7700 900%02d', $i ],
			bsuid => "$cc.1349120865530274$i", $i % 4 == 0 ? (parent => "$cc.ENT.118157992128868$i") : (),
			$i % 2 ? (hidden => [ T0 + 10 * DAY, T0 + 30 * DAY ]) : (), $i > 8 ? (unlink => 1) : ());
	}
	for my $i (0 .. 5)
	{
		push @people, person(bsuid => ('US', 'DE', 'IN', 'US', 'MX', 'GB')[$i] . ".Ab9-_$i", $i % 2 ? (parent => "US.ENT.only$i") : ());
	}
	return @people;
}

# Those who change their identifiers, and those who share one.
sub unusual_people
{
	my @people;
	my $when = sub { return T0 + (12 + 3 * $_[0]) * DAY + (0, 7 * HOUR + 13 * SECOND)[ $_[0] % 2 ]; };
	my @how = qw(number number_ids number_hidden user_id user_id_hidden update update_phone silent);

	# Two stages or three, told in every way.
	for my $i (0 .. 15)
	{
		my $how = $how[ $i % 8 ];
		my $stays = $how eq 'number' || $how eq 'silent' && $i < 8;
		my $same_phone = $how eq 'update';
		my @stages = map { {
			$how =~ /hidden/ ? () : (phones => [ $same_phone ? "49160555${i}9000" : "49160555$i${_}000" ]),
			bsuid => $stays ? "DE.stays$i" : "DE.move${i}_$_", $i % 3 == 0 ? (parent => $stays ? "DE.ENT.stays$i" : "DE.ENT.move${i}_$_") : () } } 0 .. ($i > 11 ? 2 : 1);
		$stages[$_]{until} = $when->($_ + $i % 5) for 0 .. $#stages - 1;
		push @people, person(how => $how, stages => \@stages);
	}
	# Who gets the number that somebody of these has left.
	for my $i (map { (8 * $_, 8 * $_ + 1, 8 * $_ + 3) } 0, 1)
	{
		push @people, person(phones => ["49160555${i}0000"], $i % 8 ? (bsuid => "DE.next$i") : (), key => "49160555${i}0000", since => $when->($i % 5) + 6 * HOUR);
	}
	# A phone that gets another owner of the same business, and one that a family shares.
	for my $i (0 .. 4)
	{
		my $since = $i < 3 ? $when->($i + 2) : T0;
		push @people, person(phones => ["49170777${i}000"], bsuid => "DE.first$i", key => "phone$i");
		push @people, person(phones => ["49170777${i}000"], bsuid => "DE.second$i", key => "phone$i", since => $since, $i == 1 ? (parent => "DE.ENT.second$i") : ());
	}
	# A BSUID in each of two portfolios.
	for my $i (0 .. 7)
	{
		push @people, person(phones => ["49171888${i}000"], together => $i % 2, bsuid => "DE.port${i}A", by => { 100002 => "DE.port${i}B" });
	}
	# One BSUID with two phones, and nobody says why.
	for my $i (0 .. 2)
	{
		push @people, person(phones => ["49172999${i}000"], bsuid => "DE.twice$i", key => "twice$i");
		push @people, person(phones => ["49172999${i}001"], bsuid => "DE.twice$i", key => "twice$i", $i == 0 ? (unlink => 1) : ());
	}
	# One parent with two phones, each with a BSUID of its own.
	for my $i (0 .. 4)
	{
		push @people, person(phones => ["49174222${i}00$_"], bsuid => "DE.both${i}_$_", parent => "DE.ENT.both$i", key => "both$i", $_ ? (since => $when->($i)) : ()) for 0, 1;
	}
	# Those whose first identifier was long alone.
	for my $i (0 .. 11)
	{
		my ($phone, $bsuid) = ([ phones => ["49173111${i}000"] ], [ bsuid => "DE.late$i" ]);
		my $first = $i % 3 ? $phone : $bsuid;
		push @people, person(how => 'silent', sure => 1, stages => [ { @$first, until => T0 + 38 * DAY }, { @$phone, @$bsuid, $i % 4 ? () : (parent => "DE.ENT.late$i") } ]);
	}
	return @people;
}

sub people { return (plain_people(), usual_people(), unusual_people()); }

# Every spelling of every identifier of somebody.
sub spellings
{
	my ($person) = @_;
	my %all = map { $_ => 1 } @{ $person->{dialled} },
	  map { my $stage = $_; (@{ $stage->{phones} }, grep { defined } @$stage{qw(bsuid parent)}, values %{ $stage->{by} // {} }) } @{ $person->{stages} };
	return sort keys %all;
}

# The pairs that an operator unlinks in the end.
sub unlinks { return map { my $s = $_->{stages}[0]; [ $s->{phones}[0], $s->{bsuid} ] } grep { $_->{unlink} } people(); }

# What somebody is at an instant; now and then what it was, or will be.
sub stage
{
	my ($person, $at) = @_;
	my @stages = @{ $person->{stages} };
	return pick(@stages) if chance(0.04) && !$person->{sure};
	my ($now) = grep { !defined $_->{until} || $at < $_->{until} } @stages;
	return $now;
}

# Phone, BSUID and parent under which somebody shows up.
sub face
{
	my ($person, $at, $business, $failed) = @_;
	my $stage = stage($person, $at);
	my $phone = @{ $stage->{phones} } ? pick(@{ $stage->{phones} }) : undef;
	my $bsuid = ($stage->{by} // {})->{$business} // $stage->{bsuid};
	my $parent = chance($person->{together} ? 0.9 : 0.6) ? $stage->{parent} : undef;

	$bsuid = lc(substr $bsuid, 0, 2) . substr $bsuid, 2 if defined $bsuid && chance(0.05);
	# A failed status of a send to a phone names the phone alone.
	return [$phone] if !defined $bsuid || $failed && defined $phone && chance(0.85);
	return [ undef, undef, $parent ] if defined $parent && !$person->{together} && chance(0.03);
	return [ undef, $bsuid, $parent ] if !defined $phone || $person->{hidden} && $at >= $person->{hidden}[0] && $at < $person->{hidden}[1];
	return [ $phone, $bsuid, $parent ] if $person->{together};
	my $r = rand;
	return $r < 0.6 ? [ $phone, $bsuid, $parent ] : $r < 0.75 ? [$phone] : $r < 0.97 ? [ undef, $bsuid, $parent ] : [ $phone, undef, $parent ];
}

1;
