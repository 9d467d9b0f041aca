/*-------------------------------------------------------------------------
 *
 * schema.c
 *	  Finding the extension's relations, and raising an error for those whose rows
 *	  cannot be read in place.
 *
 * Decisions read tables by plain index scans, which do not see rows of foreign tables,
 * inheritance children or Citus shards.  A table that looks empty would mean "sendable"
 * for everyone, so each of these is an error here, checked once per cache fill.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/relation.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_subscription_rel.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/rewritten.h"
#include "base/schema.h"
#include "base/str.h"
#include "base/version.h"

static wa_schema cached;
static const wa_schema *being_found = NULL; /* what fill_cache has found so far */
static bool cache_valid = false;
static Oid	cached_for = InvalidOid;	/* the function it was last asked for */
static bool callbacks_registered = false;

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

/* Does a catalog have a row with relid in this column?  index: one that begins with it; InvalidOid: none. */
static bool
catalog_has(Oid catalog, Oid index, AttrNumber attno, Oid relid)
{
	Relation	rel = table_open(catalog, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	ScanKeyInit(&key, attno, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, index, OidIsValid(index), NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
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

	if (!OidIsValid(catalog))
		return false;
	attno = get_attnum(catalog, "logicalrelid");
	/* a Citus that we do not know: fail closed */
	return attno == InvalidAttrNumber || catalog_has(catalog, InvalidOid, attno, relid);
}

/*
 * What a table must be like for us to read it in place.  columns: those that C
 * reads or comes by, in order, each as name:type, with "!" where it may not be
 * NULL.  keys: the numbers of the columns of the index, 0 for an expression.
 */
typedef struct wa_expectation
{
	size_t		place;			/* in wa_schema */
	const char *table;
	const char *index;			/* the one to look up by */
	const char *keys;
	const char *columns;
	bool		partial;		/* does the index hold some rows only? */
} wa_expectation;

#define expect(member, table, index, keys, columns) \
	{offsetof(wa_schema, member), table, index, keys, columns, false}
#define expect_partial(member, table, index, keys, columns) \
	{offsetof(wa_schema, member), table, index, keys, columns, true}

#define IDENTITY_COLUMNS \
	"recipient:recipient! other:recipient! business:text! first_seen_at:timestamptz" \
	" last_seen_at:timestamptz unlinked_at:timestamptz position:int4! rivals:timestamptz[]"
#define CHANGE_COLUMNS \
	"recipient:recipient! other:recipient! at:timestamptz first_at:timestamptz origin:text!" \
	" message_id:text! unlinked_at:timestamptz"

#define MESSAGE_COLUMNS \
	"message_id:text! recipient:recipient! business:text! sender:text! category:category" \
	" sent_at:timestamptz delivered_at:timestamptz read_at:timestamptz" \
	" failed_at:timestamptz code:int4 template:text campaign:text participant:text!"

#define CLAIM_COLUMNS \
	"campaign:text! recipient:recipient! category:category! business:text sender:text" \
	" claimed_at:timestamptz! lease_until:timestamptz! sent_at:timestamptz" \
	" message_id:text template:text home:recipient! token:int8!"

static const wa_expectation expectations[] = {
	expect(consent, "wa_consent", "wa_consent_pkey", "1 2 3",
		   "recipient:recipient! business:text! register:text! state:text! at:timestamptz!"
		   " origin:text! code:int4 sender:text! message_id:text! stopped_at:timestamptz"
		   " resumed_at:timestamptz"),
	expect(cooldown, "wa_cooldown", "wa_cooldown_pkey", "1 2 3",
		   "recipient:recipient! business:text! code:int4! strikes:int4! until:timestamptz"
		   " lifted_at:timestamptz failures:timestamptz[]!"),
	expect(activity, "wa_activity", "wa_activity_pkey", "1 2 3",
		   "recipient:recipient! business:text! sender:text! wa_id:text"
		   " last_inbound_at:timestamptz last_delivered_at:timestamptz last_read_at:timestamptz"
		   " last_marketing_delivered_at:timestamptz last_window_refused_at:timestamptz"
		   " wa_id_at:timestamptz"),
	expect(delivery, "wa_delivery", "wa_delivery_pkey", "1 2 3",
		   "recipient:recipient! business:text! category:category! deliveries:timestamptz[]!"
		   " messages:int4[]!"),
	expect(recipient_lock, "wa_recipient_lock", "wa_recipient_lock_pkey", "1",
		   "recipient:recipient!"),
	expect(consent_log, "wa_consent_log", "wa_consent_log_event", "2 3 4 6 5 7 0 10 11 12 0",
		   "id:int8! recipient:recipient! business:text! register:text! state:text!"
		   " at:timestamptz! origin:text! code:int4 evidence:text! sender:text!"
		   " message_id:text! also_named:text!"),
	expect(identity, "wa_identity", "wa_identity_pkey", "2 7", IDENTITY_COLUMNS),
	expect(identity_recipient, "wa_identity", "wa_identity_recipient", "1", IDENTITY_COLUMNS),
	expect_partial(identity_shared, "wa_identity", "wa_identity_shared", "2", IDENTITY_COLUMNS),
	expect(identity_change, "wa_identity_change", "wa_identity_change_pkey", "1 2", CHANGE_COLUMNS),
	expect(identity_change_other, "wa_identity_change", "wa_identity_change_other", "2",
		   CHANGE_COLUMNS),
	expect(app_secret, "wa_app_secret", "wa_app_secret_once", "1 2", "business:text! secret:text"),
	expect(sender, "wa_sender", "wa_sender_pkey", "1 2",
		   "business:text! sender:text! display_phone:text first_seen:timestamptz"
		   " last_seen:timestamptz"),
	expect(sender_sender, "wa_sender", "wa_sender_sender", "2", "business:text! sender:text!"),
	expect(sender_hold, "wa_sender_hold", "wa_sender_hold_pkey", "1 2 3 4 5",
		   "business:text! sender:text! region:text! cause:text! code:int4! categories:category[]!"
		   " since:timestamptz until:timestamptz reason:text! lifted_at:timestamptz"),
	expect(sender_life, "wa_sender_life", "wa_sender_life_pkey", "1 2 3 4",
		   "business:text! sender:text! region:text! category:text! alive_at:timestamptz!"),
	expect(empty_declaration, "wa_empty_declaration", "wa_empty_declaration_pkey", "1", "id:int8!"),
	expect(erasure_key, "wa_erasure_key", "wa_erasure_key_pkey", "1", "id:int4! key:bytea!"),
	expect(erased, "wa_erased", "wa_erased_pkey", "1 2", "bucket:int4! hash:bytea! at:timestamptz! everything_at:timestamptz"),
	expect(erasure, "wa_erasure", "wa_erasure_pkey", "1", "id:int8!"),
	expect(region_rule, "wa_region_rule", "wa_region_rule_pkey", "1 2",
		   "region:text! category:category! reason:text!"),
	expect(frequency_cap, "wa_frequency_cap", "wa_frequency_cap_pkey", "1",
		   "id:int8! category:category! messages:int4! period:interval! business:text!"
		   " exempt_in_window:bool! exempt_regions:bool! reason:text!"),
	expect(quiet_hours, "wa_quiet_hours", "wa_quiet_hours_pkey", "1",
		   "id:int8! region:text category:category! days:int4[] starts:time! ends:time!"
		   " source:text!"),
	expect(region_without_limit, "wa_region_without_limit", "wa_region_without_limit_pkey", "1",
		   "region:text!"),
	expect(error_override, "wa_error_override", "wa_error_override_pkey", "1",
		   "code:int4! same_as:int4 title:text category:text blocks:category[] ladder:interval[]"
		   " gap:interval lifted_by:text[] scope:text reason:text"),
	expect(incident, "wa_incident", "wa_incident_pkey", "1",
		   "id:int8! code:int4! business:text! since:timestamptz! until:timestamptz"),
	expect(phrase, "wa_phrase", "wa__phrase_folded", "0",
		   "phrase:text! meaning:text! language:text! active:bool!"),
	expect(default_removed, "wa_default_removed", "wa_default_removed_pkey", "1 2",
		   "relation:text! key:text!"),
	expect(webhook, "wa_webhook", "wa_webhook_pkey", "1",
		   "id:int8! payload:text! signature:text received_at:timestamptz! erased_at:timestamptz token:int8!"),
	expect(message, "wa_message", "wa_message_pkey", "1 13", MESSAGE_COLUMNS),
	expect(message_recipient, "wa_message", "wa_message_recipient", "2", MESSAGE_COLUMNS),
	expect(claim_recipient, "wa_claim", "wa_claim_recipient", "2 7", CLAIM_COLUMNS),
	expect(claim_lease, "wa_claim", "wa_claim_lease", "7", CLAIM_COLUMNS),
};

static Oid
category_type(const wa_schema *schema)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("wa_category"),
						   ObjectIdGetDatum(schema->nspid));
}

