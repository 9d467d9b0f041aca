/*-------------------------------------------------------------------------
 *
 * payload.c
 *	  One webhook body, read element by element.
 *
 * The only file that knows json-c (its typedef json_object and the server's
 * function of that name exclude one another).  It knows no server: it
 * allocates with malloc, never raises an error, and is compiled without one for
 * the unit tests and the fuzzer.
 *
 * The walk over the parsed tree is a state machine without recursion: the
 * payload of a top-level array, the entry, the change, the array, the item.
 * Whatever does not have the shape that its place asks for becomes one
 * WA_ELEMENT_MALFORMED, and the walk goes on behind it.
 *
 * Where json-c's behaviour is leaned on, 0.16, 0.18 and 0.19 are meant:
 * looking up a member of NULL or of something that is no object answers
 * "absent"; of two equal keys the last one wins; the text of a number written
 * as a double is kept as it was.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include <json-c/json.h>

#include <locale.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "payload/payload.h"
#include "payload/text.h"

/*
 * The server's port.h puts its own in the place of these two.  It is not
 * linked to the unit tests, and its qsort is quadratic for input made so.
 */
#undef snprintf
#undef qsort

/*
 * json-c counts a scalar as one level more than the array or object around
 * it; so 64 levels of arrays and objects need 65 of its own.
 */
#define TOKENER_DEPTH	(WA_PAYLOAD_MAX_DEPTH + 1)

/* glibc keeps this much for the next text: less than its M_TRIM_THRESHOLD. */
#define KEPT_ROOM		(64 * 1024)

/*
 * What is given back to the system after a parse: the tokener's buffer beyond
 * a text of this size, all memory beyond a tree of this size.
 */
#define LARGE_PAYLOAD	(1024 * 1024)
#define LARGE_TREE		(16 * 1024 * 1024)

/*
 * What json-c takes, rounded up: for an object, whose table has 16 slots from
 * the start, and for a scalar with its key and its share of a grown table.
 */
#define CONTAINER_COST	1024
#define SCALAR_COST		192

/*
 * What is longer is no identifier, and not compared: a few contacts with a
 * megabyte of blanks each would make every comparison as long.
 */
#define LONGEST_ID		256

/* Up to so many contacts are searched one by one. */
#define FEW_CONTACTS	8

/* The arrays of a value that count, in the order in which they are read. */
typedef enum value_array
{
	ARRAY_CONTACTS,
	ARRAY_MESSAGES,
	ARRAY_STATUSES,
	ARRAY_PREFERENCES,
	ARRAY_USER_ID_UPDATES,
	ARRAY_ERRORS,
	ARRAY_COUNT
} value_array;

static const struct
{
	const char *name;
	wa_element_kind kind;
}			value_arrays[ARRAY_COUNT] = {
	[ARRAY_CONTACTS] = {"contacts", WA_ELEMENT_CONTACT},
	[ARRAY_MESSAGES] = {"messages", WA_ELEMENT_MESSAGE},
	[ARRAY_STATUSES] = {"statuses", WA_ELEMENT_STATUS},
	[ARRAY_PREFERENCES] = {"user_preferences", WA_ELEMENT_PREFERENCE},
	[ARRAY_USER_ID_UPDATES] = {"user_id_update", WA_ELEMENT_USER_ID_UPDATE},
	[ARRAY_ERRORS] = {"errors", WA_ELEMENT_ERROR},
};

/* What a payload, or one of a top-level array, turned out to be. */
typedef enum payload_shape
{
	SHAPE_UNKNOWN,
	SHAPE_ENVELOPE,				/* {object, entry[]} */
	SHAPE_CHANGE,				/* {field, value} */
	SHAPE_VALUE,				/* a bare value of the Cloud API */
	SHAPE_ON_PREMISES			/* top-level contacts, messages, … */
} payload_shape;

/* What the next call of wa_payload_next looks at first. */
typedef enum walk_state
{
	WALK_PAYLOAD,				/* the next of the payloads */
	WALK_ENTRY,					/* the next of entries */
	WALK_CHANGE,				/* the next of changes */
	WALK_ITEM,					/* the next item of the value's arrays */
	WALK_SINGLE,				/* the root is one element */
	WALK_DONE
} walk_state;

/* An identifier of a contact, for the search among many. */
typedef struct contact_key
{
	uint64		hash;
	wa_str		id;
	int			contact;
	bool		is_phone;
} contact_key;

struct wa_payload
{
	json_tokener *tokener;
	size_t		room;			/* that an earlier text had, up to KEPT_ROOM */
	json_object *root;
	size_t		size;			/* that root has at most */
	char		detail[128];

	/* The walk. */
	walk_state	state;
	json_object *payloads;		/* the root, where it is an array */
	int			npayloads;
	int			next_payload;
	json_object *entries;
	json_object *changes;		/* NULL: the value stands in no changes[] */
	json_object *value;
	json_object *arrays[ARRAY_COUNT];	/* those that are arrays, else NULL */
	int			lengths[ARRAY_COUNT];
	bool		malformed[ARRAY_COUNT]; /* there, but no array */
	int			array;			/* the value_array being read */
	wa_place	place;

	/* What holds for the elements at hand. */
	bool		on_premises;
	wa_str		business;
	wa_str		sender;
	wa_str		field;
	wa_str		entry_time;
	wa_element_kind single_kind;	/* WALK_SINGLE */

