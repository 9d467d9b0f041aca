# Elements: what is accepted and what counts, as README.md says it, once more in
# Perl: from what a webhook or a call of a function says to events.  The other
# half of Model.pm, which keeps the events; neither was written from the C code.
#
# Where a reading is left open, this is the one taken:
#  - an element whose time cannot be right links no identifiers: what protects is
#    stored under each by itself, and so is a change, from each old one to each new one;
#  - the identifiers of a contact that contradicts its element are linked neither
#    to the element's nor to each other;
#  - a message to a group keeps no wa_id, as it opens no window.
package Elements;

use strict;
use warnings;
use utf8;

use Exporter 'import';
use Time::Local 'timegm';
use Traffic ();
our @EXPORT_OK = qw(canonical kind region SECOND MINUTE HOUR DAY STATUS_ORIGIN);

use constant { SECOND => 1_000_000, MINUTE => 60_000_000, HOUR => 3_600_000_000, DAY => 86_400_000_000 };

# What wa_consent.origin says of a stop that a failed message told of (code 131050).
use constant STATUS_ORIGIN => 'failed message';

# Codes that close the window, and those that do nothing to a recipient.
my %closes = (131047 => 1, 470 => 1);
my %harmless = map { $_ => 1 } 131000, 131051, 100, 131053, 131042;
# Codes that hold back: whom, for how long, and what (all, where nothing is said).
my %holds = (
	(map { $_ => [ 'business', DAY ] } 131031, 368, 131042),
	131063 => [ 'business', DAY, 'marketing' ], 131064 => [ 'business', DAY, 'utility' ], 80007 => [ 'business', HOUR ],
	130497 => [ 'region', DAY ],
	(map { $_ => [ 'sender', DAY ] } 131048, 131045, 131037, 133010),
	130429 => [ 'sender', MINUTE ], 131057 => [ 'sender', 5 * MINUTE ]);
my @all = qw(marketing utility authentication service);
my %restricts = (RESTRICTED_BIZ_INITIATED_MESSAGING => [ @all[ 0 .. 2 ] ], RESTRICTED_CUSTOMER_INITIATED_MESSAGING => ['service'],
	RESTRICTED_UTILITY_TEMPLATES => ['utility']);

# Codes with a ladder; what they do is in Model.pm.
my %cools = map { $_ => 1 } 131049, 1026, 130472, 472, 131026, 1013, 131056, 130403;

# --- Identifiers -------------------------------------------------------------

# Of the countries whose national numbers never begin with 0, those of the traffic.
my $trunk = qr/^(49|44)0/;

