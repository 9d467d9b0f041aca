/*-------------------------------------------------------------------------
 *
 * person_cooldowns.c
 *	  The cooldowns of a recipient with several identifiers.
 *
 * All failures that count, and the evidence that lifts them, are evaluated again.  Only for a
 * phone that is the only identifier with failures of a code, the stored row is used.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "rules/fact_rows.h"
#include "rules/person_facts.h"
#include "state/columns.h"
#include "state/failures.h"
#include "state/ladder.h"

/* A row of wa_cooldown about one of the members. */
typedef struct wa_member_cooldown
{
	int			member;
	wa_str		business;
	int			strikes;		/* as stored */
	wa_instant	until;
	wa_instant	lifted;
	wa_code_policy policy;
	wa_failures failures;		/* that count */
	bool		is_first;		/* of its code and business */
	int			next;			/* of them; -1: none */
} wa_member_cooldown;

typedef struct wa_cooldowns
{
	int			n;
	int			max;
	wa_member_cooldown *rows;

	/* What is read of wa_activity, once for each member that is asked for. */
	wa_reader	reader;
	int			nactivities;
	int			max_activities;
	wa_activity_row *activities;
	int		   *first;			/* by member; -1: not read so far */
	int		   *nrows;
} wa_cooldowns;

/* Which failures of a member count for member 0? */
static void
keep_counting(const wa_person *person, int n, wa_failures *failures)
{
	const wa_member *member = &person->members[n];
	int			kept = 0;

	for (int i = 0; i < failures->n; i++)
	{
		wa_instant	at = failures->at[i];

		if (wa_counts_for_safety(member, at))
			failures->at[kept++] = at;
	}
	failures->n = kept;
}

/* Take in the row at hand, unless nothing of it can object. */
static void
add_cooldown(wa_decision_cache *cache, wa_cooldowns *cooldowns, wa_reader *reader, int member)
{
	wa_member_cooldown row = {.member = member};

	if (!wa_code_policies_find(wa_cache_codes(cache), wa_reader_int(reader, Anum_wa_cooldown_code),
							   &row.policy) || row.policy.blocks == 0)
		return;
	row.business = wa_reader_str(reader, Anum_wa_cooldown_business);
	row.strikes = wa_reader_int(reader, Anum_wa_cooldown_strikes);
	row.until = wa_read_until(reader);
	row.lifted = wa_reader_instant(reader, Anum_wa_cooldown_lifted_at);
	wa_read_failures(reader, &row.failures);
	if (member != 0)
		keep_counting(cache->person, member, &row.failures);
	if (row.failures.n > 0)
		*wa_append(cooldowns->rows, cooldowns->n, cooldowns->max, wa_member_cooldown) = row;
}

static void
read_cooldowns(wa_decision_cache *cache, wa_cooldowns *cooldowns)
{
	wa_person  *person = cache->person;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->cooldown, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		for (bool found = wa_first_of_member(&reader, person, i, WA_COOLDOWNS); found;
			 found = wa_reader_next(&reader))
			add_cooldown(cache, cooldowns, &reader, i);
	}
	wa_reader_close(&reader);
}

static void
read_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns, int member)
{
	cooldowns->first[member] = cooldowns->nactivities;
	for (bool found = wa_first_of_member(&cooldowns->reader, cache->person, member, WA_ACTIVITIES);
		 found; found = wa_reader_next(&cooldowns->reader))
	{
		wa_activity_row row;

		wa_read_member_activity(&cooldowns->reader, cache->person, member, &row);
		*wa_append(cooldowns->activities, cooldowns->nactivities, cooldowns->max_activities,
				   wa_activity_row) = row;
		cooldowns->nrows[member]++;
	}
}

/*
 * The latest instant up to which evidence under one member lifts failures of that code
 * and business.
 */
static wa_instant
evidence_of(wa_decision_cache *cache, wa_cooldowns *cooldowns, int member,
			const wa_member_cooldown *cooldown)
{
	wa_instant	lifted = WA_NEVER;

	if (!wa_in_reach(&cache->person->members[member]))
		return WA_NEVER;
	if (cooldowns->first[member] < 0)
		read_evidence(cache, cooldowns, member);
	for (int i = 0; i < cooldowns->nrows[member]; i++)
	{
		const wa_activity_row *row = &cooldowns->activities[cooldowns->first[member] + i];

		if (wa_may_be_same(cooldown->business, row->business))
			lifted = wa_later(lifted, wa_activity_lifts(&row->activity, &cooldown->policy));
	}
	return lifted;
}

/*
 * Evidence under the recipient itself lifts failures of all, and so does evidence under a phone
 * that is the home of what names both.
 */
static wa_instant
common_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns,
				const wa_member_cooldown *cooldown)
{
	wa_instant	lifted = WA_NEVER;

	for (int i = 0; i < cache->person->nmembers; i++)
	{
		if (i == 0 || wa_is_home_of(cache->person, i))
			lifted = wa_later(lifted, evidence_of(cache, cooldowns, i, cooldown));
	}
	return lifted;
}

static int
compare_cooldowns(const void *a, const void *b, void *arg)
{
	const wa_member_cooldown *rows = arg;
	const wa_member_cooldown *x = &rows[*(const int *) a];
	const wa_member_cooldown *y = &rows[*(const int *) b];
	int			order;

	order = wa_str_compare(x->business, y->business);
	if (order != 0)
		return order;
	if (x->policy.code != y->policy.code)
		return x->policy.code < y->policy.code ? -1 : 1;
	return *(const int *) a - *(const int *) b;
}

