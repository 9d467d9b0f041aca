/*-------------------------------------------------------------------------
 *
 * ordered_scan.h
 *	  Reading a whole table in the order of an index that begins with a recipient, row
 *	  by row, under a given snapshot, without checking privileges.
 *
 * The caller tells whether it needs the rows, or mostly the recipients alone.  That
 * changes the cost only, not the result.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ORDERED_SCAN_H
#define WA_ORDERED_SCAN_H

#include "base/compat.h"

#include "storage/itemptr.h"
#include "utils/tuplesort.h"

#include "state/read.h"

typedef struct wa_ordered_scan
{
	wa_reader	reader;			/* slot: the current row, after wa_ordered_scan_row */
	Tuplesortstate *sorted;		/* NULL: the index is scanned */
	int			column;			/* of sorted: that of the recipient */
	bool		ended;
	wa_str		recipient;		/* of the current row; valid until the next one */
	ItemPointerData row;		/* unless sorted: where it is */
} wa_ordered_scan;

/*
 * Open at the first row.  With rows true, the table is read in the order of its pages and
 * sorted within work_mem, which is faster than going from the index to each row.  With
 * false, only the index is scanned.
 */
extern void wa_ordered_scan_open(wa_ordered_scan *ordered, const wa_table *table, Snapshot snapshot, bool rows);

/* Go to the next row; sets ended after the last. */
extern void wa_ordered_scan_next(wa_ordered_scan *ordered);

/*
 * Fetch the current row into reader.slot.  False where the snapshot sees no row there,
 * since an index has entries of invisible rows as well.
 */
extern bool wa_ordered_scan_row(wa_ordered_scan *ordered);

/* Close it, also before the last row. */
extern void wa_ordered_scan_close(wa_ordered_scan *ordered);

/* Is the current row about this recipient? */
static inline bool
wa_ordered_scan_at(const wa_ordered_scan *ordered, wa_str recipient)
{
	return !ordered->ended && wa_str_equal(ordered->recipient, recipient);
}

#endif							/* WA_ORDERED_SCAN_H */
