/*-------------------------------------------------------------------------
 *
 * explain.c
 *	  wa_explain: every objection, in words.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "decision/arguments.h"
#include "errors/catalogue.h"
#include "errors/code_policies.h"
#include "recipient/region.h"
#include "rules/gather.h"
#include "rules/pacing.h"

PG_FUNCTION_INFO_V1(wa_explain);

enum explain_column
{
	EXPLAIN_RULE,
	EXPLAIN_REASON,
	EXPLAIN_BUSINESS,
	EXPLAIN_CODE,
	EXPLAIN_SINCE,
	EXPLAIN_UNTIL,
	EXPLAIN_ORIGIN,
	EXPLAIN_DETAIL,
	EXPLAIN_COLUMNS
};

/* Per-user limits of marketing, which WhatsApp does not have in all regions. */
#define LIMIT_CODE		131049

typedef struct wa_explaining
{
	ReturnSetInfo *rsinfo;
	wa_decision_cache *cache;
	const wa_question *question;
	const wa_canonical *recipient;	/* NULL: invalid */
} wa_explaining;

/* What is unexpected about a failure: it counts all the same. */
static void
add_unexpected(StringInfo detail, const wa_explaining *to)
{
	char		buf[3];
	const char *region = wa_region_of(to->recipient->text, to->recipient->len, buf);

	if (wa_region_is_without_limit(to->cache->schema,
								   to->cache->snapshot, region))
		appendStringInfo(detail, " It is unexpected for a number of %s, where WhatsApp has no such limit"
						 " (wa_region_without_limit).", region);
}

static char *
cooldown_detail(const wa_explaining *to, const wa_objection *objection)
{
	const wa_code_policies *policies = wa_cache_codes(to->cache);
	wa_known_code known = wa_code_policies_look_up(policies, objection->code);
	const char *title = wa_code_policies_title(policies, objection->code);
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfo(&detail, "error %d (%s), %d strike%s: %s", objection->code,
					 title != NULL ? title : "set by this database's operator",
					 objection->strikes, objection->strikes == 1 ? "" : "s",
					 known.shipped != NULL ? known.shipped->advice : "see wa_error_override.");
	if (objection->excluded > 0)
		appendStringInfo(&detail, " %d failure%s during an incident (wa_incident) %s not count.",
						 objection->excluded, objection->excluded == 1 ? "" : "s",
						 objection->excluded == 1 ? "does" : "do");
	if (known.behaves_as == LIMIT_CODE)
		add_unexpected(&detail, to);
	return detail.data;
}

static const char *
window_detail(const wa_explaining *to, const wa_objection *objection)
{
	if (objection->since != WA_NEVER)
		return "the 24-hour window after the person's last message is closed; send a template";
	return psprintf("the person has not written%s; free-form messages need an open 24-hour window",
					to->question->sender.data != NULL ? " to this sender" :
					to->question->business.data != NULL ? " to this business" : "");
}

/* Who is held, and where: what wa_release must be given to end it. */
static const char *
held_one(const wa_hold *hold, const char *whole)
{
	const char *who = hold->sender.len == 0 ? whole :
		psprintf("number %.*s", (int) hold->sender.len, hold->sender.data);

	return psprintf("%s is held back%s%.*s", who, hold->region.len > 0 ? " in " : "",
					(int) hold->region.len, hold->region.data);
}

static char *
hold_detail(const wa_explaining *to, const wa_objection *objection)
{
	const wa_code_policies *policies = wa_cache_codes(to->cache);
	const wa_code *code = objection->code == 0 ? NULL :
		wa_code_policies_look_up(policies, objection->code).shipped;

	if (code != NULL)
		return psprintf("%s by error %d (%s): %s", held_one(objection->hold, "the sender"),
						objection->code, wa_code_policies_title(policies, objection->code),
						code->advice);
	if (wa_str_equal(objection->origin, WA_STR("operator")))
		return psprintf("%s by an operator (wa_release ends it): %.*s",
						held_one(objection->hold, "the sender"),
						(int) objection->detail.len, objection->detail.data);
	return psprintf("%s by WhatsApp (%.*s); see what Meta's Business Manager says of it%s",
					held_one(objection->hold, "the account"),
					(int) objection->origin.len, objection->origin.data,
					objection->until == WA_FOREVER ? ", and end it by wa_release if it is over there" : "");
}

static char *
cap_detail(const wa_objection *objection)
{
	int			delivered = objection->strikes - objection->claimed;

	if (objection->strikes < 0)
		return psprintf("more messages were delivered since than are kept, so that their number then is unknown; %.*s",
						(int) objection->detail.len, objection->detail.data);
	if (objection->claimed > 0)
		return psprintf("%d message%s delivered and %d claimed for sending (wa_claim); %.*s",
						delivered, delivered == 1 ? " was" : "s were", objection->claimed,
						(int) objection->detail.len, objection->detail.data);
	return psprintf("%d message%s delivered; %.*s", delivered, delivered == 1 ? " was" : "s were",
					(int) objection->detail.len, objection->detail.data);
}

