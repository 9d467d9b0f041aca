/*-------------------------------------------------------------------------
 *
 * open.c
 *	  Opening a payload: its text is parsed, and the walk over it begins.  Closing it.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* All memory is given back to the system after a tree beyond this size. */
#define LARGE_TREE		(16 * 1024 * 1024)

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
open_unwrap_root(wa_payload *payload)
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
	result = wa_payload_parse_text(payload, text, len, &payload->root);
	if (result != WA_PAYLOAD_OK)
		return result;
	open_unwrap_root(payload);
	if (!wa_json_is_array(payload->root) &&
		wa_payload_shape_of(payload->root) == WA_SHAPE_UNKNOWN &&
		!wa_payload_is_wrapper(payload->root))
	{
		snprintf(payload->detail, sizeof(payload->detail),
				 !wa_json_is_object(payload->root) ? "%s where an object or an array is due" :
				 wa_unread_at_any_depth(payload->root) ?
				 "%s with elements of webhooks where they are not read" :
				 "%s without entry, value, statuses, messages or the like",
				 json_type_to_name(json_object_get_type(payload->root)));
		json_object_put(payload->root);
		payload->root = NULL;
		return WA_PAYLOAD_UNKNOWN_SHAPE;
	}
	wa_walk_begin(payload, payload->root);
	return WA_PAYLOAD_OK;
}

wa_payload_result
wa_payload_parse_element(wa_payload *payload, const char *text, size_t len,
						 wa_element_kind kind, bool on_premises,
						 wa_str business, wa_str sender)
{
	wa_payload_result result;

	wa_payload_clear(payload);
	result = wa_payload_parse_text(payload, text, len, &payload->root);
	if (result != WA_PAYLOAD_OK)
		return result;
	/* both are whole values, so that the path does not tell which it was */
	payload->single_kind = kind == WA_ELEMENT_ACCOUNT_UPDATE &&
		wa_payload_names_template(payload->root) ? WA_ELEMENT_TEMPLATE : kind;
	payload->on_premises = on_premises;
	payload->business = business;
	payload->sender = sender;
	payload->state = WA_WALK_SINGLE;
	return WA_PAYLOAD_OK;
}

const char *
wa_payload_detail(const wa_payload *payload)
{
	return payload->detail;
}

bool
wa_payload_repeats(const wa_payload *payload)
{
	return payload->repeats;
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
	wa_payload_drop_tokener(payload);
	free(payload);
}
