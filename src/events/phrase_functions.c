/*-------------------------------------------------------------------------
 *
 * phrase_functions.c
 *	  SQL functions about phrases: the CHECK of wa_phrase, the default phrases and
 *	  fillers.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "base/encode.h"
#include "events/phrase.h"

PG_FUNCTION_INFO_V1(wa__phrase_check);
PG_FUNCTION_INFO_V1(wa__phrase_folded);
PG_FUNCTION_INFO_V1(wa_default_phrase_rows);
PG_FUNCTION_INFO_V1(wa_phrase_fillers_rows);

/* Text of this database, folded. */
static void
fold_text(Datum phrase, wa_phrase_key *key)
{
	wa_phrase_fold(wa_to_utf8(wa_datum_str(phrase)), key);
}

/*
 * wa__phrase_check(phrase text, meaning text)
 *
 * The CHECK of wa_phrase: true, or an error.
 */
Datum
wa__phrase_check(PG_FUNCTION_ARGS)
{
	char	   *phrase = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *meaning = text_to_cstring(PG_GETARG_TEXT_PP(1));
	wa_phrase_key key;

	if (strcmp(meaning, "stop") != 0 && strcmp(meaning, "resume") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a phrase must mean \"stop\" or \"resume\", not \"%s\"", meaning)));
	fold_text(PG_GETARG_DATUM(0), &key);
	if (key.len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("phrase \"%s\" can never match a message", phrase),
				 errdetail("What is compared must have 1 to %d characters: the phrase without accents, punctuation and emoji.",
						   WA_PHRASE_MAX)));
	PG_RETURN_BOOL(true);
}

/*
 * wa__phrase_folded(phrase text)
 *
 * The bytes that are compared.
 */
Datum
wa__phrase_folded(PG_FUNCTION_ARGS)
{
	wa_phrase_key key;

	fold_text(PG_GETARG_DATUM(0), &key);
	PG_RETURN_BYTEA_P((bytea *) cstring_to_text_with_len(key.text, key.len));
}

/*
 * wa_default_phrase()
 *
 * The rows with which wa_phrase begins.  What the encoding of this database lacks is written as
 * escapes of JSON, which folding reads: messages are compared in UTF-8, so a phrase counts in
 * every database.
 */
Datum
wa_default_phrase_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < wa_default_phrases_size; i++)
	{
		const wa_default_phrase *p = &wa_default_phrases[i];
		Datum		phrase = wa_str_datum(wa_to_database(wa_str_from(p->phrase)));
		wa_phrase_key key;
		Datum		values[4];
		bool		nulls[4] = {false, false, false, false};

		/* EUC_TW has characters that PostgreSQL cannot turn back into UTF-8 */
		fold_text(phrase, &key);
		if (key.len == 0)
			continue;
		values[0] = phrase;
		values[1] = CStringGetTextDatum(p->resumes ? "resume" : "stop");
		values[2] = CStringGetTextDatum(p->language);
		values[3] = BoolGetDatum(p->active);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * wa_phrase_filler()
 *
 * The words that are overlooked around a phrase.
 */
Datum
wa_phrase_fillers_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < wa_phrase_fillers_size; i++)
	{
		const wa_phrase_filler *f = &wa_phrase_fillers[i];
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = wa_str_datum(wa_to_database(wa_str_from(f->words)));
		values[1] = CStringGetTextDatum(f->language);
		values[2] = BoolGetDatum(!f->doubtful);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
