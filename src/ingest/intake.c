/*-------------------------------------------------------------------------
 *
 * intake.c
 *	  The intake of one statement.
 *
 * payload → elements (payload/) → events (events/) → merged state (event_deltas.c,
 * writer.c).  This file connects these steps; what cannot be applied goes to findings.c.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/statement.h"
#include "errors/code_policies.h"
#include "events/phrase_lookup.h"
#include "ingest/event_batch.h"
#include "ingest/findings.h"
#include "ingest/intake.h"
#include "ingest/writer.h"
#include "payload/payload.h"
#include "signature/signature.h"

/*
 * So many unknown codes of one element keep its text; the others have it beside
 * them, and a thousand copies would be somebody's attack.
 */
#define WA_CODES_WITH_FRAGMENT	4

/*
 * Of a payload that is too large so much is kept: four times what is read, and
 * little enough for a row, as hexadecimal digits too.
 */
#define WA_KEPT_BYTES		(4 * WA_PAYLOAD_MAX_BYTES)

/* What wa_report_error reports, in this database's encoding. */
typedef struct wa_report
{
	wa_str		business;
	wa_str		sender;
	wa_str		status;			/* the element it would have been */
} wa_report;

struct wa_intake
{
	MemoryContext context;
	const wa_schema *schema;
	wa_policy	policy;
	wa_code_policies *codes;	/* NULL: nobody has asked so far */
	wa_event_sink sink;
	wa_payload *payload;
	wa_secrets *secrets;		/* NULL: none, nothing is checked */
	wa_event_batch *batch;
	bool		replaying;
	bool		may_post;		/* known to be no subscriber */
	wa_counts	counts;

	wa_findings findings;		/* what could not be applied */

	/* Of the payload or failure at hand. */
	const wa_element *element;	/* NULL: none */
	wa_instant	received_at;
	int64		webhook_id;
	const wa_report *report;	/* NULL: none */
	bool		retrying;		/* of a problem that is recorded already */
	bool		refused;		/* does one of the whole payload stand? */
	bool		looking;		/* what it says comes by another way */
	uint32		problems_of_element;	/* kinds found so far, as bits */
	int			codes_of_element;	/* unknown ones found so far */
};

static void
free_payload(void *arg)
{
	wa_payload_free(((wa_intake *) arg)->payload);
}

/* A new finding about the payload at hand, without its fragment, which a stored payload has. */
static wa_finding *
add_finding(wa_intake *intake, wa_problem problem, const char *detail)
{
	wa_finding *finding = wa_findings_add(&intake->findings, problem, detail);

	finding->received_at = intake->received_at;
	finding->webhook_id = intake->webhook_id;
	return finding;
}

/* No longer than a key may be. */
static wa_str
cut(wa_str s)
{
	if (s.len > WA_MAX_NAME)
		s.len = pg_mbcliplen(s.data, s.len, WA_MAX_NAME);
	return s;
}

