/*-------------------------------------------------------------------------
 *
 * rows_ahead.c
 *	  How often will a function still be called by the query that it is in?
 *
 * A function sees nothing of its query but its own expression.  That, however,
 * is a node of the plan that the active portal runs, so that the scan it filters
 * can be found, and how many of its pages are left.  Only scans that are certain
 * to be run once, and to the end, count; a query that runs without a portal, as
 * those of PL/pgSQL do, tells nothing.  Nor do the workers of a parallel one see
 * their plan; but the planner gives workers to large tables alone.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/heapam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/paths.h"
#include "tcop/pquery.h"
#include "utils/rel.h"

#include "decision/rows_ahead.h"

/* Rows of a table of customers, at a guess on the low side. */
#define ROWS_PER_PAGE	60

static bool
contains(Node *node, void *call)
{
	if (node == NULL)
		return false;
	return node == call || expression_tree_walker(node, contains, call);
}

/*
 * The scan with the call.  to_the_end: nothing above this node will stop asking
 * for rows before the last.
 */
static const SeqScanState *
find_scan(PlanState *state, const Node *call, bool to_the_end)
{
	const SeqScanState *found;
	Node	   *target = unconstify(Node *, call);

	if (state == NULL)
		return NULL;
	check_stack_depth();
	switch (nodeTag(state))
	{
		case T_SeqScanState:
			return to_the_end && (contains((Node *) state->plan->qual, target) ||
								  contains((Node *) state->plan->targetlist, target)) ?
				castNode(SeqScanState, state) : NULL;
		case T_LimitState:
			return find_scan(outerPlanState(state), call, false);
		case T_SortState:
		case T_HashState:
			return find_scan(outerPlanState(state), call, true);
		case T_AggState:
			return find_scan(outerPlanState(state), call,
							 to_the_end || castNode(Agg, state->plan)->aggstrategy != AGG_SORTED);
		case T_ResultState:
		case T_ProjectSetState:
		case T_UniqueState:
		case T_GroupState:
		case T_IncrementalSortState:
		case T_LockRowsState:
		case T_NestLoopState:
			return find_scan(outerPlanState(state), call, to_the_end);
		case T_HashJoinState:
			found = find_scan(outerPlanState(state), call, to_the_end);
			return found != NULL ? found : find_scan(innerPlanState(state), call, to_the_end);
		case T_SubqueryScanState:
			return find_scan(castNode(SubqueryScanState, state)->subplan, call, to_the_end);
		default:
			return NULL;
	}
}

double
wa_rows_ahead(const Node *call, double so_far)
{
	const SeqScanState *scan;
	HeapScanDesc heap;
	double		pages;
	double		done;

	if (IsInParallelMode())
		return (double) min_parallel_table_scan_size * ROWS_PER_PAGE /
			(1 + max_parallel_workers_per_gather);

	/* A cursor may be left before its end; it has a name that one can see. */
	if (call == NULL || ActivePortal == NULL ||
		ActivePortal->queryDesc == NULL || ActivePortal->queryDesc->planstate == NULL ||
		(ActivePortal->visible && ActivePortal->name[0] != '\0'))
		return 0;
	scan = find_scan(ActivePortal->queryDesc->planstate, call, true);
	if (scan == NULL || scan->ss.ss_currentScanDesc == NULL ||
		scan->ss.ss_currentRelation->rd_tableam != GetHeapamTableAmRoutine())
		return 0;

	heap = (HeapScanDesc) scan->ss.ss_currentScanDesc;
	if (!heap->rs_inited || heap->rs_cblock == InvalidBlockNumber)
		return 0;
	pages = heap->rs_nblocks;
	done = heap->rs_cblock >= heap->rs_startblock ? heap->rs_cblock - heap->rs_startblock + 1 :
		heap->rs_cblock + pages - heap->rs_startblock + 1;
	return so_far * (pages - done) / done;
}
