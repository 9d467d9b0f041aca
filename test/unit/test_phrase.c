/*-------------------------------------------------------------------------
 *
 * test_phrase.c
 *	  Unit test of events/phrase.c: which messages are the same phrase.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/phrase.c src/events/phrase_defaults.c src/events/phrase_fillers.c */
/* LIBS: -DFRONTEND -DUSE_PRIVATE_ENCODING_FUNCS */
#include "postgres_fe.h"

#include "events/phrase.h"

#include "check.h"

#undef check
static void
check(bool ok, const char *text, const char *expected, const char *got)
{
	check_format(ok, "\"%s\": expected \"%s\", got \"%s\"", text, expected, got);
}

/* Must text fold to expected, and expected to itself? */
static void
folds(const char *text, const char *expected)
{
	wa_phrase_key key;
	wa_phrase_key again;

	wa_phrase_fold((wa_str) {text, strlen(text)}, &key);
	check(strcmp(key.text, expected) == 0 && key.len == (int) strlen(expected),
		  text, expected, key.text);
	wa_phrase_fold((wa_str) {key.text, key.len}, &again);
	check(strcmp(again.text, key.text) == 0, key.text, key.text, again.text);
}

static void
folds_bytes_to_nothing(const char *text, size_t len)
{
	wa_phrase_key key;

	wa_phrase_fold((wa_str) {text, len}, &key);
	check(key.len == 0 && key.text[0] == '\0', text, "", key.text);
}

static void
test_case_blanks_punctuation(void)
{
	folds("stop", "stop");
	folds("STOP", "stop");
	folds("StOp", "stop");
	folds("  stop\t", "stop");
	folds("\nSTOP\r\n", "stop");
	folds("stop.", "stop");
	folds("stop!!!", "stop");
	folds("stop ! ", "stop");
	folds("Stop.  ", "stop");
	folds("STOP?!", "stop");
	folds("\xC2\xA0STOP\xE3\x80\x80", "stop");	/* no-break, ideographic blank */
	folds("\xEF\xBB\xBF" "stop", "stop");	/* byte order mark */
	folds("\xE2\x80\x8Fstop\xE2\x80\x8E", "stop");	/* direction marks */
	folds("stop\xE2\x80\xA6", "stop");	/* one ellipsis */
	folds("stop\xE3\x80\x82", "stop");	/* ideographic full stop */
	folds("stop\xD8\x9F", "stop");	/* Arabic question mark */
	folds("stop   promotions", "stop promotions");
	folds("Stop\n promotions.", "stop promotions");
	folds("opt-out", "opt out");
	folds("don't stop", "dont stop");
	folds("don\xE2\x80\x99t stop", "dont stop");
	folds("don\xC2\xB4t stop", "dont stop");	/* an acute accent by itself */
	folds("don`t stop", "dont stop");
	folds("\xC2\xB4stop\xC2\xB4", "stop");
	folds("\xD2\x9A\xD3\x98\xD0\x96", "\xD2\x9B\xD3\x99\xD0\xB6");	/* Kazakh */
	folds("\xC6\x8FVV", "\xC9\x99vv");	/* Azerbaijani */
	folds("non-stop", "non stop");
	folds("s.t.o.p", "stop");
	folds("S T O P!", "stop");
	folds("S t o o o p please", "stop");
	folds("b u e n o", "buno");	/* folded like any other word */
	folds("a b", "a b");
	folds("s t op", "s t op");
	folds("1 2 3", "1 2 3");
	folds("stooop", "stop");
	folds("STOPPPPPPP", "stop");
	folds("stopp", "stopp");
	folds("stoop", "stoop");
	folds("bajaaa stoooop", "baja stop");
	folds("stop stooop", "stop");
	folds("stop 1000", "stop 1000");
	folds("stop it", "stop it");
	folds("stop2", "stop2");
	folds("\"stop\"", "stop");
	folds("\xE2\x80\x9Estop\xE2\x80\x9C", "stop");	/* German quotes */
	folds("\xC2\xAB stop \xC2\xBB", "stop");
	folds("\xC2\xA1" "BAJA!", "baja");
	folds("*STOP*", "stop");
	folds("_stop_", "stop");
	folds("~*_stop_*~", "stop");
	folds("```stop```", "stop");
	folds("> stop", "stop");
	folds("stop stop  STOP", "stop");
	folds("stop start stop", "stop start stop");
	folds("bye bye now", "bye");
	folds("\xE4\xB8\x80" "e", "\xE4\xB8\x80" "e");	/* no umlaut: a character whose lowest byte is 0 */
}

