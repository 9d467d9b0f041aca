/*-------------------------------------------------------------------------
 *
 * opt_outs.c
 *	  For the views of rates: which stops are opt-outs, and to which message each belongs.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "miscadmin.h"

#include "base/append.h"
#include "base/arguments.h"
#include "base/bisect.h"
#include "base/encode.h"
#include "base/snapshot_id.h"
#include "recipient/recipient.h"
#include "report/columns.h"
#include "report/person_log.h"
#include "state/read.h"

PG_FUNCTION_INFO_V1(wa__is_opt_out);
PG_FUNCTION_INFO_V1(wa__message_before);

#define SH_PREFIX named
#define SH_ELEMENT_TYPE wa_messages
#define SH_KEY recipient
#include "base/str_table.h"

/* A stop for every business within this time repeats one of a business. */
#define REPEATED_WITHIN	(48 * WA_HOUR)

/* An opt-out belongs to a message of this time before it. */
#define MESSAGE_WITHIN	(48 * WA_HOUR)

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
		else if (latest[reg].of_all != NULL && wa_after(latest[reg].of_all->at, REPEATED_WITHIN) > stop->at)
			before = latest[reg].of_all;
		if (before != NULL && before->stop)
			return true;
	}
	return false;
}

static void
find_opt_outs(wa_person_log *log)
{
	wa_latest	latest[WA_REGISTERS] = {{NULL, NULL}};
	int			every_business = wa_person_log_business(log, WA_STR(""));

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
	qsort(log->opt_outs, log->nopt_outs, sizeof(int64), wa_int8_order);
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
	log = wa_person_log_open(fcinfo, &id, &old);
	if (!log->has_opt_outs)
		find_opt_outs(log);
	result = bsearch(&asked, log->opt_outs, log->nopt_outs, sizeof(int64), wa_int8_order) != NULL;
	wa_person_log_close(log, old);
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

static int
compare_by_business(const void *a, const void *b)
{
	int			order = wa_str_compare(((const wa_received *) a)->business, ((const wa_received *) b)->business);

	return order != 0 ? order : compare_received(a, b);
}

/* Is this a marketing message that was received, at t? */
static bool
is_received(wa_reader *reader, wa_instant *t)
{
	bool		isnull;

	*t = wa_reader_instant(reader, Anum_wa_message_delivered_at);
	if (*t == WA_NEVER)
		return false;
	(void) slot_getattr(reader->slot, Anum_wa_message_category, &isnull);
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

/* Add those under an identifier; member: of the person, as far as they count; -1: none. */
static void
read_messages_of(wa_person_log *log, wa_reader *reader, Datum id, int member, wa_messages *messages)
{
	wa_reader_seek(reader, id);
	while (wa_reader_next(reader))
	{
		wa_instant	at;

		CHECK_FOR_INTERRUPTS();
		if (is_received(reader, &at) && (member < 0 || wa_person_log_counts(log, member, at)))
			read_received(reader, at, wa_append(messages->by_time, messages->n, messages->max, wa_received));
	}
}

static void
order_messages(wa_messages *messages)
{
	messages->by_business = palloc_extended((messages->n + 1) * sizeof(wa_received), MCXT_ALLOC_HUGE);
	if (messages->n > 0)
	{
		memcpy(messages->by_business, messages->by_time, messages->n * sizeof(wa_received));
		qsort(messages->by_time, messages->n, sizeof(wa_received), compare_received);
		qsort(messages->by_business, messages->n, sizeof(wa_received), compare_by_business);
	}
}

static void
read_messages(wa_person_log *log, Snapshot snapshot)
{
	wa_reader	reader;
	const wa_canonical *id;

	log->messages.n = 0;		/* it may have been cancelled before */
	wa_reader_open(&reader, &log->schema->message_recipient, snapshot);
	for (int i = 0; (id = wa_person_log_id(log, i)) != NULL; i++)
	{
		if (i == 0 || log->person->members[i].events_until != WA_NEVER)
			read_messages_of(log, &reader, RecipientGetDatum(wa_recipient_make(id)), i, &log->messages);
	}
	wa_reader_close(&reader);
	order_messages(&log->messages);
	log->has_messages = true;
}

/* Can an opt-out of this business at t belong to it? */
static bool
may_belong(const wa_received *message, wa_str business, wa_instant t)
{
	return message->at <= t && wa_after(message->at, MESSAGE_WITHIN) > t &&
		wa_may_be_same(business, message->business);
}

/* The latest received at t or before, of all or of this business; NULL: none. */
static const wa_received *
latest_of(const wa_messages *messages, bool of_all, wa_str business, wa_instant t)
{
	const wa_received *rows = of_all ? messages->by_time : messages->by_business;
	int			order;
	int			i;

	wa_bisect(i, messages->n, (order = of_all ? 0 : wa_str_compare(rows[i].business, business)) < 0 ||
			  (order == 0 && rows[i].at <= t));
	return i > 0 && (of_all || wa_str_equal(rows[i - 1].business, business)) ? &rows[i - 1] : NULL;
}

/* The latest to which such an opt-out can belong; NULL: none. */
static const wa_received *
latest_received(const wa_messages *messages, wa_str business, wa_instant t)
{
	const wa_received *latest = latest_of(messages, business.len == 0, business, t);
	const wa_received *of_unknown = business.len == 0 ? NULL : latest_of(messages, false, WA_STR(""), t);

	if (latest == NULL || (of_unknown != NULL && compare_received(of_unknown, latest) > 0))
		latest = of_unknown;
	return latest != NULL && may_belong(latest, business, t) ? latest : NULL;
}

/* What was sent to an identifier that opt-outs named, but that does not count for the recipient: read once, too. */
static const wa_messages *
messages_of_named(wa_person_log *log, Snapshot snapshot, wa_str name)
{
	wa_messages *messages;
	wa_reader	reader;
	bool		found;

	if (log->named == NULL)
		log->named = named_create(log->context, 16, &log->seed);
	messages = named_lookup(log->named, name);
	if (messages == NULL)
	{
		wa_messages read = {0};

		wa_reader_open(&reader, &log->schema->message_recipient, snapshot);
		read_messages_of(log, &reader, wa_str_datum(name), -1, &read);
		wa_reader_close(&reader);
		order_messages(&read);
		messages = named_insert(log->named, wa_str_copy(name), &found);
		messages->n = read.n;
		messages->by_time = read.by_time;
		messages->by_business = read.by_business;
	}
	return messages;
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
	log = wa_person_log_open(fcinfo, &id, &old);
	if (!log->has_messages)
		read_messages(log, wa_active_snapshot());
	latest = latest_received(&log->messages, business, at);
	/* Of a crowded recipient, its own messages have to do. */
	while (!log->crowded && wa_str_next_word(&names, &name))
	{
		int			member = wa_person_log_member(log, name);

		if (member < 0 || !wa_person_log_counts(log, member, WA_FOREVER))
		{
			const wa_received *of_named = latest_received(messages_of_named(log, wa_active_snapshot(), name), business, at);

			if (latest == NULL || (of_named != NULL && compare_received(of_named, latest) > 0))
				latest = of_named;
		}
	}
	MemoryContextSwitchTo(old);
	if (latest != NULL)
	{
		TupleTableSlot *slot = MakeSingleTupleTableSlot(rsinfo->setDesc, &TTSOpsMinimalTuple);

		ExecStoreMinimalTuple(latest->row, slot, false);
		tuplestore_puttupleslot(rsinfo->setResult, slot);
		ExecDropSingleTupleTableSlot(slot);
	}
	wa_person_log_close(log, old);
	return (Datum) 0;
}
