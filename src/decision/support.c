/*-------------------------------------------------------------------------
 *
 * support.c
 *	  What the planner may know of wa_sendable.
 *
 * How many rows pass: the statistics of the phone column hold a sample of it
 * (the bounds of the histogram, the most common values), and asking about that
 * sample tells more than any arithmetic over the sizes of the state tables
 * could: it knows of regions, of invalid numbers, and of whether the customers
 * and the suppressed are the same people at all.
 *
 * At what cost: the least of looking everybody up and of reading the list once
 * (see sendable.c), spread over the rows of the table, as the planner charges
 * each qualification for every row, though cheaper ones are tried first.  It is
 * not put into the startup cost, which the planner would charge again for each
 * rescan of the inner side of a join.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "common/category_oid.h"
#include "decision/facts.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_sendable_support);

/* Where nothing is known: most people may be sent most things. */
#define DEFAULT_SELECTIVITY	0.8

/* No sample is large enough to say "none" or "all". */
#define LEAST_SELECTIVITY	0.002

/* At most so many values of the sample are looked up. */
#define SAMPLE				100

/* In units of cpu_operator_cost: one probe of a filter, one look-up. */
#define PROBE_COST			10
#define LOOK_UP_COST		400

/* Reading a page of state into a filter, in units of cpu_tuple_cost. */
#define PAGE_COST			120

enum argument
{
	ARG_PHONE,
	ARG_CATEGORY,
	ARG_BUSINESS,
	ARG_SENDER,
	ARG_AT,
	ARGUMENTS
};

/* The value of an argument if it can be foreseen. */
static bool
foresee(PlannerInfo *root, List *args, int argno, bool *isnull, Datum *value)
{
	Node	   *node = estimate_expression_value(root, list_nth(args, argno));

	if (!IsA(node, Const))
		return false;
	*isnull = ((Const *) node)->constisnull;
	*value = ((Const *) node)->constvalue;
	return true;
}

static wa_str
text_of(Datum value)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

	return (wa_str)
	{
		VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)
	};
}

/* What will be asked, as far as can be foreseen; false where that is nothing. */
static bool
foresee_question(PlannerInfo *root, List *args, wa_question *question)
{
	bool		isnull;
	Datum		value;

	memset(question, 0, sizeof(*question));
	if (!foresee(root, args, ARG_CATEGORY, &isnull, &value) || isnull)
		return false;
	question->category = wa_category_from_oid(DatumGetObjectId(value));
	if (foresee(root, args, ARG_BUSINESS, &isnull, &value) && !isnull)
		question->business = text_of(value);
	if (foresee(root, args, ARG_SENDER, &isnull, &value) && !isnull)
		question->sender = text_of(value);
	question->at = GetCurrentTransactionStartTimestamp();
	if (foresee(root, args, ARG_AT, &isnull, &value))
	{
		if (isnull)
			return false;
		question->at = DatumGetTimestampTz(value);
	}
	return true;
}

static bool
passes(wa_library *library, const wa_question *question, Datum value)
{
	wa_str		text = text_of(value);
	wa_canonical recipient;

	return wa_canonicalize(text.data, text.len, &recipient) &&
		wa_decide(wa_facts_of(library, &recipient), question, NULL, NULL);
}

/*
 * The share of a column's values that pass, by the sample in its statistics;
 * negative where there is none.
 */
static double
ask_sample(HeapTuple statistics, wa_library *library, const wa_question *question)
{
	AttStatsSlot slot;
	double		common = 0;		/* share of the most common values */
	double		common_pass = 0;
	double		rest = 1 - ((Form_pg_statistic) GETSTRUCT(statistics))->stanullfrac;
	double		rest_pass = -1;

	if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		for (int i = 0; i < Min(slot.nvalues, SAMPLE); i++)
		{
			common += slot.numbers[i];
			if (passes(library, question, slot.values[i]))
				common_pass += slot.numbers[i];
		}
		free_attstatsslot(&slot);
	}
	if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		int			n = Min(slot.nvalues, SAMPLE);
		int			passed = 0;

		for (int i = 0; i < n; i++)
			passed += passes(library, question,
							 slot.values[(int64) i * slot.nvalues / n]);
		if (n > 0)
			rest_pass = (double) passed / n;
		free_attstatsslot(&slot);
	}

	rest = Max(0, rest - common);
	if (rest_pass >= 0)
		return common_pass + rest * rest_pass;
	if (common > 0)
		return common_pass + rest * common_pass / common;
	return -1;
}

