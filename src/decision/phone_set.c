/*-------------------------------------------------------------------------
 *
 * phone_set.c
 *	  A set of recipients; see phone_set.h.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "decision/phone_set.h"
#include "recipient/phone.h"

/* Bits of the Bloom filter per key; with four set, about 4 % false answers. */
#define BITS_PER_KEY	12

wa_key
wa_key_of(const char *text, size_t len)
{
	uint64		hash = UINT64CONST(0x9e3779b97f4a7c15) ^ len;

	if (!wa_is_bsuid(text))
		return wa_key_of_phone(wa_phone_number(text, len));

	/* Whole words, the last of which may overlap the one before. */
	for (size_t at = 0; at < len; at += sizeof(uint64))
	{
		uint64		word = 0;

		if (len < sizeof(word))
			memcpy(&word, text, len);
		else
			memcpy(&word, text + Min(at, len - sizeof(word)), sizeof(word));
		hash = (hash ^ word) * UINT64CONST(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}

	/* The highest bit of the key, which no phone number has. */
	return (hash >> (64 - WA_KEY_BITS)) | UINT64CONST(1) << (WA_KEY_BITS - 1);
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
wa_phone_set_add(wa_phone_set *set, uint64 hash, wa_key key, uint8 bits)
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
	wa_entry   *entry = wa_phone_set_locate(set, wa_key_hash(key), key);

	return *entry == 0 ? NULL : entry;
}
