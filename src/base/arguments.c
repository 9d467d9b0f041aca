/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  Reading arguments of SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "mb/pg_wchar.h"

#include "base/arguments.h"
#include "base/encode.h"

wa_str
wa_text_arg(FunctionCallInfo fcinfo, int argno)
{
	if (argno < 0 || PG_ARGISNULL(argno))
		return wa_str_from(NULL);
	return wa_datum_str(PG_GETARG_DATUM(argno));
}

void
wa_forbid_null_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

wa_str
wa_required_text_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	wa_forbid_null_arg(fcinfo, argno, name);
	return wa_text_arg(fcinfo, argno);
}

bool
wa_is_blank(wa_str s)
{
	for (size_t i = 0; i < s.len; i++)
	{
		if (s.data[i] != ' ' && (s.data[i] < '\t' || s.data[i] > '\r'))
			return false;
	}
	return true;
}

int
wa_shown_len(wa_str name)
{
	return pg_mbcliplen(name.data, (int) name.len, 255);
}
