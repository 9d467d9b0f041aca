/*-------------------------------------------------------------------------
 *
 * write.c
 *	  Merging folded events into the state tables.
 *
 * The steps, each in key order, always in this sequence:
 *
 *	1. wa_contact, for recipients with a failure, for those whose row of activity or
 *	   consent does not exist yet, and for those who are tied to each other for the
 *	   first time;
 *	2. wa_activity;
 *	3. wa_cooldown;
 *	4. wa_consent and its log;
 *	5. wa_identity.
 *
 * Why a failure and the evidence that lifts it cannot miss each other, and
 * why concurrent ingests cannot deadlock, is told in src/README.md, "Races".
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "common/columns.h"
#include "common/encode.h"
#include "ingest/alike.h"
#include "ingest/merge.h"
#include "ingest/write.h"
#include "state/read.h"

void
wa_write_begin(const wa_schema *schema)
{
	wa_lock_state(schema, RowExclusiveLock);
}

static void
seek(wa_reader *reader, wa_str recipient)
{
	wa_reader_seek(reader, wa_str_datum(recipient));
}

/* The cells of one kind, and which of them are to be written. */
typedef struct wa_batch
{
	int			n;
	wa_cell   **cells;
} wa_batch;

/* The row of an activity cell, with the cell merged into it. */
typedef struct wa_standing
{
	bool		missing;		/* there is none, and nothing below */
	wa_version	version;		/* as it was before */
	wa_activity merged;
} wa_standing;

/*
 * Drop the activity cells that change nothing: repeated webhooks cost a
 * look-up and no write.  Of the others, say what stands there.
 */
static void
drop_known(const wa_schema *schema, wa_batch *batch, wa_standing *standing)
{
	wa_reader	reader;
	int			kept = 0;

	if (batch->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->activity);
	for (int i = 0; i < batch->n; i++)
	{
		wa_cell    *cell = batch->cells[i];
		bool		found = false;
		wa_activity_row row;

		seek(&reader, cell->key.recipient);
		while (!found && wa_reader_next(&reader))
		{
			wa_read_activity(&reader, &row);
			found = wa_str_equal(row.business, cell->key.business) &&
				wa_str_equal(row.sender, cell->key.other);
		}
		if (found)
		{
			if (!wa_activity_merge(&row.activity, &cell->u.activity))
				continue;
			wa_reader_version(&reader, &standing[kept].version);
			standing[kept].merged = row.activity;
		}
		standing[kept].missing = !found;
		batch->cells[kept++] = cell;
	}
	wa_reader_close(&reader);
	batch->n = kept;
}

/* Is this the row of a cooldown cell? */
static bool
is_row_of(wa_reader *reader, const wa_cell *cell)
{
	return wa_reader_int(reader, WA_COOLDOWN_CODE) == cell->key.number &&
		wa_str_equal(wa_reader_str(reader, WA_COOLDOWN_BUSINESS), cell->key.business);
}

/*
 * Drop the cooldown cells whose failures all stand in their row already.
 */
static void
drop_known_failures(const wa_schema *schema, wa_batch *batch)
{
	wa_reader	reader;
	int			kept = 0;

	if (batch->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->cooldown);
	for (int i = 0; i < batch->n; i++)
	{
		wa_cell    *cell = batch->cells[i];
		bool		known = false;

		seek(&reader, cell->key.recipient);
		while (!known && wa_reader_next(&reader))
		{
			wa_failures failures;

			if (!is_row_of(&reader, cell))
				continue;
			wa_read_failures(&reader, &failures);
			known = !wa_failures_merge(&failures, &cell->u.cooldown.failures);
		}
		if (!known)
			batch->cells[kept++] = cell;
	}
	wa_reader_close(&reader);
	batch->n = kept;
}

/* Recipients: once sorted, each stands there once. */
typedef struct wa_recipients
{
	wa_str	   *at;
	int			n;
} wa_recipients;

static wa_recipients
make_recipients(int room)
{
	return (wa_recipients)
	{
		palloc_extended(Max(1, room) * sizeof(wa_str), MCXT_ALLOC_HUGE), 0
	};
}

