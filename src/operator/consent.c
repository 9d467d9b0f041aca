/*-------------------------------------------------------------------------
 *
 * consent.c
 *	  wa_opt_out and wa_opt_in: consent that an operator or a program of the business
 *	  records.
 *
 * Both return which stops stand afterwards, under any identifier of the person, as a
 * decision sees them.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "ingest/intake.h"
#include "recipient/recipient.h"
#include "rules/decide.h"
#include "rules/gather.h"
#include "rules/known.h"

PG_FUNCTION_INFO_V1(wa_opt_out);
PG_FUNCTION_INFO_V1(wa_opt_in);

/* In the order of both functions' arguments. */
enum consent_argument
{
	ARG_RECIPIENT,
	ARG_EVIDENCE,
	ARG_BUSINESS,
	ARG_AT,
	ARG_EVERYTHING
};

static wa_register
register_arg(FunctionCallInfo fcinfo)
{
	wa_forbid_null_arg(fcinfo, ARG_EVERYTHING, "everything");
	return PG_GETARG_BOOL(ARG_EVERYTHING) ? WA_REGISTER_EVERYTHING : WA_REGISTER_BUSINESS;
}

/* The event that the arguments describe; its strings are in UTF-8. */
static void
make_event(FunctionCallInfo fcinfo, bool stop, wa_event *event)
{
	memset(event, 0, sizeof(*event));
	event->kind = WA_EVENT_CONSENT;
	wa_forbid_null_arg(fcinfo, ARG_RECIPIENT, "recipient");
	wa_recipient_require(PG_GETARG_TEXT_PP(ARG_RECIPIENT), &event->ids[0]);
	event->nids = 1;
	wa_forbid_null_arg(fcinfo, ARG_AT, "at");
	event->at = PG_GETARG_TIMESTAMPTZ(ARG_AT);
	/* A wrong clock here would win forever, as it would in a webhook. */
	wa_check_moment(event->at, "time of a consent event", NULL);
	/* Whoever does not know the business may stop everything, and loosen nothing. */
	if (!stop)
		wa_forbid_null_arg(fcinfo, ARG_BUSINESS, "business");
	event->business = wa_to_utf8(wa_text_arg(fcinfo, ARG_BUSINESS));
	if (event->business.len > WA_MAX_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("business id is too long"),
				 errdetail("It may have at most %d bytes.", WA_MAX_NAME)));
	wa_require_business(wa_schema_of(fcinfo->flinfo->fn_oid), wa_text_arg(fcinfo, ARG_BUSINESS));
	event->sender = WA_STR("");
	event->message_id = WA_STR("");
	event->reg = register_arg(fcinfo);
	event->stop = stop;
	event->origin = WA_STR("operator");
	event->evidence = wa_to_utf8(wa_text_arg(fcinfo, ARG_EVIDENCE));
}

static void
record(Oid funcid, const wa_event *event)
{
	wa_intake  *intake = wa_intake_begin(funcid, false);

	wa_intake_event(intake, event);
	wa_intake_finish(intake);
}

/* The stops that stand, and what is as good as one: of each register the one that was learned last. */
typedef struct wa_standing
{
	bool		stands[WA_REGISTERS];
	wa_instant	since[WA_REGISTERS];
	bool		erased[WA_REGISTERS];	/* it is the erasure of the person */
} wa_standing;

static bool
take_stop(void *arg, const wa_objection *objection)
{
	wa_standing *standing = arg;

	if (!wa_is_opt_out(objection) && objection->rule != WA_RULE_ERASED)
		return true;
	if (!standing->stands[objection->reg] ||
		objection->since > standing->since[objection->reg])
	{
		standing->since[objection->reg] = objection->since;
		standing->erased[objection->reg] = objection->rule == WA_RULE_ERASED;
	}
	standing->stands[objection->reg] = true;
	return true;
}

/*
 * What stops marketing to the person after this event, as a decision about the
 * event's business sees it, about all of them where it speaks for every one.
 */
static void
find_standing(FunctionCallInfo fcinfo, const wa_event *event, wa_standing *standing)
{
	wa_question question = {.category = WA_MARKETING,.at = GetCurrentTimestamp()};
	wa_decision_cache *cache = NULL;

	memset(standing, 0, sizeof(*standing));
	if (event->business.len > 0)
		question.business = wa_text_arg(fcinfo, ARG_BUSINESS);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	wa_decision_cache_for(&cache, fcinfo->flinfo->fn_oid, CurrentMemoryContext);
	wa_decide(wa_facts_of(cache, &event->ids[0]), &question, take_stop, standing);
	PopActiveSnapshot();
}

/* An opt-in that does not have the effect its caller may expect. */
static void
tell_of_stop(const wa_event *event, wa_register reg, wa_instant since, bool erased)
{
	const char *who = event->ids[0].text;

	if (reg == WA_REGISTER_WHATSAPP)
		ereport(NOTICE,
				(errmsg("recipient %s has stopped marketing in WhatsApp, which this opt-in does not lift", who),
				 errdetail("Only the person can resume, in WhatsApp.")));
	else if (reg == event->reg)
		ereport(NOTICE,
				(erased ? errmsg("recipient %s was erased at %s, which this opt-in does not lift",
								 who, timestamptz_to_str(since)) :
				 errmsg("recipient %s has opted out at %s, which this opt-in does not lift",
						who, timestamptz_to_str(since)),
				 since >= event->at ? errdetail("That is not earlier than this opt-in.") :
				 errdetail("That opt-out speaks for every business.")));
	else if (reg == WA_REGISTER_EVERYTHING)
		ereport(NOTICE,
				(errmsg("recipient %s has asked never to be written to, which this opt-in does not lift", who),
				 errhint("An opt-in with everything => true does.")));
	else
		ereport(NOTICE,
				(errmsg("recipient %s has opted out of marketing, which this opt-in does not lift", who),
				 errhint("An opt-in without everything => true does.")));
}

/* The row (in_force, stopped_by). */
static Datum
standing_datum(FunctionCallInfo fcinfo, const wa_event *event, const wa_standing *standing)
{
	Datum		names[WA_REGISTERS];
	int			n = 0;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	for (int reg = 0; reg < WA_REGISTERS; reg++)
	{
		if (standing->stands[reg])
			names[n++] = wa_str_datum(wa_register_name(reg));
	}
	values[0] = BoolGetDatum(standing->stands[event->reg] == event->stop);
	values[1] = PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
	return wa_result_row(fcinfo, values, nulls);
}

Datum
wa_opt_out(PG_FUNCTION_ARGS)
{
	wa_event	event;
	wa_standing standing;

	make_event(fcinfo, true, &event);
	record(fcinfo->flinfo->fn_oid, &event);
	find_standing(fcinfo, &event, &standing);
	return standing_datum(fcinfo, &event, &standing);
}

Datum
wa_opt_in(PG_FUNCTION_ARGS)
{
	wa_event	event;
	wa_standing standing;

	make_event(fcinfo, false, &event);
	if (wa_is_blank(event.evidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an opt-in needs evidence"),
				 errhint("Say where and how the person agreed, for example the form and its time.")));
	record(fcinfo->flinfo->fn_oid, &event);
	find_standing(fcinfo, &event, &standing);
	for (int reg = 0; reg < WA_REGISTERS; reg++)
	{
		if (standing.stands[reg])
			tell_of_stop(&event, reg, standing.since[reg], standing.erased[reg]);
	}
	return standing_datum(fcinfo, &event, &standing);
}
