/*-------------------------------------------------------------------------
 *
 * connected.h
 *	  Phones for which the rows of other identifiers may count, while the
 *	  suppression list is read.
 *
 * Nearly all events are stored under phones, and a phone is decided by its own
 * rows.  Others count for it in three cases, all of them rare: rows under a
 * BSUID that is linked with it, a change of identifier, and a BSUID or parent
 * that was seen with several phones.  More phones are found than need be: all that
 * are connected by links of either kind, unlinked ones too.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CONNECTED_H
#define WA_CONNECTED_H

#include "base/compat.h"

#include "rules/facts.h"
#include "suppression/phone_set.h"

typedef struct wa_connected wa_connected;

/*
 * Read the changes, and the identifiers that were seen with several phones, in the current
 * memory context; NULL where there are no links at all.  limit: bytes it may use.
 */
extern wa_connected *wa_connected_read(wa_decision_cache *cache, Size limit);

/* May this phone be connected with other phones by changes or such identifiers? */
extern bool wa_connected_has(const wa_connected *connected, wa_key phone);

/* Record that there is a row about this BSUID or parent. */
extern void wa_connected_add(wa_connected *connected, wa_str user_id);

/*
 * After all rows have been read: find the phones for which rows about BSUIDs may count.  False
 * where memory did not suffice; then there can be no list.
 */
extern bool wa_connected_complete(wa_connected *connected);

/* After that: the maximum number of phones that will be marked. */
extern uint64 wa_connected_most(const wa_connected *connected);

/*
 * After that: call mark once with every phone for which rows of other identifiers may count.
 * is_listed tells whether there is a row about a phone.  Frees connected.
 */
extern void wa_connected_mark(wa_connected *connected,
							  bool (*is_listed) (void *arg, wa_key phone),
							  void (*mark) (void *arg, wa_key phone), void *arg);

/* The cost of reading and marking, in look-ups; pages: pages of state tables to be read. */
extern double wa_connected_cost(const wa_schema *schema, double pages);

#endif							/* WA_CONNECTED_H */
