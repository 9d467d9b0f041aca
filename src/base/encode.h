/*-------------------------------------------------------------------------
 *
 * encode.h
 *	  Conversion between the UTF-8 of payloads and the encoding of this database.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ENCODE_H
#define WA_ENCODE_H

#include "base/compat.h"

#include "base/str.h"

/*
 * Convert UTF-8 from a payload to text of this database, copied into the current memory
 * context.  Never raises an error: characters that a text cannot hold (a NUL, or one that
 * the encoding of the database does not have) are written as JSON escapes, so that a JSON
 * fragment remains JSON; bytes that are not valid UTF-8 become "?".
 */
extern wa_str wa_to_database(wa_str utf8);

/*
 * Convert text of this database to UTF-8.  Returns the text itself where no conversion is
 * needed (the database is in UTF-8 or SQL_ASCII, or the text is ASCII), else a copy in the
 * current memory context.  Never raises an error: a text that cannot be converted is
 * returned as it is, and the parser rejects it.
 */
extern wa_str wa_to_utf8(wa_str text);

/*
 * Convert a stored payload to UTF-8.  As wa_to_utf8, but "\x" and hexadecimal digits, or
 * "\ooo" for bytes, are decoded to bytes, since a bytea becomes one of these when it is
 * inserted into a column of type text, with bytea_output = hex or escape.  No JSON begins
 * like that or contains that.
 */
extern wa_str wa_kept_to_utf8(wa_str text);

/*
 * Decode a bytea that was inserted into a column of type text with bytea_output = escape, and that
 * has doubled backslashes only.  It may also be JSON with another meaning as it is, so the
 * caller must know which it is.  data is NULL where it has none, or is not of that form.
 */
extern wa_str wa_doubled_to_utf8(wa_str text);

/*
 * Any bytes as text of this database, copied: unchanged where they are valid in its
 * encoding, else as "\x" and hexadecimal digits.
 */
extern wa_str wa_bytes_to_database(wa_str bytes);

/*
 * A copy in the current memory context, with a NUL behind it, whatever its bytes are: pnstrdup would stop
 * at a NUL in them.  What is absent stays absent.
 */
extern wa_str wa_str_copy(wa_str s);

/* A datum of type text with a copy of the string. */
extern Datum wa_str_datum(wa_str s);

/*
 * The string of a datum of type text, bytea or wa_recipient: borrowed, or in the current memory
 * context where it comes compressed.
 */
static inline wa_str
wa_datum_str(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

	return wa_str_of(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

#endif							/* WA_ENCODE_H */
