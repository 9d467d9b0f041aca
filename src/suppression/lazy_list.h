/*-------------------------------------------------------------------------
 *
 * lazy_list.h
 *	  When to look recipients up, and when to read the suppression list.
 *
 * A call site begins with look-ups.  Once they have cost a third of what reading the
 * list would cost, the list is read.  At the worst, where nothing more is asked, one
 * list too many was read; where much more is asked, it was read early.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LAZY_LIST_H
#define WA_LAZY_LIST_H

#include "base/compat.h"

#include "base/snapshot_id.h"
#include "rules/facts.h"
#include "suppression/list.h"

typedef struct wa_lazy_list
{
	Oid			funcid;			/* the function at work */
	MemoryContext memory;		/* everything kept lies below it */
	bool		tells_reasons;	/* shall the list tell rules? */
	wa_decision_cache *cache;
	wa_snapshot_id seen;		/* all below is of this snapshot */
	double		lookups;		/* since there was a list */
	double		lookup_cost;	/* what they have cost (wa_facts_cost) */
	double		build_cost;		/* 0: not asked so far */
	bool		unavailable;	/* there is no list to be had by this snapshot */
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
 * A recipient is to be looked up: is it time for a list for this question?  changed:
 * it is not the question of the last call.  processes: how many look up for one query.
 */
extern bool wa_lazy_list_due(wa_lazy_list *lazy, const wa_question *question, bool changed,
							 int processes);

/* Read the list for this question; false where there is none to be had. */
extern bool wa_lazy_list_build(wa_lazy_list *lazy, const wa_question *question);

#endif							/* WA_LAZY_LIST_H */
