/*-------------------------------------------------------------------------
 *
 * walk.c
 *	  The walk over a parsed payload, element by element.
 *
 * It is a state machine over: the sources of payloads (a list, a wrapper), the entry, the
 * change, the array, the item.  Anything without the shape that its place requires becomes
 * one WA_ELEMENT_MALFORMED, and the walk continues after it.  Each step returns whether
 * it has filled *element.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

static const wa_str nothing = {NULL, 0};

/* No name or time is as long. */
#define LONGEST_SHARED	256

/*
 * A text that many elements share, without blanks around it, cut off between two characters where it
 * is longer than any real one: otherwise each of a million elements would read, or keep, megabytes.
 */
static wa_str
walk_shared_text(json_object *object, const char *key)
{
	json_object *member = wa_json_member(object, key);
	wa_str		text = wa_str_trim(wa_json_scalar(member));

	/* the number of an account, taken for a float */
	if (json_object_is_type(member, json_type_double) && wa_str_ends_with(text, ".0"))
		text.len -= 2;
	return wa_str_cut(text, LONGEST_SHARED);
}

/*
 * The place that the walk has come to.
 */

static void
place_cut(wa_payload *payload, int nsteps)
{
	payload->place.nsteps = nsteps;
}

static void
place_add(wa_payload *payload, const char *name)
{
	payload->place.steps[payload->place.nsteps++] = (wa_step)
	{
		name, 0
	};
}

static void
place_add_index(wa_payload *payload, int index)
{
	payload->place.steps[payload->place.nsteps++] = (wa_step)
	{
		NULL, index
	};
}

/* The i-th item of a list; one object instead of a list has no index. */
static void
place_add_item(wa_payload *payload, const char *name, json_object *list, int i)
{
	place_add(payload, name);
	if (wa_json_is_array(list))
		place_add_index(payload, i);
}

/*
 * What a step ends with.
 */

static bool
walk_fill(wa_payload *payload, wa_element *element, wa_element_kind kind, json_object *node)
{
	wa_element_fill(payload, element, kind, node);
	return true;
}

/* Report what carries elements that are not read. */
static bool
walk_fill_unread(wa_payload *payload, wa_element *element, json_object *node)
{
	wa_element_fill(payload, element, WA_ELEMENT_MALFORMED, node);
	element->unread = true;
	return true;
}

/* The same, but behind the elements of the value: node stands at the present place. */
static void
walk_defer_unread(wa_payload *payload, json_object *node)
{
	payload->unread = node;
	payload->unread_steps = payload->place.nsteps;
}

/* Is the payload of Messenger or Instagram?  Apps for several products have one receiver for all. */
static bool
walk_is_of_messenger(const wa_payload *payload)
{
	return wa_str_equal(payload->object, WA_STR("page")) ||
		wa_str_equal(payload->object, WA_STR("instagram"));
}

/*
 * Report what is not of the shape that its place asks for.  Of another product it is ignored
 * instead, but for what might be read.
 */
static bool
walk_fill_misfit(wa_payload *payload, wa_element *element, json_object *node)
{
	bool		ignored = walk_is_of_messenger(payload) && !wa_payload_is_wrapped(node) &&
		!wa_unread_at_any_depth(node);

	return walk_fill(payload, element, ignored ? WA_ELEMENT_OTHER : WA_ELEMENT_MALFORMED, node);
}

/*
 * A value.
 */

/* Where the walk goes on behind a value. */
static wa_walk_state
walk_behind_value(const wa_payload *payload)
{
	return payload->changes != NULL ? WA_WALK_CHANGE : WA_WALK_PAYLOAD;
}

/* Find the arrays of a value, or of the standby in it.  Are there any? */
static bool
walk_load_arrays(wa_payload *payload, json_object *holder)
{
	bool		known = false;

	wa_contact_forget(payload);
	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		json_object *array;

		if (wa_json_find(holder, wa_value_arrays[i].name, &array))
			known = true;
		payload->arrays[i] = array;
		payload->lengths[i] = wa_json_list_length(array);
		payload->malformed[i] = array != NULL && !wa_json_is_array(array) &&
			!wa_json_is_object(array);
	}
	payload->array = 0;
	payload->item = -1;
	payload->array_steps = payload->place.nsteps;
	return known;
}

/*
 * What the business wrote itself is ignored, but whose identifiers belong together is not.  The
 * contacts of a history are those of its time.
 */
