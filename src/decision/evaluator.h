/*-------------------------------------------------------------------------
 *
 * evaluator.h
 *	  One call site's way to answers: look-ups first, then the suppression list.
 *
 * wa_sendable, wa_first_reason and wa_segment_summary are a few lines each on it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_EVALUATOR_H
#define WA_EVALUATOR_H

#include "base/compat.h"

#include "suppression/lazy_list.h"

/* No rule objects. */
#define WA_NO_RULE ((wa_rule) 0)

typedef struct wa_evaluator
{
	wa_lazy_list lazy;
} wa_evaluator;

/* Begin, in memory that is all zero, for the SQL function funcid. */
extern void wa_evaluator_begin(wa_evaluator *evaluator, Oid funcid, MemoryContext memory,
							   bool tells_reasons);

/*
 * A phone in plain digits, a value of text or wa_recipient: nearly every call of a large
 * query ends here.  The list must be one for the question and the caller's snapshot.
 * LOOK_UP stands for all that needs more thought.
 */
static pg_attribute_always_inline wa_list_answer
wa_evaluator_ask(const wa_evaluator *evaluator, const struct varlena *value, wa_str *digits)
{
	return evaluator->lazy.list == NULL ? WA_LIST_LOOK_UP :
		wa_list_ask_plain(evaluator->lazy.list, value, digits);
}

/* The rule that objects first to a phone that was refused so. */
extern wa_rule wa_evaluator_rule(wa_evaluator *evaluator, wa_str digits);

/*
 * The first rule that objects to this recipient (NULL: one that is invalid), WA_NO_RULE
 * where none does.  Where the evaluator tells no reasons, it may be any rule.
 *
 * is_listed: is the list, if there is one, for this question?  changed: is the question
 * another one than at the last call?  Sets *built where it has read a list for this one.
 */
extern wa_rule wa_evaluate(wa_evaluator *evaluator, const wa_question *question,
						   const wa_canonical *recipient, bool is_listed, bool changed,
						   bool *built);

/* A sink for wa_decide: keeps the rule of the first objection in a wa_rule. */
extern bool wa_keep_rule(void *rule, const wa_objection *objection);

#endif							/* WA_EVALUATOR_H */
