/*-------------------------------------------------------------------------
 *
 * code_policy.c
 *	  The effective policy of an error code; see code_policy.h.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "errors/code_policy.h"

void
wa_code_policy_shipped(const wa_code *shipped, wa_code_policy *policy)
{
	policy->code = policy->behaves_as = shipped->code;
	policy->fault = shipped->fault;
	policy->scope = shipped->scope;
	policy->effect = shipped->effect;
	policy->blocks = shipped->blocks;
	policy->lifted_by = shipped->lifted_by;
	memcpy(policy->lift_after, shipped->lift_after, sizeof(policy->lift_after));
	policy->yields_to_window = shipped->yields_to_window;
	policy->on_premises_only = shipped->on_premises_only;
	policy->ladder = shipped->ladder;
	policy->nincidents = 0;
	policy->incidents = NULL;
}

void
wa_code_policy_custom(int32 code, wa_code_policy *policy)
{
	memset(policy, 0, sizeof(*policy));
	policy->code = policy->behaves_as = code;
	policy->fault = WA_FAULT_NONE;
	policy->scope = WA_SCOPE_USER;
	policy->effect = WA_EFFECT_NONE;
}

void
wa_code_policy_change(const wa_code_change *change, wa_code_policy *policy)
{
	if (change->has_fault)
		policy->fault = change->fault;
	if (change->has_scope)
		policy->scope = change->scope;

	if (policy->effect == WA_EFFECT_STOP || policy->effect == WA_EFFECT_CLOSE_WINDOW)
		return;

	if (change->has_blocks)
		policy->blocks = change->blocks;
	if (change->has_ladder)
	{
		int64		gap = policy->ladder.gap;

		policy->ladder = change->ladder;
		policy->ladder.gap = gap;
	}
	if (change->has_gap)
		policy->ladder.gap = change->gap;

	policy->effect = policy->ladder.nsteps > 0 && policy->blocks != 0 ?
		WA_EFFECT_COOLDOWN : WA_EFFECT_NONE;
	if (change->has_lifted_by)
		policy->lifted_by = change->lifted_by;
	else if (policy->effect == WA_EFFECT_COOLDOWN && policy->lifted_by == 0)
		policy->lifted_by = WA_LIFT_INBOUND | WA_LIFT_RECEIPT;
}
