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

#include "storage/bufmgr.h"

#include "base/encode.h"
#include "events/phrase.h"
#include "events/phrase_lookup.h"
#include "state/read.h"

/* What the rows with one folded form mean. */
typedef struct phrase_effect
{
	bool		stops;			/* an active phrase */
	bool		resumes;
	bool		would_stop;		/* active or not */
} phrase_effect;

static void
add_row(phrase_effect *effect, wa_reader *phrases, const wa_phrase_key *key)
{
	bool		resumes = wa_str_equal(wa_reader_str_in_place(phrases, Anum_wa_phrase_meaning),
									   WA_STR("resume"));
	bool		active = DatumGetBool(wa_slot_datum(phrases->slot, Anum_wa_phrase_active));

	effect->would_stop = effect->would_stop || !resumes;
	effect->stops = effect->stops || (active && !resumes);
	effect->resumes = effect->resumes || (active && resumes && !key->doubtful);
}

static phrase_effect
find_phrase(wa_reader *phrases, const wa_phrase_key *key)
{
	phrase_effect effect = {false, false, false};

	wa_reader_seek(phrases, wa_str_datum((wa_str) {key->text, key->len}));
	while (!effect.stops && wa_reader_next(phrases))
		add_row(&effect, phrases, key);
	return effect;
}

/*
 * Is every sentence a phrase that means stop?  One of them must be active; beside it, one
 * that is not leaves no doubt: "No. Stop."
 */
static bool
all_stop(wa_reader *phrases, const wa_phrase_message *message)
{
	bool		stops = false;

	for (int i = 0; i < message->nsentences; i++)
	{
		phrase_effect effect = find_phrase(phrases, &message->sentences[i]);

		if (!effect.would_stop)
			return false;
		stops = stops || effect.stops;
	}
	return stops;
}

static wa_meaning
find_meaning(wa_reader *phrases, const wa_phrase_message *message)
{
	phrase_effect whole = {false, false, false};

	if (message->whole.len > 0)
		whole = find_phrase(phrases, &message->whole);
	if (whole.stops || all_stop(phrases, message))
		return WA_MEANS_STOP;
	return whole.resumes ? WA_MEANS_RESUME : WA_MEANS_NOTHING;
}

/*
 * Without phrases a STOP would be none.  TRUNCATE records the default ones in wa_default_removed, unless its
 * triggers did not fire.
 */
static void
check_emptied(const wa_schema *schema, Snapshot snapshot)
{
	wa_str		relation = WA_STR("wa_phrase");
	wa_reader	removed;
	bool		wanted;

	wa_reader_open(&removed, &schema->default_removed, snapshot);
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
	wa_reader	phrases;

	wa_phrase_fold_message(text, &message);
	if (message.whole.len == 0 && message.nsentences == 0)
		return WA_MEANS_NOTHING;
	wa_reader_open_latest(&phrases, &schema->phrase);
	meaning = find_meaning(&phrases, &message);
	if (meaning == WA_MEANS_NOTHING && RelationGetNumberOfBlocks(phrases.heap) == 0)
		check_emptied(schema, phrases.snapshot);
	wa_reader_close(&phrases);
	return meaning;
}
