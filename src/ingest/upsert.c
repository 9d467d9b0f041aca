/*-------------------------------------------------------------------------
 *
 * upsert.c
 *	  Merging rows into one table.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include <ctype.h>

#include "lib/stringinfo.h"
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

static bool
is_array(wa_str type)
{
	return type.data[type.len - 1] == ']';
}

int
wa_columns_make(const wa_schema *schema, const char *types, wa_column *columns)
{
	wa_str		rest = wa_str_from(types);
	wa_str		type;
	int			n = 0;

	while (wa_str_next_word(&rest, &type))
	{
		wa_column  *column = &columns[n++];

		Assert(n <= WA_MAX_COLUMNS);
		column->is_array = is_array(type);
		if (column->is_array)
			type.len -= strlen("[]");
		column->type = wa_type_named(schema, type);
		column->array = NULL;
	}
	return n;
}

/* Write the text and the types of one of the two statements, to stay as long as the backend. */
static void
make_statement(const wa_upsert_target *target, bool one, wa_statement *statement)
{
	wa_str		rest = wa_str_from(target->types);
	wa_str		type;
	int			n = 0;
	const char *comma = "";
	StringInfoData types;
	StringInfoData arrays;
	StringInfoData names;
	StringInfoData values;
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	initStringInfo(&types);
	initStringInfo(&arrays);
	initStringInfo(&names);
	initStringInfo(&values);
	while (wa_str_next_word(&rest, &type))
	{
		appendStringInfo(&types, "%s%.*s%s", n++ == 0 ? "" : " ", (int) type.len, type.data,
						 one || is_array(type) ? "" : "[]");
		if (is_array(type))
			continue;
		appendStringInfo(&arrays, "%spg_catalog.unnest($%d)", comma, n);
		appendStringInfo(&names, "%sp%d", comma, n);
		comma = ", ";
	}
	/* Of one row p1 is $1. */
	for (const char *c = target->values != NULL ? target->values : names.data; *c != '\0'; c++)
		appendStringInfoChar(&values, one && c[0] == 'p' && isdigit((unsigned char) c[1]) ? '$' : *c);
	statement->types = types.data;
	statement->sql = one ?
		psprintf("%s VALUES (%s) %s", target->insert, values.data, target->conflict) :
		psprintf("%s SELECT %s FROM ROWS FROM (%s) AS p (%s) %s", target->insert, values.data,
				 arrays.data, names.data, target->conflict);
	MemoryContextSwitchTo(old);
	pfree(arrays.data);
	pfree(names.data);
	pfree(values.data);
}

/* The types of another schema have other oids. */
static void
make_columns(wa_upsert_target *target, const wa_schema *schema)
{
	if (target->generation == schema->generation)
		return;
	target->ncolumns = wa_columns_make(schema, target->types, target->columns);
	target->generation = schema->generation;
}

/* Run the statement that suits so many rows, with these columns. */
static uint64
run(const wa_schema *schema, wa_upsert_target *target, const wa_column *columns, bool one)
{
	Datum		values[WA_MAX_COLUMNS];
	char		nulls[WA_MAX_COLUMNS];
	wa_statement *statement = one ? &target->one : &target->many;

	if (statement->sql == NULL)
		make_statement(target, one, statement);
	for (int i = 0; i < target->ncolumns; i++)
	{
		bool		scalar = one && !columns[i].is_array;

		values[i] = scalar ? columns[i].array->dvalues[0] : wa_column_array(&columns[i]);
		nulls[i] = scalar && columns[i].array->dnulls[0] ? 'n' : ' ';
	}
	return wa_statement_run(statement, schema, values, nulls);
}

uint64
wa_upsert(const wa_schema *schema, wa_upsert_target *target, const void *rows, int n)
{
	MemoryContext context;
	uint64		written = 0;

	if (n == 0)
		return 0;
	make_columns(target, schema);
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy upsert",
									ALLOCSET_DEFAULT_SIZES);
	for (int start = 0; start < n; start += WA_CHUNK)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		wa_column	columns[WA_MAX_COLUMNS];

		memcpy(columns, target->columns, sizeof(columns));
		for (int i = start; i < Min(n, start + WA_CHUNK); i++)
			target->put(columns, rows, i);
		written += run(schema, target, columns, n - start == 1);
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	MemoryContextDelete(context);
	return written;
}

void
wa_drop_known(const wa_schema *schema, const wa_upsert_target *target, wa_deltas *deltas, bool *missing)
{
	MemoryContext context;
	wa_reader	reader;
	int			kept = 0;

	if (deltas->n == 0)
		return;
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy look-up", ALLOCSET_SMALL_SIZES);
	wa_reader_open_latest(&reader, (const wa_table *) ((const char *) schema + target->table));
	for (int i = 0; i < deltas->n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		bool		exists = false;

		if (!target->is_known(&reader, deltas->at[i], &exists))
		{
			if (missing != NULL)
				missing[kept] = !exists;
			deltas->at[kept++] = deltas->at[i];
		}
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	deltas->n = kept;
	wa_reader_close(&reader);
	MemoryContextDelete(context);
}
