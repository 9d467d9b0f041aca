/*-------------------------------------------------------------------------
 *
 * state_rows.c
 *	  The statements that merge row deltas into the state tables.
 *
 * Each merges by ON CONFLICT two rows with one key into one, by the same law as
 * event_deltas.c does in memory.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/category_oid.h"
#include "ingest/state_rows.h"
#include "report/columns.h"
#include "state/columns.h"
#include "state/ladder.h"

#define LATER(column) \
	"excluded." column " > COALESCE(o." column ", '-infinity')"
#define LATEST(column) \
	column " = GREATEST(o." column ", excluded." column ")"

static void
put_lock(wa_column *columns, const void *rows, int i)
{
	wa_put_str(&columns[0], ((const wa_str *) rows)[i]);
}

/*
 * A row that is there is locked and left as it is; a new one is locked by its
 * being new.  One pass for both keeps them in one order.
 */
wa_upsert_target wa_recipient_lock_target = {
	.insert = "INSERT INTO @extschema@.wa_recipient_lock AS o (recipient)",
	.types = "recipient",
	.conflict = "ON CONFLICT (recipient) DO UPDATE SET recipient = o.recipient WHERE false",
	.put = put_lock
};

static void
put_activity(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const wa_activity *activity = &delta->u.activity;

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.business);
	wa_put_str(&columns[2], delta->key.other);
	wa_put_str(&columns[3], activity->wa_id);
	wa_put_instant(&columns[4], activity->last_inbound_at);
	wa_put_instant(&columns[5], activity->last_delivered_at);
	wa_put_instant(&columns[6], activity->last_read_at);
	wa_put_instant(&columns[7], activity->last_marketing_delivered_at);
	wa_put_instant(&columns[8], activity->last_window_refused_at);
	wa_put_instant(&columns[9], activity->wa_id_at);
}

/*
 * By the key as far as an index can take it, as all below: a recipient may have rows of very many businesses and
 * senders.
 */
static bool
activity_is_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	const wa_str values[] = {delta->key.recipient, delta->key.business, delta->key.other};
	wa_activity_row row;

	wa_reader_seek_all(reader, values, lengthof(values));
	*exists = wa_reader_next(reader);
	if (!*exists)
		return false;
	wa_read_activity(reader, &row);
	return !wa_activity_merge(&row.activity, &delta->u.activity);
}

wa_upsert_target wa_activity_target = {
	.insert = "INSERT INTO @extschema@.wa_activity AS o"
	" (recipient, business, sender, wa_id, last_inbound_at, last_delivered_at, last_read_at,"
	" last_marketing_delivered_at, last_window_refused_at, wa_id_at)",
	.types = "recipient text text text timestamptz timestamptz timestamptz timestamptz timestamptz timestamptz",
	.conflict = "ON CONFLICT (recipient, business, sender) DO UPDATE SET "
	LATEST("last_inbound_at") ", " LATEST("last_delivered_at") ", " LATEST("last_read_at") ", "
	LATEST("last_marketing_delivered_at") ", " LATEST("last_window_refused_at") ", "
	LATEST("wa_id_at") ","
	" wa_id = CASE WHEN o.wa_id_at IS NULL"
	" OR (excluded.wa_id_at, excluded.wa_id) > (o.wa_id_at, o.wa_id)"
	" THEN excluded.wa_id ELSE o.wa_id END"
	" WHERE " LATER("last_inbound_at") " OR " LATER("last_delivered_at")
	" OR " LATER("last_read_at") " OR " LATER("last_marketing_delivered_at")
	" OR " LATER("last_window_refused_at")
	" OR (excluded.wa_id_at, excluded.wa_id) >"
	" (COALESCE(o.wa_id_at, '-infinity'), COALESCE(o.wa_id, ''))",
	.put = put_activity,
	.is_known = activity_is_known,
	.table = offsetof(wa_schema, activity)
};

