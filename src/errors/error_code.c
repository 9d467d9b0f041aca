/*-------------------------------------------------------------------------
 *
 * error_code.c
 *	  The SQL functions about error codes.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "errors/category_array.h"
#include "errors/override.h"

/* Columns of the view wa_error_code, from 0; the order is that of errors.sql. */
enum
{
	Out_code,
	Out_title,
	Out_category,
	Out_summary,
	Out_scope,
	Out_blocks,
	Out_ladder,
	Out_lifted_by,
	Out_advice,
	Out_source,
	Out_gap,
	Out_effect,
	Out_yields_to_window,
	Out_retry,
	Out_columns
};

static const char *const effect_names[] = {
	[WA_EFFECT_NONE] = "none",
	[WA_EFFECT_COOLDOWN] = "cooldown",
	[WA_EFFECT_STOP] = "stop",
	[WA_EFFECT_CLOSE_WINDOW] = "close_window",
};

static const char *const retry_names[] = {
	[WA_RETRY_NEVER] = "never",
	[WA_RETRY_FIX] = "fix",
	[WA_RETRY_WAIT] = "wait",
};

PG_FUNCTION_INFO_V1(wa_error_catalogue);
PG_FUNCTION_INFO_V1(wa_classify);
PG_FUNCTION_INFO_V1(wa_retry_after);
PG_FUNCTION_INFO_V1(wa_override_check);

/* A span as an interval; whole days as days if that is wanted. */
static Interval *
span_interval(int64 span, bool in_days)
{
	Interval   *result = palloc0(sizeof(Interval));

	if (in_days && span % WA_DAY == 0 && span / WA_DAY <= PG_INT32_MAX)
		result->day = (int32) (span / WA_DAY);
	else
		result->time = span;
	return result;
}

static Datum
ladder_array(const wa_ladder *ladder)
{
	Datum		elements[WA_MAX_RUNGS];
	bool		nulls[WA_MAX_RUNGS];
	int			dims[1] = {ladder->nrungs};
	int			lower[1] = {1};

	if (ladder->nrungs == 0)
		return PointerGetDatum(construct_empty_array(INTERVALOID));

	for (int i = 0; i < ladder->nrungs; i++)
	{
		nulls[i] = ladder->rung[i] == WA_FOREVER;
		elements[i] = nulls[i] ? (Datum) 0 :
			IntervalPGetDatum(span_interval(ladder->rung[i], true));
	}
	return PointerGetDatum(construct_md_array(elements, nulls, 1, dims, lower, INTERVALOID,
											  sizeof(Interval), false, TYPALIGN_DOUBLE));
}

static Datum
lifted_by_array(const wa_code_policy *policy)
{
	Datum		elements[3];
	int			count = 0;

	switch (policy->effect)
	{
		case WA_EFFECT_NONE:
			break;
		case WA_EFFECT_COOLDOWN:
			if (policy->lifted_by & WA_LIFT_INBOUND)
				elements[count++] = CStringGetTextDatum("inbound");
			if (policy->lifted_by & WA_LIFT_RECEIPT)
				elements[count++] = CStringGetTextDatum("receipt");
			if (policy->lifted_by & WA_LIFT_MARKETING_RECEIPT)
				elements[count++] = CStringGetTextDatum("marketing_receipt");
			break;
		case WA_EFFECT_STOP:
			elements[count++] = CStringGetTextDatum("resume");
			break;
		case WA_EFFECT_CLOSE_WINDOW:
			elements[count++] = CStringGetTextDatum("inbound");
			break;
	}
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* What a failure keeps from being sent, for the reader of the view. */
static uint8
visible_blocks(const wa_code_policy *policy)
{
	switch (policy->effect)
	{
		case WA_EFFECT_STOP:
			return WA_CATEGORY_BIT(WA_MARKETING);
		case WA_EFFECT_CLOSE_WINDOW:
			return WA_CATEGORY_BIT(WA_SERVICE);
		case WA_EFFECT_NONE:
		case WA_EFFECT_COOLDOWN:
			break;
	}
	return policy->blocks;
}

/*
 * The waits between attempts to send, or NULL where sending again is
 * pointless.  A ladder that the DBA gave a cooldown goes before Meta's waits.
 */
static const wa_ladder *
effective_waits(const wa_code *shipped, const wa_override *row, const wa_code_policy *policy)
{
	const wa_ladder *waits = NULL;

	if (policy->effect == WA_EFFECT_COOLDOWN && row != NULL && row->change.has_ladder)
		waits = &policy->ladder;
	else if (shipped != NULL && shipped->retry == WA_RETRY_WAIT)
		waits = &shipped->waits;

	return waits != NULL && waits->rung[0] != WA_FOREVER ? waits : NULL;
}

static wa_retry
effective_retry(const wa_code *shipped, const wa_ladder *waits)
{
	if (waits != NULL)
		return WA_RETRY_WAIT;
	if (shipped != NULL && shipped->retry == WA_RETRY_FIX)
		return WA_RETRY_FIX;
	return WA_RETRY_NEVER;
}

static void
set_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	if (text != NULL)
		values[column] = CStringGetTextDatum(text);
}

