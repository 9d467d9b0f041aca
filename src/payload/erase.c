/*-------------------------------------------------------------------------
 *
 * erase.c
 *	  Removing one person from a stored payload.
 *
 *-------------------------------------------------------------------------
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif
#include "payload/payload_internal.h"

#include "payload/erase.h"
#include "payload/text.h"
#include "recipient/ascii.h"

/* What is folded stands before so many digits at the end of a phone. */
#define LAST_DIGITS		4
#define ENDINGS			10000

/* There may be very many, and very many texts are searched: so each place is looked up. */
struct wa_names
{
	bool		ends[ENDINGS];	/* does a phone end in these digits? */
	int			n;
	wa_canonical ids[FLEXIBLE_ARRAY_MEMBER];	/* in order */
};

/* JSON in a string in JSON: queues wrap so, and no deeper than this. */
#define MAX_WRAPPING	4

/*
 * Spellings.
 */

/* The number of which these are the digits. */
static int
ending(const char *digits)
{
	int			number = 0;

	for (int i = 0; i < LAST_DIGITS; i++)
		number = 10 * number + (digits[i] - '0');
	return number;
}

wa_names *
wa_names_make(const wa_canonical *ids, int n)
{
	wa_names   *names = malloc(offsetof(wa_names, ids) + (size_t) Max(1, n) * sizeof(wa_canonical));

	if (names == NULL)
		return NULL;
	names->n = n;
	memset(names->ends, 0, sizeof(names->ends));
	if (n > 0)
	{
		memcpy(names->ids, ids, (size_t) n * sizeof(wa_canonical));
		qsort(names->ids, n, sizeof(wa_canonical), wa_canonical_order);
	}
	for (int i = 0; i < n; i++)
	{
		if (!wa_is_bsuid(ids[i].text))
			names->ends[ending(ids[i].text + ids[i].len - LAST_DIGITS)] = true;
	}
	return names;
}

static bool
is_name(const wa_names *names, const wa_canonical *id)
{
	return bsearch(id, names->ids, names->n, sizeof(wa_canonical), wa_canonical_order) != NULL;
}

void
wa_names_free(wa_names *names)
{
	free(names);
}

/*
 * What people put between the digits of a number; all beyond ASCII counts as such, and so do JSON's short
 * escapes (\/, \n), which may be escaped themselves.
 */
static bool
is_separator(unsigned char before, unsigned char c)
{
	return c >= 0x80 ||
		(c != 0 && (strchr(" \t\n\v\f\r-.()/+'\\", c) != NULL || (before == '\\' && strchr("fnrt", c) != NULL)));
}

/* The last digits that were read, whatever stood between them. */
typedef struct wa_run
{
	size_t		len;
	char		digits[64];
	bool		begins[64];		/* did no digit stand directly before it? */
	bool		bracketed[64];	/* is it the 0 of "(0)"? */
} wa_run;

/* No phone is written with fewer digits, or more. */
#define FEWEST_DIGITS	7
#define MOST_DIGITS		17

/* Is it one of the phones what stands there from this place of the run on? */
static bool
run_is_name(const wa_names *names, const wa_run *run, size_t start, bool with_brackets)
{
	char		text[3 * MOST_DIGITS];
	size_t		len = 0;
	wa_canonical read;

	for (size_t i = start; i < run->len; i++)
	{
		bool		bracketed = with_brackets && run->bracketed[i];

		if (bracketed)
			text[len++] = '(';
		text[len++] = run->digits[i];
		if (bracketed)
			text[len++] = ')';
	}
	return wa_canonicalize(text, len, &read) && is_name(names, &read);
}

/*
 * Is the end of the run one of the phones, in whatever way it is written?  It must begin where digits
 * begin, or behind zeros: a longer number that ends in the same digits is another's.
 */
