/*-------------------------------------------------------------------------
 *
 * forget.c
 *	  wa_forget: deleting everything about one person.
 *
 * First the stored webhooks, which may be many, are searched while intake continues.  Then
 * the state tables are locked, so that no ingest is running, the webhooks that have come
 * meanwhile are searched as well, and all rows under the person's identifiers are deleted.
 * Rows that protect others are copied to these before (operator/others.h).  Keyed hashes of
 * the identifiers stay (state/erased.h).
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/snapshot_id.h"
#include "base/statement.h"
#include "identity/load.h"
#include "ingest/erased.h"
#include "ingest/upsert.h"
#include "operator/forget_texts.h"
#include "operator/others.h"
#include "recipient/recipient.h"
#include "rules/decide.h"
#include "rules/gather.h"
#include "rules/known.h"
#include "state/erased.h"

PG_FUNCTION_INFO_V1(wa_forget);
PG_FUNCTION_INFO_V1(wa__consent_log_guard);

/* The identifiers of the person, each with the time up to which it is the person's. */
typedef struct wa_forgotten
{
	int			n;
	wa_canonical *ids;
	wa_instant *until;			/* WA_FOREVER: it still is */
	bool	   *stopped;		/* does a stop of everything stand? */
} wa_forgotten;

/*
 * State.  $1: identifiers, $2: up to when each is the person's, NULL: it still is; $3: the latter.
 */

typedef struct wa_forget_step
{
	const char *part;
	wa_statement statement;
} wa_forget_step;

#define STEP(part, sql) {part, {sql, "recipient[] timestamptz[] recipient[]", NULL, 0}}

/* The rows of a table under these identifiers, if they are no later. */
#define DELETE_ROWS(part, table, latest) \
	STEP(part, "DELETE FROM @extschema@." table " AS t USING unnest($1, $2) AS p (recipient, until)" \
		 " WHERE t.recipient OPERATOR(@extschema@.=) p.recipient" \
		 " AND (p.until IS NULL OR COALESCE(" latest " <= p.until, true))")

/* Links with what is still the person's, and those within the person. */
#define PERSONS(t) \
	"(" t ".recipient OPERATOR(@extschema@.=) ANY ($3) OR " t ".other OPERATOR(@extschema@.=) ANY ($3)" \
	" OR (" t ".recipient OPERATOR(@extschema@.=) ANY ($1) AND " t ".other OPERATOR(@extschema@.=) ANY ($1)))"
#define DELETE_LINKS(part, table) \
	STEP(part, "DELETE FROM @extschema@." table " AS t WHERE " PERSONS("t"))

/*
 * A link that is deleted was a rival of the links that stay, of those with the same kind of
 * identifier at the other end.  A change that is deleted tells when an identifier was left, and a
 * link when it was no longer alone.  All are stored in the links that stay, without the erased
 * identifier; otherwise a resume could count for somebody for whom it did not.
 * identity/speaking.c says when a rival counts.  A phone of a user with several BSUIDs and parents is one for the
 * phones of all of these: here, without regard to which user, as the number of pairs could be very large.
 */
#define KIND(id) \
	"(CASE WHEN " id "::text ~ '^[0-9]' THEN 0 WHEN pg_catalog.substr(" id "::text, 3, 5) = '.ENT.' THEN 2 ELSE 1 END)"

/*
 * Only links that stay are joined with those that go: very many that go would each meet all the others.
 * Which go is a matter of their two identifiers, so one that goes and one that stays never have both in common.
 */
#define LINK_THAT_STAYS(by) \
	"SELECT k.recipient, k.other, k.position, k.business, k.first_seen_at FROM ends AS e" \
	" JOIN @extschema@.wa_identity AS k ON " by " OPERATOR(@extschema@.=) e.id WHERE NOT " PERSONS("k")