	/* The identifiers of the value's contacts, sorted; made when needed. */
	contact_key *keys;
	int			nkeys;
	bool		keys_made;
};

/* ----------------------------------------------------------------
 * Reading json-c's tree
 * ----------------------------------------------------------------
 */

/* The member of an object; NULL where it is absent, null, or no object. */
static json_object *
member(json_object *object, const char *key)
{
	json_object *child;

	return json_object_object_get_ex(object, key, &child) ? child : NULL;
}

/* Does the object have the key, be it with null? */
static bool
has_member(json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL);
}

static bool
is_object(json_object *node)
{
	return json_object_is_type(node, json_type_object);
}

static bool
is_array(json_object *node)
{
	return json_object_is_type(node, json_type_array);
}

static int
array_length(json_object *array)
{
	return (int) json_object_array_length(array);
}

/*
 * A scalar as text, owned by its node; absent for null, array and object.
 * json-c keeps the text that it makes of a number with the number.
 */
static wa_str
scalar(json_object *node)
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

static wa_str
text_member(json_object *object, const char *key)
{
	return scalar(member(object, key));
}

/*
 * A time.  One that is no scalar is not taken for absent, which would mean
 * "now": it is handed out as a text that is no time.
 */
static wa_str
time_member(json_object *object, const char *key)
{
	json_object *node = member(object, key);

	if (json_object_is_type(node, json_type_array) ||
		json_object_is_type(node, json_type_object))
		return WA_STR("no scalar");
	return scalar(node);
}

/* The first of two spellings that is there. */
static wa_str
text_member2(json_object *object, const char *key, const char *other_key)
{
	wa_str		result = text_member(object, key);

	if (!wa_str_given(result))
	{
		wa_str		other = text_member(object, other_key);

		if (other.data != NULL)
			return other;
	}
	return result;
}

/* Does the text hold the literal? */
static bool
contains(wa_str text, wa_str literal)
{
	for (size_t i = 0; i + literal.len <= text.len; i++)
	{
		if (memcmp(text.data + i, literal.data, literal.len) == 0)
			return true;
	}
	return false;
}

/*
 * How many things "one or an array of them" holds, and the i-th of it.
 * Third parties write an object where an array of one is due.
 */
static int
one_or_many_length(json_object *node)
{
	if (is_array(node))
		return array_length(node);
	return is_object(node) ? 1 : 0;
}

static json_object *
one_or_many_item(json_object *node, int i)
{
	if (is_array(node))
		return json_object_array_get_idx(node, (size_t) i);
	return i == 0 ? node : NULL;
}

/* ----------------------------------------------------------------
 * Parsing
 * ----------------------------------------------------------------
 */

/* Why a parse did not answer OK, in words that take no argument. */
static void
set_detail(wa_payload *payload, const char *text)
{
	snprintf(payload->detail, sizeof(payload->detail), "%s", text);
}

