/*-------------------------------------------------------------------------
 *
 * here.c
 *	  wa__is_here: does a row with the key of this one exist already?
 *
 * Called for every replicated row, before the trigger in PL/pgSQL that merges the two:
 * during an initial copy almost no row exists.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

PG_FUNCTION_INFO_V1(wa__is_here);

/* Locks the row that is there, as the apply of an UPDATE would. */
Datum
wa__is_here(PG_FUNCTION_ARGS)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
	Oid			relid = get_typ_typrelid(HeapTupleHeaderGetTypeId(header));
	HeapTupleData row = {.t_len = HeapTupleHeaderGetDatumLength(header),.t_tableOid = relid,.t_data = header};
	Relation	rel;
	TupleTableSlot *arriving;
	TupleTableSlot *here;
	bool		found;

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("wa__is_here needs a row of a table")));
	rel = table_open(relid, AccessShareLock);
	list_free(RelationGetIndexList(rel));	/* finds rd_pkindex */
	if (!OidIsValid(rel->rd_pkindex))
		elog(ERROR, "\"%s\" has no primary key", RelationGetRelationName(rel));
	arriving = MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsHeapTuple);
	here = table_slot_create(rel, NULL);
	ExecStoreHeapTuple(&row, arriving, false);
	slot_getallattrs(arriving);
	found = RelationFindReplTupleByIndex(rel, rel->rd_pkindex, LockTupleExclusive, arriving, here);
	ExecDropSingleTupleTableSlot(here);
	ExecDropSingleTupleTableSlot(arriving);
	table_close(rel, AccessShareLock);
	PG_RETURN_BOOL(found);
}
