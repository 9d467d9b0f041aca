/*-------------------------------------------------------------------------
 *
 * region_data.h
 *	  Which prefix of a phone number belongs to which territory.  Included by
 *	  region.c alone.
 *
 * Taken in November 2026 from the "max" metadata of libphonenumber-js 1.13.16
 * (Google's libphonenumber); test/region compares the two again.  Letters are
 * ISO 3166-1 alpha-2 codes, with two that ISO only reserves: XK (Kosovo) and
 * AC (Ascension).
 *
 * Both tables ascend by the bytes of the digits, and in each of them no entry
 * is a prefix of another, so that a number matches one entry at most and a
 * binary search finds it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REGION_DATA_H
#define WA_REGION_DATA_H

typedef struct region_prefix
{
	char		digits[10];		/* terminated */
	char		region[3];		/* terminated */
	bool		shared;			/* does region_exceptions split it further? */
} region_prefix;

/*
 * Every calling code of a country, with the country that most of its numbers
 * belong to.  Codes of no country (800 and 808 freephone, 870 to 888 and 979
 * satellite and global services) are left out on purpose.
 */
static const region_prefix region_calling_codes[] = {
	{"1", "US", true}, {"20", "EG", false}, {"211", "SS", false},
	{"212", "MA", false}, {"213", "DZ", false}, {"216", "TN", false},
	{"218", "LY", false}, {"220", "GM", false}, {"221", "SN", false},
	{"222", "MR", false}, {"223", "ML", false}, {"224", "GN", false},
	{"225", "CI", false}, {"226", "BF", false}, {"227", "NE", false},
	{"228", "TG", false}, {"229", "BJ", false}, {"230", "MU", false},
	{"231", "LR", false}, {"232", "SL", false}, {"233", "GH", false},
	{"234", "NG", false}, {"235", "TD", false}, {"236", "CF", false},
	{"237", "CM", false}, {"238", "CV", false}, {"239", "ST", false},
	{"240", "GQ", false}, {"241", "GA", false}, {"242", "CG", false},
	{"243", "CD", false}, {"244", "AO", false}, {"245", "GW", false},
	{"246", "IO", false}, {"247", "AC", false}, {"248", "SC", false},
	{"249", "SD", false}, {"250", "RW", false}, {"251", "ET", false},
	{"252", "SO", false}, {"253", "DJ", false}, {"254", "KE", false},
	{"255", "TZ", false}, {"256", "UG", false}, {"257", "BI", false},
	{"258", "MZ", false}, {"260", "ZM", false}, {"261", "MG", false},
	{"262", "RE", true}, {"263", "ZW", false}, {"264", "NA", false},
	{"265", "MW", false}, {"266", "LS", false}, {"267", "BW", false},
	{"268", "SZ", false}, {"269", "KM", false}, {"27", "ZA", false},
	{"290", "SH", true}, {"291", "ER", false}, {"297", "AW", false},
	{"298", "FO", false}, {"299", "GL", false}, {"30", "GR", false},
	{"31", "NL", false}, {"32", "BE", false}, {"33", "FR", false},
	{"34", "ES", false}, {"350", "GI", false}, {"351", "PT", false},
	{"352", "LU", false}, {"353", "IE", false}, {"354", "IS", false},
	{"355", "AL", false}, {"356", "MT", false}, {"357", "CY", false},
	{"358", "FI", true}, {"359", "BG", false}, {"36", "HU", false},
	{"370", "LT", false}, {"371", "LV", false}, {"372", "EE", false},
	{"373", "MD", false}, {"374", "AM", false}, {"375", "BY", false},
	{"376", "AD", false}, {"377", "MC", false}, {"378", "SM", false},
	{"380", "UA", false}, {"381", "RS", false}, {"382", "ME", false},
	{"383", "XK", false}, {"385", "HR", false}, {"386", "SI", false},
	{"387", "BA", false}, {"389", "MK", false}, {"39", "IT", true},
	{"40", "RO", false}, {"41", "CH", false}, {"420", "CZ", false},
	{"421", "SK", false}, {"423", "LI", false}, {"43", "AT", false},
	{"44", "GB", true}, {"45", "DK", false}, {"46", "SE", false},
	{"47", "NO", true}, {"48", "PL", false}, {"49", "DE", false},
	{"500", "FK", false}, {"501", "BZ", false}, {"502", "GT", false},
	{"503", "SV", false}, {"504", "HN", false}, {"505", "NI", false},
	{"506", "CR", false}, {"507", "PA", false}, {"508", "PM", false},
	{"509", "HT", false}, {"51", "PE", false}, {"52", "MX", false},
	{"53", "CU", false}, {"54", "AR", false}, {"55", "BR", false},
	{"56", "CL", false}, {"57", "CO", false}, {"58", "VE", false},
	{"590", "GP", true}, {"591", "BO", false}, {"592", "GY", false},
	{"593", "EC", false}, {"594", "GF", false}, {"595", "PY", false},
	{"596", "MQ", false}, {"597", "SR", false}, {"598", "UY", false},
	{"599", "CW", true}, {"60", "MY", false}, {"61", "AU", true},
	{"62", "ID", false}, {"63", "PH", false}, {"64", "NZ", false},
	{"65", "SG", false}, {"66", "TH", false}, {"670", "TL", false},
	{"672", "NF", false}, {"673", "BN", false}, {"674", "NR", false},
	{"675", "PG", false}, {"676", "TO", false}, {"677", "SB", false},
	{"678", "VU", false}, {"679", "FJ", false}, {"680", "PW", false},
	{"681", "WF", false}, {"682", "CK", false}, {"683", "NU", false},
	{"685", "WS", false}, {"686", "KI", false}, {"687", "NC", false},
	{"688", "TV", false}, {"689", "PF", false}, {"690", "TK", false},
	{"691", "FM", false}, {"692", "MH", false}, {"7", "RU", true},
	{"81", "JP", false}, {"82", "KR", false}, {"84", "VN", false},
	{"850", "KP", false}, {"852", "HK", false}, {"853", "MO", false},
	{"855", "KH", false}, {"856", "LA", false}, {"86", "CN", false},
	{"880", "BD", false}, {"886", "TW", false}, {"90", "TR", false},
	{"91", "IN", false}, {"92", "PK", false}, {"93", "AF", false},
	{"94", "LK", false}, {"95", "MM", false}, {"960", "MV", false},
	{"961", "LB", false}, {"962", "JO", false}, {"963", "SY", false},
	{"964", "IQ", false}, {"965", "KW", false}, {"966", "SA", false},
	{"967", "YE", false}, {"968", "OM", false}, {"970", "PS", false},
	{"971", "AE", false}, {"972", "IL", false}, {"973", "BH", false},
	{"974", "QA", false}, {"975", "BT", false}, {"976", "MN", false},
	{"977", "NP", false}, {"98", "IR", false}, {"992", "TJ", false},
	{"993", "TM", false}, {"994", "AZ", false}, {"995", "GE", false},
	{"996", "KG", false}, {"998", "UZ", false}
};