static void
walk_begin_contacts(wa_payload *payload, json_object *value)
{
	(void) walk_load_arrays(payload, value);
	for (int i = 0; i < WA_ARRAY_COUNT; i++)
	{
		if (i == WA_ARRAY_CONTACTS)
			continue;
		payload->arrays[i] = NULL;
		payload->lengths[i] = 0;
		payload->malformed[i] = false;
	}
	payload->in_standby = true; /* none is looked for */
	payload->state = WA_WALK_ITEM;
}

/* Is the value about the account?  Without a field its members tell. */
static bool
walk_is_of_account(wa_str field, json_object *value)
{
	if (wa_str_given(field))
		return wa_str_says(field, "account_update");
	return wa_json_has(value, "ban_info") || wa_json_has(value, "restriction_info") ||
		wa_json_has(value, "violation_info");
}

/* The same for a template. */
static bool
walk_is_of_template(wa_str field, json_object *value)
{
	return wa_payload_names_template(value) &&
		(!wa_str_given(field) || wa_str_says(field, "message_template_status_update") ||
		 wa_str_says(field, "message_template_quality_update") ||
		 wa_str_says(field, "template_category_update"));
}

/* Does the value carry elements where they are not read, or is it one, where a list of them is due? */
static bool
walk_is_unread(const wa_payload *payload, json_object *value, bool known)
{
	if (!known && walk_is_of_messenger(payload))
		return wa_unread_at_any_depth(value);
	return wa_unread_in_value(value, false) ||
		((!wa_str_given(payload->field) || wa_str_says(payload->field, "messages")) &&
		 wa_payload_is_element(value));
}

/*
 * Enter a value; its elements come from walk_step_item.  The account of a
 * value may be another than the entry names: there it may be a portfolio.
 */
static bool
walk_enter_value(wa_payload *payload, json_object *value, wa_element *element)
{
	json_object *metadata = wa_json_member(value, "metadata");
	wa_str		waba_id = walk_shared_text(wa_json_member(value, "waba_info"), "waba_id");
	bool		known;

	payload->sender = walk_shared_text(metadata, "phone_number_id");
	payload->display_phone = walk_shared_text(metadata, "display_phone_number");
	if (wa_str_given(waba_id))
		payload->business = waba_id;
	payload->state = WA_WALK_UNREAD;
	if (wa_str_contains(payload->field, "echoes") || wa_str_contains(payload->field, "history"))
	{
		if (!wa_str_contains(payload->field, "history"))
		{
			walk_begin_contacts(payload, value);
			/* what is no echo may be a user's */
			if (payload->unread == NULL && wa_unread_beside(value, "message_echoes", "history"))
				walk_defer_unread(payload, value);
		}
		return walk_fill(payload, element, WA_ELEMENT_OTHER, value);
	}

	payload->value = value;
	payload->value_steps = payload->place.nsteps;
	payload->in_standby = false;
	known = walk_load_arrays(payload, value);
	if (payload->unread == NULL && walk_is_unread(payload, value, known))
		walk_defer_unread(payload, value);
	payload->state = WA_WALK_ITEM;
	if (walk_is_of_account(payload->field, value))
		return walk_fill(payload, element, WA_ELEMENT_ACCOUNT_UPDATE, value);
	if (walk_is_of_template(payload->field, value))
		return walk_fill(payload, element, WA_ELEMENT_TEMPLATE, value);
	if (known || payload->unread != NULL ||
		wa_json_is_object(wa_json_member(value, "standby")))
		return false;
	payload->state = walk_behind_value(payload);
	return walk_fill(payload, element, WA_ELEMENT_OTHER, value);
}

/* The next item of the array that is being read; false behind its last. */
static bool
walk_next_item(wa_payload *payload, wa_element *element)
{
	int			array = payload->array;
	json_object *list = payload->arrays[array];

	place_cut(payload, payload->array_steps);
	if (payload->malformed[array])
	{
		payload->malformed[array] = false;
		place_add(payload, wa_value_arrays[array].name);
		return walk_fill(payload, element, WA_ELEMENT_MALFORMED, list);
	}
	if (++payload->item >= payload->lengths[array])
		return false;
	place_add_item(payload, wa_value_arrays[array].name, list, payload->item);
	return walk_fill(payload, element, wa_value_arrays[array].kind,
					 wa_json_list_item(list, payload->item));
}

