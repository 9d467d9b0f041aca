/*-------------------------------------------------------------------------
 *
 * rows_ahead.h
 *	  How often will a function still be called by the query that it is in?
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ROWS_AHEAD_H
#define WA_ROWS_AHEAD_H

#include "common/compat.h"

/*
 * call: the FuncExpr of the call site (fn_expr); so_far: how often it was called
 * in this execution, at least once.  An extrapolation from how far the scan of
 * a table has come that will be read to its end; 0 where that cannot be told.
 * In a parallel query: this process's share of the least that the planner gives
 * workers to.
 */
extern double wa_rows_ahead(const Node *call, double so_far);

#endif							/* WA_ROWS_AHEAD_H */
