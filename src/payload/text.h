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
 * Is the text UTF-8 throughout?  *openers becomes the number of '[' and '{',
 * *commas that of commas, those inside strings included: no text has more
 * arrays and objects, and hardly more scalars.  *end is where the reading
 * stopped.
 */
extern bool wa_text_scan(const char *text, size_t len, size_t *openers, size_t *commas, size_t *end);

/* Count arrays and objects outside strings, and how deep they are nested. */
extern void wa_text_nesting(const char *text, size_t len, size_t *containers, size_t *depth);

/*
 * Write the text, which is UTF-8, in a way that means the same here and that
 * every json-c reads, and answer how long that is; out may be NULL, to ask.
 * *changed tells whether anything is different.
 *
 * Within strings, characters beyond ASCII are escaped (0.18 takes them for
 * control characters: json-c issue 875), and control characters (0.16 lets
 * them pass).  Integers of 19 and more digits become strings: from 0.17 on one
 * that no 64 bits hold fails the whole text.
 */
extern size_t wa_text_rewrite(const char *text, size_t len, char *out, bool *changed);

#endif							/* WA_TEXT_H */
