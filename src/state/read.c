/*-------------------------------------------------------------------------
 *
 * read.c
 *	  Reading state rows in place.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/category_oid.h"
#include "base/encode.h"
#include "state/arrays.h"
#include "state/columns.h"
#include "state/read.h"

/*
 * The function behind "=" of a column of an index.  Nearly always it is of one of four types: those
 * of recipients, of businesses, of buckets of the erased, and of folded phrases.
 */
static void
equality_of(Relation index, int column, FmgrInfo *result)
{
	static struct
	{
		Oid			family;
		FmgrInfo	equal;
	}			kept[4];
	Oid			type = index->rd_opcintype[column];
	Oid			family = index->rd_opfamily[column];
	int			i = type == TEXTOID ? 0 : type == INT4OID ? 1 : type == BYTEAOID ? 2 : 3;

	if (kept[i].family != family)
	{
		kept[i].family = InvalidOid;
		fmgr_info_cxt(get_opcode(get_opfamily_member(family, type, type,
													 BTEqualStrategyNumber)),
					  &kept[i].equal, TopMemoryContext);
		kept[i].family = family;
	}
	*result = kept[i].equal;
	result->fn_mcxt = CurrentMemoryContext;
}

void
wa_reader_open(wa_reader *reader, const wa_table *table, Snapshot snapshot)
{
	reader->memory = CurrentMemoryContext;
	reader->heap = wa_table_open(table, snapshot);
	reader->index = wa_pkey_open(table, snapshot);
	reader->slot = table_slot_create(reader->heap, NULL);
	equality_of(reader->index, 0, &reader->equal);
	reader->scan = wa_index_beginscan(reader->heap, reader->index, snapshot, 1);
	reader->latest = NULL;
	reader->snapshot = snapshot;
}

void
wa_reader_open_latest(wa_reader *reader, const wa_table *table)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());

	wa_reader_open(reader, table, latest);
	reader->latest = latest;
}

void
wa_reader_close(wa_reader *reader)
{
	index_endscan(reader->scan);
	ExecDropSingleTupleTableSlot(reader->slot);

	/*
	 * The locks are kept to the end of the transaction, as those of a query's
	 * own tables are: the next look-up finds them.
	 */
	index_close(reader->index, NoLock);
	table_close(reader->heap, NoLock);
	if (reader->latest != NULL)
		UnregisterSnapshot(reader->latest);
}

void
wa_reader_seek(wa_reader *reader, Datum value)
{
	MemoryContext old = MemoryContextSwitchTo(reader->memory);
	ScanKeyData key;

	ScanKeyEntryInitializeWithInfo(&key, 0, 1, BTEqualStrategyNumber,
								   reader->index->rd_opcintype[0],
								   reader->index->rd_indcollation[0], &reader->equal, value);
	index_rescan(reader->scan, &key, 1, NULL, 0);
	MemoryContextSwitchTo(old);
}

void
wa_reader_seek_all(wa_reader *reader, const wa_str *values, int n)
{
	ScanKeyData keys[WA_MAX_SEEK];
	MemoryContext old;

	Assert(n <= WA_MAX_SEEK);
	for (int i = 0; i < n; i++)
	{
		FmgrInfo	equal;

		equality_of(reader->index, i, &equal);
		ScanKeyEntryInitializeWithInfo(&keys[i], 0, i + 1, BTEqualStrategyNumber,
									   reader->index->rd_opcintype[i],
									   reader->index->rd_indcollation[i], &equal,
									   wa_str_datum(values[i]));
	}

	old = MemoryContextSwitchTo(reader->memory);
	if (reader->scan->numberOfKeys != n)
	{
		/* it was begun for one */
		index_endscan(reader->scan);
		reader->scan = wa_index_beginscan(reader->heap, reader->index, reader->snapshot, n);
	}
	index_rescan(reader->scan, keys, n, NULL, 0);
	MemoryContextSwitchTo(old);
}

void
wa_reader_seek_from(wa_reader *reader, wa_instant from)
{
	MemoryContext old = MemoryContextSwitchTo(reader->memory);
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE,
				TimestampTzGetDatum(from));
	index_rescan(reader->scan, &key, 1, NULL, 0);
	MemoryContextSwitchTo(old);
}

