/*-------------------------------------------------------------------------
 *
 * phone_set.h
 *	  A set of phone numbers, each with some bits.  A search for a number that is not
 *	  in it seldom leaves the processor's cache.  Pure: no server; memory comes from
 *	  the caller.
 *
 * The key of a phone number is the number itself, 50 bits for 15 digits.  A Bloom filter is
 * searched before the hash table; all bits of one key are in one word of it.  Hashes are
 * seeded, so that an attacker cannot choose numbers that collide.
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

/* An entry: a key, which is never 0, and up to WA_ENTRY_BITS bits. */
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

/* The set.  entries NULL: there is only a Bloom filter. */
typedef struct wa_phone_set
{
	uint64	   *words;			/* Bloom filter */
	uint64		word_mask;		/* number of words, a power of two, less 1 */
	wa_entry   *entries;		/* hash table with open addressing; 0: free slot */
	uint64		nentries;		/* slots, fewer than 2^32 */
	uint64		used;			/* slots taken */
	uint64		seed;			/* of hashes; random and secret */
} wa_phone_set;

/*
 * Size in bytes of the Bloom filter for n keys, at most limit (a power of two, not less than
 * 64), and of the hash table for n entries.  Both are at least the minimum that works.
 */
extern size_t wa_phone_set_bloom_size(uint64 n, size_t limit);
extern size_t wa_phone_set_table_size(uint64 n);

/*
 * Make an empty set in memory that is all zero, with sizes from the functions above.  table
 * may be NULL.  The seed is left unchanged.
 */
extern void wa_phone_set_init(wa_phone_set *set, void *bloom, size_t bloom_size,
							  void *table, size_t table_size);

/* The hash of a key, from which its position is computed. */
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

/* Add a key to the Bloom filter by its hash.  Returns whether its bits were set before. */
static inline bool
wa_phone_set_announce(wa_phone_set *set, uint64 hash)
{
	uint64	   *word = &set->words[hash & set->word_mask];
	uint64		bits = wa_bloom_bits(hash);
	bool		known = (*word & bits) == bits;

	*word |= bits;
	return known;
}

/* False: this key was not announced.  True: it was, or other keys have set its bits. */
static inline bool
wa_phone_set_may_have(const wa_phone_set *set, uint64 hash)
{
	uint64		bits = wa_bloom_bits(hash);

	return (set->words[hash & set->word_mask] & bits) == bits;
}

/* The slot where the search for a key begins. */
static inline uint64
wa_phone_set_place(const wa_phone_set *set, uint64 hash)
{
	return (hash >> 32) * set->nentries >> 32;
}

/* The slot of a key, or the free slot where it belongs. */
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

/* Prefetch the word that announcing or searching a key will need. */
static inline void
wa_phone_set_prefetch_word(const wa_phone_set *set, uint64 hash)
{
	__builtin_prefetch(&set->words[hash & set->word_mask], 1);
}

/* Add bits to the entry of a key, made if missing.  Does not announce the key. */
extern wa_entry *wa_phone_set_add(wa_phone_set *set, uint64 hash, wa_key key, uint16 bits);

/* The entry of a key, NULL where there is none. */
extern wa_entry *wa_phone_set_find(const wa_phone_set *set, wa_key key);

#endif							/* WA_PHONE_SET_H */
