# Model: error codes, state, decisions and src/identity/README.md once more, in
# Perl, on top of the events of Elements.pm.
#
# Written from the texts and not from the C code, so that a misreading in one
# shows in the other.  It is slow and simple on purpose: all events are kept,
# and every question is answered by going through them.
#
# What the texts leave open is settled as README and column comments say:
#  - a business or sender of '' may be any: it lifts, refuses and objects for all;
#  - an opt-in for every business lifts earlier business-register stops of any;
#  - of equal words the greatest origin, code, sender, message id is shown;
#  - wa_cooldown.lifted_at is the instant up to which failures are lifted.
# Where src/identity/README.md can be read in two ways, it is read like this:
#  - "since before" an instant takes in the instant itself;
#  - who is left counts and leads on up to the latest leaving only;
#  - the end of a day is no part of the next one;
#  - a stop is one of each identifier that it names; a resume of a member is one
#    of its home alone;
#  - a failure that may have named both sides of a removed link is one that is
#    stored under the side which is named first, from the first sighting to the unlinking.
package Model;

use strict;
use warnings;
use utf8;

use Elements qw(canonical kind region SECOND MINUTE HOUR DAY);
our @ISA = ('Elements');

use constant INF => 9e18;

my %everything = map { $_ => 1 } qw(marketing utility authentication service);
my %marketing = (marketing => 1);

# What the codes do.  lifts: evidence, and how much later than it the
# failures are which it lifts.
my %limit = (blocks => \%marketing, ladder => [ 24 * HOUR, 24 * HOUR, 48 * HOUR ], gap => 12 * HOUR,
	lifts => { inbound => 0, marketing => -24 * HOUR }, yields => 1);
my %experiment = (blocks => \%marketing, ladder => [INF], gap => 0, lifts => { inbound => 0 }, yields => 1);
my %unreachable = (blocks => { marketing => 1, utility => 1 }, ladder => [ DAY, 7 * DAY, 30 * DAY ], gap => 12 * HOUR,
	lifts => { inbound => 0, delivered => MINUTE });
my %cooldown = (
	131049 => \%limit, 1026 => \%limit,
	130472 => \%experiment, 472 => \%experiment,
	131026 => \%unreachable, 1013 => \%unreachable,
	131056 => { blocks => \%everything, ladder => [ map { $_ * SECOND } 4, 16, 64, 256, 1024 ], gap => 0,
		lifts => { delivered => 0 } },
	130403 => { blocks => \%everything, ladder => [INF], gap => 0, lifts => { inbound => 0 } });

sub region_forbids
{
	my ($recipient, $category) = @_;
	return 0 if $category ne 'marketing';
	return $recipient =~ /^US\./ || $recipient =~ /^1(202|305|212)\d{7}$/;
}

sub new
{
	my ($class, @heard) = @_;
	return bless { heard => { map { ("$_->[0]|$_->[1]" => 1) } @heard }, words => {}, log => {}, failures => {}, activity => {}, sightings => {}, changes => {}, unlinked => {},
		holds => {}, lifts => {}, life => {}, problems => {}, unknown => {}, history => [] }, $class;
}

# --- Events are kept once, under the home --------------------------------------

# For a reader: what happened when, and to whom.
sub note { my ($self, $at, $what, @ids) = @_; push @{ $self->{history} }, [ $at, $what, @ids ]; }

# The groups of identifiers that an event is stored under: what protects is for each of
# a contact that contradicts, too, and for each by itself where nobody knows when it was.
sub groups
{
	my ($who, $protects) = @_;
	return grep { @$_ } $who->{ids} if !$protects;
	return ((grep { @$_ } $who->{sure} ? $who->{ids} : map { [$_] } @{ $who->{ids} }), map { [$_] } @{ $who->{apart} });
}

sub add_consent
{
	my ($self, $where, $who, $at, %word) = @_;
	%word = (code => '', message => '', evidence => '', %word, at => $at, business => $where->[0], sender => $where->[1]);

	for my $ids (groups($who, $word{state} eq 'stop'))
	{
		my ($home, @also) = @$ids;
		my $line = join "\t", $home, @word{qw(business register state at origin code sender message evidence)}, "@also";

		$self->{log}{$line} = { %word, home => $home, names => $ids };
		$self->note($at, "$word{register} $word{state}, $word{origin}, business '$word{business}', names @$ids", @$ids);
	}
}

sub add_activity
{
	my ($self, $where, $who, $at, @what) = @_;
	my $home = $who->{ids}[0];
	my $row = $self->{activity}{$home}{"$where->[0]|$where->[1]"} //= {};

	push @{ $row->{$_} }, $at for @what;
	push @{ $row->{wa_id} }, [ $at, $who->{wa_id} ] if defined $who->{wa_id};
	$self->note($at, "@what, business '$where->[0]', sender '$where->[1]', stored under $home", $home);
}

sub add_refusal
{
	my ($self, $where, $who, $at) = @_;
	$self->add_activity($where, { ids => $_ }, $at, 'refused') for groups($who, 1);
}

