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

#include "state/table_scan.h"

void
wa_scan_table(const wa_table *table, Snapshot snapshot,
			  void (*read_row) (void *arg, HeapTuple tuple, TupleDesc desc), void *arg)
{
	Relation	rel = wa_table_open(table);
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
