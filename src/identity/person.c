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
	member->changes_loaded = member->sightings_loaded = member->queued = false;
	member->passed = 0;
	member->questions = 0;
	member->partners = NULL;
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

static bool
is_loaded(const wa_member *member, bool changes)
{
	return changes ? member->changes_loaded : member->sightings_loaded;
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
	if (a == b || is_loaded(&person->members[a], link->change) ||
		is_loaded(&person->members[b], link->change))
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
load_links(wa_person *person, int member, bool changes)
{
	int			first = person->nedges;

	if (is_loaded(&person->members[member], changes))
		return;

	person->load(person, member, changes);
	if (changes)
		person->members[member].changes_loaded = true;
	else
		person->members[member].sightings_loaded = true;
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
follow(wa_person *person, int n, int e)
{
	const wa_edge *edge = &person->edges[e];
	const wa_member *here = &person->members[n];
	int			other = edge_other(edge, n);
	const wa_member *there;
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

	/* Whether it was left since, its own changes tell. */
	load_links(person, other, true);
	here = &person->members[n];
	there = &person->members[other];
	edge = &person->edges[e];

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
		load_links(person, n, true);

		/* A phone from which nothing leads on may have been seen with very many. */
		if (person->members[n].expand_until != WA_NEVER)
			load_links(person, n, false);
		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
			follow(person, n, e);
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

/* The two latest possible sightings with different partners. */
typedef struct wa_rivals
{
	wa_instant	latest;
	wa_instant	second;
	int			partner;		/* of the latest; -1: none */
} wa_rivals;

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

/* The sightings of one member by kind, business and since; and again whatever the business. */
typedef struct wa_partners
{
	int			n;
	wa_partner *by_business;
	wa_partner *all;
	int			nleft;
	wa_instant *left;			/* when somebody left it, ascending */
} wa_partners;

/* So often the links of a member are gone through before they are put in order. */
#define FEW_QUESTIONS	8

static int
compare_partners(const void *a, const void *b)
{
	const wa_partner *x = a;
	const wa_partner *y = b;
	int			order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = wa_str_compare(x->business, y->business);
	if (order != 0)
		return order;
	return x->since < y->since ? -1 : x->since > y->since;
}

static int
compare_instants(const void *a, const void *b)
{
	wa_instant	x = *(const wa_instant *) a;
	wa_instant	y = *(const wa_instant *) b;

	return x < y ? -1 : x > y;
}

static void
sort_partners(wa_partner *partners, int n)
{
	wa_rivals	rivals;

	qsort(partners, n, sizeof(wa_partner), compare_partners);
	for (int i = 0; i < n; i++)
	{
		wa_partner *here = &partners[i];

		if (i == 0 || here->kind != here[-1].kind ||
			!wa_str_equal(here->business, here[-1].business))
			rivals = (wa_rivals) {WA_NEVER, WA_NEVER, -1};
		rivals_add(&rivals, here->partner, here->last_day);
		here->until = rivals;
	}
}

/* Only a phone may be another's in another business. */
static wa_str
seen_in(const wa_person *person, int n, const wa_edge *edge)
{
	return person->members[n].kind == WA_ID_PHONE ? edge->link.business : WA_STR("");
}

static wa_partners *
order_partners(wa_person *person, int n)
{
	wa_partners *ordered = person->enlarge(NULL, sizeof(wa_partners));
	int			degree = 0;

	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		degree++;
	ordered->n = ordered->nleft = 0;
	ordered->by_business = person->enlarge(NULL, Max(1, degree) * sizeof(wa_partner));
	ordered->all = person->enlarge(NULL, Max(1, degree) * sizeof(wa_partner));
	ordered->left = person->enlarge(NULL, Max(1, degree) * sizeof(wa_instant));
	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];
		int			other = edge_other(edge, n);

		if (!edge->holds)
			continue;
		if (edge->link.change)
		{
			if (edge->from == n)
				ordered->left[ordered->nleft++] = edge->link.last_seen_at;
			continue;
		}
		ordered->all[ordered->n] = (wa_partner)
		{
			person->members[other].kind, WA_STR(""), edge_since(edge), other,
			wa_after(edge->link.last_seen_at, WA_DAY) - 1, {0}
		};
		ordered->by_business[ordered->n] = ordered->all[ordered->n];
		ordered->by_business[ordered->n++].business = seen_in(person, n, edge);
	}
	sort_partners(ordered->all, ordered->n);
	sort_partners(ordered->by_business, ordered->n);
	qsort(ordered->left, ordered->nleft, sizeof(wa_instant), compare_instants);
	return ordered;
}

/* When others of that kind and business, known by t, may have been seen last. */
static wa_instant
rivals_among(const wa_partner *partners, int n, wa_id_kind kind, wa_str business, wa_instant t,
			 int partner)
{
	wa_partner	asked = {.kind = kind,.business = business,.since = t};
	int			low = 0;
	int			high = n;
	const wa_partner *found;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (compare_partners(&partners[middle], &asked) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return WA_NEVER;
	found = &partners[low - 1];
	if (found->kind != kind || !wa_str_equal(found->business, business))
		return WA_NEVER;
	return partner == found->until.partner ? found->until.second : found->until.latest;
}

/* The same of all that bear on an edge as its end n sees it, by going through the links of n. */
static wa_instant
rivals_by_links(const wa_person *person, const wa_edge *edge, int n, wa_instant t)
{
	int			partner = edge_other(edge, n);
	wa_str		business = seen_in(person, n, edge);
	wa_instant	latest = WA_NEVER;

	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
	{
		const wa_edge *rival = &person->edges[e];
		int			other = edge_other(rival, n);

		if (rival->link.change || !rival->holds || edge_since(rival) > t || other == partner ||
			person->members[other].kind != person->members[partner].kind)
			continue;
		if (business.len == 0 || rival->link.business.len == 0 ||
			wa_str_equal(rival->link.business, business))
			latest = wa_later(latest, wa_after(rival->link.last_seen_at, WA_DAY) - 1);
	}
	return latest;
}

/* Were the two certainly each other's latest partner at t, as far as the end n can tell? */
static bool
is_certain(wa_person *person, int e, int n, wa_instant t)
{
	const wa_edge *edge;
	wa_member  *member;
	int			partner;
	wa_id_kind	kind;
	wa_str		business;
	const wa_partners *ordered;
	wa_instant	rival;

	load_links(person, n, false);
	edge = &person->edges[e];
	member = &person->members[n];
	partner = edge_other(edge, n);
	kind = person->members[partner].kind;
	business = seen_in(person, n, edge);
	if (member->partners == NULL && ++member->questions > FEW_QUESTIONS)
		member->partners = order_partners(person, n);
	ordered = member->partners;
	if (ordered == NULL)
		rival = rivals_by_links(person, edge, n, t);
	else if (business.len == 0)
		rival = rivals_among(ordered->all, ordered->n, kind, business, t, partner);
	else
		rival = wa_later(
			rivals_among(ordered->by_business, ordered->n, kind, business, t, partner),
			rivals_among(ordered->by_business, ordered->n, kind, WA_STR(""), t, partner));
	return rival == WA_NEVER || Min(rival, t) < surely_seen(edge, t);
}

/* Has a person left this member from seen on, up to t? */
static bool
was_left(const wa_person *person, int n, wa_instant seen, wa_instant t)
{
	const wa_partners *ordered = person->members[n].partners;

	if (person->members[n].left_at < seen)
		return false;
	if (ordered != NULL)
	{
		int			low = 0;
		int			high = ordered->nleft;

		while (low < high)
		{
			int			middle = (low + high) / 2;

			if (ordered->left[middle] < seen)
				low = middle + 1;
			else
				high = middle;
		}
		return low < ordered->nleft && ordered->left[low] <= t;
	}
	for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];

		if (edge->link.change && edge->holds && edge->from == n &&
			edge->link.last_seen_at >= seen && edge->link.last_seen_at <= t)
			return true;
	}
	return false;
}

