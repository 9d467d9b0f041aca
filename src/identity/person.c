/*-------------------------------------------------------------------------
 *
 * person.c
 *	  Which identifiers count for which.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "identity/person.h"

/* common/hashfn.h needs the server's headers for what else is in it. */
extern uint64 hash_bytes_extended(const unsigned char *k, int keylen, uint64 seed);

wa_id_kind
wa_id_kind_of(const wa_canonical *id)
{
	if (!wa_is_bsuid(id->text))
		return WA_ID_PHONE;
	return id->len > 7 && memcmp(id->text + 2, ".ENT.", 5) == 0 ? WA_ID_PARENT : WA_ID_USER;
}

/* An array of the person with room for one more than n. */
#define person_grow(person, array, n, max, first, type) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = Max(first, 2 * (max)); \
			(array) = (person)->enlarge((array), (max) * sizeof(type)); \
		} \
	} while (0)

/*
 * Members by hash.
 */

static void
person_rehash(wa_person *person)
{
	person->nbuckets = 2 * person->max_members;
	person->buckets = person->enlarge(person->buckets, person->nbuckets * sizeof(int));
	for (int i = 0; i < person->nbuckets; i++)
		person->buckets[i] = -1;
	for (int i = 0; i < person->nmembers; i++)
	{
		int		   *bucket = &person->buckets[person->members[i].hash & (person->nbuckets - 1)];

		person->members[i].next_of_hash = *bucket;
		*bucket = i;
	}
}

static uint32
person_hash(const wa_person *person, const wa_canonical *id)
{
	return (uint32) hash_bytes_extended((const unsigned char *) id->text, id->len, person->seed);
}

int
wa_person_member(const wa_person *person, const wa_canonical *id)
{
	if (person->nbuckets == 0)
		return -1;
	for (int i = person->buckets[person_hash(person, id) & (person->nbuckets - 1)];
		 i >= 0; i = person->members[i].next_of_hash)
	{
		const wa_member *member = &person->members[i];

		if (member->id.len == id->len && memcmp(member->id.text, id->text, id->len) == 0)
			return i;
	}
	return -1;
}

/* The same; it becomes one where it is none. */
static int
person_member(wa_person *person, const wa_canonical *id)
{
	uint32		hash = person_hash(person, id);
	int			max = person->max_members;
	int			known = wa_person_member(person, id);
	wa_member  *member;

	if (known >= 0)
		return known;
	person_grow(person, person->members, person->nmembers, person->max_members, 8, wa_member);
	member = &person->members[person->nmembers++];
	member->id = *id;
	member->kind = wa_id_kind_of(id);
	member->hash = hash;
	member->edges = -1;
	member->events_until = member->expand_until = member->left_at = WA_NEVER;
	member->failures_since = member->failures_until = WA_NEVER;
	member->loaded = member->queued = false;
	if (person->max_members != max)
		person_rehash(person);
	else
	{
		int		   *bucket = &person->buckets[hash & (person->nbuckets - 1)];

		member->next_of_hash = *bucket;
		*bucket = person->nmembers - 1;
	}
	return person->nmembers - 1;
}

/*
 * Edges.
 */

/* Since when the two were seen together, by sightings that count. */
static wa_instant
edge_since(const wa_edge *edge)
{
	return wa_later(edge->link.first_seen_at, edge->link.unlinked_at);
}

static int
edge_other(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->to : edge->from;
}

static int
edge_next(const wa_edge *edge, int member)
{
	return edge->from == member ? edge->next_of_from : edge->next_of_to;
}

/* A copy of the name of a business that lives as long as the person. */
static wa_str
person_business(wa_person *person, wa_str business)
{
	char	   *copy;

	/* Nearly all links of a person are of the same business. */
	if (person->nedges > 0 &&
		wa_str_equal(person->edges[person->nedges - 1].link.business, business))
		return person->edges[person->nedges - 1].link.business;
	copy = person->enlarge(NULL, business.len + 1);
	if (business.len > 0)
		memcpy(copy, business.data, business.len);
	return (wa_str)
	{
		copy, business.len
	};
}

