/*-------------------------------------------------------------------------
 *
 * holds.c
 *	  Reading the holds of senders, whether they have ended, and which senders are free.
 *
 * Holds and known senders are sorted once per snapshot, so that a question about a business
 * reads only the rows of that business.  The result for a question is kept, by region, for
 * the next recipient.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "storage/predicate.h"
#include "utils/memutils.h"

#include "base/append.h"
#include "base/bisect.h"
#include "base/category_oid.h"
#include "base/encode.h"
#include "base/table_scan.h"
#include "recipient/region.h"
#include "rules/holds.h"
#include "state/columns.h"
#include "state/hold.h"
#include "state/read.h"

/* One of those that we send by. */
typedef struct wa_own_sender
{
	wa_str		business;
	wa_str		sender;			/* '': the business has none that is known */
	int			ngroups;		/* of holds that hold it: its own, and those of all */
	int			groups[4];
} wa_own_sender;

/* Holds of one business and sender, either of which may be ''. */
typedef struct wa_hold_group
{
	wa_own_sender of;
	int			first;			/* in wa_holds.holds */
	int			n;
	bool		proved;			/* has anybody looked whether they are over? */
	uint32		taken;			/* by the answer of that number */
} wa_hold_group;

/* By letters of the region's code; the last is that of those whose region is unknown. */
#define REGIONS		(26 * 26 + 1)

struct wa_holds
{
	MemoryContext context;
	const wa_schema *schema;	/* of the decision at hand */
	Snapshot	snapshot;
	char		region[3];		/* of the recipient at hand; "": unknown */
	int			n;
	wa_hold    *holds;			/* by the key of the table */
	int			ngroups;
	wa_hold_group *groups;		/* in that order */
	bool		by_region;		/* does any of them hold for a region alone? */
	bool		all_read;		/* all of wa_sender_life, for those of unknown businesses */
	bool		own_read;
	int			nown;
	wa_own_sender *own;			/* by business and sender */

	/* What was answered to the question asked last. */
	bool		has_question;
	wa_question question;
	MemoryContext answers;
	wa_held   **held;			/* REGIONS of them; NULL: not worked out so far */
	uint32		nanswers;
};

/* One that is told to be over is not kept; that of the same moment is not over. */
static bool
read_hold(void *arg, TupleTableSlot *slot)
{
	wa_holds   *holds = arg;
	wa_instant	since = wa_slot_instant(slot, Anum_wa_sender_hold_since);
	wa_hold    *hold;

	if (since == WA_NEVER || wa_slot_instant(slot, Anum_wa_sender_hold_lifted_at) > since)
		return true;
	hold = wa_append_few(holds->holds, holds->n, wa_hold);
	hold->business = wa_slot_str(slot, Anum_wa_sender_hold_business);
	hold->sender = wa_slot_str(slot, Anum_wa_sender_hold_sender);
	hold->region = wa_slot_str(slot, Anum_wa_sender_hold_region);
	hold->cause = wa_slot_str(slot, Anum_wa_sender_hold_cause);
	hold->reason = wa_slot_str(slot, Anum_wa_sender_hold_reason);
	hold->code = DatumGetInt32(wa_slot_datum(slot, Anum_wa_sender_hold_code));
	hold->categories =
		wa_category_array_mask(wa_slot_datum(slot, Anum_wa_sender_hold_categories));
	hold->since = since;
	hold->until = wa_slot_instant(slot, Anum_wa_sender_hold_until);
	if (hold->until == WA_NEVER)
		hold->until = WA_FOREVER;
	hold->over = false;
	holds->by_region |= hold->region.len > 0;
	return true;
}

static int
compare_senders(const void *a, const void *b)
{
	const wa_own_sender *x = a;
	const wa_own_sender *y = b;
	int			order = wa_str_compare(x->business, y->business);

	return order != 0 ? order : wa_str_compare(x->sender, y->sender);
}

static wa_own_sender
held_by(const wa_hold *hold)
{
	return (wa_own_sender)
	{
		hold->business, hold->sender, 0, {0}
	};
}

/* By the primary key, which does not depend on which came first. */
static int
compare_holds(const void *a, const void *b)
{
	const wa_hold *x = a;
	const wa_hold *y = b;
	wa_own_sender of_x = held_by(x);
	wa_own_sender of_y = held_by(y);
	int			order = compare_senders(&of_x, &of_y);

	if (order == 0)
		order = wa_str_compare(x->region, y->region);
	if (order == 0)
		order = wa_str_compare(x->cause, y->cause);
	return order != 0 ? order : (x->code > y->code) - (x->code < y->code);
}

