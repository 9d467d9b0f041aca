/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  The statements that merge rows into the state tables.
 *
 * Each does by its ON CONFLICT what fold.c does in memory: the law by which two
 * rows of one key become one.  A row that was merged in memory is put back where
 * nobody else has written it in the meantime.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/encode.h"
#include "common/statement.h"
#include "ingest/columns.h"
#include "ingest/fold.h"
#include "ingest/merge.h"
#include "state/failures_array.h"
#include "state/ladder.h"

/*
 * Everything in the texts below is qualified but unnest with several arrays:
 * the parser takes that word for pg_catalog's, whatever the search path.
 *
 * Each statement comes in two forms that differ in where their rows come from:
 * many rows from arrays, one row from parameters.  Most statements of a live
 * webhook write one row, and to unnest ten arrays costs more than to write it.
 */

/* Rows that one statement writes at most; bounds the size of the arrays. */
#define WA_CHUNK 8192

#define LOCK_CONTACTS(rows) \
	"INSERT INTO @extschema@.wa_contact AS c (recipient) " rows \
	" ON CONFLICT (recipient) DO UPDATE SET touched = c.touched + 1"

static wa_statement lock_contacts = {
	LOCK_CONTACTS("SELECT r FROM pg_catalog.unnest($1) AS r"),
	"recipient[]", NULL, InvalidOid
};

static wa_statement lock_contact = {
	LOCK_CONTACTS("VALUES ($1)"),
	"recipient", NULL, InvalidOid
};

#define MERGE_ACTIVITY(rows) \
	"INSERT INTO @extschema@.wa_activity AS a" \
	" (recipient, business, sender, last_inbound_at, last_delivered_at, last_read_at," \
	" last_marketing_delivered_at, last_window_refused_at, wa_id_at, wa_id)" rows \
	" ON CONFLICT (recipient, business, sender) DO UPDATE SET" \
	" last_inbound_at = GREATEST(a.last_inbound_at, excluded.last_inbound_at)," \
	" last_delivered_at = GREATEST(a.last_delivered_at, excluded.last_delivered_at)," \
	" last_read_at = GREATEST(a.last_read_at, excluded.last_read_at)," \
	" last_marketing_delivered_at =" \
	" GREATEST(a.last_marketing_delivered_at, excluded.last_marketing_delivered_at)," \
	" last_window_refused_at =" \
	" GREATEST(a.last_window_refused_at, excluded.last_window_refused_at)," \
	" wa_id_at = GREATEST(a.wa_id_at, excluded.wa_id_at)," \
	" wa_id = CASE WHEN a.wa_id_at IS NULL" \
	" OR (excluded.wa_id_at, excluded.wa_id) > (a.wa_id_at, a.wa_id)" \
	" THEN excluded.wa_id ELSE a.wa_id END" \
	" WHERE excluded.last_inbound_at > COALESCE(a.last_inbound_at, '-infinity')" \
	" OR excluded.last_delivered_at > COALESCE(a.last_delivered_at, '-infinity')" \
	" OR excluded.last_read_at > COALESCE(a.last_read_at, '-infinity')" \
	" OR excluded.last_marketing_delivered_at >" \
	" COALESCE(a.last_marketing_delivered_at, '-infinity')" \
	" OR excluded.last_window_refused_at > COALESCE(a.last_window_refused_at, '-infinity')" \
	" OR (excluded.wa_id_at, excluded.wa_id) >" \
	" (COALESCE(a.wa_id_at, '-infinity'), COALESCE(a.wa_id, ''))"

