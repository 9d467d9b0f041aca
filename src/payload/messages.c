/*-------------------------------------------------------------------------
 *
 * messages.c
 *	  Reading the members of a message: who wrote it, and the words in it.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

/* A list instead of a part, or a part that third parties have turned into a string of JSON. */
static bool
message_is_unreadable(json_object *part)
{
	wa_str		text = wa_json_scalar(part);

	return wa_json_is_array(part) || (text.len > 0 && text.data[0] == '{');
}

/* The words of a part.  Where they are there and cannot be read, they might say anything. */
static wa_str
message_words(json_object *part, const char *key, wa_element *element)
{
	json_object *words = wa_json_member(part, key);

	if (message_is_unreadable(part) || wa_json_is_array(words) || wa_json_is_object(words))
		element->wordless = true;
	return wa_json_scalar(words);
}

/* The same; third parties write the text itself instead of the part. */
static wa_str
message_text(json_object *part, const char *key, wa_element *element)
{
	if (wa_json_is_object(part) || message_is_unreadable(part))
		return message_words(part, key, element);
	return wa_json_scalar(part);
}

static void
message_fill_text(json_object *part, wa_element *element)
{
	element->texts[0] = message_text(part, "body", element);
}

static void
message_fill_button(json_object *part, wa_element *element)
{
	element->texts[0] = message_text(part, "text", element);
	element->texts[1] = wa_json_text(part, "payload");
}

static bool
message_has_words(const wa_element *element)
{
	return wa_str_given(element->texts[0]) || wa_str_given(element->texts[1]);
}

static void
message_fill_reply(json_object *part, const char *key, wa_element *element)
{
	json_object *reply = wa_json_member(part, key);

	element->texts[0] = message_words(reply, "title", element);
	element->texts[1] = wa_json_text(reply, "id");
}

static void
message_fill_interactive(json_object *part, wa_element *element)
{
	json_object *permission = wa_json_member(part, "call_permission_reply");

	message_fill_reply(part, "button_reply", element);
	if (!message_has_words(element))
	{
		/*
		 * The row of a menu may be a stop, but is no message by itself.  So it is with a title
		 * that third parties write instead of the reply, or without it.
		 */
		message_fill_reply(part, "list_reply", element);
		if (!message_has_words(element))
			element->texts[0] = wa_json_text(part, "button_reply");
		if (!message_has_words(element))
			element->texts[0] = message_words(part, "title", element);
		element->side_texts = message_has_words(element);
	}
	element->automatic = wa_str_says(wa_json_text(permission, "response_source"), "automatic");
}

/*
 * The new identifier is the plain member, in older versions and at third parties that with
 * "new_" in front.  Where both are there, the plain one has kept the old identifier.
 */
static void
message_fill_changed_id(wa_str plain, wa_str renewed, wa_str *from, wa_str *to)
{
	*to = wa_str_given(renewed) ? renewed : plain;
	if (wa_str_given(renewed) && !wa_str_given(*from))
		*from = plain;
}

static void
message_fill_change(json_object *part, wa_ids *from, wa_ids *to)
{
	from->phone = wa_json_text2(part, "previous_wa_id", "customer");
	from->user_id = wa_json_text(part, "previous_user_id");
	from->parent_user_id = wa_json_text2(part, "previous_parent_user_id",
										 "parent_previous_user_id");
	message_fill_changed_id(wa_json_text(part, "wa_id"), wa_json_text(part, "new_wa_id"),
							&from->phone, &to->phone);
	message_fill_changed_id(wa_json_text(part, "user_id"), wa_json_text(part, "new_user_id"),
							&from->user_id, &to->user_id);
	message_fill_changed_id(wa_json_text(part, "parent_user_id"),
							wa_json_text(part, "new_parent_user_id"),
							&from->parent_user_id, &to->parent_user_id);
}

static void
message_fill_system(json_object *part, wa_element *element)
{
	element->system_type = wa_json_text(part, "type");
	element->system_body = wa_json_text(part, "body");
	element->system_marketing = wa_json_text(part, "marketing");
	element->signup_id = wa_json_text(part, "signup_id");
	message_fill_change(part, &element->changed_from, &element->changed_to);
}

