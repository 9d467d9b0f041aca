/*-------------------------------------------------------------------------
 *
 * spelling.h
 *	  Characters that people, tables and programs write around the digits of a
 *	  phone number.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SPELLING_H
#define WA_SPELLING_H

#include "c.h"

/* Maximum length, where a run of blanks counts as one character. */
#define WA_SPELLING_MAX		255

/* The ASCII characters from start to end; both point into text. */
typedef struct wa_spelling
{
	const char *start;
	const char *end;
	char		text[WA_SPELLING_MAX];
} wa_spelling;

/*
 * Read len bytes of UTF-8 at input.  Every character becomes the ASCII character that it
 * stands for, a run of blanks becomes one blank, and blanks, quotes, commas and semicolons
 * are removed from both ends.  Returns false where there is any other character, or where
 * it is too long.
 */
extern bool wa_spelling_read(const char *input, size_t len, wa_spelling *spelling);

/*
 * Remove what is written around the digits of a phone number: "whatsapp:", the server name
 * of WhatsApp's own ids, the ".0" of a float, "+" or "00".  The spelling then starts
 * with the first digit, which is not 0.  Returns false where it is no phone number, and for
 * Australia's "0011", which would be read as "00" and a number of North America.
 */
extern bool wa_spelling_strip(wa_spelling *spelling);

#endif							/* WA_SPELLING_H */
