/*-------------------------------------------------------------------------
 *
 * payload_internal.h
 *	  Shared by the files of this folder: the parsed payload, and access to json-c's
 *	  tree.  No file of another folder includes it, since json-c's typedef
 *	  json_object conflicts with the server's function of that name.
 *
 * The code relies on this behaviour of json-c 0.16, 0.18 and 0.19: of two equal
 * keys the last one wins; the text of a number written as a double is preserved.
 *
 * Memory: all comes from malloc and belongs to the wa_payload.
 * Errors: none is ever raised.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PAYLOAD_INTERNAL_H
#define WA_PAYLOAD_INTERNAL_H

#include "c.h"

#include <json-c/json.h>

#include "payload/payload.h"

/*
 * The server's port.h replaces these two by functions that the unit tests do not link;
 * and its qsort is quadratic for malicious input.
 */
#undef snprintf
#undef qsort

/* The arrays of a value that count, in the order in which they are read. */
typedef enum wa_value_array
{
	WA_ARRAY_CONTACTS,
	WA_ARRAY_MESSAGES,
	WA_ARRAY_STATUSES,
	WA_ARRAY_PREFERENCES,
	WA_ARRAY_USER_ID_UPDATES,
	WA_ARRAY_CALLS,
	WA_ARRAY_ERRORS,
	WA_ARRAY_COUNT
} wa_value_array;

/* One such array's name, and the kind of what it holds. */
typedef struct wa_value_array_kind
{
	const char *name;
	wa_element_kind kind;
} wa_value_array_kind;

extern const wa_value_array_kind wa_value_arrays[WA_ARRAY_COUNT];

/* The shape of a payload, or of one of several. */
typedef enum wa_payload_shape
{
	WA_SHAPE_UNKNOWN,
	WA_SHAPE_ENVELOPE,			/* {object, entry[]} */
	WA_SHAPE_ENTRY,				/* {id, changes[]} */
	WA_SHAPE_CHANGE,			/* {field, value} */
	WA_SHAPE_VALUE,				/* a bare value of the Cloud API */
	WA_SHAPE_ON_PREMISES		/* top-level contacts, messages, … */
} wa_payload_shape;

/* Members under which queues and no-code tools wrap a payload. */
#define WA_WRAPPING_NAMES	3
extern const char *const wa_wrapping_names[WA_WRAPPING_NAMES];

/* The member of a fragment that has the contact of its element. */
#define WA_KEPT_CONTACT		"wa_policy_contact"

/* Where payloads come from: the root, the items of a list, the members of a wrapper. */
typedef struct wa_source
{
	enum
	{
		WA_SOURCE_ROOT,
		WA_SOURCE_LIST,
		WA_SOURCE_WRAPPER
	}			kind;
	json_object *node;
	int			length;
	int			next;
	int			nsteps;			/* of the place of node */
	json_object *tree;			/* the last payload, if parsed out of a string; owned */
	bool		found;			/* WRAPPER: was there a payload in it? */
	bool		unread;			/* WRAPPER: a member that is no payload has elements */
	bool		broken;			/* WRAPPER: a member is a string that was to be JSON and is none */
} wa_source;

/* Where the next call of wa_payload_next continues. */
typedef enum wa_walk_state
{
	WA_WALK_PAYLOAD,			/* the next one of the sources */
	WA_WALK_ENTRY,				/* the next of entries */
	WA_WALK_CHANGE,				/* the next of changes */
	WA_WALK_ITEM,				/* the next item of the value's arrays */
	WA_WALK_STANDBY,			/* value.standby, if there is one */
	WA_WALK_UNREAD,				/* what of the value is not read */
	WA_WALK_SINGLE,				/* the root is one element */
	WA_WALK_DONE
} wa_walk_state;

/* An identifier of a contact, for the search among many. */
typedef struct wa_contact_key
{
	uint64		hash;
	int			contact;
} wa_contact_key;

struct wa_payload
{
	json_tokener *tokener;
	size_t		room;			/* size of an earlier text, if it was small */
	json_object *root;
	size_t		size;			/* upper bound of the size of all trees */
	char		detail[128];
	bool		repeats;		/* does an object have a member twice? */

