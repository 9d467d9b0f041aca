/*-------------------------------------------------------------------------
 *
 * ladder.h
 *	  Computing strikes and the end of a cooldown from its failures and the evidence
 *	  that lifts them.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LADDER_H
#define WA_LADDER_H

#include "c.h"

#include "errors/code_policy.h"
#include "state/failures.h"

/* Failures that are older than the latest one by more than this do not count. */
#define WA_STRIKE_MEMORY	(30 * WA_DAY)

typedef struct wa_cooldown_end
{
	int			strikes;
	int			excluded;		/* failures that do not count because of an incident */
	wa_instant	since;			/* the latest failure that counts; WA_NEVER: none does */
	wa_instant	until;			/* WA_NEVER: no strike counts; WA_FOREVER: no end */
} wa_cooldown_end;

/*
 * Count the strikes and compute the end of the cooldown.
 *
 * failures are those with one code, whose policy is given, of one recipient and business
 * ('' where unknown).  lifted is the instant up to which evidence lifts them, WA_NEVER
 * where there is none.
 *
 * Failures up to lifted, and failures during an incident of this business or of every
 * business, are ignored.  Each of the others is a strike if it is within WA_STRIKE_MEMORY
 * of the latest one and at least the gap of the ladder after the previous strike, counting
 * from the oldest.  With n strikes the cooldown ends the n-th step of the ladder after the
 * latest failure; the last step repeats.
 */
extern wa_cooldown_end wa_ladder_evaluate(const wa_failures *failures, wa_instant lifted,
										  const wa_code_policy *policy, wa_str business);

#endif							/* WA_LADDER_H */
