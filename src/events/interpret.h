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
