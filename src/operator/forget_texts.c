/*-------------------------------------------------------------------------
 *
 * forget_texts.c
 *	  For wa_forget: removing what names a person from payloads and other texts.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "base/statement.h"
#include "operator/forget_texts.h"
#include "payload/erase.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa__without);

/* Identifiers are ASCII: the same in UTF-8 and in the encoding of this database. */
static wa_names *
make_names(const wa_canonical *ids, int n)
{
	wa_names   *names = wa_names_make(ids, n);

	if (names == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	return names;
}

static wa_names *
names_of_array(ArrayType *array)
{
	Datum	   *elements;
	int			n;
	wa_canonical *ids;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &elements, NULL, &n);
	ids = palloc(Max(1, n) * sizeof(wa_canonical));
	for (int i = 0; i < n; i++)
		wa_recipient_get(DatumGetRecipientPP(elements[i]), &ids[i]);
	return make_names(ids, n);
}

static void
free_names(void *arg)
{
	wa_names_free(*(wa_names **) arg);
}

/* The identifiers given, which are the same for all texts of a query. */
static const wa_names *
names_of_call(FunctionCallInfo fcinfo)
{
	bool		stable = get_fn_expr_arg_stable(fcinfo->flinfo, 1);
	MemoryContext context = stable ? fcinfo->flinfo->fn_mcxt : CurrentMemoryContext;
	wa_names  **names = stable ? fcinfo->flinfo->fn_extra : NULL;
	MemoryContextCallback *callback;

	if (names != NULL)
		return *names;
	names = MemoryContextAllocZero(context, sizeof(wa_names *));
	callback = MemoryContextAllocZero(context, sizeof(MemoryContextCallback));
	callback->func = free_names;
	callback->arg = names;
	MemoryContextRegisterResetCallback(context, callback);
	*names = names_of_array(PG_GETARG_ARRAYTYPE_P(1));
	if (stable)
		fcinfo->flinfo->fn_extra = names;
	return *names;
}

/*
 * A payload without those whom it names: NULL where it names none of them, '' where nothing is
 * left.
 */
Datum
wa__without(PG_FUNCTION_ARGS)
{
	wa_str		payload = wa_text_arg(fcinfo, 0);
	wa_str		utf8 = wa_kept_to_utf8(payload);
	wa_str		rest = {"", 0};
	char	   *left = NULL;
	wa_erase_result result = wa_payload_erase(names_of_call(fcinfo), utf8.data, utf8.len, &left, &rest.len);
	Datum		value = (Datum) 0;

	if (result == WA_ERASE_NO_MEMORY)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	if (result == WA_ERASE_UNTOUCHED)
		PG_RETURN_NULL();
	if (result == WA_ERASE_CUT)
		rest.data = left;
	else
		rest.len = 0;
	/* json-c's memory must not be lost should there be none for the copy. */
	PG_TRY();
	{
		value = wa_str_datum(wa_to_database(rest));
	}
	PG_FINALLY();
	{
		free(left);
	}
	PG_END_TRY();
	PG_RETURN_DATUM(value);
}

/* Stands for words of somebody else that named the person. */
#define WORDS_ERASED "(words removed: they named somebody whose data was erased)"

/*
 * Words in the log of other identifiers that name the person.  Every identifier has a digit or a
 * dot, and the usual words of an opt-out have none.  $2: only rows that a transaction of this age or a younger one wrote.
 */
static wa_statement erase_words = {
	"WITH named AS MATERIALIZED (SELECT t.id FROM @extschema@.wa_consent_log AS t"
	" WHERE ($2 IS NULL OR pg_catalog.age(t.xmin) <= $2)"
	" AND t.recipient OPERATOR(@extschema@.<>) ALL ($1) AND @extschema@.wa__without(t.evidence, $1) IS NOT NULL)"
	" UPDATE @extschema@.wa_consent_log AS t SET evidence = '" WORDS_ERASED "'"
	" FROM named AS n WHERE t.id = n.id",
	"recipient[] int4", NULL, 0
};

