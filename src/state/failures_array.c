/*-------------------------------------------------------------------------
 *
 * failures_array.c
 *	  Conversion between wa_failures and timestamptz[].
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "state/failures_array.h"

/* An array's header without its length, as it lies in a row. */
typedef struct header
{
	int32		ndim;
	int32		dataoffset;		/* 0: no NULLs */
	Oid			elemtype;
	int32		dim;
	int32		lbound;
} header;

/*
 * Rows in place are read by the hundred thousand, and a short array need not
 * be aligned there: of the form that all rows have, nothing is copied.
 */
static bool
read_plain(struct varlena *array, wa_failures *failures)
{
	const char *data = VARDATA_ANY(array);
	header		head;

	if (VARSIZE_ANY_EXHDR(array) < sizeof(head))
		return false;
	memcpy(&head, data, sizeof(head));
	if (head.ndim != 1 || head.dataoffset != 0 || head.elemtype != TIMESTAMPTZOID)
		return false;
	data += ARR_OVERHEAD_NONULLS(1) - VARHDRSZ;
	for (int i = 0; i < head.dim; i++)
	{
		TimestampTz at;

		memcpy(&at, data + i * sizeof(at), sizeof(at));
		wa_failures_add(failures, at);
	}
	return true;
}

void
wa_failures_from_array(Datum array, wa_failures *failures)
{
	ArrayIterator iterator;
	Datum		value;
	bool		isnull;

	failures->n = 0;
	if (read_plain(PG_DETOAST_DATUM_PACKED(array), failures))
		return;
	iterator = array_create_iterator(DatumGetArrayTypeP(array), 0, NULL);
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
