/*-------------------------------------------------------------------------
 *
 * test_phone_set.c
 *	  The set of recipients in memory, and the short cut to a phone's number.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/decision/phone_set.c src/recipient/phone.c */
#include "c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decision/phone_set.h"
#include "recipient/phone.h"

/* c.h sends it to libpgport, which a test without a server does without. */
#undef printf

static int	passed = 0;
static int	failed = 0;

#define check(condition) \
	do { \
		if (condition) \
			passed++; \
		else \
		{ \
			failed++; \
			printf("line %d: %s\n", __LINE__, #condition); \
		} \
	} while (0)

static uint64 state = 88172645463325252;

static uint64
next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* What wa_phone_plain says must be what the long way says, or 0. */
static bool
agrees(const char *input, size_t len)
{
	wa_canonical canonical;
	int64		number = wa_phone_plain(input, len);

	return number == 0 || (wa_canonicalize(input, len, &canonical) &&
						   wa_phone_number(canonical.text, canonical.len) == number);
}

/* The bits of a key; 0 where it is not in the table. */
static uint8
bits_of(const wa_phone_set *set, wa_key key)
{
	const wa_entry *entry = wa_phone_set_find(set, key);

	return entry == NULL ? 0 : (uint8) *entry;
}

static void
test_plain(void)
{
	static const char alphabet[] = "0123456789999955555511111122444+ -./:(\x2f\x3a\x80\xb0\xff";
	bool		all = true;
	int			taken = 0;

	check(wa_phone_plain("4915112345678", 13) == INT64CONST(4915112345678));
	check(wa_phone_plain("+4915112345678", 14) == INT64CONST(4915112345678));
	check(wa_phone_plain("12345678", 8) == 12345678);
	check(wa_phone_plain("123456789012345", 15) == INT64CONST(123456789012345));
	check(wa_phone_plain("1234567890123456", 16) == 0);
	check(wa_phone_plain("0123456789", 10) == 0);
	check(wa_phone_plain("5215512345678", 13) == 0);
	check(wa_phone_plain("551187654321", 12) == 0);
	check(wa_phone_plain("", 0) == 0);
	check(wa_phone_plain("+", 1) == 0);

	/* Digits with a foreign byte in any place, and any mixture. */
	for (int byte = 0; byte < 256; byte++)
	{
		for (int len = 7; len <= 16; len++)
		{
			for (int place = 0; place < len; place++)
			{
				char	   *input = malloc(len);

				memset(input, '7', len);
				input[place] = byte;
				all &= agrees(input, len);
				free(input);
			}
		}
	}
	check(all);
	for (int i = 0; i < 2000000; i++)
	{
		int			len = 6 + next_random() % 11;
		int			kinds = next_random() % 4 == 0 ? sizeof(alphabet) - 1 : 31;
		char	   *input = malloc(len);

		for (int j = 0; j < len; j++)
			input[j] = alphabet[next_random() % kinds];
		all &= agrees(input, len);
		taken += wa_phone_plain(input, len) != 0;
		free(input);
	}
	check(all);
	check(taken > 500000);
}

static void
test_set(uint64 n)
{
	size_t		bloom_size = wa_phone_set_bloom_size(n, 256 * 1024);
	size_t		table_size = wa_phone_set_table_size(n);
	wa_phone_set set;
	bool		all = true;
	uint64		wrong = 0;

	wa_phone_set_init(&set, calloc(1, bloom_size), bloom_size, calloc(1, table_size), table_size);
	for (uint64 i = 0; i < n; i++)
	{
		wa_key		key = wa_key_of_phone(491510000000 + 2 * i);

		wa_phone_set_announce(&set, wa_key_hash(key));
		wa_phone_set_add(&set, wa_key_hash(key), key, 1 + i % 255);
	}
	check(set.used == n);
	for (uint64 i = 0; i < n; i++)
	{
		wa_key		key = wa_key_of_phone(491510000000 + 2 * i);

		all &= wa_phone_set_may_have(&set, wa_key_hash(key));
		all &= bits_of(&set, key) == 1 + i % 255;
		all &= bits_of(&set, key + 1) == 0;
		wrong += wa_phone_set_may_have(&set, wa_key_hash(key + 1));
	}
	check(all);
	check(n > 200000 || wrong <= n / 8 + 2);

	/* Bits of a key that is there already are added to. */
	if (n > 0)
	{
		wa_key		key = wa_key_of_phone(491510000000);

		wa_phone_set_add(&set, wa_key_hash(key), key, 0x80);
		check(bits_of(&set, key) == 0x81);
		check(set.used == n);
	}
	free(set.words);
	free(set.entries);
}

static void
test_keys(void)
{
	wa_key		a = wa_key_of("DE.abc", 6);
	wa_key		b = wa_key_of("DE.abd", 6);
	wa_key		phone = wa_key_of("999999999999999", 15);

	check(a != b);
	check(a >> WA_KEY_BITS == 0 && b >> WA_KEY_BITS == 0);
	check(a >> (WA_KEY_BITS - 1) == 1);
	check(phone == UINT64CONST(999999999999999));
	check(phone >> (WA_KEY_BITS - 1) == 0);
	check(wa_key_of("1234567", 7) == 1234567);
}

int
main(void)
{
	test_plain();
	test_set(0);
	test_set(1);
	test_set(1000);
	test_set(150000);
	test_set(1000000);
	test_keys();
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
