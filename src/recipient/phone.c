/*-------------------------------------------------------------------------
 *
 * phone.c
 *	  From what people store as a phone number or a business-scoped user id
 *	  to the one canonical text of it.
 *
 * The canonical text is a fixed point: read again, it gives itself.  Phones
 * come out of fold_phone with 7 to 15 digits and in a shape that no folding
 * rule matches; BSUIDs are only stripped of blanks.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/phone.h"

#define PHONE_MIN_DIGITS	7
#define PHONE_MAX_DIGITS	15
#define BSUID_MAX_BODY		128

/*
 * Only ASCII means anything here, whatever the locale and the encoding: in
 * every server encoding a byte below 0x80 is that character.
 */
static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
is_alphanumeric(char c)
{
	return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z');
}

static inline bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
is_separator(char c)
{
	return is_blank(c) || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
}

/*
 * Do len bytes equal word, which is in lower case, in any case?
 */
static bool
equal_any_case(const char *bytes, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		char		c = bytes[i];

		if (is_upper(c))
			c += 'a' - 'A';
		if (c != word[i])
			return false;
	}
	return true;
}

/* If *start begins with prefix, step over it. */
static bool
skip_prefix(const char **start, const char *end, const char *prefix)
{
	size_t		len = strlen(prefix);

	if ((size_t) (end - *start) < len || !equal_any_case(*start, prefix, len))
		return false;
	*start += len;
	return true;
}

/* If the text before *end ends with suffix, cut it off. */
static bool
skip_suffix(const char *start, const char **end, const char *suffix)
{
	size_t		len = strlen(suffix);

	if ((size_t) (*end - start) < len || !equal_any_case(*end - len, suffix, len))
		return false;
	*end -= len;
	return true;
}

/*
 * WhatsApp's wa_id of some countries' mobiles differs from the dialled number
 * by one digit that comes and goes with the age of the account.  Both forms
 * become one here, or an opt-out would miss its owner.
 */
static void
fold_phone(wa_canonical *phone)
{
	char	   *digits = phone->text;

	if (phone->len == 13 &&
		(memcmp(digits, "521", 3) == 0 || memcmp(digits, "549", 3) == 0))
	{
		/* Mexico, Argentina: drop the mobile mark after the country code. */
		memmove(digits + 2, digits + 3, 10);
		phone->len = 12;
	}
	else if (phone->len == 12 && memcmp(digits, "55", 2) == 0 && digits[4] >= '6')
	{
		/* Brazil: a mobile (6 to 9 after the area code) gets its ninth digit. */
		memmove(digits + 5, digits + 4, 8);
		digits[4] = '9';
		phone->len = 13;
	}
}

/*
 * Read a phone number that has no blanks around it.
 */
static bool
read_phone(const char *start, const char *end, wa_canonical *result)
{
	int			ndigits = 0;

	if (!skip_prefix(&start, end, "whatsapp:"))
		(void) skip_prefix(&start, end, "tel:");
	if (!skip_suffix(start, &end, "@s.whatsapp.net"))
		(void) skip_suffix(start, &end, "@c.us");
	while (start < end && is_blank(*start))
		start++;
	if (!skip_prefix(&start, end, "+"))
		(void) skip_prefix(&start, end, "00");

	/*
	 * Separators belong between digits, but a parenthesis that opens before
	 * the first digit or closes after the last is as good.
	 */
	while (start < end && (is_blank(*start) || *start == '('))
		start++;
	while (start < end && (is_blank(end[-1]) || end[-1] == ')'))
		end--;
	if (start == end || !is_digit(*start) || *start == '0' || !is_digit(end[-1]))
		return false;

	for (; start < end; start++)
	{
		if (is_digit(*start))
		{
			if (ndigits == PHONE_MAX_DIGITS)
				return false;
			result->text[ndigits++] = *start;
		}
		else if (!is_separator(*start))
			return false;
	}
	if (ndigits < PHONE_MIN_DIGITS)
		return false;

	result->len = ndigits;
	fold_phone(result);
	result->text[result->len] = '\0';
	return true;
}

/*
 * Read a BSUID that has no blanks around it.
 */
static bool
read_bsuid(const char *start, const char *end, wa_canonical *result)
{
	size_t		len = end - start;
	const char *body = start + 3;

	if (len > WA_RECIPIENT_MAX || !is_upper(start[1]))
		return false;

	/* A body that begins with "ENT" but has no second dot is an ordinary one. */
	if (end - body >= 4 && memcmp(body, "ENT.", 4) == 0)
		body += 4;
	if (body == end || end - body > BSUID_MAX_BODY)
		return false;
	for (const char *c = body; c < end; c++)
	{
		if (!is_alphanumeric(*c))
			return false;
	}

	memcpy(result->text, start, len);
	result->text[len] = '\0';
	result->len = len;
	return true;
}

bool
wa_canonicalize(const char *input, size_t len, wa_canonical *result)
{
	const char *start = input;
	const char *end = input + len;

	while (start < end && is_blank(*start))
		start++;
	while (start < end && is_blank(end[-1]))
		end--;

	/* A dot in third place: no phone number, nor any prefix of one, has it. */
	if (end - start > 3 && start[2] == '.' && is_upper(start[0]))
		return read_bsuid(start, end, result);
	return read_phone(start, end, result);
}

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

	/* What fold_phone would look at is left to it. */
	if ((len == 13 && (memcmp(input, "521", 3) == 0 || memcmp(input, "549", 3) == 0)) ||
		(len == 12 && memcmp(input, "55", 2) == 0))
		return 0;
	return head * powers[rest] + tail;
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
