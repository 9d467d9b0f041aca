/*-------------------------------------------------------------------------
 *
 * policy_check.c
 *	  Checks of the rows of wa_error_override and wa_incident.
 *
 * The function for the CHECK of wa_error_override checks one row, triggers compare it with
 * others.  They raise errors themselves, which tell what is wrong and what to do.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "errors/code_policies.h"

PG_FUNCTION_INFO_V1(wa__override_check);
PG_FUNCTION_INFO_V1(wa__override_guard);
PG_FUNCTION_INFO_V1(wa__incident_guard);

/* Arguments of wa__override_check; the order is that of errors.sql. */
enum
{
	Arg_code,
	Arg_same_as,
	Arg_category,
	Arg_blocks,
	Arg_ladder,
	Arg_gap,
	Arg_lifted_by,
	Arg_scope
};

/* An opt-out, or the closing of the window; no cooldown. */
static bool
is_fixed(wa_effect effect)
{
	return effect == WA_EFFECT_STOP || effect == WA_EFFECT_CLOSE_WINDOW;
}

static const char *
fixed_detail(wa_effect effect)
{
	return effect == WA_EFFECT_STOP ?
		"It is the user's opt-out from marketing, not a cooldown." :
		"It closes the customer service window and is not a cooldown.";
}

static bool
is_negative(Datum interval)
{
	Interval	zero = {0};

	return DatumGetBool(DirectFunctionCall2(interval_lt, interval, IntervalPGetDatum(&zero)));
}

static void
check_ladder(ArrayType *ladder)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(ladder, INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE,
					  &elements, &nulls, &count);
	if (ARR_NDIM(ladder) > 1 || count > WA_MAX_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"ladder\" of an error code must be a list of at most %d waits",
						WA_MAX_STEPS),
				 errhint("The last wait repeats, so a longer list is seldom needed.")));
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i] && is_negative(elements[i]))
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("\"ladder\" of an error code must not contain negative waits")));
	}
}

/* A code that behaves as another has nothing of its own but title and reason. */
static void
check_same_as(FunctionCallInfo fcinfo, int32 same_as)
{
	static const int others[] = {
		Arg_category, Arg_blocks, Arg_ladder, Arg_gap, Arg_lifted_by, Arg_scope
	};

	if (!PG_ARGISNULL(Arg_code) && PG_GETARG_INT32(Arg_code) == same_as)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("error code %d cannot be the same as itself", same_as)));
	if (wa_catalogue_find(same_as) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("error code %d is not known", same_as),
				 errdetail("\"same_as\" must name a code that the extension defines."),
				 errhint("SELECT code, title FROM wa_error_catalogue(false) lists them.")));
	for (int i = 0; i < lengthof(others); i++)
	{
		if (!PG_ARGISNULL(others[i]))
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("an error code that is the same as %d cannot differ from it", same_as),
					 errhint("Leave \"category\", \"blocks\", \"ladder\", \"gap\", \"lifted_by\" and \"scope\" null, or change them in the row of %d.",
							 same_as)));
	}
}

static void
check_fixed_effect(FunctionCallInfo fcinfo, const wa_code *shipped)
{
	if (shipped == NULL || !is_fixed(shipped->effect))
		return;
	if (PG_ARGISNULL(Arg_same_as) && PG_ARGISNULL(Arg_blocks) && PG_ARGISNULL(Arg_ladder) &&
		PG_ARGISNULL(Arg_gap) && PG_ARGISNULL(Arg_lifted_by))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("the effect of error code %d cannot be changed", shipped->code),
			 errdetail_internal("%s", fixed_detail(shipped->effect)),
			 errhint("Leave \"same_as\", \"blocks\", \"ladder\", \"gap\" and \"lifted_by\" null.")));
}

static bool
has_elements(FunctionCallInfo fcinfo, int argument)
{
	return !PG_ARGISNULL(argument) && ARR_NDIM(PG_GETARG_ARRAYTYPE_P(argument)) > 0;
}

/*
 * A code without a default cooldown needs both halves of one: each alone would
 * be shown by wa_error_code, and have no effect.
 */
static void
check_half_cooldown(FunctionCallInfo fcinfo, int32 code)
{
	const wa_code *shipped = wa_catalogue_find(code);

	if (shipped != NULL && shipped->blocks != 0)
		return;
	if (has_elements(fcinfo, Arg_ladder) && PG_ARGISNULL(Arg_blocks))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"ladder\" of error code %d needs \"blocks\"", code),
				 errdetail("The code blocks no messages to its recipient, so that nothing would wait. How long it holds the sender is fixed."),
				 errhint("Say in \"blocks\" which messages it blocks. A hold of the sender ends by wa_release.")));
	if (has_elements(fcinfo, Arg_blocks) && PG_ARGISNULL(Arg_ladder))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"blocks\" of error code %d needs \"ladder\"", code),
				 errdetail("The code has no waits by default, so that nothing would be blocked."),
				 errhint("Say in \"ladder\" how long it blocks; NULL in it is a wait without end.")));
}

static void
check_category(const char *category)
{
	wa_fault	fault;

	if (!wa_fault_from_name(category, &fault))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("unrecognized \"category\" of an error code: \"%s\"", category),
				 errdetail("It says whose fault the error is: sender, recipient or platform."),
				 errhint("Categories of messages belong in \"blocks\".")));
}

