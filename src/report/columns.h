/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  The columns of wa_message by number, in the order of message.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REPORT_COLUMNS_H
#define WA_REPORT_COLUMNS_H

enum
{
	Anum_wa_message_message_id = 1,
	Anum_wa_message_recipient,
	Anum_wa_message_business,
	Anum_wa_message_sender,
	Anum_wa_message_category,
	Anum_wa_message_sent_at,
	Anum_wa_message_delivered_at,
	Anum_wa_message_read_at,
	Anum_wa_message_failed_at,
	Anum_wa_message_code,
	Anum_wa_message_template,
	Anum_wa_message_campaign,
	Anum_wa_message_participant
};

#endif							/* WA_REPORT_COLUMNS_H */
