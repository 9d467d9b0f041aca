/*-------------------------------------------------------------------------
 *
 * person_facts.c
 *	  The facts about a recipient with several identifiers.
 *
 * src/identity/README.md describes which events count.  The recipient's own rows are used
 * unchanged.  So the decision about a recipient whose other identifiers have no rows is the
 * same as without them, which the suppression list relies on.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/encode.h"
#include "rules/person_facts.h"
#include "state/columns.h"
#include "state/failures.h"
#include "state/ladder.h"

wa_str
wa_learned_under(const wa_person *person, int member)
{
	const wa_canonical *id = &person->members[member].id;

	if (member == 0)
		return (wa_str)
	{
		NULL, 0
	};
	/* A copy: members move when more of them come. */
	return wa_str_copy((wa_str) {id->text, id->len});
}

bool
wa_first_of_member(wa_reader *reader, wa_person *person, int n, wa_part part)
{
	wa_member  *member = &person->members[n];

	if (member->without & part)
		return false;
	wa_reader_seek(reader, RecipientGetDatum(wa_recipient_make(&member->id)));
	if (wa_reader_next(reader))
		return true;
	member->without |= part;
	if (member->kept >= 0)
		person->kept->members[member->kept].without |= part;
	return false;
}

bool
wa_may_loosen(wa_person *person, int member, wa_str business, wa_instant t, bool over_changes)
{
	if (member == 0)
		return true;
	return t != WA_NEVER && t <= person->members[member].events_until &&
		wa_person_speaks(person, member, business, t, over_changes);
}

/*
 * Activity.
 */

/* An instant of evidence under a member, if it counts. */
static void
keep_if_speaking(wa_person *person, int member, wa_str business, wa_instant *at)
{
	if (!wa_may_loosen(person, member, business, *at, true))
		*at = WA_NEVER;
}

void
wa_read_member_activity(wa_reader *reader, wa_person *person, int member, wa_activity_row *row)
{
	wa_activity *activity = &row->activity;

	wa_read_activity(reader, row);
	if (member == 0)
		return;
	row->lifts = wa_is_home_of(person, member);
	keep_if_speaking(person, member, row->business, &activity->last_inbound_at);
	keep_if_speaking(person, member, row->business, &activity->last_delivered_at);
	keep_if_speaking(person, member, row->business, &activity->last_read_at);
	keep_if_speaking(person, member, row->business, &activity->last_marketing_delivered_at);
	if (!wa_counts_for_safety(&person->members[member], activity->last_window_refused_at))
		activity->last_window_refused_at = WA_NEVER;
}

static void
gather_activities(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_activity_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->activity, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!wa_in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		for (bool found = wa_first_of_member(&reader, person, i, WA_ACTIVITIES); found;
			 found = wa_reader_next(&reader))
			wa_read_member_activity(&reader, person, i,
								 wa_append(rows, n, max, wa_activity_row));
	}
	wa_reader_close(&reader);
	cache->facts.activities = rows;
	cache->facts.nactivities = n;
}

/*
 * Deliveries.  Those of other identifiers count as far as failures do.
 */

static void
read_member_delivery(wa_reader *reader, const wa_person *person, int member, wa_delivery_row *row)
{
	int			kept = 0;

	row->business = wa_reader_str(reader, Anum_wa_delivery_business);
	row->category = wa_read_delivery_category(reader);
	row->deliveries.n = 0;
	row->deliveries.at = palloc(WA_MAX_DELIVERIES * sizeof(wa_delivery));
	wa_read_deliveries(reader, &row->deliveries);
	for (int i = 0; i < row->deliveries.n; i++)
	{
		if (member == 0 || wa_counts_for_safety(&person->members[member], row->deliveries.at[i].at))
			row->deliveries.at[kept++] = row->deliveries.at[i];
	}
	row->deliveries.n = kept;
}

static void
gather_deliveries(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_delivery_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->delivery, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!wa_in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		for (bool found = wa_first_of_member(&reader, person, i, WA_DELIVERIES); found;
			 found = wa_reader_next(&reader))
			read_member_delivery(&reader, person, i, wa_append(rows, n, max, wa_delivery_row));
	}
	wa_reader_close(&reader);
	cache->facts.deliveries = rows;
	cache->facts.ndeliveries = n;
}

/* Claims stand under each identifier that was known then; they count as deliveries do. */
static void
gather_claims(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_claim_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->claim_recipient, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!wa_in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		wa_reader_seek(&reader, RecipientGetDatum(wa_recipient_make(&person->members[i].id)));
		while (wa_next_claim(&reader, cache->facts.claims_from))
		{
			wa_claim_row row;

			wa_read_claim(&reader, &row);
			if (i == 0 || wa_counts_for_safety(&person->members[i], row.claimed_at))
				*wa_append(rows, n, max, wa_claim_row) = row;
		}
	}
	wa_reader_close(&reader);
	cache->facts.claims = rows;
	cache->facts.nclaims = wa_claims_once(rows, n);
}

void
wa_gather_person(wa_decision_cache *cache, wa_part part)
{
	if (part == WA_CONSENTS)
		wa_gather_person_consents(cache);
	else if (part == WA_COOLDOWNS)
		wa_gather_person_cooldowns(cache);
	else if (part == WA_DELIVERIES)
		gather_deliveries(cache);
	else if (part == WA_CLAIMS)
		gather_claims(cache);
	else
		gather_activities(cache);
}
