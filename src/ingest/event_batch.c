/*-------------------------------------------------------------------------
 *
 * event_batch.c
 *	  The container of row deltas: a hash table by key, and the consent events for
 *	  the log.  event_deltas.c fills it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "utils/memutils.h"

#include "base/append.h"
#include "base/encode.h"
#include "ingest/event_batch.h"

typedef struct wa_slot
{
	const wa_row_key *key;		/* the delta's own */
	wa_row_delta *delta;
	uint32		hash;
	char		status;
} wa_slot;

/* seed: random and secret, so that an attacker cannot choose keys that collide. */
static uint32
key_hash(uint64 seed, const wa_row_key *key)
{
	const wa_str *parts[] = {&key->recipient, &key->business, &key->other};
	uint64		hash = seed ^ ((uint64) key->kind << 32 | (uint32) key->number);

	for (int i = 0; i < lengthof(parts); i++)
		hash = hash_bytes_extended((const unsigned char *) parts[i]->data, parts[i]->len, hash);
	return (uint32) hash;
}

static int
compare_keys(const wa_row_key *a, const wa_row_key *b)
{
	int			order;

	if ((a->kind == WA_ROW_SIGHTING || a->kind == WA_ROW_MESSAGE) &&
		(order = wa_str_compare(a->other, b->other)) != 0)
		return order;
	if ((order = wa_str_compare(a->recipient, b->recipient)) != 0)
		return order;
	if ((order = wa_str_compare(a->business, b->business)) != 0)
		return order;
	if ((order = wa_str_compare(a->other, b->other)) != 0)
		return order;
	return a->number < b->number ? -1 : a->number > b->number;
}

static bool
key_equal(const wa_row_key *a, const wa_row_key *b)
{
	return a->kind == b->kind && compare_keys(a, b) == 0;
}

#define SH_PREFIX		slots
#define SH_ELEMENT_TYPE	wa_slot
#define SH_KEY_TYPE		const wa_row_key *
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	key_hash(*(const uint64 *) (tb)->private_data, key)
#define SH_EQUAL(tb, a, b)		key_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a)		((a)->hash)
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Businesses and senders are few and named by every event. */
#define WA_NAMES 16

struct wa_event_batch
{
	MemoryContext context;
	uint64		seed;			/* of slots */
	slots_hash *slots;
	int			ndeltas[WA_ROW_KINDS];
	int			nevents;
	int			max_events;
	wa_consent_event *events;
	int			nnames;
	wa_str		written[WA_NAMES];	/* as payloads write it */
	wa_str		names[WA_NAMES];	/* as this database writes it */
};

wa_event_batch *
wa_event_batch_make(MemoryContext context)
{
	wa_event_batch *batch = MemoryContextAllocZero(context, sizeof(wa_event_batch));

	batch->context = context;
	batch->seed = pg_prng_uint64(&pg_global_prng_state);
	batch->slots = slots_create(context, 8, &batch->seed);
	return batch;
}

MemoryContext
wa_event_batch_context(const wa_event_batch *batch)
{
	return batch->context;
}

int
wa_row_delta_order(const void *a, const void *b)
{
	return compare_keys(&(*(wa_row_delta *const *) a)->key, &(*(wa_row_delta *const *) b)->key);
}

/* A batch has few different names, so the first ones are kept and searched. */
wa_str
wa_event_batch_name(wa_event_batch *batch, wa_str utf8)
{
	MemoryContext old;
	wa_str		made;

	if (utf8.len == 0)
		return WA_STR("");
	for (int i = 0; i < batch->nnames; i++)
	{
		if (wa_str_equal(batch->written[i], utf8))
			return batch->names[i];
	}
	old = MemoryContextSwitchTo(batch->context);
	made = wa_to_database(utf8);
	if (batch->nnames < WA_NAMES)
	{
		batch->written[batch->nnames] = wa_str_copy(utf8);
		batch->names[batch->nnames++] = made;
	}
	MemoryContextSwitchTo(old);
	return made;
}

#define PART_SIZE(member) sizeof(((wa_row_delta *) NULL)->u.member)

/* How much of a delta's union its kind uses: links and receipts are many, failures large. */
static const size_t part_sizes[WA_ROW_KINDS] = {
	[WA_ROW_ACTIVITY] = PART_SIZE(activity),
	[WA_ROW_COOLDOWN] = PART_SIZE(cooldown),
	[WA_ROW_CONSENT] = PART_SIZE(consent),
	[WA_ROW_SIGHTING] = PART_SIZE(sighting),
	[WA_ROW_CHANGE] = PART_SIZE(change),
	[WA_ROW_SENDER] = PART_SIZE(sender),
	[WA_ROW_DELIVERY] = PART_SIZE(deliveries),
	[WA_ROW_HOLD] = PART_SIZE(hold),
	[WA_ROW_LIFE] = PART_SIZE(alive_at),
	[WA_ROW_TEMPLATE] = PART_SIZE(template),
	[WA_ROW_MESSAGE] = PART_SIZE(message),
};

