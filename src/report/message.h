/*-------------------------------------------------------------------------
 *
 * message.h
 *	  The fate of one outgoing message, a row of wa_message, merged from its statuses
 *	  in any order.  Plain data: no server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_MESSAGE_H
#define WA_MESSAGE_H

#include "c.h"

#include "base/instant.h"
#include "base/str.h"
#include "events/event.h"

/* Instants are the earliest of their kind, WA_FOREVER where there is none. */
typedef struct wa_message
{
	wa_str		recipient;		/* the lowest by bytes: a phone where one was named */
	wa_str		business;		/* the greatest, so that '' is replaced */
	wa_str		sender;			/* likewise */
	int			category;		/* the first of the enum, or WA_CATEGORY_UNKNOWN */
	wa_instant	sent_at;
	wa_instant	delivered_at;
	wa_instant	read_at;
	wa_instant	failed_at;
	int32		code;			/* of the failure at failed_at, the lowest; 0: none told */
} wa_message;

/* The neutral element of wa_message_merge. */
#define WA_NO_MESSAGE \
	((wa_message) {{NULL, 0}, {"", 0}, {"", 0}, WA_CATEGORY_UNKNOWN, \
	WA_FOREVER, WA_FOREVER, WA_FOREVER, WA_FOREVER, 0})

/*
 * Merge b into a; returns whether a changed.  Commutative, associative,
 * idempotent.  Strings are borrowed from b.
 */
extern bool wa_message_merge(wa_message *a, const wa_message *b);

#endif							/* WA_MESSAGE_H */
