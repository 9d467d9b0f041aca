/*-------------------------------------------------------------------------
 *
 * known.c
 *	  Raising errors where nothing is known: for questions that cannot be answered, and for
 *	  businesses that nobody would ask about.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_subscription_rel.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/append.h"
#include "base/arguments.h"
#include "base/encode.h"
#include "base/table_scan.h"
#include "rules/decision_cache.h"
#include "rules/known.h"
#include "state/columns.h"

static bool
any_row(void *arg, TupleTableSlot *slot)
{
	return false;
}

/*
 * Has it not been heard of, nor entered by a DBA?  A business without a sender that was never heard of may be
 * there for its app secret alone.
 */
static bool
is_unused_sender(void *arg, TupleTableSlot *slot)
{
	return slot_attisnull(slot, Anum_wa_sender_last_seen) &&
		wa_slot_str(slot, Anum_wa_sender_sender).len == 0;
}

static bool
has_row(const wa_table *table, Snapshot snapshot)
{
	return !wa_scan_rows(table, snapshot, any_row, NULL);
}

/*
 * Has anything ever arrived here, or has somebody said that nothing will?
 *
 * Whatever arrives and is accepted marks its sender as heard of.  A secret is set-up, and a stored payload may
 * be garbage or forged: behind these, nobody may be listening.
 */
static bool
is_fed(const wa_decision_cache *cache)
{
	const wa_schema *schema = cache->schema;
	const wa_table *tables[] = {&schema->consent, &schema->cooldown, &schema->activity,
	&schema->consent_log, &schema->empty_declaration};

	if (!wa_scan_rows(&schema->sender, cache->snapshot, is_unused_sender, NULL))
		return true;
	for (int i = 0; i < lengthof(tables); i++)
	{
		if (has_row(tables[i], cache->snapshot))
			return true;
	}
	return false;
}

static void
check_fed(const wa_decision_cache *cache)
{
	if (is_fed(cache))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("nothing has ever arrived in this database, so wa_policy cannot tell who may be messaged"),
			 errdetail("No webhook that was accepted, reported error, opt-out or import is in it."),
			 errhint("Ask in the database that receives the webhooks. If this one is meant to be empty, say so with wa_declare_empty('reason').")));
}

/* Is there a row with these values in the first columns of the index? */
static bool
has_row_with(const wa_table *table, Snapshot snapshot, const wa_str *names, int n)
{
	wa_reader	reader;
	bool		found;

	wa_reader_open(&reader, table, snapshot);
	wa_reader_seek_all(&reader, names, n);
	found = wa_reader_next(&reader);
	wa_reader_close(&reader);
	return found;
}

/* By its index: a sequential scan would lock the whole table under SERIALIZABLE. */
static bool
has_indexed_row(const wa_table *table, Snapshot snapshot)
{
	return wa_has_rows(table, snapshot) && has_row_with(table, snapshot, NULL, 0);
}

/*
 * Missing rows.  A restore that fails at one table goes on with the others, and these tell of it.
 */

static bool
note_missing(wa_missing *missing, const char *table, const char *why)
{
	*missing = (wa_missing) {table, why};
	return true;
}

/* What a failed COPY wrote may still be on the pages of a table. */
static bool
is_empty_beside(const wa_table *table, const wa_table *other, Snapshot snapshot)
{
	return !has_indexed_row(table, snapshot) && has_row(other, snapshot);
}

static bool
was_erased(const wa_schema *schema, Snapshot snapshot, wa_str identifier)
{
	wa_erasure_key key;
	wa_reader	erased;
	bool		was;

	if (!wa_erasure_key_read(schema, snapshot, &key))
		return false;
	wa_reader_open(&erased, &schema->erased, snapshot);
	was = wa_erased_read(&erased, &key, identifier).at != WA_NEVER;
	wa_reader_close(&erased);
	return was;
}

/*
 * Has the event at hand of the log left no link, though it named several identifiers?  Somebody who was erased
 * gets none, and the erasure of one who was unlinked takes links of those who stay: where anybody was erased, a
 * single link proves nothing.
 */
static bool
has_no_link(const wa_schema *schema, Snapshot snapshot, wa_reader *log)
{
	wa_str		named = wa_reader_str_in_place(log, Anum_wa_consent_log_also_named);
	wa_str		other;

	return wa_str_next_word(&named, &other) &&
		!has_row_with(&schema->identity, snapshot, &other, 1) &&
		(!has_row(&schema->erased, snapshot) || !has_indexed_row(&schema->identity, snapshot)) &&
		!was_erased(schema, snapshot,
					wa_reader_str_in_place(log, Anum_wa_consent_log_recipient));
}

