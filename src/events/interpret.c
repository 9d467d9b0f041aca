/*-------------------------------------------------------------------------
 *
 * interpret.c
 *	  What each kind of webhook element means.
 *
 * docs/what-counts.md describes this file for users.
 * A new kind of element gets a case in wa_interpret and a function of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/context.h"
#include "events/interpret.h"

/* Is there anybody whom the element or its contact names? */
static bool
element_has_recipient(wa_context *c, const wa_element *element)
{
	return wa_context_has_recipient(c, &element->who, &element->contact);
}

/*
 * Errors of the sender.
 */

/* A code that may hold the sender, and does nothing to a recipient. */
static void
interpret_code_of_sender(wa_context *c, int32 code)
{
	wa_code_policy policy;

	if (c->policy->code(c->policy->arg, code, &policy))
		wa_interpret_holding_code(c, &policy);
	else
		wa_context_report_unknown_code(c, code);
}

static void
report_unreadable_code(wa_context *c)
{
	wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE, "error code is not a number");
}

/*
 * Errors of the account or the sender, without a message, or of a message to nobody who can be told.  A code
 * that nobody knows is worth knowing of, and so is one that cannot be read.  (Errors of flows have no code; a
 * message to nobody is a problem by itself.)
 */
static wa_element_outcome
interpret_errors_of_sender(wa_context *c, const wa_element *element)
{
	for (int i = 0; i < element->nerrors; i++)
	{
		int32		code;

		if (wa_code_read(wa_element_error_code(element, i), &code))
			interpret_code_of_sender(c, code);
		else if (element->kind == WA_ELEMENT_ERROR && !wa_str_says(element->field, "flows"))
			report_unreadable_code(c);
	}
	return wa_context_outcome(c);
}

/*
 * Statuses.
 */

/*
 * For the log of messages: it failed with this code, 0 where none is told.  No effect
 * on anybody, so the element is not applied by it.
 */
static void
report_failed(wa_context *c, int32 code)
{
	c->event.kind = WA_EVENT_FAILED;
	c->event.code = code;
	c->sink->event(c->sink->arg, &c->event);
	c->event.code = 0;
}

/* One failure: only its code has a meaning, since titles are often wrong. */
static void
interpret_code(wa_context *c, int32 code, bool on_premises)
{
	wa_code_policy *policy = &c->event.policy;

	if (!c->policy->code(c->policy->arg, code, policy) ||
		(policy->on_premises_only && !on_premises))
	{
		wa_context_report_unknown_code(c, code);
		return;
	}

	/* It counts even where it does nothing to the recipient. */
	c->applied = true;
	wa_interpret_holding_code(c, policy);
	c->event.code = policy->code;
	switch (policy->effect)
	{
		case WA_EFFECT_NONE:
			break;
		case WA_EFFECT_COOLDOWN:
			wa_context_report_protection(c, WA_EVENT_FAILURE);
			break;
		case WA_EFFECT_CLOSE_WINDOW:
			wa_context_report_protection(c, WA_EVENT_WINDOW_REFUSED);
			break;
		case WA_EFFECT_STOP:
			wa_context_report_consent(c, WA_REGISTER_WHATSAPP, true,
									  WA_STR("failed message"), WA_STR(""));
			break;
	}
	c->event.code = 0;
}

static void
interpret_failed(wa_context *c, const wa_element *element)
{
	/* told whatever the codes mean; what they protect is not held up by it */
	(void) wa_context_has_instant(c);
	if (element->nerrors == 0)
	{
		report_failed(c, 0);
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE, "failed without an error code");
	}

	for (int i = 0; i < element->nerrors; i++)
	{
		int32		code;

		if (wa_code_read(wa_element_error_code(element, i), &code))
		{
			report_failed(c, code);
			interpret_code(c, code, element->on_premises);
		}
		else
		{
			report_failed(c, 0);
			report_unreadable_code(c);
		}
	}
}

/*
 * A status that does not say "failed", but something else, something unknown or
 * nothing at all, did not fail for the errors in it; but what they protect counts.
 */