Oid
wa_type_named(const wa_schema *schema, wa_str name)
{
	static const struct
	{
		const char *name;
		Oid			oid;
	}			types[] = {
		{"text", TEXTOID}, {"text[]", TEXTARRAYOID},
		{"int4", INT4OID}, {"int4[]", INT4ARRAYOID},
		{"int8", INT8OID}, {"int8[]", INT8ARRAYOID},
		{"time", TIMEOID},
		{"bytea", BYTEAOID}, {"bytea[]", BYTEAARRAYOID},
		{"bool", BOOLOID}, {"bool[]", BOOLARRAYOID},
		{"timestamptz", TIMESTAMPTZOID}, {"timestamptz[]", TIMESTAMPTZARRAYOID},
		{"interval", INTERVALOID}, {"interval[]", INTERVALARRAYOID},
	};
	for (int i = 0; i < lengthof(types); i++)
	{
		if (wa_str_equal(name, wa_str_from(types[i].name)))
			return types[i].oid;
	}
	if (wa_str_equal(name, WA_STR("recipient")))
		return schema->recipient_type;
	if (wa_str_equal(name, WA_STR("recipient[]")))
		return schema->recipient_array;
	if (wa_str_equal(name, WA_STR("category")))
		return category_type(schema);
	if (wa_str_equal(name, WA_STR("category[]")))
		return get_array_type(category_type(schema));
	elog(ERROR, "wa_policy knows no type \"%.*s\"", (int) name.len, name.data);
	return InvalidOid;			/* keep the compiler quiet */
}

