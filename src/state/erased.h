/*-------------------------------------------------------------------------
 *
 * erased.h
 *	  Recognizing the identifiers of people who were erased, without storing them.
 *
 * wa_erased holds the HMAC-SHA256 of each identifier, by the key in wa_erasure_key, and a
 * bucket: 32 bits of a fast keyed hash.  Almost all look-ups end at the bucket, and a large
 * query keeps the buckets in memory.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ERASED_H
#define WA_ERASED_H

#include "base/compat.h"

#include "base/instant.h"
#include "base/schema.h"
#include "base/str.h"
#include "recipient/phone.h"
#include "state/consent.h"
#include "state/read.h"

#define WA_ERASURE_SECRET	32
#define WA_ERASED_HASH		32

/* The row of wa_erasure_key. */
typedef struct wa_erasure_key
{
	uint8		secret[WA_ERASURE_SECRET];
	uint64		seed;			/* of buckets */
} wa_erasure_key;

enum
{
	Anum_wa_erasure_key_id = 1,
	Anum_wa_erasure_key_key
};

enum
{
	Anum_wa_erased_bucket = 1,
	Anum_wa_erased_hash,
	Anum_wa_erased_at,
	Anum_wa_erased_everything_at
};

/*
 * Read the key.  False: there is none, so nobody was ever erased.  Error: data_corrupted
 * where it has a wrong length.
 */
extern bool wa_erasure_key_read(const wa_schema *schema, Snapshot snapshot, wa_erasure_key *key);

/*
 * Make a new random key, as the WA_ERASURE_SECRET + 8 bytes to be stored; and read a key
 * from stored bytes.  Error: data_corrupted where their number is wrong.
 */
extern void wa_erasure_key_make(uint8 *bytes);
extern void wa_erasure_key_from(wa_str bytes, wa_erasure_key *key);

/* The bucket of a phone by its number. */
static inline uint32
wa_erased_phone_bucket(uint64 seed, int64 number)
{
	uint64		hash = (uint64) number ^ seed;

	hash ^= hash >> 32;
	hash *= UINT64CONST(0xd6e8feb86659fd93);
	hash ^= hash >> 32;
	hash *= UINT64CONST(0xd6e8feb86659fd93);
	return (uint32) (hash >> 32);
}

/* The bucket and the hash, of WA_ERASED_HASH bytes, of an identifier in canonical form. */
extern uint32 wa_erased_bucket(const wa_erasure_key *key, wa_str identifier);
extern void wa_erased_hash(const wa_erasure_key *key, wa_str identifier, uint8 *hash);

/* When the person of this identifier was erased.  reader must be open on wa_schema.erased. */
extern wa_erased wa_erased_read(wa_reader *reader, const wa_erasure_key *key, wa_str identifier);

/* Each time as late as in a or b; and none later than until. */
extern wa_erased wa_erased_merge(wa_erased a, wa_erased b);
extern wa_erased wa_erased_bounded(wa_erased erased, wa_instant until);

#endif							/* WA_ERASED_H */