static void
folds_bytes(const char *text, size_t len, const char *expected)
{
	wa_phrase_key key;

	wa_phrase_fold((wa_str) {text, len}, &key);
	check(strcmp(key.text, expected) == 0, text, expected, key.text);
}

/* A terminator that was sent along, and what was escaped twice. */
static void
test_escapes(void)
{
	folds_bytes("stop\0", 5, "stop");
	folds_bytes("stop\0me", 7, "stop me");
	folds("\\u0053TOP", "stop");
	folds("\\u0625\\u064A\\u0642\\u0627\\u0641", "\xD8\xA7\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81");
	folds("Stop\\r\\nThank you\\n", "stop");
	folds("\\ud83d\\uded1 stop", "stop");
	folds("\\u0000stop", "stop");
	folds("\\stop\\", "stop");
	folds("\\u00", "u00");
	folds("\\u00gg stop", "u00gg stop");
}

/* Emoji and what is not seen separate words or are not there. */
static void
test_signs(void)
{
	folds("STOP \xF0\x9F\x9B\x91", "stop");
	folds("\xF0\x9F\x99\x8F\xF0\x9F\x8F\xBDstop", "stop");	/* skin tone */
	folds("stop \xE2\x9D\xA4\xEF\xB8\x8F", "stop");	/* variation selector */
	folds("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB stop", "stop");	/* joiner */
	folds("\xF0\x9F\x87\xAA\xF0\x9F\x87\xB8 baja", "baja");	/* a flag */
	folds("1\xEF\xB8\x8F\xE2\x83\xA3 stop", "stop");	/* a key */
	folds("1 stop", "1 stop");
	folds("st\xE2\x80\x8Bop", "stop");	/* zero width space */
	folds("st\xC2\xADop", "stop");	/* soft hyphen */
	folds("\xE2\x81\xA6stop\xE2\x81\xA9", "stop");	/* isolates */
}

/* Does text fold to expected, and is an opt-in in it doubtful? */
static void
doubts(const char *text, const char *expected, bool doubtful)
{
	wa_phrase_key key;

	wa_phrase_fold((wa_str) {text, strlen(text)}, &key);
	check(strcmp(key.text, expected) == 0 && key.doubtful == doubtful, text, expected, key.text);
}

static void
test_fillers(void)
{
	doubts("stop", "stop", false);
	doubts("Stop. Thank you", "stop", false);
	doubts("please stop", "stop", false);
	doubts("Hello, stop please, thanks", "stop", false);
	doubts("start please", "start", false);
	doubts("ok stop", "stop", true);
	doubts("OK, start", "start", true);
	doubts("start?", "start", true);
	doubts("start \xF0\x9F\x9A\xAB", "start", true);
	doubts("no thanks, stop", "stop", true);
	doubts("\\u0073tart", "start", true);
	/* Never inside, never a part of a word, never all of it. */
	doubts("stop please promotions", "stop please promotions", false);
	doubts("pleased stop", "pleased stop", false);
	doubts("please", "please", false);
	doubts("please please", "please", false);
	doubts("don't stop please", "dont stop", false);
}

/* Are these, with a bar between them, the sentences of text? */
static void
sentences(const char *text, const char *expected)
{
	wa_phrase_message message;
	char		got[4096] = "";
	size_t		n = 0;

	wa_phrase_fold_message((wa_str) {text, strlen(text)}, &message);
	for (int i = 0; i < message.nsentences; i++)
		n += snprintf(got + n, sizeof(got) - n, "%s%s", i > 0 ? "|" : "", message.sentences[i].text);
	check(strcmp(got, expected) == 0, text, expected, got);
}