static bool
run_ends_with_name(const wa_names *names, const wa_run *run)
{
	/* That is quicker to tell. */
	if (!names->ends[ending(run->digits + run->len - LAST_DIGITS)])
		return false;
	for (size_t n = FEWEST_DIGITS; n <= Min(MOST_DIGITS, run->len); n++)
	{
		size_t		start = run->len - n;

		if ((run->begins[start] || (start > 0 && run->digits[start - 1] == '0')) &&
			(run_is_name(names, run, start, true) || run_is_name(names, run, start, false)))
			return true;
	}
	return false;
}

static void
run_add(wa_run *run, char digit, bool begins, bool bracketed)
{
	const size_t half = lengthof(run->digits) / 2;

	if (run->len == lengthof(run->digits))
	{
		memmove(run->digits, run->digits + half, half);
		memmove(run->begins, run->begins + half, half * sizeof(bool));
		memmove(run->bracketed, run->bracketed + half, half * sizeof(bool));
		run->len = half;
	}
	run->begins[run->len] = begins;
	run->bracketed[run->len] = bracketed;
	run->digits[run->len++] = digit;
}

/* The code unit of JSON's escape (\uXXXX) at this place; -1 where none is: texts that are no JSON have some, too. */
static int
escaped_character(const char *text, size_t len)
{
	int			code = 0;

	if (len < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++)
	{
		int			digit = wa_hex_value(text[i]);

		if (digit < 0)
			return -1;
		code = 16 * code + digit;
	}
	return code;
}

/*
 * The character at this place, of a full-width form the one of ASCII, and the place behind it.  Of others
 * beyond ASCII only that they are so is told.
 */
static char
next_character(const char *text, size_t len, size_t *place)
{
	const unsigned char *c = (const unsigned char *) text + *place;
	int			code = escaped_character(text + *place, len - *place);

	if (code >= 0)
		*place += 6;
	else if (len - *place >= 3 && c[0] == 0xEF && c[1] == 0xBC && c[2] >= 0x81 && c[2] <= 0xBF)
	{
		*place += 3;
		code = 0xFF01 + c[2] - 0x81;
	}
	else
	{
		*place += 1;
		code = c[0];
	}
	if (code >= 0xFF01 && code <= 0xFF5E)
		return (char) (code - 0xFF01 + '!');
	return (char) (code < 0x80 ? code : 0x80);
}

/* Is the next character a digit?  If a blank may stand before it: a closing bracket? */
static bool
digit_follows(const char *text, size_t len, size_t place)
{
	return place < len && is_digit(next_character(text, len, &place));
}

static bool
bracket_follows(const char *text, size_t len, size_t place)
{
	char		c = ' ';

	while (c == ' ' && place < len)
		c = next_character(text, len, &place);
	return c == ')';
}

static bool
phones_occur(const wa_names *names, const char *text, size_t len)
{
	wa_run		run;
	char		before = '\0';	/* the last character that was no blank */
	bool		in_number = false;	/* did a digit stand directly before? */

	run.len = 0;
	for (size_t i = 0; i < len;)
	{
		char		c = next_character(text, len, &i);
		bool		digit = is_digit(c);

		if (digit)
		{
			run_add(&run, c, !in_number, c == '0' && before == '(' && bracket_follows(text, len, i));
			/* Nor may it go on: that is a longer number. */
			if (run.len >= FEWEST_DIGITS && !digit_follows(text, len, i) && run_ends_with_name(names, &run))
				return true;
		}
		else if (!is_separator(before, c))
			run.len = 0;
		in_number = digit;
		if (c != ' ')
			before = c;
	}
	return false;
}

/* What a BSUID may consist of behind its country, but for the dot of a parent. */
static bool
is_id_char(char c)
{
	return is_digit(c) || is_letter(c) || c == '-' || c == '_';
}

/*
 * Does no longer id end at this place?  The letter of an escape (\n) belongs to none.  A dot
 * may stand before it: no id has one there.
 */
static bool
id_begins(const char *text, size_t place)
{
	return place == 0 || !is_id_char(text[place - 1]) ||
		(place >= 2 && text[place - 2] == '\\' && strchr("bfnrt", text[place - 1]) != NULL);
}

/*
 * Nor go on there?  A dot ends a sentence, but for CC.ENT, which is the beginning of a parent BSUID.
 */
