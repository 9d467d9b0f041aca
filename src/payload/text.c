/*-------------------------------------------------------------------------
 *
 * text.c
 *	  The text of a payload, before json-c sees it.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "mb/pg_wchar.h"

#include "payload/text.h"

/*
 * The length of the UTF-8 sequence at text, which has len > 0 bytes; 0 where
 * it is none.  json-c's own check lets overlong forms, surrogates and code
 * points past U+10FFFF pass.
 */
static size_t
text_utf8_length(const unsigned char *text, size_t len)
{
	size_t		length = (size_t) pg_utf_mblen(text);

	return length <= len && pg_utf8_islegal(text, (int) length) ? length : 0;
}

wa_str
wa_text_without_mark(const char *text, size_t len)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t		skip = len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;

	return wa_str_of(text + skip, len - skip);
}

bool
wa_text_scan(const char *text, size_t len, wa_text_counts *counts, size_t *end)
{
	const unsigned char *bytes = (const unsigned char *) text;
	size_t		i = 0;

	memset(counts, 0, sizeof(*counts));

	while (i < len)
	{
		unsigned char any = 0;
		unsigned char nopeners = 0;
		unsigned char ncommas = 0;
		unsigned char ncolons = 0;
		size_t		stop;

		/* a fixed number of rounds, which the compiler can do at once */
		if (len - i >= 32)
		{
			stop = i + 32;
			for (int j = 0; j < 32; j++)
			{
				any |= bytes[i + j];
				nopeners += (bytes[i + j] | 0x20) == '{';
				ncommas += bytes[i + j] == ',';
				ncolons += bytes[i + j] == ':';
			}
		}
		else
		{
			stop = len;
			for (size_t j = i; j < len; j++)
			{
				any |= bytes[j];
				nopeners += (bytes[j] | 0x20) == '{';
				ncommas += bytes[j] == ',';
				ncolons += bytes[j] == ':';
			}
		}
		counts->openers += nopeners;
		counts->commas += ncommas;
		counts->colons += ncolons;
		if (any < 0x80)
		{
			i = stop;
			continue;
		}
		/* the last sequence may end behind stop: then it holds no opener there */
		while (i < stop)
		{
			size_t		step = text_utf8_length(bytes + i, len - i);

			if (step == 0)
			{
				*end = i;
				return false;
			}
			i += step;
		}
	}
	*end = len;
	return true;
}

wa_text_structure
wa_text_measure(const char *text, size_t len)
{
	wa_text_structure found = {0, 0, 0};
	size_t		level = 0;
	bool		in_string = false;

	for (size_t i = 0; i < len; i++)
	{
		char		c = text[i];

		if (in_string)
		{
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		}
		else if (c == '"')
			in_string = true;
		else if (c == ':')
			found.members++;
		else if (c == '{' || c == '[')
		{
			found.containers++;
			level++;
			if (level > found.depth)
				found.depth = level;
		}
		else if ((c == '}' || c == ']') && level > 0)
			level--;
	}
	return found;
}

/* Append to out, or only count where it is NULL; the new number of bytes. */
static size_t
text_put_bytes(char *out, size_t used, const char *bytes, size_t len)
{
	if (out != NULL)
		memcpy(out + used, bytes, len);
	return used + len;
}

/* The same for one UTF-16 unit as an escape. */
static size_t
text_put_escape(char *out, size_t used, unsigned int unit)
{
	static const char digits[] = "0123456789abcdef";
	char		escape[6] = {'\\', 'u'};

	for (int i = 0; i < 4; i++)
		escape[2 + i] = digits[unit >> (12 - 4 * i) & 0xF];
	return text_put_bytes(out, used, escape, sizeof(escape));
}

size_t
wa_text_rewrite(const char *text, size_t len, char *out, bool *changed)
{
	const unsigned char *bytes = (const unsigned char *) text;
	size_t		used = 0;
	size_t		i = 0;
	bool		in_string = false;

	*changed = false;
	while (i < len)
	{
		size_t		start = i;
		bool		is_number = !in_string &&
			(text[i] == '-' || (text[i] >= '0' && text[i] <= '9'));

		if (in_string && (bytes[i] >= 0x80 || (bytes[i] < 0x20 && bytes[i] != 0)))
		{
			size_t		length = text_utf8_length(bytes + i, len - i);
			pg_wchar	value = utf8_to_unicode(bytes + i);

			if (value >= 0x10000)
			{
				used = text_put_escape(out, used, 0xD7C0 + (value >> 10));
				value = 0xDC00 | (value & 0x3FF);
			}
			used = text_put_escape(out, used, value);
			*changed = true;
			i += length;
			continue;
		}
		if (is_number)
		{
			bool		is_integer = true;

			for (i++; i < len && text[i] != '\0' && strchr("0123456789+-.eE", text[i]) != NULL; i++)
				is_integer = is_integer && text[i] >= '0' && text[i] <= '9';
			if (is_integer && i - start - (text[start] == '-') >= 19)
			{
				used = text_put_bytes(out, used, "\"", 1);
				used = text_put_bytes(out, used, text + start, i - start);
				used = text_put_bytes(out, used, "\"", 1);
				*changed = true;
				continue;
			}
		}
		else
		{
			if (text[i] == '"')
				in_string = !in_string;
			/* what an ASCII character after a backslash stands for is json-c's */
			else if (in_string && text[i] == '\\' && i + 1 < len && bytes[i + 1] < 0x80)
				i++;
			i++;
		}
		used = text_put_bytes(out, used, text + start, i - start);
	}
	return used;
}
