/*-------------------------------------------------------------------------
 *
 * recompute.c
 *	  The SQL side of the merge laws: wa_cooldown_merge, wa_recompute, and the
 *	  guard of the consent log.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/schema.h"
#include "errors/override.h"
#include "base/statement.h"
#include "state/failures_array.h"
#include "state/ladder.h"

PG_FUNCTION_INFO_V1(wa_cooldown_merge);
PG_FUNCTION_INFO_V1(wa_recompute);
PG_FUNCTION_INFO_V1(wa_consent_log_guard);

/* What wa_cooldown_merge keeps between its calls in one statement. */
typedef struct wa_merge
{
	wa_overrides *overrides;
	TupleDesc	tupdesc;
} wa_merge;

static wa_instant
instant_arg(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? WA_NEVER : PG_GETARG_TIMESTAMPTZ(argno);
}

Datum
wa_cooldown_merge(PG_FUNCTION_ARGS)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	wa_merge   *merge = flinfo->fn_extra;
	wa_code_policy policy;
	wa_failures failures;
	wa_failures more;
	wa_instant	lifted_at = wa_later(instant_arg(fcinfo, 2), instant_arg(fcinfo, 4));
	wa_cooldown_end end = {0, WA_NEVER};
	Datum		values[4];
	bool		nulls[4] = {0};

	/*
	 * Read once per run of the statement around us, for each of which SPI makes
	 * a new fn_extra; and by the latest snapshot, lest a transaction with an
	 * old one undoes a recompute that it does not see.
	 */
	if (merge == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(flinfo->fn_mcxt);

		merge = palloc(sizeof(wa_merge));
		PushActiveSnapshot(GetLatestSnapshot());
		merge->overrides = wa_overrides_load(get_func_namespace(flinfo->fn_oid));
		PopActiveSnapshot();
		if (get_call_result_type(fcinfo, NULL, &merge->tupdesc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		merge->tupdesc = BlessTupleDesc(merge->tupdesc);
		flinfo->fn_extra = merge;
		MemoryContextSwitchTo(old);
	}

	wa_failures_from_array(PG_GETARG_DATUM(1), &failures);
	wa_failures_from_array(PG_GETARG_DATUM(3), &more);
	wa_failures_merge(&failures, &more);
	if (wa_effective_code(merge->overrides, PG_GETARG_INT32(0), &policy) &&
		policy.effect == WA_EFFECT_COOLDOWN)
		end = wa_climb(&failures, lifted_at, &policy.ladder);

	values[0] = wa_failures_to_array(&failures);
	values[1] = TimestampTzGetDatum(lifted_at);
	values[2] = Int32GetDatum(end.strikes);
	values[3] = TimestampTzGetDatum(end.until);
	nulls[1] = lifted_at == WA_NEVER;
	nulls[3] = end.until == WA_NEVER || end.until == WA_FOREVER;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(merge->tupdesc, values, nulls)));
}

static wa_statement recompute = {
	"UPDATE @extschema@.wa_cooldown AS c"
	" SET lifted_at = m.merged_lifted_at, strikes = m.strikes, until = m.until"
	" FROM (SELECT d.ctid AS place, n.merged_lifted_at, n.strikes, n.until"
	" FROM @extschema@.wa_cooldown AS d"
	" LEFT JOIN @extschema@.wa_error_catalogue(true) AS k ON k.code = d.code"
	" CROSS JOIN LATERAL (SELECT max(GREATEST("
	"CASE WHEN 'inbound' = ANY (k.lifted_by) THEN a.last_inbound_at END,"
	" CASE WHEN 'receipt' = ANY (k.lifted_by) THEN a.last_delivered_at END,"
	" CASE WHEN 'marketing_receipt' = ANY (k.lifted_by) THEN a.last_marketing_delivered_at END)) AS at"
	" FROM @extschema@.wa_activity AS a WHERE a.recipient OPERATOR(@extschema@.=) d.recipient"
	" AND (a.business = d.business OR a.business = '' OR d.business = '')) AS e"
	" CROSS JOIN LATERAL @extschema@.wa_cooldown_merge("
	"d.code, d.failures, d.lifted_at, '{}', e.at) AS n) AS m"
	" WHERE c.ctid = m.place"
	" AND (c.lifted_at, c.strikes, c.until)"
	" IS DISTINCT FROM (m.merged_lifted_at, m.strikes, m.until)",
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
				(errcode(ERRCODE_INAPPROPRIATE_ISOLATION_LEVEL_FOR_BRANCH_TRANSACTION),
				 errmsg("wa_recompute needs a transaction in READ COMMITTED")));

	/*
	 * An ingest takes RowExclusiveLock before it reads the policy: none that
	 * read the old one can write after us.
	 */
	wa_lock_state(schema, ShareRowExclusiveLock);

	SPI_connect();
	changed = wa_statement_run(&recompute, schema, NULL, NULL);
	SPI_finish();
	PG_RETURN_INT64((int64) changed);
}

Datum
wa_consent_log_guard(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"wa_consent_log_guard")));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of \"%s\" are never changed or removed",
					RelationGetRelationName(((TriggerData *) fcinfo->context)->tg_relation)),
			 errhint("The log is evidence; record a new event with wa_opt_in or wa_opt_out.")));
	PG_RETURN_NULL();			/* not reached */
}
