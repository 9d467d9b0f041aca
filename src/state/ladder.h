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

#include "errors/catalogue.h"
#include "state/failures.h"

/* Failures further back than this from the latest one are forgiven. */
#define WA_STRIKE_MEMORY	(30 * WA_DAY)

typedef struct wa_cooldown_end
{
	int			strikes;
	wa_instant	until;			/* WA_NEVER: no strike counts; WA_FOREVER: no end */
} wa_cooldown_end;

/*
 * Count strikes and say until when the cooldown holds.
 *
 * lifted is the latest lifting evidence, WA_NEVER where there is none.  A
 * failure is a strike if it is later than lifted, within WA_STRIKE_MEMORY of
 * the latest failure, and at least ladder->gap after the previously counted
 * strike, counting from the oldest.  The cooldown ends ladder[strikes] after
 * the latest failure, the last rung repeating.
 */
extern wa_cooldown_end wa_climb(const wa_failures *failures, wa_instant lifted,
								const wa_ladder *ladder);

#endif							/* WA_LADDER_H */
