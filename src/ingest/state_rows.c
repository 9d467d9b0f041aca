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

#include "catalog/pg_type_d.h"

#include "base/category_oid.h"
#include "ingest/event_batch.h"
#include "ingest/state_rows.h"
#include "state/ladder.h"

/*
 * Everything in the texts below is qualified but unnest with several arrays:
 * the parser takes that word for pg_catalog's, whatever the search path.
 */

#define LATER(column) \
	"excluded." column " > COALESCE(o." column ", '-infinity')"
#define LATEST(column) \
	column " = GREATEST(o." column ", excluded." column ")"

/*
 * A row that is there is locked and left as it is; a new one is locked by its
 * being new.  One pass for both keeps them in one order.
 */
#define LOCK_RECIPIENTS(rows) \
	"INSERT INTO @extschema@.wa_recipient_lock AS o (recipient) " rows \
	" ON CONFLICT (recipient) DO UPDATE SET recipient = o.recipient WHERE false"

static wa_statement lock_recipients = {
	LOCK_RECIPIENTS("SELECT r FROM pg_catalog.unnest($1) AS r"), "recipient[]", NULL, 0
};

static wa_statement lock_recipient = {
	LOCK_RECIPIENTS("VALUES ($1)"), "recipient", NULL, 0
};

#define MERGE_ACTIVITY(rows) \
	"INSERT INTO @extschema@.wa_activity AS o" \
	" (recipient, business, sender, wa_id, last_inbound_at, last_delivered_at, last_read_at," \
	" last_marketing_delivered_at, last_window_refused_at, wa_id_at)" rows \
	" ON CONFLICT (recipient, business, sender) DO UPDATE SET " \
	LATEST("last_inbound_at") ", " LATEST("last_delivered_at") ", " LATEST("last_read_at") ", " \
	LATEST("last_marketing_delivered_at") ", " LATEST("last_window_refused_at") ", " \
	LATEST("wa_id_at") "," \
	" wa_id = CASE WHEN o.wa_id_at IS NULL" \
	" OR (excluded.wa_id_at, excluded.wa_id) > (o.wa_id_at, o.wa_id)" \
	" THEN excluded.wa_id ELSE o.wa_id END" \
	" WHERE " LATER("last_inbound_at") " OR " LATER("last_delivered_at") \
	" OR " LATER("last_read_at") " OR " LATER("last_marketing_delivered_at") \
	" OR " LATER("last_window_refused_at") \
	" OR (excluded.wa_id_at, excluded.wa_id) >" \
	" (COALESCE(o.wa_id_at, '-infinity'), COALESCE(o.wa_id, ''))"

