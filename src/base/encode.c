/*-------------------------------------------------------------------------
 *
 * encode.c
 *	  Conversion between the UTF-8 of payloads and the encoding of this database.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/encode.h"

static bool
is_ascii(wa_str s)
{
	for (size_t i = 0; i < s.len; i++)
	{
		if (IS_HIGHBIT_SET(s.data[i]))
			return false;
	}
	return true;
}

static void
append_escaped(StringInfo out, pg_wchar c)
{
	if (c > 0xFFFF)
		appendStringInfo(out, "\\u%04x\\u%04x",
						 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
	else
		appendStringInfo(out, "\\u%04x", c);
}

/* Room for what a piece of a text becomes. */
#define WA_PIECE	8192

/*
 * Append as much of the text as this encoding can write.  Returns how many bytes that were,
 * 0 where it cannot write the first character.
 */
static size_t
append_converted(StringInfo out, Oid proc, wa_str utf8)
{
	unsigned char piece[WA_PIECE];
	int			done;

	if (!OidIsValid(proc))
		return 0;
	done = pg_do_encoding_conversion_buf(proc, PG_UTF8, GetDatabaseEncoding(),
										 (unsigned char *) utf8.data,
										 (int) Min(utf8.len, WA_PIECE / MAX_CONVERSION_GROWTH),
										 piece, WA_PIECE, true);
	appendStringInfoString(out, (char *) piece);
	return done;
}

/* Append a character that no text of this database can hold.  Returns its length. */
static size_t
append_foreign(StringInfo out, wa_str utf8)
{
	const unsigned char *p = (const unsigned char *) utf8.data;
	int			step = pg_utf_mblen(p);

	if (step > utf8.len || !pg_utf8_islegal(p, step))
	{
		appendStringInfoChar(out, '?');
		return 1;
	}
	append_escaped(out, utf8_to_unicode(p));
	return step;
}

/* The length of the part in front that needs no change. */
static size_t
plain_prefix(wa_str utf8, bool bytes_are_text)
{
	size_t		i;

	for (i = 0; i < utf8.len; i++)
	{
		if (utf8.data[i] == '\0' || (!bytes_are_text && IS_HIGHBIT_SET(utf8.data[i])))
			break;
	}
	return i;
}

wa_str
wa_to_database(wa_str utf8)
{
	int			encoding = GetDatabaseEncoding();
	/* SQL_ASCII takes any bytes, and who reads them takes them for what they were */
	bool		bytes_are_text = encoding == PG_UTF8 || encoding == PG_SQL_ASCII;
	size_t		plain = plain_prefix(utf8, bytes_are_text);
	StringInfoData out;
	Oid			proc;

	if (plain == utf8.len)
		return wa_str_copy(utf8.data == NULL ? WA_STR("") : utf8);

	proc = bytes_are_text ? InvalidOid : FindDefaultConversionProc(PG_UTF8, encoding);
	initStringInfo(&out);
	for (size_t i = 0; i < utf8.len;)
	{
		wa_str		rest = {utf8.data + i, utf8.len - i};
		size_t		step = plain_prefix(rest, bytes_are_text);

		if (step > 0)
			appendBinaryStringInfo(&out, rest.data, step);
		else if ((step = append_converted(&out, proc, rest)) == 0)
			step = append_foreign(&out, rest);
		i += step;
	}
	return wa_str_of(out.data, out.len);
}

wa_str
wa_to_utf8(wa_str text)
{
	int			encoding = GetDatabaseEncoding();
	size_t		room = text.len * MAX_CONVERSION_GROWTH + 1;
	unsigned char *converted;
	Oid			proc;

	/* Of SQL_ASCII nobody knows what the bytes mean: they may be UTF-8. */
	if (text.len == 0 || encoding == PG_UTF8 || encoding == PG_SQL_ASCII ||
		is_ascii(text))
		return text;
	proc = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(proc) || text.len > INT_MAX / MAX_CONVERSION_GROWTH)
		return text;

	converted = palloc_extended(room, MCXT_ALLOC_HUGE);
	if (pg_do_encoding_conversion_buf(proc, encoding, PG_UTF8, (unsigned char *) text.data,
									  (int) text.len, converted, (int) room, true) != text.len)
		return text;
	return wa_str_of((char *) converted, strlen((char *) converted));
}