/* Image, video, document: whatever may have a caption. */
static void
message_fill_caption(json_object *part, wa_element *element)
{
	element->texts[0] = message_words(part, "caption", element);
	element->side_texts = element->texts[0].data != NULL;
}

/* What a user writes to an order is no message by itself either. */
static void
message_fill_order(json_object *part, wa_element *element)
{
	element->texts[0] = message_words(part, "text", element);
	element->side_texts = element->texts[0].data != NULL;
}

/* The text or caption of a message in another message, or what stands there instead of one. */
static wa_str
message_inner_text(json_object *message, wa_element *element)
{
	static const char *const captioned[] = {"image", "video", "document"};
	wa_str		text = message_text(message, "body", element);

	if (!wa_str_given(text))
		text = message_text(wa_json_member(message, "text"), "body", element);
	for (size_t i = 0; i < lengthof(captioned) && !wa_str_given(text); i++)
		text = message_words(wa_json_member(message, captioned[i]), "caption", element);
	return text;
}

/* An edit has the new message in itself, in edit.message, or in edit. */
static void
message_fill_edit(json_object *part, wa_element *element)
{
	element->texts[0] = message_inner_text(wa_element_node(element), element);
	element->texts[1] = message_inner_text(wa_json_member(part, "message"), element);
	if (!wa_str_given(element->texts[1]))
		element->texts[1] = message_inner_text(part, element);
	element->side_texts = true;
}

/*
 * The one phone of a card: that which WhatsApp knows, else the only one.  Two
 * are none, since nobody can tell which of them is the user's.
 */
static wa_str
message_card_phone(json_object *phones)
{
	wa_str		found = {NULL, 0};
	bool		known = false;

	for (int i = 0; i < wa_json_list_length(phones); i++)
	{
		json_object *item = wa_json_list_item(phones, i);
		wa_str		wa_id = wa_json_text(item, "wa_id");
		wa_str		phone = wa_str_given(wa_id) ? wa_id : wa_json_text(item, "phone");

		if (!wa_str_given(phone) || (known && !wa_str_given(wa_id)))
			continue;
		if (wa_str_given(found) && known == wa_str_given(wa_id) &&
			!wa_contact_same_id(found, phone, true))
			return (wa_str) {NULL, 0};
		found = phone;
		known = wa_str_given(wa_id);
	}
	return found;
}

/*
 * The card with which a user answers request_contact_info, which is the user's own; NULL where there
 * is none, or nobody can tell which.  Any other card is of somebody else.  The origin of a card is
 * in the card, or in an older form beside the only one.
 */
static json_object *
message_own_card(json_object *contacts, json_object *message)
{
	int			n = wa_json_list_length(contacts);
	json_object *own = NULL;

	for (int i = 0; i < n; i++)
	{
		json_object *card = wa_json_list_item(contacts, i);
		wa_str		origin = wa_json_text(n > 1 || wa_json_has(card, "origin") ? card : message, "origin");

		if (!wa_str_equal(origin, WA_STR("contact_request")))
			continue;
		if (own != NULL)
			return NULL;
		own = card;
	}
	return own;
}

static void
message_fill_card(json_object *contacts, wa_element *element)
{
	json_object *card = message_own_card(contacts, wa_element_node(element));

	element->card.phone = message_card_phone(wa_json_member(card, "phones"));
	element->card.user_id = wa_json_text(card, "user_id");
	element->card.parent_user_id = wa_json_text(card, "parent_user_id");
}

/*
 * The types whose parts are read, or by whose parts a message without "type" is told.
 * mute: such a message has no words of the user, whatever stands beside its part.
 */
typedef struct message_type
{
	const char *name;
	void		(*fill) (json_object *part, wa_element *element);
	bool		mute;
} message_type;

