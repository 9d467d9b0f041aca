/*-------------------------------------------------------------------------
 *
 * text.h
 *	  The text of a payload, before json-c sees it.  Pure: no server, no
 *	  json-c, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TEXT_H
#define WA_TEXT_H

#include "c.h"

#include "base/str.h"

/*
 * Characters of a text, including those inside strings: upper bounds of the number of arrays
 * and objects, nearly so of scalars, and of members of objects.
 */
typedef struct wa_text_counts
{
	size_t		openers;		/* '[' and '{' */
	size_t		commas;
	size_t		colons;
} wa_text_counts;

/* What a text holds outside its strings. */
typedef struct wa_text_structure
{
	size_t		containers;		/* arrays and objects */
	size_t		depth;			/* how deep they are nested */
	size_t		members;		/* of all objects, each as often as it is written */
} wa_text_structure;

/* The text behind the byte order mark that some tools put in front of it. */
extern wa_str wa_text_without_mark(const char *text, size_t len);

/* Is the whole text valid UTF-8?  *end is where reading stopped. */
extern bool wa_text_scan(const char *text, size_t len, wa_text_counts *counts, size_t *end);

/* The structure of a text that json-c can read. */
extern wa_text_structure wa_text_measure(const char *text, size_t len);

/*
 * Rewrite the text, valid UTF-8, to an equivalent that every version of json-c accepts.
 * Returns the length of the result; out may be NULL, to get the length only.  *changed
 * tells whether the result differs from the text.
 *
 * Within strings, characters beyond ASCII are escaped (0.18 takes them for control
 * characters: json-c issue 875), and so are control characters (0.16 accepts them).
 * Integers of 19 and more digits become strings: since 0.17 an integer that does not fit
 * into 64 bits makes the whole text fail.
 */
extern size_t wa_text_rewrite(const char *text, size_t len, char *out, bool *changed);

#endif							/* WA_TEXT_H */
