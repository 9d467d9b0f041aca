/*-------------------------------------------------------------------------
 *
 * person_facts.h
 *	  Gathering the facts about recipients with several identifiers.  Included by the files of
 *	  this folder only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_FACTS_H
#define WA_PERSON_FACTS_H

#include "base/append.h"
#include "rules/decision_cache.h"

static inline bool
wa_in_reach(const wa_member *member)
{
	return member->events_until != WA_NEVER;
}

/*
 * Does a failure or a delivery under this member at t count?  After wa_unlink one counts also
 * where it may have named both identifiers.
 */
static inline bool
wa_counts_for_safety(const wa_member *member, wa_instant t)
{
	return t <= member->events_until ||
		(t >= member->failures_since && t <= member->failures_until);
}

/* Is evidence that named both stored under this other member, rather than under member 0? */
static inline bool
wa_is_home_of(const wa_person *person, int member)
{
	return person->members[0].kind != WA_ID_PHONE && person->members[member].kind == WA_ID_PHONE;
}

/* The identifier of a member, for learned_under; data NULL for the one asked about. */
extern wa_str wa_learned_under(const wa_person *person, int member);

/*
 * Go to the first row of a member in the table of that part; false where there is none, which
 * is remembered, or where none of it counts.
 */
extern bool wa_first_of_member(wa_reader *reader, wa_person *person, int member, wa_part part);

/*
 * Does an event under this member at t, to this business, count though it loosens?  The call
 * may add members, so pointers to members are invalid afterwards.
 */
extern bool wa_may_loosen(wa_person *person, int member, wa_str business, wa_instant t,
						  bool over_changes);

/* Read the current row of wa_activity, of this member: the parts that count for member 0. */
extern void wa_read_member_activity(wa_reader *reader, wa_person *person, int member,
									wa_activity_row *row);

/* Fetch one part of the facts about cache->person into cache->facts; in the current memory context. */
extern void wa_gather_person_consents(wa_decision_cache *cache);
extern void wa_gather_person_cooldowns(wa_decision_cache *cache);
extern void wa_gather_person_activities(wa_decision_cache *cache);
extern void wa_gather_person_deliveries(wa_decision_cache *cache);
extern void wa_gather_person_claims(wa_decision_cache *cache);

#endif							/* WA_PERSON_FACTS_H */
