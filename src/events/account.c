/*-------------------------------------------------------------------------
 *
 * account.c
 *	  Holds of senders: by error codes, and by what WhatsApp reports about the account.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/context.h"
#include "state/hold.h"

/* A restriction of which WhatsApp does not say what it restricts is a warning, and is noted for so long. */
#define WARNING_SPAN	(7 * WA_DAY)

static void
report_hold(wa_context *c, int32 cause, wa_scope scope, uint8 categories, wa_instant until)
{
	c->event.cause = cause;
	c->event.scope = scope;
	c->event.categories = categories;
	c->event.until = until;

	/* What protects counts at the moment of receipt where the element's time cannot be right. */
	(void) wa_context_has_instant(c);
	wa_context_report(c, WA_EVENT_HOLD);
}

/* Without somebody it was sent to nobody knows which country a restriction is of. */
void
wa_interpret_holding_code(wa_context *c, const wa_code_policy *policy)
{
	int64		span;
	uint8		categories = wa_hold_of_code(policy, &span);

	if (categories != 0 && (policy->scope != WA_SCOPE_COUNTRY || c->event.nids > 0))
		report_hold(c, policy->code, policy->scope, categories, wa_after(c->event.at, span));
}

static void
report_lift(wa_context *c, int32 cause)
{
	if (!wa_context_has_instant(c))
		return;
	c->event.cause = cause;
	wa_context_report(c, WA_EVENT_LIFT);
}

/* Two digits or four. */
static bool
read_digits(const char *text, int n, int *number)
{
	*number = 0;
	for (int i = 0; i < n; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (text[i] - '0');
	}
	return true;
}

/* Days from 2000-01-01 to a day of the Gregorian calendar. */
static int64
days_to(int year, int month, int day)
{
	int64		y = month > 2 ? year : year - 1;
	int			m = month > 2 ? month - 3 : month + 9;

	/* 730425 is 2000-01-01 counted from 0000-03-01, but for the day itself */
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 730425;
}

/* "Z", "+0530" or "+05:30"; in minutes. */
static bool
read_offset(const char *text, int *minutes)
{
	int			hour;
	int			minute;
	const char *rest = text + 3;

	*minutes = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if ((text[0] != '+' && text[0] != '-') || !read_digits(text + 1, 2, &hour))
		return false;
	if (*rest == ':')
		rest++;
	if (!read_digits(rest, 2, &minute) || rest[2] != '\0')
		return false;
	*minutes = (text[0] == '-' ? -1 : 1) * (60 * hour + minute);
	return true;
}

/* 2026-04-19T13:59:20+0000, as one provider writes it; parts of seconds are passed over. */
static bool
read_iso(wa_str text, wa_instant *at)
{
	char		buf[40];
	const char *zone = buf + 19;
	int			year,
				month,
				day,
				hour,
				minute,
				second,
				offset;

	if (text.len < 20 || text.len >= sizeof(buf))
		return false;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	if (buf[19] == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	if (!read_digits(buf, 4, &year) || buf[4] != '-' || !read_digits(buf + 5, 2, &month) ||
		buf[7] != '-' || !read_digits(buf + 8, 2, &day) || (buf[10] != 'T' && buf[10] != ' ') ||
		!read_digits(buf + 11, 2, &hour) || buf[13] != ':' || !read_digits(buf + 14, 2, &minute) ||
		buf[16] != ':' || !read_digits(buf + 17, 2, &second) || !read_offset(zone, &offset) ||
		month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60 ||
		days_to(year, month, day) >= days_to(year + month / 12, month % 12 + 1, 1))
		return false;
	*at = days_to(year, month, day) * WA_DAY +
		((int64) hour * 60 + minute - offset) * WA_MINUTE + second * WA_SECOND;
	return true;
}

/* What restricts adding numbers, calling and direct send stops no messages. */
static bool
restricts_no_messages(wa_str type)
{
	return wa_str_contains(type, "CALL") || wa_str_contains(type, "ADD_PHONE_NUMBER") ||
		wa_str_contains(type, "DIRECT_SEND") || wa_str_contains(type, "RATE_LIMIT");
}

/* A restriction whose end cannot be read, or be right, has none. */
static void
interpret_restriction(wa_context *c, const wa_restriction *restriction)
{
	uint8		categories;
	int32		cause = wa_hold_of_restriction(restriction->type, &categories);
	wa_instant	until = WA_FOREVER;

	if (cause == 0)
	{
		if (!restricts_no_messages(restriction->type))
			wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
									  "a restriction of a type that nobody knows");
		return;
	}
	if (wa_str_given(restriction->expiration) &&
		((!wa_instant_read(restriction->expiration, &until) &&
		  !read_iso(restriction->expiration, &until)) || until < WA_FIRST_INSTANT))
	{
		until = WA_FOREVER;
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  "expiration of a restriction is no time");
	}
	report_hold(c, cause, WA_SCOPE_BUSINESS, categories, until);
}

/* The end of a violation lifts the restrictions that a violation of its kind brings.  Is it one? */
static bool
interpret_recovery(wa_context *c, wa_str violation)
{
	if (!wa_str_ends_with(violation, "_UNBAN") && !wa_str_ends_with(violation, "_RECOVERY"))
		return false;
	if (wa_str_contains(violation, "RATE_LIMIT"))
		report_lift(c, WA_CAUSE_UTILITY_RATE);
	else if (wa_str_starts_with(violation, "utility"))
		report_lift(c, WA_CAUSE_UTILITY_TEMPLATES);
	else if (!restricts_no_messages(violation))
	{
		report_lift(c, WA_CAUSE_BUSINESS_INITIATED);
		report_lift(c, WA_CAUSE_CUSTOMER_INITIATED);
	}
	return true;
}

/* A ban that is only announced is none so far. */
static void
interpret_ban(wa_context *c, const wa_element *element)
{
	if (wa_str_says(element->ban_state, "disable"))
		report_hold(c, WA_CAUSE_DISABLED, WA_SCOPE_BUSINESS, WA_ALL_CATEGORIES, WA_FOREVER);
	else if (wa_str_says(element->ban_state, "reinstate"))
		report_lift(c, WA_CAUSE_DISABLED);
	else if (wa_str_says(element->type, "disabled_update") &&
			 !wa_str_says(element->ban_state, "schedule_for_disable"))
		wa_context_report_problem(c, WA_PROBLEM_UNKNOWN_VALUE,
								  "waba_ban_state is neither DISABLE nor REINSTATE");
}

wa_element_outcome
wa_interpret_account_update(wa_context *c, const wa_element *element)
{
	interpret_ban(c, element);
	for (int i = 0; i < element->nrestrictions; i++)
	{
		wa_restriction restriction;

		wa_element_restriction(element, i, &restriction);
		interpret_restriction(c, &restriction);
	}
	if (element->nrestrictions == 0 && !interpret_recovery(c, element->violation) &&
		wa_str_says(element->type, "account_restriction"))
		report_hold(c, WA_CAUSE_WARNING, WA_SCOPE_BUSINESS, 0, wa_after(c->event.at, WARNING_SPAN));
	return wa_context_outcome(c);
}
