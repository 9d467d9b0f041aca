/*-------------------------------------------------------------------------
 *
 * senders.c
 *	  Writing known businesses and senders.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "ingest/state_rows.h"
#include "state/columns.h"

static void
put_sender(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);

	wa_put_str(&columns[0], delta->key.business);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_str(&columns[2], delta->u.sender.display_phone);
	wa_put_instant(&columns[3], delta->u.sender.first_seen);
	wa_put_instant(&columns[4], wa_cut(delta->u.sender.last_seen, WA_HOUR));
}

/* By the whole key: a business may have many senders. */
static bool
is_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	const wa_str values[] = {delta->key.business, delta->key.other};
	wa_instant	first;

	wa_reader_seek_all(reader, values, lengthof(values));
	if (!wa_reader_next(reader))
		return false;
	first = wa_reader_instant(reader, Anum_wa_sender_first_seen);
	return first != WA_NEVER && first <= delta->u.sender.first_seen &&
		wa_reader_instant(reader, Anum_wa_sender_last_seen) >= wa_cut(delta->u.sender.last_seen, WA_HOUR) &&
		wa_str_compare(wa_reader_str_in_place(reader, Anum_wa_sender_display_phone),
					   delta->u.sender.display_phone) >= 0;
}

wa_upsert_target wa_sender_target = {
	.insert = "INSERT INTO @extschema@.wa_sender AS o"
	" (business, sender, display_phone, first_seen, last_seen)",
	.types = "text text text timestamptz timestamptz",
	.conflict = "ON CONFLICT (business, sender) DO UPDATE SET"
	" display_phone = GREATEST(o.display_phone, excluded.display_phone),"
	" first_seen = LEAST(o.first_seen, excluded.first_seen),"
	" last_seen = GREATEST(o.last_seen, excluded.last_seen)",
	.put = put_sender,
	.is_known = is_known,
	.table = offsetof(wa_schema, sender)
};
