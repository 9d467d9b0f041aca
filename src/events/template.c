/*-------------------------------------------------------------------------
 *
 * template.c
 *	  Interpreting webhooks about message templates.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/context.h"

/* WhatsApp's own limits; what is longer names no template. */
#define MAX_NAME		512
#define MAX_LANGUAGE	32

/* With these statuses a template can be sent, with all others it cannot.  wa_template.blocked has the same list. */
static bool
can_be_sent(wa_str status)
{
	return wa_str_says(status, "approved") || wa_str_says(status, "reinstated") ||
		wa_str_says(status, "flagged") || wa_str_says(status, "unarchived");
}

/* A pause for bad quality ends by itself, one for sending too fast does not.  An UNPAUSE ends any. */
static wa_instant
end_of_pause(const wa_element *element, wa_instant at)
{
	if (wa_str_says(element->pause, "unpause"))
		return at;
	if (wa_str_says(element->type, "paused") && wa_str_says(element->pause, "first_pause"))
		return wa_after(at, 3 * WA_HOUR);
	if (wa_str_says(element->type, "paused") && wa_str_says(element->pause, "second_pause"))
		return wa_after(at, 6 * WA_HOUR);
	return WA_FOREVER;
}

/*
 * What is announced comes without the category changing: correct_category is that from then on,
 * and not before it was told.
 */
static void
fill_category(wa_context *c, const wa_element *element)
{
	wa_instant	at;

	c->event.template_category = element->new_category;
	c->event.next_category = element->next_category;
	c->event.next_category_at = WA_NEVER;
	if (wa_str_given(element->next_category))
		c->event.next_category_at = wa_str_given(element->next_category_at) &&
			wa_instant_read(element->next_category_at, &at) ? wa_later(at, c->event.at) : c->event.at;
}

/* pt-BR and pt_BR are one language; WhatsApp writes the latter. */
static wa_str
language_of(const wa_element *element, char *buf)
{
	for (size_t i = 0; i < element->template_language.len; i++)
	{
		char		c = element->template_language.data[i];

		buf[i] = c == '-' ? '_' : c;
	}
	return wa_str_of(buf, element->template_language.len);
}

/* To a category that asks for the consent to marketing? */
static bool
changes_to_marketing(const wa_element *element)
{
	return wa_str_says(element->new_category, "marketing") ||
		wa_str_says(element->next_category, "marketing");
}

wa_element_outcome
wa_interpret_template(wa_context *c, const wa_element *element)
{
	char		language[MAX_LANGUAGE];
	wa_str		status = element->type;
	bool		blocked = wa_str_given(status) && !can_be_sent(status);

	if (!wa_str_given(element->template_name) || element->template_name.len > MAX_NAME ||
		element->template_language.len > MAX_LANGUAGE)
	{
		if (blocked)
			wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_SHAPE, "it names no template");
		return wa_context_outcome(c);
	}
	/* What protects counts at the moment of receipt, if its own time cannot be right. */
	if (!wa_context_has_instant(c) && !blocked)
	{
		if (!changes_to_marketing(element))
			return wa_context_outcome(c);
		status = WA_STR("");
	}
	c->event.template_name = element->template_name;
	c->event.template_language = language_of(element, language);
	c->event.status = status;
	c->event.blocked = blocked;
	c->event.until = blocked ? end_of_pause(element, c->event.at) : WA_FOREVER;
	c->event.quality = element->quality;
	fill_category(c, element);
	if (!wa_str_given(c->event.status) && !wa_str_given(c->event.quality) &&
		!wa_str_given(c->event.template_category) && !wa_str_given(c->event.next_category))
		return WA_OUTCOME_IGNORED;
	wa_context_report(c, WA_EVENT_TEMPLATE);
	c->event.template_language = WA_STR("");
	return wa_context_outcome(c);
}
