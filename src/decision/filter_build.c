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
#include "access/table.h"
#include "access/tableam.h"
#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "common/columns.h"
#include "decision/filter_build.h"
#include "state/failures_array.h"
#include "state/ladder.h"

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
#define BLOOM_SIZE_MEDIUM	(512 * 1024)
#define BLOOM_SIZE_LARGE	(2 * 1024 * 1024)
#define MEDIUM_SET			(256 * 1024)
#define LARGE_SET			(1024 * 1024)

/* How far ahead memory is called for. */
#define AHEAD				12

/* A row whose print equals no other's. */
#define UNLIKE_ALL			pg_prng_uint64(&pg_global_prng_state)

static void
make_bloom(wa_builder *b, uint64 n, Size limit)
{
	Size		size = wa_phone_set_bloom_size(n, limit);

	wa_phone_set_init(&b->filter->set,
					  MemoryContextAllocExtended(b->filter->context, size,
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
					  size, NULL, 0);
}

static void *
allocate_zero(wa_builder *b, Size size)
{
	return MemoryContextAllocExtended(b->filter->context, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

void
wa_make_table(wa_builder *b, uint64 n)
{
	wa_phone_set *set = &b->filter->set;
	Size		size = wa_phone_set_table_size(n);

	wa_phone_set_init(set, set->words, (set->word_mask + 1) * sizeof(uint64),
					  allocate_zero(b, size), size);
	if (b->extras != NULL || b->filter->extras != NULL)
		b->filter->extras = allocate_zero(b, set->nentries * sizeof(wa_extra));
}

/* Is this entry to be found through the Bloom filter? */
static bool
counts(const wa_builder *b, wa_entry entry)
{
	return b->library->has_links || ((uint8) entry & WA_LISTED_OWN) != 0;
}

static void
announce_all(wa_builder *b)
{
	for (uint64 i = 0; i < b->ngathered; i++)
	{
		if (counts(b, b->gathered[i]))
			wa_phone_set_announce(&b->filter->set, wa_entry_key(b->gathered[i]));
	}
}

static void
free_gathered(wa_builder *b)
{
	pfree(b->gathered);
	b->gathered = NULL;
	if (b->extras != NULL)
		pfree(b->extras);
	b->extras = NULL;
}

/* There is not enough memory: from here on the Bloom filter alone is filled. */
static void
fall_back(wa_builder *b)
{
	Size		size = 64;

	while (2 * size <= Min(b->limit / 2, 16 * BLOOM_SIZE_LARGE))
		size *= 2;
	make_bloom(b, PG_UINT64_MAX / 8, size);
	announce_all(b);
	free_gathered(b);
}

static bool
fits(const wa_builder *b, uint64 room, bool extras)
{
	Size		each = sizeof(wa_entry);

	/* Of each place in the table there are three halves. */
	if (extras)
		each += sizeof(wa_extra) + sizeof(wa_extra) * 3 / 2;
	return room * each + wa_phone_set_table_size(b->room) + BLOOM_SIZE_LARGE / 4 <= b->limit;
}

/*
 * Make room for one more, with extras if there is memory for them; false where
 * there is none even without.
 */
static bool
make_room(wa_builder *b, bool extras)
{
	uint64		room = b->ngathered == b->room ? 2 * b->room : b->room;

	if (extras && !fits(b, room, true))
	{
		/* BSUIDs and whoever has ties will be looked up. */
		if (b->extras != NULL)
			pfree(b->extras);
		b->extras = NULL;
		b->no_extras = true;
		extras = false;
	}
	if (!fits(b, room, extras))
	{
		fall_back(b);
		return false;
	}
	if (room > b->room)
		b->gathered = repalloc_huge(b->gathered, room * sizeof(wa_entry));
	if (extras && b->extras == NULL)
		b->extras = palloc_extended(room * sizeof(wa_extra), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	else if (extras && room > b->room)
		b->extras = repalloc_huge(b->extras, room * sizeof(wa_extra));
	b->room = room;
	return true;
}

/* List the recipient at that place for a row with such a print. */
static inline void
gather(wa_builder *b, char *recipient, uint8 bits, wa_print print)
{
	wa_key		key = wa_key_at(recipient);
	wa_entry	entry = wa_entry_make(key, bits);
	bool		extras = b->extras != NULL || (wa_key_is_bsuid(key) && !b->no_extras);

	if (b->gathered == NULL ||
		((b->ngathered == b->room || (extras && b->extras == NULL)) && !make_room(b, extras)))
	{
		if (counts(b, entry))
			wa_phone_set_announce(&b->filter->set, key);
		return;
	}
	if (b->extras != NULL)
	{
		wa_str		id = wa_str_at(recipient);

		b->extras[b->ngathered].print = print;
		b->extras[b->ngathered].check = wa_key_is_bsuid(key) ?
			wa_filter_check(b->filter, id.data, id.len) : 0;
	}
	b->gathered[b->ngathered++] = entry;
}

/*
 * Prints; only where there are ties.
 */

static uint64
hash_str(const wa_builder *b, wa_str s, uint64 kind)
{
	return hash_bytes_extended((const unsigned char *) s.data, s.len, b->filter->seed + kind);
}

static wa_print
print_of(const wa_builder *b, uint64 x, uint64 y, uint64 z)
{
	uint64		all[3] = {x, y, z};

	return hash_bytes_extended((const unsigned char *) all, sizeof(all), b->filter->seed);
}

/*
 * wa_consent: only for marketing.
 */
static void
read_consent(wa_builder *b, const wa_row *row)
{
	wa_instant	stopped = wa_row_instant(row, WA_CONSENT_STOPPED_AT);
	wa_instant	resumed = wa_row_instant(row, WA_CONSENT_RESUMED_AT);
	char	   *recipient = wa_row_text(row, WA_CONSENT_RECIPIENT);
	char	   *business_at = wa_next_text(recipient);
	wa_str		business = wa_str_at(business_at);
	wa_print	print = 0;
	uint8		bits = 0;

	if (!wa_asks_about(b->question, business))
		return;

	if (stopped != WA_NEVER && stopped >= resumed)
	{
		/* The row of '' cannot say stop and resume at once. */
		bits = business.len == 0 ||
			wa_register_from_name(wa_str_at(wa_next_text(business_at))) == WA_REGISTER_WHATSAPP ?
			WA_LISTED_STOP : WA_LISTED_UNLESS;
	}
	else if (business.len == 0)
		bits = WA_LISTED_RESUMED_ALL;

	if (b->library->has_links)
	{
		wa_register reg = wa_register_from_name(wa_str_at(wa_next_text(business_at)));

		if (resumed != WA_NEVER)
			bits |= WA_LISTED_RESUMED;
		print = print_of(b, hash_str(b, business, reg), stopped, resumed);
	}
	else if (bits == 0)
		return;
	gather(b, recipient, bits, print);
}

static const wa_code_meaning *
meaning_of(wa_builder *b, int32 code)
{
	wa_code_meaning *meaning = &b->codes[(uint32) code % WA_CODE_CACHE];

	if (!meaning->known || meaning->policy.code != code)
	{
		memset(meaning, 0, sizeof(*meaning));
		if (wa_effective_code(b->library->overrides, code, &meaning->policy))
		{
			meaning->blocks = (meaning->policy.blocks &
							   WA_CATEGORY_BIT(b->question->category)) != 0;
			meaning->yields = meaning->policy.yields_to_window;
			meaning->shut_by_inbound = (meaning->policy.lifted_by & WA_LIFT_INBOUND) != 0;
		}
		meaning->known = true;
		meaning->policy.code = code;
	}
	return meaning;
}

/* business_at is followed by the failures. */
static wa_print
print_of_cooldown(wa_builder *b, const wa_code_meaning *meaning, char *business_at,
				  wa_instant lifted, wa_instant until)
{
	wa_failures failures;

	wa_failures_from_array(PointerGetDatum(wa_next_instants(business_at)), &failures);

	/*
	 * Of people with several identifiers the end is worked out anew.  This one
	 * waits for a wa_recompute.
	 */
	if (wa_climb(&failures, lifted, &meaning->policy.ladder).until != until)
		return UNLIKE_ALL;
	return print_of(b, hash_str(b, wa_str_at(business_at), meaning->policy.code), lifted,
					hash_bytes_extended((const unsigned char *) failures.at,
										failures.n * sizeof(failures.at[0]), b->filter->seed));
}

/*
 * wa_cooldown.
 */
static void
read_cooldown(wa_builder *b, const wa_row *row)
{
	const wa_code_meaning *meaning;
	wa_instant	at = b->question->at;
	wa_instant	until = wa_row_instant(row, WA_COOLDOWN_UNTIL);
	wa_instant	lifted;
	bool		runs = until > at || until == WA_FOREVER;	/* as rule_cooldown of decide.c */
	char	   *recipient;
	char	   *business_at;
	wa_print	print = 0;
	uint8		bits = 0;

	if (!runs && !b->library->has_links)
		return;
	meaning = meaning_of(b, wa_row_int(row, WA_COOLDOWN_CODE));
	recipient = wa_row_text(row, WA_COOLDOWN_RECIPIENT);
	business_at = wa_next_text(recipient);
	if (!meaning->blocks || !wa_asks_about(b->question, wa_str_at(business_at)))
		return;

	lifted = wa_row_instant(row, WA_COOLDOWN_LIFTED_AT);
	if (runs)
	{
		/*
		 * lifted_at is no earlier than any message of this recipient to this
		 * business: when it is a day old, all windows have closed.
		 */
		if (!meaning->yields)
			bits = WA_LISTED_COOLDOWN;
		else if (meaning->shut_by_inbound && wa_after(lifted, WA_WINDOW) <= at)
			bits = WA_LISTED_COOLDOWN | WA_LISTED_YIELDS;
		else
			bits = WA_LISTED_MAYBE;
	}
	if (b->library->has_links)
		print = print_of_cooldown(b, meaning, business_at, lifted, until);
	gather(b, recipient, bits, print);
}

/*
 * wa_activity: only for free-form messages, which need an open window.  Whose
 * last message is in range is looked up; everybody else is as a stranger.
 */
static void
read_activity(wa_builder *b, const wa_row *row)
{
	wa_instant	inbound = wa_row_instant(row, WA_ACTIVITY_LAST_INBOUND_AT);

	if (inbound != WA_NEVER && inbound <= b->question->at &&
		b->question->at < wa_after(inbound, WA_WINDOW))
		gather(b, wa_row_text(row, WA_ACTIVITY_RECIPIENT), WA_LISTED_MAYBE, UNLIKE_ALL);
}

void
wa_read_table(wa_builder *b, const wa_table *table,
			  void (*read_row) (wa_builder *, const wa_row *))
{
	Relation	rel = wa_table_open(table);
	TableScanDesc scan = table_beginscan(rel, b->library->snapshot, 0, NULL);
	wa_row		row = {.desc = RelationGetDescr(rel)};

	while ((row.tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		read_row(b, &row);
	}
	table_endscan(scan);
	table_close(rel, NoLock);
}

/* As wa_phone_set_add_all, with what was gathered beside the entries. */
static void
add_with_extras(wa_builder *b)
{
	wa_phone_set *set = &b->filter->set;

	for (uint64 i = 0; i < b->ngathered; i++)
	{
		const wa_extra *extra = &b->extras[i];
		wa_entry	entry = b->gathered[i];
		wa_extra   *placed;

		if (i + AHEAD < b->ngathered)
			wa_filter_prefetch(b->filter, wa_entry_key(b->gathered[i + AHEAD]));
		placed = wa_extra_of(b->filter,
							 wa_phone_set_add(set, wa_entry_key(entry), (uint8) entry));
		if (extra->check != 0)
			placed->check = placed->check == 0 || placed->check == extra->check ?
				extra->check : WA_SHARED;
		placed->print += extra->print;
	}
	for (uint64 i = 0; i < set->nentries; i++)
	{
		if (set->entries[i] != 0)
			b->filter->extras[i].print =
				Max(b->filter->extras[i].print & WA_PRINT_HASH, WA_PRINT_LEAST);
	}
}

/* Make the set of what was gathered. */
static void
make_set(wa_builder *b)
{
	uint64		n;

	if (b->gathered == NULL)
		return;
	/* Ties will add some, at a guess. */
	n = b->ngathered;
	if (b->library->has_links)
		n = Max(64 * 1024, n + n / 4);
	make_bloom(b, n, n > LARGE_SET ? BLOOM_SIZE_LARGE : n > MEDIUM_SET ? BLOOM_SIZE_MEDIUM :
			   BLOOM_SIZE);
	wa_make_table(b, b->ngathered);
	announce_all(b);
	if (b->extras != NULL)
		add_with_extras(b);
	else
		wa_phone_set_add_all(&b->filter->set, b->gathered, b->ngathered);
	free_gathered(b);
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
	wa_builder *b;
	wa_filter  *filter;
	bool		complete;

	/* What it takes apart from the entries, and a Bloom filter that is of use. */
	if (limit < sizeof(wa_filter) + sizeof(wa_builder) + 16 * 1024)
		return NULL;

	*context = AllocSetContextCreate(parent, "wa_policy filter", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(*context);
	filter = palloc0(sizeof(wa_filter));
	filter->context = *context;
	filter->library = library;
	filter->question = *question;
	filter->question.business = copy_str(question->business);
	filter->question.sender = copy_str(question->sender);

	b = palloc0(sizeof(wa_builder));
	b->filter = filter;
	b->library = library;
	b->question = &filter->question;
	b->limit = limit - sizeof(wa_filter) - sizeof(wa_builder);
	b->room = 512;
	b->gathered = palloc(b->room * sizeof(wa_entry));
	filter->seed = pg_prng_uint64(&pg_global_prng_state);
	if (library->has_links)
		b->extras = palloc(b->room * sizeof(wa_extra));

	if (question->category == WA_SERVICE)
		wa_read_table(b, &schema->activity, read_activity);
	else
		wa_read_table(b, &schema->cooldown, read_cooldown);
	if (question->category == WA_MARKETING)
		wa_read_table(b, &schema->consent, read_consent);
	make_set(b);
	complete = !library->has_links || wa_follow_ties(b);

	if (message_level_is_interesting(DEBUG1))
		elog(DEBUG1, "wa_policy: read the list of the suppressed: %s, " UINT64_FORMAT
			 " entries, " UINT64_FORMAT " of them to be looked up",
			 !complete ? "given up" : filter->set.entries == NULL ? "Bloom filter only" : "complete",
			 filter->set.used, wa_filter_undecided(filter));
	pfree(b);
	MemoryContextSwitchTo(old);
	if (complete)
		return filter;
	MemoryContextDelete(*context);
	*context = NULL;
	return NULL;
}
