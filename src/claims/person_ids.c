/*-------------------------------------------------------------------------
 *
 * person_ids.c
 *	  wa__person: the identifiers under which a person may have been claimed.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/array.h"

#include "base/snapshot_id.h"
#include "identity/load.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa__person);

/*
 * All identifiers in reach, including those it has left: to get a message twice is worse than
 * to get none.
 */
static Datum *
list_members(const wa_person *person, int *n)
{
	Datum	   *ids = palloc(person->nmembers * sizeof(Datum));

	*n = 0;
	for (int i = 0; i < person->nmembers; i++)
	{
		if (i == 0 || person->members[i].events_until != WA_NEVER)
			ids[(*n)++] = RecipientGetDatum(wa_recipient_make(&person->members[i].id));
	}
	return ids;
}

Datum
wa__person(PG_FUNCTION_ARGS)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	wa_link_reader links;
	wa_canonical id;
	wa_person  *person;
	Datum		alone = PG_GETARG_DATUM(0);
	Datum	   *ids = &alone;
	int			n = 1;

	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &id);
	wa_link_reader_open(&links, schema, wa_active_snapshot());
	person = wa_person_load(&links, &id);
	wa_link_reader_close(&links);
	if (person != NULL)
		ids = list_members(person, &n);
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, n, schema->recipient_type, -1, false, TYPALIGN_INT));
}
