/*-------------------------------------------------------------------------
 *
 * filter_build.c
 *	  Reading the list of a filter.
 *
 * Each table is read whole, in the order of its pages: that beats any index
 * as long as most rows object, and is what wa_filter_price counts.  First all
 * entries are gathered, so that the set can be made in the right size; then
 * those whom wa_identity ties to a listed one are listed as well.
 *
 * Where memory does not suffice, the Bloom filter stands alone, and whoever it
 * does not rule out is looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "decision/filter.h"
#include "decision/library.h"
#include "common/columns.h"
#include "state/read.h"

/*
 * A look-up takes about as long as reading this many pages of a state table
 * takes.
 */
#define PAGES_PER_LOOK_UP	1.5

/* Fewer look-ups than this are not worth a thought. */
#define LEAST_PRICE			64

/*
 * The Bloom filter shall stay in the L2 cache.  For a set that is much larger
 * than the cache, missing the L2 cache is dearer than a larger one is.
 */
#define BLOOM_SIZE			(256 * 1024)
#define BLOOM_SIZE_LARGE	(2 * 1024 * 1024)
#define LARGE_SET			(1024 * 1024)

/* Give up when ties lead on for longer than this. */
#define MAX_ROUNDS			16

/* What the policy says of a code for one category. */
typedef struct code_meaning
{
	bool		known;
	int32		code;
	bool		blocks;
	bool		yields;			/* to an open window */
	bool		shut_by_inbound;	/* does lifted_at tell of all inbound messages? */
} code_meaning;

#define CODE_CACHE			64	/* a power of two */

typedef struct link_keys
{
	wa_key		a;
	wa_key		b;
} link_keys;

typedef struct builder
{
	wa_filter  *filter;
	wa_library *library;
	const wa_question *question;
	Size		limit;

	wa_entry   *gathered;		/* NULL: only the Bloom filter is filled */
	uint64		ngathered;
	uint64		room;

	link_keys  *links;
	uint64		nlinks;
	uint64		max_links;
	bool		changed;		/* did the ties add anything this time? */
	bool		keep_links;

	code_meaning codes[CODE_CACHE];
} builder;

/*
 * The row at hand.  Columns are read where they lie, without a slot: these
 * few are all that is needed of hundreds of thousands of rows.
 */
typedef struct row
{
	HeapTuple	tuple;
	TupleDesc	desc;
} row;

static Datum
column_of(const row *row, int column, bool *isnull)
{
	return heap_getattr(row->tuple, column, row->desc, isnull);
}

static wa_instant
instant_of(const row *row, int column)
{
	bool		isnull;
	Datum		value = column_of(row, column, &isnull);

	return isnull ? WA_NEVER : DatumGetTimestampTz(value);
}

/* The first column of variable length; none before it is, so that its place is known. */
static char *
first_text_of(const row *row, int column)
{
	bool		isnull;

	return DatumGetPointer(column_of(row, column, &isnull));
}

/* From one column of variable length to the next, neither of them NULL. */
static inline char *
next_text(char *text)
{
	char	   *next = text + VARSIZE_ANY(text);

	return VARATT_NOT_PAD_BYTE(next) ? next : (char *) INTALIGN(next);
}

/* The string there, not copied. */
static inline wa_str
str_at(char *text)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(PointerGetDatum(text));

	return (wa_str)
	{
		VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed)
	};
}

static wa_key
key_at(char *text)
{
	wa_str		id = str_at(text);
	int64		number = wa_phone_plain(id.data, id.len);

	return number != 0 ? wa_key_of_phone(number) : wa_key_of(id.data, id.len);
}

