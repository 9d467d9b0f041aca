/*-------------------------------------------------------------------------
 *
 * consent.h
 *	  One register of one (recipient, business), a row of wa_consent: the latest event
 *	  wins, and of two at the same time the stop.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CONSENT_H
#define WA_CONSENT_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"

/* Who keeps the register: the column "register" of wa_consent. */
typedef enum wa_register
{
	WA_REGISTER_WHATSAPP,		/* WhatsApp's own; no operator can lift it */
	WA_REGISTER_BUSINESS,		/* phrases, operators, imports */
	WA_REGISTER_EVERYTHING		/* operators, imports: "never write to me again" */
} wa_register;

#define WA_REGISTERS (WA_REGISTER_EVERYTHING + 1)

/* The register by its name in SQL. */
static inline wa_register
wa_register_from_name(wa_str name)
{
	return wa_str_equal(name, WA_STR("whatsapp")) ? WA_REGISTER_WHATSAPP :
		wa_str_equal(name, WA_STR("everything")) ? WA_REGISTER_EVERYTHING :
		WA_REGISTER_BUSINESS;
}

static inline wa_str
wa_register_name(wa_register reg)
{
	return reg == WA_REGISTER_WHATSAPP ? WA_STR("whatsapp") :
		reg == WA_REGISTER_EVERYTHING ? WA_STR("everything") : WA_STR("business");
}

/*
 * The merged events of a register.  The latest stop and the latest resume are kept
 * separately, since one of them may count for another identifier of the same person and
 * the other not.  The other members are those of the winner.
 */
typedef struct wa_consent
{
	wa_instant	stopped_at;		/* WA_NEVER: no stop so far */
	wa_instant	resumed_at;		/* WA_NEVER: no resume so far */
	wa_str		origin;
	int32		code;			/* error code of the failed message; 0: none */
	wa_str		sender;
	wa_str		message_id;
} wa_consent;

/* One row of wa_consent, without its recipient. */
typedef struct wa_consent_row
{
	wa_register reg;
	wa_str		business;
	wa_consent	consent;
	wa_str		learned_under;	/* another identifier of the person; else absent */
} wa_consent_row;

/* Is the state of the register stop?  A stop wins over a resume at the same time. */
static inline bool
wa_consent_stopped(const wa_consent *consent)
{
	return consent->stopped_at != WA_NEVER && consent->stopped_at >= consent->resumed_at;
}

/* The time of the event that the state comes from. */
static inline wa_instant
wa_consent_at(const wa_consent *consent)
{
	return wa_later(consent->stopped_at, consent->resumed_at);
}

/* When a person was erased; WA_NEVER: never. */
typedef struct wa_erased
{
	wa_instant	at;
	wa_instant	everything_at;	/* the latest such time at which a stop of everything stood */
} wa_erased;

/* What an erasure is as good as: a stop of this register at this time; WA_NEVER: none. */
static inline wa_instant
wa_erased_stop(const wa_erased *erased, wa_register reg)
{
	return reg == WA_REGISTER_BUSINESS ? erased->at :
		reg == WA_REGISTER_EVERYTHING ? erased->everything_at : WA_NEVER;
}

/*
 * Merge other into consent.  Of two events with equal time and state, the one with the
 * greater origin, code, sender, message id (by bytes, in this order) gives the other
 * members, so that the order of arrival does not matter.  The strings are not copied.
 */
extern void wa_consent_merge(wa_consent *consent, const wa_consent *other);

#endif							/* WA_CONSENT_H */
