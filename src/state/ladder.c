/*-------------------------------------------------------------------------
 *
 * ladder.c
 *	  Counting strikes.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/ladder.h"

/* An incident of one business says nothing of failures of an unknown one. */
static bool
ladder_excludes(const wa_code_policy *policy, wa_str business, wa_instant at)
{
	for (int i = 0; i < policy->nincidents; i++)
	{
		const wa_incident *incident = &policy->incidents[i];

		if (incident->since <= at && at < incident->until &&
			(incident->business.len == 0 || wa_str_equal(incident->business, business)))
			return true;
	}
	return false;
}

/* The failures that count at all; how many were left out for an incident. */
static int
ladder_select(const wa_failures *failures, wa_instant lifted,
			  const wa_code_policy *policy, wa_str business, wa_failures *selected)
{
	int			excluded = 0;

	selected->n = 0;
	for (int i = 0; i < failures->n; i++)
	{
		wa_instant	at = failures->at[i];

		if (at <= lifted)
			continue;
		if (ladder_excludes(policy, business, at))
			excluded++;
		else
			selected->at[selected->n++] = at;
	}
	return excluded;
}

wa_cooldown_end
wa_ladder_evaluate(const wa_failures *failures, wa_instant lifted,
				   const wa_code_policy *policy, wa_str business)
{
	const wa_ladder *ladder = &policy->ladder;
	wa_cooldown_end end = {0, 0, WA_NEVER, WA_NEVER};
	wa_failures selected;
	wa_instant	latest;
	wa_instant	counted = WA_NEVER;

	if (policy->effect != WA_EFFECT_COOLDOWN)
		return end;
	end.excluded = ladder_select(failures, lifted, policy, business, &selected);
	if (selected.n == 0)
		return end;

	latest = selected.at[selected.n - 1];
	for (int i = 0; i < selected.n; i++)
	{
		wa_instant	at = selected.at[i];

		if (latest - at > WA_STRIKE_MEMORY ||
			(end.strikes > 0 && at - counted < ladder->gap))
			continue;
		counted = at;
		end.strikes++;
	}
	end.since = latest;
	end.until = wa_after(latest, ladder->step[Min(end.strikes, ladder->nsteps) - 1]);
	return end;
}
