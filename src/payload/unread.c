/*-------------------------------------------------------------------------
 *
 * unread.c
 *	  Finding elements at places that are not read, so that none is lost silently.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

/* Every name of a payload is compared, and hardly one of them begins like those that are looked for. */
static inline bool
unread_is_named(const char *key, const char *name)
{
	return key[0] == name[0] && strcmp(key, name) == 0;
}

/* Would elements stand here, were the place one where they are read? */
static bool
unread_is_carried(const char *key, json_object *node)
{
	wa_str		text;

	if (!unread_is_named(key, "messages") && !unread_is_named(key, "statuses") &&
		!unread_is_named(key, "user_preferences") && !unread_is_named(key, "user_id_update") &&
		!unread_is_named(key, "entry"))
		return false;
	if (wa_json_is_array(node))
		return json_object_array_length(node) > 0;
	if (wa_json_is_object(node))
		return json_object_object_length(node) > 0;
	/* a list that somebody has turned into a string */
	text = wa_json_scalar(node);
	return text.len > 0 && (text.data[0] == '[' || text.data[0] == '{');
}

static bool
unread_is_wrapping(const char *key)
{
	for (int i = 0; i < WA_WRAPPING_NAMES; i++)
	{
		if (unread_is_named(key, wa_wrapping_names[i]))
			return true;
	}
	return false;
}

/* Does a payload stand there as a string, under a name that wraps? */
static bool
unread_is_wrapped(const char *key, json_object *node)
{
	return unread_is_wrapping(key) && wa_payload_is_wrapped(node);
}

/*
 * Does something stand there under nearly the name of an array that is read?
 * Third parties write one message as "message", and names in capitals.
 */
static bool
unread_is_alike(const char *key, json_object *node)
{
	wa_str		name = wa_str_from(key);

	if (wa_json_is_array(node) ? json_object_array_length(node) == 0 :
		!wa_json_is_object(node) || json_object_object_length(node) == 0)
		return false;
	return wa_str_says(name, "message") || wa_str_says(name, "messages") ||
		wa_str_says(name, "status") || wa_str_says(name, "statuses") ||
		wa_str_says(name, "user_preference") || wa_str_says(name, "user_preferences") ||
		wa_str_says(name, "preferences");
}

/*
 * What the business wrote itself, and what was written long ago, is ignored
 * for what it is: nobody's stop is lost with it.
 */
static bool
unread_is_ignored(const char *key)
{
	return unread_is_named(key, "message_echoes") || unread_is_named(key, "history");
}

/* The recursion goes no deeper than the text, whose depth is bounded. */
bool
wa_unread_at_any_depth(json_object *node)
{
	if (wa_json_is_array(node))
	{
		int			length = (int) json_object_array_length(node);

		for (int i = 0; i < length; i++)
		{
			if (wa_unread_at_any_depth(json_object_array_get_idx(node, (size_t) i)))
				return true;
		}
	}
	else if (wa_json_is_object(node))
	{
		json_object_object_foreach(node, key, member)
		{
			if (unread_is_ignored(key))
				continue;
			if (unread_is_carried(key, member) || wa_unread_at_any_depth(member))
				return true;
		}
	}
	return false;
}

bool
wa_unread_beside(json_object *object, const char *name, const char *other_name)
{
	json_object_object_foreach(object, key, member)
	{
		if (unread_is_named(key, name) || unread_is_named(key, other_name) ||
			unread_is_ignored(key))
			continue;
		if (unread_is_carried(key, member) || unread_is_wrapped(key, member) ||
			wa_unread_at_any_depth(member))
			return true;
	}
	return false;
}

bool
wa_unread_in_wrapper(json_object *wrapper)
{
	json_object_object_foreach(wrapper, key, member)
	{
		if (!unread_is_wrapping(key) && !unread_is_ignored(key) &&
			(unread_is_carried(key, member) || wa_unread_at_any_depth(member)))
			return true;
	}
	return false;
}

bool
wa_unread_is_value_array(const char *key)
{
	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		if (unread_is_named(key, wa_value_arrays[i].name))
			return true;
	}
	return false;
}

bool
wa_unread_in_value(json_object *value, bool in_standby)
{
	json_object_object_foreach(value, key, member)
	{
		if (unread_is_ignored(key))
			continue;
		if (wa_unread_is_value_array(key))
		{
			if (wa_unread_at_any_depth(member))
				return true;
		}
		else if (!in_standby && unread_is_named(key, "standby") && wa_json_is_object(member))
		{
			if (wa_unread_in_value(member, true))
				return true;
		}
		else if (unread_is_carried(key, member) || unread_is_alike(key, member) ||
				 unread_is_wrapped(key, member) || wa_unread_at_any_depth(member) ||
				 (unread_is_named(key, "standby") && wa_payload_is_wrapped(member)))
			return true;
	}
	return false;
}