/*
 * The scan keeps what it allocates on its way, such as the list of dead index entries, to its
 * end.  All loops over rows and over look-ups come by here, so that they can be cancelled.
 */
static bool
next_in(wa_reader *reader, ScanDirection direction)
{
	MemoryContext old = MemoryContextSwitchTo(reader->memory);
	bool		found;

	CHECK_FOR_INTERRUPTS();
	found = index_getnext_slot(reader->scan, direction, reader->slot);
	MemoryContextSwitchTo(old);
	return found;
}

bool
wa_reader_next(wa_reader *reader)
{
	return next_in(reader, ForwardScanDirection);
}

bool
wa_reader_previous(wa_reader *reader)
{
	return next_in(reader, BackwardScanDirection);
}

int32
wa_reader_int(wa_reader *reader, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

int64
wa_reader_int8(wa_reader *reader, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

void
wa_read_consent(wa_reader *reader, wa_consent_row *row)
{
	row->reg = wa_register_from_name(wa_slot_str_in_place(reader->slot, Anum_wa_consent_register));
	row->business = wa_reader_str(reader, Anum_wa_consent_business);
	row->consent.stopped_at = wa_reader_instant(reader, Anum_wa_consent_stopped_at);
	row->consent.resumed_at = wa_reader_instant(reader, Anum_wa_consent_resumed_at);
	row->consent.origin = wa_reader_str(reader, Anum_wa_consent_origin);
	row->consent.code = wa_reader_int(reader, Anum_wa_consent_code);
	row->consent.sender = (wa_str) {NULL, 0};
	row->consent.message_id = (wa_str) {NULL, 0};
	row->learned_under.data = NULL;
	row->learned_under.len = 0;
}

void
wa_read_activity(wa_reader *reader, wa_activity_row *row)
{
	row->business = wa_reader_str(reader, Anum_wa_activity_business);
	row->sender = wa_reader_str(reader, Anum_wa_activity_sender);
	row->lifts = true;
	row->activity.last_inbound_at = wa_reader_instant(reader, Anum_wa_activity_last_inbound_at);
	row->activity.last_delivered_at = wa_reader_instant(reader, Anum_wa_activity_last_delivered_at);
	row->activity.last_read_at = wa_reader_instant(reader, Anum_wa_activity_last_read_at);
	row->activity.last_marketing_delivered_at =
		wa_reader_instant(reader, Anum_wa_activity_last_marketing_delivered_at);
	row->activity.last_window_refused_at =
		wa_reader_instant(reader, Anum_wa_activity_last_window_refused_at);
	row->activity.wa_id_at = wa_reader_instant(reader, Anum_wa_activity_wa_id_at);
	row->activity.wa_id = wa_reader_str(reader, Anum_wa_activity_wa_id);
}

wa_instant
wa_read_until(wa_reader *reader)
{
	wa_instant	until = wa_reader_instant(reader, Anum_wa_cooldown_until);

	if (wa_reader_int(reader, Anum_wa_cooldown_strikes) == 0)
		return WA_NEVER;
	return until == WA_NEVER ? WA_FOREVER : until;
}

void
wa_read_failures(wa_reader *reader, wa_failures *failures)
{
	wa_failures_from_array(wa_slot_datum(reader->slot, Anum_wa_cooldown_failures), failures);
}

wa_category
wa_reader_category(wa_reader *reader, int column)
{
	return wa_category_from_oid(DatumGetObjectId(wa_slot_datum(reader->slot, column)));
}

void
wa_read_deliveries(wa_reader *reader, wa_deliveries *deliveries)
{
	wa_deliveries_from_arrays(wa_slot_datum(reader->slot, Anum_wa_delivery_deliveries),
							  wa_slot_datum(reader->slot, Anum_wa_delivery_messages), deliveries);
}

bool
wa_row_has_deliveries(wa_reader *reader, const wa_deliveries *deliveries)
{
	wa_delivery elements[WA_MAX_DELIVERIES];
	wa_deliveries known = {0, elements};

	wa_read_deliveries(reader, &known);
	for (int i = 0; i < deliveries->n; i++)
	{
		if (wa_deliveries_add(&known, deliveries->at[i]))
			return false;
	}
	return true;
}
