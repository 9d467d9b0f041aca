/*-------------------------------------------------------------------------
 *
 * gather.c
 *	  Gathering the facts for a decision.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/append.h"
#include "base/category_oid.h"
#include "base/table_scan.h"
#include "recipient/region.h"
#include "rules/fact_rows.h"
#include "rules/gather.h"
#include "rules/known.h"
#include "rules/person_facts.h"
#include "rules/windows.h"

/* The columns of wa_region_rule by number, in the order of region_rule.sql. */
enum
{
	Anum_wa_region_rule_region = 1,
	Anum_wa_region_rule_category,
	Anum_wa_region_rule_reason
};

static bool
read_region_rule(void *arg, TupleTableSlot *slot)
{
	wa_decision_cache *cache = arg;
	wa_region_fact *rule = wa_append_few(cache->rules, cache->nrules, wa_region_fact);

	rule->region = wa_slot_str(slot, Anum_wa_region_rule_region);
	rule->reason = wa_slot_str(slot, Anum_wa_region_rule_reason);
	rule->category = wa_category_from_oid(
		DatumGetObjectId(wa_slot_datum(slot, Anum_wa_region_rule_category)));
	return true;
}

static wa_decision_cache *
make_cache(const wa_schema *schema, Snapshot snapshot, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "wa_policy decision cache",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	wa_decision_cache *cache = palloc0(sizeof(wa_decision_cache));

	cache->context = context;
	cache->rows = AllocSetContextCreate(context, "wa_policy facts", ALLOCSET_SMALL_SIZES);
	cache->seen = wa_identify_snapshot(snapshot);
	cache->snapshot = snapshot;
	cache->schema = schema;
	cache->nbusinesses = -1;
	wa_link_reader_open(&cache->links, schema, snapshot);
	cache->links.kept = &cache->kept;
	cache->has_links = cache->links.has_sightings || cache->links.has_changes;
	cache->has_erased = wa_erasure_key_read(schema, snapshot, &cache->erasure);
	wa_scan_rows(&schema->region_rule, snapshot, read_region_rule, cache);
	cache->holds = wa_holds_read(schema, snapshot);
	cache->pacing = wa_pacing_read(schema, snapshot);
	cache->has_claims = wa_pacing_has_caps(cache->pacing) &&
		wa_has_rows(&schema->claim_recipient, snapshot);
	MemoryContextSwitchTo(old);
	return cache;
}

wa_decision_cache *
wa_decision_cache_for(wa_decision_cache **cache, Oid funcid, MemoryContext parent)
{
	wa_decision_cache *kept = *cache;
	Snapshot	snapshot = wa_active_snapshot();
	const wa_schema *schema = wa_schema_of(funcid);

	if (kept != NULL && wa_snapshot_unchanged(&kept->seen, snapshot))
	{
		kept->snapshot = snapshot;
		kept->schema = schema;
		return kept;
	}
	*cache = NULL;
	if (kept != NULL)
		MemoryContextDelete(kept->context);
	return *cache = make_cache(schema, snapshot, parent);
}

double
wa_facts_cost(const wa_decision_cache *cache)
{
	/*
	 * Links mean two index look-ups more, and with other identifiers each look-up
	 * comes several times.
	 */
	return !cache->has_links ? 1 : cache->person == NULL ? 2 : 5;
}

void
wa_facts_add(wa_decision_cache *cache, wa_part part, wa_reader *reader)
{
	MemoryContext old = MemoryContextSwitchTo(cache->rows);

	wa_add_fact_row(&cache->facts, part, reader, part == WA_COOLDOWNS ? wa_cache_codes(cache) : NULL);
	MemoryContextSwitchTo(old);
}

/* The part of a recipient without other identifiers. */
static void
look_up(wa_decision_cache *cache, wa_part part)
{
	const wa_schema *schema = cache->schema;
	wa_reader	reader;

	wa_reader_open(&reader, part == WA_CONSENTS ? &schema->consent :
				   part == WA_COOLDOWNS ? &schema->cooldown :
				   part == WA_DELIVERIES ? &schema->delivery :
				   part == WA_CLAIMS ? &schema->claim_recipient : &schema->activity,
				   cache->snapshot);
	wa_reader_seek(&reader, RecipientGetDatum(cache->recipient));
	while (part == WA_CLAIMS ? wa_next_claim(&reader, cache->facts.claims_from) : wa_reader_next(&reader))
		wa_facts_add(cache, part, &reader);
	wa_reader_close(&reader);
}

/* The part of a recipient with several identifiers. */
static void
gather_person(wa_decision_cache *cache, wa_part part)
{
	if (part == WA_CONSENTS)
		wa_gather_person_consents(cache);
	else if (part == WA_COOLDOWNS)
		wa_gather_person_cooldowns(cache);
	else if (part == WA_DELIVERIES)
		wa_gather_person_deliveries(cache);
	else if (part == WA_CLAIMS)
		wa_gather_person_claims(cache);
	else
		wa_gather_person_activities(cache);
}

