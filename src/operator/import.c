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

#include "catalog/pg_proc.h"
#include "catalog/pg_type_d.h"
#include "commands/progress.h"
#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/backend_progress.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "base/append.h"
#include "base/arguments.h"
#include "base/encode.h"
#include "ingest/event_deltas.h"
#include "ingest/intake.h"
#include "ingest/writer.h"
#include "operator/import_rows.h"
#include "recipient/recipient.h"
#include "rules/facts.h"
#include "state/columns.h"
#include "state/read.h"

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

/* What became of a row. */
typedef enum wa_outcome
{
	OUTCOME_STOPPED,			/* a stop stands now, where none did */
	OUTCOME_RECORDED,			/* it goes into the log, and changes nothing */
	OUTCOME_KNOWN,				/* it is recorded already */
	OUTCOME_REJECTED,
	OUTCOMES
} wa_outcome;

static const char *const outcome_names[OUTCOMES] = {
	"stopped", "recorded", "known", "rejected"
};

/* A register of the recipient at hand, with what this import adds to it. */
typedef struct wa_known_register
{
	wa_str		business;
	wa_register reg;
	wa_instant	stopped_at;
	wa_instant	resumed_at;
} wa_known_register;

/* A stop that the log of the recipient at hand has, or will have. */
typedef struct wa_known_stop
{
	wa_str		business;
	wa_register reg;
	wa_instant	at;
} wa_known_stop;

typedef struct stops_entry
{
	wa_known_stop stop;
	char		status;
} stops_entry;

static uint32
hash_stop(uint64 seed, wa_known_stop stop)
{
	return (uint32) hash_bytes_extended((const unsigned char *) stop.business.data, stop.business.len,
										seed ^ (uint64) stop.at ^ (uint64) stop.reg << 56);
}

#define SH_PREFIX		stops
#define SH_ELEMENT_TYPE	stops_entry
#define SH_KEY_TYPE		wa_known_stop
#define SH_KEY			stop
#define SH_HASH_KEY(tb, key)	hash_stop(*(const uint64 *) (tb)->private_data, key)
#define SH_EQUAL(tb, a, b) \
	((a).at == (b).at && (a).reg == (b).reg && wa_str_equal((a).business, (b).business))
#define SH_SCOPE		static
#define SH_DECLARE
#define SH_DEFINE
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

typedef struct wa_import
{
	const wa_schema *schema;
	Oid			funcid;
	bool		dry_run;
	wa_instant	at;				/* of rows without a time */
	wa_import_rows *rows;
	TupleDesc	desc;			/* of the result */
	Tuplestorestate *details;	/* its rows about single lines */
	int64		counts[OUTCOMES];
	TimestampTz noticed_at;		/* when the last NOTICE was given */

	wa_reader	consent;
	wa_reader	log;
	MemoryContext row;			/* of what is told of one */
	MemoryContext person;		/* of the recipient at hand */
	wa_canonical recipient;
	int			nregisters;
	int			max_registers;
	wa_known_register *registers;
	uint64		seed;			/* of the hashes of stops */
	stops_hash *stops;			/* NULL: none is known so far */

	Snapshot	before;			/* of what is recorded before this import */
	MemoryContext deciding;		/* of the decisions by it */
	wa_decision_cache *decisions;

	MemoryContext writing;		/* of the events that are to be written */
	int			nevents;
	wa_event_batch *batch;
} wa_import_state;

/*
 * The result, and the progress.
 */

static void
set_text(Datum *values, bool *nulls, int column, wa_str s)
{
	nulls[column] = s.data == NULL;
	if (s.data != NULL)
		values[column] = wa_str_datum(s);
}

static wa_str
outcome_name(wa_outcome outcome)
{
	return (wa_str)
	{
		outcome_names[outcome], strlen(outcome_names[outcome])
	};
}

