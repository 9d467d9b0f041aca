/*-------------------------------------------------------------------------
 *
 * facts.h
 *	  Gathering what is known of one recipient with the caller's snapshot,
 *	  by direct index look-ups or from rows that somebody else reads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FACTS_H
#define WA_FACTS_H

#include "base/compat.h"

#include "utils/snapshot.h"

#include "base/schema.h"
#include "errors/code_policies.h"
#include "recipient/phone.h"
#include "rules/decide.h"
#include "rules/pacing.h"
#include "state/erased.h"
#include "state/read.h"

/* What all decisions of one snapshot share (decision_cache.h). */
typedef struct wa_decision_cache wa_decision_cache;

/*
 * The cache for the caller's snapshot: *cache if it was made for that one, else a
 * new one in its place.  *cache is NULL at first; the cache lives in a child of
 * parent.  funcid: the function at work, in whose schema the tables are.
 *
 * Errors: object_not_in_prerequisite_state where there is no snapshot; those of
 * wa_schema_of.
 */
extern wa_decision_cache *wa_decision_cache_for(wa_decision_cache **cache, Oid funcid,
												MemoryContext parent);

/*
 * May this question be answered at all?  Errors, each with a hint:
 * object_not_in_prerequisite_state where nothing has ever arrived in this database and nobody
 * has declared that this is meant to be so; undefined_object where the business or the sender
 * was never heard of.  Either would have nothing to object, and say yes.
 */
extern void wa_decision_cache_check(wa_decision_cache *cache, const wa_question *question);

/* What a cache reads, and by what. */
extern const wa_schema *wa_decision_cache_schema(const wa_decision_cache *cache);
extern Snapshot wa_decision_cache_snapshot(const wa_decision_cache *cache);
extern const wa_code_policies *wa_decision_cache_codes(const wa_decision_cache *cache);
extern bool wa_decision_cache_has_links(const wa_decision_cache *cache);
extern const wa_pacing *wa_decision_cache_pacing(const wa_decision_cache *cache);
extern const wa_erasure_key *wa_decision_cache_erasure(const wa_decision_cache *cache);	/* NULL: nobody was erased */

/*
 * The facts on one recipient; NULL stands for one that is invalid.  Valid until
 * the next call on the same cache.
 */
extern wa_facts *wa_facts_of(wa_decision_cache *cache, const wa_canonical *recipient);

/*
 * The facts on an unknown recipient: what its region and its time zones alone mean.  Otherwise as
 * wa_facts_of.
 */
extern wa_facts *wa_facts_of_unknown(wa_decision_cache *cache, const wa_canonical *recipient);

/*
 * The facts on a recipient by whose own rows alone it is decided, and these the caller
 * has at hand: fetch_part adds those of a part by wa_facts_add, in the order of
 * the primary key.  Otherwise as wa_facts_of.
 */
extern wa_facts *wa_facts_from(wa_decision_cache *cache, const wa_canonical *recipient,
							   void (*fetch_part) (void *arg, wa_part part), void *arg);

/* Add the row at hand of that part's table to the facts at hand. */
extern void wa_facts_add(wa_decision_cache *cache, wa_part part, wa_reader *reader);

/*
 * What the facts by which the latest decision was made have cost, in look-ups of
 * a recipient where nobody has links.
 */
extern double wa_facts_cost(const wa_decision_cache *cache);

#endif							/* WA_FACTS_H */
