/*-------------------------------------------------------------------------
 *
 * digest.c
 *	  wa_digest: is the state of two databases the same?
 *
 * The digest of a part is the sum, modulo 2^128, of one hash per row: the
 * order and place of the rows do not matter, and an added or missing row
 * changes it.  A row is hashed as its table's name and, by the names of its
 * columns, the bytes of each value that is not NULL: neither the order of
 * columns nor one that was added and never filled makes a difference.  A
 * secret key is replaced by a value that does not reveal it.
 *
 * The hash is hash_bytes_extended, which the server may not change either:
 * pg_upgrade takes hash indexes and partitions as they are.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/schema.h"
#include "base/snapshot_id.h"
#include "state/erased.h"

PG_FUNCTION_INFO_V1(wa_digest);

/*
 * What is under the law: the tables, and of each the columns that two equal
 * states may differ in.  A new state or policy table is one line more.
 */
typedef struct digest_table
{
	const char *part;			/* the tables of one part stand together */
	const char *table;
	const char *bookkeeping;	/* names of columns, each with a blank before and behind */
	const char *secret;			/* a column of which only what gives nothing away is hashed */
} digest_table;

static const digest_table digest_tables[] = {
	{"consent", "wa_consent", "", NULL},
	{"log", "wa_consent_log", " id webhook_id recorded_at recorded_by ", NULL},
	{"log", "wa_unlink_log", " id recorded_by ", NULL},
	{"log", "wa_erasure", " id recorded_by ", NULL},
	{"log", "wa_sender_hold_log", " id recorded_by ", NULL},
	{"cooldown", "wa_cooldown", "", NULL},
	{"activity", "wa_activity", "", NULL},
	{"activity", "wa_delivery", "", NULL},
	{"identity", "wa_identity", " position ", NULL},
	{"identity", "wa_identity_change", "", NULL},
	{"erased", "wa_erased", "", NULL},
	{"erased", "wa_erasure_key", " made_at ", "key"},
	{"senders", "wa_sender", "", NULL},
	{"senders", "wa_sender_hold", "", NULL},
	{"senders", "wa_sender_life", "", NULL},
	{"templates", "wa_template", "", NULL},
	{"messages", "wa_message", "", NULL},
	{"policy", "wa_error_override", " changed_at ", NULL},
	{"policy", "wa_incident", " id recorded_at recorded_by ", NULL},
	{"policy", "wa_phrase", " is_default ", NULL},
	{"policy", "wa_region_rule", " is_default ", NULL},
	{"policy", "wa_region_without_limit", " is_default ", NULL},
	{"policy", "wa_frequency_cap", " id recorded_by recorded_at ", NULL},
	{"policy", "wa_quiet_hours", " id recorded_by recorded_at ", NULL},
	{"policy", "wa_default_removed", "", NULL},
};

/* One column to be hashed, and how its values become bytes. */
typedef struct digest_column
{
	const char *name;
	uint32		name_hash;
	AttrNumber	attno;
	Oid			type;
	int16		typlen;
	bool		typbyval;
	bool		as_bytes;		/* else by its output function */
	bool		secret;			/* hashed by append_key */
	FmgrInfo	output;
} digest_column;

typedef struct digest_sum
{
	uint64		high;
	uint64		low;
} digest_sum;

static void
add_to_sum(digest_sum *sum, uint64 high, uint64 low)
{
	sum->low += low;
	sum->high += high + (sum->low < low ? 1 : 0);
}

/*
 * May a value's own bytes be hashed?  Those of an enum are an OID, which
 * differs between databases; those of an array depend on how it was built,
 * but for elements of one fixed length.
 */
static bool
has_bytes_of_its_own(const digest_column *column, Oid recipient_type)
{
	if (column->typbyval)
		return get_typtype(column->type) == TYPTYPE_BASE;
	/* a bytea's output is as bytea_output says */
	return column->typlen > 0 || column->type == TEXTOID || column->type == BYTEAOID ||
		column->type == recipient_type || column->type == TIMESTAMPTZARRAYOID;
}

static void
describe_column(digest_column *column, Form_pg_attribute attribute, Oid recipient_type)
{
	Oid			output;
	bool		is_varlena;

	column->name = pstrdup(NameStr(attribute->attname));
	column->name_hash = hash_bytes((const unsigned char *) column->name, strlen(column->name));
	column->attno = attribute->attnum;
	column->type = attribute->atttypid;
	column->typlen = attribute->attlen;
	column->typbyval = attribute->attbyval;
	column->as_bytes = has_bytes_of_its_own(column, recipient_type);
	if (column->as_bytes)
		return;
	getTypeOutputInfo(column->type, &output, &is_varlena);
	fmgr_info(output, &column->output);
}

static int
compare_columns(const void *a, const void *b)
{
	return strcmp(((const digest_column *) a)->name, ((const digest_column *) b)->name);
}

static bool
is_bookkeeping(const digest_table *table, const char *column)
{
	return strstr(table->bookkeeping, psprintf(" %s ", column)) != NULL;
}

/* The columns to hash, by name.  *n: how many. */
static digest_column *
describe_columns(const digest_table *table, TupleDesc desc, Oid recipient_type, int *n)
{
	digest_column *columns = palloc0(desc->natts * sizeof(digest_column));

	*n = 0;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && !is_bookkeeping(table, NameStr(attribute->attname)))
		{
			describe_column(&columns[*n], attribute, recipient_type);
			columns[*n].secret = table->secret != NULL &&
				strcmp(table->secret, columns[*n].name) == 0;
			(*n)++;
		}
	}
	qsort(columns, *n, sizeof(digest_column), compare_columns);
	return columns;
}

