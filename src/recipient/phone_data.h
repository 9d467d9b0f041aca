/*-------------------------------------------------------------------------
 *
 * phone_data.h
 *	  What the numbering plans say about the digits behind a calling code that
 *	  people write but nobody dials from abroad.  Included by phone.c alone.
 *
 * Taken in November 2026 from the "max" metadata of libphonenumber-js 1.13.16
 * (Google's libphonenumber), which test/region compares it with again: calling
 * codes, where national numbers of subscribers begin with 0, and national
 * prefixes.  What that metadata no longer has is from the plans themselves:
 * Lithuania's and Uzbekistan's former prefix 8, Mexico's former 044 and 045
 * before mobiles, and Brazil's carrier codes between the 0 and the area code.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PHONE_DATA_H
#define WA_PHONE_DATA_H

/* An entry of calling_codes: the length of the code, 0 where there is none. */
#define CODE_LENGTH		0x03
/* National numbers begin with 0 in this country, so that no 0 is dropped. */
#define ZERO_STAYS		0x04
/* Which lengths of the whole number a rule applies to; see unusual_lengths. */
#define LONG_SHIFT		4
#define LONG_NANP			(1 << LONG_SHIFT)
#define LONG_RUSSIA			(2 << LONG_SHIFT)
#define LONG_MEXICO			(3 << LONG_SHIFT)
#define LONG_ARGENTINA		(4 << LONG_SHIFT)
#define LONG_BRAZIL			(5 << LONG_SHIFT)
#define LONG_LITHUANIA		(6 << LONG_SHIFT)
#define LONG_BELARUS		(7 << LONG_SHIFT)
#define LONG_MARSHALL		(8 << LONG_SHIFT)
#define LONG_TURKMENISTAN	(9 << LONG_SHIFT)
#define LONG_UZBEKISTAN		(10 << LONG_SHIFT)

/*
 * By the first three digits of a number.  Codes of no country are left out, as
 * in region_data.h: nothing is known of a 0 behind them.
 */
static const uint8 calling_codes[1000] = {
	[100 ... 199] = 1 | LONG_NANP, [200 ... 209] = 2, [211 ... 213] = 3, [216] = 3,
	[218] = 3, [220 ... 224] = 3, [225 ... 226] = 3 | ZERO_STAYS, [227 ... 228] = 3,
	[229] = 3 | ZERO_STAYS, [230 ... 241] = 3, [242] = 3 | ZERO_STAYS, [243 ... 258] = 3,
	[260 ... 269] = 3, [270 ... 279] = 2, [290 ... 291] = 3, [297 ... 299] = 3,
	[300 ... 349] = 2, [350 ... 359] = 3, [360 ... 369] = 2, [370] = 3 | LONG_LITHUANIA,
	[371 ... 374] = 3, [375] = 3 | LONG_BELARUS, [376 ... 377] = 3, [378] = 3 | ZERO_STAYS,
	[380 ... 383] = 3, [385 ... 387] = 3, [389] = 3, [390 ... 399] = 2 | ZERO_STAYS,
	[400 ... 419] = 2, [420 ... 421] = 3, [423] = 3, [430 ... 499] = 2, [500 ... 509] = 3,
	[510 ... 519] = 2, [520 ... 529] = 2 | LONG_MEXICO, [530 ... 539] = 2,
	[540 ... 549] = 2 | LONG_ARGENTINA, [550 ... 559] = 2 | LONG_BRAZIL, [560 ... 589] = 2,
	[590 ... 599] = 3, [600 ... 669] = 2, [670] = 3, [672 ... 683] = 3, [685 ... 691] = 3,
	[692] = 3 | LONG_MARSHALL, [700 ... 799] = 1 | LONG_RUSSIA, [810 ... 829] = 2,
	[840 ... 849] = 2, [850] = 3, [852 ... 853] = 3, [855 ... 856] = 3, [860 ... 869] = 2,
	[880] = 3, [886] = 3, [900 ... 959] = 2, [960 ... 968] = 3, [970 ... 977] = 3,
	[980 ... 989] = 2, [992] = 3, [993] = 3 | LONG_TURKMENISTAN, [994 ... 996] = 3,
	[998] = 3 | LONG_UZBEKISTAN
};

