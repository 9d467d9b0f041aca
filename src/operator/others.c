/*-------------------------------------------------------------------------
 *
 * others.c
 *	  Keeping the rows that protect others when a person is erased.
 *
 * What is to be copied is worked out for each affected identifier by itself, also for those that
 * are linked with the person only through another one: a resume may have lifted a stop for the
 * nearer one and not for the one behind it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/append.h"
#include "base/encode.h"
#include "identity/load.h"
#include "ingest/event_batch.h"
#include "ingest/state_rows.h"
#include "operator/others.h"
#include "recipient/recipient.h"
#include "rules/decide.h"
#include "rules/gather.h"
#include "state/activity.h"

/* A stop that was learned under another identifier. */
typedef struct wa_others_stop
{
	wa_register reg;
	wa_str		business;
	wa_instant	at;
	wa_canonical home;
} wa_others_stop;

/* A cooldown that has not ended, whosever failures made it. */
typedef struct wa_others_cooldown
{
	wa_str		business;
	int32		code;
} wa_others_cooldown;

/* Another identifier whose events count for it, as far as these bounds go. */
typedef struct wa_reached
{
	wa_canonical id;
	wa_instant	events_until;
	wa_instant	failures_since;
	wa_instant	failures_until;
	bool		lost;			/* no more, or not as far */
} wa_reached;

typedef struct wa_other
{
	wa_canonical id;
	wa_canonical linked_with;	/* one of the person's; empty: reaches the person through others */
	bool		loaded;
	bool		reaches;		/* any of the person's identifiers */
	int			nreached;
	wa_reached *reached;
	int			nstops;			/* that were learned under those */
	int			max_stops;
	wa_others_stop *stops;
	int			ncooldowns;
	wa_others_cooldown *cooldowns;
} wa_other;

struct wa_others
{
	int			nids;
	wa_canonical *ids;			/* the person's, sorted */
	int			n;
	int			max;
	wa_other   *at;				/* sorted */
	const wa_canonical *looked_at;	/* whose links are being read */
};

static bool
is_forgotten(const wa_others *others, const wa_canonical *id)
{
	return bsearch(id, others->ids, others->nids, sizeof(wa_canonical), wa_canonical_order) != NULL;
}

/*
 * Who they are.
 */

static void
add_other(void *arg, const wa_canonical *id)
{
	wa_others  *others = arg;
	wa_other   *other;

	if (is_forgotten(others, id))
		return;
	other = wa_append(others->at, others->n, others->max, wa_other);
	memset(other, 0, sizeof(wa_other));
	other->id = *id;
	if (others->looked_at != NULL)
		other->linked_with = *others->looked_at;
}

/* By id; of several the one that is loaded, or tells with whom it is linked. */
static int
compare_others(const void *a, const void *b)
{
	const wa_other *x = a;
	const wa_other *y = b;
	int			order = wa_canonical_order(&x->id, &y->id);

	if (order != 0)
		return order;
	return x->loaded != y->loaded ? (x->loaded ? -1 : 1) :
		wa_canonical_order(&y->linked_with, &x->linked_with);
}

static void
drop_repeated(wa_others *others)
{
	int			kept = 0;

	qsort(others->at, others->n, sizeof(wa_other), compare_others);
	for (int i = 0; i < others->n; i++)
	{
		if (kept == 0 || !wa_canonical_equal(&others->at[i].id, &others->at[kept - 1].id))
			others->at[kept++] = others->at[i];
	}
	others->n = kept;
}

/* Whom one of them reaches before anything is deleted.  person: NULL where nobody. */
static void
take_reached(const wa_others *others, wa_other *other, const wa_person *person)
{
	int			n = 0;

	for (int i = 1; person != NULL && i < person->nmembers; i++)
		n += wa_member_counts(&person->members[i]);
	other->reached = palloc(Max(1, n) * sizeof(wa_reached));
	for (int i = 1; person != NULL && i < person->nmembers; i++)
	{
		const wa_member *member = &person->members[i];

		if (wa_member_counts(member))
			other->reached[other->nreached++] = (wa_reached)
		{
			member->id, member->events_until, member->failures_since, member->failures_until,
			false
		};
	}
	for (int i = 0; i < other->nreached; i++)
		other->reaches |= is_forgotten(others, &other->reached[i].id);
	other->loaded = true;
}

/* Has this one gone out of reach, or what is under it? */
static bool
is_lost(const wa_others *others, const wa_reached *before, const wa_person *after)
{
	int			now = after == NULL ? -1 : wa_person_member(after, &before->id);

	return is_forgotten(others, &before->id) || now < 0 ||
		after->members[now].events_until < before->events_until ||
		after->members[now].failures_until < before->failures_until;
}

