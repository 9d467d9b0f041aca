/*-------------------------------------------------------------------------
 *
 * build.c
 *	  Reading the suppression list.
 *
 * Each table is read completely, in the order of its pages: that is faster than any index
 * as long as most rows object, and wa_list_build_cost estimates it.  First all entries are
 * gathered, so that the set can be made in the right size.  Then the phones are marked for
 * which rows of other identifiers may count.
 *
 * Where memory does not suffice, only the Bloom filter is made, and phones that it does not
 * exclude are looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/pg_prng.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/category_oid.h"
#include "base/encode.h"
#include "state/arrays.h"
#include "state/columns.h"
#include "suppression/builder.h"

/* Fewer look-ups than this are not worth a thought. */
#define LEAST_COST			64

/* Who was erased may take this part of the memory. */
#define ERASED_SHARE	4

/*
 * The rows.
 */

/* Where an opt-in is required: what the bits say of one that was given to this business. */
static uint16
opted_in_bits(const wa_builder *b, wa_str business)
{
	if (business.len == 0 || b->question->business.data != NULL)
		return WA_LISTED_OPTED_IN;
	/* Whether each of several has one is looked up. */
	return b->nbusinesses == 1 && wa_str_equal(business, b->businesses[0]) ? WA_LISTED_OPTED_IN :
		b->nbusinesses > 1 ? WA_LISTED_MAYBE : 0;
}

/*
 * wa_consent: not for free-form messages, and for marketing alone more than one register.
 */
static void
read_consent(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		business = wa_cursor_str(&cursor);
	uint16		resumed = business.len == 0 ? WA_LISTED_RESUMED_ALL : 0;
	wa_register reg = wa_register_from_name(wa_cursor_str(&cursor));
	bool		stop;
	wa_key		key;

	if (!wa_asks_register(b->question->category, reg) ||
		!wa_asks_about(b->question, business) || (key = wa_builder_phone(b, recipient)) == 0)
		return;
	stop = wa_str_equal(wa_cursor_str(&cursor), WA_STR("stop"));
	if (b->connected != NULL)
		wa_connected_stop(b->connected, key, stop ?
						  wa_cursor_instant(&cursor, tuple, Anum_wa_consent_at) : WA_FOREVER);
	if (stop)
	{
		wa_builder_gather(b, key, (reg == WA_REGISTER_WHATSAPP ? WA_LISTED_STOP : WA_LISTED_UNLESS) |
						  (b->with_user_ids && wa_builder_is_connected(b, key) ? WA_LISTED_CONNECTED : 0));
		return;
	}
	if (b->list->needs_opt_in && reg == WA_REGISTER_BUSINESS)
		resumed |= opted_in_bits(b, business);
	if (resumed == 0 && wa_builder_counts_for_others(b, key))
		resumed = WA_LISTED_OVER;	/* the stop before it may count for others */
	if (resumed != 0)
		wa_builder_gather(b, key, resumed);
}

static const wa_code_meaning *
meaning_of(wa_builder *b, int32 code)
{
	wa_code_meaning *meaning = &b->codes[(uint32) code % WA_CODE_CACHE];

	if (!meaning->known || meaning->policy.code != code)
	{
		memset(meaning, 0, sizeof(*meaning));
		if (wa_code_policies_find(wa_cache_codes(b->cache), code, &meaning->policy))
			meaning->blocks = (meaning->policy.blocks & WA_CATEGORY_BIT(b->question->category)) != 0;
		meaning->known = true;
		meaning->policy.code = code;
	}
	return meaning;
}

/* Are these failures so old that they count only together with newer ones? */
static bool
are_past(const wa_builder *b, const wa_code_policy *policy, Datum array)
{
	wa_failures failures;
	int64		longest = 0;
	wa_instant	end;

	wa_failures_from_array(array, &failures);
	if (failures.n == 0)
		return false;
	for (int i = 0; i < policy->ladder.nsteps; i++)
		longest = Max(longest, policy->ladder.step[i]);
	end = wa_after(failures.at[failures.n - 1], longest);
	return end != WA_FOREVER && end <= b->question->at;
}

/*
 * wa_cooldown.
 */
