/*-------------------------------------------------------------------------
 *
 * deliveries.c
 *	  The bounded set of receipts.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/deliveries.h"

/* FNV-1a, of 32 bits. */
int32
wa_message_hash(wa_str message_id)
{
	uint32		hash = 2166136261u;

	if (!wa_str_given(message_id))
		return 0;
	for (size_t i = 0; i < message_id.len; i++)
		hash = (hash ^ (unsigned char) message_id.data[i]) * 16777619u;
	return hash == 0 ? 1 : (int32) hash;
}

static int
compare(wa_delivery a, wa_delivery b)
{
	if (a.at != b.at)
		return a.at < b.at ? -1 : 1;
	return a.message < b.message ? -1 : a.message > b.message;
}

bool
wa_deliveries_add(wa_deliveries *deliveries, wa_delivery delivery)
{
	wa_delivery *at = deliveries->at;
	int			place = deliveries->n;

	while (place > 0 && compare(at[place - 1], delivery) > 0)
		place--;
	if (place > 0 && compare(at[place - 1], delivery) == 0)
		return false;

	if (deliveries->n < WA_MAX_DELIVERIES)
	{
		memmove(&at[place + 1], &at[place], (deliveries->n - place) * sizeof(wa_delivery));
		at[place] = delivery;
		deliveries->n++;
		return true;
	}

	/* Full: the oldest of all makes room, which may be the new one itself. */
	if (place == 0)
		return false;
	memmove(&at[0], &at[1], (place - 1) * sizeof(wa_delivery));
	at[place - 1] = delivery;
	return true;
}

bool
wa_delivery_is_first(const wa_deliveries *deliveries, int i)
{
	int32		message = deliveries->at[i].message;

	if (message == 0)
		return true;
	for (int j = 0; j < i; j++)
	{
		if (deliveries->at[j].message == message)
			return false;
	}
	return true;
}

int
wa_deliveries_count(const wa_deliveries *deliveries, wa_instant since, wa_instant at)
{
	int			count = 0;

	for (int i = deliveries->n - 1; i >= 0 && deliveries->at[i].at > since; i--)
	{
		if (deliveries->at[i].at <= at && wa_delivery_is_first(deliveries, i))
			count++;
	}
	return count;
}