static void
make_groups(wa_holds *holds)
{
	holds->groups = palloc0(holds->n * sizeof(wa_hold_group));
	qsort(holds->holds, holds->n, sizeof(wa_hold), compare_holds);
	for (int i = 0; i < holds->n; i++)
	{
		wa_own_sender of = held_by(&holds->holds[i]);

		if (i == 0 || compare_senders(&holds->groups[holds->ngroups - 1].of, &of) != 0)
		{
			holds->groups[holds->ngroups].of = of;
			holds->groups[holds->ngroups++].first = i;
		}
		holds->groups[holds->ngroups - 1].n++;
	}
}

/* The first group of this business and sender, or behind them. */
static int
group_from(const wa_holds *holds, wa_str business, wa_str sender)
{
	wa_own_sender of = {business, sender, 0, {0}};
	int			i;

	wa_bisect(i, holds->ngroups, compare_senders(&holds->groups[i].of, &of) < 0);
	return i;
}

/* NULL: nothing holds that one. */
static wa_hold_group *
find_group(const wa_holds *holds, wa_str business, wa_str sender)
{
	wa_own_sender of = {business, sender, 0, {0}};
	int			i = group_from(holds, business, sender);

	return i < holds->ngroups && compare_senders(&holds->groups[i].of, &of) == 0 ?
		&holds->groups[i] : NULL;
}

wa_holds *
wa_holds_read(const wa_schema *schema, Snapshot snapshot)
{
	wa_holds   *holds = palloc0(sizeof(wa_holds));

	holds->context = CurrentMemoryContext;
	wa_scan_rows(&schema->sender_hold, snapshot, read_hold, holds);
	if (holds->n == 0)
	{
		pfree(holds);
		return NULL;
	}
	make_groups(holds);
	holds->held = palloc0(REGIONS * sizeof(wa_held *));
	holds->answers = AllocSetContextCreate(holds->context, "wa_policy holds", ALLOCSET_SMALL_SIZES);
	return holds;
}

/*
 * Proof that such messages go out.
 */

/*
 * A message whose category is unknown proves something only where all are held.  Its time is cut to
 * the minute, so that in the minute of the error nobody knows which of the two came first.
 */
static bool
is_proof(const wa_hold *hold, wa_reader *life)
{
	wa_str		category = wa_reader_str_in_place(life, Anum_wa_sender_life_category);

	if (wa_reader_instant(life, Anum_wa_sender_life_alive_at) <= hold->since)
		return false;
	if (hold->region.len > 0 &&
		!wa_str_equal(hold->region, wa_reader_str_in_place(life, Anum_wa_sender_life_region)))
		return false;
	if (hold->categories == WA_ALL_CATEGORIES)
		return true;
	for (int i = 0; i < WA_CATEGORIES; i++)
	{
		const char *name = wa_category_name(i);

		if (wa_str_equal(category, wa_str_from(name)))
			return (hold->categories & WA_CATEGORY_BIT(i)) != 0;
	}
	return false;
}

/* An operator's hold asks for no proof. */
static void
end_proved(wa_holds *holds, const wa_hold_group *group, wa_reader *life)
{
	for (int i = group->first; i < group->first + group->n; i++)
	{
		wa_hold    *hold = &holds->holds[i];

		if (!hold->over && !wa_str_equal(hold->cause, WA_STR("operator")))
			hold->over = is_proof(hold, life);
	}
}

/* The number tells its business, where the hold does not: all numbers have to be looked through. */
static void
prove_all_unknown(wa_holds *holds, wa_reader *life)
{
	if (holds->all_read)
		return;
	wa_reader_seek_all(life, NULL, 0);
	while (wa_reader_next(life))
	{
		wa_hold_group *group = find_group(holds, WA_STR(""),
										  wa_reader_str_in_place(life, Anum_wa_sender_life_sender));

		if (group != NULL && group->of.sender.len > 0)
			end_proved(holds, group, life);
	}
	holds->all_read = true;
}

/* Which of these holds are over? */
static void
prove(wa_holds *holds, wa_hold_group *group)
{
	const wa_str of[] = {group->of.business, group->of.sender};
	wa_reader	life;

	if (group->proved)
		return;
	wa_reader_open(&life, &holds->schema->sender_life, holds->snapshot);
	if (of[0].len == 0 && of[1].len > 0)
		prove_all_unknown(holds, &life);
	else
	{
		wa_reader_seek_all(&life, of, of[1].len == 0 ? 1 : 2);
		while (wa_reader_next(&life))
			end_proved(holds, group, &life);
	}
	wa_reader_close(&life);
	group->proved = true;
}

/*
 * Whom we send by.
 */

