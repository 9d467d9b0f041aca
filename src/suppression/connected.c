/*-------------------------------------------------------------------------
 *
 * connected.c
 *	  Phones for which the rows of other identifiers may count.
 *
 * Phones that are connected form groups (a union-find over them).  Where a group has
 * rows about two of its phones, or about a BSUID, each is marked; where it has rows about
 * one phone alone, the others are.
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
#include "identity/load.h"
#include "recipient/recipient.h"
#include "suppression/build.h"

/* A phone of a group. */
typedef struct wa_group_phone
{
	wa_key		key;
	uint32		parent;			/* of the union-find, by place */
	uint32		listed;			/* of the root: phones with rows, at most 2 */
	uint32		one;			/* of the root: the place of one with rows */
} wa_group_phone;

/* The place of a phone, by its key. */
typedef struct wa_phone_place
{
	wa_key		key;
	uint32		place;
	char		status;
} wa_phone_place;

#define SH_PREFIX		places
#define SH_ELEMENT_TYPE	wa_phone_place
#define SH_KEY_TYPE		wa_key
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	(uint32) (wa_phone_set_hash((const wa_phone_set *) (tb)->private_data, key) >> 32)
#define SH_EQUAL(tb, a, b)		((a) == (b))
#define SH_SCOPE		static
#define SH_DECLARE
#define SH_DEFINE
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

/*
 * A set of identifiers: a phone by its number, a BSUID by a seeded hash of 63 bits, which nobody
 * can make fall on another's.  Their texts would take several times as much memory.
 */
typedef uint64 wa_node;

typedef struct wa_noted
{
	wa_node		node;
	char		status;
} wa_noted;

#define SH_PREFIX		nodes
#define SH_ELEMENT_TYPE	wa_noted
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

/*
 * To read a page of changes, some sixty of them, and to walk from there takes about as long as this
 * many look-ups.
 */
#define LOOKUPS_PER_PAGE	75

struct wa_connected
{
	MemoryContext context;
	Size		limit;
	bool		overflowed;		/* has it ever taken more? */
	wa_phone_set seed;			/* nothing but its seed */
	wa_link_reader links;
	const wa_schema *schema;
	Snapshot	snapshot;

	uint32		nphones;
	uint32		max_phones;
	wa_group_phone *phones;		/* those of groups */
	places_hash *places;
	nodes_hash *changed;		/* identifiers that stand in wa_identity_change */
	nodes_hash *visited;		/* BSUIDs walked through */
	bool		by_parents;		/* was any parent seen with several BSUIDs, or did one change? */

	/* BSUIDs with rows, to be walked through, one behind the other: a byte for the length, the text. */
	uint64		nuser_ids;
	Size		user_bytes;
	Size		max_user_bytes;
	char	   *user_ids;

	/* While walking. */
	uint32		nqueued;
	uint32		max_queued;
	wa_canonical *queue;
	uint32		nfound;			/* phones of the walk at hand; one may stand twice */
	uint32		max_found;
	wa_key	   *found;
};

#define wa_append_huge(array, n, max, type) \
	(((n) < (max) ? (void) 0 : \
	  (void) ((max) = Max(64, 2 * (max)), \
			  (array) = (array) == NULL ? palloc_extended((max) * sizeof(type), MCXT_ALLOC_HUGE) : \
			  repalloc_huge((array), (max) * sizeof(type)))), \
	 &(array)[(n)++])

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

static wa_node
node_of(const wa_connected *c, const char *id, size_t len)
{
	if (!wa_is_bsuid(id))
		return wa_key_of(id, len);
	return hash_bytes_extended((const unsigned char *) id, len, c->seed.seed) | UINT64CONST(1) << 63;
}

/* Enter an identifier into a set; false where it is there already. */
static bool
enter(const wa_connected *c, nodes_hash *set, const char *id, size_t len)
{
	bool		found;

	nodes_insert(set, node_of(c, id, len), &found);
	return !found;
}

/*
 * Groups.
 */

static uint32
root_of(wa_connected *c, uint32 place)
{
	while (c->phones[place].parent != place)
		place = c->phones[place].parent = c->phones[c->phones[place].parent].parent;
	return place;
}

static uint32
place_of(wa_connected *c, wa_key key)
{
	bool		found;
	wa_phone_place *entry = places_insert(c->places, key, &found);

	if (!found)
	{
		wa_group_phone *phone = wa_append_huge(c->phones, c->nphones, c->max_phones,
											   wa_group_phone);

		entry->place = c->nphones - 1;
		*phone = (wa_group_phone)
		{
			key, entry->place, 0, 0
		};
	}
	return entry->place;
}

