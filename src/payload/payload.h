/*-------------------------------------------------------------------------
 *
 * payload.h
 *	  One webhook body, read element by element.
 *
 * payload.c is the only file that knows json-c.  It knows no tables, no
 * policy and no server: it is compiled alone for the unit tests and the
 * fuzzer.  All strings that it hands out are borrowed from the parsed
 * payload and live until the next wa_payload_parse…, wa_payload_clear or
 * wa_payload_free on the same object.  Strings are UTF-8 and may hold NULs.
 *
 * What is read how, where third parties differ from Meta:
 *
 * - A value's arrays (contacts, messages, statuses, user_preferences,
 *   user_id_update, errors; read in this order) count whatever the field of
 *   the change says, but for fields that hold "echoes" or "history", which
 *   are one WA_ELEMENT_OTHER, and "account_update", which is one
 *   WA_ELEMENT_ACCOUNT_UPDATE.  A value with none of the arrays is one
 *   WA_ELEMENT_OTHER; a null or empty array is nothing.
 * - What does not have the shape that its place asks for is one
 *   WA_ELEMENT_MALFORMED at that place, and all else is read.
 * - A status of "type":"call" is WA_ELEMENT_OTHER.
 * - errors and restriction_info may be one object instead of an array.
 *
 * Life: wa_payload_new, then any number of parse / next… / clear, then
 * wa_payload_free.  In the server the owner hangs wa_payload_free on a memory
 * context before the first parse, so that an error frees it as well.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PAYLOAD_H
#define WA_PAYLOAD_H

#include "c.h"

#include "base/str.h"

#define WA_PAYLOAD_MAX_BYTES	(16 * 1024 * 1024)
#define WA_PAYLOAD_MAX_DEPTH	64

/*
 * json-c takes about a kilobyte for an object, be it empty: without this limit
 * 16 MB of "{}," would become 5 GB.  The largest payload that Meta posts, 1000
 * updates in 3 MB, has some 20 000.
 */
#define WA_PAYLOAD_MAX_CONTAINERS	500000

/* What kind of element: where it stood and so how to read it. */
typedef enum wa_element_kind
{
	WA_ELEMENT_STATUS,			/* statuses[] */
	WA_ELEMENT_MESSAGE,			/* messages[] */
	WA_ELEMENT_PREFERENCE,		/* user_preferences[] */
	WA_ELEMENT_CONTACT,			/* contacts[] */
	WA_ELEMENT_USER_ID_UPDATE,	/* user_id_update[] */
	WA_ELEMENT_ERROR,			/* value.errors[], top-level errors[] */
	WA_ELEMENT_ACCOUNT_UPDATE,	/* the value of an account_update change */
	WA_ELEMENT_OTHER,			/* any other change or kind: ignored */
	WA_ELEMENT_MALFORMED		/* not of the shape its place asks for */
} wa_element_kind;

/* The identifiers of one user as they stand in the payload; each optional. */
typedef struct wa_ids
{
	wa_str		phone;			/* wa_id, from, recipient_id, participant … */
	wa_str		user_id;		/* BSUID */
	wa_str		parent_user_id; /* parent BSUID */
} wa_ids;

/* One entry of an errors[] array. */
typedef struct wa_error
{
	wa_str		code;			/* as written: string or number */
	wa_str		title;
	wa_str		details;		/* error_data.details, else details, else message */
} wa_error;

/* One account restriction of restriction_info[]. */
typedef struct wa_restriction
{
	wa_str		type;
	wa_str		expiration;
} wa_restriction;

/*
 * Where an element stands; for wa_payload_path.  -1: no such level.  Of a
 * malformed one, array may also be "entry" or "changes", and item -1: the
 * array itself.
 */
typedef struct wa_place
{
	int			top;			/* index in a top-level array of payloads */
	int			entry;			/* index in entry[] */
	int			change;			/* index in changes[] */
	bool		value;			/* inside "value"? */
	const char *array;			/* "statuses", …; NULL: the object itself */
	int			item;			/* index in that array */
} wa_place;

#define WA_MAX_TEXTS 2

/*
 * One element.  Which members are filled depends on kind; all others are
 * absent (NULL, 0).  Scalars stand as text, whether they were written as
 * string or as number; booleans as "true"/"false"; null as absent.
 */
