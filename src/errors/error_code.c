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

#include "base/arguments.h"
#include "base/category_oid.h"
#include "errors/code_policies.h"

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
	Out_lift_after,
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
	Datum		elements[WA_MAX_STEPS];
	bool		nulls[WA_MAX_STEPS];
	int			dims[1] = {ladder->nsteps};
	int			lower[1] = {1};

	if (ladder->nsteps == 0)
		return PointerGetDatum(construct_empty_array(INTERVALOID));

	for (int i = 0; i < ladder->nsteps; i++)
	{
		nulls[i] = ladder->step[i] == WA_FOREVER;
		elements[i] = nulls[i] ? (Datum) 0 :
			IntervalPGetDatum(span_interval(ladder->step[i], true));
	}
	return PointerGetDatum(construct_md_array(elements, nulls, 1, dims, lower, INTERVALOID,
											  sizeof(Interval), false, TYPALIGN_DOUBLE));
}

static Datum
lifted_by_array(const wa_code_policy *policy)
{
	Datum		elements[WA_EVIDENCES];
	int			count = 0;

	if (policy->effect == WA_EFFECT_STOP)
		elements[count++] = CStringGetTextDatum("resume");
	else if (policy->effect == WA_EFFECT_CLOSE_WINDOW)
		elements[count++] = CStringGetTextDatum(wa_evidence_name(WA_EVIDENCE_INBOUND));
	else if (policy->effect == WA_EFFECT_COOLDOWN)
	{
		for (int i = 0; i < WA_EVIDENCES; i++)
		{
			if (policy->lifted_by & (1 << i))
				elements[count++] = CStringGetTextDatum(wa_evidence_name(i));
		}
	}
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The element for each of a cooldown's lifted_by. */
static Datum
lift_after_array(const wa_code_policy *policy)
{
	Datum		elements[WA_EVIDENCES];
	int			count = 0;

	for (int i = 0; i < WA_EVIDENCES; i++)
	{
		if (policy->lifted_by & (1 << i))
			elements[count++] = IntervalPGetDatum(span_interval(policy->lift_after[i], false));
	}
	return PointerGetDatum(construct_array(elements, count, INTERVALOID, sizeof(Interval), false,
										   TYPALIGN_DOUBLE));
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
effective_waits(const wa_known_code *known, const wa_code_policy *policy)
{
	const wa_ladder *waits = NULL;

	if (policy->effect == WA_EFFECT_COOLDOWN &&
		known->row != NULL && known->row->change.has_ladder)
		waits = &policy->ladder;
	else if (known->shipped != NULL && known->shipped->waits.nsteps > 0)
		waits = &known->shipped->waits;

	return waits != NULL && waits->step[0] != WA_FOREVER ? waits : NULL;
}

static wa_retry
effective_retry(const wa_known_code *known, const wa_code_policy *policy)
{
	const wa_code *shipped = known->shipped;
	const wa_ladder *waits = effective_waits(known, policy);

	if (waits == NULL)
		return shipped != NULL && shipped->retry == WA_RETRY_FIX ? WA_RETRY_FIX : WA_RETRY_NEVER;
	return shipped != NULL && waits == &shipped->waits ? shipped->retry : WA_RETRY_WAIT;
}

static void
set_text(Datum *values, bool *nulls, int column, const char *text)
{
	wa_set_text(values, nulls, column, wa_str_from(text));
}

/* Where the entry comes from, with what the DBA says about the change. */
static const char *
describe_source(const wa_known_code *known)
{
	const wa_override *own = known->own;
	const char *shipped = known->shipped == NULL ? NULL : known->shipped->source;
	const char *change;

	if (own == NULL)
		return shipped;
	if (shipped == NULL)
		return "wa_error_override";
	change = own->has_same_as ?
		psprintf("the same as %d by wa_error_override", own->same_as) :
		"changed in wa_error_override";
	if (own->reason == NULL)
		return psprintf("%s; %s", shipped, change);
	return psprintf("%s; %s: %s", shipped, change, own->reason);
}

/* The columns of text, from the catalogue where the DBA gives none. */
static void
describe_in_words(const wa_known_code *known, const char *title, Datum *values, bool *nulls)
{
	const wa_code *shipped = known->shipped;

	set_text(values, nulls, Out_title, title != NULL ? title : "Custom code");
	set_text(values, nulls, Out_summary,
			 shipped != NULL ? shipped->summary : known->own != NULL ? known->own->reason : NULL);
	set_text(values, nulls, Out_advice, shipped != NULL ? shipped->advice : NULL);
	set_text(values, nulls, Out_source, describe_source(known));
}

static void
set_value(Datum *values, bool *nulls, int column, Datum value)
{
	values[column] = value;
	nulls[column] = false;
}

static void
describe_policy(const wa_code_policy *policy, Oid category_type, Datum *values, bool *nulls)
{
	set_text(values, nulls, Out_category, wa_fault_name(policy->fault));
	set_text(values, nulls, Out_scope, wa_scope_name(policy->scope));
	set_text(values, nulls, Out_effect, effect_names[policy->effect]);
	set_value(values, nulls, Out_blocks,
			  wa_category_mask_array(visible_blocks(policy), category_type));
	set_value(values, nulls, Out_ladder, ladder_array(&policy->ladder));
	set_value(values, nulls, Out_lifted_by, lifted_by_array(policy));
	set_value(values, nulls, Out_yields_to_window, BoolGetDatum(policy->yields_to_window));
	if (policy->effect == WA_EFFECT_COOLDOWN)
	{
		set_value(values, nulls, Out_gap,
				  IntervalPGetDatum(span_interval(policy->ladder.gap, true)));
		set_value(values, nulls, Out_lift_after, lift_after_array(policy));
	}
}

/*
 * Fill one row of wa_error_code.  The row of an unknown code has only the
 * code.
 */
static void
describe_code(const wa_code_policies *policies, int32 code, TupleDesc desc,
			  Datum *values, bool *nulls)
{
	wa_known_code known = wa_code_policies_look_up(policies, code);
	wa_code_policy policy;

	if (desc->natts != Out_columns)
		elog(ERROR, "wa_error_code has %d columns instead of %d", desc->natts, Out_columns);

	memset(nulls, true, Out_columns * sizeof(bool));
	set_value(values, nulls, Out_code, Int32GetDatum(code));
	if (!wa_code_policies_find(policies, code, &policy))
		return;
	describe_in_words(&known, wa_code_policies_title(policies, code), values, nulls);
	describe_policy(&policy, get_element_type(TupleDescAttr(desc, Out_blocks)->atttypid),
					values, nulls);
	set_text(values, nulls, Out_retry, retry_names[effective_retry(&known, &policy)]);
}

/*
 * wa_error_catalogue(overridden boolean)
 *
 * All known codes, ascending: as they count now, or as the extension defines them.
 */
Datum
wa_error_catalogue(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_code_policies shipped_only = {0};
	wa_code_policies *policies = &shipped_only;
	int			i = 0;
	int			j = 0;

	InitMaterializedSRF(fcinfo, 0);

	if (PG_GETARG_BOOL(0))
		policies = wa_code_policies_load(wa_schema_of(fcinfo->flinfo->fn_oid));

	/* Both lists ascend: merge them. */
	while (i < wa_catalogue_size || j < policies->noverrides)
	{
		Datum		values[Out_columns];
		bool		nulls[Out_columns];
		int32		code;

		if (j >= policies->noverrides ||
			(i < wa_catalogue_size && wa_catalogue[i].code <= policies->overrides[j].code))
			code = wa_catalogue[i].code;
		else
			code = policies->overrides[j].code;
		if (i < wa_catalogue_size && wa_catalogue[i].code == code)
			i++;
		if (j < policies->noverrides && policies->overrides[j].code == code)
			j++;

		describe_code(policies, code, rsinfo->setDesc, values, nulls);
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
	wa_code_policies *policies = wa_code_policies_load(wa_schema_of(fcinfo->flinfo->fn_oid));
	TupleDesc	desc;
	Datum		values[Out_columns];
	bool		nulls[Out_columns];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "wa_classify does not return a row");

	describe_code(policies, PG_GETARG_INT32(0), desc, values, nulls);
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
	const wa_code_policies *policies = wa_code_policies_load(wa_schema_of(fcinfo->flinfo->fn_oid));
	wa_known_code known = wa_code_policies_look_up(policies, code);
	wa_code_policy policy;
	const wa_ladder *waits;
	int64		wait;

	if (attempt < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("attempt must be at least 1, not %d", attempt),
				 errdetail("Attempts are counted from 1, the first one that failed.")));

	if (!wa_code_policies_find(policies, code, &policy))
		PG_RETURN_NULL();
	waits = effective_waits(&known, &policy);
	if (waits == NULL)
		PG_RETURN_NULL();

	wait = waits->step[Min(attempt, waits->nsteps) - 1];
	if (wait == WA_FOREVER)
		PG_RETURN_NULL();

	/* In hours, since adding days to a timestamptz may gain or lose an hour. */
	PG_RETURN_INTERVAL_P(span_interval(wait, false));
}
