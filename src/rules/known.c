/*-------------------------------------------------------------------------
 *
 * known.c
 *	  Refusing to answer where nothing is known.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/rel.h"

#include "base/encode.h"
#include "rules/decision_cache.h"

/* Does the snapshot see any row of this table? */
static bool
has_row(const wa_table *table, Snapshot snapshot)
{
	Relation	rel = wa_table_open(table);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	bool		found = table_scan_getnextslot(scan, ForwardScanDirection, slot);

	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, NoLock);
	return found;
}

/* Has anything ever arrived here, or has somebody said that nothing will? */
static bool
is_fed(const wa_decision_cache *cache)
{
	const wa_schema *schema = cache->schema;
	const wa_table *tables[] = {&schema->sender, &schema->consent, &schema->cooldown,
	&schema->activity, &schema->consent_log, &schema->webhook, &schema->empty_declaration};

	for (int i = 0; i < lengthof(tables); i++)
	{
		if (has_row(tables[i], cache->snapshot))
			return true;
	}
	return false;
}

static void
check_fed(wa_decision_cache *cache)
{
	if (cache->fed || is_fed(cache))
	{
		cache->fed = true;
		return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("nothing has ever arrived in this database, so wa_policy cannot tell who may be messaged"),
			 errdetail("No webhook, reported error, opt-out or import is in it."),
			 errhint("Ask in the database that receives the webhooks. If this one is meant to be empty, say so with wa_declare_empty('reason').")));
}

/* Is there a row of wa_sender with this value in the first column of that index? */
static bool
is_heard_of(const wa_decision_cache *cache, const wa_table *table, wa_str name)
{
	wa_reader	reader;
	bool		found;

	wa_reader_open(&reader, table, cache->snapshot);
	wa_reader_seek(&reader, wa_str_datum(name));
	found = wa_reader_next(&reader);
	wa_reader_close(&reader);
	return found;
}

/* An ERROR unless this business or sender, if one was asked about, is known. */
static void
check_name(wa_decision_cache *cache, const wa_table *table, const char *kind, wa_str name,
		   wa_str *known)
{
	MemoryContext old;

	if (name.data == NULL || (known->data != NULL && wa_str_equal(*known, name)))
		return;
	if (!is_heard_of(cache, table, name))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("%s \"%.*s\" was never heard of", kind, (int) name.len, name.data),
				 errdetail("No webhook or reported error named it, so nothing would object to any message."),
				 errhint("NULL asks about all. If it is new, add it to wa_sender.")));
	old = MemoryContextSwitchTo(cache->context);
	known->data = pnstrdup(name.data, name.len);
	known->len = name.len;
	MemoryContextSwitchTo(old);
}

void
wa_decision_cache_check(wa_decision_cache *cache, const wa_question *question)
{
	check_fed(cache);
	check_name(cache, &cache->schema->sender, "business", question->business,
			   &cache->known_business);
	check_name(cache, &cache->schema->sender_sender, "sender", question->sender,
			   &cache->known_sender);
}
