/*-------------------------------------------------------------------------
 *
 * test_phone.c
 *	  Unit test of recipient/phone.c and recipient/region.c, without a server.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/recipient/phone.c src/recipient/region.c */
#include "recipient/phone.h"
#include "recipient/region.h"

/* c.h sends these to libpgport, which a test without a server does without. */
#undef printf
#undef snprintf

static int	passed = 0;
static int	failed = 0;

/* Count one check; say which input failed it. */
static void
check(bool ok, const char *input, const char *problem, const char *got)
{
	if (ok)
	{
		passed++;
		return;
	}
	failed++;
	printf("FAILED \"%s\": %s, got \"%s\"\n", input, problem, got);
}

/* Must input become expected? */
static void
accepts(const char *input, const char *expected)
{
	wa_canonical result;
	wa_canonical again;

	if (!wa_canonicalize(input, strlen(input), &result))
	{
		check(false, input, "refused", "");
		return;
	}
	check(strcmp(result.text, expected) == 0, input, expected, result.text);
	check(result.len == strlen(expected), input, "wrong length", result.text);
	check(wa_canonicalize(result.text, result.len, &again) &&
		  strcmp(again.text, result.text) == 0,
		  input, "not a fixed point", again.text);
}

static void
refuses_bytes(const char *input, size_t len)
{
	wa_canonical result;

	if (wa_canonicalize(input, len, &result))
		check(false, input, "accepted", result.text);
	else
		check(true, input, "", "");
}

static void
refuses(const char *input)
{
	refuses_bytes(input, strlen(input));
}

static void
region_is(const char *canonical, const char *expected)
{
	char		prefix[3];
	const char *region = wa_region_of(canonical, strlen(canonical), prefix);

	check(strcmp(region != NULL ? region : "", expected) == 0, canonical, expected,
		  region != NULL ? region : "");
}

static void
test_phones(void)
{
	accepts("4915112345678", "4915112345678");
	accepts("1234567", "1234567");
	accepts("123456789012345", "123456789012345");
	accepts("+4915112345678", "4915112345678");
	accepts("004915112345678", "4915112345678");
	accepts("00123456789012345", "123456789012345");
	accepts("  4915112345678\t\r\n", "4915112345678");
	accepts("\v\f+4915112345678\v\f", "4915112345678");
	accepts("whatsapp:+4915112345678", "4915112345678");
	accepts("WhatsApp:004915112345678", "4915112345678");
	accepts("whatsapp: +49 151 12345678", "4915112345678");
	accepts("tel:+49-151-1234.5678", "4915112345678");
	accepts("TEL:4915112345678", "4915112345678");
	accepts("4915112345678@s.whatsapp.net", "4915112345678");
	accepts("4915112345678@c.us", "4915112345678");
	accepts("whatsapp:+4915112345678@C.US ", "4915112345678");
	accepts("+49 (151) 1234/56-78", "4915112345678");
	accepts("+ 49 151 12345678", "4915112345678");
	accepts("(49) 15112345678", "4915112345678");
	accepts("(49 15112345678)", "4915112345678");
	accepts("00 49 151 12345678", "4915112345678");
	accepts("49\t151\n12345678", "4915112345678");
	accepts("49--151..12345678", "4915112345678");

	refuses("");
	refuses("   ");
	refuses("+");
	refuses("00");
	refuses("()");
	refuses("123456");
	refuses("1-2-3-4-5-6");
	refuses("1234567890123456");
	refuses("+1234567890123456");
	refuses("0123456789");
	refuses("+0123456789");
	refuses("000123456789");
	refuses("+004915112345678");
	refuses("00+4915112345678");
	refuses("++4915112345678");
	refuses("0 04915112345678");
	refuses("-4915112345678");
	refuses("4915112345678-");
	refuses("+.4915112345678");
	refuses("4915112345678+");
	refuses("49151x12345678");
	refuses("49,15112345678");
	refuses("49_15112345678");
	refuses("4915112345678 ext 5");
	refuses("tel:+4915112345678;phone-context=x");
	refuses("whatsapp:tel:+4915112345678");
	refuses("whatsapp +4915112345678");
	refuses("sms:+4915112345678");
	refuses("whatsapp:");
	refuses("@c.us");
	refuses("4915112345678@g.us");
	refuses("4915112345678:12@s.whatsapp.net");
	refuses("4915112345678@c.us@c.us");
	refuses("4915112345678.0e1");
	refuses("4.915112345678e+12");
	refuses("NULL");
	refuses("\xc2\xa0" "4915112345678");
	refuses("4915112345678\xe2\x80\xac");
	refuses("\xd9\xa4\xd9\xa9\xd9\xa1\xd9\xa5\xd9\xa1\xd9\xa1\xd9\xa2");
	refuses_bytes("4915112345678\0", 14);
	refuses_bytes("49151\0" "12345678", 14);
	refuses_bytes("\0", 1);
}