static void
drop_tokener(wa_payload *payload)
{
	if (payload->tokener != NULL)
		json_tokener_free(payload->tokener);
	payload->tokener = NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * json_tokener_parse_ex in the locale "C".  json-c copies the locale that it
 * finds and turns the copy's numbers into those of "C", for every text; glibc
 * knows that of "C" itself there is nothing to copy.
 */
static json_object *
parse_in_c_locale(json_tokener *tokener, const char *text, int len)
{
#ifdef __GLIBC__
	static locale_t c_locale = (locale_t) 0;
	locale_t	old;
	json_object *result;

	if (c_locale == (locale_t) 0)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
	old = uselocale(c_locale);
	result = json_tokener_parse_ex(tokener, text, len);
	uselocale(old);
	return result;
#else
	return json_tokener_parse_ex(tokener, text, len);
#endif
}

/*
 * Run json-c over the text.  *root is owned by the caller; it is NULL for a
 * JSON null as well.  rewritten: the text comes from wa_text_rewrite.
 */
static wa_payload_result
run_tokener(wa_payload *payload, const char *text, size_t len, bool rewritten,
			json_object **root)
{
	enum json_tokener_error error;
	json_object *result;
	size_t		end;
	bool		out_of_memory = false;

	*root = NULL;
	if (payload->tokener == NULL)
	{
		payload->tokener = json_tokener_new_ex(TOKENER_DEPTH);
		if (payload->tokener == NULL)
			return WA_PAYLOAD_NO_MEMORY;
		/* not VALIDATE_UTF8: wa_text_scan is stricter and costs a tenth of it */
		json_tokener_set_flags(payload->tokener, JSON_TOKENER_STRICT);
	}

	result = parse_in_c_locale(payload->tokener, text, (int) len);
	error = json_tokener_get_error(payload->tokener);
	end = json_tokener_get_parse_end(payload->tokener);
	if (error == json_tokener_continue)
	{
		/* more to come: that is right after a lone number, else an early end */
		result = parse_in_c_locale(payload->tokener, "", 1);
		error = json_tokener_get_error(payload->tokener);
		end = len;
	}

	if (error == json_tokener_success)
	{
		while (end < len && is_blank(text[end]))
			end++;
		if (end == len)
		{
			*root = result;
			return WA_PAYLOAD_OK;
		}
		json_object_put(result);
		error = json_tokener_error_parse_unexpected;
		/* json-c stops without an error at a NUL, and where malloc fails */
		out_of_memory = text[end] != '\0';
	}

	/*
	 * This frees what was parsed so far.  json_tokener_reset would not do: a
	 * surrogate that a text broke off behind would get into the next one.
	 */
	drop_tokener(payload);
	if (out_of_memory)
		return WA_PAYLOAD_NO_MEMORY;
#if JSON_C_VERSION_NUM >= ((0 << 16) | (17 << 8))
	if (error == json_tokener_error_memory)
		return WA_PAYLOAD_NO_MEMORY;
#endif
	if (error == json_tokener_error_depth)
		return WA_PAYLOAD_TOO_DEEP;
	if (!rewritten && (error == json_tokener_error_parse_number ||
					   error == json_tokener_error_parse_string))
	{
		bool		changed;
		size_t		newlen = wa_text_rewrite(text, len, NULL, &changed);

		if (changed)
		{
			char	   *copy = malloc(newlen);
			wa_payload_result result_of_copy;

			if (copy == NULL)
				return WA_PAYLOAD_NO_MEMORY;
			(void) wa_text_rewrite(text, len, copy, &changed);
			result_of_copy = run_tokener(payload, copy, newlen, true, root);
			free(copy);
			return result_of_copy;
		}
	}
	snprintf(payload->detail, sizeof(payload->detail), "%s at byte %zu",
			 json_tokener_error_desc(error), end);
	return WA_PAYLOAD_INVALID_JSON;
}

/* All that wa_payload_parse and wa_payload_parse_element have in common. */
static wa_payload_result
parse_text(wa_payload *payload, const char *text, size_t len)
{
	wa_payload_result result;
	size_t		containers;
	size_t		commas;
	size_t		depth;
	size_t		end;
	size_t		room;

	wa_payload_clear(payload);
	if (len > WA_PAYLOAD_MAX_BYTES)
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 "%zu bytes, the limit is %d", len, WA_PAYLOAD_MAX_BYTES);
		return WA_PAYLOAD_TOO_LARGE;
	}
	if (len == 0)
	{
		set_detail(payload, "the text is empty");
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (!wa_text_scan(text, len, &containers, &commas, &end))
	{
		snprintf(payload->detail, sizeof(payload->detail), "no UTF-8 at byte %zu", end);
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (containers > WA_PAYLOAD_MAX_CONTAINERS)
	{
		wa_text_nesting(text, len, &containers, &depth);
		if (containers > WA_PAYLOAD_MAX_CONTAINERS)
		{
			snprintf(payload->detail, sizeof(payload->detail),
					 "%zu arrays and objects, the limit is %d",
					 containers, WA_PAYLOAD_MAX_CONTAINERS);
			return WA_PAYLOAD_TOO_LARGE;
		}
	}

	/*
	 * json-c 0.16 does not survive a failing malloc everywhere (it copies keys
	 * without a look at the answer).  So see first whether there is room, unless
	 * as much was there for an earlier text, which has given it back: to ask for
	 * a large piece makes glibc sort all its small ones.
	 */
	room = containers * CONTAINER_COST + commas * SCALAR_COST + len * 2;
	if (room > payload->room)
	{
		void	   *piece = malloc(room);

		if (piece == NULL)
		{
			set_detail(payload, "out of memory");
			return WA_PAYLOAD_NO_MEMORY;
		}
		free(piece);
		if (room <= KEPT_ROOM)
			payload->room = room;
	}

	payload->size = room;
	result = run_tokener(payload, text, len, false, &payload->root);
	if (result == WA_PAYLOAD_OK && containers > WA_PAYLOAD_MAX_DEPTH)
	{
		/* json-c counts the levels of values: an empty 65th array slips through */
		wa_text_nesting(text, len, &containers, &depth);
		if (depth > WA_PAYLOAD_MAX_DEPTH)
			result = WA_PAYLOAD_TOO_DEEP;
	}
	if (result == WA_PAYLOAD_TOO_DEEP)
		snprintf(payload->detail, sizeof(payload->detail),
				 "nested deeper than %d levels", WA_PAYLOAD_MAX_DEPTH);
	else if (result == WA_PAYLOAD_NO_MEMORY)
		set_detail(payload, "out of memory");
	if (result != WA_PAYLOAD_OK)
	{
		json_object_put(payload->root);
		payload->root = NULL;
	}
	/* the tokener's buffer has grown to the longest string, and stays so */
	if (len > LARGE_PAYLOAD)
		drop_tokener(payload);
	return result;
}

/* Which of the accepted forms is it? */
static payload_shape
shape_of(json_object *payload)
{
	if (!is_object(payload))
		return SHAPE_UNKNOWN;
	if (has_member(payload, "entry"))
		return SHAPE_ENVELOPE;
	if (is_object(member(payload, "value")))
		return SHAPE_CHANGE;
	for (int i = 0; i < ARRAY_COUNT; i++)
	{
		if (has_member(payload, value_arrays[i].name))
		{
			if (has_member(payload, "metadata") || has_member(payload, "messaging_product"))
				return SHAPE_VALUE;
			return SHAPE_ON_PREMISES;
		}
	}
	/* a change without value, a value with nothing */
	if (has_member(payload, "field"))
		return SHAPE_CHANGE;
	if (has_member(payload, "metadata"))
		return SHAPE_VALUE;
	return SHAPE_UNKNOWN;
}

static const wa_place nowhere = {
	.top = -1,.entry = -1,.change = -1,.item = -1
};

/* A payload that is not in use, with its tokener; NULL: there is none. */
static wa_payload *spare = NULL;

wa_payload *
wa_payload_new(void)
{
	wa_payload *payload = spare;

	spare = NULL;
	if (payload == NULL)
		payload = calloc(1, sizeof(wa_payload));
	if (payload != NULL)
	{
		/* others have used the memory in the meantime */
		payload->room = 0;
		payload->state = WALK_DONE;
		payload->place = nowhere;
	}
	return payload;
}

wa_payload_result
wa_payload_parse(wa_payload *payload, const char *text, size_t len)
{
	wa_payload_result result = parse_text(payload, text, len);

	if (result != WA_PAYLOAD_OK)
		return result;
	payload->npayloads = 1;
	if (is_array(payload->root))
	{
		payload->payloads = payload->root;
		payload->npayloads = array_length(payload->root);
	}
	else if (shape_of(payload->root) == SHAPE_UNKNOWN)
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 is_object(payload->root) ?
				 "%s without entry, value, statuses, messages or the like" :
				 "%s where an object or an array is due",
				 json_type_to_name(json_object_get_type(payload->root)));
		json_object_put(payload->root);
		payload->root = NULL;
		return WA_PAYLOAD_UNKNOWN_SHAPE;
	}
	payload->state = WALK_PAYLOAD;
	return WA_PAYLOAD_OK;
}

