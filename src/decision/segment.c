/*-------------------------------------------------------------------------
 *
 * segment.c
 *	  wa_segment_summary: how many of those whom a query yields can be sent to,
 *	  and how many are left out by each rule.
 *
 * The query is the caller's: it runs with the caller's rights and search path,
 * by the caller's snapshot, and may only read (which binds the functions that it
 * calls no more than it does in any stable function).  Its rows are counted as the
 * executor hands them over, so nothing is kept of them and its plan may be a
 * parallel one.  They are judged as wa_sendable judges them, by look-ups first
 * and by a filter once it pays; the filter knows most reasons as well.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "parser/parse_coerce.h"
#include "tcop/cmdtag.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "common/arguments.h"
#include "decision/arguments.h"
#include "decision/rental.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_segment_summary);

/* Where those are counted to whom no rule objects. */
#define SENDABLE		0

typedef struct wa_segment
{
	DestReceiver dest;			/* first: this is how the executor knows it */
	MemoryContext context;		/* holds it all */
	MemoryContext row;			/* holds what one row needs */
	wa_question question;
	wa_rental	rental;
	int64		counts[WA_RULE_WINDOW_CLOSED + 1];	/* by first objection */
} wa_segment;

/*
 * The query.
 */

static void
refuse_query(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a segment query must be one SELECT that only reads"),
			 errdetail("%s", detail),
			 errhint("Give one SELECT, VALUES or WITH that yields one phone number a row.")));
}

/* Is it one SELECT of one column that can be read as text? */
static void
check_query(SPIPlanPtr plan, Oid recipient_type)
{
	List	   *sources = SPI_plan_get_plan_sources(plan);
	CachedPlanSource *source;
	const Query *query;
	Oid			type;

	if (list_length(sources) != 1)
		refuse_query(psprintf("It holds %d statements.", list_length(sources)));
	source = linitial(sources);
	if (source->commandTag != CMDTAG_SELECT)
		refuse_query(psprintf("It is %s.", GetCommandTagName(source->commandTag)));
	if (source->resultDesc == NULL)
		refuse_query("It is SELECT INTO.");
	query = linitial_node(Query, source->query_list);
	if (query->hasModifyingCTE)
		refuse_query("Its WITH changes rows.");
	if (query->hasForUpdate)
		refuse_query("It locks rows.");

	if (source->resultDesc->natts != 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a segment query must yield one column, not %d",
						source->resultDesc->natts),
				 errhint("Select the phone number alone.")));
	type = TupleDescAttr(source->resultDesc, 0)->atttypid;
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
	SPIExecuteOptions options = {.read_only = true,.must_return_tuples = true,.dest = dest};
	SPIPlanPtr	plan;
	int			result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare_cursor(text, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	check_query(plan, recipient_type);
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s", SPI_result_code_string(result));
	SPI_finish();
}

/*
 * Its rows.
 */

static bool
keep_rule(void *arg, const wa_objection *objection)
{
	*(wa_rule *) arg = objection->rule;
	return false;
}

static int
judge_slowly(wa_segment *s, struct varlena *value)
{
	wa_canonical recipient;
	wa_library *library;
	wa_rule		rule;

	if (!wa_recipient_from_text(PG_DETOAST_DATUM_PACKED(PointerGetDatum(value)), &recipient))
		return WA_RULE_INVALID_RECIPIENT;
	library = wa_rental_library(&s->rental);
	if (wa_rental_serves(&s->rental, &recipient) ||
		(wa_rental_due(&s->rental, library, &s->question, &recipient, false, 1, NULL, NULL) &&
		 wa_rental_buy(&s->rental, library, &s->question)))
	{
		wa_verdict	verdict = wa_filter_ask(s->rental.filter, &recipient);

		if (verdict == WA_ALLOWED)
			return SENDABLE;
		if (verdict == WA_REFUSED &&
			wa_filter_objection(s->rental.filter, &recipient, &rule))
			return rule;
	}
	return wa_decide(wa_facts_of(library, &recipient), &s->question, keep_rule, &rule) ?
		SENDABLE : rule;
}

/*
 * Nearly everybody of a large segment ends here.  The snapshot is the same for
 * all rows, so the filter answers for each.  False where that does not do.
 */
static bool
judge_quickly(wa_segment *s, struct varlena *value, int *outcome)
{
	wa_filter  *filter = s->rental.filter;
	wa_canonical recipient;
	wa_str		digits;
	wa_verdict	verdict;
	wa_rule		rule;

	if (filter == NULL)
		return false;
	verdict = wa_filter_ask_plain(filter, value, &digits);
	if (verdict == WA_ALLOWED)
	{
		*outcome = SENDABLE;
		return true;
	}
	if (verdict == WA_LOOK_UP)
		return false;
	memcpy(recipient.text, digits.data, digits.len);
	recipient.text[digits.len] = '\0';
	recipient.len = digits.len;
	if (!wa_filter_objection(filter, &recipient, &rule))
		return false;
	*outcome = rule;
	return true;
}

/* The first rule that objects, or SENDABLE. */
static int
judge(wa_segment *s, struct varlena *value)
{
	MemoryContext old;
	int			outcome;

	if (judge_quickly(s, value, &outcome))
		return outcome;
	old = MemoryContextSwitchTo(s->row);
	outcome = judge_slowly(s, value);
	MemoryContextSwitchTo(old);
	MemoryContextReset(s->row);
	return outcome;
}

static bool
receive(TupleTableSlot *slot, DestReceiver *self)
{
	wa_segment *s = (wa_segment *) self;
	bool		isnull;
	Datum		value = slot_getattr(slot, 1, &isnull);

	s->counts[isnull ? WA_RULE_INVALID_RECIPIENT :
			  judge(s, (struct varlena *) DatumGetPointer(value))]++;
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
	wa_rental_begin(&s->rental, fcinfo->flinfo->fn_oid, context, WA_TELLS_REASONS);
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
	run_query(pnstrdup(query.data, query.len),
			  wa_schema_of(fcinfo->flinfo->fn_oid)->recipient_type, &s->dest);
	for (int i = 0; i < lengthof(s->counts); i++)
		total += s->counts[i];
	put_count(rsinfo, "total", total);
	put_count(rsinfo, "sendable", s->counts[SENDABLE]);
	for (int rule = WA_RULE_INVALID_RECIPIENT; rule < lengthof(s->counts); rule++)
	{
		if (s->counts[rule] > 0)
			put_count(rsinfo, wa_rule_name(rule), s->counts[rule]);
	}
	MemoryContextDelete(s->context);
	return (Datum) 0;
}
