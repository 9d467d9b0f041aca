/*-------------------------------------------------------------------------
 *
 * filter_ties.c
 *	  Ties between identifiers, while the list of a filter is read.
 *
 * Whoever is tied to a listed one is listed as well, and is looked up: what is
 * known of the other may count for him.  But of many people the rows under each
 * identifier say the same.  Of these each is judged by his own rows alone, as if
 * there were no ties.  Why that is right: of the others' rows some events count and
 * some do not (person.c), but each of them is among one's own, and those all
 * count.  One thing more may loosen: a window that another's message opened.
 * Equal rows have equal lifted_at, no earlier than any such message; and where
 * somebody has no rows at all, his windows are looked at (filter_windows.c).
 *
 * Where two have equal rows and no other ties, their tie says so (alike) and does not
 * come here, unless the list is one that follows all (filter_tie_scan.c).
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "decision/filter_build.h"

/* Give up when ties lead on for longer than this. */
#define MAX_ROUNDS		16

/* How far ahead memory is called for. */
#define AHEAD			12

/* The Bloom filter of who is tied is no larger. */
#define TIED_SIZE		(256 * 1024)

/* What a place in the table takes, with all that may lie beside it. */
#define PER_PLACE		(sizeof(wa_entry) + sizeof(wa_print) + sizeof(wa_check))

/* Room for one more key in the table; false where there is none to be had. */
static bool
widen(wa_builder *b)
{
	wa_phone_set *set = &b->filter->set;
	wa_phone_set old = *set;
	wa_print   *old_prints = b->placed;
	wa_check   *old_checks = b->filter->checks;

	if (set->used < set->nentries - set->nentries / 8)
		return true;
	if ((wa_phone_set_table_size(2 * set->used) / sizeof(wa_entry) + set->nentries) * PER_PLACE +
		(b->near.max + b->far.max) * sizeof(wa_tie) > b->limit)
		return false;
	wa_make_table(b, 2 * set->used);
	for (uint64 i = 0; i < old.nentries; i++)
	{
		if (old.entries[i] != 0)
		{
			wa_key		key = wa_entry_key(old.entries[i]);
			wa_entry   *entry = wa_phone_set_add(set, wa_key_hash(key), key,
												 (uint8) old.entries[i]);

			if (old_prints != NULL)
				*wa_print_of(b, entry) = old_prints[i];
			if (old_checks != NULL)
				b->filter->checks[entry - set->entries] = old_checks[i];
		}
	}
	pfree(old.entries);
	if (old_prints != NULL)
		pfree(old_prints);
	if (old_checks != NULL)
		pfree(old_checks);
	return true;
}

static void
forget(wa_ties *ties)
{
	if (ties->at != NULL)
		pfree(ties->at);
	memset(ties, 0, sizeof(*ties));
}

/* There is not enough memory: the Bloom filter stands alone from here on. */
static void
drop_table(wa_builder *b)
{
	wa_phone_set *set = &b->filter->set;

	pfree(set->entries);
	set->entries = NULL;
	if (b->placed != NULL)
		pfree(b->placed);
	b->placed = NULL;
	if (b->filter->checks != NULL)
		pfree(b->filter->checks);
	b->filter->checks = NULL;
	forget(&b->near);
	forget(&b->far);
	b->changed = true;
}

/* Keep a tie; false where there is no memory for it. */
static bool
keep(wa_builder *b, wa_ties *ties, wa_tie tie)
{
	if (ties->n == ties->max)
	{
		uint64		max = Max(128, 2 * ties->max);

		if ((max + b->near.max + b->far.max) * sizeof(wa_tie) +
			b->filter->set.nentries * PER_PLACE > b->limit)
			return false;
		ties->at = ties->at == NULL ? palloc_extended(max * sizeof(wa_tie), MCXT_ALLOC_HUGE) :
			repalloc_huge(ties->at, max * sizeof(wa_tie));
		ties->max = max;
	}
	ties->at[ties->n++] = tie;
	return true;
}

static void
keep_near(wa_builder *b, wa_tie tie)
{
	if (keep(b, &b->near, tie))
		return;
	if (b->far.max > 0)
	{
		forget(&b->far);
		b->too_far = true;
		if (keep(b, &b->near, tie))
			return;
	}
	drop_table(b);
}

static void
keep_far(wa_builder *b, wa_tie tie)
{
	if (!b->too_far && !keep(b, &b->far, tie))
	{
		forget(&b->far);
		b->too_far = true;
	}
}

static wa_entry *
list(wa_builder *b, wa_key key)
{
	wa_phone_set *set = &b->filter->set;

	uint64		hash = wa_key_hash(key);

	wa_phone_set_announce(set, hash);
	b->listed_more = true;
	return wa_phone_set_add(set, hash, key, WA_LISTED_LINKED);
}

static void
add_to_print(wa_builder *b, wa_print *print, wa_print bits)
{
	if ((*print & bits) != bits)
	{
		*print |= bits;
		b->changed = true;
	}
}

