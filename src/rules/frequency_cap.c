/*-------------------------------------------------------------------------
 *
 * frequency_cap.c
 *	  Counting the messages that count for a frequency cap.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/bisect.h"
#include "rules/frequency_cap.h"

static void
count_delivery(wa_counted *counted, const wa_cap *cap, wa_instant at)
{
	int			place;

	counted->n++;
	if (counted->kept == cap->messages)
	{
		if (at <= counted->at[0])
			return;
		memmove(&counted->at[0], &counted->at[1], (counted->kept - 1) * sizeof(wa_instant));
		counted->kept--;
	}
	for (place = counted->kept++; place > 0 && counted->at[place - 1] > at; place--)
		counted->at[place] = counted->at[place - 1];
	counted->at[place] = at;
}

/* May such messages count for the cap and for the question? */
static bool
is_capped(const wa_question *q, const wa_cap *cap, wa_category category, wa_str business)
{
	return category == cap->category && wa_asks_about(q, business) &&
		wa_may_be_same(cap->business, business);
}

/*
 * A message counts once, if several rows have it: by the first one that counts, so that
 * another identifier of the person can only add to what its own rows say.
 */
void
wa_count_deliveries(const wa_facts *facts, const wa_question *q, const wa_cap *cap,
					wa_counted *counted)
{
	wa_instant	since = wa_cap_since(cap, q->at);
	int32		latest = 0;

	for (int i = 0; i < facts->ndeliveries; i++)
	{
		const wa_delivery_row *row = &facts->deliveries[i];
		const wa_deliveries *deliveries = &row->deliveries;

		if (wa_deliveries_overflowed(deliveries, since) &&
			is_capped(q, cap, row->category, row->business))
			counted->overflowed = wa_later(counted->overflowed, deliveries->at[0].at);
	}
	for (int i = 0; i < facts->ndelivered; i++)
	{
		const wa_delivered *delivered = &facts->delivered[i];
		const wa_delivery_row *row = &facts->deliveries[delivered->row];

		if ((delivered->message != 0 && delivered->message == latest) || delivered->at <= since ||
			delivered->at > q->at || !is_capped(q, cap, row->category, row->business))
			continue;
		latest = delivered->message;
		counted->latest = wa_later(counted->latest, delivered->at);
		count_delivery(counted, cap, delivered->at);
	}
}

/* When was the message of a claim delivered first?  WA_FOREVER: it was not. */
static wa_instant
delivered_at(const wa_facts *facts, int32 message)
{
	wa_instant	first = WA_FOREVER;
	int			i;

	if (message == 0)
		return first;
	wa_bisect(i, facts->ndelivered, facts->delivered[i].message < message);
	for (; i < facts->ndelivered && facts->delivered[i].message == message; i++)
		first = Min(first, facts->delivered[i].at);
	return first;
}

void
wa_count_claims(const wa_facts *facts, const wa_question *q, const wa_cap *cap, wa_counted *counted)
{
	for (int i = 0; i < facts->nclaims; i++)
	{
		const wa_claim_row *claim = &facts->claims[i];
		wa_instant	delivered = delivered_at(facts, claim->message);
		wa_instant	until = Min(claim->lease_until, delivered);

		/* Whenever it was claimed: one that this transaction has made is later than its beginning. */
		if ((until <= q->at && until != WA_FOREVER) ||
			(q->own_claim != 0 && claim->token == q->own_claim) ||
			!is_capped(q, cap, claim->category, claim->business))
			continue;
		counted->claimed++;
		counted->latest = wa_later(counted->latest, claim->claimed_at);
		count_delivery(counted, cap, until - cap->period);
	}
}
