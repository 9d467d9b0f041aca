# Traffic: a generator of webhooks for the law tests.
#
# From a seed it makes weeks of traffic to and from some hundred people of
# several businesses: so few that nearly every event meets others on its row,
# and at instants that tie with earlier ones or stand exactly where a rule
# turns (12 h, 24 h, 30 d, a second and a microsecond to either side).  Most
# come by phone and BSUID together; some hide the phone for a time, change
# number or BSUID, or use a phone that was somebody else's.
#
# The unit is the atom: what one Meta server has to say in one "change", or one
# call of an SQL function.  Atoms may be shuffled, repeated and packed into
# payloads in any way without a change of meaning; that is the law.
#
#   { form => 'cloud' | 'test' | 'onprem' | 'call',
#     business => '…', field => '…', value => {…},    decoded JSON (not call)
#     received => microseconds since 1970,
#     timed => true where the meaning hangs on received }
#   { form => 'call', name => 'wa_opt_out' …, args => […], named => {…} }
#
# In decoded JSON a number is a reference to its text, a string is a string.
package Traffic;

use strict;
use warnings;
use utf8;

use Exporter 'import';
use People;
our @EXPORT = qw(traffic people spellings unlinks pack_atoms shuffled call_sql copy_line literal instant_sql
  chance pick status_atom known_senders SECOND HOUR DAY T0 SPAN BUSINESSES);

# Later than all events that have a time of their own.
use constant RECEIVED => T0 + 50 * DAY;

use constant BUSINESSES => ('100001', '100002', '100003');

my %senders = (
	'100001' => [ 's1', 's2', '' ],
	'100002' => ['s3'],
	'100003' => [ 's4', 's1' ],
	'' => [ 's1', '' ]);

# All pairs of business and sender that the traffic knows.
sub known_senders { return map { my $b = $_; map { [ $b, $_ ] } @{ $senders{$b} } } sort keys %senders; }


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
sub appointed { return chance(0.6) ? T0 + pick(14, 35, 42, 42) * DAY : $_[0]; }

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

# Codes that hold a sender back.
my @holding = (131031, 368, 131042, 131063, 131064, 80007, 130497, 131048, 131045, 131037, 133010, 130429, 131057);

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

# Phrases as they stand in wa_phrase, in other spellings, among polite words; and what
# only looks like one: a question, a doubtful opt-in, a phrase that is not active.
my @plain = ("hello", "don't stop", "YES", "can I start?", "START?", "ok start", "start \x{274C}", "CANCEL", "we never stop",
	"\x{1F642}", "unstoppable", "", "...");
my @stops = ("STOP", "stop", " Stop. ", "Stop promotions", "ARR\x{CA}T!", "baja", "unsubscribe",
	"\x{625}\x{64A}\x{642}\x{627}\x{641}", "Stop   all!!", "ST\x{D3}P", "please stop", "*STOP*", "\x{1F6D1} stop, thank you",
	"Stop stop", "ok, unsubscribe", "STOP?");
my @starts = ("START", "start!!", "UnStop", "Resume promotions\n", "_please_ start", "Opt in \x{1F642}");
our %meaning = ((map { $_ => 'stop' } @stops), (map { $_ => 'resume' } @starts));

sub words
{
	my $r = rand;
	return $r < 0.5 ? pick(@stops) : $r < 0.8 ? pick(@starts) : pick(@plain);
}

# The keys under which an element names its user.
my %keys = (
	statuses => [qw(recipient_id recipient_user_id recipient_parent_user_id)],
	messages => [qw(from from_user_id from_parent_user_id)],
	calls => [qw(from from_user_id from_parent_user_id)],
	user_preferences => [qw(wa_id user_id parent_user_id)]);
my @contact_keys = qw(wa_id user_id parent_user_id);

sub name_user
{
	my ($element, $array, $face) = @_;
	my @keys = @{ $keys{$array} };

	defined $face->[$_] and $element->{ $keys[$_] } = $face->[$_] for 0 .. 2;
	# Numbers may stand as numbers.
	$element->{ $keys[0] } = \"$face->[0]" if defined $face->[0] && $face->[0] =~ /^\d+$/ && chance(0.05);
}

