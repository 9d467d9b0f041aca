/*-------------------------------------------------------------------------
 *
 * spelling_data.h
 *	  Which characters beyond ASCII people write in phone numbers.  Included by
 *	  spelling.c alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SPELLING_DATA_H
#define WA_SPELLING_DATA_H

/*
 * Characters beyond ASCII that stand for one of it, or for nothing ('\0') where
 * they only steer how the text is shown.  Ascending.  From the Unicode Character
 * Database 15.1: White_Space; Dash and the Japanese long-vowel marks typed for
 * one; the quotation marks; Bidi_Control, the zero-width characters, soft hyphen
 * and variation selectors.  Full-width forms are shifted instead (see find_stand_in).
 */
typedef struct stand_in
{
	uint16		first;
	uint16		last;
	char		ascii;
} stand_in;

static const stand_in stand_ins[] = {
	{0x0085, 0x0085, ' '}, {0x00A0, 0x00A0, ' '}, {0x00AB, 0x00AB, '"'},
	{0x00AD, 0x00AD, '\0'}, {0x00B4, 0x00B4, '\''}, {0x00BB, 0x00BB, '"'},
	{0x02B9, 0x02B9, '\''}, {0x02BC, 0x02BC, '\''}, {0x034F, 0x034F, '\0'},
	{0x058A, 0x058A, '-'}, {0x05BE, 0x05BE, '-'}, {0x061C, 0x061C, '\0'},
	{0x1400, 0x1400, '-'}, {0x1680, 0x1680, ' '}, {0x1806, 0x1806, '-'},
	{0x180B, 0x180F, '\0'}, {0x2000, 0x200A, ' '}, {0x200B, 0x200F, '\0'},
	{0x2010, 0x2015, '-'}, {0x2018, 0x201B, '\''}, {0x201C, 0x201F, '"'},
	{0x2028, 0x2029, ' '}, {0x202A, 0x202E, '\0'}, {0x202F, 0x202F, ' '},
	{0x2032, 0x2032, '\''}, {0x2033, 0x2033, '"'}, {0x2039, 0x203A, '\''},
	{0x2043, 0x2043, '-'}, {0x2053, 0x2053, '-'}, {0x205F, 0x205F, ' '},
	{0x2060, 0x2064, '\0'}, {0x2066, 0x206F, '\0'}, {0x207B, 0x207B, '-'},
	{0x208B, 0x208B, '-'}, {0x2212, 0x2212, '-'}, {0x2800, 0x2800, ' '},
	{0x2E17, 0x2E17, '-'}, {0x2E1A, 0x2E1A, '-'}, {0x2E3A, 0x2E3B, '-'},
	{0x2E40, 0x2E40, '-'}, {0x3000, 0x3000, ' '}, {0x301C, 0x301C, '-'},
	{0x3030, 0x3030, '-'}, {0x30A0, 0x30A0, '-'}, {0x30FC, 0x30FC, '-'},
	{0xFE00, 0xFE0F, '\0'}, {0xFE31, 0xFE32, '-'}, {0xFE58, 0xFE58, '-'},
	{0xFE63, 0xFE63, '-'}, {0xFEFF, 0xFEFF, '\0'}, {0xFF70, 0xFF70, '-'}
};

#endif							/* WA_SPELLING_DATA_H */
