/*-------------------------------------------------------------------------
 *
 * connected.c
 *	  Phones for which the rows of other identifiers may count.
 *
 * Connected identifiers form groups (a union-find structure).  Where a group has rows about
 * two of its phones, or about a BSUID, all of its phones are marked.  Where it has rows about
 * one phone only, the other phones are marked.
 *
 * Groups are found from the identifiers that are rare: those that changed, BSUIDs and parents
 * that were seen with several others, and those that have rows.  From each of these the
 * links are followed down to phones.  Any other path to such a phone starts at one of these
 * identifiers as well, so none is missed.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "identity/columns.h"
#include "recipient/recipient.h"
#include "state/read.h"
#include "suppression/build.h"

/*
 * An identifier: a phone by its number, a BSUID or parent by a seeded hash of 63 bits, which
 * nobody can make fall on another's.  Their texts would take several times as much memory.
 */
typedef uint64 wa_node;

#define USER_ID		(UINT64CONST(1) << 63)

/*
 * What it takes to follow the links of the identifiers on a page, in look-ups: of a page of changes,
 * some sixty of them, and of a page of state, with about five that are BSUIDs.
 */
#define LOOKUPS_PER_CHANGES	12
#define LOOKUPS_PER_PAGE	2

/* An identifier of a group. */
typedef struct wa_member
{
	wa_node		node;
	uint32		parent;			/* of the union-find, by place */
	bool		walked;			/* have its links been followed? */
	uint8		listed;			/* of the root: phones with rows, at most 2 */
	uint32		one;			/* of the root: the place of one with rows */
} wa_member;

/* The place of a member, by its node. */
typedef struct wa_place_of
{
	wa_node		node;
	uint32		place;
	char		status;
} wa_place_of;

#define SH_PREFIX		places
#define SH_ELEMENT_TYPE	wa_place_of
#define SH_KEY_TYPE		wa_node
#define SH_KEY			node
#define SH_HASH_KEY(tb, key)	(uint32) (wa_phone_set_hash((const wa_phone_set *) (tb)->private_data, key) >> 32)
#define SH_EQUAL(tb, a, b)		((a) == (b))
#define SH_SCOPE		static
#define SH_DECLARE
#define SH_DEFINE
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

/* BSUIDs and parents, one behind the other: a byte for the length, the text. */
typedef struct wa_user_ids
{
	uint64		n;
	Size		size;
	Size		room;
	char	   *text;
} wa_user_ids;

struct wa_connected
{
	MemoryContext context;
	Size		limit;
	bool		overflowed;		/* has it ever taken more? */
	wa_phone_set seed;			/* nothing but its seed */
	wa_reader	links;			/* wa_identity, by "other" */

	uint32		nmembers;
	uint32		max_members;
	wa_member  *members;
	places_hash *places;

	wa_user_ids found;			/* whose links are to be followed */
	wa_user_ids with_rows;
};

/*
 * Does it take more memory than it may, or has it?  A walk that ended there is not
 * complete, though scans may have given back some of their memory since.
 */
static bool
overflowed(wa_connected *c)
{
	if (MemoryContextMemAllocated(c->context, false) > c->limit)
		c->overflowed = true;
	return c->overflowed;
}

/*
 * BSUIDs and parents.
 */

static void
append_id(wa_user_ids *ids, wa_str id)
{
	Size		needed = ids->size + 1 + id.len;

	if (needed > ids->room)
	{
		ids->room = Max(1024, 2 * needed);
		ids->text = ids->text == NULL ? palloc_extended(ids->room, MCXT_ALLOC_HUGE) :
			repalloc_huge(ids->text, ids->room);
	}
	ids->text[ids->size] = (char) id.len;
	memcpy(&ids->text[ids->size + 1], id.data, id.len);
	ids->size = needed;
	ids->n++;
}

/* The one at that position, and on to the one behind it. */
static wa_str
next_id(const wa_user_ids *ids, Size *at)
{
	wa_str		id = {&ids->text[*at + 1], (unsigned char) ids->text[*at]};

	*at += 1 + id.len;
	return id;
}

