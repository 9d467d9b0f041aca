/*-------------------------------------------------------------------------
 *
 * identifiers.c
 *	  For SQL functions: the identifiers whose events count for a given one.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "utils/timestamp.h"

#include "base/snapshot_id.h"
#include "identity/load.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa__identifiers);

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
	wa_link_reader_open(&links, wa_schema_of(fcinfo->flinfo->fn_oid), wa_active_snapshot());
	person = wa_person_load(&links, &id, !PG_GETARG_BOOL(1));
	wa_link_reader_close(&links);
	put_identifier(rsinfo, &id, WA_FOREVER);
	for (int i = 1; person != NULL && !person->crowded && i < person->nmembers; i++)
	{
		if (person->members[i].events_until != WA_NEVER)
			put_identifier(rsinfo, &person->members[i].id, person->members[i].events_until);
	}
	return (Datum) 0;
}