static void
sort_recipients(wa_recipients *recipients)
{
	int			kept = 0;

	qsort(recipients->at, recipients->n, sizeof(wa_str), wa_str_order);
	for (int i = 0; i < recipients->n; i++)
	{
		if (kept == 0 || !wa_str_equal(recipients->at[i], recipients->at[kept - 1]))
			recipients->at[kept++] = recipients->at[i];
	}
	recipients->n = kept;
}

/* Add the recipients of cells, which are in order. */
static void
add_recipients(wa_recipients *recipients, const wa_batch *batch)
{
	for (int i = 0; i < batch->n; i++)
	{
		wa_str		recipient = batch->cells[i]->key.recipient;

		if (i == 0 || !wa_str_equal(recipient, batch->cells[i - 1]->key.recipient))
			recipients->at[recipients->n++] = recipient;
	}
}

/* Add those of consent cells that have no row yet. */
static void
add_new_consents(const wa_schema *schema, wa_recipients *recipients, const wa_batch *consents)
{
	wa_reader	reader;

	if (consents->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->consent);
	for (int i = 0; i < consents->n; i++)
	{
		const wa_cell_key *key = &consents->cells[i]->key;
		bool		found = false;

		seek(&reader, key->recipient);
		while (!found && wa_reader_next(&reader))
		{
			wa_consent_row row;

			wa_read_consent(&reader, &row);
			found = row.reg == key->number && wa_str_equal(row.business, key->business);
		}
		if (!found)
			recipients->at[recipients->n++] = key->recipient;
	}
	wa_reader_close(&reader);
}

/*
 * Lock wa_contact, in its order, for the recipients of cooldown cells, of activity
 * and consent cells that have no row yet, and for both ends of new links.
 */
static void
write_contacts(const wa_schema *schema, const wa_batch *cooldowns,
			   const wa_batch *activities, const wa_standing *standing,
			   const wa_batch *consents, const wa_batch *links)
{
	wa_recipients locked = make_recipients(cooldowns->n + activities->n + consents->n +
										   2 * links->n);

	add_recipients(&locked, cooldowns);
	for (int i = 0; i < activities->n; i++)
	{
		if (standing[i].missing)
			locked.at[locked.n++] = activities->cells[i]->key.recipient;
	}
	add_new_consents(schema, &locked, consents);
	for (int i = 0; i < links->n; i++)
	{
		if (links->cells[i]->u.link.is_new)
		{
			locked.at[locked.n++] = links->cells[i]->key.recipient;
			locked.at[locked.n++] = links->cells[i]->key.other;
		}
	}
	sort_recipients(&locked);
	wa_merge_rows(schema, &wa_contact_shape, locked.at, locked.n);
	pfree(locked.at);
}

/*
 * Up to so many rows are written one by one, and rather rewritten than merged:
 * see wa_rewrite_activity.  Many rows are cheaper in one statement.
 */
#define WA_FEW_ROWS 2

/* Merge activity cells of which it is known what stands there. */
static void
write_activities(const wa_schema *schema, const wa_batch *batch, const wa_standing *standing)
{
	if (batch->n > WA_FEW_ROWS)
	{
		wa_merge_rows(schema, &wa_activity_shape, batch->cells, batch->n);
		return;
	}
	for (int i = 0; i < batch->n; i++)
	{
		if (standing[i].missing ||
			!wa_rewrite_activity(schema, batch->cells[i]->key.recipient,
								 &standing[i].version, &standing[i].merged))
			wa_merge_rows(schema, &wa_activity_shape, &batch->cells[i], 1);
	}
}

/*
 * Add a cell without content for each existing activity row of a failing
 * recipient: merging it changes nothing but waits for whoever is changing the
 * row, so that the evidence read afterwards is complete.
 */
