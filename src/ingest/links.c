/*-------------------------------------------------------------------------
 *
 * links.c
 *	  Writing links: identifiers that were seen together.
 *
 * Each link is looked up first, since almost all are known.  A new one takes the next free
 * position of its other identifier.  If another transaction takes that position at the
 * same time, the insert conflicts on the primary key, and the link is looked up again.
 * Further new ones of the identifier follow only when the first one has its position:
 * before that, one of them could be what the other transaction wrote.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/memutils.h"

#include "base/encode.h"
#include "identity/columns.h"
#include "ingest/state_rows.h"
#include "state/read.h"

/* A sighting on its way into its row. */
typedef struct wa_link_row
{
	const wa_row_key *key;
	wa_instant	first_seen_at;
	wa_instant	last_seen_at;	/* as it is to be stored */
	wa_instant	unlinked_at;	/* of the two, in any business */
	int32		position;
	bool		follows;		/* is it behind another new one of the same identifier? */
} wa_link_row;

static void
put_link(wa_column *columns, const void *rows, int i)
{
	const wa_link_row *row = &((const wa_link_row *) rows)[i];

	wa_put_str(&columns[0], row->key->recipient);
	wa_put_str(&columns[1], row->key->other);
	wa_put_str(&columns[2], row->key->business);
	wa_put_instant(&columns[3], row->first_seen_at);
	wa_put_instant(&columns[4], row->last_seen_at);
	wa_put_instant(&columns[5], row->unlinked_at);
	wa_put_int4(&columns[6], row->position, false);
}

/* The row at a position is another link's where somebody was faster. */
static wa_upsert_target link_target = {
	.insert = "INSERT INTO @extschema@.wa_identity AS o"
	" (recipient, other, business, first_seen_at, last_seen_at, unlinked_at, position)",
	.types = "recipient recipient text timestamptz timestamptz timestamptz int4",
	.conflict = "ON CONFLICT (other, position) DO UPDATE SET"
	" first_seen_at = LEAST(o.first_seen_at, excluded.first_seen_at),"
	" last_seen_at = GREATEST(o.last_seen_at, excluded.last_seen_at)"
	" WHERE o.recipient OPERATOR(@extschema@.=) excluded.recipient"
	" AND o.business = excluded.business"
	" AND (excluded.first_seen_at < COALESCE(o.first_seen_at, 'infinity')"
	" OR excluded.last_seen_at > COALESCE(o.last_seen_at, '-infinity'))",
	.put = put_link
};

/* What is known of a link. */
typedef struct wa_known_link
{
	bool		exists;
	wa_instant	first_seen_at;
	wa_instant	last_seen_at;
	wa_instant	unlinked_at;
	int32		position;
} wa_known_link;

/* Read one row about either of the two; false after the last. */
static bool
read_row(wa_reader *reader, const wa_row_key *key, wa_known_link *known)
{
	if (!wa_reader_next(reader))
		return false;
	if (!wa_str_equal(wa_reader_str_in_place(reader, Anum_wa_identity_recipient), key->recipient) ||
		!wa_str_equal(wa_reader_str_in_place(reader, Anum_wa_identity_other), key->other))
		return true;
	known->unlinked_at = wa_later(known->unlinked_at,
								  wa_reader_instant(reader, Anum_wa_identity_unlinked_at));
	if (!wa_str_equal(wa_reader_str_in_place(reader, Anum_wa_identity_business), key->business))
		return true;
	known->exists = true;
	known->first_seen_at = wa_reader_instant(reader, Anum_wa_identity_first_seen_at);
	known->last_seen_at = wa_reader_instant(reader, Anum_wa_identity_last_seen_at);
	known->position = wa_reader_int(reader, Anum_wa_identity_position);
	return true;
}

/*
 * What is known of this link?  Nearly every BSUID has one row, so two of its rows are asked for first.  After
 * that the rows of both ends are read in turn until those of one are through: an end that has very many
 * costs nothing then.
 */
