/*-------------------------------------------------------------------------
 *
 * erased.c
 *	  Leaving out events about people who were erased.
 *
 * Where nobody was erased, this costs one look at an empty table.
 *
 * The links of a statement are a graph along which erasure spreads: in both directions between
 * identifiers that were seen together, and from the old to the new one of a change.  From a
 * BSUID or parent that becomes erased in this way, it spreads further along stored links, as
 * if these had come first and it had been erased then.  The times of an identifier only rise,
 * to some of the times that exist, so each identifier is visited at most as often as there
 * are such times.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/append.h"
#include "base/bisect.h"
#include "base/encode.h"
#include "identity/load.h"
#include "ingest/erased.h"
#include "ingest/upsert.h"
#include "recipient/recipient.h"
#include "state/columns.h"
#include "state/erased.h"
#include "state/read.h"

/* An identifier that this statement names, or that a link of it reaches. */
typedef struct wa_end
{
	wa_str		identifier;		/* first: sorted by it */
	wa_erased	stored;			/* as the table has it */
	wa_erased	erased;			/* with what this statement adds */
	int			edges;			/* first one that leads on; -1: none */
	bool		queued;
	bool		asked;			/* has anybody asked whether it is back since then? */
	bool		back;
} wa_end;

/* Erasure goes over to the other end. */
typedef struct wa_way
{
	int			to;
	int			next;			/* from the same end; -1: none */
} wa_way;

/* Ends by identifier. */
typedef struct ends_entry
{
	wa_str		identifier;
	uint32		hash;
	char		status;
	int			end;
} ends_entry;

#define SH_PREFIX ends
#define SH_ELEMENT_TYPE ends_entry
#define SH_KEY identifier
#include "base/str_table.h"

typedef struct wa_erasures
{
	const wa_schema *schema;
	Snapshot	latest;
	wa_erasure_key key;
	wa_reader	erased;
	wa_reader	consent;
	wa_reader	activity;
	const wa_deltas *activities;
	const wa_deltas *consents;
	uint64		seed;
	ends_hash  *by_identifier;
	int			n;
	int			max;
	wa_end	   *ends;
	int			nways;
	int			max_ways;
	wa_way	   *ways;
	int			nqueued;
	int			max_queued;
	int		   *queue;
	MemoryContext scratch;		/* of one person */
	wa_kept_links links;		/* of those with many */
} wa_erasures;

/*
 * Rows of wa_erased.
 */

static wa_statement add_erased = {
	"INSERT INTO @extschema@.wa_erased AS o (bucket, hash, at, everything_at)"
	" SELECT * FROM unnest($1, $2, $3, $4)"
	" ON CONFLICT (bucket, hash) DO UPDATE SET at = GREATEST(o.at, excluded.at),"
	" everything_at = GREATEST(o.everything_at, excluded.everything_at)"
	" WHERE o.at < excluded.at OR o.everything_at < excluded.everything_at"
	" OR o.everything_at IS NULL AND excluded.everything_at IS NOT NULL",
	"int4[] bytea[] timestamptz[] timestamptz[]", NULL, 0
};

void
wa_put_erased(wa_column *columns, const wa_erasure_key *key, wa_str identifier, wa_erased erased)
{
	static const Oid types[WA_ERASED_COLUMNS] = {INT4OID, BYTEAOID, TIMESTAMPTZOID, TIMESTAMPTZOID};
	uint8		hash[WA_ERASED_HASH];

	for (int i = 0; i < WA_ERASED_COLUMNS; i++)
		columns[i].type = types[i];
	wa_erased_hash(key, identifier, hash);
	wa_put_int4(&columns[0], (int32) wa_erased_bucket(key, identifier), false);
	wa_put_str(&columns[1], (wa_str) {(char *) hash, WA_ERASED_HASH});
	wa_put_instant(&columns[2], erased.at);
	wa_put_instant(&columns[3], erased.everything_at);
}

void
wa_write_erased(const wa_schema *schema, const wa_column *columns)
{
	Datum		values[WA_ERASED_COLUMNS];

	if (wa_column_length(&columns[0]) == 0)
		return;
	for (int i = 0; i < WA_ERASED_COLUMNS; i++)
		values[i] = wa_column_array(&columns[i]);
	wa_statement_run(&add_erased, schema, values, NULL);
}

/*
 * Has somebody come back?
 */

/* Deltas are sorted by recipient: the first that is not before this one. */
static int
first_of(const wa_deltas *deltas, wa_str recipient)
{
	int			i;

	wa_bisect(i, deltas->n, wa_str_compare(deltas->at[i]->key.recipient, recipient) < 0);
	return i;
}

/* Is there a message of this identifier that is later, in this statement or before it? */
static bool
has_written(wa_erasures *e, wa_str identifier, wa_instant at)
{
	for (int i = first_of(e->activities, identifier); i < e->activities->n &&
		 wa_str_equal(e->activities->at[i]->key.recipient, identifier); i++)
	{
		if (e->activities->at[i]->u.activity.last_inbound_at > at)
			return true;
	}
	wa_reader_seek(&e->activity, wa_str_datum(identifier));
	while (wa_reader_next(&e->activity))
	{
		if (wa_reader_instant(&e->activity, Anum_wa_activity_last_inbound_at) > at)
			return true;
	}
	return false;
}

