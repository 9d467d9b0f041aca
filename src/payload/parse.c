/*-------------------------------------------------------------------------
 *
 * parse.c
 *	  Parsing the text of a webhook body to json-c's tree, and finding which of the
 *	  accepted forms it has.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

#include <locale.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "payload/text.h"

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

/* UTF-8's byte order mark, which some tools put in front. */
#define BYTE_ORDER_MARK	"\xEF\xBB\xBF"

const wa_value_array_kind wa_value_arrays[WA_ARRAY_COUNT] = {
	[WA_ARRAY_CONTACTS] = {"contacts", WA_ELEMENT_CONTACT},
	[WA_ARRAY_MESSAGES] = {"messages", WA_ELEMENT_MESSAGE},
	[WA_ARRAY_STATUSES] = {"statuses", WA_ELEMENT_STATUS},
	[WA_ARRAY_PREFERENCES] = {"user_preferences", WA_ELEMENT_PREFERENCE},
	[WA_ARRAY_USER_ID_UPDATES] = {"user_id_update", WA_ELEMENT_USER_ID_UPDATE},
	[WA_ARRAY_CALLS] = {"calls", WA_ELEMENT_CALL},
	[WA_ARRAY_ERRORS] = {"errors", WA_ELEMENT_ERROR},
};

const char *const wa_wrapping_names[WA_WRAPPING_NAMES] = {"body", "Message", "payload"};

/* Why a parse did not answer OK, in words that take no argument. */
static void
parse_set_detail(wa_payload *payload, const char *text)
{
	snprintf(payload->detail, sizeof(payload->detail), "%s", text);
}

static void
parse_drop_tokener(wa_payload *payload)
{
	if (payload->tokener != NULL)
		json_tokener_free(payload->tokener);
	payload->tokener = NULL;
}

