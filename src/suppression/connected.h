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

#include "rules/gather.h"
#include "suppression/phone_set.h"

typedef struct wa_connected wa_connected;

/* How the rows about a phone count for others of its group. */
typedef enum wa_counting
{
	WA_COUNTS_NOTHING,			/* there are none */
	WA_COUNTS_TOGETHER,			/* only together with rows about others */
	WA_COUNTS
} wa_counting;

/* Callbacks. */
typedef struct wa_connected_sink
{
	wa_counting (*counting) (void *arg, wa_key phone);
	void		(*mark) (void *arg, wa_key phone);	/* rows of others may count for it */
	void		(*inherit) (void *arg, wa_key from, wa_key to); /* one that is marked has the stops of
															 * the other for sure */
	void		(*mark_user_id) (void *arg, uint64 hash);	/* the same, a BSUID or parent; 63 bits of its hash */
} wa_connected_sink;

/*
 * Read the changes, and the identifiers that were seen with several phones, in the current
 * memory context; NULL where there are no links at all.  seed: for wa_user_id_hash.  limit:
 * bytes it may use.  Where these do not suffice, sink->mark is called at any time, for all
 * connected identifiers, and more than once for some.
 */
extern wa_connected *wa_connected_read(wa_decision_cache *cache, uint64 seed, Size limit,
									   const wa_connected_sink *sink, void *arg);

/* May this phone be connected with other phones by changes or such identifiers? */
extern bool wa_connected_has(const wa_connected *connected, wa_key phone);

/*
 * Record a stop of this phone that counts for the question, or WA_FOREVER where a resume counts.
 */
extern void wa_connected_stop(wa_connected *connected, wa_key phone, wa_instant at);

/* Record that there is a row about this BSUID or parent. */
extern void wa_connected_add(wa_connected *connected, wa_str user_id);

/* Call it after all rows have been read. */
extern void wa_connected_complete(wa_connected *connected);

/* After that: the bytes it uses. */
extern Size wa_connected_memory(const wa_connected *connected);

/* After that: the maximum number of identifiers that wa_connected_mark will mark. */
extern uint64 wa_connected_most(const wa_connected *connected);

/* After that: mark the identifiers, and free everything. */
extern void wa_connected_mark(wa_connected *connected);

/* The cost of reading and marking, in look-ups; pages: pages of state tables to be read. */
extern double wa_connected_cost(const wa_schema *schema, double pages);

#endif							/* WA_CONNECTED_H */