static void
read_cooldown(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		business = wa_cursor_str(&cursor);
	const wa_code_meaning *meaning = meaning_of(b, wa_cursor_int4(&cursor));
	int32		strikes = wa_cursor_int4(&cursor);
	wa_instant	until = wa_cursor_instant(&cursor, tuple, Anum_wa_cooldown_until);
	wa_instant	lifted = wa_cursor_instant(&cursor, tuple, Anum_wa_cooldown_lifted_at);
	bool		runs = strikes > 0 && (until > b->question->at || until == WA_NEVER);
	wa_key		key;

	if (!meaning->blocks || !wa_asks_about(b->question, business) ||
		(key = wa_builder_phone(b, recipient)) == 0)
		return;

	/* From then on all windows have closed, but for those under the number that it had before. */
	if (runs && (!meaning->policy.yields_to_window ||
				 (wa_yields_until(&meaning->policy, lifted) <= b->question->at &&
				  !wa_builder_is_connected(b, key))))
		wa_builder_gather(b, key, WA_LISTED_COOLDOWN);
	else if (runs)
		wa_builder_gather(b, key, WA_LISTED_MAYBE);
	else if (wa_builder_counts_for_others(b, key))
		wa_builder_gather(b, key, are_past(b, &meaning->policy, wa_cursor_array(&cursor)) ?
						  WA_LISTED_TOGETHER : WA_LISTED_OVER);
}

/*
 * wa_activity: only for free-form messages, which need an open window.  Where the
 * last message is in range it is looked up; everybody else is as an unknown recipient.
 */
static void
read_activity(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	bool		isnull;
	Datum		inbound = heap_getattr(tuple, Anum_wa_activity_last_inbound_at, desc, &isnull);
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_key		key;

	if (isnull || !wa_window_spans(DatumGetTimestampTz(inbound), b->question->at) ||
		(key = wa_builder_phone(b, wa_cursor_str(&cursor))) == 0)
		return;
	wa_builder_gather(b, key, WA_LISTED_MAYBE);
}

/* All are asked about, and an opt-in is required: with whom? */
static void
choose_businesses(wa_builder *b)
{
	wa_canonical nobody = {.text = "999",.len = 3};
	const wa_facts *facts;

	if (!b->list->needs_opt_in || b->question->business.data != NULL)
		return;
	facts = wa_facts_of_unknown(b->cache, &nobody);
	b->nbusinesses = facts->known_businesses(facts->known, &b->businesses);
}

/*
 * Other identifiers.
 */

static wa_counting
counting(void *arg, wa_key phone)
{
	const wa_phone_set *set = &((wa_builder *) arg)->list->set;
	const wa_entry *entry;

	if (set->entries == NULL)
		return wa_phone_set_may_have(set, wa_phone_set_hash(set, phone)) ? WA_COUNTS : WA_COUNTS_NOTHING;
	entry = wa_phone_set_find(set, phone);
	return entry == NULL ? WA_COUNTS_NOTHING :
		wa_entry_bits(*entry) == WA_LISTED_TOGETHER ? WA_COUNTS_TOGETHER : WA_COUNTS;
}

/* Before the set is made, or afterwards. */
static void
mark_linked(void *arg, wa_key phone)
{
	wa_builder *b = arg;
	wa_phone_set *set = &b->list->set;
	uint64		hash;

	if (set->entries == NULL)
	{
		wa_builder_gather(b, phone, WA_LISTED_LINKED);
		return;
	}
	hash = wa_phone_set_hash(set, phone);
	wa_phone_set_announce(set, hash);
	wa_phone_set_add(set, hash, phone, WA_LISTED_LINKED);
}

/* Both have an entry. */
static void
inherit(void *arg, wa_key from, wa_key to)
{
	wa_phone_set *set = &((wa_builder *) arg)->list->set;
	wa_entry   *new;

	if (set->entries == NULL)
		return;
	new = wa_phone_set_locate(set, wa_phone_set_hash(set, to), to);
	*new &= ~(wa_entry) WA_LISTED_LINKED;
	*new |= (*wa_phone_set_find(set, from) & (WA_LISTED_STOP | WA_LISTED_UNLESS)) |
		WA_LISTED_INHERITED;
}

static void
mark_user_id(void *arg, uint64 hash)
{
	wa_builder *b = arg;

	if (b->with_user_ids)
		wa_builder_add_user_id(b, hash, false);
}

