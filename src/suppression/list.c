/*-------------------------------------------------------------------------
 *
 * list.c
 *	  Asking the suppression list; build.c makes it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "recipient/region.h"
#include "suppression/list.h"

static bool
keep_rule(void *arg, const wa_objection *objection)
{
	*(uint8 *) arg = objection->rule;
	return false;
}

/*
 * The number of this recipient's region, once it is known what an unknown
 * recipient from there may be sent.
 */
static int
settle_region(wa_suppression_list *list, const wa_canonical *recipient)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);
	int			n = region == NULL ? WA_REGIONS : (region[0] - 'A') * 26 + (region[1] - 'A');

	if (list->by_region[n] == WA_LIST_UNDECIDED)
		list->by_region[n] =
			wa_decide(wa_facts_of_unknown(list->cache, recipient), &list->question,
					  keep_rule, &list->region_rule[n]) ? WA_LIST_ALLOWED : WA_LIST_REFUSED;
	return n;
}

/* What may an unknown recipient from this one's region be sent? */
static wa_list_answer
ask_region(wa_suppression_list *list, const wa_canonical *recipient)
{
	return list->by_region[settle_region(list, recipient)];
}

/*
 * Is the answer the same for the numbers that begin with these digits,
 * whatever their region?
 */
static bool
settled(wa_suppression_list *list, const char *digits, wa_list_answer answer)
{
	size_t		next = 0;
	const char *exception;

	while ((exception = wa_region_exception(digits, WA_PREFIX_DIGITS, &next)) != NULL)
	{
		wa_canonical number;
		size_t		len = strlen(exception);

		number.len = 15;
		memset(number.text, '0', number.len);
		memcpy(number.text, exception, len);
		number.text[number.len] = '\0';
		if (ask_region(list, &number) != answer)
			return false;
	}
	return true;
}

static wa_list_answer
ask_unknown(wa_suppression_list *list, const wa_canonical *recipient)
{
	const char *c = recipient->text;
	uint8	   *known;
	wa_list_answer	answer;

	if (wa_is_bsuid(c))
		return ask_region(list, recipient);
	known = &list->by_prefix[wa_list_prefix(c)];
	if (*known == WA_LIST_REFUSED || *known == WA_LIST_ALLOWED)
		return *known;
	answer = ask_region(list, recipient);
	if (*known == WA_LIST_UNDECIDED)
		*known = settled(list, c, answer) ? answer : WA_LIST_LOOK_UP;
	return answer;
}

wa_list_answer
wa_list_ask(wa_suppression_list *list, const wa_canonical *recipient)
{
	if (wa_is_bsuid(recipient->text))
		return WA_LIST_LOOK_UP;
	return wa_list_ask_phone(list, wa_phone_number(recipient->text, recipient->len),
							 recipient->text, recipient->len);
}

wa_list_answer
wa_list_ask_unknown(wa_suppression_list *list, const char *digits, size_t len)
{
	wa_canonical recipient;

	memcpy(recipient.text, digits, len);
	recipient.text[len] = '\0';
	recipient.len = len;
	return ask_unknown(list, &recipient);
}

wa_rule
wa_list_rule(wa_suppression_list *list, const wa_canonical *recipient)
{
	const wa_phone_set *set = &list->set;
	wa_key		key = wa_key_of(recipient->text, recipient->len);
	wa_entry   *entry = set->entries == NULL ? NULL : wa_phone_set_find(set, key);
	uint8		bits = entry == NULL ? 0 : (uint8) *entry;
	wa_rule		rule;

	/* In the order of the rules. */
	if (bits & WA_LISTED_STOP)
		return WA_RULE_OPTED_OUT_WHATSAPP;
	if (bits & WA_LISTED_UNLESS)
		return WA_RULE_OPTED_OUT_BUSINESS;
	rule = list->region_rule[settle_region(list, recipient)];
	return (bits & WA_LISTED_COOLDOWN) && rule != WA_RULE_REGION ? WA_RULE_COOLDOWN : rule;
}
