/*-------------------------------------------------------------------------
 *
 * erased.h
 *	  Leaving out events about people who were erased.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INGEST_ERASED_H
#define WA_INGEST_ERASED_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"
#include "ingest/upsert.h"
#include "state/erased.h"

/*
 * Remove from deltas[WA_ROW_KINDS] the receipts, sent messages, links and changes of identifier of people who were
 * erased, unless they have written or opted in since, in the tables or in these deltas.  An identifier
 * that would be linked with one of theirs counts as erased as well, and so do those that it
 * is connected with by stored links.  Events that protect (stops, failures), inbound
 * messages and opt-ins are kept.
 *
 * To be called inside SPI_connect, after wa_write_begin, which excludes wa_forget.
 */
extern void wa_leave_out_erased(const wa_schema *schema, wa_deltas *deltas);

/*
 * Rows of wa_erased: append one to columns, which are all zero at first, and write those that are
 * not there with these times or later ones.  The latter inside SPI_connect.
 */
#define WA_ERASED_COLUMNS	4

extern void wa_put_erased(wa_column *columns, const wa_erasure_key *key, wa_str identifier,
						  wa_erased erased);
extern void wa_write_erased(const wa_schema *schema, const wa_column *columns);

#endif							/* WA_INGEST_ERASED_H */
