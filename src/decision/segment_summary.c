/*-------------------------------------------------------------------------
 *
 * segment_summary.c
 *	  wa_segment_summary: how many phones of a query can be sent to, and how many are
 *	  left out by each rule.  wa_segment_forecast: the same at several times.
 *
 * The query is the caller's: it runs with the caller's rights, search path and snapshot, and
 * may only read (functions that it calls are restricted as in any stable function).  Its
 * rows are counted as the executor returns them, so none are stored and its plan may be
 * parallel.  Each phone is evaluated as by wa_sendable.
 *
 * A forecast runs the query once.  The answer for a phone is computed once if it cannot
 * change: if the recipient has stopped, or if no row can object and no rule depends on the
 * time.  The other phones, which are few, are stored (beyond work_mem on disk) and evaluated
 * at each time.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/reading_query.h"
#include "decision/arguments.h"
#include "decision/evaluator.h"
#include "recipient/recipient.h"
#include "rules/gather.h"
#include "rules/known.h"
#include "rules/pacing.h"

PG_FUNCTION_INFO_V1(wa_segment_summary);
PG_FUNCTION_INFO_V1(wa__segment_forecast);

typedef struct wa_segment
{
	MemoryContext context;		/* holds it all */
	MemoryContext row;			/* holds what one row needs */
	wa_question question;
	wa_lazy_list lazy;
	bool		listed;			/* has a list been read for the question? */
	bool		changed;		/* is the question another one than at the last look-up? */
	int64		counts[WA_RULES];	/* by first objection */

	/* Of a forecast. */
	int64		lasting[WA_RULES];	/* permanent ones, by first objection */
	bool		allowed_lasts;	/* is a phone on no list sendable at all times? */
	Tuplestorestate *kept;		/* of all others: what the query yielded */
	TupleTableSlot *slot;		/* one of them; NULL before the first */
} wa_segment;

/*
 * The query.
 */

/* Does it yield one column that can be read as text? */
static void
check_column(TupleDesc columns, Oid recipient_type)
{
	Oid			type;

	if (columns->natts != 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a segment query must yield one column, not %d", columns->natts),
				 errhint("Select the phone number alone.")));
	type = TupleDescAttr(columns, 0)->atttypid;
	if (getBaseType(type) != recipient_type && !IsBinaryCoercible(type, TEXTOID))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a segment query must yield phone numbers as text or wa_recipient, not %s",
						format_type_be(type)),
				 errhint("Cast the column to text.")));
}

static void
run_query(const char *text, Oid recipient_type, void (*receive) (void *, TupleTableSlot *),
		  wa_segment *s)
{
	TupleDesc	columns;
	SPIPlanPtr	plan = wa_reading_query_prepare(text, "a segment query",
												"Give one SELECT, VALUES or WITH that yields one phone number a row.",
												&columns);

	check_column(columns, recipient_type);
	wa_reading_query_run(plan, receive, s);
}

/*
 * Its rows.
 */

/* The snapshot is the same for all rows, so a list answers for each. */
static wa_rule
first_objection_slowly(wa_segment *s, struct varlena *value)
{
	MemoryContext old = MemoryContextSwitchTo(s->row);
	wa_canonical recipient;
	bool		valid = wa_recipient_from_text(PG_DETOAST_DATUM_PACKED(PointerGetDatum(value)),
											   &recipient);
	bool		built;
	wa_rule		rule = wa_evaluate(&s->lazy, &s->question, valid ? &recipient : NULL,
								   s->listed, s->changed, &built);

	s->listed |= built;
	s->changed = false;
	MemoryContextSwitchTo(old);
	MemoryContextReset(s->row);
	return rule;
}

static wa_rule
first_objection(wa_segment *s, struct varlena *value)
{
	wa_str		digits;

	if (!s->listed)
		return first_objection_slowly(s, value);
	switch (wa_lazy_list_ask(&s->lazy, value, &digits))
	{
		case WA_LIST_ALLOWED:
			return WA_NO_RULE;
		case WA_LIST_REFUSED:
			return wa_list_rule_plain(s->lazy.list, digits);
		default:
			return first_objection_slowly(s, value);
	}
}

static void
receive(void *arg, TupleTableSlot *slot)
{
	wa_segment *s = arg;
	bool		isnull;
	Datum		value = slot_getattr(slot, 1, &isnull);

	s->counts[isnull ? WA_RULE_INVALID_RECIPIENT :
			  first_objection(s, (struct varlena *) DatumGetPointer(value))]++;
}

/*
 * The same for a forecast.
 */

/* Rules that look at no clock and come before all that do. */
static bool
lasts(wa_rule rule)
{
	return rule >= WA_RULE_INVALID_RECIPIENT && rule <= WA_RULE_REGION;
}

static void
keep(wa_segment *s, TupleTableSlot *slot)
{
	if (s->slot == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(s->context);

		s->kept = tuplestore_begin_heap(false, false, work_mem);
		s->slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(slot->tts_tupleDescriptor),
										   &TTSOpsMinimalTuple);
		MemoryContextSwitchTo(old);
	}
	tuplestore_puttupleslot(s->kept, slot);
}

