/*-------------------------------------------------------------------------
 *
 * spelling.h
 *	  What people, tables and programs write around the digits of a phone
 *	  number.  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SPELLING_H
#define WA_SPELLING_H

#include "c.h"

/* Blanks in a row count as one. */
#define WA_SPELLING_MAX		255

/* The ASCII characters from start to end; both point into text. */
typedef struct wa_spelling
{
	const char *start;
	const char *end;
	char		text[WA_SPELLING_MAX];
} wa_spelling;

/*
 * Read len bytes of UTF-8 at input: every character becomes the ASCII one that it
 * stands for, runs of blanks become one, and blanks, quotes and what separates
 * the items of a list are taken off either end.  Returns false where something else is
 * in it, or it is too long.
 */
extern bool wa_spelling_read(const char *input, size_t len, wa_spelling *spelling);

/*
 * Take off what is written around the digits of a phone number: "whatsapp:", the server of
 * WhatsApp's own ids, the ".0" of a float, "+" or "00".  The spelling then starts
 * with its first digit, which is no 0.  Returns false where it is no phone number.
 */
extern bool wa_spelling_strip(wa_spelling *spelling);

#endif							/* WA_SPELLING_H */
