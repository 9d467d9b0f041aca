/*-------------------------------------------------------------------------
 *
 * sendable.c
 *	  wa_sendable and wa_next_sendable: one recipient, one answer.
 *
 * A call site of wa_sendable looks up or asks a filter (rental.h).
 *
 * A call site may live on through other snapshots and other arguments (in
 * PL/pgSQL it does).  A filter answers for its own snapshot and its own
 * arguments alone, and that is looked at in every call.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/xact.h"
#include "optimizer/cost.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "decision/arguments.h"
#include "decision/rental.h"
#include "decision/rows_ahead.h"
#include "decision/settings.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_sendable_text);
PG_FUNCTION_INFO_V1(wa_sendable_recipient);
PG_FUNCTION_INFO_V1(wa_next_sendable_text);
PG_FUNCTION_INFO_V1(wa_next_sendable_recipient);

/* A text argument as it came, copied, to be compared with the next one. */
typedef struct kept_text
{
	bool		isnull;
	int			len;
	int			room;
	char	   *bytes;
} kept_text;

/* Arguments 1 to 4 as they came. */
typedef struct kept_arguments
{
	bool		valid;
	Oid			category;
	TimestampTz at;
	kept_text	business;
	kept_text	sender;
} kept_arguments;

/* What fn_extra points to. */
typedef struct call_site
{
	wa_rental	rental;
	kept_arguments arguments;	/* of the latest look-up */
	kept_arguments filter_arguments;
} call_site;

static pg_attribute_always_inline bool
same_text(const kept_text *kept, FunctionCallInfo fcinfo, int argno)
{
	struct varlena *value;

	if (kept->isnull || PG_ARGISNULL(argno))
		return kept->isnull && PG_ARGISNULL(argno);
	value = PG_GETARG_VARLENA_PP(argno);
	return VARSIZE_ANY_EXHDR(value) == kept->len &&
		memcmp(VARDATA_ANY(value), kept->bytes, kept->len) == 0;
}

static pg_attribute_always_inline bool
same_arguments(const kept_arguments *kept, FunctionCallInfo fcinfo)
{
	return kept->valid && !PG_ARGISNULL(1) && !PG_ARGISNULL(4) &&
		kept->category == PG_GETARG_OID(1) && kept->at == PG_GETARG_TIMESTAMPTZ(4) &&
		same_text(&kept->business, fcinfo, 2) && same_text(&kept->sender, fcinfo, 3);
}

static void
keep_text(kept_text *kept, FunctionCallInfo fcinfo, int argno)
{
	struct varlena *value;

	kept->isnull = PG_ARGISNULL(argno);
	if (kept->isnull)
		return;
	value = PG_GETARG_VARLENA_PP(argno);
	kept->len = VARSIZE_ANY_EXHDR(value);
	if (kept->bytes == NULL || kept->len > kept->room)
	{
		kept->room = 0;
		if (kept->bytes != NULL)
			pfree(kept->bytes);
		kept->bytes = NULL;
		kept->bytes = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, kept->len);
		kept->room = kept->len;
	}
	memcpy(kept->bytes, VARDATA_ANY(value), kept->len);
}

static void
keep_arguments(kept_arguments *kept, FunctionCallInfo fcinfo)
{
	kept->valid = false;
	kept->category = PG_GETARG_OID(1);
	kept->at = PG_GETARG_TIMESTAMPTZ(4);
	keep_text(&kept->business, fcinfo, 2);
	keep_text(&kept->sender, fcinfo, 3);
	kept->valid = true;
}

static call_site *
make_site(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	call_site  *site = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(call_site));

	wa_rental_begin(&site->rental, flinfo->fn_oid, flinfo->fn_mcxt, 0);
	flinfo->fn_extra = site;
	return site;
}

static double
calls_ahead(void *fcinfo, double so_far)
{
	return wa_rows_ahead(((FunctionCallInfo) fcinfo)->flinfo->fn_expr, so_far);
}

