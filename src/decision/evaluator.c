/*-------------------------------------------------------------------------
 *
 * evaluator.c
 *	  Evaluating decisions for one call site.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "optimizer/cost.h"

#include "decision/evaluator.h"
#include "rules/known.h"

/* Is there a list for this question and such recipients, or is it time to read one? */
static bool
has_list(wa_lazy_list *lazy, const wa_question *question, bool user_id, bool is_listed,
		 bool changed, bool *built)
{
	if (lazy->list != NULL && is_listed && (!user_id || lazy->list->has_user_ids))
		return true;
	/* The other processes of a parallel query look up as well. */
	if (!wa_lazy_list_due(lazy, question, user_id, changed,
						  IsInParallelMode() ? 1 + max_parallel_workers_per_gather : 1))
		return false;
	*built = wa_lazy_list_build(lazy, question, user_id);
	return *built;
}

wa_rule
wa_evaluate(wa_lazy_list *lazy, const wa_question *question, const wa_canonical *recipient,
			bool is_listed, bool changed, bool *built)
{
	wa_decision_cache *cache = wa_lazy_list_cache(lazy);
	wa_rule		rule;

	*built = false;
	wa_decision_cache_check(cache, question);
	if (recipient == NULL)
		return WA_RULE_INVALID_RECIPIENT;
	if (has_list(lazy, question, wa_is_bsuid(recipient->text), is_listed, changed, built))
	{
		wa_list_answer answer = wa_list_ask(lazy->list, recipient);

		if (answer == WA_LIST_ALLOWED)
			return WA_NO_RULE;
		if (answer == WA_LIST_REFUSED)
			return wa_list_rule(lazy->list, recipient);
		if (!lazy->tells_reasons &&
			wa_list_refuses_place(lazy->list, recipient, &rule))
			return rule;
	}
	return wa_first_rule(wa_facts_of(cache, recipient), question);
}
