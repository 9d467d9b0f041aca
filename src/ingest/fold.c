/*-------------------------------------------------------------------------
 *
 * fold.c
 *	  Folding events per key, in memory.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "common/encode.h"
#include "ingest/fold.h"

typedef struct wa_slot
{
	const wa_cell_key *key;		/* the cell's own */
	wa_cell    *cell;
	uint32		hash;
	char		status;
} wa_slot;

static uint32
key_hash(const wa_cell_key *key)
{
	uint32		hash = hash_bytes((const unsigned char *) key->recipient.data,
								  key->recipient.len);

	hash = hash_combine(hash, hash_bytes_uint32((uint32) key->kind << 28 ^
												(uint32) key->number));
	if (key->business.len > 0)
		hash = hash_combine(hash, hash_bytes((const unsigned char *) key->business.data,
											 key->business.len));
	if (key->other.len > 0)
		hash = hash_combine(hash, hash_bytes((const unsigned char *) key->other.data,
											 key->other.len));
	return hash;
}

static bool
key_equal(const wa_cell_key *a, const wa_cell_key *b)
{
	return a->kind == b->kind && wa_cell_key_compare(a, b) == 0;
}

#define SH_PREFIX		slots
#define SH_ELEMENT_TYPE	wa_slot
#define SH_KEY_TYPE		const wa_cell_key *
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	key_hash(key)
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

struct wa_fold
{
	MemoryContext context;
	slots_hash *slots;
	int			ncells[WA_CELL_KINDS];
	int			nevents;
	int			max_events;
	wa_consent_event *events;
	int			nnames;
	wa_str		written[WA_NAMES];	/* as payloads write it */
	wa_str		names[WA_NAMES];	/* as this database writes it */
};

wa_fold *
wa_fold_make(MemoryContext context)
{
	wa_fold    *fold = MemoryContextAllocZero(context, sizeof(wa_fold));

	fold->context = context;
	fold->slots = slots_create(context, 8, NULL);
	return fold;
}

int
wa_cell_key_compare(const wa_cell_key *a, const wa_cell_key *b)
{
	int			order;

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
name(wa_fold *fold, wa_str utf8)
{
	wa_str		made;

	if (utf8.len == 0)
		return WA_STR("");
	for (int i = 0; i < fold->nnames; i++)
	{
		if (wa_str_equal(fold->written[i], utf8))
			return fold->names[i];
	}
	made = wa_to_database(utf8);
	if (fold->nnames < WA_NAMES)
	{
		fold->written[fold->nnames].data = pnstrdup(utf8.data, utf8.len);
		fold->written[fold->nnames].len = utf8.len;
		fold->names[fold->nnames++] = made;
	}
	return made;
}

wa_cell *
wa_fold_cell(wa_fold *fold, const wa_cell_key *key)
{
	MemoryContext old;
	bool		found;
	wa_slot    *slot = slots_insert(fold->slots, key, &found);
	wa_cell    *cell;

	if (found)
		return slot->cell;

	old = MemoryContextSwitchTo(fold->context);
	cell = palloc(sizeof(wa_cell));
	cell->key = *key;
	cell->key.recipient.data = pnstrdup(key->recipient.data, key->recipient.len);
	cell->key.business.data = pnstrdup(key->business.data, key->business.len);
	cell->key.other.data = pnstrdup(key->other.data, key->other.len);
	switch (key->kind)
	{
		case WA_CELL_ACTIVITY:
			cell->u.activity = WA_NO_ACTIVITY;
			break;
		case WA_CELL_COOLDOWN:
			cell->u.cooldown.failures.n = 0;
			cell->u.cooldown.lifted_at = WA_NEVER;
			break;
		case WA_CELL_CONSENT:
			memset(&cell->u.consent, 0, sizeof(wa_consent));
			cell->u.consent.stopped_at = WA_NEVER;
			cell->u.consent.resumed_at = WA_NEVER;
			break;
		case WA_CELL_LINK:
			memset(&cell->u.link, 0, sizeof(cell->u.link));
			cell->u.link.link = WA_NO_LINK;
			cell->u.link.origin = WA_STR("");
			cell->u.link.message_id = WA_STR("");
			break;
	}
	MemoryContextSwitchTo(old);

	slot->key = &cell->key;
	slot->cell = cell;
	fold->ncells[key->kind]++;
	return cell;
}

static wa_str
recipient_of(const wa_canonical *id)
{
	return (wa_str)
	{
		id->text, id->len
	};
}

static void
fold_activity(wa_fold *fold, const wa_event *event, wa_str recipient,
			  wa_str business, wa_str sender)
{
	wa_cell_key key = {WA_CELL_ACTIVITY, 0, recipient, business, sender};
	wa_activity seen = WA_NO_ACTIVITY;
	wa_activity *activity = &wa_fold_cell(fold, &key)->u.activity;

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
		seen.wa_id = recipient_of(&event->wa_id);
	}

	if (wa_activity_merge(activity, &seen) && activity->wa_id.data == event->wa_id.text)
		activity->wa_id.data = pnstrdup(event->wa_id.text, event->wa_id.len);
}