wa_payload_result
wa_payload_parse_element(wa_payload *payload, const char *text, size_t len,
						 wa_element_kind kind, bool on_premises,
						 wa_str business, wa_str sender)
{
	wa_payload_result result = parse_text(payload, text, len);

	if (result != WA_PAYLOAD_OK)
		return result;
	payload->single_kind = kind;
	payload->on_premises = on_premises;
	payload->business = business;
	payload->sender = sender;
	payload->state = WALK_SINGLE;
	return WA_PAYLOAD_OK;
}

const char *
wa_payload_detail(const wa_payload *payload)
{
	return payload->detail;
}

/* Forget what was learned about the contacts of the last value. */
static void
forget_contacts(wa_payload *payload)
{
	free(payload->keys);
	payload->keys = NULL;
	payload->nkeys = 0;
	payload->keys_made = false;
}

void
wa_payload_clear(wa_payload *payload)
{
	json_tokener *tokener = payload->tokener;
	size_t		room = payload->room;
	bool		large = payload->size > LARGE_TREE;

	json_object_put(payload->root);
	forget_contacts(payload);
	memset(payload, 0, sizeof(*payload));
	payload->tokener = tokener;
	payload->room = large ? 0 : room;
	payload->state = WALK_DONE;
	payload->place = nowhere;
#ifdef __GLIBC__
	/* thousands of small pieces: without a word glibc keeps them for itself */
	if (large)
		malloc_trim(0);
#else
	(void) large;
#endif
}

void
wa_payload_free(wa_payload *payload)
{
	if (payload == NULL)
		return;
	wa_payload_clear(payload);
	if (spare == NULL)
	{
		spare = payload;
		return;
	}
	drop_tokener(payload);
	free(payload);
}

/* ----------------------------------------------------------------
 * Whose contact is it?
 * ----------------------------------------------------------------
 */

/* '+' and blanks in a phone do not count, neither do they in a comparison. */
static bool
is_phone_filler(char c)
{
	return c == '+' || is_blank(c);
}

/* Order by the bytes that count; 0 is equal. */
static int
compare_ids(wa_str a, wa_str b, bool is_phone)
{
	size_t		i = 0;
	size_t		j = 0;

	if (!is_phone)
		return wa_str_compare(a, b);
	for (;;)
	{
		while (i < a.len && is_phone_filler(a.data[i]))
			i++;
		while (j < b.len && is_phone_filler(b.data[j]))
			j++;
		if (i == a.len || j == b.len)
			return (j == b.len) - (i == a.len);
		if (a.data[i] != b.data[j])
			return (unsigned char) a.data[i] < (unsigned char) b.data[j] ? -1 : 1;
		i++;
		j++;
	}
}

/* FNV-1a over the bytes that count.  Sorting by it only saves time. */
static uint64
hash_id(wa_str id, bool is_phone)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325);

	for (size_t i = 0; i < id.len; i++)
	{
		if (is_phone && is_phone_filler(id.data[i]))
			continue;
		hash ^= (unsigned char) id.data[i];
		hash *= UINT64CONST(0x100000001b3);
	}
	return hash;
}

/* Can it be told by this identifier who it is? */
static bool
is_telling(wa_str id)
{
	return wa_str_given(id) && id.len <= LONGEST_ID;
}

static bool
same_id(wa_str a, wa_str b, bool is_phone)
{
	return is_telling(a) && is_telling(b) && compare_ids(a, b, is_phone) == 0;
}

static void
read_contact(json_object *contact, wa_ids *ids)
{
	ids->phone = text_member(contact, "wa_id");
	ids->user_id = text_member(contact, "user_id");
	ids->parent_user_id = text_member(contact, "parent_user_id");
}