sub canonical
{
	my ($s) = @_;

	return undef if !defined $s;
	$s =~ s/^\s+|\s+$//g;
	return uc($1) . $2 if $s =~ /^([A-Za-z]{2})(\.(?:ENT\.)?[A-Za-z0-9_-]{1,128})$/;
	$s =~ s/^(whatsapp|tel|p)://i;
	$s =~ s/\@(s\.whatsapp\.net|c\.us)$//;
	$s =~ s/[,;]$//;
	$s =~ s/^(\+|00)//;
	return undef if $s !~ /^[0-9(][0-9 \-.()\/']*$/;
	$s =~ s/\(0\)//;
	$s =~ s/\D//g;
	$s =~ s/$trunk/$1/;
	$s =~ s/^541115(\d{8})$/5411$1/;
	return undef if $s !~ /^[1-9]\d{6,14}$/;
	return $s if $s =~ s/^521(\d{10})$/52$1/;
	return $s if $s =~ s/^549(\d{10})$/54$1/;
	return $s if $s =~ s/^(55\d\d)([6-9]\d{7})$/${1}9$2/;
	return $s;
}

# 0 a phone, 1 a BSUID, 2 a parent: the order in which an element names them.
sub kind { return $_[0] =~ /^\d/ ? 0 : $_[0] =~ /^..\.ENT\./ ? 2 : 1; }

# Where somebody is, of the countries of the traffic.
my @regions = ([ 49, 'DE' ], [ 44, 'GB' ], [ 55, 'BR' ], [ 52, 'MX' ], [ 54, 'AR' ], [ 1416, 'CA' ], [ 1787, 'PR' ], [ 1876, 'JM' ], [ 1, 'US' ]);

sub region
{
	my ($id) = @_;
	return '' if !defined $id;
	return substr $id, 0, 2 if kind($id) != 0;
	my ($found) = grep { $id =~ /^$_->[0]/ } @regions;
	return $found ? $found->[1] : '';
}

# The identifiers in these texts, one of each kind, in order.
sub one_of_each
{
	my @ids;
	for my $id (grep { defined } map { canonical($_) } @_) { $ids[ kind($id) ] //= $id; }
	return @ids[ 0 .. 2 ];
}

sub given { return grep { defined } @_; }

# --- Texts and times ---------------------------------------------------------

sub text
{
	my ($node) = @_;
	$node = $$node if ref $node eq 'SCALAR';
	return defined $node && !ref $node && $node ne '' ? $node : undef;
}

sub texts { my ($node, @keys) = @_; return map { text($node->{$_}) } @keys; }

sub problem { $_[0]{problems}{ $_[1] }++; return; }

# The time of an element, and whether it can be right.  What cannot be
# happened when it was received, if it counts at all.
sub instant
{
	my ($element, $received) = @_;
	my $written = text($element->{timestamp});
	my $at = $received;

	if (defined $written)
	{
		return ($received, 0) if $written !~ /^-?\d+$/;
		$at = $written > 1e11 ? $written * 1000 : $written * SECOND;
	}
	return ($received, 0) if $at < 1230768000 * SECOND || $at > $received + 10 * MINUTE;
	return ($at, 1);
}

# --- Whom an element is about ------------------------------------------------

my %names = (
	statuses => [qw(recipient_id recipient_user_id recipient_parent_user_id)],
	messages => [qw(from from_user_id from_parent_user_id)],
	calls => [qw(from from_user_id from_parent_user_id)],
	user_preferences => [qw(wa_id user_id parent_user_id)],
	user_id_update => [qw(wa_id)]);
# Whom the business called.
my @called = qw(to to_user_id to_parent_user_id);
my @contact_names = qw(wa_id user_id parent_user_id);

# The contact that belongs to an element: one that shares a name, or the only one of an only
# element or beside a message from nobody.
sub contact_of
{
	my ($value, $array, @named) = @_;
	my @contacts = @{ $value->{contacts} // [] };

	for my $contact (@contacts)
	{
		my @theirs = map { canonical($_) } texts($contact, @contact_names);
		for my $name (given(map { canonical($_) } @named))
		{
			return $contact if grep { $_ eq $name } given(@theirs);
		}
	}
	my $elements = 0;
	$elements += @{ $value->{$_} // [] } for keys %names;
	return @contacts == 1 && ($elements == 1 || $array eq 'messages' && !given(@named)) ? $contacts[0] : {};
}

# { ids: what it names, in order; apart: what a contact that contradicts it
#   names besides; wa_id: as it is written; written: is anything there at all? }
sub who
{
	my ($value, $array, $element) = @_;
	my @named = texts($element, ($element->{direction} // '') eq 'BUSINESS_INITIATED' ? @called : @{ $names{$array} });

	@named = texts($element, qw(recipient_participant_id recipient_participant_user_id)) if $element->{recipient_participant_id};
	my @theirs = texts(contact_of($value, $array, @named), @contact_names);
	$named[0] = $theirs[0] // $named[0] if ($element->{direction} // '') eq 'BUSINESS_INITIATED';
	my @own = one_of_each(@named);
	my @contact = one_of_each(@theirs);
	my $contradicts = grep { defined $own[$_] && defined $contact[$_] && $own[$_] ne $contact[$_] } 0 .. 2;
	my ($wa_id) = given($contradicts ? () : $theirs[0], $named[0]);
	my $form = canonical($wa_id);

	return {
		ids => [ given($contradicts ? @own : map { $own[$_] // $contact[$_] } 0 .. 2) ],
		apart => [ $contradicts ? grep { my $theirs = $_; !grep { $_ eq $theirs } given(@own) } given(@contact) : () ],
		wa_id => defined $form && kind($form) == 0 ? $wa_id =~ s/\D//gr : undef,
		written => scalar(given(@named, @theirs)) };
}

# --- Elements ----------------------------------------------------------------

sub failure
{
	my ($self, $where, $who, $at, $code, $message) = @_;

	$self->holding($where, $who->{ids}[0], $at, $code);
	if ($cools{$code}) { $self->add_failure($where, $who, $at, $code); }
	elsif ($closes{$code}) { $self->add_refusal($where, $who, $at); }
	elsif ($code == 131050)
	{
		$self->add_consent($where, $who, $at, register => 'whatsapp', state => 'stop', origin => STATUS_ORIGIN, code => $code, message => $message);
	}
	elsif ($code == 500 ? !$where->[2] : !$harmless{$code} && !$holds{$code}) { $self->{unknown}{$code}++; }
}

# A country is held for where a message went to.  Errors count at the end of their second.
sub holding
{
	my ($self, $where, $id, $at, $code) = @_;
	my ($scope, $span, @categories) = @{ $holds{$code} // return };

	return if $scope eq 'region' && !defined $id;
	$at += SECOND - $at % SECOND if $at % SECOND;
	$self->add_hold($at, $where->[0], $scope eq 'sender' ? $where->[1] : '', $scope eq 'region' ? region($id) || 'ZZ' : '',
		'error', $code, $at + $span, @categories ? @categories : @all);
}

# It may hold the sender all the same.
sub failure_of_nobody
{
	my ($self, $where, $at, $code) = @_;
	$self->{unknown}{$code}++ if !grep { $_->{$code} } \%cools, \%closes, \%harmless, \%holds, { 131050 => 1, 500 => 1 };
	$self->holding($where, undef, $at, $code);
}

# An error of the account, without a message.
sub account_error
{
	my ($self, $where, $at, $code) = @_;
	$self->{unknown}{$code}++ if !$holds{$code};
	$self->holding($where, undef, $at, $code);
}

sub expiration
{
	my ($text) = @_;
	return $text * SECOND if $text =~ /^\d+$/;
	my ($y, $m, $d, $hour, $minute, $second) = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\+0000$/;
	return timegm($second, $minute, $hour, $d, $m - 1, $y) * SECOND;
}

sub account_update
{
	my ($self, $business, $at, $value) = @_;
	my $state = ($value->{ban_info} // {})->{waba_ban_state} // '';
	my $violation = ($value->{violation_info} // {})->{violation_type} // '';
	my $lift = sub { $self->add_lift($at, $business, $_) for @_; };

	$self->add_hold($at, $business, '', '', 'DISABLED_UPDATE', 0, undef, @all) if $state eq 'DISABLE';
	$lift->('DISABLED_UPDATE') if $state eq 'REINSTATE';
	for my $told (@{ $value->{restriction_info} // [] })
	{
		my $categories = $restricts{ $told->{restriction_type} } // next;
		$self->add_hold($at, $business, '', '', $told->{restriction_type}, 0, expiration(text($told->{expiration})), @$categories);
	}
	return if $violation !~ /_(UNBAN|RECOVERY)$/ || $violation =~ /RATE_LIMIT/;
	$lift->($violation =~ /^UTILITY/ ? 'RESTRICTED_UTILITY_TEMPLATES' : qw(RESTRICTED_BIZ_INITIATED_MESSAGING RESTRICTED_CUSTOMER_INITIATED_MESSAGING));
}

# WhatsApp's own register, and a sign-up, which is one for the business's.
sub preference
{
	my ($self, $where, $who, $at, $sure, $value, $origin, $message, $signup) = @_;
	my %word = (register => 'whatsapp', state => $value, origin => $origin, message => $message);

	%word = (%word, register => 'business', state => 'resume', origin => 'signup', evidence => $signup) if $value eq 'signup' && defined $signup;
	return $self->problem('unknown_value') if $word{state} ne 'stop' && $word{state} ne 'resume';
	$self->problem('bad_timestamp') if !$sure;
	$self->add_consent($where, $who, $at, %word) if $sure || $word{state} eq 'stop';
}

# As WhatsApp writes it.
sub receipt_category
{
	my ($e) = @_;
	return ($e->{pricing} // {})->{category} // (($e->{conversation} // {})->{origin} // {})->{type} // '';
}

# What somebody says in so many words: the meaning and the words.
sub phrase
{
	my ($stops_only, @texts) = @_;
	my @heard = grep { defined && $Traffic::meaning{$_} } @texts;
	my @stops = grep { $Traffic::meaning{$_} eq 'stop' } @heard;

	return ('stop', $stops[0]) if @stops;
	return ('resume', $heard[0]) if @heard && !$stops_only;
	return;
}

sub caption { my ($m) = @_; return map { ref $m->{$_} eq 'HASH' ? $m->{$_}{caption} : () } qw(image video document); }

sub words_of
{
	my ($e) = @_;
	my $type = $e->{type};

	return phrase(0, $e->{text}{body}) if $type eq 'text';
	return phrase(0, @{ $e->{button} }{qw(text payload)}) if $type eq 'button';
	return phrase(1, $e->{interactive}{list_reply}{title}) if $type eq 'interactive' && $e->{interactive}{list_reply};
	return phrase(0, ($e->{interactive}{button_reply} // {})->{title}) if $type eq 'interactive';
	return phrase(1, ($e->{edit}{message}{text} // {})->{body}, caption($e->{edit}{message})) if $type eq 'edit';
	return phrase(1, caption($e));
}

my %silent = map { $_ => 1 } qw(reaction revoke request_welcome);

# Does it say nothing, from any user and at any time?
sub says_nothing
{
	my ($array, $e) = @_;

	return ($e->{direction} // '') ne 'USER_INITIATED' if $array eq 'calls';
	return ($e->{type} // '') eq 'call' || $e->{status} !~ /^(delivered|read|played|failed|sent)$/ if $array eq 'statuses';
	return 0 if $array eq 'user_preferences';
	return 1 if $silent{ $e->{type} };
	return ($e->{system}{type} // '') ne 'user_preference_changed' if $e->{type} eq 'system';
	return $e->{type} eq 'edit' && !words_of($e);
}

# Does it matter when it was?  A preference may turn out to be none, which preference() tells.
sub hangs_on_time
{
	my ($array, $e) = @_;
	return 0 if $array eq 'user_preferences' || $array eq 'messages' && $e->{type} eq 'system';
	return !defined $e->{group_id} || !!words_of($e);
}

# Did nobody write it?
sub says_nothing_by_itself
{
	my ($array, $e) = @_;
	return $array eq 'messages' && ((($e->{interactive} // {})->{call_permission_reply} // {})->{response_source} // '') eq 'automatic';
}

sub status
{
	my ($self, $where, $who, $at, $sure, $e) = @_;

	if ($e->{status} eq 'failed')
	{
		return $self->problem('unknown_value') if !$e->{errors};
		$self->failure($where, $who, $at, text($_->{code}), $e->{id}) for @{ $e->{errors} };
	}
	elsif ($sure)
	{
		# What is read may have been delivered long before.
		$self->add_life($where, $who->{ids}[0], $at, receipt_category($e)) if $e->{status} eq 'delivered';
		$self->add_activity($where, $who, $at, 'delivered',
			$e->{status} ne 'delivered' ? 'read' : (), receipt_category($e) =~ /^(group_)?marketing/ ? 'marketing' : ());
	}
}

sub message
{
	my ($self, $where, $who, $at, $sure, $e) = @_;
	my ($meaning, $words) = words_of($e);
	my $automatic = (($e->{interactive} // {})->{call_permission_reply} // {})->{response_source} // '';

	$self->add_activity($where, $who, $at, 'inbound')
	  if $sure && $e->{type} ne 'edit' && !defined $e->{group_id} && $automatic ne 'automatic';
	$self->add_consent($where, $who, $at, register => 'business', state => $meaning, origin => 'phrase',
		message => $e->{id}, evidence => $words) if defined $meaning && ($sure || $meaning eq 'stop');
}

# --- Changes of identifier ---------------------------------------------------

my %is_change = map { $_ => 1 } qw(user_changed_number customer_changed_number user_changed_user_id);

# The old side and the new one of a system message, and what is named beside the new one.
sub sides
{
	my ($e) = @_;
	my $system = $e->{system};
	my $type = $system->{type};

	return if $e->{type} ne 'system' || !($is_change{ $type // '' } || !defined $type && $system->{new_wa_id});
	my @previous = texts($system, qw(previous_user_id previous_parent_user_id));
	my $wa_id = text($system->{wa_id}) // text($system->{new_wa_id});
	# Who has got another BSUID keeps the phone.
	my $keeps = ($type // '') eq 'user_changed_user_id' && !defined $wa_id && given(@previous);
	return ([ text($e->{from}), @previous ], [ $wa_id, texts($system, qw(user_id parent_user_id)) ], $keeps ? text($e->{from}) : undef);
}

sub change
{
	my ($self, $where, $e, $received, $old, $new, @beside) = @_;
	my ($at, $sure) = instant($e, $received);
	my @new = given(one_of_each(@$new));
	# What stays is not left.
	my @old = grep { my $id = $_; !grep { $_ eq $id } @new } given(one_of_each(@$old));

	# Nothing was left: those that are named are one user's.
	if (!@old && given(one_of_each(@$old)) && given(one_of_each(@new, @beside)) > 1)
	{
		return $sure ? $self->add_sighting($where->[0], $at, given(one_of_each(@new, @beside))) : $self->problem('bad_timestamp');
	}
	return $self->problem(given(@$old) && given(@$new) ? 'bad_recipient' : 'missing_recipient') if !@old || !@new;
	if (!$sure)
	{
		# It protects, so it is not held up; but nobody knows what belonged together when.
		$self->problem('bad_timestamp');
		for my $to (@new) { $self->add_change($at, $_, $to) for @old; }
		return;
	}
	$self->add_sighting($where->[0], $at, @old);
	$self->add_sighting($where->[0], $at, @new);
	$self->add_sighting($where->[0], $at, given(one_of_each(@new, @beside)));
	# What changed is the identifier that both sides have one of.
	my ($pair) = map { my $from = $_; map { kind($_) eq kind($from) ? [ $from, $_ ] : () } @new } @old;
	$self->add_change($at, @{ $pair // [ $old[0], $new[0] ] });
}

# A new BSUID.  The contact has the old identifiers or the new ones; its phone stays.
sub user_id_update
{
	my ($self, $where, $value, $e, $received) = @_;
	my ($user, $parent) = ($e->{user_id} // {}, $e->{parent_user_id} // {});
	my @old = texts({ map { $_->[0] => $_->[1]{previous} } [ user => $user ], [ parent => $parent ] }, qw(user parent));
	my @new = texts({ map { $_->[0] => $_->[1]{current} } [ user => $user ], [ parent => $parent ] }, qw(user parent));
	my @named = given(text($e->{wa_id}), @new);
	my $contact = contact_of($value, 'user_id_update', @named);
	$contact = contact_of($value, 'user_id_update', given(@old)) if !%$contact && given(@old);
	my @theirs = given(texts($contact, @contact_names));
	my $phone = text($e->{wa_id}) // text($contact->{wa_id});
	my %left = map { canonical($_) => 1 } given($phone, @old);
	my @current = one_of_each(@new);
	my $odd = grep { defined && defined $current[ kind($_) ] && $current[ kind($_) ] ne $_ } map { canonical($_) } @theirs;
	my $shares = grep { defined && $left{$_} } map { canonical($_) } @theirs;

	$self->change($where, $e, $received, [ $phone, @old, $shares || $odd ? @theirs : () ], [ undef, @new ], $phone, $shares || $odd ? () : @theirs);
}

# --- One element, one atom ---------------------------------------------------

sub element
{
	my ($self, $where, $value, $array, $e, $received) = @_;

	if ($array eq 'messages' && (my @sides = sides($e))) { return $self->change($where, $e, $received, @sides); }
	my ($at, $sure) = instant($e, $received);
	my $whole_group = ($e->{recipient_type} // '') eq 'group' && !$e->{recipient_participant_id};
	my $who = $whole_group ? { ids => [], apart => [] } : who($value, $array, $e);

	$who->{sure} = $sure;
	$self->add_sighting($where->[0], $at, @{ $who->{ids} }) if $sure;
	return if says_nothing($array, $e);
	if (($e->{status} // '') eq 'sent')
	{
		# Proof that the sender works, which needs a time and no recipient.
		return $self->problem('bad_timestamp') if !$sure;
		return $self->add_life($where, $who->{ids}[0], $at, receipt_category($e));
	}
	return if $whole_group || says_nothing_by_itself($array, $e);
	if (!@{ $who->{ids} })
	{
		$self->failure_of_nobody($where, $at, text($_->{code})) for ($e->{status} // '') eq 'failed' ? @{ $e->{errors} // [] } : ();
		return $self->problem($who->{written} ? 'bad_recipient' : 'missing_recipient');
	}
	$self->problem('bad_timestamp') if !$sure && hangs_on_time($array, $e);

	my @what = ($where, $who, $at, $sure);
	if ($array eq 'statuses') { $self->status(@what, $e); }
	elsif ($array eq 'calls') { $self->add_activity($where, $who, $at, 'inbound') if $sure; }
	elsif ($array eq 'messages' && $e->{type} eq 'system') { $self->preference(@what, $e->{system}{marketing}, 'system message', $e->{id}); }
	elsif ($array eq 'messages') { $self->message(@what, $e); }
	elsif (($e->{category} // 'marketing_messages') ne 'marketing_messages')
	{
		# A stop of everything is one of marketing.
		$self->preference(@what, $e->{value}, 'user_preferences', '') if $e->{value} eq 'stop' && $e->{category} =~ /^(marketing|all)/;
		$self->problem('unknown_value');
	}
	else { $self->preference(@what, $e->{value}, 'user_preferences', '', text($e->{signup_id})); }
}

# Take in one atom of Traffic.
sub take
{
	my ($self, $atom) = @_;

	return $self->take_call($atom) if $atom->{form} eq 'call';
	my $value = $atom->{value};
	$self->{heard}{"$atom->{business}|" . (text(($value->{metadata} // {})->{phone_number_id}) // '')} = 1;
	return if ($atom->{field} // '') =~ /echoes/;
	$value = { %$value, %{ $value->{standby} } } if ref $value->{standby} eq 'HASH';
	return $self->problem('unknown_shape') if ref $value->{messages} eq 'SCALAR';
	my $where = [ $atom->{business}, ($value->{metadata} // {})->{phone_number_id} // '', $atom->{form} eq 'onprem' ];

	return $self->account_update($where->[0], $atom->{received}, $value) if ($atom->{field} // '') eq 'account_update';
	$self->account_error($where, $atom->{received}, text($_->{code})) for @{ $value->{errors} // [] };
	for my $array (qw(statuses messages user_preferences calls))
	{
		$self->element($where, $value, $array, $_, $atom->{received}) for @{ $value->{$array} // [] };
	}
	$self->user_id_update($where, $value, $_, $atom->{received}) for @{ $value->{user_id_update} // [] };
}

sub take_call
{
	my ($self, $call) = @_;
	my ($recipient, $argument) = @{ $call->{args} };
	my %named = %{ $call->{named} };
	my $who = { ids => [ canonical($recipient) ], apart => [], sure => 1 };
	my $at = ${ $named{at} };

	return $self->failure([ @named{qw(business sender)}, 1 ], $who, $at, $argument, $named{message_id})
	  if $call->{name} eq 'wa_report_error';
	$self->add_consent([ $named{business}, '' ], $who, $at, register => 'business',
		state => $call->{name} eq 'wa_opt_out' ? 'stop' : 'resume', origin => 'operator', evidence => $argument);
}

1;
