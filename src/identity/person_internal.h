/*-------------------------------------------------------------------------
 *
 * person_internal.h
 *	  What the files about a person's links share; nobody else looks inside.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_INTERNAL_H
#define WA_PERSON_INTERNAL_H

#include "identity/person.h"

/* An array of the person with room for one more than n. */
#define person_grow(person, array, n, max, first, type) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = Max(first, 2 * (max)); \
			(array) = (person)->enlarge((array), (max) * sizeof(type)); \
		} \
	} while (0)

/* Since when the two were seen together, by sightings that count. */
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

/* Put the sightings of one member in order for others who ask; one alone has no rivals. */
extern void wa_person_order_partners(wa_person *person, int n);

/* Have the sightings, or the changes, of that member in its edges. */
extern void wa_person_load_links(wa_person *person, int member, bool changes);

#endif							/* WA_PERSON_INTERNAL_H */