static bool
id_ends(const wa_canonical *id, const char *text, size_t len, size_t place)
{
	if (place == len)
		return true;
	if (text[place] == '.' && place + 1 < len && is_id_char(text[place + 1]))
		return !(id->len == 6 && memcmp(id->text + 2, ".ENT", 4) == 0);
	return !is_id_char(text[place]);
}

/* The two letters of the country, in any case. */
#define COUNTRY		2

/* Is it one of the BSUIDs what stands there, from the dot behind its country to this end? */
static bool
user_id_is_name(const wa_names *names, const char *text, size_t len, size_t dot, size_t end)
{
	wa_canonical id;

	if (end - dot + COUNTRY >= sizeof(id.text))
		return false;
	id.len = (uint8) (end - dot + COUNTRY);
	memcpy(id.text, text + dot - COUNTRY, id.len);
	id.text[id.len] = '\0';
	for (int i = 0; i < COUNTRY; i++)
		id.text[i] &= ~0x20;
	return id_ends(&id, text, len, end) && is_name(names, &id);
}

/* The place behind the characters of an id. */
static size_t
id_end(const char *text, size_t len, size_t place)
{
	while (place < len && is_id_char(text[place]))
		place++;
	return place;
}

static bool
user_ids_occur(const wa_names *names, const char *text, size_t len)
{
	const char *hit = text;

	while ((hit = memchr(hit, '.', text + len - hit)) != NULL)
	{
		size_t		dot = hit++ - text;
		size_t		end;

		if (dot < COUNTRY || !id_begins(text, dot - COUNTRY))
			continue;
		end = id_end(text, len, dot + 1);
		if (user_id_is_name(names, text, len, dot, end))
			return true;
		/* A parent goes on behind a second dot. */
		if (end < len && text[end] == '.' && end - dot == 4 && memcmp(text + dot, ".ENT", 4) == 0 &&
			user_id_is_name(names, text, len, dot, id_end(text, len, end + 1)))
			return true;
	}
	return false;
}

bool
wa_names_occur(const wa_names *names, const char *text, size_t len)
{
	return user_ids_occur(names, text, len) || phones_occur(names, text, len);
}

/*
 * Cutting.
 */

typedef struct wa_cutter
{
	const wa_names *names;
	bool		cut;			/* has anything been taken out? */
	bool		no_memory;
	int			wrapping;
} wa_cutter;

static bool cut_value(wa_cutter *cutter, json_object *value);

/*
 * The tree of a text.  NULL where it is no JSON in UTF-8, or too much of it to be read as a webhook: otherwise
 * memory would depend on what a stranger has sent.
 */
static json_object *
parse(wa_cutter *cutter, const char *text, size_t len)
{
	wa_str		body = wa_text_without_mark(text, len);
	wa_text_counts counts;
	bool		changed;
	json_tokener *tokener;
	char	   *copy;
	json_object *value = NULL;
	size_t		need;

	text = body.data;
	len = body.len;
	if (len > WA_PAYLOAD_MAX_BYTES || !wa_text_scan(text, len, &counts, &need) ||
		wa_text_measure(text, len).containers > WA_PAYLOAD_MAX_CONTAINERS)
		return NULL;
	need = wa_text_rewrite(text, len, NULL, &changed);
	copy = malloc(need + 1);
	tokener = json_tokener_new_ex(WA_PAYLOAD_MAX_DEPTH + 1);
	if (copy != NULL && tokener != NULL)
	{
		wa_text_rewrite(text, len, copy, &changed);
		copy[need] = '\0';
		value = json_tokener_parse_ex(tokener, copy, (int) need + 1);
		if (json_tokener_get_error(tokener) != json_tokener_success)
		{
			json_object_put(value);
			value = NULL;
		}
	}
	else
		cutter->no_memory = true;
	if (tokener != NULL)
		json_tokener_free(tokener);
	free(copy);
	return value;
}