static int
compare_ids(const void *a, const void *b)
{
	const wa_str *x = a;
	const wa_str *y = b;

	return wa_recipient_cmp_bytes(x->data, x->len, y->data, y->len);
}

/* In the order of the index: what is read of it for one is in the cache for the next. */
static wa_str *
sorted_ids(const wa_user_ids *ids)
{
	wa_str	   *sorted = palloc_extended(Max(1, ids->n) * sizeof(wa_str), MCXT_ALLOC_HUGE);
	Size		at = 0;

	for (uint64 i = 0; i < ids->n; i++)
		sorted[i] = next_id(ids, &at);
	qsort(sorted, ids->n, sizeof(wa_str), compare_ids);
	return sorted;
}

/*
 * Groups.
 */

static wa_node
node_of(const wa_connected *c, wa_str id)
{
	if (!wa_is_bsuid(id.data))
		return wa_key_of(id.data, id.len);
	return hash_bytes_extended((const unsigned char *) id.data, id.len, c->seed.seed) | USER_ID;
}

static uint32
root_of(wa_connected *c, uint32 place)
{
	while (c->members[place].parent != place)
		place = c->members[place].parent = c->members[c->members[place].parent].parent;
	return place;
}

static uint32
place_of(wa_connected *c, wa_node node)
{
	bool		found;
	wa_place_of *entry = places_insert(c->places, node, &found);

	if (found)
		return entry->place;
	if (c->nmembers == c->max_members)
	{
		c->max_members = Max(64, 2 * c->max_members);
		c->members = c->members == NULL ?
			palloc_extended(c->max_members * sizeof(wa_member), MCXT_ALLOC_HUGE) :
			repalloc_huge(c->members, c->max_members * sizeof(wa_member));
	}
	entry->place = c->nmembers++;
	c->members[entry->place] = (wa_member)
	{
		.node = node,.parent = entry->place
	};
	return entry->place;
}

static wa_member *
member_of(const wa_connected *c, wa_node node)
{
	wa_place_of *entry = places_lookup(c->places, node);

	return entry == NULL ? NULL : &c->members[entry->place];
}

static void
join(wa_connected *c, wa_node a, wa_node b)
{
	uint32		x = root_of(c, place_of(c, a));
	uint32		y = root_of(c, place_of(c, b));

	c->members[Max(x, y)].parent = Min(x, y);
}

/*
 * Following links.
 */

/* The identifiers above it that it was seen with belong to its group. */
static void
walk(wa_connected *c, wa_str id)
{
	wa_node		node = node_of(c, id);
	wa_member  *member = member_of(c, node);
	wa_canonical canonical;
	wa_recipient *key;

	if (member != NULL && member->walked)
		return;
	canonical.len = id.len;
	memcpy(canonical.text, id.data, id.len);
	key = wa_recipient_make(&canonical);
	wa_reader_seek(&c->links, RecipientGetDatum(key));
	while (wa_reader_next(&c->links) && !overflowed(c))
	{
		wa_str		other = wa_reader_str_in_place(&c->links, Anum_wa_identity_recipient);

		CHECK_FOR_INTERRUPTS();
		join(c, node, node_of(c, other));
		if (wa_is_bsuid(other.data))
			append_id(&c->found, other);
	}
	pfree(key);
	member = member_of(c, node);
	if (member != NULL)
		member->walked = true;
}

/* Follow the links of these, and of those that they lead to. */
static void
walk_all(wa_connected *c, wa_user_ids *ids)
{
	wa_user_ids batch = *ids;

	while (batch.n > 0)
	{
		wa_str	   *sorted = sorted_ids(&batch);

		c->found = (wa_user_ids)
		{
			0
		};
		for (uint64 i = 0; i < batch.n && !overflowed(c); i++)
		{
			CHECK_FOR_INTERRUPTS();
			if (i == 0 || compare_ids(&sorted[i - 1], &sorted[i]) != 0)
				walk(c, sorted[i]);
		}
		pfree(sorted);
		if (batch.text != ids->text)
			pfree(batch.text);
		batch = c->found;
	}
}

static void
read_change(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_connected *c = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		from = wa_cursor_str(&cursor);
	wa_str		to = wa_cursor_str(&cursor);

	join(c, node_of(c, from), node_of(c, to));
	if (wa_is_bsuid(from.data))
		append_id(&c->found, from);
	if (wa_is_bsuid(to.data))
		append_id(&c->found, to);
}

