/*-------------------------------------------------------------------------
 *
 * intake.h
 *	  One statement's worth of intake: payloads and errors in, state and
 *	  problems out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTAKE_H
#define WA_INTAKE_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/interpret.h"

typedef struct wa_intake wa_intake;

/* What came of it. */
typedef struct wa_counts
{
	int64		applied;		/* elements that mean something */
	int64		ignored;		/* elements that mean nothing here */
	int64		problems;		/* problems found: rows of wa_problem, or their counts */
} wa_counts;

/*
 * Begin.  funcid is the SQL function at work, by whose namespace the tables
 * are found.  replaying: problems that are known already are not counted up.
 * Everything is allocated in a context below the current one, which must
 * outlive the intake; json-c's memory is freed with it on every path.
 */
extern wa_intake *wa_intake_begin(Oid funcid, bool replaying);

/*
 * Raise an error where a payload cannot have been received then: more than 10 minutes from
 * now, or before 2009.  For what a writer says; what is stored already is taken as it is.
 */
extern void wa_intake_check_received(wa_instant received_at);

/*
 * Take in one payload: a text of this database, or (is_bytes) the bytes of a
 * request body in UTF-8.  signature is the X-Hub-Signature-256 header; data
 * NULL where there is none.  webhook_id 0: the payload is not kept.
 */
extern void wa_intake_payload(wa_intake *intake, wa_str payload, bool is_bytes,
							  wa_str signature, wa_instant received_at,
							  int64 webhook_id);

/*
 * Take in one element again that stands in wa_problem; uncounted: its payload is taken in
 * as well, so only look and leave the counts alone.  Returns whether it can be applied (or ignored) now.  path is
 * terminated; signature is that of a whole payload, an element was checked
 * when it was recorded.
 */
extern bool wa_intake_fragment(wa_intake *intake, wa_str fragment, wa_str path,
							   wa_str signature, bool on_premises, wa_str business, wa_str sender,
							   wa_instant received_at, int64 webhook_id, bool uncounted);

/*
 * Take in one failure that did not come by a webhook.  The strings are texts
 * of this database; details goes along with a problem, if there is one.  An
 * ERROR for a business that was never heard of, where there are app secrets.
 */
extern void wa_intake_failure(wa_intake *intake, wa_str recipient, int32 code,
							  wa_instant at, wa_instant received_at, wa_str business,
							  wa_str sender, wa_str message_id, wa_str details);

/* Take in an event that an operator makes; its strings are in UTF-8. */
extern void wa_intake_event(wa_intake *intake, const wa_event *event);

/* Write it all, free everything, return the counts. */
extern wa_counts wa_intake_finish(wa_intake *intake);

/* The schema at work. */
extern const wa_schema *wa_intake_schema(const wa_intake *intake);

#endif							/* WA_INTAKE_H */
