/*-------------------------------------------------------------------------
 *
 * elements.c
 *	  Reading the members of one element: a function for each kind.  messages.c has that of
 *	  messages.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

static void
element_read_to(json_object *node, wa_ids *who)
{
	who->phone = wa_json_text(node, "to");
	who->user_id = wa_json_text(node, "to_user_id");
	who->parent_user_id = wa_json_text2(node, "to_parent_user_id", "parent_to_user_id");
}

/*
 * Statuses.
 */

/* The Cloud API's ids of groups begin like this: "capi_group:" in base 64. */
static bool
status_is_group_id(wa_str id)
{
	static const wa_str cloud = {"Y2FwaV9ncm91cD", 14};

	return wa_str_ends_with(id, "@g.us") ||
		(id.len > cloud.len && memcmp(id.data, cloud.data, cloud.len) == 0);
}

/* Who of a group it is about; the documentation has two spellings. */
static void
status_fill_participant(json_object *node, wa_ids *who)
{
	who->phone = wa_json_text2(node, "recipient_participant_id", "participant_recipient_id");
	who->user_id = wa_json_text2(node, "recipient_participant_user_id",
								 "participant_recipient_user_id");
	who->parent_user_id = wa_json_text2(node, "recipient_participant_parent_user_id",
										"participant_recipient_parent_user_id");
}

static void
status_fill_recipient(json_object *node, wa_ids *who)
{
	who->phone = wa_json_text(node, "recipient_id");
	if (!wa_str_given(who->phone))
	{
		wa_str		other = wa_json_text(wa_json_member(node, "message"), "recipient_id");

		if (other.data != NULL)
			who->phone = other;
	}
	who->user_id = wa_json_text(node, "recipient_user_id");
	who->parent_user_id = wa_json_text2(node, "recipient_parent_user_id",
										"parent_recipient_user_id");
	/* as an example in Meta's documentation has it */
	if (!wa_str_given(who->parent_user_id))
		who->parent_user_id = wa_json_text(node, "parent_user_id");
}

/* The state of a call or a payment looks like that of a message, and is none. */
static bool
status_is_of_other(json_object *node)
{
	wa_str		type = wa_json_text(node, "type");

	return wa_str_says(type, "call") || wa_str_says(type, "payment");
}

static void
status_fill(json_object *node, wa_element *element)
{
	json_object *origin = wa_json_member(wa_json_member(node, "conversation"), "origin");

	element->message_id = wa_json_text(node, "id");
	element->type = wa_json_text(node, "status");
	element->timestamp = wa_json_present(node, "timestamp");
	element->nerrors = wa_json_list_length(wa_element_errors(node));
	element->pricing_category = wa_json_text(wa_json_member(node, "pricing"), "category");
	element->origin_type = wa_json_text(origin, "type");
	element->no_message = status_is_of_other(node);

	/* with a participant recipient_id and its kin are the group's: no user's */
	status_fill_participant(node, &element->who);
	element->participant = wa_ids_given(&element->who);
	if (element->participant)
		return;
	if (wa_str_says(wa_json_text(node, "recipient_type"), "group") ||
		status_is_group_id(wa_json_text(node, "recipient_id")))
		element->group = true;
	else
		status_fill_recipient(node, &element->who);
}

/*
 * The other kinds.
 */

static void
preference_fill(json_object *node, wa_element *element)
{
	json_object *category = wa_json_member(node, "category");

	wa_contact_read(node, &element->who);
	/* a list or an object may mean any */
	element->category = wa_json_is_array(category) || wa_json_is_object(category) ?
		WA_STR("all") : wa_json_scalar(category);
	element->type = wa_json_text(node, "value");
	element->signup_id = wa_json_text(node, "signup_id");
	element->timestamp = wa_json_present(node, "timestamp");
}

/* {previous, current}, or the current one alone with the previous beside it. */
static void
user_id_update_read(json_object *node, const char *key, const char *previous_key,
					wa_str *current, wa_str *previous)
{
	json_object *change = wa_json_member(node, key);

	if (wa_json_is_object(change))
	{
		*current = wa_json_text(change, "current");
		*previous = wa_json_text(change, "previous");
	}
	else
	{
		*current = wa_json_scalar(change);
		*previous = wa_json_text(node, previous_key);
	}
}

static void
user_id_update_fill(json_object *node, wa_element *element)
{
	element->who.phone = wa_json_text(node, "wa_id");
	element->timestamp = wa_json_present(node, "timestamp");
	user_id_update_read(node, "user_id", "previous_user_id",
						&element->changed_to.user_id, &element->changed_from.user_id);
	user_id_update_read(node, "parent_user_id", "previous_parent_user_id",
						&element->changed_to.parent_user_id,
						&element->changed_from.parent_user_id);
}

/* Its contact has the new identifiers, or still the old ones. */
static void
user_id_update_pair(wa_payload *payload, wa_element *element)
{
	wa_ids		current = element->changed_to;

	current.phone = element->who.phone;
	if (!wa_contact_pair(payload, &current, &element->contact) &&
		wa_ids_given(&element->changed_from))
		(void) wa_contact_pair(payload, &element->changed_from, &element->contact);
}

/*
 * A call is from the user, or to it.  Without a direction, as a recording has none, it is unknown
 * who began it: "from" does not prove it.  But only users have user ids.
 */
static void
call_fill(json_object *node, wa_element *element)
{
	wa_str		direction = wa_json_text(node, "direction");
	bool		told = wa_str_given(direction);

	element->by_user = wa_str_says(direction, "user_initiated");
	if (element->by_user || (!told && wa_json_has(node, "from_user_id")))
		wa_element_read_from(node, &element->who);
	else if (wa_str_says(direction, "business_initiated") || (!told && wa_json_has(node, "to_user_id")))
		element_read_to(node, &element->who);
	element->message_id = wa_json_text(node, "id");
	element->type = wa_json_text(node, "event");
	element->timestamp = wa_json_present(node, "start_time");
	if (!wa_str_given(element->timestamp))
		element->timestamp = wa_json_present(node, "timestamp");
}