/* Likewise an opt-in. */
static bool
has_opted_in(wa_erasures *e, wa_str identifier, wa_instant at)
{
	for (int i = first_of(e->consents, identifier); i < e->consents->n &&
		 wa_str_equal(e->consents->at[i]->key.recipient, identifier); i++)
	{
		if (e->consents->at[i]->key.number == WA_REGISTER_BUSINESS &&
			e->consents->at[i]->u.consent.resumed_at > at)
			return true;
	}
	wa_reader_seek(&e->consent, wa_str_datum(identifier));
	while (wa_reader_next(&e->consent))
	{
		if (wa_str_equal(wa_reader_str_in_place(&e->consent, Anum_wa_consent_register),
						 WA_STR("business")) &&
			wa_reader_instant(&e->consent, Anum_wa_consent_resumed_at) > at)
			return true;
	}
	return false;
}

/*
 * Has this end turned to a business again?  Then what it does is stored.  Asked once of each, for
 * it may have rows of very many businesses and senders.
 */
static bool
is_back(wa_erasures *e, int end, wa_instant at)
{
	wa_end	   *it = &e->ends[end];

	if (it->asked && at == it->erased.at)
		return it->back;
	it->back = has_written(e, it->identifier, at) || has_opted_in(e, it->identifier, at);
	it->asked = at == it->erased.at;
	return it->back;
}

/*
 * Spreading.
 */

/* The end of that identifier, which must live as long; it is made where there is none. */
static int
end_of(wa_erasures *e, wa_str identifier)
{
	bool		found;
	ends_entry *entry = ends_insert(e->by_identifier, identifier, &found);

	if (!found)
	{
		wa_erased	erased = wa_erased_read(&e->erased, &e->key, identifier);

		entry->end = e->n;
		*wa_append(e->ends, e->n, e->max, wa_end) = (wa_end) {identifier, erased, erased,.edges = -1};
	}
	return entry->end;
}

static void
enqueue(wa_erasures *e, int end)
{
	if (e->ends[end].queued)
		return;
	e->ends[end].queued = true;
	*wa_append(e->queue, e->nqueued, e->max_queued, int) = end;
}

static bool
is_raised(wa_erased from, wa_erased to)
{
	return from.at < to.at || from.everything_at < to.everything_at;
}

/* It counts as erased then as well. */
static void
raise_end(wa_erasures *e, int end, wa_erased erased)
{
	if (!is_raised(e->ends[end].erased, erased))
		return;
	e->ends[end].erased = wa_erased_merge(e->ends[end].erased, erased);
	enqueue(e, end);
}

static void
add_way(wa_erasures *e, int from, int to)
{
	*wa_append(e->ways, e->nways, e->max_ways, wa_way) = (wa_way) {to, e->ends[from].edges};
	e->ends[from].edges = e->nways - 1;
}

static void
add_ways(wa_erasures *e, const wa_deltas *links, bool both_ways)
{
	for (int i = 0; i < links->n; i++)
	{
		int			from = end_of(e, links->at[i]->key.recipient);
		int			to = end_of(e, links->at[i]->key.other);

		CHECK_FOR_INTERRUPTS();
		add_way(e, from, to);
		if (both_ways)
			add_way(e, to, from);
	}
}

/*
 * To whom a BSUID or parent reaches by stored links, and for how long.  A phone leads on to nobody:
 * it changes hands.  Nor does one that too many reach: decisions refuse it in any case, and to
 * follow a chain from each of its identifiers would cost the square of its length.
 */
static void
spread_over_stored(wa_erasures *e, int end)
{
	wa_canonical id;
	wa_erased	erased = e->ends[end].erased;
	MemoryContext old = MemoryContextSwitchTo(e->scratch);
	wa_link_reader links;
	wa_person  *person;

	wa_recipient_get(DatumGetRecipientPP(wa_str_datum(e->ends[end].identifier)), &id);
	wa_link_reader_open(&links, e->schema, e->latest);
	links.kept = &e->links;
	person = wa_id_kind_of(&id) == WA_ID_PHONE ? NULL : wa_person_load(&links, &id, true);
	wa_link_reader_close(&links);
	MemoryContextSwitchTo(old);
	wa_keep_links(&e->links, &links, person, old);
	for (int i = 1; person != NULL && !person->crowded && i < person->nmembers; i++)
	{
		const wa_member *member = &person->members[i];

		if (member->events_until != WA_NEVER)
			raise_end(e, end_of(e, wa_str_copy(wa_canonical_str(&member->id))),
					  wa_erased_bounded(erased, member->events_until));
	}
	MemoryContextReset(e->scratch);
}

