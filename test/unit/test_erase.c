/* SOURCES: src/payload/erase.c src/payload/shape.c src/payload/text.c src/recipient/phone.c src/recipient/spelling.c */
/* LIBS: -ljson-c */
/*
 * Cutting a person out of a payload.
 */
#include "c.h"

#include <time.h>

#include "payload/erase.h"
#include "payload/payload.h"

#include "check.h"

static wa_names *
names_of(const char *id, const char *other)
{
	wa_canonical ids[2];
	int			n = 1;

	if (!wa_canonicalize(id, strlen(id), &ids[0]))
		printf("no recipient: %s\n", id);
	if (other != NULL && wa_canonicalize(other, strlen(other), &ids[1]))
		n = 2;
	return wa_names_make(ids, n);
}

static void
occurs(const char *id, const char *text, bool expected)
{
	wa_names   *names = names_of(id, NULL);

	check(wa_names_occur(names, text, strlen(text)) == expected, text);
	wa_names_free(names);
}

/* rest NULL: untouched; "": all goes. */
static void
cuts(const char *id, const char *other, const char *text, const char *rest)
{
	wa_names   *names = names_of(id, other);
	char	   *left = NULL;
	size_t		len = 0;
	wa_erase_result result = wa_payload_erase(names, text, strlen(text), &left, &len);

	if (rest == NULL)
		check(result == WA_ERASE_UNTOUCHED && left == NULL, text);
	else if (*rest == '\0')
		check(result == WA_ERASE_ALL && left == NULL, text);
	else
	{
		check(result == WA_ERASE_CUT && strlen(rest) == len && memcmp(left, rest, len) == 0, text);
		if (result == WA_ERASE_CUT && strcmp(left, rest) != 0)
			printf("  got %s\n", left);
	}
	free(left);
	wa_names_free(names);
}

/* Seconds that it takes to cut so many of its phones out of one list, with others between them. */
static double
time_of_list(int n)
{
	const char *pair = "\"491601234567\",\"491609999999\",";
	size_t		len = strlen(pair);
	char	   *text = malloc(n * len + 3);
	wa_names   *names = names_of("491601234567", NULL);
	char	   *left = NULL;
	size_t		left_len = 0;
	clock_t		start;
	double		seconds;

	text[0] = '[';
	for (int i = 0; i < n; i++)
		memcpy(text + 1 + i * len, pair, len);
	text[n * len] = ']';
	text[n * len + 1] = '\0';
	start = clock();
	check(wa_payload_erase(names, text, n * len + 1, &left, &left_len) == WA_ERASE_CUT, "a long list");
	seconds = (double) (clock() - start) / CLOCKS_PER_SEC;
	check(left_len == (size_t) n * strlen("\"491609999999\",") + 1, "the others stay");
	free(left);
	free(text);
	wa_names_free(names);
	return seconds;
}

/* What holds too many objects to be read is not read here either: json-c would take gigabytes for them. */
static void
test_too_many(void)
{
	const int	n = WA_PAYLOAD_MAX_CONTAINERS;
	size_t		len = 0;
	char	   *text = malloc(3 * n + 100);
	wa_names   *names = names_of("491601234567", NULL);
	char	   *left = NULL;
	size_t		left_len = 0;

	len += sprintf(text, "[\"491601234567\"");
	for (int i = 0; i < n; i++)
		len += sprintf(text + len, ",{}");
	text[len++] = ']';
	check(wa_payload_erase(names, text, len, &left, &left_len) == WA_ERASE_ALL, "too many objects");
	free(left);
	free(text);
	wa_names_free(names);
}

