/*-------------------------------------------------------------------------
 *
 * phone.h
 *	  From what people store as a phone number or a business-scoped user id
 *	  to the one canonical text of it.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHONE_H
#define WA_PHONE_H

#include "c.h"

/* The longest canonical text: "CC.ENT." and 128 characters. */
#define WA_RECIPIENT_MAX	135

/*
 * Canonical text of one recipient.  text is terminated by a NUL which len
 * does not count; len 0 means "none".
 */
typedef struct wa_canonical
{
	uint8		len;
	char		text[WA_RECIPIENT_MAX + 1];
} wa_canonical;

/*
 * Read len bytes of UTF-8 at input as a phone number or a BSUID, fold it, and
 * put the canonical text into *result.  Returns false, *result then being
 * undefined, where the input is neither (including a NUL byte inside it, and
 * bytes that are no UTF-8).
 */
extern bool wa_canonicalize(const char *input, size_t len, wa_canonical *result);

/*
 * The digits of a phone number that wa_canonicalize reads, before folding: what
 * WhatsApp itself calls a user, where the input is a wa_id.  Returns false,
 * *digits then being undefined, where the input is no phone number.
 */
extern bool wa_phone_as_written(const char *input, size_t len, wa_canonical *digits);

/*
 * Is this canonical text a BSUID (true) or a phone number (false)?  A parent
 * BSUID ("CC.ENT.…") is a BSUID as well.
 */
static inline bool
wa_is_bsuid(const char *text)
{
	return text[0] >= 'A' && text[0] <= 'Z';
}

/*
 * The digits of a canonical phone number as an integer (at most 15 digits,
 * the first not 0, so that text and integer map one to one); 0 for a BSUID.
 */
extern int64 wa_phone_number(const char *text, size_t len);

/*
 * A short cut for what most columns hold: digits and nothing else, or after
 * one '+'.  The wa_phone_number of what wa_canonicalize would make of the
 * input, or 0 where that must be asked (which says nothing of the input).
 */
extern int64 wa_phone_plain(const char *input, size_t len);

#endif							/* WA_PHONE_H */
