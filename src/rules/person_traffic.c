/*-------------------------------------------------------------------------
 *
 * person_traffic.c
 *	  Activity, deliveries and claims of a recipient with several identifiers.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "rules/fact_rows.h"
#include "rules/person_facts.h"

static int
compare_activities(const void *a, const void *b)
{
	const wa_activity_row *x = a;
	const wa_activity_row *y = b;
	int			order = wa_str_compare(x->business, y->business);

	return order != 0 ? order : wa_str_compare(x->sender, y->sender);
}

void
wa_gather_person_activities(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_facts   *facts = &cache->facts;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->activity, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		for (bool found = wa_first_of_member(&reader, person, i, WA_ACTIVITIES); found;
			 found = wa_reader_next(&reader))
			wa_read_member_activity(&reader, person, i,
									wa_append_few(facts->activities, facts->nactivities, wa_activity_row));
	}
	wa_reader_close(&reader);
	if (facts->nactivities > 0)
		qsort(facts->activities, facts->nactivities, sizeof(wa_activity_row), compare_activities);
}

/* Deliveries of other identifiers count as far as failures do. */
static void
read_member_delivery(wa_reader *reader, const wa_person *person, int member, wa_delivery_row *row)
{
	int			kept = 0;

	wa_read_delivery(reader, row);
	for (int i = 0; i < row->deliveries.n; i++)
	{
		if (member == 0 || wa_counts_for_safety(&person->members[member], row->deliveries.at[i].at))
			row->deliveries.at[kept++] = row->deliveries.at[i];
	}
	row->deliveries.n = kept;
}

void
wa_gather_person_deliveries(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_facts   *facts = &cache->facts;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->delivery, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		for (bool found = wa_first_of_member(&reader, person, i, WA_DELIVERIES); found;
			 found = wa_reader_next(&reader))
			read_member_delivery(&reader, person, i,
								 wa_append_few(facts->deliveries, facts->ndeliveries, wa_delivery_row));
	}
	wa_reader_close(&reader);
}

/* Claims stand under each identifier that was known then; they count as deliveries do. */
void
wa_gather_person_claims(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_facts   *facts = &cache->facts;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->claim_recipient, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!wa_member_counts(&person->members[i]))
			continue;
		wa_reader_seek(&reader, RecipientGetDatum(wa_recipient_make(&person->members[i].id)));
		while (wa_next_claim(&reader, facts->claims_from))
		{
			wa_claim_row row;

			wa_read_claim(&reader, &row);
			if (i == 0 || wa_counts_for_safety(&person->members[i], row.claimed_at))
				*wa_append_few(facts->claims, facts->nclaims, wa_claim_row) = row;
		}
	}
	wa_reader_close(&reader);
	facts->nclaims = wa_claims_once(facts->claims, facts->nclaims);
}
