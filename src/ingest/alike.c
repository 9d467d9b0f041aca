/*-------------------------------------------------------------------------
 *
 * alike.c
 *	  Which ties need not be followed.
 *
 * What is compared is what stands in the tables, not what the events were: so
 * it does not matter how it came about.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "common/columns.h"
#include "common/encode.h"
#include "identity/load.h"
#include "ingest/alike.h"
#include "state/read.h"

typedef struct wa_comparison
{
	wa_fold    *fold;
	const wa_schema *schema;
	Snapshot	snapshot;		/* the latest, when all else was written */
	wa_reader	forth;			/* ties by recipient */
	wa_reader	back;			/* ties by other */

	/* Opened for the first two who are compared. */
	bool		open;
	MemoryContext memory;		/* of what is read; reset time and again */
	wa_reader	consents[2];	/* rows of the one and of the other */
	wa_reader	cooldowns[2];
} wa_comparison;

static void
begin_comparison(wa_comparison *c, const wa_schema *schema, wa_fold *fold)
{
	c->fold = fold;
	c->schema = schema;
	c->snapshot = RegisterSnapshot(GetLatestSnapshot());
	wa_reader_open(&c->forth, &schema->identity, c->snapshot);
	wa_reader_open(&c->back, &schema->identity_other, c->snapshot);
	c->open = false;
}

static void
open_rows(wa_comparison *c)
{
	if (c->open)
		return;
	c->memory = AllocSetContextCreate(CurrentMemoryContext, "wa_policy rows of ties",
									  ALLOCSET_SMALL_SIZES);
	for (int i = 0; i < 2; i++)
	{
		wa_reader_open(&c->consents[i], &c->schema->consent, c->snapshot);
		wa_reader_open(&c->cooldowns[i], &c->schema->cooldown, c->snapshot);
	}
	c->open = true;
}

static void
end_comparison(wa_comparison *c)
{
	for (int i = 0; c->open && i < 2; i++)
	{
		wa_reader_close(&c->consents[i]);
		wa_reader_close(&c->cooldowns[i]);
	}
	if (c->open)
		MemoryContextDelete(c->memory);
	wa_reader_close(&c->back);
	wa_reader_close(&c->forth);
	UnregisterSnapshot(c->snapshot);
}

static bool
same_str(wa_reader *rows, int column)
{
	return wa_str_equal(wa_reader_str(&rows[0], column), wa_reader_str(&rows[1], column));
}

static bool
same_instant(wa_reader *rows, int column)
{
	return wa_reader_instant(&rows[0], column) == wa_reader_instant(&rows[1], column);
}

static bool
same_consent(wa_reader *rows)
{
	return same_str(rows, WA_CONSENT_BUSINESS) && same_str(rows, WA_CONSENT_REGISTER) &&
		same_instant(rows, WA_CONSENT_STOPPED_AT) && same_instant(rows, WA_CONSENT_RESUMED_AT);
}

/* strikes and until follow from what is compared, and from the policy. */
static bool
same_cooldown(wa_reader *rows)
{
	wa_failures failures[2];

	wa_read_failures(&rows[0], &failures[0]);
	wa_read_failures(&rows[1], &failures[1]);
	return same_str(rows, WA_COOLDOWN_BUSINESS) &&
		wa_reader_int(&rows[0], WA_COOLDOWN_CODE) == wa_reader_int(&rows[1], WA_COOLDOWN_CODE) &&
		same_instant(rows, WA_COOLDOWN_LIFTED_AT) &&
		failures[0].n == failures[1].n &&
		memcmp(failures[0].at, failures[1].at, failures[0].n * sizeof(wa_instant)) == 0;
}

/* Has this transaction written the row at hand? */
static bool
is_ours(wa_reader *reader)
{
	wa_version	version;

	wa_reader_version(reader, &version);
	return TransactionIdIsCurrentTransactionId(version.xmin);
}

/*
 * Are the rows of two recipients the same, and, if that is asked, has this
 * transaction written them all?  Indexes bring them in one order.
 */
static bool
same_rows(wa_comparison *c, wa_reader *rows, bool (*same) (wa_reader *),
		  Datum a, Datum b, bool ours)
{
	wa_reader_seek(&rows[0], a);
	wa_reader_seek(&rows[1], b);
	for (;;)
	{
		bool		more = wa_reader_next(&rows[0]);
		bool		alike;
		MemoryContext old;

		if (wa_reader_next(&rows[1]) != more)
			return false;
		if (!more)
			return true;
		/* Not while the index is asked, which keeps some memory to its end. */
		old = MemoryContextSwitchTo(c->memory);
		alike = same(rows) && (!ours || (is_ours(&rows[0]) && is_ours(&rows[1])));
		MemoryContextSwitchTo(old);
		MemoryContextReset(c->memory);
		if (!alike)
			return false;
	}
}

static bool
are_alike(wa_comparison *c, wa_str a, wa_str b, bool ours)
{
	Datum		first = wa_str_datum(a);
	Datum		second = wa_str_datum(b);
	bool		alike;

	open_rows(c);
	alike = same_rows(c, c->consents, same_consent, first, second, ours) &&
		same_rows(c, c->cooldowns, same_cooldown, first, second, ours);
	pfree(DatumGetPointer(first));
	pfree(DatumGetPointer(second));
	return alike;
}

