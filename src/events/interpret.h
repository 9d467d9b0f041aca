/*-------------------------------------------------------------------------
 *
 * interpret.h
 *	  From an element of a webhook to the events that it stands for.
 *	  Pure: no server, no allocation, no tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_H
#define WA_INTERPRET_H

#include "c.h"

#include "events/event.h"
#include "payload/payload.h"

/* An event may lie this far after the receipt of its webhook, not further. */
#define WA_CLOCK_SKEW		(10 * WA_MINUTE)

/* WhatsApp was founded in 2009: no event is older.  2009-01-01 in our epoch. */
#define WA_FIRST_INSTANT	(INT64CONST(284083200) * WA_SECOND)

/* Businesses, senders and message ids are cut after this many bytes. */
#define WA_MAX_NAME			255

/*
 * Such a name as part of a key: never absent, and not so long that an index could not
 * hold it.
 */
extern wa_str wa_key_part(wa_str s);

/* What wa_phrase makes of a whole message. */
typedef enum wa_meaning
{
	WA_MEANS_NOTHING,
	WA_MEANS_STOP,
	WA_MEANS_RESUME
} wa_meaning;

/* The policy in force, as two questions; arg goes through untouched. */
typedef struct wa_policy
{
	void	   *arg;

	/* What a code does; false where it is unknown. */
	bool		(*code) (void *arg, int32 code, wa_code_policy *policy);

	/* What a message means whose whole text this is (UTF-8, as written). */
	wa_meaning	(*phrase) (void *arg, wa_str text);
} wa_policy;

/* Where events and problems go; arg goes through untouched. */
typedef struct wa_event_sink
{
	void	   *arg;
	void		(*event) (void *arg, const wa_event *event);

	/* code: with WA_PROBLEM_UNKNOWN_CODE only.  detail is one line, borrowed. */
	void		(*problem) (void *arg, wa_problem problem, const char *detail,
							int32 code);
} wa_event_sink;

typedef enum wa_element_outcome
{
	WA_OUTCOME_APPLIED,			/* means something: events were reported */
	WA_OUTCOME_IGNORED,			/* means nothing to us */
	WA_OUTCOME_PROBLEM,			/* problems were reported and no event */
	WA_OUTCOME_UNCOUNTED		/* not an element of its own: contacts[] */
} wa_element_outcome;

/*
 * Interpret one element of a payload received at received_at: report its
 * events and problems, say what came of it.
 *
 * A time that cannot be right is a problem.  What loosens is not reported
 * then; what protects is, at received_at, and once for each identifier by
 * itself, since the sighting that would tie them is not.
 */
extern wa_element_outcome wa_interpret(const wa_element *element, wa_instant received_at,
									   const wa_policy *policy, const wa_event_sink *sink);

/*
 * Interpret an error that the send API answered, or any failure without a
 * webhook round it: the same as a failed status with this one error.
 */
extern wa_element_outcome wa_interpret_failure(const wa_ids *who, int32 code, wa_instant at,
											   wa_instant received_at, wa_str business,
											   wa_str sender, wa_str message_id,
											   const wa_policy *policy,
											   const wa_event_sink *sink);

#endif							/* WA_INTERPRET_H */
