/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  The columns of the tables that C reads in place, by number.
 *
 * They stand in the order of the CREATE TABLE statements (state/state.sql,
 * identity/identity.sql, events/phrase.sql, decision/region_rule.sql,
 * signature/signature.sql, ingest/ingest.sql); the test catalog.sql holds the
 * two together.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_COLUMNS_H
#define WA_COLUMNS_H

enum wa_consent_column
{
	WA_CONSENT_AT = 1,
	WA_CONSENT_STOPPED_AT,
	WA_CONSENT_RESUMED_AT,
	WA_CONSENT_RECIPIENT,
	WA_CONSENT_BUSINESS,
	WA_CONSENT_REGISTER,
	WA_CONSENT_STATE,
	WA_CONSENT_ORIGIN,
	WA_CONSENT_SENDER,
	WA_CONSENT_MESSAGE_ID
};

enum wa_cooldown_column
{
	WA_COOLDOWN_UNTIL = 1,
	WA_COOLDOWN_LIFTED_AT,
	WA_COOLDOWN_CODE,
	WA_COOLDOWN_STRIKES,
	WA_COOLDOWN_RECIPIENT,
	WA_COOLDOWN_BUSINESS,
	WA_COOLDOWN_FAILURES
};

enum wa_activity_column
{
	WA_ACTIVITY_LAST_INBOUND_AT = 1,
	WA_ACTIVITY_LAST_DELIVERED_AT,
	WA_ACTIVITY_LAST_READ_AT,
	WA_ACTIVITY_LAST_MARKETING_DELIVERED_AT,
	WA_ACTIVITY_LAST_WINDOW_REFUSED_AT,
	WA_ACTIVITY_WA_ID_AT,
	WA_ACTIVITY_RECIPIENT,
	WA_ACTIVITY_BUSINESS,
	WA_ACTIVITY_SENDER,
	WA_ACTIVITY_WA_ID
};

enum wa_consent_log_column
{
	WA_CONSENT_LOG_ID = 1,
	WA_CONSENT_LOG_RECORDED_AT,
	WA_CONSENT_LOG_AT,
	WA_CONSENT_LOG_WEBHOOK_ID,
	WA_CONSENT_LOG_RECIPIENT,
	WA_CONSENT_LOG_BUSINESS,
	WA_CONSENT_LOG_REGISTER,
	WA_CONSENT_LOG_STATE,
	WA_CONSENT_LOG_ORIGIN
};

enum wa_identity_column
{
	WA_IDENTITY_FIRST_SEEN_AT = 1,
	WA_IDENTITY_LAST_SEEN_AT,
	WA_IDENTITY_PARTED_AT,
	WA_IDENTITY_ALIKE,
	WA_IDENTITY_RECIPIENT,
	WA_IDENTITY_OTHER,
	WA_IDENTITY_KIND
};

enum wa_region_rule_column
{
	WA_REGION_RULE_REGION = 1,
	WA_REGION_RULE_CATEGORY,
	WA_REGION_RULE_REASON
};

enum wa_app_secret_column
{
	WA_APP_SECRET_BUSINESS = 1,
	WA_APP_SECRET_SECRET
};

enum wa_phrase_column
{
	WA_PHRASE_PHRASE = 1,
	WA_PHRASE_MEANING,
	WA_PHRASE_LANGUAGE,
	WA_PHRASE_ACTIVE
};

enum wa_webhook_column
{
	WA_WEBHOOK_ID = 1,
	WA_WEBHOOK_RECEIVED_AT,
	WA_WEBHOOK_TOKEN,
	WA_WEBHOOK_PAYLOAD,
	WA_WEBHOOK_SIGNATURE
};

#endif							/* WA_COLUMNS_H */