static void
add_locks(const wa_schema *schema, wa_fold *fold, const wa_batch *cooldowns)
{
	wa_reader	reader;
	wa_str		last = {NULL, 0};

	wa_reader_open_latest(&reader, &schema->activity);
	for (int i = 0; i < cooldowns->n; i++)
	{
		wa_str		recipient = cooldowns->cells[i]->key.recipient;

		if (last.data != NULL && wa_str_equal(recipient, last))
			continue;
		last = recipient;
		seek(&reader, recipient);
		while (wa_reader_next(&reader))
		{
			wa_cell_key key = {WA_CELL_ACTIVITY, 0, recipient,
				wa_reader_str(&reader, WA_ACTIVITY_BUSINESS),
			wa_reader_str(&reader, WA_ACTIVITY_SENDER)};

			wa_fold_cell(fold, &key);
		}
	}
	wa_reader_close(&reader);
}

/* A row whose business is '' speaks for every business, either way. */
static bool
same_business(wa_str a, wa_str b)
{
	return a.len == 0 || b.len == 0 || wa_str_equal(a, b);
}

/*
 * Evidence of this statement lifts cooldowns that exist: a cell for each of
 * them, without failures.
 */
static void
add_lifts(const wa_schema *schema, const wa_policy *policy, wa_fold *fold,
		  const wa_batch *activities)
{
	wa_reader	reader;

	if (activities->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->cooldown);
	for (int i = 0; i < activities->n; i++)
	{
		const wa_cell *cell = activities->cells[i];

		if (!wa_activity_has_evidence(&cell->u.activity))
			continue;
		seek(&reader, cell->key.recipient);
		while (wa_reader_next(&reader))
		{
			wa_cell_key key = {WA_CELL_COOLDOWN,
				wa_reader_int(&reader, WA_COOLDOWN_CODE), cell->key.recipient,
			wa_reader_str(&reader, WA_COOLDOWN_BUSINESS), {"", 0}};
			wa_code_policy code;
			wa_instant	lifted;
			wa_cell    *cooldown;

			if (!same_business(key.business, cell->key.business) ||
				!policy->code(policy->arg, key.number, &code))
				continue;
			lifted = wa_activity_lifts(&cell->u.activity, &code);
			if (lifted <= wa_reader_instant(&reader, WA_COOLDOWN_LIFTED_AT))
				continue;
			cooldown = wa_fold_cell(fold, &key);
			cooldown->u.cooldown.policy = code;
			cooldown->u.cooldown.lifted_at = wa_later(cooldown->u.cooldown.lifted_at, lifted);
		}
	}
	wa_reader_close(&reader);
}

/*
 * All evidence there is for the recipients of failures, whoever wrote it.
 */
static void
read_evidence(const wa_schema *schema, const wa_batch *cooldowns)
{
	wa_reader	reader;

	if (cooldowns->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->activity);
	for (int i = 0; i < cooldowns->n; i++)
	{
		wa_cell    *cell = cooldowns->cells[i];

		if (cell->u.cooldown.failures.n == 0)
			continue;
		seek(&reader, cell->key.recipient);
		while (wa_reader_next(&reader))
		{
			wa_activity_row row;

			wa_read_activity(&reader, &row);
			if (same_business(row.business, cell->key.business))
				cell->u.cooldown.lifted_at =
					wa_later(cell->u.cooldown.lifted_at,
							 wa_activity_lifts(&row.activity,
											   &cell->u.cooldown.policy));
		}
	}
	wa_reader_close(&reader);
}

/*
 * Merge a cooldown cell into its row; false, and nothing is done, where there is
 * none or somebody else has written it in the meantime.
 */
