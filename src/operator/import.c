/*-------------------------------------------------------------------------
 *
 * import.c
 *	  wa_import: importing many opt-outs at once from a query.
 *
 * Two steps.  The query is read, checked and sorted with the rights of the caller; nothing is
 * locked yet, however long it takes.  Then wa__import_apply, which has the rights of the owner,
 * compares the rows with what is recorded and writes what is new, in the order of the keys as
 * every ingest does (src/README.md, "Races").
 *
 * The progress is reported as that of a COPY into wa_consent, since the server has no other
 * command that fits; the view wa_import_progress reads it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "commands/progress.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/backend_progress.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/schema.h"
#include "ingest/event_batch.h"
#include "ingest/intake.h"
#include "ingest/writer.h"
#include "operator/import_person.h"
#include "operator/import_rows.h"

PG_FUNCTION_INFO_V1(wa_import);
PG_FUNCTION_INFO_V1(wa__import_apply);

/* Events that are written at a time; bounds the memory. */
#define WRITE_AT_ONCE	8192

/* A NOTICE that often. */
#define NOTICE_EVERY	(5 * USECS_PER_SEC)

/* Parameters of the progress, beside those that a COPY has. */
#define PROGRESS_PHASE		10
#define PROGRESS_READ		11
#define PROGRESS_USABLE		12
#define PROGRESS_COMPARED	13
#define PROGRESS_DRY_RUN	14
#define PROGRESS_MARK		19
#define PROGRESS_MARK_VALUE	INT64CONST(0x77615f696d706f72)	/* no COPY gets there */

typedef enum wa_import_phase
{
	PHASE_READING = 1,
	PHASE_COMPARING,
} wa_import_phase;

enum import_result_column
{
	RESULT_OUTCOME,
	RESULT_PHONES,
	RESULT_LINE,
	RESULT_PHONE,
	RESULT_REGISTER,
	RESULT_BUSINESS,
	RESULT_AT,
	RESULT_DETAIL,
	RESULT_COLUMNS
};

static const char *const outcome_names[WA_IMPORT_OUTCOMES] = {
	"stopped", "recorded", "known", "rejected"
};

typedef struct wa_import_state
{
	const wa_schema *schema;
	Oid			funcid;
	bool		dry_run;
	wa_instant	at;				/* of rows without a time */
	wa_import_rows *rows;
	TupleDesc	desc;			/* of the result */
	Tuplestorestate *details;	/* its rows about single lines */
	int64		counts[WA_IMPORT_OUTCOMES];
	TimestampTz noticed_at;		/* when the last NOTICE was given */

	MemoryContext row;			/* of what is told of one */
	wa_import_person *person;

	MemoryContext writing;		/* of the events that are to be written */
	int			nevents;
	wa_event_batch *batch;
} wa_import_state;

/*
 * The result, and the progress.
 */

static wa_str
outcome_name(wa_import_outcome outcome)
{
	return wa_str_from(outcome_names[outcome]);
}

/* A row about one line; row NULL: it did not become one. */
static void
put_detail(wa_import_state *import, wa_str outcome, int64 line, wa_str phone,
		   const wa_import_row *row, const char *detail)
{
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	wa_set_text(values, nulls, RESULT_OUTCOME, outcome);
	values[RESULT_LINE] = Int64GetDatum(line);
	nulls[RESULT_LINE] = false;
	wa_set_text(values, nulls, RESULT_PHONE, phone);
	if (row != NULL)
	{
		wa_set_text(values, nulls, RESULT_REGISTER, wa_register_name(row->reg));
		wa_set_text(values, nulls, RESULT_BUSINESS, row->business);
		values[RESULT_AT] = TimestampTzGetDatum(row->at);
		nulls[RESULT_AT] = false;
	}
	wa_set_text(values, nulls, RESULT_DETAIL, wa_str_from(detail));
	tuplestore_putvalues(import->details, import->desc, values, nulls);
}

static void
put_count(ReturnSetInfo *rsinfo, wa_str outcome, int64 phones)
{
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	wa_set_text(values, nulls, RESULT_OUTCOME, outcome);
	values[RESULT_PHONES] = Int64GetDatum(phones);
	nulls[RESULT_PHONES] = false;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* The counts first, then the lines. */
static void
put_result(ReturnSetInfo *rsinfo, wa_import_state *import)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(import->desc, &TTSOpsMinimalTuple);

	put_count(rsinfo, WA_STR("total"), wa_import_rows_total(import->rows));
	for (int i = 0; i < WA_IMPORT_OUTCOMES; i++)
		put_count(rsinfo, outcome_name(i), import->counts[i]);
	while (tuplestore_gettupleslot(import->details, true, false, slot))
		tuplestore_puttupleslot(rsinfo->setResult, slot);
	ExecDropSingleTupleTableSlot(slot);
}

static void
begin_progress(const wa_import_state *import)
{
	const int	columns[] = {PROGRESS_COPY_COMMAND, PROGRESS_COPY_TYPE, PROGRESS_PHASE,
	PROGRESS_DRY_RUN, PROGRESS_MARK};
	const int64 values[] = {PROGRESS_COPY_COMMAND_FROM, PROGRESS_COPY_TYPE_CALLBACK, PHASE_READING,
	import->dry_run, PROGRESS_MARK_VALUE};

	pgstat_progress_start_command(PROGRESS_COMMAND_COPY, import->schema->consent.heap);
	pgstat_progress_update_multi_param(lengthof(columns), columns, values);
}

/* Say how far it is, now and then. */
static void
tell_progress(wa_import_state *import, const char *message, int64 done)
{
	TimestampTz now;

	if (done % 1024 != 0)
		return;
	now = GetCurrentTimestamp();
	if (now < import->noticed_at + NOTICE_EVERY)
		return;
	import->noticed_at = now;
	ereport(NOTICE, (errmsg(message, (long long) done)));
}