/* The column behind casts from one spelling of a phone to another. */
static Node *
column_of(Node *phone)
{
	while (IsA(phone, FuncExpr) && list_length(((FuncExpr *) phone)->args) == 1 &&
		   ((FuncExpr *) phone)->funcformat != COERCE_EXPLICIT_CALL)
		phone = linitial(((FuncExpr *) phone)->args);
	return phone;
}

static Selectivity
estimate(SupportRequestSelectivity *request)
{
	wa_question question;
	VariableStatData column;
	double		selectivity = -1;

	if (request->root == NULL || list_length(request->args) != ARGUMENTS ||
		!ActiveSnapshotSet() ||
		!foresee_question(request->root, request->args, &question))
		return DEFAULT_SELECTIVITY;

	examine_variable(request->root, column_of(linitial(request->args)),
					 request->varRelid, &column);
	if (HeapTupleIsValid(column.statsTuple) &&
		statistic_proc_security_check(&column, request->funcid))
	{
		FmgrInfo	info = {.fn_oid = request->funcid};
		LOCAL_FCINFO(fcinfo, 0);
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
													  "wa_policy estimate",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(context);

		info.fn_mcxt = context;
		InitFunctionCallInfoData(*fcinfo, &info, 0, InvalidOid, NULL, NULL);
		selectivity = ask_sample(column.statsTuple, wa_library_for(fcinfo), &question);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(context);
	}
	ReleaseVariableStats(column);

	if (selectivity < 0)
		return DEFAULT_SELECTIVITY;
	return Min(Max(selectivity, LEAST_SELECTIVITY), 1);
}

static double
pages_of(const wa_table *table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table->heap));
	double		pages = 0;

	if (HeapTupleIsValid(tuple))
	{
		pages = Max(0, ((Form_pg_class) GETSTRUCT(tuple))->relpages);
		ReleaseSysCache(tuple);
	}
	return pages;
}

/* The rows of the table that the phone comes from, all and those that pass. */
static bool
rows_behind(PlannerInfo *root, Node *node, double *all, double *passing)
{
	Node	   *phone;
	RelOptInfo *rel;

	if (root == NULL || node == NULL || !IsA(node, FuncExpr) ||
		((FuncExpr *) node)->args == NIL || root->simple_rel_array == NULL)
		return false;
	phone = column_of(linitial(((FuncExpr *) node)->args));
	if (IsA(phone, RelabelType))
		phone = (Node *) ((RelabelType *) phone)->arg;
	if (!IsA(phone, Var) || ((Var *) phone)->varlevelsup != 0 ||
		((Var *) phone)->varno >= (Index) root->simple_rel_array_size)
		return false;
	rel = root->simple_rel_array[((Var *) phone)->varno];
	if (rel == NULL || rel->tuples <= 0)
		return false;
	*all = rel->tuples;
	*passing = rel->rows > 0 ? rel->rows : rel->tuples;
	return true;
}

static void
price(SupportRequestCost *request)
{
	const wa_schema *schema = wa_schema_of(request->funcid);
	double		probe = PROBE_COST * cpu_operator_cost;
	double		all;
	double		calls;

	request->startup = 0;
	request->per_tuple = probe;
	if (rows_behind(request->root, request->node, &all, &calls))
	{
		double		look_up = LOOK_UP_COST * cpu_operator_cost;
		double		build = PAGE_COST * cpu_tuple_cost *
			(pages_of(&schema->consent) + pages_of(&schema->cooldown) +
			 pages_of(&schema->identity));
		double		total = Min(calls * look_up, 2 * build + calls * probe);

		request->per_tuple = Max(probe, total / all);
	}
}

Datum
wa_sendable_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
	{
		((SupportRequestSelectivity *) request)->selectivity =
			estimate((SupportRequestSelectivity *) request);
		PG_RETURN_POINTER(request);
	}
	if (IsA(request, SupportRequestCost))
	{
		price((SupportRequestCost *) request);
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
