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

/*
 * The first rule that objects to this recipient (NULL stands for an invalid one), WA_NO_RULE
 * where none does.  Without tells_reasons it may be any rule that objects.
 *
 * is_listed: is the list, if there is one, for this question?  changed: does the question
 * differ from that of the last call?  Sets *built to true if it has read a list for this
 * question.
 */
extern wa_rule wa_evaluate(wa_lazy_list *lazy, const wa_question *question,
						   const wa_canonical *recipient, bool is_listed, bool changed,
						   bool *built);

#endif							/* WA_EVALUATOR_H */
