/*-------------------------------------------------------------------------
 *
 * decision_cache.h
 *	  What all decisions of one snapshot share: the policy, and room for the
 *	  facts of one recipient at a time.
 *
 * Only the files of this folder look inside.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DECISION_CACHE_H
#define WA_DECISION_CACHE_H

#include "base/compat.h"

#include "utils/memutils.h"

#include "base/snapshot_id.h"
#include "errors/code_policies.h"
#include "identity/load.h"
#include "recipient/recipient.h"
#include "rules/facts.h"
#include "rules/holds.h"
#include "rules/pacing.h"
#include "state/erased.h"

struct wa_decision_cache
{
	MemoryContext context;		/* holds this struct and the policy */
	MemoryContext rows;			/* holds the facts of one recipient */
	const wa_schema *schema;	/* wa_schema_of's, looked up at every use */
	wa_snapshot_id seen;
	Snapshot	snapshot;		/* the caller's at this call */
	wa_code_policies *codes;
	int			nrules;
	wa_region_fact *rules;		/* all of wa_region_rule */
	wa_holds   *holds;			/* of senders; NULL: there are none */
	wa_pacing  *pacing;			/* caps and quiet hours; NULL: there are none */
	bool		has_links;		/* is there any link between identifiers? */
	bool		has_claims;		/* is there any, where a cap asks? */
	bool		has_erased;		/* was anybody ever erased? */
	wa_erasure_key erasure;		/* then: the key */
	bool		fed;			/* has anything ever arrived, as far as was asked? */
	bool		copied;			/* is no first copy under way, as far as was asked? */
	int			nbusinesses;	/* known, but for ''; -1: not read so far */
	const wa_str *businesses;
	wa_str		known_business; /* asked about last, and known; data NULL: none */
	wa_str		known_sender;

	/* Of the recipient at hand. */
	wa_facts	facts;
	wa_recipient *recipient;
	wa_person  *person;			/* NULL: has no other identifier */
	wa_link_reader links;		/* by which it is read */
	wa_kept_links kept;			/* what others have read of links */
	void		(*fetch_part) (void *arg, wa_part part);	/* NULL: the rows are looked up */
	void	   *fetch_arg;
};

/* Row arrays start with this many; nearly nobody has more. */
#define WA_FEW_ROWS 4

/*
 * Make sure that *rows, an array in the current memory context, has room for
 * one more than n.
 */
#define wa_grow_rows(rows, n, type) \
	do { \
		if ((n) == 0) \
			(rows) = palloc(WA_FEW_ROWS * sizeof(type)); \
		else if ((n) >= WA_FEW_ROWS && ((n) & ((n) - 1)) == 0) \
			(rows) = repalloc_huge((rows), 2 * (n) * sizeof(type)); \
	} while (0)

/*
 * Gather one part of what is known of cache->person, who has several
 * identifiers, into cache->facts; in the current memory context.
 */
extern void wa_gather_person(wa_decision_cache *cache, wa_part part);

/* wa_facts.known_businesses, of a cache. */
extern int	wa_known_businesses(void *cache, const wa_str **businesses);

/* When the recipient at hand was erased, under the identifier asked about; WA_NEVER: it was not. */
extern wa_instant wa_gather_erasure(wa_decision_cache *cache);

/* Read the row of wa_claim at hand, and drop all rows but one of each claim. */
extern void wa_read_claim(wa_reader *reader, wa_claim_row *row);
extern int	wa_claims_once(wa_claim_row *rows, int n);

#endif							/* WA_DECISION_CACHE_H */
