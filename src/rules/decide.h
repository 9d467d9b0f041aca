/*-------------------------------------------------------------------------
 *
 * decide.h
 *	  The rules: from what is known of one recipient to the objections
 *	  against sending.  Pure: no server, no allocation, no tables.
 *
 * wa_sendable, wa_explain, wa_next_sendable, wa_suppressed and
 * wa_segment_summary all ask wa_decide and nothing else, so that they cannot
 * disagree.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DECIDE_H
#define WA_DECIDE_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"
#include "base/str.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/deliveries.h"

/* The rules by number, in the order in which they object. */
typedef enum wa_rule
{
	WA_RULE_INVALID_RECIPIENT = 1,
	WA_RULE_OPTED_OUT_WHATSAPP,
	WA_RULE_OPTED_OUT_BUSINESS,
	WA_RULE_REGION,
	WA_RULE_COOLDOWN,
	WA_RULE_WINDOW_CLOSED,
	WA_RULE_SENDER_HOLD,
	WA_RULE_FREQUENCY_CAP,
	WA_RULE_QUIET_HOURS,
	WA_RULE_NO_OPT_IN,
	WA_RULE_ERASED
} wa_rule;

/* One more than the last rule. */
#define WA_RULES (WA_RULE_ERASED + 1)

/* The name used in SQL, static storage; NULL where there is no rule of this number. */
extern const char *wa_rule_name(wa_rule rule);

/* What is asked. */
typedef struct wa_question
{
	wa_category category;
	wa_str		business;		/* data NULL: all businesses taken together */
	wa_str		sender;			/* data NULL: any sender */
	wa_instant	at;
	int64		own_claim;		/* the claim of this number does not count; 0: all do */
} wa_question;

/* Does the question reach a row of this business?  '' speaks for every one. */
static inline bool
wa_asks_about(const wa_question *question, wa_str business)
{
	return question->business.data == NULL || business.len == 0 ||
		wa_str_equal(question->business, business);
}

/* May a stop in a register, in any or in this one, forbid messages of this category? */
extern bool wa_asks_registers(wa_category category);
extern bool wa_asks_register(wa_category category, wa_register reg);

/* One row of wa_cooldown, with what the policy says of its code. */
typedef struct wa_cooldown_row
{
	wa_str		business;
	int32		code;
	int			strikes;
	wa_instant	since;			/* latest failure */
	wa_instant	until;			/* WA_NEVER: no strike counts */
	uint8		blocks;
	bool		yields_to_window;
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
	int64		period;
	wa_str		business;
	bool		exempt_in_window;
	bool		exempt_regions;
	wa_str		detail;			/* for people */
} wa_cap;

/* Deliveries later than this count for a cap. */
static inline wa_instant
wa_cap_since(const wa_cap *cap, wa_instant at)
{
	return at < WA_NEVER + cap->period ? WA_NEVER : at - cap->period;
}

/* One row of wa_delivery but for its recipient. */
typedef struct wa_delivery_row
{
	wa_str		business;
	wa_category category;
	wa_deliveries deliveries;
} wa_delivery_row;

/* A message that such a row tells of, and when it was first received by that. */
typedef struct wa_delivered
{
	int32		message;		/* hash of its id; 0: it had none */
	int			row;
	wa_instant	at;
} wa_delivered;

/* One row of wa_claim: what somebody is about to send, for a cap as good as delivered. */
typedef struct wa_claim_row
{
	wa_str		business;		/* '': unknown */
	wa_category category;
	wa_instant	claimed_at;
	wa_instant	lease_until;
	int64		token;			/* with home: the rows of one claim */
	wa_str		home;
} wa_claim_row;

/* A row of wa_quiet_hours and the zones in which it counts for this recipient. */
typedef struct wa_quiet_fact
{
	wa_category category;
	const struct wa_quiet_row *row;
	const struct wa_zones *zones;
} wa_quiet_fact;

/* No quiet time is followed further than this: it has no end. */
#define WA_QUIET_SEARCH		(400 * WA_DAY)