/*
 * May somebody without rows be taken for one with rows like these?  Not where a window
 * of his might lift a cooldown: wa_has_other_window has asked the next one only.
 */
static bool
may_adopt(const wa_builder *b, wa_entry entry, wa_print print)
{
	return !(print & WA_PRINT_YIELDS) &&
		(wa_settles_windows(b) || !(entry & WA_LISTED_YIELDS));
}

static wa_print
adopted(wa_entry entry, wa_print hash)
{
	return hash | WA_PRINT_ADOPTED | ((entry & WA_LISTED_YIELDS) ? WA_PRINT_YIELDS : 0);
}

/* The rows of two that are tied tell different things: they are to be looked up. */
static void
differ(wa_builder *b, const wa_entry *x, const wa_entry *y)
{
	add_to_print(b, wa_print_of(b, x), WA_PRINT_ODD);
	add_to_print(b, wa_print_of(b, y), WA_PRINT_ODD);
}

/* Are the rows of two that are tied like each other's? */
static void
compare_prints(wa_builder *b, const wa_entry *x, const wa_entry *y)
{
	wa_print   *print_x = wa_print_of(b, x);
	wa_print   *print_y = wa_print_of(b, y);
	wa_print	hash_x = *print_x & WA_PRINT_HASH;
	wa_print	hash_y = *print_y & WA_PRINT_HASH;
	bool		odd = ((*print_x | *print_y) & WA_PRINT_ODD) != 0;

	if (hash_x == hash_y && !odd)
		return;
	if (hash_x == 0 && !odd && may_adopt(b, *y, *print_y))
		add_to_print(b, print_x, adopted(*y, hash_y));
	else if (hash_y == 0 && !odd && may_adopt(b, *x, *print_x))
		add_to_print(b, print_y, adopted(*x, hash_x));
	else
		differ(b, x, y);
}

/* Two listed ones are tied: what does each learn of the other? */
static void
join(wa_builder *b, wa_entry *x, wa_entry *y)
{
	wa_entry	bits = WA_LISTED_LINKED | ((*x | *y) & WA_LISTED_RESUMED);

	if (((*x ^ *y) & WA_LISTED_RESUMED) != 0)
		b->changed = true;
	*x |= bits;
	*y |= bits;
	if (b->placed != NULL)
		compare_prints(b, x, y);
}

static void
count_tie(wa_builder *b, wa_entry *entry)
{
	wa_print   *print = wa_print_of(b, entry);

	if (*print & WA_PRINT_TIED)
	{
		*print |= WA_PRINT_MANY;
		b->many = true;
	}
	*print |= WA_PRINT_TIED;
}

/* If one end is listed, list both.  count: this tie comes for the first time. */
static void
follow(wa_builder *b, wa_tie tie, bool count)
{
	wa_phone_set *set = &b->filter->set;
	wa_entry   *x = wa_phone_set_find(set, tie.a);
	wa_entry   *y = wa_phone_set_find(set, tie.b);

	if (x == NULL && y == NULL)
		return;
	if (x == NULL || y == NULL)
	{
		bool		more_x = x == NULL;

		if (!widen(b))
		{
			drop_table(b);
			return;
		}
		/* All may have moved. */
		x = more_x ? list(b, tie.a) : wa_phone_set_find(set, tie.a);
		y = more_x ? wa_phone_set_find(set, tie.b) : list(b, tie.b);
	}
	if (count && b->placed != NULL)
	{
		count_tie(b, x);
		count_tie(b, y);
		if (wa_has_other_window(b, &tie, x, y) || wa_has_other_window(b, &tie, y, x))
			differ(b, x, y);
	}
	join(b, x, y);
}

/* The Bloom filter's words have come: may one of its ends be listed? */
static void
take(wa_builder *b, const wa_coming_tie *coming)
{
	wa_phone_set *set = &b->filter->set;
	bool		near = wa_phone_set_may_have(set, coming->hash_a) ||
		wa_phone_set_may_have(set, coming->hash_b);

	if (set->entries != NULL && near)
		keep_near(b, coming->tie);
	else if (set->entries != NULL)
		keep_far(b, coming->tie);
	else if (near)
	{
		/* The Bloom filter stands alone. */
		if (!wa_phone_set_announce(set, coming->hash_a))
			b->changed = true;
		if (!wa_phone_set_announce(set, coming->hash_b))
			b->changed = true;
	}
}

static void
take_all(wa_builder *b)
{
	for (int i = 0; i < b->ncoming; i++)
		take(b, &b->coming[i]);
	b->ncoming = 0;
}

static void
come(wa_builder *b, const wa_tie *tie)
{
	wa_coming_tie *coming = &b->coming[b->ncoming++];

	coming->tie = *tie;
	coming->hash_a = wa_key_hash(tie->a);
	coming->hash_b = wa_key_hash(tie->b);
	wa_phone_set_prefetch_word(&b->filter->set, coming->hash_a);
	wa_phone_set_prefetch_word(&b->filter->set, coming->hash_b);
	if (b->ncoming == WA_COMING)
		take_all(b);
}