/* Copy a string to *rest, with a NUL behind it, and step over it. */
static wa_str
put_str(char **rest, wa_str s)
{
	char	   *copy = *rest;

	if (s.len > 0)
		memcpy(copy, s.data, s.len);
	copy[s.len] = '\0';
	*rest = copy + s.len + 1;
	return wa_str_of(copy, s.len);
}

/* Make a delta that changes no row. */
static void
delta_init(wa_row_delta *delta)
{
	memset(&delta->u, 0, part_sizes[delta->key.kind]);
	switch (delta->key.kind)
	{
		case WA_ROW_ACTIVITY:
			delta->u.activity = WA_NO_ACTIVITY;
			break;
		case WA_ROW_COOLDOWN:
			delta->u.cooldown.lifted_at = WA_NEVER;
			break;
		case WA_ROW_CONSENT:
			delta->u.consent.stopped_at = WA_NEVER;
			delta->u.consent.resumed_at = WA_NEVER;
			break;
		case WA_ROW_SIGHTING:
			delta->u.sighting.first_seen_at = WA_FOREVER;
			delta->u.sighting.last_seen_at = WA_NEVER;
			break;
		case WA_ROW_CHANGE:
			delta->u.change.at = WA_NEVER;
			delta->u.change.first_at = WA_FOREVER;
			break;
		case WA_ROW_MESSAGE:
			delta->u.message = WA_NO_MESSAGE;
			break;
		case WA_ROW_SENDER:
			delta->u.sender.first_seen = WA_FOREVER;
			delta->u.sender.last_seen = WA_NEVER;
			break;
		case WA_ROW_HOLD:
			delta->u.hold.since = WA_NEVER;
			delta->u.hold.lifted_at = WA_NEVER;
			break;
		case WA_ROW_TEMPLATE:
			delta->u.template.status_at = WA_NEVER;
			delta->u.template.category_at = WA_NEVER;
			delta->u.template.quality_at = WA_NEVER;
			delta->u.template.next_category_at = WA_NEVER;
			break;
		case WA_ROW_LIFE:
			delta->u.alive_at = WA_NEVER;
			break;
		case WA_ROW_DELIVERY:	/* all zero is an empty set */
			break;
	}
}

wa_row_delta *
wa_event_batch_delta(wa_event_batch *batch, const wa_row_key *key)
{
	bool		found;
	wa_slot    *slot = slots_insert(batch->slots, key, &found);
	size_t		size;
	char	   *rest;
	wa_row_delta *delta;

	if (found)
		return slot->delta;

	size = offsetof(wa_row_delta, u) + part_sizes[key->kind];
	delta = MemoryContextAlloc(batch->context, size + key->recipient.len + key->other.len + 2);
	delta->key = *key;
	rest = (char *) delta + size;
	delta->key.recipient = put_str(&rest, key->recipient);
	delta->key.other = put_str(&rest, key->other);
	delta_init(delta);

	slot->key = &delta->key;
	slot->delta = delta;
	batch->ndeltas[key->kind]++;
	return delta;
}

wa_consent_event *
wa_event_batch_new_consent_event(wa_event_batch *batch)
{
	MemoryContext old = MemoryContextSwitchTo(batch->context);
	wa_consent_event *event = wa_append(batch->events, batch->nevents, batch->max_events,
										wa_consent_event);

	MemoryContextSwitchTo(old);
	return event;
}

void
wa_event_batch_deltas(wa_event_batch *batch, wa_deltas *deltas)
{
	slots_iterator iterator;
	wa_slot    *slot;

	for (int kind = 0; kind < WA_ROW_KINDS; kind++)
	{
		deltas[kind].n = 0;
		deltas[kind].at = batch->ndeltas[kind] == 0 ? NULL :
			MemoryContextAllocHuge(batch->context, batch->ndeltas[kind] * sizeof(wa_row_delta *));
	}
	slots_start_iterate(batch->slots, &iterator);
	while ((slot = slots_iterate(batch->slots, &iterator)) != NULL)
	{
		wa_deltas  *of_kind = &deltas[slot->key->kind];

		of_kind->at[of_kind->n++] = slot->delta;
	}
	for (int kind = 0; kind < WA_ROW_KINDS; kind++)
	{
		if (deltas[kind].n > 1)
			qsort(deltas[kind].at, deltas[kind].n, sizeof(wa_row_delta *), wa_row_delta_order);
	}
}

static int
compare_events(const void *a, const void *b)
{
	const wa_consent_event *x = a;
	const wa_consent_event *y = b;
	int			order = compare_keys(&x->key, &y->key);

	if (order != 0)
		return order;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->stop != y->stop)
		return x->stop ? 1 : -1;
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	if ((order = wa_str_compare(x->origin, y->origin)) != 0)
		return order;
	if ((order = wa_str_compare(x->sender, y->sender)) != 0)
		return order;
	if ((order = wa_str_compare(x->message_id, y->message_id)) != 0)
		return order;
	if ((order = wa_str_compare(x->also_named, y->also_named)) != 0)
		return order;
	return wa_str_compare(x->evidence, y->evidence);
}

wa_consent_event *
wa_event_batch_consent_events(wa_event_batch *batch, int *n)
{
	*n = batch->nevents;
	if (*n > 1)
		qsort(batch->events, *n, sizeof(wa_consent_event), compare_events);
	return batch->events;
}
