/*-------------------------------------------------------------------------
 *
 * str_table.h
 *	  A hash table of lib/simplehash.h whose keys are strings.
 *
 * Define SH_PREFIX, SH_ELEMENT_TYPE and SH_KEY, a member of type wa_str, and include it; the element also
 * has uint32 hash and char status.  private_data must point to a random uint64: hashes are seeded by it, so
 * that nobody can choose strings that fall on each other.
 *
 *-------------------------------------------------------------------------
 */
#include "common/hashfn.h"

#include "base/str.h"

#define SH_KEY_TYPE		wa_str
#define SH_HASH_KEY(tb, key) \
	((uint32) hash_bytes_extended((const unsigned char *) (key).data, (key).len, \
								  *(const uint64 *) (tb)->private_data))
#define SH_EQUAL(tb, a, b)	wa_str_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a)	((a)->hash)
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"