static bool
has_no_consent(const wa_schema *schema, Snapshot snapshot, wa_reader *log)
{
	const wa_str key[] = {wa_reader_str_in_place(log, Anum_wa_consent_log_recipient),
		wa_reader_str_in_place(log, Anum_wa_consent_log_business),
	wa_reader_str_in_place(log, Anum_wa_consent_log_register)};

	return !has_row_with(&schema->consent, snapshot, key, lengthof(key));
}

/* So many events are looked through for one that named several identifiers. */
#define MOST_LOOKED_THROUGH		100

/*
 * Every event of the log has left rows elsewhere.  Those of the first one tell, also where webhooks have
 * come since the restore.
 */
static bool
find_missing_of_log(const wa_schema *schema, Snapshot snapshot, wa_missing *missing)
{
	wa_reader	log;
	bool		found = false;

	wa_reader_open(&log, &schema->consent_log, snapshot);
	wa_reader_seek_all(&log, NULL, 0);
	for (int i = 0; !found && i < MOST_LOOKED_THROUGH && wa_reader_next(&log); i++)
	{
		if (i == 0 && has_no_consent(schema, snapshot, &log))
			found = note_missing(missing, "wa_consent",
								 "An event of \"wa_consent_log\" is not in it");
		else if (wa_reader_str_in_place(&log, Anum_wa_consent_log_also_named).len > 0)
		{
			if (has_no_link(schema, snapshot, &log))
				found = note_missing(missing, "wa_identity",
									 "Identifiers that an event of \"wa_consent_log\" named together are not linked");
			break;
		}
	}
	wa_reader_close(&log);
	return found;
}

bool
wa_find_missing(const wa_schema *schema, Snapshot snapshot, wa_missing *missing)
{
	wa_str		region_rule = WA_STR("wa_region_rule");

	if (find_missing_of_log(schema, snapshot, missing))
		return true;
	if (is_empty_beside(&schema->erasure_key, &schema->erased, snapshot))
		return note_missing(missing, "wa_erasure_key", "It is empty and \"wa_erased\" is not");
	if (is_empty_beside(&schema->erased, &schema->erasure, snapshot))
		return note_missing(missing, "wa_erased", "It is empty and \"wa_erasure\" is not");
	if (is_empty_beside(&schema->sender, &schema->activity, snapshot))
		return note_missing(missing, "wa_sender", "It is empty and \"wa_activity\" is not");
	if (!has_row(&schema->region_rule, snapshot) &&
		!has_row_with(&schema->default_removed, snapshot, &region_rule, 1))
		return note_missing(missing, "wa_region_rule",
							"It is empty and \"wa_default_removed\" does not tell that somebody wanted that");
	return false;
}

/*
 * Is there a row in wa_consent?  Every query asks that.  The row that was found last is looked at first, since a
 * scan of the index takes in a whole page of it; if there is another one in its place by now, that will do as well.
 */
static bool
has_consent(const wa_schema *schema, Snapshot snapshot)
{
	static ItemPointerData latest;
	wa_reader	consent;
	bool		found;

	wa_reader_open(&consent, &schema->consent, snapshot);
	found = ItemPointerIsValid(&latest) &&
		ItemPointerGetBlockNumber(&latest) < RelationGetNumberOfBlocks(consent.heap) &&
		table_tuple_fetch_row_version(consent.heap, &latest, snapshot, consent.slot);
	if (!found)
	{
		wa_reader_seek_all(&consent, NULL, 0);
		found = wa_reader_next(&consent);
		latest = consent.slot->tts_tid;
	}
	wa_reader_close(&consent);
	return found;
}

static void
refuse_missing(const wa_missing *missing)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of \"%s\" are missing in this database", missing->table),
			 errdetail("%s, as after a restore that failed.", missing->why),
			 errhint("Restore it from the dump: until then nobody can tell who has said stop.")));
}

/*
 * An ERROR where rows are missing.  All is looked at once in a session, and again after a TRUNCATE, a VACUUM
 * and the like; in every query the table that matters most.
 */
