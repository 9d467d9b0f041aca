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
 * Who writes more bytes than this says more than a phrase with its fillers,
 * and so does who writes more characters once folded.  They bound the arrays
 * below and the time that a text can take.
 */
#define TEXT_BYTES		(WA_PHRASE_MAX * 64)
#define FOLDED_MAX		(WA_PHRASE_MAX * 2)
#define FILLER_LETTERS	16		/* of a filler, on average, at most */

/* Some keyboards have it, by itself, where others have an apostrophe; decomposed it would be a blank. */
#define ACUTE_ACCENT	0x00B4

/* A table of these ascends. */
typedef struct range
{
	pg_wchar	first;
	pg_wchar	last;
} range;

/* Marks upon a letter and characters that are not seen: as if not there. */
static const range ignored[] = {
	{'\'', '\''}, {'`', '`'},	/* "dont" is "don't" */
	{0x00AD, 0x00AD},			/* soft hyphen */
	{0x02B9, 0x02BC},			/* more apostrophes */
	{0x0300, 0x036F},			/* accents, the grapheme joiner */
	{0x0483, 0x0489},			/* Cyrillic */
	{0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7},
	{0x0610, 0x061A}, {0x061C, 0x061C}, {0x0640, 0x0640},	/* Arabic, tatweel */
	{0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4},
	{0x06E7, 0x06E8}, {0x06EA, 0x06ED},
	{0x093C, 0x093C},			/* nukta */
	{0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
	{0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
	{0x200B, 0x200F}, {0x2018, 0x2019}, {0x202A, 0x202E},	/* joiners, quotes, directions */
	{0x2032, 0x2032}, {0x2060, 0x206F},
	{0x20D0, 0x20FF},			/* circles and keys round a character */
	{0x3164, 0x3164},
	{0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
	{0xE0000, 0xE0FFF},			/* tags of flags, variation selectors */
};

/* Blanks, punctuation, symbols and emoji: they separate words. */
static const range separators[] = {
	{0x0000, 0x002F}, {0x003A, 0x0040}, {0x005B, 0x0060}, {0x007B, 0x00A9},
	{0x00AB, 0x00B4}, {0x00B6, 0x00B9}, {0x00BB, 0x00BF}, {0x00D7, 0x00D7}, {0x00F7, 0x00F7},
	{0x02BD, 0x02DF},
	{0x0375, 0x0375}, {0x037E, 0x037E}, {0x0387, 0x0387},
	{0x055A, 0x055F}, {0x0589, 0x058F},
	{0x05BE, 0x05BE}, {0x05C0, 0x05C0}, {0x05C3, 0x05C3}, {0x05C6, 0x05C6}, {0x05F3, 0x05F4},
	{0x0600, 0x060F}, {0x061B, 0x061B}, {0x061D, 0x061F}, {0x066A, 0x066D}, {0x06D4, 0x06D4},
	{0x06DD, 0x06DE}, {0x06E9, 0x06E9}, {0x06FD, 0x06FE},
	{0x0964, 0x0965}, {0x0970, 0x0970},	/* danda */
	{0x0E3F, 0x0E3F}, {0x0E4F, 0x0E4F}, {0x0E5A, 0x0E5B},
	{0x1680, 0x1680},
	{0x2000, 0x200A}, {0x2010, 0x2029}, {0x202F, 0x205F},
	{0x207A, 0x207E}, {0x208A, 0x208E}, {0x20A0, 0x20CF},
	{0x2100, 0x2BFF},			/* what of it are letters has been decomposed */
	{0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303D, 0x303F},
	{0x30FB, 0x30FB}, {0xA8F8, 0xA8FA},
	{0xE000, 0xF8FF}, {0xFD3E, 0xFD3F}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F},
	{0xFF00, 0xFF0F}, {0xFFE0, 0xFFEF}, {0xFFF0, 0xFFFF},
	{0x1F000, 0x1FBEF},			/* emoji, flags, skin tones */
};

/* An opt-in among these is none: question marks, and signs that refuse. */
static const range doubts[] = {
	{'?', '?'}, {0x00BF, 0x00BF}, {0x037E, 0x037E}, {0x061F, 0x061F}, {0x203D, 0x203D},
	{0x26D4, 0x26D4}, {0x270B, 0x270B}, {0x2716, 0x2716}, {0x274C, 0x274C}, {0x274E, 0x274E},
	{0x2753, 0x2754}, {0x1F44E, 0x1F44E}, {0x1F4F5, 0x1F4F5}, {0x1F515, 0x1F515},
	{0x1F595, 0x1F595}, {0x1F620, 0x1F621}, {0x1F645, 0x1F645}, {0x1F6AB, 0x1F6AB},
	{0x1F6D1, 0x1F6D1}, {0x1F914, 0x1F914}, {0x1F91A, 0x1F91A}, {0x1F92C, 0x1F92C},
};

/* Of the separators, what ends a sentence or a part of it. */
static const range sentence_ends[] = {
	{'\n', '\n'}, {'\r', '\r'}, {'!', '!'}, {',', ','}, {'.', '/'}, {':', ';'}, {'?', '?'}, {'|', '|'},
	{0x060C, 0x060C}, {0x061B, 0x061B}, {0x061F, 0x061F}, {0x06D4, 0x06D4},	/* Arabic */
	{0x0964, 0x0965},			/* danda */
	{0x2013, 0x2015}, {0x2022, 0x2022}, {0x2028, 0x2029},
	{0x2600, 0x27BF}, {0x3001, 0x3002}, {0x1F000, 0x1FBEF},
};

/* Letters that are written one for the other and have no decomposition. */
static const struct
{
	pg_wchar	letter;
	pg_wchar	as;
	pg_wchar	and_then;		/* 0: nothing */
}			alternatives[] = {
	{0x00DF, 's', 's'}, {0x1E9E, 's', 's'}, {0x00E6, 'a', 'e'}, {0x0153, 'o', 'e'},
	{0x00F8, 'o', 0}, {0x0111, 'd', 0}, {0x00F0, 'd', 0}, {0x00FE, 't', 'h'}, {0x0142, 'l', 0},
	{0x0671, 0x0627, 0},		/* alef wasla: alef */
	{0x0629, 0x0647, 0},		/* teh marbuta: heh */
	{0x0649, 0x064A, 0}, {0x06CC, 0x064A, 0},	/* alef maksura, Farsi yeh: yeh */
	{0x06A9, 0x0643, 0},		/* keheh: kaf */
	{0x0901, 0x0902, 0},		/* candrabindu: anusvara */
};

/* A message on its way to being a key. */
typedef struct words
{
	pg_wchar	letters[FOLDED_MAX];
	int			n;
	int			word;			/* where the last word begins */
	bool		ends[FOLDED_MAX];	/* does a sentence end at this blank? */
	bool		gap;			/* does the next letter begin a word? */
	bool		sentence;		/* and a sentence? */
	bool		overflow;
	bool		doubtful;
} words;

static bool
is_among(pg_wchar c, const range *ranges, int n)
{
	for (int i = 0; i < n && c >= ranges[i].first; i++)
	{
		if (c <= ranges[i].last)
			return true;
	}
	return false;
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
	if ((c >= 0x048A && c <= 0x04BF) || (c >= 0x04D0 && c <= 0x052F))
		return c | 1;			/* of Kazakh, Tatar and others */
	if (c == 0x018F)
		return 0x0259;			/* schwa */
	if (c >= 0x0531 && c <= 0x0556)
		return c + 48;
	return c;
}

static bool
is_digit(pg_wchar c)
{
	return c >= '0' && c <= '9';
}

/* "stooop" is "stop"; two of a letter are spelling. */
static void
shorten_runs(words *w)
{
	int			out = w->word;

	for (int i = w->word, run; i < w->n; i += run)
	{
		pg_wchar	c = w->letters[i];

		for (run = 1; i + run < w->n && w->letters[i + run] == c; run++)
			;
		for (int copies = run >= 3 && !is_digit(c) ? 1 : run; copies > 0; copies--)
			w->letters[out++] = c;
	}
	w->n = out;
}

/* A word has ended: said twice in a row, it counts once. */
static void
end_word(words *w)
{
	int			len;
	int			before;			/* where its equal would begin */

	shorten_runs(w);
	len = w->n - w->word;
	before = w->word - 1 - len;
	if (len > 0 && before >= 0 && (before == 0 || w->letters[before - 1] == ' ') &&
		memcmp(w->letters + before, w->letters + w->word, len * sizeof(pg_wchar)) == 0)
	{
		w->n = w->word - 1;
		w->word = before;
	}
}

static bool
has_umlaut(pg_wchar c)
{
	return c == 'a' || c == 'o' || c == 'u';
}

static void
add_letter(words *w, pg_wchar c)
{
	/* German "ue" is as good as an umlaut, and so is its bare vowel. */
	if (c == 'e' && !w->gap && w->n > w->word && has_umlaut(w->letters[w->n - 1]))
		return;
	if (w->n + w->gap >= FOLDED_MAX)
	{
		w->overflow = true;
		return;
	}
	if (w->gap)
	{
		w->ends[w->n] = w->sentence;
		w->letters[w->n++] = ' ';
		w->word = w->n;
		w->gap = w->sentence = false;
	}
	w->letters[w->n++] = c;
}

static void
add_character(words *w, pg_wchar c)
{
	c = small_letter(c);
	for (int i = 0; c >= 0x80 && i < (int) lengthof(alternatives); i++)
	{
		if (c != alternatives[i].letter)
			continue;
		add_letter(w, alternatives[i].as);
		if (alternatives[i].and_then != 0)
			add_letter(w, alternatives[i].and_then);
		return;
	}
	add_letter(w, c);
}

/* A digit drawn as a key is an emoji. */
static bool
is_keycap(const pg_wchar *c)
{
	return is_digit(*c) &&
		(c[1] == 0x20E3 || (c[1] == 0xFE0F && c[2] == 0x20E3));
}

/* Decomposed text, ending in 0, into words. */
static void
split_words(const pg_wchar *c, words *w)
{
	w->n = w->word = 0;
	w->gap = w->sentence = w->overflow = w->doubtful = false;
	for (; *c != 0 && !w->overflow; c++)
	{
		w->doubtful = w->doubtful || is_among(*c, doubts, lengthof(doubts));
		if (is_among(*c, ignored, lengthof(ignored)))
			continue;
		if (!is_keycap(c) && !is_among(*c, separators, lengthof(separators)))
			add_character(w, *c);
		else if (w->n > 0)
		{
			if (!w->gap)
				end_word(w);
			w->gap = true;
			w->sentence = w->sentence || is_among(*c, sentence_ends, lengthof(sentence_ends));
		}
	}
	if (!w->gap)
		end_word(w);
}

/*
 * An escape of JSON that the text still has, since somebody has escaped it twice:
 * its length, 0 where there is none.  Halves of emoji are blanks.
 */
static int
read_escape(const unsigned char *p, const unsigned char *end, pg_wchar *c)
{
	if (end - p < 2 || *p != '\\')
		return 0;
	*c = ' ';
	if (p[1] == 'n' || p[1] == 'r' || p[1] == 't')
		return 2;
	if (end - p < 6 || p[1] != 'u')
		return 0;
	*c = 0;
	for (int i = 2; i < 6; i++)
	{
		int			value = wa_hex_value((char) p[i]);

		if (value < 0)
			return 0;
		*c = *c << 4 | value;
	}
	if (*c == 0 || (*c >= 0xD800 && *c <= 0xDFFF))
		*c = ' ';
	return 6;
}

/*
 * UTF-8 to characters, ending in 0; a NUL is as good as a blank.  Returns false where
 * it is no UTF-8.  escaped: it had escapes of JSON.
 */
static bool
decode(wa_str text, pg_wchar *raw, bool *is_ascii, bool *escaped)
{
	const unsigned char *p = (const unsigned char *) text.data;
	const unsigned char *end = p + text.len;

	*is_ascii = true;
	*escaped = false;
	for (; p < end; raw++)
	{
		int			step = read_escape(p, end, raw);

		if (step > 0)
			*escaped = true;
		else
		{
			step = pg_utf_mblen(p);
			if (step > end - p || !pg_utf8_islegal(p, step))
				return false;
			*raw = *p == '\0' ? ' ' : utf8_to_unicode(p);
			if (*raw == ACUTE_ACCENT)
				*raw = '\'';
		}
		*is_ascii = *is_ascii && *raw < 0x80;
		p += step;
	}
	*raw = 0;
	return true;
}

static void
release(pg_wchar *decomposed)
{
#ifdef FRONTEND
	free(decomposed);
#else
	pfree(decomposed);
#endif
}

/* Text into words; false where it has none or is too long. */
static bool
read_words(wa_str text, words *w)
{
	pg_wchar	raw[TEXT_BYTES + 1];
	pg_wchar   *decomposed = raw;
	bool		is_ascii;
	bool		escaped;

	if (!wa_str_given(text) || text.len > TEXT_BYTES || !decode(text, raw, &is_ascii, &escaped))
		return false;
	/* ASCII decomposes into itself. */
	if (!is_ascii)
		decomposed = unicode_normalize(UNICODE_NFKD, raw);
	if (decomposed == NULL)
		return false;			/* outside the server: no memory */
	split_words(decomposed, w);
	w->doubtful = w->doubtful || escaped;
	if (decomposed != raw)
		release(decomposed);
	return w->n > 0 && !w->overflow;
}

/*
 * The fillers as words, made once; without those that would not fit.  They are chained by
 * their first and by their last letter, since every message is searched for them.
 */
typedef struct filler
{
	const pg_wchar *letters;
	int			n;
	bool		doubtful;
	const struct filler *same_first;
	const struct filler *same_last;
} filler;

#define CHAINS			64

static filler fillers[WA_PHRASE_FILLERS_MAX];
static int	nfillers = 0;
static const filler *by_first[CHAINS];
static const filler *by_last[CHAINS];

static void
chain_filler(filler *f)
{
	const filler **first = &by_first[f->letters[0] % CHAINS];
	const filler **last = &by_last[f->letters[f->n - 1] % CHAINS];

	f->same_first = *first;
	f->same_last = *last;
	*first = *last = f;
}

static void
fold_fillers(void)
{
	static pg_wchar letters[WA_PHRASE_FILLERS_MAX * FILLER_LETTERS];
	pg_wchar   *free_letters = letters;
	int			n = 0;			/* counts in nfillers when all are there: an error may come between */

	if (nfillers > 0)
		return;
	memset(by_first, 0, sizeof(by_first));
	memset(by_last, 0, sizeof(by_last));
	for (int i = 0; i < wa_phrase_fillers_size; i++)
	{
		const char *text = wa_phrase_fillers[i].words;
		words		w;

		if (!read_words(wa_str_from(text), &w) ||
			w.n > letters + lengthof(letters) - free_letters)
			continue;
		memcpy(free_letters, w.letters, w.n * sizeof(pg_wchar));
		fillers[n] = (filler) {free_letters, w.n, wa_phrase_fillers[i].doubtful, NULL, NULL};
		chain_filler(&fillers[n++]);
		free_letters += w.n;
	}
	nfillers = n;
}

/* The longest filler that stands at an end of the n letters, with more beside it. */
static const filler *
find_filler(const pg_wchar *letters, int n, bool at_end)
{
	const filler *longest = NULL;
	const filler *f = at_end ? by_last[letters[n - 1] % CHAINS] : by_first[letters[0] % CHAINS];

	for (; f != NULL; f = at_end ? f->same_last : f->same_first)
	{
		if (f->n + 1 >= n || (longest != NULL && f->n <= longest->n))
			continue;
		if (letters[at_end ? n - f->n - 1 : f->n] == ' ' &&
			memcmp(at_end ? letters + n - f->n : letters, f->letters,
				   f->n * sizeof(pg_wchar)) == 0)
			longest = f;
	}
	return longest;
}

/* The letters without the fillers at their ends: from the result on, *n of them. */
static const pg_wchar *
strip_fillers(const pg_wchar *letters, int *n, bool *doubtful)
{
	for (;;)
	{
		const filler *found = find_filler(letters, *n, true);

		if (found == NULL)
		{
			found = find_filler(letters, *n, false);
			if (found == NULL)
				return letters;
			letters += found->n + 1;
		}
		*n -= found->n + 1;
		*doubtful = *doubtful || found->doubtful;
	}
}

static bool
is_filler(const pg_wchar *letters, int n)
{
	for (const filler *f = by_first[letters[0] % CHAINS]; f != NULL; f = f->same_first)
	{
		if (f->n == n && memcmp(f->letters, letters, n * sizeof(pg_wchar)) == 0)
			return true;
	}
	return false;
}

/* Three single letters or more, and no other words: "s t o p". */
static bool
is_spelled_out(const pg_wchar *letters, int n)
{
	if (n < 5 || n % 2 == 0)
		return false;
	for (int i = 0; i < n; i++)
	{
		if ((letters[i] == ' ') != (i % 2 == 1) || is_digit(letters[i]))
			return false;
	}
	return true;
}

/* The word that is spelled out, folded like any other. */
static void
join_letters(const pg_wchar *letters, int n, words *joined)
{
	pg_wchar	word[FOLDED_MAX + 1];
	int			len = 0;

	for (int i = 0; i < n; i += 2)
		word[len++] = letters[i];
	word[len] = 0;
	split_words(word, joined);
}

static void
write_key(const pg_wchar *letters, int n, wa_phrase_key *key)
{
	unsigned char *out = (unsigned char *) key->text;

	for (int i = 0; i < n && n <= WA_PHRASE_MAX; i++)
	{
		unicode_to_utf8(letters[i], out);
		out += pg_utf_mblen(out);
	}
	*out = '\0';
	key->len = (int) (out - (unsigned char *) key->text);
}

/* The key of n folded letters, fillers and all.  Returns false where these are but fillers. */
static bool
make_key(const pg_wchar *letters, int n, bool doubtful, wa_phrase_key *key)
{
	words		joined;

	key->doubtful = doubtful;
	letters = strip_fillers(letters, &n, &key->doubtful);
	if (is_spelled_out(letters, n))
	{
		join_letters(letters, n, &joined);
		letters = joined.letters;
		n = joined.n;
	}
	write_key(letters, n, key);
	return !is_filler(letters, n);
}

/* Read a text, and make the key of the whole of it. */
static bool
fold_whole(wa_str text, words *w, wa_phrase_key *key)
{
	key->len = 0;
	key->doubtful = false;
	key->text[0] = '\0';
	if (!read_words(text, w))
		return false;
	fold_fillers();
	(void) make_key(w->letters, w->n, w->doubtful, key);
	return true;
}

void
wa_phrase_fold(wa_str text, wa_phrase_key *key)
{
	words		w;

	(void) fold_whole(text, &w, key);
}

static bool
same_key(const wa_phrase_key *a, const wa_phrase_key *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Has the last of n sentences been said before? */
static bool
is_repeated(const wa_phrase_key *sentences, int n)
{
	for (int i = 0; i < n - 1; i++)
	{
		if (same_key(&sentences[i], &sentences[n - 1]))
			return true;
	}
	return false;
}

void
wa_phrase_fold_message(wa_str text, wa_phrase_message *message)
{
	int			start = 0;
	int			n = 0;
	words		w;

	message->nsentences = 0;
	if (!fold_whole(text, &w, &message->whole))
		return;
	for (int end = 1; end <= w.n; end++)
	{
		if (end < w.n && !(w.letters[end] == ' ' && w.ends[end]))
			continue;
		if (n == WA_PHRASE_SENTENCES)
			return;
		if (make_key(w.letters + start, end - start, w.doubtful, &message->sentences[n]))
		{
			if (message->sentences[n++].len == 0)
				return;
			if (is_repeated(message->sentences, n))
				n--;
		}
		start = end + 1;
	}
	if (n > 1 || (n == 1 && !same_key(&message->sentences[0], &message->whole)))
		message->nsentences = n;
}