static void
put_cooldown(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const wa_failures *failures = &delta->u.cooldown.failures;
	wa_column  *all_failures = &columns[7];
	wa_cooldown_end end = wa_ladder_evaluate(failures, delta->u.cooldown.lifted_at,
											 &delta->u.cooldown.policy, delta->key.business);
	int			before = wa_column_length(all_failures);

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.business);
	wa_put_int4(&columns[2], delta->key.number, false);
	wa_put_int4(&columns[3], before + 1, false);
	wa_put_int4(&columns[4], before + failures->n, false);
	wa_put_instant(&columns[5], delta->u.cooldown.lifted_at);
	wa_put_int4(&columns[6], end.strikes, false);
	for (int j = 0; j < failures->n; j++)
		wa_put_instant(all_failures, failures->at[j]);
	wa_put_instant(&columns[8], end.until);
}

static void
seek_business(wa_reader *reader, const wa_row_delta *delta)
{
	const wa_str values[] = {delta->key.recipient, delta->key.business};

	wa_reader_seek_all(reader, values, lengthof(values));
}

static bool
failures_are_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	seek_business(reader, delta);
	while (wa_reader_next(reader))
	{
		wa_failures failures;

		if (wa_reader_int(reader, Anum_wa_cooldown_code) != delta->key.number)
			continue;
		wa_read_failures(reader, &failures);
		return !wa_failures_merge(&failures, &delta->u.cooldown.failures);
	}
	return false;
}

wa_upsert_target wa_cooldown_target = {
	.insert = "INSERT INTO @extschema@.wa_cooldown AS o"
	" (recipient, business, code, failures, lifted_at, strikes, until)",
	.types = "recipient text int4 int4 int4 timestamptz int4 timestamptz[] timestamptz",
	.values = "p1, p2, p3, ($8)[p4:p5], p6, p7, p9",
	.conflict = "ON CONFLICT (recipient, business, code) DO UPDATE SET"
	" (failures, lifted_at, strikes, until) ="
	" (SELECT m.merged_failures, m.merged_lifted_at, m.strikes, m.until"
	" FROM @extschema@.wa__cooldown_merge(o.code, o.business, o.failures, o.lifted_at,"
	" excluded.failures, excluded.lifted_at) AS m)"
	" WHERE " LATER("lifted_at") " OR NOT o.failures @> excluded.failures",
	.put = put_cooldown,
	.is_known = failures_are_known,
	.table = offsetof(wa_schema, cooldown)
};

static void
put_delivery(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const wa_deliveries *deliveries = &delta->u.deliveries;
	const char *category = wa_category_name(delta->key.number);
	int			before = wa_column_length(&columns[5]);

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.business);
	wa_put_str(&columns[2], wa_str_from(category));
	wa_put_int4(&columns[3], before + 1, false);
	wa_put_int4(&columns[4], before + deliveries->n, false);
	for (int j = 0; j < deliveries->n; j++)
	{
		wa_put_instant(&columns[5], deliveries->at[j].at);
		wa_put_int4(&columns[6], deliveries->at[j].message, false);
	}
}

static bool
deliveries_are_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	seek_business(reader, delta);
	while (wa_reader_next(reader))
	{
		if (wa_reader_category(reader, Anum_wa_delivery_category) == delta->key.number)
			return wa_row_has_deliveries(reader, &delta->u.deliveries);
	}
	return false;
}

wa_upsert_target wa_delivery_target = {
	.insert = "INSERT INTO @extschema@.wa_delivery AS o"
	" (recipient, business, category, deliveries, messages)",
	.types = "recipient text text int4 int4 timestamptz[] int4[]",
	.values = "p1, p2, p3::@extschema@.wa_category, ($6)[p4:p5], ($7)[p4:p5]",
	.conflict = "ON CONFLICT (recipient, business, category) DO UPDATE SET (deliveries, messages) ="
	" (SELECT m.merged_deliveries, m.merged_messages"
	" FROM @extschema@.wa__delivery_merge(o.deliveries, o.messages,"
	" excluded.deliveries, excluded.messages) AS m)",
	.put = put_delivery,
	.is_known = deliveries_are_known,
	.table = offsetof(wa_schema, delivery)
};

/* A subquery for all the columns at once would be dearer than asking again. */
#define LATER_EVENT \
	"(excluded.at, excluded.state, excluded.origin, COALESCE(excluded.code, 0)," \
	" excluded.sender, excluded.message_id)" \
	" > (o.at, o.state, o.origin, COALESCE(o.code, 0), o.sender, o.message_id)"
#define OF_LATER_EVENT(column) \
	column " = CASE WHEN " LATER_EVENT " THEN excluded." column " ELSE o." column " END"

