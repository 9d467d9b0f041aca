/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  Arguments and results of the functions of the intake.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "funcapi.h"

#include "ingest/arguments.h"

wa_str
wa_optional_text_arg(FunctionCallInfo fcinfo, int argno)
{
	struct varlena *value;

	if (PG_ARGISNULL(argno))
		return WA_STR("");
	value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno));
	return (wa_str)
	{
		VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)
	};
}

wa_str
wa_required_text_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return wa_optional_text_arg(fcinfo, argno);
}

Datum
wa_counts_datum(FunctionCallInfo fcinfo, wa_counts counts)
{
	TupleDesc	tupdesc;
	Datum		values[3];
	bool		nulls[3] = {0};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int64GetDatum(counts.applied);
	values[1] = Int64GetDatum(counts.ignored);
	values[2] = Int64GetDatum(counts.problems);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}