/* Read the i-th contact of the value and say whether it shares an identifier. */
static bool
contact_matches(wa_payload *payload, int i, const wa_ids *who, wa_ids *contact)
{
	read_contact(json_object_array_get_idx(payload->arrays[ARRAY_CONTACTS], (size_t) i),
				 contact);
	return same_id(who->phone, contact->phone, true) ||
		same_id(who->user_id, contact->user_id, false) ||
		same_id(who->parent_user_id, contact->parent_user_id, false);
}

/* By hash, then by what it stands for, then the first contact first. */
static int
compare_keys(const void *left, const void *right)
{
	const contact_key *a = left;
	const contact_key *b = right;
	int			order;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->is_phone != b->is_phone)
		return a->is_phone ? -1 : 1;
	order = compare_ids(a->id, b->id, a->is_phone);
	if (order != 0)
		return order;
	return (a->contact > b->contact) - (a->contact < b->contact);
}

static void
add_key(wa_payload *payload, wa_str id, bool is_phone, int contact)
{
	contact_key *key;

	if (!is_telling(id))
		return;
	key = &payload->keys[payload->nkeys++];
	key->hash = hash_id(id, is_phone);
	key->id = id;
	key->is_phone = is_phone;
	key->contact = contact;
}

/*
 * Sort the identifiers of all contacts of the value, so that a payload of
 * n elements and n contacts costs n log n whatever its author intends.
 */
static void
make_keys(wa_payload *payload)
{
	int			ncontacts = payload->lengths[ARRAY_CONTACTS];

	payload->keys_made = true;
	payload->keys = malloc((size_t) ncontacts * 3 * sizeof(contact_key));
	if (payload->keys == NULL)
		return;
	for (int i = 0; i < ncontacts; i++)
	{
		wa_ids		ids;

		read_contact(json_object_array_get_idx(payload->arrays[ARRAY_CONTACTS], (size_t) i),
					 &ids);
		add_key(payload, ids.phone, true, i);
		add_key(payload, ids.user_id, false, i);
		add_key(payload, ids.parent_user_id, false, i);
	}
	qsort(payload->keys, (size_t) payload->nkeys, sizeof(contact_key), compare_keys);
}

