/*-------------------------------------------------------------------------
 *
 * recompute.c
 *	  The SQL side of the merge laws: wa__cooldown_merge, wa_recompute.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/category_oid.h"
#include "base/schema.h"
#include "base/statement.h"
#include "errors/code_policies.h"
#include "state/activity.h"
#include "state/arrays.h"
#include "state/hold.h"
#include "state/ladder.h"

PG_FUNCTION_INFO_V1(wa__cooldown_merge);
PG_FUNCTION_INFO_V1(wa__evidence_lifts);
PG_FUNCTION_INFO_V1(wa__hold_of_code);
PG_FUNCTION_INFO_V1(wa_recompute);

/* What a function that is called row by row keeps between its calls in one statement. */
typedef struct wa_row_calls
{
	const wa_code_policies *policies;
	TupleDesc	tupdesc;		/* NULL: does not return a row */
} wa_row_calls;

/*
 * The policy is read once per run of the calling statement, since SPI makes a new fn_extra
 * for each run.  It is read under a fresh snapshot: a transaction with an older one must not
 * undo a recompute that it does not see.
 */
static const wa_row_calls *
row_calls(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	wa_row_calls *calls = flinfo->fn_extra;
	MemoryContext old;

	if (calls != NULL)
		return calls;
	old = MemoryContextSwitchTo(flinfo->fn_mcxt);
	calls = palloc0(sizeof(wa_row_calls));
	PushActiveSnapshot(GetLatestSnapshot());
	calls->policies = wa_code_policies_load(wa_schema_of(flinfo->fn_oid));
	PopActiveSnapshot();
	if (get_call_result_type(fcinfo, NULL, &calls->tupdesc) == TYPEFUNC_COMPOSITE)
		calls->tupdesc = BlessTupleDesc(calls->tupdesc);
	MemoryContextSwitchTo(old);
	flinfo->fn_extra = calls;
	return calls;
}

static wa_instant
instant_arg(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? WA_NEVER : PG_GETARG_TIMESTAMPTZ(argno);
}

Datum
wa__cooldown_merge(PG_FUNCTION_ARGS)
{
	const wa_row_calls *calls = row_calls(fcinfo);
	wa_str		business;
	wa_cooldown_end end = {0, 0, WA_NEVER, WA_NEVER};
	wa_code_policy policy;
	wa_failures failures;
	wa_failures more;
	wa_instant	lifted_at = wa_later(instant_arg(fcinfo, 3), instant_arg(fcinfo, 5));
	Datum		values[4];
	bool		nulls[4] = {0};

	if (calls->tupdesc == NULL)
		elog(ERROR, "return type must be a row type");
	wa_forbid_null_arg(fcinfo, 0, "code");
	wa_forbid_null_arg(fcinfo, 2, "failures");
	wa_forbid_null_arg(fcinfo, 4, "more_failures");
	business = wa_required_text_arg(fcinfo, 1, "business");
	wa_failures_from_array(PG_GETARG_DATUM(2), &failures);
	wa_failures_from_array(PG_GETARG_DATUM(4), &more);
	wa_failures_merge(&failures, &more);
	if (wa_code_policies_find(calls->policies, PG_GETARG_INT32(0), &policy))
		end = wa_ladder_evaluate(&failures, lifted_at, &policy, business);

	values[0] = wa_failures_to_array(&failures);
	values[1] = TimestampTzGetDatum(lifted_at);
	values[2] = Int32GetDatum(end.strikes);
	values[3] = TimestampTzGetDatum(end.until);
	nulls[1] = lifted_at == WA_NEVER;
	nulls[3] = end.until == WA_NEVER || end.until == WA_FOREVER;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(calls->tupdesc, values, nulls)));
}

Datum
wa__evidence_lifts(PG_FUNCTION_ARGS)
{
	wa_activity activity = WA_NO_ACTIVITY;
	wa_code_policy policy;
	wa_instant	lifted;

	if (PG_ARGISNULL(0) ||
		!wa_code_policies_find(row_calls(fcinfo)->policies, PG_GETARG_INT32(0), &policy))
		PG_RETURN_NULL();
	activity.last_inbound_at = instant_arg(fcinfo, 1);
	activity.last_delivered_at = instant_arg(fcinfo, 2);
	activity.last_marketing_delivered_at = instant_arg(fcinfo, 3);
	lifted = wa_activity_lifts(&activity, &policy);
	if (lifted == WA_NEVER)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(lifted);
}