static bool
is_same_cooldown(const wa_member_cooldown *a, const wa_member_cooldown *b)
{
	return a->policy.code == b->policy.code && wa_str_equal(a->business, b->business);
}

/* Chain the rows of one business and code.  The numbers of all rows in the order of these. */
static int *
chain_cooldowns(wa_cooldowns *cooldowns)
{
	int		   *order = palloc(Max(1, cooldowns->n) * sizeof(int));

	for (int i = 0; i < cooldowns->n; i++)
		order[i] = i;
	qsort_arg(order, cooldowns->n, sizeof(int), compare_cooldowns, cooldowns->rows);
	for (int i = 0; i < cooldowns->n; i++)
	{
		wa_member_cooldown *row = &cooldowns->rows[order[i]];

		row->is_first = i == 0 || !is_same_cooldown(row, &cooldowns->rows[order[i - 1]]);
		row->next = i + 1 < cooldowns->n &&
			is_same_cooldown(row, &cooldowns->rows[order[i + 1]]) ? order[i + 1] : -1;
	}
	return order;
}

/* Add the failures of one member that its own evidence has not lifted. */
static void
merge_failures(wa_decision_cache *cache, wa_cooldowns *cooldowns, const wa_member_cooldown *cooldown,
			   wa_failures *merged)
{
	wa_instant	lifted = cooldown->member == 0 ? WA_NEVER :
		evidence_of(cache, cooldowns, cooldown->member, cooldown);

	for (int i = 0; i < cooldown->failures.n; i++)
	{
		if (cooldown->failures.at[i] > lifted)
			wa_failures_add(merged, cooldown->failures.at[i]);
	}
}

static bool
failed_at(const wa_failures *failures, wa_instant at)
{
	for (int i = failures->n - 1; i >= 0 && failures->at[i] >= at; i--)
	{
		if (failures->at[i] == at)
			return true;
	}
	return false;
}

/* Where the failure of that time was learned: under the recipient itself, or the least other. */
static wa_str
failure_learned_under(const wa_person *person, const wa_cooldowns *cooldowns, int first,
					  wa_instant at)
{
	wa_str		under = {NULL, 0};

	for (int i = first; i >= 0; i = cooldowns->rows[i].next)
	{
		const wa_member_cooldown *cooldown = &cooldowns->rows[i];
		wa_str		home;

		if (!failed_at(&cooldown->failures, at))
			continue;
		home = wa_learned_under(person, cooldown->member);
		if (home.data == NULL)
			return home;
		if (under.data == NULL || wa_str_compare(home, under) < 0)
			under = home;
	}
	return under;
}

/* All members' failures of the code and business of the row of that number. */
static void
evaluate_together(wa_decision_cache *cache, wa_cooldowns *cooldowns, int first,
				  wa_cooldown_row *row)
{
	const wa_member_cooldown *like = &cooldowns->rows[first];
	wa_failures merged = {0};
	wa_cooldown_end end;

	for (int i = first; i >= 0; i = cooldowns->rows[i].next)
		merge_failures(cache, cooldowns, &cooldowns->rows[i], &merged);
	end = wa_ladder_evaluate(&merged, common_evidence(cache, cooldowns, like), &like->policy,
							 like->business);
	row->strikes = end.strikes;
	row->until = end.until;
	row->excluded = end.excluded;
	row->since = end.since;
	row->learned_under = failure_learned_under(cache->person, cooldowns, first, end.since);
}

/* Is this the row of a phone that was asked about, and the only one of its kind? */
static bool
stands_alone(const wa_person *person, const wa_member_cooldown *cooldown)
{
	return cooldown->member == 0 && person->members[0].kind == WA_ID_PHONE && cooldown->next < 0;
}

static void
begin_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns)
{
	int			n = cache->person->nmembers;

	wa_reader_open(&cooldowns->reader, &cache->schema->activity, cache->snapshot);
	cooldowns->first = palloc(n * sizeof(int));
	memset(cooldowns->first, -1, n * sizeof(int));
	cooldowns->nrows = palloc0(n * sizeof(int));
}

void
wa_gather_person_cooldowns(wa_decision_cache *cache)
{
	wa_cooldowns cooldowns = {0};
	wa_cooldown_row *rows;
	int		   *order;
	int			n = 0;

	read_cooldowns(cache, &cooldowns);
	if (cooldowns.n == 0)
		return;
	order = chain_cooldowns(&cooldowns);
	begin_evidence(cache, &cooldowns);
	rows = palloc_extended(cooldowns.n * sizeof(wa_cooldown_row), MCXT_ALLOC_HUGE);
	for (int i = 0; i < cooldowns.n; i++)
	{
		const wa_member_cooldown *cooldown = &cooldowns.rows[order[i]];
		wa_cooldown_row *row = &rows[n];

		if (!cooldown->is_first)
			continue;
		memset(row, 0, sizeof(*row));
		row->business = cooldown->business;
		row->code = cooldown->policy.code;
		row->blocks = cooldown->policy.blocks;
		row->yields_to_window = cooldown->policy.yields_to_window;
		row->yields_until = WA_FOREVER;
		row->strikes = cooldown->strikes;
		row->until = cooldown->until;
		if (stands_alone(cache->person, cooldown))
		{
			row->yields_until = wa_yields_until(&cooldown->policy, cooldown->lifted);
			wa_describe_cooldown(row, &cooldown->failures, cooldown->lifted, &cooldown->policy);
		}
		else
			evaluate_together(cache, &cooldowns, order[i], row);
		if (row->until != WA_NEVER)
			n++;
	}
	wa_reader_close(&cooldowns.reader);
	cache->facts.cooldowns = rows;
	cache->facts.ncooldowns = n;
}
