/*-------------------------------------------------------------------------
 *
 * person.c
 *	  Which identifiers speak for which.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "identity/person.h"

wa_id_kind
wa_id_kind_of(const wa_canonical *id)
{
	if (!wa_is_bsuid(id->text))
		return WA_ID_PHONE;
	return id->len > 7 && memcmp(id->text + 2, ".ENT.", 5) == 0 ? WA_ID_PARENT : WA_ID_USER;
}

static bool
same_id(const wa_canonical *a, const wa_canonical *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static int
member_of(wa_person *person, const wa_canonical *id)
{
	wa_member  *member;

	for (int i = 0; i < person->nmembers; i++)
	{
		if (same_id(&person->members[i].id, id))
			return i;
	}
	if (person->nmembers == person->max_members)
	{
		person->max_members = Max(8, 2 * person->max_members);
		person->members = person->enlarge(person->members,
										  person->max_members * sizeof(wa_member));
	}
	member = &person->members[person->nmembers];
	member->id = *id;
	member->events_until = WA_NEVER;
	member->expand_until = WA_NEVER;
	member->left_at = WA_NEVER;
	member->loaded = false;
	return person->nmembers++;
}

void
wa_person_link(wa_person *person, const wa_canonical *from, const wa_canonical *to,
			   wa_link_kind kind, const wa_link *link)
{
	wa_edge    *edge;
	int			a = member_of(person, from);
	int			b = member_of(person, to);

	if (!wa_link_holds(link))
		return;
	for (int i = 0; i < person->nedges; i++)
	{
		edge = &person->edges[i];
		if (edge->kind == kind && edge->from == a && edge->to == b)
			return;				/* known from its other end */
	}
	if (person->nedges == person->max_edges)
	{
		person->max_edges = Max(8, 2 * person->max_edges);
		person->edges = person->enlarge(person->edges,
										person->max_edges * sizeof(wa_edge));
	}
	edge = &person->edges[person->nedges++];
	edge->from = a;
	edge->to = b;
	edge->kind = kind;
	edge->link = *link;
	if (kind == WA_LINK_CHANGE)
		person->members[a].left_at = wa_later(person->members[a].left_at,
											  link->last_seen_at);
}

static void
load(wa_person *person, int member)
{
	if (!person->members[member].loaded)
	{
		person->members[member].loaded = true;
		person->load(person, member);
	}
}

/* Let events of a member count, and its sightings lead on, at least so long. */
static bool
raise_bounds(wa_member *member, wa_instant events, wa_instant expand)
{
	bool		raised = false;

	if (events > member->events_until)
	{
		member->events_until = events;
		raised = true;
	}
	if (expand > member->expand_until)
	{
		member->expand_until = expand;
		raised = true;
	}
	return raised;
}

/* From member n along an edge: what becomes of the other end? */
static bool
follow(wa_person *person, int n, const wa_edge *edge)
{
	wa_member  *here = &person->members[n];
	int			other = edge->from == n ? edge->to : edge->from;
	wa_member  *there = &person->members[other];
	wa_instant	until;

	if (edge->kind == WA_LINK_CHANGE)
	{
		/* The new one inherits from the old one; never the reverse. */
		if (edge->to != n)
			return false;
		until = Min(here->events_until, edge->link.last_seen_at);
		return raise_bounds(there, until, until);
	}

	until = here->expand_until;
	if (until == WA_NEVER ||
		wa_later(edge->link.first_seen_at, edge->link.parted_at) > until)
		return false;

	/* Whoever has left one of the two since is not its present owner. */
	if (edge->link.last_seen_at <= here->left_at)
		until = Min(until, here->left_at);
	if (edge->link.last_seen_at <= there->left_at)
		until = Min(until, there->left_at);
	return raise_bounds(there, until,
						wa_id_kind_of(&there->id) == WA_ID_PHONE ? WA_NEVER : until);
}

void
wa_person_find(wa_person *person, const wa_canonical *id)
{
	bool		changed = true;

	member_of(person, id);
	person->members[0].events_until = WA_FOREVER;
	person->members[0].expand_until = WA_FOREVER;

	/*
	 * Bounds only rise and come from a finite set of instants, so this ends.
	 * Members and edges may move while links are loaded: index them anew.
	 */
	while (changed)
	{
		changed = false;
		for (int n = 0; n < person->nmembers; n++)
		{
			if (person->members[n].events_until == WA_NEVER)
				continue;
			load(person, n);
			for (int e = 0; e < person->nedges; e++)
			{
				wa_edge		edge = person->edges[e];

				if (edge.from != n && edge.to != n)
					continue;
				/* Whether it was left since, its own links tell. */
				load(person, edge.from == n ? edge.to : edge.from);
				changed |= follow(person, n, &edge);
			}
		}
	}
}

/*
 * Was b certainly a's latest partner of its kind at t?  Of a link only the
 * extremes are known: it counts as seen last at its latest sighting if that is
 * not after t, else at its first; its rivals count as seen as late as may be.
 */
static bool
latest_partner(const wa_person *person, int a, int b, const wa_link *link, wa_instant t)
{
	wa_instant	since = wa_later(link->first_seen_at, link->parted_at);
	wa_instant	seen = link->last_seen_at <= t ? link->last_seen_at : since;
	wa_id_kind	kind = wa_id_kind_of(&person->members[b].id);

	if (since > t)
		return false;
	for (int e = 0; e < person->nedges; e++)
	{
		const wa_edge *edge = &person->edges[e];
		int			rival = edge->from == a ? edge->to : edge->from;

		if (edge->kind != WA_LINK_SIGHTING || (edge->from != a && edge->to != a) ||
			rival == b || wa_id_kind_of(&person->members[rival].id) != kind ||
			wa_later(edge->link.first_seen_at, edge->link.parted_at) > t)
			continue;
		if (Min(edge->link.last_seen_at, t) >= seen)
			return false;
	}

	/* Nor may its person have left for another identifier. */
	return !(person->members[a].left_at >= seen && person->members[a].left_at <= t) &&
		!(person->members[b].left_at >= seen && person->members[b].left_at <= t);
}

bool
wa_person_speaks(const wa_person *person, int member, wa_instant t)
{
	bool	   *reached = person->enlarge(NULL, person->nmembers * sizeof(bool));
	bool		changed = true;

	memset(reached, 0, person->nmembers * sizeof(bool));
	reached[0] = true;
	while (changed && !reached[member])
	{
		changed = false;
		for (int e = 0; e < person->nedges; e++)
		{
			const wa_edge *edge = &person->edges[e];
			int			next;

			if (reached[edge->from] == reached[edge->to])
				continue;
			if (edge->kind == WA_LINK_CHANGE)
			{
				/* The new one inherits what was said under the old one. */
				if (!reached[edge->to] || t > edge->link.last_seen_at)
					continue;
			}
			else if (!latest_partner(person, edge->from, edge->to, &edge->link, t) ||
					 !latest_partner(person, edge->to, edge->from, &edge->link, t))
				continue;
			next = reached[edge->from] ? edge->to : edge->from;
			reached[next] = true;
			changed = true;
		}
	}
	changed = reached[member];
	person->enlarge(reached, 0);
	return changed;
}
