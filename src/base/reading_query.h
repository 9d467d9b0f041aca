/*-------------------------------------------------------------------------
 *
 * reading_query.h
 *	  A query that a caller hands over as text, to be run with the caller's rights
 *	  and search path: one SELECT that only reads (which binds the functions that
 *	  it calls no more than it does in any stable function).
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_READING_QUERY_H
#define WA_READING_QUERY_H

#include "base/compat.h"

#include "executor/spi.h"
#include "tcop/dest.h"

/*
 * Prepare it, inside SPI_connect.  noun, as "a segment query", and hint are for the error
 * that says what is wrong with it.  *columns is what it yields, as long as the plan lives.
 *
 * Errors: invalid_parameter_value where it is anything else; those of the parser.
 */
extern SPIPlanPtr wa_reading_query_prepare(const char *text, const char *noun, const char *hint,
										   TupleDesc *columns);

/* Hand its rows to dest as the executor yields them, by the snapshot of the caller's statement. */
extern void wa_reading_query_run(SPIPlanPtr plan, DestReceiver *dest);

#endif							/* WA_READING_QUERY_H */
