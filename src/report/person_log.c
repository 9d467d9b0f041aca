/*-------------------------------------------------------------------------
 *
 * person_log.c
 *	  Questions of the reports about one person's consent events and messages: is a stop an
 *	  opt-out, to which message does it belong, which stop stood when a message was sent, which
 *	  opt-in is the person's?
 *
 * A report asks about a person once for each of its stops or messages.  To answer, all events of the
 * person are read and passed once in order of time, and the result is kept for the next questions
 * under the same snapshot: otherwise who has n events would cost n² of them.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/append.h"
#include "base/arguments.h"
#include "base/encode.h"
#include "base/snapshot_id.h"
#include "identity/load.h"
#include "recipient/recipient.h"
#include "report/columns.h"
#include "state/columns.h"
#include "state/read.h"

PG_FUNCTION_INFO_V1(wa__is_opt_out);
PG_FUNCTION_INFO_V1(wa__message_before);
PG_FUNCTION_INFO_V1(wa__stop_before);
PG_FUNCTION_INFO_V1(wa__opt_in_of);

/* When more bytes than this are kept, all are freed. */
#define KEPT_MOST		(64 * 1024 * 1024)

/* A stop for every business within this time repeats one of a business. */
#define REPEATED_WITHIN	(48 * WA_HOUR)

/* An opt-out belongs to a message of this time before it. */
#define MESSAGE_WITHIN	(48 * WA_HOUR)

/* Of each register, so many resumes under each other identifier are examined: the latest, as for decisions. */
#define MOST_RESUMES	32

/* What is sent within this time after a stop is no violation. */
#define TIME_TO_STOP	(10 * WA_MINUTE)

/* A row of wa_consent_log that counts for the person. */
typedef struct wa_logged
{
	int64		id;
	wa_instant	at;
	wa_register reg;
	bool		stop;
	bool		of_home;		/* does its home identifier count then, not only another one it named? */
	bool		named;			/* did it name the recipient? */
	bool		may_lift;		/* a resume: may it lift a stop of the recipient? */
	int			home;			/* member; 0: the recipient */
	int			business;		/* number of it in businesses */
	wa_str		home_text;
	wa_str		business_text;
	wa_instant	counts_from;	/* a stop: against messages from then on */
} wa_logged;

/* A stop and how long it stood. */
typedef struct wa_standing
{
	const wa_logged *stop;
	wa_instant	until;			/* WA_FOREVER: it stands */
} wa_standing;

/* A marketing message that was received. */
typedef struct wa_received
{
	wa_instant	at;
	wa_str		business;
	wa_str		message_id;
	wa_str		participant;
	MinimalTuple row;
} wa_received;

typedef struct wa_person_log
{
	MemoryContext context;
	Size		size;			/* as far as it is in kept.size */
	const wa_schema *schema;
	wa_canonical id;
	wa_link_reader links;		/* the person's */
	wa_person  *person;			/* NULL: no links */
	bool		crowded;		/* too many identifiers: only the recipient's own rows were read */

	/*
	 * Who has moved to the number since was not sent to before: what it brought along does not
	 * count then, but what the number was seen with by then.
	 */
	wa_instant	moved;			/* when somebody last did; WA_NEVER: nobody */
	wa_instant *seen;			/* when each member was first seen with the number; NULL: nobody has moved */
	int			n;
	int			max;
	wa_logged  *events;			/* in order of time */
	int			nbusinesses;
	wa_str	   *businesses;		/* in order */
	bool		has_opt_outs;
	int			nopt_outs;
	int64	   *opt_outs;		/* in order */
	bool		has_standing;
	int			nstanding;
	wa_standing *standing;		/* in order of time */
	bool		has_messages;
	int			nmessages;
	int			max_messages;
	wa_received *messages;		/* in order of time */
} wa_person_log;

typedef struct log_entry
{
	wa_str		recipient;
	uint32		hash;
	char		status;
	wa_person_log *log;
} log_entry;

#define SH_PREFIX log
#define SH_ELEMENT_TYPE log_entry
#define SH_KEY_TYPE wa_str
#define SH_KEY recipient
/* Seeded, so that nobody can choose identifiers that fall on each other. */
#define SH_HASH_KEY(tb, key) \
	((uint32) hash_bytes_extended((const unsigned char *) (key).data, (key).len, \
								  *(const uint64 *) (tb)->private_data))
