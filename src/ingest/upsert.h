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
	Oid			type;			/* of an element */
	struct ArrayBuildState *array;
} wa_column;

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

#define WA_MAX_COLUMNS 13

/* Stands for the type wa_recipient of the extension. */
#define WA_RECIPIENT_TYPE ((Oid) -1)

/*
 * A statement that merges rows into a table, in two forms: many rows from arrays, and one
 * row from parameters.  Most live webhooks write one row, and unnesting ten arrays costs
 * more than writing it.
 */
typedef struct wa_upsert_target
{
	wa_statement *many;
	wa_statement *one;
	int			array;			/* the first parameter that is an array in both forms; -1:
								 * none.  The types of one tell which later ones are, too */
	Oid			types[WA_MAX_COLUMNS + 1];	/* of the parameters; ends with InvalidOid */

	/* Append the i-th row. */
	void		(*put) (wa_column *columns, const void *rows, int i);
} wa_upsert_target;

/*
 * Merge n rows in their order, a bounded number at a time.  Returns how many were inserted
 * or changed.  To be called inside SPI_connect, with the owner's rights.
 */
extern uint64 wa_upsert(const wa_schema *schema, const wa_upsert_target *target,
						const void *rows, int n);

/*
 * Keep those of the deltas, in their order, of which no row of the table tells all already; returns how
 * many.  is_known looks one up, and sets *exists to true if there is a row with its key;
 * missing, if not NULL, becomes true for those that are kept and have none.
 */
typedef bool (*wa_is_known) (wa_reader *reader, const wa_row_delta *delta, bool *exists);
extern int	wa_drop_known(const wa_table *table, wa_row_delta **deltas, int n, wa_is_known is_known,
						  bool *missing);

#endif							/* WA_UPSERT_H */
