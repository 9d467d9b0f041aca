/*-------------------------------------------------------------------------
 *
 * person_internal.h
 *	  Shared by person.c, speaking.c and kept.c only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_INTERNAL_H
#define WA_PERSON_INTERNAL_H

#include "identity/person.h"

/* The two latest possible sightings with different partners. */
typedef struct wa_rivals
{
	wa_instant	latest;
	wa_instant	second;
	int			partner;		/* of the latest; -1: none */
} wa_rivals;

/*
 * A sighting as one of its ends sees it.  until: as far as it, of its kind and business, the last
 * day on which each partner may have been seen.
 */
typedef struct wa_partner
{
	wa_id_kind	kind;
	wa_str		business;
	wa_instant	since;
	int			partner;
	wa_instant	last_day;		/* its last microsecond */
	wa_rivals	until;
} wa_partner;

/* When somebody left a member: between the first and the last time that was told. */
typedef struct wa_leaving
{
	wa_instant	since;
	wa_instant	until;			/* ordered: the latest of this and those before */
} wa_leaving;

/* The sightings of one member by kind, business and since; and again whatever the business. */
typedef struct wa_partners
{
	int			n;
	wa_partner *by_business;
	wa_partner *all;
	int			nleft;
	wa_leaving *left;			/* by since */
} wa_partners;

/* BSUIDs and parents in reach that were seen together: one user.  And the phones that any of them was seen with. */
typedef struct wa_user
{
	int			nids;
	int			max_ids;
	int		   *ids;			/* numbers of members */
	int			nphones;
	int			max_phones;
	wa_partner *phones;			/* sorted, if there are several ids */
} wa_user;

/* Make sure that an array of the person has room for one more than n elements. */
#define person_grow(person, array, n, max, first, type) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = Max(first, 2 * (max)); \
			(array) = (person)->enlarge((array), (max) * sizeof(type)); \
		} \
	} while (0)

/* The time since when a link holds, if it does: of a change, the first time known of it. */
static inline wa_instant
edge_since(const wa_edge *edge)
{
	return wa_later(edge->link.first_seen_at, edge->link.unlinked_at);
}

static inline bool
edge_holds(const wa_edge *edge)
{
	return edge->link.last_seen_at > edge->link.unlinked_at;
}

/* When the two of a sighting were seen together last, at the earliest: it is known to the day, the first one exactly. */
static inline wa_instant
edge_seen(const wa_edge *edge)
{
	return wa_later(edge->link.first_seen_at, edge->link.last_seen_at);
}

/* The number of the member with this identifier; it becomes one where it is none. */
extern int	wa_person_add_member(wa_person *person, const wa_canonical *id);

/* Sort the sightings of one member, for persons that use it as kept.  A single one has no rivals. */
extern void wa_person_order_partners(wa_person *person, int n);

/* Load the sightings, or the changes, of a member into its edges, unless done before. */
extern void wa_person_load_links(wa_person *person, int member, bool changes);

#endif							/* WA_PERSON_INTERNAL_H */