/*
 * Where a word came from, in the column of that name.  The code of a failure
 * goes into the text until it has a column of its own.
 */
static wa_str
fold_origin(const wa_event *event)
{
	char	   *text;

	if (event->code == 0)
		return wa_to_database(event->origin);
	text = psprintf("error %d", event->code);
	return (wa_str)
	{
		text, strlen(text)
	};
}

static void
fold_consent(wa_fold *fold, const wa_event *event, wa_str recipient,
			 wa_str business, wa_str sender, int64 webhook_id)
{
	wa_cell_key key = {WA_CELL_CONSENT, event->reg, recipient, business, {"", 0}};
	wa_cell    *cell = wa_fold_cell(fold, &key);
	wa_consent	word;
	wa_consent_event *entry;

	word.stopped_at = event->stop ? event->at : WA_NEVER;
	word.resumed_at = event->stop ? WA_NEVER : event->at;
	word.origin = fold_origin(event);
	word.sender = sender;
	word.message_id = wa_to_database(event->message_id);
	wa_consent_merge(&cell->u.consent, &word);

	if (fold->nevents == fold->max_events)
	{
		fold->max_events = Max(16, 2 * fold->max_events);
		fold->events = fold->events == NULL ?
			palloc(fold->max_events * sizeof(wa_consent_event)) :
			repalloc_huge(fold->events, fold->max_events * sizeof(wa_consent_event));
	}
	entry = &fold->events[fold->nevents++];
	entry->key = cell->key;
	entry->at = event->at;
	entry->stop = event->stop;
	entry->origin = word.origin;
	entry->sender = sender;
	entry->message_id = word.message_id;
	entry->evidence = wa_to_database(event->evidence);
	entry->webhook_id = webhook_id;
}

/*
 * One sighting of a link.  Of the earliest sightings at one instant the one
 * with the lesser origin and message id stands in the row.
 */
static void
fold_link(wa_fold *fold, const wa_event *event, const wa_canonical *a,
		  const wa_canonical *b, wa_link_kind kind)
{
	wa_cell_key key = {WA_CELL_LINK, kind, recipient_of(a), {"", 0}, recipient_of(b)};
	wa_cell    *cell;
	wa_link    *link;
	int			order;

	order = wa_str_compare(key.recipient, key.other);
	if (order == 0)
		return;
	if (kind == WA_LINK_SIGHTING && order > 0)
	{
		key.recipient = recipient_of(b);
		key.other = recipient_of(a);
	}

	cell = wa_fold_cell(fold, &key);
	link = &cell->u.link.link;
	if (event->at < link->first_seen_at ||
		(event->at == link->first_seen_at &&
		 ((order = wa_str_compare(event->origin, cell->u.link.origin)) < 0 ||
		  (order == 0 && wa_str_compare(event->message_id, cell->u.link.message_id) < 0))))
	{
		link->first_seen_at = event->at;
		cell->u.link.origin = wa_to_database(event->origin);
		cell->u.link.message_id = wa_to_database(event->message_id);
	}
	link->last_seen_at = wa_later(link->last_seen_at, event->at);
}

/*
 * A change goes from phone to phone and from BSUID to BSUID; across kinds only
 * where there is no pair of one kind.
 */
