/*-------------------------------------------------------------------------
 *
 * roll.h
 *	  A whole table in the order of an index that begins with a recipient,
 *	  row by row, by a given snapshot and without asking for rights on it.
 *
 * The caller says whether he means to look at the rows or at little more than
 * the recipients; that decides what it costs, never what he sees.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ROLL_H
#define WA_ROLL_H

#include "common/compat.h"

#include "storage/itemptr.h"
#include "utils/tuplesort.h"

#include "state/read.h"

typedef struct wa_roll
{
	wa_reader	reader;			/* slot: the row at hand, after wa_roll_row */
	Tuplesortstate *sorted;		/* NULL: the index is walked */
	int			column;			/* of sorted: that of the recipient */
	bool		ended;
	wa_str		recipient;		/* of the row at hand; valid until the next one */
	ItemPointerData row;		/* unless sorted: where it is */
} wa_roll;

/*
 * Open at the first row.  With rows, the table is read in the order of its
 * pages and sorted within work_mem, which beats going from the index to each of
 * them.  Without, the index alone is walked.
 */
extern void wa_roll_open(wa_roll *roll, const wa_table *table, Snapshot snapshot, bool rows);

/* Go to the next row; sets ended after the last. */
extern void wa_roll_next(wa_roll *roll);

/*
 * Get the row at hand into reader.slot.  False where the snapshot sees none
 * there: an index tells of everybody's rows.
 */
extern bool wa_roll_row(wa_roll *roll);

extern void wa_roll_close(wa_roll *roll);

/* Is the row at hand about this recipient? */
static inline bool
wa_roll_at(const wa_roll *roll, wa_str recipient)
{
	return !roll->ended && wa_str_equal(roll->recipient, recipient);
}

#endif							/* WA_ROLL_H */
