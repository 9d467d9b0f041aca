/*-------------------------------------------------------------------------
 *
 * reading_query.h
 *	  A query that a caller passes as text.  It is run with the caller's rights and
 *	  search path, and must be one SELECT that only reads.  Functions that it calls
 *	  are restricted as in a stable function, and no further.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_READING_QUERY_H
#define WA_READING_QUERY_H

#include "base/compat.h"

#include "executor/spi.h"

/*
 * Connect to SPI and prepare the query.  noun, such as "a segment query", and hint are
 * used in error messages.  *columns describes the result and lives as long as the plan.
 *
 * Errors: invalid_parameter_value where it is no single reading SELECT; those of the parser.
 */
extern SPIPlanPtr wa_reading_query_prepare(const char *text, const char *noun, const char *hint,
										   TupleDesc *columns);

/*
 * Run it under the snapshot of the caller's statement, and disconnect from SPI; receive is called with each row,
 * and arg.
 */
extern void wa_reading_query_run(SPIPlanPtr plan, void (*receive) (void *arg, TupleTableSlot *row),
								 void *arg);

#endif							/* WA_READING_QUERY_H */
