/*-------------------------------------------------------------------------
 *
 * state_rows.h
 *	  How row deltas are merged into the state tables.  After each target: the type of
 *	  the rows that wa_upsert takes for it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STATE_ROWS_H
#define WA_STATE_ROWS_H

#include "base/compat.h"

#include "ingest/upsert.h"

extern const wa_upsert_target wa_recipient_lock_target; /* of wa_str */
extern const wa_upsert_target wa_activity_target;	/* of wa_row_delta * */
extern const wa_upsert_target wa_cooldown_target;	/* of wa_row_delta * */
extern const wa_upsert_target wa_delivery_target;	/* of wa_row_delta * */
extern const wa_upsert_target wa_consent_target;	/* of wa_row_delta * */
extern const wa_upsert_target wa_consent_log_target;	/* of wa_consent_event */
extern const wa_upsert_target wa_change_target; /* of wa_row_delta * */
extern const wa_upsert_target wa_message_target;	/* of wa_row_delta * */

#endif							/* WA_STATE_ROWS_H */
