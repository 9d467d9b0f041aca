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
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "events/phrase.h"
#include "events/phrase_lookup.h"
#include "state/read.h"

/* The rows of wa_phrase, under one snapshot. */
typedef struct phrases
{
	Relation	heap;
	Relation	index;
	Snapshot	snapshot;
} phrases;

/* What the rows with one folded form mean. */
typedef struct phrase_effect
{
	bool		stops;			/* an active phrase */
	bool		resumes;
	bool		would_stop;		/* active or not */
} phrase_effect;

static void
open_phrases(const wa_schema *schema, phrases *p)
{
	p->snapshot = RegisterSnapshot(GetLatestSnapshot());
	p->heap = wa_table_open(&schema->phrase);
	p->index = wa_pkey_open(&schema->phrase);
}

static void
close_phrases(phrases *p)
{
	index_close(p->index, AccessShareLock);
	table_close(p->heap, AccessShareLock);
	UnregisterSnapshot(p->snapshot);
}

static void
add_row(phrase_effect *effect, TupleTableSlot *slot, const wa_phrase_key *key)
{
	bool		resumes = wa_str_equal(wa_slot_str(slot, Anum_wa_phrase_meaning), WA_STR("resume"));
	bool		isnull;
	bool		active = DatumGetBool(slot_getattr(slot, Anum_wa_phrase_active, &isnull)) && !isnull;

	effect->would_stop = effect->would_stop || !resumes;
	effect->stops = effect->stops || (active && !resumes);
	effect->resumes = effect->resumes || (active && resumes && wa_phrase_counts(key, true));
}

static phrase_effect
find_phrase(const phrases *p, const wa_phrase_key *key)
{
	IndexScanDesc scan = wa_index_beginscan(p->heap, p->index, p->snapshot, 1);
	TupleTableSlot *slot = table_slot_create(p->heap, NULL);
	phrase_effect effect = {false, false, false};
	ScanKeyData equal;

	ScanKeyInit(&equal, 1, BTEqualStrategyNumber, F_BYTEAEQ,
				PointerGetDatum(cstring_to_text_with_len(key->text, key->len)));
	index_rescan(scan, &equal, 1, NULL, 0);
	while (!effect.stops && index_getnext_slot(scan, ForwardScanDirection, slot))
		add_row(&effect, slot, key);
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return effect;
}

/*
 * Is every sentence a phrase that means stop?  One of them must be active; beside it, one
 * that is not leaves no doubt: "No. Stop."
 */
static bool
all_stop(const phrases *p, const wa_phrase_message *message)
{
	bool		stops = false;

	for (int i = 0; i < message->nsentences; i++)
	{
		phrase_effect effect = find_phrase(p, &message->sentences[i]);

		if (!effect.would_stop)
			return false;
		stops = stops || effect.stops;
	}
	return stops;
}

static wa_meaning
find_meaning(const phrases *p, const wa_phrase_message *message)
{
	phrase_effect whole = {false, false, false};

	if (message->whole.len > 0)
		whole = find_phrase(p, &message->whole);
	if (whole.stops || all_stop(p, message))
		return WA_MEANS_STOP;
	return whole.resumes ? WA_MEANS_RESUME : WA_MEANS_NOTHING;
}

/*
 * Without phrases a STOP would be none.  TRUNCATE records the default ones in wa_default_removed, unless its
 * triggers did not fire.
 */
static void
check_emptied(const wa_schema *schema, const phrases *p)
{
	wa_str		relation = WA_STR("wa_phrase");
	wa_reader	removed;
	bool		wanted;

	wa_reader_open(&removed, &schema->default_removed, p->snapshot);
	wa_reader_seek_all(&removed, &relation, 1);
	wanted = wa_reader_next(&removed);
	wa_reader_close(&removed);
	if (!wanted)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of \"wa_phrase\" are missing in this database"),
				 errdetail("It is empty, so no opt-out in a message would be recognized."),
				 errhint("Restore it; or, for the default ones, INSERT INTO wa_phrase SELECT *, true FROM wa_default_phrase().")));
}

wa_meaning
wa_phrase_lookup(const wa_schema *schema, wa_str text)
{
	wa_phrase_message message;
	wa_meaning	meaning;
	phrases		p;

	wa_phrase_fold_message(text, &message);
	if (message.whole.len == 0 && message.nsentences == 0)
		return WA_MEANS_NOTHING;
	open_phrases(schema, &p);
	meaning = find_meaning(&p, &message);
	if (meaning == WA_MEANS_NOTHING && RelationGetNumberOfBlocks(p.heap) == 0)
		check_emptied(schema, &p);
	close_phrases(&p);
	return meaning;
}
