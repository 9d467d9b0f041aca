/*-------------------------------------------------------------------------
 *
 * phone_set.h
 *	  A set of phone numbers, each with some bits, made to answer "is not in
 *	  it" without leaving the processor's cache.  Pure: no server; memory comes
 *	  from the caller.
 *
 * The key of a phone number is the number, 50 bits for 15 digits.  In front of the
 * table stands a Bloom filter in which all bits of one key lie in one word.  Hashes
 * are seeded, so that nobody can choose numbers that fall on each other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHONE_SET_H
#define WA_PHONE_SET_H

#include "c.h"

/* A phone number; never 0. */
typedef uint64 wa_key;

/* The key of a phone number in canonical form. */
extern wa_key wa_key_of(const char *digits, size_t len);

/* A member: a key, which is never 0, and bits, of which there is room for 14. */
typedef uint64 wa_entry;

#define WA_ENTRY_BITS	14

static inline wa_entry
wa_entry_make(wa_key key, uint16 bits)
{
	return key << WA_ENTRY_BITS | bits;
}

static inline wa_key
wa_entry_key(wa_entry entry)
{
	return entry >> WA_ENTRY_BITS;
}

static inline uint16
wa_entry_bits(wa_entry entry)
{
	return entry & ((1 << WA_ENTRY_BITS) - 1);
}

/* The set.  entries NULL: there is a Bloom filter alone. */
typedef struct wa_phone_set
{
	uint64	   *words;			/* Bloom filter */
	uint64		word_mask;		/* number of words, a power of two, less 1 */
	wa_entry   *entries;		/* open addressing; 0 is free */
	uint64		nentries;		/* places, fewer than 2^32 */
	uint64		used;			/* places taken */
	uint64		seed;			/* of hashes; known to nobody */
} wa_phone_set;

/*
 * Bytes for the Bloom filter of n keys, at most limit (a power of two, not
 * less than 64), and for the table of n entries; both at least what they need
 * to work at all.
 */
extern size_t wa_phone_set_bloom_size(uint64 n, size_t limit);
extern size_t wa_phone_set_table_size(uint64 n);

/*
 * Make an empty set out of memory that is all zero, of sizes as given above;
 * table may be NULL.  The seed stays as it is.
 */
extern void wa_phone_set_init(wa_phone_set *set, void *bloom, size_t bloom_size,
							  void *table, size_t table_size);

/* A key well mixed: all that places it comes from this. */
static inline uint64
wa_phone_set_hash(const wa_phone_set *set, wa_key key)
{
	key ^= set->seed;
	key ^= key >> 32;
	key *= UINT64CONST(0xd6e8feb86659fd93);
	key ^= key >> 32;
	key *= UINT64CONST(0xd6e8feb86659fd93);
	key ^= key >> 32;
	return key;
}

/* The four bits of a key in its word. */
static inline uint64
wa_bloom_bits(uint64 hash)
{
	return UINT64CONST(1) << (hash >> 58) | UINT64CONST(1) << (hash >> 52 & 63) |
		UINT64CONST(1) << (hash >> 46 & 63) | UINT64CONST(1) << (hash >> 40 & 63);
}

/* Let the Bloom filter know a key by its hash.  Returns whether it knew it before. */
static inline bool
wa_phone_set_announce(wa_phone_set *set, uint64 hash)
{
	uint64	   *word = &set->words[hash & set->word_mask];
	uint64		bits = wa_bloom_bits(hash);
	bool		known = (*word & bits) == bits;

	*word |= bits;
	return known;
}

/* False: this key was not announced.  True: it may have been. */
static inline bool
wa_phone_set_may_have(const wa_phone_set *set, uint64 hash)
{
	uint64		bits = wa_bloom_bits(hash);

	return (set->words[hash & set->word_mask] & bits) == bits;
}

/* The place where the search for a key begins. */
static inline uint64
wa_phone_set_place(const wa_phone_set *set, uint64 hash)
{
	return (hash >> 32) * set->nentries >> 32;
}

/* The place of a key, or the free one where it belongs. */
static inline wa_entry *
wa_phone_set_locate(const wa_phone_set *set, uint64 hash, wa_key key)
{
	uint64		place = wa_phone_set_place(set, hash);

	while (set->entries[place] != 0 && wa_entry_key(set->entries[place]) != key)
	{
		if (++place == set->nentries)
			place = 0;
	}
	return &set->entries[place];
}

/* Call for the memory that announcing, or asking for, a key will need. */
static inline void
wa_phone_set_prefetch_word(const wa_phone_set *set, uint64 hash)
{
	__builtin_prefetch(&set->words[hash & set->word_mask], 1);
}

/* Add bits to those of a key, which is not announced by this. */
extern wa_entry *wa_phone_set_add(wa_phone_set *set, uint64 hash, wa_key key, uint16 bits);

/* The entry of a key, NULL where there is none. */
extern wa_entry *wa_phone_set_find(const wa_phone_set *set, wa_key key);

#endif							/* WA_PHONE_SET_H */
