/*-------------------------------------------------------------------------
 *
 * decide.h
 *	  The rules: which object to sending, given the facts about one recipient.
 *	  Pure: no server, no allocation, no tables.
 *
 * wa_sendable, wa_explain, wa_next_sendable, wa_suppressed and wa_segment_summary all
 * use these, so that they cannot disagree.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DECIDE_H
#define WA_DECIDE_H

#include "rules/facts.h"

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
	WA_RULE_ERASED,
	WA_RULE_TOO_MANY_IDENTIFIERS
} wa_rule;

/* No rule objects. */
#define WA_NO_RULE ((wa_rule) 0)

/* One more than the last rule. */
#define WA_RULES (WA_RULE_TOO_MANY_IDENTIFIERS + 1)

/* The reason in SQL, static storage; NULL where there is no rule with this number. */
extern const char *wa_rule_name(wa_rule rule);

/* Can a stop in some register, or in this register, forbid messages of this category? */
extern bool wa_asks_registers(wa_category category);
extern bool wa_asks_register(wa_category category, wa_register reg);

/*
 * Is a stop of the business's registers taken back by a resume among these rows of the same
 * register that speaks for every business?  WhatsApp's own register knows no such thing.
 */
extern bool wa_resumed_for_all(const wa_consent_row *rows, int n, const wa_consent_row *stop);

/* An objection to sending. */
typedef struct wa_objection
{
	wa_rule		rule;
	wa_str		business;		/* of the row that objects; data NULL: none */
	int32		code;			/* 0: none */
	wa_instant	since;			/* WA_NEVER: unknown */
	wa_instant	until;			/* WA_FOREVER: does not end by itself */
	wa_str		origin;			/* how it was learned; data NULL: unknown */
	wa_str		detail;			/* region rule, hold, cap, quiet hours; data NULL: none */
	const wa_hold *hold;		/* of rule 7; else NULL */
	wa_register reg;			/* opt-out: the register that has the stop; erasure: the one in which it is
								 * as good as a stop */
	int			strikes;		/* cooldown; cap: messages delivered and claimed, -1: unknown */
	int			claimed;		/* cap: those claimed */
	int			excluded;		/* cooldown: failures that an incident excludes */
	wa_instant	retry;			/* it objects up to here for certain, if no further
								 * event arrives; 0: up to until */
	wa_str		learned_under;	/* the identifier it was learned under, where that is
								 * another than the one asked about; else absent */
} wa_objection;

/* Is it by a stop of a register? */
static inline bool
wa_is_opt_out(const wa_objection *objection)
{
	return objection->rule == WA_RULE_OPTED_OUT_WHATSAPP ||
		objection->rule == WA_RULE_OPTED_OUT_BUSINESS;
}

/* Callback that receives one objection; returns whether to continue. */
typedef bool (*wa_objection_sink) (void *arg, const wa_objection *objection);

/*
 * Report every objection to sink, by rule and then in the order of the rows, until it
 * returns false.  Returns true if there was no objection.  sink may be NULL.
 */
extern bool wa_decide(wa_facts *facts, const wa_question *question,
					  wa_objection_sink sink, void *arg);

/* The first rule that objects; WA_NO_RULE: none does. */
extern wa_rule wa_first_rule(wa_facts *facts, const wa_question *question);

/*
 * The earliest instant, not before question->at, at which wa_decide would find no objection
 * if no further event arrives; WA_FOREVER where there is none.
 */
extern wa_instant wa_next(wa_facts *facts, const wa_question *question);

/*
 * When the last of the customer service windows that question->business and sender may use ends;
 * WA_NEVER where that is not after question->at.
 */
extern wa_instant wa_window_end(wa_facts *facts, const wa_question *question);

#endif							/* WA_DECIDE_H */
