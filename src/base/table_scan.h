/*-------------------------------------------------------------------------
 *
 * table_scan.h
 *	  Reading a whole table in place: its rows in the order of the pages, and their columns.
 *	  Without SPI, and without checking privileges on the table.
 *
 * Locks: ACCESS SHARE on the table, kept to the end of the transaction.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TABLE_SCAN_H
#define WA_TABLE_SCAN_H

#include "base/compat.h"

#include "access/htup_details.h"
#include "executor/tuptable.h"
#include "storage/block.h"
#include "utils/snapshot.h"

#include "base/encode.h"
#include "base/instant.h"
#include "base/schema.h"
#include "base/str.h"

/* The number of pages of the table now.  It may grow at any time. */
extern BlockNumber wa_pages_of(const wa_table *table);

/*
 * Does the table have pages, so that it may have rows?  Where it has none, the snapshot's
 * read of it is registered for serializable transactions, since another transaction may
 * insert the first row.
 */
extern bool wa_has_rows(const wa_table *table, Snapshot snapshot);

/*
 * Call take with each row of a table that the snapshot sees, until it returns false; returns whether it never did.
 */
extern bool wa_scan_rows(const wa_table *table, Snapshot snapshot,
						 bool (*take) (void *arg, TupleTableSlot *slot), void *arg);

/*
 * The same, for tables of very many rows: call read_row with every one.  schema.c has checked that it is a heap.
 */
extern void wa_scan_table(const wa_table *table, Snapshot snapshot,
						  void (*read_row) (void *arg, HeapTuple tuple, TupleDesc desc), void *arg);

/* A column that is never NULL. */
static inline Datum
wa_slot_datum(TupleTableSlot *slot, int column)
{
	bool		isnull;

	return slot_getattr(slot, column, &isnull);
}

/* A timestamp; WA_NEVER where it is NULL. */
static inline wa_instant
wa_slot_instant(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? WA_NEVER : DatumGetInt64(value);
}

/* A string, absent where it is NULL; valid until the slot has another row. */
static inline wa_str
wa_slot_str_in_place(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? wa_str_from(NULL) : wa_datum_str(value);
}

/* The same, copied into the current memory context. */
static inline wa_str
wa_slot_str(TupleTableSlot *slot, int column)
{
	return wa_str_copy(wa_slot_str_in_place(slot, column));
}

/*
 * Reads the columns of a row in place, from the first one on.  Columns that are skipped must
 * not be NULL.
 */
typedef char *wa_cursor;

/* At the first column. */
static inline wa_cursor
wa_cursor_begin(HeapTuple tuple)
{
	return (char *) tuple->t_data + tuple->t_data->t_hoff;
}

/*
 * Read a string in place, and go to the next column.  The type is aligned as int; values
 * with a short header are not aligned.
 */
static inline wa_str
wa_cursor_str(wa_cursor *cursor)
{
	char	   *here = *cursor;
	struct varlena *text;

	if (!VARATT_NOT_PAD_BYTE(here))
		here = (char *) INTALIGN(here);
	*cursor = here + VARSIZE_ANY(here);
	text = PG_DETOAST_DATUM_PACKED(PointerGetDatum(here));
	return wa_str_of(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
}

/* Read an array in place, aligned as double, and go to the next column. */
static inline Datum
wa_cursor_array(wa_cursor *cursor)
{
	char	   *here = *cursor;

	if (!VARATT_NOT_PAD_BYTE(here))
		here = (char *) DOUBLEALIGN(here);
	*cursor = here + VARSIZE_ANY(here);
	return PointerGetDatum(here);
}

/* Read an integer of four bytes, or an OID, and go to the next column. */
static inline int32
wa_cursor_int4(wa_cursor *cursor)
{
	char	   *here = (char *) INTALIGN(*cursor);

	*cursor = here + sizeof(int32);
	return *(int32 *) here;
}

/* Read a timestamp and go to the next column; WA_NEVER where it is NULL.  column: its number. */
static inline wa_instant
wa_cursor_instant(wa_cursor *cursor, HeapTuple tuple, int column)
{
	char	   *here = (char *) DOUBLEALIGN(*cursor);

	if (HeapTupleHasNulls(tuple) && att_isnull(column - 1, tuple->t_data->t_bits))
		return WA_NEVER;
	*cursor = here + sizeof(int64);
	return *(int64 *) here;
}

#endif							/* WA_TABLE_SCAN_H */
