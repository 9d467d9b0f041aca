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
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "common/schema.h"

static wa_schema cached;
static bool cache_valid = false;
static bool callback_registered = false;

/*
 * Any change of a relation that we know (or of all relations) makes us look
 * again: it may have been dropped, replaced or turned into another kind.
 */
static void
forget_schema(Datum arg, Oid relid)
{
	const wa_table *tables[] = {&cached.consent, &cached.cooldown, &cached.activity,
		&cached.contact, &cached.consent_log, &cached.identity, &cached.identity_other,
		&cached.app_secret, &cached.region_rule, &cached.phrase, &cached.webhook};

	if (!cache_valid)
		return;
	if (relid == InvalidOid)
		cache_valid = false;
	for (int i = 0; i < lengthof(tables); i++)
	{
		if (relid == tables[i]->heap || relid == tables[i]->pkey)
			cache_valid = false;
	}
}

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

static void
find_table(wa_table *table, const char *name, const char *index, Oid nspid)
{
	Relation	rel;

	table->heap = find_relation(name, nspid);

	rel = relation_open(table->heap, AccessShareLock);
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		refuse(rel, "is not a plain table");
	if (rel->rd_rel->relam != HEAP_TABLE_AM_OID)
		refuse(rel, "is not kept by the access method heap");
	if (rel->rd_rel->relhassubclass || rel->rd_rel->relispartition)
		refuse(rel, "takes part in inheritance or partitioning");
	if (is_citus_table(table->heap))
		refuse(rel, "is a Citus table");
	relation_close(rel, AccessShareLock);

	table->pkey = find_relation(index, nspid);
	if (IndexGetRelation(table->pkey, true) != table->heap)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an index of \"%s\"", index, name),
				 errhint("Install the extension again.")));
}

const wa_schema *
wa_schema_of(Oid funcid)
{
	Oid			nspid = get_func_namespace(funcid);
	wa_schema	found = {0};

	if (cache_valid && cached.nspid == nspid)
		return &cached;

	if (!callback_registered)
	{
		CacheRegisterRelcacheCallback(forget_schema, (Datum) 0);
		callback_registered = true;
	}

	found.nspid = nspid;
	find_table(&found.consent, "wa_consent", "wa_consent_pkey", nspid);
	find_table(&found.cooldown, "wa_cooldown", "wa_cooldown_pkey", nspid);
	find_table(&found.activity, "wa_activity", "wa_activity_pkey", nspid);
	find_table(&found.contact, "wa_contact", "wa_contact_pkey", nspid);
	find_table(&found.consent_log, "wa_consent_log", "wa_consent_log_event", nspid);
	find_table(&found.identity, "wa_identity", "wa_identity_pkey", nspid);
	find_table(&found.identity_other, "wa_identity", "wa_identity_other", nspid);
	find_table(&found.app_secret, "wa_app_secret", "wa_app_secret_pkey", nspid);
	find_table(&found.region_rule, "wa_region_rule", "wa_region_rule_pkey", nspid);
	find_table(&found.phrase, "wa_phrase", "wa_phrase_pkey", nspid);
	find_table(&found.webhook, "wa_webhook", "wa_webhook_pkey", nspid);
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
