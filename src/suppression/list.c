/*-------------------------------------------------------------------------
 *
 * list.c
 *	  Searching the suppression list; build.c makes it.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"

#include "recipient/region.h"
#include "recipient/time_zones.h"
#include "suppression/list.h"

static int
region_number(const wa_canonical *recipient)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);

	return region == NULL ? WA_REGIONS : (region[0] - 'A') * 26 + (region[1] - 'A');
}

/*
 * What an unknown recipient from there may be sent.  Where an opt-in is required, of whom
 * there is none has been refused before.
 */
static wa_list_answer
decide_unknown(wa_suppression_list *list, const wa_canonical *recipient, uint8 *rule)
{
	wa_facts   *facts = wa_facts_of_unknown(list->cache, recipient);

	if (list->needs_opt_in)
		facts->opt_in_required = false;
	*rule = wa_first_rule(facts, &list->question);
	return *rule == WA_NO_RULE ? WA_LIST_ALLOWED : WA_LIST_REFUSED;
}

/* By region. */
static wa_list_answer
settle_region(wa_suppression_list *list, const wa_canonical *recipient, uint8 *rule)
{
	int			n = region_number(recipient);

	if (list->by_region[n] == WA_LIST_UNDECIDED)
		list->by_region[n] = decide_unknown(list, recipient, &list->region_rule[n]);
	*rule = list->region_rule[n];
	return list->by_region[n];
}

/* By region and zones. */
static wa_list_answer
settle_place(wa_suppression_list *list, const wa_canonical *recipient, uint8 *rule)
{
	int			region = region_number(recipient);
	const char *zones = wa_time_zones_of(recipient->text, recipient->len);
	uint32		hash = murmurhash32((uint32) ((uintptr_t) zones >> 2) ^ (uint32) region << 16);
	wa_place   *place = &list->places[hash % WA_PLACES];

	while (place->answer != WA_LIST_UNDECIDED &&
		   (place->zones != zones || place->region != region))
		place = place == &list->places[WA_PLACES - 1] ? list->places : place + 1;
	if (place->answer == WA_LIST_UNDECIDED)
	{
		wa_list_answer answer = decide_unknown(list, recipient, &place->rule);

		place->zones = zones;
		place->region = region;
		place->answer = answer;
	}
	*rule = place->rule;
	return place->answer;
}

/*
 * What may an unknown recipient that may be where this one is be sent, and which rule
 * objects first?
 */
static wa_list_answer
settle(wa_suppression_list *list, const wa_canonical *recipient, uint8 *rule)
{
	return list->places != NULL ? settle_place(list, recipient, rule) :
		settle_region(list, recipient, rule);
}

static wa_list_answer
ask_place(wa_suppression_list *list, const wa_canonical *recipient)
{
	uint8		rule;

	return settle(list, recipient, &rule);
}

/*
 * The answer for all numbers that begin with the same digits as this one, whatever their region and
 * their zones; LOOK_UP where they differ, UNDECIDED where this one tells nothing of the others.
 */
static wa_list_answer
settle_prefix(wa_suppression_list *list, const wa_canonical *phone, wa_list_answer answer)
{
	const char *digits = phone->text;
	size_t		next = 0;
	const char *exception;
	wa_list_answer of_all = answer;

	if (list->places != NULL)
		return wa_time_zones_uniform(digits, WA_PREFIX_DIGITS) ? answer : WA_LIST_LOOK_UP;
	while ((exception = wa_region_exception(digits, WA_PREFIX_DIGITS, &next)) != NULL)
	{
		wa_canonical number;
		size_t		len = strlen(exception);

		if (strncmp(digits, exception, len) == 0)
			return WA_LIST_UNDECIDED;
		number.len = 15;
		memset(number.text, '0', number.len);
		memcpy(number.text, exception, len);
		number.text[number.len] = '\0';
		if (ask_place(list, &number) != answer)
			of_all = WA_LIST_LOOK_UP;
	}
	return of_all;
}

static wa_list_answer
ask_unknown(wa_suppression_list *list, const wa_canonical *recipient)
{
	const char *c = recipient->text;
	uint8	   *known;
	wa_list_answer answer;

	if (wa_is_bsuid(c))
		return ask_place(list, recipient);
	known = &list->by_prefix[wa_list_prefix(c)];
	if (*known == WA_LIST_REFUSED || *known == WA_LIST_ALLOWED)
		return *known;
	answer = ask_place(list, recipient);
	if (*known == WA_LIST_UNDECIDED)
		*known = settle_prefix(list, recipient, answer);
	return answer;
}

