/*-------------------------------------------------------------------------
 *
 * caps.c
 *	  Tables that the suppression list reads where a frequency cap applies.
 *
 * wa_delivery shows which recipients are at a cap.  A live claim counts like a delivery, and
 * an open window may exempt its recipient.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"

#include "base/bisect.h"
#include "base/encode.h"
#include "recipient/recipient.h"
#include "state/arrays.h"
#include "state/columns.h"
#include "state/read.h"
#include "suppression/builder.h"

/* The phones whose rows may reach a cap together may take this part of the memory. */
#define PARTS_SHARE		4

/* At most so many rows of wa_delivery are on a page. */
#define ROWS_OF_PAGE	100

static int
compare_caps(const void *a, const void *b)
{
	return wa_str_compare(((const wa_cap *) a)->business, ((const wa_cap *) b)->business);
}

void
wa_builder_choose_caps(wa_builder *b)
{
	wa_canonical nobody = {.text = "999",.len = 3};
	const wa_facts *facts = wa_facts_of_unknown(b->cache, &nobody);

	b->ncaps = 0;
	b->paced_since = WA_FOREVER;
	if (facts->ncaps == 0)
		return;
	b->caps = palloc(facts->ncaps * sizeof(wa_cap));
	for (int i = 0; i < facts->ncaps; i++)
	{
		const wa_cap *cap = &facts->caps[i];

		if (cap->category == b->question->category && wa_asks_about(b->question, cap->business) &&
			!(cap->exempt_regions && facts->sender_without_limit(facts->pacing, b->question)))
		{
			b->caps[b->ncaps++] = *cap;
			b->paced_since = Min(b->paced_since, wa_cap_since(cap, b->question->at));
		}
	}
	/* There may be one for each of very many businesses. */
	qsort(b->caps, b->ncaps, sizeof(wa_cap), compare_caps);
	b->deliveries = palloc(WA_MAX_DELIVERIES * sizeof(wa_delivery));
}

/* Note whether rows of several businesses count. */
static void
note_business(wa_builder *b, wa_str business)
{
	if (b->paced_business.data == NULL)
		b->paced_business = wa_str_copy(business);
	else if (!wa_str_equal(b->paced_business, business))
		b->several = true;
}

/* The first cap, from the i-th on, for which messages of this business count; behind the last: there is none. */
static int
next_cap(const wa_builder *b, int i, wa_str business)
{
	if (i == b->ncaps || wa_may_be_same(b->caps[i].business, business))
		return i;
	if (wa_str_compare(b->caps[i].business, business) < 0)
		wa_bisect(i, b->ncaps, wa_str_compare(b->caps[i].business, business) < 0);
	return i < b->ncaps && wa_str_equal(b->caps[i].business, business) ? i : b->ncaps;
}

/*
 * What a row says: the bits of caps that it reaches, TOGETHER where it counts towards one that it
 * does not reach.
 */
static uint16
weigh_deliveries(wa_builder *b, wa_str recipient, wa_str business, const wa_deliveries *deliveries)
{
	uint16		bits = 0;

	for (int i = next_cap(b, 0, business); i < b->ncaps; i = next_cap(b, i + 1, business))
	{
		const wa_cap *cap = &b->caps[i];
		wa_instant	since = wa_cap_since(cap, b->question->at);

		if (deliveries->n == 0 || deliveries->at[deliveries->n - 1].at <= since)
			continue;
		if (wa_deliveries_overflowed(deliveries, since) ||
			wa_deliveries_count(deliveries, since, b->question->at) >= cap->messages)
		{
			/* Exempt itself, it still counts for the person under an identifier that is not. */
			if (cap->exempt_regions &&
				wa_pacing_is_without_limit(b->cache->pacing, recipient))
				bits |= WA_LISTED_OVER;
			else
				bits |= cap->exempt_in_window ? WA_LISTED_CAP_UNLESS : WA_LISTED_CAP;
		}
		else
			bits |= WA_LISTED_TOGETHER;
	}
	return bits;
}

/*
 * Rows of several businesses may reach a cap together, so phones with more than one are looked up.
 * Where memory does not suffice to find them, all are that come from now on: the later one of two
 * rows of a phone is read when it is known that there are several businesses.
 */
static void
note_part(wa_builder *b, wa_key phone)
{
	if (b->nparts < b->max_parts)
		b->parts[b->nparts++] = phone;
	else if (b->several)
		wa_builder_gather(b, phone, WA_LISTED_MAYBE);
}

static int
compare_keys(const void *a, const void *b)
{
	wa_key		x = *(const wa_key *) a;
	wa_key		y = *(const wa_key *) b;

	return (x > y) - (x < y);
}

static void
gather_phones_with_parts(wa_builder *b)
{
	qsort(b->parts, b->nparts, sizeof(wa_key), compare_keys);
	for (uint64 i = 1; i < b->nparts; i++)
	{
		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		if (b->parts[i] == b->parts[i - 1])
			wa_builder_gather(b, b->parts[i], WA_LISTED_MAYBE);
	}
}

