/*-------------------------------------------------------------------------
 *
 * hold.c
 *	  Which errors and restrictions hold a sender, and for how long.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/category.h"
#include "errors/catalogue.h"
#include "state/hold.h"

/*
 * Not every code that blames the sender: a message of the wrong form says nothing of the next
 * one.  How long is the wait of the catalogue, so that wa_retry_after says the same.
 */
static const struct
{
	int32		code;
	uint8		categories;
}			holding[] = {
	{368, WA_ALL_CATEGORIES},
	{80007, WA_ALL_CATEGORIES},
	{130429, WA_ALL_CATEGORIES},
	{130497, WA_ALL_CATEGORIES},
	{131031, WA_ALL_CATEGORIES},
	{131037, WA_ALL_CATEGORIES},
	{131042, WA_ALL_CATEGORIES},
	{131045, WA_ALL_CATEGORIES},
	{131048, WA_ALL_CATEGORIES},
	{131057, WA_ALL_CATEGORIES},
	{131063, WA_CATEGORY_BIT(WA_MARKETING)},
	{131064, WA_CATEGORY_BIT(WA_UTILITY)},
	{133010, WA_ALL_CATEGORIES},
};

uint8
wa_hold_of_code(const wa_code_policy *policy, int64 *span)
{
	const wa_code *known;

	if (policy->scope != WA_SCOPE_SENDER && policy->scope != WA_SCOPE_BUSINESS &&
		policy->scope != WA_SCOPE_COUNTRY)
		return 0;
	for (int i = 0; i < lengthof(holding); i++)
	{
		if (holding[i].code != policy->behaves_as)
			continue;
		known = wa_catalogue_find(policy->behaves_as);
		if (known == NULL || known->waits.nsteps == 0)
			return 0;
		*span = known->waits.step[0];
		return holding[i].categories;
	}
	return 0;
}

static const struct
{
	int32		cause;
	const char *name;
	uint8		categories;
}			causes[] = {
	{WA_CAUSE_DISABLED, "DISABLED_UPDATE", WA_ALL_CATEGORIES},
	{WA_CAUSE_BUSINESS_INITIATED, "RESTRICTED_BIZ_INITIATED_MESSAGING", WA_TEMPLATES},
	{WA_CAUSE_CUSTOMER_INITIATED, "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", WA_CATEGORY_BIT(WA_SERVICE)},
	{WA_CAUSE_UTILITY_TEMPLATES, "RESTRICTED_UTILITY_TEMPLATES", WA_CATEGORY_BIT(WA_UTILITY)},
	{WA_CAUSE_UTILITY_RATE, "RATE_LIMITED_UTILITY_TEMPLATE_MESSAGING", 0},
	{WA_CAUSE_WARNING, "ACCOUNT_RESTRICTION", 0},
};

int32
wa_hold_of_restriction(wa_str name, uint8 *categories)
{
	for (int i = 1; i < lengthof(causes); i++)
	{
		if (wa_str_given(name) && wa_str_says(name, causes[i].name))
		{
			*categories = causes[i].categories;
			return causes[i].cause;
		}
	}
	return 0;
}

const char *
wa_cause_name(int32 cause)
{
	for (int i = 0; i < lengthof(causes); i++)
	{
		if (causes[i].cause == cause)
			return causes[i].name;
	}
	return "error";
}
