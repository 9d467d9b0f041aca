/*-------------------------------------------------------------------------
 *
 * shape.c
 *	  Which of the accepted forms a payload has; the look-up of a member.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"
#include "payload/text.h"

/* So few members are looked through faster than a name is hashed. */
#define FEW_MEMBERS		16

bool
wa_json_find(json_object *object, const char *key, json_object **member)
{
	*member = NULL;
	if (!wa_json_is_object(object))
		return false;
	if (json_object_object_length(object) <= FEW_MEMBERS)
	{
		json_object_object_foreach(object, name, value)
		{
			if (name[0] == key[0] && strcmp(name, key) == 0)
			{
				*member = value;
				return true;
			}
		}
		return false;
	}
	return json_object_object_get_ex(object, key, member);
}

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

/* Might JSON stand in this string? */
static bool
shape_looks_like_json(wa_str text)
{
	text = wa_str_trim(wa_text_without_mark(text.data, text.len));
	return text.len > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

bool
wa_payload_is_wrapped(json_object *node)
{
	return json_object_is_type(node, json_type_string) &&
		shape_looks_like_json(wa_json_scalar(node));
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
shape_has_value_array(json_object *node, bool with_items)
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

bool
wa_payload_is_element(json_object *node)
{
	static const char *const names[] = {
		"status", "recipient_id", "recipient_user_id", "from", "from_user_id", "value"
	};

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

/* Does it have contacts alone, of which none has an identifier where WhatsApp writes one?  Then they are another's. */
static bool
shape_is_of_strangers(json_object *node)
{
	json_object *contacts = wa_json_member(node, "contacts");
	int			n = wa_json_list_length(contacts);

	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		if (i != WA_ARRAY_CONTACTS &&
			wa_json_list_length(wa_json_member(node, wa_value_arrays[i].name)) > 0)
			return false;
	}
	for (int i = 0; i < n; i++)
	{
		json_object *contact = wa_json_list_item(contacts, i);

		if (wa_json_has(contact, "wa_id") || wa_json_has(contact, "user_id") ||
			wa_json_has(contact, "parent_user_id"))
			return false;
	}
	return true;
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
	if (shape_has_value_array(node, true))
		return wa_payload_is_element(node) || (!of_cloud && shape_is_of_strangers(node)) ? WA_SHAPE_UNKNOWN :
			of_cloud ? WA_SHAPE_VALUE : WA_SHAPE_ON_PREMISES;
	if (wa_json_is_object(wa_json_member(node, "standby")))
		return WA_SHAPE_VALUE;
	if (wa_payload_is_wrapper(node))
		return WA_SHAPE_UNKNOWN;
	/* a value with nothing, a change without value */
	if (shape_has_value_array(node, false) && !wa_payload_is_element(node))
		return of_cloud ? WA_SHAPE_VALUE : WA_SHAPE_ON_PREMISES;
	/* many a tool writes metadata of its own */
	if (wa_json_has(metadata, "phone_number_id") || wa_json_has(metadata, "display_phone_number"))
		return WA_SHAPE_VALUE;
	return wa_json_has(node, "field") ? WA_SHAPE_CHANGE : WA_SHAPE_UNKNOWN;
}

bool
wa_payload_names_template(json_object *value)
{
	return wa_json_has(value, "message_template_name") || wa_json_has(value, "message_template_id");
}
