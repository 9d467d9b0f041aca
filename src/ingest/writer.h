/*-------------------------------------------------------------------------
 *
 * writer.h
 *	  Bringing the events of a statement into the state tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_WRITER_H
#define WA_WRITER_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/interpret.h"
#include "ingest/event_batch.h"

/*
 * Take the locks that keep ingests apart from wa_recompute.  To be called before
 * the policy is loaded; held until the transaction ends.
 */
extern void wa_write_begin(const wa_schema *schema);

/*
 * Write every touched state row once, in key order; see "Races" in
 * src/README.md for the order of the steps and why no two of these can
 * deadlock.  Inside SPI_connect, with the rights of the owner.
 *
 * Locks: rows of wa_recipient_lock, wa_activity, wa_cooldown, wa_consent,
 * wa_identity_change, wa_identity and wa_sender, in this sequence and each in the order of its key.
 */
extern void wa_write(const wa_schema *schema, const wa_policy *policy, wa_event_batch *batch);

#endif							/* WA_WRITER_H */