/* Is this the column that is described by name:type, with "!" if never NULL? */
static bool
is_column(const wa_schema *schema, TupleDesc desc, int i, wa_str description)
{
	Form_pg_attribute column = TupleDescAttr(desc, i);
	wa_str		name = {description.data, strcspn(description.data, ":")};
	wa_str		type = {name.data + name.len + 1, description.len - name.len - 1};
	bool		not_null = type.data[type.len - 1] == '!';

	type.len -= not_null;
	return !column->attisdropped && wa_str_equal(wa_str_from(NameStr(column->attname)), name) &&
		column->atttypid == wa_type_named(schema, type) && (!not_null || wa_is_not_null(desc, i));
}

/* Are the first columns what they should be? */
static void
check_columns(const wa_schema *schema, Relation rel, const char *columns)
{
	TupleDesc	desc = RelationGetDescr(rel);
	wa_str		rest = wa_str_from(columns);
	wa_str		column;

	for (int i = 0; wa_str_next_word(&rest, &column); i++)
	{
		if (i >= desc->natts || !is_column(schema, desc, i, column))
			refuse(rel, "has other columns than the extension made");
	}
}

/*
 * The index of that name, locked.  REINDEX CONCURRENTLY gives the name to another one; by
 * then, or after the lock, it may have done so.
 */
