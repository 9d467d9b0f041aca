/*-------------------------------------------------------------------------
 *
 * list.h
 *	  The suppression list: all phone numbers about which some row might
 *	  object, read once for one snapshot and one question, and probed in memory.
 *
 * The rule that all rests on: for a phone that is not listed, wa_decide over all
 * its facts says what it says over the facts of an unknown recipient from its region.
 * For one that is listed, the list refuses where that is certain, and else
 * leaves the answer to a look-up.  So it is with BSUIDs, where the list has them, but that
 * all which are listed are looked up; else all are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SUPPRESSION_LIST_H
#define WA_SUPPRESSION_LIST_H

#include "base/compat.h"

#include "common/hashfn.h"

#include "rules/facts.h"
#include "suppression/phone_set.h"

/* What the rows about a phone mean for this question. */
#define WA_LISTED_STOP		0x01	/* WhatsApp's stop: no other row of its own lifts it */
#define WA_LISTED_UNLESS	0x02	/* the business's or everything, unless RESUMED_ALL */
#define WA_LISTED_COOLDOWN	0x04	/* a cooldown that objects */
#define WA_LISTED_MAYBE		0x08	/* a row that must be looked at */
#define WA_LISTED_RESUMED_ALL 0x10	/* a resume for every business */
#define WA_LISTED_LINKED	0x20	/* rows of other identifiers may count */
#define WA_LISTED_OVER		0x40	/* a row that counts with those of others alone */
#define WA_LISTED_CAP		0x80	/* a frequency cap that is reached */
#define WA_LISTED_CAP_UNLESS 0x100	/* likewise, unless WINDOW */
#define WA_LISTED_WINDOW	0x200	/* a window that may be open */
#define WA_LISTED_OPTED_IN	0x400	/* an opt-in, where one is required */

/* Bits by which a phone is listed. */
#define WA_LISTED_ANY \
	(WA_LISTED_STOP | WA_LISTED_UNLESS | WA_LISTED_COOLDOWN | WA_LISTED_MAYBE | \
	 WA_LISTED_LINKED | WA_LISTED_CAP | WA_LISTED_CAP_UNLESS | WA_LISTED_OPTED_IN)

typedef enum wa_list_answer
{
	WA_LIST_UNDECIDED = 0,		/* not worked out so far */
	WA_LIST_REFUSED,
	WA_LIST_ALLOWED,
	WA_LIST_LOOK_UP				/* the rows must be asked */
} wa_list_answer;

#define WA_PREFIX_DIGITS	4
#define WA_PREFIXES			10000
#define WA_REGIONS			(26 * 26)

/*
 * What an unknown recipient in these zones may be sent, where quiet hours make that
 * differ within a region.
 */
typedef struct wa_place
{
	const char *zones;			/* as wa_time_zones_of gives them */
	uint16		region;
	uint8		answer;			/* UNDECIDED: the place is free */
	uint8		rule;			/* a wa_rule, where the answer is REFUSED */
} wa_place;

#define WA_PLACES			2048	/* a power of two; more than there are pairs */

typedef struct wa_suppression_list
{
	MemoryContext context;		/* holds it all */
	wa_decision_cache *cache;	/* of the same snapshot */
	wa_question question;
	bool		tells_reasons;	/* wa_list_rule */
	bool		needs_opt_in;	/* who is not listed as opted in is refused */
	wa_place   *places;			/* NULL: the region tells all */
	wa_phone_set set;
	bool		has_erased;		/* are there buckets in erased? */
	uint64		erased_seed;	/* of buckets */
	wa_phone_set erased;		/* buckets of those who were erased, to be looked up */
	bool		has_user_ids;	/* are BSUIDs and parents decided by the list? */
	wa_phone_set user_ids;		/* those to be looked up, by wa_user_id_key */

	/* What an unknown recipient may be sent, by the number's first digits and by region. */
	uint8		by_prefix[WA_PREFIXES]; /* LOOK_UP: they do not tell the region */
	uint8		by_region[WA_REGIONS + 1];	/* the last: no region known */
	uint8		region_rule[WA_REGIONS + 1];	/* a wa_rule, where by_region is REFUSED */
} wa_suppression_list;

/* What a list can tell. */
typedef struct wa_list_extent
{
	bool		tells_reasons;	/* wa_list_rule; takes rows that are not needed without it */
	bool		has_user_ids;	/* also of BSUIDs and parents; takes all links */
} wa_list_extent;

/* What building would cost, in look-ups. */
extern double wa_list_build_cost(wa_decision_cache *cache, const wa_question *question,
								 wa_list_extent extent);

/*
 * Read the list, in a new child of parent that is put into *context first, so
 * that the caller can free it whatever happens.  NULL where limit bytes will
 * not do; where they do for phones alone, it has no BSUIDs.  question is copied.
 */
extern wa_suppression_list *wa_list_build(wa_decision_cache *cache, const wa_question *question,
										  wa_list_extent extent, MemoryContext parent, Size limit,
										  MemoryContext *context);

/* Any canonical recipient; REFUSED, ALLOWED or LOOK_UP. */
extern wa_list_answer wa_list_ask(wa_suppression_list *list, const wa_canonical *recipient);