static const message_type message_types[] = {
	{"text", message_fill_text, false},
	{"button", message_fill_button, false},
	{"interactive", message_fill_interactive, false},
	{"image", message_fill_caption, false},
	{"video", message_fill_caption, false},
	{"document", message_fill_caption, false},
	{"system", message_fill_system, true},
	{"edit", message_fill_edit, false},
	{"revoke", NULL, true},
	{"reaction", NULL, true},
	{"contacts", message_fill_card, false},
	{"audio", NULL, false},
	{"voice", NULL, false},
	{"sticker", NULL, false},
	{"location", NULL, false},
	{"order", message_fill_order, false},
	{"unsupported", NULL, false},
	{"unknown", NULL, false},
	{"request_welcome", NULL, true},
};

/* The parts in which words of the user stand come first. */
#define WORDED_TYPES	6

/* The type of that name; NULL where there is none. */
static const message_type *
message_find_type(wa_str name)
{
	for (size_t i = 0; i < lengthof(message_types); i++)
	{
		if (wa_str_says(name, message_types[i].name))
			return &message_types[i];
	}
	return NULL;
}

/* The first type whose part the message has. */
static const message_type *
message_find_part(json_object *node)
{
	for (size_t i = 0; i < lengthof(message_types); i++)
	{
		if (wa_json_member(node, message_types[i].name) != NULL)
			return &message_types[i];
	}
	return NULL;
}

/* A part that is there without the words that it is for might say anything, too. */
static bool
message_is_wordless(json_object *part, const message_type *type, const wa_element *element)
{
	if (part == NULL)
		return false;
	if (type->fill == message_fill_text || type->fill == message_fill_button)
		return element->texts[0].data == NULL &&
			(element->texts[1].data == NULL || (!wa_json_has(part, "text") && json_object_object_length(part) > 1));
	if (type->fill == message_fill_interactive &&
		(wa_json_member(part, "button_reply") != NULL || wa_json_member(part, "list_reply") != NULL))
		return element->texts[0].data == NULL;
	return type->fill == message_fill_interactive && !wa_json_is_object(part);
}

static void
message_fill_part(json_object *node, const message_type *type, wa_element *element)
{
	json_object *part = wa_json_member(node, type->name);

	if (type->fill != NULL)
		type->fill(part, element);
	element->wordless = element->wordless || message_is_wordless(part, type, element);
}

