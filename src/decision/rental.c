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

/* Before so many look-ups it is not worth asking the price. */
#define LEAST_ASKED		8

/* Where it is foretold to pay so many times over, this part of the price will do. */
#define FORETOLD_TIMES	4
#define FORETOLD_PART	8

static void
drop_filter(wa_rental *rental)
{
	MemoryContext context = rental->context;

	rental->filter = NULL;
	rental->context = NULL;
	if (context != NULL)
		MemoryContextDelete(context);
}

static void
begin_anew(wa_rental *rental)
{
	rental->asked = 0;
	rental->rent = 0;
	rental->price = 0;
	rental->foretold = false;
	rental->never = false;
}

void
wa_rental_begin(wa_rental *rental, Oid funcid, MemoryContext memory, uint8 scope)
{
	rental->library_info.fn_oid = funcid;
	rental->library_info.fn_mcxt = memory;
	rental->scope = scope;
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
		begin_anew(rental);
		rental->seen = wa_identify_snapshot(snapshot);
	}
	InitFunctionCallInfoData(*inner, &rental->library_info, 0, InvalidOid, NULL, NULL);
	return wa_library_for(inner);
}

bool
wa_rental_due(wa_rental *rental, wa_library *library, const wa_question *question,
			  const wa_canonical *recipient, bool changed, int payers,
			  double (*forecast) (void *arg, double asked), void *arg)
{
	if (rental->asked > 0)
		rental->rent += wa_library_effort(library);
	if (changed)
	{
		rental->fickle |= rental->asked > 0 || rental->filter != NULL;
		rental->price = 0;
	}
	if (wa_is_bsuid(recipient->text) && !(rental->scope & WA_KNOWS_BSUIDS))
	{
		rental->scope |= WA_KNOWS_BSUIDS;
		rental->price = 0;
	}
	rental->asked++;
	if (wa_filter_mem == 0 || rental->never)
		return false;
	if (wa_filter_after >= 0)
		return rental->asked > wa_filter_after;

	/* A list that is asked once is never worth its price. */
	if (changed || rental->asked < LEAST_ASKED)
		return false;
	if (rental->price == 0)
		rental->price = wa_filter_price(library, question, rental->scope) / payers;
	if (forecast != NULL && !rental->fickle && !rental->foretold &&
		rental->rent >= rental->price / FORETOLD_PART)
	{
		rental->foretold = true;
		if (forecast(arg, rental->asked) * rental->rent / rental->asked >=
			rental->price * FORETOLD_TIMES)
			return true;
	}
	return rental->rent >= rental->price;
}

bool
wa_rental_buy(wa_rental *rental, wa_library *library, const wa_question *question)
{
	drop_filter(rental);
	begin_anew(rental);
	rental->filter = wa_filter_build(library, question, rental->scope,
									 rental->library_info.fn_mcxt,
									 (Size) wa_filter_mem * 1024, &rental->context);
	rental->never = rental->filter == NULL;
	return rental->filter != NULL;
}
