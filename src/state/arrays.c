/*-------------------------------------------------------------------------
 *
 * arrays.c
 *	  The bounded sets of failures and of deliveries as arrays of SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/array_in_place.h"
#include "state/arrays.h"

PG_FUNCTION_INFO_V1(wa__delivery_merge);

void
wa_failures_from_array(Datum array, wa_failures *failures)
{
	int			n;
	const char *elements = wa_array_in_place(array, TIMESTAMPTZOID, "wa_cooldown", &n);

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

void
wa_deliveries_from_arrays(Datum instants, Datum messages, wa_deliveries *deliveries)
{
	int			ninstants;
	int			nmessages;
	const char *at = wa_array_in_place(instants, TIMESTAMPTZOID, "wa_delivery", &ninstants);
	const char *message = wa_array_in_place(messages, INT4OID, "wa_delivery", &nmessages);

	for (int i = 0; i < Min(ninstants, nmessages); i++)
	{
		wa_delivery delivery;

		memcpy(&delivery.at, at + i * sizeof(TimestampTz), sizeof(TimestampTz));
		memcpy(&delivery.message, message + i * sizeof(int32), sizeof(int32));
		wa_deliveries_add(deliveries, delivery);
	}
}

wa_instant
wa_latest_of_array(Datum instants)
{
	int			n;
	const char *at = wa_array_in_place(instants, TIMESTAMPTZOID, "wa_delivery", &n);
	wa_instant	latest = WA_NEVER;

	if (n > 0)
		memcpy(&latest, at + (n - 1) * sizeof(TimestampTz), sizeof(TimestampTz));
	return latest;
}

Datum
wa__delivery_merge(PG_FUNCTION_ARGS)
{
	wa_delivery elements[WA_MAX_DELIVERIES];
	wa_deliveries merged = {0, elements};
	Datum		instants[WA_MAX_DELIVERIES];
	Datum		messages[WA_MAX_DELIVERIES];
	Datum		values[2];
	bool		nulls[2] = {false, false};

	wa_deliveries_from_arrays(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), &merged);
	wa_deliveries_from_arrays(PG_GETARG_DATUM(2), PG_GETARG_DATUM(3), &merged);
	for (int i = 0; i < merged.n; i++)
	{
		instants[i] = TimestampTzGetDatum(merged.at[i].at);
		messages[i] = Int32GetDatum(merged.at[i].message);
	}
	values[0] = PointerGetDatum(construct_array(instants, merged.n, TIMESTAMPTZOID,
												sizeof(TimestampTz), FLOAT8PASSBYVAL,
												TYPALIGN_DOUBLE));
	values[1] = PointerGetDatum(construct_array(messages, merged.n, INT4OID, sizeof(int32), true,
												TYPALIGN_INT));
	PG_RETURN_DATUM(wa_result_row(fcinfo, values, nulls));
}
