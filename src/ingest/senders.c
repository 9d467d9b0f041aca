/*-------------------------------------------------------------------------
 *
 * senders.c
 *	  Writing known businesses and senders, their holds and their signs of life.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/category_oid.h"
#include "ingest/state_rows.h"
#include "state/columns.h"
#include "state/hold.h"

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
is_sender_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
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
	.is_known = is_sender_known,
	.table = offsetof(wa_schema, sender)
};

/*
 * Holds.
 */

/* The latest one stands, and of several that begin together the longest. */
#define IS_LATER \
	"(excluded.since IS NOT NULL" \
	" AND (excluded.since, COALESCE(excluded.until, 'infinity'), excluded.categories)" \
	" > (COALESCE(o.since, '-infinity'), COALESCE(o.until, 'infinity'), o.categories))"
#define LATER_ONE(column) \
	column " = CASE WHEN " IS_LATER " THEN excluded." column " ELSE o." column " END"

/* As a literal of an array, in the order of the categories. */
static wa_str
categories_literal(uint8 categories)
{
	char	   *text = palloc(64);
	char	   *end = text;

	*end++ = '{';
	for (int i = 0; i < WA_CATEGORIES; i++)
	{
		if (categories & WA_CATEGORY_BIT(i))
			end += sprintf(end, "%s%s", end[-1] == '{' ? "" : ",", wa_category_name(i));
	}
	*end++ = '}';
	return wa_str_of(text, end - text);
}

static void
put_hold(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);
	const char *cause = wa_cause_name(delta->key.number);

	wa_put_str(&columns[0], delta->key.business);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_str(&columns[2], delta->key.recipient);
	wa_put_str(&columns[3], wa_str_from(cause));
	wa_put_int4(&columns[4], Max(delta->key.number, 0), false);
	wa_put_str(&columns[5], categories_literal(delta->u.hold.categories));
	wa_put_instant(&columns[6], delta->u.hold.since);
	wa_put_instant(&columns[7], delta->u.hold.since == WA_NEVER ? WA_NEVER : delta->u.hold.until);
	wa_put_instant(&columns[8], delta->u.hold.lifted_at);
}

/* Would the delta leave since, until and categories of the row as they are? */
static bool
is_as_late(wa_reader *reader, wa_instant since, const wa_row_delta *delta)
{
	wa_instant	until = wa_reader_instant(reader, Anum_wa_sender_hold_until);

	if (since != delta->u.hold.since)
		return since > delta->u.hold.since || delta->u.hold.since == WA_NEVER;
	return (until == WA_NEVER ? WA_FOREVER : until) == delta->u.hold.until &&
		wa_category_array_mask(wa_slot_datum(reader->slot, Anum_wa_sender_hold_categories)) ==
		delta->u.hold.categories;
}

/* Does the row at hand, of that sender, region and cause, have all of it already? */
static bool
has_hold(wa_reader *reader, const wa_row_delta *delta)
{
	if (wa_reader_int(reader, Anum_wa_sender_hold_code) != Max(delta->key.number, 0))
		return false;
	return is_as_late(reader, wa_reader_instant(reader, Anum_wa_sender_hold_since), delta) &&
		wa_reader_instant(reader, Anum_wa_sender_hold_lifted_at) >= delta->u.hold.lifted_at;
}

/* An upsert would lock the row even if nothing changed.  A business may have many rows. */
static bool
is_hold_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	const wa_str values[] = {delta->key.business, delta->key.other, delta->key.recipient,
	wa_str_from(wa_cause_name(delta->key.number))};

	wa_reader_seek_all(reader, values, lengthof(values));
	while (wa_reader_next(reader))
	{
		if (has_hold(reader, delta))
			return true;
	}
	return false;
}

wa_upsert_target wa_hold_target = {
	.insert = "INSERT INTO @extschema@.wa_sender_hold AS o"
	" (business, sender, region, cause, code, categories, since, until, lifted_at)",
	.types = "text text text text int4 text timestamptz timestamptz timestamptz",
	.values = "p1, p2, p3, p4, p5, p6::@extschema@.wa_category[], p7, p8, p9",
	.conflict = "ON CONFLICT (business, sender, region, cause, code) DO UPDATE SET "
	LATER_ONE("since") ", " LATER_ONE("until") ", " LATER_ONE("categories") ","
	" lifted_at = GREATEST(o.lifted_at, excluded.lifted_at)"
	" WHERE " IS_LATER " OR excluded.lifted_at > COALESCE(o.lifted_at, '-infinity')",
	.put = put_hold,
	.is_known = is_hold_known,
	.table = offsetof(wa_schema, sender_hold)
};

/*
 * Signs of life.
 */

static wa_str
category_of(const wa_row_delta *delta)
{
	const char *name = delta->key.number == WA_CATEGORY_UNKNOWN ? "" :
		wa_category_name(delta->key.number);

	return wa_str_from(name);
}

static void
put_life(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);

	wa_put_str(&columns[0], delta->key.business);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_str(&columns[2], delta->key.recipient);
	wa_put_str(&columns[3], category_of(delta));
	/* Downwards, so that no hold ends before the message that proves it. */
	wa_put_instant(&columns[4], wa_cut(delta->u.alive_at, WA_MINUTE));
}

/* Of all columns of the key: a business may have many rows. */
static bool
is_alive_known(wa_reader *reader, const wa_row_delta *delta, bool *exists)
{
	const wa_str values[] = {delta->key.business, delta->key.other, delta->key.recipient,
	category_of(delta)};

	wa_reader_seek_all(reader, values, lengthof(values));
	return wa_reader_next(reader) &&
		wa_reader_instant(reader, Anum_wa_sender_life_alive_at) >= wa_cut(delta->u.alive_at, WA_MINUTE);
}

wa_upsert_target wa_life_target = {
	.insert = "INSERT INTO @extschema@.wa_sender_life AS o"
	" (business, sender, region, category, alive_at)",
	.types = "text text text text timestamptz",
	.conflict = "ON CONFLICT (business, sender, region, category) DO UPDATE SET"
	" alive_at = excluded.alive_at WHERE excluded.alive_at > o.alive_at",
	.put = put_life,
	.is_known = is_alive_known,
	.table = offsetof(wa_schema, sender_life)
};
