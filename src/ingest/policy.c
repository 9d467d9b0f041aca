/*-------------------------------------------------------------------------
 *
 * policy.c
 *	  Loading the policy for one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "errors/override.h"
#include "events/phrase.h"
#include "common/encode.h"
#include "ingest/policy.h"
#include "common/columns.h"
#include "state/read.h"

typedef struct wa_phrase_entry
{
	wa_phrase_key key;
	wa_meaning	meaning;
} wa_phrase_entry;

typedef struct wa_loaded_policy
{
	wa_policy	policy;
	MemoryContext context;
	const wa_schema *schema;
	wa_overrides *overrides;
	bool		has_phrases;
	int			nphrases;
	wa_phrase_entry *phrases;	/* sorted by key */
} wa_loaded_policy;

static bool
policy_code(void *arg, int32 code, wa_code_policy *policy)
{
	return wa_effective_code(((wa_loaded_policy *) arg)->overrides, code, policy);
}

static int
compare_keys(const wa_phrase_key *a, const wa_phrase_key *b)
{
	return wa_str_compare((wa_str) {a->text, a->len}, (wa_str) {b->text, b->len});
}

static int
compare_phrases(const void *a, const void *b)
{
	const wa_phrase_entry *x = a;
	const wa_phrase_entry *y = b;
	int			order = compare_keys(&x->key, &y->key);

	/* Two spellings of one phrase: the stop comes first and is found. */
	return order != 0 ? order : (int) x->meaning - (int) y->meaning;
}

static void
read_phrases(wa_loaded_policy *loaded)
{
	MemoryContext old = MemoryContextSwitchTo(loaded->context);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Relation	rel = wa_table_open(&loaded->schema->phrase);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	int			n = 0;
	int			max = 64;
	int			kept = 0;

	loaded->phrases = palloc(max * sizeof(wa_phrase_entry));
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		wa_phrase_entry *entry;

		if (n == max)
		{
			max *= 2;
			loaded->phrases = repalloc_huge(loaded->phrases, max * sizeof(wa_phrase_entry));
		}
		entry = &loaded->phrases[n++];
		wa_phrase_fold(wa_to_utf8(wa_slot_str(slot, WA_PHRASE_PHRASE)), &entry->key);
		entry->meaning = wa_str_equal(wa_slot_str(slot, WA_PHRASE_MEANING), WA_STR("resume")) ?
			WA_MEANS_RESUME : WA_MEANS_STOP;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
	UnregisterSnapshot(snapshot);

	qsort(loaded->phrases, n, sizeof(wa_phrase_entry), compare_phrases);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 ||
			compare_keys(&loaded->phrases[kept - 1].key, &loaded->phrases[i].key) != 0)
			loaded->phrases[kept++] = loaded->phrases[i];
	}
	loaded->nphrases = kept;
	loaded->has_phrases = true;
	MemoryContextSwitchTo(old);
}

static int
compare_key_with_phrase(const void *key, const void *phrase)
{
	return compare_keys(key, &((const wa_phrase_entry *) phrase)->key);
}

static wa_meaning
policy_phrase(void *arg, wa_str text)
{
	wa_loaded_policy *loaded = arg;
	wa_phrase_key key;
	wa_phrase_entry *found;

	wa_phrase_fold(text, &key);
	if (key.len == 0)
		return WA_MEANS_NOTHING;
	if (!loaded->has_phrases)
		read_phrases(loaded);
	found = bsearch(&key, loaded->phrases, loaded->nphrases, sizeof(wa_phrase_entry),
					compare_key_with_phrase);
	return found == NULL ? WA_MEANS_NOTHING : found->meaning;
}

const wa_policy *
wa_policy_load(const wa_schema *schema)
{
	wa_loaded_policy *loaded = palloc0(sizeof(wa_loaded_policy));

	loaded->policy.arg = loaded;
	loaded->policy.code = policy_code;
	loaded->policy.phrase = policy_phrase;
	loaded->context = CurrentMemoryContext;
	loaded->schema = schema;
	PushActiveSnapshot(GetLatestSnapshot());
	loaded->overrides = wa_overrides_load(schema->nspid);
	PopActiveSnapshot();
	return &loaded->policy;
}