/*
 * Whom the business calls is written in many ways, as the business itself, too, and so is sometimes
 * who calls it; the contact is the user.
 */
static void
call_pair(wa_payload *payload, wa_element *element)
{
	bool		of_business = wa_contact_same_id(element->who.phone, element->display_phone, true);

	if (wa_contact_pair(payload, &element->who, &element->contact) &&
		(!element->by_user || of_business) && wa_str_given(element->contact.phone))
		element->who.phone = element->contact.phone;
	else if (of_business)
		element->who.phone = (wa_str) {NULL, 0};
}

/* What is no list is one restriction, though it be of no shape that can be read. */
static int
account_restrictions(json_object *info)
{
	return wa_str_given(wa_json_scalar(info)) ? 1 : wa_json_list_length(info);
}

/*
 * Webhooks about accounts and templates are dated at their entry alone.  WhatsApp sends them again
 * for days, so that the time of receipt would let a ban win over the reinstatement after it.
 */
static wa_str
element_entry_time(json_object *node, const wa_element *element)
{
	wa_str		own = wa_json_present(node, "timestamp");

	return wa_str_given(own) ? own : element->entry_time;
}

/*
 * What partners are told of their customers comes in an entry of the partner's own portfolio; only
 * waba_info names an account.
 */
static bool
account_is_of_partner(const wa_element *element)
{
	return !wa_str_given(element->waba_id) && wa_str_starts_with(element->type, "partner_");
}

/* In an older form of the documentation it is a list. */
static wa_str
account_ban_state(json_object *info)
{
	json_object *state = wa_json_member(info, "waba_ban_state");

	if (wa_json_is_array(state) && json_object_array_length(state) == 1)
		state = json_object_array_get_idx(state, 0);
	return wa_json_scalar(state);
}

static void
account_update_fill(json_object *node, wa_element *element)
{
	element->type = wa_json_text(node, "event");
	element->timestamp = element_entry_time(node, element);
	element->ban_state = account_ban_state(wa_json_member(node, "ban_info"));
	element->waba_id = wa_json_text(wa_json_member(node, "waba_info"), "waba_id");
	element->violation = wa_json_text(wa_json_member(node, "violation_info"), "violation_type");
	element->nrestrictions = account_restrictions(wa_json_member(node, "restriction_info"));
	element->no_account = account_is_of_partner(element);
}

static void
template_fill(json_object *node, wa_element *element)
{
	element->type = wa_json_text(node, "event");
	element->timestamp = element_entry_time(node, element);
	element->template_name = wa_json_text(node, "message_template_name");
	element->template_language = wa_json_text(node, "message_template_language");
	element->pause = wa_json_text(wa_json_member(node, "other_info"), "title");
	element->quality = wa_json_text(node, "new_quality_score");
	element->new_category = wa_json_text2(node, "new_category", "message_template_category");
	element->next_category = wa_json_text(node, "correct_category");
	element->next_category_at = wa_json_text(node, "category_update_timestamp");
}

/*
 * Apps for several of Meta's products have one receiver for all of them, and partner_solutions is
 * of a portfolio.
 */
static bool
other_is_of_no_account(const wa_payload *payload)
{
	return (wa_str_given(payload->object) && !wa_str_contains(payload->object, "whatsapp")) ||
		wa_str_says(payload->field, "partner_solutions");
}

static void
element_fill_kind(wa_payload *payload, wa_element *element, json_object *node)
{
	switch (element->kind)
	{
		case WA_ELEMENT_STATUS:
			status_fill(node, element);
			break;
		case WA_ELEMENT_MESSAGE:
			wa_message_fill(node, element);
			break;
		case WA_ELEMENT_PREFERENCE:
			preference_fill(node, element);
			break;
		case WA_ELEMENT_CALL:
			call_fill(node, element);
			call_pair(payload, element);
			return;
		case WA_ELEMENT_CONTACT:
			wa_contact_read(node, &element->who);
			element->alone = wa_contact_elements(payload) == 0;
			return;
		case WA_ELEMENT_USER_ID_UPDATE:
			user_id_update_fill(node, element);
			user_id_update_pair(payload, element);
			return;
		case WA_ELEMENT_ERROR:
			element->nerrors = 1;
			element->timestamp = element_entry_time(node, element);
			return;
		case WA_ELEMENT_ACCOUNT_UPDATE:
			account_update_fill(node, element);
			return;
		case WA_ELEMENT_TEMPLATE:
			template_fill(node, element);
			return;
		case WA_ELEMENT_OTHER:
		case WA_ELEMENT_MALFORMED:
			element->no_account = other_is_of_no_account(payload);
			return;
	}
	(void) wa_contact_pair(payload, &element->who, &element->contact);
}

void
wa_element_fill(wa_payload *payload, wa_element *element, wa_element_kind kind,
				json_object *node)
{
	memset(element, 0, sizeof(*element));
	if (!wa_json_is_object(node) && kind != WA_ELEMENT_OTHER)
		kind = WA_ELEMENT_MALFORMED;

	element->kind = kind;
	element->place = payload->place;
	element->on_premises = payload->on_premises;
	element->business = payload->business;
	element->sender = payload->sender;
	element->display_phone = payload->display_phone;
	element->field = payload->field;
	element->entry_time = payload->entry_time;
	element->node = node;
	element_fill_kind(payload, element, node);
}
