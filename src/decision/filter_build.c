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

/* Room for so many entries at least, and for as many as pages may hold. */
#define LEAST_ROOM		512
#define ROWS_PER_PAGE	48

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
	if (b->prints != NULL || b->placed != NULL)
		b->placed = allocate_zero(b, set->nentries * sizeof(wa_print));
	if (b->nchecks > 0)
		b->filter->checks = allocate_zero(b, set->nentries * sizeof(wa_check));
}

/* Is this entry to be found through the Bloom filter? */
static bool
counts(const wa_builder *b, wa_entry entry)
{
	return b->has_ties || ((uint8) entry & WA_LISTED_OWN) != 0;
}

static void
forget_prints(wa_builder *b)
{
	if (b->prints != NULL)
		pfree(b->prints);
	b->prints = NULL;
}

static void
forget_checks(wa_builder *b)
{
	if (b->checks != NULL)
		pfree(b->checks);
	b->checks = NULL;
	b->nchecks = 0;
}

static void
free_gathered(wa_builder *b)
{
	pfree(b->gathered);
	b->gathered = NULL;
	forget_prints(b);
	if (b->checks != NULL)
		pfree(b->checks);
	b->checks = NULL;
}

/* There is not enough memory: from here on the Bloom filter alone is filled. */
static void
fall_back(wa_builder *b)
{
	Size		size = 64;

	while (2 * size <= Min(b->limit / 2, 16 * BLOOM_SIZE_LARGE))
		size *= 2;
	make_bloom(b, PG_UINT64_MAX / 8, size);
	for (uint64 i = 0; i < b->ngathered; i++)
	{
		if (counts(b, b->gathered[i]))
			wa_phone_set_announce(&b->filter->set, wa_key_hash(wa_entry_key(b->gathered[i])));
	}
	free_gathered(b);
}

/*
 * Is there memory to gather so many entries, and to place them?  Of each place
 * in the table there are three halves.
 */
static bool
fits(const wa_builder *b, uint64 room, uint64 checks_room)
{
	Size		each = sizeof(wa_entry);

	if (b->prints != NULL)
		each += sizeof(wa_print) + sizeof(wa_print) * 3 / 2;
	if (checks_room > 0)
		each += sizeof(wa_check) * 3 / 2;
	return room * each + wa_phone_set_table_size(room) + checks_room * sizeof(wa_check) +
		b->far.max * sizeof(wa_tie) + BLOOM_SIZE_LARGE / 4 <= b->limit;
}

/* Make room for one entry more; false where there is no memory for it. */
static bool
make_room(wa_builder *b)
{
	uint64		room = 2 * b->room;

	/* First whoever has ties will be looked up, then BSUIDs, then everybody. */
	if (b->prints != NULL && !fits(b, room, b->checks_room))
		forget_prints(b);
	if (!b->no_checks && !fits(b, room, b->checks_room))
	{
		forget_checks(b);
		b->checks_room = 0;
		b->no_checks = true;
	}
	if (!fits(b, room, b->checks_room))
	{
		fall_back(b);
		return false;
	}
	b->gathered = repalloc_huge(b->gathered, room * sizeof(wa_entry));
	if (b->prints != NULL)
		b->prints = repalloc_huge(b->prints, room * sizeof(wa_print));
	b->room = room;
	return true;
}

/* Gather the check of a BSUID, if there is memory for it. */
static void
gather_check(wa_builder *b, char *recipient)
{
	wa_str		id = wa_str_at(recipient);

	if (b->nchecks == b->checks_room)
	{
		uint64		room = Max(512, 2 * b->checks_room);

		if (b->prints != NULL && !fits(b, b->room, room))
			forget_prints(b);
		if (!fits(b, b->room, room))
		{
			forget_checks(b);
			b->checks_room = 0;
			b->no_checks = true;
			return;
		}
		b->checks = b->checks == NULL ? palloc_extended(room * sizeof(wa_check), MCXT_ALLOC_HUGE) :
			repalloc_huge(b->checks, room * sizeof(wa_check));
		b->checks_room = room;
	}
	b->checks[b->nchecks++] = wa_filter_check(b->filter, id.data, id.len);
}

