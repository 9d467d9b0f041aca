/*-------------------------------------------------------------------------
 *
 * person_log.c
 *	  One person's consent events, read once for all questions of a report.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/append.h"
#include "base/bisect.h"
#include "base/encode.h"
#include "base/snapshot_id.h"
#include "recipient/recipient.h"
#include "report/person_log.h"
#include "state/columns.h"
#include "state/read.h"

/* When more bytes than this are kept, all are freed for the next recipient. */
#define KEPT_MOST		(64 * 1024 * 1024)

typedef struct log_entry
{
	wa_str		recipient;
	uint32		hash;
	char		status;
	wa_person_log *log;
} log_entry;

#define SH_PREFIX log
#define SH_ELEMENT_TYPE log_entry
#define SH_KEY recipient
#include "base/str_table.h"

/* What is kept, to the end of the statement at most; context NULL: nothing. */
static struct
{
	MemoryContext context;
	MemoryContextCallback at_end;
	wa_snapshot_id snapshot;
	Oid			nspid;
	uint64		seed;
	log_hash   *logs;
	Size		size;			/* of them */
	wa_kept_links links;
} kept;

static void
forget_kept(void *arg)
{
	kept.context = NULL;
}

/* The log of a recipient that is kept under this snapshot; NULL, and room for it, where there is none. */
static wa_person_log *
find_kept(const wa_schema *schema, Snapshot snapshot, const wa_canonical *id)
{
	MemoryContext context;

	if (kept.context != NULL &&
		(!wa_snapshot_unchanged(&kept.snapshot, snapshot) || kept.nspid != schema->nspid))
		MemoryContextDelete(kept.context);
	if (kept.context != NULL)
	{
		log_entry  *entry = log_lookup(kept.logs, wa_canonical_str(id));

		if (entry != NULL)
			return entry->log;
		if (kept.size > KEPT_MOST)
			MemoryContextDelete(kept.context);
	}
	if (kept.context != NULL)
		return NULL;
	context = AllocSetContextCreate(PortalContext != NULL ? PortalContext : TopTransactionContext,
									"wa_policy kept logs", ALLOCSET_SMALL_SIZES);
	kept.snapshot = wa_identify_snapshot(snapshot);
	kept.nspid = schema->nspid;
	kept.seed = pg_prng_uint64(&pg_global_prng_state);
	kept.logs = log_create(context, 16, &kept.seed);
	kept.size = 0;
	memset(&kept.links, 0, sizeof(kept.links));
	kept.at_end.func = forget_kept;
	MemoryContextRegisterResetCallback(context, &kept.at_end);
	kept.context = context;		/* once all is there: what ends in an error before is found by nobody */
	return NULL;
}

/*
 * Reading the events.
 */

int
wa_person_log_member(const wa_person_log *log, wa_str name)
{
	wa_canonical id;

	if (!wa_canonical_from_str(name, &id))
		return -1;
	if (log->person != NULL)
		return wa_person_member(log->person, &id);
	return wa_str_equal(name, wa_canonical_str(&log->id)) ? 0 : -1;
}

bool
wa_person_log_counts(const wa_person_log *log, int member, wa_instant t)
{
	return member == 0 || (member > 0 && t <= log->person->members[member].events_until);
}

/* A neighbour of the recipient, and since when it is one: of those who had the number before, WA_NEVER. */
typedef struct neighbour
{
	wa_instant	since;
	int			member;
} neighbour;

static int
compare_neighbours(const void *a, const void *b)
{
	const neighbour *x = a;
	const neighbour *y = b;

	return x->since != y->since ? (x->since < y->since ? -1 : 1) : x->member - y->member;
}

/* When people moved to the recipient's number, in order; n: how often, 0 also where it is no number. */
static wa_instant *
find_moves(const wa_person *person, int *n)
{
	wa_instant *moves = palloc_extended((person->nedges + 1) * sizeof(wa_instant), MCXT_ALLOC_HUGE);

	*n = 0;
	if (person->members[0].kind != WA_ID_PHONE)
		return moves;
	for (int i = person->members[0].edges; i >= 0; i = wa_edge_next(&person->edges[i], 0))
	{
		const wa_edge *edge = &person->edges[i];

		if (edge->link.change && edge->holds && edge->to == 0)
			moves[(*n)++] = edge->link.first_seen_at;
	}
	qsort(moves, *n, sizeof(wa_instant), wa_int8_order);
	return moves;
}

