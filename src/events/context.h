/*-------------------------------------------------------------------------
 *
 * context.h
 *	  One element's time and identifiers, and reporting its events and problems.
 *	  Shared by the files that interpret elements.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CONTEXT_H
#define WA_CONTEXT_H

#include "c.h"

#include "events/event.h"
#include "events/identifiers.h"
#include "payload/payload.h"

/* Maximum number in apart: a contact that contradicts, and the rest of two sets. */
#define WA_MAX_APART	(4 * WA_MAX_IDS)

/* State of interpreting one element. */
typedef struct wa_context
{
	const wa_policy *policy;
	const wa_event_sink *sink;
	wa_event	event;			/* members common to all of its events */
	bool		applied;		/* was an event reported? */
	bool		problem;		/* was a problem reported? */
	const char *wrong_instant;	/* why the element's time is not event.at; else NULL */
	bool		told_instant;	/* was that reported? */

	/*
	 * Identifiers that the element names too, but that may be of another user than
	 * event.ids.  Stops and failures are reported for each of them, other events are not.
	 */
	int			napart;
	wa_canonical apart[WA_MAX_APART];
} wa_context;

/* Begin, without identifiers and time. */
extern void wa_context_open(wa_context *c, wa_str business, wa_str sender, wa_str message_id,
							const wa_policy *policy, const wa_event_sink *sink);

/* Set the time of the events: the element's, or received_at where that cannot be right. */
extern void wa_context_set_instant(wa_context *c, wa_str written, wa_instant received_at);

/* Set the identifiers of the events; contact may be NULL. */
extern void wa_context_set_ids(wa_context *c, const wa_ids *who, const wa_ids *contact);

/* Is the time of the element right?  If not, the problem is reported, once. */
extern bool wa_context_has_instant(wa_context *c);

/*
 * Is there a valid identifier?  If not, the problem is reported.
 */
extern bool wa_context_has_recipient(wa_context *c, const wa_ids *who, const wa_ids *contact);

/* Report an event. */
extern void wa_context_report(wa_context *c, wa_event_kind kind);

/* Report an event for a single identifier, without a wa_id. */
extern void wa_context_report_alone(wa_context *c, wa_event_kind kind,
									const wa_canonical *id);

/*
 * Report an event that protects: also where the element's time cannot be right, then at
 * the time of receipt; and for every identifier that the element may be about.
 */
extern void wa_context_report_protection(wa_context *c, wa_event_kind kind);

/* Report an opt-out, as an event that protects; or an opt-in, only where the time is right. */
extern void wa_context_report_consent(wa_context *c, wa_register reg, bool stop,
									  wa_str origin, wa_str evidence);

/* Report that the identifiers belong to one person, if there are several. */
extern void wa_context_report_sighting(wa_context *c, wa_str origin);

/* Report why something cannot be applied. */
extern void wa_context_report_problem(wa_context *c, wa_problem problem, const char *detail);

/* Report an error code that the catalogue does not have. */
extern void wa_context_report_unknown_code(wa_context *c, int32 code);

/* The outcome of the element so far. */
extern wa_element_outcome wa_context_outcome(const wa_context *c);

/* Read an error code from text, "131050.0" and "1.3105e5" too; false where it is none. */
extern bool wa_code_read(wa_str text, int32 *code);

/* Read Unix seconds or milliseconds from text; false where they are none. */
extern bool wa_instant_read(wa_str text, wa_instant *at);

/*
 * Kinds of elements that have files of their own.
 */

/* account.c: report a hold of the sender, if an error with this code makes one. */
extern void wa_interpret_holding_code(wa_context *c, const wa_code_policy *policy);

/* account.c: interpret the value of an account_update. */
extern wa_element_outcome wa_interpret_account_update(wa_context *c, const wa_element *element);

/* changes.c: interpret a system message about a user's new number or BSUID. */
extern void wa_interpret_changed_user(wa_context *c, const wa_element *element);

/* changes.c: interpret an item of user_id_update[]. */
extern wa_element_outcome wa_interpret_user_id_update(wa_context *c, const wa_element *element);

/* template.c: interpret the value of a change about a template. */
extern wa_element_outcome wa_interpret_template(wa_context *c, const wa_element *element);

#endif							/* WA_CONTEXT_H */