/* The fragment is left out where the payload is kept, and of most unknown codes of one element. */
static void
describe_element(wa_intake *intake, wa_finding *finding)
{
	const wa_element *element = intake->element;
	char		path[WA_PATH_SIZE];

	wa_payload_path(element, path, sizeof(path));
	finding->path = wa_str_from(pstrdup(path));
	finding->business = cut(wa_to_database(element->business));
	finding->sender = cut(wa_to_database(element->sender));
	finding->on_premises = element->on_premises;
	if (intake->webhook_id != 0 ||
		(finding->problem == WA_PROBLEM_UNKNOWN_CODE &&
		 intake->codes_of_element++ >= WA_CODES_WITH_FRAGMENT))
		return;
	finding->fragment = wa_payload_fragment(element);
	if (finding->fragment.data == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	finding->fragment = wa_to_database(finding->fragment);
}

static void
describe_report(const wa_report *report, wa_finding *finding)
{
	finding->path = WA_STR("/statuses/0");
	finding->on_premises = true;
	finding->business = cut(report->business);
	finding->sender = cut(report->sender);
	finding->fragment = wa_str_copy(report->status);
}

static void
take_problem(void *arg, wa_problem problem, const char *detail, int32 code)
{
	wa_intake  *intake = arg;
	MemoryContext old;
	wa_finding *finding;

	/*
	 * One row for each kind of problem of an element: a thousand bad errors in
	 * one status are one problem, kept once.
	 */
	if (problem != WA_PROBLEM_UNKNOWN_CODE)
	{
		if (intake->problems_of_element & (1 << problem))
			return;
		intake->problems_of_element |= 1 << problem;
	}
	intake->counts.problems++;
	intake->refused |= intake->element != NULL && intake->element->place.nsteps == 0;
	if (intake->retrying)
		return;
	if (problem == WA_PROBLEM_UNKNOWN_CODE &&
		(intake->replaying || wa_findings_count_code(&intake->findings, code)))
		return;

	old = MemoryContextSwitchTo(intake->context);
	finding = add_finding(intake, problem, detail);
	finding->code = code;
	if (intake->element != NULL)
		describe_element(intake, finding);
	else
		describe_report(intake->report, finding);
	MemoryContextSwitchTo(old);
}

static void
take_event(void *arg, const wa_event *event)
{
	wa_intake  *intake = arg;

	if (!intake->looking)
		wa_event_batch_add(intake->batch, event, intake->webhook_id);
}

/* Changes of codes are read when the first code is needed, since most statements need none. */
static bool
policy_code(void *arg, int32 code, wa_code_policy *policy)
{
	wa_intake  *intake = arg;

	if (intake->codes == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(intake->context);

		PushActiveSnapshot(GetLatestSnapshot());
		intake->codes = wa_code_policies_load(intake->schema);
		PopActiveSnapshot();
		MemoryContextSwitchTo(old);
	}
	return wa_code_policies_find(intake->codes, code, policy);
}

static wa_meaning
policy_phrase(void *arg, wa_str text)
{
	wa_intake  *intake = arg;

	return wa_phrase_lookup(intake->schema, text);
}

wa_intake *
wa_intake_begin(Oid funcid, bool replaying)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy intake",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	wa_intake  *intake = palloc0(sizeof(wa_intake));
	MemoryContextCallback *callback = palloc0(sizeof(MemoryContextCallback));

	/* Armed before there is anything to free, so that nothing slips by. */
	callback->func = free_payload;
	callback->arg = intake;
	MemoryContextRegisterResetCallback(context, callback);

	intake->context = context;
	intake->schema = wa_schema_of(funcid);
	wa_write_begin(intake->schema);
	intake->policy = (wa_policy) {intake, policy_code, policy_phrase};
	intake->secrets = wa_secrets_load(intake->schema, true);
	intake->batch = wa_event_batch_make(context);
	intake->findings.context = context;
	intake->replaying = replaying;
	intake->sink = (wa_event_sink) {intake, take_event, take_problem};
	intake->payload = wa_payload_new();
	if (intake->payload == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	MemoryContextSwitchTo(old);
	return intake;
}

/* Count an element that was interpreted; its problems count as they are found. */
static void
count(wa_intake *intake, wa_element_outcome outcome)
{
	if (outcome == WA_OUTCOME_APPLIED)
		intake->counts.applied++;
	else if (outcome == WA_OUTCOME_IGNORED)
		intake->counts.ignored++;
	intake->problems_of_element = 0;
	intake->codes_of_element = 0;
}

/*
 * Was the sender heard of by this?  What cannot be read and names none proves no feed, and what is
 * of no account must not make a business known that nothing is recorded of.
 */
static bool
names_sender(const wa_element *element)
{
	return !element->no_account &&
		(element->kind != WA_ELEMENT_MALFORMED || wa_str_given(element->business) ||
		 wa_str_given(element->sender));
}

/*
 * Interpret all elements of the payload at hand.  checked: its signature is, so
 * that what it says of businesses with another secret is passed over.  again: it is
 * out of a payload that was read before, which told who the senders are.  Returns
 * whether anything was passed over.
 */
static bool
interpret_elements(wa_intake *intake, bool checked, bool again)
{
	wa_element	element;
	bool		refused = false;

	while (wa_payload_next(intake->payload, &element))
	{
		CHECK_FOR_INTERRUPTS();
		if (checked && !wa_secrets_accept(intake->secrets, element.business))
		{
			refused = true;
			continue;
		}
		intake->element = &element;
		if (!again && names_sender(&element))
			wa_event_batch_add_sender(intake->batch, element.business, element.sender,
									  element.display_phone, intake->received_at);
		count(intake, wa_interpret(&element, intake->received_at, &intake->policy,
								   &intake->sink));
	}
	intake->element = NULL;
	return refused;
}

/* Why a payload could not be read. */
static wa_problem
problem_of(wa_payload_result result)
{
	switch (result)
	{
		case WA_PAYLOAD_TOO_DEEP:
			return WA_PROBLEM_TOO_DEEP;
		case WA_PAYLOAD_TOO_LARGE:
			return WA_PROBLEM_TOO_LARGE;
		case WA_PAYLOAD_UNKNOWN_SHAPE:
			return WA_PROBLEM_UNKNOWN_SHAPE;
		case WA_PAYLOAD_NO_MEMORY:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
			break;
		case WA_PAYLOAD_OK:
		case WA_PAYLOAD_INVALID_JSON:
			break;
	}
	return WA_PROBLEM_INVALID_JSON;
}

/* Record a problem of the whole payload. */
static void
refuse_payload(wa_intake *intake, wa_problem problem, const char *detail, wa_str payload,
			   wa_str signature)
{
	MemoryContext old;
	wa_finding *finding;
	const char *kept = "";

	intake->counts.problems++;
	intake->refused = true;
	if (intake->retrying)
		return;
	old = MemoryContextSwitchTo(intake->context);
	if (payload.len > WA_KEPT_BYTES && intake->webhook_id == 0)
	{
		payload.len = pg_mbcliplen(payload.data, (int) payload.len, WA_KEPT_BYTES);
		kept = "; only its beginning is kept";
	}
	finding = add_finding(intake, problem, psprintf("%s%s", detail, kept));
	if (intake->webhook_id == 0)
	{
		finding->fragment = wa_bytes_to_database(payload);
		finding->signature = signature.data == NULL ? signature : wa_str_copy(signature);
	}
	MemoryContextSwitchTo(old);
}

/* Parse a body, which must stay valid until its elements are interpreted. */
static wa_payload_result
parse_body(wa_intake *intake, wa_str utf8, wa_str signature)
{
	wa_payload_result result = wa_payload_parse(intake->payload, utf8.data, utf8.len);

	if (result == WA_PAYLOAD_OK && intake->secrets != NULL)
		wa_secrets_check(intake->secrets, utf8, signature);
	return result;
}

/*
 * Did a business sign the payload that it names?  The secrets of all others are not tried, since there may
 * be many of them, and a large body takes its time.  The body is to be parsed again after that.
 */
static bool
is_signed(wa_intake *intake)
{
	wa_element	element;
	bool		accepted = intake->secrets == NULL;

	while (!accepted && wa_payload_next(intake->payload, &element))
	{
		CHECK_FOR_INTERRUPTS();
		accepted = wa_secrets_accept(intake->secrets, element.business);
	}
	return accepted;
}

/*
 * The same for a text.  If it is no JSON, or not what was signed, with doubled
 * backslashes, but is with single ones, these are meant.
 */
static wa_payload_result
parse_text(wa_intake *intake, wa_str text, wa_str signature)
{
	wa_str		utf8 = wa_kept_to_utf8(text);
	wa_payload_result result = parse_body(intake, utf8, signature);
	wa_str		doubled = {NULL, 0};

	if (result == WA_PAYLOAD_INVALID_JSON || (result == WA_PAYLOAD_OK && intake->secrets != NULL))
		doubled = wa_doubled_to_utf8(text);
	if (doubled.data == NULL)
		return result;
	if ((result != WA_PAYLOAD_OK || !is_signed(intake)) &&
		parse_body(intake, doubled, signature) == WA_PAYLOAD_OK &&
		(result == WA_PAYLOAD_INVALID_JSON || is_signed(intake)))
		return parse_body(intake, doubled, signature);
	return parse_body(intake, utf8, signature);
}

/*
 * What webhooks write on a subscriber has keys that the publisher gives to other rows.  With the
 * first of those the replication would stop, and stops would not be known here any more.
 */
static void
forbid_on_subscriber(wa_intake *intake)
{
	if (!intake->may_post && wa_is_subscribed(intake->schema->identity.heap))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("webhooks cannot be applied on a subscriber"),
				 errdetail("The state comes from the publisher; what a webhook writes here would stop the replication."),
				 errhint("Post webhooks to the publisher. If this database is to take its place, drop the subscription.")));
	intake->may_post = true;
}

