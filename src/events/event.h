/*-------------------------------------------------------------------------
 *
 * event.h
 *	  What a webhook element means: the events that state is made of, and
 *	  the problems of elements that mean nothing.  Plain data.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_EVENT_H
#define WA_EVENT_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"
#include "base/str.h"
#include "errors/code_policy.h"
#include "recipient/phone.h"
#include "state/consent.h"

typedef enum wa_event_kind
{
	WA_EVENT_RECEIPT,			/* delivered, read or played */
	WA_EVENT_SENT,				/* the sender works; ids may be none */
	WA_EVENT_FAILURE,			/* a strike on the ladder of code */
	WA_EVENT_WINDOW_REFUSED,	/* WhatsApp says that the window is shut */
	WA_EVENT_INBOUND,			/* the user wrote: a window opens */
	WA_EVENT_CONSENT,			/* stop or resume in a register */
	WA_EVENT_SIGHTING,			/* ids belong to one person */
	WA_EVENT_CHANGE,			/* who was ids is to from now on */
	WA_EVENT_HOLD,				/* the sender is held back; ids tell the region at most */
	WA_EVENT_LIFT,				/* a hold of that cause is over; has no recipient */
	WA_EVENT_TEMPLATE,			/* what became of a template; has no recipient */
	WA_EVENT_FAILED				/* a message failed, whatever that means to its recipient */
} wa_event_kind;

/* From one element: phone, BSUID and parent BSUID of one user. */
#define WA_MAX_IDS 3

/* A message category, or this: WhatsApp does not say. */
#define WA_CATEGORY_UNKNOWN (-1)

/*
 * One event.  ids stand in the order phone, BSUID, parent BSUID, at most one
 * of each kind: the first is home, where an event is stored.  All strings are
 * borrowed from the element.
 */
typedef struct wa_event
{
	wa_event_kind kind;
	wa_instant	at;
	wa_str		business;		/* never absent; '' speaks for every business */
	wa_str		sender;			/* never absent; '' where unknown */
	int			nids;
	wa_canonical ids[WA_MAX_IDS];
	wa_str		message_id;
	wa_canonical wa_id;			/* digits as WhatsApp writes them; len 0: none */

	/* CHANGE: ids are the old ones, these the new ones, in the same order */
	int			nto;
	wa_canonical to[WA_MAX_IDS];

	/* SENT, RECEIPT, FAILED */
	int			category;		/* a wa_category, or WA_CATEGORY_UNKNOWN */
	bool		participant;	/* is it about one of those who got a group's message? */

	/* RECEIPT */
	bool		read;

	/* FAILURE, WINDOW_REFUSED */
	wa_code_policy policy;		/* of code */

	/* FAILURE, WINDOW_REFUSED, FAILED, CONSENT that a failure tells of; else 0 */
	int32		code;

	/* CONSENT, SIGHTING, CHANGE */
	wa_str		origin;			/* "user_preferences", "phrase", "failed message", … */

	/* TEMPLATE; absent: not told */
	wa_str		template_name;
	wa_str		template_language;
	wa_str		status;
	bool		blocked;		/* with this status it cannot be sent, until until */
	wa_str		template_category;
	wa_str		next_category;
	wa_instant	next_category_at;	/* WA_NEVER: not told */
	wa_str		quality;

	/* HOLD, LIFT */
	int32		cause;			/* as in state/hold.h */
	wa_scope	scope;			/* HOLD: how far it reaches */
	uint8		categories;		/* HOLD: a mask */
	wa_instant	until;			/* HOLD: WA_FOREVER, no end of its own */

	/* CONSENT */
	wa_register reg;
	bool		stop;
	wa_str		evidence;
} wa_event;

/* Why something could not be applied: the column wa_problem.problem. */
typedef enum wa_problem
{
	WA_PROBLEM_INVALID_JSON,
	WA_PROBLEM_TOO_DEEP,
	WA_PROBLEM_TOO_LARGE,
	WA_PROBLEM_UNKNOWN_SHAPE,
	WA_PROBLEM_BAD_SIGNATURE,
	WA_PROBLEM_MISSING_RECIPIENT,
	WA_PROBLEM_BAD_RECIPIENT,
	WA_PROBLEM_BAD_TIMESTAMP,
	WA_PROBLEM_UNKNOWN_VALUE,
	WA_PROBLEM_UNKNOWN_CODE
} wa_problem;

/* The name used in SQL, static storage. */
extern const char *wa_problem_name(wa_problem problem);

#endif							/* WA_EVENT_H */