static void
check_restored(const wa_decision_cache *cache)
{
	static uint64 looked_at = 0;
	const wa_schema *schema = cache->schema;
	wa_missing	missing;

	if (looked_at != schema->looked_up && wa_find_missing(schema, cache->snapshot, &missing))
		refuse_missing(&missing);
	looked_at = schema->looked_up;
	if (!has_consent(schema, cache->snapshot) && has_row(&schema->consent_log, cache->snapshot) &&
		note_missing(&missing, "wa_consent", "It is empty and \"wa_consent_log\" is not"))
		refuse_missing(&missing);
}

/*
 * Subscriptions.
 */

/* Is it one of ours?  Whatever of our schema bears our prefix. */
static bool
is_ours(const wa_schema *schema, Oid relid)
{
	char	   *name;

	if (get_rel_namespace(relid) != schema->nspid)
		return false;
	name = get_rel_name(relid);
	return name != NULL && strncmp(name, "wa_", 3) == 0;
}

/* Is the copy of this table complete?  It was never made if there is no position in the publisher's log. */
static wa_copy
copy_of(Relation catalog, HeapTuple tuple)
{
	if (((Form_pg_subscription_rel) GETSTRUCT(tuple))->srsubstate != SUBREL_STATE_READY)
		return WA_BEING_COPIED;
	return heap_attisnull(tuple, Anum_pg_subscription_rel_srsublsn, RelationGetDescr(catalog)) ?
		WA_NEVER_COPIED : WA_COPIED;
}

/*
 * The catalog is read under the snapshot that the rows are read under: the
 * copy may be complete by now and invisible to a query that began before.  A
 * database without subscriptions pays for a look at an empty table.
 */
wa_copy
wa_copy_of_state(const wa_schema *schema, Snapshot snapshot, Oid *table)
{
	const Oid	state[] = {schema->consent.heap, schema->consent_log.heap, schema->identity.heap,
		schema->identity_change.heap, schema->cooldown.heap, schema->activity.heap,
		schema->delivery.heap, schema->erased.heap, schema->erasure_key.heap, schema->sender.heap,
	schema->sender_hold.heap, schema->sender_life.heap};
	bool		brought[lengthof(state)] = {false};
	Relation	rel = table_open(SubscriptionRelRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple	tuple;
	wa_copy		copy = WA_COPIED;

	while (copy == WA_COPIED && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		*table = ((Form_pg_subscription_rel) GETSTRUCT(tuple))->srrelid;
		if (is_ours(schema, *table))
			copy = copy_of(rel, tuple);
		if (copy == WA_NEVER_COPIED && has_row(&schema->empty_declaration, snapshot))
			copy = WA_COPIED;
		for (int i = 0; i < lengthof(state); i++)
			brought[i] |= *table == state[i];
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);

	for (int i = 0; copy == WA_COPIED && brought[0] && i < lengthof(state); i++)
	{
		*table = state[i];
		if (!brought[i])
			copy = WA_NOT_BROUGHT;
	}
	return copy;
}

/* An ERROR while part of the state may still be on its way. */
static void
check_copied(const wa_decision_cache *cache)
{
	static const char *const hints[] = {
		[WA_BEING_COPIED] = "Wait until wa_subscription_status says that it is ready, or ask where the state comes from.",
		[WA_NEVER_COPIED] = "The subscription was made with copy_data = false. Subscribe again; or, where the state was brought otherwise, say so with wa_declare_empty('reason').",
		[WA_NOT_BROUGHT] = "No subscription brings it. Call wa_publish() on the publisher, then ALTER SUBSCRIPTION ... REFRESH PUBLICATION here.",
	};
	Oid			table;
	wa_copy		copy = wa_copy_of_state(cache->schema, cache->snapshot, &table);

	if (copy != WA_COPIED)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a subscription has not finished copying the state of wa_policy into this database"),
				 errdetail("Table \"%s\" is not complete yet, so stops may be missing.",
						   get_rel_name(table)),
				 errhint("%s", hints[copy])));
}

void
wa_require_business(const wa_schema *schema, wa_str business)
{
	wa_reader	reader;
	bool		known;

	if (business.len == 0)
		return;
	wa_reader_open_latest(&reader, &schema->sender);
	wa_reader_seek(&reader, wa_str_datum(business));
	known = wa_reader_next(&reader);
	wa_reader_close(&reader);
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("business \"%.*s\" was never heard of", wa_shown_len(business), business.data),
				 errdetail("No webhook or reported error named it, so what is recorded for it would have no effect."),
				 errhint("'' records for every business. If it is new, add it to wa_sender.")));
}

