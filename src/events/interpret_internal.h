/*-------------------------------------------------------------------------
 *
 * interpret_internal.h
 *	  What the files that interpret elements share.  Nobody else includes it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_INTERNAL_H
#define WA_INTERPRET_INTERNAL_H

#include "c.h"

#include "events/identifiers.h"
#include "events/interpret.h"

/* Identifiers apart: those of a contact that contradicts, and two sets' rests. */
#define WA_MAX_APART	(4 * WA_MAX_IDS)

/* One element on its way to events. */
typedef struct wa_context
{
	const wa_policy *policy;
	const wa_event_sink *sink;
	wa_event	event;			/* all that its events have in common */
	bool		applied;		/* was an event reported? */
	bool		problem;		/* was a problem reported? */
	const char *wrong_instant;	/* why the element's time is not event.at; else NULL */
	bool		told_instant;	/* was that reported? */

	/*
	 * Named by the element as well, but not as one user with event.ids: a stop
	 * or a failure is that of each of them, and nothing else is.
	 */
	int			napart;
	wa_canonical apart[WA_MAX_APART];
} wa_context;

/* ----------------------------------------------------------------
 * context.c
 * ----------------------------------------------------------------
 */

/* Begin with nobody, at no time. */
extern void wa_context_open(wa_context *c, wa_str business, wa_str sender, wa_str message_id,
							const wa_policy *policy, const wa_event_sink *sink);

/* Set the time of the events, received_at where the element's cannot be right. */
extern void wa_context_set_instant(wa_context *c, wa_str written, wa_instant received_at);

/* Fill in who the events are about; contact may be NULL. */
extern void wa_context_set_ids(wa_context *c, const wa_ids *who, const wa_ids *contact);

/* Can the events be placed in time?  Reports the problem, once, if not. */
extern bool wa_context_has_instant(wa_context *c);

/*
 * Is there anybody whom the events are about?  Reports the problem and returns
 * false where no identifier can be used.
 */
extern bool wa_context_has_recipient(wa_context *c, const wa_ids *who, const wa_ids *contact);

/* Report an event. */
extern void wa_context_report(wa_context *c, wa_event_kind kind);

/* Report one for a single identifier, without a raw number. */
extern void wa_context_report_alone(wa_context *c, wa_event_kind kind,
									const wa_canonical *id);

/*
 * Report what protects: at the moment of receipt where the element's time
 * cannot be right, and for everybody whom the element may be about.
 */
extern void wa_context_report_protection(wa_context *c, wa_event_kind kind);

/* Report an opt-out, which protects, or an opt-in, which needs a right time. */
extern void wa_context_report_consent(wa_context *c, wa_register reg, bool stop,
									  wa_str origin, wa_str evidence);

/* Report that the identifiers belong to one person, if there are several. */
extern void wa_context_report_sighting(wa_context *c, wa_str origin);

/* Report why something cannot be applied. */
extern void wa_context_report_problem(wa_context *c, wa_problem problem, const char *detail,
									  int32 code);

/* What has come of the element so far. */
extern wa_element_outcome wa_context_outcome(const wa_context *c);

/* Is it the literal, which is in lower case, its ASCII letters in either case, blanks around it or not? */
extern bool wa_text_says(wa_str s, const char *word);

/* Does it begin with the literal, in the same way? */
extern bool wa_text_starts(wa_str s, const char *word);

/* An error code as text, "131050.0" too; false where it is none. */
extern bool wa_code_read(wa_str text, int32 *code);

/* Unix seconds or milliseconds, as text, to an instant; false where it is none. */
extern bool wa_instant_read(wa_str text, wa_instant *at);

/* ----------------------------------------------------------------
 * account.c
 * ----------------------------------------------------------------
 */

/* The sender is held back, where an error of this code does that. */
extern void wa_interpret_holding_code(wa_context *c, const wa_code_policy *policy);

/* The value of a change that tells of a template. */
extern wa_element_outcome wa_interpret_template(wa_context *c, const wa_element *element);

/* The value of an account_update. */
extern wa_element_outcome wa_interpret_account_update(wa_context *c, const wa_element *element);

/* ----------------------------------------------------------------
 * changes.c
 * ----------------------------------------------------------------
 */

/* A system message of a user who has got another number or BSUID. */
extern void wa_interpret_changed_user(wa_context *c, const wa_element *element);

/* An item of user_id_update[]. */
extern wa_element_outcome wa_interpret_user_id_update(wa_context *c,
													  const wa_element *element);

#endif							/* WA_INTERPRET_INTERNAL_H */