static void
join(wa_connected *c, wa_key a, wa_key b)
{
	uint32		x = root_of(c, place_of(c, a));
	uint32		y = root_of(c, place_of(c, b));

	c->phones[Max(x, y)].parent = Min(x, y);
}

/*
 * Walking from BSUID to BSUID.  A walk ends at phones: whatever else they lead to is a BSUID that
 * was seen with several phones, or that changed, and is walked from as well; the groups
 * of phones are what all walks join.  Nor does it go on to parents where none was seen with
 * several BSUIDs and none changed.
 */

static void
take_neighbour(void *arg, const wa_canonical *id)
{
	wa_connected *c = arg;

	if (!wa_is_bsuid(id->text))
		*wa_append_huge(c->found, c->nfound, c->max_found, wa_key) = wa_key_of(id->text, id->len);
	else if (enter(c, c->visited, id->text, id->len))
		*wa_append_huge(c->queue, c->nqueued, c->max_queued, wa_canonical) = *id;
}

/* Find the phones that such walks from this BSUID lead to, into c->found. */
static void
walk_from(wa_connected *c, wa_str from)
{
	wa_canonical id;

	id.len = from.len;
	memcpy(id.text, from.data, from.len);
	id.text[id.len] = '\0';
	c->nfound = 0;
	take_neighbour(c, &id);
	while (c->nqueued > 0 && !overflowed(c))
	{
		bool		changed;

		CHECK_FOR_INTERRUPTS();
		id = c->queue[--c->nqueued];
		changed = nodes_lookup(c->changed, node_of(c, id.text, id.len)) != NULL;
		wa_neighbours(&c->links, &id, c->by_parents, changed, take_neighbour, c);
	}
}

/* Phones that are connected through this BSUID are one group. */
static void
group_through(wa_connected *c, wa_str id)
{
	walk_from(c, id);
	for (uint32 i = 1; i < c->nfound; i++)
		join(c, c->found[0], c->found[i]);
}

static bool
is_parent(wa_str id)
{
	wa_canonical canonical = {.len = id.len};

	memcpy(canonical.text, id.data, id.len);
	canonical.text[id.len] = '\0';
	return wa_id_kind_of(&canonical) == WA_ID_PARENT;
}

static void
read_change(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_connected *c = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		from = wa_cursor_str(&cursor);
	wa_str		to = wa_cursor_str(&cursor);

	enter(c, c->changed, from.data, from.len);
	enter(c, c->changed, to.data, to.len);
	if (is_parent(from) || is_parent(to))
		c->by_parents = true;
	if (!wa_is_bsuid(from.data) && !wa_is_bsuid(to.data))
		join(c, wa_key_of(from.data, from.len), wa_key_of(to.data, to.len));
}

/* Changes from and to BSUIDs: between which phones? */
static void
walk_change(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_connected *c = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		ends[2];

	ends[0] = wa_cursor_str(&cursor);
	ends[1] = wa_cursor_str(&cursor);
	for (int i = 0; i < lengthof(ends); i++)
	{
		if (wa_is_bsuid(ends[i].data) && !overflowed(c))
			group_through(c, ends[i]);
	}
}

/* Call take for each BSUID and parent that was seen with several, until it says no. */
static void
read_shared(wa_connected *c, bool (*take) (wa_connected *c, wa_str id))
{
	Relation	heap = wa_table_open(&c->schema->identity_shared);
	Relation	index = wa_pkey_open(&c->schema->identity_shared);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	IndexScanDesc scan = wa_index_beginscan(heap, index, c->snapshot, 0);

	index_rescan(scan, NULL, 0, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot) &&
		   take(c, wa_slot_str(slot, Anum_wa_identity_other)))
		CHECK_FOR_INTERRUPTS();
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	table_close(heap, NoLock);
}

static bool
note_shared_parent(wa_connected *c, wa_str id)
{
	if (is_parent(id))
		c->by_parents = true;
	return !c->by_parents;
}

static bool
group_shared(wa_connected *c, wa_str id)
{
	group_through(c, id);
	return !overflowed(c);
}

