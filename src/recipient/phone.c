/*-------------------------------------------------------------------------
 *
 * phone.c
 *	  Conversion of phone numbers and business-scoped user ids to their canonical
 *	  text.
 *
 * spelling.c removes what is written around the digits, gather_digits collects the digits,
 * and fold_phone removes what people write between a calling code and the number.
 *
 * Canonicalizing a canonical text does not change it: phones come out of fold_phone with 7
 * to 15 digits and in a form that no folding rule matches; BSUIDs have an upper-case
 * country.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/phone.h"

#include "recipient/ascii.h"
#include "recipient/phone_data.h"
#include "recipient/spelling.h"

#define PHONE_MIN_DIGITS	7
#define PHONE_MAX_DIGITS	15
/*
 * With a national prefix before it and 15 inside.  What is so long must fold to
 * an ordinary length, or it was no phone number: a user id without its country.
 */
#define PHONE_MAX_WRITTEN	16
#define PHONE_MAX_FOLDED	13
#define BSUID_MAX_BODY		128

static inline bool
is_separator(char c)
{
	return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/' || c == '\'';
}

/*
 * From a spelling to digits
 */

/* The length of the calling code that the digits begin with; 0 where there is none. */
static int
calling_code(const char *digits, int ndigits, uint8 *rules)
{
	int			index = (digits[0] - '0') * 100;

	if (ndigits > 1)
		index += (digits[1] - '0') * 10;
	if (ndigits > 2)
		index += digits[2] - '0';
	*rules = calling_codes[index];
	return *rules & CODE_LENGTH;
}

/*
 * The length of a "(0)" at start, blanks inside included; 0 where there is none.
 */
static size_t
bracketed_zero(const char *start, const char *end)
{
	const char *c = start;

	if (*c++ != '(')
		return 0;
	while (c < end && *c == ' ')
		c++;
	if (c == end || *c++ != '0')
		return 0;
	while (c < end && *c == ' ')
		c++;
	return c < end && *c == ')' ? c + 1 - start : 0;
}

/*
 * Gather the digits; *bracketed says whether a "(0)" stood behind the calling
 * code.  Anywhere else it may mean anything.
 */
static bool
gather_digits(const char *start, const char *end, wa_canonical *phone, bool *bracketed)
{
	int			ndigits = 0;

	*bracketed = false;
	for (; start < end; start++)
	{
		size_t		zero;
		uint8		rules;

		if (is_digit(*start))
		{
			if (ndigits == PHONE_MAX_WRITTEN)
				return false;
			phone->text[ndigits++] = *start;
		}
		else if ((zero = bracketed_zero(start, end)) > 0)
		{
			if (ndigits == 0 || calling_code(phone->text, ndigits, &rules) != ndigits)
				return false;
			*bracketed = true;
			start += zero - 1;
		}
		else if (!is_separator(*start))
			return false;
	}
	phone->len = ndigits;
	return ndigits >= PHONE_MIN_DIGITS;
}

/*
 * Folding
 */

static void
remove_digits(wa_canonical *phone, int at, int count)
{
	memmove(phone->text + at, phone->text + at + count, phone->len - at - count);
	phone->len -= count;
}

/* Does the phone begin with these digits?  '?' stands for any. */
static bool
begins_with(const wa_canonical *phone, int at, const char *digits)
{
	for (; *digits != '\0'; digits++, at++)
	{
		if (at == phone->len || (*digits != '?' && phone->text[at] != *digits))
			return false;
	}
	return true;
}

/* The same with one of several, which have blanks between them. */
static bool
begins_with_any(const wa_canonical *phone, int at, const char *heads)
{
	bool		matches = true;

	for (int i = at;; heads++)
	{
		if (*heads != ' ' && *heads != '\0')
			matches = matches && i < phone->len && phone->text[i++] == *heads;
		else if (matches || *heads == '\0')
			return matches;
		else
		{
			matches = true;
			i = at;
		}
	}
}

static const zero_plan *
find_zero_plan(const wa_canonical *phone)
{
	for (size_t i = 0; i < lengthof(zero_plans); i++)
	{
		if (begins_with(phone, 0, zero_plans[i].code))
			return &zero_plans[i];
	}
	return NULL;
}

/*
 * A "(0)" was left out behind the calling code.  Put it in again where national
 * numbers begin with 0 and this one does.  Returns false where both readings
 * would do, or neither.
 */
static bool
place_bracketed_zero(wa_canonical *phone)
{
	const zero_plan *plan = find_zero_plan(phone);
	int			at = plan != NULL ? strlen(plan->code) : 0;
	int			rest = phone->len - at;
	bool		foreign;
	bool		own;

	if (plan == NULL || phone->text[at] == '0')
		return true;
	foreign = rest >= plan->bare_min && rest <= plan->bare_max &&
		begins_with_any(phone, at, plan->bare_heads);
	own = rest + 1 >= plan->zero_min && rest + 1 <= plan->zero_max &&
		begins_with(phone, at, plan->zero_head + 1);
	if (foreign == own)
		return false;
	if (own)
	{
		memmove(phone->text + at + 1, phone->text + at, rest);
		phone->text[at] = '0';
		phone->len++;
	}
	return true;
}