static wa_statement merge_activity = {
	MERGE_ACTIVITY(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient[] text[] text[] timestamptz[] timestamptz[] timestamptz[] timestamptz[]"
	" timestamptz[] timestamptz[] text[]", NULL, InvalidOid
};

static wa_statement merge_one_activity = {
	MERGE_ACTIVITY(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient text text timestamptz timestamptz timestamptz timestamptz"
	" timestamptz timestamptz text", NULL, InvalidOid
};

/*
 * Where somebody else writes the row at the same time, this waits, and is asked
 * again of the row that the other has left: xmin has changed.  (Of ctid servers
 * from before November 2025 do not ask again.)
 */
#define AT_VERSION(place, xmin, recipient) \
	" WHERE ctid = $" place " AND xmin = $" xmin \
	" AND recipient OPERATOR(@extschema@.=) $" recipient

static wa_statement rewrite_activity = {
	"UPDATE @extschema@.wa_activity SET"
	" last_inbound_at = $1, last_delivered_at = $2, last_read_at = $3,"
	" last_marketing_delivered_at = $4, last_window_refused_at = $5,"
	" wa_id_at = $6, wa_id = $7" AT_VERSION("8", "9", "10"),
	"timestamptz timestamptz timestamptz timestamptz timestamptz timestamptz text tid xid recipient",
	NULL, InvalidOid
};

#define MERGE_COOLDOWN(rows) \
	"INSERT INTO @extschema@.wa_cooldown AS c" \
	" (recipient, business, code, failures, lifted_at, strikes, until)" rows \
	" ON CONFLICT (recipient, business, code) DO UPDATE SET" \
	" (failures, lifted_at, strikes, until) =" \
	" (SELECT m.merged_failures, m.merged_lifted_at, m.strikes, m.until" \
	" FROM @extschema@.wa_cooldown_merge(c.code, c.business, c.failures, c.lifted_at," \
	" excluded.failures, excluded.lifted_at) AS m)" \
	" WHERE excluded.lifted_at > c.lifted_at OR NOT c.failures @> excluded.failures"

static wa_statement merge_cooldown = {
	MERGE_COOLDOWN(" SELECT recipient, business, code, ($8)[first:last], lifted_at, strikes, until"
				   " FROM unnest($1, $2, $3, $4, $5, $6, $7, $9)"
				   " AS row (recipient, business, code, first, last, lifted_at, strikes, until)"),
	"recipient[] text[] int4[] int4[] int4[] timestamptz[] int4[] timestamptz[] timestamptz[]",
	NULL, InvalidOid
};

static wa_statement merge_one_cooldown = {
	MERGE_COOLDOWN(" VALUES ($1, $2, $3, ($8)[$4:$5], $6, $7, $9)"),
	"recipient text int4 int4 int4 timestamptz int4 timestamptz[] timestamptz", NULL, InvalidOid
};

static wa_statement rewrite_cooldown = {
	"UPDATE @extschema@.wa_cooldown SET"
	" failures = $1, lifted_at = $2, strikes = $3, until = $4" AT_VERSION("5", "6", "7"),
	"timestamptz[] timestamptz int4 timestamptz tid xid recipient", NULL, InvalidOid
};

/* A subquery for all the columns at once would be dearer than asking again. */
#define LATER_WORD \
	"(excluded.at, excluded.state, excluded.origin, excluded.sender, excluded.message_id)" \
	" > (c.at, c.state, c.origin, c.sender, c.message_id)"

#define MERGE_CONSENT(rows) \
	"INSERT INTO @extschema@.wa_consent AS c" \
	" (recipient, business, register, state, at, stopped_at, resumed_at," \
	" origin, sender, message_id)" rows \
	" ON CONFLICT (recipient, business, register) DO UPDATE SET" \
	" stopped_at = GREATEST(c.stopped_at, excluded.stopped_at)," \
	" resumed_at = GREATEST(c.resumed_at, excluded.resumed_at)," \
	" state = CASE WHEN " LATER_WORD " THEN excluded.state ELSE c.state END," \
	" at = CASE WHEN " LATER_WORD " THEN excluded.at ELSE c.at END," \
	" origin = CASE WHEN " LATER_WORD " THEN excluded.origin ELSE c.origin END," \
	" sender = CASE WHEN " LATER_WORD " THEN excluded.sender ELSE c.sender END," \
	" message_id = CASE WHEN " LATER_WORD " THEN excluded.message_id ELSE c.message_id END" \
	" WHERE excluded.stopped_at > c.stopped_at OR excluded.resumed_at > c.resumed_at" \
	" OR " LATER_WORD

static wa_statement merge_consent = {
	MERGE_CONSENT(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient[] text[] text[] text[] timestamptz[] timestamptz[] timestamptz[]"
	" text[] text[] text[]", NULL, InvalidOid
};

static wa_statement merge_one_consent = {
	MERGE_CONSENT(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient text text text timestamptz timestamptz timestamptz text text text", NULL, InvalidOid
};

#define LOG_CONSENT(rows) \
	"INSERT INTO @extschema@.wa_consent_log" \
	" (recipient, business, register, state, at, origin, sender, message_id," \
	" evidence, webhook_id)" rows \
	" ON CONFLICT (recipient, business, register, at, state, origin, sender, message_id," \
	" pg_catalog.hashtextextended(evidence COLLATE \"C\", 0)) DO NOTHING"

static wa_statement log_consent = {
	LOG_CONSENT(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient[] text[] text[] text[] timestamptz[] text[] text[] text[] text[] int8[]",
	NULL, InvalidOid
};

static wa_statement log_one_consent = {
	LOG_CONSENT(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
	"recipient text text text timestamptz text text text text int8", NULL, InvalidOid
};

#define EARLIER_SIGHTING \
	"(excluded.first_seen_at, excluded.origin, excluded.message_id)" \
	" < (i.first_seen_at, i.origin, i.message_id)"

/*
 * parted_at is not written here: it is an operator's word (identity/unlink.c).  An
 * alike of NULL leaves that of the row as it is; should the row have gone meanwhile,
 * NULL is as good as false.
 */
#define MERGE_LINKS(rows) \
	"INSERT INTO @extschema@.wa_identity AS i" \
	" (recipient, other, kind, first_seen_at, last_seen_at, origin, message_id, alike)" rows \
	" ON CONFLICT (recipient, other, kind) DO UPDATE SET" \
	" first_seen_at = LEAST(i.first_seen_at, excluded.first_seen_at)," \
	" last_seen_at = GREATEST(i.last_seen_at, excluded.last_seen_at)," \
	" origin = CASE WHEN " EARLIER_SIGHTING " THEN excluded.origin ELSE i.origin END," \
	" message_id = CASE WHEN " EARLIER_SIGHTING " THEN excluded.message_id ELSE i.message_id END," \
	" alike = i.alike AND COALESCE(excluded.alike, true)" \
	" WHERE excluded.last_seen_at > i.last_seen_at" \
	" OR (i.alike AND NOT excluded.alike)" \
	" OR " EARLIER_SIGHTING

static wa_statement merge_links = {
	MERGE_LINKS(" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)"),
	"recipient[] recipient[] text[] timestamptz[] timestamptz[] text[] text[] bool[]",
	NULL, InvalidOid
};

static wa_statement merge_one_link = {
	MERGE_LINKS(" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
	"recipient recipient text timestamptz timestamptz text text bool", NULL, InvalidOid
};

#define WA_MAX_COLUMNS 10

/* The parameters of a statement, one column each, ending with InvalidOid. */
struct wa_shape
{
	wa_statement *many;
	wa_statement *one;
	int			array;			/* the column that is an array in both; -1: none */
	Oid			types[WA_MAX_COLUMNS + 1];

	/* Append the i-th row. */
	void		(*put) (wa_values *columns, const void *rows, int i);
};

/* Stands for the type of this extension. */
#define RECIPIENT ((Oid) -1)

void
wa_merge_rows(const wa_schema *schema, const wa_shape *shape, const void *rows, int n)
{
	MemoryContext context;

	if (n == 0)
		return;
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy chunk",
									ALLOCSET_DEFAULT_SIZES);
	for (int start = 0; start < n; start += WA_CHUNK)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		wa_values	columns[WA_MAX_COLUMNS];
		Datum		values[WA_MAX_COLUMNS];
		char		nulls[WA_MAX_COLUMNS];
		int			ncolumns;
		bool		one = n - start == 1;

		for (ncolumns = 0; OidIsValid(shape->types[ncolumns]); ncolumns++)
			wa_values_init(&columns[ncolumns], shape->types[ncolumns] == RECIPIENT ?
						   schema->recipient_type : shape->types[ncolumns]);
		for (int i = start; i < Min(n, start + WA_CHUNK); i++)
			shape->put(columns, rows, i);
		for (int i = 0; i < ncolumns; i++)
		{
			bool		scalar = one && i != shape->array;

			values[i] = scalar ? columns[i].values[0] : wa_values_array(&columns[i]);
			nulls[i] = scalar && columns[i].nulls[0] ? 'n' : ' ';
		}
		wa_statement_run(one ? shape->one : shape->many, schema, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
	}
	MemoryContextDelete(context);
}

bool
wa_rewrite_activity(const wa_schema *schema, wa_str recipient,
					const wa_version *version, const wa_activity *merged)
{
	const wa_instant instants[] = {
		merged->last_inbound_at, merged->last_delivered_at, merged->last_read_at,
		merged->last_marketing_delivered_at, merged->last_window_refused_at, merged->wa_id_at
	};
	const int	n = lengthof(instants);
	Datum		values[lengthof(instants) + 4];
	char		nulls[lengthof(values) + 1];

	memset(nulls, ' ', sizeof(nulls));
	for (int i = 0; i < n; i++)
	{
		values[i] = TimestampTzGetDatum(instants[i]);
		if (instants[i] == WA_NEVER)
			nulls[i] = 'n';
	}
	if (merged->wa_id.data == NULL)
		nulls[n] = 'n';
	else
		values[n] = wa_str_datum(merged->wa_id);
	values[n + 1] = PointerGetDatum(&version->place);
	values[n + 2] = TransactionIdGetDatum(version->xmin);
	values[n + 3] = wa_str_datum(recipient);
	return wa_statement_run(&rewrite_activity, schema, values, nulls) > 0;
}

bool
wa_rewrite_cooldown(const wa_schema *schema, wa_str recipient,
					const wa_version *version, const wa_failures *failures,
					wa_instant lifted_at, wa_cooldown_end end)
{
	Datum		values[] = {
		wa_failures_to_array(failures),
		TimestampTzGetDatum(lifted_at),
		Int32GetDatum(end.strikes),
		TimestampTzGetDatum(end.until),
		PointerGetDatum(&version->place),
		TransactionIdGetDatum(version->xmin),
		wa_str_datum(recipient)
	};
	const char	nulls[] = {' ', ' ', ' ', end.until == WA_NEVER ? 'n' : ' ', ' ', ' ', ' '};

	return wa_statement_run(&rewrite_cooldown, schema, values, nulls) > 0;
}

static const wa_cell *
cell_of(const void *rows, int i)
{
	return ((wa_cell *const *) rows)[i];
}

static void
put_contact(wa_values *columns, const void *rows, int i)
{
	wa_put_str(&columns[0], ((const wa_str *) rows)[i]);
}

const wa_shape wa_contact_shape = {
	&lock_contacts, &lock_contact, -1, {RECIPIENT}, put_contact
};

static void
put_activity(wa_values *columns, const void *rows, int i)
{
	const wa_cell *cell = cell_of(rows, i);
	const wa_activity *activity = &cell->u.activity;

	wa_put_str(&columns[0], cell->key.recipient);
	wa_put_str(&columns[1], cell->key.business);
	wa_put_str(&columns[2], cell->key.other);
	wa_put_instant(&columns[3], activity->last_inbound_at);
	wa_put_instant(&columns[4], activity->last_delivered_at);
	wa_put_instant(&columns[5], activity->last_read_at);
	wa_put_instant(&columns[6], activity->last_marketing_delivered_at);
	wa_put_instant(&columns[7], activity->last_window_refused_at);
	wa_put_instant(&columns[8], activity->wa_id_at);
	wa_put_str(&columns[9], activity->wa_id);
}

const wa_shape wa_activity_shape = {
	&merge_activity, &merge_one_activity, -1,
	{RECIPIENT, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID},
	put_activity
};

static void
put_cooldown(wa_values *columns, const void *rows, int i)
{
	const wa_cell *cell = cell_of(rows, i);
	const wa_failures *failures = &cell->u.cooldown.failures;
	wa_values  *all_failures = &columns[7];
	wa_cooldown_end end = wa_ladder_evaluate(failures, cell->u.cooldown.lifted_at,
											 &cell->u.cooldown.policy, cell->key.business);

	wa_put_str(&columns[0], cell->key.recipient);
	wa_put_str(&columns[1], cell->key.business);
	wa_put_int4(&columns[2], cell->key.number);
	wa_put_int4(&columns[3], all_failures->filled + 1);
	wa_put_int4(&columns[4], all_failures->filled + failures->n);
	wa_put_infinite(&columns[5], cell->u.cooldown.lifted_at);
	wa_put_int4(&columns[6], end.strikes);
	for (int j = 0; j < failures->n; j++)
		wa_put_instant(all_failures, failures->at[j]);
	wa_put_instant(&columns[8], end.until);
}

const wa_shape wa_cooldown_shape = {
	&merge_cooldown, &merge_one_cooldown, 7,
	{RECIPIENT, TEXTOID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, INT4OID,
	TIMESTAMPTZOID, TIMESTAMPTZOID},
	put_cooldown
};

static wa_str
register_name(wa_register reg)
{
	return reg == WA_REGISTER_WHATSAPP ? WA_STR("whatsapp") : WA_STR("business");
}

static wa_str
state_name(bool stop)
{
	return stop ? WA_STR("stop") : WA_STR("resume");
}

static void
put_consent(wa_values *columns, const void *rows, int i)
{
	const wa_cell *cell = cell_of(rows, i);
	const wa_consent *consent = &cell->u.consent;

	wa_put_str(&columns[0], cell->key.recipient);
	wa_put_str(&columns[1], cell->key.business);
	wa_put_str(&columns[2], register_name(cell->key.number));
	wa_put_str(&columns[3], state_name(wa_consent_stopped(consent)));
	wa_put_instant(&columns[4], wa_consent_at(consent));
	wa_put_infinite(&columns[5], consent->stopped_at);
	wa_put_infinite(&columns[6], consent->resumed_at);
	wa_put_str(&columns[7], consent->origin);
	wa_put_str(&columns[8], consent->sender);
	wa_put_str(&columns[9], consent->message_id);
}

const wa_shape wa_consent_shape = {
	&merge_consent, &merge_one_consent, -1,
	{RECIPIENT, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID},
	put_consent
};

static void
put_consent_event(wa_values *columns, const void *rows, int i)
{
	const wa_consent_event *event = &((const wa_consent_event *) rows)[i];

	wa_put_str(&columns[0], event->key.recipient);
	wa_put_str(&columns[1], event->key.business);
	wa_put_str(&columns[2], register_name(event->key.number));
	wa_put_str(&columns[3], state_name(event->stop));
	wa_put_instant(&columns[4], event->at);
	wa_put_str(&columns[5], event->origin);
	wa_put_str(&columns[6], event->sender);
	wa_put_str(&columns[7], event->message_id);
	wa_put_str(&columns[8], event->evidence);
	wa_put_int8(&columns[9], event->webhook_id, event->webhook_id == 0);
}

const wa_shape wa_consent_event_shape = {
	&log_consent, &log_one_consent, -1,
	{RECIPIENT, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID,
	TEXTOID, INT8OID},
	put_consent_event
};

static void
put_link(wa_values *columns, const void *rows, int i)
{
	const wa_cell *cell = cell_of(rows, i);
	const wa_link *link = &cell->u.link.link;

	wa_put_str(&columns[0], cell->key.recipient);
	wa_put_str(&columns[1], cell->key.other);
	wa_put_str(&columns[2], wa_link_kind_name(cell->key.number));
	wa_put_infinite(&columns[3], link->first_seen_at);
	wa_put_infinite(&columns[4], link->last_seen_at);
	wa_put_str(&columns[5], cell->u.link.origin);
	wa_put_str(&columns[6], cell->u.link.message_id);
	wa_put_bool(&columns[7], cell->u.link.alike, !cell->u.link.judged);
}

const wa_shape wa_link_shape = {
	&merge_links, &merge_one_link, -1,
	{RECIPIENT, RECIPIENT, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID},
	put_link
};