/* The clock is asked each time, since a statement may be a COPY that runs for hours. */
void
wa_check_moment(wa_instant at, const char *what, const char *hint)
{
	if (!wa_may_have_been(at, GetCurrentTimestamp()))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is out of range", what),
				 errdetail("It must lie between 2009 and 10 minutes from now."),
				 hint != NULL ? errhint("%s", hint) : 0));
}

/* A payload received in a far future would lift, and stop, until then. */
void
wa_check_received(wa_instant received_at)
{
	wa_check_moment(received_at, "received_at",
					"Give the time at which the webhook arrived, or leave it to its default.");
}

void
wa_intake_payload(wa_intake *intake, wa_str payload, bool is_bytes, wa_str signature,
				  wa_instant received_at, int64 webhook_id)
{
	/* what is too large in any form need not be converted to tell so */
	bool		as_it_is = is_bytes || payload.len > 2 * WA_PAYLOAD_MAX_BYTES + 2;
	wa_payload_result result;

	forbid_on_subscriber(intake);
	result = as_it_is ? parse_body(intake, payload, signature) :
		parse_text(intake, payload, signature);
	intake->received_at = received_at;
	intake->webhook_id = webhook_id;
	if (result != WA_PAYLOAD_OK)
		refuse_payload(intake, problem_of(result), wa_payload_detail(intake->payload), payload,
					   signature);
	else if (interpret_elements(intake, intake->secrets != NULL, false))
		refuse_payload(intake, WA_PROBLEM_BAD_SIGNATURE,
					   signature.data == NULL ? "no signature was given" :
					   "signature is not that of a secret of the business", payload, signature);
	else if (wa_payload_repeats(intake->payload))
		refuse_payload(intake, WA_PROBLEM_UNKNOWN_SHAPE,
					   "an object has the same member twice, and only the last one was read",
					   payload, signature);
	wa_payload_clear(intake->payload);
}

