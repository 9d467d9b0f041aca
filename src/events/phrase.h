/*-------------------------------------------------------------------------
 *
 * phrase.h
 *	  The form in which opt-out and opt-in phrases are compared.
 *	  Needs unicode_normalize of PostgreSQL's common library (in unit tests:
 *	  -DFRONTEND and libpgcommon), else pure.
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
	char		text[WA_PHRASE_MAX * 4 + 1];	/* UTF-8, terminated */
} wa_phrase_key;

/*
 * Fold UTF-8 text into the form that is compared: case and accents dropped,
 * blanks at both ends and punctuation at the end trimmed, inner runs of blanks
 * one space.  Invalid UTF-8, an empty rest or a text longer than
 * WA_PHRASE_MAX characters give len 0.
 */
extern void wa_phrase_fold(wa_str text, wa_phrase_key *key);

/* The columns of wa_phrase by number, in the order of phrase.sql. */
enum
{
	Anum_wa_phrase_phrase = 1,
	Anum_wa_phrase_meaning
};

#endif							/* WA_PHRASE_H */
