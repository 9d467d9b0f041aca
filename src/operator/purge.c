/*-------------------------------------------------------------------------
 *
 * purge.c
 *	  wa_purge: deleting old rows, one batch per transaction.
 *
 * A procedure that commits can be neither SECURITY DEFINER nor have a search_path of its own.
 * So this one runs with those of its caller, and only calls, batch by batch, functions of the
 * extension that have both.  It finds them in its own namespace.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/brin.h"
#include "access/htup_details.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/instant.h"
#include "base/schema.h"

PG_FUNCTION_INFO_V1(wa_purge);
PG_FUNCTION_INFO_V1(wa__message_index_renew);

enum purge_argument
{
	ARG_OLDER_THAN,
	ARG_BATCH,
	ARG_PAYLOADS_OLDER_THAN
};

/* What goes, by which function, and by which of the two ages. */
static const struct
{
	const char *function;		/* (before, since, batch) → (purged, reached), of messages also places */
	const char *what;
	bool		by_payload_age;
}			steps[] = {
	{"wa__purge_webhooks", "webhooks", true},
	{"wa__purge_problems", "resolved problems", false},
	{"wa__purge_messages", "messages", false},
};

/* So many pages of wa_message have one entry in its index of times, unless it was built anew in another way. */
#define PAGES_OF_ENTRY	BRIN_DEFAULT_PAGES_PER_RANGE

/* Add the numbers of the entries that are about rows which were at these places, a tid[]. */
static Bitmapset *
add_entries(Bitmapset *entries, const ArrayType *places)
{
	const ItemPointerData *tids = (const ItemPointerData *) ARR_DATA_PTR(places);
	int			n = ArrayGetNItems(ARR_NDIM(places), ARR_DIMS(places));

	for (int i = 0; i < n; i++)
		entries = bms_add_member(entries, ItemPointerGetBlockNumberNoCheck(&tids[i]) / PAGES_OF_ENTRY);
	return entries;
}

/*
 * One batch, committed.  Returns how many rows went; *reached is how far that was, and *entries gets what
 * the index of times has about their pages.  In a context of its own: each call plans the statement of the
 * function anew.
 */
static int64
purge_batch(Oid nspid, const char *function, wa_instant before, int batch, wa_instant *reached,
			Bitmapset **entries)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy purge batch",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	const Oid	types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID};
	HeapTupleHeader row;
	ArrayType  *places = NULL;
	bool		isnull;
	int64		purged;
	Datum		last;

	PushActiveSnapshot(GetTransactionSnapshot());
	row = DatumGetHeapTupleHeader(OidFunctionCall3(wa_function_named(nspid, function, types, lengthof(types)),
												   TimestampTzGetDatum(before),
												   TimestampTzGetDatum(*reached),
												   Int32GetDatum(batch)));
	purged = DatumGetInt64(GetAttributeByNum(row, 1, &isnull));
	last = GetAttributeByNum(row, 2, &isnull);
	if (!isnull)
		*reached = DatumGetTimestampTz(last);
	if (HeapTupleHeaderGetNatts(row) > 2)
	{
		Datum		value = GetAttributeByNum(row, 3, &isnull);

		if (!isnull)
			places = DatumGetArrayTypeP(value);
	}
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	if (places != NULL)
		*entries = add_entries(*entries, places);
	MemoryContextDelete(context);
	SPI_commit();
	return purged;
}

/*
 * The index of times has the earliest and the latest of a range of pages.  Purged messages leave both as they
 * were, and new ones take their place, so that in the end each range would have all times, and a view
 * read all messages for each day.  So the entries of these ranges are made anew, each in its own transaction:
 * its lock keeps out a VACUUM, but no other reader or writer.
 */
static void
renew_entries(Oid nspid, const Bitmapset *entries)
{
	Oid			renew = wa_function_named(nspid, "wa__message_index_renew", (Oid[]) {INT8OID}, 1);

	for (int i = bms_next_member(entries, -1); i >= 0; i = bms_next_member(entries, i))
	{
		CHECK_FOR_INTERRUPTS();
		PushActiveSnapshot(GetTransactionSnapshot());
		OidFunctionCall1(renew, Int64GetDatum((int64) i * PAGES_OF_ENTRY));
		PopActiveSnapshot();
		SPI_commit();
	}
}

