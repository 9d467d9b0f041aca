/*-------------------------------------------------------------------------
 *
 * list.h
 *	  The suppression list: all phone numbers with a row that might object, read once
 *	  for one snapshot and one question, and searched in memory.
 *
 * Invariant: for a phone that is not listed, wa_decide has the same result as for a
 * recipient of its region without any rows.  For a phone that is listed, the list
 * refuses where that is certain, and else requires a look-up.  The same holds for BSUIDs if
 * the list contains them.  If it does not, all are looked up.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SUPPRESSION_LIST_H
#define WA_SUPPRESSION_LIST_H

#include "base/compat.h"

#include "common/hashfn.h"

#include "rules/decide.h"
#include "rules/gather.h"
#include "suppression/phone_set.h"

/* Bits of an entry: what the rows about a phone mean for this question. */
#define WA_LISTED_STOP		0x01	/* register whatsapp: no other row of the phone lifts it */
#define WA_LISTED_UNLESS	0x02	/* register business or everything; see RESUMED_ALL */
#define WA_LISTED_COOLDOWN	0x04	/* a cooldown that objects */
#define WA_LISTED_MAYBE		0x08	/* a row that requires a look-up */
#define WA_LISTED_RESUMED_ALL 0x10	/* a resume for every business */
#define WA_LISTED_LINKED	0x20	/* rows of other identifiers may count */
#define WA_LISTED_OVER		0x40	/* a row that may count for others */
#define WA_LISTED_CAP		0x80	/* a frequency cap that is reached */
#define WA_LISTED_CAP_UNLESS 0x100	/* likewise, unless a window is open; see WINDOW */
#define WA_LISTED_WINDOW	0x200	/* a window that may be open */
#define WA_LISTED_OPTED_IN	0x400	/* an opt-in, where one is required */
#define WA_LISTED_CONNECTED 0x800	/* a stop of a phone that changed, or shares a BSUID */
#define WA_LISTED_INHERITED 0x1000	/* the stops are those of the number that it replaced */
#define WA_LISTED_TOGETHER	0x2000	/* rows that count only together with those of others */

/* Bits by which a phone is listed. */
#define WA_LISTED_ANY \
	(WA_LISTED_STOP | WA_LISTED_UNLESS | WA_LISTED_COOLDOWN | WA_LISTED_MAYBE | \
	 WA_LISTED_LINKED | WA_LISTED_CAP | WA_LISTED_CAP_UNLESS | WA_LISTED_OPTED_IN)

typedef enum wa_list_answer
{
	WA_LIST_UNDECIDED = 0,		/* not computed so far */
	WA_LIST_REFUSED,
	WA_LIST_ALLOWED,
	WA_LIST_LOOK_UP				/* the rows must be read */
} wa_list_answer;

#define WA_PREFIX_DIGITS	4
#define WA_PREFIXES			10000
#define WA_REGIONS			(26 * 26)

/*
 * The answer for a recipient without rows in these zones, where quiet hours make answers
 * differ within a region.
 */
typedef struct wa_place
{
	const char *zones;			/* as wa_time_zones_of returns them */
	uint16		region;
	uint8		answer;			/* UNDECIDED: the slot is free */
	uint8		rule;			/* a wa_rule, where the answer is REFUSED */
} wa_place;

#define WA_PLACES			2048	/* a power of two; more than there are pairs */

typedef struct wa_suppression_list
{
	MemoryContext context;		/* contains the whole list */
	wa_decision_cache *cache;	/* of the same snapshot */
	wa_question question;
	bool		tells_reasons;	/* may wa_list_rule be called? */
	bool		needs_opt_in;	/* phones not listed as opted in are refused */
	wa_place   *places;			/* NULL: answers depend on the region only */
	wa_phone_set set;
	bool		has_erased;		/* are there buckets in erased? */
	uint64		erased_seed;	/* of buckets */
	wa_phone_set erased;		/* buckets of erased people, which are looked up */
	bool		has_user_ids;	/* does the list contain BSUIDs and parents? */
	wa_phone_set user_ids;		/* by wa_user_id_key: wa_user_id_tag for those refused, 0 for
								 * those to be looked up */

	/* Answers for recipients without rows, by the number's first digits and by region. */
	uint8		by_prefix[WA_PREFIXES]; /* LOOK_UP: depends on further digits */
	uint8		by_region[WA_REGIONS + 1];	/* the last: unknown region */
	uint8		region_rule[WA_REGIONS + 1];	/* a wa_rule, where by_region is REFUSED */
} wa_suppression_list;

/* What a list contains. */
typedef struct wa_list_extent
{
	bool		tells_reasons;	/* for wa_list_rule; more rows are read */
	bool		has_user_ids;	/* BSUIDs and parents; all links are read */
} wa_list_extent;

