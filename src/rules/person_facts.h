/*-------------------------------------------------------------------------
 *
 * person_facts.h
 *	  What the files on recipients with several identifiers share.
 *
 * Only person_facts.c, person_consents.c and person_cooldowns.c include it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_FACTS_H
#define WA_PERSON_FACTS_H

#include "rules/decision_cache.h"

/* A list that grows, in the current memory context. */
#define wa_append(rows, n, max, type) \
	((n) < (max) ? &(rows)[(n)++] : \
	 ((max) = Max(4, 2 * (max)), \
	  (rows) = (rows) == NULL ? palloc((max) * sizeof(type)) : \
	  repalloc_huge((rows), (max) * sizeof(type)), \
	  &(rows)[(n)++]))

static inline bool
wa_in_reach(const wa_member *member)
{
	return member->events_until != WA_NEVER;
}

/*
 * Does a failure or a delivery under this member at t count?  After an unlinking also where it may
 * have named both.
 */
static inline bool
wa_counts_for_safety(const wa_member *member, wa_instant t)
{
	return t <= member->events_until ||
		(t >= member->failures_since && t <= member->failures_until);
}

/* Does evidence about member 0 stand under this other member, where both were named? */
static inline bool
wa_is_home_of(const wa_person *person, int member)
{
	return person->members[0].kind != WA_ID_PHONE && person->members[member].kind == WA_ID_PHONE;
}

/* Under which identifier something was learned; data NULL: the one asked about. */
extern wa_str wa_learned_under(const wa_person *person, int member);

/*
 * Go to the first row of a member in the table of that part; false where there is none, which
 * is remembered.
 */
extern bool wa_first_of_member(wa_reader *reader, wa_person *person, int member, wa_part part);

/*
 * Does what was said to the business under this member at t count, though it loosens?  More
 * members may have been read afterwards, so pointers to members do not outlive it.
 */
extern bool wa_may_loosen(wa_person *person, int member, wa_str business, wa_instant t,
						  bool over_changes);

/* The row of wa_activity at hand, about that member, with what counts of it for member 0. */
extern void wa_read_member_activity(wa_reader *reader, wa_person *person, int member,
									wa_activity_row *row);

/* Consents and cooldowns, of wa_gather_person. */
extern void wa_gather_person_consents(wa_decision_cache *cache);
extern void wa_gather_person_cooldowns(wa_decision_cache *cache);

#endif							/* WA_PERSON_FACTS_H */
