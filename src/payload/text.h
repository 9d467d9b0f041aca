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

/*
 * Is the whole text valid UTF-8?  Sets *openers to the number of '[' and '{', and *commas
 * to the number of commas, including those inside strings.  They are upper bounds of the
 * number of arrays and objects, and nearly so of scalars.  *end is where reading stopped.
 */
extern bool wa_text_scan(const char *text, size_t len, size_t *openers, size_t *commas, size_t *end);

/* Count the arrays and objects, ignoring strings, and find how deep they are nested. */
extern void wa_text_nesting(const char *text, size_t len, size_t *containers, size_t *depth);

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
