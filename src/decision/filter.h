/*-------------------------------------------------------------------------
 *
 * filter.h
 *	  The set-wise path of wa_sendable: everybody of whom some row might
 *	  object, read once for one snapshot and one question, and probed in
 *	  memory.
 *
 * The law that all rests on: for whoever is not listed, wa_decide over all his
 * facts says what it says over the facts of a stranger from his region.  For
 * whoever is listed, the filter says no where that is certain, and else leaves
 * the answer to the look-ups.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FILTER_H
#define WA_FILTER_H

#include "common/compat.h"

#include "decision/facts.h"
#include "decision/phone_set.h"

/* What a row, or the rows, of a recipient mean for this question. */
#define WA_LISTED_STOP		0x01	/* WhatsApp's stop: no other row lifts it */
#define WA_LISTED_UNLESS	0x02	/* the business's, unless RESUMED_ALL */
#define WA_LISTED_COOLDOWN	0x04	/* a cooldown that objects */
#define WA_LISTED_MAYBE		0x08	/* a row that must be looked at */
#define WA_LISTED_RESUMED_ALL 0x10	/* a resume for every business */
#define WA_LISTED_RESUMED	0x20	/* some resume, of him or of a linked one */
#define WA_LISTED_LINKED	0x40	/* linked to somebody who is listed */
#define WA_LISTED_YIELDS	0x80	/* a COOLDOWN that an open window would lift */

/* Bits that matter to him whom the row is about. */
#define WA_LISTED_OWN \
	(WA_LISTED_STOP | WA_LISTED_UNLESS | WA_LISTED_COOLDOWN | WA_LISTED_MAYBE)

typedef enum wa_verdict
{
	WA_VERDICT_UNKNOWN = 0,		/* not worked out so far */
	WA_REFUSED,
	WA_ALLOWED,
	WA_LOOK_UP					/* the rows must be asked */
} wa_verdict;

#define WA_PREFIX_DIGITS	4
#define WA_PREFIXES			10000
#define WA_REGIONS			(26 * 26)

/*
 * BSUIDs can share a key.  A check is a hash of the one that is listed there,
 * WA_SHARED where there are several, 0 where it is unknown.
 */
typedef uint64 wa_check;

#define WA_SHARED			UINT64CONST(2)

/* What a filter is asked for, beside verdicts on phone numbers. */
#define WA_TELLS_REASONS	0x01	/* wa_filter_objection */
#define WA_KNOWS_BSUIDS		0x02	/* else they are all to be looked up */

typedef struct wa_filter
{
	MemoryContext context;		/* holds it all */
	wa_library *library;		/* of the same snapshot */
	wa_question question;
	uint8		scope;
	wa_phone_set set;

	wa_check   *checks;			/* by place in the set; NULL without BSUIDs */
	uint64		seed;			/* of this filter's hashes, known to nobody */

	/* What a stranger may be sent, by the number's first digits and by region. */
	uint8		by_prefix[WA_PREFIXES]; /* LOOK_UP: they do not tell the region */
	uint8		by_region[WA_REGIONS + 1];	/* the last: no region known */
	uint8		region_rule[WA_REGIONS + 1];	/* a wa_rule, where by_region is REFUSED */
} wa_filter;

/* What building would cost, in look-ups: the ski rental's price of skis. */
extern double wa_filter_price(wa_library *library, const wa_question *question, uint8 scope);

/*
 * Read the list, in a new child of parent that is put into *context first, so
 * that the caller can free it whatever happens.  NULL where limit bytes will
 * not do.  question is copied.  Each bit of scope takes rows that are not needed
 * without it.
 */
extern wa_filter *wa_filter_build(wa_library *library, const wa_question *question, uint8 scope,
								  MemoryContext parent, Size limit, MemoryContext *context);

/* The check of a BSUID: odd, so never 0 nor WA_SHARED. */
extern wa_check wa_filter_check(const wa_filter *filter, const char *bsuid, size_t len);

/* How many of the listed ones will be looked up. */
extern uint64 wa_filter_undecided(const wa_filter *filter);

/* Any canonical recipient; REFUSED, ALLOWED or LOOK_UP. */
extern wa_verdict wa_filter_ask(wa_filter *filter, const wa_canonical *recipient);

/*
 * The first rule that objects to somebody to whom the filter, built with
 * reasons, says REFUSED.  False: the rows must be asked.
 */
extern bool wa_filter_objection(wa_filter *filter, const wa_canonical *recipient, wa_rule *rule);

/* The first digits of a number as a number. */
static inline int
wa_filter_prefix(const char *digits)
{
	return digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3] - '0' * 1111;
}

/* What the bits of an entry mean; UNKNOWN: he is as a stranger. */
static inline wa_verdict
wa_filter_judge(uint8 bits)
{
	/*
	 * Of somebody with several identifiers: his own stop stands unless a
	 * resume under one of them may reach it; all else is looked up.
	 */
	if (bits & WA_LISTED_LINKED)
		return (bits & (WA_LISTED_STOP | WA_LISTED_UNLESS)) && !(bits & WA_LISTED_RESUMED) ?
			WA_REFUSED : WA_LOOK_UP;

	if (bits & (WA_LISTED_STOP | WA_LISTED_COOLDOWN))
		return WA_REFUSED;
	if ((bits & WA_LISTED_UNLESS) && !(bits & WA_LISTED_RESUMED_ALL))
		return WA_REFUSED;
	return (bits & WA_LISTED_OWN) ? WA_LOOK_UP : WA_VERDICT_UNKNOWN;
}

/* For wa_filter_ask_phone: a stranger whose first digits do not settle it. */
extern wa_verdict wa_filter_ask_stranger(wa_filter *filter, const char *digits, size_t len);

/*
 * A phone number and its canonical text.  Nearly all end here, in a few
 * nanoseconds.
 */
static pg_attribute_always_inline wa_verdict
wa_filter_ask_phone(wa_filter *filter, int64 number, const char *digits, size_t len)
{
	wa_key		key = wa_key_of_phone(number);
	uint64		hash = wa_key_hash(key);
	wa_verdict	verdict;

	if (wa_phone_set_may_have(&filter->set, hash))
	{
		wa_entry   *entry;

		if (filter->set.entries == NULL)
			return WA_LOOK_UP;
		entry = wa_phone_set_locate(&filter->set, hash, key);
		verdict = *entry == 0 ? WA_VERDICT_UNKNOWN : wa_filter_judge((uint8) *entry);
		if (verdict != WA_VERDICT_UNKNOWN)
			return verdict;
	}
	verdict = filter->by_prefix[wa_filter_prefix(digits)];
	if (verdict == WA_REFUSED || verdict == WA_ALLOWED)
		return verdict;
	return wa_filter_ask_stranger(filter, digits, len);
}

/*
 * A value of text or wa_recipient, as it lies.  LOOK_UP where it is not plain
 * digits; else *digits are these, the canonical text.
 */
static pg_attribute_always_inline wa_verdict
wa_filter_ask_plain(wa_filter *filter, const struct varlena *value, wa_str *digits)
{
	int64		number;

	if (VARATT_IS_COMPRESSED(value) || VARATT_IS_EXTERNAL(value))
		return WA_LOOK_UP;
	digits->data = VARDATA_ANY(value);
	digits->len = VARSIZE_ANY_EXHDR(value);
	number = wa_phone_plain(digits->data, digits->len);
	if (number == 0)
		return WA_LOOK_UP;
	if (*digits->data == '+')
	{
		digits->data++;
		digits->len--;
	}
	return wa_filter_ask_phone(filter, number, digits->data, digits->len);
}

#endif							/* WA_FILTER_H */
