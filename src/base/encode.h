/*-------------------------------------------------------------------------
 *
 * encode.h
 *	  Between the UTF-8 of payloads and the encoding of this database.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ENCODE_H
#define WA_ENCODE_H

#include "base/compat.h"

#include "base/str.h"

/*
 * UTF-8 out of a payload as text of this database, copied into the current
 * memory context.  What a text cannot hold (a NUL; a character that the
 * encoding of the database does not have) is written as a JSON escape, so that nothing is an
 * error and a JSON fragment stays one; bytes that are no UTF-8, as "?".
 */
extern wa_str wa_to_database(wa_str utf8);

/*
 * Text of this database as UTF-8: the same bytes where that is so anyway, else
 * copied into the current memory context.  Never an error: a text with bytes
 * that mean nothing comes back as it is, for the parser to refuse.
 */
extern wa_str wa_to_utf8(wa_str text);

/*
 * A payload as it is kept, as UTF-8: as wa_to_utf8, but what is "\x" and hexadecimal digits,
 * or has "\ooo" for bytes, are these bytes, since that is what becomes of a bytea that is put
 * into a column of text, under bytea_output = hex or escape.  No JSON begins so, or has that.
 */
extern wa_str wa_kept_to_utf8(wa_str text);

/*
 * A bytea that was put into a column of text under bytea_output = escape and is written
 * with doubled backslashes alone: it may be JSON of another meaning as it stands, so
 * that the caller must know better.  data NULL where it has none, or is not of that form.
 */
extern wa_str wa_doubled_to_utf8(wa_str text);

/*
 * Any bytes as text of this database: as they are where they are valid there,
 * else as "\x" and hexadecimal digits.  Copied.
 */
extern wa_str wa_bytes_to_database(wa_str bytes);

/* A text datum, copied. */
extern Datum wa_str_datum(wa_str s);

#endif							/* WA_ENCODE_H */
