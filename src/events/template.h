/*-------------------------------------------------------------------------
 *
 * template.h
 *	  Interpreting webhooks about templates.
 *	  Included by the files of this folder only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_TEMPLATE_H
#define WA_INTERPRET_TEMPLATE_H

#include "c.h"

#include "events/context.h"
#include "payload/payload.h"

/* Interpret the value of a change about a template. */
extern wa_element_outcome wa_interpret_template(wa_context *c, const wa_element *element);

#endif							/* WA_INTERPRET_TEMPLATE_H */
