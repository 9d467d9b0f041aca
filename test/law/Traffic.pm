# Traffic: a generator of webhooks for the law tests.
#
# From a seed it makes weeks of traffic to and from a few dozen people of
# several businesses: so few that nearly every event meets others on its row,
# and at instants that tie with earlier ones or stand exactly where a rule
# turns (12 h, 24 h, 30 d, a second and a microsecond to either side).
#
# The unit is the atom: what one Meta server has to say in one "change", or one
# call of an SQL function.  Atoms may be shuffled, repeated and packed into
# payloads in any way without a change of meaning; that is the law.
#
#   { form => 'cloud' | 'test' | 'onprem' | 'call',
#     business => '…', field => '…', value => {…},    decoded JSON (not call)
#     received => microseconds since 1970,
#     timed => true where the meaning hangs on received }
#   { form => 'call', name => 'wa_opt_out' …, args => […] }
#
# In decoded JSON a number is a reference to its text, a string is a string.
package Traffic;

use strict;
use warnings;
use utf8;

use Exporter 'import';
our @EXPORT = qw(traffic people pack_atoms shuffled call_sql copy_line literal instant_sql
  chance pick SECOND HOUR DAY T0 SPAN BUSINESSES SENDERS);

use constant {
	SECOND => 1_000_000,
	HOUR => 3_600 * 1_000_000,
	DAY => 86_400 * 1_000_000,
	# 2025-11-03, and 45 days: more than the 30 of the longest memory.
	T0 => 1_762_128_000 * 1_000_000,
	SPAN => 45 * 86_400 * 1_000_000,
};
# Later than all events that have a time of their own.
use constant RECEIVED => T0 + 50 * DAY;

use constant BUSINESSES => ('100001', '100002', '100003');
use constant SENDERS => ('s1', 's2', 's3');

my %senders = (
	'100001' => [ 's1', 's2', '' ],
	'100002' => ['s3'],
	'100003' => [ 's4', 's1' ],
	'' => [ 's1', '' ]);

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }

