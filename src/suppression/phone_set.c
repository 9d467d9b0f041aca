/*-------------------------------------------------------------------------
 *
 * phone_set.c
 *	  A set of phone numbers; see phone_set.h.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "suppression/phone_set.h"
#include "recipient/phone.h"

/* Bits of the Bloom filter per key; with four set, about 4 % false answers. */
#define BITS_PER_KEY	12

wa_key
wa_key_of(const char *digits, size_t len)
{
	return (wa_key) wa_phone_number(digits, len);
}

size_t
wa_phone_set_bloom_size(uint64 n, size_t limit)
{
	size_t		size = 64;

	while (size < limit && size * 8 / BITS_PER_KEY < n)
		size *= 2;
	return size;
}

size_t
wa_phone_set_table_size(uint64 n)
{
	/* Two thirds full, with room for a few more even when n is small. */
	return (n + n / 2 + 16) * sizeof(wa_entry);
}

void
wa_phone_set_init(wa_phone_set *set, void *bloom, size_t bloom_size,
				  void *table, size_t table_size)
{
	set->words = bloom;
	set->word_mask = bloom_size / sizeof(uint64) - 1;
	set->entries = table;
	set->nentries = table == NULL ? 0 : Min(table_size / sizeof(wa_entry), UINT64CONST(0xffffffff));
	set->used = 0;
}

wa_entry *
wa_phone_set_add(wa_phone_set *set, uint64 hash, wa_key key, uint16 bits)
{
	wa_entry   *entry = wa_phone_set_locate(set, hash, key);

	if (*entry == 0)
		set->used++;
	*entry |= wa_entry_make(key, bits);
	return entry;
}

wa_entry *
wa_phone_set_find(const wa_phone_set *set, wa_key key)
{
	wa_entry   *entry = wa_phone_set_locate(set, wa_phone_set_hash(set, key), key);

	return *entry == 0 ? NULL : entry;
}
