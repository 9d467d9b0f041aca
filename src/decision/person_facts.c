/*-------------------------------------------------------------------------
 *
 * person_facts.c
 *	  The facts on somebody with several identifiers.
 *
 * What protects counts from every identifier in reach, what loosens only where
 * person.c says that it speaks for the one asked about.  Consent is read from
 * the log, not from wa_consent: that keeps the latest word only, while a change
 * of number asks for the latest word up to the change.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "decision/library.h"
#include "common/columns.h"
#include "state/failures.h"
#include "state/ladder.h"
#include "state/read.h"

/* A list that grows, in the current memory context. */
#define append(rows, n, max, type) \
	((n) < (max) ? &(rows)[(n)++] : \
	 ((max) = Max(4, 2 * (max)), \
	  (rows) = (rows) == NULL ? palloc((max) * sizeof(type)) : \
	  repalloc((rows), (max) * sizeof(type)), \
	  &(rows)[(n)++]))

static wa_str
id_of(const wa_person *person, int member)
{
	const wa_canonical *id = &person->members[member].id;

	return (wa_str)
	{
		id->text, id->len
	};
}

/* Under which identifier, where it is not the one asked about. */
static wa_str
under(const wa_person *person, int member)
{
	return member == 0 ? (wa_str)
	{
		NULL, 0
	}
	:id_of(person, member);
}

static Datum
recipient_datum(const wa_person *person, int member)
{
	return RecipientGetDatum(wa_recipient_make(&person->members[member].id));
}

/* The rows of a table about all identifiers in reach, one after the other. */
typedef struct wa_member_rows
{
	const wa_person *person;
	wa_reader	reader;
	int			member;			/* whose row is at hand */
	wa_instant	until;			/* its events count up to here */
} wa_member_rows;

static void
open_rows(wa_member_rows *rows, const wa_library *library, const wa_table *table)
{
	rows->person = library->person;
	rows->member = -1;
	wa_reader_open(&rows->reader, table, library->snapshot);
}

/* Go to the next row; false, and closed, after the last of the last member. */
static bool
next_row(wa_member_rows *rows)
{
	while (rows->member < 0 || rows->until == WA_NEVER || !wa_reader_next(&rows->reader))
	{
		if (++rows->member == rows->person->nmembers)
		{
			wa_reader_close(&rows->reader);
			return false;
		}
		rows->until = rows->person->members[rows->member].events_until;
		if (rows->until != WA_NEVER)
			wa_reader_seek(&rows->reader, recipient_datum(rows->person, rows->member));
	}
	return true;
}

/* Can a word that loosens, said under this member at that time, be heard? */
static bool
may_loosen(const wa_person *person, int member, wa_instant at)
{
	return member == 0 || (at <= person->members[member].events_until &&
						   wa_person_speaks(person, member, at));
}

static void
gather_consents(wa_library *library)
{
	const wa_person *person = library->person;
	wa_member_rows log;
	wa_reader  *reader = &log.reader;
	wa_consent_row *rows = NULL;
	int			n = 0;
	int			max = 0;

	open_rows(&log, library, &library->schema->consent_log);
	while (next_row(&log))
	{
		wa_instant	at = wa_reader_instant(reader, WA_CONSENT_LOG_AT);
		wa_str		business = wa_reader_str(reader, WA_CONSENT_LOG_BUSINESS);
		wa_register reg = wa_register_from_name(wa_reader_str(reader, WA_CONSENT_LOG_REGISTER));
		bool		stop = wa_str_equal(wa_reader_str(reader, WA_CONSENT_LOG_STATE),
										WA_STR("stop"));
		wa_consent_row *row = NULL;

		if (at > log.until || (!stop && !may_loosen(person, log.member, at)))
			continue;

		for (int i = 0; i < n && row == NULL; i++)
		{
			if (rows[i].reg == reg && wa_str_equal(rows[i].business, business))
				row = &rows[i];
		}
		if (row == NULL)
		{
			row = append(rows, n, max, wa_consent_row);
			memset(row, 0, sizeof(*row));
			row->reg = reg;
			row->business = business;
			row->consent.stopped_at = WA_NEVER;
			row->consent.resumed_at = WA_NEVER;
		}
		if (!stop)
			row->consent.resumed_at = wa_later(row->consent.resumed_at, at);
		else if (at > row->consent.stopped_at)
		{
			row->consent.stopped_at = at;
			row->consent.origin = wa_reader_str(reader, WA_CONSENT_LOG_ORIGIN);
			row->learned_under = under(person, log.member);
		}
	}
	library->facts.consents = rows;
	library->facts.nconsents = n;
}