	/* The walk. */
	wa_walk_state state;
	int			nsources;
	wa_source	sources[WA_MAX_SOURCES];
	json_object *entries;		/* NULL: the entry at hand is the payload itself */
	int			entry;
	int			entry_steps;	/* of the place of an entry's holder */
	json_object *changes;		/* NULL: the change at hand stands in no entry */
	int			change;
	int			change_steps;	/* of the place of an entry */
	json_object *value;
	int			value_steps;
	bool		in_standby;		/* is value.standby being read? */
	json_object *unread;		/* has elements that are not read; NULL: none */
	int			unread_steps;
	json_object *arrays[WA_ARRAY_COUNT];	/* an array, or one object instead; else NULL */
	int			lengths[WA_ARRAY_COUNT];
	bool		malformed[WA_ARRAY_COUNT];	/* there, but neither */
	int			array;			/* the wa_value_array being read */
	int			item;
	int			array_steps;	/* of the place of what holds the arrays */
	wa_place	place;

	/* Common to the current elements. */
	wa_str		object;			/* of the envelope */
	bool		on_premises;
	wa_str		entry_business; /* of the entry; business may differ by change */
	wa_str		business;
	wa_str		sender;
	wa_str		display_phone;
	wa_str		field;
	wa_str		entry_time;
	wa_element_kind single_kind;	/* WA_WALK_SINGLE */

	/* The identifiers of the value's contacts, sorted; made when needed. */
	wa_contact_key *keys;
	int			nkeys;
	bool		keys_made;
};

/*
 * Reading json-c's tree.
 */

/*
 * shape.c: the member of an object; false, with NULL in *member, where it is absent or the node is no object.  Its
 * value may be NULL as well, which is null.
 */
extern bool wa_json_find(json_object *object, const char *key, json_object **member);

/* The member of an object; NULL where it is absent, null, or no object. */
static inline json_object *
wa_json_member(json_object *object, const char *key)
{
	json_object *child;

	(void) wa_json_find(object, key, &child);
	return child;
}

/* Does the object have the key, also with the value null? */
static inline bool
wa_json_has(json_object *object, const char *key)
{
	json_object *child;

	return wa_json_find(object, key, &child);
}

static inline bool
wa_json_is_object(json_object *node)
{
	return json_object_is_type(node, json_type_object);
}

static inline bool
wa_json_is_array(json_object *node)
{
	return json_object_is_type(node, json_type_array);
}

/*
 * The length of a list, and its i-th element.  Third parties write an object instead of a
 * list of one.
 */
static inline int
wa_json_list_length(json_object *node)
{
	if (wa_json_is_array(node))
		return (int) json_object_array_length(node);
	return wa_json_is_object(node) ? 1 : 0;
}

static inline json_object *
wa_json_list_item(json_object *node, int i)
{
	if (wa_json_is_array(node))
		return json_object_array_get_idx(node, (size_t) i);
	return i == 0 ? node : NULL;
}

/*
 * A scalar as text, owned by its node; absent for null, array and object.  The text of a
 * number is stored in its node by json-c.
 */
static inline wa_str
wa_json_scalar(json_object *node)
{
	wa_str		result = {NULL, 0};

	switch (json_object_get_type(node))
	{
		case json_type_string:
			result.data = json_object_get_string(node);
			result.len = (size_t) json_object_get_string_len(node);
			break;
		case json_type_boolean:
			if (json_object_get_boolean(node))
				result = WA_STR("true");
			else
				result = WA_STR("false");
			break;
		case json_type_int:
		case json_type_double:
			result.data = json_object_get_string(node);
			if (result.data != NULL)
				result.len = strlen(result.data);
			break;
		default:
			break;
	}
	return result;
}

static inline wa_str
wa_json_text(json_object *object, const char *key)
{
	return wa_json_scalar(wa_json_member(object, key));
}

/*
 * A member whose absence says something: without a time it would be "now", without a
 * group the user's own.  One that is no scalar is not taken for absent: it is handed out
 * as a text that is no time.
 */
static inline wa_str
wa_json_present(json_object *object, const char *key)
{
	json_object *node = wa_json_member(object, key);

	if (wa_json_is_array(node) || wa_json_is_object(node))
		return WA_STR("no scalar");
	return wa_json_scalar(node);
}

