/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  Columns of values on their way into a statement as array parameters.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INGEST_COLUMNS_H
#define WA_INGEST_COLUMNS_H

#include "common/compat.h"

#include "common/instant.h"
#include "common/str.h"

/* One column; grows as values are put into it. */
typedef struct wa_values
{
	Oid			type;			/* of an element */
	int			filled;
	int			room;
	Datum	   *values;
	bool	   *nulls;
} wa_values;

/* An empty column in the current memory context. */
extern void wa_values_init(wa_values *column, Oid type);

/* Append one value. */
extern void wa_put_instant(wa_values *column, wa_instant at);	/* WA_NEVER: NULL */
extern void wa_put_infinite(wa_values *column, wa_instant at);	/* WA_NEVER: -infinity */
extern void wa_put_int4(wa_values *column, int32 value);
extern void wa_put_int8(wa_values *column, int64 value, bool isnull);
extern void wa_put_bool(wa_values *column, bool value, bool isnull);
extern void wa_put_str(wa_values *column, wa_str s);	/* data NULL: NULL */

/* The whole column as an array datum. */
extern Datum wa_values_array(wa_values *column);

#endif							/* WA_INGEST_COLUMNS_H */
