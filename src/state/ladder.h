/*-------------------------------------------------------------------------
 *
 * ladder.h
 *	  From failures and what lifts them to the end of a cooldown.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LADDER_H
#define WA_LADDER_H

#include "c.h"

#include "errors/code_policy.h"
#include "state/failures.h"

/* Failures further back than this from the latest one are forgiven. */
#define WA_STRIKE_MEMORY	(30 * WA_DAY)

typedef struct wa_cooldown_end
{
	int			strikes;
	int			excluded;		/* failures that would count but for an incident */
	wa_instant	until;			/* WA_NEVER: no strike counts; WA_FOREVER: no end */
} wa_cooldown_end;

/*
 * Count strikes and say until when the cooldown holds.
 *
 * failures are those of one code, whose policy this is, towards one recipient
 * in one business, '' where that is unknown.  lifted is the instant up to which
 * evidence lifts them, WA_NEVER where there is none.
 *
 * Failures up to lifted, and failures during an incident of this business or of
 * every business, are as if they had not been.  Each of the others is a strike if
 * it is within WA_STRIKE_MEMORY of the latest, and at least the gap of the ladder
 * after the previous strike, counting from the oldest.  The cooldown ends one
 * step after the latest: that of as many strikes, the last step repeating.
 */
extern wa_cooldown_end wa_ladder_evaluate(const wa_failures *failures, wa_instant lifted,
										  const wa_code_policy *policy, wa_str business);

#endif							/* WA_LADDER_H */