/* Where the entry comes from, with what the DBA says about the change. */
static char *
describe_source(const wa_code *shipped, const wa_override *row)
{
	if (row == NULL)
		return pstrdup(shipped->source);
	if (shipped == NULL)
		return pstrdup("wa_error_override");
	if (row->reason == NULL)
		return psprintf("%s; changed in wa_error_override", shipped->source);
	return psprintf("%s; changed in wa_error_override: %s", shipped->source, row->reason);
}

/*
 * Fill one row of wa_error_code.  The row of an unknown code has only the
 * code.
 */
static void
describe_code(const wa_overrides *overrides, int32 code, TupleDesc desc, Datum *values, bool *nulls)
{
	const wa_code *shipped = wa_catalogue_find(code);
	const wa_override *row = wa_overrides_find(overrides, code);
	const wa_ladder *waits;
	wa_code_policy policy;
	Oid			category_type;

	if (desc->natts != Out_columns)
		elog(ERROR, "wa_error_code has %d columns instead of %d", desc->natts, Out_columns);

	memset(nulls, true, Out_columns * sizeof(bool));
	values[Out_code] = Int32GetDatum(code);
	nulls[Out_code] = false;
	if (!wa_effective_code(overrides, code, &policy))
		return;

	waits = effective_waits(shipped, row, &policy);
	category_type = get_element_type(TupleDescAttr(desc, Out_blocks)->atttypid);

	if (row != NULL && row->title != NULL)
		set_text(values, nulls, Out_title, row->title);
	else
		set_text(values, nulls, Out_title, shipped != NULL ? shipped->title : "Custom code");
	set_text(values, nulls, Out_category, wa_fault_name(policy.fault));
	set_text(values, nulls, Out_summary, shipped != NULL ? shipped->summary : row != NULL ? row->reason : NULL);
	set_text(values, nulls, Out_scope, wa_scope_name(policy.scope));
	set_text(values, nulls, Out_advice, shipped != NULL ? shipped->advice : NULL);
	set_text(values, nulls, Out_source, describe_source(shipped, row));
	set_text(values, nulls, Out_effect, effect_names[policy.effect]);
	set_text(values, nulls, Out_retry, retry_names[effective_retry(shipped, waits)]);

	values[Out_blocks] = wa_category_mask_array(visible_blocks(&policy), category_type);
	values[Out_ladder] = ladder_array(&policy.ladder);
	values[Out_lifted_by] = lifted_by_array(&policy);
	values[Out_yields_to_window] = BoolGetDatum(policy.yields_to_window);
	nulls[Out_blocks] = nulls[Out_ladder] = nulls[Out_lifted_by] = false;
	nulls[Out_yields_to_window] = false;

	if (policy.effect == WA_EFFECT_COOLDOWN)
	{
		values[Out_gap] = IntervalPGetDatum(span_interval(policy.ladder.gap, true));
		nulls[Out_gap] = false;
	}
}

/*
 * wa_error_catalogue(overridden boolean)
 *
 * All known codes, ascending: as they count now, or as they are shipped.
 */
