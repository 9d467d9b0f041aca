/*-------------------------------------------------------------------------
 *
 * code_policy.h
 *	  The policy of an error code: its entry in the catalogue, changed by the rows of
 *	  wa_error_override and wa_incident.  Pure: errors/code_policies.h reads the tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CODE_POLICY_H
#define WA_CODE_POLICY_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"
#include "errors/catalogue.h"

/*
 * A row of wa_incident: failures of the code from since (inclusive) to until (exclusive)
 * do not count as strikes.
 */
typedef struct wa_incident
{
	int32		code;
	wa_str		business;		/* '': every business */
	wa_instant	since;
	wa_instant	until;			/* WA_FOREVER: still lasting */
} wa_incident;

/* The members of wa_code that decisions depend on. */
typedef struct wa_code_policy
{
	int32		code;
	int32		behaves_as;		/* the code itself, or the one that same_as names */
	wa_fault	fault;
	wa_scope	scope;
	wa_effect	effect;
	uint8		blocks;			/* categories a strike blocks, a mask */
	uint8		lifted_by;		/* WA_LIFT_… bits */
	int64		lift_after[WA_EVIDENCES];	/* as in wa_code */
	bool		yields_to_window;
	bool		on_premises_only;
	wa_ladder	ladder;
	int			nincidents;
	const wa_incident *incidents;	/* of this code; borrowed */
} wa_code_policy;

/* What a row of wa_error_override changes; a member counts if its flag is set. */
typedef struct wa_code_change
{
	bool		has_fault;
	bool		has_scope;
	bool		has_blocks;
	bool		has_ladder;
	bool		has_gap;
	bool		has_lifted_by;
	wa_fault	fault;
	wa_scope	scope;
	uint8		blocks;
	wa_ladder	ladder;			/* its gap is ignored */
	int64		gap;
	uint8		lifted_by;
} wa_code_change;

/* The default policy of a code of the catalogue, without incidents. */
extern void wa_code_policy_shipped(const wa_code *shipped, wa_code_policy *policy);

/*
 * The policy of a code that the catalogue does not know: no effect, scope
 * "user", no category.  A change may give it a cooldown.
 */
extern void wa_code_policy_custom(int32 code, wa_code_policy *policy);

/*
 * Apply a change to a policy.
 *
 * A code with both a ladder and blocked categories has a cooldown; a code without one of
 * them has no effect.  Where neither the catalogue nor the change says what lifts a
 * cooldown, an inbound message and any receipt do.  A kind of evidence that the code does
 * not have by default counts from the failure on.  The effect of a code that is an opt-out
 * or closes the window cannot be changed: blocks, ladder, gap and lifted_by are ignored
 * for it.
 */
extern void wa_code_policy_change(const wa_code_change *change, wa_code_policy *policy);

#endif							/* WA_CODE_POLICY_H */