static void
interpret_stray_errors(wa_context *c, const wa_element *element)
{
	if (element->nerrors == 0 || element->group || !element_has_recipient(c, element))
		return;
	if (wa_str_given(element->type))
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  "errors in a status that is not \"failed\"");
	for (int i = 0; i < element->nerrors; i++)
	{
		int32		code;

		if (wa_code_read(wa_element_error_code(element, i), &code))
			interpret_code(c, code, element->on_premises);
	}
}

/*
 * marketing_lite and group_marketing are marketing, authentication-international
 * is authentication.
 */
static int
category_read(wa_str written)
{
	written = wa_str_trim(written);
	if (wa_str_starts_with(written, "group_"))
	{
		written.data += strlen("group_");
		written.len -= strlen("group_");
	}
	if (wa_str_starts_with(written, "marketing"))
		return WA_MARKETING;
	if (wa_str_starts_with(written, "utility"))
		return WA_UTILITY;
	if (wa_str_starts_with(written, "authentication"))
		return WA_AUTHENTICATION;
	return wa_str_starts_with(written, "service") ? WA_SERVICE : WA_CATEGORY_UNKNOWN;
}

/*
 * The category of the message, as pricing.category says; where that says none, as
 * the older conversation.origin.type does.
 */
static int
interpret_category(const wa_element *element)
{
	int			category = category_read(element->pricing_category);

	return category != WA_CATEGORY_UNKNOWN ? category : category_read(element->origin_type);
}

static wa_element_outcome
interpret_status(wa_context *c, const wa_element *element)
{
	bool		failed = wa_str_says(element->type, "failed");
	bool		read = wa_str_says(element->type, "read") || wa_str_says(element->type, "played");

	c->event.category = interpret_category(element);
	c->event.participant = element->participant;
	if (!failed)
		interpret_stray_errors(c, element);
	if (!wa_str_given(element->type))
	{
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_SHAPE, "a status without \"status\"");
		return wa_context_outcome(c);
	}
	if (wa_str_says(element->type, "sent"))
	{
		/* Proof that the sender works, to whatever recipient. */
		if (wa_context_has_instant(c))
			wa_context_report(c, WA_EVENT_SENT);
		return wa_context_outcome(c);
	}
	/* What became of a message in a whole group says nothing of anybody in it. */
	if (element->group || (!failed && !read && !wa_str_says(element->type, "delivered")))
		return wa_context_outcome(c);

	if (!element_has_recipient(c, element))
		return failed ? interpret_errors_of_sender(c, element) : wa_context_outcome(c);
	if (failed)
		interpret_failed(c, element);
	else if (wa_context_has_instant(c))
	{
		c->event.read = read;
		wa_context_report(c, WA_EVENT_RECEIPT);
	}
	return wa_context_outcome(c);
}

/*
 * Preferences.
 */

/*
 * WhatsApp's own register.  Only the very word "resume" resumes; "stop"
 * counts in any spelling of its case.  A sign-up is the business's doing: it
 * lifts no stop of WhatsApp's, and without its id there is no evidence of it.
 */
static void
interpret_preference_value(wa_context *c, wa_str value, wa_str signup_id, wa_str origin)
{
	if (wa_str_says(value, "stop"))
		wa_context_report_consent(c, WA_REGISTER_WHATSAPP, true, origin, WA_STR(""));
	else if (wa_str_equal(value, WA_STR("resume")))
		wa_context_report_consent(c, WA_REGISTER_WHATSAPP, false, origin, WA_STR(""));
	else if (wa_str_equal(value, WA_STR("signup")) && wa_str_given(signup_id))
		wa_context_report_consent(c, WA_REGISTER_BUSINESS, false, WA_STR("signup"), signup_id);
	else
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  wa_str_equal(value, WA_STR("signup")) ?
								  "a signup without \"signup_id\"" :
								  "neither stop nor resume nor signup");
}