static Relation
open_index_named(const char *name, Oid nspid)
{
	for (;;)
	{
		Oid			relid = find_relation(name, nspid);
		Relation	index = try_relation_open(relid, AccessShareLock);

		if (index != NULL && get_relname_relid(name, nspid) == relid)
			return index;
		if (index != NULL)
			relation_close(index, AccessShareLock);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Are these the columns of the index, all in ascending order? */
static bool
has_keys(Relation index, const char *keys)
{
	wa_str		rest = wa_str_from(keys);
	wa_str		key;
	int			n = 0;

	while (wa_str_next_word(&rest, &key))
	{
		if (n >= IndexRelationGetNumberOfKeyAttributes(index) || index->rd_indoption[n] != 0 ||
			index->rd_index->indkey.values[n++] != atoi(key.data))
			return false;
	}
	return n == IndexRelationGetNumberOfKeyAttributes(index);
}

/* The index by which to look up, which must hold the rows that it should, by those columns. */
static Oid
find_index(Oid nspid, Oid heap, const wa_expectation *expected)
{
	Relation	index = open_index_named(expected->index, nspid);
	Oid			relid = RelationGetRelid(index);

	if (index->rd_rel->relkind != RELKIND_INDEX || index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_index->indrelid != heap || !index->rd_index->indisvalid ||
		!has_keys(index, expected->keys) ||
		(RelationGetIndexPredicate(index) != NIL) != expected->partial)
		refuse(index, "is not the index that the extension made");
	relation_close(index, AccessShareLock);
	return relid;
}

/* The transaction that made the newest version of the relation's row in pg_class. */
static TransactionId
changed_by(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	TransactionId xid;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	xid = HeapTupleHeaderGetXmin(tuple->t_data);
	ReleaseSysCache(tuple);
	return xid;
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
	/* relhassubclass stays until the next ANALYZE */
	if ((rel->rd_rel->relhassubclass && find_inheritance_children(table->heap, NoLock) != NIL) ||
		rel->rd_rel->relispartition)
		refuse(rel, "takes part in inheritance or partitioning");
	if (is_citus_table(table->heap))
		refuse(rel, "is a Citus table");
	check_columns(schema, rel, expected->columns);

	table->pkey = find_index(schema->nspid, table->heap, expected);
	table->changed = changed_by(table->heap);
	table->pkey_changed = changed_by(table->pkey);
	relation_close(rel, AccessShareLock);
}

/* Is it a trigger of somebody's that decides about each row before it is written? */
static bool
is_gate(const Trigger *trigger)
{
	return TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
		trigger->tgenabled != TRIGGER_DISABLED && strncmp(trigger->tgname, "wa__", strlen("wa__")) != 0;
}

static void
check_writes(Oid heap)
{
	Relation	rel = relation_open(heap, AccessShareLock);
	bool		gated = rel->rd_rules != NULL;

	for (int i = 0; rel->trigdesc != NULL && i < rel->trigdesc->numtriggers; i++)
		gated |= is_gate(&rel->trigdesc->triggers[i]);
	if (gated)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a trigger or a rule can keep rows out of \"%s\"", RelationGetRelationName(rel)),
				 errdetail("What it leaves out or changes would not count in decisions."),
				 errhint("Make it an AFTER trigger.")));
	relation_close(rel, AccessShareLock);
}

/*
 * Rows of these tables are written by functions of ours alone, and decisions follow them: one that
 * somebody's trigger or rule keeps out would be lost in silence.
 */
static void
check_all_writes(const wa_schema *schema)
{
	const Oid	heaps[] = {
		schema->consent.heap, schema->consent_log.heap, schema->cooldown.heap, schema->activity.heap,
		schema->delivery.heap, schema->identity.heap, schema->identity_change.heap, schema->erased.heap,
		schema->sender_hold.heap, schema->claim_recipient.heap
	};

	for (int i = 0; i < lengthof(heaps); i++)
		check_writes(heaps[i]);
}

static bool
has_relation(const wa_schema *schema, Oid relid)
{
	for (int i = 0; i < lengthof(expectations); i++)
	{
		const wa_table *table = (const wa_table *) ((const char *) schema + expectations[i].place);

		if (relid == table->heap || relid == table->pkey)
			return true;
	}
	return false;
}

/*
 * Any change of a relation that we know (or of all relations) makes us look
 * again: it may have been dropped, replaced or turned into another kind.
 */
static void
forget_relation(Datum arg, Oid relid)
{
	if (cache_valid &&
		(relid == InvalidOid || has_relation(&cached, relid) ||
		 (being_found != NULL && has_relation(being_found, relid))))
		cache_valid = false;
}

/* A schema was renamed, made or dropped: ours may have another name. */
static void
forget_schema(Datum arg, int cacheid, uint32 hash)
{
	cache_valid = false;
}

static void
find_types(wa_schema *schema)
{
	schema->recipient_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
											 CStringGetDatum("wa_recipient"),
											 ObjectIdGetDatum(schema->nspid));
	schema->recipient_array = get_array_type(schema->recipient_type);
	if (!OidIsValid(schema->recipient_array))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type \"wa_recipient\" is missing from schema \"%s\"",
						get_namespace_name(schema->nspid)),
				 errhint("Install the extension again.")));
}

