/*-------------------------------------------------------------------------
 *
 * facts.h
 *	  What is asked, and what is known of one recipient: the facts that rules use.
 *	  Pure: no server, no allocation, no tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FACTS_H
#define WA_FACTS_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"
#include "base/str.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/deliveries.h"

/* A question: may a message be sent? */
typedef struct wa_question
{
	wa_category category;
	wa_str		business;		/* data NULL: all businesses taken together */
	wa_str		sender;			/* data NULL: any sender */
	wa_instant	at;
	int64		own_claim;		/* the claim of this number does not count; 0: all do */
} wa_question;

/* Does a row of this business count for the question?  '' counts for every business. */
static inline bool
wa_asks_about(const wa_question *question, wa_str business)
{
	return question->business.data == NULL || business.len == 0 ||
		wa_str_equal(question->business, business);
}

/* One row of wa_cooldown, with the policy of its code. */
typedef struct wa_cooldown_row
{
	wa_str		business;
	int32		code;
	int			strikes;
	int			excluded;		/* failures that do not count because of an incident */
	wa_instant	since;			/* the latest failure that counts */
	wa_instant	until;			/* WA_NEVER: no strike counts; WA_FOREVER: no end */
	uint8		blocks;			/* categories, a mask */
	bool		yields_to_window;
	wa_instant	yields_until;	/* but not from then on (wa_yields_until) */
	wa_str		learned_under;	/* another identifier of the person; else absent */
} wa_cooldown_row;

/* A region rule that forbids something to this recipient. */
typedef struct wa_region_fact
{
	wa_category category;
	wa_str		region;
	wa_str		reason;
} wa_region_fact;

/* A row of wa_frequency_cap. */
typedef struct wa_cap
{
	wa_category category;
	int			messages;		/* at least 1 */
	int64		period;			/* microseconds */
	wa_str		business;		/* whose messages count; '': of every one */
	bool		exempt_in_window;	/* does not object while a window is open */
	bool		exempt_regions; /* nor in regions without per-user limits */
	wa_str		detail;			/* for wa_explain */
} wa_cap;

/* Deliveries later than the returned instant count for a cap. */
static inline wa_instant
wa_cap_since(const wa_cap *cap, wa_instant at)
{
	return at < WA_NEVER + cap->period ? WA_NEVER : at - cap->period;
}

/* One row of wa_delivery, without its recipient. */
typedef struct wa_delivery_row
{
	wa_str		business;
	wa_category category;
	wa_deliveries deliveries;
} wa_delivery_row;

/* A message in such a row, and the time of its first receipt in that row. */
typedef struct wa_delivered
{
	int32		message;		/* hash of its id; 0: it had none */
	int			row;
	wa_instant	at;
} wa_delivered;

/* One row of wa_claim: a message about to be delivered, which counts for a cap as if it were. */
typedef struct wa_claim_row
{
	wa_str		business;		/* '': unknown */
	wa_category category;
	wa_instant	claimed_at;
	wa_instant	lease_until;
	int64		token;			/* with home: the rows of one claim */
	wa_str		home;
	int32		message;		/* hash of the id of what was sent; 0: nothing yet */
} wa_claim_row;

/* A row of wa_quiet_hours and the zones in which it applies to this recipient. */
typedef struct wa_quiet_fact
{
	wa_category category;
	const struct wa_quiet_row *row;
	const struct wa_zones *zones;
} wa_quiet_fact;

/* Quiet time is searched no further than this; beyond, it has no end. */
#define WA_QUIET_SEARCH		(400 * WA_DAY)

/* Details of an objection by quiet hours. */
typedef struct wa_quiet_time
{
	wa_instant	since;
	wa_instant	until;			/* exactly; WA_FOREVER: it never ends */
	wa_str		zone;			/* in which it is quiet; data NULL: unknown */
	wa_str		detail;			/* for wa_explain */
} wa_quiet_time;

/* A row of wa_sender_hold that was not lifted. */
typedef struct wa_hold
{
	wa_str		business;		/* '': every one */
	wa_str		sender;			/* '': all of the business */
	wa_str		region;			/* '': all */
	wa_str		cause;
	wa_str		reason;
	int32		code;			/* 0: none */
	uint8		categories;		/* a mask */
	wa_instant	since;
	wa_instant	until;			/* WA_FOREVER: no end of its own */
	bool		over;			/* ended by a later sign of life, as far as was read */
} wa_hold;

/* The holds of all senders that a message might be sent by. */
typedef struct wa_held
{
	int			n;				/* 0: some sender is not held */
	const wa_hold **holds;
	wa_instant	until;			/* when the first sender is free */
} wa_held;

/* The parts of the facts that rules use, as bits. */
typedef enum wa_part
{
	WA_CONSENTS = 0x01,
	WA_COOLDOWNS = 0x02,
	WA_ACTIVITIES = 0x04,
	WA_DELIVERIES = 0x08,
	WA_ERASURE = 0x10,
	WA_CLAIMS = 0x20
} wa_part;

#define WA_ALL_PARTS \
	(WA_CONSENTS | WA_COOLDOWNS | WA_ACTIVITIES | WA_DELIVERIES | WA_ERASURE | WA_CLAIMS)

/*
 * The facts: everything known about one recipient, for all businesses.  Each part is
 * fetched when a rule first needs it, since few decisions need all parts.
 */
typedef struct wa_facts wa_facts;
struct wa_facts
{
	bool		valid;			/* false: not a valid recipient */
	bool		crowded;		/* too many others are linked with it, and were not read */
	int			nregions;
	const wa_region_fact *regions;

	/* Rule 7; NULL: no sender is held. */
	const wa_held *(*held) (void *sending, const wa_question *question);
	void	   *sending;		/* argument of held */

	bool		opt_in_required;	/* for marketing */
	int			(*known_businesses) (void *known, const wa_str **businesses);	/* without '' */
	void	   *known;			/* argument of known_businesses */
	int			ncaps;
	const wa_cap *caps;			/* all rows of wa_frequency_cap */
	bool		region_without_limit;	/* is the recipient's region one? */
	int			nquiet;
	const wa_quiet_fact *quiet;

	/* Are all numbers that the question may send from in such regions? */
	bool		(*sender_without_limit) (void *pacing, const wa_question *question);

	/* Is it a quiet time at at?  If so, fills in *time. */
	bool		(*is_quiet) (void *pacing, const wa_quiet_fact *fact, wa_instant at,
							 wa_quiet_time *time);
	void	   *pacing;			/* argument of these two */

	uint8		fetched;		/* which parts of the following are filled in */
	int			nconsents;
	wa_consent_row *consents;	/* in the order of businesses */
	int			ncooldowns;
	wa_cooldown_row *cooldowns;
	int			nactivities;
	wa_activity_row *activities;	/* likewise */
	int			ndeliveries;
	wa_delivery_row *deliveries;
	int			ndelivered;
	const wa_delivered *delivered;	/* messages of these, by message, then by row */
	wa_instant	claims_from;	/* only claims whose leases end then or later are fetched */
	int			nclaims;
	wa_claim_row *claims;		/* each claim once */
	wa_erased	erased;
	void		(*fetch) (wa_facts *facts, wa_part part);	/* fills in one part */
	void	   *arg;			/* for use by fetch */
};

#endif							/* WA_FACTS_H */