static void
test_sentences(void)
{
	char		text[400];
	size_t		n;

	sentences("stop", "");
	sentences("stop.", "");
	sentences("Hi. Stop. Thanks!", "");	/* the whole is a phrase */
	sentences("Stop. Unsubscribe me", "stop|unsubscribe me");
	sentences("No, please stop\nThank you\n\nRemove me!!", "no|stop|remove me");
	sentences("STOP/ARRET", "stop|arret");
	sentences("stop \xF0\x9F\x9B\x91 baja", "stop|baja");
	sentences("stop please. stop", "stop");
	sentences("Stop. Remove me. Stop! Remove me! Stop! Remove me! Stop! Remove me! Stop!", "stop|remove me");
	sentences("Thanks. Hello.", "");
	sentences("S.T.O.P. Remove me", "s|t|o|p|remove me");
	sentences("\xD9\x84\xD8\xA7\xD8\x8C stop", "\xD9\x84\xD8\xA7|stop");	/* Arabic comma */
	sentences("stop\xEF\xBC\x8C" "baja", "stop|baja");	/* a full-width one */
	sentences("Where is it? Stop me", "where is it|stop me");
	sentences("", "");
	sentences("stop\xFF. stop me", "");
	sentences("Stop - remove me", "");

	/* One sentence that is too long, and too many of them. */
	n = snprintf(text, sizeof(text), "stop me. ");
	for (int i = 0; i < WA_PHRASE_MAX / 2; i++)
		n += snprintf(text + n, sizeof(text) - n, "ab");
	sentences(text, "stop me|abababababababababababababababababababababababababababababababab");
	snprintf(text + n, sizeof(text) - n, "a");
	sentences(text, "");
	sentences("a.b.c.d.e.f.g.h", "a|b|c|d|e|f|g|h");
	sentences("a.b.c.d.e.f.g.h.i", "");
}

/* Every filler that is delivered does its work, and says nothing by itself. */
static void
test_delivered(void)
{
	wa_phrase_key *keys = calloc(wa_default_phrases_size, sizeof(wa_phrase_key));

	for (int i = 0; i < wa_phrase_fillers_size; i++)
	{
		const wa_phrase_filler *f = &wa_phrase_fillers[i];
		char		text[128];

		snprintf(text, sizeof(text), "%s, xyzzy", f->words);
		doubts(text, "xyzzy", f->doubtful);
		snprintf(text, sizeof(text), "Xyzzy. %s!", f->words);
		doubts(text, "xyzzy", f->doubtful);
	}
	for (int i = 0; i < wa_default_phrases_size; i++)
	{
		const wa_default_phrase *p = &wa_default_phrases[i];

		wa_phrase_fold((wa_str) {p->phrase, strlen(p->phrase)}, &keys[i]);
		check(keys[i].len > 0, p->phrase, "a phrase", keys[i].text);
		for (int j = 0; j < i; j++)
		{
			const wa_default_phrase *q = &wa_default_phrases[j];

			if (strcmp(keys[i].text, keys[j].text) == 0)
				check(p->resumes == q->resumes && p->active == q->active,
					  p->phrase, "one meaning", q->phrase);
		}
	}
	free(keys);
}

static void
test_accents(void)
{
	folds("f\xC3\xBCr", "fur");
	folds("fuer", "fur");
	folds("fur", "fur");
	folds("L\xC3\x96SCHEN", "loschen");
	folds("loeschen", "loschen");
	folds("gru\xC3\x9F", "gruss");
	folds("GRU\xE1\xBA\x9E", "gruss");
	folds("GRUSS", "gruss");
	folds("\xD8\xA5\xD9\x8A\xD9\x80\xD9\x80\xD9\x82\xD8\xA7\xD9\x81", "\xD8\xA7\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81");	/* tatweel */
	folds("\xD8\xA7\xD9\x84\xD9\x89", "\xD8\xA7\xD9\x84\xD9\x8A");	/* alef maksura */
	folds("\xD8\xB1\xD8\xB3\xD8\xA7\xD9\x84\xD8\xA9", "\xD8\xB1\xD8\xB3\xD8\xA7\xD9\x84\xD9\x87");	/* teh marbuta */
	folds("\xE0\xA4\xAB\xE0\xA4\xBC\xE0\xA5\xA4", "\xE0\xA4\xAB");	/* nukta, danda */
	folds("\xE0\xA5\x9E", "\xE0\xA4\xAB");	/* nukta within */
	folds("DURDUR \xC4\xB0PTAL", "durdur iptal");
	folds("\xC3\xA7\xC4\xB1k", "cik");
	folds("ARR\xC3\x8AT", "arret");
	folds("arre\xCC\x82t", "arret");	/* decomposed */
	folds("D\xC3\xA9sabonner", "desabonner");
	folds("cancelar suscripci\xC3\xB3n", "cancelar suscripcion");
	folds("\xEF\xBC\xB3\xEF\xBC\xB4\xEF\xBC\xAF\xEF\xBC\xB0", "stop");	/* full width */
	folds("\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F", "\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF");	/* Cyrillic */
	folds("\xCE\xA3\xCE\xA4\xCE\x9F\xCE\xA0", "\xCF\x83\xCF\x84\xCE\xBF\xCF\x80");	/* Greek */
	folds("\xD8\xA5\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81", "\xD8\xA7\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81");	/* hamza is a mark */
	folds("I\xC4\xB0 \xC4\xB1", "ii i");	/* the Turkish pair */
}

