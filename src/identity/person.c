/*-------------------------------------------------------------------------
 *
 * person.c
 *	  Which identifiers count for which.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "identity/person_internal.h"

/* common/hashfn.h needs the server's headers for what else is in it. */
extern uint64 hash_bytes_extended(const unsigned char *k, int keylen, uint64 seed);

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

static int
member_of_hash(const wa_person *person, const wa_canonical *id, uint32 hash)
{
	if (person->nbuckets == 0)
		return -1;
	for (int i = person->buckets[hash & (person->nbuckets - 1)]; i >= 0;
		 i = person->members[i].next_of_hash)
	{
		if (wa_canonical_equal(&person->members[i].id, id))
			return i;
	}
	return -1;
}

int
wa_person_member(const wa_person *person, const wa_canonical *id)
{
	return member_of_hash(person, id, person_hash(person, id));
}

int
wa_person_add_member(wa_person *person, const wa_canonical *id)
{
	uint32		hash = person_hash(person, id);
	int			max = person->max_members;
	int			known = member_of_hash(person, id, hash);
	wa_member  *member;

	if (known >= 0)
		return known;
	person_grow(person, person->members, person->nmembers, person->max_members, 8, wa_member);
	member = &person->members[person->nmembers++];
	member->id = *id;
	member->kind = wa_id_kind_of(id);
	member->hash = hash;
	member->edges = -1;
	member->events_until = member->expand_until = WA_NEVER;
	member->left_at = member->left_since = WA_NEVER;
	member->alone_until = WA_FOREVER;
	member->failures_since = member->failures_until = WA_NEVER;
	member->changes_loaded = member->sightings_loaded = false;
	member->has_changes = member->queued = member->behind = false;
	member->passed = 0;
	member->replaced = 0;
	member->kept = person->kept == NULL ? -1 : member_of_hash(person->kept, id, hash);
	member->without = member->kept < 0 ? 0 : person->kept->members[member->kept].without;
	if (person->of_kept != NULL && member->kept >= 0)
		person->of_kept[member->kept] = person->nmembers - 1;
	member->questions = 0;
	member->partners = NULL;
	member->user = NULL;
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
	return wa_str_of(copy, business.len);
}

static bool
is_loaded(const wa_member *member, bool changes)
{
	return changes ? member->changes_loaded : member->sightings_loaded;
}

static void
link_members(wa_person *person, int a, int b, const wa_link *link)
{
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
	edge->holds = false;		/* until all links of the member are loaded */
	edge->next_of_from = person->members[a].edges;
	edge->next_of_to = person->members[b].edges;
	person->members[a].edges = person->members[b].edges = person->nedges++;
	person->members[a].has_changes |= link->change;
	person->members[b].has_changes |= link->change;
}

static void
count_behind(wa_person *person, int n)
{
	if (n == 0 || person->members[n].behind)
		return;
	person->members[n].behind = true;
	if (++person->nbehind > WA_MOST_BEHIND)
		person->crowded = person->bounded;
}

/*
 * Count the other end of a link of the member that is being loaded, though it may have been added
 * from there, so that the order of loading makes no difference.  The links of member 0 are its own.
 * Of a BSUID or parent only those that it was seen with count, if they are several: the suppression
 * list finds these by their positions (suppression/connected.c).
 */
static void
count_link(wa_person *person, int a, int b, bool change)
{
	int			here = person->loading;

	if (change)
		count_behind(person, a == here ? b : a);
	else if (b == here && person->first_of_loading < 0)
		person->first_of_loading = a;
	else if (b == here && person->first_of_loading != a)
	{
		count_behind(person, person->first_of_loading);
		count_behind(person, a);
	}
}

/* Of members; else as wa_person_link. */
static bool
add_link(wa_person *person, int a, int b, const wa_link *link)
{
	if (person->loading > 0)
		count_link(person, a, b, link->change);
	link_members(person, a, b, link);
	return !person->crowded;
}

bool
wa_person_link(wa_person *person, const wa_canonical *from, const wa_canonical *to,
			   const wa_link *link)
{
	int			a = wa_person_add_member(person, from);

	return add_link(person, a, wa_person_add_member(person, to), link);
}

/* What was unlinked in one business is unlinked in all: of the links of a member, from this one on. */
static void
spread_unlinking(wa_person *person, int n, int first)
{
	for (int i = first; i < person->nedges; i++)
		person->members[wa_edge_other(&person->edges[i], n)].unlinked_at = WA_NEVER;
	for (int i = first; i < person->nedges; i++)
	{
		const wa_edge *edge = &person->edges[i];
		wa_member  *other = &person->members[wa_edge_other(edge, n)];

		if (!edge->link.change)
			other->unlinked_at = wa_later(other->unlinked_at, edge->link.unlinked_at);
	}
	for (int i = first; i < person->nedges; i++)
	{
		wa_edge    *edge = &person->edges[i];

		if (!edge->link.change)
			edge->link.unlinked_at = person->members[wa_edge_other(edge, n)].unlinked_at;
	}
}

/*
 * Links that were read before.
 */

/* The member that has that number there; it becomes one where it is none. */
static int
member_of_kept(wa_person *person, int n)
{
	if (person->of_kept == NULL)
	{
		person->of_kept = person->enlarge(NULL, person->kept->nmembers * sizeof(int));
		memset(person->of_kept, -1, person->kept->nmembers * sizeof(int));
		for (int i = 0; i < person->nmembers; i++)
		{
			if (person->members[i].kept >= 0)
				person->of_kept[person->members[i].kept] = i;
		}
	}
	return person->of_kept[n] >= 0 ? person->of_kept[n] :
		wa_person_add_member(person, &person->kept->members[n].id);
}

