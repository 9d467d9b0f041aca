/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  Reading arguments of SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_COMMON_ARGUMENTS_H
#define WA_COMMON_ARGUMENTS_H

#include "base/compat.h"

#include "base/str.h"

/* A text or bytea argument, borrowed; data NULL where it is NULL or argno < 0. */
extern wa_str wa_text_arg(FunctionCallInfo fcinfo, int argno);

/* An ERROR (null_value_not_allowed) that names the argument where it is NULL. */
extern void wa_forbid_null_arg(FunctionCallInfo fcinfo, int argno, const char *name);

/* Both. */
extern wa_str wa_required_text_arg(FunctionCallInfo fcinfo, int argno, const char *name);

/* So many bytes of a name are shown in a message: ids and names are no longer, what is given may be. */
extern int	wa_shown_len(wa_str name);

/* Nothing in it but blanks? */
extern bool wa_is_blank(wa_str s);

#endif							/* WA_COMMON_ARGUMENTS_H */