/* A row about one line; row NULL: it did not become one. */
static void
put_detail(wa_import_state *import, wa_str outcome, int64 line, wa_str phone,
		   const wa_import_row *row, const char *detail)
{
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	set_text(values, nulls, RESULT_OUTCOME, outcome);
	values[RESULT_LINE] = Int64GetDatum(line);
	nulls[RESULT_LINE] = false;
	set_text(values, nulls, RESULT_PHONE, phone);
	if (row != NULL)
	{
		set_text(values, nulls, RESULT_REGISTER, wa_register_name(row->reg));
		set_text(values, nulls, RESULT_BUSINESS, row->business);
		values[RESULT_AT] = TimestampTzGetDatum(row->at);
		nulls[RESULT_AT] = false;
	}
	if (detail != NULL)
		set_text(values, nulls, RESULT_DETAIL, (wa_str) {detail, strlen(detail)});
	tuplestore_putvalues(import->details, import->desc, values, nulls);
}

static void
put_count(ReturnSetInfo *rsinfo, wa_str outcome, int64 phones)
{
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	set_text(values, nulls, RESULT_OUTCOME, outcome);
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
	for (int i = 0; i < OUTCOMES; i++)
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
		import->counts[OUTCOME_REJECTED]++;
		pgstat_progress_update_param(PROGRESS_COPY_TUPLES_EXCLUDED,
									 import->counts[OUTCOME_REJECTED]);
		put_detail(import, outcome_name(OUTCOME_REJECTED), line, phone, NULL, detail);
	}
	else
		put_detail(import, WA_STR("remark"), line, phone, NULL,
				   psprintf("%s: it is taken for a stop at the time of the list", detail));
}

/*
 * What is recorded already.
 */

static void
load_registers(wa_import_state *import, Datum recipient)
{
	wa_reader_seek(&import->consent, recipient);
	while (wa_reader_next(&import->consent))
	{
		wa_known_register *known = wa_append(import->registers, import->nregisters,
											 import->max_registers, wa_known_register);

		known->business = wa_reader_str(&import->consent, Anum_wa_consent_business);
		known->reg = wa_register_from_name(wa_reader_str_in_place(&import->consent,
																  Anum_wa_consent_register));
		known->stopped_at = wa_reader_instant(&import->consent, Anum_wa_consent_stopped_at);
		known->resumed_at = wa_reader_instant(&import->consent, Anum_wa_consent_resumed_at);
	}
}

/* Its business must live as long as what is known of the recipient. */
static void
know_stop(wa_import_state *import, wa_known_stop stop)
{
	bool		found;

	if (import->stops == NULL)
		import->stops = stops_create(import->person, 8, &import->seed);
	stops_insert(import->stops, stop, &found);
}

static void
load_stops(wa_import_state *import, Datum recipient)
{
	wa_reader_seek(&import->log, recipient);
	while (wa_reader_next(&import->log))
	{
		if (!wa_str_equal(wa_reader_str_in_place(&import->log, Anum_wa_consent_log_state),
						  WA_STR("stop")))
			continue;
		know_stop(import, (wa_known_stop)
				  {
					  wa_reader_str(&import->log, Anum_wa_consent_log_business),
					  wa_register_from_name(wa_reader_str_in_place(&import->log,
																   Anum_wa_consent_log_register)),
					  wa_reader_instant(&import->log, Anum_wa_consent_log_at)
				  });
	}
}

/* Go to another recipient. */
static void
load_person(wa_import_state *import, const wa_canonical *recipient)
{
	MemoryContext old;
	Datum		value;

	MemoryContextReset(import->person);
	old = MemoryContextSwitchTo(import->person);
	import->recipient = *recipient;
	import->nregisters = import->max_registers = 0;
	import->registers = NULL;
	import->stops = NULL;
	value = RecipientGetDatum(wa_recipient_make(recipient));
	load_registers(import, value);
	load_stops(import, value);
	MemoryContextSwitchTo(old);
}

static wa_known_register *
register_of(wa_import_state *import, wa_register reg, wa_str business)
{
	wa_known_register *known;

	for (int i = 0; i < import->nregisters; i++)
	{
		known = &import->registers[i];
		if (known->reg == reg && wa_str_equal(known->business, business))
			return known;
	}
	known = wa_append(import->registers, import->nregisters, import->max_registers,
					  wa_known_register);
	*known = (wa_known_register)
	{
		wa_str_copy(business), reg, WA_NEVER, WA_NEVER
	};
	return known;
}

static bool
is_stopped(const wa_known_register *known)
{
	return known->stopped_at != WA_NEVER && known->stopped_at >= known->resumed_at;
}

