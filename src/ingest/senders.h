/*-------------------------------------------------------------------------
 *
 * senders.h
 *	  Writing which businesses and senders were heard of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SENDERS_H
#define WA_SENDERS_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n senders, in the order of their keys, into wa_sender.  Of one that is known,
 * none is written but the first of an hour.  Inside SPI_connect, with the rights of the owner.
 */
extern void wa_write_senders(const wa_schema *schema, wa_row_delta **senders, int n);

#endif							/* WA_SENDERS_H */