/* What an objection of quiet hours tells. */
typedef struct wa_quiet_time
{
	wa_instant	since;
	wa_instant	until;			/* exactly; WA_FOREVER: it never ends */
	wa_str		zone;			/* in which it is that time; data NULL: it is unknown */
	wa_str		detail;			/* for people */
} wa_quiet_time;

/* A row of wa_sender_hold whose end was not told. */
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
	bool		over;			/* there is a sign that it is, as far as was looked */
} wa_hold;

/* What holds everybody back by whom a message might be sent. */
typedef struct wa_held
{
	int			n;				/* 0: nothing, or one of them is free */
	const wa_hold **holds;
	wa_instant	until;			/* when the first of them is free */
} wa_held;

/* The rows of one recipient that a rule may ask for. */
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
 * All that is known of one recipient, whatever the business.  Each part is
 * fetched when a rule first asks for it: few decisions need all of them.
 */
typedef struct wa_facts wa_facts;
struct wa_facts
{
	bool		valid;			/* false: no recipient at all */
	int			nregions;
	const wa_region_fact *regions;

	/* Rule 7; NULL: nobody is held. */
	const wa_held *(*held) (void *sending, const wa_question *question);
	void	   *sending;		/* for it */

	bool		opt_in_required;	/* for marketing */
	int			(*known_businesses) (void *known, const wa_str **businesses);	/* but for '' */
	void	   *known;			/* for this one */
	int			ncaps;
	const wa_cap *caps;			/* all there are */
	bool		region_without_limit;	/* is the recipient's such a one? */
	int			nquiet;
	const wa_quiet_fact *quiet;

	/* Is every number that the question may mean to send from in such a region? */
	bool		(*sender_without_limit) (void *pacing, const wa_question *question);

	/* Is it that time? */
	bool		(*is_quiet) (void *pacing, const wa_quiet_fact *fact, wa_instant at,
							 wa_quiet_time *time);
	void	   *pacing;			/* for these two */

	uint8		fetched;		/* which wa_part of the following are filled in */
	int			nconsents;
	const wa_consent_row *consents;
	int			ncooldowns;
	const wa_cooldown_row *cooldowns;
	int			nactivities;
	const wa_activity_row *activities;
	int			ndeliveries;
	const wa_delivery_row *deliveries;
	int			ndelivered;
	const wa_delivered *delivered;	/* messages of these, by message, then by row */
	int			nclaims;
	const wa_claim_row *claims; /* each claim once */
	wa_instant	erased_at;		/* WA_NEVER: not erased */
	void		(*fetch) (wa_facts *facts, wa_part part);	/* fills in one part */
	void	   *arg;			/* for fetch */
};

/* Why not. */
typedef struct wa_objection
{
	wa_rule		rule;
	wa_str		business;		/* of the row that objects; data NULL: none */
	int32		code;			/* 0: none */
	wa_instant	since;			/* WA_NEVER: unknown */
	wa_instant	until;			/* WA_FOREVER: no end of its own */
	wa_str		origin;			/* how it was learned; data NULL: unknown */
	wa_str		detail;			/* region rule, hold, cap, quiet hours; data NULL: none */
	wa_register reg;			/* opt-out: the register that says so */
	int			strikes;		/* cooldown; cap: messages delivered and claimed */
	int			claimed;		/* cap: those claimed */
	wa_instant	retry;			/* until when it objects for certain, if nothing more
								 * happens; 0: until */
	wa_str		learned_under;	/* the identifier it was learned under, where that is
								 * another than the one asked about; else absent */
} wa_objection;

/* Takes one objection; returns whether to go on looking for more. */
typedef bool (*wa_objection_sink) (void *arg, const wa_objection *objection);

/*
 * Report every objection, by rule and then in the order of the rows, until
 * the sink has enough.  Returns whether there was none.  sink may be NULL.
 */
extern bool wa_decide(wa_facts *facts, const wa_question *question,
					  wa_objection_sink sink, void *arg);

/*
 * The earliest instant from question->at on at which wa_decide would find no
 * objection if nothing more happened; WA_FOREVER where there is none.
 */
extern wa_instant wa_next(wa_facts *facts, const wa_question *question);

#endif							/* WA_DECIDE_H */
