/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  The columns of wa_message_log by number, in the order of message.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REPORT_COLUMNS_H
#define WA_REPORT_COLUMNS_H

enum
{
	Anum_wa_message_log_message_id = 1,
	Anum_wa_message_log_business,
	Anum_wa_message_log_participant,
	Anum_wa_message_log_recipient,
	Anum_wa_message_log_sender,
	Anum_wa_message_log_category,
	Anum_wa_message_log_sent_at,
	Anum_wa_message_log_delivered_at,
	Anum_wa_message_log_read_at,
	Anum_wa_message_log_failed_at,
	Anum_wa_message_log_code,
	Anum_wa_message_log_template,
	Anum_wa_message_log_campaign
};

#endif							/* WA_REPORT_COLUMNS_H */