static void
fill_cache(Oid nspid)
{
	wa_schema	found = {.nspid = nspid};
	const char *name;

	if (!callbacks_registered)
	{
		CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, forget_schema, (Datum) 0);
		callbacks_registered = true;
	}

	/*
	 * The look-ups below may take in invalidations, of relations too that were looked
	 * at before, and with them make the cache invalid again; then the next call looks once
	 * more.
	 */
	cache_valid = true;
	being_found = &found;
	PG_TRY();
	{
		wa_check_version();
		find_types(&found);
		for (int i = 0; i < lengthof(expectations); i++)
			find_table(&found, &expectations[i]);
		check_all_writes(&found);
		name = quote_identifier(get_namespace_name(nspid));
	}
	PG_CATCH();
	{
		being_found = NULL;
		cache_valid = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
	being_found = NULL;

	found.generation = cached.generation;
	found.looked_up = cached.looked_up + 1;
	if (cached.name == NULL || strcmp(cached.name, name) != 0 || cached.nspid != nspid ||
		cached.recipient_type != found.recipient_type)
	{
		char	   *copy = MemoryContextStrdup(TopMemoryContext, name);

		found.generation++;
		if (cached.name != NULL)
			pfree(cached.name);
		cached.name = copy;
	}
	found.name = cached.name;
	cached = found;
}

const wa_schema *
wa_schema_of(Oid funcid)
{
	Oid			nspid;

	/* Should it have moved to another schema alone, the tables are where they were. */
	if (cache_valid && cached_for == funcid)
		return &cached;
	nspid = get_func_namespace(funcid);
	if (!cache_valid || cached.nspid != nspid)
		fill_cache(nspid);
	cached_for = funcid;
	return &cached;
}

const wa_schema *
wa_schema_again(const wa_schema *schema)
{
	if (!cache_valid)
		fill_cache(schema->nspid);
	return &cached;
}

Oid
wa_function_named(Oid nspid, const char *name, const Oid *types, int n)
{
	Oid			function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
										   PointerGetDatum(buildoidvector(types, n)),
										   ObjectIdGetDatum(nspid));

	if (!OidIsValid(function))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function %s of extension wa_policy is missing", name),
				 errhint("Install the extension again.")));
	return function;
}

/* table lies in the cache.  Only after the lock is it known who has changed it. */
Relation
wa_table_open(const wa_table *table, Snapshot snapshot)
{
	Relation	rel = table_open(table->heap, AccessShareLock);

	if (!cache_valid)
		fill_cache(cached.nspid);
	if (snapshot != NULL)
		wa_check_rewritten(rel, table->changed, snapshot);
	return rel;
}

/*
 * REINDEX CONCURRENTLY puts another index into the place of one that we knew, which may be
 * there still but is not kept up any more.  With the table locked, and nothing heard of a
 * change after the index was locked as well, it is the right one to the end.  table lies
 * in the cache.
 */
Relation
wa_pkey_open(const wa_table *table, Snapshot snapshot)
{
	for (;;)
	{
		Relation	index;

		if (!cache_valid)
			fill_cache(cached.nspid);
		index = try_relation_open(table->pkey, AccessShareLock);
		if (index != NULL && cache_valid)
		{
			wa_check_rewritten(index, table->pkey_changed, snapshot);
			return index;
		}
		if (index != NULL)
			relation_close(index, AccessShareLock);
		cache_valid = false;
		CHECK_FOR_INTERRUPTS();
	}
}

void
wa_lock_state(const wa_schema *schema, LOCKMODE mode)
{
	LockRelationOid(schema->recipient_lock.heap, mode);
	LockRelationOid(schema->activity.heap, mode);
	LockRelationOid(schema->cooldown.heap, mode);
	LockRelationOid(schema->consent.heap, mode);
	LockRelationOid(schema->identity.heap, mode);
	LockRelationOid(schema->identity_change.heap, mode);
	/* Somebody may have changed one while we waited; nobody can from now on. */
	if (!cache_valid)
		fill_cache(schema->nspid);
}

bool
wa_is_subscribed(Oid relid)
{
	return catalog_has(SubscriptionRelRelationId, SubscriptionRelSrrelidSrsubidIndexId,
					   Anum_pg_subscription_rel_srrelid, relid);
}

void
wa_lock_problems(const wa_schema *schema)
{
	LockRelationOid(find_relation("wa_problem", schema->nspid), ShareUpdateExclusiveLock);
}