static bool
walk_step_item(wa_payload *payload, wa_element *element)
{
	for (; payload->array < WA_ARRAY_COUNT; payload->array++, payload->item = -1)
	{
		if (walk_next_item(payload, element))
			return true;
	}
	payload->state = payload->in_standby ? WA_WALK_UNREAD : WA_WALK_STANDBY;
	return false;
}

static bool
walk_step_standby(wa_payload *payload, wa_element *element)
{
	json_object *standby = wa_json_member(payload->value, "standby");

	payload->state = WA_WALK_UNREAD;
	if (!wa_json_is_object(standby))
		return false;
	place_cut(payload, payload->value_steps);
	place_add(payload, "standby");
	payload->in_standby = true;
	if (walk_load_arrays(payload, standby))
		payload->state = WA_WALK_ITEM;
	else if (payload->unread == NULL)
		return walk_fill(payload, element, WA_ELEMENT_OTHER, standby);
	return false;
}

static bool
walk_step_unread(wa_payload *payload, wa_element *element)
{
	json_object *unread = payload->unread;

	payload->state = walk_behind_value(payload);
	payload->unread = NULL;
	if (unread == NULL)
		return false;
	place_cut(payload, payload->unread_steps);
	return walk_fill_unread(payload, element, unread);
}

/*
 * Changes and entries.
 */

/* Has a value none of the arrays but contacts, in standby neither, and something to say? */
static bool
walk_says_else(json_object *value)
{
	bool		found = false;

	json_object_object_foreach(value, key, member)
	{
		if (member == NULL)
			continue;
		if (strcmp(key, "standby") == 0 ||
			(wa_unread_is_value_array(key) && strcmp(key, "contacts") != 0))
			return false;
		found = found || (strcmp(key, "messaging_product") != 0 && strcmp(key, "metadata") != 0);
	}
	return found;
}

/* Does the value of a field about users or the account say something, but not in the members of that field? */
static bool
walk_change_lacks_members(const wa_payload *payload, json_object *value)
{
	if (wa_str_says(payload->field, "account_update"))
		return !wa_json_has(value, "event") && !walk_is_of_account(nothing, value) && walk_says_else(value);
	return (wa_str_says(payload->field, "user_preferences") || wa_str_says(payload->field, "user_id_update") ||
			wa_str_says(payload->field, "calls")) && walk_says_else(value);
}

/* Enter {field, value}, be it in changes[] or on its own. */
static bool
walk_enter_change(wa_payload *payload, json_object *change, wa_element *element)
{
	json_object *value = wa_json_member(change, "value");

	payload->state = walk_behind_value(payload);
	payload->business = payload->entry_business;
	payload->sender = payload->display_phone = nothing;
	payload->field = walk_shared_text(change, "field");
	payload->unread = NULL;
	/* the field tells what its value is about, so the whole change is reported */
	if (wa_json_is_object(value) &&
		(walk_change_lacks_members(payload, value) || wa_unread_beside(change, "field", "value")))
		walk_defer_unread(payload, change);
	if (value != NULL)
		place_add(payload, "value");
	if (!wa_json_is_object(value))
		return walk_fill_misfit(payload, element, value != NULL ? value : change);
	return walk_enter_value(payload, value, element);
}

static bool
walk_step_change(wa_payload *payload, wa_element *element)
{
	json_object *changes = payload->changes;

	place_cut(payload, payload->change_steps);
	if (++payload->change >= wa_json_list_length(changes))
	{
		payload->changes = NULL;
		payload->state = payload->entries != NULL ? WA_WALK_ENTRY : WA_WALK_PAYLOAD;
		return false;
	}
	place_add_item(payload, "changes", changes, payload->change);
	return walk_enter_change(payload, wa_json_list_item(changes, payload->change), element);
}

/* Enter {id, changes}, be it in entry[] or on its own. */
static bool
walk_enter_entry(wa_payload *payload, json_object *entry, wa_element *element)
{
	json_object *changes = wa_json_member(entry, "changes");

	payload->entry_business = payload->business = walk_shared_text(entry, "id");
	payload->entry_time = walk_shared_text(entry, "time");
	payload->sender = payload->display_phone = payload->field = nothing;
	/* no object at all, or one without changes */
	if (changes == NULL)
		return walk_fill_misfit(payload, element, entry);
	if (!wa_json_is_array(changes) && !wa_json_is_object(changes))
	{
		place_add(payload, "changes");
		return walk_fill(payload, element, WA_ELEMENT_MALFORMED, changes);
	}
	payload->changes = changes;
	payload->change = -1;
	payload->change_steps = payload->place.nsteps;
	payload->state = WA_WALK_CHANGE;
	return wa_unread_beside(entry, "changes", "changes") && walk_fill_unread(payload, element, entry);
}