static void
mark_lost(const wa_others *others, wa_other *other, const wa_person *after)
{
	for (int i = 0; i < other->nreached; i++)
		other->reached[i].lost = is_lost(others, &other->reached[i], after);
}

/*
 * Somebody whom too many identifiers reach is refused for that, and may be no more once the person's
 * are gone.  What would have to be copied then grows with their square.
 */
static void
refuse_crowded(const wa_other *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("recipient %s, which the person is linked with, is linked with more identifiers than a person can have",
					other->id.text),
			 errdetail("What protects it could not be kept."),
			 errhint("Unlink it from the person by wa_unlink, and from others that are not the same person; then call wa_forget again.")));
}

/*
 * The person behind one of them, by what the links say now.  In a context of its own: they
 * may all have the same links, and those may be many.
 */
static void
load_person(wa_others *others, wa_other *other, const wa_schema *schema, wa_kept_links *kept)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy other",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	wa_link_reader links;
	wa_person  *person;

	wa_link_reader_open(&links, schema, GetActiveSnapshot());
	links.kept = kept;
	person = wa_person_load(&links, &other->id, true);
	wa_link_reader_close(&links);
	if (person != NULL && person->crowded)
		refuse_crowded(other);
	MemoryContextSwitchTo(old);
	wa_keep_links(kept, &links, person, old);
	if (!other->loaded)
		take_reached(others, other, person);
	else
		mark_lost(others, other, person);
	MemoryContextDelete(context);
}

/* Those linked with the person, then those linked with these, and so on. */
static void
find_all(wa_others *others, const wa_schema *schema, const wa_canonical *ids, int n)
{
	wa_link_reader links;
	wa_kept_links kept = {NULL, NULL};
	int			before;

	wa_link_reader_open(&links, schema, GetActiveSnapshot());
	for (int i = 0; i < n; i++)
	{
		others->looked_at = &ids[i];
		wa_neighbours(&links, &ids[i], false, add_other, others);
	}
	others->looked_at = NULL;
	do
	{
		drop_repeated(others);
		before = others->n;
		for (int i = 0; i < before; i++)
		{
			wa_canonical id = others->at[i].id;

			CHECK_FOR_INTERRUPTS();
			if (others->at[i].loaded)
				continue;
			load_person(others, &others->at[i], schema, &kept);
			if (others->at[i].reaches)
				wa_neighbours(&links, &id, false, add_other, others);
		}
	} while (others->n > before);
	wa_link_reader_close(&links);
	if (kept.context != NULL)
		MemoryContextDelete(kept.context);
}

/*
 * What stands against sending to one of them.
 */

static bool
take_stop(void *arg, const wa_objection *objection)
{
	wa_other   *other = arg;
	wa_others_stop *stop;

	if (!wa_is_opt_out(objection) || objection->learned_under.data == NULL)
		return true;
	stop = wa_append(other->stops, other->nstops, other->max_stops, wa_others_stop);
	stop->reg = objection->reg;
	stop->business = wa_str_copy(objection->business);
	stop->at = objection->since;
	(void) wa_canonical_from_str(objection->learned_under, &stop->home);
	return true;
}

/* Those too that yield to a window which is open now: it will close. */
static void
take_cooldowns(wa_other *other, const wa_facts *facts, wa_instant now)
{
	if (facts->ncooldowns > 0)
		other->cooldowns = palloc(facts->ncooldowns * sizeof(wa_others_cooldown));
	for (int i = 0; i < facts->ncooldowns; i++)
	{
		const wa_cooldown_row *row = &facts->cooldowns[i];

		if (row->until > now || row->until == WA_FOREVER)
			other->cooldowns[other->ncooldowns++] = (wa_others_cooldown)
		{
			wa_str_copy(row->business), row->code
		};
	}
}

/* By what decides, so that a stop which somebody has lifted since is none. */
static void
find_objections(wa_other *other, wa_decision_cache *cache)
{
	wa_question question = {.category = WA_MARKETING,.at = GetCurrentTimestamp()};
	wa_facts   *facts = wa_facts_of(cache, &other->id);

	wa_decide(facts, &question, take_stop, other);
	if (!(facts->fetched & WA_COOLDOWNS))
		facts->fetch(facts, WA_COOLDOWNS);
	take_cooldowns(other, facts, question.at);
}