/* $2: likewise. */
static wa_statement erase_webhooks = {
	"WITH named AS MATERIALIZED ("
	"SELECT w.id, @extschema@.wa__without(w.payload, $1) AS rest FROM @extschema@.wa_webhook AS w"
	" WHERE $2 IS NULL OR pg_catalog.age(w.xmin) <= $2),"
	" gone AS (DELETE FROM @extschema@.wa_webhook AS w USING named AS n"
	" WHERE w.id = n.id AND n.rest = '' RETURNING w.id),"
	/* What is wrong with it is about nobody any more. */
	" settled AS (DELETE FROM @extschema@.wa_problem AS p USING gone AS g"
	" WHERE p.webhook_id = g.id AND p.code IS NULL RETURNING 1),"
	" cut AS (UPDATE @extschema@.wa_webhook AS w"
	" SET payload = n.rest, signature = NULL, erased_at = pg_catalog.clock_timestamp()"
	" FROM named AS n WHERE w.id = n.id AND n.rest <> '' RETURNING 1)"
	" SELECT FROM gone UNION ALL SELECT FROM cut",
	"recipient[] int4", NULL, 0
};

/*
 * A payload whose signature did not match is kept for the day on which the secret is corrected.
 * What was cut out of cannot be checked then, though it may hold the stops of others.
 */
static wa_statement tell_unchecked = {
	"UPDATE @extschema@.wa_problem AS p SET detail = $1"
	" WHERE p.problem = 'bad_signature' AND p.resolved_at IS NULL AND p.detail <> $1"
	" AND @extschema@.wa__without(p.fragment, $2) <> ''",
	"text recipient[]", NULL, 0
};

static wa_statement erase_problems = {
	"WITH named AS MATERIALIZED ("
	"SELECT p.id, p.code, @extschema@.wa__without(COALESCE(p.fragment, ''), $1) AS rest,"
	" @extschema@.wa__without(p.detail, $1) AS detail"
	" FROM @extschema@.wa_problem AS p),"
	" gone AS (DELETE FROM @extschema@.wa_problem AS p USING named AS n"
	" WHERE p.id = n.id AND n.code IS NULL AND (n.rest = '' OR n.detail IS NOT NULL) RETURNING 1),"
	" cut AS (UPDATE @extschema@.wa_problem AS p SET fragment = NULLIF(COALESCE(n.rest, p.fragment), ''),"
	" detail = CASE WHEN n.detail IS NULL THEN p.detail ELSE '' END"
	" FROM named AS n WHERE p.id = n.id AND (n.rest <> '' AND n.detail IS NULL"
	" OR n.code IS NOT NULL AND (n.rest IS NOT NULL OR n.detail IS NOT NULL)) RETURNING 1)"
	" SELECT FROM gone UNION ALL SELECT FROM cut",
	"recipient[]", NULL, 0
};

/*
 * What others' events also named, and the words of the next owner of an identifier that the person had
 * left.  The rest of these rows is theirs.  $1: identifiers, $2: those that it has not left.
 */
static wa_statement erase_mentions = {
	"WITH named AS MATERIALIZED (SELECT t.id FROM @extschema@.wa_consent_log AS t"
	" WHERE t.recipient OPERATOR(@extschema@.=) ANY ($1) AND @extschema@.wa__without(t.evidence, $2) IS NOT NULL)"
	" UPDATE @extschema@.wa_consent_log AS t SET also_named = pg_catalog.array_to_string(ARRAY("
	"SELECT v.name FROM pg_catalog.unnest(pg_catalog.string_to_array(t.also_named, ' '))"
	" WITH ORDINALITY AS v (name, place) WHERE v.name <> ALL ($2::text[]) ORDER BY v.place), ' '),"
	" evidence = CASE WHEN t.id IN (SELECT n.id FROM named AS n) THEN '" WORDS_ERASED "' ELSE t.evidence END"
	" WHERE (t.also_named <> '' AND pg_catalog.string_to_array(t.also_named, ' ') && $2::text[])"
	" OR t.id IN (SELECT n.id FROM named AS n)",
	"recipient[] recipient[]", NULL, 0
};