/* The cost of building a list, in look-ups. */
extern double wa_list_build_cost(wa_decision_cache *cache, const wa_question *question,
								 wa_list_extent extent);

/*
 * Read the list, in a new child of parent.  *context is set to the child first, so that the
 * caller can free it in any case, also after an error.  Returns NULL where limit bytes do
 * not suffice.  Where they suffice for phones only, the list does not contain BSUIDs.
 * question is copied.
 */
extern wa_suppression_list *wa_list_build(wa_decision_cache *cache, const wa_question *question,
										  wa_list_extent extent, MemoryContext parent, Size limit,
										  MemoryContext *context);

/* The answer for any canonical recipient: REFUSED, ALLOWED or LOOK_UP. */
extern wa_list_answer wa_list_ask(wa_suppression_list *list, const wa_canonical *recipient);

/*
 * The first rule that objects to a recipient that the list refuses.  The list must have been
 * built with tells_reasons.
 */
extern wa_rule wa_list_rule(wa_suppression_list *list, const wa_canonical *recipient);

/* The same for a phone that wa_list_ask_plain has refused, by the digits that it gave. */
extern wa_rule wa_list_rule_plain(wa_suppression_list *list, wa_str digits);

/* Is a phone that the list refuses refused for rows of another one? */
extern bool wa_list_inherits(const wa_suppression_list *list, const wa_canonical *phone);

/*
 * Does a rule object to everybody where this recipient is, whatever rows it has?  If so, sets *rule,
 * which need not be the first one.
 */
extern bool wa_list_refuses_place(wa_suppression_list *list, const wa_canonical *recipient,
								  wa_rule *rule);

/*
 * Seeded hash of a BSUID or parent, so that an attacker cannot find two with the same hash; and its
 * key: 50 bits of the hash, never 0.
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

/*
 * The rest of the hash, never 0.  It tells BSUIDs with one key apart, so that nobody is refused for another one's
 * stop.
 */
static inline uint16
wa_user_id_tag(uint64 hash)
{
	return (uint16) (hash >> (64 - WA_ENTRY_BITS)) | 1;
}

/* The key of a bucket of wa_erased; never 0. */
static inline wa_key
wa_list_bucket_key(uint32 bucket)
{
	return (wa_key) bucket | UINT64CONST(1) << 32;
}

/* The first WA_PREFIX_DIGITS digits as a number. */
static inline int
wa_list_prefix(const char *digits)
{
	return digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3] - '0' * 1111;
}

/*
 * The answer by the bits of an entry; UNDECIDED: as for a recipient without rows.  The bits
 * are tested in the order of the rules, so that LOOK_UP comes before a refusal by a later
 * rule.
 */
static inline wa_list_answer
wa_list_meaning(uint16 bits)
{
	if (bits & WA_LISTED_LINKED)
		return WA_LIST_LOOK_UP;
	if (bits & WA_LISTED_STOP)
		return WA_LIST_REFUSED;
	/* Whether the resume lifts the stop depends on their times and registers. */
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

/* The answer for a recipient without rows, where its first digits do not determine it. */
extern wa_list_answer wa_list_ask_unknown(wa_suppression_list *list, wa_str digits);

/* May the person whose identifier has this bucket have been erased? */
static inline bool
wa_list_may_be_erased(const wa_suppression_list *list, uint32 bucket)
{
	const wa_phone_set *set = &list->erased;
	wa_key		key = wa_list_bucket_key(bucket);
	uint64		hash = wa_phone_set_hash(set, key);

	return wa_phone_set_may_have(set, hash) &&
		(set->entries == NULL || *wa_phone_set_locate(set, hash, key) != 0);
}

/*
 * The answer for a phone number and its canonical text.  Most calls take this path, in a few
 * nanoseconds.
 */
static pg_attribute_always_inline wa_list_answer
wa_list_ask_phone(wa_suppression_list *list, int64 number, const char *digits, size_t len)
{
	const wa_phone_set *set = &list->set;
	uint64		hash = wa_phone_set_hash(set, (wa_key) number);
	wa_list_answer answer;
	uint16		bits = 0;

	/* Where those who opted in are listed, most phones are, and the filter excludes few. */
	if ((list->needs_opt_in && set->entries != NULL) || wa_phone_set_may_have(set, hash))
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
	if (unlikely(list->has_erased) &&
		wa_list_may_be_erased(list, wa_erased_phone_bucket(list->erased_seed, number)))
		return WA_LIST_LOOK_UP;
	answer = list->by_prefix[wa_list_prefix(digits)];
	if (answer == WA_LIST_REFUSED || answer == WA_LIST_ALLOWED)
		return answer;
	return wa_list_ask_unknown(list, (wa_str) {digits, len});
}

/*
 * The answer for a value of text or wa_recipient.  LOOK_UP where it is compressed, external or
 * not plain digits; else *digits is set to its digits, which are the canonical text.
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
