/*-------------------------------------------------------------------------
 *
 * builder.c
 *	  Gathering the entries of the suppression list, and making the set of them.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"

#include "suppression/builder.h"

/* For a set that is much larger than the L2 cache, missing that is dearer than a larger filter is. */
#define BLOOM_SIZE_MEDIUM	(512 * 1024)
#define BLOOM_SIZE_LARGE	(2 * 1024 * 1024)
#define MEDIUM_SET			(256 * 1024)
#define LARGE_SET			(1024 * 1024)

/* Room for so many entries at least, and for as many as pages may hold. */
#define LEAST_ROOM		512
#define ROWS_PER_PAGE	48

/* BSUIDs and parents may use this part of the memory limit, once the gathered entries are freed. */
#define USER_IDS_SHARE	3

/* How far ahead memory is prefetched. */
#define AHEAD				12

/* Zeroed, and it lives as long as the list. */
static void *
allocate(wa_builder *b, Size size)
{
	return MemoryContextAllocExtended(b->list->context, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

void
wa_builder_make_empty(wa_builder *b, wa_phone_set *set, uint64 n, Size bloom_limit, bool with_table)
{
	Size		bloom = wa_phone_set_bloom_size(n, bloom_limit);
	Size		table = with_table ? wa_phone_set_table_size(n) : 0;

	wa_phone_set_init(set, allocate(b, bloom), bloom, with_table ? allocate(b, table) : NULL, table);
}

Size
wa_largest_bloom(Size memory, Size most)
{
	Size		size = 64;

	while (2 * size <= Min(memory, most))
		size *= 2;
	return size;
}

/* Is this entry to be found through the Bloom filter? */
static bool
counts(wa_entry entry)
{
	return (wa_entry_bits(entry) & WA_LISTED_ANY) != 0;
}

static void
announce(wa_builder *b, wa_key key)
{
	wa_phone_set_announce(&b->list->set, wa_phone_set_hash(&b->list->set, key));
}

void
wa_builder_fall_back(wa_builder *b)
{
	wa_builder_make_empty(b, &b->list->set, PG_UINT64_MAX / 8,
						  wa_largest_bloom(b->limit / 2, 16 * BLOOM_SIZE_LARGE), false);
	for (uint64 i = 0; i < b->ngathered; i++)
		announce(b, wa_entry_key(b->gathered[i]));
	pfree(b->gathered);
	b->gathered = NULL;
}

bool
wa_builder_fits(const wa_builder *b, uint64 room, uint64 more)
{
	return room * sizeof(wa_entry) + wa_phone_set_table_size(room + more) +
		BLOOM_SIZE_LARGE / 4 <= b->limit;
}

/* What is not needed is never touched, and growing means copying. */
void
wa_builder_begin(wa_builder *b, double pages)
{
	uint64		room = Max(LEAST_ROOM, (uint64) (pages * ROWS_PER_PAGE));

	while (room > LEAST_ROOM && !wa_builder_fits(b, room, 0))
		room /= 2;
	room = Max(room, LEAST_ROOM);
	b->gathered = palloc_extended(room * sizeof(wa_entry), MCXT_ALLOC_HUGE);
	b->room = room;
}

/* Room for twice as many, or as far as memory suffices for an eighth more. */
static bool
grow(wa_builder *b)
{
	uint64		more = b->room;

	while (more >= b->room / 8 && !wa_builder_fits(b, b->room + more, 0))
		more /= 2;
	if (more < b->room / 8)
		return false;
	b->room += more;
	b->gathered = repalloc_huge(b->gathered, b->room * sizeof(wa_entry));
	return true;
}

void
wa_builder_gather(wa_builder *b, wa_key key, uint16 bits)
{
	if (b->gathered != NULL && b->ngathered == b->room && !grow(b))
		wa_builder_fall_back(b);
	if (b->gathered == NULL)
		announce(b, key);
	else
		b->gathered[b->ngathered++] = wa_entry_make(key, bits);
}

void
wa_builder_make_set(wa_builder *b, uint64 more)
{
	wa_phone_set *set = &b->list->set;
	uint64		n = b->ngathered;

	wa_builder_make_empty(b, set, n + more, n > LARGE_SET ? BLOOM_SIZE_LARGE :
						  n > MEDIUM_SET ? BLOOM_SIZE_MEDIUM : WA_BLOOM_SIZE, true);
	for (uint64 i = 0; i < n; i++)
	{
		wa_entry	entry = b->gathered[i];
		wa_key		key = wa_entry_key(entry);
		uint64		hash = wa_phone_set_hash(set, key);

		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		if (i + AHEAD < n)
		{
			uint64		later = wa_phone_set_hash(set, wa_entry_key(b->gathered[i + AHEAD]));

			wa_phone_set_prefetch_word(set, later);
			__builtin_prefetch(&set->entries[wa_phone_set_place(set, later)], 1);
		}
		if (counts(entry))
			wa_phone_set_announce(set, hash);
		wa_phone_set_add(set, hash, key, wa_entry_bits(entry));
	}
	pfree(b->gathered);
	b->gathered = NULL;
}

static Size
memory_of_user_ids(const wa_builder *b, uint64 n)
{
	return n * sizeof(wa_entry) + b->nparents * sizeof(wa_parent_link) +
		wa_phone_set_table_size(n + b->nparents);
}

bool
wa_builder_has_user_id_room(wa_builder *b)
{
	if (memory_of_user_ids(b, b->nuser_ids) > b->limit / USER_IDS_SHARE)
		b->with_user_ids = false;
	return b->with_user_ids;
}

/* The caller may be in a memory context that ends sooner. */
void
wa_builder_add_user_id(wa_builder *b, uint64 hash, bool refused)
{
	MemoryContext old = MemoryContextSwitchTo(b->list->context);

	if (wa_builder_has_user_id_room(b))
		*wa_append(b->user_ids, b->nuser_ids, b->max_user_ids, wa_entry) =
			wa_entry_make(wa_user_id_key(hash), refused ? wa_user_id_tag(hash) : 0);
	MemoryContextSwitchTo(old);
}

wa_key
wa_builder_phone(wa_builder *b, wa_str recipient)
{
	int64		number;

	if (wa_is_bsuid(recipient.data))
	{
		if (b->connected != NULL)
			wa_connected_add(b->connected, recipient);
		if (b->with_user_ids)
			wa_builder_add_user_id(b, wa_builder_user_id(b, recipient), false);
		return 0;
	}
	number = wa_phone_plain(recipient.data, recipient.len);
	return number != 0 ? (wa_key) number : wa_key_of(recipient.data, recipient.len);
}
