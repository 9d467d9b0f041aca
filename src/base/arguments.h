/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  The arguments of SQL functions, and their result rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_BASE_ARGUMENTS_H
#define WA_BASE_ARGUMENTS_H

#include "base/compat.h"

#include "base/str.h"

/*
 * A text or bytea argument, borrowed; data is NULL where the argument is NULL or argno is
 * less than 0.
 */
extern wa_str wa_text_arg(FunctionCallInfo fcinfo, int argno);

/* Raise null_value_not_allowed, with the name of the argument, if it is NULL. */
extern void wa_forbid_null_arg(FunctionCallInfo fcinfo, int argno, const char *name);

/* A text or bytea argument that must not be NULL, else null_value_not_allowed. */
extern wa_str wa_required_text_arg(FunctionCallInfo fcinfo, int argno, const char *name);

/*
 * How many bytes of a name a message shows: 255 at most, whole characters.  Valid ids and names are
 * not longer, but an argument may be.
 */
extern int	wa_shown_len(wa_str name);

/*
 * The row that the function returns, of its declared columns, allocated in the current memory context.  An ERROR
 * where it is not declared to return one.
 */
extern Datum wa_result_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* Set a column of a result row to a text, which is copied into the current memory context; NULL where it is absent. */
extern void wa_set_text(Datum *values, bool *nulls, int column, wa_str s);

/* What a trigger was called with; an ERROR where function, its name, was called otherwise. */
extern const struct TriggerData *wa_trigger_data(FunctionCallInfo fcinfo, const char *function);

/* Does the string consist of blanks only, or is it empty? */
extern bool wa_is_blank(wa_str s);

#endif							/* WA_BASE_ARGUMENTS_H */
