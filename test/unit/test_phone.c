/*-------------------------------------------------------------------------
 *
 * test_phone.c
 *	  Unit test of recipient/phone.c, region.c and time_zones.c, without a
 *	  server.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/recipient/phone.c src/recipient/spelling.c src/recipient/region.c src/recipient/time_zones.c */
#include "recipient/phone.h"
#include "recipient/region.h"
#include "recipient/time_zones.h"

#include "check.h"

#undef check
static void
check(bool ok, const char *input, const char *problem, const char *got)
{
	check_format(ok, "\"%s\": %s, got \"%s\"", input, problem, got);
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
	accepts("(+49) 151 12345678", "4915112345678");
	accepts("(0049) 151 12345678", "4915112345678");
	accepts("+(49) 151 12345678", "4915112345678");
	accepts("+41 44'123'45'67", "41441234567");
	accepts("p:+4915112345678", "4915112345678");
	accepts("P: +49 151 12345678", "4915112345678");
	accepts("4915112345678:12@s.whatsapp.net", "4915112345678");
	accepts("4915112345678.1:12@s.whatsapp.net", "4915112345678");
	accepts("'+4915112345678", "4915112345678");
	accepts("\"+49 151 12345678\"", "4915112345678");
	accepts("\"'+4915112345678\";", "4915112345678");
	accepts("`4915112345678`", "4915112345678");
	accepts("4915112345678,", "4915112345678");
	accepts("+49 151 12345678 ; ", "4915112345678");
	accepts("+49 151 12345678\r", "4915112345678");
	accepts("whatsapp:'+4915112345678'", "4915112345678");

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
	refuses("4915112345678@c.us@c.us");
	refuses("4915112345678:@s.whatsapp.net");
	refuses("4915112345678:12@c.us");
	refuses("4915112345678:12");
	refuses("4915112345678:a@s.whatsapp.net");
	refuses("4915112345678@lid");
	refuses(",4915112345678");
	refuses("491511234,5678");
	refuses("4915112345678,4915112345679");
	refuses("491511\"2345678");
	refuses("p:p:4915112345678");
	refuses("011 49 151 12345678");
	refuses("0011 49 151 12345678");
	refuses("0011 65 8123 4567");	/* not 1 658 123 4567 */
	refuses("001165 8123 4567");
	refuses("4915112345678.0e1");
	refuses("4915112345678E0");
	refuses("4.915112345678E+12");
	refuses("4.915112345678e+12");
	refuses("NULL");
	refuses("\xd9\xa4\xd9\xa9\xd9\xa1\xd9\xa5\xd9\xa1\xd9\xa1\xd9\xa2");
	refuses_bytes("4915112345678\0", 14);
	refuses_bytes("49151\0" "12345678", 14);
	refuses_bytes("\0", 1);
}

/*
 * Characters beyond ASCII that people do not see
 */