static void
count_read(void *arg, int64 rows)
{
	pgstat_progress_update_param(PROGRESS_READ, rows);
	tell_progress(arg, "%lld rows have been read", rows);
}

static void
count_compared(wa_import_state *import, int64 rows)
{
	pgstat_progress_update_param(PROGRESS_COMPARED, rows);
	tell_progress(import, import->dry_run ? "%lld rows have been compared" :
				  "%lld rows have been compared and written", rows);
}

static void
take_remark(void *arg, int64 line, wa_str phone, bool rejected, const char *detail)
{
	wa_import_state *import = arg;

	if (rejected)
	{
		import->counts[WA_IMPORT_REJECTED]++;
		pgstat_progress_update_param(PROGRESS_COPY_TUPLES_EXCLUDED,
									 import->counts[WA_IMPORT_REJECTED]);
		put_detail(import, outcome_name(WA_IMPORT_REJECTED), line, phone, NULL, detail);
	}
	else
		put_detail(import, WA_STR("remark"), line, phone, NULL,
				   psprintf("%s: it is taken for a stop at the time of the list", detail));
}

/*
 * Writing.
 */

static void
write_events(wa_import_state *import)
{
	MemoryContext old = MemoryContextSwitchTo(import->writing);

	if (import->nevents > 0)
		wa_write(import->schema, NULL, import->batch);
	MemoryContextSwitchTo(old);
	MemoryContextReset(import->writing);
	import->batch = NULL;
	import->nevents = 0;
}

static void
add_event(wa_import_state *import, const wa_import_row *row)
{
	MemoryContext old = MemoryContextSwitchTo(import->writing);
	wa_event   *event = palloc0(sizeof(wa_event));

	if (import->batch == NULL)
		import->batch = wa_event_batch_make(import->writing);
	event->kind = WA_EVENT_CONSENT;
	event->at = row->at;
	event->business = wa_to_utf8(row->business);
	event->sender = WA_STR("");
	event->message_id = WA_STR("");
	event->nids = 1;
	event->ids[0] = row->recipient;
	event->reg = row->reg;
	event->stop = true;
	event->origin = WA_STR("import");
	event->evidence = wa_to_utf8(row->evidence);
	wa_event_batch_add(import->batch, event, 0);
	pfree(event);
	MemoryContextSwitchTo(old);
	if (++import->nevents == WRITE_AT_ONCE)
		write_events(import);
}

static void
apply_row(wa_import_state *import, wa_import_row *row)
{
	MemoryContext old;
	const char *detail;
	wa_import_outcome outcome = wa_import_person_add(import->person, row, &detail);

	import->counts[outcome]++;
	if (outcome == WA_IMPORT_KNOWN)
		return;
	if (!import->dry_run)
	{
		add_event(import, row);
		return;
	}
	old = MemoryContextSwitchTo(import->row);
	put_detail(import, outcome_name(outcome), row->line,
			   wa_canonical_str(&row->recipient), row, detail);
	MemoryContextSwitchTo(old);
	MemoryContextReset(import->row);
}

Datum
wa__import_apply(PG_FUNCTION_ARGS)
{
	wa_import_state *import = (wa_import_state *) PG_GETARG_POINTER(0);
	wa_import_row row;
	int64		done = 0;

	wa_write_begin(import->schema);
	SPI_connect();
	import->row = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import row",
										ALLOCSET_SMALL_SIZES);
	import->writing = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import events",
											ALLOCSET_DEFAULT_SIZES);
	import->person = wa_import_person_open(import->schema, import->funcid, import->at);
	while (wa_import_rows_next(import->rows, &row))
	{
		CHECK_FOR_INTERRUPTS();
		apply_row(import, &row);
		count_compared(import, ++done);
	}
	write_events(import);
	wa_import_person_close(import->person);
	SPI_finish();
	PG_RETURN_VOID();
}

Datum
wa_import(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_import_state *import = palloc0(sizeof(wa_import_state));
	wa_str		query = wa_required_text_arg(fcinfo, 0, "query");
	wa_str		source = wa_text_arg(fcinfo, 2);
	wa_str		business = wa_text_arg(fcinfo, 3);

	wa_forbid_null_arg(fcinfo, 1, "dry_run");
	import->dry_run = PG_GETARG_BOOL(1);
	wa_forbid_null_arg(fcinfo, 4, "at");
	import->at = PG_GETARG_TIMESTAMPTZ(4);
	wa_check_moment(import->at, "time of the list", NULL);
	import->funcid = fcinfo->flinfo->fn_oid;
	import->schema = wa_schema_of(import->funcid);
	import->noticed_at = GetCurrentTimestamp();
	InitMaterializedSRF(fcinfo, 0);
	import->desc = rsinfo->setDesc;
	import->details = tuplestore_begin_heap(false, false, work_mem);

	begin_progress(import);
	import->rows = wa_import_rows_read(pnstrdup(query.data, query.len), import->schema, source,
									   business.data == NULL ? WA_STR("") : business,
									   take_remark, count_read, import);
	pgstat_progress_update_param(PROGRESS_USABLE, wa_import_rows_usable(import->rows));
	pgstat_progress_update_param(PROGRESS_PHASE, PHASE_COMPARING);
	/* With the rights to read and write. */
	OidFunctionCall1(wa_function_named(import->schema->nspid, "wa__import_apply", (Oid[]) {INTERNALOID}, 1),
					 PointerGetDatum(import));
	pgstat_progress_end_command();
	put_result(rsinfo, import);
	wa_import_rows_free(import->rows);
	tuplestore_end(import->details);
	return (Datum) 0;
}