/* A string that is JSON itself is cut as such; true: it must go.  occurs: as it stands. */
static bool
cut_wrapped(wa_cutter *cutter, json_object *string, bool occurs)
{
	const char *text = json_object_get_string(string);
	size_t		len = json_object_get_string_len(string);
	json_object *value;
	bool		goes = true;

	if (!wa_payload_is_wrapped(string) || cutter->wrapping == MAX_WRAPPING ||
		!(value = parse(cutter, text, len)))
		return occurs;
	cutter->wrapping++;
	if (!cut_value(cutter, value))
	{
		const char *rest = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
														  JSON_C_TO_STRING_NOSLASHESCAPE);

		goes = rest == NULL || !json_object_set_string(string, rest);
		cutter->no_memory |= goes;
	}
	cutter->wrapping--;
	json_object_put(value);
	return goes;
}

/* What stays moves to the front, and the rest goes at once: to take out one by one would be quadratic. */
static void
cut_array(wa_cutter *cutter, json_object *array)
{
	size_t		n = json_object_array_length(array);
	size_t		kept = 0;

	for (size_t i = 0; i < n; i++)
	{
		json_object *item = json_object_array_get_idx(array, i);

		if (cut_value(cutter, item))
			continue;
		if (kept < i)
			json_object_array_put_idx(array, kept, json_object_get(item));
		kept++;
	}
	if (kept < n)
	{
		json_object_array_del_idx(array, kept, n - kept);
		cutter->cut = true;
	}
}

static bool
cut_object(wa_cutter *cutter, json_object *object)
{
	bool		goes = false;

	json_object_object_foreach(object, key, member)
	{
		if (wa_names_occur(cutter->names, key, strlen(key)) || cut_value(cutter, member))
			goes = true;
	}
	return goes;
}

/*
 * May a digit or letter be escaped, so that the text does not show it, or is there an escape that
 * ends in digits before it?
 */
static bool
has_escapes(const char *text, size_t len)
{
	return memmem(text, len, "\\u", 2) != NULL;
}

static bool
cut_string(wa_cutter *cutter, json_object *string)
{
	const char *text = json_object_get_string(string);
	size_t		len = json_object_get_string_len(string);
	bool		occurs = wa_names_occur(cutter->names, text, len);

	return (occurs || has_escapes(text, len)) && cut_wrapped(cutter, string, occurs);
}

/* Take out what names the person; true: the value does so itself and must go. */
static bool
cut_value(wa_cutter *cutter, json_object *value)
{
	const char *text;

	switch (json_object_get_type(value))
	{
		case json_type_array:
			cut_array(cutter, value);
			return false;
		case json_type_object:
			return cut_object(cutter, value);
		case json_type_string:
			return cut_string(cutter, value);
		case json_type_int:
		case json_type_double:
			text = json_object_get_string(value);
			return text == NULL || wa_names_occur(cutter->names, text, strlen(text));
		default:
			return false;
	}
}

wa_erase_result
wa_payload_erase(const wa_names *names, const char *text, size_t len, char **rest,
				 size_t *rest_len)
{
	wa_cutter	cutter = {names, false, false, 0};
	wa_erase_result result = WA_ERASE_UNTOUCHED;
	bool		occurs = wa_names_occur(names, text, len);
	json_object *value;
	const char *left;

	if (!occurs && !has_escapes(text, len))
		return WA_ERASE_UNTOUCHED;
	value = parse(&cutter, text, len);
	if (value == NULL)
		return cutter.no_memory ? WA_ERASE_NO_MEMORY : occurs ? WA_ERASE_ALL : WA_ERASE_UNTOUCHED;
	if (cut_value(&cutter, value))
		result = WA_ERASE_ALL;
	else if (cutter.cut || occurs)
	{
		left = json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN |
												 JSON_C_TO_STRING_NOSLASHESCAPE, rest_len);
		*rest = left == NULL ? NULL : malloc(*rest_len + 1);
		result = *rest == NULL ? WA_ERASE_NO_MEMORY : WA_ERASE_CUT;
		if (*rest != NULL)
			memcpy(*rest, left, *rest_len + 1);
	}
	json_object_put(value);
	return cutter.no_memory ? WA_ERASE_NO_MEMORY : result;
}
