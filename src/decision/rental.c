/*-------------------------------------------------------------------------
 *
 * rental.c
 *	  Look-ups, or a filter.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "utils/memutils.h"

#include "decision/rental.h"
#include "decision/settings.h"

/* Nothing is asked what a filter costs before so many look-ups. */
#define LEAST_RENT		64

static void
drop_filter(wa_rental *rental)
{
	MemoryContext context = rental->context;

	rental->filter = NULL;
	rental->context = NULL;
	if (context != NULL)
		MemoryContextDelete(context);
}

void
wa_rental_begin(wa_rental *rental, Oid funcid, MemoryContext memory, bool reasons)
{
	rental->library_info.fn_oid = funcid;
	rental->library_info.fn_mcxt = memory;
	rental->reasons = reasons;
}

wa_library *
wa_rental_library(wa_rental *rental)
{
	LOCAL_FCINFO(inner, 0);
	Snapshot	snapshot = wa_active_snapshot();

	if (!wa_snapshot_unchanged(&rental->seen, snapshot))
	{
		/* First: when it is interrupted, nothing of the old one may be left. */
		drop_filter(rental);
		rental->rent = 0;
		rental->price = 0;
		rental->seen = wa_identify_snapshot(snapshot);
	}
	InitFunctionCallInfoData(*inner, &rental->library_info, 0, InvalidOid, NULL, NULL);
	return wa_library_for(inner);
}

bool
wa_rental_due(wa_rental *rental, wa_library *library, const wa_question *question, int payers)
{
	rental->rent++;
	if (wa_filter_mem == 0)
		return false;
	if (wa_filter_after >= 0)
		return rental->rent > wa_filter_after;
	if (rental->rent < LEAST_RENT)
		return false;
	if (rental->price == 0)
		rental->price = wa_filter_price(library, question, rental->reasons) / payers;
	return rental->rent >= rental->price;
}

bool
wa_rental_buy(wa_rental *rental, wa_library *library, const wa_question *question)
{
	drop_filter(rental);
	rental->rent = 0;
	rental->filter = wa_filter_build(library, question, rental->reasons,
									 rental->library_info.fn_mcxt,
									 (Size) wa_filter_mem * 1024, &rental->context);
	if (rental->filter == NULL)
		rental->rent = -1e300;	/* never again for this snapshot */
	return rental->filter != NULL;
}
