/*-------------------------------------------------------------------------
 *
 * read.h
 *	  Reading the state rows of one recipient: one descent of the primary key's index,
 *	  under a given snapshot, without SPI and without checking privileges on the table.
 *
 * The callers are functions that the DBA grants.  They return rows only to a caller that
 * asked about that recipient.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_READ_H
#define WA_READ_H

#include "base/compat.h"

#include "access/genam.h"

#include "base/category.h"
#include "base/table_scan.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/deliveries.h"
#include "state/failures.h"

#define WA_MAX_SEEK 4

/* A table open for look-ups by its primary key, which mostly begins with a recipient. */
typedef struct wa_reader
{
	Relation	heap;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	FmgrInfo	equal;			/* of the first column of the index */
	Snapshot	snapshot;
	Snapshot	latest;			/* a snapshot of its own; NULL: the caller's */
	MemoryContext memory;		/* where it was opened; the scan allocates there */
} wa_reader;

/*
 * Open for look-ups.  The current memory context must live until
 * wa_reader_close; that of later calls need not.
 */
extern void wa_reader_open(wa_reader *reader, const wa_table *table, Snapshot snapshot);

/*
 * Open under a fresh snapshot: it sees everything that is committed now and what this
 * transaction wrote, even where the transaction has an older snapshot.
 */
extern void wa_reader_open_latest(wa_reader *reader, const wa_table *table);

/* The locks on table and index are kept to the end of the transaction. */
extern void wa_reader_close(wa_reader *reader);

/*
 * Look for the rows with this value in the first column of the index, of its type.  The
 * value must stay valid until the next seek.
 */
extern void wa_reader_seek(wa_reader *reader, Datum value);

/*
 * Look for rows by the first n columns of the index, of type text or recipient; n <= WA_MAX_SEEK.
 * They are copied to the current memory context, which must last until the next seek.
 */
extern void wa_reader_seek_all(wa_reader *reader, const wa_str *values, int n);

/* Look for the rows whose first column of the index, an instant, is this one or later. */
extern void wa_reader_seek_from(wa_reader *reader, wa_instant from);

/* Go to the next row; false after the last.  Its columns are in reader->slot. */
extern bool wa_reader_next(wa_reader *reader);

/* Go to the previous row in the order of the index, after wa_reader_seek to the last one; false before the first. */
extern bool wa_reader_previous(wa_reader *reader);

/*
 * A column of the current row, as wa_slot_instant, wa_slot_str_in_place and wa_slot_str read it; a number is 0
 * where it is NULL.
 */
#define wa_reader_instant(reader, column)		wa_slot_instant((reader)->slot, column)
#define wa_reader_str_in_place(reader, column)	wa_slot_str_in_place((reader)->slot, column)
#define wa_reader_str(reader, column)			wa_slot_str((reader)->slot, column)
extern int32 wa_reader_int(wa_reader *reader, int column);
extern int64 wa_reader_int8(wa_reader *reader, int column);

/*
 * Read the current row of wa_consent, without sender and message id, which decisions do
 * not need; and of wa_activity.  Strings are copied into the current memory context.
 */
extern void wa_read_consent(wa_reader *reader, wa_consent_row *row);
extern void wa_read_activity(wa_reader *reader, wa_activity_row *row);

/* The end of a cooldown, of a row of wa_cooldown.  WA_NEVER: no strike counts; WA_FOREVER: no end. */
extern wa_instant wa_read_until(wa_reader *reader);

/* The category in a column. */
extern wa_category wa_reader_category(wa_reader *reader, int column);

/* Add the deliveries of a row of wa_delivery to a set with room for WA_MAX_DELIVERIES. */
extern void wa_read_deliveries(wa_reader *reader, wa_deliveries *deliveries);

/* Would adding these leave the current row of wa_delivery as it is? */
extern bool wa_row_has_deliveries(wa_reader *reader, const wa_deliveries *deliveries);

/* The failures of a row of wa_cooldown. */
extern void wa_read_failures(wa_reader *reader, wa_failures *failures);

#endif							/* WA_READ_H */
