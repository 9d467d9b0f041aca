/*-------------------------------------------------------------------------
 *
 * senders.c
 *	  Writing known businesses and senders.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"

#include "base/encode.h"
#include "ingest/senders.h"
#include "ingest/upsert.h"
#include "state/columns.h"
#include "state/read.h"

#define MERGE_SENDER(rows) \
	"INSERT INTO @extschema@.wa_sender AS o" \
	" (business, sender, display_phone, first_seen, last_seen)" rows \
	" ON CONFLICT (business, sender) DO UPDATE SET" \
	" display_phone = GREATEST(o.display_phone, excluded.display_phone)," \
	" first_seen = LEAST(o.first_seen, excluded.first_seen)," \
	" last_seen = GREATEST(o.last_seen, excluded.last_seen)"

static wa_statement merge_senders = {
	MERGE_SENDER(" SELECT * FROM unnest($1, $2, $3, $4, $5)"),
	"text[] text[] text[] timestamptz[] timestamptz[]", NULL, 0
};

static wa_statement merge_sender = {
	MERGE_SENDER(" VALUES ($1, $2, $3, $4, $5)"), "text text text timestamptz timestamptz", NULL, 0
};

static void
put_sender(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = ((wa_row_delta *const *) rows)[i];

	wa_put_str(&columns[0], delta->key.business);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_str(&columns[2], delta->u.sender.display_phone);
	wa_put_instant(&columns[3], delta->u.sender.first_seen);
	wa_put_instant(&columns[4], wa_cut(delta->u.sender.last_seen, WA_HOUR));
}

static const wa_upsert_target sender_target = {
	&merge_senders, &merge_sender, -1,
	{TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID},
	put_sender
};

/* Does a row tell all of it already?  By the whole key: a business may have many senders. */
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

void
wa_write_senders(const wa_schema *schema, wa_row_delta **senders, int n)
{
	wa_upsert(schema, &sender_target, senders,
			  wa_drop_known(&schema->sender, senders, n, is_known, NULL));
}
