/*-------------------------------------------------------------------------
 *
 * columns.h
 *	  The columns of the tables of links by number, in the order of
 *	  identity.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IDENTITY_COLUMNS_H
#define WA_IDENTITY_COLUMNS_H

enum
{
	Anum_wa_identity_recipient = 1,
	Anum_wa_identity_other,
	Anum_wa_identity_business,
	Anum_wa_identity_first_seen_at,
	Anum_wa_identity_last_seen_at,
	Anum_wa_identity_unlinked_at,
	Anum_wa_identity_position,
	Anum_wa_identity_rivals
};

enum
{
	Anum_wa_identity_change_recipient = 1,
	Anum_wa_identity_change_other,
	Anum_wa_identity_change_at,
	Anum_wa_identity_change_first_at,
	Anum_wa_identity_change_origin,
	Anum_wa_identity_change_message_id,
	Anum_wa_identity_change_unlinked_at
};

#endif							/* WA_IDENTITY_COLUMNS_H */
