/*-------------------------------------------------------------------------
 *
 * reach.c
 *	  wa__reach: the identifiers that chains of links lead to.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/pg_prng.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "base/append.h"
#include "base/encode.h"
#include "base/snapshot_id.h"
#include "identity/load.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa__reach);

typedef struct reached_entry
{
	wa_str		identifier;
	uint32		hash;
	char		status;
} reached_entry;

#define SH_PREFIX reached
#define SH_ELEMENT_TYPE reached_entry
#define SH_KEY identifier
#include "base/str_table.h"

typedef struct wa_search
{
	ReturnSetInfo *result;
	reached_hash *reached;
	int			start;			/* that of the search now */
	int			nqueued;
	int			max_queued;
	wa_str	   *queue;
} wa_search;

/* Who was reached by an earlier start led on to all others then. */
static void
reach(void *arg, const wa_canonical *id)
{
	wa_search  *search = arg;
	reached_entry *entry;
	bool		found;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	entry = reached_insert(search->reached, wa_canonical_str(id), &found);
	if (found)
		return;
	entry->identifier = wa_str_copy(wa_canonical_str(id));
	*wa_append(search->queue, search->nqueued, search->max_queued, wa_str) = entry->identifier;

	values[0] = RecipientGetDatum(wa_recipient_make(id));
	values[1] = Int32GetDatum(search->start);
	tuplestore_putvalues(search->result->setResult, search->result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

static void
follow(wa_search *search, wa_link_reader *links)
{
	while (search->nqueued > 0)
	{
		wa_str		next = search->queue[--search->nqueued];
		wa_canonical id;

		CHECK_FOR_INTERRUPTS();
		(void) wa_canonical_from_str(next, &id);
		wa_neighbours(links, &id, true, reach, search);
	}
}

Datum
wa__reach(PG_FUNCTION_ARGS)
{
	wa_search	search = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	uint64		seed = pg_prng_uint64(&pg_global_prng_state);
	wa_link_reader links;
	ArrayType  *array;
	Datum	   *starts;
	bool	   *nulls;
	int			n;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	array = PG_GETARG_ARRAYTYPE_P(0);
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &starts, &nulls, &n);
	search.reached = reached_create(CurrentMemoryContext, 64, &seed);
	wa_link_reader_open(&links, wa_schema_of(fcinfo->flinfo->fn_oid), wa_active_snapshot());
	for (int i = 0; i < n; i++)
	{
		wa_canonical id;

		if (nulls[i])
			continue;
		search.start = i + 1;
		wa_recipient_get(DatumGetRecipientPP(starts[i]), &id);
		reach(&search, &id);
		follow(&search, &links);
	}
	wa_link_reader_close(&links);
	return (Datum) 0;
}
