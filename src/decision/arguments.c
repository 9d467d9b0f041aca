/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  Reading the arguments of a decision.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "utils/timestamp.h"

#include "common/category_oid.h"
#include "decision/arguments.h"
#include "recipient/recipient.h"

static wa_str
optional_text_arg(FunctionCallInfo fcinfo, int argno)
{
	wa_str		result = {NULL, 0};
	text	   *value;

	if (argno < 0 || PG_ARGISNULL(argno))
		return result;
	value = PG_GETARG_TEXT_PP(argno);
	result.data = VARDATA_ANY(value);
	result.len = VARSIZE_ANY_EXHDR(value);
	return result;
}

void
wa_question_args_at(FunctionCallInfo fcinfo, int category, int business,
					int sender, int at, wa_question *question)
{
	if (PG_ARGISNULL(at))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("time of the decision must not be null")));
	question->category = wa_category_arg(fcinfo, category);
	question->business = optional_text_arg(fcinfo, business);
	question->sender = optional_text_arg(fcinfo, sender);
	question->at = PG_GETARG_TIMESTAMPTZ(at);
}

void
wa_question_args(FunctionCallInfo fcinfo, wa_question *question)
{
	wa_question_args_at(fcinfo, 1, 2, 3, 4, question);
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