wa_others *
wa_others_find(const wa_schema *schema, Oid funcid, const wa_canonical *ids, int n)
{
	wa_others  *others = palloc0(sizeof(wa_others));
	wa_decision_cache *cache = NULL;

	others->nids = n;
	others->ids = palloc(n * sizeof(wa_canonical));
	memcpy(others->ids, ids, n * sizeof(wa_canonical));
	qsort(others->ids, n, sizeof(wa_canonical), wa_canonical_order);
	PushActiveSnapshot(GetLatestSnapshot());
	find_all(others, schema, ids, n);
	wa_decision_cache_for(&cache, funcid, CurrentMemoryContext);
	for (int i = 0; i < others->n; i++)
	{
		if (others->at[i].reaches)
			find_objections(&others->at[i], cache);
	}
	PopActiveSnapshot();
	return others;
}

/* So many by name. */
#define TELL_OF		10

void
wa_others_tell(const wa_others *others)
{
	int			n = 0;

	for (int i = 0; i < others->n; i++)
	{
		if (others->at[i].linked_with.len == 0 || ++n > TELL_OF)
			continue;
		ereport(NOTICE,
				(errmsg("recipient %s is linked with %s, which is not forgotten with it",
						others->at[i].linked_with.text, others->at[i].id.text),
				 errhint("If it is the same person, forget it as well.")));
	}
	if (n > TELL_OF)
		ereport(NOTICE,
				(errmsg("%d more are linked with the person, which are not forgotten with it",
						n - TELL_OF)));
}

/*
 * What of it is lost.
 */

/*
 * The words may name others, but for what the other one has said itself; the id of a message holds
 * a number.
 */
static wa_statement copy_event = {
	"INSERT INTO @extschema@.wa_consent_log"
	" (recipient, business, register, state, at, origin, code, evidence, sender, recorded_at, recorded_by)"
	" SELECT $1, l.business, l.register, l.state, l.at, l.origin, l.code,"
	" CASE WHEN $1::text = ANY (pg_catalog.string_to_array(l.also_named, ' '))"
	" AND @extschema@.wa__without(l.evidence, $6) IS NULL THEN l.evidence ELSE '' END,"
	" l.sender, l.recorded_at, l.recorded_by"
	" FROM @extschema@.wa_consent_log AS l WHERE l.recipient OPERATOR(@extschema@.=) $2"
	" AND l.register = $3 AND l.business = $4 AND l.at = $5 AND l.state = 'stop'"
	" ORDER BY l.origin, l.code, l.sender, l.id LIMIT 1"
	" ON CONFLICT (recipient, business, register, at, state, origin, COALESCE(code, 0), sender,"
	" message_id, also_named, pg_catalog.hashtextextended(evidence COLLATE \"C\", 0)) DO NOTHING"
	" RETURNING origin, COALESCE(code, 0), sender",
	"recipient recipient text text timestamptz recipient[]", NULL, 0
};

static wa_str
result_str(int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);

	return wa_datum_str(value);
}

static Datum
ids_array(const wa_schema *schema, const wa_others *others)
{
	wa_column	column = {.type = schema->recipient_type};

	for (int i = 0; i < others->nids; i++)
		wa_put_str(&column, wa_canonical_str(&others->ids[i]));
	return wa_column_array(&column);
}

static int64
keep_stop(const wa_others *others, const wa_schema *schema, const wa_other *other,
		  const wa_others_stop *stop)
{
	Datum		values[] = {
		RecipientGetDatum(wa_recipient_make(&other->id)),
		RecipientGetDatum(wa_recipient_make(&stop->home)),
		wa_str_datum(wa_register_name(stop->reg)), wa_str_datum(stop->business),
		TimestampTzGetDatum(stop->at), ids_array(schema, others)
	};
	wa_row_delta delta;
	const wa_row_delta *row = &delta;
	bool		isnull;

	if (wa_statement_run(&copy_event, schema, values, NULL) == 0)
		return 0;
	memset(&delta, 0, sizeof(delta));
	delta.key = (wa_row_key)
	{
		WA_ROW_CONSENT, stop->reg, wa_canonical_str(&other->id), stop->business, WA_STR("")
	};
	delta.u.consent.stopped_at = stop->at;
	delta.u.consent.resumed_at = WA_NEVER;
	delta.u.consent.origin = result_str(1);
	delta.u.consent.code = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0],
													   SPI_tuptable->tupdesc, 2, &isnull));
	delta.u.consent.sender = result_str(3);
	delta.u.consent.message_id = WA_STR("");
	wa_upsert(schema, &wa_consent_target, &row, 1);
	return 1;
}

