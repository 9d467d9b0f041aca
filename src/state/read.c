/*-------------------------------------------------------------------------
 *
 * read.c
 *	  Reading state rows in place.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/relscan.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "common/columns.h"
#include "state/failures_array.h"
#include "state/read.h"

/*
 * The function behind "recipient = recipient".  All these indexes share one
 * operator family, so one is remembered.
 */
static void
equality_of(Relation index, FmgrInfo *result)
{
	static Oid	family = InvalidOid;
	static FmgrInfo equal;
	Oid			type = index->rd_opcintype[0];

	if (family != index->rd_opfamily[0])
	{
		family = InvalidOid;
		fmgr_info_cxt(get_opcode(get_opfamily_member(index->rd_opfamily[0], type, type,
													 BTEqualStrategyNumber)),
					  &equal, TopMemoryContext);
		family = index->rd_opfamily[0];
	}
	*result = equal;
	result->fn_mcxt = CurrentMemoryContext;
}

static void
open_by(wa_reader *reader, const wa_table *table, Snapshot snapshot, int nkeys)
{
	reader->heap = wa_table_open(table);
	reader->index = wa_pkey_open(table);
	reader->slot = table_slot_create(reader->heap, NULL);
	equality_of(reader->index, &reader->equal);
	reader->scan = wa_index_beginscan(reader->heap, reader->index, snapshot, nkeys);
	reader->latest = NULL;
}

static void
open_latest_by(wa_reader *reader, const wa_table *table, int nkeys)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());

	open_by(reader, table, latest, nkeys);
	reader->latest = latest;
}

void
wa_reader_open(wa_reader *reader, const wa_table *table, Snapshot snapshot)
{
	open_by(reader, table, snapshot, 1);
}

void
wa_reader_open_latest(wa_reader *reader, const wa_table *table)
{
	open_latest_by(reader, table, 1);
}

void
wa_pair_reader_open_latest(wa_reader *reader, const wa_table *table)
{
	open_latest_by(reader, table, 2);
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

/* column: of the index, from 1. */
static void
make_key(wa_reader *reader, ScanKey key, int column, Datum recipient)
{
	ScanKeyEntryInitializeWithInfo(key, 0, column, BTEqualStrategyNumber,
								   reader->index->rd_opcintype[column - 1], InvalidOid,
								   &reader->equal, recipient);
}

void
wa_reader_seek(wa_reader *reader, Datum recipient)
{
	ScanKeyData key;

	make_key(reader, &key, 1, recipient);
	index_rescan(reader->scan, &key, 1, NULL, 0);
}

void
wa_reader_seek_pair(wa_reader *reader, Datum recipient, Datum other)
{
	ScanKeyData keys[2];

	make_key(reader, &keys[0], 1, recipient);
	make_key(reader, &keys[1], 2, other);
	index_rescan(reader->scan, keys, 2, NULL, 0);
}

bool
wa_reader_next(wa_reader *reader)
{
	return index_getnext_slot(reader->scan, ForwardScanDirection, reader->slot);
}

Datum
wa_reader_datum(wa_reader *reader, int column, bool *isnull)
{
	return slot_getattr(reader->slot, column, isnull);
}

wa_instant
wa_reader_instant(wa_reader *reader, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, column, &isnull);

	return isnull ? WA_NEVER : DatumGetTimestampTz(value);
}

int32
wa_reader_int(wa_reader *reader, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

void
wa_reader_version(wa_reader *reader, wa_version *version)
{
	bool		isnull;

	version->place = reader->slot->tts_tid;
	version->xmin = DatumGetTransactionId(slot_getsysattr(reader->slot,
														  MinTransactionIdAttributeNumber,
														  &isnull));
}

/* A string column where it stands: until the slot moves on. */
static wa_str
str_in_place(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);
	struct varlena *text;

	if (isnull)
		return (wa_str)
	{
		NULL, 0
	};
	text = PG_DETOAST_DATUM_PACKED(value);
	return (wa_str)
	{
		VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)
	};
}

wa_str
wa_slot_str(TupleTableSlot *slot, int column)
{
	wa_str		found = str_in_place(slot, column);
	char	   *copy;

	if (found.data == NULL)
		return found;
	copy = palloc(found.len + 1);
	memcpy(copy, found.data, found.len);
	copy[found.len] = '\0';
	return (wa_str)
	{
		copy, found.len
	};
}

wa_str
wa_reader_str(wa_reader *reader, int column)
{
	return wa_slot_str(reader->slot, column);
}

void
wa_read_consent(wa_reader *reader, wa_consent_row *row)
{
	row->reg = wa_register_from_name(str_in_place(reader->slot, WA_CONSENT_REGISTER));
	row->business = wa_reader_str(reader, WA_CONSENT_BUSINESS);
	row->consent.stopped_at = wa_reader_instant(reader, WA_CONSENT_STOPPED_AT);
	row->consent.resumed_at = wa_reader_instant(reader, WA_CONSENT_RESUMED_AT);
	row->consent.origin = wa_reader_str(reader, WA_CONSENT_ORIGIN);
	row->consent.sender = (wa_str) {NULL, 0};
	row->consent.message_id = (wa_str) {NULL, 0};
	row->learned_under.data = NULL;
	row->learned_under.len = 0;
}

void
wa_read_activity(wa_reader *reader, wa_activity_row *row)
{
	row->business = wa_reader_str(reader, WA_ACTIVITY_BUSINESS);
	row->sender = wa_reader_str(reader, WA_ACTIVITY_SENDER);
	row->activity.last_inbound_at = wa_reader_instant(reader, WA_ACTIVITY_LAST_INBOUND_AT);
	row->activity.last_delivered_at = wa_reader_instant(reader, WA_ACTIVITY_LAST_DELIVERED_AT);
	row->activity.last_read_at = wa_reader_instant(reader, WA_ACTIVITY_LAST_READ_AT);
	row->activity.last_marketing_delivered_at =
		wa_reader_instant(reader, WA_ACTIVITY_LAST_MARKETING_DELIVERED_AT);
	row->activity.last_window_refused_at =
		wa_reader_instant(reader, WA_ACTIVITY_LAST_WINDOW_REFUSED_AT);
	row->activity.wa_id_at = wa_reader_instant(reader, WA_ACTIVITY_WA_ID_AT);
	row->activity.wa_id = wa_reader_str(reader, WA_ACTIVITY_WA_ID);
}

void
wa_read_failures(wa_reader *reader, wa_failures *failures)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, WA_COOLDOWN_FAILURES, &isnull);

	failures->n = 0;
	if (!isnull)
		wa_failures_from_array(value, failures);
}
