/*-------------------------------------------------------------------------
 *
 * code_policies.h
 *	  What the DBA says of error codes, the tables wa_error_override and
 *	  wa_incident, read into memory, and the effective policy of a code under it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CODE_POLICIES_H
#define WA_CODE_POLICIES_H

#include "postgres.h"

#include "base/schema.h"
#include "errors/code_policy.h"

/* One row of wa_error_override. */
typedef struct wa_override
{
	int32		code;
	bool		has_same_as;
	int32		same_as;
	char	   *title;			/* NULL where it is not changed */
	char	   *reason;			/* NULL where none is given */
	wa_code_change change;
} wa_override;

typedef struct wa_code_policies
{
	int			noverrides;
	wa_override *overrides;		/* ascending by code */
	int			nincidents;
	wa_incident *incidents;		/* ascending by code */
} wa_code_policies;

/*
 * Read both tables as the active snapshot sees them; there must be one.  Costs
 * nearly nothing while they are empty, so it may be called for every statement.
 *
 * Memory: the result, never NULL, lives in the current memory context.
 * Locks: ACCESS SHARE on both tables, to the end of the transaction.
 * Errors: none for want of privileges, which are not asked for.
 */
extern wa_code_policies *wa_code_policies_load(const wa_schema *schema);

/* The override of a code, or NULL. */
extern const wa_override *wa_code_policies_override(const wa_code_policies *policies, int32 code);

/* The code that a code behaves as: another one where an override says so. */
extern int32 wa_code_policies_resolve(const wa_code_policies *policies, int32 code);

/*
 * The policy of a code: what is shipped, with the override laid over it, and its
 * incidents.  False where neither knows the code; *policy is then left alone, and
 * nobody may be affected.
 *
 * A code that behaves as another has the policy of that one, overrides and
 * incidents included, besides incidents of its own.  policy->code is its own.
 *
 * Memory: policy->incidents belong to policies.
 */
extern bool wa_code_policies_find(const wa_code_policies *policies, int32 code,
								  wa_code_policy *policy);

/*
 * Microseconds of an interval with days of 24 hours and months of 30 days,
 * and WA_FOREVER where that is more than fits.  Not less than 0.
 */
extern int64 wa_interval_span(Datum interval);

/* text[] as WA_LIFT_… bits; false where an element is none of their names. */
extern bool wa_lifted_by_from_array(Datum array, uint8 *lifted_by);

/* The name of a kind of evidence in SQL, e.g. "inbound"; static storage. */
extern const char *wa_evidence_name(wa_evidence evidence);

#endif							/* WA_CODE_POLICIES_H */