static void
fold_change(wa_fold *fold, const wa_event *event)
{
	bool		paired = false;

	for (int pass = 0; pass < 2 && !paired; pass++)
	{
		for (int i = 0; i < event->nids; i++)
		{
			for (int j = 0; j < event->nto; j++)
			{
				if (pass == 0 &&
					wa_id_kind_of(&event->ids[i]) != wa_id_kind_of(&event->to[j]))
					continue;
				fold_link(fold, event, &event->ids[i], &event->to[j], WA_LINK_CHANGE);
				paired = true;
			}
		}
	}
}

static void
fold_sighting(wa_fold *fold, const wa_event *event)
{
	for (int i = 0; i < event->nids; i++)
	{
		for (int j = i + 1; j < event->nids; j++)
			fold_link(fold, event, &event->ids[i], &event->ids[j], WA_LINK_SIGHTING);
	}
}

void
wa_fold_event(wa_fold *fold, const wa_event *event, int64 webhook_id)
{
	MemoryContext old = MemoryContextSwitchTo(fold->context);
	wa_str		business = name(fold, event->business);
	wa_str		sender = name(fold, event->sender);

	if (event->kind == WA_EVENT_SIGHTING)
		fold_sighting(fold, event);
	else if (event->kind == WA_EVENT_CHANGE)
		fold_change(fold, event);

	for (int i = 0; i < event->nids; i++)
	{
		wa_str		recipient = recipient_of(&event->ids[i]);

		switch (event->kind)
		{
			case WA_EVENT_RECEIPT:
			case WA_EVENT_INBOUND:
			case WA_EVENT_WINDOW_REFUSED:
				fold_activity(fold, event, recipient, business, sender);
				break;
			case WA_EVENT_FAILURE:
				{
					wa_cell_key key = {WA_CELL_COOLDOWN, event->code, recipient,
					business, {"", 0}};
					wa_cell    *cell = wa_fold_cell(fold, &key);

					cell->u.cooldown.policy = event->policy;
					wa_failures_add(&cell->u.cooldown.failures, event->at);
					break;
				}
			case WA_EVENT_CONSENT:
				fold_consent(fold, event, recipient, business, sender, webhook_id);
				break;
			case WA_EVENT_SENT: /* has no recipient */
			case WA_EVENT_SIGHTING:
			case WA_EVENT_CHANGE:
				break;
		}
	}
	MemoryContextSwitchTo(old);
}

static int
compare_cells(const void *a, const void *b)
{
	return wa_cell_key_compare(&(*(wa_cell *const *) a)->key, &(*(wa_cell *const *) b)->key);
}

wa_cell **
wa_fold_cells(wa_fold *fold, wa_cell_kind kind, int *n)
{
	wa_cell   **cells;
	slots_iterator iterator;
	wa_slot    *slot;

	*n = 0;
	if (fold->ncells[kind] == 0)
		return NULL;
	cells = MemoryContextAllocHuge(fold->context, fold->ncells[kind] * sizeof(wa_cell *));
	slots_start_iterate(fold->slots, &iterator);
	while ((slot = slots_iterate(fold->slots, &iterator)) != NULL)
	{
		if (slot->key->kind == kind)
			cells[(*n)++] = slot->cell;
	}
	qsort(cells, *n, sizeof(wa_cell *), compare_cells);
	return cells;
}

static int
compare_events(const void *a, const void *b)
{
	const wa_consent_event *x = a;
	const wa_consent_event *y = b;
	int			order = wa_cell_key_compare(&x->key, &y->key);

	if (order != 0)
		return order;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->stop != y->stop)
		return x->stop ? 1 : -1;
	if ((order = wa_str_compare(x->origin, y->origin)) != 0)
		return order;
	if ((order = wa_str_compare(x->sender, y->sender)) != 0)
		return order;
	if ((order = wa_str_compare(x->message_id, y->message_id)) != 0)
		return order;
	return wa_str_compare(x->evidence, y->evidence);
}

wa_consent_event *
wa_fold_consent_events(wa_fold *fold, int *n)
{
	*n = fold->nevents;
	if (*n > 1)
		qsort(fold->events, *n, sizeof(wa_consent_event), compare_events);
	return fold->events;
}