static bool
is_brin(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	bool		is = HeapTupleIsValid(tuple) && ((Form_pg_class) GETSTRUCT(tuple))->relam == BRIN_AM_OID;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return is;
}

/* With the rights of the owner.  An index by another name, or of another kind, is the DBA's to care for. */
Datum
wa__message_index_renew(PG_FUNCTION_ARGS)
{
	Oid			index = get_relname_relid("wa_message_first", get_func_namespace(fcinfo->flinfo->fn_oid));
	Datum		page = PG_GETARG_DATUM(0);

	if (is_brin(index))
	{
		DirectFunctionCall2(brin_desummarize_range, ObjectIdGetDatum(index), page);
		DirectFunctionCall2(brin_summarize_range, ObjectIdGetDatum(index), page);
	}
	PG_RETURN_VOID();
}

static int64
purge_all(Oid nspid, const char *function, wa_instant before, int batch)
{
	wa_instant	reached = WA_NEVER;
	Bitmapset  *entries = NULL;
	int64		total = 0;
	int64		purged;

	do
	{
		CHECK_FOR_INTERRUPTS();
		purged = purge_batch(nspid, function, before, batch, &reached, &entries);
		total += purged;
	} while (purged > 0);
	renew_entries(nspid, entries);
	bms_free(entries);
	return total;
}

/* A longer interval is an error: subtracting it might leave the range of timestamps. */
#define MOST_MONTHS		(12 * 1000)

/* What is older than an interval was there before this moment. */
static wa_instant
before_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	TimestampTz now = GetCurrentTimestamp();
	Interval	most = {.month = MOST_MONTHS};
	Interval	none = {0};
	Datum		age = PG_GETARG_DATUM(argno);
	wa_instant	before = now;

	if (DatumGetBool(DirectFunctionCall2(interval_gt, age, IntervalPGetDatum(&most))))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("%s is out of range", name),
				 errdetail("It may be at most 1000 years.")));
	if (DatumGetBool(DirectFunctionCall2(interval_gt, age, IntervalPGetDatum(&none))))
		before = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
														 TimestampTzGetDatum(now), age));
	/* '90' is 90 seconds, and what is purged does not come back. */
	if (before > now - USECS_PER_HOUR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be an hour or longer", name),
				 errhint("A number without a unit counts seconds. For example interval '30 days'.")));
	return before;
}

static void
require_commits(FunctionCallInfo fcinfo)
{
	CallContext *call = (CallContext *) fcinfo->context;

	if (call == NULL || !IsA(call, CallContext) || call->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				 errmsg("wa_purge commits each batch, so it cannot run inside a transaction"),
				 errhint("CALL it by itself, outside BEGIN and outside functions.")));
}

Datum
wa_purge(PG_FUNCTION_ARGS)
{
	Oid			nspid = get_func_namespace(fcinfo->flinfo->fn_oid);
	int64		purged[lengthof(steps)];
	wa_instant	before;
	wa_instant	payloads_before;
	int			batch;

	wa_forbid_null_arg(fcinfo, ARG_OLDER_THAN, "older_than");
	wa_forbid_null_arg(fcinfo, ARG_BATCH, "batch");
	before = before_arg(fcinfo, ARG_OLDER_THAN, "older_than");
	payloads_before = PG_ARGISNULL(ARG_PAYLOADS_OLDER_THAN) ? before :
		before_arg(fcinfo, ARG_PAYLOADS_OLDER_THAN, "payloads_older_than");
	batch = PG_GETARG_INT32(ARG_BATCH);
	if (batch < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("batch must be at least 1")));
	require_commits(fcinfo);

	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect_ext failed");
	for (int i = 0; i < lengthof(steps); i++)
		purged[i] = purge_all(nspid, steps[i].function,
							  steps[i].by_payload_age ? payloads_before : before, batch);
	SPI_finish();
	for (int i = 0; i < lengthof(steps); i++)
		ereport(NOTICE, (errmsg("purged %lld %s", (long long) purged[i], steps[i].what)));
	PG_RETURN_VOID();
}
