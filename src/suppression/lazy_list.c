/*-------------------------------------------------------------------------
 *
 * lazy_list.c
 *	  Choosing between look-ups and the suppression list.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/memutils.h"

#include "suppression/lazy_list.h"
#include "suppression/settings.h"

/* Before so many look-ups the cost of the list is not worth asking. */
#define LEAST_LOOKUPS	8

/* This part of the list's cost is spent on look-ups first. */
#define LOOKUP_SHARE	3

static void
drop_list(wa_lazy_list *lazy)
{
	MemoryContext context = lazy->context;

	lazy->list = NULL;
	lazy->context = NULL;
	if (context != NULL)
		MemoryContextDelete(context);
}

static void
count_anew(wa_lazy_list *lazy)
{
	lazy->lookups = 0;
	lazy->lookup_cost = 0;
	lazy->build_cost = 0;
	lazy->unavailable = false;
}

void
wa_lazy_list_begin(wa_lazy_list *lazy, Oid funcid, MemoryContext memory, bool tells_reasons)
{
	lazy->funcid = funcid;
	lazy->memory = memory;
	lazy->tells_reasons = tells_reasons;
}

wa_decision_cache *
wa_lazy_list_cache(wa_lazy_list *lazy)
{
	Snapshot	snapshot = wa_active_snapshot();

	if (!wa_snapshot_unchanged(&lazy->seen, snapshot))
	{
		/* First: when it is interrupted, nothing of the old one may be left. */
		drop_list(lazy);
		count_anew(lazy);
		lazy->seen = wa_identify_snapshot(snapshot);
	}
	return wa_decision_cache_for(&lazy->cache, lazy->funcid, lazy->memory);
}

bool
wa_lazy_list_due(wa_lazy_list *lazy, const wa_question *question, bool changed, int processes)
{
	if (lazy->lookups > 0)
		lazy->lookup_cost += wa_facts_cost(lazy->cache);
	if (changed)
		lazy->build_cost = 0;
	lazy->lookups++;
	if (wa_suppression_list_mem == 0 || lazy->unavailable)
		return false;
	if (wa_suppression_list_after >= 0)
		return lazy->lookups > wa_suppression_list_after;

	/* A list that is asked once is never worth its cost. */
	if (changed || lazy->lookups < LEAST_LOOKUPS)
		return false;
	if (lazy->build_cost == 0)
		lazy->build_cost = wa_list_build_cost(lazy->cache, question, lazy->tells_reasons) /
			(LOOKUP_SHARE * processes);
	return lazy->lookup_cost >= lazy->build_cost;
}

bool
wa_lazy_list_build(wa_lazy_list *lazy, const wa_question *question)
{
	drop_list(lazy);
	count_anew(lazy);
	lazy->list = wa_list_build(lazy->cache, question, lazy->tells_reasons, lazy->memory,
							   (Size) wa_suppression_list_mem * 1024, &lazy->context);
	lazy->unavailable = lazy->list == NULL;
	return lazy->list != NULL;
}
