/*-------------------------------------------------------------------------
 *
 * test_phrase.c
 *	  Unit test of events/phrase.c: which messages are the same phrase.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/phrase.c */
/* LIBS: -DFRONTEND -DUSE_PRIVATE_ENCODING_FUNCS */
#include "events/phrase.h"

#undef printf

static int	passed = 0;
static int	failed = 0;

static void
check(bool ok, const char *text, const char *expected, const char *got)
{
	if (ok)
		passed++;
	else
	{
		failed++;
		printf("FAILED \"%s\": expected \"%s\", got \"%s\"\n", text, expected, got);
	}
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
	folds("opt-out", "opt-out");
	folds("don't stop", "don't stop");
	folds("stop it", "stop it");
	folds("\"stop\"", "\"stop");	/* only punctuation at the end goes */
}

static void
test_accents(void)
{
	folds("ARR\xC3\x8AT", "arret");
	folds("arre\xCC\x82t", "arret");	/* decomposed */
	folds("D\xC3\xA9sabonner", "desabonner");
	folds("cancelar suscripci\xC3\xB3n", "cancelar suscripcion");
	folds("\xEF\xBC\xB3\xEF\xBC\xB4\xEF\xBC\xAF\xEF\xBC\xB0", "stop");	/* full width */
	folds("\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F", "\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF");	/* Cyrillic */
	folds("\xCE\xA3\xCE\xA4\xCE\x9F\xCE\xA0", "\xCF\x83\xCF\x84\xCE\xBF\xCF\x80");	/* Greek */
	folds("\xD8\xA5\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81", "\xD8\xA7\xD9\x8A\xD9\x82\xD8\xA7\xD9\x81");	/* hamza is a mark */
	folds("I\xC4\xB0\xC4\xB1", "iii");	/* the Turkish pair */
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
	folds_bytes_to_nothing("stop\0", 5);
	folds_bytes_to_nothing("st\0op", 5);
	folds_bytes_to_nothing("stop\xFF", 5);
	folds_bytes_to_nothing("stop\xC3", 5);	/* cut off */
	folds_bytes_to_nothing("\xED\xA0\x80", 3);	/* a surrogate */
	folds_bytes_to_nothing("\xC1\x93top", 5);	/* overlong */
	folds_bytes_to_nothing("\xF4\x90\x80\x80", 4);	/* past the last character */

	/* At the limit, and past it. */
	memset(text, 'A', sizeof(text));
	text[WA_PHRASE_MAX] = '\0';
	{
		wa_phrase_key key;

		wa_phrase_fold((wa_str) {text, WA_PHRASE_MAX}, &key);
		check(key.len == WA_PHRASE_MAX, "64 letters", "64 letters", key.text);
	}
	memset(text, 'A', sizeof(text));
	folds_bytes_to_nothing(text, WA_PHRASE_MAX + 1);
	folds_bytes_to_nothing(text, sizeof(text));

	/* One character that decomposes into eighteen. */
	for (int i = 0; i < 20; i++)
		memcpy(text + i * 3, "\xEF\xB7\xBA", 3);
	folds_bytes_to_nothing(text, 60);

	/* 64 characters of four bytes. */
	for (int i = 0; i < WA_PHRASE_MAX; i++)
		memcpy(text + i * 4, "\xF0\x9F\x9B\x91", 4);
	{
		wa_phrase_key key;

		wa_phrase_fold((wa_str) {text, WA_PHRASE_MAX * 4}, &key);
		check(key.len == WA_PHRASE_MAX * 4, "64 signs", "256 bytes", key.text);
	}
}

/* Random bytes and random characters: no crash, and folding twice is folding once. */
static void
test_random(void)
{
	uint64		state = 3;

	for (int round = 0; round < 50000; round++)
	{
		char		text[80];
		size_t		len;
		wa_phrase_key key;
		wa_phrase_key again;

		state = state * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
		len = (state >> 33) % sizeof(text);
		for (size_t i = 0; i < len; i++)
		{
			state = state * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
			text[i] = round % 2 == 0 ? (char) (state >> 40) : " aA.!\xC3\x89\xCC\x81"[(state >> 40) % 9];
		}
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
	test_accents();
	test_nothing();
	test_random();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
