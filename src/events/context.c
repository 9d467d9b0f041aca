/*-------------------------------------------------------------------------
 *
 * context.c
 *	  Interpreting one element: its time, its identifiers, and reporting its events and
 *	  problems.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include <stdlib.h>

#include "events/context.h"

/* Unix times above this are milliseconds. */
#define WA_MILLISECONDS_ABOVE	1e11

/*
 * Reporting.
 */

void
wa_context_report(wa_context *c, wa_event_kind kind)
{
	c->event.kind = kind;
	c->sink->event(c->sink->arg, &c->event);
	c->applied = true;
}

void
wa_context_report_problem(wa_context *c, wa_problem problem, const char *detail)
{
	c->sink->problem(c->sink->arg, problem, detail, 0);
	c->problem = true;
}

void
wa_context_report_unknown_code(wa_context *c, int32 code)
{
	c->sink->problem(c->sink->arg, WA_PROBLEM_UNKNOWN_CODE,
					 "error code is not in the catalogue", code);
	c->problem = true;
}

wa_element_outcome
wa_context_outcome(const wa_context *c)
{
	return c->applied ? WA_OUTCOME_APPLIED :
		c->problem ? WA_OUTCOME_PROBLEM : WA_OUTCOME_IGNORED;
}

bool
wa_context_has_instant(wa_context *c)
{
	if (c->wrong_instant != NULL && !c->told_instant)
		wa_context_report_problem(c, WA_PROBLEM_BAD_TIMESTAMP, c->wrong_instant);
	c->told_instant = true;
	return c->wrong_instant == NULL;
}

void
wa_context_report_alone(wa_context *c, wa_event_kind kind, const wa_canonical *id)
{
	wa_canonical ids[WA_MAX_IDS];
	int			nids = c->event.nids;
	uint8		wa_id_len = c->event.wa_id.len;

	memcpy(ids, c->event.ids, sizeof(ids));
	c->event.ids[0] = *id;
	c->event.nids = 1;
	c->event.wa_id.len = 0;
	wa_context_report(c, kind);
	memcpy(c->event.ids, ids, sizeof(ids));
	c->event.nids = nids;
	c->event.wa_id.len = wa_id_len;
}

void
wa_context_report_protection(wa_context *c, wa_event_kind kind)
{
	if (wa_context_has_instant(c))
		wa_context_report(c, kind);
	else
	{
		/* nothing says when these belonged together */
		for (int i = 0; i < c->event.nids; i++)
			wa_context_report_alone(c, kind, &c->event.ids[i]);
	}
	for (int i = 0; i < c->napart; i++)
		wa_context_report_alone(c, kind, &c->apart[i]);
}

void
wa_context_report_sighting(wa_context *c, wa_str origin)
{
	if (c->event.nids < 2 || c->wrong_instant != NULL)
		return;
	c->event.kind = WA_EVENT_SIGHTING;
	c->event.origin = origin;
	c->sink->event(c->sink->arg, &c->event);
}

void
wa_context_report_consent(wa_context *c, wa_register reg, bool stop, wa_str origin,
						  wa_str evidence)
{
	c->event.reg = reg;
	c->event.stop = stop;
	c->event.origin = origin;
	c->event.evidence = evidence;
	if (stop)
		wa_context_report_protection(c, WA_EVENT_CONSENT);
	else if (wa_context_has_instant(c))
		wa_context_report(c, WA_EVENT_CONSENT);
}

/*
 * Reading times and codes.
 */

/* A number in any form that JSON has, with blanks around it; false where it is none. */
static bool
context_read_number(wa_str text, double *number)
{
	char		buf[40];
	char	   *rest;

	text = wa_str_trim(text);
	if (text.len == 0 || text.len >= sizeof(buf))
		return false;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	/* strtod reads more: hexadecimal, inf, nan */
	if (strspn(buf, "0123456789+-.eE") != text.len)
		return false;
	*number = strtod(buf, &rest);
	return rest != buf && *rest == '\0';
}