static void
retry_payload_once(wa_intake *intake, const wa_fragment *fragment)
{
	wa_intake_payload(intake, fragment->text, false, fragment->signature, fragment->received_at,
					  fragment->webhook_id);
}

/*
 * What was wrong with a whole payload is solved when it can be read, and was signed.  What is wrong with
 * elements of it are other problems, which nobody could know of before, so that they are recorded now.
 */
static bool
retry_payload(wa_intake *intake, const wa_fragment *fragment)
{
	int64		before = intake->counts.problems;
	wa_counts	counts;

	intake->refused = false;
	retry_payload_once(intake, fragment);
	if (intake->refused || intake->counts.problems == before)
		return !intake->refused;
	counts = intake->counts;
	intake->retrying = intake->replaying = false;
	intake->looking = true;
	retry_payload_once(intake, fragment);
	intake->replaying = true;
	intake->counts = counts;
	return true;
}

static bool
retry_element(wa_intake *intake, const wa_fragment *fragment)
{
	int64		before = intake->counts.problems;
	wa_str		utf8 = wa_to_utf8(fragment->text);
	wa_payload_result result =
		wa_payload_parse_element(intake->payload, utf8.data, utf8.len,
								 wa_payload_kind_at(fragment->path), fragment->on_premises,
								 wa_to_utf8(fragment->business), wa_to_utf8(fragment->sender));

	intake->received_at = fragment->received_at;
	intake->webhook_id = fragment->webhook_id;
	if (result == WA_PAYLOAD_OK)
		interpret_elements(intake, false, true);
	else
	{
		/* The problem is on record already; lack of memory is none, but an ERROR. */
		(void) problem_of(result);
		intake->counts.problems++;
	}
	wa_payload_clear(intake->payload);
	return intake->counts.problems == before;
}