/* Reasons that name the person: of other erasures and unlinkings, of holds, and of policy. */
#define ERASE_REASONS(table, reason) \
	" UPDATE @extschema@." table " AS t SET " reason " = '" WORDS_ERASED "'" \
	" WHERE @extschema@.wa__without(t." reason ", $1) IS NOT NULL"

static wa_statement erase_reasons = {
	"WITH unlinkings AS (" ERASE_REASONS("wa_unlink_log", "reason") "),"
	" holds AS (" ERASE_REASONS("wa_sender_hold", "reason") "),"
	" acts AS (" ERASE_REASONS("wa_sender_hold_log", "reason") "),"
	" codes AS (" ERASE_REASONS("wa_error_override", "reason") "),"
	" incidents AS (" ERASE_REASONS("wa_incident", "reason") "),"
	" regions AS (" ERASE_REASONS("wa_region_rule", "reason") "),"
	" caps AS (" ERASE_REASONS("wa_frequency_cap", "reason") "),"
	" hours AS (" ERASE_REASONS("wa_quiet_hours", "source") "),"
	" declarations AS (" ERASE_REASONS("wa_empty_declaration", "reason") ")"
	ERASE_REASONS("wa_erasure", "reason"),
	"recipient[]", NULL, 0
};

void
wa_forget_stored(const wa_schema *schema, Datum ids, const Datum *age, int64 *webhooks, int64 *words)
{
	Datum		values[2] = {ids, age == NULL ? (Datum) 0 : *age};
	const char *nulls = age == NULL ? " n" : "  ";

	*webhooks += wa_statement_run(&erase_webhooks, schema, values, nulls);
	*words += wa_statement_run(&erase_words, schema, values, nulls);
}

/* Of the payload itself where it was not stored, else of what was copied before it was cut. */
static void
warn_of_unchecked(const wa_schema *schema, Datum ids)
{
	Datum		values[] = {
		CStringGetTextDatum("the signature did not match, and an erasure has cut elements about somebody else out of the payload since, so that it cannot be checked again"),
		ids
	};
	uint64		rows = wa_statement_run(&tell_unchecked, schema, values, NULL);

	if (rows > 0)
		ereport(WARNING,
				(errmsg("webhooks whose signature did not match cannot be checked again after this erasure: %llu",
						(unsigned long long) rows),
				 errdetail("The rest of them, which may be about others, stays in wa_webhook or wa_problem, with an open problem."),
				 errhint("If a secret was wrong: roll back, correct it in wa_app_secret, call wa_replay(), and erase then.")));
}

/* The fragments tell what cannot be checked any more, before they are cut. */
int64
wa_forget_problems(const wa_schema *schema, Datum ids)
{
	warn_of_unchecked(schema, ids);
	return wa_statement_run(&erase_problems, schema, &ids, NULL);
}

int64
wa_forget_mentions(const wa_schema *schema, Datum ids, Datum current)
{
	Datum		values[2] = {ids, current};

	return wa_statement_run(&erase_mentions, schema, values, NULL);
}

void
wa_forget_reasons(const wa_schema *schema, Datum ids)
{
	wa_statement_run(&erase_reasons, schema, &ids, NULL);
}

/* What may be said of the erasure: everything but whom it was about. */
void
wa_forget_check_reason(wa_str reason, const wa_canonical *ids, int n)
{
	wa_names   *names = make_names(ids, n);
	bool		occurs = wa_names_occur(names, reason.data, reason.len);

	wa_names_free(names);
	if (occurs)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the reason of an erasure must not name the person"),
				 errdetail("It is kept in wa_erasure.")));
}
