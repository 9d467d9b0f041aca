/*-------------------------------------------------------------------------
 *
 * writer.h
 *	  Writing the events of a statement to the state tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_WRITER_H
#define WA_WRITER_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/event.h"
#include "ingest/event_batch.h"

/*
 * Take the locks that exclude wa_recompute and wa_forget.  To be called before the policy
 * is loaded.  They are held to the end of the transaction.
 */
extern void wa_write_begin(const wa_schema *schema);

/*
 * Write every state row of the batch once; see "Races" in src/README.md for the order of
 * the steps and why no two calls can deadlock.  To be called inside SPI_connect, with the
 * owner's rights.
 *
 * Locks: the rows that it writes, in the sequence of tables that "Lock order" there tells,
 * and in each table in the order of its key.
 */
extern void wa_write(const wa_schema *schema, const wa_policy *policy, wa_event_batch *batch);

#endif							/* WA_WRITER_H */
