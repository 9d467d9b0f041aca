/*-------------------------------------------------------------------------
 *
 * connected.c
 *	  Phones for which the rows of other identifiers may count.
 *
 * Connected identifiers form groups (a union-find structure).  Where a group has rows about
 * two of its phones, or about a BSUID, all of its phones are marked.  Where it has rows about
 * one phone only, the other phones are marked, unless these count only together with rows of
 * others: old failures, or too few deliveries for a cap.  Where it is so large that its members
 * may be refused for that, all are marked, and where memory does not suffice for groups, all
 * connected identifiers.
 *
 * Where one phone of a group alone has rows of consent, and no resume among them, its stops are
 * certain: for itself, and for the number that took its place, if all of them are from before the change.
 *
 * Groups are found from the identifiers that are rare: those that changed, BSUIDs and parents
 * that were seen with several others, and those that have rows.  From each of these the
 * links are followed down to phones.  Any other path to such a phone starts at one of these
 * identifiers as well, so none is missed.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/append.h"
#include "base/table_scan.h"
#include "identity/columns.h"
#include "identity/person.h"
#include "recipient/recipient.h"
#include "suppression/connected.h"
#include "suppression/list.h"

/*
 * The cost of following the links of the identifiers on one page, in look-ups: a page of changes has
 * about sixty, and a page of state about five BSUIDs.
 */
#define LOOKUPS_PER_CHANGES	12
#define LOOKUPS_PER_PAGE	2

/*
 * An identifier: a phone by its number, a BSUID or parent by 63 bits of its hash.  Their texts
 * would take several times as much memory.
 */
typedef uint64 wa_node;

#define USER_ID		(UINT64CONST(1) << 63)

/* Identifiers of groups per page of wa_identity_change, estimated. */
#define NODES_PER_PAGE		150

#define LEAST_PLACES		64

/* BSUIDs and parents are collected up to this size, and then followed in the order of the index. */
#define BATCH_BYTES			(1024 * 1024)
#define LEAST_BATCH_BYTES	1024

/* Facts about a group, by the place of its root. */
typedef struct wa_group
{
	uint32		members;
	uint8		listed;			/* phones with rows, at most 2 */
	bool		counts;			/* do those of one count without others? */
	uint32		one;			/* the place of one with rows */
	uint8		consents;		/* phones with rows of consent, at most 2 */
} wa_group;

struct wa_connected
{
	MemoryContext context;
	Size		limit;
	wa_phone_set seed;			/* nothing but its seed */
	const wa_schema *schema;
	Snapshot	snapshot;
	wa_reader	links[2];		/* wa_identity by "other": of BSUIDs, and of parents */
	const wa_connected_sink *sink;
	void	   *arg;			/* for the sink */

	/*
	 * The union-find structure: a hash table with open addressing.  nodes NULL: memory did not
	 * suffice, so identifiers are marked immediately.
	 */
	uint32		nnodes;
	uint32		nplaces;
	wa_node    *nodes;			/* by place; 0: free */
	uint32	   *parents;		/* of the union-find, by place */
	bool	   *walked;			/* have its links been followed?  By place */
	wa_instant *stops;			/* the latest stop; WA_FOREVER: there is a resume.  By place */

	wa_group   *groups;			/* by the place of the root; set in the end */

	uint32		nwith_rows;
	uint32		max_with_rows;
	wa_node    *with_rows;		/* members that are BSUIDs or parents and have rows */

	/* A batch of BSUIDs and parents: for each a byte with its length, and the text. */
	bool		batch_has_rows;
	uint32		nbatch;
	Size		batch_bytes;
	Size		batch_room;
	char	   *batch;
};

/*
 * Groups.
 */

static wa_node
node_of(const wa_connected *c, wa_str id)
{
	return wa_is_bsuid(id.data) ? wa_user_id_hash(c->seed.seed, id) | USER_ID :
		wa_key_of(id.data, id.len);
}

/* The place of a node, or the free place where it belongs. */
static uint32
locate(const wa_connected *c, wa_node node)
{
	uint64		hash = wa_phone_set_hash(&c->seed, node);
	uint32		place = (uint32) ((hash >> 32) * c->nplaces >> 32);

	while (c->nodes[place] != 0 && c->nodes[place] != node)
	{
		if (++place == c->nplaces)
			place = 0;
	}
	return place;
}

static bool
is_member(const wa_connected *c, wa_node node)
{
	return c->nodes != NULL && c->nodes[locate(c, node)] != 0;
}