/*
 * The first rule that objects to a recipient that a list, built with reasons,
 * refuses.
 */
extern wa_rule wa_list_rule(wa_suppression_list *list, const wa_canonical *recipient);

/*
 * A BSUID or parent by a seeded hash, so that nobody can make one fall on another's; and as a
 * key, which are 50 bits of it, never 0.
 */
static inline uint64
wa_user_id_hash(uint64 seed, wa_str id)
{
	return hash_bytes_extended((const unsigned char *) id.data, id.len, seed);
}

static inline wa_key
wa_user_id_key(uint64 hash)
{
	return (hash & ((UINT64CONST(1) << (64 - WA_ENTRY_BITS)) - 1)) | 1;
}

/* A bucket as a key, which is never 0. */
static inline wa_key
wa_list_bucket_key(uint32 bucket)
{
	return (wa_key) bucket | UINT64CONST(1) << 32;
}

/* The first digits of a number as a number. */
static inline int
wa_list_prefix(const char *digits)
{
	return digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3] - '0' * 1111;
}

/*
 * What the bits of an entry mean; UNDECIDED: as an unknown recipient.  What would have
 * to be looked up is, before a rule that comes behind is asked.
 */
static inline wa_list_answer
wa_list_meaning(uint16 bits)
{
	if (bits & WA_LISTED_LINKED)
		return WA_LIST_LOOK_UP;
	if (bits & WA_LISTED_STOP)
		return WA_LIST_REFUSED;
	/* Whether the resume lifts the stop is told by their times and registers. */
	if (bits & WA_LISTED_UNLESS)
		return (bits & WA_LISTED_RESUMED_ALL) ? WA_LIST_LOOK_UP : WA_LIST_REFUSED;
	if (bits & WA_LISTED_COOLDOWN)
		return WA_LIST_REFUSED;
	if (bits & WA_LISTED_MAYBE)
		return WA_LIST_LOOK_UP;
	if (bits & WA_LISTED_CAP)
		return WA_LIST_REFUSED;
	if (bits & WA_LISTED_CAP_UNLESS)
		return bits & WA_LISTED_WINDOW ? WA_LIST_LOOK_UP : WA_LIST_REFUSED;
	return WA_LIST_UNDECIDED;
}

/* An unknown recipient whose first digits do not settle it. */
extern wa_list_answer wa_list_ask_unknown(wa_suppression_list *list, const char *digits, size_t len);

/* Was the person of this number erased, as far as its bucket tells? */
static inline bool
wa_list_may_be_erased(const wa_suppression_list *list, int64 number)
{
	const wa_phone_set *set = &list->erased;
	wa_key		key = wa_list_bucket_key(wa_erased_phone_bucket(list->erased_seed, number));
	uint64		hash = wa_phone_set_hash(set, key);

	return wa_phone_set_may_have(set, hash) &&
		(set->entries == NULL || *wa_phone_set_locate(set, hash, key) != 0);
}

/*
 * A phone number and its canonical text.  Nearly all end here, in a few
 * nanoseconds.
 */
static pg_attribute_always_inline wa_list_answer
wa_list_ask_phone(wa_suppression_list *list, int64 number, const char *digits, size_t len)
{
	const wa_phone_set *set = &list->set;
	uint64		hash = wa_phone_set_hash(set, (wa_key) number);
	wa_list_answer answer;
	uint16		bits = 0;

	if (wa_phone_set_may_have(set, hash))
	{
		if (set->entries == NULL)
			return WA_LIST_LOOK_UP;
		bits = wa_entry_bits(*wa_phone_set_locate(set, hash, (wa_key) number));
		answer = wa_list_meaning(bits);
		if (answer != WA_LIST_UNDECIDED)
			return answer;
	}
	if (list->needs_opt_in && !(bits & WA_LISTED_OPTED_IN))
		return WA_LIST_REFUSED;
	if (unlikely(list->has_erased) && wa_list_may_be_erased(list, number))
		return WA_LIST_LOOK_UP;
	answer = list->by_prefix[wa_list_prefix(digits)];
	if (answer == WA_LIST_REFUSED || answer == WA_LIST_ALLOWED)
		return answer;
	return wa_list_ask_unknown(list, digits, len);
}

/*
 * A value of text or wa_recipient, as it lies.  LOOK_UP where it is not plain
 * digits; else *digits are these, the canonical text.
 */
static pg_attribute_always_inline wa_list_answer
wa_list_ask_plain(wa_suppression_list *list, const struct varlena *value, wa_str *digits)
{
	int64		number;

	if (VARATT_IS_COMPRESSED(value) || VARATT_IS_EXTERNAL(value))
		return WA_LIST_LOOK_UP;
	digits->data = VARDATA_ANY(value);
	digits->len = VARSIZE_ANY_EXHDR(value);
	number = wa_phone_plain(digits->data, digits->len);
	if (number == 0)
		return WA_LIST_LOOK_UP;
	if (*digits->data == '+')
	{
		digits->data++;
		digits->len--;
	}
	return wa_list_ask_phone(list, number, digits->data, digits->len);
}

#endif							/* WA_SUPPRESSION_LIST_H */