void
wa_person_link(wa_person *person, const wa_canonical *from, const wa_canonical *to,
			   const wa_link *link)
{
	int			a = person_member(person, from);
	int			b = person_member(person, to);
	wa_str		business;
	wa_edge    *edge;

	/*
	 * The member that is being loaded does not say loaded so far: where an end
	 * does, it is the other one, and the link came with that.
	 */
	if (a == b || person->members[a].loaded || person->members[b].loaded)
		return;
	business = person_business(person, link->business);
	person_grow(person, person->edges, person->nedges, person->max_edges, 8, wa_edge);
	edge = &person->edges[person->nedges];
	edge->from = a;
	edge->to = b;
	edge->link = *link;
	edge->link.business = business;
	edge->next_of_from = person->members[a].edges;
	edge->next_of_to = person->members[b].edges;
	person->members[a].edges = person->members[b].edges = person->nedges++;
}

/* What was unlinked in one business is unlinked in all. */
static void
spread_unlinking(wa_person *person, int first)
{
	for (int i = first; i < person->nedges; i++)
	{
		const wa_edge *unlinked = &person->edges[i];

		if (unlinked->link.unlinked_at == WA_NEVER || unlinked->link.change)
			continue;
		for (int j = first; j < person->nedges; j++)
		{
			wa_edge    *edge = &person->edges[j];

			if (edge->from == unlinked->from && edge->to == unlinked->to && !edge->link.change)
				edge->link.unlinked_at = wa_later(edge->link.unlinked_at,
												  unlinked->link.unlinked_at);
		}
	}
}

static void
load_links(wa_person *person, int member)
{
	int			first = person->nedges;

	if (person->members[member].loaded)
		return;

	person->load(person, member);
	person->members[member].loaded = true;
	spread_unlinking(person, first);
	for (int i = first; i < person->nedges; i++)
	{
		wa_edge    *edge = &person->edges[i];
		wa_member  *from = &person->members[edge->from];

		edge->holds = edge->link.last_seen_at > edge->link.unlinked_at;
		if (edge->holds && edge->link.change)
			from->left_at = wa_later(from->left_at, edge->link.last_seen_at);
	}
}

/*
 * Reach.
 */

static void
enqueue(wa_person *person, int member)
{
	if (person->members[member].queued)
		return;
	person_grow(person, person->queue, person->nqueued, person->max_queued, 8, int);
	person->members[member].queued = true;
	person->queue[person->nqueued++] = member;
}

/* Let events of a member count, and its sightings lead on, at least so long. */
static void
raise_bounds(wa_person *person, int n, wa_instant events, wa_instant expand)
{
	wa_member  *member = &person->members[n];

	if (events <= member->events_until && expand <= member->expand_until)
		return;
	member->events_until = wa_later(member->events_until, events);
	member->expand_until = wa_later(member->expand_until, expand);
	enqueue(person, n);
}

/* From member n along an edge: what becomes of the other end? */
static void
follow(wa_person *person, int n, const wa_edge *edge)
{
	const wa_member *here = &person->members[n];
	int			other = edge_other(edge, n);
	const wa_member *there = &person->members[other];
	wa_instant	until;

	if (!edge->holds)
		return;
	if (edge->link.change)
	{
		/* The new one inherits from the old one; never the reverse. */
		until = Min(here->events_until, edge->link.last_seen_at);
		if (edge->to == n)
			raise_bounds(person, other, until, until);
		return;
	}

	until = here->expand_until;
	if (until == WA_NEVER || edge_since(edge) > until)
		return;

	/* Whoever has left one of the two since is not its present owner. */
	if (edge->link.last_seen_at <= here->left_at)
		until = Min(until, here->left_at);
	if (edge->link.last_seen_at <= there->left_at)
		until = Min(until, there->left_at);
	raise_bounds(person, other, until, there->kind == WA_ID_PHONE ? WA_NEVER : until);
}

/*
 * Whose failures may have named a member in reach that it was unlinked from since?  That
 * the two were seen together again later takes nothing of it back.
 */
static void
find_unlinked(wa_person *person)
{
	for (int i = 0; i < person->nedges; i++)
	{
		const wa_edge *edge = &person->edges[i];
		wa_member  *home = &person->members[edge->from];

		if (edge->link.unlinked_at == WA_NEVER || edge->link.change ||
			edge->link.first_seen_at == WA_NEVER ||
			person->members[edge->to].events_until == WA_NEVER)
			continue;
		if (home->failures_until == WA_NEVER || edge->link.first_seen_at < home->failures_since)
			home->failures_since = edge->link.first_seen_at;
		home->failures_until = wa_later(home->failures_until, edge->link.unlinked_at);
	}
}

