/*-------------------------------------------------------------------------
 *
 * speaking.c
 *	  Which identifier speaks for which: whether its resumes, windows and evidence count
 *	  for the other one.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/bisect.h"
#include "identity/person_internal.h"

/* When two were seen together last for sure, t or earlier. */
static wa_instant
surely_seen(const wa_edge *edge, wa_instant t)
{
	wa_instant	since = edge_since(edge);

	return wa_after(edge->link.last_seen_at, WA_DAY) <= t ?
		wa_later(since, edge->link.last_seen_at) : since;
}

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
compare_leavings(const void *a, const void *b)
{
	wa_instant	x = ((const wa_leaving *) a)->since;
	wa_instant	y = ((const wa_leaving *) b)->since;

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

/* A phone or a parent has a BSUID in each business; of all else there is one for all businesses. */
static wa_str
seen_in(const wa_person *person, int n, const wa_edge *edge)
{
	bool		one_each = person->members[n].kind == WA_ID_PHONE ||
		person->members[wa_edge_other(edge, n)].kind == WA_ID_USER;

	return one_each ? edge->link.business : WA_STR("");
}

static wa_partners *
order_partners(wa_person *person, int n)
{
	wa_partners *ordered = person->enlarge(NULL, sizeof(wa_partners));
	int			degree = 0;

	for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
		degree++;
	ordered->n = ordered->nleft = 0;
	ordered->by_business = person->enlarge(NULL, Max(1, degree) * sizeof(wa_partner));
	ordered->all = person->enlarge(NULL, Max(1, degree) * sizeof(wa_partner));
	ordered->left = person->enlarge(NULL, Max(1, degree) * sizeof(wa_leaving));
	for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];
		int			other = wa_edge_other(edge, n);

		if (!edge->holds)
			continue;
		if (edge->link.change)
		{
			if (edge->from == n)
				ordered->left[ordered->nleft++] = (wa_leaving)
			{
				edge_since(edge), edge->link.last_seen_at
			};
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
	qsort(ordered->left, ordered->nleft, sizeof(wa_leaving), compare_leavings);
	for (int i = 1; i < ordered->nleft; i++)
		ordered->left[i].until = wa_later(ordered->left[i].until, ordered->left[i - 1].until);
	return ordered;
}

void
wa_person_order_partners(wa_person *person, int n)
{
	int			first = person->members[n].edges;

	if (first >= 0 && wa_edge_next(&person->edges[first], n) >= 0)
		person->members[n].partners = order_partners(person, n);
}

/*
 * The partners of a member as somebody else put them in order, and the number of one of them
 * there; NULL where nobody did.
 */
static const wa_partners *
kept_partners(const wa_person *person, int n, int *partner)
{
	if (person->members[n].kept < 0)
		return NULL;
	*partner = person->members[*partner].kept;
	return person->kept->members[person->members[n].kept].partners;
}

/* When others of that kind and business, known by t, may have been seen last. */
static wa_instant
rivals_among(const wa_partner *partners, int n, wa_id_kind kind, wa_str business, wa_instant t,
			 int partner)
{
	wa_partner	asked = {.kind = kind,.business = business,.since = t};
	const wa_partner *found;
	int			i;

	wa_bisect(i, n, compare_partners(&partners[i], &asked) <= 0);
	if (i == 0)
		return WA_NEVER;
	found = &partners[i - 1];
	if (found->kind != kind || !wa_str_equal(found->business, business))
		return WA_NEVER;
	return partner == found->until.partner ? found->until.second : found->until.latest;
}

/* The first time of a change that is certain: one before it was unlinked is not. */
static wa_instant
surely_changed(const wa_edge *edge)
{
	return edge->link.first_seen_at > edge->link.unlinked_at ?
		edge->link.first_seen_at : edge->link.last_seen_at;
}

/*
 * Mark those that changes to a member, by t, replaced: they are the same user.  Returns the number
 * of the search.
 */
static uint32
mark_replaced(wa_person *person, int member, wa_instant t)
{
	uint32		search = ++person->nsearches;

	for (int e = person->members[member].edges; e >= 0; e = wa_edge_next(&person->edges[e], member))
	{
		const wa_edge *edge = &person->edges[e];
		wa_member  *from = &person->members[edge->from];

		if (!edge->link.change || !edge->holds || edge->to != member ||
			surely_changed(edge) > t)
			continue;
		from->replaced_at = surely_changed(edge);
		from->replaced = search;
	}
	return search;
}

/*
 * The same of a partner of n in this business, by going through the links of n.  What the partner has
 * replaced, and was not seen on a later day, is no rival.
 */
static wa_instant
rivals_by_links(wa_person *person, int n, int partner, wa_str business, wa_instant t)
{
	wa_instant	latest = WA_NEVER;
	uint32		search = mark_replaced(person, partner, t);

	for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
	{
		const wa_edge *rival = &person->edges[e];
		int			other = wa_edge_other(rival, n);
		const wa_member *whose = &person->members[other];

		if (rival->link.change || !rival->holds || edge_since(rival) > t || other == partner ||
			whose->kind != person->members[partner].kind ||
			(whose->replaced == search && edge_seen(rival) <= whose->replaced_at))
			continue;
		if (wa_may_be_same(rival->link.business, business))
			latest = wa_later(latest, wa_after(rival->link.last_seen_at, WA_DAY) - 1);
	}
	return latest;
}

static void
add_id(wa_person *person, wa_user *user, int n)
{
	person_grow(person, user->ids, user->nids, user->max_ids, 4, int);
	user->ids[user->nids++] = n;
	person->members[n].user = user;
}

/* An edge of one of the ids: it leads to another one, or to a phone. */
static void
add_edge(wa_person *person, wa_user *user, const wa_edge *edge, int other)
{
	if (!edge->holds || edge->link.change)
		return;
	if (person->members[other].kind != WA_ID_PHONE)
	{
		if (person->members[other].user == NULL && person->members[other].events_until != WA_NEVER)
			add_id(person, user, other);
		return;
	}
	person_grow(person, user->phones, user->nphones, user->max_phones, 8, wa_partner);
	user->phones[user->nphones++] = (wa_partner)
	{
		WA_ID_PHONE, WA_STR(""), edge_since(edge), other,
		wa_after(edge->link.last_seen_at, WA_DAY) - 1, {0}
	};
}

/* Whose BSUID or parent is member n? */
static const wa_user *
user_of(wa_person *person, int n)
{
	wa_user    *user = person->members[n].user;

	if (user != NULL)
		return user;
	user = person->enlarge(NULL, sizeof(wa_user));
	memset(user, 0, sizeof(wa_user));
	add_id(person, user, n);
	for (int i = 0; i < user->nids; i++)
	{
		int			id = user->ids[i];

		wa_person_load_links(person, id, false);
		for (int e = person->members[id].edges; e >= 0; e = wa_edge_next(&person->edges[e], id))
			add_edge(person, user, &person->edges[e], wa_edge_other(&person->edges[e], id));
	}
	if (user->nids > 1)
		sort_partners(user->phones, user->nphones);
	return user;
}

/*
 * When other phones of the user, known by t, may have been seen last: of a user with several BSUIDs and
 * parents, which may each have been seen with another phone.  What the phone has replaced is no rival.
 */
static wa_instant
rivals_of_user(wa_person *person, const wa_edge *edge, int n, wa_instant t)
{
	int			phone = wa_edge_other(edge, n);
	wa_instant	surely = surely_seen(edge, t);
	const wa_user *user = user_of(person, n);
	wa_instant	latest = WA_NEVER;

	if (user->nids == 1)
		return WA_NEVER;
	latest = rivals_among(user->phones, user->nphones, WA_ID_PHONE, WA_STR(""), t, phone);
	if (latest == WA_NEVER || Min(latest, t) < surely || !person->members[phone].has_changes)
		return latest;
	latest = WA_NEVER;
	for (int i = 0; i < user->nids; i++)
		latest = wa_later(latest, rivals_by_links(person, user->ids[i], phone, WA_STR(""), t));
	return latest;
}

/* Was the edge seen for sure after its rivals? */
static bool
is_later(const wa_edge *edge, wa_instant rival, wa_instant t)
{
	return rival == WA_NEVER || Min(rival, t) < surely_seen(edge, t);
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

	partner = wa_edge_other(&person->edges[e], n);
	kind = person->members[partner].kind;
	ordered = kept_partners(person, n, &partner);
	if (ordered == NULL)
	{
		partner = wa_edge_other(&person->edges[e], n);
		wa_person_load_links(person, n, false);
		member = &person->members[n];
		if (member->partners == NULL && ++member->questions > FEW_QUESTIONS)
			member->partners = order_partners(person, n);
		ordered = member->partners;
	}
	edge = &person->edges[e];
	business = seen_in(person, n, edge);
	if (ordered == NULL)
		rival = rivals_by_links(person, n, wa_edge_other(edge, n), business, t);
	else if (business.len == 0)
		rival = rivals_among(ordered->all, ordered->n, kind, business, t, partner);
	else
		rival = wa_later(
			rivals_among(ordered->by_business, ordered->n, kind, business, t, partner),
			rivals_among(ordered->by_business, ordered->n, kind, WA_STR(""), t, partner));
	if (ordered != NULL && !is_later(edge, rival, t) &&
		person->members[wa_edge_other(edge, n)].has_changes)
	{
		wa_person_load_links(person, n, false);
		edge = &person->edges[e];
		rival = rivals_by_links(person, n, wa_edge_other(edge, n), business, t);
	}
	if (kind == WA_ID_PHONE && is_later(edge, rival, t))
	{
		rival = wa_later(rival, rivals_of_user(person, edge, n, t));
		edge = &person->edges[e];
	}
	if (edge->link.rival_since <= t)
		rival = wa_later(rival, edge->link.rival_until);
	return is_later(edge, rival, t);
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
		int			i;

		wa_bisect(i, ordered->nleft, ordered->left[i].since <= t);
		return i > 0 && ordered->left[i - 1].until >= seen;
	}
	for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];

		if (edge->link.change && edge->holds && edge->from == n &&
			edge->link.last_seen_at >= seen && edge_since(edge) <= t)
			return true;
	}
	return false;
}

/* Does what member n says speak for the other end of an edge? */
static bool
edge_speaks(wa_person *person, int e, int n, wa_str business, wa_instant t, bool over_changes)
{
	const wa_edge *edge = &person->edges[e];
	int			other = wa_edge_other(edge, n);

	if (!edge->holds)
		return false;
	if (edge->link.change)		/* the new one inherits what the old one said */
		return over_changes && edge->from == n && t <= edge_since(edge);
	if (edge_since(edge) > t || !wa_may_be_same(edge->link.business, business) ||
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

		for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
		{
			int			other = wa_edge_other(&person->edges[e], n);

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

wa_instant
wa_person_alone_until(wa_person *person, int member)
{
	wa_person_load_links(person, member, true);
	wa_person_load_links(person, member, false);
	return person->members[member].alone_until;
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

		for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
		{
			const wa_edge *edge = &person->edges[e];
			int			other = wa_edge_other(edge, n);

			if (together[other] || edge->link.change || !edge->holds ||
				!wa_may_be_same(edge->link.business, business) ||
				person->members[other].events_until == WA_NEVER)
				continue;
			together[other] = true;
			queue[nqueued++] = other;
		}
	}
	person->enlarge(queue, 0);
}