static const wa_connected_sink connected_sink = {counting, mark_linked, inherit, mark_user_id};

/*
 * Who was erased.
 */

/* Where memory does not suffice for the buckets, the Bloom filter has to do. */
static void
fall_back_for_erased(wa_builder *b)
{
	wa_phone_set *set = &b->list->erased;

	wa_builder_make_empty(b, set, PG_UINT64_MAX / 8,
						  wa_largest_bloom(b->limit / ERASED_SHARE, WA_BLOOM_SIZE), false);
	for (uint64 i = 0; i < b->nkeys; i++)
		wa_phone_set_announce(set, wa_phone_set_hash(set, b->keys[i]));
}

static void
read_erased(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	bool		isnull;
	wa_key		key = wa_list_bucket_key(DatumGetInt32(heap_getattr(tuple, Anum_wa_erased_bucket,
																	desc, &isnull)));

	heap_getattr(tuple, Anum_wa_erased_everything_at, desc, &isnull);
	if (isnull && b->question->category != WA_MARKETING)
		return;
	b->list->has_erased = true;
	if (b->list->erased.words == NULL &&
		b->nkeys * sizeof(wa_key) + wa_phone_set_table_size(b->nkeys) > b->limit / ERASED_SHARE)
		fall_back_for_erased(b);
	if (b->list->erased.words != NULL)
		wa_phone_set_announce(&b->list->erased, wa_phone_set_hash(&b->list->erased, key));
	else
		*wa_append(b->keys, b->nkeys, b->max_keys, wa_key) = key;
}

/* All buckets have been read, and there is memory for them. */
static void
make_erased(wa_builder *b)
{
	wa_phone_set *set = &b->list->erased;

	wa_builder_make_empty(b, set, b->nkeys, WA_BLOOM_SIZE, true);
	for (uint64 i = 0; i < b->nkeys; i++)
	{
		uint64		hash = wa_phone_set_hash(set, b->keys[i]);

		wa_phone_set_announce(set, hash);
		wa_phone_set_add(set, hash, b->keys[i], 0);
	}
}

static void
build_erased(wa_builder *b)
{
	wa_suppression_list *list = b->list;

	if (!b->cache->has_erased || !wa_asks_registers(b->question->category))
		return;
	list->erased_seed = b->cache->erasure.seed;
	list->erased.seed = list->set.seed;
	wa_scan_table(&b->cache->schema->erased, b->cache->snapshot, read_erased, b);
	if (list->has_erased && list->erased.words == NULL)
		make_erased(b);
	if (b->keys != NULL)
		pfree(b->keys);
	if (list->has_erased)
		b->limit -= b->limit / ERASED_SHARE;
}

/* What the list reads. */
static bool
reads_cooldowns(const wa_question *question, bool tells_reasons)
{
	/*
	 * Without an open window no free-form message may be sent, whatever else there
	 * is: only the reason asks for cooldowns.
	 */
	return question->category != WA_SERVICE || tells_reasons;
}

static void
read_tables(wa_builder *b)
{
	const wa_schema *schema = b->cache->schema;

	if (b->question->category == WA_SERVICE)
		wa_scan_table(&schema->activity, b->cache->snapshot, read_activity, b);
	if (reads_cooldowns(b->question, b->list->tells_reasons))
		wa_scan_table(&schema->cooldown, b->cache->snapshot, read_cooldown, b);
	if (wa_asks_registers(b->question->category))
		wa_scan_table(&schema->consent, b->cache->snapshot, read_consent, b);
	if (b->ncaps > 0)
		wa_builder_read_deliveries(b);
}

/* Pages of the tables whose rows of BSUIDs are connected with phones. */
static double
pages_to_connect(wa_decision_cache *cache, const wa_question *question, bool tells_reasons)
{
	const wa_schema *schema = cache->schema;
	double		pages = 0;

	if (question->category == WA_SERVICE)
		pages += wa_pages_of(&schema->activity);
	if (reads_cooldowns(question, tells_reasons))
		pages += wa_pages_of(&schema->cooldown);
	if (wa_asks_registers(question->category))
		pages += wa_pages_of(&schema->consent);
	return pages;
}