static wa_statement keep_doubts = {
	"WITH RECURSIVE gone AS MATERIALIZED (SELECT t.* FROM @extschema@.wa_identity AS t WHERE " PERSONS("t") "),"
	" rival AS (SELECT t.recipient, t.other, t.business, GREATEST(t.first_seen_at, t.unlinked_at) AS since,"
	" t.last_seen_at + '1 day'::interval - '1 microsecond'::interval AS until"
	" FROM gone AS t WHERE t.last_seen_at > COALESCE(t.unlinked_at, '-infinity')),"
	" seen AS (SELECT e.id, t.first_seen_at AS at FROM gone AS t"
	" CROSS JOIN LATERAL (VALUES (t.recipient), (t.other)) AS e (id)),"
	" leaving AS (SELECT t.recipient, GREATEST(t.first_at, t.unlinked_at) AS since, t.at AS until"
	" FROM @extschema@.wa_identity_change AS t"
	" WHERE " PERSONS("t") " AND t.at > COALESCE(t.unlinked_at, '-infinity')),"
	" ends AS MATERIALIZED (SELECT s.id FROM seen AS s UNION SELECT l.recipient FROM leaving AS l),"
	" stays AS MATERIALIZED (" LINK_THAT_STAYS("k.recipient") " UNION " LINK_THAT_STAYS("k.other") "),"
	" phone AS MATERIALIZED (SELECT r.other, r.since, r.until FROM rival AS r WHERE " KIND("r.recipient") " = 0"
	" AND (EXISTS (SELECT FROM @extschema@.wa_identity AS k WHERE k.recipient OPERATOR(@extschema@.=) r.other)"
	" OR EXISTS (SELECT FROM @extschema@.wa_identity AS k WHERE k.other OPERATOR(@extschema@.=) r.other"
	" AND " KIND("k.recipient") " <> 0))),"
	" of_user AS (SELECT p.other AS id FROM phone AS p UNION"
	" SELECT k.id FROM of_user AS u CROSS JOIN LATERAL ("
	"SELECT k.other AS id FROM @extschema@.wa_identity AS k WHERE k.recipient OPERATOR(@extschema@.=) u.id UNION ALL"
	" SELECT k.recipient FROM @extschema@.wa_identity AS k WHERE k.other OPERATOR(@extschema@.=) u.id"
	" AND " KIND("k.recipient") " <> 0) AS k),"
	" doubt AS ("
	"SELECT k.other, k.position, r.since, r.until FROM rival AS r JOIN stays AS k"
	" ON k.recipient OPERATOR(@extschema@.=) r.recipient AND " KIND("k.other") " = " KIND("r.other")
	" AND (" KIND("k.recipient") " <> 0 OR k.business IN ('', r.business) OR r.business = '')"
	" UNION ALL SELECT k.other, k.position, r.since, r.until FROM rival AS r JOIN stays AS k"
	" ON k.other OPERATOR(@extschema@.=) r.other AND " KIND("k.recipient") " = " KIND("r.recipient")
	" AND (" KIND("k.recipient") " <> 1 OR k.business IN ('', r.business) OR r.business = '')"
	" UNION ALL SELECT k.other, k.position, r.since, r.until"
	" FROM (SELECT pg_catalog.min(p.since) AS since, pg_catalog.max(p.until) AS until FROM phone AS p) AS r"
	" CROSS JOIN of_user AS u JOIN @extschema@.wa_identity AS k ON k.other OPERATOR(@extschema@.=) u.id"
	" WHERE " KIND("k.recipient") " = 0 AND NOT " PERSONS("k")
	" UNION ALL SELECT k.other, k.position, l.since, l.until FROM leaving AS l JOIN stays AS k"
	" ON k.recipient OPERATOR(@extschema@.=) l.recipient"
	" UNION ALL SELECT k.other, k.position, l.since, l.until FROM leaving AS l JOIN stays AS k"
	" ON k.other OPERATOR(@extschema@.=) l.recipient"
	" UNION ALL SELECT k.other, k.position, s.at, s.at FROM seen AS s JOIN stays AS k"
	" ON k.recipient OPERATOR(@extschema@.=) s.id AND k.first_seen_at > s.at"
	" UNION ALL SELECT k.other, k.position, s.at, s.at FROM seen AS s JOIN stays AS k"
	" ON k.other OPERATOR(@extschema@.=) s.id AND k.first_seen_at > s.at)"
	" UPDATE @extschema@.wa_identity AS k"
	" SET rivals = ARRAY[LEAST(k.rivals[1], d.since), GREATEST(k.rivals[2], d.until)]"
	" FROM (SELECT o.other, o.position, pg_catalog.min(o.since) AS since, pg_catalog.max(o.until) AS until"
	" FROM doubt AS o GROUP BY o.other, o.position) AS d"
	" WHERE k.other OPERATOR(@extschema@.=) d.other AND k.position = d.position",
	"recipient[] timestamptz[] recipient[]", NULL, 0
};

/* First: what others have lost by that is copied to them before the rest goes. */
static wa_forget_step link_steps[] = {
	DELETE_LINKS("links", "wa_identity"),
	DELETE_LINKS("changes of identifier", "wa_identity_change"),
};

