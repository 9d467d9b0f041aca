/*-------------------------------------------------------------------------
 *
 * windows.h
 *	  Which refusals may be of which customer service window.  Pure: no server, no
 *	  allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_WINDOWS_H
#define WA_WINDOWS_H

#include "state/activity.h"

typedef struct wa_refusal
{
	wa_str		business;
	wa_str		sender;
	wa_instant	at;
} wa_refusal;

/* So many are put in order for a row. */
#define WA_REFUSALS_OF_ROW	4

/*
 * Fill in refused_at of all rows of one recipient, as one whose business or sender is unknown may be of
 * any.  room: for WA_REFUSALS_OF_ROW for each row.
 */
extern void wa_note_refusals(wa_activity_row *rows, int n, wa_refusal *room);

#endif							/* WA_WINDOWS_H */