/* Another name for marketing, or for more than that. */
static bool
preference_covers_marketing(wa_str category)
{
	category = wa_str_trim(category);
	return wa_str_starts_with(category, "marketing") || wa_str_starts_with(category, "all");
}

static wa_element_outcome
interpret_preference(wa_context *c, const wa_element *element)
{
	bool		of_marketing = !wa_str_given(element->category) ||
		wa_str_says(element->category, "marketing_messages");

	if (!element_has_recipient(c, element))
		return wa_context_outcome(c);
	/* under nearly its category it stops, too, and grants nothing */
	if (of_marketing || (preference_covers_marketing(element->category) &&
						 wa_str_says(element->type, "stop")))
		interpret_preference_value(c, element->type, element->signup_id,
								   WA_STR("user_preferences"));
	if (!of_marketing)
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  "category is not marketing_messages");
	return wa_context_outcome(c);
}

/*
 * Messages.
 */

/* Are these two identifiers, of which the one takes the place of the other? */
static bool
system_succeeds(wa_str previous, wa_str current)
{
	return wa_str_given(previous) && wa_str_given(current) && !wa_str_equal(previous, current);
}

/* Are these two phones, and not one that is written in two ways? */
static bool
system_renumbers(wa_str previous, wa_str current)
{
	wa_canonical from;
	wa_canonical to;

	return wa_str_given(previous) && wa_str_given(current) &&
		wa_canonicalize(previous.data, previous.len, &from) &&
		wa_canonicalize(current.data, current.len, &to) &&
		!wa_is_bsuid(from.text) && !wa_is_bsuid(to.text) && !wa_canonical_equal(&from, &to);
}

/*
 * customer_changed_number is the older name; the On-Premises API leaves the
 * type out where a new number is there.  A BSUID beside its successor is a change
 * whatever the type, and so is a number beside another than whom the message is from.
 */
static bool
system_is_change(const wa_element *element)
{
	if (!wa_str_given(element->system_type))
		return wa_ids_given(&element->changed_to);
	return wa_str_says(element->system_type, "user_changed_number") ||
		wa_str_says(element->system_type, "customer_changed_number") ||
		wa_str_says(element->system_type, "user_changed_user_id") ||
		system_succeeds(element->changed_from.user_id, element->changed_to.user_id) ||
		system_succeeds(element->changed_from.parent_user_id, element->changed_to.parent_user_id) ||
		(!wa_str_given(element->system_marketing) &&
		 system_renumbers(element->who.phone, element->changed_to.phone));
}

/* Under another type, or none, it stops, too, and grants nothing. */
static void
interpret_system_preference(wa_context *c, const wa_element *element, bool of_its_type)
{
	if (of_its_type || wa_str_says(element->system_marketing, "stop"))
		interpret_preference_value(c, element->system_marketing, element->signup_id,
								   WA_STR("system message"));
	else
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  "a preference in a system message that does not say so");
}

static wa_element_outcome
interpret_system(wa_context *c, const wa_element *element)
{
	if (system_is_change(element))
		wa_interpret_changed_user(c, element);
	else
	{
		bool		preference = wa_str_says(element->system_type, "user_preference_changed");

		wa_context_report_sighting(c, WA_STR("message"));
		if ((preference || wa_str_given(element->system_marketing)) && element_has_recipient(c, element))
			interpret_system_preference(c, element, preference);
	}
	return wa_context_outcome(c);
}

/*
 * An opt-out or opt-in phrase is the whole text, payload or title.  Where two
 * of them disagree the stop holds.  The id of a button is a name that a
 * developer chose: "stop" in it counts, "start" may mean anything.  So it is
 * with captions and edits: what is no message by itself grants nothing.
 */