static void
test_folding(void)
{
	/* Mexico: 521 and 10 digits, no more and no fewer. */
	accepts("5215512345678", "525512345678");
	accepts("+52 1 55 1234 5678", "525512345678");
	accepts("525512345678", "525512345678");
	accepts("521551234567", "521551234567");
	accepts("52155123456789", "52155123456789");
	accepts("5211234567890", "521234567890");

	/* Argentina */
	accepts("5491123456789", "541123456789");
	accepts("+54 9 11 2345-6789", "541123456789");
	accepts("541123456789", "541123456789");
	accepts("549112345678", "549112345678");
	accepts("54911234567890", "54911234567890");
	accepts("5499112345678", "549112345678");

	/* Brazil: mobiles get the ninth digit, landlines stay. */
	accepts("551187654321", "5511987654321");
	accepts("551167654321", "5511967654321");
	accepts("551177654321", "5511977654321");
	accepts("551197654321", "5511997654321");
	accepts("+55 (11) 8765-4321", "5511987654321");
	accepts("5511987654321", "5511987654321");
	accepts("551123456789", "551123456789");
	accepts("551133456789", "551133456789");
	accepts("551143456789", "551143456789");
	accepts("551153456789", "551153456789");
	accepts("551113456789", "551113456789");
	accepts("551103456789", "551103456789");
	accepts("55118765432", "55118765432");
	accepts("55119876543210", "55119876543210");

	/* Others that only look alike. */
	accepts("4521551234567", "4521551234567");
	accepts("5015512345678", "5015512345678");
}

static void
test_bsuids(void)
{
	char		longest[256];

	accepts("US.13491208655302741918", "US.13491208655302741918");
	accepts("US.ENT.11815799212886844830", "US.ENT.11815799212886844830");
	accepts(" BR.aZ09\n", "BR.aZ09");
	accepts("US.x", "US.x");
	accepts("US.X", "US.X");
	accepts("US.ENT", "US.ENT");
	accepts("US.ENTx", "US.ENTx");
	accepts("US.ENT.ENT", "US.ENT.ENT");
	accepts("US.ENT.x", "US.ENT.x");

	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "US.", 3);
	longest[3 + 128] = '\0';
	accepts(longest, longest);
	longest[3 + 128] = 'a';
	longest[3 + 129] = '\0';
	refuses(longest);

	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "US.ENT.", 7);
	longest[7 + 128] = '\0';
	accepts(longest, longest);
	longest[7 + 128] = 'a';
	longest[7 + 129] = '\0';
	refuses(longest);

	refuses("US.");
	refuses("US.ENT.");
	refuses("us.123");
	refuses("Us.123");
	refuses("uS.123");
	refuses("U1.123");
	refuses("USA.123");
	refuses("U.123");
	refuses(".123");
	refuses("US123");
	refuses("US..123");
	refuses("US.ent.123");
	refuses("US.ENT.1.2");
	refuses("US.foo_bar");
	refuses("US.1 2");
	refuses("US .12");
	refuses("US.12@c.us");
	refuses("whatsapp:US.123");
	refuses("+US.123");
	refuses("US.\xc3\xa9");
	refuses_bytes("US.1\0", 5);
	refuses_bytes("US.1\0" "2", 6);
}

