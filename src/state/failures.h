/*-------------------------------------------------------------------------
 *
 * failures.h
 *	  The latest distinct failure instants of one (recipient, business,
 *	  code): a bounded set whose merge is commutative, associative and
 *	  idempotent, so that order, batching and repetition leave no trace.
 *	  Pure: no server, no allocation.
 *
 * The bound has a cost: when more failures come than fit, closer together than the gap of
 * the ladder, they displace earlier ones that had counted.  So a sender that retries a
 * refused message 32 times, in different seconds, is back at the first strike: after
 * 131026 the cooldown ends one day after the latest attempt, not 30.  It is never shorter
 * than the first step, since the latest failure is always kept.  Keeping one failure of
 * each gap instead would be wrong: which failure of a gap is a strike depends on the one
 * before it, on evidence, on incidents, and on a gap that an operator may change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FAILURES_H
#define WA_FAILURES_H

#include "c.h"

#include "base/instant.h"

#define WA_MAX_FAILURES 32

/* Ascending and without repetition; the oldest are dropped when it is full. */
typedef struct wa_failures
{
	int			n;
	wa_instant	at[WA_MAX_FAILURES];
} wa_failures;

/* Add one instant.  Returns whether the set changed. */
extern bool wa_failures_add(wa_failures *failures, wa_instant at);

/* Add all of other.  Returns whether the set changed. */
extern bool wa_failures_merge(wa_failures *failures, const wa_failures *other);

#endif							/* WA_FAILURES_H */