static wa_meaning
message_meaning(const wa_context *c, const wa_element *element, wa_str *evidence)
{
	wa_meaning	meaning = WA_MEANS_NOTHING;

	for (int i = 0; i < WA_MAX_TEXTS && meaning != WA_MEANS_STOP; i++)
	{
		wa_meaning	found = WA_MEANS_NOTHING;

		if (wa_str_given(element->texts[i]))
			found = c->policy->phrase(c->policy->arg, element->texts[i]);
		if (found == WA_MEANS_RESUME &&
			(element->side_texts || (i > 0 && wa_str_says(element->type, "interactive"))))
			continue;
		if (found == WA_MEANS_STOP || meaning == WA_MEANS_NOTHING)
		{
			meaning = found;
			*evidence = element->texts[i];
		}
	}
	return meaning;
}

/*
 * A user who was asked for a contact shared its own card: its phone belongs to
 * whom the message is from.
 */
static void
message_report_card(wa_context *c, const wa_element *element)
{
	wa_identifiers sender;
	wa_identifiers card;
	int			nids;

	if (!wa_ids_given(&element->card))
		return;
	wa_identifiers_init(&sender);
	wa_identifiers_init(&card);
	wa_identifiers_add(&sender, &element->who, NULL);
	wa_identifiers_add(&sender, &element->contact, NULL);
	wa_identifiers_add(&card, &element->card, NULL);
	if (wa_identifiers_contradict(&sender, &card))
		return;
	wa_identifiers_add(&sender, &element->card, NULL);
	nids = wa_identifiers_list(&sender, c->event.ids);
	if (nids > c->event.nids)
	{
		c->event.nids = nids;
		wa_context_report_sighting(c, WA_STR("contact request"));
	}
}

/* What opens no window, though an edit may be a stop. */
static bool
message_is_silent(const wa_element *element)
{
	return element->automatic ||
		wa_str_says(element->type, "reaction") || wa_str_says(element->type, "edit") ||
		wa_str_says(element->type, "revoke") || wa_str_says(element->type, "request_welcome");
}

/*
 * The answer of the send API has messages[], too, and so have copies of what was sent: an
 * id and whom it goes to.  That is no word of the user.
 */
static bool
message_is_received(const wa_element *element)
{
	return wa_ids_given(&element->who) ||
		(wa_str_given(element->type) && !element->addressed);
}

/* A copy of what the business sent: from its own number, which is written in many ways, to somebody. */
static bool
message_is_echo(const wa_element *element)
{
	wa_str		from = element->who.phone;
	wa_str		own = element->display_phone;
	wa_canonical sender;
	wa_canonical business;

	return element->addressed && wa_str_given(from) && wa_str_given(own) &&
		wa_canonicalize(from.data, from.len, &sender) &&
		wa_canonicalize(own.data, own.len, &business) &&
		wa_canonical_equal(&sender, &business);
}

/*
 * In a group a message opens the group's window, not the user's, and is no
 * evidence that the user can be reached; its words and identifiers count.
 */
static wa_element_outcome
interpret_message(wa_context *c, const wa_element *element)
{
	bool		silent = message_is_silent(element);
	wa_str		evidence = {NULL, 0};
	wa_meaning	meaning;

	if (message_is_echo(element))
		return WA_OUTCOME_IGNORED;
	if (element->wordless)
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_SHAPE, "words that cannot be read");
	if (wa_str_says(element->type, "system"))
		return interpret_system(c, element);
	if (!message_is_received(element))
	{
		wa_context_report_problem(c, WA_PROBLEM_MISSING_RECIPIENT,
								  "a message from nobody: it was sent, not received");
		return wa_context_outcome(c);
	}
	wa_context_report_sighting(c, WA_STR("message"));
	meaning = message_meaning(c, element, &evidence);
	if (silent && meaning == WA_MEANS_NOTHING)
		return wa_context_outcome(c);
	if (!element_has_recipient(c, element))
		return wa_context_outcome(c);

	if (!silent && !element->group && wa_context_has_instant(c))
		wa_context_report(c, WA_EVENT_INBOUND);
	if (meaning != WA_MEANS_NOTHING)
		wa_context_report_consent(c, WA_REGISTER_BUSINESS, meaning == WA_MEANS_STOP,
								  WA_STR("phrase"), evidence);
	message_report_card(c, element);
	return wa_context_outcome(c);
}

