/*-------------------------------------------------------------------------
 *
 * code_policy.h
 *	  What an error code does here: the shipped entry of the catalogue with
 *	  the changes of the DBA laid over it.  Pure: errors/code_policies.h reads
 *	  the changes from their tables.
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
 * A time of which the DBA says that failures of a code in it count as no strike:
 * from since up to, not including, until.
 */
typedef struct wa_incident
{
	int32		code;
	wa_str		business;		/* '': every business */
	wa_instant	since;
	wa_instant	until;			/* WA_FOREVER: it goes on */
} wa_incident;

/* The part of a wa_code that decides anything. */
typedef struct wa_code_policy
{
	int32		code;
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
	wa_ladder	ladder;			/* its gap is not looked at */
	int64		gap;
	uint8		lifted_by;
} wa_code_change;

/* The policy of a shipped code as it is shipped, without incidents. */
extern void wa_code_policy_shipped(const wa_code *shipped, wa_code_policy *policy);

/*
 * The policy of a code that the catalogue does not know: no effect, scope
 * "user", no category.  A change may give it a cooldown.
 */
extern void wa_code_policy_custom(int32 code, wa_code_policy *policy);

/*
 * Lay a change over a policy.
 *
 * A code with both a ladder and blocked categories has a cooldown, a code
 * that lacks either has no effect.  Where neither the catalogue nor the change
 * says what lifts a cooldown, an inbound message and any receipt do.  A kind of
 * evidence that is new to the code counts from the failure on.  The effect of a
 * code that is an opt-out or closes the window cannot be changed, and blocks,
 * ladder, gap and lifted_by are passed over for it.
 */
extern void wa_code_policy_change(const wa_code_change *change, wa_code_policy *policy);

#endif							/* WA_CODE_POLICY_H */
