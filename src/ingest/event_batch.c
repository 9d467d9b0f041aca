/*-------------------------------------------------------------------------
 *
 * event_batch.c
 *	  Merging events per row, in memory.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "utils/memutils.h"

#include "base/encode.h"
#include "events/interpret.h"
#include "ingest/event_batch.h"
#include "recipient/region.h"
#include "state/hold.h"
#include "report/settings.h"

typedef struct wa_slot
{
	const wa_row_key *key;		/* the delta's own */
	wa_row_delta *delta;
	uint32		hash;
	char		status;
} wa_slot;

/* seed: known to nobody, so that nobody can choose keys that collide. */
static uint32
key_hash(uint64 seed, const wa_row_key *key)
{
	const wa_str *parts[] = {&key->recipient, &key->business, &key->other};
	uint64		hash = seed ^ ((uint64) key->kind << 32 | (uint32) key->number);

	for (int i = 0; i < lengthof(parts); i++)
		hash = hash_bytes_extended((const unsigned char *) parts[i]->data, parts[i]->len, hash);
	return (uint32) hash;
}

static bool
key_equal(const wa_row_key *a, const wa_row_key *b)
{
	return a->kind == b->kind && wa_row_key_compare(a, b) == 0;
}

#define SH_PREFIX		slots
#define SH_ELEMENT_TYPE	wa_slot
#define SH_KEY_TYPE		const wa_row_key *
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	key_hash(*(const uint64 *) (tb)->private_data, key)
#define SH_EQUAL(tb, a, b)		key_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a)		((a)->hash)
#define SH_SCOPE		static
#define SH_DECLARE
#define SH_DEFINE
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

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

int
wa_row_key_compare(const wa_row_key *a, const wa_row_key *b)
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

/*
 * A business or sender of a payload in our memory and encoding; the same few
 * come again and again.
 */
static wa_str
batch_name(wa_event_batch *batch, wa_str utf8)
{
	wa_str		made;

	if (utf8.len == 0)
		return WA_STR("");
	for (int i = 0; i < batch->nnames; i++)
	{
		if (wa_str_equal(batch->written[i], utf8))
			return batch->names[i];
	}
	made = wa_to_database(utf8);
	if (batch->nnames < WA_NAMES)
	{
		batch->written[batch->nnames].data = pnstrdup(utf8.data, utf8.len);
		batch->written[batch->nnames].len = utf8.len;
		batch->names[batch->nnames++] = made;
	}
	return made;
}

/* What merges into a row without changing it. */
static void
delta_init(wa_row_delta *delta)
{
	memset(&delta->u, 0, sizeof(delta->u));
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
		case WA_ROW_DELIVERY:	/* nothing is nothing */
			break;
	}
}

wa_row_delta *
wa_event_batch_delta(wa_event_batch *batch, const wa_row_key *key)
{
	MemoryContext old;
	bool		found;
	wa_slot    *slot = slots_insert(batch->slots, key, &found);
	wa_row_delta *delta;

	if (found)
		return slot->delta;

	old = MemoryContextSwitchTo(batch->context);
	delta = palloc(sizeof(wa_row_delta));
	delta->key = *key;
	delta->key.recipient.data = pnstrdup(key->recipient.data, key->recipient.len);
	delta->key.business.data = pnstrdup(key->business.data, key->business.len);
	delta->key.other.data = pnstrdup(key->other.data, key->other.len);
	delta_init(delta);
	MemoryContextSwitchTo(old);

	slot->key = &delta->key;
	slot->delta = delta;
	batch->ndeltas[key->kind]++;
	return delta;
}

static wa_str
str_of_id(const wa_canonical *id)
{
	return (wa_str)
	{
		id->text, id->len
	};
}

