/*-------------------------------------------------------------------------
 *
 * override.c
 *	  Reading wa_error_override; see override.h.
 *
 * The table is scanned directly rather than through SPI: the scan needs no
 * privilege of the caller, and an empty table, the usual case, costs one look
 * at its size.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "errors/category_array.h"
#include "errors/override.h"

#define OVERRIDE_TABLE "wa_error_override"

/* Columns of wa_error_override; the order is that of errors.sql. */
enum
{
	Col_code = 1,
	Col_title,
	Col_category,
	Col_blocks,
	Col_ladder,
	Col_gap,
	Col_scope,
	Col_reason
};

int64
wa_interval_span(Datum interval)
{
	const Interval *span = DatumGetIntervalP(interval);
	int64		days = (int64) span->month * DAYS_PER_MONTH + span->day;
	int64		result;

	if (pg_mul_s64_overflow(days, WA_DAY, &result))
		return days > 0 ? WA_FOREVER : 0;
	if (pg_add_s64_overflow(result, span->time, &result))
		return span->time > 0 ? WA_FOREVER : 0;
	return Max(result, 0);
}

/*
 * interval[] as a ladder; NULL elements have no end.  The CHECK of the table
 * has seen to the length, yet a row may be older than the CHECK.
 */
static void
read_ladder(Datum array, wa_ladder *ladder)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &elements, &nulls, &count);
	ladder->nrungs = Min(count, WA_MAX_RUNGS);
	for (int i = 0; i < ladder->nrungs; i++)
		ladder->rung[i] = nulls[i] ? WA_FOREVER : wa_interval_span(elements[i]);
}

/* The value of a text column as a C string, or NULL. */
static char *
text_column(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static void
read_row(TupleTableSlot *slot, wa_override *row)
{
	wa_code_change *change = &row->change;
	char	   *name;
	Datum		value;
	bool		isnull;

	memset(row, 0, sizeof(*row));
	row->code = DatumGetInt32(slot_getattr(slot, Col_code, &isnull));
	row->title = text_column(slot, Col_title);
	row->reason = text_column(slot, Col_reason);

	name = text_column(slot, Col_category);
	if (name != NULL)
	{
		change->has_fault = true;
		if (!wa_fault_from_name(name, &change->fault))
			elog(ERROR, "unknown category \"%s\" of error code %d", name, row->code);
	}
	name = text_column(slot, Col_scope);
	if (name != NULL)
	{
		change->has_scope = true;
		if (!wa_scope_from_name(name, &change->scope))
			elog(ERROR, "unknown scope \"%s\" of error code %d", name, row->code);
	}
	value = slot_getattr(slot, Col_blocks, &isnull);
	if (!isnull)
	{
		change->has_blocks = true;
		change->blocks = wa_category_array_mask(value);
	}
	value = slot_getattr(slot, Col_ladder, &isnull);
	if (!isnull)
	{
		change->has_ladder = true;
		read_ladder(value, &change->ladder);
	}
	value = slot_getattr(slot, Col_gap, &isnull);
	if (!isnull)
	{
		change->has_gap = true;
		change->gap = wa_interval_span(value);
	}
}

static int
compare_rows(const void *a, const void *b)
{
	int32		left = ((const wa_override *) a)->code;
	int32		right = ((const wa_override *) b)->code;

	return left < right ? -1 : left > right;
}

wa_overrides *
wa_overrides_load(Oid nspid)
{
	wa_overrides *result = palloc0(sizeof(wa_overrides));
	Oid			relid = get_relname_relid(OVERRIDE_TABLE, nspid);
	Snapshot	snapshot = GetActiveSnapshot();
	Relation	rel;

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" of extension wa_policy does not exist", OVERRIDE_TABLE),
				 errdetail("The extension is not installed completely.")));

	rel = table_open(relid, AccessShareLock);

	/* Rows that are elsewhere, in a foreign table or in children, would be missed. */
	if (rel->rd_rel->relkind != RELKIND_RELATION || rel->rd_rel->relhassubclass ||
		RelationGetNumberOfAttributes(rel) < Col_reason)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" of extension wa_policy has been replaced by something else",
						OVERRIDE_TABLE)));

	if (RelationGetNumberOfBlocks(rel) == 0)
	{
		/* Under SERIALIZABLE, that nothing is there has been read as well. */
		PredicateLockRelation(rel, snapshot);
	}
	else
	{
		TupleTableSlot *slot = table_slot_create(rel, NULL);
		TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
		int			room = 0;

		while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		{
			if (result->count == room)
			{
				room = room == 0 ? 16 : room * 2;
				result->rows = result->rows == NULL ?
					palloc(room * sizeof(wa_override)) :
					repalloc(result->rows, room * sizeof(wa_override));
			}
			read_row(slot, &result->rows[result->count++]);
		}
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		if (result->count > 1)
			qsort(result->rows, result->count, sizeof(wa_override), compare_rows);
	}

	/* Keep the lock, as for every relation that a statement reads. */
	table_close(rel, NoLock);
	return result;
}

const wa_override *
wa_overrides_find(const wa_overrides *overrides, int32 code)
{
	wa_override key = {.code = code};

	if (overrides->count == 0)
		return NULL;
	return bsearch(&key, overrides->rows, overrides->count, sizeof(wa_override), compare_rows);
}

bool
wa_effective_code(const wa_overrides *overrides, int32 code, wa_code_policy *policy)
{
	const wa_code *shipped = wa_catalogue_find(code);
	const wa_override *row = wa_overrides_find(overrides, code);

	if (shipped != NULL)
		wa_code_policy_shipped(shipped, policy);
	else if (row != NULL)
		wa_code_policy_custom(code, policy);
	else
		return false;

	if (row != NULL)
		wa_code_policy_change(&row->change, policy);
	return true;
}
