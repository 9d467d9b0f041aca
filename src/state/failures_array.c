/*-------------------------------------------------------------------------
 *
 * failures_array.c
 *	  Conversion between wa_failures and timestamptz[].
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/timestamp.h"

#include "base/array_in_place.h"
#include "state/failures_array.h"

void
wa_failures_from_array(Datum array, wa_failures *failures)
{
	int			n;
	const char *elements = wa_array_in_place(array, TIMESTAMPTZOID, &n);

	failures->n = 0;
	for (int i = 0; i < n; i++)
	{
		TimestampTz at;

		memcpy(&at, elements + i * sizeof(at), sizeof(at));
		wa_failures_add(failures, at);
	}
}

Datum
wa_failures_to_array(const wa_failures *failures)
{
	Datum		values[WA_MAX_FAILURES];

	for (int i = 0; i < failures->n; i++)
		values[i] = TimestampTzGetDatum(failures->at[i]);
	return PointerGetDatum(construct_array(values, failures->n, TIMESTAMPTZOID,
										   sizeof(TimestampTz), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}