static void
test_nothing(void)
{
	char		text[WA_PHRASE_MAX * 9];

	folds_bytes_to_nothing("", 0);
	folds_bytes_to_nothing(NULL, 0);
	folds_bytes_to_nothing("   ", 3);
	folds_bytes_to_nothing("...", 3);
	folds_bytes_to_nothing(" ! ", 3);
	folds_bytes_to_nothing("\xCC\x82", 2);	/* a lone accent */
	folds_bytes_to_nothing("\0\0", 2);
	folds_bytes_to_nothing("stop\xFF", 5);
	folds_bytes_to_nothing("stop\xC3", 5);	/* cut off */
	folds_bytes_to_nothing("\xED\xA0\x80", 3);	/* a surrogate */
	folds_bytes_to_nothing("\xC1\x93top", 5);	/* overlong */
	folds_bytes_to_nothing("\xF4\x90\x80\x80", 4);	/* past the last character */

	/* At the limit, and past it. */
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'A' : 'B';
	text[WA_PHRASE_MAX] = '\0';
	{
		wa_phrase_key key;

		wa_phrase_fold((wa_str) {text, WA_PHRASE_MAX}, &key);
		check(key.len == WA_PHRASE_MAX, "64 letters", "64 letters", key.text);
	}
	text[WA_PHRASE_MAX] = 'A';
	folds_bytes_to_nothing(text, WA_PHRASE_MAX + 1);
	folds_bytes_to_nothing(text, sizeof(text));

	/* One character that decomposes into eighteen. */
	for (int i = 0; i < 20; i++)
		memcpy(text + i * 3, "\xEF\xB7\xBA", 3);
	folds_bytes_to_nothing(text, 60);

	/* 64 characters of four bytes: letters, and signs, which are none. */
	for (int i = 0; i < WA_PHRASE_MAX; i++)
		memcpy(text + i * 4, i % 2 == 0 ? "\xF0\x90\x8E\x80" : "\xF0\x90\x8E\x81", 4);
	{
		wa_phrase_key key;

		wa_phrase_fold((wa_str) {text, WA_PHRASE_MAX * 4}, &key);
		check(key.len == WA_PHRASE_MAX * 4, "64 letters", "256 bytes", key.text);
	}
	for (int i = 0; i < WA_PHRASE_MAX; i++)
		memcpy(text + i * 4, "\xF0\x9F\x9B\x91", 4);
	folds_bytes_to_nothing(text, WA_PHRASE_MAX * 4);
}

/* Random bytes and random characters: no crash, and folding twice is folding once. */
static void
test_random(void)
{
	for (int round = 0; round < 50000; round++)
	{
		char		text[80];
		size_t		len;
		wa_phrase_key key;
		wa_phrase_key again;

		len = roll(sizeof(text));
		for (size_t i = 0; i < len; i++)
			text[i] = round % 2 == 0 ? (char) roll(256) : " aAeoE.!\xC3\x89\xCC\x81"[roll(12)];
		wa_phrase_fold((wa_str) {text, len}, &key);
		wa_phrase_fold((wa_str) {key.text, key.len}, &again);
		check(key.len == again.len && memcmp(key.text, again.text, key.len) == 0,
			  "random text", key.text, again.text);
	}
}

int
main(void)
{
	test_case_blanks_punctuation();
	test_escapes();
	test_signs();
	test_fillers();
	test_sentences();
	test_delivered();
	test_accents();
	test_nothing();
	test_random();
	return summary();
}
