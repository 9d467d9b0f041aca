/*-------------------------------------------------------------------------
 *
 * ladder.c
 *	  Counting strikes.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/ladder.h"

wa_cooldown_end
wa_climb(const wa_failures *failures, wa_instant lifted, const wa_ladder *ladder)
{
	wa_cooldown_end end = {0, WA_NEVER};
	wa_instant	latest;
	wa_instant	counted = WA_NEVER;

	if (failures->n == 0 || ladder->nrungs == 0)
		return end;

	latest = failures->at[failures->n - 1];
	for (int i = 0; i < failures->n; i++)
	{
		wa_instant	at = failures->at[i];

		if (at <= lifted || latest - at > WA_STRIKE_MEMORY)
			continue;
		if (end.strikes > 0 && at - counted < ladder->gap)
			continue;
		counted = at;
		end.strikes++;
	}

	if (end.strikes > 0)
		end.until = wa_after(latest,
							 ladder->rung[Min(end.strikes, ladder->nrungs) - 1]);
	return end;
}
