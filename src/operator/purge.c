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

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/instant.h"
#include "base/schema.h"

PG_FUNCTION_INFO_V1(wa_purge);

enum purge_argument
{
	ARG_OLDER_THAN,
	ARG_BATCH,
	ARG_PAYLOADS_OLDER_THAN
};

/* What goes, by which function, and by which of the two ages. */
static const struct
{
	const char *function;		/* (before, since, batch) → (purged, reached) */
	const char *what;
	bool		by_payload_age;
}			steps[] = {
	{"wa__purge_webhooks", "webhooks", true},
	{"wa__purge_problems", "resolved problems", false},
	{"wa__purge_messages", "messages", false},
};

/*
 * One batch, committed.  Returns how many rows went; *reached is how far that was.  In a context of
 * its own: each call plans the statement of the function anew.
 */
static int64
purge_batch(Oid nspid, const char *function, wa_instant before, int batch, wa_instant *reached)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy purge batch",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	const Oid	types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID};
	HeapTupleHeader row;
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
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	SPI_commit();
	return purged;
}

static int64
purge_all(Oid nspid, const char *function, wa_instant before, int batch)
{
	wa_instant	reached = WA_NEVER;
	int64		total = 0;
	int64		purged;

	do
	{
		CHECK_FOR_INTERRUPTS();
		purged = purge_batch(nspid, function, before, batch, &reached);
		total += purged;
	} while (purged > 0);
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
