/*-------------------------------------------------------------------------
 *
 * element_parts.c
 *	  What elements of any kind have: whom they are from, errors, restrictions, their text, and
 *	  where they stand.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

/* json-c takes no const, though reading changes nothing that shows. */
json_object *
wa_element_node(const wa_element *element)
{
	return (json_object *) unconstify(void *, element->node);
}

json_object *
wa_element_errors(json_object *node)
{
	json_object *errors = wa_json_member(node, "errors");

	return wa_json_list_length(errors) > 0 ? errors : wa_json_member(node, "error");
}

void
wa_element_read_from(json_object *node, wa_ids *who)
{
	who->phone = wa_json_text(node, "from");
	who->user_id = wa_json_text(node, "from_user_id");
	who->parent_user_id = wa_json_text2(node, "from_parent_user_id", "parent_from_user_id");
}

wa_str
wa_element_error_code(const wa_element *element, int i)
{
	json_object *node = wa_element_node(element);

	if (element->kind != WA_ELEMENT_ERROR)
		node = wa_json_list_item(wa_element_errors(node), i);
	return wa_json_present(node, "code");
}

void
wa_element_restriction(const wa_element *element, int i, wa_restriction *restriction)
{
	json_object *restrictions = wa_json_member(wa_element_node(element), "restriction_info");
	json_object *node = wa_json_list_item(restrictions, i);

	restriction->type = wa_json_text(node, "restriction_type");
	restriction->expiration = wa_json_present(node, "expiration");
}

/* Add a member with this text, if it is given.  Returns false where there is not enough memory. */
static bool
element_add_text(json_object *node, const char *key, wa_str text)
{
	json_object *member;

	if (!wa_str_given(text))
		return true;
	member = json_object_new_string_len(text.data, (int) text.len);
	if (member != NULL && json_object_object_add(node, key, member) == 0)
		return true;
	json_object_put(member);
	return false;
}

/* A fragment has no contacts beside it, so that its own goes into it. */
static bool
element_keep_contact(json_object *node, const wa_element *element)
{
	const wa_ids *ids = &element->contact;
	json_object *contact;

	if (wa_json_has(node, WA_KEPT_CONTACT) || !wa_ids_given(ids))
		return true;
	contact = json_object_new_object();
	if (contact != NULL && element_add_text(contact, "wa_id", ids->phone) &&
		element_add_text(contact, "user_id", ids->user_id) &&
		element_add_text(contact, "parent_user_id", ids->parent_user_id) &&
		json_object_object_add(node, WA_KEPT_CONTACT, contact) == 0)
		return true;
	json_object_put(contact);
	return false;
}

/* No entry is around it either, so that the time of that goes into it. */
static bool
element_keep_time(json_object *node, const wa_element *element)
{
	if ((element->kind != WA_ELEMENT_ACCOUNT_UPDATE && element->kind != WA_ELEMENT_TEMPLATE &&
		 element->kind != WA_ELEMENT_ERROR) ||
		wa_json_has(node, "timestamp"))
		return true;
	return element_add_text(node, "timestamp", element->entry_time);
}

wa_str
wa_payload_fragment(const wa_element *element)
{
	wa_str		result = {NULL, 0};
	json_object *node = wa_element_node(element);

	if (element_keep_time(node, element) && element_keep_contact(node, element))
		result.data = json_object_to_json_string_length(node,
														JSON_C_TO_STRING_PLAIN |
														JSON_C_TO_STRING_NOSLASHESCAPE,
														&result.len);
	return result;
}

/*
 * Where it stands.
 */

void
wa_payload_path(const wa_element *element, char *buf, size_t size)
{
	const wa_place *place = &element->place;
	size_t		used = 0;

	if (size == 0)
		return;
	buf[0] = '\0';
	for (int i = 0; i < place->nsteps && used < size; i++)
	{
		const wa_step *step = &place->steps[i];

		if (step->name != NULL)
			used += (size_t) snprintf(buf + used, size - used, "/%s", step->name);
		else
			used += (size_t) snprintf(buf + used, size - used, "/%d", step->index);
	}
}

/* Cut the last step off a path and answer with it. */
static wa_str
path_last_step(wa_str *path)
{
	wa_str		step = {NULL, 0};
	size_t		start = path->len;

	while (start > 0 && path->data[start - 1] != '/')
		start--;
	if (start > 0)
	{
		step.data = path->data + start;
		step.len = path->len - start;
		path->len = start - 1;
	}
	return step;
}

wa_element_kind
wa_payload_kind_at(wa_str path)
{
	wa_str		step = path_last_step(&path);

	if (step.len > 0 && step.data[0] >= '0' && step.data[0] <= '9')
		step = path_last_step(&path);
	if (wa_str_equal(step, WA_STR("value")))
		return WA_ELEMENT_ACCOUNT_UPDATE;
	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		const char *name = wa_value_arrays[i].name;

		if (wa_str_equal(step, wa_str_from(name)))
			return wa_value_arrays[i].kind;
	}
	return WA_ELEMENT_MALFORMED;
}
