/*-------------------------------------------------------------------------
 *
 * schema.c
 *	  Finding the extension's relations, and refusing those whose rows are
 *	  not in place.
 *
 * The decision reads tables with plain index scans, which see nothing of
 * what a foreign table, an inheritance child or a Citus shard holds.  A table
 * that looks empty would mean "sendable" for everyone, so each of these is an
 * error here, once per cache fill.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/relation.h"
#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "common/schema.h"
#include "common/columns.h"

static wa_schema cached;
static bool cache_valid = false;
static Oid	cached_for = InvalidOid;	/* the function it was last asked for */
static bool callback_registered = false;

static Oid
find_relation(const char *name, Oid nspid)
{
	Oid			relid = get_relname_relid(name, nspid);

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" of extension wa_policy is missing from schema \"%s\"",
						name, get_namespace_name(nspid)),
				 errhint("Install the extension again.")));
	return relid;
}

static void
refuse(Relation rel, const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("cannot read the rows of \"%s\" in place", RelationGetRelationName(rel)),
			 errdetail("The relation %s.", why),
			 errhint("wa_policy keeps its state in plain local tables.")));
}

/*
 * Does Citus keep the rows of relid?  Its catalog lies in pg_catalog, so that
 * no search path is asked; without Citus there is no such relation.
 */