/* BSUIDs and parents that were seen with several. */
static void
read_shared(wa_connected *c, const wa_schema *schema, Snapshot snapshot)
{
	Relation	heap = wa_table_open(&schema->identity_shared);
	Relation	index = wa_pkey_open(&schema->identity_shared);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	IndexScanDesc scan = wa_index_beginscan(heap, index, snapshot, 0);

	index_rescan(scan, NULL, 0, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot) && !overflowed(c))
	{
		wa_str		id = wa_slot_str(slot, Anum_wa_identity_other);

		CHECK_FOR_INTERRUPTS();
		append_id(&c->found, id);
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	table_close(heap, NoLock);
}

wa_connected *
wa_connected_read(wa_decision_cache *cache, Size limit)
{
	const wa_schema *schema = wa_decision_cache_schema(cache);
	Snapshot	snapshot = wa_decision_cache_snapshot(cache);
	wa_connected *c;
	wa_user_ids found;
	MemoryContext old;

	if (!wa_decision_cache_has_links(cache))
		return NULL;
	c = palloc0(sizeof(wa_connected));
	c->context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy connected phones",
									   ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(c->context);
	c->limit = limit;
	c->seed.seed = pg_prng_uint64(&pg_global_prng_state);
	c->places = places_create(c->context, 64, &c->seed);
	wa_reader_open(&c->links, &schema->identity, snapshot);
	wa_scan_table(&schema->identity_change, snapshot, read_change, c);
	read_shared(c, schema, snapshot);
	found = c->found;
	walk_all(c, &found);
	MemoryContextSwitchTo(old);
	return c;
}

bool
wa_connected_has(const wa_connected *connected, wa_key phone)
{
	return member_of(connected, phone) != NULL;
}

void
wa_connected_add(wa_connected *connected, wa_str user_id)
{
	MemoryContext old = MemoryContextSwitchTo(connected->context);

	append_id(&connected->with_rows, user_id);
	MemoryContextSwitchTo(old);
}

bool
wa_connected_complete(wa_connected *connected)
{
	MemoryContext old = MemoryContextSwitchTo(connected->context);

	walk_all(connected, &connected->with_rows);
	wa_reader_close(&connected->links);
	MemoryContextSwitchTo(old);
	return !overflowed(connected);
}

uint64
wa_connected_most(const wa_connected *connected)
{
	return connected->nmembers;
}

/* Of each group: how many of its phones have rows, and one of them. */
static void
count_listed(wa_connected *c, bool (*is_listed) (void *arg, wa_key phone), void *arg)
{
	Size		at = 0;

	for (uint32 i = 0; i < c->nmembers; i++)
	{
		if (!(c->members[i].node & USER_ID) && is_listed(arg, c->members[i].node))
		{
			wa_member  *root = &c->members[root_of(c, i)];

			root->listed = Min(2, root->listed + 1);
			root->one = i;
		}
	}
	/* What is known under a BSUID may count for every phone. */
	for (uint64 i = 0; i < c->with_rows.n; i++)
	{
		wa_member  *member = member_of(c, node_of(c, next_id(&c->with_rows, &at)));

		if (member != NULL)
			c->members[root_of(c, member - c->members)].listed = 2;
	}
}

void
wa_connected_mark(wa_connected *c, bool (*is_listed) (void *arg, wa_key phone),
				  void (*mark) (void *arg, wa_key phone), void *arg)
{
	count_listed(c, is_listed, arg);
	for (uint32 i = 0; i < c->nmembers; i++)
	{
		const wa_member *root = &c->members[root_of(c, i)];

		if (!(c->members[i].node & USER_ID) &&
			(root->listed > 1 || (root->listed == 1 && root->one != i)))
			mark(arg, c->members[i].node);
	}
	MemoryContextDelete(c->context);
	pfree(c);
}

double
wa_connected_cost(const wa_schema *schema, double pages)
{
	return wa_pages_of(&schema->identity_change) * LOOKUPS_PER_CHANGES + pages * LOOKUPS_PER_PAGE;
}
