/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  The arguments of SQL functions, and their result rows.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "funcapi.h"
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

Datum
wa_result_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

void
wa_set_text(Datum *values, bool *nulls, int column, wa_str s)
{
	nulls[column] = s.data == NULL;
	if (s.data != NULL)
		values[column] = wa_str_datum(s);
}

const TriggerData *
wa_trigger_data(FunctionCallInfo fcinfo, const char *function)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", function)));
	return (const TriggerData *) fcinfo->context;
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
