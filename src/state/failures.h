/*-------------------------------------------------------------------------
 *
 * failures.h
 *	  The latest distinct failure instants of one (recipient, business,
 *	  code): a bounded set whose merge is commutative, associative and
 *	  idempotent, so that order, batching and repetition leave no trace.
 *	  Pure: no server, no allocation.
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
