/*-------------------------------------------------------------------------
 *
 * person_internal.h
 *	  Shared by person.c and speaking.c only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_INTERNAL_H
#define WA_PERSON_INTERNAL_H

#include "identity/person.h"

/* Make sure that an array of the person has room for one more than n elements. */
#define person_grow(person, array, n, max, first, type) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = Max(first, 2 * (max)); \
			(array) = (person)->enlarge((array), (max) * sizeof(type)); \
		} \
	} while (0)

/* The time since when a link holds, if it does. */
static inline wa_instant
edge_since(const wa_edge *edge)
{
	return wa_later(edge->link.first_seen_at, edge->link.unlinked_at);
}

static inline int
edge_other(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->to : edge->from;
}

static inline int
edge_next(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->next_of_from : edge->next_of_to;
}

/* Sort the sightings of one member, for persons that use it as kept.  A single one has no rivals. */
extern void wa_person_order_partners(wa_person *person, int n);

/* Load the sightings, or the changes, of a member into its edges, unless done before. */
extern void wa_person_load_links(wa_person *person, int member, bool changes);

#endif							/* WA_PERSON_INTERNAL_H */