static int64
keep_stops(const wa_others *others, const wa_schema *schema, const wa_other *other)
{
	int64		kept = 0;

	for (int i = 0; i < other->nstops; i++)
	{
		for (int j = 0; j < other->nreached; j++)
		{
			if (other->reached[j].lost && wa_canonical_equal(&other->reached[j].id, &other->stops[i].home))
				kept += keep_stop(others, schema, other, &other->stops[i]);
		}
	}
	return kept;
}

/*
 * All failures that count, even such as evidence there has lifted: whether it spoke for this one,
 * the links tell no more.  What its own evidence lifts stays lifted.
 */
static wa_statement copy_failures = {
	"INSERT INTO @extschema@.wa_cooldown AS o"
	" (recipient, business, code, failures, lifted_at, strikes, until)"
	" SELECT $1, $2, $3, m.merged_failures, m.merged_lifted_at, m.strikes, m.until"
	" FROM (SELECT pg_catalog.array_agg(l.at ORDER BY l.at) AS failures FROM"
	" (SELECT DISTINCT t.at FROM unnest($4, $5, $6, $7) AS h (home, until, since, unlinked_at)"
	" JOIN @extschema@.wa_cooldown AS c ON c.recipient OPERATOR(@extschema@.=) h.home"
	" AND c.business = $2 AND c.code = $3"
	" CROSS JOIN LATERAL pg_catalog.unnest(c.failures) AS t (at)"
	" WHERE h.until IS NULL OR t.at <= h.until OR t.at BETWEEN h.since AND h.unlinked_at"
	" ORDER BY t.at DESC LIMIT 32) AS l) AS f"
	" CROSS JOIN LATERAL (" WA_EVIDENCE_LIFTS("$1", "$2", "$3") ") AS e"
	" CROSS JOIN LATERAL @extschema@.wa__cooldown_merge($3, $2, f.failures, NULL, '{}', e.at) AS m"
	" WHERE f.failures IS NOT NULL"
	" ON CONFLICT (recipient, business, code) DO UPDATE SET"
	" (failures, lifted_at, strikes, until) ="
	" (SELECT m.merged_failures, m.merged_lifted_at, m.strikes, m.until"
	" FROM @extschema@.wa__cooldown_merge(o.code, o.business, o.failures, o.lifted_at,"
	" excluded.failures, excluded.lifted_at) AS m)",
	"recipient text int4 recipient[] timestamptz[] timestamptz[] timestamptz[]", NULL, 0
};

/* Those whose failures are lost, as the last parameters of copy_failures. */
static int
put_lost(const wa_other *other, wa_column *columns)
{
	for (int i = 0; i < other->nreached; i++)
	{
		const wa_reached *reached = &other->reached[i];

		if (!reached->lost)
			continue;
		wa_put_str(&columns[0], wa_canonical_str(&reached->id));
		wa_put_instant(&columns[1], Max(reached->events_until, MIN_TIMESTAMP));
		wa_put_instant(&columns[2], reached->failures_since);
		wa_put_instant(&columns[3], reached->failures_until);
	}
	return wa_column_length(&columns[0]);
}

static int64
keep_cooldowns(const wa_schema *schema, const wa_other *other)
{
	wa_column	columns[] = {{.type = schema->recipient_type}, {.type = TIMESTAMPTZOID},
	{.type = TIMESTAMPTZOID}, {.type = TIMESTAMPTZOID}};
	Datum		values[3 + lengthof(columns)];
	int64		kept = 0;

	if (other->ncooldowns == 0 || put_lost(other, columns) == 0)
		return 0;
	values[0] = RecipientGetDatum(wa_recipient_make(&other->id));
	for (int i = 0; i < lengthof(columns); i++)
		values[3 + i] = wa_column_array(&columns[i]);
	for (int i = 0; i < other->ncooldowns; i++)
	{
		values[1] = wa_str_datum(other->cooldowns[i].business);
		values[2] = Int32GetDatum(other->cooldowns[i].code);
		kept += wa_statement_run(&copy_failures, schema, values, NULL);
	}
	return kept;
}

int64
wa_others_keep(wa_others *others, const wa_schema *schema)
{
	wa_kept_links links = {NULL, NULL};
	int64		kept = 0;

	PushActiveSnapshot(GetLatestSnapshot());
	for (int i = 0; i < others->n; i++)
	{
		if (others->at[i].reaches)
			load_person(others, &others->at[i], schema, &links);
	}
	PopActiveSnapshot();
	if (links.context != NULL)
		MemoryContextDelete(links.context);
	for (int i = 0; i < others->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		kept += keep_stops(others, schema, &others->at[i]);
		kept += keep_cooldowns(schema, &others->at[i]);
	}
	return kept;
}
