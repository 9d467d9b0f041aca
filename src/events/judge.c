/*-------------------------------------------------------------------------
 *
 * judge.c
 *	  What each kind of webhook element means.
 *
 * The table in the README's section "What counts" is this file in words.
 * A new kind of element gets a case in wa_judge and a function of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include <stdlib.h>

#include "events/judge.h"

/* Unix times above this are milliseconds. */
#define WA_MILLISECONDS_ABOVE	1e11

typedef struct wa_case
{
	const wa_policy *policy;
	const wa_docket *docket;
	wa_event	event;			/* all that its events have in common */
	bool		applied;		/* was an event reported? */
	bool		problem;		/* was a problem reported? */
	const char *wrong_instant;	/* NULL: event.at is right */
} wa_case;

static void
report(wa_case *c, wa_event_kind kind)
{
	c->event.kind = kind;
	c->docket->event(c->docket->arg, &c->event);
	c->applied = true;
}

static void
complain(wa_case *c, wa_problem problem, const char *detail, int32 code)
{
	c->docket->problem(c->docket->arg, problem, detail, code);
	c->problem = true;
}

static wa_verdict
verdict(const wa_case *c)
{
	return c->applied ? WA_APPLIED : c->problem ? WA_PROBLEM : WA_IGNORED;
}