static wa_forget_step steps[] = {
	DELETE_ROWS("consent log", "wa_consent_log", "t.at"),
	DELETE_ROWS("consent", "wa_consent", "t.at"),
	DELETE_ROWS("cooldowns", "wa_cooldown", "t.failures[pg_catalog.cardinality(t.failures)]"),
	DELETE_ROWS("activity", "wa_activity",
				"GREATEST(t.last_inbound_at, t.last_delivered_at, t.last_read_at,"
				" t.last_marketing_delivered_at, t.last_window_refused_at, t.wa_id_at)"),
	DELETE_ROWS("deliveries", "wa_delivery", "t.deliveries[pg_catalog.cardinality(t.deliveries)]"),

	/*
	 * Before messages, as wa_sent.  A claim of the person has rows under identifiers that it had
	 * left before, and each row names the one that was claimed.  wa_sent (token 0) may have found a
	 * row under that one already, and only added the others.
	 */
	STEP("claims",
		 "DELETE FROM @extschema@.wa_claim AS t USING ("
		 "SELECT c.campaign, c.recipient FROM @extschema@.wa_claim AS c"
		 " JOIN unnest($1, $2) AS p (recipient, until) ON c.recipient OPERATOR(@extschema@.=) p.recipient"
		 " AND (p.until IS NULL OR COALESCE(GREATEST(c.claimed_at, c.sent_at) <= p.until, true))"
		 /* A claim once, though it has a row for each of the person's identifiers. */
		 " UNION SELECT c.campaign, c.recipient FROM (SELECT DISTINCT o.token, o.home FROM @extschema@.wa_claim AS o"
		 " WHERE o.recipient OPERATOR(@extschema@.=) ANY ($1) AND o.home OPERATOR(@extschema@.=) ANY ($3)) AS o"
		 " JOIN @extschema@.wa_claim AS c ON c.token = o.token AND c.home OPERATOR(@extschema@.=) o.home"
		 " UNION SELECT c.campaign, c.recipient FROM @extschema@.wa_claim AS c"
		 " WHERE c.token = 0 AND c.home OPERATOR(@extschema@.=) ANY ($3)"
		 ") AS g WHERE t.campaign = g.campaign AND t.recipient OPERATOR(@extschema@.=) g.recipient"),
	/* What was sent before the person left the number was for it, whenever it was read. */
	DELETE_ROWS("messages sent", "wa_message", "LEAST(t.sent_at, t.delivered_at, t.failed_at)"),
	STEP("messages to groups",
		 "DELETE FROM @extschema@.wa_message AS t WHERE t.participant <> ''"
		 " AND t.participant = ANY ($3::text[])"),
	STEP("log of unlinkings",
		 "DELETE FROM @extschema@.wa_unlink_log AS t"
		 " WHERE t.recipient OPERATOR(@extschema@.=) ANY ($1)"
		 " OR t.other OPERATOR(@extschema@.=) ANY ($1)"),
	STEP("locks",
		 "DELETE FROM @extschema@.wa_recipient_lock AS t USING unnest($1, $2) AS p (recipient, until)"
		 " WHERE t.recipient OPERATOR(@extschema@.=) p.recipient"
		 " AND (p.until IS NULL OR NOT EXISTS (SELECT FROM @extschema@.wa_activity AS a"
		 " WHERE a.recipient OPERATOR(@extschema@.=) t.recipient))"),
};

/* Beside hashes by a key that was lost, a new one would recognize nobody. */
static wa_statement add_key = {
	"INSERT INTO @extschema@.wa_erasure_key (key)"
	" SELECT $1 WHERE NOT EXISTS (SELECT FROM @extschema@.wa_erased) ON CONFLICT (id) DO NOTHING",
	"bytea", NULL, 0
};

static wa_statement age_of_now = {
	"SELECT pg_catalog.age((pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint"
	" % 4294967296)::text::xid)",
	"", NULL, 0
};

static wa_statement log_erasure = {
	"INSERT INTO @extschema@.wa_erasure (reason) VALUES ($1)", "text", NULL, 0
};

/*
 * The person.
 */

static void
find_person(const wa_schema *schema, const wa_canonical *id, wa_forgotten *person)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());
	wa_link_reader links;
	wa_person  *found;
	int			most;

	wa_link_reader_open(&links, schema, latest);
	found = wa_person_load(&links, id, false);
	most = found == NULL ? 1 : found->nmembers;
	person->ids = palloc(most * sizeof(wa_canonical));
	person->until = palloc(most * sizeof(wa_instant));
	person->n = 1;
	person->ids[0] = *id;
	person->until[0] = WA_FOREVER;
	for (int i = 1; i < most; i++)
	{
		if (found->members[i].events_until == WA_NEVER)
			continue;
		person->ids[person->n] = found->members[i].id;
		person->until[person->n++] = found->members[i].events_until;
	}
	wa_link_reader_close(&links);
	UnregisterSnapshot(latest);
}