/* The first contact with that identifier, or -1. */
static int
find_key(const wa_payload *payload, wa_str id, bool is_phone)
{
	contact_key wanted;
	int			low = 0;
	int			high = payload->nkeys;

	if (!is_telling(id))
		return -1;
	wanted.hash = hash_id(id, is_phone);
	wanted.id = id;
	wanted.is_phone = is_phone;
	wanted.contact = -1;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (compare_keys(&payload->keys[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < payload->nkeys && payload->keys[low].hash == wanted.hash &&
		payload->keys[low].is_phone == is_phone &&
		compare_ids(payload->keys[low].id, id, is_phone) == 0)
		return payload->keys[low].contact;
	return -1;
}

/*
 * Find the contacts[] item that belongs to the element: one that shares an
 * identifier with it, tried at the element's own index first, where Meta puts
 * it; else the only contact of a value with one contact and one element.
 */
static void
pair_contact(wa_payload *payload, wa_element *element)
{
	int			ncontacts = payload->lengths[ARRAY_CONTACTS];
	int			own = element->place.item;
	int			found = -1;

	if (ncontacts == 0)
		return;
	if (own < ncontacts && contact_matches(payload, own, &element->who, &element->contact))
		return;
	if (ncontacts <= FEW_CONTACTS)
	{
		for (int i = 0; i < ncontacts; i++)
		{
			if (i != own && contact_matches(payload, i, &element->who, &element->contact))
				return;
		}
	}
	else
	{
		if (!payload->keys_made)
			make_keys(payload);
		if (payload->keys != NULL)
		{
			found = find_key(payload, element->who.phone, true);
			if (found < 0)
				found = find_key(payload, element->who.user_id, false);
			if (found < 0)
				found = find_key(payload, element->who.parent_user_id, false);
		}
	}
	if (found < 0 && ncontacts == 1 &&
		payload->lengths[ARRAY_STATUSES] + payload->lengths[ARRAY_MESSAGES] +
		payload->lengths[ARRAY_PREFERENCES] == 1)
		found = 0;
	if (found >= 0)
		read_contact(json_object_array_get_idx(payload->arrays[ARRAY_CONTACTS], (size_t) found),
					 &element->contact);
	else
		memset(&element->contact, 0, sizeof(element->contact));
}

/* ----------------------------------------------------------------
 * Filling an element
 * ----------------------------------------------------------------
 */

static void
fill_status(json_object *node, wa_element *element)
{
	json_object *participant = member(node, "recipient_participant_id");

	element->message_id = text_member(node, "id");
	element->type = text_member(node, "status");
	element->timestamp = time_member(node, "timestamp");
	element->nerrors = one_or_many_length(member(node, "errors"));
	element->pricing_category = text_member(member(node, "pricing"), "category");
	element->origin_type = text_member(member(member(node, "conversation"), "origin"), "type");

	if (participant == NULL)
		participant = member(node, "participant_recipient_id");
	if (participant != NULL ||
		wa_str_equal(text_member(node, "recipient_type"), WA_STR("group")))
	{
		/* recipient_id and its kin are those of the group, which is no user */
		element->who.phone = scalar(participant);
		element->who.user_id = text_member2(node, "recipient_participant_user_id",
											"participant_recipient_user_id");
		element->who.parent_user_id = text_member2(node, "recipient_participant_parent_user_id",
												   "participant_recipient_parent_user_id");
		return;
	}
	element->who.phone = text_member(node, "recipient_id");
	if (!wa_str_given(element->who.phone))
	{
		wa_str		other = text_member(member(node, "message"), "recipient_id");

		if (other.data != NULL)
			element->who.phone = other;
	}
	element->who.user_id = text_member(node, "recipient_user_id");
	element->who.parent_user_id = text_member2(node, "recipient_parent_user_id",
											   "parent_recipient_user_id");
}

static void
fill_system(json_object *system, wa_element *element)
{
	element->system_type = text_member(system, "type");
	element->system_marketing = text_member(system, "marketing");
	element->changed_to.phone = text_member2(system, "wa_id", "new_wa_id");
	element->changed_to.user_id = text_member(system, "user_id");
	element->changed_to.parent_user_id = text_member(system, "parent_user_id");
	element->changed_from.phone = text_member2(system, "previous_wa_id", "customer");
	element->changed_from.user_id = text_member(system, "previous_user_id");
	element->changed_from.parent_user_id = text_member2(system, "previous_parent_user_id",
														"parent_previous_user_id");
}

static void
fill_message(json_object *node, wa_element *element)
{
	wa_str		type = text_member(node, "type");
	bool		untyped = !wa_str_given(type);
	json_object *part;

	element->who.phone = text_member(node, "from");
	element->who.user_id = text_member(node, "from_user_id");
	element->who.parent_user_id = text_member2(node, "from_parent_user_id",
											   "parent_from_user_id");
	element->message_id = text_member(node, "id");
	element->type = type;
	element->timestamp = time_member(node, "timestamp");
	element->nerrors = one_or_many_length(member(node, "errors"));

	/* a message without type is of the type that it has a part for */
	if ((untyped || wa_str_equal(type, WA_STR("text"))) &&
		(part = member(node, "text")) != NULL)
		element->texts[0] = text_member(part, "body");
	else if ((untyped || wa_str_equal(type, WA_STR("button"))) &&
			 (part = member(node, "button")) != NULL)
	{
		element->texts[0] = text_member(part, "text");
		element->texts[1] = text_member(part, "payload");
	}
	else if ((untyped || wa_str_equal(type, WA_STR("interactive"))) &&
			 (part = member(node, "interactive")) != NULL)
	{
		part = member(part, "button_reply");
		element->texts[0] = text_member(part, "title");
		element->texts[1] = text_member(part, "id");
	}
	else if ((untyped || wa_str_equal(type, WA_STR("system"))) &&
			 (part = member(node, "system")) != NULL)
		fill_system(part, element);
}

static void
fill_preference(json_object *node, wa_element *element)
{
	read_contact(node, &element->who);
	element->category = text_member(node, "category");
	element->type = text_member(node, "value");
	element->timestamp = time_member(node, "timestamp");
}

/* {previous, current}, or the current one alone with the previous beside it. */
static void
read_change(json_object *node, const char *key, const char *previous_key,
			wa_str *current, wa_str *previous)
{
	json_object *change = member(node, key);

	if (is_object(change))
	{
		*current = text_member(change, "current");
		*previous = text_member(change, "previous");
	}
	else
	{
		*current = scalar(change);
		*previous = text_member(node, previous_key);
	}
}

static void
fill_user_id_update(json_object *node, wa_element *element)
{
	element->who.phone = text_member(node, "wa_id");
	element->timestamp = time_member(node, "timestamp");
	read_change(node, "user_id", "previous_user_id",
				&element->changed_to.user_id, &element->changed_from.user_id);
	read_change(node, "parent_user_id", "previous_parent_user_id",
				&element->changed_to.parent_user_id,
				&element->changed_from.parent_user_id);
}

static void
fill_account_update(json_object *node, wa_element *element)
{
	element->type = text_member(node, "event");
	element->timestamp = time_member(node, "timestamp");
	element->ban_state = text_member(member(node, "ban_info"), "waba_ban_state");
	element->waba_id = text_member(member(node, "waba_info"), "waba_id");
	element->nrestrictions = one_or_many_length(member(node, "restriction_info"));
}

/*
 * Fill *element from a node that stands at the walk's present place.  What is
 * not an object becomes malformed, whatever kind it was to be.
 */
static void
fill_element(wa_payload *payload, wa_element *element, wa_element_kind kind,
			 json_object *node)
{
	memset(element, 0, sizeof(*element));
	if (!is_object(node) && kind != WA_ELEMENT_OTHER)
		kind = WA_ELEMENT_MALFORMED;
	/* the state of a call looks like that of a message, and is none */
	if (kind == WA_ELEMENT_STATUS &&
		wa_str_equal(text_member(node, "type"), WA_STR("call")))
		kind = WA_ELEMENT_OTHER;

	element->kind = kind;
	element->place = payload->place;
	element->on_premises = payload->on_premises;
	element->business = payload->business;
	element->sender = payload->sender;
	element->field = payload->field;
	element->entry_time = payload->entry_time;
	element->node = node;
	switch (kind)
	{
		case WA_ELEMENT_STATUS:
			fill_status(node, element);
			pair_contact(payload, element);
			break;
		case WA_ELEMENT_MESSAGE:
			fill_message(node, element);
			pair_contact(payload, element);
			break;
		case WA_ELEMENT_PREFERENCE:
			fill_preference(node, element);
			pair_contact(payload, element);
			break;
		case WA_ELEMENT_CONTACT:
			read_contact(node, &element->who);
			element->alone = payload->lengths[ARRAY_STATUSES] == 0 &&
				payload->lengths[ARRAY_MESSAGES] == 0 &&
				payload->lengths[ARRAY_PREFERENCES] == 0;
			break;
		case WA_ELEMENT_USER_ID_UPDATE:
			fill_user_id_update(node, element);
			break;
		case WA_ELEMENT_ERROR:
			element->nerrors = 1;
			break;
		case WA_ELEMENT_ACCOUNT_UPDATE:
			fill_account_update(node, element);
			break;
		case WA_ELEMENT_OTHER:
		case WA_ELEMENT_MALFORMED:
			break;
	}
}

/* ----------------------------------------------------------------
 * The walk.  Each step answers whether it has filled *element.
 * ----------------------------------------------------------------
 */

/* Where the walk goes on behind a value. */
static walk_state
behind_value(const wa_payload *payload)
{
	return payload->changes != NULL ? WALK_CHANGE : WALK_PAYLOAD;
}

/* Enter a value; its elements come from step_item. */
static bool
enter_value(wa_payload *payload, json_object *value, wa_element *element)
{
	bool		known = false;

	payload->sender = text_member(member(value, "metadata"), "phone_number_id");
	payload->state = behind_value(payload);

	if (wa_str_equal(payload->field, WA_STR("account_update")))
	{
		fill_element(payload, element, WA_ELEMENT_ACCOUNT_UPDATE, value);
		return true;
	}
	/* what the business itself wrote, and what was written long ago */
	if (contains(payload->field, WA_STR("echoes")) ||
		contains(payload->field, WA_STR("history")))
	{
		fill_element(payload, element, WA_ELEMENT_OTHER, value);
		return true;
	}

	forget_contacts(payload);
	for (int i = 0; i < ARRAY_COUNT; i++)
	{
		json_object *array = NULL;

		if (json_object_object_get_ex(value, value_arrays[i].name, &array))
			known = true;
		payload->malformed[i] = array != NULL && !is_array(array);
		payload->arrays[i] = payload->malformed[i] ? NULL : array;
		payload->lengths[i] = payload->arrays[i] == NULL ? 0 : array_length(array);
	}
	if (!known)
	{
		fill_element(payload, element, WA_ELEMENT_OTHER, value);
		return true;
	}
	payload->value = value;
	payload->array = 0;
	payload->place.item = -1;
	payload->state = WALK_ITEM;
	return false;
}

static bool
step_item(wa_payload *payload, wa_element *element)
{
	while (payload->array < ARRAY_COUNT)
	{
		int			array = payload->array;

		payload->place.array = value_arrays[array].name;
		if (payload->malformed[array])
		{
			payload->malformed[array] = false;
			payload->place.item = -1;
			fill_element(payload, element, WA_ELEMENT_MALFORMED,
						 member(payload->value, value_arrays[array].name));
			return true;
		}
		if (++payload->place.item < payload->lengths[array])
		{
			fill_element(payload, element, value_arrays[array].kind,
						 json_object_array_get_idx(payload->arrays[array],
												   (size_t) payload->place.item));
			return true;
		}
		payload->array++;
		payload->place.item = -1;
	}
	payload->place.array = NULL;
	payload->state = behind_value(payload);
	return false;
}

/* Enter {field, value}, be it in changes[] or on its own. */
static bool
enter_change(wa_payload *payload, json_object *change, wa_element *element)
{
	json_object *value = member(change, "value");

	payload->state = behind_value(payload);
	payload->sender = (wa_str) {NULL, 0};
	payload->field = text_member(change, "field");
	payload->place.value = value != NULL;
	if (!is_object(value))
	{
		fill_element(payload, element, WA_ELEMENT_MALFORMED,
					 value != NULL ? value : change);
		return true;
	}
	return enter_value(payload, value, element);
}

static bool
step_change(wa_payload *payload, wa_element *element)
{
	payload->place.array = NULL;
	payload->place.item = -1;
	payload->place.value = false;
	if (++payload->place.change >= array_length(payload->changes))
	{
		payload->place.change = -1;
		payload->changes = NULL;
		payload->state = WALK_ENTRY;
		return false;
	}
	return enter_change(payload,
						json_object_array_get_idx(payload->changes,
												  (size_t) payload->place.change),
						element);
}

static bool
step_entry(wa_payload *payload, wa_element *element)
{
	json_object *entry;
	json_object *changes;

	payload->place.change = -1;
	payload->place.value = false;
	payload->place.array = NULL;
	payload->place.item = -1;
	payload->sender = (wa_str) {NULL, 0};
	payload->field = (wa_str) {NULL, 0};
	payload->business = (wa_str) {NULL, 0};
	payload->entry_time = (wa_str) {NULL, 0};
	if (++payload->place.entry >= array_length(payload->entries))
	{
		payload->state = WALK_PAYLOAD;
		return false;
	}
	entry = json_object_array_get_idx(payload->entries, (size_t) payload->place.entry);
	payload->business = text_member(entry, "id");
	payload->entry_time = text_member(entry, "time");
	changes = member(entry, "changes");
	if (changes == NULL)
	{
		/* no object at all, or one without changes */
		fill_element(payload, element, WA_ELEMENT_MALFORMED, entry);
		return true;
	}
	if (!is_array(changes))
	{
		payload->place.array = "changes";
		fill_element(payload, element, WA_ELEMENT_MALFORMED, changes);
		return true;
	}
	payload->changes = changes;
	payload->state = WALK_CHANGE;
	return false;
}

static bool
step_payload(wa_payload *payload, wa_element *element)
{
	json_object *item;
	json_object *entries;

	payload->on_premises = false;
	payload->business = (wa_str) {NULL, 0};
	payload->sender = (wa_str) {NULL, 0};
	payload->field = (wa_str) {NULL, 0};
	payload->entry_time = (wa_str) {NULL, 0};
	payload->changes = NULL;
	payload->place = nowhere;
	if (payload->next_payload >= payload->npayloads)
	{
		payload->state = WALK_DONE;
		return false;
	}
	if (payload->payloads != NULL)
	{
		payload->place.top = payload->next_payload;
		item = json_object_array_get_idx(payload->payloads,
										 (size_t) payload->next_payload);
	}
	else
		item = payload->root;
	payload->next_payload++;

	switch (shape_of(item))
	{
		case SHAPE_ENVELOPE:
			entries = member(item, "entry");
			if (entries == NULL)
				return false;
			if (!is_array(entries))
			{
				payload->place.array = "entry";
				fill_element(payload, element, WA_ELEMENT_MALFORMED, entries);
				return true;
			}
			payload->entries = entries;
			payload->state = WALK_ENTRY;
			return false;
		case SHAPE_CHANGE:
			return enter_change(payload, item, element);
		case SHAPE_ON_PREMISES:
			payload->on_premises = true;
			return enter_value(payload, item, element);
		case SHAPE_VALUE:
			return enter_value(payload, item, element);
		case SHAPE_UNKNOWN:
			break;
	}
	fill_element(payload, element, WA_ELEMENT_MALFORMED, item);
	return true;
}

bool
wa_payload_next(wa_payload *payload, wa_element *element)
{
	bool		filled = false;

	while (!filled && payload->state != WALK_DONE)
	{
		switch (payload->state)
		{
			case WALK_PAYLOAD:
				filled = step_payload(payload, element);
				break;
			case WALK_ENTRY:
				filled = step_entry(payload, element);
				break;
			case WALK_CHANGE:
				filled = step_change(payload, element);
				break;
			case WALK_ITEM:
				filled = step_item(payload, element);
				break;
			case WALK_SINGLE:
				payload->state = WALK_DONE;
				fill_element(payload, element, payload->single_kind, payload->root);
				filled = true;
				break;
			case WALK_DONE:
				break;
		}
	}
	return filled;
}

/* ----------------------------------------------------------------
 * What an element holds besides
 * ----------------------------------------------------------------
 */

/* json-c takes no const, though reading changes nothing that shows. */
static json_object *
element_node(const wa_element *element)
{
	return (json_object *) unconstify(void *, element->node);
}

void
wa_element_error(const wa_element *element, int i, wa_error *error)
{
	json_object *node = element_node(element);
	json_object *data;

	if (element->kind != WA_ELEMENT_ERROR)
		node = one_or_many_item(member(node, "errors"), i);
	data = member(node, "error_data");
	error->code = text_member(node, "code");
	error->title = text_member(node, "title");
	error->details = text_member(data, "details");
	if (!wa_str_given(error->details))
		error->details = text_member2(node, "details", "message");
}

void
wa_element_restriction(const wa_element *element, int i, wa_restriction *restriction)
{
	json_object *node = one_or_many_item(member(element_node(element), "restriction_info"), i);

	restriction->type = text_member(node, "restriction_type");
	restriction->expiration = text_member(node, "expiration");
}

wa_str
wa_payload_fragment(wa_payload *payload, const wa_element *element)
{
	wa_str		result = {NULL, 0};

	(void) payload;
	result.data = json_object_to_json_string_length(element_node(element),
													JSON_C_TO_STRING_PLAIN |
													JSON_C_TO_STRING_NOSLASHESCAPE,
													&result.len);
	return result;
}

void
wa_payload_path(const wa_element *element, char *buf, size_t size)
{
	const wa_place *place = &element->place;
	const struct
	{
		const char *name;
		int			index;
		bool		there;
	}			levels[] = {
		{NULL, place->top, place->top >= 0},
		{"entry", place->entry, place->entry >= 0},
		{"changes", place->change, place->change >= 0},
		{"value", -1, place->value},
		{place->array, place->item, place->array != NULL},
	};
	size_t		used = 0;

	if (size == 0)
		return;
	buf[0] = '\0';
	for (size_t i = 0; i < lengthof(levels) && used < size; i++)
	{
		if (!levels[i].there)
			continue;
		if (levels[i].name != NULL)
			used += (size_t) snprintf(buf + used, size - used, "/%s", levels[i].name);
		if (levels[i].index >= 0 && used < size)
			used += (size_t) snprintf(buf + used, size - used, "/%d", levels[i].index);
	}
}