int
main(void)
{
	double		fewer;
	double		more;

	/* Spellings. */
	occurs("491601234567", "491601234567", true);
	occurs("491601234567", "x+49 (160) 123-45/67!", true);
	occurs("491601234567", "00491601234567", true);
	occurs("491601234567", "+49 (0) 160 1234567", true);
	occurs("491601234567", "49\xc2\xa0" "160\xc2\xa0" "1234567", true);
	occurs("491601234567", "2024-05-01 491601234567", true);
	occurs("491601234567", "4916012345678", false);
	occurs("491601234567", "1491601234567", false);
	occurs("491601234567", "49160x1234567", false);
	occurs("491601234567", "49160,1234567", false);
	occurs("491601234567", "", false);
	occurs("491601234567", "+49 160/1234567", true);
	occurs("491601234567", "+49 160\\/1234567", true);
	occurs("491601234567", "+49 160\\\\/1234567", true);
	occurs("491601234567", "+49 160\\n1234567\\t\\t", true);
	occurs("491601234567", "+49 160\\\\r\\\\n123 4567", true);
	occurs("491601234567", "+49\t160\r\n1234567", true);
	occurs("491601234567", "49160n1234567", false);
	occurs("491601234567", "49160\\x1234567", false);
	occurs("525512345678", "5215512345678", true);
	occurs("541112345678", "5491112345678", true);
	occurs("5511987654321", "551187654321", true);
	occurs("5511987654321", "551177654321", false);
	/* As intake reads them: marks of calls inside a country, one behind the other, and full-width forms. */
	occurs("541123456789", "+54 11 15 2345-6789", true);
	occurs("541123456789", "+54 9 11 15 2345-6789", true);
	occurs("541123456789", "+54 9 0 11 2345-6789", true);
	occurs("541123456789", "+54 (0) 11 15 2345-6789", true);
	occurs("543514234567", "+54 351 15 4234567", true);
	occurs("541123456789", "+54 11 16 2345-6789", false);
	occurs("5511987654321", "+55 (0) 11 8765-4321", true);
	occurs("5511987654321", "+55 0 15 11 98765-4321", true);
	occurs("525512345678", "+52 01 55 1234 5678", true);
	occurs("525512345678", "+52 044 55 1234 5678", true);
	occurs("74951234567", "+7 8 495 123-45-67", true);
	occurs("393471234567", "+39 (0) 347 1234567", true);
	occurs("393471234567", "+39 0 347 1234567", false);
	occurs("390612345678", "+39 ( 0 )6 12345678", true);
	occurs("2901234", "+290 (0) 1234", true);
	occurs("491601234567", "\xef\xbc\x94\xef\xbc\x99\xef\xbc\x91\xef\xbc\x96\xef\xbc\x90\xef\xbc\x91\xef\xbc\x92"
		   "\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96\xef\xbc\x97", true);
	occurs("491601234567", "\xef\xbc\x8b" "49\xef\xbc\x88" "0\xef\xbc\x89" "1601234567", true);
	occurs("491601234567", "491601234567\xef\xbc\x98", false);
	occurs("491601234567", "\xef\xbc\x98" "491601234567", false);
	occurs("DE.Abc", "De.Abc", true);
	occurs("DE.Abc", "dE.Abc", true);
	occurs("DE.Abc", "xDe.Abc", false);
	occurs("DE.Abc", "E.Abc", false);
	occurs("DE.Abc", ".Abc", false);
	occurs("de.Abc", "x DE.Abc y", true);
	occurs("DE.Abc", "de.Abc", true);
	occurs("DE.Abc", "DE.abc", false);

	/* Another id that begins or ends so is another's. */
	occurs("DE.13", "DE.130", false);
	occurs("DE.13", "DE.13-0", false);
	occurs("DE.13", "DE.13_0", false);
	occurs("DE.13", "DE.13a", false);
	occurs("DE.13", "DE.130 DE.13", true);
	occurs("DE.13", "DE.130,DE.13-1,DE.131", false);
	occurs("DE.13", "It was DE.13.", true);
	occurs("DE.13", "It was DE.13. Really", true);
	occurs("DE.13", "no.DE.13.Really", true);
	occurs("DE.13", "DE.13\xc3\xa9", true);
	occurs("DE.13", "ADE.13", false);
	occurs("DE.13", "\\nDE.13\\n", true);
	occurs("DE.13", "nDE.13", false);
	occurs("NT.x", "DE.ENT.x", false);
	occurs("DE.ENT.x", "DE.ENT.x", true);
	occurs("DE.ENT.x", "DE.ENT.xy", false);
	occurs("DE.ENT", "DE.ENT.x", false);
	occurs("DE.ENT", "DE.ENT.", true);
	occurs("DE.ENT", "DE.ENT and DE.ENT.x", true);
	occurs("DE.x", "DE.ENT.x", false);
	occurs("4916012", "4916012345", false);
	occurs("4916012", "94916012", false);
	occurs("4916012", "wamid.4916012", true);

	/* The innermost element of an array goes. */
	cuts("491601234567", NULL, "{\"a\":[1,2]}", NULL);
	cuts("491601234567", NULL, "{\"a\":[{\"to\":\"491601234567\"},{\"to\":\"4\"}],\"b\":1.50}",
		 "{\"a\":[{\"to\":\"4\"}],\"b\":1.50}");
	cuts("491601234567", NULL, "{\"a\":[{\"to\":491601234567}]}", "{\"a\":[]}");
	cuts("491601234567", NULL, "[[{\"a\":{\"b\":{\"c\":\"491601234567\"}}},{}],2]", "[[{}],2]");
	cuts("491601234567", "DE.1", "[{\"a\":\"DE.1\"},{\"a\":\"+491601234567\"},{\"a\":\"DE.2\"}]",
		 "[{\"a\":\"DE.2\"}]");
	cuts("491601234567", NULL, "[{\"id\":\"x\",\"errors\":[{\"t\":\"of 491601234567\"},{\"t\":\"y\"}]}]",
		 "[{\"id\":\"x\",\"errors\":[{\"t\":\"y\"}]}]");
	cuts("491601234567", NULL, "[{\"491601234567\":1},{\"x\":1}]", "[{\"x\":1}]");
	cuts("DE.13", NULL, "[{\"a\":\"DE.130\"},{\"a\":\"DE.13\"},{\"a\":\"DE.ENT.13\"}]",
		 "[{\"a\":\"DE.130\"},{\"a\":\"DE.ENT.13\"}]");
	cuts("DE.13", NULL, "[{\"a\":\"DE.130\"}]", NULL);
	cuts("DE.13", NULL, "[\"x\\nDE.13\",\"\\u2019DE.13\",\"DE.13\\u0030\",1]", "[\"DE.130\",1]");
	cuts("491601234567", NULL, "[\"\\u2019491601234567\",1]", "[1]");
	/* Outside any array there is nothing to be kept. */
	cuts("491601234567", NULL, "{\"to\":\"491601234567\"}", "");
	cuts("491601234567", NULL, "\"491601234567\"", "");
	/* Escaped digits, JSON in a string, no JSON at all. */
	cuts("491601234567", NULL, "[{\"a\":\"\\u0034\\u00391601234567\"},1]", "[1]");
	cuts("491601234567", NULL, "[\"\\u00e9\"]", NULL);
	cuts("491601234567", NULL, "{\"body\":\"[{\\\"a\\\":\\\"491601234567\\\"},7]\"}", "{\"body\":\"[7]\"}");
	cuts("491601234567", NULL, "{\"body\":\"{\\\"a\\\":\\\"491601234567\\\"}\"}", "");
	cuts("491601234567", NULL, "{\"body\":\"[{\\\"a\\\":\\\"\\\\u0034\\\\u00391601234567\\\"},7]\"}", "{\"body\":\"[7]\"}");
	cuts("491601234567", NULL, "{\"body\":\"[{\\\"a\\\":\\\"\\\\u0034\\\"},7]\"}", NULL);
	cuts("491601234567", NULL, "[\"\\\\u0034 is no JSON\"]", NULL);
	cuts("491601234567", NULL, "[\"+49 160\\/1234567\",7]", "[7]");
	cuts("491601234567", NULL, "{\"body\":\"[\\\"+49 160\\\\/1234567\\\",7]\"}", "{\"body\":\"[7]\"}");
	/* A mark or blanks before the JSON, as intake reads it. */
	cuts("491601234567", NULL, "\xEF\xBB\xBF[\"491601234567\",7]", "[7]");
	cuts("491601234567", NULL, "{\"body\":\" [\\\"491601234567\\\",7]\"}", "{\"body\":\"[7]\"}");
	cuts("491601234567", NULL, "{\"body\":\"\xEF\xBB\xBF [\\\"491601234567\\\",7]\"}", "{\"body\":\"[7]\"}");
	cuts("491601234567", NULL, "not JSON: 491601234567", "");
	cuts("491601234567", NULL, "not JSON: 49160123456", NULL);
	cuts("491601234567", NULL, "[{\"a\":\"491601234567\"},", "");
	/* JSON that is cut off, with Meta's escapes of what stands between the digits. */
	cuts("491601234567", NULL, "[{\"a\":\"+49\\u00a0160\\u20111234567\"},", "");
	cuts("491601234567", NULL, "[{\"a\":\"\\u0034\\uff19\\u00311601234567\"},", NULL);
	cuts("491601234567", NULL, "[{\"a\":\"\\u0034\\uFF191601234567\"},", "");
	cuts("491601234567", NULL, "{\"body\":\"[\\\"+49\\\\u00a01601234567", "");
	cuts("491601234567", NULL, "[{\"a\":\"\\ud83d\\udcde491601234567\"},", "");
	cuts("491601234567", NULL, "[{\"a\":\"491601234567\\u0030\"},", NULL);
	cuts("491601234567", NULL, "[{\"a\":\"49160123456\\u00", NULL);
	/* Integers that no 64 bits hold, and slashes, come out as they were. */
	cuts("491601234567", NULL, "[491601234567,\"a/b\",123456789012345678]", "[\"a/b\",123456789012345678]");

	/* What is no UTF-8 is no JSON that can be written anew. */
	cuts("491601234567", NULL, "{\"a\":[\"\xff 491601234567\",\"b\"]}", "");
	cuts("491601234567", NULL, "{\"a\":[\"\xe4\xff \\u0034 491601234568\",\"b\"]}", NULL);

	test_too_many();

	/* Four times as long takes four times as long, more or less; were it quadratic, sixteen times. */
	fewer = time_of_list(20000);
	more = time_of_list(80000);
	check(more < 10 * (fewer > 0.01 ? fewer : 0.01), "the time grows with the list");

	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
