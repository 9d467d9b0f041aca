/*-------------------------------------------------------------------------
 *
 * columns.c
 *	  Making array parameters.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "ingest/columns.h"
#include "common/encode.h"

void
wa_values_init(wa_values *column, Oid type)
{
	column->type = type;
	column->filled = 0;
	column->room = 8;
	column->values = palloc(column->room * sizeof(Datum));
	column->nulls = palloc(column->room * sizeof(bool));
}

static void
put(wa_values *column, Datum value, bool isnull)
{
	if (column->filled == column->room)
	{
		column->room *= 2;
		column->values = repalloc_huge(column->values, column->room * sizeof(Datum));
		column->nulls = repalloc_huge(column->nulls, column->room * sizeof(bool));
	}
	column->values[column->filled] = value;
	column->nulls[column->filled++] = isnull;
}

void
wa_put_instant(wa_values *column, wa_instant at)
{
	put(column, TimestampTzGetDatum(at), at == WA_NEVER);
}

void
wa_put_infinite(wa_values *column, wa_instant at)
{
	put(column, TimestampTzGetDatum(at), false);
}

void
wa_put_int4(wa_values *column, int32 value)
{
	put(column, Int32GetDatum(value), false);
}

void
wa_put_int8(wa_values *column, int64 value, bool isnull)
{
	put(column, Int64GetDatum(value), isnull);
}

void
wa_put_bool(wa_values *column, bool value, bool isnull)
{
	put(column, BoolGetDatum(value), isnull);
}

void
wa_put_str(wa_values *column, wa_str s)
{
	put(column, s.data == NULL ? (Datum) 0 : wa_str_datum(s), s.data == NULL);
}

Datum
wa_values_array(wa_values *column)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;
	int			lower = 1;

	if (column->filled == 0)
		return PointerGetDatum(construct_empty_array(column->type));
	get_typlenbyvalalign(column->type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_md_array(column->values, column->nulls, 1,
											  &column->filled, &lower, column->type,
											  typlen, typbyval, typalign));
}
