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

/* The kinds of identifiers, in the order of wa_ids and of wa_event.ids. */
enum
{
	WA_KIND_PHONE,
	WA_KIND_USER,				/* BSUID */
	WA_KIND_PARENT				/* parent BSUID */
};

/*
 * At most one identifier of each kind, and those that found their kind taken
 * by another one: what names a user by two phones contradicts itself.
 */
typedef struct wa_identifiers
{
	wa_canonical kinds[WA_MAX_IDS]; /* phone, BSUID, parent; len 0: none */
	int			nrest;
	wa_canonical rest[WA_MAX_IDS];
} wa_identifiers;

/* Nobody. */
extern void wa_identifiers_init(wa_identifiers *set);

/*
 * Add all identifiers in who that have a canonical form, but for those in
 * except, which may be NULL.  What is there already stays; a kind is told by
 * the text first, and only then by where it stands, since WhatsApp and relays
 * put BSUIDs into members for phones.
 */
extern void wa_identifiers_add(wa_identifiers *set, const wa_ids *who,
							   const wa_identifiers *except);

/* The identifiers without the rest, into ids in order; how many. */
extern int	wa_identifiers_list(const wa_identifiers *set, wa_canonical *ids);

/* Is there none but in the rest? */
extern bool wa_identifiers_empty(const wa_identifiers *set);

/* Do two sets name two users: by two phones, two BSUIDs, or two parents? */
extern bool wa_identifiers_contradict(const wa_identifiers *a, const wa_identifiers *b);

/* Is any identifier given at all, be it none that can be used? */
extern bool wa_identifiers_given(const wa_ids *who);

/*
 * The digits of a wa_id as WhatsApp writes it, not folded: sends must use
 * these.  Nothing (len 0) where it is no phone number.
 */
extern void wa_identifiers_raw_phone(wa_str written, wa_canonical *wa_id);

/*
 * The old and the new identifier in "User Ada changed from OLD to NEW", which
 * is all that a system message says where both phones are hidden.  The name
 * is the user's to choose, so only the end of the text is looked at.  Returns
 * false where it is no such text.
 */
extern bool wa_identifiers_in_change(wa_str body, wa_str *from, wa_str *to);

#endif							/* WA_IDENTIFIERS_H */
