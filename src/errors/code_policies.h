/*-------------------------------------------------------------------------
 *
 * code_policies.h
 *	  The tables wa_error_override and wa_incident, read into memory, and the policy
 *	  of an error code that results from them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CODE_POLICIES_H
#define WA_CODE_POLICIES_H

#include "base/compat.h"

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

/* What there is about a code and about the one that it behaves as; NULL: nothing. */
typedef struct wa_known_code
{
	int32		behaves_as;		/* the code itself, or the one that its override names by same_as */
	const wa_override *own;		/* the override of the code itself */
	const wa_override *row;		/* that of the one that it behaves as */
	const wa_code *shipped;		/* the entry of that one in the catalogue */
} wa_known_code;

/*
 * Read both tables under the active snapshot, which must exist.  Costs almost nothing
 * while they are empty, so it may be called for every statement.
 *
 * Memory: the result, never NULL, lives in the current memory context.
 * Locks: ACCESS SHARE on both tables, to the end of the transaction.
 * Errors: none for missing privileges, which are not checked.
 */
extern wa_code_policies *wa_code_policies_load(const wa_schema *schema);

/* The same without incidents, for questions about codes alone. */
extern wa_code_policies *wa_code_policies_load_overrides(const wa_schema *schema);

/* Look a code up, known or not. */
extern wa_known_code wa_code_policies_look_up(const wa_code_policies *policies, int32 code);

/*
 * The title of a code: the DBA's, of the code itself or of the one that it is the same as, else that
 * of the catalogue.  NULL where there is none.
 */
extern const char *wa_code_policies_title(const wa_code_policies *policies, int32 code);

/*
 * The policy of a code: the default, changed by the override, and its incidents.  Returns
 * false, and leaves *policy unchanged, where the code is unknown to both; such a code has
 * no effect on anybody.
 *
 * A code with same_as has the policy of the other code, with overrides and incidents of
 * that one, and also its own incidents.  policy->code is always the code asked for.
 *
 * Memory: policy->incidents belong to policies.
 */
extern bool wa_code_policies_find(const wa_code_policies *policies, int32 code,
								  wa_code_policy *policy);

/*
 * An interval in microseconds, with days of 24 hours and months of 30 days; WA_FOREVER
 * where that overflows.  Never less than 0.
 */
extern int64 wa_interval_span(Datum interval);

/* text[] as WA_LIFT_… bits; false where an element is not the name of one. */
extern bool wa_lifted_by_from_array(Datum array, uint8 *lifted_by);

/* The name of a kind of evidence in SQL, e.g. "inbound"; static storage. */
extern const char *wa_evidence_name(wa_evidence evidence);

#endif							/* WA_CODE_POLICIES_H */
