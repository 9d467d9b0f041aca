/*-------------------------------------------------------------------------
 *
 * event.h
 *	  Events, the meaning of webhook elements, from which the state is computed; the
 *	  problems of elements that cannot be applied; and who gets both.  Plain data.
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
	WA_EVENT_WINDOW_REFUSED,	/* WhatsApp says that the window is closed */
	WA_EVENT_INBOUND,			/* the user wrote: a window opens */
	WA_EVENT_CONSENT,			/* stop or resume in a register */
	WA_EVENT_SIGHTING,			/* ids belong to one person */
	WA_EVENT_CHANGE,			/* the identifiers to replace ids */
	WA_EVENT_HOLD,				/* the sender is held; ids are for the region only */
	WA_EVENT_LIFT,				/* a hold with that cause ends; has no recipient */
	WA_EVENT_TEMPLATE,			/* a template's status, category or quality; has no
								 * recipient */
	WA_EVENT_FAILED				/* a message failed; for the message log only */
} wa_event_kind;

/* Identifiers of one user in one element: phone, BSUID and parent BSUID. */
#define WA_MAX_IDS 3

/* Maximum time of an event after the receipt of its webhook. */
#define WA_CLOCK_SKEW		(10 * WA_MINUTE)

/* Minimum time of an event, 2009-01-01: WhatsApp was founded in 2009. */
#define WA_FIRST_INSTANT	(INT64CONST(284083200) * WA_SECOND)

/* Can what arrives at the time now have happened at the time at? */
static inline bool
wa_may_have_been(wa_instant at, wa_instant now)
{
	return at >= WA_FIRST_INSTANT && at <= wa_after(now, WA_CLOCK_SKEW);
}

/* Stands for an unknown message category. */
#define WA_CATEGORY_UNKNOWN (-1)

/*
 * One event.  ids are in the order phone, BSUID, parent BSUID, at most one of each kind.
 * The first is the home identifier, under which the event is stored.  All strings are
 * borrowed from the element.
 */
typedef struct wa_event
{
	wa_event_kind kind;
	wa_instant	at;
	wa_str		business;		/* never absent; '' counts for every business */
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
	bool		participant;	/* is it about one recipient of a group's message? */

	/* RECEIPT */
	bool		read;

	/* FAILURE, WINDOW_REFUSED */
	wa_code_policy policy;		/* of code */

	/* FAILURE, WINDOW_REFUSED, FAILED, CONSENT from a failed message; else 0 */
	int32		code;

	/* CONSENT, SIGHTING, CHANGE */
	wa_str		origin;			/* "user_preferences", "phrase", "failed message", … */

	/* TEMPLATE; each absent where the element does not have it */
	wa_str		template_name;
	wa_str		template_language;
	wa_str		status;
	bool		blocked;		/* cannot be sent with this status, up to until */
	wa_str		template_category;
	wa_str		next_category;
	wa_instant	next_category_at;	/* WA_NEVER: absent */
	wa_str		quality;

	/* HOLD, LIFT */
	int32		cause;			/* as in state/hold.h */
	wa_scope	scope;			/* HOLD: how far it reaches */
	uint8		categories;		/* HOLD: a mask */
	wa_instant	until;			/* HOLD: WA_FOREVER: does not end by itself */

	/* CONSENT */
	wa_register reg;
	bool		stop;
	wa_str		evidence;
} wa_event;

/* Businesses, senders and message ids are cut after this many bytes. */
#define WA_MAX_NAME			255

/*
 * A business, sender or message id as part of a key: '' where absent, and cut to
 * WA_MAX_NAME bytes so that an index can hold it.
 */
extern wa_str wa_key_part(wa_str s);

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

/*
 * What interpreting elements needs, the policy in force, and who gets the events.
 */

/* Meaning of a whole message by wa_phrase. */
typedef enum wa_meaning
{
	WA_MEANS_NOTHING,
	WA_MEANS_STOP,
	WA_MEANS_RESUME
} wa_meaning;

/* The policy in force, as two callbacks, which get arg as it is. */
typedef struct wa_policy
{
	void	   *arg;

	/* Get the policy of a code; false where it is unknown. */
	bool		(*code) (void *arg, int32 code, wa_code_policy *policy);

	/* The meaning of a message with this whole text (UTF-8, as written). */
	wa_meaning	(*phrase) (void *arg, wa_str text);
} wa_policy;

/* Receives events and problems by callbacks, which get arg as it is. */
typedef struct wa_event_sink
{
	void	   *arg;
	void		(*event) (void *arg, const wa_event *event);

	/* code is for WA_PROBLEM_UNKNOWN_CODE only.  detail is one line, borrowed. */
	void		(*problem) (void *arg, wa_problem problem, const char *detail,
							int32 code);
} wa_event_sink;

typedef enum wa_element_outcome
{
	WA_OUTCOME_APPLIED,			/* events were reported */
	WA_OUTCOME_IGNORED,			/* no meaning here: nothing was reported */
	WA_OUTCOME_PROBLEM,			/* problems were reported and no event */
	WA_OUTCOME_UNCOUNTED		/* not an element of its own: contacts[] */
} wa_element_outcome;

#endif							/* WA_EVENT_H */