Datum
wa_error_catalogue(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_overrides shipped_only = {0};
	wa_overrides *overrides = &shipped_only;
	int			i = 0;
	int			j = 0;

	InitMaterializedSRF(fcinfo, 0);

	if (PG_GETARG_BOOL(0))
		overrides = wa_overrides_load(get_func_namespace(fcinfo->flinfo->fn_oid));

	/* Both lists ascend: merge them. */
	while (i < wa_catalogue_size || j < overrides->count)
	{
		Datum		values[Out_columns];
		bool		nulls[Out_columns];
		int32		code;

		if (j >= overrides->count ||
			(i < wa_catalogue_size && wa_catalogue[i].code <= overrides->rows[j].code))
			code = wa_catalogue[i].code;
		else
			code = overrides->rows[j].code;
		if (i < wa_catalogue_size && wa_catalogue[i].code == code)
			i++;
		if (j < overrides->count && overrides->rows[j].code == code)
			j++;

		describe_code(overrides, code, rsinfo->setDesc, values, nulls);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * wa_classify(code integer)
 *
 * The row of wa_error_code for a code, with nothing but the code where it is
 * unknown.
 */
Datum
wa_classify(PG_FUNCTION_ARGS)
{
	wa_overrides *overrides = wa_overrides_load(get_func_namespace(fcinfo->flinfo->fn_oid));
	TupleDesc	desc;
	Datum		values[Out_columns];
	bool		nulls[Out_columns];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "wa_classify does not return a row");

	describe_code(overrides, PG_GETARG_INT32(0), desc, values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/*
 * wa_retry_after(code integer, attempt integer)
 *
 * How long to wait after the given failed attempt, counted from 1; NULL where
 * a retry is pointless.
 */
Datum
wa_retry_after(PG_FUNCTION_ARGS)
{
	int32		code = PG_GETARG_INT32(0);
	int32		attempt = PG_GETARG_INT32(1);
	wa_overrides *overrides;
	const wa_ladder *waits;
	wa_code_policy policy;
	int64		wait;

	if (attempt < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("attempt must be at least 1, not %d", attempt),
				 errdetail("Attempts are counted from 1, the first one that failed.")));

	overrides = wa_overrides_load(get_func_namespace(fcinfo->flinfo->fn_oid));
	if (!wa_effective_code(overrides, code, &policy))
		PG_RETURN_NULL();

	waits = effective_waits(wa_catalogue_find(code), wa_overrides_find(overrides, code), &policy);
	if (waits == NULL)
		PG_RETURN_NULL();

	wait = waits->rung[Min(attempt, waits->nrungs) - 1];
	if (wait == WA_FOREVER)
		PG_RETURN_NULL();

	/* In hours, lest adding it to a timestamptz gain or lose one. */
	PG_RETURN_INTERVAL_P(span_interval(wait, false));
}

/*
 * wa_override_check(code integer, blocks wa_category[], ladder interval[],
 *					 gap interval)
 *
 * The CHECK of wa_error_override.  It raises the error itself, because the
 * server's own message could not say which condition is violated.
 */
Datum
wa_override_check(PG_FUNCTION_ARGS)
{
	const wa_code *shipped;
	Interval	zero = {0};

	if (!PG_ARGISNULL(1) && array_contains_nulls(PG_GETARG_ARRAYTYPE_P(1)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"blocks\" of an error code must not contain nulls")));

	if (!PG_ARGISNULL(2))
	{
		ArrayType  *ladder = PG_GETARG_ARRAYTYPE_P(2);
		Datum	   *elements;
		bool	   *nulls;
		int			count;

		deconstruct_array(ladder, INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE,
						  &elements, &nulls, &count);
		if (ARR_NDIM(ladder) > 1 || count > WA_MAX_RUNGS)
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("\"ladder\" of an error code must be a list of at most %d waits",
							WA_MAX_RUNGS),
					 errhint("The last wait repeats, so a longer list is seldom needed.")));
		for (int i = 0; i < count; i++)
		{
			if (!nulls[i] &&
				DatumGetBool(DirectFunctionCall2(interval_lt, elements[i],
												 IntervalPGetDatum(&zero))))
				ereport(ERROR,
						(errcode(ERRCODE_CHECK_VIOLATION),
						 errmsg("\"ladder\" of an error code must not contain negative waits")));
		}
	}

	if (!PG_ARGISNULL(3) &&
		DatumGetBool(DirectFunctionCall2(interval_lt, PG_GETARG_DATUM(3),
										 IntervalPGetDatum(&zero))))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"gap\" of an error code must not be negative")));

	shipped = PG_ARGISNULL(0) ? NULL : wa_catalogue_find(PG_GETARG_INT32(0));
	if (shipped != NULL &&
		(shipped->effect == WA_EFFECT_STOP || shipped->effect == WA_EFFECT_CLOSE_WINDOW) &&
		!(PG_ARGISNULL(1) && PG_ARGISNULL(2) && PG_ARGISNULL(3)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("the effect of error code %d cannot be changed", shipped->code),
				 shipped->effect == WA_EFFECT_STOP ?
				 errdetail("It is the user's opt-out from marketing, not a cooldown.") :
				 errdetail("It closes the customer service window and is not a cooldown."),
				 errhint("Leave \"blocks\", \"ladder\" and \"gap\" null.")));

	PG_RETURN_BOOL(true);
}