/* '' stands in rows for an unknown one; a question about it would not see what came with a name. */
static void
forbid_empty_name(const char *kind, wa_str name)
{
	if (name.len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("%s of a question must not be empty", kind),
				 errdetail("No row of a %s that has a name would object to any message.", kind),
				 errhint("NULL asks about all.")));
}

/* An ERROR unless this business or sender, if one was asked about, is known. */
static void
check_name(const wa_decision_cache *cache, const wa_table *table, const char *kind, wa_str name)
{
	if (name.data == NULL)
		return;
	forbid_empty_name(kind, name);
	if (!has_row_with(table, cache->snapshot, &name, 1))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("%s \"%.*s\" was never heard of", kind, wa_shown_len(name), name.data),
				 errdetail("No webhook or reported error named it, so nothing would object to any message."),
				 errhint("NULL asks about all. If it is new, add it to wa_sender.")));
}

/* An ERROR where both were asked about, and the sender is another business's. */
static void
check_pair(const wa_decision_cache *cache, wa_str business, wa_str sender)
{
	const wa_table *table = &cache->schema->sender;
	wa_str		own[] = {business, sender};
	wa_str		of_all[] = {WA_STR(""), sender};

	if (business.data == NULL || sender.data == NULL ||
		has_row_with(table, cache->snapshot, own, lengthof(own)) ||
		has_row_with(table, cache->snapshot, of_all, lengthof(of_all)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("sender \"%.*s\" was never heard of in business \"%.*s\"",
					wa_shown_len(sender), sender.data, wa_shown_len(business), business.data),
			 errdetail("It is known in another business, whose opt-outs and holds would not object."),
			 errhint("Give that business (see wa_sender). If the sender is new here, add it to wa_sender.")));
}

/* Keeps a name; a query may ask about another one in each row. */
static void
keep_name(wa_decision_cache *cache, wa_str name, wa_str *known)
{
	MemoryContext old;

	if (wa_str_same(name, *known))
		return;
	if (known->data != NULL)
		pfree(unconstify(char *, known->data));
	known->data = NULL;
	old = MemoryContextSwitchTo(cache->context);
	*known = wa_str_copy(name);
	MemoryContextSwitchTo(old);
}

static void
check_names(wa_decision_cache *cache, wa_str business, wa_str sender)
{
	if (wa_str_same(business, cache->known_business) && wa_str_same(sender, cache->known_sender))
		return;
	check_name(cache, &cache->schema->sender, "business", business);
	check_name(cache, &cache->schema->sender_sender, "sender", sender);
	check_pair(cache, business, sender);
	keep_name(cache, business, &cache->known_business);
	keep_name(cache, sender, &cache->known_sender);
}

void
wa_decision_cache_check(wa_decision_cache *cache, const wa_question *question)
{
	if (!cache->checked)
	{
		check_copied(cache);
		check_fed(cache);
		check_restored(cache);
		cache->checked = true;
	}
	check_names(cache, question->business, question->sender);
}

/*
 * Those that a question about all asks about: the businesses in wa_sender, each once.
 */

typedef struct wa_names
{
	int			n;
	wa_str	   *names;
} wa_names;

static bool
read_business(void *arg, TupleTableSlot *slot)
{
	wa_names   *names = arg;

	*wa_append_few(names->names, names->n, wa_str) = wa_slot_str(slot, Anum_wa_sender_business);
	return true;
}

static const wa_str *
read_businesses(wa_decision_cache *cache, int *n)
{
	wa_names	all = {0, NULL};
	int			kept = 0;

	wa_scan_rows(&cache->schema->sender, cache->snapshot, read_business, &all);
	if (all.n > 0)
		qsort(all.names, all.n, sizeof(wa_str), wa_str_order);
	for (int i = 0; i < all.n; i++)
	{
		if (all.names[i].len > 0 &&
			(kept == 0 || !wa_str_equal(all.names[i], all.names[kept - 1])))
			all.names[kept++] = all.names[i];
	}
	*n = kept;
	return all.names;
}

int
wa_known_businesses(void *arg, const wa_str **businesses)
{
	wa_decision_cache *cache = arg;

	if (cache->nbusinesses < 0)
	{
		MemoryContext old = MemoryContextSwitchTo(cache->context);

		cache->businesses = read_businesses(cache, &cache->nbusinesses);
		MemoryContextSwitchTo(old);
	}
	*businesses = cache->businesses;
	return cache->nbusinesses;
}
