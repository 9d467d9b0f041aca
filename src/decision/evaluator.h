/*-------------------------------------------------------------------------
 *
 * evaluator.h
 *	  Evaluates decisions for one call site: by look-ups first, later by the suppression
 *	  list.  Used by wa_sendable, wa_first_reason and wa_segment_summary.
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

/* Initialize, for the SQL function funcid; *evaluator must be all zero. */
extern void wa_evaluator_begin(wa_evaluator *evaluator, Oid funcid, MemoryContext memory,
							   bool tells_reasons);

/*
 * Ask the list about a value of text or wa_recipient that is plain digits; most calls of a
 * large query need no more.  The list must be for the question and the caller's snapshot.
 * LOOK_UP: wa_evaluate must be called.
 */
static pg_attribute_always_inline wa_list_answer
wa_evaluator_ask(const wa_evaluator *evaluator, const struct varlena *value, wa_str *digits)
{
	return evaluator->lazy.list == NULL ? WA_LIST_LOOK_UP :
		wa_list_ask_plain(evaluator->lazy.list, value, digits);
}

/* The first rule that objects to a phone that wa_evaluator_ask has refused. */
extern wa_rule wa_evaluator_rule(wa_evaluator *evaluator, wa_str digits);

/*
 * The first rule that objects to this recipient (NULL stands for an invalid one), WA_NO_RULE
 * where none does.  Without tells_reasons it may be any rule that objects.
 *
 * is_listed: is the list, if there is one, for this question?  changed: does the question
 * differ from that of the last call?  Sets *built to true if it has read a list for this
 * question.
 */
extern wa_rule wa_evaluate(wa_evaluator *evaluator, const wa_question *question,
						   const wa_canonical *recipient, bool is_listed, bool changed,
						   bool *built);

/* An objection sink for wa_decide: stores the rule of the first objection in *rule, a wa_rule. */
extern bool wa_keep_rule(void *rule, const wa_objection *objection);

#endif							/* WA_EVALUATOR_H */
