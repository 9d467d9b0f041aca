/*-------------------------------------------------------------------------
 *
 * phrase_lookup.h
 *	  The meaning of a message by the rows of wa_phrase.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHRASE_LOOKUP_H
#define WA_PHRASE_LOOKUP_H

#include "base/compat.h"

#include "base/schema.h"
#include "events/event.h"

/*
 * The meaning of a message with this whole text, in UTF-8, under a fresh snapshot.  Of
 * equal active phrases the stop wins; a doubtful opt-in (phrase.h) means nothing.  So does a
 * text of several sentences, unless each of them is a phrase that means stop.  The table is
 * not read for a text that cannot be a phrase.
 */
extern wa_meaning wa_phrase_lookup(const wa_schema *schema, wa_str text);

#endif							/* WA_PHRASE_LOOKUP_H */
