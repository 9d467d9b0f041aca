/*-------------------------------------------------------------------------
 *
 * forget_texts.h
 *	  For wa_forget: removing what names a person from payloads and other texts.
 *
 * ids is a wa_recipient[] of all identifiers of the person.  Those that return a number tell how many
 * rows they have changed or deleted.  To be called inside SPI_connect.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FORGET_TEXTS_H
#define WA_FORGET_TEXTS_H

#include "base/compat.h"

#include "base/schema.h"
#include "base/str.h"
#include "recipient/phone.h"

/*
 * Stored webhooks, and words in the log of other identifiers; adds to both numbers how many rows.  age, an
 * int4: only of rows that a transaction of this age or a younger one wrote; NULL: of all.
 */
extern void wa_forget_stored(const wa_schema *schema, Datum ids, const Datum *age, int64 *webhooks,
							 int64 *words);

/* Problems.  Raises a WARNING for payloads whose signature cannot be checked again after that. */
extern int64 wa_forget_problems(const wa_schema *schema, Datum ids);

/*
 * What is left in the log once the person's own rows are deleted.  current: the identifiers that the person
 * has not left.
 */
extern int64 wa_forget_mentions(const wa_schema *schema, Datum ids, Datum current);

/* Reasons: of other erasures and unlinkings, of holds, and of policy. */
extern void wa_forget_reasons(const wa_schema *schema, Datum ids);

/* What may be said of the erasure itself.  Error: invalid_parameter_value where it names one of these. */
extern void wa_forget_check_reason(wa_str reason, const wa_canonical *ids, int n);

#endif							/* WA_FORGET_TEXTS_H */
