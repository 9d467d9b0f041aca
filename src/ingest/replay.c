/*-------------------------------------------------------------------------
 *
 * replay.c
 *	  wa_replay: kept payloads and open problems once more.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/statement.h"
#include "ingest/counts.h"
#include "ingest/intake.h"
#include "ingest/upsert.h"

PG_FUNCTION_INFO_V1(wa_replay);

/* Rows that are held in memory at a time; a payload may have 16 MB. */
#define WA_REPLAY_FETCH 16

static wa_statement kept_payloads = {
	"SELECT w.received_at, w.id, w.payload, w.signature"
	" FROM @extschema@.wa_webhook AS w"
	" WHERE ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2)"
	" AND w.erased_at IS NULL ORDER BY w.id",
	"int8 int8", NULL, 0
};

/*
 * The last column: its payload is among the above, so that it is counted there.
 * A wrong signature can be checked again only where it was kept.
 */
static wa_statement open_problems = {
	"SELECT p.received_at, p.id, p.fragment, p.path, p.on_premises, p.business, p.sender,"
	" COALESCE(p.webhook_id, 0), w.signature,"
	" w.id IS NOT NULL AND ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2)"
	" FROM @extschema@.wa_problem AS p"
	" LEFT JOIN @extschema@.wa_webhook AS w ON w.id = p.webhook_id"
	" WHERE p.resolved_at IS NULL AND p.fragment IS NOT NULL"
	" AND (p.problem <> 'bad_signature' OR w.id IS NOT NULL)"
	" ORDER BY p.id",
	"int8 int8", NULL, 0
};

static wa_statement resolve = {
	"UPDATE @extschema@.wa_problem SET resolved_at = pg_catalog.clock_timestamp()"
	" WHERE id = ANY ($1)",
	"int8[]", NULL, 0
};

typedef struct wa_replay_state
{
	wa_intake  *intake;
	MemoryContext context;		/* outlives SPI */
	int			nresolved;
	int			max_resolved;
	int64	   *resolved;		/* ids of wa_problem */
} wa_replay_state;

static Datum
column(HeapTuple row, TupleDesc desc, int number)
{
	bool		isnull;

	return SPI_getbinval(row, desc, number, &isnull);
}

/* data NULL where it is NULL. */
static wa_str
text_column(HeapTuple row, TupleDesc desc, int number)
{
	bool		isnull;
	Datum		datum = SPI_getbinval(row, desc, number, &isnull);
	text	   *value;

	if (isnull)
		return (wa_str)
	{
		NULL, 0
	};
	value = DatumGetTextPP(datum);
	return (wa_str)
	{
		VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)
	};
}

static void
replay_payload(wa_replay_state *state, HeapTuple row, TupleDesc desc)
{
	wa_intake_payload(state->intake, text_column(row, desc, 3), false,
					  text_column(row, desc, 4), DatumGetTimestampTz(column(row, desc, 1)),
					  DatumGetInt64(column(row, desc, 2)));
}

static void
replay_problem(wa_replay_state *state, HeapTuple row, TupleDesc desc)
{
	char	   *path = TextDatumGetCString(column(row, desc, 4));

	if (!wa_intake_fragment(state->intake, text_column(row, desc, 3),
							(wa_str) {path, strlen(path)}, text_column(row, desc, 9),
							DatumGetBool(column(row, desc, 5)),
							text_column(row, desc, 6), text_column(row, desc, 7),
							DatumGetTimestampTz(column(row, desc, 1)),
							DatumGetInt64(column(row, desc, 8)),
							DatumGetBool(column(row, desc, 10))))
		return;

	if (state->nresolved == state->max_resolved)
	{
		MemoryContext old = MemoryContextSwitchTo(state->context);

		state->max_resolved = Max(64, 2 * state->max_resolved);
		state->resolved = state->resolved == NULL ?
			palloc(state->max_resolved * sizeof(int64)) :
			repalloc_huge(state->resolved, state->max_resolved * sizeof(int64));
		MemoryContextSwitchTo(old);
	}
	state->resolved[state->nresolved++] = DatumGetInt64(column(row, desc, 2));
}

/* Hand every row of a query to a function, a few at a time. */
static void
for_each(wa_statement *statement, const wa_schema *schema, Datum *values, const char *nulls,
		 void (*take) (wa_replay_state *, HeapTuple, TupleDesc), wa_replay_state *state)
{
	Portal		portal = wa_statement_open(statement, schema, values, nulls);
	MemoryContext rows = AllocSetContextCreate(CurrentMemoryContext, "wa_policy replay",
											   ALLOCSET_DEFAULT_SIZES);

	for (;;)
	{
		SPI_cursor_fetch(portal, true, WA_REPLAY_FETCH);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(rows);

			CHECK_FOR_INTERRUPTS();
			take(state, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
			MemoryContextSwitchTo(old);
			MemoryContextReset(rows);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	MemoryContextDelete(rows);
}

static void
mark_resolved(const wa_replay_state *state, const wa_schema *schema)
{
	wa_column	ids = {INT8OID, NULL};
	Datum		value;

	for (int i = 0; i < state->nresolved; i++)
		wa_put_int8(&ids, state->resolved[i], false);
	value = wa_column_array(&ids);
	wa_statement_run(&resolve, schema, &value, NULL);
}

Datum
wa_replay(PG_FUNCTION_ARGS)
{
	wa_replay_state state = {0};
	const wa_schema *schema;
	wa_counts	counts;
	Datum		values[2];
	char		nulls[2];

	for (int i = 0; i < 2; i++)
	{
		values[i] = PG_ARGISNULL(i) ? (Datum) 0 : PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}

	state.context = CurrentMemoryContext;
	state.intake = wa_intake_begin(fcinfo->flinfo->fn_oid, true);
	schema = wa_intake_schema(state.intake);

	SPI_connect();
	for_each(&open_problems, schema, values, nulls, replay_problem, &state);
	for_each(&kept_payloads, schema, values, nulls, replay_payload, &state);
	SPI_finish();
	counts = wa_intake_finish(state.intake);

	if (state.nresolved > 0)
	{
		SPI_connect();
		mark_resolved(&state, schema);
		SPI_finish();
	}
	return wa_counts_datum(fcinfo, counts);
}