static void
test_unicode(void)
{
	/* No-break, narrow, thin and ideographic spaces; dashes; a minus sign. */
	accepts("+49\xc2\xa0" "151\xe2\x80\xaf" "123\xe2\x80\x89" "45\xe3\x80\x80" "678", "4915112345678");
	accepts("\xc2\xa0" "4915112345678\xc2\xa0", "4915112345678");
	accepts("+49\xe2\x80\x91" "151 \xe2\x80\x93 12345\xe2\x88\x92" "678", "4915112345678");
	accepts("81\xe3\x83\xbc" "90\xef\xbd\xb0" "1234\xef\xbc\x8d" "5678", "819012345678");

	/* Direction marks, zero-width characters, a soft hyphen, a byte order mark. */
	accepts("\xe2\x80\xaa+49 151 12345678\xe2\x80\xac", "4915112345678");
	accepts("\xe2\x81\xa6+4915112345678\xe2\x81\xa9", "4915112345678");
	accepts("\xe2\x80\x8e+49\xe2\x80\x8b" "151\xc2\xad" "12345678\xef\xbb\xbf", "4915112345678");
	accepts("what\xe2\x80\x8b" "sapp:+4915112345678", "4915112345678");
	accepts("+49 (\xe2\x80\x8b" "0) 151 12345678", "4915112345678");

	/* Full-width plus, digits, parentheses, letters. */
	accepts("\xef\xbc\x8b" "49 151 12345678", "4915112345678");
	accepts("\xef\xbc\x94\xef\xbc\x99" "15112345678", "4915112345678");
	accepts("+49 \xef\xbc\x88\xef\xbc\x90\xef\xbc\x89 151 12345678", "4915112345678");

	/* Typographic quotes. */
	accepts("\xe2\x80\x98+4915112345678\xe2\x80\x99", "4915112345678");
	accepts("\xe2\x80\x9c+49 151 12345678\xe2\x80\x9d", "4915112345678");
	accepts("\xc2\xab" "4915112345678\xc2\xbb", "4915112345678");

	/* Middle dots, other scripts' digits, emoji, what is no UTF-8. */
	refuses("+49\xc2\xb7" "151\xc2\xb7" "12345678");
	refuses("\xd9\xa4\xd9\xa9\xd9\xa1\xd9\xa5\xd9\xa1\xd9\xa1\xd9\xa2\xd9\xa3");
	refuses("\xf0\x9f\x93\x9e+4915112345678");
	refuses("4915112345678\xc2");
	refuses("4915112345678\xa0");
	refuses("4915112345678\xc0\xa0");
	refuses("4915112345678\xe0\x82\xa0");
	refuses("4915112345678\xe2\x80");
	refuses("4915112345678\xe2\x80 ");
	refuses("\xe2\x80\x8b");
}

/*
 * A spreadsheet's float
 */
static void
test_fractions(void)
{
	accepts("4915112345678.0", "4915112345678");
	accepts("+4915112345678.0", "4915112345678");
	accepts("+49 151 12345678.0", "4915112345678");
	accepts("\"4915112345678.0\",", "4915112345678");
	accepts("4915112345678.0@s.whatsapp.net", "4915112345678");
	accepts("49015112345678.0", "4915112345678");
	accepts("+33.6.12.34.56.00", "33612345600");
	accepts("+49 30 12345.00", "49301234500");
	accepts("49.1511234567", "491511234567");

	/* Digits of the number, or not: nobody can tell. */
	refuses("4915112345678.00");
	refuses("4930123.000");
	refuses("+49.30.123456.0");
	refuses("491511.0");
	refuses("4915112345678.");
	refuses(".0");
	refuses("4915112345678..0");
}

/*
 * What is dialled inside a country only, written behind its code
 */
