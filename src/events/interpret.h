/*-------------------------------------------------------------------------
 *
 * interpret.h
 *	  Conversion of webhook elements to events.
 *	  Pure: no server, no allocation, no tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_H
#define WA_INTERPRET_H

#include "c.h"

#include "events/event.h"
#include "payload/payload.h"

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

/* Businesses, senders and message ids are cut after this many bytes. */
#define WA_MAX_NAME			255

/*
 * A business, sender or message id as part of a key: '' where absent, and cut to
 * WA_MAX_NAME bytes so that an index can hold it.
 */
extern wa_str wa_key_part(wa_str s);

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

/*
 * Interpret one element of a payload that was received at received_at.  Reports its events
 * and problems to sink and returns the outcome.
 *
 * A time that cannot be right is a problem.  Then events that loosen are not reported.
 * Events that protect are, with the time received_at, once for each identifier alone,
 * since no sighting is reported that would link them.
 */
extern wa_element_outcome wa_interpret(const wa_element *element, wa_instant received_at,
									   const wa_policy *policy, const wa_event_sink *sink);

/* An error that the send API returned, or another failure without a webhook. */
typedef struct wa_failure_report
{
	wa_ids		who;
	int32		code;
	wa_instant	at;
	wa_str		business;
	wa_str		sender;
	wa_str		message_id;
} wa_failure_report;

/* Interpret a failure as a failed status with this one error. */
extern wa_element_outcome wa_interpret_failure(const wa_failure_report *failure,
											   wa_instant received_at, const wa_policy *policy,
											   const wa_event_sink *sink);

#endif							/* WA_INTERPRET_H */
