/*-------------------------------------------------------------------------
 *
 * segment_summary.c
 *	  wa_segment_summary: how many of those whom a query yields can be sent to,
 *	  and how many are left out by each rule.
 *
 * The query is the caller's: it runs with the caller's rights and search path,
 * by the caller's snapshot, and may only read (which binds the functions that it
 * calls no more than it does in any stable function).  Its rows are counted as the
 * executor hands them over, so nothing is kept of them and its plan may be a
 * parallel one.  Each is evaluated as wa_sendable evaluates it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/arguments.h"
#include "base/reading_query.h"
#include "decision/arguments.h"
#include "decision/evaluator.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_segment_summary);

typedef struct wa_segment
{
	DestReceiver dest;			/* first: this is how the executor knows it */
	MemoryContext context;		/* holds it all */
	MemoryContext row;			/* holds what one row needs */
	wa_question question;
	wa_evaluator evaluator;
	bool		listed;			/* has a list been read for the question? */
	int64		counts[WA_RULES];	/* by first objection */
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
run_query(const char *text, Oid recipient_type, DestReceiver *dest)
{
	SPIPlanPtr	plan;
	TupleDesc	columns;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = wa_reading_query_prepare(text, "a segment query",
									"Give one SELECT, VALUES or WITH that yields one phone number a row.",
									&columns);
	check_column(columns, recipient_type);
	wa_reading_query_run(plan, dest);
	SPI_finish();
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
	wa_rule		rule = wa_evaluate(&s->evaluator, &s->question, valid ? &recipient : NULL,
								   s->listed, false, &built);

	s->listed |= built;
	MemoryContextSwitchTo(old);
	MemoryContextReset(s->row);
	return rule;
}

static wa_rule
first_objection(wa_segment *s, struct varlena *value)
{
	wa_str		digits;

	switch (wa_evaluator_ask(&s->evaluator, value, &digits))
	{
		case WA_LIST_ALLOWED:
			return WA_NO_RULE;
		case WA_LIST_REFUSED:
			return wa_evaluator_rule(&s->evaluator, digits);
		default:
			return first_objection_slowly(s, value);
	}
}

static bool
receive(TupleTableSlot *slot, DestReceiver *self)
{
	wa_segment *s = (wa_segment *) self;
	bool		isnull;
	Datum		value = slot_getattr(slot, 1, &isnull);

	s->counts[isnull ? WA_RULE_INVALID_RECIPIENT :
			  first_objection(s, (struct varlena *) DatumGetPointer(value))]++;
	return true;
}

static void
start_up(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
nothing_to_do(DestReceiver *self)
{
}

static wa_segment *
begin_segment(FunctionCallInfo fcinfo)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy segment",
												  ALLOCSET_SMALL_SIZES);
	wa_segment *s = MemoryContextAllocZero(context, sizeof(wa_segment));

	s->dest.receiveSlot = receive;
	s->dest.rStartup = start_up;
	s->dest.rShutdown = nothing_to_do;
	s->dest.rDestroy = nothing_to_do;
	s->dest.mydest = DestNone;
	s->context = context;
	s->row = AllocSetContextCreate(context, "wa_policy segment row", ALLOCSET_SMALL_SIZES);
	wa_question_args(fcinfo, &s->question);
	wa_evaluator_begin(&s->evaluator, fcinfo->flinfo->fn_oid, context, true);
	return s;
}

static void
put_count(ReturnSetInfo *rsinfo, const char *outcome, int64 phones)
{
	Datum		values[2] = {CStringGetTextDatum(outcome), Int64GetDatum(phones)};
	bool		nulls[2] = {false, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
wa_segment_summary(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_str		query = wa_required_text_arg(fcinfo, 0, "query");
	wa_segment *s = begin_segment(fcinfo);
	int64		total = 0;

	InitMaterializedSRF(fcinfo, 0);
	wa_decision_cache_check(wa_lazy_list_cache(&s->evaluator.lazy), &s->question);
	run_query(pnstrdup(query.data, query.len),
			  wa_schema_of(fcinfo->flinfo->fn_oid)->recipient_type, &s->dest);
	for (int i = 0; i < lengthof(s->counts); i++)
		total += s->counts[i];
	put_count(rsinfo, "total", total);
	put_count(rsinfo, "sendable", s->counts[WA_NO_RULE]);
	for (int rule = WA_RULE_INVALID_RECIPIENT; rule < lengthof(s->counts); rule++)
	{
		if (s->counts[rule] > 0)
			put_count(rsinfo, wa_rule_name(rule), s->counts[rule]);
	}
	MemoryContextDelete(s->context);
	return (Datum) 0;
}