/* All of them, or those alone that are still the person's. */
static Datum
ids_array(const wa_schema *schema, const wa_forgotten *person, bool all)
{
	wa_column	column = {.type = schema->recipient_type};

	for (int i = 0; i < person->n; i++)
	{
		if (all || person->until[i] == WA_FOREVER)
			wa_put_str(&column, wa_canonical_str(&person->ids[i]));
	}
	return wa_column_array(&column);
}

static Datum
untils_array(const wa_forgotten *person)
{
	wa_column	column = {.type = TIMESTAMPTZOID};

	for (int i = 0; i < person->n; i++)
		wa_put_instant(&column, person->until[i]);
	return wa_column_array(&column);
}

/*
 * The steps.
 */

static int64
put_part(ReturnSetInfo *rsinfo, const char *part, int64 rows)
{
	Datum		values[2] = {CStringGetTextDatum(part), Int64GetDatum(rows)};
	bool		nulls[2] = {false, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return rows;
}

/* The key, made where there is none; under the lock that keeps others away. */
static void
get_key(const wa_schema *schema, wa_erasure_key *key)
{
	uint8		bytes[WA_ERASURE_SECRET + sizeof(uint64)];
	wa_str		made = {(char *) bytes, sizeof(bytes)};
	Datum		value;
	Snapshot	latest;
	bool		found;

	wa_erasure_key_make(bytes);
	value = wa_str_datum(made);
	wa_statement_run(&add_key, schema, &value, NULL);
	CommandCounterIncrement();
	latest = RegisterSnapshot(GetLatestSnapshot());
	found = wa_erasure_key_read(schema, latest, key);
	UnregisterSnapshot(latest);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of \"wa_erasure_key\" are missing in this database"),
				 errdetail("It is empty and \"wa_erased\" is not, as after a restore that failed."),
				 errhint("Restore it from the dump: with a new key nobody in wa_erased would be recognized.")));
}

static void
write_hashes(const wa_schema *schema, const wa_forgotten *person)
{
	wa_column	columns[WA_ERASED_COLUMNS] = {0};
	TimestampTz now = GetCurrentTimestamp();
	wa_erasure_key key;

	get_key(schema, &key);
	for (int i = 0; i < person->n; i++)
	{
		wa_erased	erased = {now, person->stopped[i] ? now : WA_NEVER};

		wa_put_erased(columns, &key, wa_canonical_str(&person->ids[i]),
					  wa_erased_bounded(erased, person->until[i]));
	}
	wa_write_erased(schema, columns);
}

static int64
run_steps(wa_forget_step *some, int n, const wa_schema *schema, Datum *values,
		  ReturnSetInfo *rsinfo)
{
	int64		total = 0;

	for (int i = 0; i < n; i++)
		total += put_part(rsinfo, some[i].part,
						  wa_statement_run(&some[i].statement, schema, values, NULL));
	return total;
}

/* Of which identifiers a stop of everything stands, as decisions see it: a resume under another one may have lifted it. */
static void
find_stopped(Oid funcid, wa_forgotten *person)
{
	wa_question question = {.category = WA_UTILITY,.at = GetCurrentTimestamp()};
	wa_decision_cache *cache = NULL;

	person->stopped = palloc(person->n * sizeof(bool));
	PushActiveSnapshot(GetLatestSnapshot());
	wa_decision_cache_for(&cache, funcid, CurrentMemoryContext);
	for (int i = 0; i < person->n; i++)
	{
		wa_facts   *facts = wa_facts_of(cache, &person->ids[i]);

		person->stopped[i] = wa_first_rule(facts, &question) == WA_RULE_OPTED_OUT_BUSINESS;
	}
	PopActiveSnapshot();
}

/* Returns how many rows went. */
static int64
delete_state(const wa_schema *schema, Oid funcid, const wa_forgotten *person,
			 ReturnSetInfo *rsinfo)
{
	Datum		values[3] = {ids_array(schema, person, true), untils_array(person),
	ids_array(schema, person, false)};
	wa_others  *others = wa_others_find(schema, funcid, person->ids, person->n);
	int64		total;

	wa_others_tell(others);
	wa_statement_run(&keep_doubts, schema, values, NULL);
	total = run_steps(link_steps, lengthof(link_steps), schema, values, rsinfo);
	put_part(rsinfo, "kept for others", wa_others_keep(others, schema));
	return total + run_steps(steps, lengthof(steps), schema, values, rsinfo);
}

