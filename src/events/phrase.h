/*-------------------------------------------------------------------------
 *
 * phrase.h
 *	  The form in which opt-out and opt-in phrases are compared, and the
 *	  phrases and polite fillers that come with the extension.
 *
 * Pure but for PostgreSQL's common library (unicode_normalize; in unit tests:
 * -DFRONTEND and libpgcommon).
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHRASE_H
#define WA_PHRASE_H

#include "c.h"

#include "base/str.h"

/* Longer messages are no phrases, and longer phrases cannot be stored. */
#define WA_PHRASE_MAX	64		/* characters, folded */

typedef struct wa_phrase_key
{
	int			len;			/* bytes; 0: cannot be a phrase */

	/*
	 * Was something left out (a question mark, a crossed-out sign, "ok", "no
	 * thanks", the escapes of a text that was escaped twice) with which a stop is
	 * still a stop, but an opt-in is doubtful?
	 */
	bool		doubtful;
	char		text[WA_PHRASE_MAX * 4 + 1];	/* UTF-8, terminated */
} wa_phrase_key;

/*
 * Fold UTF-8 text into the form that is compared: words of small letters
 * without accents, one space between them; punctuation, markup, emoji and
 * invisible characters dropped, a word said twice in a row said once, polite
 * fillers taken off both ends.  A filler that is all there is stays.  Folding
 * what is folded changes nothing.
 *
 * Invalid UTF-8, an empty rest, a rest of more than WA_PHRASE_MAX characters
 * and a text that is much longer give len 0.  The time is bounded, whatever
 * the length of the text.
 */
extern void wa_phrase_fold(wa_str text, wa_phrase_key *key);

/* Does a message with this key count as such a phrase, the texts being equal? */
static inline bool
wa_phrase_counts(const wa_phrase_key *key, bool resumes)
{
	return !(resumes && key->doubtful);
}

/* A row of wa_phrase as it is delivered; in UTF-8. */
typedef struct wa_default_phrase
{
	const char *language;		/* ISO 639-1 */
	const char *phrase;
	bool		resumes;
	bool		active;
} wa_default_phrase;

extern const wa_default_phrase wa_default_phrases[];
extern const int wa_default_phrases_size;

/* Words that may stand around a phrase; in UTF-8, not folded. */
typedef struct wa_phrase_filler
{
	const char *language;
	const char *words;
	bool		doubtful;		/* around an opt-in it makes that no opt-in */
} wa_phrase_filler;

#define WA_PHRASE_FILLERS_MAX 512

extern const wa_phrase_filler wa_phrase_fillers[];
extern const int wa_phrase_fillers_size;

/* The columns of wa_phrase by number, in the order of phrase.sql. */
enum
{
	Anum_wa_phrase_phrase = 1,
	Anum_wa_phrase_meaning,
	Anum_wa_phrase_language,
	Anum_wa_phrase_active
};

#endif							/* WA_PHRASE_H */
