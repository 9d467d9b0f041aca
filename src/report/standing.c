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

		if (wa_after(stop->at, TIME_TO_STOP) >= sent_at)
			break;
		if (standing->until > sent_at && stop->counts_from <= sent_at &&
			(marketing || stop->reg == WA_REGISTER_EVERYTHING) &&
			wa_may_be_same(business, stop->business_text))
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
