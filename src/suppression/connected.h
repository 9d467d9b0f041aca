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
 * Read the changes and the identifiers seen with several, in the current memory context;
 * NULL where there are no links at all.  limit: bytes that it may take.
 */
extern wa_connected *wa_connected_read(wa_decision_cache *cache, Size limit);

/* May this phone be one of several that are connected by changes or such identifiers? */
extern bool wa_connected_has(const wa_connected *connected, wa_key phone);

/* Note that there is a row about this BSUID or parent. */
extern void wa_connected_add(wa_connected *connected, wa_str user_id);

/*
 * When all rows have been read: find the phones that they may count for.  False where memory did
 * not suffice: then there can be no list.
 */
extern bool wa_connected_complete(wa_connected *connected);

/* Then: how many phones will be marked at the most. */
extern uint64 wa_connected_most(const wa_connected *connected);

/*
 * Then: hand every phone for which rows of others may count to mark, once.  is_listed says
 * whether there is a row about a phone.  Frees it all.
 */
extern void wa_connected_mark(wa_connected *connected,
							  bool (*is_listed) (void *arg, wa_key phone),
							  void (*mark) (void *arg, wa_key phone), void *arg);

/* What reading it and marking would cost, in look-ups, with so many pages of state to be read. */
extern double wa_connected_cost(const wa_schema *schema, double pages);

#endif							/* WA_CONNECTED_H */