static bool
shall_build(call_site *site, FunctionCallInfo fcinfo, wa_library *library,
			const wa_question *question, const wa_canonical *recipient)
{
	bool		changed = !same_arguments(&site->arguments, fcinfo);

	if (changed)
		keep_arguments(&site->arguments, fcinfo);
	/* The other processes of a parallel query pay rent as well. */
	return wa_rental_due(&site->rental, library, question, recipient, changed,
						 IsInParallelMode() ? 1 + max_parallel_workers_per_gather : 1,
						 calls_ahead, fcinfo);
}

/* Make a filter if it is time to.  False where there is none. */
static bool
find_filter(call_site *site, FunctionCallInfo fcinfo, wa_library *library,
			const wa_question *question, const wa_canonical *recipient)
{
	if (!shall_build(site, fcinfo, library, question, recipient))
		return false;
	keep_arguments(&site->filter_arguments, fcinfo);
	return wa_rental_buy(&site->rental, library, question);
}

/*
 * A filter that answers for these arguments and this snapshot, and a phone
 * number in plain digits: nearly every call of a large query ends here.  LOOK_UP
 * stands for all that needs more thought.
 */
static pg_attribute_always_inline wa_verdict
ask_quickly(FunctionCallInfo fcinfo)
{
	const call_site *site = fcinfo->flinfo->fn_extra;
	wa_str		digits;

	if (site == NULL || site->rental.filter == NULL || PG_ARGISNULL(0) ||
		!same_arguments(&site->filter_arguments, fcinfo) ||
		!wa_snapshot_unchanged(&site->rental.seen, wa_active_snapshot()))
		return WA_LOOK_UP;
	return wa_filter_ask_plain(site->rental.filter,
							   (struct varlena *) PG_GETARG_POINTER(0), &digits);
}

static pg_noinline bool
sendable_slowly(FunctionCallInfo fcinfo, bool is_text)
{
	call_site  *site = fcinfo->flinfo->fn_extra;
	wa_library *library;
	wa_question question;
	wa_canonical buf;
	const wa_canonical *recipient;

	wa_question_args(fcinfo, &question);
	recipient = wa_recipient_arg(fcinfo, is_text, &buf);
	if (recipient == NULL)
		return false;
	if (site == NULL)
		site = make_site(fcinfo);
	library = wa_rental_library(&site->rental);
	if ((wa_rental_serves(&site->rental, recipient) &&
		 same_arguments(&site->filter_arguments, fcinfo)) ||
		find_filter(site, fcinfo, library, &question, recipient))
	{
		wa_verdict	verdict = wa_filter_ask(site->rental.filter, recipient);

		if (verdict != WA_LOOK_UP)
			return verdict == WA_ALLOWED;
	}
	return wa_decide(wa_facts_of(library, recipient), &question, NULL, NULL);
}

static pg_attribute_always_inline bool
sendable(FunctionCallInfo fcinfo, bool is_text)
{
	wa_verdict	verdict = ask_quickly(fcinfo);

	return verdict == WA_LOOK_UP ? sendable_slowly(fcinfo, is_text) : verdict == WA_ALLOWED;
}

static TimestampTz
next_sendable(FunctionCallInfo fcinfo, bool is_text)
{
	wa_question question;
	wa_canonical buf;
	const wa_canonical *recipient;

	wa_question_args(fcinfo, &question);
	recipient = wa_recipient_arg(fcinfo, is_text, &buf);
	return wa_next(wa_facts_of(wa_library_for(fcinfo), recipient), &question);
}

Datum
wa_sendable_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sendable(fcinfo, true));
}

Datum
wa_sendable_recipient(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sendable(fcinfo, false));
}

Datum
wa_next_sendable_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(next_sendable(fcinfo, true));
}

Datum
wa_next_sendable_recipient(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(next_sendable(fcinfo, false));
}
