/*-------------------------------------------------------------------------
 *
 * intake.h
 *	  The intake of one statement: applies payloads and errors to the state and
 *	  records problems.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTAKE_H
#define WA_INTAKE_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/interpret.h"

typedef struct wa_intake wa_intake;

/* The result. */
typedef struct wa_counts
{
	int64		applied;		/* elements with events */
	int64		ignored;		/* elements without a meaning here */
	int64		problems;		/* problems recorded in wa_problem, as rows or counts */
} wa_counts;

/*
 * Begin.  funcid is the SQL function that runs; the tables are in its namespace.
 * replaying: counts of known problems are not increased.
 *
 * Memory: a child of the current context, which must outlive the intake.  json-c's memory
 * is freed with it on every path.
 */
extern wa_intake *wa_intake_begin(Oid funcid, bool replaying);

/*
 * Check a time that a caller gives; stored ones are not checked.  Error: datetime_field_overflow
 * where it is more than 10 minutes in the future or before 2009.  what, such as "received_at", and
 * hint, which may be NULL, are used in its message.
 */
extern void wa_check_moment(wa_instant at, const char *what, const char *hint);

/* The same for a received_at. */
extern void wa_check_received(wa_instant received_at);

/*
 * Apply one payload: a text of this database, or, with is_bytes, the bytes of a request
 * body in UTF-8.  signature is the header X-Hub-Signature-256; data NULL where there is
 * none.  webhook_id: the row of wa_webhook; 0 where the payload is not stored.  Error:
 * object_not_in_prerequisite_state on a subscriber.
 */
extern void wa_intake_payload(wa_intake *intake, wa_str payload, bool is_bytes,
							  wa_str signature, wa_instant received_at,
							  int64 webhook_id);

/* What a row of wa_problem is about: an element, or a whole payload.  Texts of this database. */
typedef struct wa_fragment
{
	wa_str		text;
	wa_str		path;			/* NUL-terminated; '': a whole payload */
	wa_str		signature;		/* of a whole payload; that of an element was checked when it was
								 * recorded */
	bool		on_premises;
	wa_str		business;
	wa_str		sender;
	wa_instant	received_at;
	int64		webhook_id;		/* 0: the payload is not stored */
} wa_fragment;

/*
 * Apply it again.  Returns whether it could be applied or ignored now; of a whole payload, whether it could
 * be read and was signed: then what is wrong with its elements is recorded.  uncounted: its
 * payload is applied as well, so this only checks and leaves the counts unchanged.
 */
extern bool wa_intake_fragment(wa_intake *intake, const wa_fragment *fragment, bool uncounted);

/*
 * Apply one failure that did not come by a webhook, received now.  The strings are texts of
 * this database; details is stored with a problem, if there is one.  Error: undefined_object,
 * if there are app secrets, for a business that is not in wa_sender.
 */
extern void wa_intake_failure(wa_intake *intake, const wa_failure_report *failure, wa_str details);

/* Apply an event recorded by an operator; its strings are in UTF-8. */
extern void wa_intake_event(wa_intake *intake, const wa_event *event);

/* Write everything, free the intake, and return the counts. */
extern wa_counts wa_intake_finish(wa_intake *intake);

/* The result row (applied, ignored, problems) of an SQL function. */
extern Datum wa_counts_row(FunctionCallInfo fcinfo, wa_counts counts);

#endif							/* WA_INTAKE_H */