static wa_str
state_name(bool stop)
{
	return stop ? WA_STR("stop") : WA_STR("resume");
}

static void
put_consent(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const wa_consent *consent = &delta->u.consent;

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.business);
	wa_put_str(&columns[2], wa_register_name(delta->key.number));
	wa_put_str(&columns[3], state_name(wa_consent_stopped(consent)));
	wa_put_instant(&columns[4], wa_consent_at(consent));
	wa_put_str(&columns[5], consent->origin);
	wa_put_int4(&columns[6], consent->code, consent->code == 0);
	wa_put_str(&columns[7], consent->sender);
	wa_put_str(&columns[8], consent->message_id);
	wa_put_instant(&columns[9], consent->stopped_at);
	wa_put_instant(&columns[10], consent->resumed_at);
}

wa_upsert_target wa_consent_target = {
	.insert = "INSERT INTO @extschema@.wa_consent AS o"
	" (recipient, business, register, state, at, origin, code, sender, message_id,"
	" stopped_at, resumed_at)",
	.types = "recipient text text text timestamptz text int4 text text timestamptz timestamptz",
	.conflict = "ON CONFLICT (recipient, business, register) DO UPDATE SET "
	LATEST("stopped_at") ", " LATEST("resumed_at") ", "
	OF_LATER_EVENT("state") ", " OF_LATER_EVENT("at") ", " OF_LATER_EVENT("origin") ", "
	OF_LATER_EVENT("code") ", " OF_LATER_EVENT("sender") ", " OF_LATER_EVENT("message_id")
	" WHERE " LATER("stopped_at") " OR " LATER("resumed_at") " OR " LATER_EVENT,
	.put = put_consent
};

static void
put_consent_event(wa_column *columns, const void *rows, int i)
{
	const wa_consent_event *event = &((const wa_consent_event *) rows)[i];

	wa_put_str(&columns[0], event->key.recipient);
	wa_put_str(&columns[1], event->key.business);
	wa_put_str(&columns[2], wa_register_name(event->key.number));
	wa_put_str(&columns[3], state_name(event->stop));
	wa_put_instant(&columns[4], event->at);
	wa_put_str(&columns[5], event->origin);
	wa_put_int4(&columns[6], event->code, event->code == 0);
	wa_put_str(&columns[7], event->sender);
	wa_put_str(&columns[8], event->message_id);
	wa_put_str(&columns[9], event->also_named);
	wa_put_str(&columns[10], event->evidence);
	wa_put_int8(&columns[11], event->webhook_id, event->webhook_id == 0);
}

wa_upsert_target wa_consent_log_target = {
	.insert = "INSERT INTO @extschema@.wa_consent_log"
	" (recipient, business, register, state, at, origin, code, sender, message_id,"
	" also_named, evidence, webhook_id)",
	.types = "recipient text text text timestamptz text int4 text text text text int8",
	.conflict = "ON CONFLICT (recipient, business, register, at, state, origin, COALESCE(code, 0), sender,"
	" message_id, also_named, pg_catalog.hashtextextended(evidence COLLATE \"C\", 0)) DO NOTHING",
	.put = put_consent_event
};

static void
put_change(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_instant(&columns[2], delta->u.change.at);
	wa_put_instant(&columns[3], delta->u.change.first_at);
	wa_put_str(&columns[4], delta->u.change.origin);
	wa_put_str(&columns[5], delta->u.change.message_id);
}

#define LATER_CHANGE \
	"(excluded.at, excluded.origin, excluded.message_id)" \
	" > (COALESCE(o.at, '-infinity'), o.origin, o.message_id)"
#define OF_LATER_CHANGE(column) \
	column " = CASE WHEN " LATER_CHANGE " THEN excluded." column " ELSE o." column " END"

/* unlinked_at is not written here: it is an operator's (operator/unlink.c). */
wa_upsert_target wa_change_target = {
	.insert = "INSERT INTO @extschema@.wa_identity_change AS o"
	" (recipient, other, at, first_at, origin, message_id)",
	.types = "recipient recipient timestamptz timestamptz text text",
	.conflict = "ON CONFLICT (recipient, other) DO UPDATE SET"
	" first_at = LEAST(o.first_at, excluded.first_at), "
	OF_LATER_CHANGE("at") ", " OF_LATER_CHANGE("origin") ", " OF_LATER_CHANGE("message_id")
	" WHERE " LATER_CHANGE " OR excluded.first_at < o.first_at",
	.put = put_change
};

