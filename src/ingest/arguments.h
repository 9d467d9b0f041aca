/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  Arguments and results that the functions of the intake have in common.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INGEST_ARGUMENTS_H
#define WA_INGEST_ARGUMENTS_H

#include "common/compat.h"

#include "ingest/intake.h"

/*
 * A text or bytea argument, borrowed.  NULL is an ERROR (null_value_not_
 * allowed) that names the argument, or an empty string.
 */
extern wa_str wa_required_text_arg(FunctionCallInfo fcinfo, int argno, const char *name);
extern wa_str wa_optional_text_arg(FunctionCallInfo fcinfo, int argno);

/* The row (applied, ignored, problems). */
extern Datum wa_counts_datum(FunctionCallInfo fcinfo, wa_counts counts);

#endif							/* WA_INGEST_ARGUMENTS_H */