/*
 * A value with its column's name, hashed, and its length before it, which keeps
 * neighbours apart.
 */
static void
append_bytes(StringInfo row, const digest_column *column, const char *bytes, size_t len)
{
	uint32		head[2] = {column->name_hash, (uint32) len};

	enlargeStringInfo(row, sizeof(head) + len);
	memcpy(row->data + row->len, head, sizeof(head));
	memcpy(row->data + row->len + sizeof(head), bytes, len);
	row->len += sizeof(head) + len;
}

static void
append_text(StringInfo row, const digest_column *column, wa_str text)
{
	text = wa_to_utf8(text);
	append_bytes(row, column, text.data, text.len);
}

/*
 * A role that may read digests must not learn the key from them, and the hash below can be
 * inverted.  So not the key is hashed but its HMAC of a text that is no identifier.
 */
static void
append_key(StringInfo row, const digest_column *column, Datum value)
{
	uint8		proof[WA_ERASED_HASH];
	char		text[32];
	wa_erasure_key key;

	wa_erasure_key_from(wa_datum_str(value), &key);
	snprintf(text, sizeof(text), "digest %016llx", (unsigned long long) key.seed);
	wa_erased_hash(&key, wa_str_from(text), proof);
	append_bytes(row, column, (const char *) proof, sizeof(proof));
}

static void
append_varlena(StringInfo row, const digest_column *column, Datum value)
{
	wa_str		content = wa_datum_str(value);

	if (column->type == TEXTOID)
		append_text(row, column, content);
	else
		append_bytes(row, column, content.data, content.len);
}

static void
append_value(StringInfo row, digest_column *column, Datum value)
{
	if (column->secret)
		append_key(row, column, value);
	else if (!column->as_bytes)
	{
		char	   *text = OutputFunctionCall(&column->output, value);

		append_text(row, column, wa_str_from(text));
	}
	else if (column->typbyval)
		append_bytes(row, column, (const char *) &value, sizeof(value));
	else if (column->typlen > 0)
		append_bytes(row, column, DatumGetPointer(value), column->typlen);
	else
		append_varlena(row, column, value);
}

static void
append_columns(StringInfo row, TupleTableSlot *slot, digest_column *columns, int n)
{
	slot_getallattrs(slot);
	for (int i = 0; i < n; i++)
	{
		int			at = columns[i].attno - 1;

		if (!slot->tts_isnull[at])
			append_value(row, &columns[i], slot->tts_values[at]);
	}
}

/* Two seeds make one hash of 128 bits out of two of 64. */
static void
add_row(digest_sum *sum, const StringInfo row, uint64 seed)
{
	const unsigned char *bytes = (const unsigned char *) row->data;

	add_to_sum(sum, hash_bytes_extended(bytes, row->len, seed),
			   hash_bytes_extended(bytes, row->len, ~seed));
}

static void
add_rows(digest_sum *sum, Relation rel, const digest_table *table, digest_column *columns,
		 int n, uint64 seed)
{
	Snapshot	snapshot = wa_active_snapshot();
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	MemoryContext of_row = AllocSetContextCreate(CurrentMemoryContext, "wa_policy digest row",
												 ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	StringInfoData row;

	initStringInfo(&row);
	old = MemoryContextSwitchTo(of_row);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&row);
		appendStringInfoString(&row, table->table);
		append_columns(&row, slot, columns, n);
		add_row(sum, &row, seed);
		MemoryContextReset(of_row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(of_row);
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	pfree(row.data);
}

static void
add_table(digest_sum *sum, const wa_schema *schema, const digest_table *table, uint64 seed)
{
	Oid			relid = get_relname_relid(table->table, schema->nspid);
	Relation	rel;
	digest_column *columns;
	int			n;

	if (!OidIsValid(relid) || get_rel_relkind(relid) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cannot read the rows of \"%s\" in place", table->table),
				 errdetail("It is missing or not a plain table."),
				 errhint("wa_policy keeps its state in plain local tables.")));
	rel = table_open(relid, AccessShareLock);
	columns = describe_columns(table, RelationGetDescr(rel), schema->recipient_type, &n);
	add_rows(sum, rel, table, columns, n, seed);
	table_close(rel, AccessShareLock);
}

static void
put_part(ReturnSetInfo *rsinfo, const char *part, const digest_sum *sum)
{
	char		digest[33];
	Datum		values[2];
	bool		nulls[2] = {false, false};

	snprintf(digest, sizeof(digest), "%016llx%016llx",
			 (unsigned long long) sum->high, (unsigned long long) sum->low);
	values[0] = CStringGetTextDatum(part);
	values[1] = CStringGetTextDatum(digest);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
wa_digest(PG_FUNCTION_ARGS)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	uint64		seed;
	digest_sum	sum = {0, 0};

	wa_forbid_null_arg(fcinfo, 0, "seed");
	seed = (uint64) PG_GETARG_INT64(0);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(digest_tables); i++)
	{
		const digest_table *table = &digest_tables[i];

		add_table(&sum, schema, table, seed);
		if (i + 1 < lengthof(digest_tables) && strcmp(table->part, table[1].part) == 0)
			continue;
		put_part((ReturnSetInfo *) fcinfo->resultinfo, table->part, &sum);
		sum = (digest_sum) {0, 0};
	}
	return (Datum) 0;
}
