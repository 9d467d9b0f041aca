/*-------------------------------------------------------------------------
 *
 * replay.c
 *	  wa_replay: applying stored payloads and open problems again.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/encode.h"
#include "base/statement.h"
#include "ingest/intake.h"
#include "ingest/upsert.h"

PG_FUNCTION_INFO_V1(wa_replay);

/* Rows that are held in memory at a time; a payload may have 16 MB. */
#define WA_REPLAY_FETCH 16

/*
 * What one batch takes in.  More than that is written batch by batch, so that memory does
 * not grow with the number of rows.
 */
#define WA_REPLAY_ROWS	4000
#define WA_REPLAY_BYTES	(8 * 1024 * 1024)

static wa_statement is_large = {
	"SELECT (SELECT pg_catalog.count(*) > $3 OR pg_catalog.sum(v.len) > $4 FROM ("
	"SELECT pg_catalog.octet_length(w.payload) AS len FROM @extschema@.wa_webhook AS w"
	" WHERE ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2) LIMIT $3 + 1) AS v)"
	" OR (SELECT pg_catalog.count(*) > $3 FROM (SELECT FROM @extschema@.wa_problem AS p"
	" WHERE p.resolved_at IS NULL LIMIT $3 + 1) AS q)",
	"int8 int8 int8 int8", NULL, 0
};

static wa_statement kept_payloads = {
	"SELECT w.received_at, w.id, w.payload, w.signature"
	" FROM @extschema@.wa_webhook AS w"
	" WHERE ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2)"
	" AND w.erased_at IS NULL ORDER BY w.id",
	"int8 int8", NULL, 0
};

/*
 * What they are about stands with them or in their payload, which is read once for all of its
 * problems.  Those about one element of it are one row, with the ids of all: an element may have an
 * unknown code in every few bytes.  The last column: its payload is among the above, so that it is
 * counted there.
 */
static wa_statement open_problems = {
	"SELECT p.received_at, ARRAY[p.id], p.fragment, p.path, p.on_premises, p.business, p.sender,"
	" COALESCE(p.webhook_id, 0), COALESCE(p.signature, w.signature),"
	" w.id IS NOT NULL AND ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2)"
	" AND w.erased_at IS NULL"
	" FROM @extschema@.wa_problem AS p"
	" LEFT JOIN @extschema@.wa_webhook AS w ON w.id = p.webhook_id"
	" WHERE p.resolved_at IS NULL AND p.fragment IS NOT NULL"
	" UNION ALL"
	" SELECT k.* FROM (SELECT g.received_at, pg_catalog.unnest(g.ids)::pg_catalog.int8[],"
	" pg_catalog.unnest(@extschema@.wa__payload_elements(g.payload, g.paths)) AS fragment,"
	" pg_catalog.unnest(g.paths), pg_catalog.unnest(g.on_premises), pg_catalog.unnest(g.business), pg_catalog.unnest(g.sender),"
	" g.webhook_id, g.signature, g.in_range"
	" FROM (SELECT w.received_at, w.id AS webhook_id, w.payload, w.signature,"
	" ($1 IS NULL OR w.id >= $1) AND ($2 IS NULL OR w.id <= $2) AND w.erased_at IS NULL AS in_range,"
	" pg_catalog.array_agg(e.ids ORDER BY e.first) AS ids, pg_catalog.array_agg(e.path ORDER BY e.first) AS paths,"
	" pg_catalog.array_agg(e.on_premises ORDER BY e.first) AS on_premises,"
	" pg_catalog.array_agg(e.business ORDER BY e.first) AS business, pg_catalog.array_agg(e.sender ORDER BY e.first) AS sender"
	" FROM (SELECT p.webhook_id, p.path, p.on_premises, p.business, p.sender,"
	" pg_catalog.min(p.id) AS first, pg_catalog.array_agg(p.id ORDER BY p.id)::pg_catalog.text AS ids"
	" FROM @extschema@.wa_problem AS p WHERE p.resolved_at IS NULL AND p.fragment IS NULL"
	" GROUP BY p.webhook_id, p.path, p.on_premises, p.business, p.sender) AS e"
	" JOIN @extschema@.wa_webhook AS w ON w.id = e.webhook_id GROUP BY w.id) AS g) AS k"
	" WHERE k.fragment IS NOT NULL"
	" ORDER BY 2",
	"int8 int8", NULL, 0
};

static wa_statement resolve = {
	"UPDATE @extschema@.wa_problem SET resolved_at = pg_catalog.clock_timestamp()"
	" WHERE id = ANY ($1)",
	"int8[]", NULL, 0
};

/*
 * A code has one row for all payloads with it.  If the element that the row was made for has been
 * erased, nothing else resolves the row: the other payloads have been replayed by now.
 */
static wa_statement resolve_erased = {
	"UPDATE @extschema@.wa_problem AS p SET resolved_at = pg_catalog.clock_timestamp()"
	" WHERE p.code IS NOT NULL AND p.resolved_at IS NULL AND p.fragment IS NULL"
	" AND NOT EXISTS (SELECT FROM @extschema@.wa_webhook AS w"
	" WHERE w.id = p.webhook_id AND w.erased_at IS NULL)"
	" AND p.code IN (SELECT c.code FROM @extschema@.wa_error_catalogue(true) AS c)",
	"", NULL, 0
};

typedef struct wa_replay_state
{
	Oid			funcid;
	const wa_schema *schema;
	MemoryContext context;		/* of all that lives longer than a row */
	bool		large;			/* comes in several batches */
	wa_counts	counts;			/* of those that are done */

	/* The batch at hand. */
	wa_intake  *intake;
	int			rows;
	size_t		bytes;
	wa_column	resolved;		/* ids of wa_problem */
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

	return isnull ? wa_str_from(NULL) : wa_datum_str(datum);
}

