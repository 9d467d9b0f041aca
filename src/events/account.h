/*-------------------------------------------------------------------------
 *
 * account.h
 *	  Interpreting what is said of senders and accounts.
 *	  Included by the files of this folder only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INTERPRET_ACCOUNT_H
#define WA_INTERPRET_ACCOUNT_H

#include "c.h"

#include "events/context.h"
#include "payload/payload.h"

/* Report a hold of the sender, if an error with this code makes one. */
extern void wa_interpret_holding_code(wa_context *c, const wa_code_policy *policy);

/* Interpret the value of an account_update. */
extern wa_element_outcome wa_interpret_account_update(wa_context *c, const wa_element *element);

#endif							/* WA_INTERPRET_ACCOUNT_H */