/* All that the links of a neighbour lead on to is there since then, unless it was before. */
static void
spread_since(const wa_person *person, wa_instant *since, int *queue, neighbour first)
{
	int			n = 0;

	if (since[first.member] != WA_FOREVER)
		return;
	since[first.member] = first.since;
	queue[n++] = first.member;
	while (n > 0)
	{
		int			member = queue[--n];

		for (int i = person->members[member].edges; i >= 0; i = wa_edge_next(&person->edges[i], member))
		{
			const wa_edge *edge = &person->edges[i];
			int			other = wa_edge_other(edge, member);

			if (edge->holds && since[other] == WA_FOREVER && (!edge->link.change || edge->to == member))
			{
				since[other] = first.since;
				queue[n++] = other;
			}
		}
	}
}

/*
 * Since when does each member belong to the recipient's number?  Whoever moved to it brought its
 * identifiers then, and so did what was seen with the number first after that; the rest was there
 * before.  NULL: nobody has moved.
 */
static wa_instant *
find_since(const wa_person *person)
{
	int			nmoves;
	wa_instant *moves = find_moves(person, &nmoves);
	neighbour  *neighbours = NULL;
	int			n = 0;
	int			max = 0;
	wa_instant *since;
	int		   *queue;

	if (nmoves == 0)
		return NULL;
	for (int i = person->members[0].edges; i >= 0; i = wa_edge_next(&person->edges[i], 0))
	{
		const wa_edge *edge = &person->edges[i];
		int			before;

		if (!edge->holds || (edge->link.change && edge->to != 0))
			continue;
		wa_bisect(before, nmoves, moves[before] <= edge->link.first_seen_at);
		*wa_append(neighbours, n, max, neighbour) = (neighbour)
		{
			before == 0 ? WA_NEVER : moves[before - 1], wa_edge_other(edge, 0)
		};
	}
	qsort(neighbours, n, sizeof(neighbour), compare_neighbours);
	since = palloc_extended(person->nmembers * sizeof(wa_instant), MCXT_ALLOC_HUGE);
	for (int i = 0; i < person->nmembers; i++)
		since[i] = WA_FOREVER;
	since[0] = WA_NEVER;
	queue = palloc_extended(person->nmembers * sizeof(int), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
		spread_since(person, since, queue, neighbours[i]);
	return since;
}

/* Take in the current row, which is under this member, if it counts for the recipient. */
static void
read_event(wa_person_log *log, wa_reader *reader, int home)
{
	wa_instant	at = wa_reader_instant(reader, Anum_wa_consent_log_at);
	wa_str		names = wa_reader_str_in_place(reader, Anum_wa_consent_log_also_named);
	wa_instant	counts_from = log->since == NULL ? WA_NEVER : log->since[home];
	bool		of_home = wa_person_log_counts(log, home, at);
	bool		named = home == 0;
	int			members[WA_MAX_IDS] = {-1, -1, -1};
	int			nmembers = 0;
	wa_logged  *event;
	wa_str		name;

	if (of_home)
		members[nmembers++] = home;
	while (wa_str_next_word(&names, &name))
	{
		int			member = wa_person_log_member(log, name);

		named = named || member == 0;
		if (nmembers < WA_MAX_IDS && wa_person_log_counts(log, member, at))
			members[nmembers++] = member;
		if (member >= 0 && log->since != NULL)
			counts_from = Min(counts_from, log->since[member]);
	}
	if (nmembers == 0)
		return;
	event = wa_append(log->events, log->n, log->max, wa_logged);
	event->id = wa_reader_int8(reader, Anum_wa_consent_log_id);
	event->at = at;
	event->reg = wa_register_from_name(wa_reader_str_in_place(reader, Anum_wa_consent_log_register));
	event->stop = wa_str_equal(wa_reader_str_in_place(reader, Anum_wa_consent_log_state), WA_STR("stop"));
	event->of_home = of_home;
	event->named = named;
	event->home = home;
	memcpy(event->members, members, sizeof(members));
	event->home_text = wa_canonical_str(wa_person_log_id(log, home));
	event->business_text = wa_reader_str(reader, Anum_wa_consent_log_business);
	event->counts_from = named ? WA_NEVER : counts_from;
}

static int
compare_events(const void *a, const void *b)
{
	const wa_logged *x = a;
	const wa_logged *y = b;
	int			order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->stop != y->stop)
		return x->stop ? 1 : -1;
	order = wa_str_compare(wa_register_name(x->reg), wa_register_name(y->reg));
	if (order == 0)
		order = wa_str_compare(x->home_text, y->home_text);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

int
wa_person_log_business(const wa_person_log *log, wa_str business)
{
	wa_str	   *found = bsearch(&business, log->businesses, log->nbusinesses, sizeof(wa_str), wa_str_order);

	return found == NULL ? -1 : (int) (found - log->businesses);
}

static void
number_businesses(wa_person_log *log)
{
	log->businesses = palloc_extended((log->n + 1) * sizeof(wa_str), MCXT_ALLOC_HUGE);
	log->businesses[log->n] = WA_STR("");
	for (int i = 0; i < log->n; i++)
		log->businesses[i] = log->events[i].business_text;
	qsort(log->businesses, log->n + 1, sizeof(wa_str), wa_str_order);
	for (int i = 0; i <= log->n; i++)
	{
		if (i == 0 || !wa_str_equal(log->businesses[i], log->businesses[i - 1]))
			log->businesses[log->nbusinesses++] = log->businesses[i];
	}
	for (int i = 0; i < log->n; i++)
		log->events[i].business = wa_person_log_business(log, log->events[i].business_text);
}

static void
read_events(wa_person_log *log, Snapshot snapshot)
{
	wa_reader	reader;
	const wa_canonical *id;

	wa_reader_open(&reader, &log->schema->consent_log, snapshot);
	for (int i = 0; (id = wa_person_log_id(log, i)) != NULL; i++)
	{
		/* Those unlinked since count for what named both. */
		if (i > 0 && !wa_member_counts(&log->person->members[i]))
			continue;
		wa_reader_seek(&reader, RecipientGetDatum(wa_recipient_make(id)));
		while (wa_reader_next(&reader))
		{
			CHECK_FOR_INTERRUPTS();
			read_event(log, &reader, i);
		}
	}
	wa_reader_close(&reader);
	if (log->n > 1)
		qsort(log->events, log->n, sizeof(wa_logged), compare_events);
	number_businesses(log);
}

/* The person, without the links that are kept for others: these may be gone before the log is. */
static void
load_person(wa_person_log *log)
{
	MemoryContext context = AllocSetContextCreate(log->context, "wa_policy person of a log", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	wa_person  *person;

	log->links.kept = &kept.links;
	person = wa_person_load(&log->links, &log->id, true);
	wa_link_reader_close(&log->links);
	wa_keep_links(&kept.links, &log->links, person, kept.context);
	MemoryContextSwitchTo(old);

	log->links.kept = NULL;
	log->crowded = person != NULL && person->crowded;
	if (person == NULL || log->crowded)
	{
		MemoryContextDelete(context);
		return;
	}
	person->kept = NULL;
	for (int i = 0; i < person->nmembers; i++)
		person->members[i].kept = -1;
	log->person = person;
	log->since = find_since(person);
}

wa_person_log *
wa_person_log_open(FunctionCallInfo fcinfo, const wa_canonical *id, MemoryContext *old)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	Snapshot	snapshot = wa_active_snapshot();
	wa_person_log *log = find_kept(schema, snapshot, id);
	MemoryContext context;

	if (log != NULL)
	{
		*old = MemoryContextSwitchTo(log->context);
		log->schema = log->links.schema = schema;
		log->links.snapshot = snapshot;
		return log;
	}
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy log of a person", ALLOCSET_SMALL_SIZES);
	*old = MemoryContextSwitchTo(context);
	log = palloc0(sizeof(wa_person_log));
	log->context = context;
	log->schema = schema;
	log->id = *id;
	log->seed = kept.seed;
	wa_link_reader_open(&log->links, schema, snapshot);
	log->links.kept = &kept.links;
	load_person(log);
	read_events(log, snapshot);
	return log;
}

void
wa_person_log_close(wa_person_log *log, MemoryContext old)
{
	Size		size = MemoryContextMemAllocated(log->context, true);
	bool		found;

	MemoryContextSwitchTo(old);
	log_insert(kept.logs, wa_canonical_str(&log->id), &found)->log = log;
	if (!found)
		MemoryContextSetParent(log->context, kept.context);
	kept.size += size - log->size;
	log->size = size;
}
