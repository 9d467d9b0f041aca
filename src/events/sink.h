/*-------------------------------------------------------------------------
 *
 * sink.h
 *	  What interpreting elements needs, the policy in force, and who gets the events.
 *	  Plain data.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SINK_H
#define WA_SINK_H

#include "c.h"

#include "events/event.h"

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

#endif							/* WA_SINK_H */
