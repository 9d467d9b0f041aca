/*-------------------------------------------------------------------------
 *
 * deliveries.h
 *	  The latest receipts of one (recipient, business, category): a bounded set
 *	  whose merge is commutative, associative and idempotent.  Pure: no server,
 *	  no allocation.
 *
 * An element is an instant and the message that was received then, by a hash of
 * its id.  Instants alone would not do: of one message there may be two receipts
 * (delivered, read), and a phone that was switched off receives several messages
 * in one second.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DELIVERIES_H
#define WA_DELIVERIES_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"

#define WA_MAX_DELIVERIES 64

typedef struct wa_delivery
{
	wa_instant	at;
	int32		message;		/* hash of its id; 0: it had none */
} wa_delivery;

/* Ascending by instant, then message, without repetition; the oldest go when it overflows. */
typedef struct wa_deliveries
{
	int			n;
	wa_delivery *at;			/* owned by the caller */
} wa_deliveries;

/*
 * The hash of a message id; the same on every machine and in every version, since it
 * is kept.
 */
extern int32 wa_message_hash(wa_str message_id);

/*
 * Add one; there must be room for n + 1 elements, or for WA_MAX_DELIVERIES of them.
 * Returns whether the set is another one than before.
 */
extern bool wa_deliveries_add(wa_deliveries *deliveries, wa_delivery delivery);

/*
 * Is the i-th element the first of its message?  Only that says when it was delivered.
 */
extern bool wa_delivery_is_first(const wa_deliveries *deliveries, int i);

/* How many messages were first received later than since and no later than at. */
extern int	wa_deliveries_count(const wa_deliveries *deliveries, wa_instant since, wa_instant at);

/*
 * May older elements that no longer stand there have been later than since?  Then there
 * is no telling how many there were.
 */
static inline bool
wa_deliveries_overflowed(const wa_deliveries *deliveries, wa_instant since)
{
	return deliveries->n == WA_MAX_DELIVERIES && deliveries->at[0].at > since;
}

#endif							/* WA_DELIVERIES_H */
