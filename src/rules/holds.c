/*-------------------------------------------------------------------------
 *
 * holds.c
 *	  Reading what holds senders back, and whether it still does.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/rel.h"

#include "base/category_oid.h"
#include "base/encode.h"
#include "errors/category_array.h"
#include "recipient/region.h"
#include "rules/holds.h"
#include "state/columns.h"
#include "state/hold.h"
#include "state/read.h"

struct wa_holds
{
	MemoryContext context;
	const wa_schema *schema;	/* of the decision at hand */
	Snapshot	snapshot;
	int			n;
	wa_hold    *holds;
	bool		own_read;
	int			nown;
	wa_own_sender *own;
};

#define grow(rows, n, type) \
	((n) == 0 ? ((rows) = palloc(sizeof(type))) : \
	 ((n) & ((n) - 1)) == 0 ? ((rows) = repalloc((rows), 2 * (n) * sizeof(type))) : (rows))

static void
read_rows(const wa_table *table, Snapshot snapshot,
		  void (*read_row) (wa_holds *holds, TupleTableSlot *slot), wa_holds *holds)
{
	Relation	rel = wa_table_open(table);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		read_row(holds, slot);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
}

static wa_instant
instant_of(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? WA_NEVER : DatumGetTimestampTz(value);
}

/* One that is told to be over is not kept; that of the same moment is not over. */
static void
read_hold(wa_holds *holds, TupleTableSlot *slot)
{
	wa_instant	since = instant_of(slot, Anum_wa_sender_hold_since);
	wa_hold    *hold;
	bool		isnull;

	if (since == WA_NEVER || instant_of(slot, Anum_wa_sender_hold_lifted_at) > since)
		return;
	hold = &grow(holds->holds, holds->n, wa_hold)[holds->n];
	holds->n++;
	hold->business = wa_slot_str(slot, Anum_wa_sender_hold_business);
	hold->sender = wa_slot_str(slot, Anum_wa_sender_hold_sender);
	hold->region = wa_slot_str(slot, Anum_wa_sender_hold_region);
	hold->cause = wa_slot_str(slot, Anum_wa_sender_hold_cause);
	hold->reason = wa_slot_str(slot, Anum_wa_sender_hold_reason);
	hold->code = DatumGetInt32(slot_getattr(slot, Anum_wa_sender_hold_code, &isnull));
	hold->categories =
		wa_category_array_mask(slot_getattr(slot, Anum_wa_sender_hold_categories, &isnull));
	hold->since = since;
	hold->until = instant_of(slot, Anum_wa_sender_hold_until);
	if (hold->until == WA_NEVER)
		hold->until = WA_FOREVER;
	hold->proof = WA_PROOF_UNKNOWN;
}

/* A table without pages is not scanned: nearly every decision comes by it in vain. */
static bool
is_without_rows(const wa_table *table, Snapshot snapshot)
{
	Relation	rel = wa_table_open(table);
	bool		result = RelationGetNumberOfBlocks(rel) == 0;

	if (result)
		PredicateLockRelation(rel, snapshot);
	table_close(rel, AccessShareLock);
	return result;
}

wa_holds *
wa_holds_read(const wa_schema *schema, Snapshot snapshot)
{
	wa_holds   *holds;

	if (is_without_rows(&schema->sender_hold, snapshot))
		return NULL;
	holds = palloc0(sizeof(wa_holds));
	holds->context = CurrentMemoryContext;
	read_rows(&schema->sender_hold, snapshot, read_hold, holds);
	if (holds->n > 0)
		return holds;
	pfree(holds);
	return NULL;
}

/*
 * Proof that such messages go out.
 */

/* The number tells its business, where the hold does not. */
static bool
is_of(const wa_hold *hold, wa_str business, wa_str sender)
{
	if (hold->sender.len > 0 && !wa_str_equal(hold->sender, sender))
		return false;
	return wa_str_equal(hold->business, business) ||
		(hold->business.len == 0 && hold->sender.len > 0);
}

