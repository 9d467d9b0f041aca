/*-------------------------------------------------------------------------
 *
 * counts.c
 *	  The result of the SQL functions of intake.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"

#include "ingest/counts.h"

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