/*
 * Drop the prefix of national calls behind the calling code.
 */
static bool
drop_national_prefix(wa_canonical *phone)
{
	for (size_t i = 0; i < lengthof(national_prefixes); i++)
	{
		const national_prefix *rule = &national_prefixes[i];
		int			at = strlen(rule->code);
		int			len = strlen(rule->prefix);
		int			rest = phone->len - at - len;

		if (rest >= rule->min && rest <= rule->max &&
			begins_with(phone, 0, rule->code) && begins_with(phone, at, rule->prefix))
		{
			remove_digits(phone, at, len);
			return true;
		}
	}
	return false;
}

/*
 * Drop a 0 behind the code of a country whose national numbers have none there.
 */
static bool
drop_zero(wa_canonical *phone)
{
	uint8		rules;
	int			at = calling_code(phone->text, phone->len, &rules);
	const zero_plan *plan;

	if (at == 0 || at == phone->len || phone->text[at] != '0')
		return false;
	plan = find_zero_plan(phone);
	if (plan != NULL && phone->len - at <= plan->zero_always)
		return false;
	remove_digits(phone, at, 1);
	return true;
}

/*
 * Where "15" stands behind an Argentine area code: 11, or three or four digits
 * of which the first is 2 or 3.  0 where it does not.  There is no doubt: after
 * three digits the two that follow cannot be 15 both at once and one later.
 */
static int
find_argentine_15(const wa_canonical *phone, int at)
{
	if (begins_with(phone, at, "1115"))
		return at + 2;
	if (phone->text[at] != '2' && phone->text[at] != '3')
		return 0;
	if (begins_with(phone, at + 3, "15"))
		return at + 3;
	return begins_with(phone, at + 4, "15") ? at + 4 : 0;
}

/*
 * Argentina's mobiles: 15 behind the area code inside the country, 9 before it
 * from abroad, sometimes both, and a 0 between the 9 and the area code.
 */
static bool
drop_argentine_marks(wa_canonical *phone)
{
	int			area_at = begins_with(phone, 2, "9") ? 3 : 2;
	int			mark;

	if (!begins_with(phone, 0, "54"))
		return false;
	if (area_at == 3 && (phone->len == 13 || (phone->len > 13 && phone->text[3] == '0')))
	{
		remove_digits(phone, phone->len == 13 ? 2 : 3, 1);
		return true;
	}
	if (phone->len != area_at + 12)
		return false;
	mark = find_argentine_15(phone, area_at);
	if (mark == 0)
		return false;
	remove_digits(phone, mark, 2);
	return true;
}

/*
 * Drop a digit, or a few, that does not belong to the number.
 */
static bool
shorten(wa_canonical *phone)
{
	if (drop_national_prefix(phone) || drop_zero(phone) || drop_argentine_marks(phone))
		return true;

	/* Mexico: the mobile mark behind the country code. */
	if (phone->len == 13 && begins_with(phone, 0, "521"))
	{
		remove_digits(phone, 2, 1);
		return true;
	}
	return false;
}

/*
 * Might fold_phone change these digits, of which there are 7 to 15?  A look into
 * one table of a kilobyte: the first digit is no 0, so that where there is no
 * code there is no 0 either.
 */
static inline bool
may_fold(const char *digits, size_t len)
{
	uint8		rules = calling_codes[(digits[0] - '0') * 100 + (digits[1] - '0') * 10 +
									  (digits[2] - '0')];

	return (digits[rules & CODE_LENGTH] == '0' && (rules & ZERO_STAYS) == 0) ||
		(unusual_lengths[rules >> LONG_SHIFT] >> len & 1) != 0;
}

/*
 * WhatsApp's wa_id of some countries' mobiles differs from the dialled number
 * by one digit that comes and goes with the age of the account, and people
 * write what they dial at home behind a country code.  All forms become one
 * here, or an opt-out would miss its owner.
 */
static void
fold_phone(wa_canonical *phone)
{
	if (phone->len <= PHONE_MAX_DIGITS && !may_fold(phone->text, phone->len))
		return;
	while (shorten(phone))
		;
	if (phone->len == 12 && begins_with(phone, 0, "55") && phone->text[4] >= '6')
	{
		/* Brazil: a mobile (6 to 9 after the area code) gets its ninth digit. */
		memmove(phone->text + 5, phone->text + 4, 8);
		phone->text[4] = '9';
		phone->len = 13;
	}
}

