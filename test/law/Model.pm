# Model: sections 1, 2, 4 and 5 of the contract once more, in Perl.
#
# Written from the text of the contract and not from the C code, so that a
# misreading in one shows in the other.  It is slow and simple on purpose: all
# events are kept, and every question is answered by going through them.
#
# What the contract leaves open is settled as README and column comments say:
#  - an event holds for every identifier that its element or its contact names;
#  - a business or sender of '' may be any: it lifts, refuses and objects for all;
#  - an opt-in for every business lifts earlier business-register stops of any;
#  - of equal words the greatest origin, sender, message id is shown.
package Model;

use strict;
use warnings;
use utf8;

use Traffic ();

use constant { SECOND => 1_000_000, MINUTE => 60_000_000, HOUR => 3_600_000_000, DAY => 86_400_000_000 };
use constant INF => 9e18;

my %everything = map { $_ => 1 } qw(marketing utility authentication service);
my %template = map { $_ => 1 } qw(marketing utility authentication);
my %marketing = (marketing => 1);

# The table of section 3.
my %limit = (blocks => \%marketing, ladder => [ 24 * HOUR, 24 * HOUR, 48 * HOUR ], gap => 12 * HOUR,
	lifts => [qw(inbound marketing)], yields => 1);
my %experiment = (blocks => \%marketing, ladder => [INF], gap => 0, lifts => ['inbound'], yields => 1);
my %unreachable = (blocks => \%template, ladder => [ DAY, 7 * DAY, 30 * DAY ], gap => 12 * HOUR,
	lifts => [qw(inbound delivered)]);
my %cooldown = (
	131049 => \%limit, 1026 => \%limit,
	130472 => \%experiment, 472 => \%experiment,
	131026 => \%unreachable, 1013 => \%unreachable,
	131056 => { blocks => \%everything, ladder => [ map { $_ * SECOND } 4, 16, 64, 256, 1024 ], gap => 0,
		lifts => ['delivered'] },
	130403 => { blocks => \%everything, ladder => [INF], gap => 0, lifts => ['inbound'] });
my %closes = (131047 => 1, 470 => 1);
my %harmless = map { $_ => 1 } 131000, 131051, 100, 131053, 131042;

# Codes that an open window suspends.
our %yields = map { $_ => 1 } grep { $cooldown{$_}{yields} } keys %cooldown;

sub canonical
{
	my ($s) = @_;

	return undef if !defined $s;
	$s =~ s/^\s+|\s+$//g;
	return $s if $s =~ /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;
	$s =~ s/^(\+|00)//;
	return undef if $s !~ /^[0-9][0-9 \-.()\/]*$/;
	$s =~ s/\D//g;
	return undef if $s !~ /^[1-9]\d{6,14}$/;
	return $s if $s =~ s/^521(\d{10})$/52$1/;
	return $s if $s =~ s/^549(\d{10})$/54$1/;
	return $s if $s =~ s/^(55\d\d)([6-9]\d{7})$/${1}9$2/;
	return $s;
}

sub region_forbids
{
	my ($recipient, $category) = @_;
	return 0 if $category ne 'marketing';
	return $recipient =~ /^US\./ || $recipient =~ /^1(202|305|212)\d{7}$/;
}

sub new
{
	return bless { consent => {}, failures => {}, activity => {}, log => {}, problems => {} }, shift;
}

sub text
{
	my ($node) = @_;
	$node = $$node if ref $node eq 'SCALAR';
	return defined $node && !ref $node && $node ne '' ? $node : undef;
}

sub problem { $_[0]{problems}{ $_[1] }++; return; }

# The time of an element, or nothing where it has none that can be.
sub instant
{
	my ($element, $received) = @_;
	my $written = text($element->{timestamp});
	my $at = $received;

	if (defined $written)
	{
		return if $written !~ /^-?\d+$/;
		$at = $written > 1e11 ? $written * 1000 : $written * SECOND;
	}
	return if $at < 1230768000 * SECOND || $at > $received + 10 * MINUTE;
	return $at;
}

my %names = (
	statuses => [qw(recipient_id recipient_user_id recipient_parent_user_id)],
	messages => [qw(from from_user_id from_parent_user_id)],
	user_preferences => [qw(wa_id user_id parent_user_id)]);