/*
 * By the class of a calling code: the lengths, as bits, at which a number may
 * fall under a rule other than that of the zero.
 */
static const uint16 unusual_lengths[] = {
	[0] = 0,
	[LONG_NANP >> LONG_SHIFT] = 1 << 12,
	[LONG_RUSSIA >> LONG_SHIFT] = 1 << 12,
	[LONG_MEXICO >> LONG_SHIFT] = 1 << 13,
	[LONG_ARGENTINA >> LONG_SHIFT] = 1 << 13 | 1 << 14 | 1 << 15,
	[LONG_BRAZIL >> LONG_SHIFT] = 1 << 12,
	[LONG_LITHUANIA >> LONG_SHIFT] = 1 << 12,
	[LONG_BELARUS >> LONG_SHIFT] = 1 << 13 | 1 << 14,
	[LONG_MARSHALL >> LONG_SHIFT] = 1 << 11,
	[LONG_TURKMENISTAN >> LONG_SHIFT] = 1 << 12,
	[LONG_UZBEKISTAN >> LONG_SHIFT] = 1 << 13
};

/*
 * A prefix of calls inside a country, between its code and a national number of
 * min to max digits.  No number of the country is so long that it could begin
 * with the prefix itself.  '?' stands for any digit.
 */
typedef struct national_prefix
{
	char		code[4];
	char		prefix[4];
	uint8		min;
	uint8		max;
} national_prefix;

static const national_prefix national_prefixes[] = {
	{"1", "1", 10, 10},
	{"36", "06", 8, 9},
	{"370", "8", 8, 8},
	{"375", "80", 9, 9},
	{"375", "8", 9, 9},
	{"52", "044", 10, 10},
	{"52", "045", 10, 10},
	{"55", "0??", 10, 11},
	{"692", "1", 7, 7},
	{"7", "8", 10, 10},
	{"993", "8", 8, 8},
	{"998", "8", 9, 9}
};

/*
 * Countries where national numbers may begin with 0.
 *
 * A bare 0 behind the code stays where the national number has at most
 * zero_always digits.  One in brackets is either part of the number, which then
 * has zero_min to zero_max digits and begins with zero_head, or it is not, and
 * then the rest begins with one of bare_heads and has bare_min to bare_max
 * digits.  Where both may be, or neither, the spelling is refused.
 *
 * Italian mobiles begin with 31 to 39 and have 9 or 10 digits; a bracketed 0
 * before ten is no part of the number, while before nine it may be that of an
 * area code (035).  Gabon, since 2019, and Rwanda dial a 0 that is no part of the
 * number before all but the old short ones.
 */
typedef struct zero_plan
{
	char		code[4];
	uint8		zero_always;
	char		zero_head[5];
	uint8		zero_min;
	uint8		zero_max;
	char		bare_heads[28];	/* blank-separated; empty: any */
	uint8		bare_min;
	uint8		bare_max;
} zero_plan;

static const zero_plan zero_plans[] = {
	{"225", 255, "0", 10, 10, "", 10, 10},
	{"226", 255, "0", 8, 8, "", 8, 8},
	{"229", 255, "0", 10, 10, "", 8, 8},
	{"241", 8, "0", 8, 8, "", 7, 8},
	{"242", 255, "0", 9, 9, "", 9, 9},
	{"250", 8, "06", 8, 8, "", 8, 9},
	{"378", 255, "0549", 10, 10, "5 6 7 8", 8, 8},
	{"39", 255, "0", 6, 10, "31 32 33 34 35 36 37 38 39", 9, 10},
	{"992", 9, "00", 9, 9, "", 9, 9}
};

#endif							/* WA_PHONE_DATA_H */