static void
test_national_prefixes(void)
{
	accepts("+49 (0)151 12345678", "4915112345678");
	accepts("+49(0)15112345678", "4915112345678");
	accepts("+49 ( 0 ) 151 12345678", "4915112345678");
	accepts("0049 (0) 151 12345678", "4915112345678");
	accepts("(+49) (0) 151 12345678", "4915112345678");
	accepts("+49 (0151) 12345678", "4915112345678");
	accepts("+49 0151 12345678", "4915112345678");
	accepts("49015112345678", "4915112345678");
	accepts("+49015112345678", "4915112345678");
	accepts("+49 (0) 0151 12345678", "4915112345678");
	accepts("+44 07700 900123", "447700900123");
	accepts("(44) 07700 900123", "447700900123");
	accepts("+353 (0)85 012 3456", "353850123456");
	accepts("+1 (0) 212 555 0100", "12125550100");
	accepts("+20 0100 123 4567", "201001234567");
	accepts("+7 8 (912) 345-67-89", "79123456789");
	accepts("7 8 771 000 9998", "77710009998");
	accepts("+7 812 345 67 89", "78123456789");
	accepts("+36 06 20 123 4567", "36201234567");
	accepts("+36 (06 20) 123 4567", "36201234567");
	accepts("+36 06 1 234 5678", "3612345678");
	accepts("+36 0 20 123 4567", "36201234567");
	accepts("+36 0 62 123 456", "3662123456");
	accepts("+375 8 029 491 19 11", "375294911911");
	accepts("+375 8 29 491 19 11", "375294911911");
	accepts("+375 029 491 19 11", "375294911911");
	accepts("+370 8 612 34567", "37061234567");
	accepts("+370 800 12345", "37080012345");
	accepts("+993 8 66 123456", "99366123456");
	accepts("+998 8 91 234 56 78", "998912345678");
	accepts("+998 88 234 56 78", "998882345678");
	accepts("+692 1 235 1234", "6922351234");
	accepts("+1 1 212 555 0100", "12125550100");
	accepts("00 1 1 212 555 0100", "12125550100");
	accepts("+52 01 55 1234 5678", "525512345678");
	accepts("+52 044 55 1234 5678", "525512345678");
	accepts("+52 045 55 1234 5678", "525512345678");
	accepts("+55 011 98765-4321", "5511987654321");
	accepts("+55 (0) 11 8765-4321", "5511987654321");
	accepts("+55 015 11 98765-4321", "5511987654321");
	accepts("+55 0 15 11 2345-6789", "551123456789");

	/* Not behind the code: it may be part of an extension, an area, anything. */
	refuses("(0)49 151 12345678");
	refuses("+49 151 (0) 12345678");
	refuses("+49 30 123456 (0)");
	refuses("+54 9 (0) 11 2345 6789");
	refuses("+210 (0) 12345678");
	refuses("+800 (0) 12345678");

	/* Too long for a phone number with its prefixes. */
	refuses("1049120865530274");
	refuses("4901512345678901");
	refuses("13491208655302741918");

	/* What is left is too short, or nothing. */
	refuses("+49 0 1234");
	refuses("490000000000");
	refuses("1000000");

	/* Codes of no country: nothing is known of a 0. */
	accepts("800012345678", "800012345678");
	accepts("883012345678", "883012345678");
	accepts("210012345678", "210012345678");
}

/*
 * Countries whose numbers begin with 0
 */