static void
read_delivery(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		business = wa_cursor_str(&cursor);
	wa_deliveries deliveries = {0, b->deliveries};
	uint16		bits;
	bool		isnull;
	Datum		instants;
	wa_key		key;

	if ((Oid) wa_cursor_int4(&cursor) != b->category || !wa_asks_about(b->question, business))
		return;
	instants = wa_cursor_array(&cursor);
	if (wa_latest_of_array(instants) <= b->paced_since)
		return;
	wa_deliveries_from_arrays(instants,
							  heap_getattr(tuple, Anum_wa_delivery_messages, desc, &isnull),
							  &deliveries);
	bits = weigh_deliveries(b, recipient, business, &deliveries);
	if (bits == 0)
		return;
	note_business(b, business);
	if ((key = wa_builder_phone(b, recipient)) == 0)
		return;

	/* Whether a window under another identifier spares it must be looked up. */
	if ((bits & WA_LISTED_CAP_UNLESS) && wa_builder_is_connected(b, key))
		bits |= WA_LISTED_MAYBE;
	if (bits & WA_LISTED_TOGETHER)
		note_part(b, key);
	if ((bits & WA_LISTED_CAP_UNLESS) && !(bits & (WA_LISTED_CAP | WA_LISTED_MAYBE)))
		b->nwindowed++;
	if ((bits & ~(WA_LISTED_OVER | WA_LISTED_TOGETHER)) != 0 || wa_builder_counts_for_others(b, key))
		wa_builder_gather(b, key, bits);
}

/* A live claim counts for caps; a recipient that has one is looked up. */
static void
read_claims(wa_builder *b)
{
	const wa_table *claims = &b->cache->schema->claim_lease;
	wa_reader	reader;

	if (!wa_has_rows(claims, b->cache->snapshot))
		return;
	wa_reader_open(&reader, claims, b->cache->snapshot);
	wa_reader_seek_from(&reader, b->question->at);
	while (wa_reader_next(&reader))
	{
		wa_instant	until = wa_reader_instant(&reader, Anum_wa_claim_lease_until);
		wa_key		key;

		if ((Oid) wa_reader_int(&reader, Anum_wa_claim_category) == b->category &&
			(until > b->question->at || until == WA_FOREVER) &&
			wa_asks_about(b->question, wa_reader_str_in_place(&reader, Anum_wa_claim_business)) &&
			(key = wa_builder_phone(b, wa_reader_str_in_place(&reader, Anum_wa_claim_recipient))) != 0)
			wa_builder_gather(b, key, WA_LISTED_MAYBE);
	}
	wa_reader_close(&reader);
}

/* Windows that may spare somebody from a cap. */
static void
read_window(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		business = wa_cursor_str(&cursor);

	(void) wa_cursor_str(&cursor);	/* sender */
	if (!HeapTupleHasNulls(tuple) ||
		!att_isnull(Anum_wa_activity_wa_id - 1, tuple->t_data->t_bits))
		(void) wa_cursor_str(&cursor);
	if (!wa_window_spans(wa_cursor_instant(&cursor, tuple, Anum_wa_activity_last_inbound_at),
						 b->question->at) ||
		wa_is_bsuid(recipient.data) || !wa_asks_about(b->question, business))
		return;
	wa_builder_gather(b, wa_key_of(recipient.data, recipient.len), WA_LISTED_WINDOW);
}

/*
 * Who has a window open is found by reading them all, or, where only a few are at a cap, by
 * looking these up.
 */
static void
read_windows(wa_builder *b)
{
	const wa_table *activity = &b->cache->schema->activity;

	if (b->nwindowed == 0 || b->gathered == NULL)
		return;
	if (b->nwindowed * PAGES_PER_LOOK_UP >= wa_pages_of(activity))
	{
		wa_scan_table(activity, b->cache->snapshot, read_window, b);
		return;
	}
	for (uint64 i = 0; i < b->ngathered; i++)
	{
		if (wa_entry_bits(b->gathered[i]) & WA_LISTED_CAP_UNLESS)
			b->gathered[i] |= WA_LISTED_MAYBE;
	}
}

/*
 * As long as all rows are of one business, each says all there is to say of its
 * recipient.
 */
void
wa_builder_read_deliveries(wa_builder *b)
{
	const wa_table *delivery = &b->cache->schema->delivery;
	Size		share = b->limit / PARTS_SHARE;

	b->limit -= share;
	b->nparts = 0;
	b->max_parts = Min(share / sizeof(wa_key), wa_pages_of(delivery) * (uint64) ROWS_OF_PAGE);
	b->parts = palloc_extended(Max(1, b->max_parts) * sizeof(wa_key), MCXT_ALLOC_HUGE);
	wa_scan_table(delivery, b->cache->snapshot, read_delivery, b);
	if (b->several)
		gather_phones_with_parts(b);
	pfree(b->parts);
	b->limit += share;
	read_claims(b);
	read_windows(b);
}
