/*-------------------------------------------------------------------------
 *
 * resumes.c
 *	  Phones with both a stop and a resume for every business.
 *
 * Which of the two stands depends on their times, for which entries have no room.  Many people
 * have both, those who signed up for messages and stopped them later.  Where they are many, the
 * rows are read once more; else they are looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"

#include "base/append.h"
#include "recipient/recipient.h"
#include "state/columns.h"
#include "state/read.h"
#include "suppression/builder.h"

/* What is read may take this part of the memory. */
#define SAID_SHARE		4

/* A stop, or a resume for every business, of a phone with both. */
typedef struct wa_said
{
	wa_key		phone;
	wa_register reg;
	bool		stop;
	wa_instant	at;
} wa_said;

typedef struct wa_said_rows
{
	wa_builder *builder;
	wa_phone_set both;			/* a Bloom filter of the phones with both */
	bool		too_many;
	uint64		n;
	uint64		max;
	wa_said    *rows;
} wa_said_rows;

static bool
has_both(wa_entry entry)
{
	return (entry & WA_LISTED_UNLESS) && (entry & WA_LISTED_RESUMED_ALL);
}

static uint64
count_with_both(const wa_phone_set *set)
{
	uint64		n = 0;

	for (uint64 i = 0; i < set->nentries; i++)
		n += has_both(set->entries[i]);
	return n;
}

/* Most rows are of other phones.  Unlike the set, the filter is in the processor's cache. */
static void
make_filter(wa_said_rows *said, uint64 n)
{
	const wa_phone_set *set = &said->builder->list->set;
	Size		size = wa_phone_set_bloom_size(n, WA_BLOOM_SIZE);

	said->both.seed = set->seed;
	wa_phone_set_init(&said->both, palloc0(size), size, NULL, 0);
	for (uint64 i = 0; i < set->nentries; i++)
	{
		if (has_both(set->entries[i]))
			wa_phone_set_announce(&said->both, wa_phone_set_hash(set, wa_entry_key(set->entries[i])));
	}
}

/* Has this phone both? */
static bool
is_with_both(const wa_said_rows *said, wa_key phone)
{
	const wa_phone_set *set = &said->builder->list->set;
	uint64		hash = wa_phone_set_hash(set, phone);

	return wa_phone_set_may_have(&said->both, hash) && has_both(*wa_phone_set_locate(set, hash, phone));
}

static void
read_said(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_said_rows *said = arg;
	wa_builder *b = said->builder;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		business = wa_cursor_str(&cursor);
	wa_said		row = {.reg = wa_register_from_name(wa_cursor_str(&cursor))};

	row.stop = wa_str_equal(wa_cursor_str(&cursor), WA_STR("stop"));
	row.at = wa_cursor_instant(&cursor, tuple, Anum_wa_consent_at);
	if (wa_is_bsuid(recipient.data) || row.reg == WA_REGISTER_WHATSAPP ||
		!wa_asks_register(b->question->category, row.reg) ||
		!wa_asks_about(b->question, business) || !(row.stop || business.len == 0))
		return;
	row.phone = wa_key_of(recipient.data, recipient.len);
	if (!is_with_both(said, row.phone))
		return;
	if ((said->n + 1) * 2 * sizeof(wa_said) > b->limit / SAID_SHARE)
		said->too_many = true;
	else
		*wa_append(said->rows, said->n, said->max, wa_said) = row;
}

/* By phone and register, the latest first; of two at the same time the stop, which stands. */
static int
compare_said(const void *a, const void *b)
{
	const wa_said *x = a;
	const wa_said *y = b;

	if (x->phone != y->phone)
		return x->phone < y->phone ? -1 : 1;
	if (x->reg != y->reg)
		return x->reg < y->reg ? -1 : 1;
	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	return (int) y->stop - (int) x->stop;
}

/* Of one register the latest stands: a resume for every business lifts all stops before it. */
static void
settle(wa_phone_set *set, const wa_said *rows, uint64 n)
{
	for (uint64 i = 0, next; i < n; i = next)
	{
		bool		stands = false;
		wa_entry   *entry = wa_phone_set_find(set, rows[i].phone);

		CHECK_FOR_INTERRUPTS();
		for (next = i; next < n && rows[next].phone == rows[i].phone; next++)
		{
			if (next == i || rows[next].reg != rows[next - 1].reg)
				stands |= rows[next].stop;
		}
		*entry &= ~(wa_entry) (stands ? WA_LISTED_RESUMED_ALL :
							   WA_LISTED_UNLESS | WA_LISTED_RESUMED_ALL);
	}
}

void
wa_builder_settle_resumes(wa_builder *b)
{
	const wa_table *consent = &b->cache->schema->consent;
	wa_said_rows said = {.builder = b};
	uint64		n;

	if (b->list->set.entries == NULL)
		return;
	n = count_with_both(&b->list->set);
	if (n * PAGES_PER_LOOK_UP < wa_pages_of(consent))
		return;
	make_filter(&said, n);
	wa_scan_table(consent, b->cache->snapshot, read_said, &said);
	if (!said.too_many && said.n > 0)
	{
		qsort(said.rows, said.n, sizeof(wa_said), compare_said);
		settle(&b->list->set, said.rows, said.n);
	}
	if (said.rows != NULL)
		pfree(said.rows);
	pfree(said.both.words);
}
