/*-------------------------------------------------------------------------
 *
 * fold.h
 *	  Folding the events of one statement, so that each state row is written
 *	  once, whatever the number of events that touch it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FOLD_H
#define WA_FOLD_H

#include "common/compat.h"

#include "events/event.h"
#include "identity/person.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/failures.h"

/* Which table a cell belongs to. */
typedef enum wa_cell_kind
{
	WA_CELL_ACTIVITY,
	WA_CELL_COOLDOWN,
	WA_CELL_CONSENT,
	WA_CELL_LINK				/* wa_identity */
} wa_cell_kind;

#define WA_CELL_KINDS 4

/* The key of a row.  Strings are owned by the fold. */
typedef struct wa_cell_key
{
	wa_cell_kind kind;
	int32		number;			/* COOLDOWN: code; CONSENT: wa_register; LINK:
								 * wa_link_kind; else 0 */
	wa_str		recipient;
	wa_str		business;		/* not LINK */
	wa_str		other;			/* ACTIVITY: sender; LINK: the other identifier */
} wa_cell_key;

/* What is to be merged into the row of that key. */
typedef struct wa_cell
{
	wa_cell_key key;
	union
	{
		wa_activity activity;
		struct
		{
			wa_failures failures;
			wa_instant	lifted_at;
			wa_code_policy policy;
		}			cooldown;
		wa_consent	consent;
		struct
		{
			wa_link		link;
			wa_str		origin; /* of the earliest sighting */
			wa_str		message_id;
			bool		is_new; /* there is no row yet */
			bool		judged; /* is alike known?  Else it is left as it is */
			bool		alike;
		}			link;
	}			u;
} wa_cell;

/* One consent event, for the log. */
typedef struct wa_consent_event
{
	wa_cell_key key;			/* of kind WA_CELL_CONSENT */
	wa_instant	at;
	bool		stop;
	wa_str		origin;
	wa_str		sender;
	wa_str		message_id;
	wa_str		evidence;
	int64		webhook_id;		/* 0: none */
} wa_consent_event;

typedef struct wa_fold wa_fold;

/* An empty fold; all that it holds is allocated in context. */
extern wa_fold *wa_fold_make(MemoryContext context);

/* Take in one event.  Its strings are copied. */
extern void wa_fold_event(wa_fold *fold, const wa_event *event, int64 webhook_id);

/*
 * The cell of a key, made empty where there is none yet.  The key's strings
 * are copied.
 */
extern wa_cell *wa_fold_cell(wa_fold *fold, const wa_cell_key *key);

/* All cells of a kind in the order of their keys, and how many; NULL: none. */
extern wa_cell **wa_fold_cells(wa_fold *fold, wa_cell_kind kind, int *n);

/* All consent events in the order of their keys and times, and how many. */
extern wa_consent_event *wa_fold_consent_events(wa_fold *fold, int *n);

/* Order of keys: recipient, business, other, number, strings by bytes. */
extern int	wa_cell_key_compare(const wa_cell_key *a, const wa_cell_key *b);

#endif							/* WA_FOLD_H */