sub shuffled
{
	my @a = @_;
	for (my $i = $#a; $i > 0; $i--)
	{
		my $j = int rand($i + 1);
		@a[ $i, $j ] = @a[ $j, $i ];
	}
	return @a;
}

# The people: every spelling of the phone under which one may come, what all
# of them must fold to, and perhaps a business-scoped user id and its parent.
sub people
{
	my @people;

	for my $i (10 .. 19)
	{
		# The first one fails more often than a row can hold; some fail a lot and
		# say little, so that their ladders are climbed.
		push @people, { busy => (131056, (131049, 131026) x 3)[ $i - 10 ], phones => [ "49151123456$i", "+49151123456$i", "49151123456$i " ] };
	}
	for my $i (10 .. 13)
	{
		push @people, { phones => [ "55319876543$i", "5531876543$i", "+55 31 9 8765-43$i" ] };
		push @people, { phones => [ "5255123456$i", "52155123456$i" ] };
		push @people, { phones => [ "5411123456$i", "54911123456$i" ] };
	}
	push @people, { phones => ['551132654321'] };    # a landline stays
	for my $area (qw(202 305 416 787 876))
	{
		push @people, { phones => [ "1${area}5550100", "+1${area}5550100" ] };
	}
	# Phones that come with a BSUID, or without, or a BSUID without the phone.
	for my $i (0 .. 6)
	{
		my $cc = ('DE', 'US', 'BR')[ $i % 3 ];
		push @people,
		  { phones => [ ("4477009001$i", "121255502$i" . '0', "55219912345$i" . '0')[ $i % 3 ] ],
			bsuid => "$cc.1349120865530274$i",
			$i < 3 ? (parent => "$cc.ENT.118157992128868$i") : () };
	}
	# Couples: phones that never come without their BSUID, but for calls of functions.
	for my $i (10 .. 69)
	{
		push @people, { both => 1, phones => ["4917612345$i"], bsuid => "DE.couple$i" };
	}
	for my $i (0 .. 4)
	{
		push @people, { phones => [], bsuid => ('US', 'DE', 'IN', 'US', 'MX')[$i] . ".Ab9$i" };
	}
	return @people;
}

# --- Elements -------------------------------------------------------------

my ($serial, %instants);

# An instant for somebody, in whole seconds but for a few.
sub instant
{
	my ($who) = @_;
	my $known = $instants{$who} //= [];
	my $at;

	if (@$known && chance(0.55))
	{
		$at = pick(@$known) + pick(0, 0, 0, 4 * SECOND, 16 * SECOND, 12 * HOUR, -12 * HOUR,
			24 * HOUR, -24 * HOUR, 48 * HOUR, 7 * DAY, 30 * DAY, -30 * DAY);
		$at += pick(0, 0, SECOND, -SECOND, 500_000, 1_000, -1_000);
		$at -= int($at / SECOND / 60 % 60) * SECOND if chance(0.1);
	}
	elsif (chance(0.3))
	{
		# A burst: everything within one of some hundred minutes.
		$at = T0 + int(rand(100)) * 10 * HOUR + int(rand(60)) * SECOND;
	}
	else
	{
		$at = T0 + int(rand(SPAN / SECOND)) * SECOND;
	}
	$at = T0 + ($at % SPAN) if $at < T0 || $at >= T0 + SPAN;
	push @$known, $at if @$known < 40;
	return $at;
}

# Words of consent often fall on one of a few instants, where stops and resumes
# of one row tie; so do messages and refusals.
sub appointed { return chance(0.5) ? T0 + pick(14, 35, 42, 42) * DAY : $_[0]; }

# A time as webhooks write it: text or number, seconds or milliseconds.
sub written
{
	my ($us) = @_;
	my $text =
	  $us % SECOND == 0 && chance(0.8) ? $us / SECOND : int($us / 1000);
	return chance(0.75) ? "$text" : \"$text";
}

sub id { return 'wamid.' . (chance(0.3) ? int rand 40 : ++$serial); }

# Codes with an effect come again and again on the same few rows.
my @codes = ((131049) x 6, (131026) x 6, (131056) x 4, (130472) x 4, (130403) x 4, (472) x 3, (1013) x 2,
	(131050) x 2, (131047) x 3, 470, (1026) x 4, 131000, 131051, 100, 131053,
	131042, 999999, 77, 500);

sub failed_errors
{
	my ($person) = @_;
	my $n = chance(0.85) ? 1 : 2;
	return [
		map {
			my $code = $person->{busy} && chance(0.7) ? $person->{busy} : pick(@codes);
			{ code => chance(0.8) ? \"$code" : "$code", title => pick('Something', 'STOP', 'Message undeliverable') }
		} 1 .. $n
	];
}

my @plain = ("hello", "don't stop", "please don't stop", "stop it now", "YES", "can I start?", "\x{1F642}",
	"unstoppable", "", "...");
my @stops = ("STOP", "stop", " Stop. ", "Stop promotions", "ARR\x{CA}T!", "baja", "unsubscribe",
	"\x{625}\x{64A}\x{642}\x{627}\x{641}", "Stop   all!!", "ST\x{D3}P", "please stop", "*STOP* \x{1F6D1}");
my @starts = ("START", "start!!", "UnStop", "Resume promotions\n", "start, please");
our %meaning = ((map { $_ => 'stop' } @stops), (map { $_ => 'resume' } @starts));

sub words
{
	my $r = rand;
	return $r < 0.5 ? pick(@stops) : $r < 0.8 ? pick(@starts) : pick(@plain);
}

# The keys under which an element names its user.
my %keys = (
	status => [qw(recipient_id recipient_user_id recipient_parent_user_id)],
	message => [qw(from from_user_id from_parent_user_id)],
	preference => [qw(wa_id user_id parent_user_id)]);

sub name_user
{
	my ($element, $kind, $person) = @_;
	my ($phone, $bsuid, $parent) = @{ $keys{$kind} };
	my $with_bsuid = $person->{bsuid} && (!@{ $person->{phones} } || $person->{both} || chance(0.6));

	$element->{$phone} = pick(@{ $person->{phones} })
	  if @{ $person->{phones} } && (!$with_bsuid || $person->{both} || chance(0.6));
	$element->{$bsuid} = $person->{bsuid} if $with_bsuid;
	$element->{$parent} = $person->{parent} if $with_bsuid && $person->{parent} && chance(0.5);
	# Numbers may stand as numbers.
	$element->{$phone} = \"$element->{$phone}"
	  if defined $element->{$phone} && $element->{$phone} =~ /^\d+$/ && chance(0.05);
}

sub contact
{
	my ($person) = @_;
	my %contact = (profile => { name => 'N' });

	return { wa_id => $person->{phones}[0], user_id => $person->{bsuid} } if $person->{both};
	$contact{wa_id} = pick(@{ $person->{phones} }) if @{ $person->{phones} } && chance(0.9);
	$contact{wa_id} = '' if !defined $contact{wa_id} && chance(0.3);
	$contact{user_id} = $person->{bsuid} if $person->{bsuid} && chance(0.7);
	$contact{parent_user_id} = $person->{parent} if $person->{parent} && chance(0.4);
	return \%contact;
}

# One element: the array it stands in, the element, whether it depends on the
# time of receipt, and that time.
sub element
{
	my ($person) = @_;
	my $who = $person->{bsuid} // $person->{phones}[0];
	my $at = instant($who);
	my ($timed, $received) = (0, RECEIVED);
	my $r = rand 100;
	my ($array, %e) = ('messages');

	if ($person->{busy} && $person->{busy} != 131056 && chance(0.85))
	{
		# A failure on a grid of gaps, here or a memory further on.
		$r = 25 + rand 25;
		$at = T0 + DAY + int(rand 50) * 6 * HOUR + pick(0, 30 * DAY);
	}
	$at = appointed($at) if $r >= 83 || ($r >= 64 && $r < 77) || ($r >= 50 && $r < 64 && chance(0.2));

	if ($r < 50)
	{
		$array = 'statuses';
		name_user(\%e, 'status', $person);
		$e{id} = id();
		if ($r < 21)
		{
			$e{status} = pick('delivered', 'delivered', 'read', 'played');
			my $category = pick('marketing', 'marketing', 'marketing_lite', 'utility',
				'authentication_international', 'service');
			my $p = rand;
			$e{pricing} = { billable => 'true', category => $category } if $p < 0.5;
			$e{conversation} = { id => 'c', origin => { type => $category } } if $p > 0.4 && $p < 0.7;
		}
		elsif ($r < 24) { $e{status} = 'sent'; }
		elsif ($r < 25) { $e{status} = pick('deleted', 'RINGING', 'in_orbit'); }
		else
		{
			$e{status} = 'failed';
			$e{errors} = failed_errors($person);
			delete $e{errors} if chance(0.01);
			# A refusal at the instant of a message shuts the window that it opens.
			$at = appointed($at) if grep { ${ $_->{code} } eq '131047' } grep { ref $_->{code} } @{ $e{errors} // [] };
		}
		if (defined $e{recipient_id} && chance(0.03))
		{
			$e{recipient_participant_id} = $e{recipient_id};
			$e{recipient_participant_user_id} = delete $e{recipient_user_id} if $e{recipient_user_id};
			delete $e{recipient_parent_user_id};
			@e{qw(recipient_id recipient_type)} = ('120363000000000001', 'group');
		}
	}
	elsif ($r < 86)
	{
		name_user(\%e, 'message', $person);
		$e{id} = id();
		if ($r < 64) { @e{qw(type text)} = ('text', { body => pick(@plain) }); }
		elsif ($r < 71) { @e{qw(type text)} = ('text', { body => words() }); }
		elsif ($r < 74) { @e{qw(type button)} = ('button', { text => words(), payload => words() }); }
		elsif ($r < 77)
		{
			@e{qw(type interactive)} = ('interactive',
				{ type => 'button_reply', button_reply => { id => 'b1', title => words() } });
		}
		elsif ($r < 78)
		{
			@e{qw(type interactive)} = ('interactive',
				{ type => 'list_reply', list_reply => { id => 'b1', title => 'STOP' } });
		}
		elsif ($r < 79) { @e{qw(type image)} = ('image', { id => '1', caption => 'STOP' }); }
		elsif ($r < 80)
		{
			@e{qw(type errors)} = ('unsupported', [ { code => \'131050', title => 'x' } ]);
		}
		elsif ($r < 82)
		{
			@e{qw(type text)} = (pick('reaction', 'edit', 'revoke', 'request_welcome'), { body => 'STOP' });
		}
		elsif ($r < 83) { @e{qw(type system)} = ('system', { type => 'customer_identity_changed', body => 'STOP' }); }
		else
		{
			@e{qw(type system)} = ('system',
				{ type => 'user_preference_changed', marketing => pick('stop', 'resume', 'resume', 'maybe') });
		}
	}
	else
	{
		$array = 'user_preferences';
		name_user(\%e, 'preference', $person);
		@e{qw(category value detail)} = ('marketing_messages',
			pick('stop', 'stop', 'stop', 'resume', 'resume', 'resume', 'resume', 'signup', 'resumed'), 'User requested');
		delete $e{category} if chance(0.05);
		$e{category} = 'all_messages' if chance(0.03);
	}

	# Its time; a few have none, and a few one that cannot be.
	$e{timestamp} = written($at);
	if (chance(0.02))
	{
		delete $e{timestamp};
		$timed = 1;
		$received = $at;
	}
	elsif (chance(0.015))
	{
		$timed = 1;
		$received = $at - pick(600, 601, 599) * SECOND;
		$e{timestamp} = "" . int($at / 1000);
	}
	elsif (chance(0.02))
	{
		$e{timestamp} = pick('4102444800', \'4102444800000', '1230767999', '1230768000', \'1230768000',
			'soon', '12x', '-5', \'0');
	}

	# Somebody who is nobody.
	if (chance(0.02))
	{
		my ($phone, @others) = @{ $keys{ $array eq 'statuses' ? 'status' : $array eq 'messages' ? 'message' : 'preference' } };
		delete @e{@others} if chance(0.7);
		$e{$phone} = pick('12345', 'nobody', '', '0123456789', '1234567890123456', 'US.x+y', 'u1.12');
	}
	return ($array, \%e, $timed, $received);
}

sub other_change
{
	my $r = int rand 5;
	return ('account_alerts', { entity_type => 'BUSINESS' }) if $r == 0;
	return ('xyz', { messages => [], whatever => \'7' }) if $r == 1;
	return ('smb_message_echoes', { metadata => { phone_number_id => 's1' },
			message_echoes => [ { from => '4915112345610', to => '4915112345611', id => id(),
					timestamp => written(T0), type => 'text', text => { body => 'STOP' } } ] })
	  if $r == 2;
	return ('messages', { metadata => { phone_number_id => 's1' }, errors => [ { code => \'130429' } ] })
	  if $r == 3;
	return ('messages', { metadata => { phone_number_id => 's1' }, messages => pick(\'7', []) });
}

sub call_atom
{
	my ($person) = @_;
	my $recipient = @{ $person->{phones} } ? pick(@{ $person->{phones} }) : $person->{bsuid};
	my $business = pick('', '', BUSINESSES);
	my $at = instant($person->{bsuid} // $person->{phones}[0]);
	my $r = rand;

	return { form => 'call', name => 'wa_report_error',
		args => [ $recipient, pick(@codes), \$at, $business, $business eq '' ? '' : pick(@{ $senders{$business} }), id() ] }
	  if $r < 0.4;
	return { form => 'call', name => $r < 0.65 ? 'wa_opt_out' : 'wa_opt_in',
		args => [ $recipient, pick('form 12', 'by phone', 'till'), $business, \appointed($at) ] };
}

# n atoms.  The same seed and n make the same traffic on every machine.
sub traffic
{
	my ($seed, $n) = @_;
	my @people = grep { !$_->{both} } people();
	my @couples = grep { $_->{both} } people();
	my @atoms;

	srand($seed);
	$serial = 0;
	%instants = ();
	while (@atoms < $n)
	{
		if (chance(0.03))
		{
			push @atoms, call_atom(chance(0.1) ? pick(@couples) : pick(@people));
			next;
		}

		my $first = chance(0.15) ? pick(@couples) : chance(0.1) ? $people[0] : chance(0.1) ? pick(@people[ 1 .. 6 ]) : pick(@people);
		my $form = $first->{busy} || chance(0.8) ? 'cloud' : chance(0.5) ? 'onprem' : 'test';
		my $business = $first->{busy} ? '100001' : $form eq 'cloud' ? pick(BUSINESSES, BUSINESSES, '100001', '') : '';
		my $sender = $form eq 'onprem' ? '' : pick(@{ $senders{$business} });
		my %atom = (form => $form, business => $business, received => RECEIVED, timed => 0);

		if ($form eq 'cloud' && chance(0.02))
		{
			@atom{qw(field value)} = other_change();
			push @atoms, \%atom;
			next;
		}

		my (%value, %contacts);
		my $elements = chance(0.85) ? 1 : 2 + int rand 3;
		for my $i (1 .. $elements)
		{
			my $person = $i == 1 ? $first : pick(@people);
			my ($array, $element, $timed, $received) = element($person);

			# Only one time of receipt to an atom, one field to a change.
			next if $i > 1 && ($timed || $atom{timed});
			next if $i > 1 && ($array eq 'user_preferences') != exists $value{user_preferences};
			@atom{qw(timed received)} = ($timed, $received) if $timed;
			push @{ $value{$array} }, $element;
			my $wanted = $array eq 'messages' ? 0.75 : $array eq 'statuses' ? 0.3 : 0.4;
			$wanted = 0.05 if ($element->{status} // '') eq 'failed';
			$contacts{ $person->{bsuid} // $person->{phones}[0] } //= contact($person)
			  if chance($wanted);
		}
		$value{contacts} = [ map { $contacts{$_} } sort keys %contacts ] if %contacts;
		if ($form ne 'onprem')
		{
			$value{messaging_product} = 'whatsapp';
			$value{metadata} = { display_phone_number => '15550001111', phone_number_id => $sender }
			  if $sender ne '';
			$atom{field} = exists $value{user_preferences} ? 'user_preferences' : 'messages';
		}
		$atom{value} = \%value;
		push @atoms, \%atom;
	}
	return @atoms;
}

# --- Payloads -------------------------------------------------------------

sub json_string
{
	my ($s) = @_;
	my $ascii = chance(0.5);

	$s =~ s/([\\"])/\\$1/g;
	$s =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
	$s =~ s{([^\x00-\x7f])}{
		my $c = ord $1;
		!$ascii ? $1 : $c < 0x10000 ? sprintf('\\u%04x', $c)
		  : sprintf('\\u%04x\\u%04x', 0xD800 + (($c - 0x10000) >> 10), 0xDC00 + ($c & 0x3FF))
	}ge;
	return "\"$s\"";
}

sub json
{
	my ($node) = @_;

	return json_string($node) if !ref $node;
	return $$node if ref $node eq 'SCALAR';
	return '[' . join(',', map { json($_) } @$node) . ']' if ref $node eq 'ARRAY';
	my @keys = sort keys %$node;
	@keys = reverse @keys if chance(0.5);
	return '{' . join(',', map { json_string($_) . ':' . json($node->{$_}) } @keys) . '}';
}

# What two changes to the same sender, without contacts, say in one.
sub merged_value
{
	my ($a, $b) = @_;
	my %value = %$a;

	for my $array (qw(statuses messages user_preferences))
	{
		$value{$array} = [ @{ $a->{$array} // [] }, @{ $b->{$array} // [] } ]
		  if $a->{$array} || $b->{$array};
	}
	return \%value;
}

sub mergeable
{
	my ($a, $b) = @_;
	for my $value ($a, $b)
	{
		return 0 if exists $value->{contacts} || exists $value->{errors} || exists $value->{message_echoes};
		return 0 if grep { ref $value->{$_} eq 'SCALAR' } keys %$value;
	}
	return (($a->{metadata} // {})->{phone_number_id} // '') eq (($b->{metadata} // {})->{phone_number_id} // '');
}

# Pack atoms, in their order, into payloads of at most $size(): rows [payload,
# received].  Calls are none of them and must not be in here.
sub pack_atoms
{
	my ($size, @atoms) = @_;
	my @rows;

	while (@atoms)
	{
		my $room = $size->();
		my $received = $atoms[0]{received};
		my @parts;

		while (@atoms && $room-- > 0 && $atoms[0]{received} == $received)
		{
			my $atom = shift @atoms;

			if ($atom->{form} eq 'onprem') { push @parts, $atom->{value}; next; }
			my $change = { field => $atom->{field}, value => $atom->{value} };
			if ($atom->{form} eq 'test') { push @parts, $change; next; }

			if (!@parts || !$parts[-1]{entry} || chance(0.1))
			{
				push @parts, { object => 'whatsapp_business_account', entry => [] };
			}
			my $entries = $parts[-1]{entry};
			if (!@$entries || $entries->[-1]{id} ne $atom->{business} || chance(0.3))
			{
				push @$entries, { id => $atom->{business}, changes => [] };
			}
			my $changes = $entries->[-1]{changes};
			if (@$changes && $changes->[-1]{field} eq $change->{field} && chance(0.5) &&
				mergeable($changes->[-1]{value}, $change->{value}))
			{
				$changes->[-1] = { field => $change->{field},
					value => merged_value($changes->[-1]{value}, $change->{value}) };
			}
			else { push @$changes, $change; }
		}
		push @rows, [ json(@parts == 1 && chance(0.9) ? $parts[0] : \@parts), $received ];
	}
	return @rows;
}

sub literal
{
	my ($s) = @_;
	return 'NULL' if !defined $s;
	$s =~ s/'/''/g;
	return $s =~ s/\\/\\\\/g ? " E'$s'" : "'$s'";
}

# An instant in microseconds as SQL.
sub instant_sql
{
	my ($us) = @_;
	return sprintf "(timestamptz 'epoch' + interval '%d seconds %d microseconds')",
	  int($us / SECOND), $us % SECOND;
}

sub call_sql
{
	my ($call) = @_;
	return "SELECT $call->{name}(" . join(', ', map { ref $_ ? instant_sql($$_) : literal($_) } @{ $call->{args} }) . ')';
}

# A row for COPY: payload and received_at.
sub copy_line
{
	my ($row) = @_;
	my ($payload, $received) = @$row;
	$payload =~ s/\\/\\\\/g;
	my @t = gmtime int($received / SECOND);
	return sprintf "%s\t%04d-%02d-%02d %02d:%02d:%02d.%06d+00\n", $payload,
	  $t[5] + 1900, $t[4] + 1, $t[3], $t[2], $t[1], $t[0], $received % SECOND;
}

1;