#define SH_EQUAL(tb, a, b)		wa_str_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a)		((a)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

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

/* Make room for what is kept under this snapshot: of another one nothing is. */
static void
prepare_kept(const wa_schema *schema, Snapshot snapshot)
{
	if (kept.context != NULL &&
		(!wa_snapshot_unchanged(&kept.snapshot, snapshot) || kept.nspid != schema->nspid ||
		 kept.size > KEPT_MOST))
		MemoryContextDelete(kept.context);
	if (kept.context != NULL)
		return;
	kept.context = AllocSetContextCreate(PortalContext != NULL ? PortalContext : TopTransactionContext,
										 "wa_policy kept logs", ALLOCSET_SMALL_SIZES);
	kept.at_end.func = forget_kept;
	MemoryContextRegisterResetCallback(kept.context, &kept.at_end);
	kept.snapshot = wa_identify_snapshot(snapshot);
	kept.nspid = schema->nspid;
	kept.seed = pg_prng_uint64(&pg_global_prng_state);
	kept.logs = log_create(kept.context, 16, &kept.seed);
	kept.size = 0;
	memset(&kept.links, 0, sizeof(kept.links));
}

/*
 * Reading the events.
 */

/* The member of that name; -1: none. */
static int
member_named(const wa_person_log *log, wa_str name)
{
	wa_canonical id = {.len = Min(name.len, WA_RECIPIENT_MAX)};

	memcpy(id.text, name.data, id.len);
	if (id.len < name.len)
		return -1;
	if (log->person != NULL)
		return wa_person_member(log->person, &id);
	return wa_str_equal(name, (wa_str) {log->id.text, log->id.len}) ? 0 : -1;
}

/* Do events under this member at t count? */
static bool
counts(const wa_person_log *log, int member, wa_instant t)
{
	return member == 0 || (member > 0 && t <= log->person->members[member].events_until);
}

/* The next of the names in a list; false after the last. */
static bool
next_name(wa_str *list, wa_str *name)
{
	const char *blank;

	if (list->len == 0)
		return false;
	blank = memchr(list->data, ' ', list->len);
	*name = (wa_str) {list->data, blank == NULL ? list->len : blank - list->data};
	list->data += Min(name->len + 1, list->len);
	list->len -= Min(name->len + 1, list->len);
	return true;
}

/* When somebody last moved to the recipient's number; WA_NEVER: nobody did, or it is no number. */
static wa_instant
moved_to(const wa_person *person)
{
	wa_instant	last = WA_NEVER;

	if (person->members[0].kind != WA_ID_PHONE)
		return last;
	for (int i = person->members[0].edges; i >= 0;
		 i = person->edges[i].from == 0 ? person->edges[i].next_of_from : person->edges[i].next_of_to)
	{
		if (person->edges[i].link.change && person->edges[i].to == 0)
			last = wa_later(last, person->edges[i].link.last_seen_at);
	}
	return last;
}

/* When the recipient was first seen with each member; WA_FOREVER: never. */
static wa_instant *
seen_with(const wa_person *person)
{
	wa_instant *seen = palloc(person->nmembers * sizeof(wa_instant));

	for (int i = 0; i < person->nmembers; i++)
		seen[i] = WA_FOREVER;
	for (int i = person->members[0].edges; i >= 0;
		 i = person->edges[i].from == 0 ? person->edges[i].next_of_from : person->edges[i].next_of_to)
	{
		const wa_edge *edge = &person->edges[i];
		int			other = edge->from == 0 ? edge->to : edge->from;

		if (!edge->link.change && edge->link.first_seen_at != WA_NEVER)
			seen[other] = Min(seen[other], edge->link.first_seen_at);
	}
	return seen;
}

