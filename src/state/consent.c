/*-------------------------------------------------------------------------
 *
 * consent.c
 *	  Merging the events of one consent register.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/consent.h"

/*
 * Which of two words is the one to show: > 0 where a is.
 */
static int
wa_consent_rank(const wa_consent *a, const wa_consent *b)
{
	wa_instant	a_at = wa_consent_at(a);
	wa_instant	b_at = wa_consent_at(b);
	bool		a_stopped = wa_consent_stopped(a);
	bool		b_stopped = wa_consent_stopped(b);
	int			order;

	if (a_at != b_at)
		return a_at > b_at ? 1 : -1;
	if (a_stopped != b_stopped)
		return a_stopped ? 1 : -1;
	if ((order = wa_str_compare(a->origin, b->origin)) != 0)
		return order;
	if (a->code != b->code)
		return a->code > b->code ? 1 : -1;
	if ((order = wa_str_compare(a->sender, b->sender)) != 0)
		return order;
	return wa_str_compare(a->message_id, b->message_id);
}

void
wa_consent_merge(wa_consent *consent, const wa_consent *other)
{
	const wa_consent *winner = wa_consent_rank(other, consent) > 0 ? other : consent;
	wa_consent	merged = *winner;

	merged.stopped_at = wa_later(consent->stopped_at, other->stopped_at);
	merged.resumed_at = wa_later(consent->resumed_at, other->resumed_at);
	*consent = merged;
}