static void
forget(Oid funcid, const wa_canonical *id, wa_str reason, ReturnSetInfo *rsinfo)
{
	const wa_schema *schema = wa_schema_of(funcid);
	wa_forgotten person;
	Datum		ids;
	Datum		age;
	int64		webhooks = 0;
	int64		words = 0;
	int64		total;
	int			known;
	bool		isnull;
	Datum		value = wa_str_datum(reason);

	/* A problem goes with its webhook, while a replay may be about to resolve it. */
	wa_lock_problems(schema);
	wa_statement_run(&age_of_now, schema, NULL, NULL);
	age = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	find_person(schema, id, &person);
	wa_forget_check_reason(reason, person.ids, person.n);
	ids = ids_array(schema, &person, true);
	wa_forget_stored(schema, ids, NULL, &webhooks, &words);
	known = person.n;

	/* Under the lock only what has come since is searched, unless that was about one more identifier. */
	wa_lock_state(schema, ShareRowExclusiveLock);
	find_person(schema, id, &person);
	wa_forget_check_reason(reason, person.ids, person.n);
	ids = ids_array(schema, &person, true);
	wa_forget_stored(schema, ids, person.n == known ? &age : NULL, &webhooks, &words);
	put_part(rsinfo, "identifiers", person.n);
	total = put_part(rsinfo, "webhooks", webhooks);
	total += put_part(rsinfo, "problems", wa_forget_problems(schema, ids));
	find_stopped(funcid, &person);
	total += delete_state(schema, funcid, &person, rsinfo);
	words += wa_forget_mentions(schema, ids, ids_array(schema, &person, false));
	total += put_part(rsinfo, "mentions in others' log", words);
	if (total == 0)
		ereport(NOTICE,
				(errmsg("nothing is recorded about %s", id->text),
				 errhint("If the person is known by another identifier, forget that one.")));
	write_hashes(schema, &person);
	wa_forget_reasons(schema, ids);
	wa_statement_run(&log_erasure, schema, &value, NULL);
}

static void
require_reason(wa_str reason)
{
	if (wa_is_blank(reason))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an erasure needs a reason"),
				 errhint("For example the number of the request.")));
}

/*
 * Rows of the person would still arrive; and the key that is made where there is none would be in the way of the
 * publisher's.
 */
static void
require_copied(const wa_schema *schema)
{
	Oid			table;

	if (wa_copy_of_state(schema, wa_active_snapshot(), &table) == WA_BEING_COPIED)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nobody can be erased while a subscription copies the state of wa_policy into this database"),
				 errdetail("Table \"%s\" is not complete yet.", get_rel_name(table)),
				 errhint("Wait until wa_subscription_status says that it is ready.")));
}

/* May rows of wa_consent_log be deleted, for an erasure?  No longer on every path out of it, errors included. */
static bool log_is_open = false;

/* The trigger that keeps them as they are else. */
Datum
wa__consent_log_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = wa_trigger_data(fcinfo, "wa__consent_log_guard");

	if (!log_is_open)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of \"%s\" are never changed or removed",
						RelationGetRelationName(trigger->tg_relation)),
				 errhint("The log is evidence; record a new event with wa_opt_in or wa_opt_out.")));
	return PointerGetDatum(NULL);
}

static void
forget_with_log_open(Oid funcid, const wa_canonical *id, wa_str reason, ReturnSetInfo *rsinfo)
{
	log_is_open = true;
	PG_TRY();
	{
		forget(funcid, id, reason, rsinfo);
	}
	PG_FINALLY();
	{
		log_is_open = false;
	}
	PG_END_TRY();
}

Datum
wa_forget(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_str		reason = wa_text_arg(fcinfo, 1);
	wa_canonical id;

	wa_forbid_null_arg(fcinfo, 0, "recipient");
	wa_recipient_require(PG_GETARG_TEXT_PP(0), &id);
	require_reason(reason);
	/* By an older snapshot it would pass over rows that it cannot see. */
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("wa_forget needs a transaction in READ COMMITTED")));
	require_copied(wa_schema_of(fcinfo->flinfo->fn_oid));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	forget_with_log_open(fcinfo->flinfo->fn_oid, &id, reason, rsinfo);
	SPI_finish();
	return (Datum) 0;
}
