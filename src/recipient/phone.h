/*-------------------------------------------------------------------------
 *
 * phone.h
 *	  Conversion of phone numbers and business-scoped user ids (BSUIDs), as people
 *	  store them, to their canonical text.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHONE_H
#define WA_PHONE_H

#include "c.h"

#include "base/str.h"

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

/* The text of a recipient, borrowed. */
static inline wa_str
wa_canonical_str(const wa_canonical *id)
{
	return wa_str_of(id->text, id->len);
}

/* The recipient with this canonical text; false where it is too long for one. */
static inline bool
wa_canonical_from_str(wa_str text, wa_canonical *id)
{
	if (text.len > WA_RECIPIENT_MAX)
		return false;
	memcpy(id->text, text.data, text.len);
	id->text[text.len] = '\0';
	id->len = text.len;
	return true;
}

static inline bool
wa_canonical_equal(const wa_canonical *a, const wa_canonical *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Compare two wa_canonical as the SQL type does, for qsort and bsearch. */
static inline int
wa_canonical_order(const void *a, const void *b)
{
	return wa_str_compare(wa_canonical_str(a), wa_canonical_str(b));
}

/*
 * Read len bytes of UTF-8 at input as a phone number or a BSUID, fold it, and put the
 * canonical text into *result.  Returns false, and leaves *result undefined, where the
 * input is neither; so it does for a NUL byte or invalid UTF-8 in it.
 */
extern bool wa_canonicalize(const char *input, size_t len, wa_canonical *result);

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
 * Kind of an identifier.  Where an element names a user by several, that of the lowest kind
 * is home, under which its events are stored.
 */
typedef enum wa_id_kind
{
	WA_ID_PHONE,
	WA_ID_USER,					/* BSUID */
	WA_ID_PARENT				/* parent BSUID, CC.ENT.… */
} wa_id_kind;

extern wa_id_kind wa_id_kind_of(const wa_canonical *id);

/*
 * A canonical phone number as an integer; 0 for a BSUID.  It has at most 15 digits and the
 * first is not 0, so text and integer map one to one.
 */
extern int64 wa_phone_number(const char *text, size_t len);

/*
 * A fast path for the usual form: digits only, or digits after one '+'.  Returns the
 * wa_phone_number of the canonical text of the input, or 0 where wa_canonicalize must be
 * called; 0 does not mean that the input is invalid.
 */
extern int64 wa_phone_plain(const char *input, size_t len);

#endif							/* WA_PHONE_H */