# The contact of somebody: names the same, or more, and a number as it pleases.
sub contact
{
	my ($person, $face, $at, $business) = @_;
	my %contact = (profile => { name => 'N' });
	my $stage = stage($person, $at);
	my @more = ($stage->{phones}[0], ($stage->{by} // {})->{$business} // $stage->{bsuid}, $stage->{parent});

	for my $i (0 .. 2)
	{
		my $id = chance(0.8) ? $face->[$i] // ($i < 2 && chance(0.6) ? $more[$i] : undef) : undef;
		$id = pick(@{ $stage->{phones} }) if defined $id && $i == 0 && chance(0.5);
		$contact{ $contact_keys[$i] } = $id if defined $id;
	}
	$contact{wa_id} = '' if !defined $contact{wa_id} && chance(0.3);
	return \%contact;
}

# One of the same four, so that not everybody is linked with everybody in the end.
sub neighbour
{
	my ($person, @all) = @_;
	my ($n) = grep { $all[$_] == $person } 0 .. $#all;
	return pick(grep { defined } @all[ map { $n - $n % 4 + $_ } 0 .. 3 ]);
}

# A contact of somebody else, or of somebody else in part.
sub wrong_contact
{
	my ($face, $others) = @_;
	my %contact = (profile => { name => 'W' });
	my @mixed = map { chance(0.6) ? $others->[$_] : $face->[$_] } 0 .. 2;

	defined $mixed[$_] and $contact{ $contact_keys[$_] } = $mixed[$_] for 0 .. 2;
	return \%contact;
}

sub picture { return (type => $_[0], $_[0] => { id => '1', caption => words() }); }

# A message: its type and what comes with it, by a number below 36.
sub message_body
{
	my ($r) = @_;

	return (type => 'text', text => { body => pick(@plain) }, chance(0.06) ? (group_id => 'Y2FwaV9ncm91cDox') : ()) if $r < 14;
	return (type => 'text', text => { body => words() }, chance(0.05) ? (group_id => 'Y2FwaV9ncm91cDox') : ()) if $r < 21;
	return (type => 'button', button => { text => words(), payload => words() }) if $r < 24;
	return (type => 'interactive', interactive => { type => 'button_reply', button_reply => { id => 'b1', title => words() } }) if $r < 27;
	return (type => 'interactive', interactive => { type => 'list_reply', list_reply => { id => 'b1', title => words() } }) if $r < 27.5;
	return (type => 'interactive', interactive => { type => 'call_permission_reply',
			call_permission_reply => { response => 'accept', response_source => pick('automatic', 'user_action') } }) if $r < 28.5;
	return picture(pick(qw(image video document))) if $r < 29.5;
	return (type => 'unsupported', errors => [ { code => \'131050', title => 'x' } ]) if $r < 30.5;
	return (type => 'edit', edit => { original_message_id => id(), message => { type => 'text', text => { body => words() } } }) if $r < 31.5;
	return (type => pick('reaction', 'revoke', 'request_welcome'), text => { body => 'STOP' }) if $r < 32.5;
	return (type => 'system', system => { type => 'customer_identity_changed', body => 'STOP' }) if $r < 33;
	return (type => 'system', system => { type => 'user_preference_changed', marketing => pick('stop', 'resume', 'resume', 'maybe') });
}

# One element: the array it stands in, the element, whether it depends on the
# time of receipt, that time, the face of its user, and when it happened.
sub element
{
	my ($person, $business, $face) = @_;
	my $at = instant($person->{key});
	my ($timed, $received) = (0, RECEIVED);
	my $r = rand 100;
	my ($array, %e) = ('messages');

	$at = $person->{since} + $at % (T0 + SPAN - $person->{since}) if $at < $person->{since};
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
		$e{id} = id();
		if ($r < 21)
		{
			$e{status} = pick('delivered', 'delivered', 'read', 'played');
			my $category = pick('marketing', 'marketing', 'marketing_lite', 'group_marketing', 'utility',
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
			# A receipt and a refusal that cross.
			$at += pick(-60, -59, -61) * SECOND if chance(0.1);
		}
	}
	elsif ($r < 86) { %e = (id => id(), message_body($r - 50)); }
	else
	{
		$array = 'user_preferences';
		@e{qw(category value detail)} = ('marketing_messages',
			pick('stop', 'stop', 'stop', 'resume', 'resume', 'resume', 'resume', 'signup', 'resumed'), 'User requested');
		$e{signup_id} = pick('77', '78') if $e{value} eq 'signup';
		delete $e{category} if chance(0.05);
		$e{category} = 'all_messages' if chance(0.03);
	}
	$face //= face($person, $at, $business, ($e{status} // '') eq 'failed');
	name_user(\%e, $array, $face);
	if ($array eq 'statuses' && defined $e{recipient_id} && !defined $e{recipient_parent_user_id} && chance(0.03))
	{
		$e{recipient_participant_id} = $e{recipient_id};
		$e{recipient_participant_user_id} = delete $e{recipient_user_id} if $e{recipient_user_id};
		@e{qw(recipient_id recipient_type)} = ('120363000000000001', 'group');
	}

	# Its time; a few have none, and a few one that cannot be.
	$e{timestamp} = written($at);
	if (chance(0.02))
	{
		delete $e{timestamp};
		($timed, $received) = (1, $at);
	}
	elsif (chance(0.015))
	{
		$timed = 1;
		$received = $at - pick(600, 601, 599) * SECOND;
		$e{timestamp} = "" . int($at / 1000);
	}
	elsif (chance(0.03) && ($e{type} // '') ne 'edit' && ($e{value} // 'stop') =~ /^(stop|resume)$/ && ($e{category} // '') ne 'all_messages' &&
		(($e{system} // {})->{marketing} // '') ne 'maybe' && (($e{status} // '') ne 'failed' || $e{errors}))
	{
		($timed, $received) = (1, $at);
		$e{timestamp} = pick('4102444800', \'4102444800000', '1230767999', '1230768000', \'1230768000',
			'soon', '12x', '-5', \'0');
	}

	# Somebody who is nobody.
	if (chance(0.02) && ($e{type} // '') ne 'edit')
	{
		my ($phone, @others) = @{ $keys{$array} };
		delete @e{@others} if chance(0.7);
		$e{$phone} = pick('12345', 'nobody', '', '0123456789', '1234567890123456', 'US.x y', 'USA.12', 'us.');
	}
	return ($array, \%e, $timed, $received, $face, $at);
}

# --- Changes of identifier -------------------------------------------------

# The webhook that tells of the step from one stage to the next: a field, and a
# value without metadata.
sub told_change
{
	my ($how, $old, $new, $at) = @_;
	my ($from, $to) = map { pick(@{ $_->{phones} }) } $old, $new;
	my %update = (timestamp => written($at), detail => 'x', user_id => { previous => $old->{bsuid}, current => $new->{bsuid} },
		$old->{parent} ? (parent_user_id => { previous => $old->{parent}, current => $new->{parent} }) : ());
	my %ids = (user_id => $new->{bsuid}, $new->{parent} ? (parent_user_id => $new->{parent}) : ());
	my %previous = (previous_user_id => $old->{bsuid}, $old->{parent} ? (previous_parent_user_id => $old->{parent}) : ());

	# The contact still has the old ids, or has the new ones, or neither.
	my ($told, $phone) = @{ pick([ $old, $from ], [ $new, $to ], [ {}, $from ]) };
	my %contact = map { defined $_->[1] ? @$_ : () } [ wa_id => $phone ], [ user_id => $told->{bsuid} ], [ parent_user_id => $told->{parent} ];

	return ('user_id_update', { user_id_update => [ { %update, $how eq 'update_phone' ? (wa_id => $from) : () } ],
		chance(0.4) ? (contacts => [ \%contact ]) : () }) if $how =~ /^update/;
	my %system =
	  $how eq 'number' ? (type => pick(qw(user_changed_number customer_changed_number)), pick(qw(wa_id new_wa_id)) => $to)
	  : $how eq 'number_ids' ? (type => 'user_changed_number', wa_id => $to, %ids, chance(0.5) ? %previous : ())
	  : $how eq 'number_hidden' ? (type => 'user_changed_number', %ids, %previous)
	  : $how eq 'user_id' ? (type => 'user_changed_user_id', wa_id => $to, %ids)
	  : (type => 'user_changed_user_id', %ids, %previous);
	# Another BSUID, told with the new phone as the old one.
	$from = $to if $how eq 'user_id' && $serial % 5 == 0;
	delete $system{type} if $system{new_wa_id} && chance(0.3);
	return ('messages', { messages => [ { id => id(), timestamp => written($at), type => 'system', system => { body => 'x', %system },
				defined $from ? (from => $from) : () } ] });
}

sub change_atom
{
	my ($person) = @_;
	my @stages = @{ $person->{stages} };
	my $i = int rand $#stages;
	my $business = pick('100001', '100001', BUSINESSES);
	# Told once more, at another instant, now and then; or by a wrong clock.
	my $at = $stages[$i]{until} + pick(0, 0, 0, 5 * SECOND, 20 * HOUR, -20 * HOUR, 11 * DAY);
	my ($field, $value) = told_change($person->{how}, @stages[ $i, $i + 1 ], $at);
	my $wrong = chance(0.08);

	$_->{timestamp} = pick('soon', '4102444800', '1230767999') for $wrong ? map { @{ $value->{$_} // [] } } qw(messages user_id_update) : ();
	$value->{messaging_product} = 'whatsapp';
	$value->{metadata} = { phone_number_id => $senders{$business}[0] };
	return { form => 'cloud', business => $business, received => $wrong ? $at : RECEIVED, timed => $wrong ? 1 : 0, field => $field, value => $value };
}

# A call itself, or what became of one by the business.
sub phone_call
{
	my ($call, $face) = @_;
	my %status = (id => $call->{id}, type => 'call', status => pick('RINGING', 'ACCEPTED', 'REJECTED'), timestamp => $call->{timestamp});

	return (calls => [$call]) if $call->{direction} eq 'USER_INITIATED' || chance(0.5);
	name_user(\%status, 'statuses', $face);
	return (statuses => [ \%status ]);
}

# A call by the user, or by the business.
sub phone_call_atom
{
	my ($person) = @_;
	my $business = pick(BUSINESSES);
	my $at = instant($person->{key});
	my $face = face($person, $at, $business, 0);
	my %call = (id => 'wacid.' . ++$serial, to => '15550001111', timestamp => written($at));

	if (chance(0.8))
	{
		@call{qw(direction event)} = ('USER_INITIATED', pick('connect', 'terminate'));
		name_user(\%call, 'calls', $face);
	}
	else
	{
		@call{qw(direction event from)} = ('BUSINESS_INITIATED', 'connect', '15550001111');
		delete $call{to};
		defined $face->[$_] and $call{ (qw(to to_user_id to_parent_user_id))[$_] } = $face->[$_] for 0 .. 2;
	}
	return { form => 'cloud', business => $business, received => RECEIVED, timed => 0, field => 'calls',
		value => { messaging_product => 'whatsapp', metadata => { phone_number_id => $senders{$business}[0] },
			chance(0.5) ? (contacts => [ contact($person, $face, $at, $business) ]) : (), phone_call(\%call, $face) } };
}

# A plain receipt of somebody's by all its identifiers, at an instant that is received as it happens.
sub status_atom
{
	my ($at, $phone, $bsuid) = @_;
	return { form => 'cloud', business => '100001', received => $at, timed => 1, field => 'messages',
		value => { metadata => { phone_number_id => 's1' }, statuses => [ { id => id(), status => 'delivered', timestamp => '' . int($at / SECOND),
					recipient_id => $phone, recipient_user_id => $bsuid } ] } };
}

# The failed status of a send to a group.
sub group_atom
{
	return { form => 'cloud', business => '100001', received => RECEIVED, timed => 0, field => 'messages',
		value => { metadata => { phone_number_id => 's1' }, statuses => [ { id => id(), status => 'failed', timestamp => written(T0 + DAY),
					recipient_type => 'group', recipient_id => '4915112345610', errors => [ { code => \'131026' } ] } ] } };
}

sub other_change
{
	my $r = int rand 5;
	return ('account_alerts', { entity_type => 'BUSINESS' }) if $r == 0;
	return ('xyz', { whatever => \'7' }) if $r == 1;
	return ('smb_message_echoes', { metadata => { phone_number_id => 's1' },
			message_echoes => [ { from => '4915112345610', to => '4915112345611', id => id(),
					timestamp => written(T0), type => 'text', text => { body => 'STOP' } } ] })
	  if $r == 2;
	return ('messages', { metadata => { phone_number_id => 's1' }, errors => [ { code => \'130429' } ] })
	  if $r == 3;
	return ('messages', { metadata => { phone_number_id => 's1' }, messages => pick(\'7', []) });
}

sub iso { my @t = gmtime shift; return sprintf '%04d-%02d-%02dT%02d:%02d:%02d+0000', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0]; }

# What an account_update says: a ban, a restriction, or the end of one.
sub account_update
{
	my ($at) = @_;
	my $r = rand;
	my $end = int($at / SECOND) + int rand 3 * 86400;

	return { event => 'DISABLED_UPDATE', ban_info => { waba_ban_state => pick('DISABLE', 'DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE') } } if $r < 0.3;
	return { event => 'ACCOUNT_VIOLATION', violation_info => { violation_type => pick('UTILITY_TEMPLATES_UNBAN', 'SPAM_RECOVERY', 'RATE_LIMIT_RECOVERY', 'SPAM') } } if $r < 0.5;
	return { event => 'ACCOUNT_RESTRICTION', restriction_info => [ map {
				{ restriction_type => $_, expiration => pick("$end", \"$end", iso($end)) }
			} pick(qw(RESTRICTED_BIZ_INITIATED_MESSAGING RESTRICTED_CUSTOMER_INITIATED_MESSAGING RESTRICTED_UTILITY_TEMPLATES RESTRICTED_CALLING)) ] };
}

# What holds a sender back: early, where what it sends proves it well again, or so late that nothing does.  Then
# it is a region or a category, but for one business; else there were nobody to send to.
sub account_atom
{
	my $late = chance(0.5);
	my $at = T0 + ($late ? SPAN - DAY + int(rand 2 * DAY / SECOND) * SECOND : int(rand SPAN / SECOND) * SECOND);
	my $business = $late ? pick(BUSINESSES) : pick(BUSINESSES, '');
	my $all = !$late || $business eq '100003';
	my $code = pick($all ? @holding : ((130497) x 5, 131064));
	my %atom = (form => 'cloud', business => $business, received => $at, timed => 1, field => 'messages');
	my $metadata = { phone_number_id => pick(grep { $all || $_ ne '' } @{ $senders{$business} }) };
	my $r = rand;

	return { %atom, field => 'account_update', value => account_update($at) } if $r < 0.5 && $all;
	return { %atom, value => { metadata => $metadata, errors => [ map { { code => \"$_" } } $code, 999999 ] } } if $all && $r < 0.75;
	return { %atom, value => { metadata => $metadata, statuses => [ { id => id(), status => 'failed', timestamp => '' . int($at / SECOND),
					recipient_id => pick(map { @{ $_->{stages}[0]{phones} } } people()), errors => [ { code => $code } ] } ] } };
}

sub call_atom
{
	my ($person) = @_;
	my $recipient = pick(spellings($person));
	my $business = pick('', '', BUSINESSES);
	my $at = instant($person->{key});
	my $r = rand;

	return { form => 'call', name => 'wa_report_error', args => [ $recipient, pick(@codes) ],
		named => { at => \$at, business => $business, sender => $business eq '' ? '' : pick(@{ $senders{$business} }), message_id => id() } }
	  if $r < 0.4;
	return { form => 'call', name => $r < 0.65 ? 'wa_opt_out' : 'wa_opt_in', args => [ $recipient, pick('form 12', 'by phone', 'till') ],
		named => { business => $business, at => \appointed($at) } };
}

# What an atom of elements is about: a form, a business, and people of whom no
# two share an identifier.
sub traffic_atom
{
	my ($first, $others, $everybody) = @_;
	my $form = $first->{busy} || chance(0.8) ? 'cloud' : chance(0.5) ? 'onprem' : 'test';
	my $business = $first->{busy} ? '100001' : $form eq 'cloud' ? pick(BUSINESSES, BUSINESSES, '100001', '') : '';
	my $sender = $form eq 'onprem' ? '' : pick(@{ $senders{$business} });
	my %atom = (form => $form, business => $business, received => RECEIVED, timed => 0);
	my (%value, %contacts, %faces);
	my $elements = chance(0.85) ? 1 : 2 + int rand 3;

	for my $i (1 .. $elements)
	{
		my $person = $i == 1 ? $first : pick(@$others);
		my $known = $faces{ $person->{key} };
		next if $known && $known->[0] != $person;
		my ($array, $element, $timed, $received, $face, $at) = element($person, $business, $known ? $known->[1] : undef);

		# Only one time of receipt to an atom, one field to a change.
		next if $i > 1 && ($timed || $atom{timed});
		next if $i > 1 && ($array eq 'user_preferences') != exists $value{user_preferences};
		@atom{qw(timed received)} = ($timed, $received) if $timed;
		$faces{ $person->{key} } = [ $person, $face ];
		push @{ $value{$array} }, $element;
		my $wanted = $array eq 'messages' ? 0.75 : $array eq 'statuses' ? 0.3 : 0.4;
		$wanted = 0.05 if ($element->{status} // '') eq 'failed';
		$contacts{ $person->{key} } //= contact($person, $face, $at, $business) if chance($wanted);
		$contacts{ $person->{key} } = wrong_contact($face, face(neighbour($person, @$everybody), T0 + rand SPAN, $business, 0)) if $elements == 1 && chance(0.03);
	}
	$value{contacts} = [ map { $contacts{$_} } sort keys %contacts ] if %contacts;
	if ($form ne 'onprem')
	{
		my %outside = (messaging_product => 'whatsapp', $sender ne '' ? (metadata => { display_phone_number => '15550001111', phone_number_id => $sender }) : ());
		$atom{field} = exists $value{user_preferences} ? 'user_preferences' : 'messages';
		if ($atom{field} eq 'messages' && $form eq 'cloud' && chance(0.04))
		{
			# Another responder owns the conversation.
			%value = (standby => {%value});
			$atom{field} = 'standby';
		}
		%value = (%value, %outside);
	}
	$atom{value} = \%value;
	return \%atom;
}

# n atoms.  The same seed and n make the same traffic on every machine.
sub traffic
{
	my ($seed, $n) = @_;
	my @all = people();
	my @busy = grep { $_->{busy} } @all;
	my @changing = grep { @{ $_->{stages} } > 1 && $_->{how} ne 'silent' } @all;
	my @few = (@busy, @changing, grep { !$_->{together} } @all);
	my @atoms;

	srand($seed);
	$serial = 0;
	%instants = ();
	# What happens to those who change happens about the changes.
	for my $person (@changing) { push @{ $instants{ $person->{key} } }, grep { defined } map { $_->{until} } @{ $person->{stages} }; }
	while (@atoms < $n)
	{
		my $first = chance(0.1) ? $busy[0] : chance(0.1) ? pick(@busy[ 1 .. 6 ]) : chance(0.5) ? pick(@few) : pick(@all);
		my $r = rand;

		push @atoms, $r < 0.03 ? call_atom(pick(@all))
		  : $r < 0.055 ? change_atom(pick(@changing))
		  : $r < 0.07 ? phone_call_atom(pick(@all))
		  : $r < 0.072 ? group_atom()
		  : $r < 0.084 ? account_atom()
		  : $r < 0.1 ? do { my ($field, $value) = other_change(); { form => 'cloud', business => pick(BUSINESSES), received => RECEIVED, timed => 0, field => $field, value => $value } }
		  : traffic_atom($first, \@few, \@all);
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
		return 0 if grep { ref $value->{$_} eq 'SCALAR' || !/^(statuses|messages|user_preferences|metadata|messaging_product)$/ } keys %$value;
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
	my $named = $call->{named};
	my $argument = sub { return ref $_[0] ? instant_sql(${ $_[0] }) : literal($_[0]); };
	return "SELECT $call->{name}(" . join(', ', map({ $argument->($_) } @{ $call->{args} }), map { "$_ => " . $argument->($named->{$_}) } sort keys %$named) . ')';
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
