/*-------------------------------------------------------------------------
 *
 * parse.c
 *	  Parsing the text of a webhook body, or of a string in one, to json-c's tree.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

#include <locale.h>

#include "payload/text.h"

/*
 * json-c counts a scalar as one level more than the array or object around
 * it; so 64 levels of arrays and objects need 65 of its own.
 */
#define TOKENER_DEPTH	(WA_PAYLOAD_MAX_DEPTH + 1)

/* glibc keeps this much for the next text: less than its M_TRIM_THRESHOLD. */
#define KEPT_ROOM		(64 * 1024)

/* The tokener's buffer is given back to the system after a text beyond this size. */
#define LARGE_PAYLOAD	(1024 * 1024)

/*
 * What json-c takes, rounded up: for an object, whose table has 16 slots from
 * the start, and for a scalar with its key and its share of a grown table.
 */
#define CONTAINER_COST	1024
#define SCALAR_COST		192

/* Why a parse did not answer OK. */
#define parse_set_detail(payload, ...) \
	snprintf((payload)->detail, sizeof((payload)->detail), __VA_ARGS__)

void
wa_payload_drop_tokener(wa_payload *payload)
{
	if (payload->tokener != NULL)
		json_tokener_free(payload->tokener);
	payload->tokener = NULL;
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
	while (error == json_tokener_success && *end < len && wa_str_is_blank(text[*end]))
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
	wa_payload_drop_tokener(payload);

	/* json-c stops without an error at a NUL, and where malloc fails */
	if (error == json_tokener_success && text[end] != '\0')
		return WA_PAYLOAD_NO_MEMORY;
	if (error == json_tokener_success)
		error = json_tokener_error_parse_unexpected;
	result = parse_failure(error);
	*rewritable = error == json_tokener_error_parse_number ||
		error == json_tokener_error_parse_string;
	if (result == WA_PAYLOAD_INVALID_JSON)
		parse_set_detail(payload, "%s at byte %zu", json_tokener_error_desc(error), end);
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
 * *counts becomes what it has at most.
 */
static wa_payload_result
parse_check_text(wa_payload *payload, const char *text, size_t len, wa_text_counts *counts)
{
	size_t		end;

	if (len > WA_PAYLOAD_MAX_BYTES)
	{
		parse_set_detail(payload, "%zu bytes, the limit is %d", len, WA_PAYLOAD_MAX_BYTES);
		return WA_PAYLOAD_TOO_LARGE;
	}
	if (len == 0)
	{
		parse_set_detail(payload, "the text is empty");
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (!wa_text_scan(text, len, counts, &end))
	{
		parse_set_detail(payload, "no UTF-8 at byte %zu", end);
		return WA_PAYLOAD_INVALID_JSON;
	}
	if (counts->openers > WA_PAYLOAD_MAX_CONTAINERS)
		counts->openers = wa_text_measure(text, len).containers;
	if (counts->openers > WA_PAYLOAD_MAX_CONTAINERS)
	{
		parse_set_detail(payload, "%zu arrays and objects, the limit is %d",
						 counts->openers, WA_PAYLOAD_MAX_CONTAINERS);
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
parse_too_deep(const char *text, size_t len, const wa_text_counts *counts)
{
	return counts->openers > WA_PAYLOAD_MAX_DEPTH &&
		wa_text_measure(text, len).depth > WA_PAYLOAD_MAX_DEPTH;
}

/* The recursion goes no deeper than the text. */
static size_t
parse_count_members(json_object *node)
{
	size_t		members = 0;

	if (wa_json_is_array(node))
	{
		int			length = (int) json_object_array_length(node);

		for (int i = 0; i < length; i++)
			members += parse_count_members(json_object_array_get_idx(node, (size_t) i));
	}
	else if (wa_json_is_object(node))
	{
		json_object_object_foreach(node, key, member)
		{
			(void) key;
			members += 1 + parse_count_members(member);
		}
	}
	return members;
}

/* json-c keeps the last of several members of one name, as nearly everything that reads JSON. */
static bool
parse_has_lost(const char *text, size_t len, const wa_text_counts *counts, json_object *root)
{
	size_t		members = parse_count_members(root);

	return counts->colons > members && wa_text_measure(text, len).members > members;
}

wa_payload_result
wa_payload_parse_text(wa_payload *payload, const char *text, size_t len, json_object **root)
{
	wa_str		body = wa_text_without_mark(text, len);
	wa_payload_result result;
	wa_text_counts counts;
	bool		rewritable;

	*root = NULL;
	text = body.data;
	len = body.len;
	result = parse_check_text(payload, text, len, &counts);
	if (result != WA_PAYLOAD_OK)
		return result;

	if (!parse_has_room(payload,
						counts.openers * CONTAINER_COST + counts.commas * SCALAR_COST + len * 2))
		result = WA_PAYLOAD_NO_MEMORY;
	else
	{
		result = parse_run(payload, text, len, root, &rewritable);
		if (rewritable)
			result = parse_rewritten(payload, text, len, root);
	}
	if (result == WA_PAYLOAD_OK && parse_too_deep(text, len, &counts))
	{
		json_object_put(*root);
		*root = NULL;
		result = WA_PAYLOAD_TOO_DEEP;
	}
	if (result == WA_PAYLOAD_OK)
	{
		payload->detail[0] = '\0';
		payload->repeats = payload->repeats || parse_has_lost(text, len, &counts, *root);
	}
	else if (result == WA_PAYLOAD_TOO_DEEP)
		parse_set_detail(payload, "nested deeper than %d levels", WA_PAYLOAD_MAX_DEPTH);
	else if (result == WA_PAYLOAD_NO_MEMORY)
		parse_set_detail(payload, "out of memory");
	/* the tokener's buffer has grown to the longest string, and stays so */
	if (len > LARGE_PAYLOAD)
		wa_payload_drop_tokener(payload);
	return result;
}

json_object *
wa_payload_parse_string(wa_payload *payload, json_object *string)
{
	wa_str		text = wa_json_scalar(string);
	json_object *root = NULL;

	if (wa_str_given(text))
		(void) wa_payload_parse_text(payload, text.data, text.len, &root);
	/* The detail is about the whole payload only. */
	payload->detail[0] = '\0';
	return root;
}
