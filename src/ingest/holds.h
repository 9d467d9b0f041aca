/*-------------------------------------------------------------------------
 *
 * holds.h
 *	  Writing holds of senders and their signs of life.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLDS_WRITE_H
#define WA_HOLDS_WRITE_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n row deltas, in the order of their keys, into wa_sender_hold or wa_sender_life.  Rows
 * that would not change are not written; a sign of life is written once a minute.  To be
 * called inside SPI_connect, with the owner's rights.
 */
extern void wa_write_holds(const wa_schema *schema, wa_row_delta **holds, int n);
extern void wa_write_lives(const wa_schema *schema, wa_row_delta **lives, int n);

#endif							/* WA_HOLDS_WRITE_H */