static void
batch_add_activity(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	wa_row_key	key = {WA_ROW_ACTIVITY, 0, str_of_id(&event->ids[0]), business, sender};
	wa_activity seen = WA_NO_ACTIVITY;
	wa_activity *activity = &wa_event_batch_delta(batch, &key)->u.activity;

	if (event->kind == WA_EVENT_INBOUND)
		seen.last_inbound_at = event->at;
	else if (event->kind == WA_EVENT_WINDOW_REFUSED)
		seen.last_window_refused_at = event->at;
	else if (event->kind == WA_EVENT_RECEIPT)
	{
		seen.last_delivered_at = event->at;
		if (event->read)
			seen.last_read_at = event->at;
		if (event->category == WA_MARKETING)
			seen.last_marketing_delivered_at = event->at;
	}

	/* A failure is no sight of the user: the number may be a mere guess. */
	if (event->wa_id.len > 0 && event->kind != WA_EVENT_WINDOW_REFUSED)
	{
		seen.wa_id_at = event->at;
		seen.wa_id = str_of_id(&event->wa_id);
	}

	if (wa_activity_merge(activity, &seen) && activity->wa_id.data == event->wa_id.text)
		activity->wa_id.data = pnstrdup(event->wa_id.text, event->wa_id.len);
}

/* Elements begin with this many; a statement seldom brings more. */
#define WA_FEW_DELIVERIES 2

static void
batch_add_delivery(wa_event_batch *batch, const wa_event *event, wa_str business)
{
	wa_row_key	key = {WA_ROW_DELIVERY, event->category, str_of_id(&event->ids[0]),
	business, {"", 0}};
	wa_deliveries *deliveries = &wa_event_batch_delta(batch, &key)->u.deliveries;
	int			n = deliveries->n;

	if (n == 0)
		deliveries->at = palloc(WA_FEW_DELIVERIES * sizeof(wa_delivery));
	else if (n >= WA_FEW_DELIVERIES && n < WA_MAX_DELIVERIES && (n & (n - 1)) == 0)
		deliveries->at = repalloc(deliveries->at, 2 * n * sizeof(wa_delivery));
	wa_deliveries_add(deliveries, (wa_delivery) {event->at, wa_message_hash(event->message_id)});
}

static void
batch_add_failure(wa_event_batch *batch, const wa_event *event, wa_str business)
{
	wa_row_key	key = {WA_ROW_COOLDOWN, event->code, str_of_id(&event->ids[0]),
	business, {"", 0}};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.cooldown.policy = event->policy;
	wa_failures_add(&delta->u.cooldown.failures, event->at);
}

/* All identifiers that the event names but its home, separated by blanks. */
static wa_str
also_named(const wa_event *event)
{
	char	   *names = palloc(WA_MAX_IDS * (WA_RECIPIENT_MAX + 1));
	size_t		len = 0;

	for (int i = 1; i < event->nids; i++)
	{
		if (len > 0)
			names[len++] = ' ';
		memcpy(names + len, event->ids[i].text, event->ids[i].len);
		len += event->ids[i].len;
	}
	return (wa_str)
	{
		names, len
	};
}

static wa_consent_event *
batch_new_consent_event(wa_event_batch *batch)
{
	if (batch->nevents == batch->max_events)
	{
		batch->max_events = Max(16, 2 * batch->max_events);
		batch->events = batch->events == NULL ?
			palloc(batch->max_events * sizeof(wa_consent_event)) :
			repalloc_huge(batch->events, batch->max_events * sizeof(wa_consent_event));
	}
	return &batch->events[batch->nevents++];
}

static void
batch_add_consent(wa_event_batch *batch, const wa_event *event, wa_str business,
				  wa_str sender, int64 webhook_id)
{
	wa_row_key	key = {WA_ROW_CONSENT, event->reg, str_of_id(&event->ids[0]), business, {"", 0}};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);
	wa_consent_event *entry = batch_new_consent_event(batch);
	wa_consent	consent;

	consent.stopped_at = event->stop ? event->at : WA_NEVER;
	consent.resumed_at = event->stop ? WA_NEVER : event->at;
	consent.origin = wa_to_database(event->origin);
	consent.code = event->code;
	consent.sender = sender;
	consent.message_id = wa_to_database(event->message_id);
	wa_consent_merge(&delta->u.consent, &consent);

	entry->key = delta->key;
	entry->at = event->at;
	entry->stop = event->stop;
	entry->origin = consent.origin;
	entry->code = consent.code;
	entry->sender = sender;
	entry->message_id = consent.message_id;
	entry->also_named = also_named(event);
	entry->evidence = wa_to_database(event->evidence);
	entry->webhook_id = webhook_id;
}

/*
 * Identifiers that one element named: each is linked with the next.  They come
 * in the order phone, BSUID, parent.
 */
