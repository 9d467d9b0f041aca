/*-------------------------------------------------------------------------
 *
 * decision_cache.h
 *	  Data shared by all decisions of one snapshot: the policy, and the facts about
 *	  one recipient at a time.  Included by the files of this folder only.
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
	bool		has_claims;		/* is there any claim, where there is a cap? */
	bool		has_erased;		/* was anybody ever erased? */
	wa_erasure_key erasure;		/* the key, if has_erased */
	bool		fed;			/* true: checked that something has arrived */
	bool		restored;		/* true: checked that no restore failed at the opt-outs */
	bool		copied;			/* true: checked that no initial copy is running */
	int			nbusinesses;	/* known ones, without ''; -1: not read so far */
	const wa_str *businesses;
	wa_str		known_business; /* the last one found to be known; data NULL: none */
	wa_str		known_sender;

	/* About the current recipient. */
	wa_facts	facts;
	wa_recipient *recipient;
	wa_person  *person;			/* NULL: has no other identifier */
	wa_link_reader links;		/* reads the person */
	wa_kept_links kept;			/* links that were read before */
	void		(*fetch_part) (void *arg, wa_part part);	/* NULL: the rows are looked up */
	void	   *fetch_arg;
};

/*
 * Fetch one part of the facts about cache->person, which has several identifiers, into
 * cache->facts; in the current memory context.
 */
extern void wa_gather_person(wa_decision_cache *cache, wa_part part);

/*
 * Fill in since and excluded of a cooldown as it is stored, by its failures and the instant up to
 * which evidence lifts them.
 */
extern void wa_describe_cooldown(wa_cooldown_row *row, const wa_failures *failures,
								 wa_instant lifted, const wa_code_policy *policy);

/* wa_facts.known_businesses, of a cache. */
extern int	wa_known_businesses(void *cache, const wa_str **businesses);

/* When the identifier asked about was erased; WA_NEVER: never. */
extern wa_instant wa_gather_erasure(wa_decision_cache *cache);

/*
 * After wa_reader_seek: the next claim whose lease ends at that time or later.  Read the current row of
 * wa_claim; and keep one row of each claim, returning their number.
 */
extern bool wa_next_claim(wa_reader *reader, wa_instant from);
extern void wa_read_claim(wa_reader *reader, wa_claim_row *row);
extern int	wa_claims_once(wa_claim_row *rows, int n);

#endif							/* WA_DECISION_CACHE_H */
