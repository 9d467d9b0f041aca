/*-------------------------------------------------------------------------
 *
 * upsert.c
 *	  Merging rows into one table.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/encode.h"
#include "ingest/upsert.h"

/* Rows that one statement writes at most; bounds the size of the arrays. */
#define WA_CHUNK 8192

static void
column_put(wa_column *column, Datum value, bool isnull)
{
	column->array = accumArrayResult(column->array, value, isnull, column->type,
									 CurrentMemoryContext);
}

void
wa_put_instant(wa_column *column, wa_instant at)
{
	column_put(column, TimestampTzGetDatum(at), at == WA_NEVER || at == WA_FOREVER);
}

void
wa_put_int4(wa_column *column, int32 value, bool isnull)
{
	column_put(column, Int32GetDatum(value), isnull);
}

void
wa_put_int8(wa_column *column, int64 value, bool isnull)
{
	column_put(column, Int64GetDatum(value), isnull);
}

void
wa_put_bool(wa_column *column, bool value)
{
	column_put(column, BoolGetDatum(value), false);
}

void
wa_put_str(wa_column *column, wa_str s)
{
	column_put(column, s.data == NULL ? (Datum) 0 : wa_str_datum(s), s.data == NULL);
}

int
wa_column_length(const wa_column *column)
{
	return column->array == NULL ? 0 : column->array->nelems;
}

Datum
wa_column_array(const wa_column *column)
{
	return column->array == NULL ? PointerGetDatum(construct_empty_array(column->type)) :
		makeArrayResult(column->array, CurrentMemoryContext);
}

/* Is the parameter of that number an array? */
static bool
is_array(const wa_statement *statement, int number)
{
	const char *type = statement->types;
	const char *end;

	for (int i = 0; i < number; i++)
		type = strchr(type, ' ') + 1;
	end = strchr(type, ' ');
	return (end == NULL ? type + strlen(type) : end)[-1] == ']';
}

/* Run the form of the statement that suits so many rows, with these columns. */
static uint64
run(const wa_schema *schema, const wa_upsert_target *target, const wa_column *columns,
	int ncolumns, bool one)
{
	Datum		values[WA_MAX_COLUMNS];
	char		nulls[WA_MAX_COLUMNS];

	for (int i = 0; i < ncolumns; i++)
	{
		bool		scalar = one && !(target->array >= 0 && is_array(target->one, i));

		values[i] = scalar ? columns[i].array->dvalues[0] : wa_column_array(&columns[i]);
		nulls[i] = scalar && columns[i].array->dnulls[0] ? 'n' : ' ';
	}
	return wa_statement_run(one ? target->one : target->many, schema, values, nulls);
}

uint64
wa_upsert(const wa_schema *schema, const wa_upsert_target *target, const void *rows, int n)
{
	MemoryContext context;
	uint64		written = 0;

	if (n == 0)
		return 0;
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy upsert",
									ALLOCSET_DEFAULT_SIZES);
	for (int start = 0; start < n; start += WA_CHUNK)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		wa_column	columns[WA_MAX_COLUMNS] = {0};
		int			ncolumns;

		for (ncolumns = 0; OidIsValid(target->types[ncolumns]); ncolumns++)
			columns[ncolumns].type = target->types[ncolumns] == WA_RECIPIENT_TYPE ?
				schema->recipient_type : target->types[ncolumns];
		for (int i = start; i < Min(n, start + WA_CHUNK); i++)
			target->put(columns, rows, i);
		written += run(schema, target, columns, ncolumns, n - start == 1);
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	MemoryContextDelete(context);
	return written;
}

int
wa_drop_known(const wa_table *table, wa_row_delta **deltas, int n, wa_is_known is_known, bool *missing)
{
	MemoryContext context;
	wa_reader	reader;
	int			kept = 0;

	if (n == 0)
		return 0;
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy look-up", ALLOCSET_SMALL_SIZES);
	wa_reader_open_latest(&reader, table);
	for (int i = 0; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		bool		exists = false;

		if (!is_known(&reader, deltas[i], &exists))
		{
			if (missing != NULL)
				missing[kept] = !exists;
			deltas[kept++] = deltas[i];
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	wa_reader_close(&reader);
	MemoryContextDelete(context);
	return kept;
}