static bool
walk_step_entry(wa_payload *payload, wa_element *element)
{
	place_cut(payload, payload->entry_steps);
	if (++payload->entry >= wa_json_list_length(payload->entries))
	{
		payload->entries = NULL;
		payload->state = WA_WALK_PAYLOAD;
		return false;
	}
	place_add_item(payload, "entry", payload->entries, payload->entry);
	return walk_enter_entry(payload, wa_json_list_item(payload->entries, payload->entry),
							element);
}

/* Enter {object, entry}. */
static bool
walk_enter_envelope(wa_payload *payload, json_object *envelope, wa_element *element)
{
	json_object *entries = wa_json_member(envelope, "entry");

	payload->object = walk_shared_text(envelope, "object");
	payload->entry = -1;
	payload->entry_steps = payload->place.nsteps;
	if (wa_json_is_array(entries) || wa_json_is_object(entries))
	{
		payload->entries = entries;
		payload->state = WA_WALK_ENTRY;
	}
	else if (entries != NULL)
	{
		place_add(payload, "entry");
		return walk_fill(payload, element, WA_ELEMENT_MALFORMED, entries);
	}
	return wa_unread_beside(envelope, "entry", "entry") &&
		walk_fill_unread(payload, element, envelope);
}

/*
 * Payloads, and what they stand in.
 */

static void
source_push(wa_payload *payload, json_object *node)
{
	wa_source  *source = &payload->sources[payload->nsources++];

	memset(source, 0, sizeof(*source));
	source->node = node;
	source->nsteps = payload->place.nsteps;
	if (wa_json_is_array(node))
	{
		source->kind = WA_SOURCE_LIST;
		source->length = (int) json_object_array_length(node);
	}
	else
	{
		source->kind = WA_SOURCE_WRAPPER;
		source->length = WA_WRAPPING_NAMES;
	}
}

/* Leave the last source; a wrapper is malformed where nothing in it can be read, or something cannot. */
static bool
source_pop(wa_payload *payload, wa_element *element)
{
	wa_source  *source = &payload->sources[--payload->nsources];

	json_object_put(source->tree);
	source->tree = NULL;
	place_cut(payload, source->nsteps);
	if (source->kind != WA_SOURCE_WRAPPER)
		return false;
	source->unread = source->unread || wa_unread_in_wrapper(source->node);
	if (source->found && !source->unread && !source->broken)
		return false;
	wa_element_fill(payload, element, WA_ELEMENT_MALFORMED, source->node);
	element->unread = source->unread;
	return true;
}

/* The node of the next payload of a source that has one. */
static json_object *
source_node(wa_payload *payload, wa_source *source)
{
	int			next = source->next++;

	switch (source->kind)
	{
		case WA_SOURCE_LIST:
			place_add_index(payload, next);
			return json_object_array_get_idx(source->node, (size_t) next);
		case WA_SOURCE_WRAPPER:
			place_add(payload, wa_wrapping_names[next]);
			return wa_json_member(source->node, wa_wrapping_names[next]);
		case WA_SOURCE_ROOT:
			break;
	}
	return source->node;
}

/* The same; what stands in a string is parsed, and lives until the next. */
static json_object *
source_next(wa_payload *payload, wa_source *source)
{
	json_object *node = source_node(payload, source);

	json_object_put(source->tree);
	source->tree = wa_payload_is_wrapped(node) ? wa_payload_parse_string(payload, node) : NULL;
	return source->tree != NULL ? source->tree : node;
}

/*
 * What has no shape: it may hold payloads, unless it stands too deep.  A list
 * in a list is none of the accepted forms.
 */
static bool
walk_enter_unknown(wa_payload *payload, wa_source *source, json_object *node,
				   wa_element *element)
{
	bool		is_list = wa_json_is_array(node);

	if (payload->nsources < WA_MAX_SOURCES &&
		(is_list ? source->kind != WA_SOURCE_LIST : wa_payload_is_wrapper(node)))
	{
		source->found = true;
		source_push(payload, node);
		return false;
	}
	if (source->kind == WA_SOURCE_WRAPPER)
	{
		source->broken = source->broken || wa_payload_is_wrapped(node);
		source->unread = source->unread || wa_unread_at_any_depth(node);
		return false;
	}
	return walk_fill(payload, element, WA_ELEMENT_MALFORMED, node);
}