static uint32
root_of(wa_connected *c, uint32 place)
{
	while (c->parents[place] != place)
		place = c->parents[place] = c->parents[c->parents[place]];
	return place;
}

#define BYTES_PER_PLACE		(sizeof(wa_node) + sizeof(uint32) + sizeof(bool) + sizeof(wa_instant))

static void
make_places(wa_connected *c, uint32 n)
{
	c->nplaces = n;
	c->nodes = palloc_extended(n * sizeof(wa_node), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	c->parents = palloc_extended(n * sizeof(uint32), MCXT_ALLOC_HUGE);
	c->walked = palloc_extended(n * sizeof(bool), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	c->stops = palloc_extended(n * sizeof(wa_instant), MCXT_ALLOC_HUGE);
}

static void
free_places(const wa_connected *c)
{
	pfree(c->nodes);
	pfree(c->parents);
	pfree(c->walked);
	pfree(c->stops);
}

static void
mark(wa_connected *c, wa_node node)
{
	if (node & USER_ID)
		c->sink->mark_user_id(c->arg, node & ~USER_ID);
	else
		c->sink->mark(c->arg, node);
}

/* Mark all members, and from now on every identifier at once. */
static void
give_up_groups(wa_connected *c)
{
	wa_connected old = *c;

	c->nodes = NULL;
	for (uint32 i = 0; i < old.nplaces; i++)
	{
		if (old.nodes[i] != 0)
			mark(c, old.nodes[i]);
	}
	free_places(&old);
	c->nnodes = c->nplaces = c->nwith_rows = 0;
}

/* Move all members into a table that is half as large again. */
static void
grow(wa_connected *c)
{
	wa_connected old = *c;
	uint32	   *moved = palloc_extended(old.nplaces * sizeof(uint32), MCXT_ALLOC_HUGE);

	make_places(c, old.nplaces + old.nplaces / 2);
	for (uint32 i = 0; i < old.nplaces; i++)
	{
		if (old.nodes[i] == 0)
			continue;
		moved[i] = locate(c, old.nodes[i]);
		c->nodes[moved[i]] = old.nodes[i];
		c->walked[moved[i]] = old.walked[i];
		c->stops[moved[i]] = old.stops[i];
	}
	for (uint32 i = 0; i < old.nplaces; i++)
	{
		if (old.nodes[i] != 0)
			c->parents[moved[i]] = moved[old.parents[i]];
	}
	pfree(moved);
	free_places(&old);
}

/* Is there room for two more members?  If not, groups are given up. */
static bool
has_room(wa_connected *c)
{
	if (c->nodes == NULL)
		return false;
	if (c->nnodes + 2 <= c->nplaces / 4 * 3)
		return true;
	/* The old and the new table exist at the same time. */
	if (c->nplaces < PG_UINT32_MAX / 2 &&
		MemoryContextMemAllocated(c->context, false) + c->nplaces * (2 * BYTES_PER_PLACE) <= c->limit)
		grow(c);
	else
		give_up_groups(c);
	return c->nodes != NULL;
}

static uint32
place_of(wa_connected *c, wa_node node)
{
	uint32		place = locate(c, node);

	if (c->nodes[place] == 0)
	{
		c->nodes[place] = node;
		c->parents[place] = place;
		c->stops[place] = WA_NEVER;
		c->nnodes++;
	}
	return place;
}

static void
join(wa_connected *c, wa_node a, wa_node b)
{
	if (has_room(c))
	{
		uint32		x = root_of(c, place_of(c, a));
		uint32		y = root_of(c, place_of(c, b));

		c->parents[Max(x, y)] = Min(x, y);
	}
	else
	{
		mark(c, a);
		mark(c, b);
	}
}

/*
 * Following links.
 */

/* Join a BSUID or parent with the phones and BSUIDs that it was seen with. */
static void
walk(wa_connected *c, wa_str id)
{
	wa_canonical canonical;
	wa_recipient *key;
	wa_node		node = node_of(c, id);
	wa_reader  *links;

	CHECK_FOR_INTERRUPTS();
	if (is_member(c, node) && c->walked[locate(c, node)])
		return;
	(void) wa_canonical_from_str(id, &canonical);
	key = wa_recipient_make(&canonical);
	links = &c->links[wa_id_kind_of(&canonical) == WA_ID_PARENT];
	wa_reader_seek(links, RecipientGetDatum(key));
	while (wa_reader_next(links))
	{
		wa_str		other = wa_reader_str_in_place(links, Anum_wa_identity_recipient);

		join(c, node, node_of(c, other));
		/* Only parents are seen with BSUIDs, whose links have a reader of their own. */
		if (wa_is_bsuid(other.data) && links == &c->links[1])
			walk(c, other);
	}
	pfree(key);
	if (is_member(c, node))
		c->walked[locate(c, node)] = true;
}

/* Follow the links of the batch, sorted, so that neighbours in the index are read together. */
static void
walk_batch(wa_connected *c)
{
	wa_str	   *ids = palloc(Max(1, c->nbatch) * sizeof(wa_str));
	Size		at = 0;

	for (uint32 i = 0; i < c->nbatch; i++)
	{
		ids[i] = (wa_str) {&c->batch[at + 1], (unsigned char) c->batch[at]};
		at += 1 + ids[i].len;
	}
	qsort(ids, c->nbatch, sizeof(wa_str), wa_str_order);
	for (uint32 i = 0; i < c->nbatch; i++)
	{
		if (i > 0 && wa_str_equal(ids[i - 1], ids[i]))
			continue;
		walk(c, ids[i]);
		if (c->batch_has_rows && is_member(c, node_of(c, ids[i])))
			*wa_append(c->with_rows, c->nwith_rows, c->max_with_rows, wa_node) =
				node_of(c, ids[i]);
	}
	pfree(ids);
	c->nbatch = 0;
	c->batch_bytes = 0;
}

static void
add_to_batch(wa_connected *c, wa_str id)
{
	if (c->batch_bytes + 1 + id.len > c->batch_room)
		walk_batch(c);
	c->batch[c->batch_bytes] = (char) id.len;
	memcpy(&c->batch[c->batch_bytes + 1], id.data, id.len);
	c->batch_bytes += 1 + id.len;
	c->nbatch++;
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
		add_to_batch(c, from);
	if (wa_is_bsuid(to.data))
		add_to_batch(c, to);
}

/* Follow the links of BSUIDs and parents that were seen with several identifiers. */
static void
read_shared(wa_connected *c)
{
	wa_reader	shared;
	wa_canonical latest = {.len = 0};

	wa_reader_open(&shared, &c->schema->identity_shared, c->snapshot);
	wa_reader_seek_all(&shared, NULL, 0);
	while (wa_reader_next(&shared))
	{
		wa_str		id = wa_reader_str_in_place(&shared, Anum_wa_identity_other);

		/* The rows of one are consecutive. */
		if (wa_str_equal(id, wa_canonical_str(&latest)))
			continue;
		(void) wa_canonical_from_str(id, &latest);
		add_to_batch(c, id);
	}
	wa_reader_close(&shared);
}

/* Make a table of the expected size, as far as memory suffices. */
static void
begin_groups(wa_connected *c)
{
	double		places = (double) wa_pages_of(&c->schema->identity_change) * NODES_PER_PAGE / 3 * 4;

	places = Min(places, (double) c->limit / BYTES_PER_PLACE / 2);
	make_places(c, Max(LEAST_PLACES, (uint32) Min(places, PG_UINT32_MAX / 2)));
}

wa_connected *
wa_connected_read(wa_decision_cache *cache, uint64 seed, Size limit,
				  const wa_connected_sink *sink, void *arg)
{
	wa_connected *c;
	MemoryContext old;

	if (!cache->has_links)
		return NULL;
	c = palloc0(sizeof(wa_connected));
	c->context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy connected phones",
									   ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(c->context);
	c->limit = limit;
	c->schema = cache->schema;
	c->snapshot = cache->snapshot;
	c->seed.seed = seed;
	c->sink = sink;
	c->arg = arg;
	c->batch_room = Max(LEAST_BATCH_BYTES, Min(BATCH_BYTES, limit / 16));
	c->batch = palloc(c->batch_room);
	begin_groups(c);
	for (int i = 0; i < lengthof(c->links); i++)
		wa_reader_open(&c->links[i], &c->schema->identity, c->snapshot);
	wa_scan_table(&c->schema->identity_change, c->snapshot, read_change, c);
	read_shared(c);
	walk_batch(c);
	c->batch_has_rows = true;
	MemoryContextSwitchTo(old);
	return c;
}

bool
wa_connected_has(const wa_connected *connected, wa_key phone)
{
	return is_member(connected, phone);
}

void
wa_connected_stop(wa_connected *connected, wa_key phone, wa_instant at)
{
	uint32		place;

	if (connected->nodes == NULL)
		return;
	place = locate(connected, phone);
	if (connected->nodes[place] != 0)
		connected->stops[place] = wa_later(connected->stops[place], at);
}

void
wa_connected_add(wa_connected *connected, wa_str user_id)
{
	MemoryContext old = MemoryContextSwitchTo(connected->context);

	add_to_batch(connected, user_id);
	MemoryContextSwitchTo(old);
}

void
wa_connected_complete(wa_connected *connected)
{
	MemoryContext old = MemoryContextSwitchTo(connected->context);

	walk_batch(connected);
	for (int i = 0; i < lengthof(connected->links); i++)
		wa_reader_close(&connected->links[i]);
	MemoryContextSwitchTo(old);
}

Size
wa_connected_memory(const wa_connected *connected)
{
	return MemoryContextMemAllocated(connected->context, false);
}

uint64
wa_connected_most(const wa_connected *connected)
{
	return connected->nnodes;
}

/* Count the members, the phones with rows, and those with rows of consent of each group. */
static wa_group *
count_listed(wa_connected *c)
{
	wa_group   *groups = palloc_extended(c->nplaces * sizeof(wa_group),
										 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint32 i = 0; i < c->nplaces; i++)
	{
		wa_group   *group;
		wa_counting counting;

		if (c->nodes[i] == 0)
			continue;
		group = &groups[root_of(c, i)];
		/* They may be refused for that, whatever rows there are. */
		if (++group->members > WA_MOST_BEHIND)
			group->listed = group->consents = 2;
		if (c->nodes[i] & USER_ID)
			continue;
		if (c->stops[i] != WA_NEVER)
			group->consents = Min(2, group->consents + 1);
		counting = c->sink->counting(c->arg, c->nodes[i]);
		if (counting != WA_COUNTS_NOTHING)
		{
			group->listed = Min(2, group->listed + 1);
			group->one = i;
			group->counts |= counting == WA_COUNTS;
		}
	}
	/* Rows of a BSUID may count for every phone of the group. */
	for (uint32 i = 0; i < c->nwith_rows; i++)
	{
		wa_group   *group = &groups[root_of(c, locate(c, c->with_rows[i]))];

		group->listed = group->consents = 2;
	}
	return groups;
}

/* Does this member have all rows of consent of its group, and is none of them a resume? */
static bool
only_stopped(wa_connected *c, uint32 place)
{
	return c->stops[place] != WA_NEVER && c->stops[place] != WA_FOREVER &&
		c->groups[root_of(c, place)].consents == 1;
}

/* After the members were marked: does the new number inherit all stops of the old one? */
static void
settle_change(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_connected *c = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		from = wa_cursor_str(&cursor);
	wa_str		to = wa_cursor_str(&cursor);
	wa_instant	at = wa_cursor_instant(&cursor, tuple, Anum_wa_identity_change_at);
	bool		never_unlinked;
	uint32		place;

	heap_getattr(tuple, Anum_wa_identity_change_unlinked_at, desc, &never_unlinked);
	if (!never_unlinked || wa_is_bsuid(from.data) || wa_is_bsuid(to.data))
		return;
	place = locate(c, node_of(c, from));
	if (only_stopped(c, place) && c->stops[place] <= at)
		c->sink->inherit(c->arg, c->nodes[place], node_of(c, to));
}

static void
mark_members(wa_connected *c)
{
	for (uint32 i = 0; i < c->nplaces; i++)
	{
		const wa_group *group;

		if (c->nodes[i] == 0 || only_stopped(c, i))
			continue;
		group = &c->groups[root_of(c, i)];
		if (group->listed > 1 ||
			(group->listed == 1 && group->counts && ((c->nodes[i] & USER_ID) || group->one != i)))
			mark(c, c->nodes[i]);
	}
}

void
wa_connected_mark(wa_connected *c)
{
	MemoryContext old = MemoryContextSwitchTo(c->context);

	if (c->nodes != NULL)
	{
		c->groups = count_listed(c);
		mark_members(c);
		wa_scan_table(&c->schema->identity_change, c->snapshot, settle_change, c);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(c->context);
	pfree(c);
}

double
wa_connected_cost(const wa_schema *schema, double pages)
{
	return (double) wa_pages_of(&schema->identity_change) * LOOKUPS_PER_CHANGES + pages * LOOKUPS_PER_PAGE;
}
