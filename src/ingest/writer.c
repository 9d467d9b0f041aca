/*-------------------------------------------------------------------------
 *
 * writer.c
 *	  Writing the events of a statement to the state tables.
 *
 * The steps, each in key order, always in this sequence:
 *
 *	1. lock wa_recipient_lock, for recipients with a failure and for those whose
 *	   row of activity does not exist yet;
 *	2. lock the rows of wa_activity of everybody in the statement, if there is a
 *	   failure in it; write wa_activity, then wa_delivery;
 *	3. wa_cooldown;
 *	4. wa_consent and its log;
 *	5. wa_identity_change and wa_identity;
 *	6. wa_message;
 *	7. wa_sender, wa_sender_hold, wa_sender_life, wa_template.
 *
 * Why a failure and the evidence that lifts it cannot miss each other, and
 * why concurrent ingests cannot deadlock, is described in src/README.md, "Races".
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/append.h"
#include "base/encode.h"
#include "ingest/erased.h"
#include "ingest/state_rows.h"
#include "ingest/writer.h"
#include "state/columns.h"

void
wa_write_begin(const wa_schema *schema)
{
	wa_lock_state(schema, RowExclusiveLock);
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

/* Add the recipients of deltas; with chosen[], of those for which that is true. */
static void
add_recipients(wa_recipients *recipients, const wa_deltas *deltas, const bool *chosen)
{
	for (int i = 0; i < deltas->n; i++)
	{
		if (chosen == NULL || chosen[i])
			recipients->at[recipients->n++] = deltas->at[i]->key.recipient;
	}
}

/* Lock recipients with a failure, and those without a row of activity so far. */
static void
lock_recipients(const wa_schema *schema, const wa_deltas *cooldowns,
				const wa_deltas *activities, const bool *missing)
{
	wa_recipients recipients = make_recipients(cooldowns->n + activities->n);

	add_recipients(&recipients, cooldowns, NULL);
	add_recipients(&recipients, activities, missing);
	sort_recipients(&recipients);
	wa_upsert(schema, &wa_recipient_lock_target, recipients.at, recipients.n);
	pfree(recipients.at);
}

static wa_statement lock_activity = {
	"SELECT FROM @extschema@.wa_activity"
	" WHERE recipient OPERATOR(@extschema@.=) ANY ($1)"
	" ORDER BY recipient, business, sender FOR NO KEY UPDATE",
	"recipient[]", NULL, 0
};

/*
 * Wait for transactions that are writing activity of a failing recipient, so that the
 * evidence read afterwards is complete.  All rows of the statement are locked, not
 * those of failing recipients alone, since two separate rounds of locking may deadlock.
 */
static void
lock_activities(const wa_schema *schema, const wa_deltas *cooldowns, const wa_deltas *activities)
{
	wa_recipients recipients = make_recipients(cooldowns->n + activities->n);
	wa_column	column = {.type = schema->recipient_type};
	Datum		value;

	add_recipients(&recipients, cooldowns, NULL);
	add_recipients(&recipients, activities, NULL);
	sort_recipients(&recipients);
	for (int i = 0; i < recipients.n; i++)
		wa_put_str(&column, recipients.at[i]);
	value = wa_column_array(&column);
	wa_statement_run(&lock_activity, schema, &value, NULL);
	pfree(recipients.at);
}

/*
 * The evidence about one recipient: of each business the latest of each kind, and of all.  What
 * evidence lifts rises with its times, so that these tell as much as all rows do, of which
 * there may be very many.
 */
typedef struct wa_recipient_evidence
{
	int			n;
	int			max;
	wa_activity_row *of_business;	/* by business; sender is not set */
	wa_activity all;
} wa_recipient_evidence;

static void
begin_evidence(wa_recipient_evidence *evidence)
{
	evidence->n = 0;
	evidence->all = WA_NO_ACTIVITY;
}

/* In the order of businesses. */
static void
add_evidence(wa_recipient_evidence *evidence, wa_str business, const wa_activity *activity)
{
	if (evidence->n == 0 || !wa_str_equal(evidence->of_business[evidence->n - 1].business, business))
		*wa_append(evidence->of_business, evidence->n, evidence->max, wa_activity_row) =
			(wa_activity_row) {.business = business,.activity = WA_NO_ACTIVITY};
	wa_activity_merge(&evidence->of_business[evidence->n - 1].activity, activity);
	wa_activity_merge(&evidence->all, activity);
}