static void
test_number(void)
{
	check(wa_phone_number("123456789012345", 15) == INT64CONST(123456789012345),
		  "123456789012345", "wrong number", "");
	check(wa_phone_number("1234567", 7) == 1234567, "1234567", "wrong number", "");
	check(wa_phone_number("US.1234567", 10) == 0, "US.1234567", "not 0", "");
	check(wa_is_bsuid("US.1"), "US.1", "no BSUID", "");
	check(wa_is_bsuid("US.ENT.1"), "US.ENT.1", "no BSUID", "");
	check(!wa_is_bsuid("1234567"), "1234567", "BSUID", "");
}

/*
 * The same numbers every time: Numerical Recipes' generator.
 */
static uint32
next_random(uint32 below)
{
	static uint32 state = 20261121;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/*
 * Whatever is accepted must be a fixed point, keep within the limits, and be
 * the same when its digits are written in another way.
 */
static void
test_random(void)
{
	static const char *const starts[] = {"", "+", "00", "55", "521", "549", "52", "54",
		"US.", "US.ENT.", "whatsapp:", "tel:", " "};
	static const char alphabet[] = "0123456789012345678901234567890123456789-.()/ +aZ@\xc3";
	int			accepted = 0;

	for (int i = 0; i < 200000; i++)
	{
		char		input[64];
		wa_canonical result;
		wa_canonical again;
		char		spaced[2 * WA_RECIPIENT_MAX + 8] = "+";
		int			len;
		bool		ok;

		len = snprintf(input, sizeof(input), "%s", starts[next_random(lengthof(starts))]);
		for (uint32 more = next_random(18); more > 0; more--)
			input[len++] = alphabet[next_random(i % 2 == 0 ? 40 : sizeof(alphabet) - 1)];
		input[len] = '\0';
		if (!wa_canonicalize(input, len, &result))
			continue;

		accepted++;
		ok = result.len == strlen(result.text) &&
			wa_canonicalize(result.text, result.len, &again) &&
			again.len == result.len && strcmp(again.text, result.text) == 0;
		if (ok && !wa_is_bsuid(result.text))
		{
			char		digits[32];

			for (int j = 0; j < result.len; j++)
				snprintf(spaced + 1 + 2 * j, 3, "%c ", result.text[j]);
			snprintf(digits, sizeof(digits), INT64_FORMAT,
					 wa_phone_number(result.text, result.len));
			ok = result.len >= 7 && result.len <= 15 && result.text[0] != '0' &&
				strspn(result.text, "0123456789") == result.len &&
				strcmp(digits, result.text) == 0 &&
				wa_canonicalize(spaced, strlen(spaced), &again) &&
				strcmp(again.text, result.text) == 0;
		}
		if (!ok)
			check(false, input, "not a fixed point", result.text);
	}
	check(accepted > 50000, "random input", "too little of it is accepted", "");
}

static void
test_regions(void)
{
	region_is("4915112345678", "DE");
	region_is("5511987654321", "BR");
	region_is("12125551234", "US");
	region_is("14165551234", "CA");
	region_is("16005551234", "CA");
	region_is("17875551234", "PR");
	region_is("19395551234", "PR");
	region_is("13405551234", "VI");
	region_is("16715551234", "GU");
	region_is("16705551234", "MP");
	region_is("16845551234", "AS");
	region_is("18765551234", "JM");
	region_is("18005551234", "US");
	region_is("19995551234", "US");
	region_is("1234567", "US");
	region_is("79123456789", "RU");
	region_is("77011234567", "KZ");
	region_is("76123456789", "KZ");
	region_is("3906698123", "VA");
	region_is("390669", "IT");
	region_is("39066", "IT");
	region_is("447911123456", "GG");
	region_is("447700900123", "GB");
	region_is("88812345678", "");
	region_is("8001234567", "");
	region_is("97912345678", "");
	region_is("21012345678", "");
	region_is("99912345678", "");
	region_is("", "");
	region_is("US.13491208655302741918", "US");
	region_is("US.ENT.1", "US");
	region_is("ZZ.1", "ZZ");
}

int
main(void)
{
	test_phones();
	test_folding();
	test_bsuids();
	test_number();
	test_random();
	test_regions();

	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