static void
spread(wa_erasures *e)
{
	int			named = e->n;

	for (int i = 0; i < named; i++)
	{
		if (e->ends[i].erased.at != WA_NEVER)
			enqueue(e, i);
	}
	while (e->nqueued > 0)
	{
		int			end = e->queue[--e->nqueued];

		CHECK_FOR_INTERRUPTS();
		e->ends[end].queued = false;
		for (int way = e->ends[end].edges; way >= 0; way = e->ways[way].next)
			raise_end(e, e->ways[way].to, e->ends[end].erased);
		if (is_raised(e->ends[end].stored, e->ends[end].erased))
			spread_over_stored(e, end);
	}
}

/*
 * Leaving out.
 */

/* Rows of wa_activity, wa_delivery or wa_message. */
static void
leave_out_traffic(wa_erasures *e, wa_deltas *deltas)
{
	int			kept = 0;

	for (int i = 0; i < deltas->n; i++)
	{
		wa_row_delta *delta = deltas->at[i];
		wa_str		recipient = delta->key.kind == WA_ROW_MESSAGE ?
			delta->u.message.recipient : delta->key.recipient;
		int			end = end_of(e, recipient);
		wa_instant	at = e->ends[end].erased.at;

		CHECK_FOR_INTERRUPTS();
		if (at == WA_NEVER || is_back(e, end, at))
			deltas->at[kept++] = delta;
	}
	deltas->n = kept;
}

/* A link is stored only of somebody who is back. */
static void
leave_out_links(wa_erasures *e, wa_deltas *links, bool both_ways)
{
	int			kept = 0;

	for (int i = 0; i < links->n; i++)
	{
		int			from = end_of(e, links->at[i]->key.recipient);
		int			to = end_of(e, links->at[i]->key.other);
		wa_instant	at = e->ends[from].erased.at;

		CHECK_FOR_INTERRUPTS();
		if (both_ways)
			at = wa_later(at, e->ends[to].erased.at);
		if (at == WA_NEVER || is_back(e, from, at) || is_back(e, to, at))
			links->at[kept++] = links->at[i];
	}
	links->n = kept;
}

/* In one order for all, as every row that ingests write.  Puts the ends in another order. */
static void
write_raised(wa_erasures *e)
{
	wa_column	columns[WA_ERASED_COLUMNS] = {0};

	qsort(e->ends, e->n, sizeof(wa_end), wa_str_order);
	for (int i = 0; i < e->n; i++)
	{
		if (is_raised(e->ends[i].stored, e->ends[i].erased))
			wa_put_erased(columns, &e->key, e->ends[i].identifier, e->ends[i].erased);
	}
	wa_write_erased(e->schema, columns);
}

static void
open_erasures(wa_erasures *e)
{
	e->seed = pg_prng_uint64(&pg_global_prng_state);
	e->by_identifier = ends_create(CurrentMemoryContext, 64, &e->seed);
	e->scratch = AllocSetContextCreate(CurrentMemoryContext, "wa_policy erased person",
									   ALLOCSET_SMALL_SIZES);
	wa_reader_open_latest(&e->erased, &e->schema->erased);
	wa_reader_open_latest(&e->consent, &e->schema->consent);
	wa_reader_open_latest(&e->activity, &e->schema->activity);
}

static void
close_erasures(wa_erasures *e)
{
	wa_reader_close(&e->activity);
	wa_reader_close(&e->consent);
	wa_reader_close(&e->erased);
	MemoryContextDelete(e->scratch);
}

void
wa_leave_out_erased(const wa_schema *schema, wa_deltas *deltas)
{
	wa_erasures e = {.schema = schema};
	wa_deltas	all_activities = deltas[WA_ROW_ACTIVITY];

	e.latest = RegisterSnapshot(GetLatestSnapshot());
	if (wa_erasure_key_read(schema, e.latest, &e.key))
	{
		all_activities.at = palloc_extended(Max(1, all_activities.n) * sizeof(wa_row_delta *),
											MCXT_ALLOC_HUGE);
		if (all_activities.n > 0)
			memcpy(all_activities.at, deltas[WA_ROW_ACTIVITY].at, all_activities.n * sizeof(wa_row_delta *));
		e.activities = &all_activities;
		e.consents = &deltas[WA_ROW_CONSENT];
		open_erasures(&e);
		add_ways(&e, &deltas[WA_ROW_CHANGE], false);
		add_ways(&e, &deltas[WA_ROW_SIGHTING], true);
		spread(&e);
		leave_out_links(&e, &deltas[WA_ROW_CHANGE], false);
		leave_out_links(&e, &deltas[WA_ROW_SIGHTING], true);
		leave_out_traffic(&e, &deltas[WA_ROW_ACTIVITY]);
		leave_out_traffic(&e, &deltas[WA_ROW_DELIVERY]);
		leave_out_traffic(&e, &deltas[WA_ROW_MESSAGE]);
		close_erasures(&e);
		write_raised(&e);
	}
	UnregisterSnapshot(e.latest);
}