/* Is it a member of messages, or of the parts of these, that has no words? */
static bool
message_is_known(const char *key)
{
	static const char *const names[] = {
		"id", "type", "timestamp", "from", "from_user_id", "from_parent_user_id", "parent_from_user_id",
		"from_logical_id", "from_bsuid", "to", "to_user_id", "to_parent_user_id", "parent_to_user_id",
		"group_id", "context", "referral", "identity", "origin", "errors", "error", "history_context",
		"message_status", "original_message_id", "nfm_reply", "call_permission_reply", "payment_method", "product",
		WA_KEPT_CONTACT
	};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(key, names[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < lengthof(message_types); i++)
	{
		if (strcmp(key, message_types[i].name) == 0)
			return true;
	}
	return false;
}

/* Is it an object in which words may be, so that all its members must be known? */
static bool
message_is_worded(const char *key, json_object *member)
{
	return wa_json_is_object(member) &&
		(strcmp(key, "text") == 0 || strcmp(key, "button") == 0 || strcmp(key, "interactive") == 0 ||
		 strcmp(key, "edit") == 0 || strcmp(key, "message") == 0);
}

static bool
message_is_empty(json_object *member)
{
	if (wa_json_is_object(member))
		return json_object_object_length(member) == 0;
	return wa_json_list_length(member) == 0 && !wa_str_given(wa_json_scalar(member));
}

/* Does it have a member that is not known, and not empty?  The depth of a text is bounded. */
static bool
message_has_unknown(json_object *node)
{
	json_object_object_foreach(node, key, member)
	{
		if (message_is_worded(key, member) ? message_has_unknown(member) :
			!message_is_known(key) && !message_is_empty(member))
			return true;
	}
	return false;
}

/* Where no words were found, may they be in a member that is not known?  Parts that may be without words hide none. */
static bool
message_hides_words(json_object *node, const message_type *type, const wa_element *element)
{
	const char *name = type != NULL ? type->name : element->type.data;
	json_object *part;

	if (type != NULL && type->fill == NULL)
		return false;
	if (name == NULL)
		return message_has_unknown(node);
	part = wa_json_member(node, name);
	if (message_is_empty(part))
		return message_has_unknown(node);
	return message_is_worded(name, part) &&
		message_has_unknown(type != NULL && type->fill == message_fill_interactive ? part : node);
}

/* Was nothing read in a system message, though something is there? */
static bool
message_hides_change(json_object *node, const wa_element *element)
{
	return !wa_str_given(element->system_type) && !wa_str_given(element->system_marketing) &&
		!wa_ids_given(&element->changed_to) &&
		(wa_json_member(node, "system") != NULL || message_has_unknown(node));
}

/* The part of a type that is not known may be a reply of a new kind. */
static void
message_fill_unknown(json_object *part, wa_element *element)
{
	if (wa_json_is_array(part))
		return;
	element->texts[0] = message_inner_text(part, element);
	element->texts[1] = wa_json_text(part, "title");
}

/*
 * Where the part that the type names has no words, or is not there, words in another
 * part, or in none, are no message by themselves, but may be a stop.
 */
static void
message_find_words(json_object *node, const message_type *type, wa_element *element)
{
	for (size_t i = 0; i < WORDED_TYPES && !message_has_words(element); i++)
	{
		if (&message_types[i] != type && wa_json_member(node, message_types[i].name) != NULL)
			message_fill_part(node, &message_types[i], element);
	}
	/* a reply without the "interactive" round it */
	if (!message_has_words(element))
		message_fill_reply(node, "button_reply", element);
	if (!message_has_words(element))
		message_fill_reply(node, "list_reply", element);
	if (!message_has_words(element))
		element->texts[0] = message_words(node, "body", element);
	if (!message_has_words(element))
		element->texts[0] = message_inner_text(wa_json_member(node, "message"), element);
	if (!message_has_words(element) && type == NULL && wa_str_given(element->type))
		message_fill_unknown(wa_json_member(node, element->type.data), element);
	element->side_texts = message_has_words(element);
	if (!message_has_words(element) && message_hides_words(node, type, element))
		element->wordless = true;
}

/*
 * The part that the type names; without a type the part tells it.  What WhatsApp tells in "system" is
 * no message of the user under another type either.
 */
static void
message_fill_parts(json_object *node, wa_element *element)
{
	const message_type *type = message_find_type(element->type);

	if (!wa_str_given(element->type))
		type = message_find_part(node);
	else if (wa_json_is_object(wa_json_member(node, "system")) &&
			 wa_json_member(node, type != NULL ? type->name : element->type.data) == NULL)
		type = message_find_type(WA_STR("system"));
	if (type != NULL)
	{
		element->type = wa_str_from(type->name);
		message_fill_part(node, type, element);
	}
	if ((type == NULL || !type->mute) && !message_has_words(element))
		message_find_words(node, type, element);
	if (wa_str_says(element->type, "system") && message_hides_change(node, element))
		element->wordless = true;
}

/* Messages that users sent do not say to whom; copies of those that they were sent do. */
static bool
message_is_addressed(json_object *node)
{
	return wa_json_member(node, "to") != NULL || wa_json_member(node, "to_user_id") != NULL ||
		wa_json_member(node, "to_parent_user_id") != NULL;
}

/* Third parties write "groupId": without it the message would open the window of the user, and not the group's. */
static bool
message_is_of_group(json_object *node)
{
	json_object_object_foreach(node, key, member)
	{
		wa_str		name = wa_str_from(key);

		if ((key[0] == 'g' || key[0] == 'G') &&
			(wa_str_says(name, "group_id") || wa_str_says(name, "groupId")) &&
			wa_str_given(wa_json_present(node, key)))
			return true;
	}
	return false;
}

void
wa_message_fill(json_object *node, wa_element *element)
{
	wa_element_read_from(node, &element->who);
	element->message_id = wa_json_text(node, "id");
	element->type = wa_json_text(node, "type");
	element->timestamp = wa_json_present(node, "timestamp");
	element->nerrors = wa_json_list_length(wa_element_errors(node));
	element->group = message_is_of_group(node);
	element->addressed = message_is_addressed(node);
	message_fill_parts(node, element);
}
