/*-------------------------------------------------------------------------
 *
 * person.h
 *	  One person, many identifiers: which identifiers count for which.
 *	  README.md in this folder is the text of it.  Pure: no server; memory
 *	  comes from the caller.
 *
 * What was seen is kept as links between two identifiers, each a few extremes,
 * so that order, batching and repetition leave no trace.  All else is worked
 * out when a decision asks, from the links that its snapshot sees.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_H
#define WA_PERSON_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"
#include "recipient/phone.h"

/* What an identifier is; the lower one is the home where an element names several. */
typedef enum wa_id_kind
{
	WA_ID_PHONE,
	WA_ID_USER,					/* BSUID */
	WA_ID_PARENT				/* parent BSUID, CC.ENT.… */
} wa_id_kind;

extern wa_id_kind wa_id_kind_of(const wa_canonical *id);

/* A row of wa_identity or wa_identity_change, as it is handed in. */
typedef struct wa_link
{
	bool		change;			/* the person went from one to the other */
	wa_str		business;		/* sighting: where; '' where unknown */
	wa_instant	first_seen_at;	/* sighting: exact; WA_NEVER: none */
	wa_instant	last_seen_at;	/* sighting: its day at least; change: when */
	wa_instant	unlinked_at;	/* what was seen up to here does not count */
} wa_link;

/*
 * A link between two of a person's identifiers, by number.  Each stands in the
 * lists of both of its ends.
 */
typedef struct wa_edge
{
	int			from;			/* change: the old one */
	int			to;				/* change: the new one */
	int			next_of_from;	/* next edge of either end; -1: none */
	int			next_of_to;
	wa_link		link;			/* its business is the person's copy */
	bool		holds;
} wa_edge;

/*
 * One identifier in reach.  Events of it count for the one asked about if
 * they are not later than events_until.
 */
typedef struct wa_member
{
	wa_canonical id;
	wa_id_kind	kind;
	uint32		hash;
	int			next_of_hash;	/* next member of the same bucket; -1: none */
	int			edges;			/* first edge; -1: none */
	wa_instant	events_until;	/* WA_NEVER: not in reach, known as a neighbour */
	wa_instant	expand_until;	/* how far sightings of it lead on */
	wa_instant	left_at;		/* latest change away from it; WA_NEVER: none */
	wa_instant	failures_since; /* unlinked: failures of this time */
	wa_instant	failures_until; /* may have named both; WA_NEVER: none */
	bool		changes_loaded; /* are they in edges? */
	bool		sightings_loaded;
	bool		has_changes;	/* is there one among its edges? */
	bool		queued;			/* is it to be followed? */
	uint8		without;		/* tables without rows of it, as bits: theirs who read them */
	int			kept;			/* its number in person->kept; -1: none */
	uint32		passed;			/* by the search of that number */
	int			questions;		/* how often its partners were asked for */
	struct wa_partners *partners;	/* in order, where that was often; else NULL */
} wa_member;

typedef struct wa_person wa_person;
struct wa_person
{
	int			nmembers;		/* member 0 is the one asked about */
	int			max_members;
	wa_member  *members;
	int			nbuckets;		/* a power of two */
	int		   *buckets;		/* members by hash; -1: none */
	int			nedges;
	int			max_edges;
	wa_edge    *edges;
	int			nqueued;
	int			max_queued;
	int		   *queue;
	uint32		nsearches;

	/*
	 * Add all sightings, or all changes, of a member by wa_person_link.  Sightings may be
	 * asked for as long as somebody may ask who speaks.
	 */
	void		(*load) (wa_person *person, int member, bool changes);
	void	   *(*enlarge) (void *old, size_t size);	/* as realloc; 0 frees */
	uint64		seed;			/* of hashes; known to nobody */
	void	   *arg;			/* for load */

	/*
	 * What others have read of the same links, which is not loaded once more (wa_person_keep); its
	 * seed is the same.  NULL: nothing.
	 */
	wa_person  *kept;
	int		   *of_kept;		/* by the number there, that of the member; -1: none */
};

/* Take in one link that load found; a link that is known already is passed over. */
extern void wa_person_link(wa_person *person, const wa_canonical *from,
						   const wa_canonical *to, const wa_link *link);

/*
 * Find all identifiers whose events count for id, and until when.  load,
 * enlarge, seed and arg must be set, kept may be, all else zero.  Takes time in proportion to the
 * links in reach, times the number of distinct instants at which somebody left.
 */
extern void wa_person_find(wa_person *person, const wa_canonical *id);

/*
 * Add to kept the links that person has loaded.  kept begins with enlarge and seed set, all else
 * zero, and serves for nothing else.
 */
extern void wa_person_keep(wa_person *kept, const wa_person *person);

/* The member that is this identifier; -1 where there is none. */
extern int	wa_person_member(const wa_person *person, const wa_canonical *id);

/*
 * Does this member speak for member 0 at t by what this business has seen ('': any), so that
 * what loosens counts?  over_changes: also those before a change.  The way leads through
 * members in reach.  Many questions about one person cost little more than its links.
 */
extern bool wa_person_speaks(wa_person *person, int member, wa_str business, wa_instant t,
							 bool over_changes);

/*
 * Which members in reach are linked with member 0 by sightings of this business ('': any)
 * alone, whenever: true in together[], of nmembers.
 */
extern void wa_person_seen_together(const wa_person *person, wa_str business, bool *together);

#endif							/* WA_PERSON_H */