static char *
quiet_detail(const wa_objection *objection)
{
	if (objection->origin.data == NULL)
		return psprintf("%.*s; the time zone is unknown, so that any counts",
						(int) objection->detail.len, objection->detail.data);
	return psprintf("%.*s; by the clock of %.*s, where the person may be, it is that time",
					(int) objection->detail.len, objection->detail.data,
					(int) objection->origin.len, objection->origin.data);
}

/* A sentence for the campaign manager. */
static const char *
detail_of(const wa_explaining *to, const wa_objection *objection)
{
	switch (objection->rule)
	{
		case WA_RULE_INVALID_RECIPIENT:
			return "neither a phone number with its country code nor a business-scoped user id";
		case WA_RULE_OPTED_OUT_WHATSAPP:
			return "opted out of marketing via WhatsApp; only the person can resume, in WhatsApp";
		case WA_RULE_OPTED_OUT_BUSINESS:
			return objection->reg == WA_REGISTER_EVERYTHING ?
				"asked never to be written to; a new opt-in with evidence (wa_opt_in with everything => true) lifts it" :
				"opted out of marketing with the business; a new opt-in with evidence (wa_opt_in) lifts it";
		case WA_RULE_REGION:
			return objection->detail.len == 0 ? "forbidden in that region by a row of wa_region_rule" :
				pnstrdup(objection->detail.data, objection->detail.len);
		case WA_RULE_COOLDOWN:
			return cooldown_detail(to, objection);
		case WA_RULE_WINDOW_CLOSED:
			return window_detail(to, objection);
		case WA_RULE_FREQUENCY_CAP:
			return cap_detail(objection);
		case WA_RULE_QUIET_HOURS:
			return quiet_detail(objection);
		case WA_RULE_NO_OPT_IN:
			return "has not opted in to marketing with the business, which wa_policy.require_opt_in asks for; wa_opt_in with evidence, or an opt-in phrase of the person, is one";
		case WA_RULE_SENDER_HOLD:
			return hold_detail(to, objection);
		case WA_RULE_ERASED:
			return objection->reg == WA_REGISTER_EVERYTHING ?
				"the person was erased at its request, and had asked never to be written to; a new opt-in with evidence (wa_opt_in with everything => true) lifts it" :
				"the person was erased at its request; a new opt-in with evidence (wa_opt_in) lifts it";
		case WA_RULE_TOO_MANY_IDENTIFIERS:
			return "linked with more identifiers than a person can have (wa_identity, wa_identity_change); wa_unlink the wrong ones";
	}
	return NULL;				/* keep the compiler quiet */
}

static bool
put_objection(void *arg, const wa_objection *objection)
{
	const wa_explaining *to = arg;
	Datum		values[EXPLAIN_COLUMNS];
	bool		nulls[EXPLAIN_COLUMNS] = {0};
	int32		code = objection->code;
	const char *detail;

	values[EXPLAIN_RULE] = Int32GetDatum(objection->rule);
	values[EXPLAIN_REASON] = CStringGetTextDatum(wa_rule_name(objection->rule));
	values[EXPLAIN_CODE] = Int32GetDatum(code);
	nulls[EXPLAIN_CODE] = code == 0;
	values[EXPLAIN_SINCE] = TimestampTzGetDatum(objection->since);
	nulls[EXPLAIN_SINCE] = objection->since == WA_NEVER;
	values[EXPLAIN_UNTIL] = TimestampTzGetDatum(objection->until);
	nulls[EXPLAIN_UNTIL] = objection->until == WA_FOREVER;
	detail = detail_of(to, objection);
	if (objection->learned_under.data != NULL)
		detail = psprintf("%s (learned under %.*s)", detail,
						  (int) objection->learned_under.len, objection->learned_under.data);
	values[EXPLAIN_DETAIL] = CStringGetTextDatum(detail);

	wa_set_text(values, nulls, EXPLAIN_BUSINESS, objection->business);
	wa_set_text(values, nulls, EXPLAIN_ORIGIN, objection->origin);
	tuplestore_putvalues(to->rsinfo->setResult, to->rsinfo->setDesc, values, nulls);
	return true;
}

Datum
wa_explain(PG_FUNCTION_ARGS)
{
	wa_explaining to = {.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo};
	wa_question question;
	wa_canonical buf;

	wa_question_args(fcinfo, &question);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	to.cache = wa_call_cache(fcinfo, &question);
	to.question = &question;
	to.recipient = wa_recipient_arg(fcinfo, wa_arg_is_text(fcinfo), &buf);
	wa_decide(wa_facts_of(to.cache, to.recipient), &question, put_objection, &to);
	return (Datum) 0;
}