static void
receive_and_keep(void *arg, TupleTableSlot *slot)
{
	wa_segment *s = arg;
	bool		isnull;
	struct varlena *value = (struct varlena *) DatumGetPointer(slot_getattr(slot, 1, &isnull));
	wa_rule		rule;
	wa_str		digits;

	if (isnull)
		s->lasting[WA_RULE_INVALID_RECIPIENT]++;
	else if (s->allowed_lasts && s->listed &&
			 wa_lazy_list_ask(&s->lazy, value, &digits) == WA_LIST_ALLOWED)
		s->lasting[WA_NO_RULE]++;
	else if (lasts(rule = first_objection(s, value)))
		s->lasting[rule]++;
	else
	{
		s->counts[rule]++;
		keep(s, slot);
	}
}

/* What is kept, at another moment. */
static void
count_kept(wa_segment *s, wa_instant at)
{
	memset(s->counts, 0, sizeof(s->counts));
	s->question.at = at;
	s->changed = true;
	s->listed = false;
	if (s->slot == NULL)
		return;
	tuplestore_rescan(s->kept);
	while (tuplestore_gettupleslot(s->kept, true, false, s->slot))
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		s->counts[first_objection(s, (struct varlena *)
								  DatumGetPointer(slot_getattr(s->slot, 1, &isnull)))]++;
	}
}

static wa_segment *
begin_segment(FunctionCallInfo fcinfo)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy segment",
												  ALLOCSET_SMALL_SIZES);
	wa_segment *s = MemoryContextAllocZero(context, sizeof(wa_segment));

	s->context = context;
	s->row = AllocSetContextCreate(context, "wa_policy segment row", ALLOCSET_SMALL_SIZES);
	wa_lazy_list_begin(&s->lazy, fcinfo->flinfo->fn_oid, context, true);
	return s;
}

static void
put_count(ReturnSetInfo *rsinfo, const wa_instant *at, const char *outcome, int64 phones)
{
	Datum		values[3];
	bool		nulls[3] = {false, false, false};
	int			n = 0;

	if (at != NULL)
		values[n++] = TimestampTzGetDatum(*at);
	values[n++] = CStringGetTextDatum(outcome);
	values[n] = Int64GetDatum(phones);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* One row each for all, those who can be sent to, and those whom each rule leaves out. */
static void
put_counts(ReturnSetInfo *rsinfo, const wa_segment *s, const wa_instant *at)
{
	int64		total = 0;

	for (int rule = 0; rule < WA_RULES; rule++)
		total += s->counts[rule] + s->lasting[rule];
	put_count(rsinfo, at, "total", total);
	put_count(rsinfo, at, "sendable", s->counts[WA_NO_RULE] + s->lasting[WA_NO_RULE]);
	for (int rule = WA_RULE_INVALID_RECIPIENT; rule < WA_RULES; rule++)
	{
		if (s->counts[rule] + s->lasting[rule] > 0)
			put_count(rsinfo, at, wa_rule_name(rule), s->counts[rule] + s->lasting[rule]);
	}
}

static void
run_segment(FunctionCallInfo fcinfo, wa_segment *s, void (*receive) (void *, TupleTableSlot *))
{
	wa_str		query = wa_required_text_arg(fcinfo, 0, "query");

	InitMaterializedSRF(fcinfo, 0);
	wa_decision_cache_check(wa_lazy_list_cache(&s->lazy), &s->question);
	run_query(pnstrdup(query.data, query.len),
			  wa_schema_of(fcinfo->flinfo->fn_oid)->recipient_type, receive, s);
}

Datum
wa_segment_summary(PG_FUNCTION_ARGS)
{
	wa_segment *s = begin_segment(fcinfo);

	wa_question_args(fcinfo, &s->question);
	run_segment(fcinfo, s, receive);
	put_counts((ReturnSetInfo *) fcinfo->resultinfo, s, NULL);
	MemoryContextDelete(s->context);
	return (Datum) 0;
}

/* Does nothing but rows of the list change with the clock? */
static bool
allowed_lasts(wa_segment *s)
{
	wa_decision_cache *cache = wa_lazy_list_cache(&s->lazy);
	const wa_pacing *pacing = cache->pacing;

	return cache->holds == NULL && !wa_pacing_caps(pacing, &s->question) &&
		!wa_pacing_quiet_hours(pacing, &s->question);
}

/* (query, category, business, sender, the first moment, the later ones in ascending order) */
Datum
wa__segment_forecast(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_segment *s;
	Datum	   *later;
	int			n;

	wa_forbid_null_arg(fcinfo, 5, "later");
	s = begin_segment(fcinfo);
	wa_question_args(fcinfo, &s->question);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(5), TIMESTAMPTZOID, sizeof(TimestampTz),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &later, NULL, &n);
	s->allowed_lasts = allowed_lasts(s);
	run_segment(fcinfo, s, receive_and_keep);
	put_counts(rsinfo, s, &s->question.at);
	for (int i = 0; i < n; i++)
	{
		count_kept(s, DatumGetTimestampTz(later[i]));
		put_counts(rsinfo, s, &s->question.at);
	}
	if (s->slot != NULL)
	{
		ExecDropSingleTupleTableSlot(s->slot);
		tuplestore_end(s->kept);
	}
	MemoryContextDelete(s->context);
	return (Datum) 0;
}
