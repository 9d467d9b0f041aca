/*-------------------------------------------------------------------------
 *
 * changes.h
 *	  Interpreting changes of identifier.
 *	  Included by the files of this folder only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_CHANGES_H
#define WA_INTERPRET_CHANGES_H

#include "c.h"

#include "events/context.h"
#include "payload/payload.h"

/* Interpret a system message about a user's new number or BSUID. */
extern void wa_interpret_changed_user(wa_context *c, const wa_element *element);

/* Interpret an item of user_id_update[]. */
extern wa_element_outcome wa_interpret_user_id_update(wa_context *c,
													  const wa_element *element);

#endif							/* WA_INTERPRET_CHANGES_H */
