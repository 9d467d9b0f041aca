/*-------------------------------------------------------------------------
 *
 * decision_cache.h
 *	  Data shared by all decisions of one snapshot: the policy, and the facts about
 *	  one recipient at a time.
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

typedef struct wa_decision_cache
{
	MemoryContext context;		/* holds this struct and the policy */
	MemoryContext rows;			/* holds the facts of one recipient */
	const wa_schema *schema;	/* wa_schema_of's, looked up at every use */
	wa_snapshot_id seen;
	Snapshot	snapshot;		/* the caller's at this call */
	wa_code_policies *codes;	/* NULL: not read so far */
	int			nrules;
	wa_region_fact *rules;		/* all of wa_region_rule */
	wa_holds   *holds;			/* of senders; NULL: there are none */
	wa_pacing  *pacing;			/* caps and quiet hours; NULL: there are none */
	bool		has_links;		/* is there any link between identifiers? */
	bool		has_claims;		/* is there any claim, where there is a cap? */
	bool		has_erased;		/* was anybody ever erased? */
	wa_erasure_key erasure;		/* the key, if has_erased */
	bool		checked;		/* has something arrived, and is the state complete? */
	int			nbusinesses;	/* known ones, without ''; -1: not read so far */
	const wa_str *businesses;
	wa_str		known_business; /* the last two found to be known, together; data NULL: none */
	wa_str		known_sender;

	/* About the current recipient. */
	wa_facts	facts;
	wa_recipient *recipient;
	wa_person  *person;			/* NULL: has no other identifier */
	wa_link_reader links;		/* reads the person */
	wa_kept_links kept;			/* links that were read before */
	void		(*fetch_part) (void *arg, wa_part part);	/* NULL: the rows are looked up */
	void	   *fetch_arg;
} wa_decision_cache;

/* The policies of codes, which only cooldowns need. */
static inline const wa_code_policies *
wa_cache_codes(wa_decision_cache *cache)
{
	if (cache->codes == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(cache->context);

		cache->codes = wa_code_policies_load(cache->schema);
		MemoryContextSwitchTo(old);
	}
	return cache->codes;
}

#endif							/* WA_DECISION_CACHE_H */
