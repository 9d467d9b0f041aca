/*-------------------------------------------------------------------------
 *
 * spelling.c
 *	  Characters that people, tables and programs write around the digits of a phone
 *	  number, or instead of ASCII characters.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/spelling.h"

#include "recipient/ascii.h"
#include "recipient/spelling_data.h"

static inline bool
is_quote(char c)
{
	return c == '\'' || c == '"' || c == '`';
}

/*
 * One kind of blank, dash, quote and digit.
 */

/*
 * The character of two or three bytes of UTF-8 at *bytes, and step over it.  0
 * where there is none; longer ones mean nothing in a phone number.
 */
static uint32
next_character(const unsigned char **bytes, const unsigned char *end)
{
	const unsigned char *c = *bytes;
	size_t		len = c[0] >= 0xC2 && c[0] <= 0xDF ? 2 : (c[0] & 0xF0) == 0xE0 ? 3 : 0;
	uint32		character;

	if (len == 0 || (size_t) (end - c) < len || (c[1] & 0xC0) != 0x80)
		return 0;
	*bytes += len;
	if (len == 2)
		return (uint32) (c[0] & 0x1F) << 6 | (c[1] & 0x3F);
	character = (uint32) (c[0] & 0x0F) << 12 | (uint32) (c[1] & 0x3F) << 6 | (c[2] & 0x3F);
	return (c[2] & 0xC0) == 0x80 && character >= 0x800 ? character : 0;
}

/*
 * What a character beyond ASCII stands for: *ascii, '\0' meaning nothing at
 * all.  Returns false where it stands for nothing that is read here.
 */
static bool
find_stand_in(uint32 character, char *ascii)
{
	if (character >= 0xFF01 && character <= 0xFF5E)
	{
		/* Full-width forms are in the order of ASCII. */
		*ascii = (char) (character - 0xFF01 + '!');
		return true;
	}
	for (size_t i = 0; i < lengthof(stand_ins) && stand_ins[i].first <= character; i++)
	{
		if (character <= stand_ins[i].last)
		{
			*ascii = stand_ins[i].ascii;
			return true;
		}
	}
	return false;
}

/*
 * Copy the input to text, which holds WA_SPELLING_MAX bytes, in ASCII and with
 * runs of blanks made one.  Returns the length, or -1 where it is not to be
 * read at all.
 */
static int
plain_text(const char *input, size_t len, char *text)
{
	const unsigned char *in = (const unsigned char *) input;
	const unsigned char *end = in + len;
	int			out = 0;

	while (in < end)
	{
		char		c = (char) *in;

		if (*in < 0x80)
			in++;
		else if (!find_stand_in(next_character(&in, end), &c))
			return -1;
		else if (c == '\0')
			continue;
		if (c >= '\t' && c <= '\r')
			c = ' ';
		if (c == ' ' && (out == 0 || text[out - 1] == ' '))
			continue;
		if (out == WA_SPELLING_MAX)
			return -1;
		text[out++] = c;
	}
	return out;
}

/*
 * What stands around the digits.
 */

/*
 * Do len bytes equal word, which is in lower case, in any case?
 */
static bool
equal_any_case(const char *bytes, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (to_upper(bytes[i]) != to_upper(word[i]))
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

/* Step over blanks and quotes. */
static void
skip_quotes(const char **start, const char *end)
{
	while (*start < end && (**start == ' ' || is_quote(**start)))
		(*start)++;
}

/* Step over a parenthesis that opens before the first digit. */
static void
skip_opening(const char **start, const char *end)
{
	while (*start < end && (**start == ' ' || **start == '('))
		(*start)++;
}

/*
 * Take off what a table, a file or a program has put around a value: blanks,
 * quotes, the rest of a list.
 */
static void
trim(const char **start, const char **end)
{
	skip_quotes(start, *end);
	while (*start < *end &&
		   ((*end)[-1] == ' ' || is_quote((*end)[-1]) || (*end)[-1] == ',' || (*end)[-1] == ';'))
		(*end)--;
}

/* Cut off a mark with digits behind it; returns whether there were such. */
static bool
skip_number(const char *start, const char **end, char mark)
{
	const char *digits = *end;

	while (digits > start && is_digit(digits[-1]))
		digits--;
	if (digits == start || digits == *end || digits[-1] != mark)
		return false;
	*end = digits - 1;
	return true;
}

/*
 * Cut off the server's name of WhatsApp's own ids, and with it the numbers of
 * the agent and the device (".1:12") that libraries for WhatsApp Web keep.
 */
static void
skip_server(const char *start, const char **end)
{
	if (!skip_suffix(start, end, "@s.whatsapp.net"))
	{
		(void) skip_suffix(start, end, "@c.us");
		return;
	}
	if (skip_number(start, end, ':'))
		(void) skip_number(start, end, '.');
}

/*
 * Cut off the ".0" of a number that a spreadsheet or a data frame took for a
 * float.  Returns false where nobody can tell it from digits of the number:
 * more zeros behind the only dot of plain digits, or ".0" behind another dot.
 */
static bool
skip_fraction(const char *start, const char **end)
{
	const char *dot = *end;
	const char *c = start;

	while (dot > start && dot[-1] == '0')
		dot--;
	if (dot == *end || dot == start || *--dot != '.')
		return true;

	if (*end - dot > 2)
	{
		while (c < dot && (is_digit(*c) || *c == '+'))
			c++;
		return c < dot;
	}
	*end = dot;
	return dot > start && is_digit(dot[-1]) && memchr(start, '.', dot - start) == NULL;
}

bool
wa_spelling_read(const char *input, size_t len, wa_spelling *spelling)
{
	int			plain_len = plain_text(input, len, spelling->text);

	if (plain_len < 0)
		return false;
	spelling->start = spelling->text;
	spelling->end = spelling->text + plain_len;
	trim(&spelling->start, &spelling->end);
	return true;
}

bool
wa_spelling_strip(wa_spelling *spelling)
{
	const char *start = spelling->start;
	const char *end = spelling->end;
	const char *last;

	if (start < end && is_letter(*start) && !skip_prefix(&start, end, "whatsapp:") &&
		!skip_prefix(&start, end, "tel:"))
		(void) skip_prefix(&start, end, "p:");
	skip_quotes(&start, end);
	if (start < end && is_letter(end[-1]))
		skip_server(start, &end);
	if (!skip_fraction(start, &end))
		return false;
	last = end;

	/*
	 * Separators belong between digits, but a parenthesis that opens before
	 * the first digit or closes after the last is as good.
	 */
	while (last > start && (last[-1] == ' ' || last[-1] == ')'))
		last--;
	skip_opening(&start, end);
	/* 0011 is how Australia dials abroad: no calling code begins with 11. */
	if (!skip_prefix(&start, end, "+") && skip_prefix(&start, end, "00") &&
		skip_prefix(&start, end, "11"))
		return false;
	skip_opening(&start, end);

	spelling->start = start;
	spelling->end = end;
	return start < last && is_digit(*start) && *start != '0' && is_digit(last[-1]);
}