static bool
is_citus_table(Oid relid)
{
	Oid			catalog = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
	AttrNumber	attno;
	Relation	rel;
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	if (!OidIsValid(catalog))
		return false;
	attno = get_attnum(catalog, "logicalrelid");
	if (attno == InvalidAttrNumber)
		return true;			/* a Citus that we do not know: fail closed */

	rel = table_open(catalog, AccessShareLock);
	ScanKeyInit(&key, attno, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

/* What a table must be like for us to read it in place. */
typedef struct wa_expectation
{
	size_t		place;			/* in wa_schema */
	const char *table;
	const char *index;			/* the one to look up by */
	int			key;			/* its first column */
	const char *columns;		/* the columns that C reads or comes by, in order */
	bool		partial;		/* does the index hold some rows only? */
} wa_expectation;

#define expect(member, table, index, key, columns) \
	{offsetof(wa_schema, member), table, index, key, columns, false}
#define expect_partial(member, table, index, key, columns) \
	{offsetof(wa_schema, member), table, index, key, columns, true}

/* As common/columns.h numbers them. */
#define IDENTITY_COLUMNS "first_seen_at last_seen_at parted_at alike recipient other kind"

static const wa_expectation expectations[] = {
	expect(consent, "wa_consent", "wa_consent_pkey", WA_CONSENT_RECIPIENT,
		   "at stopped_at resumed_at recipient business register state origin sender message_id"),
	expect(cooldown, "wa_cooldown", "wa_cooldown_pkey", WA_COOLDOWN_RECIPIENT,
		   "until lifted_at code strikes recipient business failures"),
	expect(activity, "wa_activity", "wa_activity_pkey", WA_ACTIVITY_RECIPIENT,
		   "last_inbound_at last_delivered_at last_read_at last_marketing_delivered_at"
		   " last_window_refused_at wa_id_at recipient business sender wa_id"),
	expect(contact, "wa_contact", "wa_contact_pkey", 1, "recipient touched"),
	expect(consent_log, "wa_consent_log", "wa_consent_log_event", WA_CONSENT_LOG_RECIPIENT,
		   "id recorded_at at webhook_id recipient business register state origin"),
	expect(identity, "wa_identity", "wa_identity_pkey", WA_IDENTITY_RECIPIENT,
		   IDENTITY_COLUMNS),
	expect(identity_other, "wa_identity", "wa_identity_other", WA_IDENTITY_OTHER,
		   IDENTITY_COLUMNS),
	expect_partial(identity_unlike, "wa_identity", "wa_identity_unlike", WA_IDENTITY_RECIPIENT,
				   IDENTITY_COLUMNS),
	expect(app_secret, "wa_app_secret", "wa_app_secret_pkey", WA_APP_SECRET_BUSINESS,
		   "business secret"),
	expect(region_rule, "wa_region_rule", "wa_region_rule_pkey", WA_REGION_RULE_REGION,
		   "region category reason"),
	expect(error_override, "wa_error_override", "wa_error_override_pkey", 1,
		   "code title category blocks ladder gap scope"),
	/* 0: the index is over an expression. */
	expect(phrase, "wa_phrase", "wa_phrase_folded", 0, "phrase meaning language active"),
	expect(webhook, "wa_webhook", "wa_webhook_pkey", WA_WEBHOOK_ID,
		   "id received_at token payload signature"),
};

/* Do the first columns have the names that they should have? */
static void
check_columns(Relation rel, const char *names)
{
	TupleDesc	desc = RelationGetDescr(rel);
	int			i = 0;

	for (const char *name = names; *name != '\0'; i++)
	{
		size_t		len = strcspn(name, " ");

		if (i >= desc->natts || TupleDescAttr(desc, i)->attisdropped ||
			strlen(NameStr(TupleDescAttr(desc, i)->attname)) != len ||
			memcmp(NameStr(TupleDescAttr(desc, i)->attname), name, len) != 0)
			refuse(rel, "has other columns than the extension made");
		name += len;
		name += strspn(name, " ");
	}
}

/* Does the index hold the rows that it should, by that column? */
static void
check_index(Oid relid, Oid heap, const wa_expectation *expected)
{
	Relation	index = relation_open(relid, AccessShareLock);

	if (index->rd_rel->relkind != RELKIND_INDEX || index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_index->indrelid != heap || !index->rd_index->indisvalid ||
		index->rd_index->indkey.values[0] != expected->key ||
		(RelationGetIndexPredicate(index) != NIL) != expected->partial)
		refuse(index, "is not the index that the extension made");
	relation_close(index, AccessShareLock);
}

static void
find_table(wa_schema *schema, const wa_expectation *expected)
{
	wa_table   *table = (wa_table *) ((char *) schema + expected->place);
	Relation	rel;

	table->heap = find_relation(expected->table, schema->nspid);
	rel = relation_open(table->heap, AccessShareLock);
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		refuse(rel, "is not a plain table");
	if (rel->rd_rel->relam != HEAP_TABLE_AM_OID)
		refuse(rel, "is not kept by the access method heap");
	if (rel->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT)
		refuse(rel, "is not logged, and would be empty after a crash");
	if (rel->rd_rel->relhassubclass || rel->rd_rel->relispartition)
		refuse(rel, "takes part in inheritance or partitioning");
	if (is_citus_table(table->heap))
		refuse(rel, "is a Citus table");
	check_columns(rel, expected->columns);

	table->pkey = find_relation(expected->index, schema->nspid);
	check_index(table->pkey, table->heap, expected);
	relation_close(rel, AccessShareLock);
}

/*
 * Any change of a relation that we know (or of all relations) makes us look
 * again: it may have been dropped, replaced or turned into another kind.
 */
static void
forget_schema(Datum arg, Oid relid)
{
	if (!cache_valid)
		return;
	if (relid == InvalidOid)
		cache_valid = false;
	for (int i = 0; i < lengthof(expectations); i++)
	{
		const wa_table *table = (const wa_table *) ((const char *) &cached + expectations[i].place);

		if (relid == table->heap || relid == table->pkey)
			cache_valid = false;
	}
}

const wa_schema *
wa_schema_of(Oid funcid)
{
	Oid			nspid;
	wa_schema	found = {0};

	/* Should it have moved to another schema alone, the tables are where they were. */
	if (cache_valid && cached_for == funcid)
		return &cached;
	nspid = get_func_namespace(funcid);
	if (cache_valid && cached.nspid == nspid)
	{
		cached_for = funcid;
		return &cached;
	}

	if (!callback_registered)
	{
		CacheRegisterRelcacheCallback(forget_schema, (Datum) 0);
		callback_registered = true;
	}

	found.nspid = nspid;
	for (int i = 0; i < lengthof(expectations); i++)
		find_table(&found, &expectations[i]);
	found.recipient_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
										   CStringGetDatum("wa_recipient"),
										   ObjectIdGetDatum(nspid));
	found.recipient_array = get_array_type(found.recipient_type);
	if (!OidIsValid(found.recipient_array))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type \"wa_recipient\" is missing from schema \"%s\"",
						get_namespace_name(nspid)),
				 errhint("Install the extension again.")));

	/*
	 * The look-ups above may have taken in invalidations, but none that
	 * arrived after them, so what was found is as good as now.
	 */
	found.name = MemoryContextStrdup(TopMemoryContext,
									 quote_identifier(get_namespace_name(nspid)));
	if (cached.name != NULL)
		pfree(cached.name);
	cached = found;
	cached_for = funcid;
	cache_valid = true;
	return &cached;
}

Relation
wa_table_open(const wa_table *table)
{
	return table_open(table->heap, AccessShareLock);
}

Relation
wa_pkey_open(const wa_table *table)
{
	return index_open(table->pkey, AccessShareLock);
}

void
wa_lock_state(const wa_schema *schema, LOCKMODE mode)
{
	LockRelationOid(schema->cooldown.heap, mode);
	LockRelationOid(schema->consent.heap, mode);
	LockRelationOid(schema->identity.heap, mode);
	LockRelationOid(schema->contact.heap, mode);
}
