/*-------------------------------------------------------------------------
 *
 * activity.h
 *	  The traffic of one (recipient, business, sender), a row of wa_activity: the
 *	  latest instant of each kind.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ACTIVITY_H
#define WA_ACTIVITY_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"
#include "errors/code_policy.h"

/* A service window stays open this long after the user's last message. */
#define WA_WINDOW	(24 * WA_HOUR)

/* Is a window open at the time at?  inbound: the message that opened it; WA_NEVER: none. */
static inline bool
wa_window_spans(wa_instant inbound, wa_instant at)
{
	return inbound != WA_NEVER && inbound <= at && at < wa_after(inbound, WA_WINDOW);
}

/*
 * From when on a cooldown of that policy, lifted up to that instant, gives way to no window that is open under its own recipient.
 * A message that lifts is no later than lifted, or the row does not follow the policy yet (wa_recompute).
 */
static inline wa_instant
wa_yields_until(const wa_code_policy *policy, wa_instant lifted)
{
	return policy->lifted_by & WA_LIFT_INBOUND ? wa_after(lifted, WA_WINDOW) : WA_FOREVER;
}

/* Each WA_NEVER where there was none. */
typedef struct wa_activity
{
	wa_instant	last_inbound_at;
	wa_instant	last_delivered_at;	/* read and played imply delivered */
	wa_instant	last_read_at;
	wa_instant	last_marketing_delivered_at;
	wa_instant	last_window_refused_at;
	wa_instant	wa_id_at;		/* when wa_id was seen */
	wa_str		wa_id;			/* digits as WhatsApp writes them, unfolded */
} wa_activity;

#define WA_NO_ACTIVITY \
	((wa_activity) {WA_NEVER, WA_NEVER, WA_NEVER, WA_NEVER, WA_NEVER, WA_NEVER, {NULL, 0}})

/* One row of wa_activity, without its recipient. */
typedef struct wa_activity_row
{
	wa_str		business;		/* first: ingest/writer.c searches by it */
	wa_str		sender;
	bool		lifts;			/* does it lift cooldowns: its own row, or one of its home? */
	wa_activity activity;
	wa_instant	refused_at;		/* the latest refusal that may be of its window (rules/windows.c) */
} wa_activity_row;

/*
 * Merge other into activity.  Of two wa_ids seen at the same instant the greater one is
 * kept.  The string is not copied.  Returns whether activity changed.
 */
extern bool wa_activity_merge(wa_activity *activity, const wa_activity *other);

/* Is there evidence of any kind that can lift a cooldown? */
extern bool wa_activity_has_evidence(const wa_activity *activity);

/*
 * The instant up to which failures of a code are lifted by the evidence in one
 * activity; WA_NEVER where nothing lifts any.
 */
extern wa_instant wa_activity_lifts(const wa_activity *activity, const wa_code_policy *policy);

/*
 * The same of all rows about a recipient that count for a business, as an SQL query with the column "at".  Rows are
 * sought by the business as well, since a recipient may have them of very many.
 */
#define WA_EVIDENCE_LIFTS(recipient, business, code) \
	"SELECT pg_catalog.max(@extschema@.wa__evidence_lifts(" code \
	", a.last_inbound_at, a.last_delivered_at, a.last_marketing_delivered_at)) AS at" \
	" FROM (SELECT * FROM @extschema@.wa_activity AS a WHERE a.recipient OPERATOR(@extschema@.=) " recipient \
	" AND a.business = ANY (ARRAY[" business ", ''])" \
	" UNION ALL SELECT * FROM @extschema@.wa_activity AS a WHERE a.recipient OPERATOR(@extschema@.=) " recipient \
	" AND " business " = '') AS a"

#endif							/* WA_ACTIVITY_H */
