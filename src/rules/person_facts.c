/*-------------------------------------------------------------------------
 *
 * person_facts.c
 *	  Which rows of its members count for a recipient with several identifiers.
 *
 * src/identity/README.md describes which events count.  The recipient's own rows are used
 * unchanged.  So the decision about a recipient whose other identifiers have no rows is the
 * same as without them, which the suppression list relies on.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/encode.h"
#include "rules/person_facts.h"

wa_str
wa_learned_under(const wa_person *person, int member)
{
	const wa_canonical *id = &person->members[member].id;

	if (member == 0)
		return (wa_str)
	{
		NULL, 0
	};
	/* A copy: members move when more of them come. */
	return wa_str_copy(wa_canonical_str(id));
}

bool
wa_first_of_member(wa_reader *reader, wa_person *person, int n, wa_part part)
{
	wa_member  *member = &person->members[n];

	if (!wa_member_counts(member) || (member->without & part))
		return false;
	wa_reader_seek(reader, RecipientGetDatum(wa_recipient_make(&member->id)));
	if (wa_reader_next(reader))
		return true;
	member->without |= part;
	if (member->kept >= 0)
		person->kept->members[member->kept].without |= part;
	return false;
}

bool
wa_may_loosen(wa_person *person, int member, wa_str business, wa_instant t, bool over_changes)
{
	if (member == 0)
		return true;
	return t != WA_NEVER && t <= person->members[member].events_until &&
		wa_person_speaks(person, member, business, t, over_changes);
}

/* An instant of evidence under a member, if it counts. */
static void
keep_if_speaking(wa_person *person, int member, wa_str business, wa_instant *at)
{
	if (!wa_may_loosen(person, member, business, *at, true))
		*at = WA_NEVER;
}

void
wa_read_member_activity(wa_reader *reader, wa_person *person, int member, wa_activity_row *row)
{
	wa_activity *activity = &row->activity;

	wa_read_activity(reader, row);
	if (member == 0)
		return;
	row->lifts = wa_is_home_of(person, member);
	keep_if_speaking(person, member, row->business, &activity->last_inbound_at);
	keep_if_speaking(person, member, row->business, &activity->last_delivered_at);
	keep_if_speaking(person, member, row->business, &activity->last_read_at);
	keep_if_speaking(person, member, row->business, &activity->last_marketing_delivered_at);
	if (!wa_counts_for_safety(&person->members[member], activity->last_window_refused_at))
		activity->last_window_refused_at = WA_NEVER;
}
