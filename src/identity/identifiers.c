/*-------------------------------------------------------------------------
 *
 * identifiers.c
 *	  For SQL functions: the identifiers whose events count for a given one, and whether a
 *	  resume under another one lifts a stop for it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/snapshot_id.h"
#include "identity/load.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa__identifiers);
PG_FUNCTION_INFO_V1(wa__resume_lifts);

/* links must stay allocated as long as the person is used; NULL where id has no link. */
static wa_person *
load_person(FunctionCallInfo fcinfo, wa_link_reader *links, const wa_canonical *id, bool bounded)
{
	wa_person  *person;

	wa_link_reader_open(links, wa_schema_of(fcinfo->flinfo->fn_oid), wa_active_snapshot());
	person = wa_person_load(links, id, bounded);
	wa_link_reader_close(links);
	return person;
}

static void
put_identifier(ReturnSetInfo *rsinfo, const wa_canonical *id, wa_instant until)
{
	Datum		values[2] = {RecipientGetDatum(wa_recipient_make(id)), TimestampTzGetDatum(until)};
	bool		nulls[2] = {false, until == WA_FOREVER};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
wa__identifiers(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	wa_link_reader links;
	wa_person  *person;
	wa_canonical id;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	person = load_person(fcinfo, &links, &id, !PG_GETARG_BOOL(1));
	put_identifier(rsinfo, &id, WA_FOREVER);
	for (int i = 1; person != NULL && !person->crowded && i < person->nmembers; i++)
	{
		if (person->members[i].events_until != WA_NEVER)
			put_identifier(rsinfo, &person->members[i].id, person->members[i].events_until);
	}
	return (Datum) 0;
}

/* Is the stop the recipient's own (README.md, "Speaking")?  Where that is unclear, it is. */
static bool
is_own_stop(const wa_person *person, const wa_canonical *stopped, wa_str business)
{
	bool	   *together = palloc(person->nmembers * sizeof(bool));
	int			n = wa_person_member(person, stopped);

	wa_person_seen_together(person, business, together);
	return n < 0 || together[n] || person->members[n].events_until == WA_NEVER;
}

/* The law is that of rules/person_consents.c, for one resume and one stop. */
Datum
wa__resume_lifts(PG_FUNCTION_ARGS)
{
	wa_link_reader links;
	wa_person  *person;
	wa_canonical recipient;
	wa_canonical stopped;
	wa_canonical resumed;
	wa_str		business = wa_text_arg(fcinfo, 3);
	wa_instant	at = PG_GETARG_TIMESTAMPTZ(4);
	int			n;

	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &recipient);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(1), &stopped);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(2), &resumed);
	person = load_person(fcinfo, &links, &recipient, true);
	n = person == NULL || person->crowded ? -1 : wa_person_member(person, &resumed);
	if (n < 0 || at > person->members[n].events_until)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(wa_person_speaks(person, n, business, at, false) ||
				   (!is_own_stop(person, &stopped, business) &&
					wa_person_speaks(person, n, WA_STR(""), at, true)));
}