/* Take in the current row, which is under this member, if it counts for the recipient. */
static void
read_event(wa_person_log *log, wa_reader *reader, int home)
{
	wa_instant	at = wa_reader_instant(reader, Anum_wa_consent_log_at);
	wa_str		names = wa_reader_str_in_place(reader, Anum_wa_consent_log_also_named);
	wa_instant	counts_from = log->seen == NULL ? WA_NEVER : Min(log->moved, log->seen[home]);
	bool		of_home = counts(log, home, at);
	bool		of_other = false;
	bool		named = home == 0;
	wa_logged  *event;
	wa_str		name;

	while (next_name(&names, &name))
	{
		int			member = member_named(log, name);

		named = named || member == 0;
		of_other = of_other || counts(log, member, at);
		if (member >= 0 && log->seen != NULL)
			counts_from = Min(counts_from, log->seen[member]);
	}
	if (!of_home && !of_other)
		return;
	event = wa_append(log->events, log->n, log->max, wa_logged);
	event->id = wa_reader_int8(reader, Anum_wa_consent_log_id);
	event->at = at;
	event->reg = wa_register_from_name(wa_reader_str_in_place(reader, Anum_wa_consent_log_register));
	event->stop = wa_str_equal(wa_reader_str_in_place(reader, Anum_wa_consent_log_state), WA_STR("stop"));
	event->of_home = of_home;
	event->named = named;
	event->home = home;
	event->home_text = log->person == NULL ? (wa_str) {log->id.text, log->id.len} :
		(wa_str) {log->person->members[home].id.text, log->person->members[home].id.len};
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

/* The number of a business among those of the events; -1: none has it. */
static int
business_number(const wa_person_log *log, wa_str business)
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
		log->events[i].business = business_number(log, log->events[i].business_text);
}

