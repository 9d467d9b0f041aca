/*-------------------------------------------------------------------------
 *
 * payload.h
 *	  One webhook body, read element by element.
 *
 * Only this folder uses json-c (payload_internal.h).  It uses no tables, no
 * policy and no server functions: it is compiled alone for the unit tests and
 * the fuzzer.  All strings that it returns are borrowed from the parsed payload.
 * They are valid until the next wa_payload_next, wa_payload_parse…,
 * wa_payload_clear or wa_payload_free on the same object.  Strings are UTF-8
 * and may contain NULs.
 *
 * How payloads are read, in particular those of third parties:
 *
 * - The lists of a value (contacts, messages, statuses, user_preferences,
 *   user_id_update, calls, errors; read in this order) are read for every
 *   field of the change, except fields with "echoes" or "history" in their name:
 *   such a change is one WA_ELEMENT_OTHER, and the contacts of echoes are read.  The
 *   value of "account_update" is also one WA_ELEMENT_ACCOUNT_UPDATE, and that of the
 *   fields about templates (status, category, quality) also one WA_ELEMENT_TEMPLATE; where
 *   a change has no field, what is in its value tells.  A value or standby
 *   without any of the lists is one WA_ELEMENT_OTHER.  A null or empty list gives no element.
 * - value.standby is read as if its lists stood in the value: WhatsApp puts
 *   them there while another responder owns the conversation.
 * - Where a list is expected, one object is a list of one.
 * - Anything without the shape that its place requires is one
 *   WA_ELEMENT_MALFORMED at that place, and everything else is read.  The same
 *   holds for an object that has messages, statuses or user_preferences, at any
 *   depth, in a place where they are not read.  Echoes and histories are never
 *   searched: messages of the business and old messages are no events.
 * - An object without a shape of its own may be a wrapper of payloads, which
 *   are members "body", "Message" or "payload", as JSON or as a string of JSON.
 * - A message without "type" has the type of the part that it has.
 *
 * Lifetime: wa_payload_new, then any number of parse / next… / clear, then
 * wa_payload_free.  In the server the owner registers wa_payload_free as a reset
 * callback of a memory context before the first parse, so that an error frees it too.
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
 * Maximum number of arrays and objects.  json-c allocates about a kilobyte for an object,
 * even an empty one: without this limit 16 MB of "{}," would take 5 GB.  The largest
 * payload that Meta posts, 1000 updates in 3 MB, has about 20 000.
 */
#define WA_PAYLOAD_MAX_CONTAINERS	500000

/* The kind of an element, by its place in the payload. */
typedef enum wa_element_kind
{
	WA_ELEMENT_STATUS,			/* statuses[] */
	WA_ELEMENT_MESSAGE,			/* messages[] */
	WA_ELEMENT_PREFERENCE,		/* user_preferences[] */
	WA_ELEMENT_CONTACT,			/* contacts[] */
	WA_ELEMENT_USER_ID_UPDATE,	/* user_id_update[] */
	WA_ELEMENT_CALL,			/* calls[] */
	WA_ELEMENT_ERROR,			/* value.errors[], top-level errors[] */
	WA_ELEMENT_ACCOUNT_UPDATE,	/* the value of an account_update change */
	WA_ELEMENT_OTHER,			/* any other change or kind: ignored */
	WA_ELEMENT_MALFORMED,		/* without the shape that its place requires */
	WA_ELEMENT_TEMPLATE			/* the value of a change about a template */
} wa_element_kind;

/* The identifiers of one user as written in the payload; each is optional. */
typedef struct wa_ids
{
	wa_str		phone;			/* wa_id, from, recipient_id, participant … */
	wa_str		user_id;		/* BSUID */
	wa_str		parent_user_id; /* parent BSUID */
} wa_ids;

/* Is any of them given? */
static inline bool
wa_ids_given(const wa_ids *ids)
{
	return wa_str_given(ids->phone) || wa_str_given(ids->user_id) ||
		wa_str_given(ids->parent_user_id);
}

/* One account restriction of restriction_info[]. */
typedef struct wa_restriction
{
	wa_str		type;
	wa_str		expiration;
} wa_restriction;

/* Maximum depth of payloads in lists and wrappers: "/0/body/payload/…". */
#define WA_MAX_SOURCES		5

