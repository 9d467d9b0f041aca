/*-------------------------------------------------------------------------
 *
 * deliveries.h
 *	  The latest receipts of one (recipient, business, category): a bounded set
 *	  whose merge is commutative, associative and idempotent.  Pure: no server,
 *	  no allocation.
 *
 * An element is an instant and a hash of the id of the message that was received then.
 * Instants alone are not sufficient: one message may have two receipts (delivered,
 * read), and a phone that was switched off receives several messages in one second.
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

/* Ascending by instant, then message, without repetition; the oldest are dropped when it is full. */
typedef struct wa_deliveries
{
	int			n;
	wa_delivery *at;			/* owned by the caller */
} wa_deliveries;

/*
 * The hash of a message id.  It is stored, so it is the same on every machine and in every
 * version.
 */
extern int32 wa_message_hash(wa_str message_id);

/*
 * Add one; there must be room for n + 1 elements, or for WA_MAX_DELIVERIES of them.
 * Returns whether the set changed.
 */
extern bool wa_deliveries_add(wa_deliveries *deliveries, wa_delivery delivery);

/*
 * Is the i-th element the first of its message?  Only that is the time of delivery.
 */
extern bool wa_delivery_is_first(const wa_deliveries *deliveries, int i);

/* How many messages were first received later than since and no later than at. */
extern int	wa_deliveries_count(const wa_deliveries *deliveries, wa_instant since, wa_instant at);

/*
 * May elements that were dropped have been later than since?  Then the number of messages
 * is unknown.
 */
static inline bool
wa_deliveries_overflowed(const wa_deliveries *deliveries, wa_instant since)
{
	return deliveries->n == WA_MAX_DELIVERIES && deliveries->at[0].at > since;
}

#endif							/* WA_DELIVERIES_H */
