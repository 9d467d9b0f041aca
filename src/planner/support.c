/*-------------------------------------------------------------------------
 *
 * support.c
 *	  Planner support of wa_sendable: selectivity and cost.
 *
 * Selectivity: the statistics of the phone column contain a sample of it (the bounds of the
 * histogram, the most common values).  Deciding about that sample is better than computing
 * with the sizes of the state tables: it includes regions, invalid numbers, and whether
 * customers and suppressed recipients are the same people.  An estimate is kept for a minute
 * in this backend, since a hundred look-ups would take most of the time of a point query.
 *
 * Cost: the lower of looking every phone up and of reading the list once (see sendable.c),
 * divided by the rows of the table, since the planner charges each qualification for every
 * row, although cheaper ones are evaluated first.  It is not part of the startup cost, which
 * the planner would charge again for each rescan of the inner side of a join.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "base/category_oid.h"
#include "base/encode.h"
#include "base/table_scan.h"
#include "recipient/recipient.h"
#include "rules/decide.h"
#include "rules/gather.h"

PG_FUNCTION_INFO_V1(wa__sendable_support);

/* Where nothing is known: most people may be sent most things. */
#define DEFAULT_SELECTIVITY	0.8

/* No sample is large enough to say "none" or "all". */
#define LEAST_SELECTIVITY	0.002

/* At most so many values of the sample are looked up. */
#define SAMPLE				100

/* In units of cpu_operator_cost: one probe of the suppression list, one look-up. */
#define PROBE_COST			10
#define LOOK_UP_COST		400

/* Reading a page of state into the list, in units of cpu_tuple_cost. */
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

/* The value of an argument if the planner knows it. */
static bool
known_argument(PlannerInfo *root, List *args, int argno, bool *isnull, Datum *value)
{
	Node	   *node = estimate_expression_value(root, list_nth(args, argno));

	if (!IsA(node, Const))
		return false;
	*isnull = ((Const *) node)->constisnull;
	*value = ((Const *) node)->constvalue;
	return true;
}

/*
 * The question, by those arguments that the planner knows; false where the category is unknown, or the question
 * will be an error.
 */
static bool
known_question(PlannerInfo *root, List *args, wa_question *question)
{
	bool		isnull;
	Datum		value;

	memset(question, 0, sizeof(*question));
	if (!known_argument(root, args, ARG_CATEGORY, &isnull, &value) || isnull)
		return false;
	question->category = wa_category_from_oid(DatumGetObjectId(value));
	if (known_argument(root, args, ARG_BUSINESS, &isnull, &value) && !isnull)
		question->business = wa_datum_str(value);
	if (known_argument(root, args, ARG_SENDER, &isnull, &value) && !isnull)
		question->sender = wa_datum_str(value);
	question->at = GetCurrentTransactionStartTimestamp();
	if (known_argument(root, args, ARG_AT, &isnull, &value))
	{
		if (isnull)
			return false;
		question->at = DatumGetTimestampTz(value);
	}
	return true;
}

static bool
passes(wa_decision_cache *cache, const wa_question *question, Datum value)
{
	wa_canonical recipient;

	return wa_recipient_from_text(PG_DETOAST_DATUM_PACKED(value), &recipient) &&
		wa_first_rule(wa_facts_of(cache, &recipient), question) == WA_NO_RULE;
}

/*
 * Are the values of a sample texts?  A cast to text in the query may stand before a column of
 * another type, a boolean or a name, whose values are not even of variable length.
 */
static bool
are_texts(const AttStatsSlot *slot, Oid recipient_type)
{
	Oid			type = getBaseType(slot->valuetype);

	return type == recipient_type || type == BPCHAROID || IsBinaryCoercible(type, TEXTOID);
}

/*
 * The share of a column's values that pass, by the sample in its statistics;
 * negative where there is none.
 */