/* Returns how many bytes it had. */
static size_t
replay_payload(wa_replay_state *state, HeapTuple row, TupleDesc desc)
{
	wa_str		payload = text_column(row, desc, 3);

	wa_intake_payload(state->intake, payload, false,
					  text_column(row, desc, 4), DatumGetTimestampTz(column(row, desc, 1)),
					  DatumGetInt64(column(row, desc, 2)));
	return payload.len;
}

/* Take down that the problems with these ids are solved. */
static void
add_resolved(wa_replay_state *state, ArrayType *ids)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);
	int			n = ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids));
	const int64 *values = (const int64 *) ARR_DATA_PTR(ids);

	for (int i = 0; i < n; i++)
		wa_put_int8(&state->resolved, values[i], false);
	MemoryContextSwitchTo(old);
}

/* The problems with one element. */
static size_t
replay_problems(wa_replay_state *state, HeapTuple row, TupleDesc desc)
{
	wa_fragment fragment = {
		.text = text_column(row, desc, 3),
		.path = wa_str_from(TextDatumGetCString(column(row, desc, 4))),
		.signature = text_column(row, desc, 9),
		.on_premises = DatumGetBool(column(row, desc, 5)),
		.business = text_column(row, desc, 6),
		.sender = text_column(row, desc, 7),
		.received_at = DatumGetTimestampTz(column(row, desc, 1)),
		.webhook_id = DatumGetInt64(column(row, desc, 8))
	};

	if (wa_intake_fragment(state->intake, &fragment, DatumGetBool(column(row, desc, 10))))
		add_resolved(state, DatumGetArrayTypeP(column(row, desc, 2)));
	return fragment.text.len;
}

static void
mark_resolved(const wa_replay_state *state)
{
	Datum		ids;

	if (wa_column_length(&state->resolved) == 0)
		return;
	ids = wa_column_array(&state->resolved);
	wa_statement_run(&resolve, state->schema, &ids, NULL);
}

static void
begin_batch(wa_replay_state *state)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);

	state->intake = wa_intake_begin(state->funcid, true);
	state->rows = 0;
	state->bytes = 0;
	state->resolved = (wa_column) {.type = INT8OID};
	MemoryContextSwitchTo(old);
}

static void
end_batch(wa_replay_state *state)
{
	wa_counts	counts = wa_intake_finish(state->intake);

	mark_resolved(state);
	state->counts.applied += counts.applied;
	state->counts.ignored += counts.ignored;
	state->counts.problems += counts.problems;
}

static void
count_row(wa_replay_state *state, size_t bytes)
{
	state->rows++;
	state->bytes += bytes;
	if (state->large && (state->rows >= WA_REPLAY_ROWS || state->bytes >= WA_REPLAY_BYTES))
	{
		end_batch(state);
		begin_batch(state);
	}
}

/* Hand every row of a query to a function, a few at a time. */
static void
for_each(wa_statement *statement, Datum *values, const char *nulls,
		 size_t (*take) (wa_replay_state *, HeapTuple, TupleDesc), wa_replay_state *state)
{
	Portal		portal = wa_statement_open(statement, state->schema, values, nulls);
	MemoryContext rows = AllocSetContextCreate(CurrentMemoryContext, "wa_policy replay",
											   ALLOCSET_DEFAULT_SIZES);

	for (;;)
	{
		SPITupleTable *table;
		uint64		n;

		SPI_cursor_fetch(portal, true, WA_REPLAY_FETCH);
		table = SPI_tuptable;
		n = SPI_processed;
		if (n == 0)
			break;
		for (uint64 i = 0; i < n; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(rows);

			CHECK_FOR_INTERRUPTS();
			count_row(state, take(state, table->vals[i], table->tupdesc));
			MemoryContextSwitchTo(old);
			MemoryContextReset(rows);
		}
		SPI_freetuptable(table);
	}
	SPI_cursor_close(portal);
	MemoryContextDelete(rows);
}

/*
 * Batches of one transaction lock rows in as many sequences as there are batches, which
 * would deadlock with an ingest.  So where there are several, no ingest is under way meanwhile;
 * one batch alone goes along with them, as it locks in their order.
 */
static void
keep_intake_out(wa_replay_state *state, const Datum *range, const char *nulls)
{
	Datum		values[] = {range[0], range[1], Int64GetDatum(WA_REPLAY_ROWS),
	Int64GetDatum(WA_REPLAY_BYTES)};
	const char	all_nulls[] = {nulls[0], nulls[1], ' ', ' '};
	bool		isnull;

	wa_statement_run(&is_large, state->schema, values, all_nulls);
	state->large = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
											  &isnull)) && !isnull;
	if (state->large)
		wa_lock_state(state->schema, ShareRowExclusiveLock);
}

Datum
wa_replay(PG_FUNCTION_ARGS)
{
	wa_replay_state state = {0};
	Datum		values[2];
	char		nulls[2];

	for (int i = 0; i < 2; i++)
	{
		values[i] = PG_ARGISNULL(i) ? (Datum) 0 : PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}

	state.funcid = fcinfo->flinfo->fn_oid;
	state.schema = wa_schema_of(state.funcid);
	SPI_connect();
	state.context = CurrentMemoryContext;
	wa_lock_problems(state.schema);
	keep_intake_out(&state, values, nulls);
	begin_batch(&state);
	for_each(&open_problems, values, nulls, replay_problems, &state);
	for_each(&kept_payloads, values, nulls, replay_payload, &state);
	end_batch(&state);
	wa_statement_run(&resolve_erased, state.schema, NULL, NULL);
	SPI_finish();
	return wa_counts_row(fcinfo, state.counts);
}
