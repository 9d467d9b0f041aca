/*-------------------------------------------------------------------------
 *
 * filter.c
 *	  Asking a filter; filter_build.c makes it.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "common/hashfn.h"

#include "decision/filter.h"
#include "recipient/region.h"

static bool
keep_rule(void *arg, const wa_objection *objection)
{
	*(uint8 *) arg = objection->rule;
	return false;
}

/*
 * The number of this recipient's region, once it is known what a stranger from
 * there may be sent.
 */
static int
settle_region(wa_filter *filter, const wa_canonical *recipient)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);
	int			n = region == NULL ? WA_REGIONS : (region[0] - 'A') * 26 + (region[1] - 'A');

	if (filter->by_region[n] == WA_VERDICT_UNKNOWN)
		filter->by_region[n] =
			wa_decide(wa_facts_of_stranger(filter->library, recipient), &filter->question,
					  keep_rule, &filter->region_rule[n]) ? WA_ALLOWED : WA_REFUSED;
	return n;
}

/* What may a stranger from this recipient's region be sent? */
static wa_verdict
ask_region(wa_filter *filter, const wa_canonical *recipient)
{
	return filter->by_region[settle_region(filter, recipient)];
}

/*
 * Is the verdict the same for the numbers that begin with these digits,
 * whatever their region?
 */
static bool
settled(wa_filter *filter, const char *digits, wa_verdict verdict)
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
		if (ask_region(filter, &number) != verdict)
			return false;
	}
	return true;
}

static wa_verdict
ask_stranger(wa_filter *filter, const wa_canonical *recipient)
{
	const char *c = recipient->text;
	uint8	   *known;
	wa_verdict	verdict;

	if (wa_is_bsuid(c))
		return ask_region(filter, recipient);
	known = &filter->by_prefix[wa_filter_prefix(c)];
	if (*known == WA_REFUSED || *known == WA_ALLOWED)
		return *known;
	verdict = ask_region(filter, recipient);
	if (*known == WA_VERDICT_UNKNOWN)
		*known = settled(filter, c, verdict) ? verdict : WA_LOOK_UP;
	return verdict;
}

wa_verdict
wa_filter_ask(wa_filter *filter, const wa_canonical *recipient)
{
	wa_key		key = wa_key_of(recipient->text, recipient->len);
	wa_verdict	verdict;
	wa_entry   *entry;

	if (wa_key_is_bsuid(key) && !(filter->scope & WA_KNOWS_BSUIDS))
		return WA_LOOK_UP;
	if (!wa_phone_set_may_have(&filter->set, wa_key_hash(key)))
		return ask_stranger(filter, recipient);
	if (filter->set.entries == NULL)
		return WA_LOOK_UP;
	entry = wa_phone_set_find(&filter->set, key);
	if (entry == NULL)
		return ask_stranger(filter, recipient);

	if (wa_is_bsuid(recipient->text) &&
		(filter->checks == NULL || filter->checks[entry - filter->set.entries] !=
		 wa_filter_check(filter, recipient->text, recipient->len)))
		return WA_LOOK_UP;
	verdict = wa_filter_judge((uint8) *entry);
	return verdict != WA_VERDICT_UNKNOWN ? verdict : ask_stranger(filter, recipient);
}

/* Why not, as far as his region alone is concerned? */
static wa_rule
ask_region_rule(wa_filter *filter, const wa_canonical *recipient)
{
	return filter->region_rule[settle_region(filter, recipient)];
}

bool
wa_filter_objection(wa_filter *filter, const wa_canonical *recipient, wa_rule *rule)
{
	wa_key		key = wa_key_of(recipient->text, recipient->len);
	wa_entry   *entry = NULL;
	uint8		bits;

	if (filter->set.entries != NULL && wa_phone_set_may_have(&filter->set, wa_key_hash(key)))
		entry = wa_phone_set_find(&filter->set, key);
	bits = entry == NULL ? 0 : (uint8) *entry;

	/*
	 * In the order of the rules.  WhatsApp's stop comes first, whatever is known
	 * of other identifiers; any other objection may have one of theirs before it.
	 */
	if (bits & WA_LISTED_STOP)
		*rule = WA_RULE_OPTED_OUT_WHATSAPP;
	else if (bits & WA_LISTED_LINKED)
		return false;
	else if (bits & WA_LISTED_UNLESS)
	{
		*rule = WA_RULE_OPTED_OUT_BUSINESS;
		return !(bits & WA_LISTED_RESUMED_ALL);
	}
	else
	{
		*rule = ask_region_rule(filter, recipient);
		if ((bits & WA_LISTED_COOLDOWN) && *rule != WA_RULE_REGION)
			*rule = WA_RULE_COOLDOWN;
	}
	return true;
}

wa_check
wa_filter_check(const wa_filter *filter, const char *bsuid, size_t len)
{
	return hash_bytes_extended((const unsigned char *) bsuid, len, filter->seed) | 1;
}

uint64
wa_filter_undecided(const wa_filter *filter)
{
	const wa_phone_set *set = &filter->set;
	uint64		n = 0;

	for (uint64 i = 0; set->entries != NULL && i < set->nentries; i++)
	{
		if (set->entries[i] != 0 && wa_filter_judge((uint8) set->entries[i]) == WA_LOOK_UP)
			n++;
	}
	return n;
}

wa_verdict
wa_filter_ask_stranger(wa_filter *filter, const char *digits, size_t len)
{
	wa_canonical recipient;

	memcpy(recipient.text, digits, len);
	recipient.text[len] = '\0';
	recipient.len = len;
	return ask_stranger(filter, &recipient);
}
