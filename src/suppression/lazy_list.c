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
	memset(&lazy->phones, 0, sizeof(lazy->phones));
	memset(&lazy->user_ids, 0, sizeof(lazy->user_ids));
	lazy->latest = NULL;
}

void
wa_lazy_list_begin(wa_lazy_list *lazy, Oid funcid, MemoryContext memory, bool tells_reasons)
{
	lazy->funcid = funcid;
	lazy->memory = memory;
	lazy->tells_reasons = tells_reasons;
}

static wa_list_extent
extent_for(const wa_lazy_list *lazy, bool user_ids)
{
	return (wa_list_extent)
	{
		lazy->tells_reasons, user_ids
	};
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
wa_lazy_list_due(wa_lazy_list *lazy, const wa_question *question, bool user_id, bool changed,
				 int processes)
{
	wa_lookups *lookups = user_id ? &lazy->user_ids : &lazy->phones;

	if (lazy->latest != NULL)
		lazy->latest->cost += wa_facts_cost(lazy->cache);
	lazy->latest = lookups;
	if (changed)
		lazy->phones.build_cost = lazy->user_ids.build_cost = 0;
	lookups->n++;
	if (wa_suppression_list_mem == 0 || lookups->unavailable)
		return false;
	if (wa_suppression_list_after >= 0)
		return lookups->n > wa_suppression_list_after;

	/* A list that is asked once is never worth its cost. */
	if (changed || lookups->n < LEAST_LOOKUPS)
		return false;
	if (lookups->build_cost == 0)
		lookups->build_cost = wa_list_build_cost(lazy->cache, question,
												 extent_for(lazy, user_id)) /
			(LOOKUP_SHARE * processes);
	return lookups->cost >= lookups->build_cost;
}

bool
wa_lazy_list_build(wa_lazy_list *lazy, const wa_question *question, bool user_ids)
{
	drop_list(lazy);
	count_anew(lazy);
	lazy->list = wa_list_build(lazy->cache, question, extent_for(lazy, user_ids), lazy->memory,
							   (Size) wa_suppression_list_mem * 1024, &lazy->context);
	lazy->phones.unavailable = lazy->list == NULL;
	lazy->user_ids.unavailable = lazy->list == NULL || (user_ids && !lazy->list->has_user_ids);
	return lazy->list != NULL;
}
