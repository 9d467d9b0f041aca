/*-------------------------------------------------------------------------
 *
 * person.h
 *	  One person, many identifiers: which identifiers speak for which.
 *	  Pure: no server; memory comes from the caller.
 *
 * What was seen is kept as links between two identifiers (wa_identity), each a
 * pair of extremes, so that order, batching and repetition leave no trace.  All
 * else is worked out when a decision asks, from the links that its snapshot
 * sees: nothing derived is stored, so nothing can miss a race between the
 * sighting that ties two identifiers and the stop that must cross it.  The
 * reasoning is told in src/README.md, "One person, many identifiers".
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_H
#define WA_PERSON_H

#include "c.h"

#include "common/instant.h"
#include "common/str.h"
#include "recipient/phone.h"

typedef enum wa_link_kind
{
	WA_LINK_SIGHTING,			/* seen in one element: the same person */
	WA_LINK_CHANGE				/* the person went from one to the other */
} wa_link_kind;

/* The name used in SQL, static storage. */
static inline wa_str
wa_link_kind_name(wa_link_kind kind)
{
	return kind == WA_LINK_CHANGE ? WA_STR("change") : WA_STR("sighting");
}

/* The extremes of all sightings of one link: merged by minimum and maximum. */
typedef struct wa_link
{
	wa_instant	first_seen_at;	/* WA_FOREVER: never seen */
	wa_instant	last_seen_at;	/* WA_NEVER: never seen */
	wa_instant	parted_at;		/* sightings up to here do not count */
} wa_link;

#define WA_NO_LINK ((wa_link) {WA_FOREVER, WA_NEVER, WA_NEVER})

/* Does it tie at all? */
static inline bool
wa_link_holds(const wa_link *link)
{
	return link->last_seen_at > link->parted_at && link->last_seen_at != WA_NEVER;
}

/* What an identifier is; "latest partner" is asked for each kind apart. */
typedef enum wa_id_kind
{
	WA_ID_PHONE,
	WA_ID_USER,					/* BSUID */
	WA_ID_PARENT				/* parent BSUID, CC.ENT.… */
} wa_id_kind;

extern wa_id_kind wa_id_kind_of(const wa_canonical *id);

/* A link between two of a person's identifiers, by number. */
typedef struct wa_edge
{
	int			from;			/* CHANGE: the old one */
	int			to;				/* CHANGE: the new one */
	wa_link_kind kind;
	wa_link		link;
} wa_edge;

/*
 * One identifier in reach.  Events of it count for the person asked about if
 * they are not later than events_until.
 */
typedef struct wa_member
{
	wa_canonical id;
	wa_instant	events_until;	/* WA_NEVER: not in reach, known as a neighbour */
	wa_instant	expand_until;	/* how far sightings of it lead on */
	wa_instant	left_at;		/* latest change away from it; WA_NEVER: none */
	bool		loaded;			/* are its links in edges? */
} wa_member;

typedef struct wa_person wa_person;
struct wa_person
{
	int			nmembers;		/* member 0 is the one asked about */
	int			max_members;
	wa_member  *members;
	int			nedges;
	int			max_edges;
	wa_edge    *edges;

	/* Add all links of a member by wa_person_link. */
	void		(*load) (wa_person *person, int member);
	void	   *(*enlarge) (void *old, size_t size);	/* as realloc */
	void	   *arg;			/* for load */
};

/* Take in one link that load found; either way round. */
extern void wa_person_link(wa_person *person, const wa_canonical *from,
						   const wa_canonical *to, wa_link_kind kind, const wa_link *link);

/*
 * Find all identifiers whose events count for id, and until when.  load,
 * enlarge and arg must be set, all else zero.
 *
 * The rules: what is learned under an identifier counts for every other one
 * it was seen with, and on through BSUIDs, which are one user for ever, but not
 * on through phone numbers, which change hands.  What was learned under an
 * identifier that the person left counts for the new one up to the change, and
 * nothing counts the other way.  A sighting with an identifier that its person
 * has left since counts up to the leaving only.
 */
extern void wa_person_find(wa_person *person, const wa_canonical *id);

/*
 * Does a resume (or any word that loosens) said under member at t reach member
 * 0?  Only along links whose two ends were each other's latest partner then, as
 * far as the extremes tell for sure.
 */
extern bool wa_person_speaks(const wa_person *person, int member, wa_instant t);

#endif							/* WA_PERSON_H */
