/*-------------------------------------------------------------------------
 *
 * override.h
 *	  The table wa_error_override, read into memory, and the effective
 *	  policy of a code under it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_OVERRIDE_H
#define WA_OVERRIDE_H

#include "postgres.h"

#include "errors/code_policy.h"

/* One row of wa_error_override. */
typedef struct wa_override
{
	int32		code;
	char	   *title;			/* NULL where it is not changed */
	char	   *reason;			/* NULL where none is given */
	wa_code_change change;
} wa_override;

/* All rows, ascending by code. */
typedef struct wa_overrides
{
	int			count;
	wa_override *rows;
} wa_overrides;

/*
 * Read wa_error_override of the extension's schema, as the active snapshot
 * sees it; there must be one.  No privilege on the table is asked for.  The
 * result is never NULL and lives in the current memory context.  Costs
 * nearly nothing while the table is empty, so it may be called for every
 * statement.
 */
extern wa_overrides *wa_overrides_load(Oid nspid);

/* The row of a code, or NULL. */
extern const wa_override *wa_overrides_find(const wa_overrides *overrides, int32 code);

/*
 * The policy of a code: what is shipped, with the override laid over it.
 * False where neither knows the code; *policy is then left alone, and nobody
 * may be affected.
 */
extern bool wa_effective_code(const wa_overrides *overrides, int32 code, wa_code_policy *policy);

/*
 * Microseconds of an interval with days of 24 hours and months of 30 days,
 * and WA_FOREVER where that is more than fits.  Not less than 0.
 */
extern int64 wa_interval_span(Datum interval);

#endif							/* WA_OVERRIDE_H */