/* Does its stop stand, which a later opt-in for every business would lift? */
static bool
stop_stands(const wa_import_state *import, const wa_known_register *known)
{
	bool		stands = is_stopped(known);

	for (int i = 0; stands && known->reg != WA_REGISTER_WHATSAPP && i < import->nregisters; i++)
	{
		const wa_known_register *other = &import->registers[i];

		if (other->reg == known->reg && other->business.len == 0 && !is_stopped(other) &&
			other->resumed_at > known->stopped_at)
			stands = false;
	}
	return stands;
}

/* Does the register object to every message of this business, by itself or for all? */
static bool
any_stop_stands(const wa_import_state *import, wa_register reg, wa_str business)
{
	for (int i = 0; i < import->nregisters; i++)
	{
		const wa_known_register *known = &import->registers[i];

		if (known->reg == reg && (known->business.len == 0 || wa_str_equal(known->business, business)) &&
			stop_stands(import, known))
			return true;
	}
	return false;
}

/* Does one stand of a business that is later than a stop for all of them, which it does not lift? */
static bool
opt_in_is_overruled(const wa_import_state *import, const wa_import_row *row)
{
	for (int i = 0; row->business.len == 0 && i < import->nregisters; i++)
	{
		const wa_known_register *known = &import->registers[i];

		if (known->reg == row->reg && known->business.len > 0 && !is_stopped(known) &&
			known->resumed_at > row->at)
			return true;
	}
	return false;
}

/* A stop that a decision is asked for. */
typedef struct wa_sought_stop
{
	wa_register reg;
	wa_str		business;
	bool		found;
} wa_sought_stop;

static bool
seek_stop(void *arg, const wa_objection *objection)
{
	wa_sought_stop *sought = arg;

	if ((objection->rule == WA_RULE_OPTED_OUT_WHATSAPP ||
		 objection->rule == WA_RULE_OPTED_OUT_BUSINESS) && objection->reg == sought->reg &&
		wa_str_equal(objection->business, sought->business))
		sought->found = true;
	return !sought->found;
}

/*
 * Does a stop of this register and business stand?  By what decides: an opt-in for every business,
 * or one under another identifier of the person, may have lifted what is recorded here.
 */
static bool
stands_by_decision(wa_import_state *import, wa_register reg, const wa_import_row *row)
{
	wa_question question = {.category = WA_MARKETING,.at = GetCurrentTimestamp()};
	wa_sought_stop sought = {reg, row->business, false};

	if (!is_stopped(register_of(import, reg, row->business)))
		return false;
	if (row->business.len > 0)
		question.business = row->business;
	PushActiveSnapshot(import->before);
	wa_decision_cache_for(&import->decisions, import->funcid, import->deciding);
	wa_decide(wa_facts_of(import->decisions, &row->recipient), &question, seek_stop, &sought);
	PopActiveSnapshot();
	return sought.found;
}

/* Is there a stop in this register at that very time? */
static bool
has_stop(wa_import_state *import, wa_register reg, const wa_import_row *row)
{
	return register_of(import, reg, row->business)->stopped_at == row->at ||
		(import->stops != NULL &&
		 stops_lookup(import->stops, (wa_known_stop) {row->business, reg, row->at}) != NULL);
}

/* The row repeats a stop: at its time or, without a time, one that stands. */
static bool
is_known(wa_import_state *import, wa_import_row *row)
{
	bool		timed = row->at != WA_NEVER;

	if (!timed && (stands_by_decision(import, row->reg, row) ||
				   (row->of_whatsapp && stands_by_decision(import, WA_REGISTER_WHATSAPP, row))))
		return true;
	if (!timed)
		row->at = import->at;
	return has_stop(import, row->reg, row) ||
		(row->of_whatsapp && has_stop(import, WA_REGISTER_WHATSAPP, row));
}

