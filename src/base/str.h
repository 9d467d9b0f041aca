/*-------------------------------------------------------------------------
 *
 * str.h
 *	  A string by pointer and length: borrowed, never owned.
 *
 * A function that returns one documents how long it is valid.  data is NULL where
 * the value is absent, which is not the same as empty.  The bytes need not end with
 * a NUL and may contain one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STR_H
#define WA_STR_H

#include "c.h"

#include <string.h>

typedef struct wa_str
{
	const char *data;
	size_t		len;
} wa_str;

/* A wa_str over a C string literal. */
#define WA_STR(literal) ((wa_str) {(literal), sizeof(literal) - 1})

/* These bytes. */
static inline wa_str
wa_str_of(const char *data, size_t len)
{
	wa_str		s = {data, len};

	return s;
}

/* A C string; absent where it is NULL. */
static inline wa_str
wa_str_from(const char *s)
{
	return wa_str_of(s, s == NULL ? 0 : strlen(s));
}

/* Is it there and not empty? */
static inline bool
wa_str_given(wa_str s)
{
	return s.data != NULL && s.len > 0;
}

/* Are the bytes the same?  An absent string equals an empty one. */
static inline bool
wa_str_equal(wa_str a, wa_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The same, but an absent string equals an absent one alone. */
static inline bool
wa_str_same(wa_str a, wa_str b)
{
	if (a.data == NULL || b.data == NULL)
		return a.data == b.data;
	return wa_str_equal(a, b);
}

/* May two names of a business, sender or region mean the same one?  One that is unknown, '', may be any. */
static inline bool
wa_may_be_same(wa_str a, wa_str b)
{
	return a.len == 0 || b.len == 0 || wa_str_equal(a, b);
}

/* A blank of JSON. */
static inline bool
wa_str_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The value of a hexadecimal digit in either case; -1 where it is none. */
static inline int
wa_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Without the blanks around it. */
static inline wa_str
wa_str_trim(wa_str s)
{
	while (s.len > 0 && wa_str_is_blank(s.data[s.len - 1]))
		s.len--;
	for (; s.len > 0 && wa_str_is_blank(s.data[0]); s.len--)
		s.data++;
	return s;
}

/* At most so many bytes of it, cut off between two characters of UTF-8. */
static inline wa_str
wa_str_cut(wa_str s, size_t most)
{
	if (s.len > most)
	{
		s.len = most;
		while (s.len > 0 && ((unsigned char) s.data[s.len] & 0xC0) == 0x80)
			s.len--;
	}
	return s;
}

/* An ASCII letter in lower case; any other byte as it is. */
static inline char
wa_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Does it begin with this word, ASCII letters being the same in either case? */
static inline bool
wa_str_starts_with(wa_str s, const char *word)
{
	for (size_t i = 0; word[i] != '\0'; i++)
	{
		if (i >= s.len || wa_lower(s.data[i]) != wa_lower(word[i]))
			return false;
	}
	return true;
}

/* Does it end with this word, in either case? */
static inline bool
wa_str_ends_with(wa_str s, const char *word)
{
	size_t		len = strlen(word);

	return s.len >= len && wa_str_starts_with((wa_str) {s.data + s.len - len, len}, word);
}

/* Does it contain this word, of at least one byte, in either case? */
static inline bool
wa_str_contains(wa_str s, const char *word)
{
	for (; s.len > 0; s.data++, s.len--)
	{
		if (wa_str_starts_with(s, word))
			return true;
	}
	return false;
}

/* Is it this word, in either case, blanks around it or not? */
static inline bool
wa_str_says(wa_str s, const char *word)
{
	s = wa_str_trim(s);
	return s.len == strlen(word) && wa_str_starts_with(s, word);
}

/* The next word of a list with one blank between words; false after the last. */
static inline bool
wa_str_next_word(wa_str *list, wa_str *word)
{
	*word = (wa_str) {list->data, 0};
	while (word->len < list->len && list->data[word->len] != ' ')
		word->len++;
	if (list->len == 0)
		return false;
	list->data += Min(word->len + 1, list->len);
	list->len -= Min(word->len + 1, list->len);
	return true;
}

/* Order by bytes, a prefix first. */
static inline int
wa_str_compare(wa_str a, wa_str b)
{
	size_t		shorter = a.len < b.len ? a.len : b.len;
	int			order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* wa_str_compare for qsort and bsearch: of strings, or structs that begin with one. */
static inline int
wa_str_order(const void *a, const void *b)
{
	return wa_str_compare(*(const wa_str *) a, *(const wa_str *) b);
}

#endif							/* WA_STR_H */
