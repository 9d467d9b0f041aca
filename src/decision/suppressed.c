/*-------------------------------------------------------------------------
 *
 * suppressed.c
 *	  wa_suppressed: all recipients of the state tables that must not be
 *	  sent to.
 *
 * The tables are read together, each in the order of its recipients, so that every known
 * recipient comes once, with its rows.  The suppression list tells which phones can be
 * skipped, and for which phones only their own rows count: those rows are used as facts, as
 * far as a rule needs them.  All other recipients are looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "decision/arguments.h"
#include "recipient/recipient.h"
#include "state/columns.h"
#include "state/ordered_scan.h"
#include "suppression/lazy_list.h"
#include "suppression/settings.h"

PG_FUNCTION_INFO_V1(wa_suppressed);

enum suppressed_column
{
	SUPPRESSED_RECIPIENT,
	SUPPRESSED_WA_ID,
	SUPPRESSED_REASON,
	SUPPRESSED_CODE,
	SUPPRESSED_SINCE,
	SUPPRESSED_UNTIL,
	SUPPRESSED_COLUMNS
};

enum scan_number
{
	CONSENT,
	COOLDOWN,
	ACTIVITY,
	DELIVERY,
	IDENTITY,
	IDENTITY_RECIPIENT,
	CHANGE,
	CHANGE_OTHER,
	SCANS
};

typedef struct wa_listing
{
	wa_decision_cache *cache;
	wa_suppression_list *list;	/* NULL: there is none to be had */
	MemoryContext list_context;
	wa_ordered_scan scans[SCANS];
	wa_canonical recipient;		/* at hand */
	bool		seen;			/* has a row of it been seen? */
	wa_activity latest;			/* with the wa_id seen last */
	text	   *reasons[WA_RULES];	/* names, by rule */
} wa_listing;

/*
 * Which tables' rows most decisions ask for; of the others the recipients are
 * enough, but for some.
 */
static void
open_scans(wa_listing *l, const wa_question *question)
{
	const wa_schema *schema = l->cache->schema;
	wa_category category = question->category;
	Snapshot	snapshot = l->cache->snapshot;

	wa_ordered_scan_open(&l->scans[CONSENT], &schema->consent, snapshot,
						 wa_asks_registers(category));
	wa_ordered_scan_open(&l->scans[COOLDOWN], &schema->cooldown, snapshot, true);
	wa_ordered_scan_open(&l->scans[ACTIVITY], &schema->activity, snapshot, category == WA_SERVICE);
	wa_ordered_scan_open(&l->scans[DELIVERY], &schema->delivery, snapshot,
						 wa_pacing_caps(l->cache->pacing, question));
	wa_ordered_scan_open(&l->scans[IDENTITY], &schema->identity, snapshot, false);
	wa_ordered_scan_open(&l->scans[IDENTITY_RECIPIENT], &schema->identity_recipient, snapshot, false);
	wa_ordered_scan_open(&l->scans[CHANGE], &schema->identity_change, snapshot, false);
	wa_ordered_scan_open(&l->scans[CHANGE_OTHER], &schema->identity_change_other, snapshot, false);
}

/* Go to the first recipient of all scans; false after the last. */
static bool
next_recipient(wa_listing *l)
{
	const wa_ordered_scan *first = NULL;

	for (int i = 0; i < SCANS; i++)
	{
		const wa_ordered_scan *scan = &l->scans[i];

		if (!scan->ended &&
			(first == NULL || wa_str_compare(scan->recipient, first->recipient) < 0))
			first = scan;
	}
	if (first == NULL)
		return false;

	if (!wa_canonical_from_str(first->recipient, &l->recipient))
		elog(ERROR, "a recipient of %zu bytes", first->recipient.len);
	l->seen = false;
	l->latest = WA_NO_ACTIVITY;
	return true;
}

/* Leave behind what is left of the recipient at hand. */
static void
pass(wa_listing *l)
{
	for (int i = 0; i < SCANS; i++)
	{
		while (wa_ordered_scan_at(&l->scans[i], wa_canonical_str(&l->recipient)))
			wa_ordered_scan_next(&l->scans[i]);
	}
}

/* Keep the raw wa_id of the row of wa_activity at hand, if it is the latest. */
static void
keep_wa_id(wa_listing *l, wa_reader *reader)
{
	wa_activity seen = WA_NO_ACTIVITY;

	seen.wa_id_at = wa_reader_instant(reader, Anum_wa_activity_wa_id_at);
	seen.wa_id = wa_reader_str(reader, Anum_wa_activity_wa_id);
	if (seen.wa_id.data != NULL)
		wa_activity_merge(&l->latest, &seen);
}