static wa_known_link
look_up(wa_reader *by_other, wa_reader *by_recipient, const wa_row_key *key)
{
	wa_known_link known = {false, WA_NEVER, WA_NEVER, WA_NEVER, 0};

	wa_reader_seek(by_other, wa_str_datum(key->other));
	for (int i = 0; i < 2; i++)
	{
		if (!read_row(by_other, key, &known))
			return known;
	}
	wa_reader_seek(by_recipient, wa_str_datum(key->recipient));
	while (read_row(by_recipient, key, &known) && read_row(by_other, key, &known))
		;
	return known;
}

/* The position after the last one of this identifier. */
static int32
next_position(wa_reader *by_other, wa_str other)
{
	wa_reader_seek(by_other, wa_str_datum(other));
	return wa_reader_previous(by_other) ? wa_reader_int(by_other, Anum_wa_identity_position) + 1 : 0;
}

/* Is the sighting to be written, and how? */
static bool
prepare_row(const wa_row_delta *sighting, const wa_known_link *known, wa_link_row *row)
{
	wa_instant	last = sighting->u.sighting.last_seen_at;

	row->key = &sighting->key;
	row->first_seen_at = sighting->u.sighting.first_seen_at;
	row->unlinked_at = known->unlinked_at;
	/* After wa_unlink a new sighting links again at once. */
	row->last_seen_at = known->unlinked_at != WA_NEVER && last > known->unlinked_at ?
		last : wa_day_of(last);
	row->position = known->position;
	return !known->exists || known->first_seen_at == WA_NEVER ||
		row->first_seen_at < known->first_seen_at || row->last_seen_at > known->last_seen_at;
}

/* Those of the sightings that are to be written; returns how many. */
static int
prepare_rows(const wa_schema *schema, const wa_deltas *sightings, wa_link_row *rows)
{
	wa_reader	by_other;
	wa_reader	by_recipient;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy links",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	const wa_row_key *placed = NULL;	/* the last new one */
	int32		position = 0;	/* of it */
	int			count = 0;

	wa_reader_open_latest(&by_other, &schema->identity);
	wa_reader_open_latest(&by_recipient, &schema->identity_recipient);
	old = MemoryContextSwitchTo(context);
	for (int i = 0; i < sightings->n; i++)
	{
		const wa_row_key *key = &sightings->at[i]->key;
		wa_known_link known = look_up(&by_other, &by_recipient, key);

		if (prepare_row(sightings->at[i], &known, &rows[count]))
		{
			rows[count].follows = false;
			if (!known.exists)
			{
				/* New ones of one identifier stand next to each other. */
				rows[count].follows = placed != NULL && wa_str_equal(placed->other, key->other);
				if (rows[count].follows)
					position++;
				else
					position = next_position(&by_other, key->other);
				placed = key;
				rows[count].position = position;
			}
			count++;
		}
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	wa_reader_close(&by_other);
	wa_reader_close(&by_recipient);
	MemoryContextDelete(context);
	return count;
}

/* Those that follow come last. */
static int
compare_rows(const void *a, const void *b)
{
	const wa_link_row *x = a;
	const wa_link_row *y = b;
	int			order = (int) x->follows - (int) y->follows;

	if (order == 0)
		order = wa_str_compare(x->key->other, y->key->other);
	return order != 0 ? order : x->position < y->position ? -1 : x->position > y->position;
}

/* False where another transaction took a position.  The rows are sorted. */
static bool
put_rows(const wa_schema *schema, const wa_link_row *rows, int n)
{
	int			first = 0;

	while (first < n && !rows[first].follows)
		first++;
	return wa_upsert(schema, &link_target, rows, first) >= first &&
		wa_upsert(schema, &link_target, rows + first, n - first) >= n - first;
}

/* Again while anybody else wrote what we were about to. */
void
wa_write_links(const wa_schema *schema, const wa_deltas *sightings)
{
	wa_link_row *rows;
	int			count;

	if (sightings->n == 0)
		return;
	rows = palloc_extended(sightings->n * sizeof(wa_link_row), MCXT_ALLOC_HUGE);
	do
	{
		count = prepare_rows(schema, sightings, rows);
		qsort(rows, count, sizeof(wa_link_row), compare_rows);
	} while (!put_rows(schema, rows, count));
	pfree(rows);
}
