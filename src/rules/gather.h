/*-------------------------------------------------------------------------
 *
 * gather.h
 *	  Gathering the facts about one recipient under the caller's snapshot, by direct
 *	  index look-ups or from rows that the caller reads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_GATHER_H
#define WA_GATHER_H

#include "base/compat.h"

#include "rules/decision_cache.h"
#include "state/read.h"

/*
 * The cache for the caller's snapshot: *cache if it was made for that snapshot, else a new
 * one that replaces it.  Set *cache to NULL before the first call.  funcid is the OID of
 * the SQL function that runs; the tables are in its schema.
 *
 * Memory: the cache lives in a child of parent.
 * Errors: object_not_in_prerequisite_state where there is no snapshot; those of
 * wa_schema_of.
 */
extern wa_decision_cache *wa_decision_cache_for(wa_decision_cache **cache, Oid funcid,
												MemoryContext parent);

/*
 * The facts about one recipient; NULL stands for an invalid one.  Valid until the next call
 * on the same cache.
 */
extern wa_facts *wa_facts_of(wa_decision_cache *cache, const wa_canonical *recipient);

/*
 * The facts about a recipient without rows: those that follow from its region and time
 * zones.  Otherwise as wa_facts_of.
 */
extern wa_facts *wa_facts_of_unknown(wa_decision_cache *cache, const wa_canonical *recipient);

/*
 * The facts about a recipient for which only its own rows count, where the caller reads
 * these: its callback fetch_part adds the rows of a part by wa_facts_add, in the order of
 * the primary key.  Otherwise as wa_facts_of.
 */
extern wa_facts *wa_facts_from(wa_decision_cache *cache, const wa_canonical *recipient,
							   void (*fetch_part) (void *arg, wa_part part), void *arg);

/* Add the reader's current row, of the table of that part, to the current facts. */
extern void wa_facts_add(wa_decision_cache *cache, wa_part part, wa_reader *reader);

/*
 * The cost of gathering the facts for the latest decision.  The unit is one look-up of a
 * recipient without links.
 */
extern double wa_facts_cost(const wa_decision_cache *cache);

#endif							/* WA_GATHER_H */