static bool
read_own(void *arg, TupleTableSlot *slot)
{
	wa_holds   *holds = arg;
	wa_own_sender *own = wa_append_few(holds->own, holds->nown, wa_own_sender);

	own->business = wa_slot_str(slot, Anum_wa_sender_business);
	own->sender = wa_slot_str(slot, Anum_wa_sender_sender);
	return true;
}

/* Note what may hold it. */
static void
find_groups(const wa_holds *holds, wa_own_sender *own)
{
	const wa_str none = WA_STR("");

	own->ngroups = 0;
	for (int of_business = 0; of_business < 2; of_business++)
	{
		for (int of_sender = 0; of_sender < 2; of_sender++)
		{
			wa_hold_group *group;

			if ((of_business && own->business.len == 0) || (of_sender && own->sender.len == 0))
				continue;
			group = find_group(holds, of_business ? own->business : none,
							   of_sender ? own->sender : none);
			if (group != NULL)
				own->groups[own->ngroups++] = group - holds->groups;
		}
	}
}

/*
 * In order.  Where another row tells more, one without a number of it, or a business, is no
 * sender.
 */
static void
read_all_own(wa_holds *holds)
{
	int			kept = 0;

	holds->nown = 0;
	wa_scan_rows(&holds->schema->sender, holds->snapshot, read_own, holds);
	if (holds->nown > 0)
		qsort(holds->own, holds->nown, sizeof(wa_own_sender), compare_senders);
	for (int i = 0; i < holds->nown; i++)
	{
		const wa_own_sender *own = &holds->own[i];
		bool		vague = (own->business.len == 0 && holds->own[holds->nown - 1].business.len > 0) ||
			(own->sender.len == 0 && i + 1 < holds->nown &&
			 wa_str_equal(own->business, own[1].business));

		if (!vague)
		{
			holds->own[kept] = *own;
			find_groups(holds, &holds->own[kept++]);
		}
	}
	holds->nown = kept;
	holds->own_read = true;
}

/* The first sender of this business, or behind it. */
static int
own_from(const wa_holds *holds, wa_str business)
{
	int			i;

	wa_bisect(i, holds->nown, wa_str_compare(holds->own[i].business, business) < 0);
	return i;
}

/*
 * The answer to a question.
 */

/* Does it hold such messages to the recipient at hand, unless it is over? */
static bool
may_hold(const wa_holds *holds, const wa_question *q, const wa_hold *hold)
{
	return (hold->categories & WA_CATEGORY_BIT(q->category)) != 0 &&
		(hold->until > q->at || hold->until == WA_FOREVER) &&
		wa_may_be_same(hold->region, wa_str_from(holds->region));
}

static bool
is_held(wa_holds *holds, const wa_question *q, wa_hold_group *group, int i)
{
	const wa_hold *hold = &holds->holds[i];

	if (!may_hold(holds, q, hold))
		return false;
	prove(holds, group);
	return !hold->over;
}

/* May anything that the question may be about be held?  Nearly always nothing is. */
static bool
any_may_hold(const wa_holds *holds, const wa_question *q)
{
	for (int g = 0; g < holds->ngroups; g++)
	{
		const wa_hold_group *group = &holds->groups[g];

		/* Those of every business come first; then those of the one asked about. */
		if (q->business.data != NULL && group->of.business.len > 0)
		{
			if (wa_str_compare(group->of.business, q->business) < 0)
				group = &holds->groups[g = group_from(holds, q->business, WA_STR(""))];
			if (g == holds->ngroups || !wa_str_equal(group->of.business, q->business))
				return false;
		}
		for (int i = group->first; i < group->first + group->n; i++)
		{
			if (may_hold(holds, q, &holds->holds[i]))
				return true;
		}
	}
	return false;
}

/* Until when it is held; WA_NEVER: it is not. */
static wa_instant
own_held_until(wa_holds *holds, const wa_question *q, const wa_own_sender *own)
{
	wa_instant	until = WA_NEVER;

	for (int g = 0; g < own->ngroups; g++)
	{
		wa_hold_group *group = &holds->groups[own->groups[g]];

		for (int i = group->first; i < group->first + group->n; i++)
		{
			if (is_held(holds, q, group, i))
				until = wa_later(until, holds->holds[i].until);
		}
	}
	return until;
}

/* What the question names, should nothing more be known of it. */
static wa_own_sender
own_as_asked(const wa_holds *holds, const wa_question *q)
{
	wa_own_sender own = {q->business, q->sender, 0, {0}};

	if (own.business.data == NULL)
		own.business = WA_STR("");
	if (own.sender.data == NULL)
		own.sender = WA_STR("");
	find_groups(holds, &own);
	return own;
}

/*
 * The next of our senders, from the i-th on, by which the message might be sent; NULL: there
 * is none.
 */