/* As load does, of the member that has that number there. */
static void
load_kept(wa_person *person, int n, bool changes)
{
	const wa_person *kept = person->kept;

	if (changes && !kept->members[n].has_changes)
		return;
	for (int e = kept->members[n].edges; e >= 0; e = wa_edge_next(&kept->edges[e], n))
	{
		const wa_edge *edge = &kept->edges[e];

		if (edge->link.change == changes)
		{
			int			from = member_of_kept(person, edge->from);

			if (!add_link(person, from, member_of_kept(person, edge->to), &edge->link))
				return;
		}
	}
}

/*
 * Loading.
 */

/* Unlinked or erased since or not. */
static void
note_seen(wa_member *member, const wa_link *link)
{
	if (link->first_seen_at != WA_NEVER)
		member->alone_until = Min(member->alone_until, link->first_seen_at);
	if (link->rival_since != WA_NEVER)
		member->alone_until = Min(member->alone_until, link->rival_since);
}

void
wa_person_load_links(wa_person *person, int member, bool changes)
{
	int			first = person->nedges;
	int			kept = person->members[member].kept;

	if (is_loaded(&person->members[member], changes))
		return;

	person->loading = member;
	person->first_of_loading = -1;
	if (kept >= 0 && is_loaded(&person->kept->members[kept], changes))
		load_kept(person, kept, changes);
	else
		person->load(person, member, changes);
	person->loading = -1;
	if (person->crowded)
		return;					/* what was loaded may be a part of it */
	if (changes)
		person->members[member].changes_loaded = true;
	else
		person->members[member].sightings_loaded = true;
	spread_unlinking(person, member, first);
	for (int i = first; i < person->nedges; i++)
	{
		wa_edge    *edge = &person->edges[i];
		wa_member  *from = &person->members[edge->from];

		edge->holds = edge_holds(edge);
		if (!edge->link.change)
		{
			note_seen(from, &edge->link);
			note_seen(&person->members[edge->to], &edge->link);
		}
		else if (edge->holds)
		{
			from->left_at = wa_later(from->left_at, edge->link.last_seen_at);
			from->left_since = wa_later(from->left_since, edge_since(edge));
			from->alone_until = Min(from->alone_until, edge->link.first_seen_at);
		}
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

/*
 * Up to when counts what a sighting leads to, as far as this end of it tells?  A person who has left it since is not
 * its present owner.  Of a change told twice, the first time tells.  Sightings of a BSUID or parent have a resolution of
 * one day: what named it later on the day of the leaving may have named the other end as well.
 */
static wa_instant
left_until(const wa_member *end, const wa_edge *edge)
{
	if (edge_seen(edge) > end->left_since)
		return WA_FOREVER;
	if (end->kind == WA_ID_PHONE)
		return end->left_at;
	return wa_later(end->left_at, wa_after(edge->link.last_seen_at, WA_DAY) - 1);
}

/* From member n along an edge: what becomes of the other end? */
static void
follow(wa_person *person, int n, int e)
{
	const wa_edge *edge = &person->edges[e];
	const wa_member *here = &person->members[n];
	int			other = wa_edge_other(edge, n);
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
	wa_person_load_links(person, other, true);
	here = &person->members[n];
	there = &person->members[other];
	edge = &person->edges[e];

	until = Min(until, Min(left_until(here, edge), left_until(there, edge)));
	raise_bounds(person, other, until, there->kind == WA_ID_PHONE ? WA_NEVER : until);
}

/* Failures under this member in that time may have named a member in reach. */
static void
count_failures(wa_member *member, wa_instant since, wa_instant until)
{
	if (member->failures_until == WA_NEVER || since < member->failures_since)
		member->failures_since = since;
	member->failures_until = wa_later(member->failures_until, until);
}

/* What named a BSUID and a parent in that time may be stored under a phone that the BSUID was seen with. */
static void
count_failures_of_phones(wa_person *person, int user_id, wa_instant since, wa_instant until)
{
	wa_person_load_links(person, user_id, false);
	for (int e = person->members[user_id].edges; e >= 0; e = wa_edge_next(&person->edges[e], user_id))
	{
		const wa_edge *edge = &person->edges[e];

		if (edge->to == user_id && !edge->link.change && edge->link.first_seen_at != WA_NEVER &&
			edge->link.first_seen_at <= until)
			count_failures(&person->members[edge->from], wa_later(since, edge->link.first_seen_at), until);
	}
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
		wa_link		link = edge->link;
		int			from = edge->from;

		if (link.change || link.first_seen_at == WA_NEVER || link.unlinked_at == WA_NEVER ||
			person->members[edge->to].events_until == WA_NEVER)
			continue;
		count_failures(&person->members[from], link.first_seen_at, link.unlinked_at);
		if (person->members[from].kind != WA_ID_PHONE)
			count_failures_of_phones(person, from, link.first_seen_at, link.unlinked_at);
	}
}

void
wa_person_find(wa_person *person, const wa_canonical *id)
{
	wa_person_add_member(person, id);
	raise_bounds(person, 0, WA_FOREVER, WA_FOREVER);

	/* Bounds only rise and come from a finite set of instants, so this ends. */
	while (person->nqueued > 0 && !person->crowded)
	{
		int			n = person->queue[--person->nqueued];

		person->members[n].queued = false;
		wa_person_load_links(person, n, true);

		/* A phone from which nothing leads on may have been seen with very many. */
		if (person->members[n].expand_until != WA_NEVER)
			wa_person_load_links(person, n, false);
		for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
			follow(person, n, e);
	}
	person->bounded = false;	/* those who may speak are few by now */
	if (!person->crowded)
		find_unlinked(person);
}