/* The first of two spellings that is there. */
static inline wa_str
wa_json_text2(json_object *object, const char *key, const char *other_key)
{
	wa_str		result = wa_json_text(object, key);

	if (!wa_str_given(result))
	{
		wa_str		other = wa_json_text(object, other_key);

		if (other.data != NULL)
			return other;
	}
	return result;
}

/*
 * Functions of the files of this folder.
 */

/* shape.c: which of the accepted forms is it? */
extern wa_payload_shape wa_payload_shape_of(json_object *node);

/*
 * shape.c: is it a status, a message or a preference by itself?  It is none of the forms, though it has errors, or
 * contacts that were sent, as a value has, or null for all that it might have.
 */
extern bool wa_payload_is_element(json_object *node);

/* shape.c: is it a wrapper of payloads?  It must have no shape of its own. */
extern bool wa_payload_is_wrapper(json_object *node);

/* shape.c: is it a string in which JSON may stand? */
extern bool wa_payload_is_wrapped(json_object *node);

/* shape.c: does a value say which template it tells of, though it be with null? */
extern bool wa_payload_names_template(json_object *value);

/* parse.c: parse a text, of a payload or of a string in one, into *root, which the caller owns. */
extern wa_payload_result wa_payload_parse_text(wa_payload *payload, const char *text, size_t len,
											   json_object **root);

/* parse.c: free the tokener, if there is one. */
extern void wa_payload_drop_tokener(wa_payload *payload);

/*
 * parse.c: parse a string of the payload that contains JSON.  Returns NULL where it is no
 * JSON, or null, or too large, or where there is not enough memory.  Owned by the caller.
 */
extern json_object *wa_payload_parse_string(wa_payload *payload, json_object *string);

/* contacts.c: read the ids of an item of contacts[], or of an object with its form. */
extern void wa_contact_read(json_object *contact, wa_ids *ids);

/* contacts.c: do the two name the same user?  '+' and blanks are ignored. */
extern bool wa_contact_same_id(wa_str a, wa_str b, bool is_phone);

/*
 * contacts.c: find the item of contacts[] that belongs to the element at the current place,
 * which is about who.  Returns false, with nothing in *contact, where there is none.
 */
extern bool wa_contact_pair(wa_payload *payload, const wa_ids *who, wa_ids *contact);

/* contacts.c: how many elements of the value may a contact belong to? */
extern int	wa_contact_elements(const wa_payload *payload);

/* contacts.c: discard the keys of the contacts of the last value. */
extern void wa_contact_forget(wa_payload *payload);

/*
 * elements.c: fill *element from the node at the current place of the walk.  A node that
 * is no object becomes MALFORMED, whatever kind is given.
 */
extern void wa_element_fill(wa_payload *payload, wa_element *element,
							wa_element_kind kind, json_object *node);

/* element_parts.c: the node of an element. */
extern json_object *wa_element_node(const wa_element *element);

/* element_parts.c: the errors of a status or message; third parties write one as "error", some beside an empty list. */
extern json_object *wa_element_errors(json_object *node);

/* element_parts.c: read the ids of whom a message or call is from. */
extern void wa_element_read_from(json_object *node, wa_ids *who);

/* messages.c: fill *element, which is all zero but for what is common to all kinds, from a message. */
extern void wa_message_fill(json_object *node, wa_element *element);

/* walk.c: free the sources of payloads. */
extern void wa_walk_forget(wa_payload *payload);

/* walk.c: make node the source of all payloads. */
extern void wa_walk_begin(wa_payload *payload, json_object *node);

/*
 * unread.c: may elements be at a place that is not read?
 */

/* Anywhere in this node? */
extern bool wa_unread_at_any_depth(json_object *node);

/* In this object, except under the two names that are read? */
extern bool wa_unread_beside(json_object *object, const char *name, const char *other_name);

/* In this wrapper, beside the payloads in it? */
extern bool wa_unread_in_wrapper(json_object *wrapper);

/* In this value, or in its standby, except in the arrays that are read? */
extern bool wa_unread_in_value(json_object *value, bool in_standby);

/* Is this the name of an array of a value that is read? */
extern bool wa_unread_is_value_array(const char *key);

#endif							/* WA_PAYLOAD_INTERNAL_H */
