/*-------------------------------------------------------------------------
 *
 * rewritten.c
 *	  Was a table or an index rewritten, so that a snapshot from before misses rows in it?
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/rewritten.h"

/* Does the snapshot see another file of this table, or no such table? */
static bool
has_another_file(Relation rel, Snapshot snapshot)
{
	Relation	catalog = table_open(RelationRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		has;

	ScanKeyInit(&key, Anum_pg_class_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RelationGetRelid(rel)));
	scan = systable_beginscan(catalog, ClassOidIndexId, true, snapshot, 1, &key);
	tuple = systable_getnext(scan);
	has = !HeapTupleIsValid(tuple) ||
		((Form_pg_class) GETSTRUCT(tuple))->relfilenode != rel->rd_rel->relfilenode;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return has;
}

/* Does the snapshot see a row that another transaction wrote? */
static bool
sees_rows_of_others(Relation rel, Snapshot snapshot)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	bool		sees = false;

	while (!sees && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		HeapTuple	tuple = ExecFetchSlotHeapTuple(slot, false, NULL);

		CHECK_FOR_INTERRUPTS();
		sees = !TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return sees;
}

/*
 * Who rewrites a table or an index keeps the rows that snapshots of this server may need, but for an ALTER TABLE, which
 * leaves none; of the snapshots of a standby it does not know.
 */
static bool
has_all_rows(Relation rel, Snapshot snapshot)
{
	return !snapshot->takenDuringRecovery &&
		(rel->rd_rel->relkind == RELKIND_INDEX || RelationGetNumberOfBlocks(rel) == 0 ||
		 sees_rows_of_others(rel, snapshot));
}

/*
 * REINDEX CONCURRENTLY puts an index into its place long after it began to fill its file, so that of an index the file
 * tells nothing.
 */
void
wa_check_rewritten(Relation rel, TransactionId changed, Snapshot snapshot)
{
	if (TransactionIdPrecedes(changed, snapshot->xmin) || snapshot->snapshot_type != SNAPSHOT_MVCC ||
		!XidInMVCCSnapshot(changed, snapshot) ||
		(rel->rd_rel->relkind != RELKIND_INDEX && !has_another_file(rel, snapshot)) ||
		has_all_rows(rel, snapshot))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("%s \"%s\" was rewritten after the snapshot of this query was taken",
					rel->rd_rel->relkind == RELKIND_INDEX ? "index" : "table",
					RelationGetRelationName(rel)),
			 errdetail("By that snapshot rows may be missing from it."),
			 errhint("Try again, in a new transaction.")));
}
