/*-------------------------------------------------------------------------
 *
 * counts.h
 *	  The result of the SQL functions of intake.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_COUNTS_H
#define WA_COUNTS_H

#include "base/compat.h"

#include "ingest/intake.h"

/* The result row (applied, ignored, problems). */
extern Datum wa_counts_datum(FunctionCallInfo fcinfo, wa_counts counts);

#endif							/* WA_COUNTS_H */