/* And with those of deliveries, which cost half: few of their rows count.  Live claims are few. */
static double
pages_to_read(wa_decision_cache *cache, const wa_question *question, bool tells_reasons)
{
	return pages_to_connect(cache, question, tells_reasons) +
		(wa_pacing_caps(cache->pacing, question) ?
		 wa_pages_of(&cache->schema->delivery) / 2 : 0);
}

double
wa_list_build_cost(wa_decision_cache *cache, const wa_question *question, wa_list_extent extent)
{
	const wa_schema *schema = cache->schema;
	double		pages = pages_to_read(cache, question, extent.tells_reasons);
	double		connecting = 0;

	if (cache->has_links)
		connecting = wa_connected_cost(schema, pages_to_connect(cache, question,
																extent.tells_reasons)) +
			(extent.has_user_ids ? wa_pages_of(&schema->identity) : 0);
	if (cache->has_erased && wa_asks_registers(question->category))
		pages += wa_pages_of(&schema->erased);
	return Max(LEAST_COST, pages / PAGES_PER_LOOK_UP + connecting);
}

static wa_suppression_list *
make_list(wa_decision_cache *cache, const wa_question *question, wa_list_extent extent)
{
	wa_suppression_list *list = palloc0(sizeof(wa_suppression_list));

	list->context = CurrentMemoryContext;
	list->cache = cache;
	list->tells_reasons = extent.tells_reasons;
	list->question = *question;
	list->question.business = wa_str_copy(question->business);
	list->question.sender = wa_str_copy(question->sender);
	list->needs_opt_in = wa_require_opt_in && question->category == WA_MARKETING;
	if (wa_pacing_quiet_hours(cache->pacing, question))
		list->places = palloc0(WA_PLACES * sizeof(wa_place));
	list->set.seed = pg_prng_uint64(&pg_global_prng_state);
	return list;
}

/* What connects phones may take this part of the memory. */
#define CONNECTED_SHARE		3

static void
fill_list(wa_builder *b)
{
	Size		share = b->limit / CONNECTED_SHARE;
	uint64		linked = 0;

	build_erased(b);
	if (b->cache->has_links)
		b->limit -= share;
	wa_builder_begin(b, pages_to_read(b->cache, b->question, b->list->tells_reasons));
	b->connected = wa_connected_read(b->cache, b->list->set.seed, share, &connected_sink, b);
	read_tables(b);
	if (b->connected != NULL)
	{
		wa_connected_complete(b->connected);
		linked = wa_connected_most(b->connected);
		b->limit += share - Min(share, wa_connected_memory(b->connected));
	}
	if (b->gathered != NULL && !wa_builder_fits(b, b->ngathered, linked))
		wa_builder_fall_back(b);
	if (b->gathered != NULL)
	{
		wa_builder_make_set(b, linked);
		wa_builder_settle_resumes(b);
	}
	else
		b->with_user_ids = false;
	if (b->connected != NULL)
		wa_connected_mark(b->connected);
	wa_builder_make_user_ids(b);
}

wa_suppression_list *
wa_list_build(wa_decision_cache *cache, const wa_question *question, wa_list_extent extent,
			  MemoryContext parent, Size limit, MemoryContext *context)
{
	MemoryContext old;
	wa_suppression_list *list;
	wa_builder *b;

	/* What it takes apart from the entries, and a Bloom filter that is of use. */
	if (limit < sizeof(wa_suppression_list) + sizeof(wa_builder) + 16 * 1024)
		return NULL;

	*context = AllocSetContextCreate(parent, "wa_policy suppression list", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(*context);
	list = make_list(cache, question, extent);
	b = palloc0(sizeof(wa_builder));
	b->list = list;
	b->cache = cache;
	b->question = &list->question;
	b->with_user_ids = extent.has_user_ids;
	b->limit = limit - sizeof(wa_suppression_list) - sizeof(wa_builder);
	b->category = wa_category_oid(wa_type_named(cache->schema, WA_STR("category")), question->category);
	wa_builder_choose_caps(b);
	choose_businesses(b);
	fill_list(b);
	if (message_level_is_interesting(DEBUG1))
		elog(DEBUG1, "wa_policy: read the suppression list: %s, " UINT64_FORMAT " entries",
			 list->set.entries == NULL ? "Bloom filter only" : "complete",
			 list->set.used);
	pfree(b);
	MemoryContextSwitchTo(old);
	return list;
}
