/*-------------------------------------------------------------------------
 *
 * statement.c
 *	  Preparing a statement once per backend.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "catalog/pg_type_d.h"
#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"

#include "common/statement.h"

static Oid
type_by_name(const char *name, size_t len, const wa_schema *schema)
{
	static const struct
	{
		const char *name;
		Oid			oid;
	}			types[] = {
		{"text", TEXTOID}, {"text[]", TEXTARRAYOID},
		{"int4", INT4OID}, {"int4[]", INT4ARRAYOID},
		{"int8", INT8OID}, {"int8[]", INT8ARRAYOID},
		{"bool", BOOLOID}, {"bool[]", BOOLARRAYOID},
		{"timestamptz", TIMESTAMPTZOID}, {"timestamptz[]", TIMESTAMPTZARRAYOID},
		{"tid", TIDOID}, {"xid", XIDOID},
		{"recipient", InvalidOid}, {"recipient[]", InvalidOid},
	};

	for (int i = 0; i < lengthof(types); i++)
	{
		if (strlen(types[i].name) == len && strncmp(types[i].name, name, len) == 0)
		{
			if (OidIsValid(types[i].oid))
				return types[i].oid;
			return types[i].name[len - 1] == ']' ? schema->recipient_array :
				schema->recipient_type;
		}
	}
	elog(ERROR, "unknown parameter type in a statement of wa_policy: %.*s", (int) len, name);
	return InvalidOid;			/* keep the compiler quiet */
}

static void
prepare(wa_statement *statement, const wa_schema *schema)
{
	static const char mark[] = "@extschema@";
	Oid			types[WA_MAX_PARAMETERS];
	int			n = 0;
	StringInfoData sql;
	const char *rest = statement->sql;
	const char *next;
	SPIPlanPtr	plan;

	for (const char *type = statement->types; *type != '\0';)
	{
		size_t		len = strcspn(type, " ");

		if (n == WA_MAX_PARAMETERS)
			elog(ERROR, "too many parameters in a statement of wa_policy");
		types[n++] = type_by_name(type, len, schema);
		type += len;
		type += strspn(type, " ");
	}

	initStringInfo(&sql);
	while ((next = strstr(rest, mark)) != NULL)
	{
		appendBinaryStringInfo(&sql, rest, next - rest);
		appendStringInfoString(&sql, schema->name);
		rest = next + sizeof(mark) - 1;
	}
	appendStringInfoString(&sql, rest);

	plan = SPI_prepare(sql.data, n, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");

	/* An extension that was dropped and created anew has other types. */
	if (statement->plan != NULL)
		SPI_freeplan(statement->plan);
	statement->plan = plan;
	statement->recipient_type = schema->recipient_type;
	pfree(sql.data);
}

/* Prepare it unless it is prepared for this extension. */
static void
make_ready(wa_statement *statement, const wa_schema *schema)
{
	if (statement->plan == NULL || statement->recipient_type != schema->recipient_type)
		prepare(statement, schema);
}

/* How deep in triggers the statement that is running stands; -1: none is running. */
static int	depth = -1;

static int
trigger_depth(void)
{
	return DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, (Datum) 0));
}

bool
wa_statement_is_ours(bool in_trigger)
{
	return depth >= 0 && trigger_depth() == depth + (in_trigger ? 1 : 0);
}

/* snapshot: InvalidSnapshot for a new one. */
static uint64
run(wa_statement *statement, const wa_schema *schema, Datum *values, const char *nulls,
	Snapshot snapshot)
{
	const int	outer = depth;
	volatile int result = 0;

	make_ready(statement, schema);
	PG_TRY();
	{
		depth = trigger_depth();
		result = SPI_execute_snapshot(statement->plan, values, nulls, snapshot,
									  InvalidSnapshot, false, true, 0);
	}
	PG_FINALLY();
	{
		depth = outer;
	}
	PG_END_TRY();
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

uint64
wa_statement_run(wa_statement *statement, const wa_schema *schema,
				 Datum *values, const char *nulls)
{
	return run(statement, schema, values, nulls, InvalidSnapshot);
}

uint64
wa_statement_run_latest(wa_statement *statement, const wa_schema *schema,
						Datum *values, const char *nulls)
{
	return run(statement, schema, values, nulls, GetLatestSnapshot());
}

Portal
wa_statement_open(wa_statement *statement, const wa_schema *schema,
				  Datum *values, const char *nulls)
{
	make_ready(statement, schema);
	return SPI_cursor_open(NULL, statement->plan, values, nulls, false);
}
