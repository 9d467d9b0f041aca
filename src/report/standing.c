/*-------------------------------------------------------------------------
 *
 * standing.c
 *	  For the views: which stop stood when a message was sent, and which opt-in is the person's.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/bisect.h"
#include "recipient/recipient.h"
#include "report/person_log.h"

PG_FUNCTION_INFO_V1(wa__stop_before);
PG_FUNCTION_INFO_V1(wa__opt_in_of);

/* Of each register, so many resumes under each other identifier are examined: the latest, as for decisions. */
#define MOST_RESUMES	32

/* What is sent within this time after a stop is no violation. */
#define TIME_TO_STOP	(10 * WA_MINUTE)

/* Is the stop the recipient's own, for resumes of this business (identity/README.md, "Speaking")? */
static bool
is_own_stop(const wa_logged *stop, const bool *together)
{
	for (int i = 0; i < WA_MAX_IDS && stop->members[i] >= 0; i++)
	{
		if (together[stop->members[i]])
			return true;
	}
	return false;
}

/* The latest stop of a chain that stands; those lifted leave it. */
static int
latest_standing(const wa_person_log *log, int *chain, wa_chain_kind kind)
{
	while (*chain >= 0 && log->standing[*chain].until != WA_FOREVER)
		*chain = log->standing[*chain].before[kind];
	return *chain;
}

/* Does a resume take back what its home had said alone? */
static bool
takes_back(const wa_logged *resume, const wa_logged *stop)
{
	return stop->home == resume->home && !stop->named && stop->business == resume->business;
}

/* What the resume may lift of its register: a chain of its business, or of all.  By the law of rules/person_consents.c. */
static void
lift(wa_person_log *log, const wa_logged *resume, int *chain, wa_chain_kind kind)
{
	wa_person  *person = log->person;
	bool	   *together = NULL;
	bool		speaks = true;
	bool		alone = false;

	if (latest_standing(log, chain, kind) < 0)
		return;
	if (!resume->named &&
		!wa_person_speaks(person, resume->home, resume->business_text, resume->at, false))
	{
		speaks = wa_person_speaks(person, resume->home, WA_STR(""), resume->at, true);
		alone = resume->at < wa_person_alone_until(person, resume->home);
		if (!speaks && !alone)
			return;
		together = palloc(person->nmembers * sizeof(bool));
		wa_person_seen_together(person, resume->business_text, together);
	}
	while (latest_standing(log, chain, kind) >= 0)
	{
		wa_standing *standing = &log->standing[*chain];

		if ((speaks && (together == NULL || !is_own_stop(standing->stop, together))) ||
			(alone && takes_back(resume, standing->stop)))
			standing->until = resume->at;
		else
			chain = &standing->before[kind];
	}
	if (together != NULL)
		pfree(together);
}

/* Does this stop, the latest of its business that stands, say as much as one after it? */
static bool
is_repeated(const wa_logged *stop, const wa_logged *after)
{
	if (stop->counts_from > after->counts_from || stop->named != after->named)
		return false;
	return stop->named || (stop->home == after->home &&
						   memcmp(stop->members, after->members, sizeof(stop->members)) == 0);
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
	int			of_register[WA_REGISTERS];
	int		   *of_business[WA_REGISTERS];

	choose_resumes(log);

	for (int reg = 0; reg < WA_REGISTERS; reg++)
	{
		of_register[reg] = -1;
		of_business[reg] = palloc_extended((log->nbusinesses + 1) * sizeof(int), MCXT_ALLOC_HUGE);
		memset(of_business[reg], -1, log->nbusinesses * sizeof(int));
	}
	log->standing = palloc_extended((log->n + 1) * sizeof(wa_standing), MCXT_ALLOC_HUGE);
	log->nstanding = 0;			/* it may have been cancelled before */
	for (int i = 0; i < log->n; i++)
	{
		const wa_logged *event = &log->events[i];
		int		   *of_all = &of_register[event->reg];
		int		   *of_same = &of_business[event->reg][event->business];
		int			before;

		CHECK_FOR_INTERRUPTS();
		if (!event->stop)
		{
			if (!event->may_lift)
				continue;
			if (event->business_text.len == 0 && event->reg != WA_REGISTER_WHATSAPP)
				lift(log, event, of_all, CHAIN_OF_REGISTER);
			else
				lift(log, event, of_same, CHAIN_OF_BUSINESS);
			continue;
		}
		before = latest_standing(log, of_same, CHAIN_OF_BUSINESS);
		if (before >= 0 && is_repeated(log->standing[before].stop, event))
			continue;
		log->standing[log->nstanding] = (wa_standing)
		{
			event, wa_later(wa_after(event->at, TIME_TO_STOP + 1), event->counts_from), WA_FOREVER, {*of_all, before}
		};
		*of_all = *of_same = log->nstanding++;
	}
	for (int reg = 0; reg < WA_REGISTERS; reg++)
		pfree(of_business[reg]);
	log->has_standing = true;
}

