/*-------------------------------------------------------------------------
 *
 * ascii.h
 *	  Classes of ASCII characters, independent of the locale.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ASCII_H
#define WA_ASCII_H

#include "c.h"

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
is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

static inline char
to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

#endif							/* WA_ASCII_H */
