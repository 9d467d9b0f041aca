/*-------------------------------------------------------------------------
 *
 * phrase_lookup.c
 *	  The meaning of a message by the rows of wa_phrase.
 *
 * It uses the index over the folded form, since the phrases of all languages are too many
 * to read for each statement.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "events/phrase.h"
#include "events/phrase_lookup.h"
#include "state/read.h"

/* What a row of wa_phrase whose folded form is that of the message makes of it. */
static wa_meaning
row_meaning(TupleTableSlot *slot, const wa_phrase_key *key)
{
	bool		resumes = wa_str_equal(wa_slot_str(slot, Anum_wa_phrase_meaning), WA_STR("resume"));
	bool		isnull;

	if (!DatumGetBool(slot_getattr(slot, Anum_wa_phrase_active, &isnull)) || isnull ||
		!wa_phrase_counts(key, resumes))
		return WA_MEANS_NOTHING;
	return resumes ? WA_MEANS_RESUME : WA_MEANS_STOP;
}

static wa_meaning
find_meaning(Relation heap, Relation index, Snapshot snapshot, const wa_phrase_key *key)
{
	IndexScanDesc scan = wa_index_beginscan(heap, index, snapshot, 1);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	wa_meaning	found = WA_MEANS_NOTHING;
	ScanKeyData equal;

	ScanKeyInit(&equal, 1, BTEqualStrategyNumber, F_BYTEAEQ,
				PointerGetDatum(cstring_to_text_with_len(key->text, key->len)));
	index_rescan(scan, &equal, 1, NULL, 0);
	while (found != WA_MEANS_STOP && index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		wa_meaning	meaning = row_meaning(slot, key);

		if (meaning != WA_MEANS_NOTHING)
			found = meaning;
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return found;
}

wa_meaning
wa_phrase_lookup(const wa_schema *schema, wa_str text)
{
	wa_phrase_key key;
	wa_meaning	meaning;
	Snapshot	snapshot;
	Relation	heap;
	Relation	index;

	wa_phrase_fold(text, &key);
	if (key.len == 0)
		return WA_MEANS_NOTHING;
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	heap = wa_table_open(&schema->phrase);
	index = wa_pkey_open(&schema->phrase);
	meaning = find_meaning(heap, index, snapshot, &key);
	index_close(index, AccessShareLock);
	table_close(heap, AccessShareLock);
	UnregisterSnapshot(snapshot);
	return meaning;
}
