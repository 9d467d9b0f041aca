/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  The columns of the state tables by number, in the order of state.sql,
 *	  delivery.sql, sender.sql and hold.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STATE_COLUMNS_H
#define WA_STATE_COLUMNS_H

enum
{
	Anum_wa_consent_recipient = 1,
	Anum_wa_consent_business,
	Anum_wa_consent_register,
	Anum_wa_consent_state,
	Anum_wa_consent_at,
	Anum_wa_consent_origin,
	Anum_wa_consent_code,
	Anum_wa_consent_sender,
	Anum_wa_consent_message_id,
	Anum_wa_consent_stopped_at,
	Anum_wa_consent_resumed_at
};

enum
{
	Anum_wa_consent_log_id = 1,
	Anum_wa_consent_log_recipient,
	Anum_wa_consent_log_business,
	Anum_wa_consent_log_register,
	Anum_wa_consent_log_state,
	Anum_wa_consent_log_at,
	Anum_wa_consent_log_origin,
	Anum_wa_consent_log_code,
	Anum_wa_consent_log_evidence,
	Anum_wa_consent_log_sender,
	Anum_wa_consent_log_message_id,
	Anum_wa_consent_log_also_named
};

enum
{
	Anum_wa_cooldown_recipient = 1,
	Anum_wa_cooldown_business,
	Anum_wa_cooldown_code,
	Anum_wa_cooldown_strikes,
	Anum_wa_cooldown_until,
	Anum_wa_cooldown_lifted_at,
	Anum_wa_cooldown_failures
};

enum
{
	Anum_wa_activity_recipient = 1,
	Anum_wa_activity_business,
	Anum_wa_activity_sender,
	Anum_wa_activity_wa_id,
	Anum_wa_activity_last_inbound_at,
	Anum_wa_activity_last_delivered_at,
	Anum_wa_activity_last_read_at,
	Anum_wa_activity_last_marketing_delivered_at,
	Anum_wa_activity_last_window_refused_at,
	Anum_wa_activity_wa_id_at
};

enum
{
	Anum_wa_delivery_recipient = 1,
	Anum_wa_delivery_business,
	Anum_wa_delivery_category,
	Anum_wa_delivery_deliveries,
	Anum_wa_delivery_messages
};

enum
{
	Anum_wa_sender_business = 1,
	Anum_wa_sender_sender,
	Anum_wa_sender_display_phone,
	Anum_wa_sender_first_seen,
	Anum_wa_sender_last_seen
};

enum
{
	Anum_wa_sender_hold_business = 1,
	Anum_wa_sender_hold_sender,
	Anum_wa_sender_hold_region,
	Anum_wa_sender_hold_cause,
	Anum_wa_sender_hold_code,
	Anum_wa_sender_hold_categories,
	Anum_wa_sender_hold_since,
	Anum_wa_sender_hold_until,
	Anum_wa_sender_hold_reason,
	Anum_wa_sender_hold_lifted_at
};

enum
{
	Anum_wa_sender_life_business = 1,
	Anum_wa_sender_life_sender,
	Anum_wa_sender_life_region,
	Anum_wa_sender_life_category,
	Anum_wa_sender_life_alive_at
};

/* Made by claims/claims.sql. */
enum
{
	Anum_wa_claim_campaign = 1,
	Anum_wa_claim_recipient,
	Anum_wa_claim_category,
	Anum_wa_claim_business,
	Anum_wa_claim_sender,
	Anum_wa_claim_claimed_at,
	Anum_wa_claim_lease_until,
	Anum_wa_claim_sent_at,
	Anum_wa_claim_message_id,
	Anum_wa_claim_template,
	Anum_wa_claim_home,
	Anum_wa_claim_token
};

#endif							/* WA_STATE_COLUMNS_H */
