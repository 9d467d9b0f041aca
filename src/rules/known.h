/*-------------------------------------------------------------------------
 *
 * known.h
 *	  Raising errors where nothing is known: for questions that cannot be answered, and for
 *	  businesses that nobody would ask about.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_KNOWN_H
#define WA_KNOWN_H

#include "base/compat.h"

#include "rules/decision_cache.h"

/*
 * Check that the question can be answered.  Errors, each with a hint:
 * object_not_in_prerequisite_state where nothing has ever arrived in this database and
 * wa_declare_empty was not called, where a subscription is not complete, or where a restore has failed;
 * undefined_object where the business or the sender is unknown.  In each case there would
 * be no rows to object, and the answer would be a wrong yes.
 */
extern void wa_decision_cache_check(wa_decision_cache *cache, const wa_question *question);

/*
 * Check that what is recorded for this business would be seen: an undefined_object error unless
 * it is in wa_sender, committed by now, or ''.
 */
extern void wa_require_business(const wa_schema *schema, wa_str business);

/* A table of ours from which rows are missing, and what tells of it. */
typedef struct wa_missing
{
	const char *table;
	const char *why;
} wa_missing;

/*
 * Are rows missing, as other tables tell?  Some kinds of loss are found; docs/operations.md names
 * those that are not.
 */
extern bool wa_find_missing(const wa_schema *schema, Snapshot snapshot, wa_missing *missing);

/* The copy of the state by a subscription. */
typedef enum wa_copy
{
	WA_COPIED,					/* or there is no subscription */
	WA_BEING_COPIED,
	WA_NEVER_COPIED,
	WA_NOT_BROUGHT				/* though wa_consent is */
} wa_copy;

/* Is the state here complete?  If not, *table is one of which rows may be missing. */
extern wa_copy wa_copy_of_state(const wa_schema *schema, Snapshot snapshot, Oid *table);

/* wa_facts.known_businesses, of a cache. */
extern int	wa_known_businesses(void *cache, const wa_str **businesses);

#endif							/* WA_KNOWN_H */
