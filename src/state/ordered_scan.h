/*-------------------------------------------------------------------------
 *
 * ordered_scan.h
 *	  A whole table in the order of an index that begins with a recipient,
 *	  row by row, by a given snapshot and without asking for rights on it.
 *
 * The caller says whether it means to look at the rows or at little more than
 * the recipients; that decides what it costs, never what it sees.
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
	wa_reader	reader;			/* slot: the row at hand, after wa_ordered_scan_row */
	Tuplesortstate *sorted;		/* NULL: the index is walked */
	int			column;			/* of sorted: that of the recipient */
	bool		ended;
	wa_str		recipient;		/* of the row at hand; valid until the next one */
	ItemPointerData row;		/* unless sorted: where it is */
} wa_ordered_scan;

/*
 * Open at the first row.  With rows, the table is read in the order of its
 * pages and sorted within work_mem, which beats going from the index to each of
 * them.  Without, the index alone is walked.
 */
extern void wa_ordered_scan_open(wa_ordered_scan *ordered, const wa_table *table, Snapshot snapshot, bool rows);

/* Go to the next row; sets ended after the last. */
extern void wa_ordered_scan_next(wa_ordered_scan *ordered);

/*
 * Get the row at hand into reader.slot.  False where the snapshot sees none
 * there: an index tells of everybody's rows.
 */
extern bool wa_ordered_scan_row(wa_ordered_scan *ordered);

extern void wa_ordered_scan_close(wa_ordered_scan *ordered);

/* Is the row at hand about this recipient? */
static inline bool
wa_ordered_scan_at(const wa_ordered_scan *ordered, wa_str recipient)
{
	return !ordered->ended && wa_str_equal(ordered->recipient, recipient);
}

#endif							/* WA_ORDERED_SCAN_H */
