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
#include "decision/evaluator.h"

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
	if (wa_decide(wa_facts_of(cache, wa_recipient_arg(fcinfo, true, &buf)), &question,
				  wa_keep_rule, &rule))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(wa_rule_name(rule)));
}