bool
wa_intake_fragment(wa_intake *intake, const wa_fragment *fragment, bool uncounted)
{
	const wa_counts before = intake->counts;
	bool		solved;

	forbid_on_subscriber(intake);
	intake->retrying = true;
	intake->looking = uncounted;
	solved = fragment->path.len == 0 ? retry_payload(intake, fragment) : retry_element(intake, fragment);
	intake->retrying = false;
	intake->looking = false;
	if (uncounted)
		intake->counts = before;
	return solved;
}

/* Append a member to a JSON object that is being written; none if absent. */
static void
append_member(StringInfo json, const char *name, wa_str value)
{
	if (!wa_str_given(value))
		return;
	appendStringInfo(json, ",\"%s\":", name);
	escape_json(json, pnstrdup(value.data, value.len));
}

/*
 * The failed status that a webhook would have brought, as evidence and for a
 * replay.
 */
static wa_str
failed_status(const wa_failure_report *failure, wa_str details)
{
	wa_instant	at = failure->at;
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"status\":\"failed\"");
	append_member(&json, "id", failure->message_id);
	append_member(&json, "recipient_id", failure->who.phone);
	if (TIMESTAMP_NOT_FINITE(at))
		append_member(&json, "timestamp", at > 0 ? WA_STR("infinity") : WA_STR("-infinity"));
	else
		appendStringInfo(&json, ",\"timestamp\":%.*f", at % WA_SECOND == 0 ? 0 : 6,
						 (double) at / WA_SECOND + (double) WA_UNIX_EPOCH);
	appendStringInfo(&json, ",\"errors\":[{\"code\":%d", failure->code);
	append_member(&json, "details", details);
	appendStringInfoString(&json, "}]}");
	return wa_str_of(json.data, json.len);
}

static wa_statement require_reporter = {
	"SELECT @extschema@.wa__require_reporter($1)", "text", NULL, 0
};

/* With app secrets, a report must not make a business known that nobody else has heard of. */
static void
check_reporter(wa_intake *intake, wa_str business)
{
	Datum		value;

	if (intake->secrets == NULL)
		return;
	SPI_connect();
	value = wa_str_datum(cut(business));
	wa_statement_run(&require_reporter, intake->schema, &value, NULL);
	SPI_finish();
}

void
wa_intake_failure(wa_intake *intake, const wa_failure_report *failure, wa_str details)
{
	wa_report	report = {failure->business, failure->sender, {NULL, 0}};
	wa_failure_report utf8 = *failure;

	check_reporter(intake, failure->business);
	report.status = failed_status(failure, details);
	/* By its own time if that may be right, so that rows do not depend on when a database was told. */
	intake->received_at = GetCurrentTimestamp();
	if (wa_may_have_been(failure->at, intake->received_at))
		intake->received_at = failure->at;
	intake->webhook_id = 0;
	intake->report = &report;
	utf8.who.phone = wa_to_utf8(failure->who.phone);
	utf8.business = wa_to_utf8(failure->business);
	utf8.sender = wa_to_utf8(failure->sender);
	utf8.message_id = wa_to_utf8(failure->message_id);
	wa_event_batch_add_sender(intake->batch, utf8.business, utf8.sender, (wa_str) {NULL, 0},
							  intake->received_at);
	count(intake, wa_interpret_failure(&utf8, intake->received_at, &intake->policy, &intake->sink));
	intake->report = NULL;
}

void
wa_intake_event(wa_intake *intake, const wa_event *event)
{
	intake->counts.applied++;
	take_event(intake, event);
}

wa_counts
wa_intake_finish(wa_intake *intake)
{
	wa_counts	counts = intake->counts;

	SPI_connect();
	MemoryContextSwitchTo(intake->context);
	wa_write(intake->schema, &intake->policy, intake->batch);
	/* Last, since the rows of unknown codes are shared by all. */
	wa_findings_write(&intake->findings, intake->schema);
	SPI_finish();
	MemoryContextDelete(intake->context);
	return counts;
}

Datum
wa_counts_row(FunctionCallInfo fcinfo, wa_counts counts)
{
	Datum		values[] = {Int64GetDatum(counts.applied), Int64GetDatum(counts.ignored),
	Int64GetDatum(counts.problems)};
	bool		nulls[lengthof(values)] = {false};

	return wa_result_row(fcinfo, values, nulls);
}