/*
 * Up to when it lifts failures of a code in this business.  Where either business is '', it is
 * any.
 */
static wa_instant
lifted_by(const wa_recipient_evidence *evidence, wa_str business, const wa_code_policy *policy)
{
	const wa_activity_row *found;
	wa_instant	lifted = WA_NEVER;

	if (evidence->n == 0 || business.len == 0)
		return wa_activity_lifts(&evidence->all, policy);
	if (evidence->of_business[0].business.len == 0)
		lifted = wa_activity_lifts(&evidence->of_business[0].activity, policy);
	found = bsearch(&business, evidence->of_business, evidence->n, sizeof(wa_activity_row),
					wa_str_order);
	return found == NULL ? lifted : wa_later(lifted, wa_activity_lifts(&found->activity, policy));
}

/* What evidence lifts: cooldown deltas without failures. */
typedef struct wa_lifts
{
	const wa_policy *policy;
	const wa_deltas *cooldowns; /* with failures: their evidence is read anyway */
	int			n;
	int			max;
	wa_row_delta **at;
} wa_lifts;

static void
add_lift(wa_lifts *lifts, const wa_row_delta *found)
{
	wa_row_delta *lift;

	if (lifts->cooldowns->n > 0 &&
		bsearch(&found, lifts->cooldowns->at, lifts->cooldowns->n, sizeof(wa_row_delta *),
				wa_row_delta_order) != NULL)
		return;
	lift = palloc(sizeof(wa_row_delta));
	*lift = *found;
	*wa_append(lifts->at, lifts->n, lifts->max, wa_row_delta *) = lift;
}

/* Does the evidence lift failures of the cooldown row at hand? */
static void
lift_row(wa_lifts *lifts, wa_str recipient, const wa_recipient_evidence *evidence, wa_reader *cooldown)
{
	wa_row_delta found;

	memset(&found, 0, sizeof(found));
	found.key.kind = WA_ROW_COOLDOWN;
	found.key.number = wa_reader_int(cooldown, Anum_wa_cooldown_code);
	found.key.recipient = recipient;
	found.key.business = wa_reader_str(cooldown, Anum_wa_cooldown_business);
	found.key.other = WA_STR("");

	if (!lifts->policy->code(lifts->policy->arg, found.key.number, &found.u.cooldown.policy))
		return;
	found.u.cooldown.lifted_at = lifted_by(evidence, found.key.business, &found.u.cooldown.policy);
	if (found.u.cooldown.lifted_at > wa_reader_instant(cooldown, Anum_wa_cooldown_lifted_at))
		add_lift(lifts, &found);
}

/* Evidence of this statement lifts cooldowns that exist. */
static void
find_lifts(const wa_schema *schema, wa_lifts *lifts, const wa_deltas *activities)
{
	wa_recipient_evidence evidence = {0};
	wa_reader	reader;

	if (activities->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->cooldown);
	for (int i = 0, next; i < activities->n; i = next)
	{
		wa_str		recipient = activities->at[i]->key.recipient;

		begin_evidence(&evidence);
		for (next = i; next < activities->n &&
			 wa_str_equal(activities->at[next]->key.recipient, recipient); next++)
			add_evidence(&evidence, activities->at[next]->key.business,
						 &activities->at[next]->u.activity);
		if (!wa_activity_has_evidence(&evidence.all))
			continue;
		wa_reader_seek(&reader, wa_str_datum(recipient));
		while (wa_reader_next(&reader))
			lift_row(lifts, recipient, &evidence, &reader);
	}
	wa_reader_close(&reader);
}

/* All evidence that is stored about a recipient, by any transaction. */
static void
read_evidence(wa_reader *reader, wa_str recipient, wa_recipient_evidence *evidence)
{
	begin_evidence(evidence);
	wa_reader_seek(reader, wa_str_datum(recipient));
	while (wa_reader_next(reader))
	{
		wa_activity_row row;

		wa_read_activity(reader, &row);
		add_evidence(evidence, row.business, &row.activity);
	}
}

