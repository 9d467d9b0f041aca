/*-------------------------------------------------------------------------
 *
 * recheck.c
 *	  wa__reason_beside: may a recipient that was just claimed be sent to, if that claim
 *	  itself is ignored?
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/builtins.h"

#include "base/arguments.h"
#include "decision/arguments.h"

PG_FUNCTION_INFO_V1(wa__reason_beside);

Datum
wa__reason_beside(PG_FUNCTION_ARGS)
{
	wa_decision_cache *cache;
	wa_question question;
	wa_canonical buf;
	wa_rule		rule;

	wa_question_args(fcinfo, &question);
	wa_forbid_null_arg(fcinfo, 5, "token");
	question.own_claim = PG_GETARG_INT64(5);
	cache = wa_call_cache(fcinfo, &question);
	rule = wa_first_rule(wa_facts_of(cache, wa_recipient_arg(fcinfo, true, &buf)), &question);
	if (rule == WA_NO_RULE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(wa_rule_name(rule)));
}
