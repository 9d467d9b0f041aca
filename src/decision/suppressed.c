/*-------------------------------------------------------------------------
 *
 * suppressed.c
 *	  wa_suppressed: all recipients of the state tables who must not be
 *	  sent to.
 *
 * The primary keys of the state tables all begin with the recipient, and
 * wa_identity has an index by either end, so scans in key order side by side
 * give every known recipient once.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "decision/arguments.h"
#include "decision/facts.h"
#include "recipient/recipient.h"
#include "common/columns.h"
#include "state/read.h"

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

/* One state table, read in the order of its recipients. */
typedef struct wa_roll
{
	wa_reader	reader;
	int			column;			/* that of the recipient */
	bool		ended;
	wa_canonical recipient;		/* of the row at hand */
} wa_roll;

static int
compare(const wa_canonical *a, const wa_canonical *b)
{
	return wa_recipient_cmp_bytes(a->text, a->len, b->text, b->len);
}

/* Go to the next recipient of this table. */
static void
advance(wa_roll *roll)
{
	wa_canonical before = roll->recipient;

	do
	{
		bool		isnull;

		roll->ended = !wa_reader_next(&roll->reader);
		if (roll->ended)
			return;
		wa_recipient_get(DatumGetRecipientPP(
							 wa_reader_datum(&roll->reader, roll->column, &isnull)),
						 &roll->recipient);
	} while (compare(&roll->recipient, &before) == 0);
}

static void
open_roll(wa_roll *roll, const wa_table *table, int column, Snapshot snapshot)
{
	wa_reader_open_all(&roll->reader, table, snapshot);
	roll->column = column;
	roll->recipient.len = 0;
	roll->recipient.text[0] = '\0';
	advance(roll);
}

static bool
keep_first(void *arg, const wa_objection *objection)
{
	*(wa_objection *) arg = *objection;
	return false;
}

static void
put_suppressed(ReturnSetInfo *rsinfo, const wa_canonical *recipient,
			   const wa_objection *objection)
{
	Datum		values[SUPPRESSED_COLUMNS];
	bool		nulls[SUPPRESSED_COLUMNS] = {0};

	values[SUPPRESSED_RECIPIENT] = RecipientGetDatum(wa_recipient_make(recipient));
	values[SUPPRESSED_REASON] = CStringGetTextDatum(wa_rule_name(objection->rule));
	values[SUPPRESSED_CODE] = Int32GetDatum(objection->code);
	nulls[SUPPRESSED_CODE] = objection->code == 0;
	values[SUPPRESSED_SINCE] = TimestampTzGetDatum(objection->since);
	nulls[SUPPRESSED_SINCE] = objection->since == WA_NEVER;
	values[SUPPRESSED_UNTIL] = TimestampTzGetDatum(objection->until);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
wa_suppressed(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_question question;
	wa_library *library;
	const wa_schema *schema;
	wa_roll		rolls[5];

	wa_question_args_at(fcinfo, 0, 1, -1, 2, &question);
	InitMaterializedSRF(fcinfo, 0);
	library = wa_library_for(fcinfo);
	schema = wa_library_schema(library);

	open_roll(&rolls[0], &schema->consent, WA_CONSENT_RECIPIENT,
			  wa_library_snapshot(library));
	open_roll(&rolls[1], &schema->cooldown, WA_COOLDOWN_RECIPIENT,
			  wa_library_snapshot(library));
	open_roll(&rolls[2], &schema->activity, WA_ACTIVITY_RECIPIENT,
			  wa_library_snapshot(library));

	open_roll(&rolls[3], &schema->identity, WA_IDENTITY_RECIPIENT,
			  wa_library_snapshot(library));
	open_roll(&rolls[4], &schema->identity_other, WA_IDENTITY_OTHER,
			  wa_library_snapshot(library));

	for (;;)
	{
		wa_roll    *first = NULL;
		wa_canonical recipient;
		wa_objection objection;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < lengthof(rolls); i++)
		{
			if (!rolls[i].ended &&
				(first == NULL || compare(&rolls[i].recipient, &first->recipient) < 0))
				first = &rolls[i];
		}
		if (first == NULL)
			break;

		recipient = first->recipient;
		for (int i = 0; i < lengthof(rolls); i++)
		{
			if (!rolls[i].ended && compare(&rolls[i].recipient, &recipient) == 0)
				advance(&rolls[i]);
		}
		if (!wa_decide(wa_facts_of(library, &recipient), &question, keep_first, &objection))
			put_suppressed(rsinfo, &recipient, &objection);
	}

	for (int i = 0; i < lengthof(rolls); i++)
		wa_reader_close(&rolls[i].reader);
	return (Datum) 0;
}