void
wa_person_find(wa_person *person, const wa_canonical *id)
{
	person_member(person, id);
	raise_bounds(person, 0, WA_FOREVER, WA_FOREVER);

	/* Bounds only rise and come from a finite set of instants, so this ends. */
	while (person->nqueued > 0)
	{
		int			n = person->queue[--person->nqueued];

		person->members[n].queued = false;
		load_links(person, n);
		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		{
			/* Whether it was left since, its own links tell. */
			load_links(person, edge_other(&person->edges[e], n));
			follow(person, n, &person->edges[e]);
		}
	}
	find_unlinked(person);
}

/*
 * Speaking.
 */

/* When two were seen together last for sure, t or earlier. */
static wa_instant
surely_seen(const wa_edge *edge, wa_instant t)
{
	wa_instant	since = edge_since(edge);

	return wa_after(edge->link.last_seen_at, WA_DAY) <= t ?
		wa_later(since, edge->link.last_seen_at) : since;
}

/* When they may have been seen together last, t at the latest. */
static wa_instant
maybe_seen(const wa_edge *edge, wa_instant t)
{
	return Min(wa_after(edge->link.last_seen_at, WA_DAY) - 1, t);
}

/* The two latest possible sightings with different partners. */
typedef struct wa_rivals
{
	wa_instant	latest;
	wa_instant	second;
	int			partner;		/* of the latest; -1: none */
} wa_rivals;

static const wa_rivals no_rivals = {WA_NEVER, WA_NEVER, -1};

static void
rivals_add(wa_rivals *rivals, int partner, wa_instant seen)
{
	if (partner == rivals->partner)
		rivals->latest = wa_later(rivals->latest, seen);
	else if (seen > rivals->latest)
	{
		rivals->second = rivals->latest;
		rivals->latest = seen;
		rivals->partner = partner;
	}
	else
		rivals->second = wa_later(rivals->second, seen);
}

static wa_instant
rivals_of(const wa_rivals *rivals, int partner)
{
	return partner == rivals->partner ? rivals->second : rivals->latest;
}

/* Ends of an edge; in certain[]: that end is sure of the other one. */
#define WA_FROM_END		0x01
#define WA_TO_END		0x02

/* A sighting as one of its ends sees it. */
typedef struct wa_sighting
{
	int			edge;
	int			partner;
	wa_id_kind	kind;			/* of the partner */
	wa_str		business;		/* '' for all where the end is no phone */
	uint8		bit;			/* which end of the edge that is */
} wa_sighting;

static int
compare_sightings(const void *a, const void *b)
{
	const wa_sighting *x = a;
	const wa_sighting *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return wa_str_compare(x->business, y->business);
}

/* Sightings of member n that hold by t, by kind and business; returns how many. */
static int
gather_sightings(const wa_person *person, int n, wa_instant t, wa_sighting *sightings)
{
	int			count = 0;

	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];
		wa_sighting *sighting = &sightings[count];

		if (edge->link.change || !edge->holds || edge_since(edge) > t)
			continue;
		sighting->edge = e;
		sighting->partner = edge_other(edge, n);
		sighting->kind = person->members[sighting->partner].kind;
		sighting->business = person->members[n].kind == WA_ID_PHONE ? edge->link.business :
			WA_STR("");
		sighting->bit = edge->from == n ? WA_FROM_END : WA_TO_END;
		count++;
	}
	qsort(sightings, count, sizeof(wa_sighting), compare_sightings);
	return count;
}

/*
 * Of n sightings of one kind and business, which were certainly the latest of
 * that end?  unknown: rivals whose business is not known; all: every rival.
 */
static void
mark_group(const wa_person *person, const wa_sighting *group, int n, wa_instant t,
		   const wa_rivals *unknown, const wa_rivals *all, uint8 *certain)
{
	wa_rivals	rivals = no_rivals;

	for (int i = 0; i < n; i++)
		rivals_add(&rivals, group[i].partner, maybe_seen(&person->edges[group[i].edge], t));
	for (int i = 0; i < n; i++)
	{
		wa_instant	seen = surely_seen(&person->edges[group[i].edge], t);
		wa_instant	rival = group[i].business.len == 0 ? rivals_of(all, group[i].partner) :
			wa_later(rivals_of(&rivals, group[i].partner), rivals_of(unknown, group[i].partner));

		if (rival < seen)
			certain[group[i].edge] |= group[i].bit;
	}
}