static void
read_ties(wa_builder *b)
{
	wa_scan_ties(b, come);
	take_all(b);
}

static void
gather_tie(wa_builder *b, const wa_tie *tie)
{
	b->has_ties = true;
	if (b->tied.words != NULL)
	{
		wa_phone_set_announce(&b->tied, wa_key_hash(tie->a));
		wa_phone_set_announce(&b->tied, wa_key_hash(tie->b));
	}
	keep_far(b, *tie);
}

void
wa_gather_ties(wa_builder *b)
{
	Size		limit;

	if (!b->library->has_links)
		return;
	if (!wa_scans_all_ties(b->question))
	{
		uint64		ends = 2 * wa_count_ties(b->library->schema, b->question);
		Size		size = wa_phone_set_bloom_size(ends, Min(TIED_SIZE, b->limit / 8));

		wa_phone_set_init(&b->tied, palloc0(size), size, NULL, 0);
		b->limit -= size;
	}
	/* Most of the memory is for those who are listed. */
	limit = b->limit;
	b->limit /= 4;
	wa_scan_ties(b, gather_tie);
	b->limit = limit;
}

/* Call for what following the tie of that number will need. */
static void
prefetch_tie(const wa_builder *b, uint64 i)
{
	if (i < b->near.n)
	{
		wa_prefetch_place(b, b->near.at[i].a, b->placed != NULL);
		wa_prefetch_place(b, b->near.at[i].b, b->placed != NULL);
	}
}

/* Follow the near ties from the one of that number on. */
static void
follow_near(wa_builder *b, uint64 first, bool count)
{
	for (uint64 i = first; i < b->near.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		prefetch_tie(b, i + AHEAD);
		follow(b, b->near.at[i], count);
	}
}

/* Somebody, or more, are listed by now: who of the far ones is tied to them? */
static void
look_further(wa_builder *b)
{
	uint64		n = b->far.n;

	/* What stays far goes back to where it was read before. */
	b->far.n = 0;
	for (uint64 i = 0; i < n && b->far.at != NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		come(b, &b->far.at[i]);
	}
	take_all(b);

	/* There is no memory for them, be it from the beginning or from now on. */
	if (b->too_far && b->filter->set.entries != NULL)
	{
		b->near.n = b->counted = 0;
		read_ties(b);
	}
}

/*
 * Two that have no tie but this one know all that they will ever know of each
 * other: keep the other ties.
 */
static void
keep_many(wa_builder *b)
{
	const wa_phone_set *set = &b->filter->set;
	uint64		n = 0;

	if (b->placed == NULL)
		return;
	for (uint64 i = 0; i < b->near.n && b->many; i++)
	{
		wa_entry   *x = wa_phone_set_find(set, b->near.at[i].a);
		wa_entry   *y = wa_phone_set_find(set, b->near.at[i].b);

		prefetch_tie(b, i + AHEAD);
		/* Either both are listed by now or none. */
		if (x != NULL && ((*wa_print_of(b, x) | *wa_print_of(b, y)) & WA_PRINT_MANY))
			b->near.at[n++] = b->near.at[i];
	}
	b->near.n = n;
}

/* Those whose rows say what those of everybody tied to them say need no look-up. */
static void
let_go(wa_builder *b)
{
	wa_phone_set *set = &b->filter->set;

	for (uint64 i = 0; i < set->nentries; i++)
	{
		if (!(b->placed[i] & (WA_PRINT_ODD | WA_PRINT_ADOPTED)))
			set->entries[i] &= ~(wa_entry) WA_LISTED_LINKED;
	}
}

/* Returns false where there was not enough memory for the table, or no end. */
static bool
follow_with_table(wa_builder *b)
{
	const wa_phone_set *set = &b->filter->set;
	int			round = 0;

	do
	{
		look_further(b);
		b->listed_more = false;
		follow_near(b, b->counted, true);
		b->counted = b->near.n;
	} while (b->listed_more && set->entries != NULL && ++round < MAX_ROUNDS);
	if (set->entries == NULL || b->listed_more)
		return false;

	keep_many(b);
	for (b->changed = true; b->changed && round < MAX_ROUNDS; round++)
	{
		b->changed = false;
		follow_near(b, 0, false);
	}
	if (!b->changed && b->placed != NULL)
		let_go(b);
	return !b->changed;
}

bool
wa_follow_ties(wa_builder *b)
{
	const wa_phone_set *set = &b->filter->set;
	bool		complete = false;

	if (set->entries != NULL)
		complete = follow_with_table(b);
	if (set->entries == NULL)
	{
		b->changed = true;
		for (int round = 0; b->changed && round < MAX_ROUNDS; round++)
		{
			b->changed = false;
			read_ties(b);
		}
		complete = !b->changed;
	}
	wa_close_windows(b);
	forget(&b->near);
	forget(&b->far);
	return complete;
}