/*
 * The other kinds.
 */

/*
 * A call that the user begins opens the window as a message does.  Of any other call only
 * its identifiers count.
 */
static wa_element_outcome
interpret_call(wa_context *c, const wa_element *element)
{
	wa_context_report_sighting(c, WA_STR("call"));
	if (!element->by_user)
		return WA_OUTCOME_IGNORED;
	if (element_has_recipient(c, element) && wa_context_has_instant(c))
		wa_context_report(c, WA_EVENT_INBOUND);
	return wa_context_outcome(c);
}

static wa_element_outcome
interpret_malformed(wa_context *c, const wa_element *element)
{
	wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_SHAPE, element->unread ?
							  "elements of webhooks where they are not read" :
							  "not of the shape that its place asks for");
	return wa_context_outcome(c);
}

wa_element_outcome
wa_interpret(const wa_element *element, wa_instant received_at,
			 const wa_policy *policy, const wa_event_sink *sink)
{
	wa_context	c;

	/*
	 * A contact beside a status or a message is interpreted with that, at that one's time; it
	 * has none of its own.
	 */
	if (element->kind == WA_ELEMENT_CONTACT && !element->alone)
		return WA_OUTCOME_UNCOUNTED;
	wa_context_open(&c, element->business, element->sender, element->message_id, policy, sink);
	wa_context_set_instant(&c, element->timestamp, received_at);
	/* in a value with one status of a group the contact is not the group's */
	wa_context_set_ids(&c, &element->who,
					   element->kind == WA_ELEMENT_STATUS && element->group ?
					   NULL : &element->contact);
	switch (element->kind)
	{
		case WA_ELEMENT_STATUS:
			if (!element->group)
				wa_context_report_sighting(&c, WA_STR("status"));
			return element->no_message ? WA_OUTCOME_IGNORED : interpret_status(&c, element);
		case WA_ELEMENT_MESSAGE:
			return interpret_message(&c, element);
		case WA_ELEMENT_PREFERENCE:
			wa_context_report_sighting(&c, WA_STR("preference"));
			return interpret_preference(&c, element);
		case WA_ELEMENT_CALL:
			return interpret_call(&c, element);
		case WA_ELEMENT_MALFORMED:
			return interpret_malformed(&c, element);
		case WA_ELEMENT_CONTACT:
			wa_context_report_sighting(&c, WA_STR("contact"));
			return WA_OUTCOME_UNCOUNTED;
		case WA_ELEMENT_USER_ID_UPDATE:
			return wa_interpret_user_id_update(&c, element);
		case WA_ELEMENT_ERROR:
			return interpret_errors_of_sender(&c, element);
		case WA_ELEMENT_ACCOUNT_UPDATE:
			return wa_interpret_account_update(&c, element);
		case WA_ELEMENT_TEMPLATE:
			return wa_interpret_template(&c, element);
		case WA_ELEMENT_OTHER:
			break;
	}
	return WA_OUTCOME_IGNORED;
}

wa_element_outcome
wa_interpret_failure(const wa_failure_report *failure, wa_instant received_at,
					 const wa_policy *policy, const wa_event_sink *sink)
{
	wa_context	c;
	bool		has_recipient;

	wa_context_open(&c, failure->business, failure->sender, failure->message_id, policy, sink);
	wa_context_set_ids(&c, &failure->who, NULL);
	has_recipient = wa_context_has_recipient(&c, &failure->who, NULL);
	c.event.at = failure->at;
	if (!wa_may_have_been(failure->at, received_at))
	{
		c.event.at = received_at;
		c.wrong_instant = "\"at\" is before 2009 or more than 10 minutes ahead";
	}
	(void) wa_context_has_instant(&c);
	if (has_recipient)
	{
		report_failed(&c, failure->code);
		interpret_code(&c, failure->code, true);
	}
	else
		interpret_code_of_sender(&c, failure->code);
	return wa_context_outcome(&c);
}
