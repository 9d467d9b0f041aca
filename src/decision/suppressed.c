/*-------------------------------------------------------------------------
 *
 * suppressed.c
 *	  wa_suppressed: all recipients of the state tables who must not be
 *	  sent to.
 *
 * The primary keys of the state tables all begin with the recipient, and
 * wa_identity has an index by either end, so rolls of these tables side by side
 * give every known recipient once, and his rows with him.  These are his facts,
 * read as far as a rule asks for them.  Only who has ties to other identifiers
 * is looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "decision/arguments.h"
#include "decision/facts.h"
#include "recipient/recipient.h"
#include "state/roll.h"

PG_FUNCTION_INFO_V1(wa_suppressed);

enum suppressed_column
{
	SUPPRESSED_RECIPIENT,
	SUPPRESSED_REASON,
	SUPPRESSED_CODE,
	SUPPRESSED_SINCE,
	SUPPRESSED_UNTIL,
	SUPPRESSED_COLUMNS
};

enum wa_roll_number
{
	CONSENT,
	COOLDOWN,
	ACTIVITY,
	IDENTITY,
	IDENTITY_OTHER,
	ROLLS
};

typedef struct wa_listing
{
	wa_library *library;
	wa_roll		rolls[ROLLS];
	wa_canonical recipient;		/* at hand */
	bool		seen;			/* has a row of his been seen? */
	text	   *reasons[WA_RULE_WINDOW_CLOSED + 1]; /* by rule, where used so far */
} wa_listing;

static wa_str
at_hand(const wa_listing *l)
{
	return (wa_str)
	{
		l->recipient.text, l->recipient.len
	};
}

/*
 * Which tables' rows most decisions ask for; of the others the recipients are
 * enough, but for some.
 */
static void
open_rolls(wa_listing *l, wa_category category)
{
	const wa_schema *schema = wa_library_schema(l->library);
	Snapshot	snapshot = wa_library_snapshot(l->library);

	wa_roll_open(&l->rolls[CONSENT], &schema->consent, snapshot, category == WA_MARKETING);
	wa_roll_open(&l->rolls[COOLDOWN], &schema->cooldown, snapshot, true);
	wa_roll_open(&l->rolls[ACTIVITY], &schema->activity, snapshot, category == WA_SERVICE);
	wa_roll_open(&l->rolls[IDENTITY], &schema->identity, snapshot, false);
	wa_roll_open(&l->rolls[IDENTITY_OTHER], &schema->identity_other, snapshot, false);
}

/* Go to the first recipient of all rolls; false after the last. */
static bool
next_recipient(wa_listing *l)
{
	const wa_roll *first = NULL;

	for (int i = 0; i < ROLLS; i++)
	{
		const wa_roll *roll = &l->rolls[i];

		if (!roll->ended &&
			(first == NULL || wa_str_compare(roll->recipient, first->recipient) < 0))
			first = roll;
	}
	if (first == NULL)
		return false;

	if (first->recipient.len > WA_RECIPIENT_MAX)
		elog(ERROR, "a recipient of %zu bytes", first->recipient.len);
	memcpy(l->recipient.text, first->recipient.data, first->recipient.len);
	l->recipient.len = first->recipient.len;
	l->recipient.text[l->recipient.len] = '\0';
	l->seen = false;
	return true;
}

/* Leave behind what is left of the recipient at hand. */
static void
pass(wa_listing *l)
{
	for (int i = 0; i < ROLLS; i++)
	{
		while (wa_roll_at(&l->rolls[i], at_hand(l)))
			wa_roll_next(&l->rolls[i]);
	}
}

/* Add one part of the facts on the recipient at hand. */
static void
fetch_part(wa_facts *facts, wa_part part)
{
	wa_listing *l = facts->arg;
	wa_roll    *roll = &l->rolls[part == WA_CONSENTS ? CONSENT :
								 part == WA_COOLDOWNS ? COOLDOWN : ACTIVITY];

	for (; wa_roll_at(roll, at_hand(l)); wa_roll_next(roll))
	{
		if (wa_roll_row(roll))
		{
			wa_facts_add(l->library, part, &roll->reader);
			l->seen = true;
		}
	}
}

static wa_facts *
facts_at_hand(wa_listing *l)
{
	if (wa_roll_at(&l->rolls[IDENTITY], at_hand(l)) ||
		wa_roll_at(&l->rolls[IDENTITY_OTHER], at_hand(l)))
		return wa_facts_of(l->library, &l->recipient);
	return wa_facts_from(l->library, &l->recipient, fetch_part, l);
}

/*
 * Does the snapshot see any row of the recipient at hand?  He may be in an
 * index for what somebody else is about to commit.
 */
static bool
is_known(wa_listing *l)
{
	for (int i = 0; i < ROLLS; i++)
	{
		wa_roll    *roll = &l->rolls[i];

		for (; !l->seen && wa_roll_at(roll, at_hand(l)); wa_roll_next(roll))
			l->seen = wa_roll_row(roll);
	}
	return l->seen;
}

static bool
keep_first(void *arg, const wa_objection *objection)
{
	*(wa_objection *) arg = *objection;
	return false;
}

static Datum
reason_of(wa_listing *l, wa_rule rule)
{
	if (l->reasons[rule] == NULL)
		l->reasons[rule] = cstring_to_text(wa_rule_name(rule));
	return PointerGetDatum(l->reasons[rule]);
}

static void
put_suppressed(ReturnSetInfo *rsinfo, wa_listing *l, const wa_objection *objection)
{
	Datum		values[SUPPRESSED_COLUMNS];
	bool		nulls[SUPPRESSED_COLUMNS] = {0};

	values[SUPPRESSED_RECIPIENT] = RecipientGetDatum(wa_recipient_make(&l->recipient));
	values[SUPPRESSED_REASON] = reason_of(l, objection->rule);
	values[SUPPRESSED_CODE] = Int32GetDatum(objection->code);
	nulls[SUPPRESSED_CODE] = objection->code == 0;
	values[SUPPRESSED_SINCE] = TimestampTzGetDatum(objection->since);
	nulls[SUPPRESSED_SINCE] = objection->since == WA_NEVER;
	values[SUPPRESSED_UNTIL] = TimestampTzGetDatum(objection->until);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	pfree(DatumGetPointer(values[SUPPRESSED_RECIPIENT]));
}

Datum
wa_suppressed(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_question question;
	wa_objection objection;
	wa_listing *l = palloc0(sizeof(wa_listing));

	wa_question_args_at(fcinfo, 0, 1, -1, 2, &question);
	InitMaterializedSRF(fcinfo, 0);
	l->library = wa_library_for(fcinfo);
	open_rolls(l, question.category);
	for (; next_recipient(l); pass(l))
	{
		if (!wa_decide(facts_at_hand(l), &question, keep_first, &objection) && is_known(l))
			put_suppressed(rsinfo, l, &objection);
	}
	for (int i = 0; i < ROLLS; i++)
		wa_roll_close(&l->rolls[i]);
	return (Datum) 0;
}