/*
 * Where several territories share a calling code: the prefixes of those which
 * are not the main one.
 *
 * +1 is split by area code.  What is not named here is the United States,
 * non-geographic codes (800, 900, 5xx) and codes nobody has been given yet
 * included: new codes go to the United States nearly every year, and to take
 * a foreign number for an American one merely leaves out a message, while the
 * reverse sends one that is forbidden.  600, 622 and 633 are Canada's
 * non-geographic codes.
 *
 * Elsewhere libphonenumber is followed.  Where nothing tells the mobiles of a
 * territory from those of the main country, only its landlines are here
 * (Aland, Svalbard, Cocos and Christmas Island, Saint Martin, Saint
 * Barthelemy, the Vatican), or nothing (Western Sahara).  +7 6 is reserved for
 * Kazakhstan, which libphonenumber leaves open.
 */
static const region_prefix region_exceptions[] = {
	{"1204", "CA", false}, {"1226", "CA", false}, {"1236", "CA", false},
	{"1242", "BS", false}, {"1246", "BB", false}, {"1249", "CA", false},
	{"1250", "CA", false}, {"1257", "CA", false}, {"1263", "CA", false},
	{"1264", "AI", false}, {"1268", "AG", false}, {"1273", "CA", false},
	{"1284", "VG", false}, {"1289", "CA", false}, {"1306", "CA", false},
	{"1340", "VI", false}, {"1343", "CA", false}, {"1345", "KY", false},
	{"1354", "CA", false}, {"1365", "CA", false}, {"1367", "CA", false},
	{"1368", "CA", false}, {"1382", "CA", false}, {"1403", "CA", false},
	{"1416", "CA", false}, {"1418", "CA", false}, {"1428", "CA", false},
	{"1431", "CA", false}, {"1437", "CA", false}, {"1438", "CA", false},
	{"1441", "BM", false}, {"1450", "CA", false}, {"1468", "CA", false},
	{"1473", "GD", false}, {"1474", "CA", false}, {"1506", "CA", false},
	{"1514", "CA", false}, {"1519", "CA", false}, {"1548", "CA", false},
	{"1579", "CA", false}, {"1581", "CA", false}, {"1584", "CA", false},
	{"1587", "CA", false}, {"1600", "CA", false}, {"1604", "CA", false},
	{"1613", "CA", false}, {"1622", "CA", false}, {"1633", "CA", false},
	{"1639", "CA", false}, {"1647", "CA", false}, {"1649", "TC", false},
	{"1658", "JM", false}, {"1664", "MS", false}, {"1670", "MP", false},
	{"1671", "GU", false}, {"1672", "CA", false}, {"1683", "CA", false},
	{"1684", "AS", false}, {"1705", "CA", false}, {"1709", "CA", false},
	{"1721", "SX", false}, {"1742", "CA", false}, {"1753", "CA", false},
	{"1758", "LC", false}, {"1767", "DM", false}, {"1778", "CA", false},
	{"1780", "CA", false}, {"1782", "CA", false}, {"1784", "VC", false},
	{"1787", "PR", false}, {"1807", "CA", false}, {"1809", "DO", false},
	{"1819", "CA", false}, {"1825", "CA", false}, {"1829", "DO", false},
	{"1849", "DO", false}, {"1867", "CA", false}, {"1868", "TT", false},
	{"1869", "KN", false}, {"1873", "CA", false}, {"1876", "JM", false},
	{"1879", "CA", false}, {"1902", "CA", false}, {"1905", "CA", false},
	{"1939", "PR", false}, {"1942", "CA", false},
	{"2622689", "YT", false}, {"262269", "YT", false},
	{"262639", "YT", false}, {"26270935", "YT", false},
	{"26270936", "YT", false}, {"26270937", "YT", false},
	{"26293980", "YT", false}, {"26293981", "YT", false},
	{"26294780", "YT", false}, {"26294781", "YT", false},
	{"2629769", "YT", false}, {"2908", "TA", false}, {"35818", "AX", false},
	{"3906698", "VA", false}, {"441481", "GG", false},
	{"441534", "JE", false}, {"441624", "IM", false},
	{"4474576", "IM", false}, {"447509", "JE", false},
	{"447524", "IM", false}, {"447624", "IM", false},
	{"4477003", "JE", false}, {"4477007", "JE", false},
	{"4477008", "JE", false}, {"447781", "GG", false},
	{"447797", "JE", false}, {"447829", "JE", false}, {"447839", "GG", false},
	{"4479111", "GG", false}, {"4479117", "GG", false},
	{"447937", "JE", false}, {"4779", "SJ", false}, {"59059000", "MF", false},
	{"59059007", "MF", false}, {"59059009", "MF", false},
	{"59059013", "MF", false}, {"59059027", "BL", false},
	{"59059029", "BL", false}, {"59059030", "MF", false},
	{"59059043", "MF", false}, {"59059050", "MF", false},
	{"59059051", "BL", false}, {"59059052", "BL", false},
	{"59059056", "MF", false}, {"59059058", "MF", false},
	{"59059077", "MF", false}, {"59059079", "MF", false},
	{"59059087", "BL", false}, {"5993", "BQ", false}, {"5994", "BQ", false},
	{"5997", "BQ", false}, {"61851001", "CX", false},
	{"61851002", "CC", false}, {"61851030", "CX", false},
	{"61851031", "CC", false}, {"61851059", "CX", false},
	{"61851060", "CC", false}, {"61851088", "CX", false},
	{"61851089", "CC", false}, {"61851117", "CX", false},
	{"61851118", "CC", false}, {"61851146", "CX", false},
	{"61851175", "CX", false}, {"61851176", "CC", false},
	{"61851222", "CX", false}, {"61851223", "CC", false},
	{"61851235", "CX", false}, {"6189162", "CC", false},
	{"6189164", "CX", false}, {"61891703", "CC", false},
	{"61891958", "CX", false}, {"76", "KZ", false}, {"77", "KZ", false}
};

#endif							/* WA_REGION_DATA_H */