static void
gather_activities(wa_library *library)
{
	wa_member_rows table;
	wa_activity_row *rows = NULL;
	int			n = 0;
	int			max = 0;

	open_rows(&table, library, &library->schema->activity);
	while (next_row(&table))
	{
		wa_activity_row *row = append(rows, n, max, wa_activity_row);

		wa_read_activity(&table.reader, row);
		if (table.member == 0)
			continue;

		/* Of others a window counts where it speaks, a refusal always. */
		if (!may_loosen(library->person, table.member, row->activity.last_inbound_at))
			row->activity.last_inbound_at = WA_NEVER;
		if (row->activity.last_window_refused_at > table.until)
			row->activity.last_window_refused_at = WA_NEVER;
	}
	library->facts.activities = rows;
	library->facts.nactivities = n;
}

/* Failures of one code towards one person, whatever the identifier. */
typedef struct wa_merged_failures
{
	wa_str		business;
	wa_code_policy policy;
	wa_failures failures;		/* not lifted under their own identifier */
	wa_str		learned_under;	/* of the latest */
} wa_merged_failures;

static wa_merged_failures *
read_failures(wa_library *library, int *nmerged)
{
	wa_member_rows table;
	wa_reader  *reader = &table.reader;
	wa_merged_failures *rows = NULL;
	int			n = 0;
	int			max = 0;

	open_rows(&table, library, &library->schema->cooldown);
	while (next_row(&table))
	{
		int32		code = wa_reader_int(reader, WA_COOLDOWN_CODE);
		wa_str		business = wa_reader_str(reader, WA_COOLDOWN_BUSINESS);
		wa_instant	lifted_at = wa_reader_instant(reader, WA_COOLDOWN_LIFTED_AT);
		wa_merged_failures *row = NULL;
		wa_code_policy policy;
		wa_failures failures;

		if (!wa_code_policies_find(library->codes, code, &policy) || policy.blocks == 0)
			continue;
		for (int i = 0; i < n && row == NULL; i++)
		{
			if (rows[i].policy.code == code && wa_str_equal(rows[i].business, business))
				row = &rows[i];
		}
		if (row == NULL)
		{
			row = append(rows, n, max, wa_merged_failures);
			memset(row, 0, sizeof(*row));
			row->business = business;
			row->policy = policy;
		}

		/* What lifted it may be, by its time, the next owner's doing: then it does not count. */
		if (wa_latest_evidence(lifted_at, &policy) > table.until)
			lifted_at = WA_NEVER;
		wa_read_failures(reader, &failures);
		for (int i = 0; i < failures.n; i++)
		{
			wa_instant	at = failures.at[i];

			if (at > table.until || at <= lifted_at)
				continue;
			if (row->failures.n == 0 || at > row->failures.at[row->failures.n - 1])
				row->learned_under = under(library->person, table.member);
			wa_failures_add(&row->failures, at);
		}
	}
	*nmerged = n;
	return rows;
}

static void
gather_cooldowns(wa_library *library)
{
	wa_facts   *facts = &library->facts;
	int			nmerged;
	wa_merged_failures *merged = read_failures(library, &nmerged);
	wa_cooldown_row *rows = palloc(Max(1, nmerged) * sizeof(wa_cooldown_row));
	wa_activity_row own;
	wa_reader	reader;

	facts->ncooldowns = 0;
	if (nmerged == 0)
		return;
	wa_reader_open(&reader, &library->schema->activity, library->snapshot);
	for (int i = 0; i < nmerged; i++)
	{
		const wa_merged_failures *m = &merged[i];
		wa_cooldown_row *row = &rows[facts->ncooldowns];
		wa_instant	lifted = WA_NEVER;
		wa_cooldown_end end;

		/* Evidence under the identifier asked about lifts them all. */
		wa_reader_seek(&reader, recipient_datum(library->person, 0));
		while (wa_reader_next(&reader))
		{
			wa_read_activity(&reader, &own);
			if (m->business.len == 0 || own.business.len == 0 ||
				wa_str_equal(m->business, own.business))
				lifted = wa_later(lifted, wa_activity_lifts(&own.activity,
															&m->policy));
		}
		end = wa_ladder_evaluate(&m->failures, lifted, &m->policy, m->business);
		if (end.until == WA_NEVER)
			continue;

		facts->ncooldowns++;
		row->business = m->business;
		row->code = m->policy.code;
		row->strikes = end.strikes;
		row->since = m->failures.at[m->failures.n - 1];
		row->until = end.until;
		row->blocks = m->policy.blocks;
		row->yields_to_window = m->policy.yields_to_window;
		row->learned_under = m->learned_under;
	}
	wa_reader_close(&reader);
	facts->cooldowns = rows;
}

void
wa_gather_person(wa_library *library, wa_part part)
{
	if (part == WA_CONSENTS)
		gather_consents(library);
	else if (part == WA_COOLDOWNS)
		gather_cooldowns(library);
	else
		gather_activities(library);
}