bool
wa_instant_read(wa_str text, wa_instant *at)
{
	double		number;

	if (!context_read_number(text, &number))
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

/* One wrong clock must neither win forever nor cost a stop. */
void
wa_context_set_instant(wa_context *c, wa_str written, wa_instant received_at)
{
	wa_instant	at = received_at;

	c->event.at = received_at;
	if (wa_str_given(written) && !wa_instant_read(written, &at))
		c->wrong_instant = "timestamp is not a Unix time";
	else if (at < WA_FIRST_INSTANT)
		c->wrong_instant = "timestamp is before 2009";
	else if (at > wa_after(received_at, WA_CLOCK_SKEW))
		c->wrong_instant = "timestamp is more than 10 minutes after the webhook was received";
	else
		c->event.at = at;
}

bool
wa_code_read(wa_str text, int32 *code)
{
	double		number;

	if (!context_read_number(text, &number) || !(number >= 0 && number <= PG_INT32_MAX))
		return false;
	*code = (int32) number;
	return *code == number;
}

/*
 * Whom it is about.
 */

static void
context_set_apart(wa_context *c, const wa_canonical *ids, int n)
{
	for (int i = 0; i < n; i++)
		c->apart[c->napart++] = ids[i];
}

/* Does the contact name nothing but what the element names, in the same words? */
static bool
context_repeats(const wa_ids *who, const wa_ids *contact)
{
	return (!wa_str_given(contact->phone) || wa_str_equal(contact->phone, who->phone)) &&
		(!wa_str_given(contact->user_id) || wa_str_equal(contact->user_id, who->user_id)) &&
		(!wa_str_given(contact->parent_user_id) ||
		 wa_str_equal(contact->parent_user_id, who->parent_user_id));
}

/* Add the identifiers of the contact to the element's own; where they contradict these, apart from them. */
static bool
context_add_contact(wa_context *c, wa_identifiers *own, const wa_ids *contact)
{
	wa_identifiers other;
	wa_canonical ids[WA_MAX_IDS];
	int			n;

	wa_identifiers_init(&other);
	wa_identifiers_add(&other, contact, NULL);
	if (!wa_identifiers_contradict(own, &other))
	{
		wa_identifiers_add(own, contact, NULL);
		return true;
	}
	wa_identifiers_init(&other);
	wa_identifiers_add(&other, contact, own);
	n = wa_identifiers_list(&other, ids);
	context_set_apart(c, ids, n);
	context_set_apart(c, other.rest, other.nrest);
	return false;
}

/*
 * The contact adds identifiers of the same user, unless it contradicts the element: then nobody can
 * tell which of the two is meant, so both are protected and neither is taken for the other.
 */
void
wa_context_set_ids(wa_context *c, const wa_ids *who, const wa_ids *contact)
{
	wa_identifiers own;
	bool		agree = contact != NULL;

	wa_identifiers_init(&own);
	wa_identifiers_add(&own, who, NULL);
	if (contact != NULL && !context_repeats(who, contact))
		agree = context_add_contact(c, &own, contact);
	c->event.nids = wa_identifiers_list(&own, c->event.ids);
	wa_identifiers_raw_phone(agree && wa_str_given(contact->phone) ?
							 contact->phone : who->phone, &c->event.wa_id);
	if (own.nrest > 0)
	{
		/* the element contradicts itself: only home is taken for the user */
		context_set_apart(c, own.rest, own.nrest);
		context_set_apart(c, c->event.ids + 1, c->event.nids - 1);
		c->event.nids = 1;
		c->event.wa_id.len = 0;
	}
}

bool
wa_context_has_recipient(wa_context *c, const wa_ids *who, const wa_ids *contact)
{
	if (c->event.nids > 0)
		return true;
	if (wa_ids_given(who) || (contact != NULL && wa_ids_given(contact)))
		wa_context_report_problem(c, WA_PROBLEM_BAD_RECIPIENT,
								  "neither a phone number with its country code nor a business-scoped user id");
	else
		wa_context_report_problem(c, WA_PROBLEM_MISSING_RECIPIENT,
								  "no identifier of the user is given");
	return false;
}

void
wa_context_open(wa_context *c, wa_str business, wa_str sender, wa_str message_id,
				const wa_policy *policy, const wa_event_sink *sink)
{
	c->policy = policy;
	c->sink = sink;
	c->applied = false;
	c->problem = false;
	c->wrong_instant = NULL;
	c->told_instant = false;
	c->napart = 0;
	c->event.nids = 0;
	c->event.wa_id.len = 0;
	c->event.code = 0;
	c->event.category = WA_CATEGORY_UNKNOWN;
	c->event.participant = false;
	c->event.business = wa_key_part(business);
	c->event.sender = wa_key_part(sender);
	c->event.message_id = wa_key_part(message_id);
}
