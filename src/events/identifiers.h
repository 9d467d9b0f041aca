/*-------------------------------------------------------------------------
 *
 * identifiers.h
 *	  The identifiers by which an element names its user.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IDENTIFIERS_H
#define WA_IDENTIFIERS_H

#include "c.h"

#include "events/event.h"
#include "payload/payload.h"

/*
 * At most one identifier of each kind.  Further ones of a kind that is taken are in rest:
 * an element that names a user by two phones contradicts itself.
 */
typedef struct wa_identifiers
{
	wa_canonical kinds[WA_MAX_IDS]; /* by wa_id_kind; len 0: none */
	int			nrest;
	wa_canonical rest[WA_MAX_IDS];
} wa_identifiers;

/* Make the set empty. */
extern void wa_identifiers_init(wa_identifiers *set);

/*
 * Add all identifiers in who that have a canonical form, except those in except, which may
 * be NULL.  Identifiers already in the set are kept.  The kind is determined by the text
 * first and by the member second, since WhatsApp and relays put BSUIDs into members for
 * phones.
 */
extern void wa_identifiers_add(wa_identifiers *set, const wa_ids *who,
							   const wa_identifiers *except);

/* Write the identifiers, without rest, into ids in order; returns their number. */
extern int	wa_identifiers_list(const wa_identifiers *set, wa_canonical *ids);

/* Is the set empty, apart from rest? */
extern bool wa_identifiers_empty(const wa_identifiers *set);

/* Do the sets contradict each other: by two phones, two BSUIDs, or two parent BSUIDs? */
extern bool wa_identifiers_contradict(const wa_identifiers *a, const wa_identifiers *b);

/* Is an identifier of a, apart from its rest, in b? */
extern bool wa_identifiers_meet(const wa_identifiers *a, const wa_identifiers *b);

/*
 * The digits of a wa_id as WhatsApp writes it, not folded: messages must be sent to these.
 * len is 0 where it is no phone number.
 */
extern void wa_identifiers_raw_phone(wa_str written, wa_canonical *wa_id);

/*
 * Get the old and the new identifier from "User Ada changed from OLD to NEW" or "User changed number
 * from OLD to NEW", the only place where a system message has them if both phones are hidden.  The
 * user chooses the name, so only the end of the text is evaluated.  Returns false for other texts.
 */
extern bool wa_identifiers_in_change(wa_str body, wa_str *from, wa_str *to);

#endif							/* WA_IDENTIFIERS_H */