/* Whom a row is about. */
typedef struct wa_subject
{
	char	   *recipient;		/* where it stands in the row */
	wa_key		key;
	bool		tied;			/* may he have a tie that is to be followed? */
} wa_subject;

/* Does a row about this recipient matter to the filter? */
static inline bool
concerns(const wa_builder *b, char *recipient, wa_subject *who)
{
	bool		wanted = (b->filter->scope & WA_KNOWS_BSUIDS) ||
		!wa_is_bsuid(wa_str_at(recipient).data);

	if (!wanted && !b->has_ties)
		return false;
	who->recipient = recipient;
	who->key = wa_key_at(recipient);
	who->tied = b->has_ties &&
		(b->tied.words == NULL || wa_phone_set_may_have(&b->tied, wa_key_hash(who->key)));
	return wanted || who->tied;
}

/* List whom a row with such a print is about. */
static inline void
gather(wa_builder *b, const wa_subject *who, uint8 bits, wa_print print)
{
	wa_entry	entry = wa_entry_make(who->key, bits);

	if (b->gathered == NULL || (b->ngathered == b->room && !make_room(b)))
	{
		if (counts(b, entry))
			wa_phone_set_announce(&b->filter->set, wa_key_hash(who->key));
		return;
	}
	if ((b->filter->scope & WA_KNOWS_BSUIDS) && wa_key_is_bsuid(who->key) && !b->no_checks)
		gather_check(b, who->recipient);
	if (b->prints != NULL)
		b->prints[b->ngathered] = print & WA_PRINT_HASH;
	b->gathered[b->ngathered++] = entry;
}

/*
 * Begin with as much room as the pages to be read may need: what is not needed
 * is never touched, and growing means copying.
 */
static void
begin_gathering(wa_builder *b, double pages)
{
	uint64		room = Max(LEAST_ROOM, (uint64) (pages * ROWS_PER_PAGE));

	b->gathered = palloc(LEAST_ROOM * sizeof(wa_entry));
	b->room = LEAST_ROOM;
	if (b->has_ties)
		b->prints = palloc(LEAST_ROOM * sizeof(wa_print));
	while (room > LEAST_ROOM && !fits(b, room, room))
		room /= 2;
	if (room <= LEAST_ROOM)
		return;
	b->gathered = repalloc_huge(b->gathered, room * sizeof(wa_entry));
	if (b->prints != NULL)
		b->prints = repalloc_huge(b->prints, room * sizeof(wa_print));
	b->room = room;
}

/*
 * Prints; only of those who may have a tie that is to be followed.
 */

/* The hash of a business, kept: there are few, and many rows of each. */
static uint64
hash_of_business(wa_builder *b, wa_str business)
{
	wa_hashed_business *kept =
		&b->businesses[business.len == 0 ? 0 : (uint8) business.data[business.len - 1] %
					   WA_BUSINESS_CACHE];

	if (kept->hash == 0 || kept->len != business.len ||
		memcmp(kept->bytes, business.data, business.len) != 0)
	{
		uint64		hash = hash_bytes_extended((const unsigned char *) business.data,
											   business.len, b->filter->seed);

		if (business.len > sizeof(kept->bytes))
			return hash;
		memcpy(kept->bytes, business.data, business.len);
		kept->len = business.len;
		kept->hash = hash;
	}
	return kept->hash;
}

/* seeded: a hash that nobody knows who does not know the seed. */
static inline wa_print
print_of(uint64 seeded, uint64 x, uint64 y, uint64 z)
{
	return wa_key_hash(wa_key_hash(wa_key_hash(seeded ^ x) + y) + z);
}

/*
 * wa_consent: only for marketing.
 */
