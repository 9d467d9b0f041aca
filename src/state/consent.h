/*-------------------------------------------------------------------------
 *
 * consent.h
 *	  One register of one (recipient, business): the latest word wins, and
 *	  stop wins a tie.  Pure: no server, no allocation.
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
 * The merged word of a register.  The latest stop and the latest resume are
 * kept apart since another identifier of the same person may be reached by
 * the one and not by the other.  The strings belong to the winner.
 */
typedef struct wa_consent
{
	wa_instant	stopped_at;		/* WA_NEVER: no stop so far */
	wa_instant	resumed_at;		/* WA_NEVER: no resume so far */
	wa_str		origin;
	int32		code;			/* error code that told; 0: none */
	wa_str		sender;
	wa_str		message_id;
} wa_consent;

/* One row of wa_consent but for its recipient. */
typedef struct wa_consent_row
{
	wa_register reg;
	wa_str		business;
	wa_consent	consent;
	wa_str		learned_under;	/* another identifier of the person; else absent */
} wa_consent_row;

/* Does the register say stop?  A stop wins a tie. */
static inline bool
wa_consent_stopped(const wa_consent *consent)
{
	return consent->stopped_at != WA_NEVER && consent->stopped_at >= consent->resumed_at;
}

/* Since when it says what it says. */
static inline wa_instant
wa_consent_at(const wa_consent *consent)
{
	return wa_later(consent->stopped_at, consent->resumed_at);
}

/*
 * Merge other into consent.  Of two words equal in time and meaning the one
 * with the greater origin, code, sender, message id (by bytes, in this order) gives
 * the strings, so that no order of arrival shows.  The strings are not copied.
 */
extern void wa_consent_merge(wa_consent *consent, const wa_consent *other);

#endif							/* WA_CONSENT_H */
