/*-------------------------------------------------------------------------
 *
 * sendable.c
 *	  wa_sendable and wa_next_sendable: one recipient, one answer.
 *
 * This is the path by index look-ups.  The set-wise path (read the suppressed
 * set once, probe it in memory) takes its place before wa_facts_of, where the
 * number of calls so far says that it pays.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "utils/timestamp.h"

#include "decision/arguments.h"
#include "decision/facts.h"

PG_FUNCTION_INFO_V1(wa_sendable_text);
PG_FUNCTION_INFO_V1(wa_sendable_recipient);
PG_FUNCTION_INFO_V1(wa_next_sendable_text);
PG_FUNCTION_INFO_V1(wa_next_sendable_recipient);

static bool
sendable(FunctionCallInfo fcinfo, bool is_text)
{
	wa_question question;
	wa_canonical buf;
	const wa_canonical *recipient;

	wa_question_args(fcinfo, &question);
	recipient = wa_recipient_arg(fcinfo, is_text, &buf);
	if (recipient == NULL)
		return false;
	return wa_decide(wa_facts_of(wa_library_for(fcinfo), recipient), &question, NULL, NULL);
}

static TimestampTz
next_sendable(FunctionCallInfo fcinfo, bool is_text)
{
	wa_question question;
	wa_canonical buf;
	const wa_canonical *recipient;

	wa_question_args(fcinfo, &question);
	recipient = wa_recipient_arg(fcinfo, is_text, &buf);
	return wa_next(wa_facts_of(wa_library_for(fcinfo), recipient), &question);
}

Datum
wa_sendable_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sendable(fcinfo, true));
}

Datum
wa_sendable_recipient(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sendable(fcinfo, false));
}

Datum
wa_next_sendable_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(next_sendable(fcinfo, true));
}

Datum
wa_next_sendable_recipient(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(next_sendable(fcinfo, false));
}
