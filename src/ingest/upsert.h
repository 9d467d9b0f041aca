/*-------------------------------------------------------------------------
 *
 * upsert.h
 *	  Merging rows into one table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_UPSERT_H
#define WA_UPSERT_H

#include "base/compat.h"

#include "base/schema.h"
#include "base/statement.h"
#include "base/str.h"
#include "base/instant.h"
#include "ingest/event_batch.h"
#include "state/read.h"

/* The values of one parameter of a statement, one for each row. */
typedef struct wa_column
{
	Oid			type;			/* of a value */
	bool		is_array;		/* does wa_statement.types name an array of it? */
	struct ArrayBuildState *array;	/* NULL: it has no value so far */
} wa_column;

#define WA_MAX_COLUMNS 12

/*
 * Make empty columns for the parameters of a statement with these types (as of wa_statement), which are
 * WA_MAX_COLUMNS at the most.  Returns their number.
 */
extern int	wa_columns_make(const wa_schema *schema, const char *types, wa_column *columns);

/* Append one value, copied. */
extern void wa_put_instant(wa_column *column, wa_instant at);	/* NEVER, FOREVER: NULL */
extern void wa_put_int4(wa_column *column, int32 value, bool isnull);
extern void wa_put_int8(wa_column *column, int64 value, bool isnull);
extern void wa_put_bool(wa_column *column, bool value);
extern void wa_put_str(wa_column *column, wa_str s);	/* data NULL: NULL */

/* How many values it has. */
extern int	wa_column_length(const wa_column *column);

/* All of them as an array, in the current memory context. */
extern Datum wa_column_array(const wa_column *column);

/*
 * How rows are merged into a table.  Two statements are made of it: one takes many rows from arrays, the
 * other takes one row from parameters.  Most live webhooks write one row, and unnesting ten arrays costs
 * more than writing it.
 */
typedef struct wa_upsert_target
{
	const char *insert;			/* INSERT INTO … AS o (columns) */
	const char *types;			/* of the parameters for one row, as of wa_statement; an array has values of
								 * all rows in both statements */
	const char *values;			/* of the columns, by p1, p2, … for the parameters and $n for such arrays;
								 * NULL: the parameters themselves */
	const char *conflict;		/* ON CONFLICT … */

	/* Append the i-th row. */
	void		(*put) (wa_column *columns, const void *rows, int i);

	/*
	 * Does the table tell all of a delta already?  Looks it up in the table with this offset in wa_schema, and
	 * sets *exists, which is false, if there is a row with its key; only that of wa_activity does.
	 */
	bool		(*is_known) (wa_reader *reader, const wa_row_delta *delta, bool *exists);
	size_t		table;

	/* Made at the first use, the columns again for another schema. */
	uint64		generation;		/* of the schema */
	int			ncolumns;
	wa_column	columns[WA_MAX_COLUMNS];	/* empty ones */
	wa_statement one;
	wa_statement many;
} wa_upsert_target;

/*
 * Merge n rows in their order, a bounded number at a time.  Returns how many were inserted
 * or changed.  To be called inside SPI_connect, with the owner's rights.
 */
extern uint64 wa_upsert(const wa_schema *schema, wa_upsert_target *target, const void *rows, int n);

/*
 * Leave out the deltas that are known already, by target->is_known.  missing, if not NULL, becomes true for those
 * that are kept and have no row.
 */
extern void wa_drop_known(const wa_schema *schema, const wa_upsert_target *target, wa_deltas *deltas,
						  bool *missing);

#endif							/* WA_UPSERT_H */