static void
read_consent(wa_builder *b, const wa_row *row)
{
	wa_subject	who;
	wa_instant	stopped;
	wa_instant	resumed;
	char	   *business_at;
	wa_str		business;
	wa_print	print = 0;
	uint8		bits = 0;

	if (!concerns(b, wa_row_text(row, WA_CONSENT_RECIPIENT), &who))
		return;
	business_at = wa_next_text(who.recipient);
	business = wa_str_at(business_at);
	if (!wa_asks_about(b->question, business))
		return;

	stopped = wa_row_instant(row, WA_CONSENT_STOPPED_AT);
	resumed = wa_row_instant(row, WA_CONSENT_RESUMED_AT);
	if (stopped != WA_NEVER && stopped >= resumed)
	{
		bits = wa_register_from_name(wa_str_at(wa_next_text(business_at))) == WA_REGISTER_WHATSAPP ?
			WA_LISTED_STOP : WA_LISTED_UNLESS;
	}
	else if (business.len == 0)
		bits = WA_LISTED_RESUMED_ALL;

	if (who.tied)
	{
		wa_register reg = wa_register_from_name(wa_str_at(wa_next_text(business_at)));

		if (resumed != WA_NEVER)
			bits |= WA_LISTED_RESUMED;
		print = print_of(hash_of_business(b, business), reg, stopped, resumed);
	}
	else if (bits == 0)
		return;
	gather(b, &who, bits, print);
}