/* Add the stop to what is known; does it stand, where none did? */
static wa_outcome
add_stop(wa_import_state *import, const wa_import_row *row, const char **detail)
{
	bool		before = any_stop_stands(import, row->reg, row->business);
	wa_known_register *known = register_of(import, row->reg, row->business);

	known->stopped_at = wa_later(known->stopped_at, row->at);
	know_stop(import, (wa_known_stop) {known->business, row->reg, row->at});
	if (before || !stop_stands(import, known))
	{
		*detail = before ? "a stop stands already" : "a later opt-in stands";
		return OUTCOME_RECORDED;
	}
	if (opt_in_is_overruled(import, row))
		*detail = "overrules a later opt-in, which is for one business alone";
	return OUTCOME_STOPPED;
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
	wa_outcome	outcome = OUTCOME_KNOWN;
	const char *detail = NULL;

	if (row->recipient.len != import->recipient.len ||
		memcmp(row->recipient.text, import->recipient.text, row->recipient.len) != 0)
		load_person(import, &row->recipient);
	old = MemoryContextSwitchTo(import->person);
	if (!is_known(import, row))
	{
		outcome = add_stop(import, row, &detail);
		if (import->dry_run)
		{
			MemoryContextSwitchTo(import->row);
			put_detail(import, outcome_name(outcome), row->line,
					   (wa_str) {row->recipient.text, row->recipient.len}, row, detail);
			MemoryContextReset(import->row);
		}
		else
			add_event(import, row);
	}
	import->counts[outcome]++;
	MemoryContextSwitchTo(old);
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
	import->person = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import person",
										   ALLOCSET_SMALL_SIZES);
	import->writing = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import events",
											ALLOCSET_DEFAULT_SIZES);
	import->deciding = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import decisions",
											 ALLOCSET_SMALL_SIZES);
	import->before = RegisterSnapshot(GetLatestSnapshot());
	wa_reader_open_latest(&import->consent, &import->schema->consent);
	wa_reader_open_latest(&import->log, &import->schema->consent_log);
	while (wa_import_rows_next(import->rows, &row))
	{
		CHECK_FOR_INTERRUPTS();
		apply_row(import, &row);
		count_compared(import, ++done);
	}
	write_events(import);
	wa_reader_close(&import->log);
	wa_reader_close(&import->consent);
	UnregisterSnapshot(import->before);
	SPI_finish();
	PG_RETURN_VOID();
}

/* The function that has the rights to read and write. */
static void
call_apply(wa_import_state *import)
{
	Oid			types[] = {INTERNALOID};
	Oid			function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
										   CStringGetDatum("wa__import_apply"),
										   PointerGetDatum(buildoidvector(types, 1)),
										   ObjectIdGetDatum(import->schema->nspid));

	if (!OidIsValid(function))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function wa__import_apply(internal) of extension wa_policy is missing"),
				 errhint("Install the extension again.")));
	OidFunctionCall1(function, PointerGetDatum(import));
}

/* When the list was made, if nothing else is known. */
static wa_instant
list_time_arg(FunctionCallInfo fcinfo, int argno)
{
	wa_instant	at;

	wa_forbid_null_arg(fcinfo, argno, "at");
	at = PG_GETARG_TIMESTAMPTZ(argno);
	if (at < WA_FIRST_INSTANT || at > wa_after(GetCurrentTimestamp(), WA_CLOCK_SKEW))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time of the list is out of range"),
				 errdetail("It must lie between 2009 and 10 minutes from now.")));
	return at;
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
	import->at = list_time_arg(fcinfo, 4);
	import->funcid = fcinfo->flinfo->fn_oid;
	import->schema = wa_schema_of(import->funcid);
	import->noticed_at = GetCurrentTimestamp();
	import->seed = pg_prng_uint64(&pg_global_prng_state);
	InitMaterializedSRF(fcinfo, 0);
	import->desc = rsinfo->setDesc;
	import->details = tuplestore_begin_heap(false, false, work_mem);

	begin_progress(import);
	import->rows = wa_import_rows_read(pnstrdup(query.data, query.len), import->schema, source,
									   business.data == NULL ? WA_STR("") : business,
									   take_remark, count_read, import);
	pgstat_progress_update_param(PROGRESS_USABLE, wa_import_rows_usable(import->rows));
	pgstat_progress_update_param(PROGRESS_PHASE, PHASE_COMPARING);
	call_apply(import);
	pgstat_progress_end_command();
	put_result(rsinfo, import);
	wa_import_rows_free(import->rows);
	tuplestore_end(import->details);
	return (Datum) 0;
}
