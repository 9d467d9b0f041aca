/*-------------------------------------------------------------------------
 *
 * operator.c
 *	  wa_opt_out and wa_opt_in: consent that somebody at the business
 *	  records by hand or by program.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/statement.h"
#include "ingest/intake.h"
#include "recipient/recipient.h"
#include "state/read.h"

PG_FUNCTION_INFO_V1(wa_opt_out_text);
PG_FUNCTION_INFO_V1(wa_opt_out_recipient);
PG_FUNCTION_INFO_V1(wa_opt_in_text);
PG_FUNCTION_INFO_V1(wa_opt_in_recipient);

/* Argument 0; the input function of the type says what is wrong with it. */
static void
recipient_arg(FunctionCallInfo fcinfo, bool is_text, wa_canonical *recipient)
{
	wa_forbid_null_arg(fcinfo, 0, "recipient");
	if (!is_text)
		wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), recipient);
	else if (!wa_recipient_from_text(PG_GETARG_TEXT_PP(0), recipient))
		DirectFunctionCall1(wa_recipient_in,
							CStringGetDatum(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/*
 * Argument 3: when it happened.  A wrong clock here would win for ever, as it
 * would in a webhook.
 */
static wa_instant
instant_arg(FunctionCallInfo fcinfo)
{
	wa_instant	at;

	wa_forbid_null_arg(fcinfo, 3, "at");
	at = PG_GETARG_TIMESTAMPTZ(3);
	if (at < WA_FIRST_INSTANT ||
		at > wa_after(GetCurrentTimestamp(), WA_CLOCK_SKEW))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time of a consent event is out of range"),
				 errdetail("It must lie between 2009 and 10 minutes from now.")));
	return at;
}

/*
 * A word for a business that was never heard of would be seen by nobody who asks
 * about the right one.
 */
static void
require_business(Oid funcid, wa_str business)
{
	wa_reader	reader;
	bool		known;

	wa_reader_open_latest(&reader, &wa_schema_of(funcid)->sender);
	wa_reader_seek(&reader, wa_str_datum(business));
	known = wa_reader_next(&reader);
	wa_reader_close(&reader);
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("business \"%.*s\" was never heard of", (int) business.len, business.data),
				 errdetail("No webhook or reported error named it, so nobody would see what is recorded for it."),
				 errhint("'' records for every business. If it is new, add it to wa_sender.")));
}

/* Record an event in the business register. */
static void
record(FunctionCallInfo fcinfo, const wa_canonical *recipient, bool stop, wa_str evidence)
{
	wa_event	event;
	wa_intake  *intake;

	memset(&event, 0, sizeof(event));
	event.kind = WA_EVENT_CONSENT;
	event.at = instant_arg(fcinfo);
	event.business = wa_to_utf8(wa_text_arg(fcinfo, 2));
	if (event.business.len > WA_MAX_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("business id is too long"),
				 errdetail("It may have %d bytes.", WA_MAX_NAME)));
	if (event.business.len > 0)
		require_business(fcinfo->flinfo->fn_oid, wa_text_arg(fcinfo, 2));
	event.sender = WA_STR("");
	event.message_id = WA_STR("");
	event.nids = 1;
	event.ids[0] = *recipient;
	event.reg = WA_REGISTER_BUSINESS;
	event.stop = stop;
	event.origin = WA_STR("operator");
	event.evidence = wa_to_utf8(evidence);

	intake = wa_intake_begin(fcinfo->flinfo->fn_oid, false);
	wa_intake_event(intake, &event);
	wa_intake_finish(intake);
}

/* The decision itself is asked, since the stop may stand under another identifier. */
static wa_statement whatsapp_stops = {
	"SELECT FROM @extschema@.wa_explain($1, 'marketing') AS e"
	" WHERE e.reason = 'opted_out_whatsapp'",
	"recipient", NULL, 0
};

/* Does WhatsApp's own stop stand for this recipient, in any business? */
static bool
stopped_by_whatsapp(Oid funcid, const wa_canonical *recipient)
{
	Datum		value = RecipientGetDatum(wa_recipient_make(recipient));
	bool		stopped;

	SPI_connect();
	stopped = wa_statement_run(&whatsapp_stops, wa_schema_of(funcid), &value, NULL) > 0;
	SPI_finish();
	return stopped;
}

static Datum
opt_out(FunctionCallInfo fcinfo, bool is_text)
{
	wa_canonical recipient;

	recipient_arg(fcinfo, is_text, &recipient);
	record(fcinfo, &recipient, true, wa_text_arg(fcinfo, 1));
	PG_RETURN_VOID();
}

static Datum
opt_in(FunctionCallInfo fcinfo, bool is_text)
{
	wa_canonical recipient;
	wa_str		evidence = wa_text_arg(fcinfo, 1);

	recipient_arg(fcinfo, is_text, &recipient);
	if (wa_is_blank(evidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an opt-in needs evidence"),
				 errhint("Say where and how the person agreed, for example the form and its time.")));

	record(fcinfo, &recipient, false, evidence);
	if (stopped_by_whatsapp(fcinfo->flinfo->fn_oid, &recipient))
		ereport(NOTICE,
				(errmsg("recipient %s has stopped marketing in WhatsApp, which this opt-in does not lift",
						recipient.text),
				 errdetail("Only the person can resume, in WhatsApp.")));
	PG_RETURN_VOID();
}

Datum
wa_opt_out_text(PG_FUNCTION_ARGS)
{
	return opt_out(fcinfo, true);
}

Datum
wa_opt_out_recipient(PG_FUNCTION_ARGS)
{
	return opt_out(fcinfo, false);
}

Datum
wa_opt_in_text(PG_FUNCTION_ARGS)
{
	return opt_in(fcinfo, true);
}

Datum
wa_opt_in_recipient(PG_FUNCTION_ARGS)
{
	return opt_in(fcinfo, false);
}
