/*-------------------------------------------------------------------------
 *
 * fact_rows.h
 *	  Rows of the state tables, as facts about a recipient.  Included by the files of this
 *	  folder only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FACT_ROWS_H
#define WA_FACT_ROWS_H

#include "rules/decision_cache.h"
#include "state/read.h"

/*
 * Add the reader's current row, of the table of that part, to the facts; in the current memory
 * context.  Of wa_cooldown only those are added that can object: with an end, and of a code that blocks; codes is for
 * these alone.
 */
extern void wa_add_fact_row(wa_facts *facts, wa_part part, wa_reader *reader,
							const wa_code_policies *codes);

/* Put the messages of the rows of wa_delivery in order, once these are gathered. */
extern void wa_order_delivered(wa_facts *facts);

/* Read the current row of wa_delivery, into the current memory context. */
extern void wa_read_delivery(wa_reader *reader, wa_delivery_row *row);

/*
 * Fill in since and excluded of a cooldown as it is stored, by its failures and the instant up to
 * which evidence lifts them.
 */
extern void wa_describe_cooldown(wa_cooldown_row *row, const wa_failures *failures,
								 wa_instant lifted, const wa_code_policy *policy);

/*
 * After wa_reader_seek: the next claim whose lease ends at that time or later.  Read the current row of
 * wa_claim; and keep one row of each claim, returning their number.
 */
extern bool wa_next_claim(wa_reader *reader, wa_instant from);
extern void wa_read_claim(wa_reader *reader, wa_claim_row *row);
extern int	wa_claims_once(wa_claim_row *rows, int n);

/* When the identifier asked about was erased. */
extern const wa_erased *wa_gather_erasure(wa_decision_cache *cache);

#endif							/* WA_FACT_ROWS_H */