static const wa_own_sender *
next_own(const wa_holds *holds, const wa_question *q, int *i)
{
	while (*i < holds->nown)
	{
		const wa_own_sender *own = &holds->own[(*i)++];

		if (q->business.data != NULL && !wa_str_equal(q->business, own->business))
			break;				/* they begin with those of the business */
		if (q->sender.data == NULL || wa_str_equal(q->sender, own->sender))
			return own;
	}
	return NULL;
}

static int
first_own(const wa_holds *holds, const wa_question *q)
{
	return q->business.data == NULL ? 0 : own_from(holds, q->business);
}

/*
 * Until when everybody is held by whom the message might be sent; WA_NEVER: somebody is not.
 */
static wa_instant
all_held_until(wa_holds *holds, const wa_question *q)
{
	const wa_own_sender *own;
	wa_own_sender asked = own_as_asked(holds, q);
	int			i = first_own(holds, q);
	wa_instant	until = WA_FOREVER;
	bool		found = false;

	while (until != WA_NEVER && (own = next_own(holds, q, &i)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		found = true;
		until = Min(until, own_held_until(holds, q, own));
	}
	return found ? until : own_held_until(holds, q, &asked);
}

/* Add what holds this sender, unless it is there already. */
static void
take_holds(wa_holds *holds, const wa_question *q, const wa_own_sender *own, wa_held *held)
{
	for (int g = 0; g < own->ngroups; g++)
	{
		wa_hold_group *group = &holds->groups[own->groups[g]];

		if (group->taken == holds->nanswers)
			continue;
		group->taken = holds->nanswers;
		for (int i = group->first; i < group->first + group->n; i++)
		{
			if (is_held(holds, q, group, i))
				*wa_append_few(held->holds, held->n, const wa_hold *) = &holds->holds[i];
		}
	}
}

static int
compare_places(const void *a, const void *b)
{
	const wa_hold *x = *(const wa_hold *const *) a;
	const wa_hold *y = *(const wa_hold *const *) b;

	return x < y ? -1 : x > y;
}

/* By the key of the table. */
static wa_held *
work_out(wa_holds *holds, const wa_question *q)
{
	wa_held    *held = palloc0(sizeof(wa_held));
	wa_own_sender asked = own_as_asked(holds, q);
	const wa_own_sender *own;
	int			i;

	if (!any_may_hold(holds, q))
		return held;
	if (!holds->own_read)
	{
		MemoryContext old = MemoryContextSwitchTo(holds->context);

		read_all_own(holds);
		MemoryContextSwitchTo(old);
	}
	held->until = all_held_until(holds, q);
	if (held->until == WA_NEVER)
		return held;
	holds->nanswers++;
	take_holds(holds, q, &asked, held);
	for (i = first_own(holds, q); (own = next_own(holds, q, &i)) != NULL;)
		take_holds(holds, q, own, held);
	qsort(held->holds, held->n, sizeof(wa_hold *), compare_places);
	return held;
}

/* Keep the question, if it is another than the last one, whose answers are of no use then. */
static void
note_question(wa_holds *holds, const wa_question *q)
{
	MemoryContext old;

	if (holds->has_question && holds->question.category == q->category &&
		holds->question.at == q->at && wa_str_same(holds->question.business, q->business) &&
		wa_str_same(holds->question.sender, q->sender))
		return;
	holds->has_question = false;
	memset(holds->held, 0, REGIONS * sizeof(wa_held *));
	MemoryContextReset(holds->answers);
	old = MemoryContextSwitchTo(holds->answers);
	holds->question = *q;
	holds->question.business = wa_str_copy(q->business);
	holds->question.sender = wa_str_copy(q->sender);
	MemoryContextSwitchTo(old);
	holds->has_question = true;
}

static const wa_held *
held(void *arg, const wa_question *question)
{
	wa_holds   *holds = arg;
	const char *r = holds->region;
	wa_held   **kept = &holds->held[!holds->by_region || r[0] == '\0' ? REGIONS - 1 :
									(r[0] - 'A') * 26 + (r[1] - 'A')];

	note_question(holds, question);
	if (*kept == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(holds->answers);

		*kept = work_out(holds, question);
		MemoryContextSwitchTo(old);
	}
	return *kept;
}

void
wa_holds_add_facts(wa_holds *holds, const wa_schema *schema, Snapshot snapshot,
				   const wa_canonical *recipient, wa_facts *facts)
{
	char		buf[3];
	const char *region = holds->by_region ? wa_region_of(recipient->text, recipient->len, buf) : NULL;

	holds->schema = schema;
	holds->snapshot = snapshot;
	facts->sending = holds;
	facts->held = held;
	snprintf(holds->region, sizeof(holds->region), "%s", region == NULL ? "" : region);
}
