/*-------------------------------------------------------------------------
 *
 * fact_rows.c
 *	  Rows of the state tables, as facts about a recipient.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/append.h"
#include "base/encode.h"
#include "rules/fact_rows.h"
#include "state/columns.h"
#include "state/ladder.h"

/* A row that does not follow the incidents yet, before wa_recompute, is told as it stands. */
void
wa_describe_cooldown(wa_cooldown_row *row, const wa_failures *failures, wa_instant lifted,
					 const wa_code_policy *policy)
{
	wa_cooldown_end end;

	row->excluded = 0;
	row->since = failures->n > 0 ? failures->at[failures->n - 1] : WA_NEVER;
	if (policy->nincidents == 0)
		return;
	end = wa_ladder_evaluate(failures, lifted, policy, row->business);
	if (end.until == row->until && end.strikes == row->strikes)
	{
		row->excluded = end.excluded;
		row->since = end.since;
	}
}

/*
 * Cooldowns that can object: with an end, and of a code that blocks.
 */
static void
add_cooldown(wa_facts *facts, wa_reader *reader, const wa_code_policies *codes)
{
	wa_cooldown_row *row;
	wa_code_policy policy;
	wa_failures failures;
	wa_instant	until = wa_read_until(reader);
	wa_instant	lifted;
	int32		code = wa_reader_int(reader, Anum_wa_cooldown_code);

	if (until == WA_NEVER || !wa_code_policies_find(codes, code, &policy) || policy.blocks == 0)
		return;

	row = wa_append_few(facts->cooldowns, facts->ncooldowns, wa_cooldown_row);
	row->business = wa_reader_str(reader, Anum_wa_cooldown_business);
	row->code = code;
	row->strikes = wa_reader_int(reader, Anum_wa_cooldown_strikes);
	row->until = until;
	lifted = wa_reader_instant(reader, Anum_wa_cooldown_lifted_at);
	wa_read_failures(reader, &failures);
	wa_describe_cooldown(row, &failures, lifted, &policy);
	row->blocks = policy.blocks;
	row->yields_to_window = policy.yields_to_window;
	row->yields_until = wa_yields_until(&policy, lifted);
	row->learned_under.data = NULL;
}

void
wa_read_delivery(wa_reader *reader, wa_delivery_row *row)
{
	row->business = wa_reader_str(reader, Anum_wa_delivery_business);
	row->category = wa_reader_category(reader, Anum_wa_delivery_category);
	row->deliveries.n = 0;
	row->deliveries.at = palloc(WA_MAX_DELIVERIES * sizeof(wa_delivery));
	wa_read_deliveries(reader, &row->deliveries);
}

void
wa_read_claim(wa_reader *reader, wa_claim_row *row)
{
	row->business = wa_reader_str(reader, Anum_wa_claim_business);
	row->category = wa_reader_category(reader, Anum_wa_claim_category);
	row->claimed_at = wa_reader_instant(reader, Anum_wa_claim_claimed_at);
	row->lease_until = wa_reader_instant(reader, Anum_wa_claim_lease_until);
	row->token = wa_reader_int8(reader, Anum_wa_claim_token);
	row->home = wa_reader_str(reader, Anum_wa_claim_home);
	row->message = wa_message_hash(wa_reader_str_in_place(reader, Anum_wa_claim_message_id));
}

/* Of one recipient there may be very many, of all campaigns that ever were. */
bool
wa_next_claim(wa_reader *reader, wa_instant from)
{
	return wa_reader_previous(reader) &&
		wa_reader_instant(reader, Anum_wa_claim_lease_until) >= from;
}

static int
compare_claims(const void *a, const void *b)
{
	const wa_claim_row *x = a;
	const wa_claim_row *y = b;

	if (x->token != y->token)
		return x->token < y->token ? -1 : 1;
	return wa_str_compare(x->home, y->home);
}

int
wa_claims_once(wa_claim_row *rows, int n)
{
	int			kept = 0;

	if (n > 1)
		qsort(rows, n, sizeof(wa_claim_row), compare_claims);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 || compare_claims(&rows[i], &rows[kept - 1]) != 0)
			rows[kept++] = rows[i];
	}
	return kept;
}

void
wa_add_fact_row(wa_facts *facts, wa_part part, wa_reader *reader, const wa_code_policies *codes)
{
	if (part == WA_CONSENTS)
		wa_read_consent(reader, wa_append_few(facts->consents, facts->nconsents, wa_consent_row));
	else if (part == WA_COOLDOWNS)
		add_cooldown(facts, reader, codes);
	else if (part == WA_DELIVERIES)
		wa_read_delivery(reader, wa_append_few(facts->deliveries, facts->ndeliveries, wa_delivery_row));
	else if (part == WA_CLAIMS)
		wa_read_claim(reader, wa_append_few(facts->claims, facts->nclaims, wa_claim_row));
	else
		wa_read_activity(reader, wa_append_few(facts->activities, facts->nactivities, wa_activity_row));
}

static int
compare_delivered(const void *a, const void *b)
{
	const wa_delivered *x = a;
	const wa_delivered *y = b;

	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	return x->row - y->row;
}

void
wa_order_delivered(wa_facts *facts)
{
	wa_delivered *delivered;
	int			n = 0;

	for (int i = 0; i < facts->ndeliveries; i++)
		n += facts->deliveries[i].deliveries.n;
	delivered = palloc_extended(Max(1, n) * sizeof(wa_delivered), MCXT_ALLOC_HUGE);
	n = 0;
	for (int i = 0; i < facts->ndeliveries; i++)
	{
		const wa_deliveries *deliveries = &facts->deliveries[i].deliveries;

		for (int j = 0; j < deliveries->n; j++)
		{
			if (wa_delivery_is_first(deliveries, j))
				delivered[n++] = (wa_delivered)
			{
				deliveries->at[j].message, i, deliveries->at[j].at
			};
		}
	}
	qsort(delivered, n, sizeof(wa_delivered), compare_delivered);
	facts->delivered = delivered;
	facts->ndelivered = n;
}

/* The ingest has seen to those linked with an erased one since. */
const wa_erased *
wa_gather_erasure(wa_decision_cache *cache)
{
	wa_facts   *facts = &cache->facts;
	wa_reader	reader;

	if (facts->fetched & WA_ERASURE)
		return &facts->erased;
	wa_reader_open(&reader, &cache->schema->erased, cache->snapshot);
	facts->erased = wa_erased_read(&reader, &cache->erasure,
								   wa_datum_str(RecipientGetDatum(cache->recipient)));
	wa_reader_close(&reader);
	facts->fetched |= WA_ERASURE;
	return &facts->erased;
}
