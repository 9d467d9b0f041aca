/*-------------------------------------------------------------------------
 *
 * sendable.c
 *	  wa_sendable and wa_next_sendable: one recipient, one answer.
 *
 * A call site of wa_sendable begins with look-ups.  Once they have cost what
 * reading the list of the suppressed would cost, the list is read into a filter
 * (filter.h) and asked from there on: at most twice the price of the better
 * choice, whichever that turns out to be.
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
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "common/snapshot_id.h"
#include "decision/arguments.h"
#include "decision/facts.h"
#include "decision/filter.h"
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
	FmgrInfo	library_info;	/* its fn_extra is the library's */
	kept_arguments arguments;	/* of the latest look-up */
	wa_snapshot_id seen;		/* all below is of this snapshot */
	double		rent;			/* look-ups since there was a filter */
	double		price;			/* 0: not asked so far */
	kept_arguments filter_arguments;
	MemoryContext context;		/* of filter, or of one that failed half-way */
	wa_filter  *filter;
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

	site->library_info.fn_oid = flinfo->fn_oid;
	site->library_info.fn_mcxt = flinfo->fn_mcxt;
	flinfo->fn_extra = site;
	return site;
}

static wa_library *
library_for(call_site *site)
{
	LOCAL_FCINFO(inner, 0);

	InitFunctionCallInfoData(*inner, &site->library_info, 0, InvalidOid, NULL, NULL);
	return wa_library_for(inner);
}

static void
drop_filter(call_site *site)
{
	MemoryContext context = site->context;

	site->filter = NULL;
	site->context = NULL;
	if (context != NULL)
		MemoryContextDelete(context);
}

/* This look-up is the rent; has it come to the price? */
static bool
shall_build(call_site *site, FunctionCallInfo fcinfo, wa_library *library,
			const wa_question *question)
{
	if (!same_arguments(&site->arguments, fcinfo))
	{
		/* A list that is asked once is never worth its price. */
		keep_arguments(&site->arguments, fcinfo);
		site->price = 0;
		site->rent++;
		return wa_filter_after == 0 && wa_filter_mem > 0;
	}
	site->rent++;
	if (wa_filter_mem == 0)
		return false;
	if (wa_filter_after >= 0)
		return site->rent > wa_filter_after;
	if (site->rent < 64)
		return false;
	if (site->price == 0)
	{
		site->price = wa_filter_price(library, question);

		/* The other processes of the query pay rent as well. */
		if (IsInParallelMode())
			site->price /= 1 + max_parallel_workers_per_gather;
	}
	return site->rent >= site->price;
}

/* Make a filter if it is time to.  False where there is none. */
static bool
find_filter(call_site *site, FunctionCallInfo fcinfo, wa_library *library,
			const wa_question *question)
{
	wa_filter  *filter;

	if (!shall_build(site, fcinfo, library, question))
		return false;
	drop_filter(site);
	site->rent = 0;
	keep_arguments(&site->filter_arguments, fcinfo);
	filter = wa_filter_build(library, question, fcinfo->flinfo->fn_mcxt,
							 (Size) wa_filter_mem * 1024, &site->context);
	if (filter == NULL)
	{
		/* Never again for this snapshot. */
		site->rent = -1e300;
		return false;
	}
	site->filter = filter;
	return true;
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
	struct varlena *value;
	const char *data;
	size_t		len;
	int64		number;

	if (site == NULL || site->filter == NULL || PG_ARGISNULL(0) ||
		!same_arguments(&site->filter_arguments, fcinfo) ||
		!wa_snapshot_unchanged(&site->seen, wa_active_snapshot()))
		return WA_LOOK_UP;
	value = (struct varlena *) PG_GETARG_POINTER(0);
	if (VARATT_IS_COMPRESSED(value) || VARATT_IS_EXTERNAL(value))
		return WA_LOOK_UP;
	data = VARDATA_ANY(value);
	len = VARSIZE_ANY_EXHDR(value);
	number = wa_phone_plain(data, len);
	if (number == 0)
		return WA_LOOK_UP;
	if (*data == '+')
	{
		data++;
		len--;
	}
	return wa_filter_ask_phone(site->filter, number, data, len);
}

static pg_noinline bool
sendable_slowly(FunctionCallInfo fcinfo, bool is_text)
{
	call_site  *site = fcinfo->flinfo->fn_extra;
	Snapshot	snapshot = wa_active_snapshot();
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
	if (!wa_snapshot_unchanged(&site->seen, snapshot))
	{
		/* First: when it is interrupted, nothing of the old one may be left. */
		drop_filter(site);
		site->rent = 0;
		site->price = 0;
		site->seen = wa_identify_snapshot(snapshot);
	}
	library = library_for(site);
	if ((site->filter != NULL && same_arguments(&site->filter_arguments, fcinfo)) ||
		find_filter(site, fcinfo, library, &question))
	{
		wa_verdict	verdict = wa_filter_ask(site->filter, recipient);

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
