/*-------------------------------------------------------------------------
 *
 * senders.h
 *	  Writing known businesses and senders.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SENDERS_H
#define WA_SENDERS_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n senders, in the order of their keys, into wa_sender.  A known sender is written
 * once an hour.  To be called inside SPI_connect, with the owner's rights.
 */
extern void wa_write_senders(const wa_schema *schema, wa_row_delta **senders, int n);

#endif							/* WA_SENDERS_H */