/* Compare with a literal, ASCII letters in either case. */
static bool
says(wa_str s, const char *word)
{
	size_t		len = strlen(word);

	if (s.data == NULL || s.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
	{
		char		c = s.data[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != word[i])
			return false;
	}
	return true;
}

static bool
starts(wa_str s, const char *word)
{
	size_t		len = strlen(word);

	return s.data != NULL && s.len >= len && memcmp(s.data, word, len) == 0;
}

void
wa_collect_ids(const wa_ids *who, wa_canonical *ids, int *nids)
{
	const wa_str *given[] = {&who->phone, &who->user_id, &who->parent_user_id};

	for (int i = 0; i < lengthof(given); i++)
	{
		wa_canonical id;
		bool		known = false;

		if (*nids == WA_MAX_IDS)
			return;
		if (!wa_str_given(*given[i]) ||
			!wa_canonicalize(given[i]->data, given[i]->len, &id))
			continue;
		for (int j = 0; j < *nids && !known; j++)
			known = ids[j].len == id.len && memcmp(ids[j].text, id.text, id.len) == 0;
		if (!known)
			ids[(*nids)++] = id;
	}
}

static bool
any_given(const wa_ids *who)
{
	return wa_str_given(who->phone) || wa_str_given(who->user_id) ||
		wa_str_given(who->parent_user_id);
}

/*
 * The digits of a wa_id as WhatsApp writes it, not folded: sends must use
 * these.  Nothing where it is no phone number.
 */
static void
take_wa_id(wa_str written, wa_canonical *wa_id)
{
	wa_canonical id;

	wa_id->len = 0;
	if (!wa_str_given(written) || !wa_canonicalize(written.data, written.len, &id) ||
		wa_is_bsuid(id.text))
		return;
	for (size_t i = 0; i < written.len && wa_id->len < WA_RECIPIENT_MAX; i++)
	{
		/* "00" in front is a dialling prefix, and no number begins with 0. */
		if (written.data[i] == '0' && wa_id->len == 0)
			continue;
		if (written.data[i] >= '0' && written.data[i] <= '9')
			wa_id->text[wa_id->len++] = written.data[i];
	}
	wa_id->text[wa_id->len] = '\0';
}

/* The first is the home of the events: the phone, whoever of the two named it. */
static void
put_phone_first(wa_canonical *ids, int nids)
{
	for (int i = 1; i < nids; i++)
	{
		wa_canonical phone = ids[i];

		if (wa_is_bsuid(phone.text) || !wa_is_bsuid(ids[0].text))
			continue;
		memmove(&ids[1], &ids[0], i * sizeof(wa_canonical));
		ids[0] = phone;
	}
}

/* Fill in who the events are about. */
static void
take_ids(wa_case *c, const wa_ids *who, const wa_ids *contact)
{
	wa_collect_ids(who, c->event.ids, &c->event.nids);
	if (contact != NULL)
		wa_collect_ids(contact, c->event.ids, &c->event.nids);
	put_phone_first(c->event.ids, c->event.nids);
	take_wa_id(contact != NULL && wa_str_given(contact->phone) ?
			   contact->phone : who->phone, &c->event.wa_id);
}

/*
 * Is there anybody whom the events are about?  Complains and returns false
 * where no identifier can be used.
 */
static bool
has_recipient(wa_case *c, const wa_ids *who, const wa_ids *contact)
{
	if (c->event.nids == 0)
	{
		if (any_given(who) || (contact != NULL && any_given(contact)))
			complain(c, WA_PROBLEM_BAD_RECIPIENT,
					 "neither a phone number nor a business-scoped user id", 0);
		else
			complain(c, WA_PROBLEM_MISSING_RECIPIENT,
					 "no identifier of the user is given", 0);
		return false;
	}
	return true;
}

/*
 * Unix seconds or milliseconds, as text, to an instant.  Returns false where
 * the text is no such number.
 */
static bool
read_instant(wa_str text, wa_instant *at)
{
	char		buf[40];
	char	   *rest;
	double		number;

	if (text.len >= sizeof(buf))
		return false;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	if (strlen(buf) != text.len || strpbrk(buf, "xXnN") != NULL)
		return false;			/* NUL inside; hexadecimal; inf, nan */
	number = strtod(buf, &rest);
	while (*rest == ' ')
		rest++;
	if (rest == buf || *rest != '\0')
		return false;
	if (number > WA_MILLISECONDS_ABOVE)
		number /= 1000;
	if (!(number > -WA_MILLISECONDS_ABOVE && number < WA_MILLISECONDS_ABOVE))
		return false;

	/*
	 * A double holds whole seconds of this size exactly; microseconds are
	 * added apart so that rounding cannot move the second.
	 */
	*at = ((int64) number - WA_UNIX_EPOCH) * WA_SECOND +
		(int64) ((number - (double) (int64) number) * 1e6 + 0.5);
	return true;
}

/*
 * Set the time of the events.  Returns what is wrong with it, NULL if nothing
 * is: one wrong clock must not win for ever.
 */
static const char *
take_instant(wa_case *c, wa_str written, wa_instant received_at)
{
	if (!wa_str_given(written))
		c->event.at = received_at;
	else if (!read_instant(written, &c->event.at))
		return "timestamp is not a Unix time";

	if (c->event.at < WA_FIRST_INSTANT)
		return "timestamp is before 2009";
	if (c->event.at > wa_after(received_at, WA_CLOCK_SKEW))
		return "timestamp is more than 10 minutes after the webhook was received";
	return NULL;
}

/* Can the events be placed in time?  Complains and returns false if not. */
static bool
has_instant(wa_case *c)
{
	if (c->wrong_instant != NULL)
		complain(c, WA_PROBLEM_BAD_TIMESTAMP, c->wrong_instant, 0);
	return c->wrong_instant == NULL;
}

static void
word_consent(wa_case *c, wa_register reg, bool stop, wa_str origin, int32 code, wa_str evidence)
{
	c->event.consent_code = code;
	c->event.reg = reg;
	c->event.stop = stop;
	c->event.origin = origin;
	c->event.evidence = evidence;
	report(c, WA_EVENT_CONSENT);
}

/*
 * One failure: judged by its code alone, since titles lie.
 */
static void
judge_code(wa_case *c, int32 code, bool on_premises)
{
	wa_code_policy *policy = &c->event.code;

	if (!c->policy->code(c->policy->arg, code, policy) ||
		(policy->on_premises_only && !on_premises))
	{
		complain(c, WA_PROBLEM_UNKNOWN_CODE, "error code is not in the catalogue", code);
		return;
	}

	/* It counts even where it does nothing to the recipient. */
	c->applied = true;
	switch (policy->effect)
	{
		case WA_EFFECT_NONE:
			break;
		case WA_EFFECT_COOLDOWN:
			report(c, WA_EVENT_FAILURE);
			break;
		case WA_EFFECT_CLOSE_WINDOW:
			report(c, WA_EVENT_WINDOW_REFUSED);
			break;
		case WA_EFFECT_STOP:
			word_consent(c, WA_REGISTER_WHATSAPP, true, WA_STR("failed message"), code,
						 WA_STR(""));
			break;
	}
}

static bool
read_code(wa_str text, int32 *code)
{
	int64		number = 0;

	if (!wa_str_given(text) || text.len > 10)
		return false;
	for (size_t i = 0; i < text.len; i++)
	{
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	if (number > PG_INT32_MAX)
		return false;
	*code = (int32) number;
	return true;
}

static void
judge_failed(wa_case *c, const wa_element *element)
{
	if (element->nerrors == 0)
		complain(c, WA_PROBLEM_UNKNOWN_VALUE, "failed without an error code", 0);

	for (int i = 0; i < element->nerrors; i++)
	{
		wa_error	error;
		int32		code;

		wa_element_error(element, i, &error);
		if (read_code(error.code, &code))
			judge_code(c, code, element->on_premises);
		else
			complain(c, WA_PROBLEM_UNKNOWN_VALUE, "error code is not a number", 0);
	}
}

/*
 * Was this receipt for a marketing message?  pricing.category says so, else
 * the older conversation.origin.type; marketing_lite is marketing too.
 */
static bool
is_marketing(const wa_element *element)
{
	return starts(wa_str_given(element->pricing_category) ?
				  element->pricing_category : element->origin_type, "marketing");
}

static wa_verdict
judge_status(wa_case *c, const wa_element *element)
{
	bool		failed = says(element->type, "failed");
	bool		read = says(element->type, "read") || says(element->type, "played");

	if (!wa_str_given(element->type))
	{
		complain(c, WA_PROBLEM_UNKNOWN_SHAPE, "a status without \"status\"", 0);
		return verdict(c);
	}
	if (says(element->type, "sent"))
	{
		/* Proof that the sender works, whoever the message went to. */
		if (has_instant(c))
			report(c, WA_EVENT_SENT);
		return verdict(c);
	}
	if (!failed && !read && !says(element->type, "delivered"))
		return WA_IGNORED;

	if (!has_recipient(c, &element->who, &element->contact) ||
		!has_instant(c))
		return verdict(c);

	if (failed)
		judge_failed(c, element);
	else
	{
		c->event.read = read;
		c->event.marketing = is_marketing(element);
		report(c, WA_EVENT_RECEIPT);
	}
	return verdict(c);
}

/*
 * WhatsApp's own register.  Only the very word "resume" resumes; "stop" is
 * heard in any spelling of its case.
 */
static void
judge_preference(wa_case *c, wa_str value, wa_str origin, wa_str evidence)
{
	if (says(value, "stop"))
		word_consent(c, WA_REGISTER_WHATSAPP, true, origin, 0, evidence);
	else if (wa_str_equal(value, WA_STR("resume")))
		word_consent(c, WA_REGISTER_WHATSAPP, false, origin, 0, evidence);
	else
		complain(c, WA_PROBLEM_UNKNOWN_VALUE, "neither stop nor resume", 0);
}

static wa_verdict
judge_preferences(wa_case *c, const wa_element *element)
{
	if (!has_recipient(c, &element->who, &element->contact) ||
		!has_instant(c))
		return verdict(c);

	if (wa_str_given(element->category) &&
		!wa_str_equal(element->category, WA_STR("marketing_messages")))
		complain(c, WA_PROBLEM_UNKNOWN_VALUE, "category is not marketing_messages", 0);
	else
		judge_preference(c, element->type, WA_STR("user_preferences"), WA_STR(""));
	return verdict(c);
}

/* Report that the identifiers belong to one person, if there are several. */
static void
sight(wa_case *c, wa_str origin)
{
	if (c->event.nids < 2 || c->wrong_instant != NULL)
		return;
	c->event.kind = WA_EVENT_SIGHTING;
	c->event.origin = origin;
	c->docket->event(c->docket->arg, &c->event);
}

/*
 * The person who was known by some identifiers is known by others from now on.
 * The new ones belong together, too.
 */
static void
judge_change(wa_case *c, const wa_ids *from, const wa_ids *to, wa_str origin)
{
	wa_event   *event = &c->event;

	event->nids = event->nto = 0;
	wa_collect_ids(from, event->ids, &event->nids);
	wa_collect_ids(to, event->to, &event->nto);
	if (event->nids == 0 || event->nto == 0)
	{
		complain(c, any_given(from) && any_given(to) ?
				 WA_PROBLEM_BAD_RECIPIENT : WA_PROBLEM_MISSING_RECIPIENT,
				 "old or new identifier of the user is missing or none", 0);
		return;
	}
	if (!has_instant(c))
		return;

	event->origin = origin;
	report(c, WA_EVENT_CHANGE);
	memcpy(event->ids, event->to, event->nto * sizeof(wa_canonical));
	event->nids = event->nto;
	sight(c, origin);
}

/*
 * system.wa_id (new_wa_id) takes the place of the number in "from"; a new BSUID
 * that of the previous one, the number staying what it is.
 */
static wa_verdict
judge_system(wa_case *c, const wa_element *element)
{
	if (says(element->system_type, "user_preference_changed"))
	{
		if (has_recipient(c, &element->who, &element->contact) && has_instant(c))
			judge_preference(c, element->system_marketing, WA_STR("system message"),
							 WA_STR(""));
	}
	else if (says(element->system_type, "user_changed_number"))
		judge_change(c, &element->who, &element->changed_to, WA_STR("system message"));
	else if (says(element->system_type, "user_changed_user_id"))
	{
		wa_ids		from = element->changed_from;
		wa_ids		to = element->changed_to;

		if (!wa_str_given(from.user_id))
			from.user_id = element->who.user_id;
		from.phone = (wa_str)
		{
			NULL, 0
		};
		to.phone = from.phone;
		judge_change(c, &from, &to, WA_STR("system message"));
		if (c->applied)
		{
			/* Whoever wrote is known by the new one. */
			to.phone = element->who.phone;
			c->event.nids = 0;
			wa_collect_ids(&to, c->event.ids, &c->event.nids);
			sight(c, WA_STR("system message"));
		}
	}
	return verdict(c);
}

/*
 * An error of the account or the sender, without a message: does nothing to a
 * recipient.  A code that nobody knows is worth knowing of.  (Errors of flows
 * have no code.)
 */
static wa_verdict
judge_error(wa_case *c, const wa_element *element)
{
	for (int i = 0; i < element->nerrors; i++)
	{
		wa_error	error;
		wa_code_policy policy;
		int32		code;

		wa_element_error(element, i, &error);
		if (read_code(error.code, &code) && !c->policy->code(c->policy->arg, code, &policy))
			complain(c, WA_PROBLEM_UNKNOWN_CODE, "error code is not in the catalogue", code);
	}
	return verdict(c);
}

static wa_verdict
judge_user_id_update(wa_case *c, const wa_element *element)
{
	judge_change(c, &element->changed_from, &element->changed_to, WA_STR("user_id_update"));
	if (c->applied)
	{
		c->event.nids = 0;
		wa_collect_ids(&element->who, c->event.ids, &c->event.nids);
		wa_collect_ids(&element->changed_to, c->event.ids, &c->event.nids);
		put_phone_first(c->event.ids, c->event.nids);
		sight(c, WA_STR("user_id_update"));
	}
	return verdict(c);
}

/*
 * An opt-out or opt-in phrase is the whole text, payload or title.  Where two
 * of them disagree the stop holds.  The id of a button is a name that a
 * developer chose: "stop" in it is heard, "start" may mean anything.
 */
static void
judge_phrases(wa_case *c, const wa_element *element)
{
	wa_meaning	meaning = WA_MEANS_NOTHING;
	wa_str		evidence = {NULL, 0};

	for (int i = 0; i < WA_MAX_TEXTS && meaning != WA_MEANS_STOP; i++)
	{
		wa_meaning	found = WA_MEANS_NOTHING;

		if (wa_str_given(element->texts[i]))
			found = c->policy->phrase(c->policy->arg, element->texts[i]);
		if (found == WA_MEANS_RESUME && i > 0 && says(element->type, "interactive"))
			continue;
		if (found == WA_MEANS_STOP || meaning == WA_MEANS_NOTHING)
		{
			meaning = found;
			evidence = element->texts[i];
		}
	}
	if (meaning != WA_MEANS_NOTHING)
		word_consent(c, WA_REGISTER_BUSINESS, meaning == WA_MEANS_STOP,
					 WA_STR("phrase"), 0, evidence);
}

static wa_verdict
judge_message(wa_case *c, const wa_element *element)
{
	static const char *const silent[] = {"reaction", "edit", "revoke", "request_welcome"};

	if (says(element->type, "system"))
		return judge_system(c, element);
	for (int i = 0; i < lengthof(silent); i++)
	{
		if (says(element->type, silent[i]))
			return WA_IGNORED;
	}

	if (!has_recipient(c, &element->who, &element->contact) ||
		!has_instant(c))
		return verdict(c);

	report(c, WA_EVENT_INBOUND);
	if (says(element->type, "text") || says(element->type, "button") ||
		says(element->type, "interactive"))
		judge_phrases(c, element);
	return verdict(c);
}

/*
 * An identifier that becomes part of a key: never absent, and not so long that
 * an index could not hold it.  Real ones have less than 100 bytes.
 */
static wa_str
key_part(wa_str s)
{
	if (s.data == NULL)
		return WA_STR("");
	if (s.len > WA_MAX_NAME)
	{
		s.len = WA_MAX_NAME;
		while (s.len > 0 && ((unsigned char) s.data[s.len] & 0xC0) == 0x80)
			s.len--;
	}
	return s;
}

static void
open_case(wa_case *c, wa_str business, wa_str sender, wa_str message_id,
		  const wa_policy *policy, const wa_docket *docket)
{
	c->policy = policy;
	c->docket = docket;
	c->applied = false;
	c->problem = false;
	c->wrong_instant = NULL;
	c->event.nids = 0;
	c->event.wa_id.len = 0;
	c->event.business = key_part(business);
	c->event.sender = key_part(sender);
	c->event.message_id = key_part(message_id);
}

wa_verdict
wa_judge(const wa_element *element, wa_instant received_at,
		 const wa_policy *policy, const wa_docket *docket)
{
	wa_case		c;

	open_case(&c, element->business, element->sender, element->message_id, policy, docket);
	c.wrong_instant = take_instant(&c, element->timestamp, received_at);

	/* Beside a change of identifier the contact may be known by the new one. */
	if (element->kind == WA_ELEMENT_MESSAGE && says(element->type, "system") &&
		starts(element->system_type, "user_changed"))
		take_ids(&c, &element->who, NULL);
	else
		take_ids(&c, &element->who, &element->contact);

	switch (element->kind)
	{
		case WA_ELEMENT_STATUS:
			sight(&c, WA_STR("status"));
			return judge_status(&c, element);
		case WA_ELEMENT_MESSAGE:
			sight(&c, WA_STR("message"));
			return judge_message(&c, element);
		case WA_ELEMENT_PREFERENCE:
			sight(&c, WA_STR("preference"));
			return judge_preferences(&c, element);
		case WA_ELEMENT_MALFORMED:
			complain(&c, WA_PROBLEM_UNKNOWN_SHAPE, "not of the shape that its place asks for", 0);
			return verdict(&c);
		case WA_ELEMENT_CONTACT:

			/*
			 * Beside a status or a message it was judged with that, at that
			 * one's time; it has none of its own.
			 */
			if (element->alone)
				sight(&c, WA_STR("contact"));
			return WA_COUNTLESS;
		case WA_ELEMENT_USER_ID_UPDATE:
			return judge_user_id_update(&c, element);
		case WA_ELEMENT_ERROR:
			return judge_error(&c, element);
		case WA_ELEMENT_ACCOUNT_UPDATE:
		case WA_ELEMENT_OTHER:
			break;
	}
	return WA_IGNORED;
}

wa_verdict
wa_judge_failure(const wa_ids *who, int32 code, wa_instant at, wa_instant received_at,
				 wa_str business, wa_str sender, wa_str message_id,
				 const wa_policy *policy, const wa_docket *docket)
{
	wa_case		c;

	open_case(&c, business, sender, message_id, policy, docket);
	take_ids(&c, who, NULL);
	if (!has_recipient(&c, who, NULL))
		return verdict(&c);
	c.event.at = at;
	if (at < WA_FIRST_INSTANT || at > wa_after(received_at, WA_CLOCK_SKEW))
		complain(&c, WA_PROBLEM_BAD_TIMESTAMP,
				 "\"at\" is before 2009 or more than 10 minutes ahead", 0);
	else
		judge_code(&c, code, true);
	return verdict(&c);
}