sub add_failure
{
	my ($self, $where, $who, $at, $code) = @_;
	for my $home (map { $_->[0] } groups($who, 1))
	{
		$self->{failures}{$home}{"$where->[0]|$code"}{$at} = 1;
		$self->note($at, "failure $code, business '$where->[0]', stored under $home", $home);
	}
}

# Seen together: a chain.
sub add_sighting
{
	my ($self, $business, $at, @ids) = @_;
	for my $i (1 .. $#ids)
	{
		push @{ $self->{sightings}{ $ids[ $i - 1 ] }{ $ids[$i] }{$business} }, $at;
		$self->note($at, "seen together, business '$business': $ids[$i - 1] and $ids[$i]", @ids[ $i - 1, $i ]);
	}
}

sub add_change
{
	my ($self, $at, $old, $new) = @_;
	return if $old eq $new;
	push @{ $self->{changes}{$old}{$new} }, $at;
	$self->note($at, "change from $old to $new", $old, $new);
}

# --- What holds senders back ------------------------------------------------------

sub add_hold
{
	my ($self, $at, $business, $sender, $region, $cause, $code, $until, @categories) = @_;
	push @{ $self->{holds}{ join '|', $business, $sender, $region, $cause, $code } }, { business => $business, sender => $sender,
		region => $region, code => $code, since => $at, until => $until // INF, categories => { map { $_ => 1 } @categories } };
}

sub add_lift
{
	my ($self, $at, $business, $cause) = @_;
	my $key = join '|', $business, '', '', $cause, 0;
	$self->{lifts}{$key} = latest($self->{lifts}{$key}, $at);
}

# A message went out, in the minute that begins then.
sub add_life
{
	my ($self, $where, $id, $at, $category) = @_;
	my ($known) = $category =~ /^(?:group_)?(marketing|utility|authentication|service)/;
	push @{ $self->{life}{ join '|', @$where[ 0, 1 ], region($id) || 'ZZ', $known // '' } }, $at - $at % MINUTE;
}

# wa_unlink, which takes the clock's time.
sub unlink
{
	my ($self, $a, $b, $at) = @_;
	($a, $b) = map { canonical($_) } $a, $b;
	$self->{unlinked}{$_} = latest($at, $self->{unlinked}{$_}) for "$a $b", "$b $a";
	$self->note($at, "$a and $b are unlinked", $a, $b);
}

# --- State: from events to rows --------------------------------------------

sub latest { my $m; for (@_) { $m = $_ if defined && (!defined $m || $_ > $m); } return $m; }
sub earliest { my $m; for (@_) { $m = $_ if defined && (!defined $m || $_ < $m); } return $m; }
sub day { return $_[0] - $_[0] % DAY; }
sub may_be_same { return $_[0] eq '' || $_[1] eq '' || $_[0] eq $_[1]; }

# Of words under one key the latest wins, a stop before a resume ("s" > "r").
sub merged_words
{
	my (@words) = @_;
	my ($won) = sort {
		$b->{at} <=> $a->{at} || $b->{state} cmp $a->{state} || $b->{origin} cmp $a->{origin}
		  || ($b->{code} || 0) <=> ($a->{code} || 0) || $b->{sender} cmp $a->{sender} || $b->{message} cmp $a->{message}
	} @words;

	return { %$won,
		stopped => latest(map { $_->{at} } grep { $_->{state} eq 'stop' } @words),
		resumed => latest(map { $_->{at} } grep { $_->{state} eq 'resume' } @words) };
}

# Of any words, a row for each business and register.
sub consent_rows
{
	my (%of);
	push @{ $of{"$_->{business}|$_->{register}"} }, $_ for @_;
	return map { merged_words(@{ $of{$_} }) } sort keys %of;
}

# Failures under one code, in order: how many count, and until when they block
# (INF: no end of its own).
sub evaluated
{
	my ($code, $business, $lifted, @failures) = @_;
	my $law = $cooldown{$code};
	my @strikes;

	splice @failures, 0, @failures - 32 if @failures > 32;
	for my $at (@failures)
	{
		next if defined $lifted && $at <= $lifted;
		next if $at < $failures[-1] - 30 * DAY;
		next if @strikes && $at < $strikes[-1] + $law->{gap};
		push @strikes, $at;
	}
	my @ladder = @{ $law->{ladder} };
	my $wait = $ladder[ @strikes > @ladder ? -1 : $#strikes ];
	return { business => $business, code => $code, failures => \@failures, lifted => $lifted, strikes => scalar(@strikes), law => $law,
		until => !@strikes ? undef : $wait == INF ? INF : $failures[-1] + $wait };
}

# Up to which instant these rows of activity lift failures of the code; $counts
# says of a row and an instant whether it does at all.
sub lifted_up_to
{
	my ($code, $business, $counts, @activity) = @_;
	my $lifts = $cooldown{$code}{lifts};

	return latest(map {
		my $row = $_;
		map { $row->{$_} + $lifts->{$_} } grep { defined $row->{$_} && $counts->($row, $row->{$_}) } keys %$lifts;
	} grep { may_be_same($business, $_->{business}) } @activity);
}

sub settle_activity
{
	my ($self, $home) = @_;
	my @rows;

	for my $key (keys %{ $self->{activity}{$home} // {} })
	{
		my $seen = $self->{activity}{$home}{$key};
		my ($business, $sender) = split /\|/, $key, 2;
		my ($wa_id) = sort { $b->[0] <=> $a->[0] || $b->[1] cmp $a->[1] } @{ $seen->{wa_id} // [] };
		push @rows, { home => $home, business => $business, sender => $sender, wa_id => $wa_id // [],
			map { $_ => latest(@{ $seen->{$_} // [] }) } qw(inbound delivered read marketing refused) };
	}
	return \@rows;
}

sub settle_cooldowns
{
	my ($self, $home, $activity) = @_;
	my @rows;

	for my $key (keys %{ $self->{failures}{$home} // {} })
	{
		my ($business, $code) = split /\|/, $key;
		push @rows, evaluated($code, $business, lifted_up_to($code, $business, sub { 1 }, @$activity),
			sort { $a <=> $b } keys %{ $self->{failures}{$home}{$key} });
	}
	return \@rows;
}

# The rows of wa_identity.  A sighting counts to its day, after an unlinking exactly.
sub settle_links
{
	my ($self) = @_;
	$self->{links} = [];
	$self->{touching} = {};

	for my $a (keys %{ $self->{sightings} })
	{
		for my $b (keys %{ $self->{sightings}{$a} })
		{
			my $unlinked = $self->{unlinked}{"$a $b"};
			for my $business (keys %{ $self->{sightings}{$a}{$b} })
			{
				my @seen = @{ $self->{sightings}{$a}{$b}{$business} };
				my $first = earliest(@seen);
				my $last = latest(map { defined $unlinked && $_ > $unlinked ? $_ : day($_) } @seen);
				my $link = { ends => [ $a, $b ], business => $business, first => $first, last => $last, unlinked => $unlinked,
					since => latest($first, $unlinked), holds => !defined $unlinked || $last > $unlinked };
				push @{ $self->{links} }, $link;
				push @{ $self->{touching}{$_} }, $link for $a, $b;
			}
		}
	}
}

# The rows of wa_identity_change.
sub settle_changes
{
	my ($self) = @_;
	$self->{moves} = [];
	for my $old (keys %{ $self->{changes} })
	{
		for my $new (keys %{ $self->{changes}{$old} })
		{
			my @times = @{ $self->{changes}{$old}{$new} };
			my ($first, $at, $unlinked) = (earliest(@times), latest(@times), $self->{unlinked}{"$old $new"});
			push @{ $self->{moves} }, { old => $old, new => $new, first => $first, at => $at, unlinked => $unlinked,
				since => latest($first, $unlinked), sure => !defined $unlinked || $first > $unlinked ? $first : $at,
				holds => !defined $unlinked || $at > $unlinked };
		}
	}
}

# Is that a sign that what is held goes out?  Of an unknown category only where all is held.
sub is_sign
{
	my ($hold, $business, $sender, $region, $category) = @_;
	my $number_tells = $hold->{business} eq '' && $hold->{sender} ne '';

	return 0 if $hold->{sender} ne '' && $hold->{sender} ne $sender;
	return 0 if $hold->{business} ne $business && !$number_tells;
	return 0 if $hold->{region} ne '' && $hold->{region} ne $region;
	return keys %{ $hold->{categories} } == 4 || $hold->{categories}{$category};
}

# Those who might send: of whom more is known than that they are somebody's, or somewhere.
sub own_senders
{
	my ($self) = @_;
	my @heard = map { [ split /\|/, $_, -1 ] } sort keys %{ $self->{heard} };
	my %with_number = map { $_->[0] => 1 } grep { $_->[1] ne '' } @heard;
	return grep { $_->[0] ne '' && ($_->[1] ne '' || !$with_number{ $_->[0] }) } @heard;
}

# The holds that neither a lifting nor a sign of life has ended: of each cause the latest, of
# those that begin together the longest.  (What one cause holds is always the same.)
sub settle_holds
{
	my ($self) = @_;
	$self->{standing} = [];
	$self->{own} = [ $self->own_senders ];

	for my $key (keys %{ $self->{holds} })
	{
		my ($hold) = sort { $b->{since} <=> $a->{since} || $b->{until} <=> $a->{until} } @{ $self->{holds}{$key} };
		next if defined $self->{lifts}{$key} && $self->{lifts}{$key} > $hold->{since};
		next if grep { is_sign($hold, split(/\|/, $_, -1)) && latest(@{ $self->{life}{$_} }) >= $hold->{since} } keys %{ $self->{life} };
		push @{ $self->{standing} }, $hold;
	}
}

sub settle
{
	my ($self) = @_;
	my (%words, %homes);

	$self->{words} = [ values %{ $self->{log} } ];
	push @{ $words{ $_->{home} } }, $_ for @{ $self->{words} };
	$homes{$_} = 1 for keys %words, keys %{ $self->{activity} }, keys %{ $self->{failures} };
	$self->{rows} = {};
	for my $home (keys %homes)
	{
		my $activity = $self->settle_activity($home);
		$self->{rows}{$home} = { consent => [ consent_rows(@{ $words{$home} // [] }) ], activity => $activity,
			cooldown => $self->settle_cooldowns($home, $activity) };
	}
	$self->settle_links;
	$self->settle_changes;
	$self->settle_holds;
	$self->{people} = {};
	return $self;
}

# --- One person, many identifiers: reach ------------------------------------------

# The changes away from an identifier.
sub leavings { my ($self, $id) = @_; return grep { $_->{holds} && $_->{old} eq $id } @{ $self->{moves} }; }

sub other_end { my ($link, $id) = @_; return $link->{ends}[ $link->{ends}[0] eq $id ? 1 : 0 ]; }

# Up to when counts what a link leads to, as this end of it was left since.  What named a BSUID or
# parent counts to the end of the day on which the link was seen last.
sub left_until
{
	my ($self, $id, $link) = @_;
	my @moves = $self->leavings($id);
	return INF if !@moves || latest(@$link{qw(first last)}) > latest(map { $_->{since} } @moves);
	my $left = latest(map { $_->{at} } @moves);
	return kind($id) == 0 ? $left : latest($left, $link->{last} + DAY - 1);
}

# Who is in reach of X: up to which instant its stops and failures count
# (events), and up to which its sightings lead on (expand).
sub reach
{
	my ($self, $x) = @_;
	my %members = ($x => { events => INF, expand => INF });
	my @todo = ($x);
	my $raise = sub {
		my ($id, $events, $expand) = @_;
		my $member = $members{$id} //= { events => -(INF), expand => -(INF) };
		return if $events <= $member->{events} && $expand <= $member->{expand};
		$member->{events} = latest($events, $member->{events});
		$member->{expand} = latest($expand, $member->{expand});
		push @todo, $id;
	};

	while (defined(my $id = shift @todo))
	{
		my ($events, $expand) = @{ $members{$id} }{qw(events expand)};

		for my $link (grep { $_->{holds} && $_->{since} <= $expand } @{ $self->{touching}{$id} // [] })
		{
			my $other = other_end($link, $id);
			my $until = earliest($expand, map { $self->left_until($_, $link) } $id, $other);
			$raise->($other, $until, kind($other) == 0 ? -(INF) : $until);
		}
		for my $move (grep { $_->{holds} && $_->{new} eq $id } @{ $self->{moves} })
		{
			my $until = earliest($move->{at}, $events);
			$raise->($move->{old}, $until, $until);
		}
	}
	return \%members;
}

# Does what protects and stands under an identifier count: as that of a member, or as
# what may have named both sides of a link that was removed later?
sub protects
{
	my ($person, $id, $at) = @_;
	my ($member, $span) = ($person->{members}{$id}, $person->{unlinked}{$id});
	return $member && $at <= $member->{events} || $span && $at >= $span->[0] && $at <= $span->[1];
}

# The first-named sides of removed links to members, each with the span of time in which
# what stands under it may have named both.  Where that is a BSUID, it may stand under a phone
# that was seen with it as well.
sub unlinked_sides
{
	my ($self, $members) = @_;
	my %spans;

	for my $link (grep { defined $_->{unlinked} } @{ $self->{links} })
	{
		my ($first, $second) = @{ $link->{ends} };
		next if !$members->{$second};
		my @phones = grep { $_->{ends}[1] eq $first && $_->{first} <= $link->{unlinked} } @{ $self->{links} };
		for ([ $first, $link->{first} ], map { [ $_->{ends}[0], latest($_->{first}, $link->{first}) ] } @phones)
		{
			my ($id, $since) = @$_;
			my $span = $spans{$id} //= [ $since, $link->{unlinked} ];
			$spans{$id} = [ earliest($span->[0], $since), latest($span->[1], $link->{unlinked}) ];
		}
	}
	return \%spans;
}

sub protecting { my ($person) = @_; my %ids = map { $_ => 1 } map { keys %{ $person->{$_} } } qw(members unlinked); return sort keys %ids; }

# --- ... and speaking ----------------------------------------------------------------

# Was this link seen at an instant for sure, by then?  The instant.
sub seen_for_sure { my ($link, $at) = @_; return $link->{last} + DAY <= $at ? latest($link->{since}, $link->{last}) : $link->{since}; }

# The last instant, by then, at which it may have been.
sub may_have_been_seen { my ($link, $at) = @_; return earliest($link->{last} + DAY - 1, $at); }

# The links of $a with others of $b's kind that were there by then.  What $b has replaced, and
# was not seen on a later day, is no rival.
sub rivals
{
	my ($self, $person, $link, $a, $b, $at) = @_;
	my %whose = map { $_ => 1 } kind($b) == 0 ? $self->ids_of_user($person, $a) : $a;
	return grep {
		my ($seen) = ($_);
		my ($other) = grep { !$whose{$_} } @{ $seen->{ends} };
		defined $other && $seen->{holds} && $seen->{since} <= $at && $other ne $b && kind($other) == kind($b)
		  && (kind($a) != 0 && kind($b) != 1 || may_be_same($link->{business}, $seen->{business}))
		  && !grep { $_->{holds} && $_->{old} eq $other && $_->{new} eq $b && $_->{sure} <= $at && latest(@$seen{qw(first last)}) <= $_->{sure} } @{ $self->{moves} };
	} map { @{ $self->{touching}{$_} } } keys %whose;
}

# The BSUIDs and parents in reach that were seen together with this one: one user's.
sub ids_of_user
{
	my ($self, $person, $id) = @_;
	my %ids = ($id => 1);
	my @todo = ($id);

	while (defined(my $next = shift @todo))
	{
		push @todo, grep { kind($_) != 0 && $person->{members}{$_} && !$ids{$_}++ } map { other_end($_, $next) } grep { $_->{holds} } @{ $self->{touching}{$next} };
	}
	return keys %ids;
}

# Were the ends of the link certainly each other's latest partner then?
sub certain
{
	my ($self, $person, $link, $at) = @_;
	return 0 if !$link->{holds} || $link->{since} > $at;
	my ($a, $b) = @{ $link->{ends} };
	my $sure = seen_for_sure($link, $at);

	return 0 if grep { may_have_been_seen($_, $at) >= $sure } $self->rivals($person, $link, $a, $b, $at), $self->rivals($person, $link, $b, $a, $at);
	return !grep { $_->{at} >= $sure && $_->{since} <= $at } map { $self->leavings($_) } $a, $b;
}

# Does what a member said at an instant reach X by what the business has seen, and over changes?
sub speaks { my ($self, $person, $member, $at, $business) = @_; return $self->hears($person, $member, $at, $business, 1); }

# Its own: by what the business has seen alone.  Inherited: also over changes, and by what
# other businesses have seen.
sub speaks_as_own { my ($self, $person, $member, $at, $business) = @_; return $self->hears($person, $member, $at, $business, 0); }
sub speaks_if_inherited { my ($self, $person, $member, $at) = @_; return $self->hears($person, $member, $at, '', 1); }

sub hears
{
	my ($self, $person, $member, $at, $business, $over_changes) = @_;
	my $members = $person->{members};
	return 1 if $member eq $person->{id};
	return 0 if !$members->{$member} || $at > $members->{$member}{events};
	my %heard = ($person->{id} => 1);
	my @todo = ($person->{id});

	while (defined(my $id = shift @todo))
	{
		my @next = map { other_end($_, $id) } grep { may_be_same($_->{business}, $business) && $self->certain($person, $_, $at) } @{ $self->{touching}{$id} // [] };
		push @next, map { $_->{old} } grep { $_->{holds} && $_->{new} eq $id && $at <= $_->{since} } $over_changes ? @{ $self->{moves} } : ();
		for my $next (grep { $members->{$_} && !$heard{$_}++ } @next)
		{
			return 1 if $next eq $member;
			push @todo, $next;
		}
	}
	return 0;
}

# --- What counts for X -------------------------------------------------------------------

sub word_counts
{
	my ($self, $person, $word) = @_;
	my $members = $person->{members};

	return 1 if grep { $_ eq $person->{id} } @{ $word->{names} };
	return scalar grep { $members->{$_} && $word->{at} <= $members->{$_}{events} } @{ $word->{names} } if $word->{state} eq 'stop';
	return !$word->{forgotten}{ $person->{id} } && $self->speaks_if_inherited($person, $word->{home}, $word->{at});
}

# Of another's resumes the 32 latest instants are looked at, in each register and business.
sub forget_resumes
{
	my ($self, $person) = @_;
	my %of;

	for my $word (grep { $_->{state} eq 'resume' } @{ $self->{words} })
	{
		my $member = $person->{members}{ $word->{home} };
		push @{ $of{"$word->{home}|$word->{register}|$word->{business}"}{ $word->{at} } }, $word if $member && $word->{at} <= $member->{events};
	}
	for my $by_time (values %of)
	{
		my @times = sort { $b <=> $a } keys %$by_time;
		$_->{forgotten}{ $person->{id} } = 1 for map { @{ $by_time->{$_} } } splice @times, @times > 32 ? 32 : @times;
	}
}

# Does what happened under another identifier loosen cooldowns of X?
sub is_evidence_for { my ($x, $home) = @_; return $home eq $x || kind($x) != 0 && kind($home) == 0; }

# Members linked with X by sightings of a business alone, whenever.
sub seen_together
{
	my ($self, $person, $business) = @_;
	my %together = ($person->{id} => 1);
	my @todo = ($person->{id});

	while (defined(my $id = shift @todo))
	{
		my @links = grep { $_->{holds} && may_be_same($_->{business}, $business) } @{ $self->{touching}{$id} // [] };
		push @todo, grep { $person->{members}{$_} && !$together{$_}++ } map { other_end($_, $id) } @links;
	}
	return \%together;
}

# Did the stop name X, or one that was seen together with it?
sub is_own_stop
{
	my ($person, $stop, $together) = @_;
	my $members = $person->{members};
	return grep { $together->{$_} && ($_ eq $person->{id} || $stop->{at} <= $members->{$_}{events}) } @{ $stop->{names} };
}

# Is an inherited resume barred by an own stop?
sub is_barred
{
	my ($self, $person, $inherited, $words, $resumed) = @_;
	my $together = $self->seen_together($person, $inherited->{business});
	my @stops = grep { $_->{state} eq 'stop' && $_->{register} eq $inherited->{register} } @$words;

	@stops = grep { $_->{business} eq $inherited->{business} } @stops if $inherited->{business} ne '';
	@stops = grep { my $up_to = $resumed->{"$_->{register}|$_->{business}"}; !defined $up_to || $_->{at} >= $up_to } @stops;
	return scalar grep { is_own_stop($person, $_, $together) } @stops;
}

# When was it first seen with another identifier, or left?
sub alone_until
{
	my ($self, $id) = @_;
	return earliest(INF, (map { $_->{first} } @{ $self->{touching}{$id} // [] }), map { $_->{first} } $self->leavings($id));
}

# A stop of another that named nobody else, and that was lifted there before that was seen with anybody.
sub is_taken_back
{
	my ($self, $person, $stop) = @_;
	my $home = $stop->{home};
	return 0 if $stop->{state} ne 'stop' || $home eq $person->{id} || @{ $stop->{names} } > 1;
	my $before = earliest($self->alone_until($home), $person->{members}{$home}{events} + 1);

	return scalar grep { $_->{state} eq 'resume' && $_->{home} eq $home && $_->{at} > $stop->{at} && $_->{at} < $before
		  && $_->{register} eq $stop->{register} && $_->{business} eq $stop->{business} } @{ $self->{words} };
}

# An inherited resume lifts what is inherited as well, and nothing where an own stop stands.
sub consents_of
{
	my ($self, $person) = @_;
	my @words = grep { $self->word_counts($person, $_) && !$self->is_taken_back($person, $_) } @{ $self->{words} };
	my (@own, @inherited, %resumed);

	for my $word (@words)
	{
		my $is_own = $word->{state} eq 'stop' || grep({ $_ eq $person->{id} } @{ $word->{names} })
		  || $self->speaks_as_own($person, $word->{home}, $word->{at}, $word->{business});
		push @{ $is_own ? \@own : \@inherited }, $word;
	}
	for my $word (grep { $_->{state} eq 'resume' } @own)
	{
		my $key = "$word->{register}|$word->{business}";
		$resumed{$key} = latest($resumed{$key}, $word->{at});
	}
	return consent_rows(@own, grep { !$self->is_barred($person, $_, \@own, \%resumed) } @inherited);
}

# The failures of one code and business: those of each member, less what its own
# traffic lifts, evaluated with evidence under X, and under phones where X is none.
sub cooldown_of
{
	my ($self, $person, $business, $code, %failures) = @_;
	my ($x, @activity) = ($person->{id}, @{ $person->{activity} });
	my ($stored) = grep { $_->{business} eq $business && $_->{code} eq $code } @{ ($self->{rows}{$x} // {})->{cooldown} // [] };
	return $stored if kind($x) == 0 && !grep { $_ ne $x } keys %failures;

	my $counts = sub { my ($row, $at) = @_; return $self->speaks($person, $row->{home}, $at, $row->{business}); };
	my %all;
	for my $id (keys %failures)
	{
		my $lifted = $id eq $x ? undef : lifted_up_to($code, $business, $counts, grep { $_->{home} eq $id } @activity);
		$all{$_} = 1 for grep { !defined $lifted || $_ > $lifted } @{ $failures{$id} };
	}
	return if !%all;
	return evaluated($code, $business, lifted_up_to($code, $business, $counts, grep { is_evidence_for($x, $_->{home}) } @activity),
		sort { $a <=> $b } keys %all);
}

sub cooldowns_of
{
	my ($self, $person) = @_;
	my %failures;

	for my $id (protecting($person))
	{
		for my $row (@{ ($self->{rows}{$id} // {})->{cooldown} // [] })
		{
			my @counting = grep { protects($person, $id, $_) } @{ $row->{failures} };
			$failures{"$row->{business}|$row->{code}"}{$id} = \@counting if @counting;
		}
	}
	return map { my ($business, $code) = split /\|/; $self->cooldown_of($person, $business, $code, %{ $failures{$_} }) } sort keys %failures;
}

# All that a decision about an identifier needs to know.
sub person
{
	my ($self, $id) = @_;
	return $self->{people}{$id} if $self->{people}{$id};
	my $person = { id => $id, members => $self->reach($id) };

	$person->{unlinked} = $self->unlinked_sides($person->{members});
	$person->{activity} = [ map { @{ ($self->{rows}{$_} // {})->{activity} // [] } } sort keys %{ $person->{members} } ];
	delete $_->{forgotten} for @{ $self->{words} };
	$self->forget_resumes($person);
	$person->{consent} = [ $self->consents_of($person) ];
	$person->{cooldown} = [ $self->cooldowns_of($person) ];
	$person->{windows} = [ grep { defined $_->{inbound} && $self->speaks($person, $_->{home}, $_->{inbound}, $_->{business}) } @{ $person->{activity} } ];
	$person->{refusals} = [ grep { defined $_->{refused} && protects($person, $_->{home}, $_->{refused}) }
		  map { @{ ($self->{rows}{$_} // {})->{activity} // [] } } protecting($person) ];
	return $self->{people}{$id} = $person;
}

# --- Decision ---------------------------------------------------------------

sub window_open
{
	my ($person, $asked, $sender, $at, @windows) = @_;

	for my $row (@windows)
	{
		next if $row->{inbound} > $at || $row->{inbound} + DAY <= $at;
		next if defined $asked && $row->{business} ne '' && $row->{business} ne $asked;
		next if defined $sender && $row->{sender} ne $sender;
		next if grep {
			$_->{refused} >= $row->{inbound} && may_be_same($_->{business}, $row->{business}) && may_be_same($_->{sender}, $row->{sender})
		} @{ $person->{refusals} };
		return 1;
	}
	return 0;
}

# A cooldown yields to a window under X, or under a phone where X is none, of its own business.
sub window_for
{
	my ($person, $business) = @_;
	return grep { may_be_same($business, $_->{business}) && is_evidence_for($person->{id}, $_->{home}) } @{ $person->{windows} };
}

# All who might send are held: each hold of one of them.
sub holds_for
{
	my ($self, $id, $category, $business, $sender, $at) = @_;
	my @asked = grep { (!defined $business || $_->[0] eq $business) && (!defined $sender || $_->[1] eq $sender) } @{ $self->{own} };
	@asked = ([ $business // '', $sender // '' ]) if !@asked;
	my $region = region($id);
	my @holds = grep { $_->{categories}{$category} && $_->{until} > $at && ($_->{region} eq '' || $region eq '' || $_->{region} eq $region) } @{ $self->{standing} };
	my $holds = sub { my ($hold, $own) = @_; return !grep { $hold->{ (qw(business sender))[$_] } !~ /^(|\Q$own->[$_]\E)$/ } 0, 1; };

	for my $own (@asked) { return if !grep { $holds->($_, $own) } @holds; }
	return grep { my $hold = $_; grep { $holds->($hold, $_) } @asked } @holds;
}

# All objections: [rule, reason, business, code, since, until]; '' where there is none.
sub objections
{
	my ($self, $phone, $category, $business, $sender, $at) = @_;
	my $id = canonical($phone);
	my @found;

	return [ 1, 'invalid_recipient', '', '', '', '' ] if !defined $id;
	my $person = $self->person($id);
	my $reaches = sub { !defined $business || $_[0]{business} eq '' || $_[0]{business} eq $business };

	if ($category eq 'marketing')
	{
		my @resumed_for_all = map { $_->{at} }
		  grep { $_->{register} eq 'business' && $_->{business} eq '' && $_->{state} eq 'resume' } @{ $person->{consent} };
		for my $row (grep { $reaches->($_) && $_->{state} eq 'stop' } @{ $person->{consent} })
		{
			next if $row->{register} eq 'business' && grep { $_ > $row->{at} } @resumed_for_all;
			push @found, [ $row->{register} eq 'whatsapp' ? (2, 'opted_out_whatsapp') : (3, 'opted_out_business'),
				@$row{qw(business code at)}, '' ];
		}
		push @found, [ 4, 'region', '', '', '', '' ] if region_forbids($id, $category);
	}
	for my $row (grep { $reaches->($_) } @{ $person->{cooldown} })
	{
		next if !$row->{law}{blocks}{$category} || !defined $row->{until} || $row->{until} <= $at;
		next if $row->{law}{yields} && window_open($person, $business, $sender, $at, window_for($person, $row->{business}));
		push @found, [ 5, 'cooldown', @$row{qw(business code)}, $row->{failures}[-1], shown($row->{until}) ];
	}
	push @found, [ 6, 'window_closed', '', '', '', '' ]
	  if $category eq 'service' && !window_open($person, $business, $sender, $at, @{ $person->{windows} });
	push @found, map { [ 7, 'sender_hold', $_->{business}, $_->{code} || '', $_->{since}, shown($_->{until}) ] }
	  $self->holds_for($id, $category, $business, $sender, $at);
	return @found;
}

# The instants at which an answer about somebody may turn.
sub turns
{
	my ($self, $phone) = @_;
	my $id = canonical($phone);
	return if !defined $id;
	my $person = $self->person($id);
	my %turns;

	$turns{$_} = 1 for grep { defined && $_ < INF } map { $_->{until} } @{ $person->{cooldown} };
	$turns{$_} = 1 for map { ($_->{inbound}, $_->{inbound} + DAY) } grep { defined $_->{inbound} } @{ $person->{activity} };
	$turns{$_} = 1 for grep { $_ < INF } map { $_->{until} } @{ $self->{standing} };
	return sort { $a <=> $b } keys %turns;
}

# The earliest instant from $at on without an objection; '' where there is none.
sub next_sendable
{
	my ($self, $phone, $category, $business, $sender, $at) = @_;

	for my $then ($at, grep { $_ > $at } $self->turns($phone))
	{
		return $then if !$self->objections($phone, $category, $business, $sender, $then);
	}
	return '';
}

# --- For people ------------------------------------------------------------------

# Rows as text, as the test's SQL writes them: nothing for NULL.
sub shown { return defined $_[0] && $_[0] != INF ? $_[0] : ''; }

sub dump
{
	my ($self, $table) = @_;
	my @homes = map { my $rows = $self->{rows}{$_}; my $home = $_; map { [ $home, $_ ] } @{ $rows->{ $table =~ s/^wa_//r } // [] } } keys %{ $self->{rows} };
	my %line = (
		wa_consent => sub { $_[0], @{ $_[1] }{qw(business register state at)}, shown($_[1]{stopped}), shown($_[1]{resumed}), @{ $_[1] }{qw(origin code sender message)} },
		wa_cooldown => sub { $_[0], @{ $_[1] }{qw(business code)}, join(',', @{ $_[1]{failures} }), shown($_[1]{lifted}), $_[1]{strikes}, shown($_[1]{until}) },
		wa_activity => sub { $_[0], @{ $_[1] }{qw(business sender)}, (map { shown($_[1]{$_}) } qw(inbound delivered read marketing refused)),
			shown($_[1]{wa_id}[0]), $_[1]{wa_id}[1] // '' });

	return sort keys %{ $self->{log} } if $table eq 'wa_consent_log';
	if ($table eq 'wa_identity')
	{
		# Those who are unlinked have a row for '', since a sighting may be told later.
		my %seen = map { ("@{ $_->{ends} }" => 1) } grep { $_->{business} eq '' } @{ $self->{links} };
		my @unlinked = map { { ends => [ split / / ], business => '', unlinked => $self->{unlinked}{$_} } }
		  grep { my ($a, $b) = split / /; kind($a) < kind($b) && !$seen{$_} } keys %{ $self->{unlinked} };
		return sort map { my $l = $_; join "\t", @{ $l->{ends} }, $l->{business}, map { shown($l->{$_}) } qw(first last unlinked) } @{ $self->{links} }, @unlinked;
	}
	if ($table eq 'wa_identity_change')
	{
		# Those who are unlinked have a row in either direction: a change may be told later.
		my %rows = map { $_ => { unlinked => $self->{unlinked}{$_} } } keys %{ $self->{unlinked} };
		$rows{"$_->{old} $_->{new}"} = $_ for @{ $self->{moves} };
		return sort map { my $id = $_; join "\t", split(/ /), map { shown($rows{$id}{$_}) } qw(first at unlinked) } keys %rows;
	}
	return sort map { join "\t", $line{$table}->(@$_) } @homes;
}

# An instant in words; how long something counts may have no end.
sub moment
{
	my ($us) = @_;
	return $us > 0 ? 'ever' : 'no time' if abs($us) >= INF;
	my @t = gmtime int($us / SECOND);
	return sprintf '%04d-%02d-%02d %02d:%02d:%02d%s', $t[5] + 1900, $t[4] + 1, $t[3], $t[2], $t[1], $t[0],
	  $us % SECOND ? sprintf('.%06d', $us % SECOND) : '';
}

# What is known of a person, for finding out why an answer is as it is:
# who is in reach, and all that happened to any of them, in order of time.
sub story
{
	my ($self, $phone) = @_;
	my $id = canonical($phone);
	return 'no identifier' if !defined $id;
	my $members = $self->person($id)->{members};
	my %of = map { $_ => 1 } keys %$members, map { @{ $_->{ends} } } map { @{ $self->{touching}{$_} // [] } } keys %$members;
	my %told;

	return (map({ "in reach: $_, events until " . moment($members->{$_}{events}) . ', sightings lead on until ' . moment($members->{$_}{expand}) } sort keys %$members),
		grep { !$told{$_}++ } map { moment($_->[0]) . "  $_->[1]" } sort { $a->[0] <=> $b->[0] || $a->[1] cmp $b->[1] }
		  grep { my ($at, $what, @ids) = @$_; grep { $of{$_} } @ids } @{ $self->{history} });
}

1;