static const wa_code_meaning *
meaning_of(wa_builder *b, int32 code)
{
	wa_code_meaning *meaning = &b->codes[(uint32) code % WA_CODE_CACHE];

	if (!meaning->known || meaning->policy.code != code)
	{
		memset(meaning, 0, sizeof(*meaning));
		if (wa_code_policies_find(b->library->codes, code, &meaning->policy))
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

static wa_print
print_of_cooldown(wa_builder *b, const wa_code_meaning *meaning, wa_str business,
				  wa_instant lifted, const wa_failures *failures)
{
	return print_of(hash_of_business(b, business), meaning->policy.code, lifted,
					hash_bytes_extended((const unsigned char *) failures->at,
										failures->n * sizeof(failures->at[0]), b->filter->seed));
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
	bool		stale = false;
	wa_subject	who;
	char	   *business_at;
	wa_failures failures;
	wa_print	print = 0;
	uint8		bits = 0;

	if (!runs && !b->library->has_links)
		return;
	meaning = meaning_of(b, wa_row_int(row, WA_COOLDOWN_CODE));
	if (!meaning->blocks || !concerns(b, wa_row_text(row, WA_COOLDOWN_RECIPIENT), &who))
		return;
	business_at = wa_next_text(who.recipient);
	if (!wa_asks_about(b->question, wa_str_at(business_at)))
		return;

	/*
	 * Of people with several identifiers the end is worked out anew.  Does this one
	 * wait for a wa_recompute?
	 */
	lifted = wa_row_instant(row, WA_COOLDOWN_LIFTED_AT);
	if (b->library->has_links)
	{
		wa_failures_from_array(PointerGetDatum(wa_next_instants(business_at)), &failures);
		stale = wa_ladder_evaluate(&failures, lifted, &meaning->policy,
								   wa_str_at(business_at)).until != until;
	}

	/*
	 * lifted_at is no earlier than any message of this recipient to this business:
	 * when it is a day old, all windows have closed.
	 */
	if (runs && !stale && !meaning->yields)
		bits = WA_LISTED_COOLDOWN;
	else if (runs && !stale && meaning->shut_by_inbound && wa_after(lifted, WA_WINDOW) <= at)
		bits = WA_LISTED_COOLDOWN | WA_LISTED_YIELDS;
	else if (runs || stale)
		bits = WA_LISTED_MAYBE;

	if (who.tied)
		print = stale ? UNLIKE_ALL :
			print_of_cooldown(b, meaning, wa_str_at(business_at), lifted, &failures);
	else if (bits == 0)
		return;
	gather(b, &who, bits, print);
}

/*
 * wa_activity: only for free-form messages, which need an open window.  Whose
 * last message is in range is looked up; everybody else is as a stranger.
 */
static void
read_activity(wa_builder *b, const wa_row *row)
{
	wa_instant	inbound = wa_row_instant(row, WA_ACTIVITY_LAST_INBOUND_AT);
	wa_subject	who;

	if (wa_window_spans(inbound, b->question->at) &&
		concerns(b, wa_row_text(row, WA_ACTIVITY_RECIPIENT), &who))
		gather(b, &who, WA_LISTED_MAYBE, UNLIKE_ALL);
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

/* Make the set of what was gathered. */
static void
make_set(wa_builder *b)
{
	wa_phone_set *set = &b->filter->set;
	uint64		n = b->ngathered;
	uint64		nchecks = 0;

	if (b->gathered == NULL)
		return;
	/* Ties will add some, at a guess. */
	if (b->has_ties)
		n = Max(64 * 1024, n + n / 4);
	make_bloom(b, n, n > LARGE_SET ? BLOOM_SIZE_LARGE : n > MEDIUM_SET ? BLOOM_SIZE_MEDIUM :
			   BLOOM_SIZE);
	wa_make_table(b, b->ngathered);

	for (uint64 i = 0; i < b->ngathered; i++)
	{
		wa_entry	entry = b->gathered[i];
		wa_key		key = wa_entry_key(entry);
		uint64		hash = wa_key_hash(key);
		wa_entry   *placed;

		if (i + AHEAD < b->ngathered)
		{
			wa_key		later = wa_entry_key(b->gathered[i + AHEAD]);

			wa_phone_set_prefetch_word(set, wa_key_hash(later));
			wa_prefetch_place(b, later, b->prints != NULL && b->prints[i + AHEAD] != 0);
		}
		if (counts(b, entry))
			wa_phone_set_announce(set, hash);
		placed = wa_phone_set_add(set, hash, key, (uint8) entry);
		if (b->prints != NULL && b->prints[i] != 0)
			*wa_print_of(b, placed) += b->prints[i];
		if (b->checks != NULL && wa_key_is_bsuid(key))
		{
			wa_check   *check = &b->filter->checks[placed - set->entries];
			wa_check	found = b->checks[nchecks++];

			*check = *check == 0 || *check == found ? found : WA_SHARED;
		}
	}
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

/*
 * Who has no open window may not be sent a free-form message, whatever else
 * there is: only the reason asks for cooldowns.
 */
static bool
reads_cooldowns(const wa_question *question, uint8 scope)
{
	return question->category != WA_SERVICE || (scope & WA_TELLS_REASONS) != 0;
}

/* The pages of the tables that say who is listed. */
static double
pages_to_gather(const wa_schema *schema, const wa_question *question, uint8 scope)
{
	double		pages = 0;

	if (question->category == WA_SERVICE)
		pages += pages_of(&schema->activity);
	if (reads_cooldowns(question, scope))
		pages += pages_of(&schema->cooldown);
	if (question->category == WA_MARKETING)
		pages += pages_of(&schema->consent);
	return pages;
}

double
wa_filter_price(wa_library *library, const wa_question *question, uint8 scope)
{
	double		pages = pages_to_gather(library->schema, question, scope);

	if (library->has_links)
		pages += wa_pages_of_ties(library->schema, question);
	return Max(LEAST_PRICE, pages / PAGES_PER_LOOK_UP);
}

wa_filter *
wa_filter_build(wa_library *library, const wa_question *question, uint8 scope,
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
	filter->scope = scope;
	filter->question = *question;
	filter->question.business = copy_str(question->business);
	filter->question.sender = copy_str(question->sender);

	b = palloc0(sizeof(wa_builder));
	b->filter = filter;
	b->library = library;
	b->question = &filter->question;
	b->limit = limit - sizeof(wa_filter) - sizeof(wa_builder);
	filter->seed = pg_prng_uint64(&pg_global_prng_state);
	wa_gather_ties(b);
	begin_gathering(b, pages_to_gather(schema, question, scope));

	if (question->category == WA_SERVICE)
		wa_read_table(b, &schema->activity, read_activity);
	if (reads_cooldowns(question, scope))
		wa_read_table(b, &schema->cooldown, read_cooldown);
	if (question->category == WA_MARKETING)
		wa_read_table(b, &schema->consent, read_consent);
	make_set(b);
	complete = !b->has_ties || wa_follow_ties(b);

	if (message_level_is_interesting(DEBUG1))
		elog(DEBUG1, "wa_policy: read the list of the suppressed: %s, " UINT64_FORMAT
			 " entries, " UINT64_FORMAT " of them to be looked up",
			 !complete ? "given up" : filter->set.entries == NULL ? "Bloom filter only" : "complete",
			 filter->set.used, wa_filter_undecided(filter));
	if (b->placed != NULL)
		pfree(b->placed);
	pfree(b);
	MemoryContextSwitchTo(old);
	if (complete)
		return filter;
	MemoryContextDelete(*context);
	*context = NULL;
	return NULL;
}
