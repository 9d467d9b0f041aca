/*-------------------------------------------------------------------------
 *
 * phrase.c
 *	  Folding a message into the form in which phrases are compared.
 *
 * Accents go by canonical-compatibility decomposition (NFKD) with the
 * combining marks dropped.  Case goes by a few ranges: after decomposition
 * Latin letters are nearly all ASCII, and Greek, Cyrillic and Armenian
 * capitals stand at a fixed distance from their small letters.  Other scripts
 * that people write opt-outs in have no case.  The locale of the server must
 * not matter: it differs between a primary and the machine a dump goes to.
 *
 *-------------------------------------------------------------------------
 */
#ifdef FRONTEND
#include "postgres_fe.h"
#else
#include "postgres.h"
#endif

#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"

#include "events/phrase.h"

/*
 * A text of this many bytes cannot fold to WA_PHRASE_MAX characters unless it
 * is mostly blanks, marks or punctuation; who writes such a thing says more
 * than a phrase.  It bounds the arrays below.
 */
#define WA_PHRASE_BYTES (WA_PHRASE_MAX * 8)

static bool
is_blank(pg_wchar c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x00A0 || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
		(c >= 0x205F && c <= 0x2064) || c == 0x3000 || c == 0xFEFF;
}

static bool
is_punctuation(pg_wchar c)
{
	if (c < 0x80)
		return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
			(c >= '[' && c <= '`') || (c >= '{' && c <= '~');
	return c == 0x00A1 || c == 0x00AB || c == 0x00B7 || c == 0x00BB || c == 0x00BF ||
		c == 0x060C || c == 0x061B || c == 0x061F || c == 0x06D4 ||
		c == 0x0964 || c == 0x0965 || (c >= 0x2010 && c <= 0x2027) ||
		(c >= 0x2030 && c <= 0x205E) || (c >= 0x3001 && c <= 0x3003);
}

static bool
is_mark(pg_wchar c)
{
	return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0487) ||
		(c >= 0x0591 && c <= 0x05C7) || c == 0x0640 ||	/* Arabic tatweel */
		(c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
		(c >= 0xFE00 && c <= 0xFE0F);	/* variation selectors */
}

static pg_wchar
small_letter(pg_wchar c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	if (c < 0x80)
		return c;
	if (c >= 0x00C0 && c <= 0x00DE && c != 0x00D7)
		return c + 32;
	if ((c >= 0x0100 && c <= 0x0137) || (c >= 0x014A && c <= 0x0177))
		return c == 0x0131 ? 'i' : c | 1;	/* dotless i is an i */
	if ((c >= 0x0139 && c <= 0x0148) || (c >= 0x0179 && c <= 0x017E))
		return (c & 1) ? c + 1 : c;
	if (c >= 0x0391 && c <= 0x03A9)
		return c + 32;
	if (c == 0x03C2)
		return 0x03C3;			/* final sigma */
	if (c >= 0x0410 && c <= 0x042F)
		return c + 32;
	if (c >= 0x0400 && c <= 0x040F)
		return c + 80;
	if (c >= 0x0531 && c <= 0x0556)
		return c + 48;
	return c;
}

void
wa_phrase_fold(wa_str text, wa_phrase_key *key)
{
	pg_wchar	raw[WA_PHRASE_BYTES + 1];
	const unsigned char *p = (const unsigned char *) text.data;
	const unsigned char *end = p + text.len;
	pg_wchar   *decomposed;
	pg_wchar	folded[WA_PHRASE_MAX + 1];
	int			nraw = 0;
	int			n = 0;
	bool		is_ascii = true;
	bool		gap = false;
	unsigned char *out = (unsigned char *) key->text;

	key->len = 0;
	key->text[0] = '\0';
	if (!wa_str_given(text) || text.len > WA_PHRASE_BYTES)
		return;

	while (p < end)
	{
		int			step = pg_utf_mblen(p);

		if (step > end - p || *p == '\0' || !pg_utf8_islegal(p, step))
			return;
		is_ascii = is_ascii && step == 1;
		raw[nraw++] = utf8_to_unicode(p);
		p += step;
	}
	raw[nraw] = 0;

	/* ASCII decomposes into itself. */
	decomposed = is_ascii ? raw : unicode_normalize(UNICODE_NFKD, raw);
	if (decomposed == NULL)
		return;					/* outside the server: no memory */

	for (pg_wchar *c = decomposed; *c != 0; c++)
	{
		if (is_blank(*c))
			gap = n > 0;
		else if (!is_mark(*c))
		{
			if (n + gap >= WA_PHRASE_MAX)
			{
				n = 0;
				break;
			}
			if (gap)
				folded[n++] = ' ';
			gap = false;
			folded[n++] = small_letter(*c);
		}
	}
	if (decomposed != raw)
	{
#ifdef FRONTEND
		free(decomposed);
#else
		pfree(decomposed);
#endif
	}

	while (n > 0 && (is_punctuation(folded[n - 1]) || is_blank(folded[n - 1])))
		n--;

	for (int i = 0; i < n; i++)
	{
		unicode_to_utf8(folded[i], out);
		out += pg_utf_mblen(out);
	}
	*out = '\0';
	key->len = (int) (out - (unsigned char *) key->text);
}