# The contact that belongs to an element.
sub contact_of
{
	my ($value, $named) = @_;
	my @contacts = @{ $value->{contacts} // [] };

	for my $contact (@contacts)
	{
		my @theirs = map { text($contact->{$_}) } qw(wa_id user_id parent_user_id);
		for my $i (0 .. 2)
		{
			next if !defined $named->[$i] || !defined $theirs[$i];
			my ($a, $b) = ($named->[$i], $theirs[$i]);
			s/[+\s]//g for $i == 0 ? ($a, $b) : ();
			return $contact if $a eq $b;
		}
	}
	my $elements = 0;
	$elements += @{ $value->{$_} // [] } for qw(statuses messages user_preferences);
	return @contacts == 1 && $elements == 1 ? $contacts[0] : {};
}

# Who it is about: all identifiers, and the wa_id as it is written.
sub users
{
	my ($self, $value, $array, $element) = @_;
	my @named = map { text($element->{$_}) } @{ $names{$array} };

	@named = (text($element->{recipient_participant_id}), text($element->{recipient_participant_user_id}), undef)
	  if $element->{recipient_participant_id};
	my $contact = contact_of($value, \@named);
	my @theirs = map { text($contact->{$_}) } qw(wa_id user_id parent_user_id);
	my %ids = map { $_ => 1 } grep { defined } map { canonical($_) } @named, @theirs;

	if (!%ids)
	{
		$self->problem((grep { defined } @named, @theirs) ? 'bad_recipient' : 'missing_recipient');
		return;
	}
	my $wa_id = $theirs[0] // $named[0];
	my $form = canonical($wa_id);
	$wa_id = defined $form && $form =~ /^\d/ ? $wa_id =~ s/\D//gr : undef;
	return ($wa_id, sort keys %ids);
}

sub consent
{
	my ($self, $where, $ids, $at, $register, $state, $origin, $message, $evidence) = @_;
	my ($business, $sender) = @$where;

	for my $id (@$ids)
	{
		# A word: the latest wins, a stop before a resume ("s" > "r").
		push @{ $self->{consent}{$id}{"$business|$register"} },
		  { at => $at, state => $state, origin => $origin, sender => $sender, message => $message };
		$self->{log}{ join "\t", $id, $business, $register, $state, $at, $origin, $sender, $message, $evidence } = 1;
	}
}

sub seen
{
	my ($self, $where, $ids, $at, $wa_id, @what) = @_;
	for my $id (@$ids)
	{
		my $row = $self->{activity}{$id}{"$where->[0]|$where->[1]"} //= {};
		push @{ $row->{$_} }, $at for @what;
		push @{ $row->{wa_id} }, [ $at, $wa_id ] if defined $wa_id;
	}
}

sub failure
{
	my ($self, $where, $ids, $at, $code, $message) = @_;

	if ($cooldown{$code}) { $self->{failures}{$_}{"$where->[0]|$code"}{$at} = 1 for @$ids; }
	elsif ($closes{$code}) { $self->seen($where, $ids, $at, undef, 'refused'); }
	elsif ($code == 131050) { $self->consent($where, $ids, $at, 'whatsapp', 'stop', 'error 131050', $message, ''); }
	elsif ($code == 500 ? !$where->[2] : !$harmless{$code}) { $self->{unknown}{$code}++; }
}

# $late: the time cannot be right, and $at is that of receipt.
sub preference
{
	my ($self, $where, $ids, $at, $late, $value, $origin, $message, $signup) = @_;
	my $signs_up = $value eq 'signup' && defined $signup;

	return $self->problem('unknown_value') if $value ne 'stop' && $value ne 'resume' && !$signs_up;
	$self->problem('bad_timestamp') if $late;
	return if $late && $value ne 'stop';
	$self->consent($where, $ids, $at, $signs_up ? ('business', 'resume', 'signup', $message, $signup) :
		('whatsapp', $value, $origin, $message, ''));
}

sub status
{
	my ($self, $where, $ids, $at, $late, $wa_id, $e) = @_;

	$self->problem('bad_timestamp') if $late;
	if ($e->{status} eq 'failed')
	{
		return $self->problem('unknown_value') if !$e->{errors};
		$self->failure($where, $ids, $at, text($_->{code}), $e->{id}) for @{ $e->{errors} };
		return;
	}
	return if $late;
	my $category = ($e->{pricing} // {})->{category} // (($e->{conversation} // {})->{origin} // {})->{type} // '';
	$self->seen($where, $ids, $at, $wa_id, 'delivered',
		$e->{status} ne 'delivered' ? 'read' : (), $category =~ /^marketing/ ? 'marketing' : ());
}

sub message
{
	my ($self, $where, $ids, $at, $late, $wa_id, $e) = @_;
	my $type = $e->{type};
	my $aside = $type =~ /^(image|video|document|edit)$/;
	my @texts =
	  $type eq 'text' ? $e->{text}{body}
	  : $type eq 'button' ? @{ $e->{button} }{qw(text payload)}
	  : $type eq 'interactive' ? ($e->{interactive}{button_reply} // {})->{title}
	  : $type eq 'edit' ? $e->{text}{body}
	  : $aside ? ($e->{$type} // {})->{caption}
	  : ();
	my @phrases = grep { defined && $Traffic::meaning{$_} && !($aside && $Traffic::meaning{$_} ne 'stop') } @texts;
	my ($heard) = ((grep { $Traffic::meaning{$_} eq 'stop' } @phrases), @phrases);

	return if $type eq 'edit' && !defined $heard;
	$self->problem('bad_timestamp') if $late;
	$self->seen($where, $ids, $at, $wa_id, 'inbound') if !$late && $type ne 'edit';
	$self->consent($where, $ids, $at, 'business', $Traffic::meaning{$heard}, 'phrase', $e->{id}, $heard)
	  if defined $heard && !($late && $Traffic::meaning{$heard} ne 'stop');
}

my %no_message = map { $_ => 1 } qw(reaction revoke request_welcome);

# Take in one atom of Traffic.
sub take
{
	my ($self, $atom) = @_;

	return $self->take_call($atom) if $atom->{form} eq 'call';
	my $value = $atom->{value};
	return if ($atom->{field} // '') =~ /echoes/;
	return $self->problem('unknown_shape') if ref $value->{messages} eq 'SCALAR';
	my $where = [ $atom->{business}, ($value->{metadata} // {})->{phone_number_id} // '', $atom->{form} eq 'onprem' ];

	for my $array (qw(statuses messages user_preferences))
	{
		for my $e (@{ $value->{$array} // [] })
		{
			if ($array eq 'statuses' && $e->{status} !~ /^(delivered|read|played|failed)$/)
			{
				# Proof that the sender works, which needs a time and no recipient.
				$self->problem('bad_timestamp') if $e->{status} eq 'sent' && !defined instant($e, $atom->{received});
				next;
			}
			next if $array eq 'messages' && $no_message{ $e->{type} };
			my $system = $array eq 'messages' && $e->{type} eq 'system';
			next if $system && $e->{system}{type} ne 'user_preference_changed';

			my ($wa_id, @ids) = $self->users($value, $array, $e);
			next if !@ids;
			my $at = instant($e, $atom->{received});
			my $late = !defined $at;
			$at //= $atom->{received};

			if ($array eq 'statuses') { $self->status($where, \@ids, $at, $late, $wa_id, $e); }
			elsif ($system) { $self->preference($where, \@ids, $at, $late, $e->{system}{marketing}, 'system message', $e->{id}); }
			elsif ($array eq 'messages') { $self->message($where, \@ids, $at, $late, $wa_id, $e); }
			elsif (($e->{category} // 'marketing_messages') ne 'marketing_messages') { $self->problem('unknown_value'); }
			else { $self->preference($where, \@ids, $at, $late, $e->{value}, 'user_preferences', '', $e->{signup_id}); }
		}
	}
}

sub take_call
{
	my ($self, $call) = @_;
	my ($recipient, @args) = @{ $call->{args} };
	my $ids = [ canonical($recipient) ];

	if ($call->{name} eq 'wa_report_error')
	{
		my ($code, $at, $business, $sender, $message) = @args;
		$self->failure([ $business, $sender, 1 ], $ids, $$at, $code, $message);
	}
	else
	{
		my ($evidence, $business, $at) = @args;
		$self->consent([ $business, '' ], $ids, $$at, 'business', $call->{name} eq 'wa_opt_out' ? 'stop' : 'resume',
			'operator', '', $evidence);
	}
}

# --- State: from events to rows --------------------------------------------

sub latest { my $m; for (@_) { $m = $_ if !defined $m || $_ > $m; } return $m; }

sub may_be_same { return $_[0] eq '' || $_[1] eq '' || $_[0] eq $_[1]; }

sub settle
{
	my ($self) = @_;
	my %rows;

	for my $id (keys %{ $self->{consent} })
	{
		for my $key (keys %{ $self->{consent}{$id} })
		{
			my @words = @{ $self->{consent}{$id}{$key} };
			my ($business, $register) = split /\|/, $key;
			my ($won) = sort {
				$b->{at} <=> $a->{at} || $b->{state} cmp $a->{state} || $b->{origin} cmp $a->{origin}
				  || $b->{sender} cmp $a->{sender} || $b->{message} cmp $a->{message}
			} @words;
			push @{ $rows{$id}{consent} },
			  { %$won, business => $business, register => $register,
				stopped => latest(map { $_->{at} } grep { $_->{state} eq 'stop' } @words),
				resumed => latest(map { $_->{at} } grep { $_->{state} eq 'resume' } @words) };
		}
	}
	for my $id (keys %{ $self->{activity} })
	{
		for my $key (keys %{ $self->{activity}{$id} })
		{
			my $seen = $self->{activity}{$id}{$key};
			my ($business, $sender) = split /\|/, $key, 2;
			my ($wa_id) = sort { $b->[0] <=> $a->[0] || $b->[1] cmp $a->[1] } @{ $seen->{wa_id} // [] };
			push @{ $rows{$id}{activity} },
			  { business => $business, sender => $sender, wa_id => $wa_id // [],
				map { $_ => latest(@{ $seen->{$_} // [] }) } qw(inbound delivered read marketing refused) };
		}
	}
	for my $id (keys %{ $self->{failures} })
	{
		for my $key (keys %{ $self->{failures}{$id} })
		{
			my ($business, $code) = split /\|/, $key;
			my $law = $cooldown{$code};
			my @failures = sort { $a <=> $b } keys %{ $self->{failures}{$id}{$key} };
			my ($lifted, @strikes);

			splice @failures, 0, @failures - 32 if @failures > 32;
			for my $row (grep { may_be_same($business, $_->{business}) } @{ $rows{$id}{activity} // [] })
			{
				$lifted = latest(grep { defined } $lifted, map { $row->{$_} } @{ $law->{lifts} });
			}
			for my $at (@failures)
			{
				next if defined $lifted && $at <= $lifted;
				next if $at < $failures[-1] - 30 * DAY;
				next if @strikes && $at < $strikes[-1] + $law->{gap};
				push @strikes, $at;
			}
			my @ladder = @{ $law->{ladder} };
			my $wait = $ladder[ @strikes > @ladder ? -1 : $#strikes ];
			push @{ $rows{$id}{cooldown} },
			  { business => $business, code => $code, failures => \@failures, lifted => $lifted,
				strikes => scalar(@strikes), law => $law,
				until => !@strikes ? undef : $wait == INF ? INF : $failures[-1] + $wait };
		}
	}
	$self->{rows} = \%rows;
	return $self;
}

# --- Decision ---------------------------------------------------------------

sub window_open
{
	my ($rows, $asked, $sender, $at, $business) = @_;
	my @activity = @{ $rows->{activity} // [] };

	for my $row (@activity)
	{
		next if !defined $row->{inbound} || $row->{inbound} > $at || $row->{inbound} + DAY <= $at;
		next if defined $asked && $row->{business} ne '' && $row->{business} ne $asked;
		next if defined $sender && $row->{sender} ne $sender;
		next if defined $business && !may_be_same($business, $row->{business});
		next if grep {
			defined $_->{refused} && $_->{refused} >= $row->{inbound}
			  && may_be_same($_->{business}, $row->{business}) && may_be_same($_->{sender}, $row->{sender})
		} @activity;
		return 1;
	}
	return 0;
}

# All objections: [rule, reason, business, code, since, until].
sub objections
{
	my ($self, $phone, $category, $business, $sender, $at) = @_;
	my $id = canonical($phone);
	my @found;

	return [ 1, 'invalid_recipient', '', '', '', 'infinity' ] if !defined $id;
	my $rows = $self->{rows}{$id} // {};
	my $reaches = sub { !defined $business || $_[0]{business} eq '' || $_[0]{business} eq $business };

	if ($category eq 'marketing')
	{
		my @resumed_for_all = map { $_->{at} }
		  grep { $_->{register} eq 'business' && $_->{business} eq '' && $_->{state} eq 'resume' } @{ $rows->{consent} // [] };
		for my $row (grep { $reaches->($_) && $_->{state} eq 'stop' } @{ $rows->{consent} // [] })
		{
			next if $row->{register} eq 'business' && grep { $_ > $row->{at} } @resumed_for_all;
			push @found, [ $row->{register} eq 'whatsapp' ? (2, 'opted_out_whatsapp') : (3, 'opted_out_business'),
				$row->{business}, $row->{origin} eq 'error 131050' ? 131050 : '', $row->{at}, 'infinity' ];
		}
		push @found, [ 4, 'region', '', '', '', 'infinity' ] if region_forbids($id, $category);
	}
	for my $row (grep { $reaches->($_) } @{ $rows->{cooldown} // [] })
	{
		next if !$row->{law}{blocks}{$category} || !defined $row->{until} || $row->{until} <= $at;
		next if $row->{law}{yields} && window_open($rows, $business, $sender, $at, $row->{business});
		push @found, [ 5, 'cooldown', $row->{business}, $row->{code}, $row->{failures}[-1],
			$row->{until} == INF ? 'infinity' : $row->{until} ];
	}
	push @found, [ 6, 'window_closed', '', '', '', 'infinity' ]
	  if $category eq 'service' && !window_open($rows, $business, $sender, $at, undef);
	return @found;
}

# The instants at which an answer about somebody may turn.
sub turns
{
	my ($self, $phone) = @_;
	my $rows = $self->{rows}{ canonical($phone) // '' } // {};
	my %turns;

	$turns{$_} = 1 for grep { defined && $_ < INF } map { $_->{until} } @{ $rows->{cooldown} // [] };
	for my $inbound (grep { defined } map { $_->{inbound} } @{ $rows->{activity} // [] })
	{
		$turns{$_} = 1 for $inbound, $inbound + DAY;
	}
	return sort { $a <=> $b } keys %turns;
}

# The earliest instant from $at on without an objection.
sub next_sendable
{
	my ($self, $phone, $category, $business, $sender, $at) = @_;

	for my $then ($at, grep { $_ > $at } $self->turns($phone))
	{
		return $then if !$self->objections($phone, $category, $business, $sender, $then);
	}
	return 'infinity';
}

# --- Rows as text, as the test's SQL writes them -----------------------------

sub shown { return defined $_[0] ? $_[0] == INF ? 'infinity' : $_[0] : $_[1] // ''; }

sub dump
{
	my ($self, $table) = @_;
	my @lines;

	return sort keys %{ $self->{log} } if $table eq 'wa_consent_log';
	for my $id (keys %{ $self->{rows} })
	{
		my $rows = $self->{rows}{$id};
		push @lines, map { join "\t", $id, $_->{business}, $_->{register}, $_->{state}, $_->{at},
			shown($_->{stopped}, '-infinity'), shown($_->{resumed}, '-infinity'), $_->{origin}, $_->{sender}, $_->{message}
		} @{ $rows->{consent} // [] } if $table eq 'wa_consent';
		push @lines, map { join "\t", $id, $_->{business}, $_->{code}, join(',', @{ $_->{failures} }),
			shown($_->{lifted}, '-infinity'), $_->{strikes}, shown($_->{until})
		} @{ $rows->{cooldown} // [] } if $table eq 'wa_cooldown';
		push @lines, map { my $row = $_; join "\t", $id, $row->{business}, $row->{sender},
			(map { shown($row->{$_}) } qw(inbound delivered read marketing refused)), $row->{wa_id}[0] // '', $row->{wa_id}[1] // ''
		} @{ $rows->{activity} // [] } if $table eq 'wa_activity';
	}
	@lines = sort @lines;
	return @lines;
}

1;