static double
ask_sample(HeapTuple statistics, wa_decision_cache *cache, const wa_question *question)
{
	AttStatsSlot slot;
	double		common = 0;		/* share of the most common values */
	double		common_pass = 0;
	double		rest = 1 - ((Form_pg_statistic) GETSTRUCT(statistics))->stanullfrac;
	double		rest_pass = -1;
	Oid			recipient_type = cache->schema->recipient_type;

	if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		int			n = are_texts(&slot, recipient_type) ? Min(slot.nvalues, SAMPLE) : 0;

		for (int i = 0; i < n; i++)
		{
			common += slot.numbers[i];
			if (passes(cache, question, slot.values[i]))
				common_pass += slot.numbers[i];
		}
		free_attstatsslot(&slot);
	}
	if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		int			n = are_texts(&slot, recipient_type) ? Min(slot.nvalues, SAMPLE) : 0;
		int			passed = 0;

		for (int i = 0; i < n; i++)
			passed += passes(cache, question,
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

/*
 * Estimates of this backend.  What they were made of: a row of pg_statistic, a question, and
 * tables of that size.
 */
typedef struct wa_estimate
{
	TransactionId xmin;			/* of the row of pg_statistic */
	ItemPointerData place;
	Oid			funcid;
	wa_category category;
	uint64		arguments;		/* hash of business and sender */
	BlockNumber pages;			/* of wa_consent, wa_cooldown and the tables of pacing */
	bool		opt_in_required;
	TimestampTz made_at;
	Selectivity value;
} wa_estimate;

#define WA_ESTIMATES		32
#define WA_ESTIMATE_AGE		(60 * USECS_PER_SEC)

static wa_estimate estimates[WA_ESTIMATES];
static int	next_estimate = 0;

static uint64
hash_of(wa_str s, uint64 seed)
{
	return s.data == NULL ? seed :
		hash_bytes_extended((const unsigned char *) s.data, s.len, seed + 1);
}

static wa_estimate
describe(HeapTuple statistics, Oid funcid, const wa_question *question)
{
	const wa_schema *schema = wa_schema_of(funcid);
	wa_estimate asked;

	memset(&asked, 0, sizeof(asked));
	asked.xmin = HeapTupleHeaderGetRawXmin(statistics->t_data);
	asked.place = statistics->t_self;
	asked.funcid = funcid;
	asked.category = question->category;
	asked.arguments = hash_of(question->sender, hash_of(question->business, 0));
	asked.opt_in_required = wa_require_opt_in;
	asked.pages = wa_pages_of(&schema->consent) + wa_pages_of(&schema->cooldown) +
		wa_pages_of(&schema->frequency_cap) + wa_pages_of(&schema->quiet_hours);
	asked.made_at = GetCurrentStatementStartTimestamp();
	return asked;
}

/* A kept estimate for the same, not too old; NULL where there is none. */
static const wa_estimate *
find_estimate(const wa_estimate *asked)
{
	for (int i = 0; i < WA_ESTIMATES; i++)
	{
		const wa_estimate *kept = &estimates[i];

		if (memcmp(kept, asked, offsetof(wa_estimate, made_at)) == 0 &&
			asked->made_at >= kept->made_at && asked->made_at - kept->made_at < WA_ESTIMATE_AGE)
			return kept;
	}
	return NULL;
}

static Selectivity
estimate_by_sample(HeapTuple statistics, Oid funcid, const wa_question *question)
{
	wa_estimate asked = describe(statistics, funcid, question);
	const wa_estimate *kept = find_estimate(&asked);
	wa_decision_cache *cache = NULL;
	MemoryContext context;
	MemoryContext old;

	if (kept != NULL)
		return kept->value;
	context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy estimate",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	asked.value = ask_sample(statistics, wa_decision_cache_for(&cache, funcid, context), question);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);

	estimates[next_estimate] = asked;
	next_estimate = (next_estimate + 1) % WA_ESTIMATES;
	return asked.value;
}

static Selectivity
estimate_selectivity(SupportRequestSelectivity *request)
{
	wa_question question;
	VariableStatData column;
	double		selectivity = -1;

	/* A role that may not ask about a phone may not learn the answer from a plan. */
	if (request->root == NULL || list_length(request->args) != ARGUMENTS ||
		!ActiveSnapshotSet() ||
		wa_function_aclcheck(request->funcid, GetUserId(), ACL_EXECUTE) != ACLCHECK_OK ||
		!known_question(request->root, request->args, &question))
		return DEFAULT_SELECTIVITY;

	examine_variable(request->root, column_of(linitial(request->args)),
					 request->varRelid, &column);
	if (HeapTupleIsValid(column.statsTuple) &&
		statistic_proc_security_check(&column, request->funcid))
		selectivity = estimate_by_sample(column.statsTuple, request->funcid, &question);
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
estimate_cost(SupportRequestCost *request)
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
			 pages_of(&schema->identity_change) +
			 (pages_of(&schema->frequency_cap) > 0 ? pages_of(&schema->delivery) : 0));
		double		total = Min(calls * look_up, 4 * build / 3 + calls * probe);

		request->per_tuple = Max(probe, total / all);
	}
}

Datum
wa__sendable_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
	{
		((SupportRequestSelectivity *) request)->selectivity =
			estimate_selectivity((SupportRequestSelectivity *) request);
		PG_RETURN_POINTER(request);
	}
	if (IsA(request, SupportRequestCost))
	{
		estimate_cost((SupportRequestCost *) request);
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