static void
batch_add_sightings(wa_event_batch *batch, const wa_event *event, const wa_canonical *ids,
					int nids, wa_str business)
{
	for (int i = 0; i + 1 < nids; i++)
	{
		wa_row_key	key = {WA_ROW_SIGHTING, 0, str_of_id(&ids[i]), business,
		str_of_id(&ids[i + 1])};
		wa_row_delta *delta = wa_event_batch_delta(batch, &key);

		delta->u.sighting.first_seen_at = Min(delta->u.sighting.first_seen_at, event->at);
		delta->u.sighting.last_seen_at = wa_later(delta->u.sighting.last_seen_at, event->at);
	}
}

/*
 * Which old identifier has which new one in its place?  The first pair of one kind: a phone
 * that an element names beside an old and a new BSUID is not left.  Where there is no
 * such pair, home goes to home.
 */
static void
find_changed(const wa_event *event, const wa_canonical **from, const wa_canonical **to)
{
	*from = &event->ids[0];
	*to = &event->to[0];
	for (int i = 0; i < event->nids; i++)
	{
		for (int j = 0; j < event->nto; j++)
		{
			if (wa_id_kind_of(&event->ids[i]) != wa_id_kind_of(&event->to[j]))
				continue;
			*from = &event->ids[i];
			*to = &event->to[j];
			return;
		}
	}
}

/*
 * Of several changes at the latest time the one with the greater origin and message
 * id stands in the row.
 */
static void
batch_add_change(wa_event_batch *batch, const wa_event *event)
{
	const wa_canonical *from;
	const wa_canonical *to;
	wa_row_key	key = {WA_ROW_CHANGE, 0, {"", 0}, {"", 0}, {"", 0}};
	wa_row_delta *delta;
	wa_str		origin = wa_to_database(event->origin);
	wa_str		message_id = wa_to_database(event->message_id);
	int			order;

	find_changed(event, &from, &to);
	key.recipient = str_of_id(from);
	key.other = str_of_id(to);
	if (wa_str_equal(key.recipient, key.other))
		return;
	delta = wa_event_batch_delta(batch, &key);
	order = event->at < delta->u.change.at ? -1 : event->at > delta->u.change.at;
	if (order == 0)
		order = wa_str_compare(origin, delta->u.change.origin);
	if (order == 0)
		order = wa_str_compare(message_id, delta->u.change.message_id);
	if (order <= 0)
		return;
	delta->u.change.at = event->at;
	delta->u.change.origin = origin;
	delta->u.change.message_id = message_id;
}

/* Where whom the event names is; it may name nobody. */
static wa_str
region_of(const wa_event *event, char *buf)
{
	const char *region = event->nids == 0 ? NULL :
		wa_region_of(event->ids[0].text, event->ids[0].len, buf);

	if (region == NULL)
		return WA_STR(WA_REGION_UNKNOWN);
	return (wa_str)
	{
		region, strlen(region)
	};
}

/* The order that SQL has for arrays of these categories. */
static int
compare_categories(uint8 a, uint8 b)
{
	uint8		differing = a ^ b;
	uint8		first = differing & -differing;
	uint8		behind = ~(first | (first - 1));

	if (differing == 0)
		return 0;
	/* Who has the first one that differs is less, unless the other ends there. */
	if (a & first)
		return (b & behind) ? -1 : 1;
	return (a & behind) ? 1 : -1;
}

/* The end of the second; the end of all time has none. */
static wa_instant
end_of_second(wa_instant t)
{
	wa_instant	into_second = t % WA_SECOND;

	if (t == WA_FOREVER || into_second == 0)
		return t;
	return wa_after(t, into_second < 0 ? -into_second : WA_SECOND - into_second);
}

/*
 * Of several that begin at the same time the longest stands in the row, then that of the
 * greater categories.  Errors count at the end of their second: a sender past its throughput
 * meets hundreds within one, which need not all write the same row, and no sign of life from
 * before them ends what they begin.
 */
static void
batch_add_hold(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	char		buf[3];
	bool		lift = event->kind == WA_EVENT_LIFT;
	wa_row_key	key = {WA_ROW_HOLD, event->cause,
		!lift && event->scope == WA_SCOPE_COUNTRY ? region_of(event, buf) : WA_STR(""), business,
	!lift && event->scope == WA_SCOPE_SENDER ? sender : WA_STR("")};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);
	bool		is_error = event->cause > 0;
	wa_instant	since = is_error ? end_of_second(event->at) : event->at;
	wa_instant	until = is_error ? end_of_second(event->until) : event->until;

	if (lift)
		delta->u.hold.lifted_at = wa_later(delta->u.hold.lifted_at, event->at);
	else if (since > delta->u.hold.since ||
			 (since == delta->u.hold.since &&
			  (until > delta->u.hold.until ||
			   (until == delta->u.hold.until &&
				compare_categories(event->categories, delta->u.hold.categories) > 0))))
	{
		delta->u.hold.since = since;
		delta->u.hold.until = until;
		delta->u.hold.categories = event->categories;
	}
}