static void
make_bloom(builder *b, uint64 n, Size limit)
{
	Size		size = wa_phone_set_bloom_size(n, limit);

	wa_phone_set_init(&b->filter->set,
					  MemoryContextAllocExtended(b->filter->context, size,
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
					  size, NULL, 0);
}

static void
make_table(builder *b, uint64 n)
{
	wa_phone_set *set = &b->filter->set;
	Size		size = wa_phone_set_table_size(n);

	wa_phone_set_init(set, set->words, (set->word_mask + 1) * sizeof(uint64),
					  MemoryContextAllocExtended(b->filter->context, size,
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
					  size);
}

/* Is this entry to be found through the Bloom filter? */
static bool
counts(const builder *b, wa_entry entry)
{
	return b->library->has_links || ((uint8) entry & WA_LISTED_OWN) != 0;
}

static void
announce_all(builder *b)
{
	for (uint64 i = 0; i < b->ngathered; i++)
	{
		if (counts(b, b->gathered[i]))
			wa_phone_set_announce(&b->filter->set, wa_entry_key(b->gathered[i]));
	}
}

/* There is not enough memory: from here on the Bloom filter alone is filled. */
static void
fall_back(builder *b)
{
	Size		size = 64;

	while (2 * size <= Min(b->limit / 2, 16 * BLOOM_SIZE_LARGE))
		size *= 2;
	make_bloom(b, PG_UINT64_MAX / 8, size);
	announce_all(b);
	pfree(b->gathered);
	b->gathered = NULL;
}

static void
gather_slowly(builder *b, wa_entry entry)
{
	if (b->gathered != NULL)
	{
		uint64		room = 2 * b->room;

		if (room * sizeof(wa_entry) + wa_phone_set_table_size(b->room) +
			BLOOM_SIZE_LARGE / 4 <= b->limit)
		{
			b->gathered = repalloc_huge(b->gathered, room * sizeof(wa_entry));
			b->room = room;
			b->gathered[b->ngathered++] = entry;
			return;
		}
		fall_back(b);
	}
	if (counts(b, entry))
		wa_phone_set_announce(&b->filter->set, wa_entry_key(entry));
}

static inline void
gather(builder *b, wa_key key, uint8 bits)
{
	wa_entry	entry = wa_entry_make(key, bits);

	if (b->gathered != NULL && b->ngathered < b->room)
		b->gathered[b->ngathered++] = entry;
	else
		gather_slowly(b, entry);
}

/*
 * wa_consent: only for marketing.
 */
static void
read_consent(builder *b, const row *row)
{
	wa_instant	stopped = instant_of(row, WA_CONSENT_STOPPED_AT);
	wa_instant	resumed = instant_of(row, WA_CONSENT_RESUMED_AT);
	char	   *recipient = first_text_of(row, WA_CONSENT_RECIPIENT);
	char	   *business_at = next_text(recipient);
	wa_str		business = str_at(business_at);
	uint8		bits = 0;

	if (!wa_asks_about(b->question, business))
		return;

	if (stopped != WA_NEVER && stopped >= resumed)
	{
		/* The row of '' cannot say stop and resume at once. */
		bits = business.len == 0 ||
			wa_register_from_name(str_at(next_text(business_at))) == WA_REGISTER_WHATSAPP ?
			WA_LISTED_STOP : WA_LISTED_UNLESS;
	}
	else if (business.len == 0)
		bits = WA_LISTED_RESUMED_ALL;
	if (b->library->has_links)
		bits |= resumed != WA_NEVER ? WA_LISTED_RESUMED : WA_LISTED_PRESENT;
	if (bits != 0)
		gather(b, key_at(recipient), bits);
}

static const code_meaning *
meaning_of(builder *b, int32 code)
{
	code_meaning *meaning = &b->codes[(uint32) code % CODE_CACHE];

	if (!meaning->known || meaning->code != code)
	{
		wa_code_policy policy;

		memset(meaning, 0, sizeof(*meaning));
		meaning->known = true;
		meaning->code = code;
		if (wa_effective_code(b->library->overrides, code, &policy))
		{
			meaning->blocks = (policy.blocks & WA_CATEGORY_BIT(b->question->category)) != 0;
			meaning->yields = policy.yields_to_window;
			meaning->shut_by_inbound = (policy.lifted_by & WA_LIFT_INBOUND) != 0;
		}
	}
	return meaning;
}

/*
 * wa_cooldown.
 */
static void
read_cooldown(builder *b, const row *row)
{
	const code_meaning *meaning;
	wa_instant	at = b->question->at;
	uint8		bits = b->library->has_links ? WA_LISTED_PRESENT : 0;
	wa_instant	until = instant_of(row, WA_COOLDOWN_UNTIL);
	bool		runs = until > at || until == WA_FOREVER;	/* as rule_cooldown of decide.c */
	bool		isnull;
	char	   *recipient;

	if (!runs && bits == 0)
		return;
	meaning = meaning_of(b, DatumGetInt32(column_of(row, WA_COOLDOWN_CODE, &isnull)));
	recipient = first_text_of(row, WA_COOLDOWN_RECIPIENT);
	if (!meaning->blocks || !wa_asks_about(b->question, str_at(next_text(recipient))))
		return;

	if (runs)
	{
		/*
		 * lifted_at is no earlier than any message of this recipient to this
		 * business: when it is a day old, all windows have closed.
		 */
		if (!meaning->yields ||
			(meaning->shut_by_inbound &&
			 wa_after(instant_of(row, WA_COOLDOWN_LIFTED_AT), WA_WINDOW) <= at))
			bits |= WA_LISTED_COOLDOWN;
		else
			bits |= WA_LISTED_MAYBE;
	}
	if (bits != 0)
		gather(b, key_at(recipient), bits);
}

/*
 * wa_activity: only for free-form messages, which need an open window.  Whose
 * last message is in range is looked up; everybody else is as a stranger.
 */
static void
read_activity(builder *b, const row *row)
{
	wa_instant	inbound = instant_of(row, WA_ACTIVITY_LAST_INBOUND_AT);

	if (inbound != WA_NEVER && inbound <= b->question->at &&
		b->question->at < wa_after(inbound, WA_WINDOW))
		gather(b, key_at(first_text_of(row, WA_ACTIVITY_RECIPIENT)), WA_LISTED_MAYBE);
}

/* All rows, in the order of their pages.  schema.c has seen that it is a heap. */
static void
read_table(builder *b, const wa_table *table, void (*read_row) (builder *, const row *))
{
	Relation	rel = wa_table_open(table);
	TableScanDesc scan = table_beginscan(rel, b->library->snapshot, 0, NULL);
	row			row = {.desc = RelationGetDescr(rel)};

	while ((row.tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		read_row(b, &row);
	}
	table_endscan(scan);
	table_close(rel, NoLock);
}

/*
 * Ties
 */

/* Room for one more key in the table; false where there is none to be had. */
static bool
widen(builder *b)
{
	wa_phone_set *set = &b->filter->set;
	wa_phone_set old = *set;

	if (set->used < set->nentries - set->nentries / 8)
		return true;
	if (wa_phone_set_table_size(2 * set->used) + set->nentries * sizeof(wa_entry) +
		b->max_links * sizeof(link_keys) > b->limit)
		return false;
	make_table(b, 2 * set->used);
	for (uint64 i = 0; i < old.nentries; i++)
	{
		if (old.entries[i] != 0)
			wa_phone_set_add(set, wa_entry_key(old.entries[i]), (uint8) old.entries[i]);
	}
	pfree(old.entries);
	return true;
}

static void
drop_table(builder *b)
{
	wa_phone_set *set = &b->filter->set;

	pfree(set->entries);
	set->entries = NULL;
	if (b->links != NULL)
		pfree(b->links);
	b->links = NULL;
	b->nlinks = b->max_links = 0;
	b->changed = true;
}

static wa_entry *
listed(const wa_phone_set *set, wa_key key)
{
	return wa_phone_set_may_have(set, wa_key_hash(key)) ? wa_phone_set_find(set, key) : NULL;
}

/* If one end is listed, list both, and let each know of the other's resumes. */
static void
tie(builder *b, wa_key one, wa_key other)
{
	wa_phone_set *set = &b->filter->set;
	wa_entry   *x;
	wa_entry   *y;
	uint8		bits;

	if (set->entries == NULL)
	{
		if (wa_phone_set_may_have(set, wa_key_hash(one)) ||
			wa_phone_set_may_have(set, wa_key_hash(other)))
		{
			if (!wa_phone_set_announce(set, one))
				b->changed = true;
			if (!wa_phone_set_announce(set, other))
				b->changed = true;
		}
		return;
	}

	x = listed(set, one);
	y = listed(set, other);
	if (x == NULL && y == NULL)
		return;
	bits = WA_LISTED_LINKED |
		(((x == NULL ? 0 : (uint8) *x) | (y == NULL ? 0 : (uint8) *y)) & WA_LISTED_RESUMED);
	if (x != NULL && y != NULL && (*x & bits) == bits && (*y & bits) == bits)
		return;

	b->changed = true;
	if (x != NULL && y != NULL)
	{
		*x |= bits;
		*y |= bits;
	}
	else if (widen(b))
	{
		wa_phone_set_add(set, one, bits);
		wa_phone_set_add(set, other, bits);
		wa_phone_set_announce(set, one);
		wa_phone_set_announce(set, other);
	}
	else
		drop_table(b);
}

static void
read_link(builder *b, const row *row)
{
	wa_link		link;
	link_keys	keys;
	char	   *recipient = first_text_of(row, WA_IDENTITY_RECIPIENT);

	link.first_seen_at = instant_of(row, WA_IDENTITY_FIRST_SEEN_AT);
	link.last_seen_at = instant_of(row, WA_IDENTITY_LAST_SEEN_AT);
	link.parted_at = instant_of(row, WA_IDENTITY_PARTED_AT);
	if (!wa_link_holds(&link))
		return;
	keys.a = key_at(recipient);
	keys.b = key_at(next_text(recipient));
	tie(b, keys.a, keys.b);

	/* Whoever it is tied to may yet be listed: keep it for another round. */
	if (b->filter->set.entries == NULL || !b->keep_links)
		return;
	if (b->nlinks == b->max_links)
	{
		uint64		max = Max(1024, 2 * b->max_links);

		if (max * sizeof(link_keys) +
			b->filter->set.nentries * sizeof(wa_entry) > b->limit)
		{
			drop_table(b);
			return;
		}
		b->links = b->links == NULL ? palloc_extended(max * sizeof(link_keys), MCXT_ALLOC_HUGE) :
			repalloc_huge(b->links, max * sizeof(link_keys));
		b->max_links = max;
	}
	b->links[b->nlinks++] = keys;
}

/*
 * Whoever is tied to a listed one, directly or through others, is listed too.
 * Returns false where that does not come to an end soon.
 */
static bool
follow_ties(builder *b)
{
	const wa_schema *schema = b->library->schema;

	b->keep_links = true;
	b->changed = false;
	read_table(b, &schema->identity, read_link);
	for (int round = 0; b->changed && round < MAX_ROUNDS; round++)
	{
		b->changed = false;
		if (b->filter->set.entries == NULL)
			read_table(b, &schema->identity, read_link);
		else
		{
			for (uint64 i = 0; i < b->nlinks; i++)
				tie(b, b->links[i].a, b->links[i].b);
		}
	}
	if (b->links != NULL)
		pfree(b->links);
	return !b->changed;
}

/* Make the set of what was gathered. */
static void
make_set(builder *b)
{
	if (b->gathered == NULL)
		return;
	/* Ties will add as many again, at a guess. */
	make_bloom(b, b->library->has_links ? Max(64 * 1024, 2 * b->ngathered) : b->ngathered,
			   b->ngathered > LARGE_SET ? BLOOM_SIZE_LARGE : BLOOM_SIZE);
	make_table(b, b->ngathered);
	announce_all(b);
	wa_phone_set_add_all(&b->filter->set, b->gathered, b->ngathered);
	pfree(b->gathered);
	b->gathered = NULL;
}

static wa_str
copy_str(wa_str s)
{
	if (s.data != NULL)
		s.data = s.len == 0 ? pstrdup("") : pnstrdup(s.data, s.len);
	return s;
}

static double
pages_of(const wa_table *table)
{
	Relation	rel = wa_table_open(table);
	double		pages = RelationGetNumberOfBlocks(rel);

	table_close(rel, AccessShareLock);
	return pages;
}

double
wa_filter_price(wa_library *library, const wa_question *question)
{
	const wa_schema *schema = library->schema;
	double		pages;

	if (question->category == WA_SERVICE)
		pages = pages_of(&schema->activity);
	else
		pages = pages_of(&schema->cooldown);
	if (question->category == WA_MARKETING)
		pages += pages_of(&schema->consent);
	if (library->has_links)
		pages += pages_of(&schema->identity);
	return Max(LEAST_PRICE, pages / PAGES_PER_LOOK_UP);
}

wa_filter *
wa_filter_build(wa_library *library, const wa_question *question,
				MemoryContext parent, Size limit, MemoryContext *context)
{
	const wa_schema *schema = library->schema;
	MemoryContext old;
	builder    *b;
	wa_filter  *filter;
	bool		complete;

	/* What it takes apart from the entries, and a Bloom filter that is of use. */
	if (limit < sizeof(wa_filter) + sizeof(builder) + 16 * 1024)
		return NULL;

	*context = AllocSetContextCreate(parent, "wa_policy filter", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(*context);
	filter = palloc0(sizeof(wa_filter));
	filter->context = *context;
	filter->library = library;
	filter->question = *question;
	filter->question.business = copy_str(question->business);
	filter->question.sender = copy_str(question->sender);

	b = palloc0(sizeof(builder));
	b->filter = filter;
	b->library = library;
	b->question = &filter->question;
	b->limit = limit - sizeof(wa_filter) - sizeof(builder);
	b->room = 512;
	b->gathered = palloc(b->room * sizeof(wa_entry));

	if (question->category == WA_SERVICE)
		read_table(b, &schema->activity, read_activity);
	else
		read_table(b, &schema->cooldown, read_cooldown);
	if (question->category == WA_MARKETING)
		read_table(b, &schema->consent, read_consent);
	make_set(b);
	complete = !library->has_links || follow_ties(b);

	elog(DEBUG1, "wa_policy: read the list of the suppressed: %s, " UINT64_FORMAT " entries",
		 !complete ? "given up" : filter->set.entries == NULL ? "Bloom filter only" : "complete",
		 filter->set.used);
	pfree(b);
	MemoryContextSwitchTo(old);
	if (complete)
		return filter;
	MemoryContextDelete(*context);
	*context = NULL;
	return NULL;
}
