/*-------------------------------------------------------------------------
 *
 * erased.c
 *	  What a statement brings about people who were erased.
 *
 * Where nobody was, this costs a look into an empty table.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "base/encode.h"
#include "ingest/erased.h"
#include "ingest/upsert.h"
#include "state/columns.h"
#include "state/erased.h"
#include "state/read.h"

/* An identifier that this statement makes an erased one. */
typedef struct wa_newly_erased
{
	wa_str		identifier;
	wa_instant	at;
} wa_newly_erased;

typedef struct wa_erasures
{
	wa_erasure_key key;
	wa_reader	erased;
	wa_reader	consent;
	wa_reader	activity;
	const wa_deltas *activities;
	const wa_deltas *consents;
	int			n;
	int			max;
	wa_newly_erased *added;
} wa_erasures;

static wa_statement add_erased = {
	"INSERT INTO @extschema@.wa_erased AS o (bucket, hash, at)"
	" SELECT * FROM unnest($1, $2, $3) ON CONFLICT (bucket, hash) DO NOTHING",
	"int4[] bytea[] timestamptz[]", NULL, 0
};

/* When the person was erased; WA_NEVER: it was not. */
static wa_instant
erased_at(wa_erasures *e, wa_str identifier)
{
	wa_instant	at = wa_erased_at(&e->erased, &e->key, identifier);

	for (int i = 0; i < e->n; i++)
	{
		if (wa_str_equal(e->added[i].identifier, identifier))
			at = wa_later(at, e->added[i].at);
	}
	return at;
}

