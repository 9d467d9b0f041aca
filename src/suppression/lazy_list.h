/*-------------------------------------------------------------------------
 *
 * lazy_list.h
 *	  Deciding when to look recipients up and when to read the suppression list.
 *
 * A call site begins with look-ups.  Once they have cost a third of what reading the
 * list would cost, the list is read.  At the worst, where nothing more is asked, one
 * list too many was read; where much more is asked, it was read early.  Look-ups of BSUIDs
 * are counted separately, since a list that contains BSUIDs costs more.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LAZY_LIST_H
#define WA_LAZY_LIST_H

#include "base/compat.h"

#include "base/snapshot_id.h"
#include "rules/gather.h"
#include "suppression/list.h"

/* Look-ups of recipients of one kind. */
typedef struct wa_lookups
{
	double		n;				/* number */
	double		cost;			/* their cost (wa_facts_cost) */
	double		build_cost;		/* of a list for them; 0: not computed so far */
	bool		unavailable;	/* no such list is possible for this snapshot */
} wa_lookups;

typedef struct wa_lazy_list
{
	Oid			funcid;			/* the SQL function that runs */
	MemoryContext memory;		/* parent of all memory contexts used */
	bool		tells_reasons;	/* must the list tell the rule? */
	wa_decision_cache *cache;
	wa_snapshot_id seen;		/* all below is of this snapshot */
	wa_lookups	phones;			/* look-ups since there was a list */
	wa_lookups	user_ids;		/* the same, of BSUIDs and parents */
	wa_lookups *latest;			/* kind of the latest look-up; NULL: none so far */
	MemoryContext context;		/* of list, or of one that failed half-way */
	wa_suppression_list *list;	/* NULL: look up */
} wa_lazy_list;

/* Initialize; *lazy must be all zero. */
extern void wa_lazy_list_begin(wa_lazy_list *lazy, Oid funcid, MemoryContext memory,
							   bool tells_reasons);

/*
 * The decision cache for the caller's snapshot.  If that differs from the one of the last
 * call, the list is dropped and look-ups are counted from zero.
 */
extern wa_decision_cache *wa_lazy_list_cache(wa_lazy_list *lazy);

/*
 * Ask the list about a value of text or wa_recipient that is plain digits; most calls of a
 * large query need no more.  The list must be for the question and the caller's snapshot.
 * LOOK_UP: there is none, or it does not tell.
 */
static pg_attribute_always_inline wa_list_answer
wa_lazy_list_ask(const wa_lazy_list *lazy, const struct varlena *value, wa_str *digits)
{
	return lazy->list == NULL ? WA_LIST_LOOK_UP : wa_list_ask_plain(lazy->list, value, digits);
}

/*
 * Called before a recipient is looked up: should the list be read now for this question?
 * user_id: the recipient is a BSUID or parent, so the list must contain these.  changed: the
 * question differs from that of the last call.  processes: how many processes of one
 * parallel query look recipients up.
 */
extern bool wa_lazy_list_due(wa_lazy_list *lazy, const wa_question *question, bool user_id,
							 bool changed, int processes);

/*
 * Read the list for this question, with BSUIDs and parents if user_ids; false where no list is
 * possible.
 */
extern bool wa_lazy_list_build(wa_lazy_list *lazy, const wa_question *question, bool user_ids);

#endif							/* WA_LAZY_LIST_H */
