/*-------------------------------------------------------------------------
 *
 * webhook.h
 *	  The columns of wa_webhook by number, in the order of ingest.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_WEBHOOK_H
#define WA_WEBHOOK_H

enum
{
	Anum_wa_webhook_id = 1,
	Anum_wa_webhook_received_at,
	Anum_wa_webhook_token,
	Anum_wa_webhook_payload,
	Anum_wa_webhook_signature
};

#endif							/* WA_WEBHOOK_H */