/* What was sent or delivered proves that its sender may send such messages there. */
static void
batch_add_life(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	char		buf[3];
	wa_row_key	key = {WA_ROW_LIFE, event->category, region_of(event, buf), business, sender};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.alive_at = wa_later(delta->u.alive_at, event->at);
}

/* Is what was told then, in these words, to stand instead of that? */
static int
compare_told(wa_instant at, wa_str told, wa_instant that_at, wa_str that)
{
	return at != that_at ? (at < that_at ? -1 : 1) : wa_str_compare(told, that);
}

static bool
is_marketing(wa_str category)
{
	return category.len == strlen("marketing") &&
		pg_strncasecmp(category.data, "marketing", category.len) == 0;
}

/* Of two categories told for one moment that which asks for most consent stands. */
static int
compare_category(wa_instant at, wa_str told, wa_instant that_at, wa_str that)
{
	int			order = at == that_at ?
		(int) is_marketing(told) - (int) is_marketing(that) : 0;

	return order != 0 ? order : compare_told(at, told, that_at, that);
}

/*
 * Status, category, announced category and quality are told apart: a status that repeats the
 * category does not take back what is announced.  Of two told at the same time that stands
 * with which the template cannot be sent, or marketing, then the greater.
 */
static void
batch_add_template(wa_event_batch *batch, const wa_event *event, wa_str business)
{
	wa_row_key	key = {WA_ROW_TEMPLATE, 0, wa_to_database(event->template_language), business,
	wa_to_database(event->template_name)};
	wa_template_told *template = &wa_event_batch_delta(batch, &key)->u.template;
	wa_str		status = wa_to_database(event->status);
	wa_str		category = wa_to_database(event->template_category);
	wa_str		next = wa_to_database(event->next_category);
	wa_str		quality = wa_to_database(event->quality);
	int			order;

	if (wa_str_given(status))
	{
		order = event->at == template->status_at ? (int) event->blocked - (int) template->blocked : 0;
		if (order == 0)
			order = compare_told(event->at, status, template->status_at, template->status);
		if (order > 0 || (order == 0 && event->until > template->paused_until))
		{
			template->status_at = event->at;
			template->status = status;
			template->blocked = event->blocked;
			template->paused_until = event->until;
		}
	}
	if (wa_str_given(category) &&
		compare_category(event->at, category, template->category_at, template->category) > 0)
	{
		template->category_at = event->at;
		template->category = category;
	}
	if (wa_str_given(next) &&
		compare_category(event->next_category_at, next, template->next_category_at,
						 template->next_category) > 0)
	{
		template->next_category_at = event->next_category_at;
		template->next_category = next;
	}
	if (wa_str_given(quality) &&
		compare_told(event->at, quality, template->quality_at, template->quality) > 0)
	{
		template->quality_at = event->at;
		template->quality = quality;
	}
}

/* Does it tell what became of a message that can be told from others, and is it to be kept? */
static bool
is_of_message(const wa_event *event)
{
	return (event->kind == WA_EVENT_SENT || event->kind == WA_EVENT_RECEIPT ||
			event->kind == WA_EVENT_FAILED) &&
		event->nids > 0 && event->message_id.len > 0 && wa_message_log;
}

static void
batch_add_message(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	wa_str		home = str_of_id(&event->ids[0]);
	wa_row_key	key = {WA_ROW_MESSAGE, 0, event->participant ? home : WA_STR(""), {"", 0},
	wa_to_database(event->message_id)};
	wa_message *message = &wa_event_batch_delta(batch, &key)->u.message;
	wa_message	seen = WA_NO_MESSAGE;

	seen.recipient = home;
	seen.business = business;
	seen.sender = sender;
	seen.category = event->category;
	if (event->kind == WA_EVENT_SENT)
		seen.sent_at = event->at;
	else if (event->kind == WA_EVENT_RECEIPT)
	{
		seen.delivered_at = event->at;
		seen.read_at = event->read ? event->at : WA_FOREVER;
	}
	else
	{
		seen.failed_at = event->at;
		seen.code = event->code;
	}
	if (wa_message_merge(message, &seen) && message->recipient.data == home.data)
		message->recipient.data = pnstrdup(home.data, home.len);
}

