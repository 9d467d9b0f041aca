/*-------------------------------------------------------------------------
 *
 * event_deltas.c
 *	  Which row deltas each kind of event makes, and how it merges into them.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/encode.h"
#include "events/interpret.h"
#include "ingest/event_batch.h"
#include "recipient/region.h"
#include "report/settings.h"
#include "state/hold.h"

static void
add_activity(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	wa_row_key	key = {WA_ROW_ACTIVITY, 0, wa_canonical_str(&event->ids[0]), business, sender};
	wa_activity seen = WA_NO_ACTIVITY;
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);
	wa_activity *activity = &delta->u.activity;

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

	/* A failure does not prove the wa_id: the number may be a guess. */
	if (event->wa_id.len > 0 && event->kind != WA_EVENT_WINDOW_REFUSED)
	{
		seen.wa_id_at = event->at;
		seen.wa_id = wa_canonical_str(&event->wa_id);
	}

	/* Nearly always WhatsApp writes it as we do. */
	if (wa_activity_merge(activity, &seen) && activity->wa_id.data == event->wa_id.text)
		activity->wa_id = wa_str_equal(activity->wa_id, delta->key.recipient) ?
			delta->key.recipient : wa_str_copy(activity->wa_id);
}

/* Initial size of a set; a statement seldom has more. */
#define WA_FEW_DELIVERIES 2