static bool
read_phone(wa_spelling *spelling, wa_canonical *result)
{
	int			longest = PHONE_MAX_DIGITS;
	bool		bracketed;

	if (!wa_spelling_strip(spelling) ||
		!gather_digits(spelling->start, spelling->end, result, &bracketed) ||
		(bracketed && !place_bracketed_zero(result)))
		return false;
	if (result->len > PHONE_MAX_DIGITS)
		longest = PHONE_MAX_FOLDED;
	fold_phone(result);
	result->text[result->len] = '\0';
	return result->len >= PHONE_MIN_DIGITS && result->len <= longest;
}

/* A dot in third place: no phone number, nor any prefix of one, has it. */
static bool
looks_like_bsuid(const wa_spelling *spelling)
{
	const char *start = spelling->start;

	return spelling->end - start > 3 && start[2] == '.' && is_letter(start[0]) && is_letter(start[1]);
}

static bool
read_bsuid(const wa_spelling *spelling, wa_canonical *result)
{
	const char *start = spelling->start;
	const char *end = spelling->end;
	const char *body = start + 3;
	size_t		len = end - start;

	if (len > WA_RECIPIENT_MAX)
		return false;

	/* A body that begins with "ENT" but has no second dot is an ordinary one. */
	if (end - body >= 4 && memcmp(body, "ENT.", 4) == 0)
		body += 4;
	if (body == end || end - body > BSUID_MAX_BODY)
		return false;
	for (const char *c = body; c < end; c++)
	{
		if (!is_digit(*c) && !is_letter(*c) && *c != '-' && *c != '_')
			return false;
	}

	memcpy(result->text, start, len);
	result->text[0] = to_upper(start[0]);
	result->text[1] = to_upper(start[1]);
	result->text[len] = '\0';
	result->len = len;
	return true;
}

bool
wa_canonicalize(const char *input, size_t len, wa_canonical *result)
{
	wa_spelling spelling;

	if (!wa_spelling_read(input, len, &spelling))
		return false;
	return looks_like_bsuid(&spelling) ? read_bsuid(&spelling, result) :
		read_phone(&spelling, result);
}

/*
 * The short cut
 */

/*
 * Eight bytes as a number whose lowest byte is the first of them.
 */
static inline uint64
load_eight(const char *bytes)
{
	uint64		word = 0;

	memcpy(&word, bytes, sizeof(word));
#ifdef WORDS_BIGENDIAN
	word = __builtin_bswap64(word);
#endif
	return word;
}

/*
 * The value of eight decimal digits, the first in the lowest byte; -1 where
 * one of them is no digit.
 */
static inline int64
eight_digits(uint64 word)
{
	const uint64 ones = UINT64CONST(0x0101010101010101);

	/* 0x30 to 0x39: the upper half is 3, and still is after adding 6. */
	if (((word & (0xF0 * ones)) | (((word + 0x06 * ones) & (0xF0 * ones)) >> 4)) != 0x33 * ones)
		return -1;

	/* Pairs of digits, then fours, then all eight, side by side in one word. */
	word -= '0' * ones;
	word = word * 10 + (word >> 8);
	return (((word & UINT64CONST(0x000000FF000000FF)) * UINT64CONST(0x000F424000000064)) +
			(((word >> 16) & UINT64CONST(0x000000FF000000FF)) *
			 UINT64CONST(0x0000271000000001))) >> 32;
}

int64
wa_phone_plain(const char *input, size_t len)
{
	static const int64 powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
	const uint64 zeros = UINT64CONST(0x3030303030303030);
	size_t		rest;
	int64		head;
	int64		tail = 0;

	if (len > 0 && input[0] == '+')
	{
		input++;
		len--;
	}
	/* Shorter ones are rare, and have no eight bytes to load. */
	if (len < 8 || len > PHONE_MAX_DIGITS || input[0] == '0')
		return 0;

	rest = len - 8;
	head = eight_digits(load_eight(input));
	if (rest > 0)
	{
		/* The last eight bytes; those that head has seen become zeros. */
		uint64		seen = ~UINT64CONST(0) >> (8 * rest);

		tail = eight_digits((load_eight(input + rest) & ~seen) | (zeros & seen));
	}
	if (head < 0 || tail < 0)
		return 0;

	/* What fold_phone might change is left to it. */
	if (may_fold(input, len))
		return 0;
	return head * powers[rest] + tail;
}

wa_id_kind
wa_id_kind_of(const wa_canonical *id)
{
	if (!wa_is_bsuid(id->text))
		return WA_ID_PHONE;
	return id->len > 7 && memcmp(id->text + 2, ".ENT.", 5) == 0 ? WA_ID_PARENT : WA_ID_USER;
}

int64
wa_phone_number(const char *text, size_t len)
{
	int64		number = 0;

	if (len == 0 || wa_is_bsuid(text))
		return 0;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (text[i] - '0');
	return number;
}
