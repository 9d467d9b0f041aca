/*-------------------------------------------------------------------------
 *
 * state_rows.h
 *	  How row deltas are merged into the state tables.  The rows that wa_upsert takes for a
 *	  target are wa_row_delta *, unless said otherwise.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STATE_ROWS_H
#define WA_STATE_ROWS_H

#include "base/compat.h"

#include "ingest/upsert.h"

extern wa_upsert_target wa_recipient_lock_target;	/* of wa_str */
extern wa_upsert_target wa_activity_target;
extern wa_upsert_target wa_cooldown_target;
extern wa_upsert_target wa_delivery_target;
extern wa_upsert_target wa_consent_target;
extern wa_upsert_target wa_consent_log_target;	/* of wa_consent_event */
extern wa_upsert_target wa_change_target;
extern wa_upsert_target wa_message_target;
extern wa_upsert_target wa_sender_target;	/* a known one is written once an hour */
extern wa_upsert_target wa_hold_target;
extern wa_upsert_target wa_life_target; /* written once a minute */
extern wa_upsert_target wa_template_target;

/*
 * links.c: merge sightings, in the order of their keys, into wa_identity.  A known link is written
 * once a day.  To be called inside SPI_connect, with the owner's rights.
 *
 * Locks: the rows written, in the order of wa_identity's primary key.
 */
extern void wa_write_links(const wa_schema *schema, const wa_deltas *sightings);

/* The i-th row, for wa_upsert_target.put. */
static inline const wa_row_delta *
wa_delta_at(const void *rows, int i)
{
	return ((wa_row_delta *const *) rows)[i];
}

#endif							/* WA_STATE_ROWS_H */
