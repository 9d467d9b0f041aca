/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  Reading the arguments of a decision.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/category_oid.h"
#include "decision/arguments.h"
#include "recipient/recipient.h"
#include "rules/known.h"

void
wa_question_args_at(FunctionCallInfo fcinfo, int category, int business,
					int sender, int at, wa_question *question)
{
	wa_forbid_null_arg(fcinfo, at, "at");
	question->category = wa_category_arg(fcinfo, category);
	question->business = wa_text_arg(fcinfo, business);
	question->sender = wa_text_arg(fcinfo, sender);
	question->at = PG_GETARG_TIMESTAMPTZ(at);
	question->own_claim = 0;
}

void
wa_question_args(FunctionCallInfo fcinfo, wa_question *question)
{
	wa_question_args_at(fcinfo, 1, 2, 3, 4, question);
}

wa_decision_cache *
wa_call_cache(FunctionCallInfo fcinfo, const wa_question *question)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	wa_decision_cache *cache = wa_decision_cache_for((wa_decision_cache **) &flinfo->fn_extra,
													 flinfo->fn_oid, flinfo->fn_mcxt);

	wa_decision_cache_check(cache, question);
	return cache;
}

bool
wa_arg_is_text(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);

	return type == TEXTOID || !OidIsValid(type);
}

const wa_canonical *
wa_recipient_arg(FunctionCallInfo fcinfo, bool is_text, wa_canonical *buf)
{
	if (PG_ARGISNULL(0))
		return NULL;
	if (is_text)
		return wa_recipient_from_text(PG_GETARG_TEXT_PP(0), buf) ? buf : NULL;
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), buf);
	return buf;
}