Datum
wa__hold_of_code(PG_FUNCTION_ARGS)
{
	const wa_row_calls *calls = row_calls(fcinfo);
	wa_code_policy policy;
	int64		span;
	Datum		values[2];
	bool		nulls[2] = {0};

	if (calls->tupdesc == NULL)
		elog(ERROR, "return type must be a row type");
	wa_forbid_null_arg(fcinfo, 0, "code");
	if (!wa_code_policies_find(calls->policies, PG_GETARG_INT32(0), &policy))
		wa_code_policy_custom(PG_GETARG_INT32(0), &policy);
	values[0] = CStringGetTextDatum(wa_scope_name(policy.scope));
	values[1] = wa_category_mask_array(wa_hold_of_code(&policy, &span),
									   get_element_type(TupleDescAttr(calls->tupdesc, 1)->atttypid));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(calls->tupdesc, values, nulls)));
}

/*
 * What is stored in lifted_at is not asked: another policy may let other evidence
 * lift a failure, and all evidence that there was is in wa_activity.
 */
static wa_statement recompute = {
	"UPDATE @extschema@.wa_cooldown AS c"
	" SET lifted_at = m.merged_lifted_at, strikes = m.strikes, until = m.until"
	" FROM (SELECT d.ctid AS place, n.merged_lifted_at, n.strikes, n.until"
	" FROM @extschema@.wa_cooldown AS d"
	" CROSS JOIN LATERAL (" WA_EVIDENCE_LIFTS("d.recipient", "d.business", "d.code") ") AS e"
	" CROSS JOIN LATERAL @extschema@.wa__cooldown_merge("
	"d.code, d.business, d.failures, NULL, '{}', e.at) AS n) AS m"
	" WHERE c.ctid = m.place"
	" AND (c.lifted_at, c.strikes, c.until)"
	" IS DISTINCT FROM (m.merged_lifted_at, m.strikes, m.until)",
	"", NULL, 0
};

/* A code that holds nobody any more keeps its rows, in case it does again. */
static wa_statement change_holds = {
	"UPDATE @extschema@.wa_sender_hold AS h SET categories = p.categories"
	" FROM (SELECT c.code, n.categories"
	" FROM (SELECT DISTINCT d.code FROM @extschema@.wa_sender_hold AS d WHERE d.cause = 'error') AS c"
	" CROSS JOIN LATERAL @extschema@.wa__hold_of_code(c.code) AS n) AS p"
	" WHERE h.cause = 'error' AND h.code = p.code AND h.categories <> p.categories",
	"", NULL, 0
};

/*
 * Rows of a sender or a region of a code that is held against the whole business now.  Of several
 * one that was not released stands before one that was.  The other way nothing can be told: which of
 * its senders a business was held for was not stored, so that the business stays held until
 * that ends.
 */
static wa_statement move_holds = {
	"WITH p AS MATERIALIZED (SELECT c.code"
	" FROM (SELECT DISTINCT d.code FROM @extschema@.wa_sender_hold AS d WHERE d.cause = 'error') AS c"
	" CROSS JOIN LATERAL @extschema@.wa__hold_of_code(c.code) AS n"
	" WHERE n.scope = 'business' AND n.categories <> '{}'),"
	" gone AS (DELETE FROM @extschema@.wa_sender_hold AS h USING p"
	" WHERE h.cause = 'error' AND h.code = p.code AND (h.sender <> '' OR h.region <> '')"
	" RETURNING h.business, h.code, h.categories, h.since, h.until, h.lifted_at)"
	" INSERT INTO @extschema@.wa_sender_hold AS o"
	" (business, sender, region, cause, code, categories, since, until, lifted_at)"
	" SELECT DISTINCT ON (g.business, g.code) g.business, '', '', 'error', g.code, g.categories,"
	" g.since, g.until, g.lifted_at FROM gone AS g WHERE g.since IS NOT NULL"
	" ORDER BY g.business, g.code, COALESCE(g.lifted_at > g.since, false), g.since DESC,"
	" g.until DESC NULLS FIRST"
	" ON CONFLICT (business, sender, region, cause, code) DO UPDATE SET"
	" categories = excluded.categories, since = excluded.since, until = excluded.until,"
	" lifted_at = excluded.lifted_at"
	" WHERE o.since IS NULL"
	" OR (NOT COALESCE(excluded.lifted_at > excluded.since, false), excluded.since)"
	" > (NOT COALESCE(o.lifted_at > o.since, false), o.since)",
	"", NULL, 0
};

Datum
wa_recompute(PG_FUNCTION_ARGS)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	uint64		changed;

	/* By an older snapshot it would pass over rows that it cannot see. */
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("wa_recompute needs a transaction in READ COMMITTED")));

	/*
	 * An ingest takes RowExclusiveLock before it reads the policy: none that
	 * read the old one can write after us.
	 */
	wa_lock_state(schema, ShareRowExclusiveLock);

	SPI_connect();
	changed = wa_statement_run(&recompute, schema, NULL, NULL);
	changed += wa_statement_run(&move_holds, schema, NULL, NULL);
	changed += wa_statement_run(&change_holds, schema, NULL, NULL);
	SPI_finish();
	PG_RETURN_INT64((int64) changed);
}