/*
 * Which stop stood when?
 */

static int
compare_spans(const void *a, const void *b)
{
	const wa_span *x = a;
	const wa_span *y = b;

	if (x->business != y->business)
		return x->business < y->business ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->stop < y->stop ? -1 : x->stop > y->stop;
}

/* The times at which a stop stood against such messages: of each business, or of any, one after another. */
static const wa_spans *
spans_against(wa_person_log *log, bool marketing, bool of_any)
{
	wa_spans   *spans = &log->spans[marketing][of_any];
	int			n = 0;

	if (spans->rows != NULL)
		return spans;
	spans->rows = palloc_extended((log->nstanding + 1) * sizeof(wa_span), MCXT_ALLOC_HUGE);
	for (int i = 0; i < log->nstanding; i++)
	{
		const wa_standing *standing = &log->standing[i];

		if (marketing || standing->stop->reg == WA_REGISTER_EVERYTHING)
			spans->rows[n++] = (wa_span)
		{
			of_any ? -1 : standing->stop->business, standing->from, standing->until, standing->stop
		};
	}
	qsort(spans->rows, n, sizeof(wa_span), compare_spans);
	for (int i = 0; i < n; i++)
	{
		wa_span		span = spans->rows[i];

		if (spans->n > 0 && spans->rows[spans->n - 1].business == span.business)
			span.from = wa_later(span.from, spans->rows[spans->n - 1].until);
		if (span.from < span.until)
			spans->rows[spans->n++] = span;
	}
	return spans;
}

/* The stop of this business, -1: of any, that stood at t; NULL: none. */
static const wa_logged *
stop_at(wa_person_log *log, bool marketing, int business, wa_instant t)
{
	const wa_spans *spans = spans_against(log, marketing, business < 0);
	const wa_span *span;
	int			i;

	wa_bisect(i, spans->n, spans->rows[i].business < business ||
			  (spans->rows[i].business == business && spans->rows[i].from <= t));
	if (i == 0)
		return NULL;
	span = &spans->rows[i - 1];
	return span->business == business && span->until > t ? span->stop : NULL;
}

/* The first stop that stood against a message; NULL: none. */
static const wa_logged *
stop_against(wa_person_log *log, wa_str business, bool marketing, wa_instant sent_at)
{
	int			every_business = wa_person_log_business(log, WA_STR(""));
	int			own = wa_person_log_business(log, business);
	const wa_logged *of_all = NULL;
	const wa_logged *of_own = NULL;

	if (business.len == 0)
		return stop_at(log, marketing, -1, sent_at);
	if (every_business >= 0)
		of_all = stop_at(log, marketing, every_business, sent_at);
	if (own >= 0)
		of_own = stop_at(log, marketing, own, sent_at);
	/* Events are in order of time. */
	return of_own == NULL || (of_all != NULL && of_all < of_own) ? of_all : of_own;
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
	log = wa_person_log_open(fcinfo, &id, &old);
	if (!log->has_standing)
		find_standing(log);
	stop = stop_against(log, wa_text_arg(fcinfo, 1), PG_GETARG_BOOL(2), PG_GETARG_TIMESTAMPTZ(3));
	if (stop != NULL)
		result = stop->id;
	else if (log->crowded && !PG_ARGISNULL(4))
		result = PG_GETARG_INT64(4);
	wa_person_log_close(log, old);
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
	log = wa_person_log_open(fcinfo, &id, &old);
	choose_resumes(log);
	for (int i = log->n - 1; i >= 0 && result == 0; i--)
	{
		const wa_logged *event = &log->events[i];

		/* A resume of the register everything is no opt-in to marketing. */
		if (!event->stop && event->reg != WA_REGISTER_EVERYTHING && event->may_lift && is_own_resume(log, event))
			result = event->id;
	}
	wa_person_log_close(log, old);
	if (result == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}
