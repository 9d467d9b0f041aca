/*-------------------------------------------------------------------------
 *
 * ordered_scan.c
 *	  Reading a whole table in the order of its recipients.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/encode.h"
#include "state/ordered_scan.h"

/* A sort by the columns of this index. */
static Tuplesortstate *
begin_sort(Relation heap, Relation index)
{
	int			nkeys = IndexRelationGetNumberOfKeyAttributes(index);
	AttrNumber *columns = palloc(nkeys * sizeof(AttrNumber));
	Oid		   *less = palloc(nkeys * sizeof(Oid));
	Oid		   *collations = palloc(nkeys * sizeof(Oid));
	bool	   *nulls_first = palloc0(nkeys * sizeof(bool));

	for (int i = 0; i < nkeys; i++)
	{
		Oid			type = index->rd_opcintype[i];

		columns[i] = index->rd_index->indkey.values[i];
		less[i] = get_opfamily_member(index->rd_opfamily[i], type, type,
									  BTLessStrategyNumber);
		collations[i] = index->rd_indcollation[i];
	}
	return tuplesort_begin_heap(RelationGetDescr(heap), nkeys, columns, less, collations,
								nulls_first, work_mem, NULL, TUPLESORT_NONE);
}

static void
open_sorted(wa_ordered_scan *ordered, const wa_table *table, Snapshot snapshot)
{
	Relation	heap = wa_table_open(table, snapshot);
	Relation	index = wa_pkey_open(table, snapshot);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	TableScanDesc scan = table_beginscan(heap, snapshot, 0, NULL);

	ordered->sorted = begin_sort(heap, index);
	ordered->column = index->rd_index->indkey.values[0];
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		tuplesort_puttupleslot(ordered->sorted, slot);
	}
	tuplesort_performsort(ordered->sorted);
	ordered->reader.slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(heap)),
													&TTSOpsMinimalTuple);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	table_close(heap, NoLock);
}

static void
open_index(wa_ordered_scan *ordered, const wa_table *table, Snapshot snapshot)
{
	wa_reader  *reader = &ordered->reader;

	ordered->sorted = NULL;
	reader->heap = wa_table_open(table, snapshot);
	reader->index = wa_pkey_open(table, snapshot);
	reader->slot = table_slot_create(reader->heap, NULL);
	reader->scan = wa_index_beginscan(reader->heap, reader->index, snapshot, 0);
	reader->scan->xs_want_itup = true;
	reader->latest = NULL;
	reader->memory = CurrentMemoryContext;
	index_rescan(reader->scan, NULL, 0, NULL, 0);
}

void
wa_ordered_scan_open(wa_ordered_scan *ordered, const wa_table *table, Snapshot snapshot, bool rows)
{
	if (rows)
		open_sorted(ordered, table, snapshot);
	else
		open_index(ordered, table, snapshot);
	wa_ordered_scan_next(ordered);
}

void
wa_ordered_scan_next(wa_ordered_scan *ordered)
{
	Datum		value;
	bool		isnull;

	CHECK_FOR_INTERRUPTS();
	if (ordered->sorted != NULL)
	{
		ordered->ended = !tuplesort_gettupleslot(ordered->sorted, true, false, ordered->reader.slot, NULL);
		if (ordered->ended)
			return;
		value = slot_getattr(ordered->reader.slot, ordered->column, &isnull);
	}
	else
	{
		IndexScanDesc scan = ordered->reader.scan;
		MemoryContext old = MemoryContextSwitchTo(ordered->reader.memory);
		ItemPointer row = index_getnext_tid(scan, ForwardScanDirection);

		MemoryContextSwitchTo(old);

		ordered->ended = row == NULL;
		if (ordered->ended)
			return;
		ordered->row = *row;
		value = index_getattr(scan->xs_itup, 1, scan->xs_itupdesc, &isnull);
	}
	ordered->recipient = wa_datum_str(value);
}

bool
wa_ordered_scan_row(wa_ordered_scan *ordered)
{
	IndexScanDesc scan = ordered->reader.scan;
	bool		again = false;	/* stays so by such a snapshot */

	return ordered->sorted != NULL ||
		table_index_fetch_tuple(scan->xs_heapfetch, &ordered->row, scan->xs_snapshot,
								ordered->reader.slot, &again, NULL);
}

void
wa_ordered_scan_close(wa_ordered_scan *ordered)
{
	if (ordered->sorted == NULL)
		wa_reader_close(&ordered->reader);
	else
	{
		ExecDropSingleTupleTableSlot(ordered->reader.slot);
		tuplesort_end(ordered->sorted);
	}
}