/* Add one part of the facts on the recipient at hand. */
static void
fetch_part(void *arg, wa_part part)
{
	wa_listing *l = arg;
	wa_ordered_scan *scan = &l->scans[part == WA_CONSENTS ? CONSENT :
									  part == WA_COOLDOWNS ? COOLDOWN :
									  part == WA_DELIVERIES ? DELIVERY : ACTIVITY];

	for (; wa_ordered_scan_at(scan, wa_canonical_str(&l->recipient)); wa_ordered_scan_next(scan))
	{
		if (!wa_ordered_scan_row(scan))
			continue;
		wa_facts_add(l->cache, part, &scan->reader);
		if (part == WA_ACTIVITIES)
			keep_wa_id(l, &scan->reader);
		l->seen = true;
	}
}

/*
 * Is it refused?  If so, the first objection is kept.
 */
static bool
keep_first(void *arg, const wa_objection *objection)
{
	*(wa_objection *) arg = *objection;
	return false;
}

/* Do only its own rows count for one that the list refuses? */
static bool
is_told_by_own_rows(const wa_listing *l)
{
	return !wa_is_bsuid(l->recipient.text) && !wa_list_inherits(l->list, &l->recipient);
}

static bool
is_refused(wa_listing *l, const wa_question *question, wa_objection *objection)
{
	wa_list_answer answer = l->list == NULL ? WA_LIST_LOOK_UP : wa_list_ask(l->list, &l->recipient);

	if (answer == WA_LIST_ALLOWED)
		return false;
	/* What is to be told of the others is known under other identifiers. */
	return !wa_decide(answer == WA_LIST_REFUSED && is_told_by_own_rows(l) ?
					  wa_facts_from(l->cache, &l->recipient, fetch_part, l) :
					  wa_facts_of(l->cache, &l->recipient),
					  question, keep_first, objection);
}

/*
 * Does the snapshot see any row of the recipient at hand?  It may be in an
 * index for what somebody else is about to commit.
 */
static bool
is_known(wa_listing *l)
{
	for (int i = 0; i < SCANS; i++)
	{
		wa_ordered_scan *scan = &l->scans[i];

		for (; wa_ordered_scan_at(scan, wa_canonical_str(&l->recipient)) && (i == ACTIVITY || !l->seen);
			 wa_ordered_scan_next(scan))
		{
			if (!wa_ordered_scan_row(scan))
				continue;
			if (i == ACTIVITY)
				keep_wa_id(l, &scan->reader);
			l->seen = true;
		}
	}
	return l->seen;
}

static void
put_suppressed(ReturnSetInfo *rsinfo, wa_listing *l, const wa_objection *objection)
{
	Datum		values[SUPPRESSED_COLUMNS] = {0};
	bool		nulls[SUPPRESSED_COLUMNS] = {0};

	values[SUPPRESSED_RECIPIENT] = RecipientGetDatum(wa_recipient_make(&l->recipient));
	wa_set_text(values, nulls, SUPPRESSED_WA_ID, l->latest.wa_id);
	values[SUPPRESSED_REASON] = PointerGetDatum(l->reasons[objection->rule]);
	values[SUPPRESSED_CODE] = Int32GetDatum(objection->code);
	nulls[SUPPRESSED_CODE] = objection->code == 0;
	values[SUPPRESSED_SINCE] = TimestampTzGetDatum(objection->since);
	nulls[SUPPRESSED_SINCE] = objection->since == WA_NEVER;
	values[SUPPRESSED_UNTIL] = TimestampTzGetDatum(objection->until);
	nulls[SUPPRESSED_UNTIL] = objection->until == WA_FOREVER;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
list_all(ReturnSetInfo *rsinfo, wa_listing *l, const wa_question *question)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "wa_policy suppressed row",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	wa_objection objection;

	for (; next_recipient(l); pass(l))
	{
		old = MemoryContextSwitchTo(row);
		if (is_refused(l, question, &objection) && is_known(l))
			put_suppressed(rsinfo, l, &objection);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row);
	}
}

Datum
wa_suppressed(PG_FUNCTION_ARGS)
{
	wa_question question;
	wa_listing *l = palloc0(sizeof(wa_listing));

	wa_question_args_at(fcinfo, 0, 1, -1, 2, &question);
	InitMaterializedSRF(fcinfo, 0);
	l->cache = wa_call_cache(fcinfo, &question);
	if (wa_suppression_list_mem > 0)
		l->list = wa_list_build(l->cache, &question, (wa_list_extent) {true, true},
								CurrentMemoryContext, (Size) wa_suppression_list_mem * 1024, &l->list_context);
	for (int rule = WA_RULE_INVALID_RECIPIENT; rule < WA_RULES; rule++)
		l->reasons[rule] = cstring_to_text(wa_rule_name(rule));
	open_scans(l, &question);
	list_all((ReturnSetInfo *) fcinfo->resultinfo, l, &question);
	for (int i = 0; i < SCANS; i++)
		wa_ordered_scan_close(&l->scans[i]);
	if (l->list_context != NULL)
		MemoryContextDelete(l->list_context);
	return (Datum) 0;
}