/* Mark, in certain[] by edge, the sightings with the latest partners of member n at t. */
static void
mark_latest(const wa_person *person, int n, wa_instant t, wa_sighting *sightings, uint8 *certain)
{
	int			count = gather_sightings(person, n, t, sightings);

	for (int kind = 0, end; kind < count; kind = end)
	{
		wa_rivals	unknown = no_rivals;
		wa_rivals	all = no_rivals;

		for (end = kind; end < count && sightings[end].kind == sightings[kind].kind; end++)
		{
			const wa_sighting *s = &sightings[end];
			wa_instant	seen = maybe_seen(&person->edges[s->edge], t);

			rivals_add(&all, s->partner, seen);
			if (s->business.len == 0)
				rivals_add(&unknown, s->partner, seen);
		}
		for (int first = kind, last; first < end; first = last)
		{
			for (last = first; last < end &&
				 wa_str_equal(sightings[last].business, sightings[first].business); last++)
				;
			mark_group(person, &sightings[first], last - first, t, &unknown, &all, certain);
		}
	}
}

/* Has a person left this member from seen on, up to t? */
static bool
was_left(const wa_person *person, int n, wa_instant seen, wa_instant t)
{
	if (person->members[n].left_at < seen)
		return false;
	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];

		if (edge->link.change && edge->holds && edge->from == n &&
			edge->link.last_seen_at >= seen && edge->link.last_seen_at <= t)
			return true;
	}
	return false;
}

/* What is asked about those who speak. */
typedef struct wa_speech
{
	wa_str		business;
	wa_instant	t;
	bool		over_changes;
	const uint8 *certain;		/* by edge: of which ends it is certain at t */
} wa_speech;

/* Does a link seen by this business bear on what was said to that one?  '': on all. */
static bool
may_be_same_business(wa_str seen_by, wa_str business)
{
	return seen_by.len == 0 || business.len == 0 || wa_str_equal(seen_by, business);
}

/* Does the far end of an edge speak for member n, which speaks? */
static bool
edge_speaks(const wa_person *person, int e, int n, const wa_speech *speech)
{
	const wa_edge *edge = &person->edges[e];
	wa_instant	t = speech->t;

	if (!edge->holds)
		return false;
	if (edge->link.change)		/* the new one inherits what the old one said */
		return speech->over_changes && edge->to == n && t <= edge->link.last_seen_at;
	return may_be_same_business(edge->link.business, speech->business) &&
		speech->certain[e] == (WA_FROM_END | WA_TO_END) &&
		!was_left(person, edge->from, surely_seen(edge, t), t) &&
		!was_left(person, edge->to, surely_seen(edge, t), t);
}

void
wa_person_speakers(const wa_person *person, wa_str business, wa_instant t, bool over_changes,
				   bool *speaks)
{
	uint8	   *certain = person->enlarge(NULL, Max(1, person->nedges));
	wa_sighting *sightings = person->enlarge(NULL, Max(1, person->nedges) * sizeof(wa_sighting));
	int		   *queue = person->enlarge(NULL, person->nmembers * sizeof(int));
	wa_speech	speech = {business, t, over_changes, certain};
	int			nqueued = 1;

	memset(certain, 0, person->nedges);
	for (int n = 0; n < person->nmembers; n++)
		mark_latest(person, n, t, sightings, certain);

	memset(speaks, 0, person->nmembers * sizeof(bool));
	speaks[0] = true;
	queue[0] = 0;
	while (nqueued > 0)
	{
		int			n = queue[--nqueued];

		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		{
			int			other = edge_other(&person->edges[e], n);

			if (speaks[other] || !edge_speaks(person, e, n, &speech))
				continue;
			speaks[other] = true;
			queue[nqueued++] = other;
		}
	}
	person->enlarge(queue, 0);
	person->enlarge(sightings, 0);
	person->enlarge(certain, 0);
}

void
wa_person_near(const wa_person *person, wa_str business, bool *near)
{
	int		   *queue = person->enlarge(NULL, person->nmembers * sizeof(int));
	int			nqueued = 1;

	memset(near, 0, person->nmembers * sizeof(bool));
	near[0] = true;
	queue[0] = 0;
	while (nqueued > 0)
	{
		int			n = queue[--nqueued];

		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		{
			const wa_edge *edge = &person->edges[e];
			int			other = edge_other(edge, n);

			if (near[other] || edge->link.change || !edge->holds ||
				!may_be_same_business(edge->link.business, business) ||
				person->members[other].events_until == WA_NEVER)
				continue;
			near[other] = true;
			queue[nqueued++] = other;
		}
	}
	person->enlarge(queue, 0);
}
