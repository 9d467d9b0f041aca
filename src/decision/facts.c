/*-------------------------------------------------------------------------
 *
 * facts.c
 *	  Gathering the facts for a decision.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "common/category_oid.h"
#include "decision/library.h"
#include "identity/load.h"
#include "recipient/region.h"
#include "common/columns.h"
#include "state/read.h"

static void
read_region_rules(wa_library *library)
{
	Relation	rel = wa_table_open(&library->schema->region_rule);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, library->snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		wa_region_fact *rule;
		bool		isnull;

		grow(library->rules, library->nrules, wa_region_fact);
		rule = &library->rules[library->nrules++];
		rule->region = wa_slot_str(slot, WA_REGION_RULE_REGION);
		rule->reason = wa_slot_str(slot, WA_REGION_RULE_REASON);
		rule->category = wa_category_from_oid(
			DatumGetObjectId(slot_getattr(slot, WA_REGION_RULE_CATEGORY, &isnull)));
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
}

wa_library *
wa_library_for(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	wa_library *library = flinfo->fn_extra;
	Snapshot	snapshot = wa_active_snapshot();
	wa_snapshot_id now = wa_identify_snapshot(snapshot);
	MemoryContext context;
	MemoryContext old;

	if (library != NULL)
	{
		library->snapshot = snapshot;
		library->schema = wa_schema_of(flinfo->fn_oid);
		if (wa_same_snapshot(&library->seen, &now))
			return library;
		flinfo->fn_extra = NULL;
		MemoryContextDelete(library->context);
	}

	context = AllocSetContextCreate(flinfo->fn_mcxt, "wa_policy decision",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	library = palloc0(sizeof(wa_library));
	library->context = context;
	library->rows = AllocSetContextCreate(context, "wa_policy facts",
										  ALLOCSET_SMALL_SIZES);
	library->funcid = flinfo->fn_oid;
	library->seen = now;
	library->snapshot = snapshot;
	library->schema = wa_schema_of(flinfo->fn_oid);
	library->codes = wa_code_policies_load(library->schema);
	library->has_links = wa_has_links(library->schema);
	read_region_rules(library);
	MemoryContextSwitchTo(old);

	flinfo->fn_extra = library;
	return library;
}

double
wa_library_effort(const wa_library *library)
{
	/* Ties mean two index look-ups more, and of somebody tied each one several times. */
	return !library->has_links ? 1 : library->person == NULL ? 2 : 5;
}

const wa_schema *
wa_library_schema(const wa_library *library)
{
	return library->schema;
}

Snapshot
wa_library_snapshot(const wa_library *library)
{
	return library->snapshot;
}

static void
add_consent(wa_facts *facts, wa_reader *reader)
{
	wa_consent_row *rows = unconstify(wa_consent_row *, facts->consents);

	grow(rows, facts->nconsents, wa_consent_row);
	wa_read_consent(reader, &rows[facts->nconsents++]);
	facts->consents = rows;
}

/*
 * Cooldowns that can object: with an end, and of a code that blocks.
 */
static void
add_cooldown(wa_facts *facts, wa_reader *reader, const wa_code_policies *codes)
{
	wa_cooldown_row *rows = unconstify(wa_cooldown_row *, facts->cooldowns);
	wa_cooldown_row *row;
	wa_code_policy policy;
	wa_failures failures;
	wa_instant	until = wa_reader_instant(reader, WA_COOLDOWN_UNTIL);
	int32		code = wa_reader_int(reader, WA_COOLDOWN_CODE);

	if (until == WA_NEVER || !wa_code_policies_find(codes, code, &policy) || policy.blocks == 0)
		return;

	grow(rows, facts->ncooldowns, wa_cooldown_row);
	row = &rows[facts->ncooldowns++];
	row->business = wa_reader_str(reader, WA_COOLDOWN_BUSINESS);
	row->code = code;
	row->strikes = wa_reader_int(reader, WA_COOLDOWN_STRIKES);
	wa_read_failures(reader, &failures);
	row->since = failures.n > 0 ? failures.at[failures.n - 1] : WA_NEVER;
	row->until = until;
	row->blocks = policy.blocks;
	row->yields_to_window = policy.yields_to_window;
	row->learned_under.data = NULL;
	facts->cooldowns = rows;
}