wa_connected *
wa_connected_read(wa_decision_cache *cache, Size limit)
{
	wa_connected *c;
	MemoryContext old;

	if (!wa_decision_cache_has_links(cache))
		return NULL;
	c = palloc0(sizeof(wa_connected));
	c->context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy connected phones",
									   ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(c->context);
	c->limit = limit;
	c->schema = wa_decision_cache_schema(cache);
	c->snapshot = wa_decision_cache_snapshot(cache);
	c->seed.seed = pg_prng_uint64(&pg_global_prng_state);
	c->places = places_create(c->context, 64, &c->seed);
	c->changed = nodes_create(c->context, 64, &c->seed);
	c->visited = nodes_create(c->context, 64, &c->seed);
	wa_link_reader_open(&c->links, c->schema, c->snapshot);
	wa_scan_table(&c->schema->identity_change, c->snapshot, read_change, c);
	read_shared(c, note_shared_parent);
	wa_scan_table(&c->schema->identity_change, c->snapshot, walk_change, c);
	read_shared(c, group_shared);
	MemoryContextSwitchTo(old);
	return c;
}

bool
wa_connected_has(const wa_connected *connected, wa_key phone)
{
	return connected->nphones > 0 && places_lookup(connected->places, phone) != NULL;
}

void
wa_connected_add(wa_connected *connected, wa_str user_id)
{
	MemoryContext old = MemoryContextSwitchTo(connected->context);
	Size		needed = connected->user_bytes + 1 + user_id.len;

	if (needed > connected->max_user_bytes)
	{
		connected->max_user_bytes = Max(1024, 2 * needed);
		connected->user_ids = connected->user_ids == NULL ?
			palloc_extended(connected->max_user_bytes, MCXT_ALLOC_HUGE) :
			repalloc_huge(connected->user_ids, connected->max_user_bytes);
	}
	connected->user_ids[connected->user_bytes] = (char) user_id.len;
	memcpy(&connected->user_ids[connected->user_bytes + 1], user_id.data, user_id.len);
	connected->user_bytes = needed;
	connected->nuser_ids++;
	MemoryContextSwitchTo(old);
}

uint64
wa_connected_most(const wa_connected *connected)
{
	return connected->nphones + 2 * connected->nuser_ids;
}

/* Of each group: how many of its phones are listed, and one of them. */
static void
count_listed(wa_connected *c, bool (*is_listed) (void *arg, wa_key phone), void *arg)
{
	for (uint32 i = 0; i < c->nphones; i++)
	{
		if (is_listed(arg, c->phones[i].key))
		{
			wa_group_phone *root = &c->phones[root_of(c, i)];

			root->listed = Min(2, root->listed + 1);
			root->one = i;
		}
	}
}

/* A phone for which rows under a BSUID may count: so they may for its group. */
static void
mark_group(wa_connected *c, wa_key phone)
{
	wa_phone_place *entry = places_lookup(c->places, phone);

	if (entry != NULL)
		c->phones[root_of(c, entry->place)].listed = 2;
}

bool
wa_connected_mark(wa_connected *c, bool (*is_listed) (void *arg, wa_key phone),
				  void (*mark) (void *arg, wa_key phone), void *arg)
{
	MemoryContext old = MemoryContextSwitchTo(c->context);
	bool		complete;

	count_listed(c, is_listed, arg);
	/* Walked through for groups already or not: here the phones themselves count. */
	nodes_reset(c->visited);
	for (Size at = 0; at < c->user_bytes && !overflowed(c);)
	{
		size_t		len = (unsigned char) c->user_ids[at];

		walk_from(c, (wa_str) {&c->user_ids[at + 1], len});
		at += 1 + len;
		for (uint32 j = 0; j < c->nfound; j++)
		{
			mark_group(c, c->found[j]);
			mark(arg, c->found[j]);
		}
	}
	for (uint32 i = 0; i < c->nphones; i++)
	{
		const wa_group_phone *root = &c->phones[root_of(c, i)];

		if (root->listed > 1 || (root->listed == 1 && root->one != i))
			mark(arg, c->phones[i].key);
	}
	MemoryContextSwitchTo(old);
	complete = !overflowed(c);
	wa_link_reader_close(&c->links);
	MemoryContextDelete(c->context);
	pfree(c);
	return complete;
}

static double
pages_of(const wa_table *table)
{
	Relation	rel = wa_table_open(table);
	double		pages = RelationGetNumberOfBlocks(rel);

	table_close(rel, NoLock);
	return pages;
}

double
wa_connected_cost(const wa_schema *schema)
{
	return pages_of(&schema->identity_change) * LOOKUPS_PER_PAGE;
}
