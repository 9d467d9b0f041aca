/*-------------------------------------------------------------------------
 *
 * person.h
 *	  One person, many identifiers: which identifiers count for which, as described
 *	  in README.md of this folder.  Pure: no server; memory comes from the caller.
 *
 * Links between two identifiers are stored as minima and maxima, so that order,
 * batching and repetition do not matter.  All else is computed for each decision,
 * from the links that its snapshot sees.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_H
#define WA_PERSON_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"
#include "recipient/phone.h"

/* A row of wa_identity or wa_identity_change. */
typedef struct wa_link
{
	bool		change;			/* of wa_identity_change; else a sighting */
	wa_str		business;		/* sighting: where; '' where unknown */
	wa_instant	first_seen_at;	/* exact; WA_NEVER: none */
	wa_instant	last_seen_at;	/* sighting: its day at least; change: exact */
	wa_instant	unlinked_at;	/* sightings and changes up to here do not count */
	wa_instant	rival_since;	/* sighting: from when and until when its ends had other */
	wa_instant	rival_until;	/* partners that have been erased; WA_NEVER: none */
	bool		first;			/* sighting: has position 0, as one of each "to" */
} wa_link;

/*
 * A link between two members of a person, by their numbers.  It is in the lists of both
 * members.
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
 * One identifier of the person.  Its events count for the identifier asked about (member 0)
 * up to events_until.
 */
typedef struct wa_member
{
	wa_canonical id;
	wa_id_kind	kind;
	uint32		hash;
	int			next_of_hash;	/* next member of the same bucket; -1: none */
	int			edges;			/* first edge; -1: none */
	wa_instant	events_until;	/* WA_NEVER: not in reach, a neighbour only */
	wa_instant	expand_until;	/* sightings that hold since before then are followed */
	wa_instant	left_at;		/* latest change away from it; WA_NEVER: none */
	wa_instant	left_since;		/* the latest first time of one */
	wa_instant	alone_until;	/* first time of a link that is loaded; WA_FOREVER: none */
	wa_instant	failures_since; /* it was unlinked: what was said in this */
	wa_instant	failures_until; /* period may have named both; WA_NEVER: none */
	wa_instant	unlinked_at;	/* from the member that is being loaded */
	bool		changes_loaded; /* are its changes in edges? */
	bool		sightings_loaded;
	bool		has_changes;	/* is there a change among its edges? */
	bool		queued;			/* is it in the queue of members to follow? */
	bool		behind;			/* is it one of those that person->nbehind counts? */
	uint8		without;		/* bits of the tables in which it has no rows, for their readers */
	int			kept;			/* its number in person->kept; -1: none */
	uint32		passed;			/* number of the latest search that passed it */
	uint32		replaced;		/* number of the latest search that found it replaced */
	wa_instant	replaced_at;	/* by a change at this time */
	int			questions;		/* how often its partners were searched */
	struct wa_partners *partners;	/* sorted, if that was often; else NULL */
	struct wa_user *user;		/* BSUID, parent: whose it is; NULL: not looked for so far */
} wa_member;

/* The other end of an edge of a member, and the member's next edge; -1: none. */
static inline int
wa_edge_other(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->to : edge->from;
}

static inline int
wa_edge_next(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->next_of_from : edge->next_of_to;
}

/* May anything under it count for member 0? */
static inline bool
wa_member_counts(const wa_member *member)
{
	return member->events_until != WA_NEVER || member->failures_until != WA_NEVER;
}

/*
 * So many identifiers may be behind those that an identifier was seen with itself: over changes, or
 * by a BSUID or parent that has several.  Nobody has that many.  The bound keeps the identifiers that
 * reach one another, which may be as many as somebody cares to make up, from costing their square.
 */
#define WA_MOST_BEHIND	256

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
	bool		bounded;		/* may there be only WA_MOST_BEHIND of those that nbehind counts? */
	bool		crowded;		/* there were more, and the rest was not looked for */
	int			nbehind;
	int			loading;		/* the member that load was called for; -1: none */
	int			first_of_loading;	/* the first that it was seen with as "to"; -1: none so far */

	/*
	 * Callback: add all sightings, or all changes, of a member by wa_person_link.  Sightings
	 * may be needed as long as wa_person_speaks is called.
	 */
	void		(*load) (wa_person *person, int member, bool changes);
	void	   *(*enlarge) (void *old, size_t size);	/* as realloc; 0 frees */
	uint64		seed;			/* of hashes; random and secret */
	void	   *arg;			/* for load */

	/*
	 * Links that were loaded before and need not be loaded again (wa_person_keep), with the
	 * same seed.  NULL: none.
	 */
	wa_person  *kept;
	int		   *of_kept;		/* number of the member, by its number in kept; -1: none */
};

/*
 * Add one link, from the callback load; a link that was added before is ignored.  False: the person
 * is crowded, and the rest need not be loaded.
 */
extern bool wa_person_link(wa_person *person, const wa_canonical *from,
						   const wa_canonical *to, const wa_link *link);

/*
 * Find all identifiers whose events count for id, and until when.  load, enlarge, seed and
 * arg must be set, kept and bounded may be set, all else zero.  The time is proportional to the number
 * of links in reach, times the number of distinct instants at which an identifier was left.  Of a person
 * that is crowded, only some are found.
 */
extern void wa_person_find(wa_person *person, const wa_canonical *id);

/*
 * Add the links that person has loaded to kept.  At first kept must have enlarge and seed set, all
 * else zero.  It must not be used for anything else.
 */
extern void wa_person_keep(wa_person *kept, const wa_person *person);

/* The number of the member with this identifier; -1 where there is none. */
extern int	wa_person_member(const wa_person *person, const wa_canonical *id);

/*
 * Does this member speak for member 0 at t (README.md, "Speaking"), so that its resumes,
 * windows and evidence of then count?  Only sightings of this business are used; '': of any
 * business.  over_changes: changes are used as well.  Paths lead through members in reach.
 * Many calls for one person cost little more than reading its links.
 */
extern bool wa_person_speaks(wa_person *person, int member, wa_str business, wa_instant t,
							 bool over_changes);

/*
 * When this member was first seen with another identifier, or left, whichever is earlier; WA_FOREVER: never.
 * What it had said and taken back before does not count for others (README.md, "Speaking").
 */
extern wa_instant wa_person_alone_until(wa_person *person, int member);

/*
 * Set together[i], for all nmembers, to whether member i is in reach and linked with member
 * 0 by sightings of this business ('': of any) alone, at any time.
 */
extern void wa_person_seen_together(const wa_person *person, wa_str business, bool *together);

#endif							/* WA_PERSON_H */