/* Deltas are sorted by recipient: the first that is not before this one. */
static int
first_of(const wa_deltas *deltas, wa_str recipient)
{
	int			low = 0;
	int			high = deltas->n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (wa_str_compare(deltas->at[middle]->key.recipient, recipient) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is there a message of this identifier that is later, in this statement or before it? */
static bool
has_written(wa_erasures *e, wa_str identifier, wa_instant at)
{
	for (int i = first_of(e->activities, identifier); i < e->activities->n &&
		 wa_str_equal(e->activities->at[i]->key.recipient, identifier); i++)
	{
		if (e->activities->at[i]->u.activity.last_inbound_at > at)
			return true;
	}
	wa_reader_seek(&e->activity, wa_str_datum(identifier));
	while (wa_reader_next(&e->activity))
	{
		if (wa_reader_instant(&e->activity, Anum_wa_activity_last_inbound_at) > at)
			return true;
	}
	return false;
}

/* Likewise an opt-in. */
static bool
has_opted_in(wa_erasures *e, wa_str identifier, wa_instant at)
{
	for (int i = first_of(e->consents, identifier); i < e->consents->n &&
		 wa_str_equal(e->consents->at[i]->key.recipient, identifier); i++)
	{
		if (e->consents->at[i]->key.number == WA_REGISTER_BUSINESS &&
			e->consents->at[i]->u.consent.resumed_at > at)
			return true;
	}
	wa_reader_seek(&e->consent, wa_str_datum(identifier));
	while (wa_reader_next(&e->consent))
	{
		if (wa_str_equal(wa_reader_str_in_place(&e->consent, Anum_wa_consent_register),
						 WA_STR("business")) &&
			wa_reader_instant(&e->consent, Anum_wa_consent_resumed_at) > at)
			return true;
	}
	return false;
}

/* Has it turned to a business again?  Then what it does is stored. */
static bool
is_back(wa_erasures *e, wa_str identifier, wa_instant at)
{
	return has_written(e, identifier, at) || has_opted_in(e, identifier, at);
}

/* Rows of wa_activity, wa_delivery or wa_message. */
static void
leave_out_traffic(wa_erasures *e, wa_deltas *deltas)
{
	int			kept = 0;

	for (int i = 0; i < deltas->n; i++)
	{
		wa_row_delta *delta = deltas->at[i];
		wa_str		recipient = delta->key.kind == WA_ROW_MESSAGE ?
			delta->u.message.recipient : delta->key.recipient;
		wa_instant	at = erased_at(e, recipient);

		CHECK_FOR_INTERRUPTS();
		if (at == WA_NEVER || is_back(e, recipient, at))
			deltas->at[kept++] = delta;
	}
	deltas->n = kept;
}

static void
add(wa_erasures *e, wa_str identifier, wa_instant at)
{
	if (e->n == e->max)
	{
		e->max = Max(8, 2 * e->max);
		e->added = e->added == NULL ? palloc(e->max * sizeof(wa_newly_erased)) :
			repalloc_huge(e->added, e->max * sizeof(wa_newly_erased));
	}
	e->added[e->n++] = (wa_newly_erased)
	{
		identifier, at
	};
}

/*
 * Erasure goes over with a link: to either side where they were seen together, from the old
 * one to the new one where the person changed.  So whoever is linked stays left alone, and
 * the link itself is stored only of somebody who is back.  Sets *spread where it went over.
 */
static bool
keeps_apart(wa_erasures *e, const wa_row_key *key, bool both_ways, bool *spread)
{
	wa_instant	of_first = erased_at(e, key->recipient);
	wa_instant	of_other = erased_at(e, key->other);
	wa_instant	at = both_ways ? wa_later(of_first, of_other) : of_first;

	if (at == WA_NEVER)
		return false;
	if (of_other == WA_NEVER)
	{
		add(e, key->other, at);
		*spread = true;
	}
	else if (of_first == WA_NEVER && both_ways)
	{
		add(e, key->recipient, at);
		*spread = true;
	}
	return !is_back(e, key->recipient, at) && !is_back(e, key->other, at);
}

/* Again until it spreads no further: an element names three identifiers, in two links. */
static void
leave_out_links(wa_erasures *e, wa_deltas *links, bool both_ways)
{
	bool		spread;

	do
	{
		spread = false;
		for (int i = 0; i < links->n; i++)
		{
			CHECK_FOR_INTERRUPTS();
			if (links->at[i] != NULL &&
				keeps_apart(e, &links->at[i]->key, both_ways, &spread))
				links->at[i] = NULL;
		}
	} while (spread);
}

static void
close_gaps(wa_deltas *deltas)
{
	int			kept = 0;

	for (int i = 0; i < deltas->n; i++)
	{
		if (deltas->at[i] != NULL)
			deltas->at[kept++] = deltas->at[i];
	}
	deltas->n = kept;
}

static int
compare_newly_erased(const void *a, const void *b)
{
	return wa_str_compare(((const wa_newly_erased *) a)->identifier,
						  ((const wa_newly_erased *) b)->identifier);
}

/* In one order for all, as every row that ingests write. */
static void
write_added(const wa_schema *schema, wa_erasures *e)
{
	wa_column	columns[] = {{INT4OID, NULL}, {BYTEAOID, NULL}, {TIMESTAMPTZOID, NULL}};
	Datum		values[lengthof(columns)];

	if (e->n == 0)
		return;
	qsort(e->added, e->n, sizeof(wa_newly_erased), compare_newly_erased);
	for (int i = 0; i < e->n; i++)
	{
		uint8		hash[WA_ERASED_HASH];

		wa_erased_hash(&e->key, e->added[i].identifier, hash);
		wa_put_int4(&columns[0], (int32) wa_erased_bucket(&e->key, e->added[i].identifier), false);
		wa_put_str(&columns[1], (wa_str) {(char *) hash, WA_ERASED_HASH});
		wa_put_instant(&columns[2], e->added[i].at);
	}
	for (int i = 0; i < lengthof(columns); i++)
		values[i] = wa_column_array(&columns[i]);
	wa_statement_run(&add_erased, schema, values, NULL);
}

void
wa_leave_out_erased(const wa_schema *schema, wa_deltas *activities, wa_deltas *deliveries,
					wa_deltas *messages, wa_deltas *sightings, wa_deltas *changes,
					wa_event_batch *batch)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());
	wa_erasures e = {0};
	wa_deltas	consents;
	wa_deltas	all_activities = *activities;
	bool		any = wa_erasure_key_read(schema, latest, &e.key);

	UnregisterSnapshot(latest);
	if (!any)
		return;
	consents.at = wa_event_batch_deltas(batch, WA_ROW_CONSENT, &consents.n);
	all_activities.at = palloc_extended(Max(1, activities->n) * sizeof(wa_row_delta *),
										MCXT_ALLOC_HUGE);
	if (activities->n > 0)
		memcpy(all_activities.at, activities->at, activities->n * sizeof(wa_row_delta *));
	e.activities = &all_activities;
	e.consents = &consents;
	wa_reader_open_latest(&e.erased, &schema->erased);
	wa_reader_open_latest(&e.consent, &schema->consent);
	wa_reader_open_latest(&e.activity, &schema->activity);
	leave_out_links(&e, changes, false);
	leave_out_links(&e, sightings, true);
	leave_out_links(&e, changes, false);
	leave_out_traffic(&e, activities);
	leave_out_traffic(&e, deliveries);
	leave_out_traffic(&e, messages);
	wa_reader_close(&e.activity);
	wa_reader_close(&e.consent);
	wa_reader_close(&e.erased);
	close_gaps(changes);
	close_gaps(sightings);
	write_added(schema, &e);
	pfree(all_activities.at);
}
