/*-------------------------------------------------------------------------
 *
 * sendable.c
 *	  wa_sendable, wa_first_reason, wa_next_sendable and wa__window_end: one
 *	  recipient, one answer.
 *
 * The snapshot and the arguments of a call site may change between calls, as in PL/pgSQL.  A
 * suppression list is valid only for one snapshot and one set of arguments, so both are
 * compared in every call.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "decision/arguments.h"
#include "decision/evaluator.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_sendable);
PG_FUNCTION_INFO_V1(wa_first_reason);
PG_FUNCTION_INFO_V1(wa_next_sendable);
PG_FUNCTION_INFO_V1(wa__window_end);

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
	bool		is_text;		/* as wa_arg_is_text */
	wa_lazy_list lazy;
	kept_arguments latest;		/* of the latest look-up */
	kept_arguments listed;		/* of the list */
	text	   *reasons[WA_RULES];	/* by rule, where used so far */
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
make_site(FunctionCallInfo fcinfo, bool tells_reasons)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	call_site  *site = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(call_site));

	site->is_text = wa_arg_is_text(fcinfo);
	wa_lazy_list_begin(&site->lazy, flinfo->fn_oid, flinfo->fn_mcxt, tells_reasons);
	flinfo->fn_extra = site;
	return site;
}

/* The list, where it is one for these arguments and this snapshot. */
static pg_attribute_always_inline wa_list_answer
ask_quickly(FunctionCallInfo fcinfo, wa_str *digits)
{
	const call_site *site = fcinfo->flinfo->fn_extra;

	if (site == NULL || site->lazy.list == NULL || PG_ARGISNULL(0) ||
		!same_arguments(&site->listed, fcinfo) ||
		!wa_snapshot_unchanged(&site->lazy.seen, wa_active_snapshot()))
		return WA_LIST_LOOK_UP;
	return wa_list_ask_plain(site->lazy.list, (struct varlena *) PG_GETARG_POINTER(0), digits);
}

static pg_noinline wa_rule
first_objection_slowly(FunctionCallInfo fcinfo, bool tells_reasons)
{
	call_site  *site = fcinfo->flinfo->fn_extra;
	wa_question question;
	wa_canonical buf;
	bool		changed;
	bool		built;
	wa_rule		rule;

	wa_question_args(fcinfo, &question);
	if (site == NULL)
		site = make_site(fcinfo, tells_reasons);
	changed = !same_arguments(&site->latest, fcinfo);
	if (changed)
		keep_arguments(&site->latest, fcinfo);
	rule = wa_evaluate(&site->lazy, &question, wa_recipient_arg(fcinfo, site->is_text, &buf),
					   same_arguments(&site->listed, fcinfo), changed, &built);
	if (built)
		keep_arguments(&site->listed, fcinfo);
	return rule;
}

Datum
wa_sendable(PG_FUNCTION_ARGS)
{
	wa_str		digits;
	wa_list_answer answer = ask_quickly(fcinfo, &digits);

	PG_RETURN_BOOL(answer == WA_LIST_LOOK_UP ?
				   first_objection_slowly(fcinfo, false) == WA_NO_RULE : answer == WA_LIST_ALLOWED);
}

/* The name of a rule as a text that lives as long as the call site. */
static Datum
reason_text(FunctionCallInfo fcinfo, wa_rule rule)
{
	call_site  *site = fcinfo->flinfo->fn_extra;

	if (site->reasons[rule] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		site->reasons[rule] = cstring_to_text(wa_rule_name(rule));
		MemoryContextSwitchTo(old);
	}
	return PointerGetDatum(site->reasons[rule]);
}

Datum
wa_first_reason(PG_FUNCTION_ARGS)
{
	wa_str		digits;
	wa_list_answer answer = ask_quickly(fcinfo, &digits);
	call_site  *site = fcinfo->flinfo->fn_extra;
	wa_rule		rule = answer == WA_LIST_ALLOWED ? WA_NO_RULE :
		answer == WA_LIST_REFUSED ? wa_list_rule_plain(site->lazy.list, digits) :
		first_objection_slowly(fcinfo, true);

	if (rule == WA_NO_RULE)
		PG_RETURN_NULL();
	return reason_text(fcinfo, rule);
}

/* No moment comes first after '-infinity', and none after 'infinity'. */
static void
require_finite(wa_instant at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("the time to start from must not be infinite"),
				 errhint("Give a moment as at, or leave it to its default.")));
}

Datum
wa_next_sendable(PG_FUNCTION_ARGS)
{
	wa_decision_cache *cache;
	wa_question question;
	wa_canonical buf;
	wa_instant	next;

	wa_question_args(fcinfo, &question);
	require_finite(question.at);
	cache = wa_call_cache(fcinfo, &question);
	next = wa_next(wa_facts_of(cache, wa_recipient_arg(fcinfo, wa_arg_is_text(fcinfo), &buf)), &question);
	if (next == WA_FOREVER)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(next);
}

/* For wa_recipient_status: of every business and sender, as of the beginning of the transaction. */
Datum
wa__window_end(PG_FUNCTION_ARGS)
{
	wa_question question = {.category = WA_SERVICE,.at = GetCurrentTransactionStartTimestamp()};
	wa_decision_cache *cache = wa_call_cache(fcinfo, &question);
	wa_canonical id;
	wa_instant	end;

	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	end = wa_window_end(wa_facts_of(cache, &id), &question);
	if (end == WA_NEVER)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(end);
}
