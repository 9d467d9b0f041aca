/*-------------------------------------------------------------------------
 *
 * test_phone_set.c
 *	  The set of phone numbers in memory, and the short cut to a phone's number.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/suppression/phone_set.c src/recipient/phone.c src/recipient/spelling.c */
#include "c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suppression/phone_set.h"
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

#define FIRST_PHONE UINT64CONST(491510000000)

/* A set for n keys, with a Bloom filter of bloom_limit bytes at the most. */
static wa_phone_set
make_set(uint64 n, size_t bloom_limit, uint64 seed)
{
	size_t		bloom_size = wa_phone_set_bloom_size(n, bloom_limit);
	size_t		table_size = wa_phone_set_table_size(n);
	wa_phone_set set = {.seed = seed};

	wa_phone_set_init(&set, calloc(1, bloom_size), bloom_size, calloc(1, table_size), table_size);
	check(set.seed == seed);
	return set;
}

static void
free_set(wa_phone_set *set)
{
	free(set->words);
	free(set->entries);
}

static void
put(wa_phone_set *set, wa_key key, uint8 bits)
{
	uint64		hash = wa_phone_set_hash(set, key);

	wa_phone_set_announce(set, hash);
	wa_phone_set_add(set, hash, key, bits);
}

static bool
may_have(const wa_phone_set *set, wa_key key)
{
	return wa_phone_set_may_have(set, wa_phone_set_hash(set, key));
}

static void
test_set(uint64 n)
{
	wa_phone_set set = make_set(n, 256 * 1024, next_random());
	bool		all = true;
	uint64		wrong = 0;

	for (uint64 i = 0; i < n; i++)
		put(&set, FIRST_PHONE + 2 * i, 1 + i % 255);
	check(set.used == n);
	for (uint64 i = 0; i < n; i++)
	{
		wa_key		key = FIRST_PHONE + 2 * i;

		all &= may_have(&set, key);
		all &= bits_of(&set, key) == 1 + i % 255;
		all &= bits_of(&set, key + 1) == 0;
		wrong += may_have(&set, key + 1);
	}
	check(all);
	check(n > 200000 || wrong <= n / 8 + 2);

	/* Bits of a key that is there already are added to. */
	if (n > 0)
	{
		put(&set, FIRST_PHONE, 0x80);
		check(bits_of(&set, FIRST_PHONE) == 0x81);
		check(set.used == n);
	}
	free_set(&set);
}

/* Without a table the Bloom filter answers alone. */
static void
test_bloom_alone(void)
{
	size_t		size = wa_phone_set_bloom_size(1000, 256 * 1024);
	wa_phone_set set = {.seed = next_random()};
	bool		all = true;
	int			wrong = 0;

	wa_phone_set_init(&set, calloc(1, size), size, NULL, 0);
	check(set.entries == NULL && set.nentries == 0);
	for (int i = 0; i < 1000; i++)
		wa_phone_set_announce(&set, wa_phone_set_hash(&set, FIRST_PHONE + 2 * i));
	for (int i = 0; i < 1000; i++)
	{
		all &= may_have(&set, FIRST_PHONE + 2 * i);
		wrong += may_have(&set, FIRST_PHONE + 2 * i + 1);
	}
	check(all);
	check(wrong < 125);
	free_set(&set);
}

/* Places looked at by searches for keys that are all there: their mean, and the most. */
static double
probes(const wa_phone_set *set, const wa_key *keys, uint64 n, uint64 *most)
{
	uint64		sum = 0;

	*most = 0;
	for (uint64 i = 0; i < n; i++)
	{
		uint64		hash = wa_phone_set_hash(set, keys[i]);
		uint64		first = wa_phone_set_place(set, hash);
		uint64		place = wa_phone_set_locate(set, hash, keys[i]) - set->entries;
		uint64		looked_at = (place + set->nentries - first) % set->nentries + 1;

		sum += looked_at;
		*most = Max(*most, looked_at);
	}
	return (double) sum / n;
}

/* The same keys by another seed: other places, other bits, other words. */
static void
test_seeds(void)
{
	wa_phone_set a = make_set(10000, 256 * 1024, UINT64CONST(0x0123456789abcdef));
	wa_phone_set b = make_set(10000, 256 * 1024, UINT64CONST(0x0123456789abcdee));
	int			same_place = 0;
	int			same_bits = 0;
	int			same_word = 0;

	for (wa_key key = FIRST_PHONE; key < FIRST_PHONE + 10000; key++)
	{
		uint64		of_a = wa_phone_set_hash(&a, key);
		uint64		of_b = wa_phone_set_hash(&b, key);

		same_place += wa_phone_set_place(&a, of_a) == wa_phone_set_place(&b, of_b);
		same_bits += wa_bloom_bits(of_a) == wa_bloom_bits(of_b);
		same_word += (of_a & a.word_mask) == (of_b & b.word_mask);
	}
	check(same_place < 20);
	check(same_bits < 20);
	check(same_word < 50);
	check(a.word_mask >= 1023);
	free_set(&a);
	free_set(&b);
}

#define CHOSEN 200000

/*
 * Numbers that a hash without a seed would put next to each other: of those that
 * are asked for in turn, one in 2^6 has high bits of 0.
 */
static void
choose_keys(wa_key *keys)
{
	wa_phone_set unseeded = {.seed = 0};
	wa_key		key = UINT64CONST(490000000000);

	for (int n = 0; n < CHOSEN; key++)
	{
		if (wa_phone_set_hash(&unseeded, key) >> 58 == 0)
			keys[n++] = key;
	}
}

static wa_phone_set
set_of_chosen(const wa_key *keys, int n, uint64 seed)
{
	wa_phone_set set = make_set(CHOSEN, 4 * 1024 * 1024, seed);

	for (int i = 0; i < n; i++)
		put(&set, keys[i], 1);
	check(set.used == (uint64) n);
	return set;
}

/*
 * What was chosen against one seed does no harm under another.  A table that is two
 * thirds full needs 2 looks on average where keys are spread well.
 */
static void
test_chosen(void)
{
	wa_key	   *keys = malloc(CHOSEN * sizeof(wa_key));
	wa_phone_set set;
	uint64		most;

	choose_keys(keys);

	/* They are as bad as they should be: a tenth of them is all that can be waited for. */
	set = set_of_chosen(keys, CHOSEN / 10, 0);
	check(probes(&set, keys, CHOSEN / 10, &most) > 1000);
	free_set(&set);

	for (int i = 0; i < 8; i++)
	{
		wa_key		never_there = UINT64CONST(481510000000);
		int			wrong = 0;

		set = set_of_chosen(keys, CHOSEN, i == 0 ? 1 : next_random());
		check(probes(&set, keys, CHOSEN, &most) < 2.5);
		check(most < 500);
		for (int j = 0; j < CHOSEN; j++)
			wrong += may_have(&set, never_there + j);
		check(wrong < CHOSEN / 8);
		free_set(&set);
	}
	free(keys);
}

static void
test_keys(void)
{
	check(wa_key_of("999999999999999", 15) == UINT64CONST(999999999999999));
	check(wa_key_of("1234567", 7) == 1234567);
	check(wa_entry_key(wa_entry_make(UINT64CONST(999999999999999), 0xff)) ==
		  UINT64CONST(999999999999999));
	check((uint8) wa_entry_make(UINT64CONST(999999999999999), 0xa5) == 0xa5);
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
	test_bloom_alone();
	test_seeds();
	test_chosen();
	test_keys();
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
