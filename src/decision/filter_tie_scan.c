/*-------------------------------------------------------------------------
 *
 * filter_tie_scan.c
 *	  The ties that the list of a filter must follow, out of wa_identity.
 *
 * Ties that are alike need not be followed (see src/README.md).  Where nearly
 * all are, the others are found by an index of their own; else wa_identity is read
 * in the order of its pages.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/table.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "common/columns.h"
#include "decision/filter_build.h"
#include "state/roll.h"

/* How many ties a page of the table, and one of the index, may tell of. */
#define TIES_PER_PAGE			64
#define TIES_PER_INDEX_PAGE		250

/* To find a tie by the index costs this part of reading a page of the table. */
#define COST_BY_INDEX			0.2

/*
 * A list for free-form messages follows all ties: what counts there stands in
 * wa_activity as well, of which alike tells nothing.
 */
bool
wa_scans_all_ties(const wa_question *question)
{
	return question->category == WA_SERVICE;
}

typedef struct wa_tie_scan
{
	bool		by_index;
	double		cost;			/* in pages of a table */
	uint64		ties;			/* as many, at a guess on the high side */
} wa_tie_scan;

/*
 * How many entries an index has: as many as VACUUM found if it has been there, and full
 * pages since then.  (What wa_recompute takes out of it leaves empty pages behind.)
 */
static double
count_entries(Relation index)
{
	double		pages = RelationGetNumberOfBlocks(index);
	double		known_pages = index->rd_rel->relpages;
	double		known = index->rd_rel->reltuples;

	/* An index that nobody has looked at since it was made has one page, by its row. */
	if (known < 0 || known_pages <= 1)
		return pages * TIES_PER_INDEX_PAGE;
	return known + Max(0, pages - known_pages) * TIES_PER_INDEX_PAGE;
}

static wa_tie_scan
plan_scan(const wa_schema *schema, const wa_question *question)
{
	Relation	heap = wa_table_open(&schema->identity_unlike);
	Relation	index = wa_pkey_open(&schema->identity_unlike);
	double		pages = RelationGetNumberOfBlocks(heap);
	double		entries = count_entries(index);
	wa_tie_scan scan;

	scan.by_index = !wa_scans_all_ties(question) && entries * COST_BY_INDEX < pages;
	scan.cost = scan.by_index ? entries * COST_BY_INDEX : pages;
	scan.ties = scan.by_index ? entries : pages * TIES_PER_PAGE;
	index_close(index, AccessShareLock);
	table_close(heap, AccessShareLock);
	return scan;
}

double
wa_pages_of_ties(const wa_schema *schema, const wa_question *question)
{
	return plan_scan(schema, question).cost;
}

uint64
wa_count_ties(const wa_schema *schema, const wa_question *question)
{
	return plan_scan(schema, question).ties;
}

static void
take_row(wa_builder *b, const wa_row *row)
{
	bool		isnull;
	bool		alike = DatumGetBool(heap_getattr(row->tuple, WA_IDENTITY_ALIKE, row->desc,
												  &isnull));
	wa_link		link;
	wa_tie		tie;
	char	   *recipient;

	if (!isnull && alike && !wa_scans_all_ties(b->question))
		return;
	link.first_seen_at = wa_row_instant(row, WA_IDENTITY_FIRST_SEEN_AT);
	link.last_seen_at = wa_row_instant(row, WA_IDENTITY_LAST_SEEN_AT);
	link.parted_at = wa_row_instant(row, WA_IDENTITY_PARTED_AT);
	if (!wa_link_holds(&link))
		return;
	recipient = wa_row_text(row, WA_IDENTITY_RECIPIENT);
	tie.a = wa_key_at(recipient);
	tie.b = wa_key_at(wa_next_text(recipient));
	tie.place = row->tuple->t_self;
	b->take_tie(b, &tie);
}

static void
scan_by_index(wa_builder *b)
{
	wa_roll		roll;
	wa_row		row;

	wa_roll_open(&roll, &b->library->schema->identity_unlike, b->library->snapshot, false);
	row.desc = RelationGetDescr(roll.reader.heap);
	for (; !roll.ended; wa_roll_next(&roll))
	{
		if (!wa_roll_row(&roll))
			continue;
		row.tuple = ExecFetchSlotHeapTuple(roll.reader.slot, false, NULL);
		take_row(b, &row);
	}
	wa_roll_close(&roll);
}

void
wa_scan_ties(wa_builder *b, void (*take) (wa_builder *, const wa_tie *))
{
	b->take_tie = take;
	if (plan_scan(b->library->schema, b->question).by_index)
		scan_by_index(b);
	else
		wa_read_table(b, &b->library->schema->identity, take_row);
}