/* What the rows about a BSUID or parent, or about those linked with it, say. */
static wa_list_answer
answer_of_user_id(const wa_suppression_list *list, wa_str id)
{
	const wa_phone_set *set = &list->user_ids;
	uint64		hash = wa_user_id_hash(list->set.seed, id);
	wa_key		key = wa_user_id_key(hash);
	const wa_entry *entry = NULL;

	if (wa_phone_set_may_have(set, wa_phone_set_hash(set, key)))
		entry = wa_phone_set_find(set, key);
	if (entry == NULL)
		return WA_LIST_UNDECIDED;
	return wa_entry_bits(*entry) == wa_user_id_tag(hash) ? WA_LIST_REFUSED : WA_LIST_LOOK_UP;
}

/* A BSUID or parent. */
static wa_list_answer
ask_user_id(wa_suppression_list *list, const wa_canonical *recipient)
{
	wa_str		id = wa_canonical_str(recipient);
	wa_list_answer answer;

	if (!list->has_user_ids)
		return WA_LIST_LOOK_UP;
	answer = answer_of_user_id(list, id);
	if (answer != WA_LIST_UNDECIDED)
		return answer;
	if (list->has_erased && wa_list_may_be_erased(list, wa_erased_bucket(&list->cache->erasure, id)))
		return WA_LIST_LOOK_UP;
	return list->needs_opt_in ? WA_LIST_REFUSED : ask_unknown(list, recipient);
}

wa_list_answer
wa_list_ask(wa_suppression_list *list, const wa_canonical *recipient)
{
	if (wa_is_bsuid(recipient->text))
		return ask_user_id(list, recipient);
	return wa_list_ask_phone(list, wa_phone_number(recipient->text, recipient->len),
							 recipient->text, recipient->len);
}

wa_list_answer
wa_list_ask_unknown(wa_suppression_list *list, wa_str digits)
{
	wa_canonical recipient;

	if (!wa_canonical_from_str(digits, &recipient))
		return WA_LIST_LOOK_UP;
	return ask_unknown(list, &recipient);
}

/* The rule by which the bits of an entry object first; WA_RULES: none. */
static int
rule_of_bits(const wa_suppression_list *list, uint16 bits)
{
	if (bits & WA_LISTED_STOP)
		return WA_RULE_OPTED_OUT_WHATSAPP;
	if ((bits & WA_LISTED_UNLESS) && !(bits & WA_LISTED_RESUMED_ALL))
		return WA_RULE_OPTED_OUT_BUSINESS;
	if (bits & WA_LISTED_COOLDOWN)
		return WA_RULE_COOLDOWN;
	if (bits & (WA_LISTED_CAP | WA_LISTED_CAP_UNLESS))
		return WA_RULE_FREQUENCY_CAP;
	return list->needs_opt_in && !(bits & WA_LISTED_OPTED_IN) ? WA_RULE_NO_OPT_IN : WA_RULES;
}

static uint16
bits_of_phone(const wa_suppression_list *list, const wa_canonical *phone)
{
	const wa_entry *entry = list->set.entries == NULL ? NULL :
		wa_phone_set_find(&list->set, wa_key_of(phone->text, phone->len));

	return entry == NULL ? 0 : wa_entry_bits(*entry);
}

bool
wa_list_inherits(const wa_suppression_list *list, const wa_canonical *phone)
{
	return (bits_of_phone(list, phone) & WA_LISTED_INHERITED) != 0;
}

/* The rule by which the rows about a recipient that is refused object first. */
static int
rule_of_rows(const wa_suppression_list *list, const wa_canonical *recipient)
{
	uint16		bits = 0;

	if (wa_is_bsuid(recipient->text))
	{
		/* A list that tells reasons refuses BSUIDs by no other rule; see user_ids.c. */
		if (list->has_user_ids &&
			answer_of_user_id(list, wa_canonical_str(recipient)) == WA_LIST_REFUSED)
			return WA_RULE_OPTED_OUT_WHATSAPP;
	}
	else
		bits = bits_of_phone(list, recipient);
	return rule_of_bits(list, bits);
}

wa_rule
wa_list_rule(wa_suppression_list *list, const wa_canonical *recipient)
{
	int			rule = rule_of_rows(list, recipient);
	uint8		of_place;

	/* The one that comes first of what the rows and what the place say. */
	if (settle(list, recipient, &of_place) == WA_LIST_REFUSED)
		rule = Min(rule, of_place);
	return rule;
}

wa_rule
wa_list_rule_plain(wa_suppression_list *list, wa_str digits)
{
	wa_canonical recipient;

	if (!wa_canonical_from_str(digits, &recipient))
		return WA_RULE_INVALID_RECIPIENT;
	return wa_list_rule(list, &recipient);
}

bool
wa_list_refuses_place(wa_suppression_list *list, const wa_canonical *recipient, wa_rule *rule)
{
	uint8		of_place;

	if (settle(list, recipient, &of_place) != WA_LIST_REFUSED ||
		(of_place != WA_RULE_REGION && of_place != WA_RULE_SENDER_HOLD &&
		 of_place != WA_RULE_QUIET_HOURS))
		return false;
	*rule = of_place;
	return true;
}
