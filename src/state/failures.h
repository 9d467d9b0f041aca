/*-------------------------------------------------------------------------
 *
 * failures.h
 *	  The latest distinct failure instants of one (recipient, business,
 *	  code): a bounded set whose merge is commutative, associative and
 *	  idempotent, so that order, batching and repetition leave no trace.
 *	  Pure: no server, no allocation.
 *
 * What the bound costs: more failures than fit, closer together than the gap of
 * the ladder, push out earlier ones that had counted.  A sender that retries a
 * refused message 32 times, in different seconds, so goes back to the first strike: after 131026
 * a day after the latest attempt, not 30.  Never less than the first step, since
 * the latest failure always stays.  To keep one failure of each gap instead would not do:
 * which failure of a gap is a strike depends on the one before it, on evidence, which
 * lifts up to any moment, on incidents, and on a gap that an operator may change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FAILURES_H
#define WA_FAILURES_H

#include "c.h"

#include "base/instant.h"

#define WA_MAX_FAILURES 32

/* Ascending and without repetition; the oldest go when it overflows. */
typedef struct wa_failures
{
	int			n;
	wa_instant	at[WA_MAX_FAILURES];
} wa_failures;

/* Add one instant.  Returns whether the set is another one than before. */
extern bool wa_failures_add(wa_failures *failures, wa_instant at);

/* Add all of other.  Returns whether the set is another one than before. */
extern bool wa_failures_merge(wa_failures *failures, const wa_failures *other);

#endif							/* WA_FAILURES_H */