static void
add_delivery(wa_event_batch *batch, const wa_event *event, wa_str business)
{
	wa_row_key	key = {WA_ROW_DELIVERY, event->category, wa_canonical_str(&event->ids[0]),
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
add_failure(wa_event_batch *batch, const wa_event *event, wa_str business)
{
	wa_row_key	key = {WA_ROW_COOLDOWN, event->code, wa_canonical_str(&event->ids[0]),
	business, {"", 0}};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.cooldown.policy = event->policy;
	wa_failures_add(&delta->u.cooldown.failures, event->at);
}

/* All identifiers that the event names, except its home, separated by blanks. */
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
	return wa_str_of(names, len);
}

static void
add_consent(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender,
			int64 webhook_id)
{
	wa_row_key	key = {WA_ROW_CONSENT, event->reg, wa_canonical_str(&event->ids[0]), business, {"", 0}};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);
	wa_consent_event *entry = wa_event_batch_new_consent_event(batch);
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
 * Link each identifier that one element named with the next, in the order phone, BSUID,
 * parent.
 */
static void
add_sightings(wa_event_batch *batch, const wa_event *event, const wa_canonical *ids, int nids,
			  wa_str business)
{
	for (int i = 0; i + 1 < nids; i++)
	{
		wa_row_key	key = {WA_ROW_SIGHTING, 0, wa_canonical_str(&ids[i]), business,
		wa_canonical_str(&ids[i + 1])};
		wa_row_delta *delta = wa_event_batch_delta(batch, &key);

		delta->u.sighting.first_seen_at = Min(delta->u.sighting.first_seen_at, event->at);
		delta->u.sighting.last_seen_at = wa_later(delta->u.sighting.last_seen_at, event->at);
	}
}

/*
 * Which old identifier was replaced by which new one?  The first pair of the same kind: a phone
 * that is named together with an old and a new BSUID is not left.  Without such a pair, the
 * home of the old ones was replaced by the home of the new ones.
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
 * The earliest time; and the latest one, of several changes then with the greater origin, then the
 * greater message id.
 */
static void
add_change(wa_event_batch *batch, const wa_event *event)
{
	const wa_canonical *from;
	const wa_canonical *to;
	wa_row_key	key = {WA_ROW_CHANGE, 0, {"", 0}, {"", 0}, {"", 0}};
	wa_row_delta *delta;
	wa_str		origin = wa_to_database(event->origin);
	wa_str		message_id = wa_to_database(event->message_id);
	int			order;

	find_changed(event, &from, &to);
	key.recipient = wa_canonical_str(from);
	key.other = wa_canonical_str(to);
	if (wa_str_equal(key.recipient, key.other))
		return;
	delta = wa_event_batch_delta(batch, &key);
	delta->u.change.first_at = Min(delta->u.change.first_at, event->at);
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

/* The region of the event's recipient, which it may not have. */
static wa_str
region_of(const wa_event *event, char *buf)
{
	const char *region = event->nids == 0 ? NULL :
		wa_region_of(event->ids[0].text, event->ids[0].len, buf);

	if (region == NULL)
		return WA_STR(WA_REGION_UNKNOWN);
	return wa_str_from(region);
}

/* Compare masks in the order that SQL has for arrays of these categories. */
static int
compare_categories(uint8 a, uint8 b)
{
	uint8		differing = a ^ b;
	uint8		first = differing & -differing;
	uint8		behind = ~(first | (first - 1));

	if (differing == 0)
		return 0;
	/* The mask with the first differing bit is less, unless the other one ends there. */
	if (a & first)
		return (b & behind) ? -1 : 1;
	return (a & behind) ? 1 : -1;
}

/* The end of the second that has begun; WA_FOREVER has none. */
static wa_instant
end_of_second(wa_instant t)
{
	return wa_cut(t, WA_SECOND) == t ? t : wa_after(wa_cut(t, WA_SECOND), WA_SECOND);
}

/*
 * Of several holds that begin at the same time the longest is stored, then the one with the
 * greater categories.  An error counts at the end of its second: a sender that exceeds its
 * throughput gets hundreds of errors within one second, and these need not all write the same
 * row.  At the end, so that no sign of life from before an error ends its hold.
 */
static void
add_hold(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
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

/* A message that was sent or delivered proves that its sender may send such messages there. */
static void
add_life(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	char		buf[3];
	wa_row_key	key = {WA_ROW_LIFE, event->category, region_of(event, buf), business, sender};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.alive_at = wa_later(delta->u.alive_at, event->at);
}

/* Compare two values with their times: the later one is greater, then the greater text. */
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

/* Compare two categories with their times: of the same time, marketing is greater. */
static int
compare_category(wa_instant at, wa_str told, wa_instant that_at, wa_str that)
{
	int			order = at == that_at ?
		(int) is_marketing(told) - (int) is_marketing(that) : 0;

	return order != 0 ? order : compare_told(at, told, that_at, that);
}

/*
 * Status, category, announced category and quality are merged separately: a status that repeats
 * the category does not cancel an announced one.  Of two statuses at the same time one that
 * blocks wins, of two categories marketing; else the greater text.
 */
static void
add_template(wa_event_batch *batch, const wa_event *event, wa_str business)
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

/* Is the event about the fate of a message with an id, and is the message log on? */
static bool
is_of_message(const wa_event *event)
{
	return (event->kind == WA_EVENT_SENT || event->kind == WA_EVENT_RECEIPT ||
			event->kind == WA_EVENT_FAILED) &&
		event->nids > 0 && event->message_id.len > 0 && wa_message_log;
}

static void
add_message(wa_event_batch *batch, const wa_event *event, wa_str business, wa_str sender)
{
	wa_str		home = wa_canonical_str(&event->ids[0]);
	wa_str		id = wa_to_database(event->message_id);
	wa_row_key	key = {WA_ROW_MESSAGE, 0, event->participant ? home : WA_STR(""), {"", 0}, id};
	wa_message *message = &wa_event_batch_delta(batch, &key)->u.message;
	wa_message	seen = WA_NO_MESSAGE;

	pfree(unconstify(char *, id.data));
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
		message->recipient = wa_str_copy(home);
}

void
wa_event_batch_add(wa_event_batch *batch, const wa_event *event, int64 webhook_id)
{
	MemoryContext old = MemoryContextSwitchTo(wa_event_batch_context(batch));
	wa_str		business = wa_event_batch_name(batch, event->business);
	wa_str		sender = wa_event_batch_name(batch, event->sender);

	switch (event->kind)
	{
		case WA_EVENT_RECEIPT:
			if (!event->read)	/* which may be long after the sending */
				add_life(batch, event, business, sender);
			if (event->category != WA_CATEGORY_UNKNOWN)
				add_delivery(batch, event, business);
			/* FALLTHROUGH */
		case WA_EVENT_INBOUND:
		case WA_EVENT_WINDOW_REFUSED:
			add_activity(batch, event, business, sender);
			break;
		case WA_EVENT_FAILURE:
			add_failure(batch, event, business);
			break;
		case WA_EVENT_CONSENT:
			add_consent(batch, event, business, sender, webhook_id);
			break;
		case WA_EVENT_SIGHTING:
			add_sightings(batch, event, event->ids, event->nids, business);
			break;
		case WA_EVENT_CHANGE:
			add_change(batch, event);
			add_sightings(batch, event, event->ids, event->nids, business);
			add_sightings(batch, event, event->to, event->nto, business);
			break;
		case WA_EVENT_SENT:
			add_life(batch, event, business, sender);
			break;
		case WA_EVENT_TEMPLATE:
			add_template(batch, event, business);
			break;
		case WA_EVENT_HOLD:
		case WA_EVENT_LIFT:
			add_hold(batch, event, business, sender);
			break;
		case WA_EVENT_FAILED:
			break;
	}
	if (is_of_message(event))
		add_message(batch, event, business, sender);
	MemoryContextSwitchTo(old);
}

void
wa_event_batch_add_sender(wa_event_batch *batch, wa_str business, wa_str sender,
						  wa_str display_phone, wa_instant received_at)
{
	MemoryContext old = MemoryContextSwitchTo(wa_event_batch_context(batch));
	wa_row_key	key = {WA_ROW_SENDER, 0, {"", 0}, wa_event_batch_name(batch, wa_key_part(business)),
	wa_event_batch_name(batch, wa_key_part(sender))};
	wa_row_delta *delta = wa_event_batch_delta(batch, &key);

	delta->u.sender.first_seen = Min(delta->u.sender.first_seen, received_at);
	delta->u.sender.last_seen = wa_later(delta->u.sender.last_seen, received_at);
	if (wa_str_given(display_phone) && delta->key.other.len > 0)
	{
		display_phone = wa_event_batch_name(batch, wa_key_part(display_phone));
		if (wa_str_compare(display_phone, delta->u.sender.display_phone) > 0)
			delta->u.sender.display_phone = display_phone;
	}
	MemoryContextSwitchTo(old);
}
