/*-------------------------------------------------------------------------
 *
 * phrase_lookup.h
 *	  What a message means, by the rows of wa_phrase.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHRASE_LOOKUP_H
#define WA_PHRASE_LOOKUP_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/interpret.h"

/*
 * What a message means whose whole text this is, in UTF-8, under a fresh
 * snapshot.  Of equal phrases that are active a stop wins; an opt-in that is
 * doubtful (phrase.h) means nothing.  A text that can be no phrase reads no
 * table.
 */
extern wa_meaning wa_phrase_lookup(const wa_schema *schema, wa_str text);

#endif							/* WA_PHRASE_LOOKUP_H */