/*
 * The bytes that "\x" and hexadecimal digits stand for; data NULL where it is anything else.
 * hex_decode would raise an error.
 */
static wa_str
decode_hex(wa_str text)
{
	wa_str		bytes = {NULL, 0};
	char	   *out;

	if (text.len < 2 || text.len % 2 != 0 || text.data[0] != '\\' || text.data[1] != 'x')
		return bytes;
	out = palloc_extended(text.len / 2, MCXT_ALLOC_HUGE);
	for (size_t i = 2; i < text.len; i += 2)
	{
		int			high = wa_hex_value(text.data[i]);
		int			low = wa_hex_value(text.data[i + 1]);

		if (high < 0 || low < 0)
		{
			pfree(out);
			return bytes;
		}
		out[i / 2 - 1] = (char) (high << 4 | low);
	}
	bytes.data = out;
	bytes.len = text.len / 2 - 1;
	return bytes;
}

/* The byte that "\ooo" stands for; -1 where it is not there. */
static int
octal_value(const char *text, size_t len)
{
	if (len < 4 || text[0] != '\\' || text[1] < '0' || text[1] > '3' ||
		text[2] < '0' || text[2] > '7' || text[3] < '0' || text[3] > '7')
		return -1;
	return (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
}

/*
 * How many escapes of either kind the text has; false where it is not of this form.
 * Nearly all payloads have none, or an escape of JSON first.
 */
static bool
count_escapes(wa_str text, size_t *octal, size_t *doubled)
{
	*octal = *doubled = 0;
	for (size_t i = 0; i < text.len; i++)
	{
		const char *c = memchr(text.data + i, '\\', text.len - i);

		if (c == NULL)
			break;
		i = c - text.data;
		if (i + 1 < text.len && c[1] == '\\')
		{
			(*doubled)++;
			i++;
		}
		else if (octal_value(c, text.len - i) >= 0)
		{
			(*octal)++;
			i += 3;
		}
		else
			return false;
	}
	return (*octal > 0 || *doubled > 0) && is_ascii(text);
}

/* The bytes that a text of that form stands for. */
static wa_str
decode_escapes(wa_str text)
{
	char	   *out = palloc_extended(text.len, MCXT_ALLOC_HUGE);
	size_t		len = 0;

	for (size_t i = 0; i < text.len; i++)
	{
		int			octal = octal_value(text.data + i, text.len - i);

		out[len++] = octal >= 0 ? (char) octal : text.data[i];
		if (octal >= 0)
			i += 3;
		else if (text.data[i] == '\\')
			i++;
	}
	return wa_str_of(out, len);
}

wa_str
wa_kept_to_utf8(wa_str text)
{
	wa_str		bytes = decode_hex(text);
	size_t		octal;
	size_t		doubled;

	if (bytes.data != NULL)
		return bytes;
	if (count_escapes(text, &octal, &doubled) && octal > 0)
		return decode_escapes(text);
	return wa_to_utf8(text);
}

wa_str
wa_doubled_to_utf8(wa_str text)
{
	size_t		octal;
	size_t		doubled;

	if (!count_escapes(text, &octal, &doubled) || octal > 0)
		return (wa_str) {NULL, 0};
	return decode_escapes(text);
}

wa_str
wa_bytes_to_database(wa_str bytes)
{
	StringInfoData out;

	if (bytes.len == 0 || pg_verifymbstr(bytes.data, bytes.len, true))
		return wa_str_copy(bytes.data == NULL ? WA_STR("") : bytes);

	initStringInfo(&out);
	enlargeStringInfo(&out, 2 * bytes.len + 3);
	appendStringInfoString(&out, "\\x");
	out.len += hex_encode(bytes.data, bytes.len, out.data + out.len);
	out.data[out.len] = '\0';
	return wa_str_of(out.data, out.len);
}

wa_str
wa_str_copy(wa_str s)
{
	char	   *copy;

	if (s.data == NULL)
		return s;
	copy = palloc_extended(s.len + 1, MCXT_ALLOC_HUGE);
	memcpy(copy, s.data, s.len);
	copy[s.len] = '\0';
	return wa_str_of(copy, s.len);
}

Datum
wa_str_datum(wa_str s)
{
	return PointerGetDatum(cstring_to_text_with_len(s.len == 0 ? "" : s.data, s.len));
}
