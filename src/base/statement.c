/*-------------------------------------------------------------------------
 *
 * statement.c
 *	  Preparing a statement once per backend.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_collation_d.h"
#include "utils/builtins.h"

#include "base/statement.h"

static void
prepare(wa_statement *statement, const wa_schema *schema)
{
	Oid			types[WA_MAX_PARAMETERS];
	int			n = 0;
	wa_str		rest = wa_str_from(statement->types);
	wa_str		type;
	Datum		sql;
	SPIPlanPtr	plan;

	while (wa_str_next_word(&rest, &type))
	{
		if (n == WA_MAX_PARAMETERS)
			elog(ERROR, "too many parameters in a statement of wa_policy");
		types[n++] = wa_type_named(schema, type);
	}

	/* As CREATE EXTENSION does to a script. */
	sql = DirectFunctionCall3Coll(replace_text, C_COLLATION_OID, CStringGetTextDatum(statement->sql),
								  CStringGetTextDatum("@extschema@"),
								  CStringGetTextDatum(schema->name));
	plan = SPI_prepare(TextDatumGetCString(sql), n, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");

	if (statement->plan != NULL)
		SPI_freeplan(statement->plan);
	statement->plan = plan;
	statement->generation = schema->generation;
}

/*
 * Prepare it unless it is prepared for this extension, by the name that its schema
 * has now: under the old name somebody else may have put tables since.
 */
static void
make_ready(wa_statement *statement, const wa_schema *schema)
{
	schema = wa_schema_again(schema);
	if (statement->plan == NULL || statement->generation != schema->generation)
		prepare(statement, schema);
}

uint64
wa_statement_run(wa_statement *statement, const wa_schema *schema,
				 Datum *values, const char *nulls)
{
	int			result;

	make_ready(statement, schema);
	result = SPI_execute_snapshot(statement->plan, values, nulls, InvalidSnapshot,
								  InvalidSnapshot, false, true, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

Portal
wa_statement_open(wa_statement *statement, const wa_schema *schema,
				  Datum *values, const char *nulls)
{
	make_ready(statement, schema);
	return SPI_cursor_open(NULL, statement->plan, values, nulls, false);
}