static void
read_events(wa_person_log *log, Snapshot snapshot)
{
	wa_reader	reader;

	wa_reader_open(&reader, &log->schema->consent_log, snapshot);
	for (int i = 0; i == 0 || (log->person != NULL && i < log->person->nmembers); i++)
	{
		const wa_canonical *id = log->person == NULL ? &log->id : &log->person->members[i].id;

		/* Those unlinked since count for what named both. */
		if (i > 0 && log->person->members[i].events_until == WA_NEVER &&
			log->person->members[i].failures_until == WA_NEVER)
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
	log->moved = WA_NEVER;
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
	log->moved = moved_to(person);
	if (log->moved != WA_NEVER)
		log->seen = seen_with(person);
}

/*
 * The log of a recipient: a kept one, or one that is read now.  Leaves its memory context current;
 * close_log switches back.
 */
static wa_person_log *
open_log(FunctionCallInfo fcinfo, const wa_canonical *id, MemoryContext *old)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	Snapshot	snapshot = wa_active_snapshot();
	log_entry  *entry;
	wa_person_log *log;
	MemoryContext context;

	prepare_kept(schema, snapshot);
	entry = log_lookup(kept.logs, (wa_str) {id->text, id->len});
	if (entry != NULL)
	{
		log = entry->log;
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
	wa_link_reader_open(&log->links, schema, snapshot);
	log->links.kept = &kept.links;
	load_person(log);
	read_events(log, snapshot);
	return log;
}

static void
close_log(wa_person_log *log, MemoryContext old)
{
	Size		size = MemoryContextMemAllocated(log->context, true);
	bool		found;

	MemoryContextSwitchTo(old);
	log_insert(kept.logs, (wa_str) {log->id.text, log->id.len}, &found)->log = log;
	if (!found)
		MemoryContextSetParent(log->context, kept.context);
	kept.size += size - log->size;
	log->size = size;
}

/*
 * Opt-outs: each once.
 */

/* The latest event of a register, of one business or of all. */
typedef struct wa_latest
{
	const wa_logged *of_all;
	const wa_logged **of_business;
} wa_latest;

static const wa_logged *
later_event(const wa_logged *a, const wa_logged *b)
{
	/* Events are in order of time. */
	return a == NULL || (b != NULL && b > a) ? b : a;
}

/*
 * Does a stop stand before this one, in whichever register?  One while another stands is no new
 * opt-out.
 */
static bool
stands_before(const wa_latest *latest, int every_business, const wa_logged *stop)
{
	for (int reg = 0; reg < WA_REGISTERS; reg++)
	{
		const wa_logged *before = latest[reg].of_business[every_business];

		if (stop->business != every_business)
			before = later_event(before, latest[reg].of_business[stop->business]);
		else if (latest[reg].of_all != NULL && latest[reg].of_all->at > stop->at - REPEATED_WITHIN)
			before = latest[reg].of_all;
		if (before != NULL && before->stop)
			return true;
	}
	return false;
}

static int
compare_int8(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

static void
find_opt_outs(wa_person_log *log)
{
	wa_latest	latest[WA_REGISTERS] = {{NULL, NULL}};
	int			every_business = business_number(log, WA_STR(""));

	for (int reg = 0; reg < WA_REGISTERS; reg++)
		latest[reg].of_business = palloc0(log->nbusinesses * sizeof(wa_logged *));
	log->opt_outs = palloc_extended((log->n + 1) * sizeof(int64), MCXT_ALLOC_HUGE);
	for (int i = 0; i < log->n; i++)
	{
		const wa_logged *event = &log->events[i];

		if (!event->of_home)
			continue;
		if (event->stop && event->home == 0 && !stands_before(latest, every_business, event))
			log->opt_outs[log->nopt_outs++] = event->id;
		latest[event->reg].of_all = event;
		latest[event->reg].of_business[event->business] = event;
	}
	for (int reg = 0; reg < WA_REGISTERS; reg++)
		pfree(latest[reg].of_business);
	qsort(log->opt_outs, log->nopt_outs, sizeof(int64), compare_int8);
	log->has_opt_outs = true;
}

/* The arguments are those of a row of wa_consent_log. */
Datum
wa__is_opt_out(PG_FUNCTION_ARGS)
{
	int64		asked = PG_GETARG_INT64(1);
	MemoryContext old;
	wa_canonical id;
	wa_person_log *log;
	bool		result;

	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	log = open_log(fcinfo, &id, &old);
	if (!log->has_opt_outs)
		find_opt_outs(log);
	result = bsearch(&asked, log->opt_outs, log->nopt_outs, sizeof(int64), compare_int8) != NULL;
	close_log(log, old);
	PG_RETURN_BOOL(result);
}

/*
 * Messages.
 */

static int
compare_received(const void *a, const void *b)
{
	const wa_received *x = a;
	const wa_received *y = b;
	int			order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = wa_str_compare(y->message_id, x->message_id);
	return order != 0 ? order : wa_str_compare(y->participant, x->participant);
}

/* Is this a marketing message that was received, at t? */
static bool
is_received(wa_reader *reader, wa_instant *t)
{
	bool		isnull;

	*t = wa_reader_instant(reader, Anum_wa_message_delivered_at);
	if (*t == WA_NEVER)
		return false;
	(void) wa_reader_datum(reader, Anum_wa_message_category, &isnull);
	return !isnull && wa_reader_category(reader, Anum_wa_message_category) == WA_MARKETING;
}

static void
read_received(wa_reader *reader, wa_instant at, wa_received *message)
{
	message->at = at;
	message->business = wa_reader_str(reader, Anum_wa_message_business);
	message->message_id = wa_reader_str(reader, Anum_wa_message_message_id);
	message->participant = wa_reader_str(reader, Anum_wa_message_participant);
	message->row = ExecCopySlotMinimalTuple(reader->slot);
}

static void
read_messages(wa_person_log *log, Snapshot snapshot)
{
	wa_reader	reader;

	wa_reader_open(&reader, &log->schema->message_recipient, snapshot);
	for (int i = 0; i == 0 || (log->person != NULL && i < log->person->nmembers); i++)
	{
		const wa_canonical *id = log->person == NULL ? &log->id : &log->person->members[i].id;

		if (i > 0 && log->person->members[i].events_until == WA_NEVER)
			continue;
		wa_reader_seek(&reader, RecipientGetDatum(wa_recipient_make(id)));
		while (wa_reader_next(&reader))
		{
			wa_instant	at;

			CHECK_FOR_INTERRUPTS();
			if (is_received(&reader, &at) && counts(log, i, at))
				read_received(&reader, at, wa_append(log->messages, log->nmessages, log->max_messages, wa_received));
		}
	}
	wa_reader_close(&reader);
	if (log->nmessages > 1)
		qsort(log->messages, log->nmessages, sizeof(wa_received), compare_received);
	log->has_messages = true;
}

/* Can an opt-out of this business at t belong to it? */
static bool
may_belong(const wa_received *message, wa_str business, wa_instant t)
{
	return message->at <= t && message->at > t - MESSAGE_WITHIN &&
		(business.len == 0 || message->business.len == 0 || wa_str_equal(business, message->business));
}

/* The latest to which such an opt-out can belong; NULL: none. */
static const wa_received *
latest_received(const wa_person_log *log, wa_str business, wa_instant t)
{
	int			low = 0;
	int			high = log->nmessages;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (log->messages[middle].at <= t)
			low = middle + 1;
		else
			high = middle;
	}
	for (int i = low - 1; i >= 0 && log->messages[i].at > t - MESSAGE_WITHIN; i--)
	{
		if (may_belong(&log->messages[i], business, t))
			return &log->messages[i];
	}
	return NULL;
}

/* Look also at what was sent to an identifier that the opt-out named, but that does not count for the recipient. */
static const wa_received *
latest_of_named(wa_person_log *log, Snapshot snapshot, wa_str name, wa_str business, wa_instant t,
				const wa_received *latest)
{
	wa_reader	reader;
	wa_received message;

	wa_reader_open(&reader, &log->schema->message_recipient, snapshot);
	wa_reader_seek(&reader, wa_str_datum(name));
	while (wa_reader_next(&reader))
	{
		CHECK_FOR_INTERRUPTS();
		if (!is_received(&reader, &message.at) || message.at > t || message.at <= t - MESSAGE_WITHIN ||
			(latest != NULL && message.at < latest->at))
			continue;
		read_received(&reader, message.at, &message);
		if (may_belong(&message, business, t) && (latest == NULL || compare_received(&message, latest) > 0))
		{
			wa_received *copy = palloc(sizeof(wa_received));

			*copy = message;
			latest = copy;
		}
	}
	wa_reader_close(&reader);
	return latest;
}

Datum
wa__message_before(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_str		names = wa_text_arg(fcinfo, 1);
	wa_str		business = wa_text_arg(fcinfo, 2);
	wa_instant	at = PG_GETARG_TIMESTAMPTZ(3);
	MemoryContext old;
	wa_canonical id;
	wa_person_log *log;
	const wa_received *latest;
	wa_str		name;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	log = open_log(fcinfo, &id, &old);
	if (!log->has_messages)
		read_messages(log, wa_active_snapshot());
	latest = latest_received(log, business, at);
	MemoryContextSwitchTo(old);
	/* Of a crowded recipient, its own messages have to do. */
	while (!log->crowded && next_name(&names, &name))
	{
		int			member = member_named(log, name);

		if (member < 0 || !counts(log, member, WA_FOREVER))
			latest = latest_of_named(log, wa_active_snapshot(), name, business, at, latest);
	}
	if (latest != NULL)
	{
		TupleTableSlot *slot = MakeSingleTupleTableSlot(rsinfo->setDesc, &TTSOpsMinimalTuple);

		ExecStoreMinimalTuple(latest->row, slot, false);
		tuplestore_puttupleslot(rsinfo->setResult, slot);
		ExecDropSingleTupleTableSlot(slot);
	}
	close_log(log, old);
	return (Datum) 0;
}

/*
 * Stops that stood.
 */

/* Is the stop the recipient's own, for resumes of this business (identity/README.md, "Speaking")? */
static bool
is_own_stop(const wa_person *person, const wa_logged *stop, const bool *together)
{
	int			member = stop->named ? 0 : stop->home;

	return together[member] || person->members[member].events_until == WA_NEVER;
}

/* Does this stop stand, and may the resume lift it by its register and business? */
static bool
concerns(const wa_person_log *log, const wa_logged *resume, const wa_standing *standing)
{
	if (standing->until != WA_FOREVER || standing->stop->reg != resume->reg)
		return false;
	return standing->stop->business == resume->business ||
		(resume->business_text.len == 0 && resume->reg != WA_REGISTER_WHATSAPP);
}

/* By the law of rules/person_consents.c. */
static void
lift(wa_person_log *log, const wa_logged *resume, int first)
{
	wa_person  *person = log->person;
	bool	   *together = NULL;

	while (first < log->nstanding && !concerns(log, resume, &log->standing[first]))
		first++;
	if (first == log->nstanding)
		return;
	if (!resume->named &&
		!wa_person_speaks(person, resume->home, resume->business_text, resume->at, false))
	{
		if (!wa_person_speaks(person, resume->home, WA_STR(""), resume->at, true))
			return;
		together = palloc(person->nmembers * sizeof(bool));
		wa_person_seen_together(person, resume->business_text, together);
	}
	for (int i = first; i < log->nstanding; i++)
	{
		wa_standing *standing = &log->standing[i];

		if (concerns(log, resume, standing) &&
			(together == NULL || !is_own_stop(person, standing->stop, together)))
			standing->until = resume->at;
	}
	if (together != NULL)
		pfree(together);
}

/* Does another stop that stands say as much as this one? */
static bool
is_repeated(const wa_person_log *log, const wa_logged *stop, int first)
{
	for (int i = first; i < log->nstanding; i++)
	{
		const wa_standing *standing = &log->standing[i];

		if (standing->until == WA_FOREVER && standing->stop->reg == stop->reg &&
			standing->stop->business == stop->business && standing->stop->counts_from <= stop->counts_from &&
			(standing->stop->named ? 0 : standing->stop->home) == (stop->named ? 0 : stop->home))
			return true;
	}
	return false;
}

/* Which resumes are examined? */
static void
choose_resumes(wa_person_log *log)
{
	int			nmembers = log->person == NULL ? 1 : log->person->nmembers;
	int		   *chosen = palloc0(nmembers * WA_REGISTERS * sizeof(int));

	for (int i = log->n - 1; i >= 0; i--)
	{
		wa_logged  *event = &log->events[i];

		event->may_lift = event->named ||
			(event->of_home && chosen[event->home * WA_REGISTERS + event->reg] < MOST_RESUMES);
		if (!event->stop && !event->named && event->may_lift)
			chosen[event->home * WA_REGISTERS + event->reg]++;
	}
	pfree(chosen);
}

static void
find_standing(wa_person_log *log)
{
	int			first = 0;

	choose_resumes(log);

	log->standing = palloc_extended((log->n + 1) * sizeof(wa_standing), MCXT_ALLOC_HUGE);
	for (int i = 0; i < log->n; i++)
	{
		const wa_logged *event = &log->events[i];

		CHECK_FOR_INTERRUPTS();
		/* Those before have been lifted. */
		while (first < log->nstanding && log->standing[first].until != WA_FOREVER)
			first++;
		if (!event->stop && event->may_lift)
			lift(log, event, first);
		else if (event->stop && !is_repeated(log, event, first))
			log->standing[log->nstanding++] = (wa_standing) {event, WA_FOREVER};
	}
	log->has_standing = true;
}

/* The first stop that stood against a message; NULL: none. */
static const wa_logged *
stop_against(const wa_person_log *log, wa_str business, bool marketing, wa_instant sent_at)
{
	for (int i = 0; i < log->nstanding; i++)
	{
		const wa_standing *standing = &log->standing[i];
		const wa_logged *stop = standing->stop;

		if (stop->at >= sent_at - TIME_TO_STOP)
			break;
		if (standing->until > sent_at && stop->counts_from <= sent_at &&
			(marketing || stop->reg == WA_REGISTER_EVERYTHING) &&
			(business.len == 0 || stop->business_text.len == 0 || wa_str_equal(business, stop->business_text)))
			return stop;
	}
	return NULL;
}

Datum
wa__stop_before(PG_FUNCTION_ARGS)
{
	MemoryContext old;
	wa_canonical id;
	wa_person_log *log;
	const wa_logged *stop;
	int64		result = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	log = open_log(fcinfo, &id, &old);
	if (!log->has_standing)
		find_standing(log);
	stop = stop_against(log, wa_text_arg(fcinfo, 1), PG_GETARG_BOOL(2), PG_GETARG_TIMESTAMPTZ(3));
	if (stop != NULL)
		result = stop->id;
	else if (log->crowded && !PG_ARGISNULL(4))
		result = PG_GETARG_INT64(4);
	close_log(log, old);
	if (result == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}

/* Is it a resume of the recipient: one that named it, or whose home identifier spoke for it then? */
static bool
is_own_resume(wa_person_log *log, const wa_logged *event)
{
	return event->named ||
		wa_person_speaks(log->person, event->home, event->business_text, event->at, false) ||
		wa_person_speaks(log->person, event->home, WA_STR(""), event->at, true);
}

Datum
wa__opt_in_of(PG_FUNCTION_ARGS)
{
	MemoryContext old;
	wa_canonical id;
	wa_person_log *log;
	int64		result = 0;

	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	log = open_log(fcinfo, &id, &old);
	choose_resumes(log);
	for (int i = log->n - 1; i >= 0 && result == 0; i--)
	{
		const wa_logged *event = &log->events[i];

		/* A resume of the register everything is no opt-in to marketing. */
		if (!event->stop && event->reg != WA_REGISTER_EVERYTHING && event->may_lift && is_own_resume(log, event))
			result = event->id;
	}
	close_log(log, old);
	if (result == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}
