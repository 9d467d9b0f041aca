/*-------------------------------------------------------------------------
 *
 * policy.c
 *	  Loading the policy for one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "errors/code_policies.h"
#include "events/phrase.h"
#include "base/encode.h"
#include "ingest/policy.h"
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
	wa_code_policies *codes;	/* NULL: nobody has asked yet */
	bool		has_phrases;
	int			nphrases;
	wa_phrase_entry *phrases;	/* sorted by key */
} wa_loaded_policy;

/*
 * The phrases that this backend folded last, with the rows that they came from,
 * in one string.  Whoever finds the same rows in the table need not fold again,
 * which is most of the work; what the rows are is for the snapshot to say, so
 * there is nothing to invalidate.
 */
static MemoryContext folded_context = NULL;
static StringInfoData folded_rows;
static wa_phrase_entry *folded;
static int	nfolded = 0;

/* A table with more phrases is not remembered. */
#define WA_REMEMBERED_PHRASES 1024

static bool
policy_code(void *arg, int32 code, wa_code_policy *policy)
{
	wa_loaded_policy *loaded = arg;

	if (loaded->codes == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(loaded->context);

		PushActiveSnapshot(GetLatestSnapshot());
		loaded->codes = wa_code_policies_load(loaded->schema);
		PopActiveSnapshot();
		MemoryContextSwitchTo(old);
	}
	return wa_code_policies_find(loaded->codes, code, policy);
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

/* All rows of wa_phrase in one string: length, phrase, meaning. */
static void
read_phrase_rows(wa_loaded_policy *loaded, StringInfo rows, int *n)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Relation	rel = wa_table_open(&loaded->schema->phrase);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

	*n = 0;
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		wa_str		phrase = wa_slot_str(slot, Anum_wa_phrase_phrase);
		bool		resumes = wa_str_equal(wa_slot_str(slot, Anum_wa_phrase_meaning),
										   WA_STR("resume"));

		appendBinaryStringInfo(rows, (char *) &phrase.len, sizeof(phrase.len));
		appendBinaryStringInfo(rows, phrase.data, phrase.len);
		appendStringInfoChar(rows, resumes ? WA_MEANS_RESUME : WA_MEANS_STOP);
		(*n)++;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
	UnregisterSnapshot(snapshot);
}

/* Fold the phrases of n such rows, sort them, and drop those that come twice. */
static void
fold_phrases(wa_loaded_policy *loaded, const StringInfoData *rows, int n)
{
	const char *row = rows->data;
	int			kept = 0;

	loaded->phrases = MemoryContextAllocHuge(loaded->context,
											 Max(1, n) * sizeof(wa_phrase_entry));
	for (int i = 0; i < n; i++)
	{
		wa_phrase_entry *entry = &loaded->phrases[i];
		wa_str		phrase;

		memcpy(&phrase.len, row, sizeof(phrase.len));
		phrase.data = row + sizeof(phrase.len);
		wa_phrase_fold(wa_to_utf8(phrase), &entry->key);
		row = phrase.data + phrase.len;
		entry->meaning = *row++;
	}
	qsort(loaded->phrases, n, sizeof(wa_phrase_entry), compare_phrases);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 ||
			compare_keys(&loaded->phrases[kept - 1].key, &loaded->phrases[i].key) != 0)
			loaded->phrases[kept++] = loaded->phrases[i];
	}
	loaded->nphrases = kept;
}

/* Remember what was folded; an error on the way leaves nothing remembered. */
static void
remember_phrases(const wa_loaded_policy *loaded, const StringInfoData *rows)
{
	MemoryContext old;

	folded_rows.len = 0;
	if (folded_context == NULL)
		folded_context = AllocSetContextCreate(TopMemoryContext, "wa_policy phrases",
											   ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(folded_context);
	old = MemoryContextSwitchTo(folded_context);
	nfolded = loaded->nphrases;
	folded = palloc(Max(1, nfolded) * sizeof(wa_phrase_entry));
	memcpy(folded, loaded->phrases, nfolded * sizeof(wa_phrase_entry));
	initStringInfo(&folded_rows);
	appendBinaryStringInfo(&folded_rows, rows->data, rows->len);
	MemoryContextSwitchTo(old);
}

static void
read_phrases(wa_loaded_policy *loaded)
{
	MemoryContext old = MemoryContextSwitchTo(loaded->context);
	StringInfoData rows;
	int			n;

	initStringInfo(&rows);
	read_phrase_rows(loaded, &rows, &n);
	if (rows.len > 0 && rows.len == folded_rows.len &&
		memcmp(rows.data, folded_rows.data, rows.len) == 0)
	{
		loaded->nphrases = nfolded;
		loaded->phrases = palloc(nfolded * sizeof(wa_phrase_entry));
		memcpy(loaded->phrases, folded, nfolded * sizeof(wa_phrase_entry));
	}
	else
	{
		fold_phrases(loaded, &rows, n);
		if (n <= WA_REMEMBERED_PHRASES)
			remember_phrases(loaded, &rows);
	}
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
	return &loaded->policy;
}