/* Does a link seen by this business bear on what was said to that one?  '': on all. */
static bool
may_be_same_business(wa_str seen_by, wa_str business)
{
	return seen_by.len == 0 || business.len == 0 || wa_str_equal(seen_by, business);
}

/* Does what member n says speak for the other end of an edge? */
static bool
edge_speaks(wa_person *person, int e, int n, wa_str business, wa_instant t, bool over_changes)
{
	const wa_edge *edge = &person->edges[e];
	int			other = edge_other(edge, n);

	if (!edge->holds)
		return false;
	if (edge->link.change)		/* the new one inherits what the old one said */
		return over_changes && edge->from == n && t <= edge->link.last_seen_at;
	if (edge_since(edge) > t || !may_be_same_business(edge->link.business, business) ||
		!is_certain(person, e, n, t) || !is_certain(person, e, other, t))
		return false;
	edge = &person->edges[e];	/* others may have been read */
	return !was_left(person, n, surely_seen(edge, t), t) &&
		!was_left(person, other, surely_seen(edge, t), t);
}

/*
 * From the one who speaks to member 0: it has few partners that are certain of it, while member 0
 * may have very many.
 */
bool
wa_person_speaks(wa_person *person, int member, wa_str business, wa_instant t, bool over_changes)
{
	uint32		search = ++person->nsearches;

	if (member == 0)
		return true;
	if (person->members[member].events_until == WA_NEVER)
		return false;
	person->nqueued = 0;
	person->members[member].passed = search;
	person_grow(person, person->queue, person->nqueued, person->max_queued, 8, int);
	person->queue[person->nqueued++] = member;
	while (person->nqueued > 0)
	{
		int			n = person->queue[--person->nqueued];

		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		{
			int			other = edge_other(&person->edges[e], n);

			if (person->members[other].passed == search ||
				person->members[other].events_until == WA_NEVER ||
				!edge_speaks(person, e, n, business, t, over_changes))
				continue;
			if (other == 0)
				return true;
			person->members[other].passed = search;
			person_grow(person, person->queue, person->nqueued, person->max_queued, 8, int);
			person->queue[person->nqueued++] = other;
		}
	}
	return false;
}

void
wa_person_seen_together(const wa_person *person, wa_str business, bool *together)
{
	int		   *queue = person->enlarge(NULL, person->nmembers * sizeof(int));
	int			nqueued = 1;

	memset(together, 0, person->nmembers * sizeof(bool));
	together[0] = true;
	queue[0] = 0;
	while (nqueued > 0)
	{
		int			n = queue[--nqueued];

		for (int e = person->members[n].edges; e >= 0; e = edge_next(&person->edges[e], n))
		{
			const wa_edge *edge = &person->edges[e];
			int			other = edge_other(edge, n);

			if (together[other] || edge->link.change || !edge->holds ||
				!may_be_same_business(edge->link.business, business) ||
				person->members[other].events_until == WA_NEVER)
				continue;
			together[other] = true;
			queue[nqueued++] = other;
		}
	}
	person->enlarge(queue, 0);
}
