/*-------------------------------------------------------------------------
 *
 * roll.c
 *	  Whole tables in the order of their recipients.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "state/roll.h"

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
open_sorted(wa_roll *roll, const wa_table *table, Snapshot snapshot)
{
	Relation	heap = wa_table_open(table);
	Relation	index = wa_pkey_open(table);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	TableScanDesc scan = table_beginscan(heap, snapshot, 0, NULL);

	roll->sorted = begin_sort(heap, index);
	roll->column = index->rd_index->indkey.values[0];
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		tuplesort_puttupleslot(roll->sorted, slot);
	}
	tuplesort_performsort(roll->sorted);
	roll->reader.slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(heap)),
												 &TTSOpsMinimalTuple);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	table_close(heap, NoLock);
}

static void
open_index(wa_roll *roll, const wa_table *table, Snapshot snapshot)
{
	wa_reader  *reader = &roll->reader;

	roll->sorted = NULL;
	reader->heap = wa_table_open(table);
	reader->index = wa_pkey_open(table);
	reader->slot = table_slot_create(reader->heap, NULL);
	reader->scan = wa_index_beginscan(reader->heap, reader->index, snapshot, 0);
	reader->scan->xs_want_itup = true;
	reader->latest = NULL;
	index_rescan(reader->scan, NULL, 0, NULL, 0);
}

void
wa_roll_open(wa_roll *roll, const wa_table *table, Snapshot snapshot, bool rows)
{
	if (rows)
		open_sorted(roll, table, snapshot);
	else
		open_index(roll, table, snapshot);
	wa_roll_next(roll);
}

void
wa_roll_next(wa_roll *roll)
{
	Datum		value;
	bool		isnull;
	struct varlena *recipient;

	CHECK_FOR_INTERRUPTS();
	if (roll->sorted != NULL)
	{
		roll->ended = !tuplesort_gettupleslot(roll->sorted, true, false, roll->reader.slot, NULL);
		if (roll->ended)
			return;
		value = slot_getattr(roll->reader.slot, roll->column, &isnull);
	}
	else
	{
		IndexScanDesc scan = roll->reader.scan;
		ItemPointer row = index_getnext_tid(scan, ForwardScanDirection);

		roll->ended = row == NULL;
		if (roll->ended)
			return;
		roll->row = *row;
		value = index_getattr(scan->xs_itup, 1, scan->xs_itupdesc, &isnull);
	}
	recipient = PG_DETOAST_DATUM_PACKED(value);
	roll->recipient.data = VARDATA_ANY(recipient);
	roll->recipient.len = VARSIZE_ANY_EXHDR(recipient);
}

bool
wa_roll_row(wa_roll *roll)
{
	IndexScanDesc scan = roll->reader.scan;
	bool		again = false;	/* stays so by such a snapshot */

	return roll->sorted != NULL ||
		table_index_fetch_tuple(scan->xs_heapfetch, &roll->row, scan->xs_snapshot,
								roll->reader.slot, &again, NULL);
}

void
wa_roll_close(wa_roll *roll)
{
	if (roll->sorted == NULL)
		wa_reader_close(&roll->reader);
	else
	{
		ExecDropSingleTupleTableSlot(roll->reader.slot);
		tuplesort_end(roll->sorted);
	}
}
