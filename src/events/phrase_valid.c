/*-------------------------------------------------------------------------
 *
 * phrase_valid.c
 *	  The CHECK of wa_phrase: can a message ever equal this phrase?
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "events/phrase.h"
#include "base/encode.h"

PG_FUNCTION_INFO_V1(wa_phrase_valid);

Datum
wa_phrase_valid(PG_FUNCTION_ARGS)
{
	text	   *phrase = PG_GETARG_TEXT_PP(0);
	wa_phrase_key key;

	wa_phrase_fold(wa_to_utf8((wa_str) {VARDATA_ANY(phrase), VARSIZE_ANY_EXHDR(phrase)}),
				   &key);
	PG_RETURN_BOOL(key.len > 0);
}