static wa_str
category_name(int category)
{
	const char *name = category == WA_CATEGORY_UNKNOWN ? NULL : wa_category_name(category);

	return wa_str_from(name);
}

static void
put_message(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const wa_message *message = &delta->u.message;

	wa_put_str(&columns[0], delta->key.other);
	wa_put_str(&columns[1], message->recipient);
	wa_put_str(&columns[2], message->business);
	wa_put_str(&columns[3], message->sender);
	wa_put_str(&columns[4], category_name(message->category));
	wa_put_instant(&columns[5], message->sent_at);
	wa_put_instant(&columns[6], message->delivered_at);
	wa_put_instant(&columns[7], message->read_at);
	wa_put_instant(&columns[8], message->failed_at);
	wa_put_int4(&columns[9], message->code, message->code == 0);
	wa_put_str(&columns[10], delta->key.recipient);
}

static wa_instant
or_forever(wa_instant at)
{
	return at == WA_NEVER ? WA_FOREVER : at;
}

static int
read_category(wa_reader *reader, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, column, &isnull);

	return isnull ? WA_CATEGORY_UNKNOWN : (int) wa_category_from_oid(DatumGetObjectId(value));
}

static void
read_message(wa_reader *reader, wa_message *message)
{
	*message = WA_NO_MESSAGE;
	message->recipient = wa_reader_str(reader, Anum_wa_message_recipient);
	message->business = wa_reader_str(reader, Anum_wa_message_business);
	message->sender = wa_reader_str(reader, Anum_wa_message_sender);
	message->category = read_category(reader, Anum_wa_message_category);
	message->code = wa_reader_int(reader, Anum_wa_message_code);
	message->sent_at = or_forever(wa_reader_instant(reader, Anum_wa_message_sent_at));
	message->delivered_at = or_forever(wa_reader_instant(reader, Anum_wa_message_delivered_at));
	message->read_at = or_forever(wa_reader_instant(reader, Anum_wa_message_read_at));
	message->failed_at = or_forever(wa_reader_instant(reader, Anum_wa_message_failed_at));
}

static bool
message_is_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	const wa_str values[] = {delta->key.other, delta->key.recipient};
	wa_message	row;

	wa_reader_seek_all(reader, values, lengthof(values));
	if (!wa_reader_next(reader))
		return false;
	read_message(reader, &row);
	return !wa_message_merge(&row, &delta->u.message);
}

/*
 * Minima of instants; of several failures the first, of that with the lowest code; of
 * identifiers the lowest, which is a phone where one was named; of names the greatest, so
 * that '' gives way.  wa_sent merges by the same law.
 */
#define FIRST_FAILURE \
	"(excluded.failed_at, COALESCE(excluded.code, 0))" \
	" < (COALESCE(o.failed_at, 'infinity'), COALESCE(o.code, 0))"

wa_upsert_target wa_message_target = {
	.insert = "INSERT INTO @extschema@.wa_message AS o"
	" (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at,"
	" failed_at, code, participant)",
	.types = "text recipient text text text timestamptz timestamptz timestamptz timestamptz int4 text",
	.values = "p1, p2, p3, p4, p5::@extschema@.wa_category, p6, p7, p8, p9, p10, p11",
	.conflict = "ON CONFLICT (message_id, participant) DO UPDATE SET"
	" recipient = LEAST(o.recipient, excluded.recipient),"
	" business = GREATEST(o.business, excluded.business),"
	" sender = GREATEST(o.sender, excluded.sender),"
	" category = LEAST(o.category, excluded.category),"
	" sent_at = LEAST(o.sent_at, excluded.sent_at),"
	" delivered_at = LEAST(o.delivered_at, excluded.delivered_at),"
	" read_at = LEAST(o.read_at, excluded.read_at),"
	" code = CASE WHEN " FIRST_FAILURE " THEN excluded.code ELSE o.code END,"
	" failed_at = LEAST(o.failed_at, excluded.failed_at)",
	.put = put_message,
	.is_known = message_is_known,
	.table = offsetof(wa_schema, message)
};