/* What it lifts of the failures of this statement. */
static void
lift_failures(const wa_schema *schema, const wa_deltas *cooldowns)
{
	wa_recipient_evidence evidence = {0};
	wa_reader	reader;

	if (cooldowns->n == 0)
		return;
	wa_reader_open_latest(&reader, &schema->activity);
	for (int i = 0; i < cooldowns->n; i++)
	{
		wa_row_delta *delta = cooldowns->at[i];

		if (i == 0 || !wa_str_equal(delta->key.recipient, cooldowns->at[i - 1]->key.recipient))
			read_evidence(&reader, delta->key.recipient, &evidence);
		delta->u.cooldown.lifted_at = lifted_by(&evidence, delta->key.business,
												&delta->u.cooldown.policy);
	}
	wa_reader_close(&reader);
}

/* Failures with all evidence there is, and what this statement's evidence lifts. */
static void
write_cooldowns(const wa_schema *schema, const wa_policy *policy, const wa_deltas *cooldowns,
				const wa_deltas *activities)
{
	wa_lifts	lifts = {policy, cooldowns, 0, 0, NULL};
	wa_row_delta **all;

	lift_failures(schema, cooldowns);
	find_lifts(schema, &lifts, activities);
	if (cooldowns->n + lifts.n == 0)
		return;
	all = palloc_extended((cooldowns->n + lifts.n) * sizeof(wa_row_delta *), MCXT_ALLOC_HUGE);
	if (cooldowns->n > 0)
		memcpy(all, cooldowns->at, cooldowns->n * sizeof(wa_row_delta *));
	if (lifts.n > 0)
		memcpy(all + cooldowns->n, lifts.at, lifts.n * sizeof(wa_row_delta *));
	qsort(all, cooldowns->n + lifts.n, sizeof(wa_row_delta *), wa_row_delta_order);
	wa_upsert(schema, &wa_cooldown_target, all, cooldowns->n + lifts.n);
	pfree(all);
}

static void
write_consents(const wa_schema *schema, const wa_deltas *consents, wa_event_batch *batch)
{
	const wa_consent_event *events;
	int			nevents;

	wa_upsert(schema, &wa_consent_target, consents->at, consents->n);
	events = wa_event_batch_consent_events(batch, &nevents);
	wa_upsert(schema, &wa_consent_log_target, events, nevents);
}

/* What rows tell already is not written: repeated webhooks cost a look-up and no write. */
static void
write_deltas(const wa_schema *schema, wa_upsert_target *target, wa_deltas *deltas)
{
	if (target->is_known != NULL)
		wa_drop_known(schema, target, deltas, NULL);
	wa_upsert(schema, target, deltas->at, deltas->n);
}

void
wa_write(const wa_schema *schema, const wa_policy *policy, wa_event_batch *batch)
{
	wa_deltas	deltas[WA_ROW_KINDS];
	wa_deltas  *activities = &deltas[WA_ROW_ACTIVITY];
	wa_deltas  *cooldowns = &deltas[WA_ROW_COOLDOWN];
	bool	   *missing;

	wa_event_batch_deltas(batch, deltas);
	missing = palloc_extended(Max(1, activities->n), MCXT_ALLOC_HUGE);
	wa_leave_out_erased(schema, deltas);
	wa_drop_known(schema, &wa_activity_target, activities, missing);
	wa_drop_known(schema, &wa_cooldown_target, cooldowns, NULL);
	lock_recipients(schema, cooldowns, activities, missing);
	if (cooldowns->n > 0)
		lock_activities(schema, cooldowns, activities);
	wa_upsert(schema, &wa_activity_target, activities->at, activities->n);
	write_deltas(schema, &wa_delivery_target, &deltas[WA_ROW_DELIVERY]);
	write_cooldowns(schema, policy, cooldowns, activities);
	write_consents(schema, &deltas[WA_ROW_CONSENT], batch);
	write_deltas(schema, &wa_change_target, &deltas[WA_ROW_CHANGE]);
	wa_write_links(schema, &deltas[WA_ROW_SIGHTING]);
	write_deltas(schema, &wa_message_target, &deltas[WA_ROW_MESSAGE]);
	write_deltas(schema, &wa_sender_target, &deltas[WA_ROW_SENDER]);
	write_deltas(schema, &wa_hold_target, &deltas[WA_ROW_HOLD]);
	write_deltas(schema, &wa_life_target, &deltas[WA_ROW_LIFE]);
	write_deltas(schema, &wa_template_target, &deltas[WA_ROW_TEMPLATE]);
	pfree(missing);
}
