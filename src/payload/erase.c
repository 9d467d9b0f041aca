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

/* Of one identifier: its canonical text, and what is folded into it. */
#define SPELLINGS_PER_ID	8

typedef struct wa_spelling
{
	bool		digits;
	size_t		len;
	char		text[WA_RECIPIENT_MAX + 2];
} wa_spelling;

struct wa_names
{
	int			n;
	wa_spelling spellings[FLEXIBLE_ARRAY_MEMBER];
};

/* JSON in a string in JSON: queues wrap so, and no deeper than this. */
#define MAX_WRAPPING	4

/*
 * Spellings.
 */

/* Take in digits that are read as this phone. */
static void
add_spelling(wa_names *names, const wa_canonical *id, const char *digits, size_t len)
{
	wa_canonical read;
	wa_spelling *spelling = &names->spellings[names->n];

	if (len > 17 || !wa_canonicalize(digits, len, &read) || !wa_canonical_equal(&read, id))
		return;
	spelling->digits = true;
	spelling->len = len;
	memcpy(spelling->text, digits, len);
	names->n++;
}

/* The phone with a digit put in, or (digit 0) taken out, at a place. */
static void
add_changed(wa_names *names, const wa_canonical *id, size_t place, char digit)
{
	char		digits[WA_RECIPIENT_MAX + 2];
	size_t		rest = id->len - place - (digit == 0 ? 1 : 0);

	memcpy(digits, id->text, place);
	if (digit != 0)
		digits[place] = digit;
	memcpy(digits + place + (digit != 0 ? 1 : 0), id->text + id->len - rest, rest);
	add_spelling(names, id, digits, place + (digit != 0 ? 1 : 0) + rest);
}

static void
add_phone(wa_names *names, const wa_canonical *id)
{
	wa_spelling *spelling = &names->spellings[names->n++];

	spelling->digits = true;
	spelling->len = id->len;
	memcpy(spelling->text, id->text, id->len);
	for (size_t place = 1; place <= 3; place++)
		add_changed(names, id, place, '0');	/* a trunk zero behind the country's code */
	add_changed(names, id, 2, '1'); /* Mexico */
	add_changed(names, id, 2, '9'); /* Argentina */
	add_changed(names, id, 4, 0);	/* Brazil */
}

/* BSUIDs are written in one way, but for the case of the country. */
static void
add_user_id(wa_names *names, const wa_canonical *id)
{
	for (int lower = 0; lower <= 1; lower++)
	{
		wa_spelling *spelling = &names->spellings[names->n++];

		spelling->digits = false;
		spelling->len = id->len;
		memcpy(spelling->text, id->text, id->len);
		for (int i = 0; i < 2 && lower == 1; i++)
			spelling->text[i] |= 0x20;
	}
}

wa_names *
wa_names_make(const wa_canonical *ids, int n)
{
	wa_names   *names = calloc(1, offsetof(wa_names, spellings) +
							   (size_t) n * SPELLINGS_PER_ID * sizeof(wa_spelling));

	for (int i = 0; names != NULL && i < n; i++)
	{
		if (wa_is_bsuid(ids[i].text))
			add_user_id(names, &ids[i]);
		else
			add_phone(names, &ids[i]);
	}
	return names;
}

void
wa_names_free(wa_names *names)
{
	free(names);
}

/* What people put between the digits of a number; all beyond ASCII counts as such. */
static bool
is_separator(unsigned char c)
{
	return c >= 0x80 || (c != 0 && strchr(" -.()/+'", c) != NULL);
}

/* The last digits that were read, whatever stood between them. */
typedef struct wa_run
{
	size_t		len;
	char		digits[64];
	bool		begins[64];		/* did no digit stand directly before it? */
} wa_run;

/*
 * Is the end of the run one of the phones?  It must begin where digits begin, or behind zeros: a
 * longer number that ends in the same digits is another's.
 */
static bool
run_ends_with_name(const wa_names *names, const wa_run *run)
{
	for (int i = 0; i < names->n; i++)
	{
		const wa_spelling *spelling = &names->spellings[i];
		size_t		start = run->len - spelling->len;

		if (spelling->digits && run->len >= spelling->len &&
			memcmp(run->digits + start, spelling->text, spelling->len) == 0 &&
			(run->begins[start] || run->digits[start - 1] == '0'))
			return true;
	}
	return false;
}

static void
run_add(wa_run *run, char digit, bool begins)
{
	const size_t half = lengthof(run->digits) / 2;

	if (run->len == lengthof(run->digits))
	{
		memmove(run->digits, run->digits + half, half);
		memmove(run->begins, run->begins + half, half * sizeof(bool));
		run->len = half;
	}
	run->begins[run->len] = begins;
	run->digits[run->len++] = digit;
}

static inline bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
phones_occur(const wa_names *names, const char *text, size_t len)
{
	wa_run		run;

	run.len = 0;
	for (size_t i = 0; i < len; i++)
	{
		if (is_digit(text[i]))
		{
			run_add(&run, text[i], run.len == 0 || !is_digit(text[i - 1]));
			/* Nor may it go on: that is a longer number. */
			if (run.len >= 7 && (i + 1 == len || !is_digit(text[i + 1])) &&
				run_ends_with_name(names, &run))
				return true;
		}
		else if (!is_separator(text[i]))
			run.len = 0;
	}
	return false;
}

/* What a BSUID may consist of behind its country, but for the dot of a parent. */
static bool
is_id_char(unsigned char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
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
id_ends(const wa_spelling *spelling, const char *text, size_t len, size_t place)
{
	if (place == len)
		return true;
	if (text[place] == '.' && place + 1 < len && is_id_char(text[place + 1]))
		return !(spelling->len == 6 && memcmp(spelling->text + 2, ".ENT", 4) == 0);
	return !is_id_char(text[place]);
}

static bool
user_id_occurs(const wa_spelling *spelling, const char *text, size_t len)
{
	size_t		from = 0;
	const char *hit;

	while ((hit = memmem(text + from, len - from, spelling->text, spelling->len)) != NULL)
	{
		size_t		place = hit - text;

		if (id_begins(text, place) && id_ends(spelling, text, len, place + spelling->len))
			return true;
		from = place + 1;
	}
	return false;
}

bool
wa_names_occur(const wa_names *names, const char *text, size_t len)
{
	for (int i = 0; i < names->n; i++)
	{
		const wa_spelling *spelling = &names->spellings[i];

		if (!spelling->digits && user_id_occurs(spelling, text, len))
			return true;
	}
	return phones_occur(names, text, len);
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
 * The tree of a text.  NULL where it is no JSON, or too much of it to be read as a webhook: otherwise
 * memory would depend on what a stranger has sent.
 */
static json_object *
parse(wa_cutter *cutter, const char *text, size_t len)
{
	wa_str		body = wa_text_without_mark(text, len);
	bool		changed;
	json_tokener *tokener;
	char	   *copy;
	json_object *value = NULL;
	size_t		need;

	text = body.data;
	len = body.len;
	if (len > WA_PAYLOAD_MAX_BYTES || wa_text_measure(text, len).containers > WA_PAYLOAD_MAX_CONTAINERS)
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
