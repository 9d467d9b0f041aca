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

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(wa__is_here);

/* The primary key of a table of ours. */
static Relation
open_primary_key(Relation rel)
{
	list_free(RelationGetIndexList(rel));	/* finds rd_pkindex */
	if (!OidIsValid(rel->rd_pkindex))
		elog(ERROR, "\"%s\" has no primary key", RelationGetRelationName(rel));
	return index_open(rel->rd_pkindex, AccessShareLock);
}

/* index column = the value that the row has there, for each of its columns. */
static int
key_of_row(Relation rel, Relation index, HeapTuple row, ScanKey keys)
{
	int			n = IndexRelationGetNumberOfKeyAttributes(index);

	for (int i = 0; i < n; i++)
	{
		Oid			type = index->rd_opcintype[i];
		Oid			equal = get_opfamily_member(index->rd_opfamily[i], type, type,
												BTEqualStrategyNumber);
		bool		isnull;
		Datum		value = heap_getattr(row, index->rd_index->indkey.values[i],
										 RelationGetDescr(rel), &isnull);

		if (isnull)
			return 0;
		ScanKeyEntryInitialize(&keys[i], 0, i + 1, BTEqualStrategyNumber, type,
							   index->rd_indcollation[i], get_opcode(equal), value);
	}
	return n;
}

static bool
has_row_of_key(Relation rel, Relation index, ScanKey keys, int n)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());
	IndexScanDesc scan = wa_index_beginscan(rel, index, latest, n);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	bool		found;

	index_rescan(scan, keys, n, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, slot);
	ExecDropSingleTupleTableSlot(slot);
	index_endscan(scan);
	UnregisterSnapshot(latest);
	return found;
}

Datum
wa__is_here(PG_FUNCTION_ARGS)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
	Oid			relid = get_typ_typrelid(HeapTupleHeaderGetTypeId(header));
	HeapTupleData row;
	Relation	rel;
	Relation	index;
	ScanKeyData keys[INDEX_MAX_KEYS];
	int			n;
	bool		found;

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("wa__is_here needs a row of a table")));
	rel = table_open(relid, AccessShareLock);
	index = open_primary_key(rel);
	row.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&row.t_self);
	row.t_tableOid = relid;
	row.t_data = header;

	n = key_of_row(rel, index, &row, keys);
	found = n > 0 && has_row_of_key(rel, index, keys, n);
	index_close(index, AccessShareLock);
	table_close(rel, AccessShareLock);
	PG_RETURN_BOOL(found);
}