static bool
rewrite_cooldown(const wa_schema *schema, const wa_cell *cell)
{
	const wa_code_policy *policy = &cell->u.cooldown.policy;
	wa_cooldown_end end;
	wa_reader	reader;
	wa_version	version;
	wa_failures failures;
	wa_instant	lifted_at;
	bool		found = false;
	bool		changed;

	wa_reader_open_latest(&reader, &schema->cooldown);
	seek(&reader, cell->key.recipient);
	while (!found && wa_reader_next(&reader))
		found = is_row_of(&reader, cell);
	if (found)
	{
		wa_reader_version(&reader, &version);
		wa_read_failures(&reader, &failures);
		lifted_at = wa_reader_instant(&reader, WA_COOLDOWN_LIFTED_AT);
	}
	wa_reader_close(&reader);
	if (!found)
		return false;

	changed = wa_failures_merge(&failures, &cell->u.cooldown.failures);
	if (!changed && cell->u.cooldown.lifted_at <= lifted_at)
		return true;
	lifted_at = wa_later(lifted_at, cell->u.cooldown.lifted_at);
	end = wa_ladder_evaluate(&failures, lifted_at, policy, cell->key.business);
	return wa_rewrite_cooldown(schema, cell->key.recipient, &version, &failures, lifted_at, end);
}

/* Merge cooldown cells; those that cannot be rewritten go by SQL. */
static void
write_cooldowns(const wa_schema *schema, const wa_batch *batch)
{
	if (batch->n > WA_FEW_ROWS)
	{
		wa_merge_rows(schema, &wa_cooldown_shape, batch->cells, batch->n);
		return;
	}
	for (int i = 0; i < batch->n; i++)
	{
		if (!rewrite_cooldown(schema, batch->cells[i]))
			wa_merge_rows(schema, &wa_cooldown_shape, &batch->cells[i], 1);
	}
}

/*
 * Last comes wa_identity: new links, and what the rows written before say of the
 * old ones.
 */
static void
write_links(const wa_schema *schema, wa_fold *fold, wa_batch *links,
			const wa_batch *cooldowns, const wa_batch *consents)
{
	wa_recipients touched = make_recipients(cooldowns->n + consents->n);

	add_recipients(&touched, cooldowns);
	add_recipients(&touched, consents);
	sort_recipients(&touched);
	wa_judge_alike(schema, fold, links->cells, links->n, touched.at, touched.n);
	pfree(touched.at);
	links->cells = wa_fold_cells(fold, WA_CELL_LINK, &links->n);
	wa_merge_rows(schema, &wa_link_shape, links->cells, links->n);
}

void
wa_write(const wa_schema *schema, const wa_policy *policy, wa_fold *fold)
{
	wa_batch	activities;
	wa_batch	cooldowns;
	wa_batch	consents;
	wa_batch	links;
	wa_standing *standing;
	const wa_consent_event *events;
	int			nevents;

	activities.cells = wa_fold_cells(fold, WA_CELL_ACTIVITY, &activities.n);
	cooldowns.cells = wa_fold_cells(fold, WA_CELL_COOLDOWN, &cooldowns.n);
	consents.cells = wa_fold_cells(fold, WA_CELL_CONSENT, &consents.n);
	links.cells = wa_fold_cells(fold, WA_CELL_LINK, &links.n);
	standing = palloc_extended(Max(1, activities.n) * sizeof(wa_standing), MCXT_ALLOC_HUGE);

	drop_known(schema, &activities, standing);
	drop_known_failures(schema, &cooldowns);
	wa_find_new_links(schema, links.cells, links.n);
	write_contacts(schema, &cooldowns, &activities, standing, &consents, &links);
	if (cooldowns.n > 0)
	{
		add_locks(schema, fold, &cooldowns);
		activities.cells = wa_fold_cells(fold, WA_CELL_ACTIVITY, &activities.n);
		wa_merge_rows(schema, &wa_activity_shape, activities.cells, activities.n);
	}
	else
		write_activities(schema, &activities, standing);
	add_lifts(schema, policy, fold, &activities);
	cooldowns.cells = wa_fold_cells(fold, WA_CELL_COOLDOWN, &cooldowns.n);
	read_evidence(schema, &cooldowns);
	write_cooldowns(schema, &cooldowns);

	wa_merge_rows(schema, &wa_consent_shape, consents.cells, consents.n);
	events = wa_fold_consent_events(fold, &nevents);
	wa_merge_rows(schema, &wa_consent_event_shape, events, nevents);

	write_links(schema, fold, &links, &cooldowns, &consents);
}
