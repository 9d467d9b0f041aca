/*-------------------------------------------------------------------------
 *
 * test_phrase_corpus.c
 *	  Messages as people write them (test/phrases/corpus.tsv) against the
 *	  phrases with which wa_phrase begins: precision and recall of stop and
 *	  start.  No message may be taken for what it is not; one in twenty may
 *	  be missed.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/phrase.c src/events/phrase_defaults.c src/events/phrase_fillers.c */
/* LIBS: -DFRONTEND -DUSE_PRIVATE_ENCODING_FUNCS */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"

#include "events/phrase.h"

#include "check.h"

#define CORPUS		"test/phrases/corpus.tsv"
#define LEAST		300
#define LEAST_RECALL	0.98

typedef enum meaning
{
	NOTHING,
	STOP,
	START,
	UNKNOWN
} meaning;

static const char *const names[] = {"nothing", "stop", "start"};

static int	count[3][3];		/* meant, understood */
static wa_phrase_key *phrases;	/* the default ones, folded */

static meaning
meaning_of(const char *name)
{
	for (meaning m = NOTHING; m < UNKNOWN; m++)
	{
		if (strcmp(name, names[m]) == 0)
			return m;
	}
	return UNKNOWN;
}

static void
fold_phrases(void)
{
	phrases = calloc(wa_default_phrases_size, sizeof(wa_phrase_key));
	for (int i = 0; i < wa_default_phrases_size; i++)
	{
		const char *phrase = wa_default_phrases[i].phrase;

		wa_phrase_fold((wa_str) {phrase, strlen(phrase)}, &phrases[i]);
	}
}

/* Is there a default phrase with this key that means stop, or start? */
static bool
is_phrase(const wa_phrase_key *key, bool resumes, bool inactive_too)
{
	for (int i = 0; i < wa_default_phrases_size && key->len > 0; i++)
	{
		const wa_default_phrase *p = &wa_default_phrases[i];

		if (p->resumes == resumes && (p->active || inactive_too) &&
			strcmp(phrases[i].text, key->text) == 0 && !(resumes && key->doubtful))
			return true;
	}
	return false;
}

static bool
all_stop(const wa_phrase_message *message)
{
	bool		stops = false;

	for (int i = 0; i < message->nsentences; i++)
	{
		if (!is_phrase(&message->sentences[i], false, true))
			return false;
		stops = stops || is_phrase(&message->sentences[i], false, false);
	}
	return stops;
}

/* As the intake does it. */
static meaning
understand(const char *text)
{
	wa_phrase_message message;

	wa_phrase_fold_message((wa_str) {text, strlen(text)}, &message);
	if (is_phrase(&message.whole, false, false) || all_stop(&message))
		return STOP;
	return is_phrase(&message.whole, true, false) ? START : NOTHING;
}

/* \n and \uXXXX, in place. */
static void
unescape(char *text)
{
	char	   *out = text;

	while (*text != '\0')
	{
		unsigned	c;

		if (strncmp(text, "\\n", 2) == 0)
		{
			*out++ = '\n';
			text += 2;
		}
		else if (sscanf(text, "\\u%4x", &c) == 1)
		{
			unicode_to_utf8(c, (unsigned char *) out);
			out += pg_utf_mblen((unsigned char *) out);
			text += 6;
		}
		else
			*out++ = *text++;
	}
	*out = '\0';
}

static bool
read_line(char *line)
{
	char	   *label = strtok(line, "\t");
	char	   *language = strtok(NULL, "\t");
	char	   *text = strtok(NULL, "\n");
	meaning		meant;
	meaning		understood;

	if (label == NULL || language == NULL || text == NULL ||
		(meant = meaning_of(label)) == UNKNOWN)
		return false;
	unescape(text);
	understood = understand(text);
	count[meant][understood]++;
	if (meant != understood)
		printf("%s taken for %s: (%s) %s\n", names[meant], names[understood], language, text);
	return true;
}

static int
read_corpus(void)
{
	FILE	   *file = fopen(CORPUS, "r");
	char		line[1024];
	int			n = 0;

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
	{
		if (line[0] == '#')
			continue;
		check(read_line(line), "a line of " CORPUS);
		n++;
	}
	fclose(file);
	return n;
}

static double
ratio(int part, int whole)
{
	return whole == 0 ? 0 : (double) part / whole;
}

int
main(void)
{
	double		precision[3];
	double		recall[3];
	int			n;

	fold_phrases();
	n = read_corpus();

	check(n >= LEAST, "enough messages");
	for (meaning m = STOP; m <= START; m++)
	{
		int			right = count[m][m];

		precision[m] = ratio(right, count[NOTHING][m] + count[STOP][m] + count[START][m]);
		recall[m] = ratio(right, count[m][NOTHING] + count[m][STOP] + count[m][START]);
		check(precision[m] == 1, "precision");
		check(recall[m] >= LEAST_RECALL, "recall");
	}
	printf("note: %d messages; stop: precision %.3f, recall %.3f; start: precision %.3f, recall %.3f\n",
		   n, precision[STOP], recall[STOP], precision[START], recall[START]);
	free(phrases);
	return summary();
}
