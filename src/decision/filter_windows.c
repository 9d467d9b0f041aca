/*-------------------------------------------------------------------------
 *
 * filter_windows.c
 *	  Windows of people with several identifiers, while the list of a filter is
 *	  read.
 *
 * Somebody whose rows all tell that he is not to be sent to may be sent to
 * nevertheless where a cooldown yields to an open window and an identifier that he is
 * tied to has one, though it has no rows that object.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"

#include "common/columns.h"
#include "decision/filter_build.h"

/* Not where all ties are followed: there may be very many. */
bool
wa_settles_windows(const wa_builder *b)
{
	return !wa_scans_all_ties(b->question);
}

static wa_window_reader *
open_windows(wa_builder *b)
{
	wa_window_reader *windows = &b->windows;
	const wa_schema *schema = b->library->schema;

	if (!windows->open)
	{
		windows->identity = wa_table_open(&schema->identity);
		windows->tie = table_slot_create(windows->identity, NULL);
		wa_reader_open(&windows->activity, &schema->activity, b->library->snapshot);
		windows->open = true;
	}
	return windows;
}

void
wa_close_windows(wa_builder *b)
{
	wa_window_reader *windows = &b->windows;

	if (!windows->open)
		return;
	wa_reader_close(&windows->activity);
	ExecDropSingleTupleTableSlot(windows->tie);
	table_close(windows->identity, NoLock);
	windows->open = false;
}

/* May the end of a tie that stands in this column have a window open? */
static bool
may_have_window(wa_builder *b, const wa_tie *tie, int column)
{
	wa_window_reader *windows = open_windows(b);
	ItemPointerData place = tie->place;
	bool		isnull;
	bool		found = false;

	if (!table_tuple_fetch_row_version(windows->identity, &place, b->library->snapshot,
									   windows->tie))
		return true;
	wa_reader_seek(&windows->activity, slot_getattr(windows->tie, column, &isnull));
	while (!found && wa_reader_next(&windows->activity))
		found = wa_window_spans(wa_reader_instant(&windows->activity, WA_ACTIVITY_LAST_INBOUND_AT),
								b->question->at);
	return found;
}

bool
wa_has_other_window(wa_builder *b, const wa_tie *tie, const wa_entry *x, const wa_entry *y)
{
	wa_print	print_y = *wa_print_of(b, y);

	return (*x & WA_LISTED_YIELDS) && wa_settles_windows(b) &&
		((print_y & WA_PRINT_HASH) == 0 || (print_y & WA_PRINT_ADOPTED)) &&
		may_have_window(b, tie, wa_entry_key(*x) == tie->a ?
						WA_IDENTITY_OTHER : WA_IDENTITY_RECIPIENT);
}