static bool
walk_enter_payload(wa_payload *payload, wa_source *source, json_object *node,
				   wa_element *element)
{
	wa_payload_shape shape = wa_payload_shape_of(node);

	if (shape == WA_SHAPE_UNKNOWN)
		return walk_enter_unknown(payload, source, node, element);
	source->found = true;
	switch (shape)
	{
		case WA_SHAPE_ENVELOPE:
			return walk_enter_envelope(payload, node, element);
		case WA_SHAPE_ENTRY:
			return walk_enter_entry(payload, node, element);
		case WA_SHAPE_CHANGE:
			return walk_enter_change(payload, node, element);
		case WA_SHAPE_ON_PREMISES:
		case WA_SHAPE_VALUE:
		case WA_SHAPE_UNKNOWN:
			break;
	}
	payload->on_premises = shape == WA_SHAPE_ON_PREMISES;
	payload->field = walk_shared_text(node, "field");
	return walk_enter_value(payload, node, element);
}

static bool
walk_step_payload(wa_payload *payload, wa_element *element)
{
	wa_source  *source;

	payload->on_premises = false;
	payload->object = payload->entry_business = payload->business = nothing;
	payload->sender = payload->display_phone = payload->field = payload->entry_time = nothing;
	payload->unread = NULL;
	if (payload->nsources == 0)
	{
		payload->state = WA_WALK_DONE;
		return false;
	}
	source = &payload->sources[payload->nsources - 1];
	place_cut(payload, source->nsteps);
	if (source->next >= source->length)
		return source_pop(payload, element);
	return walk_enter_payload(payload, source, source_next(payload, source), element);
}

void
wa_walk_begin(wa_payload *payload, json_object *node)
{
	wa_source  *root = &payload->sources[0];

	memset(root, 0, sizeof(*root));
	root->kind = WA_SOURCE_ROOT;
	root->node = node;
	root->length = 1;
	payload->nsources = 1;
	payload->place.nsteps = 0;
	payload->state = WA_WALK_PAYLOAD;
}

void
wa_walk_forget(wa_payload *payload)
{
	for (int i = 0; i < payload->nsources; i++)
		json_object_put(payload->sources[i].tree);
	payload->nsources = 0;
}

/*
 * The root is one element, with its contact in it.  A value may have been recorded for what
 * it carries, and must not be taken for read now.
 */
static bool
walk_step_single(wa_payload *payload, wa_element *element)
{
	payload->state = WA_WALK_DONE;
	payload->arrays[WA_ARRAY_CONTACTS] = wa_json_member(payload->root, WA_KEPT_CONTACT);
	payload->lengths[WA_ARRAY_CONTACTS] = wa_json_list_length(payload->arrays[WA_ARRAY_CONTACTS]);
	payload->lengths[WA_ARRAY_MESSAGES] = 1;	/* one element, of whatever kind */
	wa_element_fill(payload, element, payload->single_kind, payload->root);
	if (element->kind == WA_ELEMENT_ACCOUNT_UPDATE &&
		(wa_unread_in_value(payload->root, false) || wa_unread_at_any_depth(payload->root) ||
		 wa_payload_is_element(payload->root)))
	{
		walk_defer_unread(payload, payload->root);
		payload->state = WA_WALK_UNREAD;
	}
	return true;
}

bool
wa_payload_next(wa_payload *payload, wa_element *element)
{
	bool		filled = false;

	while (!filled && payload->state != WA_WALK_DONE)
	{
		switch (payload->state)
		{
			case WA_WALK_PAYLOAD:
				filled = walk_step_payload(payload, element);
				break;
			case WA_WALK_ENTRY:
				filled = walk_step_entry(payload, element);
				break;
			case WA_WALK_CHANGE:
				filled = walk_step_change(payload, element);
				break;
			case WA_WALK_ITEM:
				filled = walk_step_item(payload, element);
				break;
			case WA_WALK_STANDBY:
				filled = walk_step_standby(payload, element);
				break;
			case WA_WALK_UNREAD:
				filled = walk_step_unread(payload, element);
				break;
			case WA_WALK_SINGLE:
				filled = walk_step_single(payload, element);
				break;
			case WA_WALK_DONE:
				break;
		}
	}
	return filled;
}
