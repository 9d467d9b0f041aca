/*-------------------------------------------------------------------------
 *
 * event_deltas.h
 *	  Adding events to a batch of row deltas.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_EVENT_DELTAS_H
#define WA_EVENT_DELTAS_H

#include "base/compat.h"

#include "events/event.h"
#include "ingest/event_batch.h"

/* Add one event.  Its strings are copied.  webhook_id: the row of wa_webhook; 0: none. */
extern void wa_event_batch_add(wa_event_batch *batch, const wa_event *event, int64 webhook_id);

/*
 * Record that a webhook of this business and sender, in UTF-8, was received at that time.
 * display_phone: the sender's number as WhatsApp shows it; data NULL where it is absent.
 */
extern void wa_event_batch_add_sender(wa_event_batch *batch, wa_str business, wa_str sender,
									  wa_str display_phone, wa_instant received_at);

#endif							/* WA_EVENT_DELTAS_H */