static void
test_own_zeros(void)
{
	accepts("+39 06 1234 5678", "390612345678");
	accepts("390612345678", "390612345678");
	accepts("+39 (06) 12345678", "390612345678");
	accepts("+39 (0)6 1234 5678", "390612345678");
	accepts("+39 (0) 06 1234 5678", "390612345678");
	accepts("+39 (0)30 1234567", "390301234567");
	accepts("+39 (0)312 345 6789", "393123456789");
	accepts("+39 312 345 6789", "393123456789");
	accepts("+39 06 698 12345", "390669812345");
	accepts("+378 0549 886377", "3780549886377");
	accepts("+378 (0549) 886377", "3780549886377");
	accepts("+378 (0) 549 886377", "3780549886377");
	accepts("+378 (0) 66 66 12 12", "37866661212");
	accepts("+225 07 01 23 45 67", "2250701234567");
	accepts("+225 (0)7 01 23 45 67", "2250701234567");
	accepts("+225 (0)07 01 23 45 67", "2250701234567");
	accepts("+225 (0)27 20 12 34 56", "2252720123456");
	accepts("+225 07 01 23 45", "22507012345");
	accepts("+229 01 20 21 12 34", "2290120211234");
	accepts("+229 (0)90 01 12 34", "22990011234");
	accepts("+242 06 123 4567", "242061234567");
	accepts("+242 (0)6 123 4567", "242061234567");
	accepts("+226 01 23 45 67", "22601234567");
	accepts("+226 (0)70 12 34 56", "22670123456");
	accepts("+241 06 03 12 34", "24106031234");
	accepts("+241 066 03 12 34", "24166031234");
	accepts("+241 (0)66 03 12 34", "24166031234");
	accepts("+250 0720 123 456", "250720123456");
	accepts("+250 (0)720 123 456", "250720123456");
	accepts("+250 06 12 34 56", "25006123456");
	accepts("+992 0 917 12 34 56", "992917123456");
	accepts("+992 00 123 45 67", "992001234567");

	/* An old mobile of nine digits, or an area code 035 that lost its 0. */
	refuses("+39 (0)35 1234567");
	refuses("+241 (0)6 03 12 34");
	refuses("+242 (0)6 123");
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

	/* The same with 15, as written at home, behind area codes of any length. */
	accepts("+54 11 15 2345-6789", "541123456789");
	accepts("541115" "23456789", "541123456789");
	accepts("+54 011 15-2345-6789", "541123456789");
	accepts("+54 9 11 15 2345 6789", "541123456789");
	accepts("+54 9 011 2345-6789", "541123456789");
	accepts("+54 9 011 15 2345-6789", "541123456789");
	accepts("+54 (0)11 15 2345-6789", "541123456789");
	accepts("+54 351 15 234 5678", "543512345678");
	accepts("+54 0351 15 234-5678", "543512345678");
	accepts("+54 2966 15 234567", "542966234567");
	accepts("+54 02966 15-23-4567", "542966234567");
	accepts("+54 3515 15 2345", "543515152345");
	accepts("+54 351 515 2345", "543515152345");
	accepts("+54 2966 25 234567", "54296625234567");
	accepts("+54 611 15 2345678", "54611152345678");

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

	accepts("us.123", "US.123");
	accepts("Us.aB", "US.aB");
	accepts("uS.ENT.x", "US.ENT.x");
	accepts("US.1349-12086_553", "US.1349-12086_553");
	accepts("US.-", "US.-");
	accepts("US.ENT._", "US.ENT._");
	accepts("\"US.123\",", "US.123");
	accepts("\xe2\x80\xaa" "US.123\xe2\x80\xac", "US.123");

	refuses("US.");
	refuses("US.ENT.");
	refuses("US.--.1");
	refuses("US.a+b");
	refuses("U1.123");
	refuses("USA.123");
	refuses("U.123");
	refuses(".123");
	refuses("US123");
	refuses("US..123");
	refuses("US.ent.123");
	refuses("US.ENT.1.2");
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
 * The short cut must give what the long way gives, for every number of 8 to 15
 * digits, and take the ordinary ones.
 */
static void
test_plain(void)
{
	int			taken = 0;

	for (int i = 0; i < 400000; i++)
	{
		char		input[24];
		wa_canonical result;
		size_t		len = 8 + roll(8);
		int64		plain;

		snprintf(input, sizeof(input), "%03u%s", (unsigned) (100 + roll(900)),
				 roll(4) == 0 ? "0" : roll(4) == 0 ? "1515" : "");
		for (size_t at = strlen(input); at < len; at++)
			input[at] = '0' + roll(10);
		input[len] = '\0';
		plain = wa_phone_plain(input, len);
		if (plain == 0)
			continue;
		taken++;
		if (!wa_canonicalize(input, len, &result) || strcmp(result.text, input) != 0 ||
			plain != wa_phone_number(result.text, result.len))
			check(false, input, "the short cut says otherwise", result.text);
	}
	check(taken > 250000, "plain digits", "the short cut takes too few", "");
	check(wa_phone_plain("4915112345678", 13) == INT64CONST(4915112345678), "4915112345678", "not taken", "");
	check(wa_phone_plain("+4915112345678", 14) == INT64CONST(4915112345678), "+4915112345678", "not taken", "");
	check(wa_phone_plain("2250701234567", 13) == INT64CONST(2250701234567), "2250701234567", "not taken", "");
	check(wa_phone_plain("390612345678", 12) == INT64CONST(390612345678), "390612345678", "not taken", "");
	check(wa_phone_plain("493012345678", 12) == INT64CONST(493012345678), "493012345678", "not taken", "");
	check(wa_phone_plain("49015112345678", 14) == 0, "49015112345678", "taken", "");
	check(wa_phone_plain("54111523456789", 14) == 0, "54111523456789", "taken", "");
	check(wa_phone_plain("789123456789", 12) == 0, "789123456789", "taken", "");
}

/*
 * Whatever is accepted must be a fixed point, keep within the limits, and be
 * the same when its digits are written in another way.
 */
static void
test_random(void)
{
	static const char *const starts[] = {"", "+", "00", "55", "521", "549", "52", "54",
		"US.", "US.ENT.", "whatsapp:", "tel:", " ",
		"54 11 15", "54 9 0", "49 (0)", "+39 (0)", "225 0", "36 06", "7 8", "375 80", "us."};
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

		len = snprintf(input, sizeof(input), "%s", starts[roll(lengthof(starts))]);
		for (uint32 more = roll(18); more > 0; more--)
			input[len++] = alphabet[roll(i % 2 == 0 ? 40 : sizeof(alphabet) - 1)];
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

static void
zones_are(const char *canonical, const char *expected)
{
	const char *zones = wa_time_zones_of(canonical, strlen(canonical));

	check(strcmp(zones != NULL ? zones : "", expected) == 0, canonical, expected,
		  zones != NULL ? zones : "");
}

static void
test_zones(void)
{
	zones_are("4915112345678", "Europe/Berlin");
	zones_are("12125550100", "America/New_York");
	zones_are("13125550100", "America/Chicago");
	zones_are("16025550100", "America/Phoenix");
	zones_are("18505550100", "America/Chicago America/New_York");
	zones_are("14165550100", "America/Toronto");
	zones_are("18765550100", "America/Jamaica");
	zones_are("5511987654321", "America/Sao_Paulo");
	zones_are("5592987654321", "America/Manaus");
	zones_are("526641234567", "America/Tijuana");
	zones_are("525512345678", "America/Mexico_City");
	zones_are("74951234567", "Europe/Moscow");
	zones_are("74231234567", "Asia/Vladivostok");
	zones_are("77271234567", "Asia/Almaty");
	zones_are("61891621234", "Indian/Cocos");
	zones_are("61891234567", "Australia/Perth");
	zones_are("61212345678", "Australia/Sydney");
	zones_are("61255051234", "Australia/Lord_Howe Australia/Sydney");
	zones_are("628123456789", "Asia/Jakarta Asia/Jayapura Asia/Makassar Asia/Pontianak");
	zones_are("62361123456", "Asia/Makassar");
	zones_are("351912345678", "Atlantic/Azores Atlantic/Madeira Europe/Lisbon");
	zones_are("DE.1", "Europe/Berlin");
	zones_are("ID.ENT.1", "Asia/Jakarta Asia/Jayapura Asia/Makassar Asia/Pontianak");
	zones_are("BV.1", "");
	zones_are("QQ.1", "");
	zones_are("88812345678", "");
	zones_are("", "");
	check(wa_time_zones_of("79123456789", 11) == wa_time_zones_of("RU.1", 4), "79123456789",
		  "not all of Russia", "");
	check(wa_time_zones_of("12125550100", 11) == wa_time_zones_of("13055550100", 11), "1212",
		  "equal lists at different addresses", "");
}

/*
 * What is said of all numbers that begin with four digits must hold for each.
 */
static void
test_uniform_zones(void)
{
	int			uniform = 0;

	for (int i = 0; i < 300000; i++)
	{
		char		digits[16];
		const char *zones;

		snprintf(digits, sizeof(digits), "%04u%06u", 1000 + (unsigned) roll(9000),
				 (unsigned) (roll(1000) * 1000 + roll(1000)));
		if (!wa_time_zones_uniform(digits, 4))
			continue;
		uniform++;
		zones = wa_time_zones_of(digits, 4);
		if (zones != wa_time_zones_of(digits, strlen(digits)) ||
			zones != wa_time_zones_of(digits, 6))
			check(false, digits, "other zones than its first four digits", "");
	}
	check(uniform > 200000, "first four digits", "too few tell", "");
	check(wa_time_zones_uniform("1212", 4), "1212", "not uniform", "");
	check(wa_time_zones_uniform("4915", 4), "4915", "not uniform", "");
	check(wa_time_zones_uniform("5592", 4), "5592", "not uniform", "");
	check(!wa_time_zones_uniform("5266", 4), "5266", "uniform", "");
	check(!wa_time_zones_uniform("6189", 4), "6189", "uniform", "");
	check(!wa_time_zones_uniform("4477", 4), "4477", "uniform", "");
}

int
main(void)
{
	test_phones();
	test_unicode();
	test_fractions();
	test_national_prefixes();
	test_own_zeros();
	test_folding();
	test_bsuids();
	test_number();
	test_random();
	test_plain();
	test_regions();
	test_zones();
	test_uniform_zones();

	return summary();
}