static bool
parse_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A tokener ready for a text; NULL where there is no memory. */
static json_tokener *
parse_tokener(wa_payload *payload)
{
	if (payload->tokener == NULL)
	{
		payload->tokener = json_tokener_new_ex(TOKENER_DEPTH);
		/* not VALIDATE_UTF8: wa_text_scan is stricter and costs a tenth of it */
		if (payload->tokener != NULL)
			json_tokener_set_flags(payload->tokener, JSON_TOKENER_STRICT);
	}
	return payload->tokener;
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
 * Let json-c read the text.  *root is owned by the caller where the answer is
 * success; *end is where the reading stopped.
 */
static enum json_tokener_error
parse_tokenize(wa_payload *payload, const char *text, size_t len,
			   json_object **root, size_t *end)
{
	json_tokener *tokener = payload->tokener;
	enum json_tokener_error error;

	*root = parse_in_c_locale(tokener, text, (int) len);
	error = json_tokener_get_error(tokener);
	*end = json_tokener_get_parse_end(tokener);
	if (error == json_tokener_continue)
	{
		/* more to come: that is right after a lone number, else an early end */
		*root = parse_in_c_locale(tokener, "", 1);
		error = json_tokener_get_error(tokener);
		*end = len;
	}
	if (error != json_tokener_success)
		*root = NULL;
	while (error == json_tokener_success && *end < len && parse_is_blank(text[*end]))
		(*end)++;
	return error;
}

/* What a failed run of json-c comes to, but for INVALID_JSON's detail. */
static wa_payload_result
parse_failure(enum json_tokener_error error)
{
#if JSON_C_VERSION_NUM >= ((0 << 16) | (17 << 8))
	if (error == json_tokener_error_memory)
		return WA_PAYLOAD_NO_MEMORY;
#endif
	return error == json_tokener_error_depth ? WA_PAYLOAD_TOO_DEEP : WA_PAYLOAD_INVALID_JSON;
}

/*
 * Run json-c over the text.  *root is owned by the caller; it is NULL for a
 * JSON null as well.  *rewritable becomes true where the text is refused for
 * what wa_text_rewrite may mend.
 */
static wa_payload_result
parse_run(wa_payload *payload, const char *text, size_t len, json_object **root,
		  bool *rewritable)
{
	enum json_tokener_error error;
	wa_payload_result result;
	size_t		end;

	*rewritable = false;
	*root = NULL;
	if (parse_tokener(payload) == NULL)
		return WA_PAYLOAD_NO_MEMORY;
	error = parse_tokenize(payload, text, len, root, &end);
	if (error == json_tokener_success && end == len)
		return WA_PAYLOAD_OK;

	/*
	 * This frees what was parsed so far.  json_tokener_reset would not do: a
	 * surrogate that a text broke off behind would get into the next one.
	 */
	json_object_put(*root);
	*root = NULL;
	parse_drop_tokener(payload);

	/* json-c stops without an error at a NUL, and where malloc fails */
	if (error == json_tokener_success && text[end] != '\0')
		return WA_PAYLOAD_NO_MEMORY;
	if (error == json_tokener_success)
		error = json_tokener_error_parse_unexpected;
	result = parse_failure(error);
	*rewritable = error == json_tokener_error_parse_number ||
		error == json_tokener_error_parse_string;
	if (result == WA_PAYLOAD_INVALID_JSON)
		snprintf(payload->detail, sizeof(payload->detail), "%s at byte %zu",
				 json_tokener_error_desc(error), end);
	return result;
}

/* The same with the text written in a way that every json-c reads. */
static wa_payload_result
parse_rewritten(wa_payload *payload, const char *text, size_t len, json_object **root)
{
	bool		changed;
	bool		rewritable;
	size_t		newlen = wa_text_rewrite(text, len, NULL, &changed);
	wa_payload_result result;
	char	   *copy;

	if (!changed)
		return WA_PAYLOAD_INVALID_JSON;
	copy = malloc(newlen);
	if (copy == NULL)
		return WA_PAYLOAD_NO_MEMORY;
	(void) wa_text_rewrite(text, len, copy, &changed);
	result = parse_run(payload, copy, newlen, root, &rewritable);
	free(copy);
	return result;
}

/*
 * Look at the text before json-c does: is it UTF-8, and not too much?
 * *containers and *commas become what it has of them at most.
 */
static wa_payload_result
parse_check_text(wa_payload *payload, const char *text, size_t len,
				 size_t *containers, size_t *commas)
{
	size_t		end;
	size_t		depth;

	if (len > WA_PAYLOAD_MAX_BYTES)
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 "%zu bytes, the limit is %d", len, WA_PAYLOAD_MAX_BYTES);
		return WA_PAYLOAD_TOO_LARGE;
	}
	if (len == 0)
	{
		parse_set_detail(payload, "the text is empty");
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (!wa_text_scan(text, len, containers, commas, &end))
	{
		snprintf(payload->detail, sizeof(payload->detail), "no UTF-8 at byte %zu", end);
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (*containers > WA_PAYLOAD_MAX_CONTAINERS)
		wa_text_nesting(text, len, containers, &depth);
	if (*containers > WA_PAYLOAD_MAX_CONTAINERS)
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 "%zu arrays and objects, the limit is %d",
				 *containers, WA_PAYLOAD_MAX_CONTAINERS);
		return WA_PAYLOAD_TOO_LARGE;
	}
	return WA_PAYLOAD_OK;
}

/*
 * json-c 0.16 does not survive a failing malloc everywhere (it copies keys
 * without a look at the answer).  So see first whether there is room, unless
 * as much was there for an earlier text, which has given it back: to ask for
 * a large piece makes glibc sort all its small ones.
 */
static bool
parse_has_room(wa_payload *payload, size_t room)
{
	if (room > payload->room)
	{
		void	   *piece = malloc(room);

		if (piece == NULL)
			return false;
		free(piece);
		if (room <= KEPT_ROOM)
			payload->room = room;
	}
	payload->size += room;
	return true;
}

/* json-c counts the levels of values: an empty 65th array slips through. */
static bool
parse_too_deep(const char *text, size_t len, size_t containers)
{
	size_t		depth = 0;

	if (containers > WA_PAYLOAD_MAX_DEPTH)
		wa_text_nesting(text, len, &containers, &depth);
	return depth > WA_PAYLOAD_MAX_DEPTH;
}

/*
 * Parse a text, be it that of a payload or a string in one, into *root, which
 * the caller owns.
 */
