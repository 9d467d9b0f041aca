/*-------------------------------------------------------------------------
 *
 * table_scan.c
 *	  Reading a whole table in place.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/rel.h"

#include "base/table_scan.h"

BlockNumber
wa_pages_of(const wa_table *table)
{
	Relation	rel = wa_table_open(table, NULL);
	BlockNumber pages = RelationGetNumberOfBlocks(rel);

	table_close(rel, NoLock);
	return pages;
}

bool
wa_has_rows(const wa_table *table, Snapshot snapshot)
{
	Relation	rel = wa_table_open(table, snapshot);
	bool		has = RelationGetNumberOfBlocks(rel) > 0;

	if (!has)
		PredicateLockRelation(rel, snapshot);
	table_close(rel, NoLock);
	return has;
}

bool
wa_scan_rows(const wa_table *table, Snapshot snapshot,
			 bool (*take) (void *arg, TupleTableSlot *slot), void *arg)
{
	Relation	rel = wa_table_open(table, snapshot);
	bool		complete = true;

	/* A table without pages is not scanned: nearly every decision asks several in vain. */
	if (RelationGetNumberOfBlocks(rel) == 0)
		PredicateLockRelation(rel, snapshot);
	else
	{
		TupleTableSlot *slot = table_slot_create(rel, NULL);
		TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

		while (complete && table_scan_getnextslot(scan, ForwardScanDirection, slot))
		{
			CHECK_FOR_INTERRUPTS();
			complete = take(arg, slot);
		}
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
	}
	/* The lock is kept, as for every relation that a statement reads. */
	table_close(rel, NoLock);
	return complete;
}

void
wa_scan_table(const wa_table *table, Snapshot snapshot,
			  void (*read_row) (void *arg, HeapTuple tuple, TupleDesc desc), void *arg)
{
	Relation	rel = wa_table_open(table, snapshot);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		read_row(arg, tuple, RelationGetDescr(rel));
	}
	table_endscan(scan);
	table_close(rel, NoLock);
}
