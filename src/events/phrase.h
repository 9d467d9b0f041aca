/*-------------------------------------------------------------------------
 *
 * phrase.h
 *	  Folding of messages to the form in which opt-out and opt-in phrases are compared,
 *	  and the default phrases and polite fillers.
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

/* Maximum length of a phrase, and of a message that can match one. */
#define WA_PHRASE_MAX	64		/* characters, folded */

typedef struct wa_phrase_key
{
	int			len;			/* bytes; 0: cannot be a phrase */

	/*
	 * Was something removed that makes an opt-in doubtful, but not a stop: a question
	 * mark, a crossed-out sign, "ok", "no thanks", the escapes of a text that was
	 * escaped twice?
	 */
	bool		doubtful;
	char		text[WA_PHRASE_MAX * 4 + 1];	/* UTF-8, terminated */
} wa_phrase_key;

/*
 * Fold UTF-8 text to the form that is compared: words in lower case without accents, with
 * one space between them.  Punctuation, markup, emoji and invisible characters are removed,
 * a word repeated in a row becomes one, and so does a letter written three times or more;
 * polite fillers are removed at both ends, unless nothing else is there; single letters
 * alone ("S T O P") become a word.  Folding is idempotent.
 *
 * len is 0 for invalid UTF-8, where nothing remains, where more than WA_PHRASE_MAX
 * characters remain, and for a text that is much longer.  The time is bounded for texts of
 * any length.
 */
extern void wa_phrase_fold(wa_str text, wa_phrase_key *key);

/* More sentences than this are no opt-out. */
#define WA_PHRASE_SENTENCES	8

/*
 * A message, folded as a whole and by sentences, without those of fillers alone and those
 * that were said before.  Where each is a phrase that means stop, the message does: "Stop!
 * Remove me from your list."  For an opt-in only the whole message counts.  There are no
 * sentences where the only one is the whole message.
 */
typedef struct wa_phrase_message
{
	wa_phrase_key whole;
	int			nsentences;
	wa_phrase_key sentences[WA_PHRASE_SENTENCES];
} wa_phrase_message;

extern void wa_phrase_fold_message(wa_str text, wa_phrase_message *message);

/* A default row of wa_phrase, in UTF-8. */
typedef struct wa_default_phrase
{
	const char *language;		/* ISO 639-1 */
	const char *phrase;
	bool		resumes;
	bool		active;
} wa_default_phrase;

extern const wa_default_phrase wa_default_phrases[];
extern const int wa_default_phrases_size;

/* Polite words around a phrase; in UTF-8, not folded. */
typedef struct wa_phrase_filler
{
	const char *language;
	const char *words;
	bool		doubtful;		/* with it an opt-in phrase has no effect */
} wa_phrase_filler;

#define WA_PHRASE_FILLERS_MAX 768

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