/* The steps of a payload's own place, and entry, changes, value, standby, list. */
#define WA_MAX_PLACE_STEPS		(WA_MAX_SOURCES + 8)

/* One step of a JSON pointer: a member, or an index where name is NULL. */
typedef struct wa_step
{
	const char *name;			/* static */
	int			index;
} wa_step;

/*
 * The place of an element, for wa_payload_path.  A path into a string that contains JSON
 * continues as if the JSON stood there itself.
 */
typedef struct wa_place
{
	int			nsteps;
	wa_step		steps[WA_MAX_PLACE_STEPS];
} wa_place;

#define WA_MAX_TEXTS 2

/*
 * One element.  Which members are set depends on kind; all others are absent (NULL, 0).
 * Scalars are given as text, whether they were written as a string or a number; booleans
 * as "true" or "false"; null as absent.
 */
typedef struct wa_element
{
	wa_element_kind kind;
	wa_place	place;
	bool		on_premises;	/* came without entry[], without a change, and
								 * without metadata and messaging_product */
	wa_str		business;		/* value.waba_info.waba_id, else entry[].id */
	wa_str		sender;			/* metadata.phone_number_id */
	wa_str		display_phone;	/* metadata.display_phone_number */
	wa_str		field;			/* changes[].field */
	wa_str		entry_time;		/* entry[].time */
	wa_ids		who;			/* the user; a group's participant, not the group;
								 * USER_ID_UPDATE: wa_id alone; CALL: nobody where it
								 * is unknown who began it */
	wa_ids		contact;		/* STATUS, MESSAGE, PREFERENCE, USER_ID_UPDATE, CALL:
								 * the contacts[] item that belongs to it: the one that
								 * shares an identifier, or the only one where the value
								 * has one element, or beside a MESSAGE from nobody */
	bool		alone;			/* CONTACT: its value has no status, message, preference,
								 * change or call, so that no other element names it */
	bool		unread;			/* MALFORMED: it has messages, statuses,
								 * user_preferences, user_id_update or entries
								 * where they are not read, or is one of them where
								 * a value is due */
	bool		no_account;		/* OTHER, MALFORMED, ACCOUNT_UPDATE: its entry is not a WhatsApp
								 * account's, but a page's, or that of a portfolio */
	wa_str		timestamp;		/* the element's own; for a CALL that has ended, when
								 * it began, if that is given */
	wa_str		message_id;		/* id of a status, message or call */
	wa_str		type;			/* STATUS: status; MESSAGE: type; PREFERENCE: value;
								 * ACCOUNT_UPDATE: event */
	int			nerrors;		/* STATUS, MESSAGE; an ERROR has 1: itself */
	/* STATUS, MESSAGE */
	bool		group;			/* STATUS: of a whole group, no participant is named;
								 * MESSAGE: written in a group */
	bool		participant;	/* STATUS: of one participant of a group */
	/* STATUS */
	bool		no_message;		/* it is that of a call or a payment */
	wa_str		pricing_category;	/* pricing.category */
	wa_str		origin_type;	/* conversation.origin.type */
	/* MESSAGE */
	wa_str		texts[WA_MAX_TEXTS];	/* text.body; button.text and .payload;
										 * interactive.button_reply.title and .id, or those
										 * of list_reply; order.text; captions */
	bool		side_texts;		/* texts are captions, a row of a list, the new text of an
								 * edit, or at a place that does not match the type */
	bool		wordless;		/* has a part with words, or a system part, that cannot be read, or
								 * no words and a member that is not known, where they may be */
	bool		addressed;		/* says to whom it goes, as copies of what a business sent do */
	bool		automatic;		/* WhatsApp itself answered, not the user */
	wa_ids		card;			/* the sender's own contact card, which the business
								 * had asked for */
	wa_str		system_type;	/* system.type */
	wa_str		system_body;	/* system.body */
	wa_str		system_marketing;	/* system.marketing */
	wa_ids		changed_to;		/* system: wa_id or new_wa_id, user_id or
								 * new_user_id …; USER_ID_UPDATE: current */
	wa_ids		changed_from;	/* system: previous_wa_id or customer,
								 * previous_user_id …, the plain ones beside
								 * new ones; USER_ID_UPDATE: previous */
	/* PREFERENCE */
	wa_str		category;		/* "marketing_messages" */
	wa_str		signup_id;
	/* CALL */
	bool		by_user;		/* the user began it */
	/* ACCOUNT_UPDATE */
	wa_str		ban_state;		/* ban_info.waba_ban_state */
	wa_str		waba_id;		/* waba_info.waba_id */
	wa_str		violation;		/* violation_info.violation_type */
	int			nrestrictions;	/* restriction_info[] */
	/* TEMPLATE; type is its event */
	wa_str		template_name;
	wa_str		template_language;
	wa_str		pause;			/* other_info.title */
	wa_str		quality;		/* new_quality_score */
	wa_str		new_category;
	wa_str		next_category;	/* correct_category: the one it will have */
	wa_str		next_category_at;	/* category_update_timestamp */
	/* this folder's own; NULL is JSON's null */
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

/* A new object, or NULL where there is not enough memory. */
extern wa_payload *wa_payload_new(void);

/*
 * Parse len bytes; the previous payload of the object is freed first.  text need not
 * outlive the call.  A byte order mark at the beginning is skipped.  Text that is not
 * valid UTF-8, or that has anything but blanks after its JSON, is INVALID_JSON.  An array
 * is OK whatever it contains.
 */
extern wa_payload_result wa_payload_parse(wa_payload *payload,
										  const char *text, size_t len);

/*
 * Parse len bytes that are one element, as wa_payload_fragment wrote it, instead of a
 * whole payload.  business and sender are borrowed and must outlive the use of the
 * element.  Its surroundings are unknown: place, field and entry_time are absent, but the
 * time of an entry that counts for the element, and its contact, are in the fragment.
 * JSON that is no object gives one WA_ELEMENT_MALFORMED for every kind.
 */
extern wa_payload_result wa_payload_parse_element(wa_payload *payload,
												  const char *text, size_t len,
												  wa_element_kind kind,
												  bool on_premises,
												  wa_str business, wa_str sender);

/*
 * Why the last parse did not return OK: one line of text, "" where it did.  Valid until
 * the next parse, clear or free.
 */
extern const char *wa_payload_detail(const wa_payload *payload);

/*
 * Does an object have the same member twice?  Then only the last one is among the elements.  What stands as
 * a string in the payload is known when its elements have been got.
 */
extern bool wa_payload_repeats(const wa_payload *payload);

/*
 * Get the next element: payloads, entries and changes in their order, the arrays of a
 * value in the order given above.  Returns false after the last.
 */
extern bool wa_payload_next(wa_payload *payload, wa_element *element);

/* The code of the i-th of element->nerrors entries (0-based), as written: a string or a number, "no scalar" for neither. */
extern wa_str wa_element_error_code(const wa_element *element, int i);

/* The i-th of element->nrestrictions entries (0-based). */
extern void wa_element_restriction(const wa_element *element, int i,
								   wa_restriction *restriction);

/*
 * The element as compact JSON text, with the time of its entry where that counts for it, and
 * with its contact as "wa_policy_contact".
 * For a malformed one, the JSON that is wrong or the object that lacks it.  The string is
 * valid as long as those of the element.  data is NULL where there is not enough memory.
 */
extern wa_str wa_payload_fragment(const wa_element *element);

/* Room for the longest path. */
#define WA_PATH_SIZE		256

/*
 * Write the JSON pointer of the element, e.g. "/entry/0/changes/1/value/statuses/3", into
 * buf of size bytes, always terminated.  WA_PATH_SIZE bytes are enough.
 */
extern void wa_payload_path(const wa_element *element, char *buf, size_t size);

/*
 * The kind of element at such a path.  Returns MALFORMED for everything that is no element
 * of its own, and ACCOUNT_UPDATE also for a value about a template, which
 * wa_payload_parse_element tells apart.
 */
extern wa_element_kind wa_payload_kind_at(wa_str path);

/* Free the parsed payload, and keep the object for the next one. */
extern void wa_payload_clear(wa_payload *payload);

/*
 * Free everything.  NULL is allowed.  One empty object is kept for the next
 * wa_payload_new, since most statements read one small text.
 */
extern void wa_payload_free(wa_payload *payload);

#endif							/* WA_PAYLOAD_H */