static wa_payload_result
parse_text(wa_payload *payload, const char *text, size_t len, json_object **root)
{
	wa_payload_result result;
	size_t		containers;
	size_t		commas;
	bool		rewritable;

	*root = NULL;
	if (len >= strlen(BYTE_ORDER_MARK) &&
		memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
	{
		text += strlen(BYTE_ORDER_MARK);
		len -= strlen(BYTE_ORDER_MARK);
	}
	result = parse_check_text(payload, text, len, &containers, &commas);
	if (result != WA_PAYLOAD_OK)
		return result;

	if (!parse_has_room(payload, containers * CONTAINER_COST + commas * SCALAR_COST + len * 2))
		result = WA_PAYLOAD_NO_MEMORY;
	else
	{
		result = parse_run(payload, text, len, root, &rewritable);
		if (rewritable)
			result = parse_rewritten(payload, text, len, root);
	}
	if (result == WA_PAYLOAD_OK && parse_too_deep(text, len, containers))
	{
		json_object_put(*root);
		*root = NULL;
		result = WA_PAYLOAD_TOO_DEEP;
	}
	if (result == WA_PAYLOAD_OK)
		payload->detail[0] = '\0';
	else if (result == WA_PAYLOAD_TOO_DEEP)
		snprintf(payload->detail, sizeof(payload->detail),
				 "nested deeper than %d levels", WA_PAYLOAD_MAX_DEPTH);
	else if (result == WA_PAYLOAD_NO_MEMORY)
		parse_set_detail(payload, "out of memory");
	/* the tokener's buffer has grown to the longest string, and stays so */
	if (len > LARGE_PAYLOAD)
		parse_drop_tokener(payload);
	return result;
}

json_object *
wa_payload_parse_string(wa_payload *payload, json_object *string)
{
	wa_str		text = wa_json_scalar(string);
	json_object *root = NULL;

	if (wa_str_given(text))
		(void) parse_text(payload, text.data, text.len, &root);
	/* The detail is about the whole payload only. */
	payload->detail[0] = '\0';
	return root;
}

/* Might JSON stand in this string? */
static bool
parse_looks_like_json(wa_str text)
{
	size_t		i = 0;

	if (text.len >= strlen(BYTE_ORDER_MARK) &&
		memcmp(text.data, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		i = strlen(BYTE_ORDER_MARK);
	while (i < text.len && parse_is_blank(text.data[i]))
		i++;
	return i < text.len && (text.data[i] == '{' || text.data[i] == '[');
}

bool
wa_payload_is_wrapped(json_object *node)
{
	return json_object_is_type(node, json_type_string) &&
		parse_looks_like_json(wa_json_scalar(node));
}

bool
wa_payload_is_wrapper(json_object *node)
{
	for (int i = 0; i < WA_WRAPPING_NAMES; i++)
	{
		json_object *member = wa_json_member(node, wa_wrapping_names[i]);

		if (wa_json_is_object(member) || wa_json_is_array(member) || wa_payload_is_wrapped(member))
			return true;
	}
	return false;
}

/*
 * A wrapper may have members of its own that are named like those of a value.
 * What they hold counts, and nothing but their names does not.
 */
static bool
parse_has_value_array(json_object *node, bool with_items)
{
	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		const char *name = wa_value_arrays[i].name;

		if (with_items ? wa_json_list_length(wa_json_member(node, name)) > 0 :
			wa_json_has(node, name))
			return true;
	}
	return false;
}

/*
 * A status or a message by itself is none of the forms, though it has errors, or
 * contacts that were sent, as a value has, or null for all that it might have.
 */
static bool
parse_is_element(json_object *node)
{
	static const char *const names[] = {"status", "recipient_id", "recipient_user_id", "from", "from_user_id"};

	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		if (i != WA_ARRAY_ERRORS && i != WA_ARRAY_CONTACTS &&
			wa_json_list_length(wa_json_member(node, wa_value_arrays[i].name)) > 0)
			return false;
	}
	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (wa_str_given(wa_json_text(node, names[i])))
			return true;
	}
	return false;
}