/* A message whose category is unknown proves something only where all are held. */
static bool
is_proof(const wa_hold *hold, wa_reader *life)
{
	wa_str		category = wa_reader_str_in_place(life, Anum_wa_sender_life_category);
	if (!is_of(hold, wa_reader_str_in_place(life, Anum_wa_sender_life_business),
			   wa_reader_str_in_place(life, Anum_wa_sender_life_sender)))
		return false;
	if (hold->region.len > 0 &&
		!wa_str_equal(hold->region, wa_reader_str_in_place(life, Anum_wa_sender_life_region)))
		return false;
	if (hold->categories == WA_ALL_CATEGORIES)
		return true;
	for (int i = 0; i < WA_CATEGORIES; i++)
	{
		const char *name = wa_category_name(i);

		if (wa_str_equal(category, (wa_str) {name, strlen(name)}))
			return (hold->categories & WA_CATEGORY_BIT(i)) != 0;
	}
	return false;
}

static wa_proof
find_proof(const wa_holds *holds, const wa_hold *hold)
{
	wa_reader	life;
	wa_proof	proof = WA_PROOF_NONE;

	wa_reader_open(&life, &holds->schema->sender_life, holds->snapshot);
	if (hold->business.len > 0 || hold->sender.len == 0)
		wa_reader_seek(&life, wa_str_datum(hold->business));
	else
		wa_reader_seek_all(&life, NULL, 0);
	while (proof == WA_PROOF_NONE && wa_reader_next(&life))
	{
		if (wa_reader_instant(&life, Anum_wa_sender_life_alive_at) >= hold->since &&
			is_proof(hold, &life))
			proof = WA_PROOF_FOUND;
	}
	wa_reader_close(&life);
	return proof;
}

/* An operator's hold asks for no proof. */
static bool
hold_stands(void *arg, const wa_hold *hold)
{
	wa_holds   *holds = arg;
	wa_hold    *kept = &holds->holds[hold - holds->holds];

	if (kept->proof == WA_PROOF_UNKNOWN)
	{
		MemoryContext old = MemoryContextSwitchTo(holds->context);

		kept->proof = wa_str_equal(kept->cause, WA_STR("operator")) ? WA_PROOF_NONE :
			find_proof(holds, kept);
		MemoryContextSwitchTo(old);
	}
	return kept->proof == WA_PROOF_NONE;
}

/*
 * Whom we send by.
 */

static void
read_own(wa_holds *holds, TupleTableSlot *slot)
{
	wa_own_sender *own = &grow(holds->own, holds->nown, wa_own_sender)[holds->nown];

	holds->nown++;
	own->business = wa_slot_str(slot, Anum_wa_sender_business);
	own->sender = wa_slot_str(slot, Anum_wa_sender_sender);
}

/* Does another row tell more?  Without a number of it, or a business, it is no sender. */
static bool
is_vague(const wa_holds *holds, const wa_own_sender *own)
{
	for (int i = 0; i < holds->nown; i++)
	{
		const wa_own_sender *other = &holds->own[i];

		if ((own->business.len == 0 && other->business.len > 0) ||
			(own->sender.len == 0 && other->sender.len > 0 &&
			 wa_str_equal(own->business, other->business)))
			return true;
	}
	return false;
}

static int
own_senders(void *arg, const wa_own_sender **own)
{
	wa_holds   *holds = arg;

	if (!holds->own_read)
	{
		MemoryContext old = MemoryContextSwitchTo(holds->context);
		bool	   *vague;
		int			kept = 0;

		read_rows(&holds->schema->sender, holds->snapshot, read_own, holds);
		vague = palloc(Max(1, holds->nown) * sizeof(bool));
		for (int i = 0; i < holds->nown; i++)
			vague[i] = is_vague(holds, &holds->own[i]);
		for (int i = 0; i < holds->nown; i++)
		{
			if (!vague[i])
				holds->own[kept++] = holds->own[i];
		}
		pfree(vague);
		holds->nown = kept;
		holds->own_read = true;
		MemoryContextSwitchTo(old);
	}
	*own = holds->own;
	return holds->nown;
}

void
wa_holds_add_facts(wa_holds *holds, const wa_schema *schema, Snapshot snapshot,
				   const wa_canonical *recipient, wa_facts *facts)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);

	holds->schema = schema;
	holds->snapshot = snapshot;
	facts->sending = holds;
	facts->hold_stands = hold_stands;
	facts->own_senders = own_senders;
	facts->nholds = holds->n;
	facts->holds = holds->holds;
	snprintf(facts->region, sizeof(facts->region), "%s", region == NULL ? "" : region);
}
