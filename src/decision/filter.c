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

/* What may a stranger from this recipient's region be sent? */
static wa_verdict
ask_region(wa_filter *filter, const wa_canonical *recipient)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);
	int			n = region == NULL ? WA_REGIONS : (region[0] - 'A') * 26 + (region[1] - 'A');

	if (filter->by_region[n] == WA_VERDICT_UNKNOWN)
		filter->by_region[n] =
			wa_decide(wa_facts_of_stranger(filter->library, recipient),
					  &filter->question, NULL, NULL) ? WA_ALLOWED : WA_REFUSED;
	return filter->by_region[n];
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