static void
add_activity(wa_facts *facts, wa_reader *reader)
{
	wa_activity_row *rows = unconstify(wa_activity_row *, facts->activities);

	grow(rows, facts->nactivities, wa_activity_row);
	wa_read_activity(reader, &rows[facts->nactivities++]);
	facts->activities = rows;
}

void
wa_facts_add(wa_library *library, wa_part part, wa_reader *reader)
{
	MemoryContext old = MemoryContextSwitchTo(library->rows);

	if (part == WA_CONSENTS)
		add_consent(&library->facts, reader);
	else if (part == WA_COOLDOWNS)
		add_cooldown(&library->facts, reader, library->codes);
	else
		add_activity(&library->facts, reader);
	MemoryContextSwitchTo(old);
}

/* The part of one who has no other identifier. */
static void
look_up(wa_library *library, wa_part part)
{
	const wa_schema *schema = library->schema;
	wa_reader	reader;

	wa_reader_open(&reader, part == WA_CONSENTS ? &schema->consent :
				   part == WA_COOLDOWNS ? &schema->cooldown : &schema->activity,
				   library->snapshot);
	wa_reader_seek(&reader, RecipientGetDatum(library->recipient));
	while (wa_reader_next(&reader))
		wa_facts_add(library, part, &reader);
	wa_reader_close(&reader);
}

static void
fetch(wa_facts *facts, wa_part part)
{
	wa_library *library = facts->arg;
	MemoryContext old = MemoryContextSwitchTo(library->rows);

	if (library->person != NULL)
		wa_gather_person(library, part);
	else
		look_up(library, part);
	MemoryContextSwitchTo(old);
}

static void
find_region_rules(wa_library *library, const wa_canonical *recipient)
{
	char		buf[3];
	const char *region;
	wa_region_fact *forbidden = NULL;
	int			n = 0;

	if (library->nrules > 0 &&
		(region = wa_region_of(recipient->text, recipient->len, buf)) != NULL)
	{
		wa_str		here = {region, strlen(region)};

		for (int i = 0; i < library->nrules; i++)
		{
			if (wa_str_equal(library->rules[i].region, here))
			{
				grow(forbidden, n, wa_region_fact);
				forbidden[n++] = library->rules[i];
			}
		}
	}
	library->facts.regions = forbidden;
	library->facts.nregions = n;
}

/*
 * Begin with the facts on somebody: his region, and no rows so far.
 */
static wa_facts *
begin_facts(wa_library *library, const wa_canonical *recipient)
{
	wa_facts   *facts = &library->facts;
	MemoryContext old;

	MemoryContextReset(library->rows);
	old = MemoryContextSwitchTo(library->rows);
	memset(facts, 0, sizeof(*facts));
	facts->valid = true;
	find_region_rules(library, recipient);
	MemoryContextSwitchTo(old);
	return facts;
}

wa_facts *
wa_facts_of(wa_library *library, const wa_canonical *recipient)
{
	wa_facts   *facts = &library->facts;
	MemoryContext old;

	if (recipient == NULL)
	{
		memset(facts, 0, sizeof(*facts));
		return facts;
	}

	begin_facts(library, recipient);
	facts->fetch = fetch;
	facts->arg = library;
	old = MemoryContextSwitchTo(library->rows);
	library->recipient = wa_recipient_make(recipient);
	library->person = library->has_links ?
		wa_person_load(library->schema, library->snapshot, recipient) : NULL;
	MemoryContextSwitchTo(old);
	return facts;
}

wa_facts *
wa_facts_from(wa_library *library, const wa_canonical *recipient,
			  void (*fetch_part) (wa_facts *, wa_part), void *arg)
{
	wa_facts   *facts = begin_facts(library, recipient);

	facts->fetch = fetch_part;
	facts->arg = arg;
	return facts;
}

wa_facts *
wa_facts_of_stranger(wa_library *library, const wa_canonical *recipient)
{
	wa_facts   *facts = begin_facts(library, recipient);

	facts->fetched = WA_ALL_PARTS;
	return facts;
}