static void
check_scope(const char *name)
{
	wa_scope	scope;
	StringInfoData list;

	if (wa_scope_from_name(name, &scope))
		return;
	initStringInfo(&list);
	for (int i = 0; i < WA_SCOPES; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : i == WA_SCOPES - 1 ? " or " : ", ",
						 wa_scope_name(i));
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("unrecognized \"scope\" of an error code: \"%s\"", name),
			 errdetail("It says how far the error reaches: %s.", list.data)));
}

/*
 * wa__override_check(code, same_as, category, blocks, ladder, gap, lifted_by, scope)
 *
 * The CHECK of wa_error_override: true, or an error.
 */
Datum
wa__override_check(PG_FUNCTION_ARGS)
{
	uint8		lifted_by;

	if (!PG_ARGISNULL(Arg_category))
		check_category(text_to_cstring(PG_GETARG_TEXT_PP(Arg_category)));
	if (!PG_ARGISNULL(Arg_scope))
		check_scope(text_to_cstring(PG_GETARG_TEXT_PP(Arg_scope)));
	if (!PG_ARGISNULL(Arg_blocks) && array_contains_nulls(PG_GETARG_ARRAYTYPE_P(Arg_blocks)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"blocks\" of an error code must not contain nulls")));
	if (!PG_ARGISNULL(Arg_ladder))
		check_ladder(PG_GETARG_ARRAYTYPE_P(Arg_ladder));
	if (!PG_ARGISNULL(Arg_gap) && is_negative(PG_GETARG_DATUM(Arg_gap)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"gap\" of an error code must not be negative")));
	if (!PG_ARGISNULL(Arg_lifted_by) &&
		!wa_lifted_by_from_array(PG_GETARG_DATUM(Arg_lifted_by), &lifted_by))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("\"lifted_by\" of an error code may contain \"inbound\", \"receipt\" and \"marketing_receipt\" only")));
	if (!PG_ARGISNULL(Arg_code))
		check_fixed_effect(fcinfo, wa_catalogue_find(PG_GETARG_INT32(Arg_code)));
	if (!PG_ARGISNULL(Arg_same_as))
		check_same_as(fcinfo, PG_GETARG_INT32(Arg_same_as));
	else if (!PG_ARGISNULL(Arg_code))
		check_half_cooldown(fcinfo, PG_GETARG_INT32(Arg_code));
	PG_RETURN_BOOL(true);
}

/* The overrides with what the statement has written that fired the trigger. */
static wa_code_policies *
load_with_own_changes(FunctionCallInfo fcinfo)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	wa_code_policies *policies;

	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	policies = wa_code_policies_load_overrides(schema);
	PopActiveSnapshot();
	return policies;
}

/*
 * The trigger of wa_error_override, once per statement: no code may be the same
 * as one that is itself the same as another.  Of any set of rows that passes, so
 * does each part, so that a restore may bring them in whatever order.
 */
Datum
wa__override_guard(PG_FUNCTION_ARGS)
{
	const wa_code_policies *policies;

	wa_trigger_data(fcinfo, "wa__override_guard");
	policies = load_with_own_changes(fcinfo);
	for (int i = 0; i < policies->noverrides; i++)
	{
		const wa_override *row = &policies->overrides[i];
		int32		target = row->has_same_as ? row->same_as : row->code;
		int32		end = wa_code_policies_look_up(policies, target).behaves_as;

		if (row->has_same_as && end != target)
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("error code %d cannot be the same as %d, which is itself the same as %d",
							row->code, target, end),
					 errhint("Chains of \"same_as\" are not followed: name the last code in each row.")));
	}
	PG_RETURN_POINTER(NULL);
}

/* Was the row made by this transaction, and not brought back by a restore? */
static bool
is_recorded_now(const TriggerData *trigger)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	bool		isnull;
	Datum		recorded_at = heap_getattr(trigger->tg_trigtuple,
										   SPI_fnumber(desc, "recorded_at"), desc, &isnull);

	return !isnull && DatumGetTimestampTz(recorded_at) == GetCurrentTransactionStartTimestamp();
}

/*
 * The trigger of wa_incident, for each row: its code must be known.  A restore may
 * bring the row before that of wa_error_override which makes the code known, and is
 * not asked; an incident of an unknown code does nothing.
 */
Datum
wa__incident_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = wa_trigger_data(fcinfo, "wa__incident_guard");
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	bool		is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	HeapTuple	tuple = is_update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	wa_code_policy policy;
	bool		isnull;
	int32		code = DatumGetInt32(heap_getattr(tuple, SPI_fnumber(desc, "code"), desc, &isnull));

	if (!is_update && !is_recorded_now(trigger))
		PG_RETURN_POINTER(NULL);
	if (!wa_code_policies_find(load_with_own_changes(fcinfo), code, &policy))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("error code %d is not known", code),
				 errhint("Correct the number, or make the code known by a row in wa_error_override first.")));
	if (is_fixed(policy.effect))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("an incident cannot undo error code %d", code),
				 errdetail_internal("%s", fixed_detail(policy.effect))));
	PG_RETURN_POINTER(NULL);
}
