/*-------------------------------------------------------------------------
 *
 * failures_array.c
 *	  Between wa_failures and timestamptz[].
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "state/failures_array.h"

void
wa_failures_from_array(Datum array, wa_failures *failures)
{
	ArrayIterator iterator = array_create_iterator(DatumGetArrayTypeP(array), 0, NULL);
	Datum		value;
	bool		isnull;

	failures->n = 0;
	while (array_iterate(iterator, &value, &isnull))
	{
		if (!isnull)
			wa_failures_add(failures, DatumGetTimestampTz(value));
	}
	array_free_iterator(iterator);
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