static wa_statement merge_activities = {
	MERGE_ACTIVITY(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient[] text[] text[] text[] timestamptz[] timestamptz[] timestamptz[] timestamptz[]"
	" timestamptz[] timestamptz[]", NULL, 0
};

static wa_statement merge_activity = {
	MERGE_ACTIVITY(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient text text text timestamptz timestamptz timestamptz timestamptz"
	" timestamptz timestamptz", NULL, 0
};

#define MERGE_COOLDOWN(rows) \
	"INSERT INTO @extschema@.wa_cooldown AS o" \
	" (recipient, business, code, failures, lifted_at, strikes, until)" rows \
	" ON CONFLICT (recipient, business, code) DO UPDATE SET" \
	" (failures, lifted_at, strikes, until) =" \
	" (SELECT m.merged_failures, m.merged_lifted_at, m.strikes, m.until" \
	" FROM @extschema@.wa__cooldown_merge(o.code, o.business, o.failures, o.lifted_at," \
	" excluded.failures, excluded.lifted_at) AS m)" \
	" WHERE " LATER("lifted_at") " OR NOT o.failures @> excluded.failures"

static wa_statement merge_cooldowns = {
	MERGE_COOLDOWN(" SELECT recipient, business, code, ($8)[first:last], lifted_at, strikes, until"
				   " FROM unnest($1, $2, $3, $4, $5, $6, $7, $9)"
				   " AS row (recipient, business, code, first, last, lifted_at, strikes, until)"),
	"recipient[] text[] int4[] int4[] int4[] timestamptz[] int4[] timestamptz[] timestamptz[]",
	NULL, 0
};

static wa_statement merge_cooldown = {
	MERGE_COOLDOWN(" VALUES ($1, $2, $3, ($8)[$4:$5], $6, $7, $9)"),
	"recipient text int4 int4 int4 timestamptz int4 timestamptz[] timestamptz", NULL, 0
};

#define MERGE_DELIVERY(rows) \
	"INSERT INTO @extschema@.wa_delivery AS o" \
	" (recipient, business, category, deliveries, messages)" rows \
	" ON CONFLICT (recipient, business, category) DO UPDATE SET (deliveries, messages) =" \
	" (SELECT m.merged_deliveries, m.merged_messages" \
	" FROM @extschema@.wa__delivery_merge(o.deliveries, o.messages," \
	" excluded.deliveries, excluded.messages) AS m)"

static wa_statement merge_deliveries = {
	MERGE_DELIVERY(" SELECT recipient, business, category::@extschema@.wa_category,"
				   " ($6)[first:last], ($7)[first:last]"
				   " FROM unnest($1, $2, $3, $4, $5)"
				   " AS row (recipient, business, category, first, last)"),
	"recipient[] text[] text[] int4[] int4[] timestamptz[] int4[]", NULL, 0
};

static wa_statement merge_delivery = {
	MERGE_DELIVERY(" VALUES ($1, $2, $3::@extschema@.wa_category, ($6)[$4:$5], ($7)[$4:$5])"),
	"recipient text text int4 int4 timestamptz[] int4[]", NULL, 0
};

/* A subquery for all the columns at once would be dearer than asking again. */
#define LATER_EVENT \
	"(excluded.at, excluded.state, excluded.origin, COALESCE(excluded.code, 0)," \
	" excluded.sender, excluded.message_id)" \
	" > (o.at, o.state, o.origin, COALESCE(o.code, 0), o.sender, o.message_id)"
#define OF_LATER_EVENT(column) \
	column " = CASE WHEN " LATER_EVENT " THEN excluded." column " ELSE o." column " END"

#define MERGE_CONSENT(rows) \
	"INSERT INTO @extschema@.wa_consent AS o" \
	" (recipient, business, register, state, at, origin, code, sender, message_id," \
	" stopped_at, resumed_at)" rows \
	" ON CONFLICT (recipient, business, register) DO UPDATE SET " \
	LATEST("stopped_at") ", " LATEST("resumed_at") ", " \
	OF_LATER_EVENT("state") ", " OF_LATER_EVENT("at") ", " OF_LATER_EVENT("origin") ", " \
	OF_LATER_EVENT("code") ", " OF_LATER_EVENT("sender") ", " OF_LATER_EVENT("message_id") \
	" WHERE " LATER("stopped_at") " OR " LATER("resumed_at") " OR " LATER_EVENT

static wa_statement merge_consents = {
	MERGE_CONSENT(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
	"recipient[] text[] text[] text[] timestamptz[] text[] int4[] text[] text[]"
	" timestamptz[] timestamptz[]", NULL, 0
};

static wa_statement merge_consent = {
	MERGE_CONSENT(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
	"recipient text text text timestamptz text int4 text text timestamptz timestamptz", NULL, 0
};

#define LOG_CONSENT(rows) \
	"INSERT INTO @extschema@.wa_consent_log" \
	" (recipient, business, register, state, at, origin, code, sender, message_id," \
	" also_named, evidence, webhook_id)" rows \
	" ON CONFLICT (recipient, business, register, at, state, origin, COALESCE(code, 0), sender," \
	" message_id, also_named, pg_catalog.hashtextextended(evidence COLLATE \"C\", 0)) DO NOTHING"

static wa_statement log_consents = {
	LOG_CONSENT(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
	"recipient[] text[] text[] text[] timestamptz[] text[] int4[] text[] text[] text[] text[] int8[]",
	NULL, 0
};

static wa_statement log_consent = {
	LOG_CONSENT(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
	"recipient text text text timestamptz text int4 text text text text int8", NULL, 0
};

/* unlinked_at is not written here: it is an operator's (operator/unlink.c). */
#define MERGE_CHANGE(rows) \
	"INSERT INTO @extschema@.wa_identity_change AS o" \
	" (recipient, other, at, origin, message_id)" rows \
	" ON CONFLICT (recipient, other) DO UPDATE SET" \
	" at = excluded.at, origin = excluded.origin, message_id = excluded.message_id" \
	" WHERE (excluded.at, excluded.origin, excluded.message_id)" \
	" > (COALESCE(o.at, '-infinity'), o.origin, o.message_id)"

static wa_statement merge_changes = {
	MERGE_CHANGE(" SELECT * FROM unnest($1, $2, $3, $4, $5)"),
	"recipient[] recipient[] timestamptz[] text[] text[]", NULL, 0
};

static wa_statement merge_change = {
	MERGE_CHANGE(" VALUES ($1, $2, $3, $4, $5)"),
	"recipient recipient timestamptz text text", NULL, 0
};

/*
 * Minima of instants; of several failures the first, of that with the lowest code; of
 * identifiers the lowest, which is a phone where one was named; of names the greatest, so
 * that '' gives way.  wa_sent merges by the same law.
 */
#define FIRST_FAILURE \
	"(excluded.failed_at, COALESCE(excluded.code, 0))" \
	" < (COALESCE(o.failed_at, 'infinity'), COALESCE(o.code, 0))"
#define MERGE_MESSAGE(rows) \
	"INSERT INTO @extschema@.wa_message AS o" \
	" (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at," \
	" failed_at, code, participant)" rows \
	" ON CONFLICT (message_id, participant) DO UPDATE SET" \
	" recipient = LEAST(o.recipient, excluded.recipient)," \
	" business = GREATEST(o.business, excluded.business)," \
	" sender = GREATEST(o.sender, excluded.sender)," \
	" category = LEAST(o.category, excluded.category)," \
	" sent_at = LEAST(o.sent_at, excluded.sent_at)," \
	" delivered_at = LEAST(o.delivered_at, excluded.delivered_at)," \
	" read_at = LEAST(o.read_at, excluded.read_at)," \
	" code = CASE WHEN " FIRST_FAILURE " THEN excluded.code ELSE o.code END," \
	" failed_at = LEAST(o.failed_at, excluded.failed_at)"

static wa_statement merge_messages = {
	MERGE_MESSAGE(" SELECT message_id, recipient, business, sender,"
				  " category::@extschema@.wa_category, sent_at, delivered_at, read_at, failed_at,"
				  " code, participant FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
				  " AS row (message_id, recipient, business, sender, category, sent_at,"
				  " delivered_at, read_at, failed_at, code, participant)"),
	"text[] recipient[] text[] text[] text[] timestamptz[] timestamptz[] timestamptz[] timestamptz[]"
	" int4[] text[]", NULL, 0
};

static wa_statement merge_message = {
	MERGE_MESSAGE(" VALUES ($1, $2, $3, $4, $5::@extschema@.wa_category, $6, $7, $8, $9, $10, $11)"),
	"text recipient text text text timestamptz timestamptz timestamptz timestamptz int4 text",
	NULL, 0
};

static const wa_row_delta *
delta_at(const void *rows, int i)
{
	return ((wa_row_delta *const *) rows)[i];
}

static void
put_lock(wa_column *columns, const void *rows, int i)
{
	wa_put_str(&columns[0], ((const wa_str *) rows)[i]);
}

const wa_upsert_target wa_recipient_lock_target = {
	&lock_recipients, &lock_recipient, -1, {WA_RECIPIENT_TYPE}, put_lock
};

static void
put_activity(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = delta_at(rows, i);
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

const wa_upsert_target wa_activity_target = {
	&merge_activities, &merge_activity, -1,
	{WA_RECIPIENT_TYPE, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID},
	put_activity
};

static void
put_cooldown(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = delta_at(rows, i);
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

const wa_upsert_target wa_cooldown_target = {
	&merge_cooldowns, &merge_cooldown, 7,
	{WA_RECIPIENT_TYPE, TEXTOID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, INT4OID,
	TIMESTAMPTZOID, TIMESTAMPTZOID},
	put_cooldown
};

static void
put_delivery(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = delta_at(rows, i);
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

const wa_upsert_target wa_delivery_target = {
	&merge_deliveries, &merge_delivery, 5,
	{WA_RECIPIENT_TYPE, TEXTOID, TEXTOID, INT4OID, INT4OID, TIMESTAMPTZOID, INT4OID},
	put_delivery
};

static wa_str
state_name(bool stop)
{
	return stop ? WA_STR("stop") : WA_STR("resume");
}

static void
put_consent(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = delta_at(rows, i);
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

const wa_upsert_target wa_consent_target = {
	&merge_consents, &merge_consent, -1,
	{WA_RECIPIENT_TYPE, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, INT4OID,
	TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID},
	put_consent
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

const wa_upsert_target wa_consent_log_target = {
	&log_consents, &log_consent, -1,
	{WA_RECIPIENT_TYPE, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, INT4OID,
	TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT8OID},
	put_consent_event
};

static void
put_change(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = delta_at(rows, i);

	wa_put_str(&columns[0], delta->key.recipient);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_instant(&columns[2], delta->u.change.at);
	wa_put_str(&columns[3], delta->u.change.origin);
	wa_put_str(&columns[4], delta->u.change.message_id);
}

const wa_upsert_target wa_change_target = {
	&merge_changes, &merge_change, -1,
	{WA_RECIPIENT_TYPE, WA_RECIPIENT_TYPE, TIMESTAMPTZOID, TEXTOID, TEXTOID},
	put_change
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
	const wa_row_delta *delta = delta_at(rows, i);
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

const wa_upsert_target wa_message_target = {
	&merge_messages, &merge_message, -1,
	{TEXTOID, WA_RECIPIENT_TYPE, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, TEXTOID},
	put_message
};
