/*-------------------------------------------------------------------------
 *
 * erased.h
 *	  Identifiers of people who were erased: not kept, and still recognized.
 *
 * wa_erased holds HMAC-SHA256 of each, by a key in wa_erasure_key, and before it a bucket:
 * 32 bits of a fast keyed hash.  Nearly all look-ups end at the bucket, and a large query
 * asks for buckets in memory.
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
	Anum_wa_erased_at
};

/* False: there is no key, nobody was ever erased. */
extern bool wa_erasure_key_read(const wa_schema *schema, Snapshot snapshot, wa_erasure_key *key);

/* A new key, and the bytes to be stored, WA_ERASURE_SECRET + 8. */
extern void wa_erasure_key_make(uint8 *bytes);
extern bool wa_erasure_key_from(wa_str bytes, wa_erasure_key *key);

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

/* Of any identifier, in canonical form. */
extern uint32 wa_erased_bucket(const wa_erasure_key *key, wa_str identifier);
extern void wa_erased_hash(const wa_erasure_key *key, wa_str identifier, uint8 *hash);

/*
 * When the person of this identifier was erased; WA_NEVER: it was not.  erased is open for
 * wa_schema.erased.
 */
extern wa_instant wa_erased_at(wa_reader *erased, const wa_erasure_key *key, wa_str identifier);

#endif							/* WA_ERASED_H */
