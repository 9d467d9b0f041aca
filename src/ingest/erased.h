/*-------------------------------------------------------------------------
 *
 * erased.h
 *	  What a statement brings about people who were erased.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INGEST_ERASED_H
#define WA_INGEST_ERASED_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Drop receipts, messages sent, links and changes of identifier of those who were erased, unless
 * they have written or opted in since, in the tables or in this batch.  Who would be linked with one
 * of them counts as erased as well, and whom that one reaches by stored links.  What protects
 * (stops, failures), messages and opt-ins are kept.
 *
 * Inside SPI_connect, after wa_write_begin, which keeps wa_forget away.
 */
extern void wa_leave_out_erased(const wa_schema *schema, wa_deltas *activities,
								wa_deltas *deliveries, wa_deltas *messages, wa_deltas *sightings,
								wa_deltas *changes, wa_event_batch *batch);

#endif							/* WA_INGEST_ERASED_H */
