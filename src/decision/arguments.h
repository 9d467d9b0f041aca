/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  Reading the arguments common to all decision functions:
 *	  (phone, category, business, sender, at).
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ARGUMENTS_H
#define WA_ARGUMENTS_H

#include "base/compat.h"

#include "rules/decide.h"
#include "rules/gather.h"
#include "recipient/phone.h"

/*
 * Read arguments 1 to 4 (category, business, sender, at).  NULL for business means all and
 * NULL for sender any.  Errors: null_value_not_allowed for a NULL category or at; those of
 * wa_category_from_oid.  The strings are borrowed from the arguments.
 */
extern void wa_question_args(FunctionCallInfo fcinfo, wa_question *question);

/* The same, with the numbers of the arguments given; -1 for an argument that is absent. */
extern void wa_question_args_at(FunctionCallInfo fcinfo, int category, int business,
								int sender, int at, wa_question *question);

/*
 * The decision cache of a call site, whose fn_extra holds nothing else, after the check that the
 * question can be answered (rules/known.h).
 */
extern wa_decision_cache *wa_call_cache(FunctionCallInfo fcinfo, const wa_question *question);

/*
 * Is argument 0 a text, or must it be read as one, since nothing tells its type?  That leaves a
 * wa_recipient as it is, but takes longer.
 */
extern bool wa_arg_is_text(FunctionCallInfo fcinfo);

/*
 * Read argument 0, a text or else a wa_recipient.  Returns buf, filled in, or NULL where the
 * argument is NULL or no recipient.
 */
extern const wa_canonical *wa_recipient_arg(FunctionCallInfo fcinfo, bool is_text,
											wa_canonical *buf);

#endif							/* WA_ARGUMENTS_H */