static void
fetch(wa_facts *facts, wa_part part)
{
	wa_decision_cache *cache = facts->arg;
	MemoryContext old = MemoryContextSwitchTo(cache->rows);

	if (part == WA_ERASURE)
		wa_gather_erasure(cache);
	else if (cache->fetch_part != NULL)
		cache->fetch_part(cache->fetch_arg, part);
	else if (cache->person != NULL)
		gather_person(cache, part);
	else
		look_up(cache, part);
	if (part == WA_DELIVERIES)
		wa_order_delivered(facts);
	else if (part == WA_ACTIVITIES)
		wa_note_refusals(facts->activities, facts->nactivities,
						 palloc_extended((size_t) WA_REFUSALS_OF_ROW * facts->nactivities * sizeof(wa_refusal),
										 MCXT_ALLOC_HUGE));
	MemoryContextSwitchTo(old);
}

static void
find_region_rules(wa_decision_cache *cache, const wa_canonical *recipient)
{
	char		buf[3];
	const char *region;
	wa_region_fact *forbidden = NULL;
	int			n = 0;

	if (cache->nrules > 0 &&
		(region = wa_region_of(recipient->text, recipient->len, buf)) != NULL)
	{
		wa_str		here = wa_str_from(region);

		for (int i = 0; i < cache->nrules; i++)
		{
			if (wa_str_equal(cache->rules[i].region, here))
				*wa_append_few(forbidden, n, wa_region_fact) = cache->rules[i];
		}
	}
	cache->facts.regions = forbidden;
	cache->facts.nregions = n;
}

/*
 * Begin with the facts on a recipient: its region, and no rows so far.
 */
static wa_facts *
begin_facts(wa_decision_cache *cache, const wa_canonical *recipient)
{
	wa_facts   *facts = &cache->facts;
	MemoryContext old;

	if (cache->person != NULL)
		wa_keep_links(&cache->kept, &cache->links, cache->person, cache->context);
	cache->person = NULL;
	MemoryContextReset(cache->rows);
	old = MemoryContextSwitchTo(cache->rows);
	memset(facts, 0, sizeof(*facts));
	facts->valid = true;
	facts->opt_in_required = wa_require_opt_in;
	facts->known_businesses = wa_known_businesses;
	facts->known = cache;
	facts->erased = (wa_erased) {WA_NEVER, WA_NEVER};
	if (!cache->has_erased)
		facts->fetched |= WA_ERASURE;
	if (!cache->has_claims)
		facts->fetched |= WA_CLAIMS;
	find_region_rules(cache, recipient);
	if (cache->holds != NULL)
		wa_holds_add_facts(cache->holds, cache->schema, cache->snapshot, recipient, facts);
	if (cache->pacing != NULL)
		wa_pacing_add_facts(cache->pacing, cache->schema, cache->snapshot, recipient, facts);
	MemoryContextSwitchTo(old);
	return facts;
}

static wa_person *
load_person(wa_decision_cache *cache, const wa_canonical *recipient)
{
	wa_person  *person;

	wa_link_reader_reopen(&cache->links, cache->schema, cache->snapshot);
	person = wa_person_load(&cache->links, recipient, true);
	wa_link_reader_close(&cache->links);
	if (person == NULL || !person->crowded)
		return person;

	/* Its own rows alone are read: it is refused in any case. */
	wa_keep_links(&cache->kept, &cache->links, person, cache->context);
	cache->facts.crowded = true;
	return NULL;
}

wa_facts *
wa_facts_of(wa_decision_cache *cache, const wa_canonical *recipient)
{
	wa_facts   *facts = &cache->facts;
	MemoryContext old;

	if (recipient == NULL)
	{
		memset(facts, 0, sizeof(*facts));
		return facts;
	}

	begin_facts(cache, recipient);
	facts->fetch = fetch;
	facts->arg = cache;
	cache->fetch_part = NULL;
	old = MemoryContextSwitchTo(cache->rows);
	cache->recipient = wa_recipient_make(recipient);
	cache->person = cache->has_links ? load_person(cache, recipient) : NULL;
	MemoryContextSwitchTo(old);
	return facts;
}

wa_facts *
wa_facts_from(wa_decision_cache *cache, const wa_canonical *recipient,
			  void (*fetch_part) (void *arg, wa_part part), void *arg)
{
	wa_facts   *facts = begin_facts(cache, recipient);

	facts->fetch = fetch;
	facts->arg = cache;
	cache->fetch_part = fetch_part;
	cache->fetch_arg = arg;
	facts->fetched |= WA_ERASURE | WA_CLAIMS;	/* whom these are about is looked up */
	return facts;
}

wa_facts *
wa_facts_of_unknown(wa_decision_cache *cache, const wa_canonical *recipient)
{
	wa_facts   *facts = begin_facts(cache, recipient);

	facts->fetched = WA_ALL_PARTS;
	return facts;
}
