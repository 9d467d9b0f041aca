/*-------------------------------------------------------------------------
 *
 * failures.c
 *	  The bounded set of failure instants.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/failures.h"

bool
wa_failures_add(wa_failures *failures, wa_instant at)
{
	int			place = failures->n;

	while (place > 0 && failures->at[place - 1] > at)
		place--;
	if (place > 0 && failures->at[place - 1] == at)
		return false;

	if (failures->n < WA_MAX_FAILURES)
	{
		memmove(&failures->at[place + 1], &failures->at[place],
				(failures->n - place) * sizeof(wa_instant));
		failures->at[place] = at;
		failures->n++;
		return true;
	}

	/* Full: the oldest of all makes room, which may be the new one itself. */
	if (place == 0)
		return false;
	memmove(&failures->at[0], &failures->at[1],
			(place - 1) * sizeof(wa_instant));
	failures->at[place - 1] = at;
	return true;
}

bool
wa_failures_merge(wa_failures *failures, const wa_failures *other)
{
	bool		changed = false;

	for (int i = 0; i < other->n; i++)
		changed |= wa_failures_add(failures, other->at[i]);
	return changed;
}
