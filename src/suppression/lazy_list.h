/*-------------------------------------------------------------------------
 *
 * lazy_list.h
 *	  When to look recipients up, and when to read the suppression list.
 *
 * One begins with look-ups.  Once they have cost a third of what reading the list
 * would cost, the list is read: at the worst, where nothing more is asked, that
 * was one list too many, and for a query that asks much more it is early.  BSUIDs count by
 * themselves: a list that has them reads all links.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LAZY_LIST_H
#define WA_LAZY_LIST_H

#include "base/compat.h"

#include "base/snapshot_id.h"
#include "rules/facts.h"
#include "suppression/list.h"

/* Look-ups of recipients of one kind. */
typedef struct wa_lookups
{
	double		n;
	double		cost;			/* what they have cost (wa_facts_cost) */
	double		build_cost;		/* of a list for them; 0: not asked so far */
	bool		unavailable;	/* there is no such list to be had by this snapshot */
} wa_lookups;

typedef struct wa_lazy_list
{
	Oid			funcid;			/* the function at work */
	MemoryContext memory;		/* everything kept lies below it */
	bool		tells_reasons;	/* shall the list tell rules? */
	wa_decision_cache *cache;
	wa_snapshot_id seen;		/* all below is of this snapshot */
	wa_lookups	phones;			/* look-ups since there was a list */
	wa_lookups	user_ids;		/* likewise, of BSUIDs and parents */
	wa_lookups *latest;			/* of which kind was the last one; NULL: none so far */
	MemoryContext context;		/* of list, or of one that failed half-way */
	wa_suppression_list *list;	/* NULL: look up */
} wa_lazy_list;

/* Begin, in memory that is all zero. */
extern void wa_lazy_list_begin(wa_lazy_list *lazy, Oid funcid, MemoryContext memory,
							   bool tells_reasons);

/*
 * The decision cache for the caller's snapshot.  Where that sees other rows than at
 * the last call, the list is dropped and look-ups are counted from zero.
 */
extern wa_decision_cache *wa_lazy_list_cache(wa_lazy_list *lazy);

/*
 * A recipient is to be looked up: is it time for a list for this question?  user_id: it is a BSUID or
 * parent, for which the list must have these.  changed: it is not the question of the last
 * call.  processes: how many look up for one query.
 */
extern bool wa_lazy_list_due(wa_lazy_list *lazy, const wa_question *question, bool user_id,
							 bool changed, int processes);

/* Read the list for this question; false where there is none to be had. */
extern bool wa_lazy_list_build(wa_lazy_list *lazy, const wa_question *question, bool user_ids);

#endif							/* WA_LAZY_LIST_H */
