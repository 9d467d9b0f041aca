/*-------------------------------------------------------------------------
 *
 * ingest.c
 *	  wa_ingest and wa_report_error: intake without storing the payload.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/timestamp.h"

#include "base/arguments.h"
#include "ingest/intake.h"

PG_FUNCTION_INFO_V1(wa_ingest_text);
PG_FUNCTION_INFO_V1(wa_ingest_bytea);
PG_FUNCTION_INFO_V1(wa_report_error);

/* When the webhook was received, as the caller says: wa_writer may give it. */
static TimestampTz
received_at_arg(FunctionCallInfo fcinfo, int argno)
{
	TimestampTz received_at;

	wa_forbid_null_arg(fcinfo, argno, "received_at");
	received_at = PG_GETARG_TIMESTAMPTZ(argno);
	wa_check_received(received_at);
	return received_at;
}

static Datum
ingest(FunctionCallInfo fcinfo, bool is_bytes)
{
	wa_intake  *intake;
	wa_str		payload = wa_required_text_arg(fcinfo, 0, "payload");
	wa_str		signature = wa_text_arg(fcinfo, 1);
	TimestampTz received_at = received_at_arg(fcinfo, 2);

	intake = wa_intake_begin(fcinfo->flinfo->fn_oid, false);
	wa_intake_payload(intake, payload, is_bytes, signature, received_at, 0);
	return wa_counts_row(fcinfo, wa_intake_finish(intake));
}

Datum
wa_ingest_text(PG_FUNCTION_ARGS)
{
	return ingest(fcinfo, false);
}

Datum
wa_ingest_bytea(PG_FUNCTION_ARGS)
{
	return ingest(fcinfo, true);
}

Datum
wa_report_error(PG_FUNCTION_ARGS)
{
	wa_failure_report failure = {.who.phone = wa_required_text_arg(fcinfo, 0, "recipient")};
	wa_intake  *intake;

	wa_forbid_null_arg(fcinfo, 1, "code");
	failure.code = PG_GETARG_INT32(1);
	wa_forbid_null_arg(fcinfo, 2, "at");
	failure.at = PG_GETARG_TIMESTAMPTZ(2);
	/* as webhooks are read: the business of an untrimmed id would be known from then on, and nobody have stopped there */
	failure.business = wa_str_trim(wa_text_arg(fcinfo, 3));
	failure.sender = wa_str_trim(wa_text_arg(fcinfo, 4));
	failure.message_id = wa_str_trim(wa_text_arg(fcinfo, 5));
	intake = wa_intake_begin(fcinfo->flinfo->fn_oid, false);
	wa_intake_failure(intake, &failure, wa_text_arg(fcinfo, 6));
	return wa_counts_row(fcinfo, wa_intake_finish(intake));
}
