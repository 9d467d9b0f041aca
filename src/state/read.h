/*-------------------------------------------------------------------------
 *
 * read.h
 *	  Reading the state rows of one recipient in place: one descent of the
 *	  primary key's index, by a given snapshot, without SPI and without
 *	  asking for rights on the table.
 *
 * The callers are functions that the DBA grants; none hands out a row as it
 * stands to somebody who did not ask about that very recipient.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_READ_H
#define WA_READ_H

#include "base/compat.h"

#include "access/genam.h"
#include "executor/tuptable.h"
#include "utils/snapshot.h"

#include "base/category.h"
#include "base/schema.h"
#include "base/str.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/deliveries.h"
#include "state/failures.h"

#define WA_MAX_SEEK 4

/* A table whose primary key begins with a recipient, open for look-ups. */
typedef struct wa_reader
{
	Relation	heap;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	FmgrInfo	equal;			/* recipient = recipient */
	Snapshot	snapshot;
	Snapshot	latest;			/* NULL: the caller's snapshot */
	MemoryContext memory;		/* where it was opened: what the scan keeps lies there */
} wa_reader;

/*
 * May the table have rows, as far as its pages tell?  Where it has none, somebody may be about
 * to add the first row: a serializable transaction must be told.
 */
extern bool wa_has_rows(const wa_table *table, Snapshot snapshot);

/*
 * Open for look-ups by recipient, in the current memory context.  That must outlive it; the one of
 * later calls need not.
 */
extern void wa_reader_open(wa_reader *reader, const wa_table *table, Snapshot snapshot);

/*
 * Open by the latest snapshot: what counts is what is committed now and what this
 * transaction wrote, even where the transaction works by an older snapshot.
 */
extern void wa_reader_open_latest(wa_reader *reader, const wa_table *table);

extern void wa_reader_close(wa_reader *reader);

/*
 * Look for the rows with this value in the first column of the index, a
 * wa_recipient or a text, which stays until done.
 */
extern void wa_reader_seek(wa_reader *reader, Datum value);

/* Likewise with the first n columns, all of them text; n is at most WA_MAX_SEEK. */
extern void wa_reader_seek_all(wa_reader *reader, const wa_str *values, int n);

/* Go to the next row; false after the last.  Its columns are in reader->slot. */
extern bool wa_reader_next(wa_reader *reader);

/* Go to the last row in the order of the index, after wa_reader_seek; false: none. */
extern bool wa_reader_last(wa_reader *reader);

/*
 * A column of the row at hand.  Strings are copied into the current memory
 * context; a NULL timestamp is WA_NEVER, a NULL string is absent.
 */
extern wa_instant wa_reader_instant(wa_reader *reader, int column);
extern int32 wa_reader_int(wa_reader *reader, int column);
extern int64 wa_reader_int8(wa_reader *reader, int column);
extern wa_str wa_reader_str(wa_reader *reader, int column);
extern Datum wa_reader_datum(wa_reader *reader, int column, bool *isnull);

/* A string column where it stands: until the reader moves on. */
extern wa_str wa_reader_str_in_place(wa_reader *reader, int column);

/* A string column of any slot, likewise copied. */
extern wa_str wa_slot_str(TupleTableSlot *slot, int column);

/*
 * What decisions ask of a row of wa_consent (no sender, no message id), and a
 * whole row of wa_activity; copied into the current memory context.
 */
extern void wa_read_consent(wa_reader *reader, wa_consent_row *row);
extern void wa_read_activity(wa_reader *reader, wa_activity_row *row);

/* The end of a row of wa_cooldown: WA_NEVER, no strike counts; WA_FOREVER, none. */
extern wa_instant wa_read_until(wa_reader *reader);

/* The category in that column, and that of a row of wa_delivery. */
extern wa_category wa_reader_category(wa_reader *reader, int column);
extern wa_category wa_read_delivery_category(wa_reader *reader);

/* The deliveries of a row of wa_delivery, added to a set with room for all that there may be. */
extern void wa_read_deliveries(wa_reader *reader, wa_deliveries *deliveries);

/* Would these change nothing in the row of wa_delivery at hand? */
extern bool wa_row_has_deliveries(wa_reader *reader, const wa_deliveries *deliveries);

/* The failures of a row of wa_cooldown. */
extern void wa_read_failures(wa_reader *reader, wa_failures *failures);

#endif							/* WA_READ_H */