/* The tie that a recipient has if he has one that is alike. */
typedef struct wa_couple
{
	wa_cell_key key;			/* of the row */
	bool		alike;			/* false: one of perhaps many */
} wa_couple;

/* Find the first tie of a recipient: if that is alike, there is no other. */
static bool
find_tie(wa_comparison *c, wa_str recipient, wa_couple *couple)
{
	wa_reader  *found = &c->forth;
	Datum		value = wa_str_datum(recipient);
	bool		isnull;

	wa_reader_seek(found, value);
	if (!wa_reader_next(found))
	{
		found = &c->back;
		wa_reader_seek(found, value);
		if (!wa_reader_next(found))
			return false;
	}
	couple->alike = DatumGetBool(wa_reader_datum(found, WA_IDENTITY_ALIKE, &isnull)) && !isnull;
	if (couple->alike)
		couple->key = (wa_cell_key)
	{
		WA_CELL_LINK, WA_LINK_SIGHTING, wa_reader_str(found, WA_IDENTITY_RECIPIENT),
		{"", 0}, wa_reader_str(found, WA_IDENTITY_OTHER)
	};
	return true;
}

/* The tie is not alike any more: its cell has nothing to merge but that. */
static void
take_back(wa_comparison *c, const wa_couple *couple)
{
	wa_cell    *cell = wa_fold_cell(c->fold, &couple->key);

	cell->u.link.judged = true;
	cell->u.link.alike = false;
}

/* Is one of the touched still tied to somebody whose rows are like his? */
static void
judge_touched(wa_comparison *c, const wa_str *touched, int n)
{
	for (int i = 0; i < n; i++)
	{
		wa_couple	couple;

		if (!find_tie(c, touched[i], &couple) || !couple.alike)
			continue;
		/* Where both are touched, they are compared when the first one's turn is. */
		if (wa_str_equal(touched[i], couple.key.other) &&
			bsearch(&couple.key.recipient, touched, n, sizeof(wa_str), wa_str_order) != NULL)
			continue;
		if (!are_alike(c, couple.key.recipient, couple.key.other, false))
			take_back(c, &couple);
	}
}

/*
 * Does one end of a new link have another tie?  What that was, it is alike no more.  Where
 * somebody else has made the very link since we looked, it is not new.
 */
static bool
has_other_tie(wa_comparison *c, wa_str end, wa_cell *cell)
{
	wa_couple	couple;

	if (!find_tie(c, end, &couple))
		return false;
	if (couple.alike && wa_cell_key_compare(&couple.key, &cell->key) == 0)
	{
		cell->u.link.is_new = false;
		return false;
	}
	if (couple.alike)
		take_back(c, &couple);
	return true;
}

/* Does it stand more than once among the sorted ones? */
static bool
is_repeated(const wa_str *sorted, int n, wa_str s)
{
	const wa_str *found = bsearch(&s, sorted, n, sizeof(wa_str), wa_str_order);

	return (found > sorted && wa_str_equal(found[-1], s)) ||
		(found < sorted + n - 1 && wa_str_equal(found[1], s));
}

static void
judge_new(wa_comparison *c, wa_cell **links, int n, const wa_str *ends, int nends)
{
	for (int i = 0; i < n; i++)
	{
		wa_cell    *cell = links[i];
		wa_str		a = cell->key.recipient;
		wa_str		b = cell->key.other;
		bool		tied;

		if (!cell->u.link.is_new)
			continue;
		tied = has_other_tie(c, a, cell);
		tied |= has_other_tie(c, b, cell);
		if (!cell->u.link.is_new)
			continue;
		cell->u.link.judged = true;
		cell->u.link.alike = !tied && cell->key.number == WA_LINK_SIGHTING &&
			!is_repeated(ends, nends, a) && !is_repeated(ends, nends, b) &&
			are_alike(c, a, b, true);
	}
}

void
wa_find_new_links(const wa_schema *schema, wa_cell **links, int n)
{
	wa_reader	reader;

	if (n == 0)
		return;
	wa_pair_reader_open_latest(&reader, &schema->identity);
	for (int i = 0; i < n; i++)
	{
		wa_cell    *cell = links[i];
		bool		found = false;

		wa_reader_seek_pair(&reader, wa_str_datum(cell->key.recipient),
							wa_str_datum(cell->key.other));
		while (!found && wa_reader_next(&reader))
			found = wa_str_equal(wa_reader_str(&reader, WA_IDENTITY_KIND),
								 wa_link_kind_name(cell->key.number));
		cell->u.link.is_new = !found;
	}
	wa_reader_close(&reader);
}

void
wa_judge_alike(const wa_schema *schema, wa_fold *fold, wa_cell **links, int n,
			   const wa_str *touched, int ntouched)
{
	wa_str	   *ends = palloc_extended(Max(1, 2 * n) * sizeof(wa_str), MCXT_ALLOC_HUGE);
	int			nends = 0;
	wa_comparison c;

	for (int i = 0; i < n; i++)
	{
		if (links[i]->u.link.is_new)
		{
			ends[nends++] = links[i]->key.recipient;
			ends[nends++] = links[i]->key.other;
		}
	}
	if (nends > 0 || (ntouched > 0 && wa_has_links(schema)))
	{
		qsort(ends, nends, sizeof(wa_str), wa_str_order);
		begin_comparison(&c, schema, fold);
		judge_touched(&c, touched, ntouched);
		judge_new(&c, links, n, ends, nends);
		end_comparison(&c);
	}
	pfree(ends);
}
