/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  The arguments that all functions of the decision have in common:
 *	  (phone, category, business, sender, at).
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ARGUMENTS_H
#define WA_ARGUMENTS_H

#include "base/compat.h"

#include "rules/decide.h"
#include "recipient/phone.h"

/*
 * Read arguments 1 to 4 (category, business, sender, at).  NULL for business
 * or sender means any; a NULL category or at, and an unknown category, are
 * ERRORs.  The strings are borrowed from the arguments.
 */
extern void wa_question_args(FunctionCallInfo fcinfo, wa_question *question);

/* The same with the numbers of the arguments; -1 where there is none. */
extern void wa_question_args_at(FunctionCallInfo fcinfo, int category, int business,
								int sender, int at, wa_question *question);

/*
 * Read argument 0, a wa_recipient or a text.  Returns buf filled in, or NULL
 * where it is NULL or no recipient.
 */
extern const wa_canonical *wa_recipient_arg(FunctionCallInfo fcinfo, bool is_text,
											wa_canonical *buf);

#endif							/* WA_ARGUMENTS_H */