wa_payload_shape
wa_payload_shape_of(json_object *node)
{
	json_object *metadata = wa_json_member(node, "metadata");
	bool		of_cloud = wa_json_has(node, "metadata") ||
		wa_json_has(node, "messaging_product");
	json_object *changes = wa_json_member(node, "changes");

	if (!wa_json_is_object(node))
		return WA_SHAPE_UNKNOWN;
	if (wa_json_has(node, "entry"))
		return WA_SHAPE_ENVELOPE;
	if (wa_json_is_array(changes) || wa_json_is_object(changes))
		return WA_SHAPE_ENTRY;
	if (wa_json_is_object(wa_json_member(node, "value")))
		return WA_SHAPE_CHANGE;
	if (parse_has_value_array(node, true))
		return parse_is_element(node) ? WA_SHAPE_UNKNOWN :
			of_cloud ? WA_SHAPE_VALUE : WA_SHAPE_ON_PREMISES;
	if (wa_json_is_object(wa_json_member(node, "standby")))
		return WA_SHAPE_VALUE;
	if (wa_payload_is_wrapper(node))
		return WA_SHAPE_UNKNOWN;
	/* a value with nothing, a change without value */
	if (parse_has_value_array(node, false) && !parse_is_element(node))
		return of_cloud ? WA_SHAPE_VALUE : WA_SHAPE_ON_PREMISES;
	/* many a tool writes metadata of its own */
	if (wa_json_has(metadata, "phone_number_id") || wa_json_has(metadata, "display_phone_number"))
		return WA_SHAPE_VALUE;
	return wa_json_has(node, "field") ? WA_SHAPE_CHANGE : WA_SHAPE_UNKNOWN;
}

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
		payload->state = WA_WALK_DONE;
	}
	return payload;
}

/* Who turns a payload into JSON twice makes a string of it. */
static void
parse_unwrap_root(wa_payload *payload)
{
	json_object *inner = NULL;

	if (wa_payload_is_wrapped(payload->root))
		inner = wa_payload_parse_string(payload, payload->root);
	if (inner == NULL)
		return;
	json_object_put(payload->root);
	payload->root = inner;
}

wa_payload_result
wa_payload_parse(wa_payload *payload, const char *text, size_t len)
{
	wa_payload_result result;

	wa_payload_clear(payload);
	result = parse_text(payload, text, len, &payload->root);
	if (result != WA_PAYLOAD_OK)
		return result;
	parse_unwrap_root(payload);
	if (!wa_json_is_array(payload->root) &&
		wa_payload_shape_of(payload->root) == WA_SHAPE_UNKNOWN &&
		!wa_payload_is_wrapper(payload->root))
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 wa_json_is_object(payload->root) ?
				 "%s without entry, value, statuses, messages or the like" :
				 "%s where an object or an array is due",
				 json_type_to_name(json_object_get_type(payload->root)));
		json_object_put(payload->root);
		payload->root = NULL;
		return WA_PAYLOAD_UNKNOWN_SHAPE;
	}
	wa_walk_begin(payload, payload->root);
	return WA_PAYLOAD_OK;
}

bool
wa_payload_names_template(json_object *value)
{
	return wa_json_has(value, "message_template_name") || wa_json_has(value, "message_template_id");
}

wa_payload_result
wa_payload_parse_element(wa_payload *payload, const char *text, size_t len,
						 wa_element_kind kind, bool on_premises,
						 wa_str business, wa_str sender)
{
	wa_payload_result result;

	wa_payload_clear(payload);
	result = parse_text(payload, text, len, &payload->root);
	if (result != WA_PAYLOAD_OK)
		return result;
	/* both are whole values, so that the path does not tell which it was */
	payload->single_kind = kind == WA_ELEMENT_ACCOUNT_UPDATE &&
		wa_payload_names_template(payload->root) ? WA_ELEMENT_TEMPLATE : kind;
	payload->on_premises = on_premises;
	payload->business = business;
	payload->sender = sender;
	payload->display_phone = (wa_str)
	{
		NULL, 0
	};
	payload->state = WA_WALK_SINGLE;
	return WA_PAYLOAD_OK;
}

const char *
wa_payload_detail(const wa_payload *payload)
{
	return payload->detail;
}

void
wa_payload_clear(wa_payload *payload)
{
	json_tokener *tokener = payload->tokener;
	size_t		room = payload->room;
	bool		large = payload->size > LARGE_TREE;

	wa_walk_forget(payload);
	json_object_put(payload->root);
	wa_contact_forget(payload);
	memset(payload, 0, sizeof(*payload));
	payload->tokener = tokener;
	payload->room = large ? 0 : room;
	payload->state = WA_WALK_DONE;
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
	parse_drop_tokener(payload);
	free(payload);
}