void
wa_event_batch_add(wa_event_batch *batch, const wa_event *event, int64 webhook_id)
{
	MemoryContext old = MemoryContextSwitchTo(batch->context);
	wa_str		business = batch_name(batch, event->business);
	wa_str		sender = batch_name(batch, event->sender);

	switch (event->kind)
	{
		case WA_EVENT_RECEIPT:
			if (!event->read)	/* that may be long after */
				batch_add_life(batch, event, business, sender);
			if (event->category != WA_CATEGORY_UNKNOWN)
				batch_add_delivery(batch, event, business);
			/* FALLTHROUGH */
		case WA_EVENT_INBOUND:
		case WA_EVENT_WINDOW_REFUSED:
			batch_add_activity(batch, event, business, sender);
			break;
		case WA_EVENT_FAILURE:
			batch_add_failure(batch, event, business);
			break;
		case WA_EVENT_CONSENT:
			batch_add_consent(batch, event, business, sender, webhook_id);
			break;
		case WA_EVENT_SIGHTING:
			batch_add_sightings(batch, event, event->ids, event->nids, business);
			break;
		case WA_EVENT_CHANGE:
			batch_add_change(batch, event);
			batch_add_sightings(batch, event, event->ids, event->nids, business);
			batch_add_sightings(batch, event, event->to, event->nto, business);
			break;
		case WA_EVENT_SENT:
			batch_add_life(batch, event, business, sender);
			break;
		case WA_EVENT_TEMPLATE:
			batch_add_template(batch, event, business);
			break;
		case WA_EVENT_HOLD:
		case WA_EVENT_LIFT:
			batch_add_hold(batch, event, business, sender);
			break;
		case WA_EVENT_FAILED:
			break;
	}
	if (is_of_message(event))
		batch_add_message(batch, event, business, sender);
	MemoryContextSwitchTo(old);
}

void
wa_event_batch_add_sender(wa_event_batch *batch, wa_str business, wa_str sender,
						  wa_str display_phone, wa_instant received_at)
{
	MemoryContext old = MemoryContextSwitchTo(batch->context);
	wa_row_key	key = {WA_ROW_SENDER, 0, {"", 0}, batch_name(batch, wa_key_part(business)),
	batch_name(batch, wa_key_part(sender))};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.sender.first_seen = Min(delta->u.sender.first_seen, received_at);
	delta->u.sender.last_seen = wa_later(delta->u.sender.last_seen, received_at);
	if (wa_str_given(display_phone) && delta->key.other.len > 0)
	{
		display_phone = batch_name(batch, wa_key_part(display_phone));
		if (wa_str_compare(display_phone, delta->u.sender.display_phone) > 0)
			delta->u.sender.display_phone = display_phone;
	}
	MemoryContextSwitchTo(old);
}

static int
compare_deltas(const void *a, const void *b)
{
	return wa_row_key_compare(&(*(wa_row_delta *const *) a)->key,
							  &(*(wa_row_delta *const *) b)->key);
}

wa_row_delta **
wa_event_batch_deltas(wa_event_batch *batch, wa_row_kind kind, int *n)
{
	wa_row_delta **deltas;
	slots_iterator iterator;
	wa_slot    *slot;

	*n = 0;
	if (batch->ndeltas[kind] == 0)
		return NULL;
	deltas = MemoryContextAllocHuge(batch->context, batch->ndeltas[kind] * sizeof(wa_row_delta *));
	slots_start_iterate(batch->slots, &iterator);
	while ((slot = slots_iterate(batch->slots, &iterator)) != NULL)
	{
		if (slot->key->kind == kind)
			deltas[(*n)++] = slot->delta;
	}
	qsort(deltas, *n, sizeof(wa_row_delta *), compare_deltas);
	return deltas;
}

static int
compare_events(const void *a, const void *b)
{
	const wa_consent_event *x = a;
	const wa_consent_event *y = b;
	int			order = wa_row_key_compare(&x->key, &y->key);

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