typedef struct wa_element
{
	wa_element_kind kind;
	wa_place	place;
	bool		on_premises;	/* came without entry[], without a change, and
								 * without metadata and messaging_product */
	wa_str		business;		/* entry[].id */
	wa_str		sender;			/* metadata.phone_number_id */
	wa_str		field;			/* changes[].field */
	wa_str		entry_time;		/* entry[].time */
	wa_ids		who;			/* the user; a group's participant, not the group;
								 * USER_ID_UPDATE: wa_id alone */
	wa_ids		contact;		/* STATUS, MESSAGE, PREFERENCE: the contacts[] item that
								 * belongs to it: the one that shares an identifier
								 * (as written), or the only one where the value has
								 * one contact and one element */
	bool		alone;			/* CONTACT: its value has no status, message or
								 * preference, so that nothing else speaks of it */
	wa_str		timestamp;		/* the element's own */
	wa_str		message_id;		/* id of a status or message */
	wa_str		type;			/* STATUS: status; MESSAGE: type; PREFERENCE: value;
								 * ACCOUNT_UPDATE: event */
	int			nerrors;		/* STATUS, MESSAGE; an ERROR has 1: itself */
	/* STATUS */
	wa_str		pricing_category;	/* pricing.category */
	wa_str		origin_type;	/* conversation.origin.type */
	/* MESSAGE */
	wa_str		texts[WA_MAX_TEXTS];	/* text.body; button.text and .payload;
										 * interactive.button_reply.title and .id */
	wa_str		system_type;	/* system.type */
	wa_str		system_marketing;	/* system.marketing */
	wa_ids		changed_to;		/* system: wa_id or new_wa_id, user_id,
								 * parent_user_id; USER_ID_UPDATE: current */
	wa_ids		changed_from;	/* system: previous_wa_id or customer,
								 * previous_user_id …; USER_ID_UPDATE: previous */
	/* PREFERENCE */
	wa_str		category;		/* "marketing_messages" */
	/* ACCOUNT_UPDATE */
	wa_str		ban_state;		/* ban_info.waba_ban_state */
	wa_str		waba_id;		/* waba_info.waba_id */
	int			nrestrictions;	/* restriction_info[] */
	/* payload.c's own; NULL is JSON's null */
	const void *node;
} wa_element;

typedef struct wa_payload wa_payload;

typedef enum wa_payload_result
{
	WA_PAYLOAD_OK,
	WA_PAYLOAD_INVALID_JSON,	/* wa_payload_detail says what and where */
	WA_PAYLOAD_TOO_DEEP,
	WA_PAYLOAD_TOO_LARGE,		/* in bytes, or in arrays and objects */
	WA_PAYLOAD_UNKNOWN_SHAPE,	/* JSON, but none of the accepted forms */
	WA_PAYLOAD_NO_MEMORY
} wa_payload_result;

/* A new object, or NULL where there is no memory. */
extern wa_payload *wa_payload_new(void);

/*
 * Parse len bytes; what the object held before is freed first.  text need not
 * outlive the call.  Strings that are no UTF-8, and a text that has anything
 * but blanks behind its JSON, are INVALID_JSON.  An array is OK whatever is
 * in it.
 */
extern wa_payload_result wa_payload_parse(wa_payload *payload,
										  const char *text, size_t len);

/*
 * Parse len bytes that are one element out of a payload, as
 * wa_payload_fragment wrote it, instead of a whole one.  business and sender
 * are borrowed and must outlive the use of the element.  What stood around
 * the element is not known again: contact, place, field, entry_time.  JSON
 * that is no object gives one WA_ELEMENT_MALFORMED, whatever the kind.
 */
extern wa_payload_result wa_payload_parse_element(wa_payload *payload,
												  const char *text, size_t len,
												  wa_element_kind kind,
												  bool on_premises,
												  wa_str business, wa_str sender);

/*
 * Why the last parse did not answer OK: one line of text, "" where it did.
 * It lives until the next parse, clear or free.
 */
extern const char *wa_payload_detail(const wa_payload *payload);

/*
 * The next element: payloads, entries and changes in their order, the arrays
 * of a value in the order given above.  false after the last.
 */
extern bool wa_payload_next(wa_payload *payload, wa_element *element);

/* The i-th of element->nerrors entries (0-based). */
extern void wa_element_error(const wa_element *element, int i, wa_error *error);

/* The i-th of element->nrestrictions entries (0-based). */
extern void wa_element_restriction(const wa_element *element, int i,
								   wa_restriction *restriction);

/*
 * The element as JSON text, compact; of a malformed one the offending JSON, or
 * the object that lacks it.  The string lives until the payload is cleared.
 * data is NULL where there is no memory.
 */
extern wa_str wa_payload_fragment(wa_payload *payload, const wa_element *element);

/*
 * The JSON pointer of the element, e.g. "/entry/0/changes/1/value/statuses/3",
 * put into buf (always terminated).  128 bytes are enough.
 */
extern void wa_payload_path(const wa_element *element, char *buf, size_t size);

/* Free the parsed payload, keep the object for the next one. */
extern void wa_payload_clear(wa_payload *payload);

/*
 * Free everything.  NULL is allowed.  One empty object is kept for the next
 * wa_payload_new, since most statements read one small text.
 */
extern void wa_payload_free(wa_payload *payload);

#endif							/* WA_PAYLOAD_H */
