/*-------------------------------------------------------------------------
 *
 * holds.h
 *	  Writing what holds senders back, and that they work.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLDS_WRITE_H
#define WA_HOLDS_WRITE_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n row deltas, in the order of their keys, into wa_sender_hold and wa_sender_life.  What
 * is known is not written, of signs of life but the first of a minute.  Inside SPI_connect, with
 * the rights of the owner.
 */
extern void wa_write_holds(const wa_schema *schema, wa_row_delta **holds, int n);
extern void wa_write_lives(const wa_schema *schema, wa_row_delta **lives, int n);

#endif							/* WA_HOLDS_WRITE_H */
