/*-------------------------------------------------------------------------
 *
 * time_zones_data.h
 *	  Which time zones a country has, and which of them a prefix of a phone
 *	  number tells.  Included by time_zones.c alone.
 *
 * Taken in November 2026 from: zone.tab of the IANA time zone data, 2025b
 * (the zones of a country); the time zone map of Google's libphonenumber as of
 * July 2026 (North American area codes, Mexico); the numbering plans of
 * Australia, Brazil, Chile, China, Ecuador, Indonesia, Kazakhstan, New Zealand,
 * Portugal, Russia and Spain, whose mobile numbers that map puts into one zone
 * although they are given out nation-wide.  test/region compares the tables
 * with libphonenumber's map, sql/time_zones.sql with the server's zones.
 *
 * A prefix names every zone that a holder of such a number may be in, so that
 * an area code which a zone border crosses has both, and an overlay has what
 * the area code below it has.  What is not told from the prefix (mobile numbers
 * of most countries, freephone numbers, area codes too new) has all zones of
 * its country.  Of zones whose clocks have agreed since 2020, a country has the
 * one of its largest place, besides those that its prefixes name: so its list
 * covers all its clocks, with the time zone data of older servers as well.
 * America/Coyhaique is left out, being too new for many of them; its clock was
 * always that of Santiago or of Punta Arenas.
 *
 * Lists are blank-separated, in alphabetical order, and each is there once, so
 * that equal lists have equal addresses.  Both tables ascend by bytes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TIME_ZONES_DATA_H
#define WA_TIME_ZONES_DATA_H

static const char abidjan[] = "Africa/Abidjan";
static const char accra[] = "Africa/Accra";
static const char adak_anchorage[] = "America/Adak America/Anchorage";
static const char addis_ababa[] = "Africa/Addis_Ababa";
static const char adelaide_broken_hill[] = "Australia/Adelaide Australia/Broken_Hill";
static const char adelaide_darwin[] = "Australia/Adelaide Australia/Darwin";
static const char aden[] = "Asia/Aden";
static const char algiers[] = "Africa/Algiers";
static const char all_aq[] =
	"Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Mawson "
	"Antarctica/McMurdo Antarctica/Palmer Antarctica/Syowa Antarctica/Troll "
	"Antarctica/Vostok";
static const char all_au[] =
	"Australia/Adelaide Australia/Brisbane Australia/Broken_Hill Australia/Darwin "
	"Australia/Eucla Australia/Hobart Australia/Lord_Howe Australia/Melbourne "
	"Australia/Perth Australia/Sydney";
static const char all_br[] =
	"America/Araguaina America/Bahia America/Belem America/Boa_Vista America/Campo_Grande "
	"America/Cuiaba America/Eirunepe America/Fortaleza America/Maceio America/Manaus "
	"America/Noronha America/Porto_Velho America/Recife America/Rio_Branco "
	"America/Santarem America/Sao_Paulo";
static const char all_ca[] =
	"America/Atikokan America/Blanc-Sablon America/Creston America/Edmonton "
	"America/Fort_Nelson America/Goose_Bay America/Halifax America/Iqaluit "
	"America/Rankin_Inlet America/Regina America/St_Johns America/Toronto "
	"America/Vancouver America/Whitehorse America/Winnipeg";
static const char all_gl[] = "America/Danmarkshavn America/Nuuk America/Scoresbysund America/Thule";
static const char all_id[] = "Asia/Jakarta Asia/Jayapura Asia/Makassar Asia/Pontianak";
static const char all_kz[] =
	"Asia/Almaty Asia/Aqtau Asia/Aqtobe Asia/Atyrau Asia/Oral Asia/Qostanay Asia/Qyzylorda";
static const char all_mx[] =
	"America/Bahia_Banderas America/Cancun America/Chihuahua America/Ciudad_Juarez "
	"America/Hermosillo America/Matamoros America/Mazatlan America/Mexico_City "
	"America/Monterrey America/Ojinaga America/Tijuana";
static const char all_ru[] =
	"Asia/Anadyr Asia/Barnaul Asia/Chita Asia/Irkutsk Asia/Kamchatka Asia/Krasnoyarsk "
	"Asia/Magadan Asia/Novokuznetsk Asia/Novosibirsk Asia/Omsk Asia/Sakhalin "
	"Asia/Srednekolymsk Asia/Tomsk Asia/Vladivostok Asia/Yakutsk Asia/Yekaterinburg "
	"Europe/Astrakhan Europe/Kaliningrad Europe/Kirov Europe/Moscow Europe/Samara "
	"Europe/Saratov Europe/Simferopol Europe/Ulyanovsk Europe/Volgograd";
static const char all_us[] =
	"America/Adak America/Anchorage America/Boise America/Chicago America/Denver "
	"America/Los_Angeles America/New_York America/Phoenix Pacific/Honolulu";
static const char almaty[] = "Asia/Almaty";
static const char amman[] = "Asia/Amman";
static const char amsterdam[] = "Europe/Amsterdam";
static const char anadyr[] = "Asia/Anadyr";
static const char andorra[] = "Europe/Andorra";
static const char anguilla[] = "America/Anguilla";
static const char antananarivo[] = "Indian/Antananarivo";
static const char antigua[] = "America/Antigua";
static const char apia[] = "Pacific/Apia";
static const char aqtau[] = "Asia/Aqtau";
static const char aqtobe[] = "Asia/Aqtobe";
static const char araguaina[] = "America/Araguaina";
static const char aruba[] = "America/Aruba";
static const char ashgabat[] = "Asia/Ashgabat";
static const char asmara[] = "Africa/Asmara";
static const char astrakhan[] = "Europe/Astrakhan";
static const char asuncion[] = "America/Asuncion";
static const char athens[] = "Europe/Athens";
static const char atikokan_toronto_winnipeg[] = "America/Atikokan America/Toronto America/Winnipeg";
static const char atyrau[] = "Asia/Atyrau";
static const char auckland[] = "Pacific/Auckland";
static const char auckland_chatham[] = "Pacific/Auckland Pacific/Chatham";
static const char azores[] = "Atlantic/Azores";
static const char azores_madeira_lisbon[] = "Atlantic/Azores Atlantic/Madeira Europe/Lisbon";
static const char baghdad[] = "Asia/Baghdad";
static const char bahia[] = "America/Bahia";
static const char bahia_banderas_mexico_city[] = "America/Bahia_Banderas America/Mexico_City";
static const char bahrain[] = "Asia/Bahrain";
static const char baku[] = "Asia/Baku";
static const char bamako[] = "Africa/Bamako";
static const char bangkok[] = "Asia/Bangkok";
static const char bangui[] = "Africa/Bangui";
static const char banjul[] = "Africa/Banjul";
static const char barbados[] = "America/Barbados";
static const char barnaul[] = "Asia/Barnaul";
static const char beirut[] = "Asia/Beirut";
static const char belem[] = "America/Belem";
static const char belgrade[] = "Europe/Belgrade";
static const char belize[] = "America/Belize";
static const char berlin[] = "Europe/Berlin";
static const char bermuda[] = "Atlantic/Bermuda";
static const char bishkek[] = "Asia/Bishkek";
static const char bissau[] = "Africa/Bissau";
static const char blanc_sablon_goose_bay_st_johns[] =
	"America/Blanc-Sablon America/Goose_Bay America/St_Johns";
static const char blanc_sablon_halifax_toronto[] =
	"America/Blanc-Sablon America/Halifax America/Toronto";
static const char blantyre[] = "Africa/Blantyre";
static const char boa_vista[] = "America/Boa_Vista";
static const char bogota[] = "America/Bogota";
static const char boise_los_angeles[] = "America/Boise America/Los_Angeles";
static const char bougainville_port_moresby[] = "Pacific/Bougainville Pacific/Port_Moresby";
static const char bratislava[] = "Europe/Bratislava";
static const char brazzaville[] = "Africa/Brazzaville";
static const char brisbane[] = "Australia/Brisbane";
static const char brisbane_sydney[] = "Australia/Brisbane Australia/Sydney";
static const char british_columbia[] =
	"America/Creston America/Edmonton America/Fort_Nelson America/Vancouver";
static const char brunei[] = "Asia/Brunei";
static const char brussels[] = "Europe/Brussels";
static const char bucharest[] = "Europe/Bucharest";
static const char budapest[] = "Europe/Budapest";
static const char buenos_aires[] = "America/Argentina/Buenos_Aires";
static const char bujumbura[] = "Africa/Bujumbura";
static const char cairo[] = "Africa/Cairo";
static const char campo_grande[] = "America/Campo_Grande";
static const char canada_north[] =
	"America/Edmonton America/Iqaluit America/Rankin_Inlet America/Whitehorse";
static const char canary[] = "Atlantic/Canary";
static const char canary_madrid[] = "Atlantic/Canary Europe/Madrid";
static const char cancun[] = "America/Cancun";
static const char cape_verde[] = "Atlantic/Cape_Verde";
static const char caracas[] = "America/Caracas";
static const char casablanca[] = "Africa/Casablanca";
static const char cayenne[] = "America/Cayenne";
static const char cayman[] = "America/Cayman";
static const char chagos[] = "Indian/Chagos";
static const char chicago[] = "America/Chicago";
static const char chicago_denver[] = "America/Chicago America/Denver";
static const char chicago_new_york[] = "America/Chicago America/New_York";
static const char chihuahua[] = "America/Chihuahua";
static const char chihuahua_ciudad_juarez[] = "America/Chihuahua America/Ciudad_Juarez";
static const char chihuahua_ojinaga[] = "America/Chihuahua America/Ojinaga";
static const char chisinau[] = "Europe/Chisinau";
static const char chita[] = "Asia/Chita";
static const char christmas[] = "Indian/Christmas";
static const char chuuk_kosrae[] = "Pacific/Chuuk Pacific/Kosrae";
static const char ciudad_juarez[] = "America/Ciudad_Juarez";
static const char cocos[] = "Indian/Cocos";
static const char colombo[] = "Asia/Colombo";
static const char comoro[] = "Indian/Comoro";
static const char conakry[] = "Africa/Conakry";
static const char copenhagen[] = "Europe/Copenhagen";
static const char costa_rica[] = "America/Costa_Rica";
static const char cuiaba[] = "America/Cuiaba";
static const char curacao[] = "America/Curacao";
static const char dakar[] = "Africa/Dakar";
static const char damascus[] = "Asia/Damascus";
static const char dar_es_salaam[] = "Africa/Dar_es_Salaam";
static const char denver[] = "America/Denver";
static const char denver_los_angeles[] = "America/Denver America/Los_Angeles";
static const char denver_phoenix[] = "America/Denver America/Phoenix";
static const char dhaka[] = "Asia/Dhaka";
static const char dili[] = "Asia/Dili";
static const char djibouti[] = "Africa/Djibouti";
static const char dominica[] = "America/Dominica";
static const char douala[] = "Africa/Douala";
static const char dubai[] = "Asia/Dubai";
static const char dublin[] = "Europe/Dublin";
static const char dushanbe[] = "Asia/Dushanbe";
static const char edmonton[] = "America/Edmonton";
static const char edmonton_regina_winnipeg[] = "America/Edmonton America/Regina America/Winnipeg";
static const char efate[] = "Pacific/Efate";
static const char eirunepe_manaus[] = "America/Eirunepe America/Manaus";
static const char el_aaiun[] = "Africa/El_Aaiun";
static const char el_salvador[] = "America/El_Salvador";
static const char eucla_perth[] = "Australia/Eucla Australia/Perth";
static const char fakaofo[] = "Pacific/Fakaofo";
static const char faroe[] = "Atlantic/Faroe";
static const char fiji[] = "Pacific/Fiji";
static const char fortaleza[] = "America/Fortaleza";
static const char freetown[] = "Africa/Freetown";
static const char funafuti[] = "Pacific/Funafuti";
static const char gaborone[] = "Africa/Gaborone";
static const char gambier_marquesas_tahiti[] = "Pacific/Gambier Pacific/Marquesas Pacific/Tahiti";
static const char gaza[] = "Asia/Gaza";
static const char gibraltar[] = "Europe/Gibraltar";
static const char grand_turk[] = "America/Grand_Turk";
static const char grenada[] = "America/Grenada";
static const char guadalcanal[] = "Pacific/Guadalcanal";
static const char guadeloupe[] = "America/Guadeloupe";
static const char guam[] = "Pacific/Guam";
static const char guatemala[] = "America/Guatemala";
static const char guayaquil[] = "America/Guayaquil";
static const char guayaquil_galapagos[] = "America/Guayaquil Pacific/Galapagos";
static const char guernsey[] = "Europe/Guernsey";
static const char guyana[] = "America/Guyana";
static const char halifax[] = "America/Halifax";
static const char harare[] = "Africa/Harare";
static const char havana[] = "America/Havana";
static const char helsinki[] = "Europe/Helsinki";
static const char hermosillo[] = "America/Hermosillo";
static const char hermosillo_tijuana[] = "America/Hermosillo America/Tijuana";
static const char ho_chi_minh[] = "Asia/Ho_Chi_Minh";
static const char hobart_melbourne[] = "Australia/Hobart Australia/Melbourne";
static const char hong_kong[] = "Asia/Hong_Kong";
static const char honolulu[] = "Pacific/Honolulu";
static const char hovd_ulaanbaatar[] = "Asia/Hovd Asia/Ulaanbaatar";
static const char irkutsk[] = "Asia/Irkutsk";
static const char isle_of_man[] = "Europe/Isle_of_Man";
static const char istanbul[] = "Europe/Istanbul";
static const char jakarta[] = "Asia/Jakarta";
static const char jamaica[] = "America/Jamaica";
static const char jayapura[] = "Asia/Jayapura";
static const char jersey[] = "Europe/Jersey";
static const char jerusalem[] = "Asia/Jerusalem";
static const char johannesburg[] = "Africa/Johannesburg";
static const char juba[] = "Africa/Juba";
static const char kabul[] = "Asia/Kabul";
static const char kaliningrad[] = "Europe/Kaliningrad";
static const char kamchatka[] = "Asia/Kamchatka";
static const char kampala[] = "Africa/Kampala";
static const char kanton_kiritimati_tarawa[] = "Pacific/Kanton Pacific/Kiritimati Pacific/Tarawa";
static const char karachi[] = "Asia/Karachi";
static const char kathmandu[] = "Asia/Kathmandu";
static const char kerguelen[] = "Indian/Kerguelen";
static const char khartoum[] = "Africa/Khartoum";
static const char kigali[] = "Africa/Kigali";
static const char kinshasa_lubumbashi[] = "Africa/Kinshasa Africa/Lubumbashi";
static const char kirov[] = "Europe/Kirov";
static const char kolkata[] = "Asia/Kolkata";
static const char kralendijk[] = "America/Kralendijk";
static const char krasnoyarsk[] = "Asia/Krasnoyarsk";
static const char kuching[] = "Asia/Kuching";
static const char kuwait[] = "Asia/Kuwait";
static const char kyiv_simferopol[] = "Europe/Kyiv Europe/Simferopol";
static const char la_paz[] = "America/La_Paz";
static const char lagos[] = "Africa/Lagos";
static const char libreville[] = "Africa/Libreville";
static const char lima[] = "America/Lima";
static const char lisbon[] = "Europe/Lisbon";
static const char ljubljana[] = "Europe/Ljubljana";
static const char lome[] = "Africa/Lome";
static const char london[] = "Europe/London";
static const char longyearbyen[] = "Arctic/Longyearbyen";
static const char lord_howe_sydney[] = "Australia/Lord_Howe Australia/Sydney";
static const char los_angeles[] = "America/Los_Angeles";
static const char lower_princes[] = "America/Lower_Princes";
static const char luanda[] = "Africa/Luanda";
static const char lusaka[] = "Africa/Lusaka";
static const char luxembourg[] = "Europe/Luxembourg";
static const char macau[] = "Asia/Macau";
static const char maceio[] = "America/Maceio";
static const char madeira[] = "Atlantic/Madeira";
static const char madrid[] = "Europe/Madrid";
static const char magadan[] = "Asia/Magadan";
static const char mahe[] = "Indian/Mahe";
static const char majuro[] = "Pacific/Majuro";
static const char makassar[] = "Asia/Makassar";
static const char malabo[] = "Africa/Malabo";
static const char maldives[] = "Indian/Maldives";
static const char malta[] = "Europe/Malta";
static const char managua[] = "America/Managua";
static const char manaus[] = "America/Manaus";
static const char manila[] = "Asia/Manila";
static const char maputo[] = "Africa/Maputo";
static const char mariehamn[] = "Europe/Mariehamn";
static const char marigot[] = "America/Marigot";
static const char martinique[] = "America/Martinique";
static const char maseru[] = "Africa/Maseru";
static const char matamoros[] = "America/Matamoros";
static const char matamoros_monterrey[] = "America/Matamoros America/Monterrey";
static const char mauritius[] = "Indian/Mauritius";
static const char mayotte[] = "Indian/Mayotte";
static const char mazatlan[] = "America/Mazatlan";
static const char mbabane[] = "Africa/Mbabane";
static const char mexico_city[] = "America/Mexico_City";
static const char midway_wake[] = "Pacific/Midway Pacific/Wake";
static const char minsk[] = "Europe/Minsk";
static const char miquelon[] = "America/Miquelon";
static const char mogadishu[] = "Africa/Mogadishu";
static const char monaco[] = "Europe/Monaco";
static const char monrovia[] = "Africa/Monrovia";
static const char montevideo[] = "America/Montevideo";
static const char montserrat[] = "America/Montserrat";
static const char moscow[] = "Europe/Moscow";
static const char muscat[] = "Asia/Muscat";
static const char nairobi[] = "Africa/Nairobi";
static const char nassau[] = "America/Nassau";
static const char nauru[] = "Pacific/Nauru";
static const char ndjamena[] = "Africa/Ndjamena";
static const char new_york[] = "America/New_York";
static const char niamey[] = "Africa/Niamey";
static const char nicosia[] = "Asia/Nicosia";
static const char niue[] = "Pacific/Niue";
static const char norfolk[] = "Pacific/Norfolk";
static const char noronha_recife[] = "America/Noronha America/Recife";
static const char nouakchott[] = "Africa/Nouakchott";
static const char noumea[] = "Pacific/Noumea";
static const char novokuznetsk[] = "Asia/Novokuznetsk";
static const char novosibirsk[] = "Asia/Novosibirsk";
static const char omsk[] = "Asia/Omsk";
static const char oral[] = "Asia/Oral";
static const char oslo[] = "Europe/Oslo";
static const char ouagadougou[] = "Africa/Ouagadougou";
static const char pago_pago[] = "Pacific/Pago_Pago";
static const char palau[] = "Pacific/Palau";
static const char panama[] = "America/Panama";
static const char paramaribo[] = "America/Paramaribo";
static const char paris[] = "Europe/Paris";
static const char perth[] = "Australia/Perth";
static const char phnom_penh[] = "Asia/Phnom_Penh";
static const char phoenix[] = "America/Phoenix";
static const char pitcairn[] = "Pacific/Pitcairn";
static const char podgorica[] = "Europe/Podgorica";
static const char pontianak[] = "Asia/Pontianak";
static const char port_au_prince[] = "America/Port-au-Prince";
static const char port_of_spain[] = "America/Port_of_Spain";
static const char porto_novo[] = "Africa/Porto-Novo";
static const char porto_velho[] = "America/Porto_Velho";
static const char prague[] = "Europe/Prague";
static const char puerto_rico[] = "America/Puerto_Rico";
static const char punta_arenas[] = "America/Punta_Arenas";
static const char punta_arenas_santiago[] = "America/Punta_Arenas America/Santiago";
static const char punta_arenas_santiago_easter[] =
	"America/Punta_Arenas America/Santiago Pacific/Easter";
static const char pyongyang[] = "Asia/Pyongyang";
static const char qatar[] = "Asia/Qatar";
static const char qostanay[] = "Asia/Qostanay";
static const char qyzylorda[] = "Asia/Qyzylorda";
static const char rarotonga[] = "Pacific/Rarotonga";
static const char recife[] = "America/Recife";
static const char reunion[] = "Indian/Reunion";
static const char reykjavik[] = "Atlantic/Reykjavik";
static const char riga[] = "Europe/Riga";
static const char rio_branco[] = "America/Rio_Branco";
static const char riyadh[] = "Asia/Riyadh";
static const char rome[] = "Europe/Rome";
static const char saipan[] = "Pacific/Saipan";
static const char sakhalin[] = "Asia/Sakhalin";
static const char samara[] = "Europe/Samara";
static const char san_marino[] = "Europe/San_Marino";
static const char santarem[] = "America/Santarem";
static const char santiago[] = "America/Santiago";
static const char santiago_easter[] = "America/Santiago Pacific/Easter";
static const char santo_domingo[] = "America/Santo_Domingo";
static const char sao_paulo[] = "America/Sao_Paulo";
static const char sao_tome[] = "Africa/Sao_Tome";
static const char sarajevo[] = "Europe/Sarajevo";
static const char saratov[] = "Europe/Saratov";
static const char seoul[] = "Asia/Seoul";
static const char shanghai[] = "Asia/Shanghai";
static const char shanghai_urumqi[] = "Asia/Shanghai Asia/Urumqi";
static const char simferopol[] = "Europe/Simferopol";
static const char singapore[] = "Asia/Singapore";
static const char skopje[] = "Europe/Skopje";
static const char sofia[] = "Europe/Sofia";
static const char south_georgia[] = "Atlantic/South_Georgia";
static const char srednekolymsk_vladivostok_yakutsk[] =
	"Asia/Srednekolymsk Asia/Vladivostok Asia/Yakutsk";
static const char st_barthelemy[] = "America/St_Barthelemy";
static const char st_helena[] = "Atlantic/St_Helena";
static const char st_kitts[] = "America/St_Kitts";
static const char st_lucia[] = "America/St_Lucia";
static const char st_thomas[] = "America/St_Thomas";
static const char st_vincent[] = "America/St_Vincent";
static const char stanley[] = "Atlantic/Stanley";
static const char stockholm[] = "Europe/Stockholm";
static const char sydney[] = "Australia/Sydney";
static const char taipei[] = "Asia/Taipei";
static const char tallinn[] = "Europe/Tallinn";
static const char tashkent[] = "Asia/Tashkent";
static const char tbilisi[] = "Asia/Tbilisi";
static const char tegucigalpa[] = "America/Tegucigalpa";
static const char tehran[] = "Asia/Tehran";
static const char thimphu[] = "Asia/Thimphu";
static const char tijuana[] = "America/Tijuana";
static const char tirane[] = "Europe/Tirane";
static const char tokyo[] = "Asia/Tokyo";
static const char tomsk[] = "Asia/Tomsk";
static const char tongatapu[] = "Pacific/Tongatapu";
static const char toronto[] = "America/Toronto";
static const char tortola[] = "America/Tortola";
static const char tripoli[] = "Africa/Tripoli";
static const char tunis[] = "Africa/Tunis";
static const char ulyanovsk[] = "Europe/Ulyanovsk";
static const char vaduz[] = "Europe/Vaduz";
static const char vancouver[] = "America/Vancouver";
static const char vatican[] = "Europe/Vatican";
static const char vienna[] = "Europe/Vienna";
static const char vientiane[] = "Asia/Vientiane";
static const char vilnius[] = "Europe/Vilnius";
static const char vladivostok[] = "Asia/Vladivostok";
static const char volgograd[] = "Europe/Volgograd";
static const char wallis[] = "Pacific/Wallis";
static const char warsaw[] = "Europe/Warsaw";
static const char windhoek[] = "Africa/Windhoek";
static const char winnipeg[] = "America/Winnipeg";
static const char yakutsk[] = "Asia/Yakutsk";
static const char yangon[] = "Asia/Yangon";
static const char yekaterinburg[] = "Asia/Yekaterinburg";
static const char yerevan[] = "Asia/Yerevan";
static const char zagreb[] = "Europe/Zagreb";
static const char zurich[] = "Europe/Zurich";

typedef struct zone_region
{
	char		region[3];		/* terminated */
	const char *zones;
} zone_region;

/*
 * All zones of a country.  No place of Bouvet and Heard Island has a clock.
 * XK (Kosovo), AC (Ascension) and TA (Tristan da Cunha) go by those that zone.tab
 * counts them to.
 */
static const zone_region zone_regions[] = {
	{"AC", st_helena}, {"AD", andorra}, {"AE", dubai}, {"AF", kabul}, {"AG", antigua},
	{"AI", anguilla}, {"AL", tirane}, {"AM", yerevan}, {"AO", luanda}, {"AQ", all_aq},
	{"AR", buenos_aires}, {"AS", pago_pago}, {"AT", vienna}, {"AU", all_au}, {"AW", aruba},
	{"AX", mariehamn}, {"AZ", baku}, {"BA", sarajevo}, {"BB", barbados}, {"BD", dhaka},
	{"BE", brussels}, {"BF", ouagadougou}, {"BG", sofia}, {"BH", bahrain},
	{"BI", bujumbura}, {"BJ", porto_novo}, {"BL", st_barthelemy}, {"BM", bermuda},
	{"BN", brunei}, {"BO", la_paz}, {"BQ", kralendijk}, {"BR", all_br}, {"BS", nassau},
	{"BT", thimphu}, {"BW", gaborone}, {"BY", minsk}, {"BZ", belize}, {"CA", all_ca},
	{"CC", cocos}, {"CD", kinshasa_lubumbashi}, {"CF", bangui}, {"CG", brazzaville},
	{"CH", zurich}, {"CI", abidjan}, {"CK", rarotonga},
	{"CL", punta_arenas_santiago_easter}, {"CM", douala}, {"CN", shanghai_urumqi},
	{"CO", bogota}, {"CR", costa_rica}, {"CU", havana}, {"CV", cape_verde},
	{"CW", curacao}, {"CX", christmas}, {"CY", nicosia}, {"CZ", prague}, {"DE", berlin},
	{"DJ", djibouti}, {"DK", copenhagen}, {"DM", dominica}, {"DO", santo_domingo},
	{"DZ", algiers}, {"EC", guayaquil_galapagos}, {"EE", tallinn}, {"EG", cairo},
	{"EH", el_aaiun}, {"ER", asmara}, {"ES", canary_madrid}, {"ET", addis_ababa},
	{"FI", helsinki}, {"FJ", fiji}, {"FK", stanley}, {"FM", chuuk_kosrae}, {"FO", faroe},
	{"FR", paris}, {"GA", libreville}, {"GB", london}, {"GD", grenada}, {"GE", tbilisi},
	{"GF", cayenne}, {"GG", guernsey}, {"GH", accra}, {"GI", gibraltar}, {"GL", all_gl},
	{"GM", banjul}, {"GN", conakry}, {"GP", guadeloupe}, {"GQ", malabo}, {"GR", athens},
	{"GS", south_georgia}, {"GT", guatemala}, {"GU", guam}, {"GW", bissau}, {"GY", guyana},
	{"HK", hong_kong}, {"HN", tegucigalpa}, {"HR", zagreb}, {"HT", port_au_prince},
	{"HU", budapest}, {"ID", all_id}, {"IE", dublin}, {"IL", jerusalem},
	{"IM", isle_of_man}, {"IN", kolkata}, {"IO", chagos}, {"IQ", baghdad}, {"IR", tehran},
	{"IS", reykjavik}, {"IT", rome}, {"JE", jersey}, {"JM", jamaica}, {"JO", amman},
	{"JP", tokyo}, {"KE", nairobi}, {"KG", bishkek}, {"KH", phnom_penh},
	{"KI", kanton_kiritimati_tarawa}, {"KM", comoro}, {"KN", st_kitts}, {"KP", pyongyang},
	{"KR", seoul}, {"KW", kuwait}, {"KY", cayman}, {"KZ", all_kz}, {"LA", vientiane},
	{"LB", beirut}, {"LC", st_lucia}, {"LI", vaduz}, {"LK", colombo}, {"LR", monrovia},
	{"LS", maseru}, {"LT", vilnius}, {"LU", luxembourg}, {"LV", riga}, {"LY", tripoli},
	{"MA", casablanca}, {"MC", monaco}, {"MD", chisinau}, {"ME", podgorica},
	{"MF", marigot}, {"MG", antananarivo}, {"MH", majuro}, {"MK", skopje}, {"ML", bamako},
	{"MM", yangon}, {"MN", hovd_ulaanbaatar}, {"MO", macau}, {"MP", saipan},
	{"MQ", martinique}, {"MR", nouakchott}, {"MS", montserrat}, {"MT", malta},
	{"MU", mauritius}, {"MV", maldives}, {"MW", blantyre}, {"MX", all_mx}, {"MY", kuching},
	{"MZ", maputo}, {"NA", windhoek}, {"NC", noumea}, {"NE", niamey}, {"NF", norfolk},
	{"NG", lagos}, {"NI", managua}, {"NL", amsterdam}, {"NO", oslo}, {"NP", kathmandu},
	{"NR", nauru}, {"NU", niue}, {"NZ", auckland_chatham}, {"OM", muscat}, {"PA", panama},
	{"PE", lima}, {"PF", gambier_marquesas_tahiti}, {"PG", bougainville_port_moresby},
	{"PH", manila}, {"PK", karachi}, {"PL", warsaw}, {"PM", miquelon}, {"PN", pitcairn},
	{"PR", puerto_rico}, {"PS", gaza}, {"PT", azores_madeira_lisbon}, {"PW", palau},
	{"PY", asuncion}, {"QA", qatar}, {"RE", reunion}, {"RO", bucharest}, {"RS", belgrade},
	{"RU", all_ru}, {"RW", kigali}, {"SA", riyadh}, {"SB", guadalcanal}, {"SC", mahe},
	{"SD", khartoum}, {"SE", stockholm}, {"SG", singapore}, {"SH", st_helena},
	{"SI", ljubljana}, {"SJ", longyearbyen}, {"SK", bratislava}, {"SL", freetown},
	{"SM", san_marino}, {"SN", dakar}, {"SO", mogadishu}, {"SR", paramaribo}, {"SS", juba},
	{"ST", sao_tome}, {"SV", el_salvador}, {"SX", lower_princes}, {"SY", damascus},
	{"SZ", mbabane}, {"TA", st_helena}, {"TC", grand_turk}, {"TD", ndjamena},
	{"TF", kerguelen}, {"TG", lome}, {"TH", bangkok}, {"TJ", dushanbe}, {"TK", fakaofo},
	{"TL", dili}, {"TM", ashgabat}, {"TN", tunis}, {"TO", tongatapu}, {"TR", istanbul},
	{"TT", port_of_spain}, {"TV", funafuti}, {"TW", taipei}, {"TZ", dar_es_salaam},
	{"UA", kyiv_simferopol}, {"UG", kampala}, {"UM", midway_wake}, {"US", all_us},
	{"UY", montevideo}, {"UZ", tashkent}, {"VA", vatican}, {"VC", st_vincent},
	{"VE", caracas}, {"VG", tortola}, {"VI", st_thomas}, {"VN", ho_chi_minh},
	{"VU", efate}, {"WF", wallis}, {"WS", apia}, {"XK", belgrade}, {"YE", aden},
	{"YT", mayotte}, {"ZA", johannesburg}, {"ZM", lusaka}, {"ZW", harare}
};

typedef struct zone_prefix
{
	char		digits[8];		/* terminated */
	const char *zones;
} zone_prefix;

/*
 * Prefixes that tell more than their country does.  The longest that matches is
 * the one that counts.
 */
static const zone_prefix zone_prefixes[] = {
	{"1201", new_york}, {"1202", new_york}, {"1203", new_york}, {"1204", winnipeg},
	{"1205", chicago}, {"1206", los_angeles}, {"1207", new_york},
	{"1208", boise_los_angeles}, {"1209", los_angeles}, {"1210", chicago},
	{"1212", new_york}, {"1213", los_angeles}, {"1214", chicago}, {"1215", new_york},
	{"1216", new_york}, {"1217", chicago}, {"1218", chicago}, {"1219", chicago_new_york},
	{"1220", new_york}, {"1223", new_york}, {"1224", chicago}, {"1225", chicago},
	{"1226", toronto}, {"1227", new_york}, {"1228", chicago}, {"1229", new_york},
	{"1231", new_york}, {"1234", new_york}, {"1235", chicago}, {"1236", british_columbia},
	{"1239", new_york}, {"1240", new_york}, {"1248", new_york}, {"1249", toronto},
	{"1250", british_columbia}, {"1251", chicago}, {"1252", new_york},
	{"1253", los_angeles}, {"1254", chicago}, {"1256", chicago},
	{"1257", british_columbia}, {"1260", new_york}, {"1262", chicago}, {"1263", toronto},
	{"1267", new_york}, {"1269", new_york}, {"1270", chicago_new_york}, {"1272", new_york},
	{"1274", chicago}, {"1276", new_york}, {"1279", los_angeles}, {"1281", chicago},
	{"1283", new_york}, {"1289", toronto}, {"1301", new_york}, {"1302", new_york},
	{"1303", denver}, {"1304", new_york}, {"1305", new_york},
	{"1306", edmonton_regina_winnipeg}, {"1307", denver}, {"1308", chicago_denver},
	{"1309", chicago}, {"1310", los_angeles}, {"1312", chicago}, {"1313", new_york},
	{"1314", chicago}, {"1315", new_york}, {"1316", chicago}, {"1317", new_york},
	{"1318", chicago}, {"1319", chicago}, {"1320", chicago}, {"1321", new_york},
	{"1323", los_angeles}, {"1324", new_york}, {"1325", chicago}, {"1326", new_york},
	{"1327", chicago}, {"1329", new_york}, {"1330", new_york}, {"1331", chicago},
	{"1332", new_york}, {"1334", chicago}, {"1336", new_york}, {"1337", chicago},
	{"1339", new_york}, {"1341", los_angeles}, {"1343", toronto}, {"1346", chicago},
	{"1347", new_york}, {"1350", los_angeles}, {"1351", new_york}, {"1352", new_york},
	{"1353", chicago}, {"1354", toronto}, {"1360", los_angeles}, {"1361", chicago},
	{"1363", new_york}, {"1364", chicago_new_york}, {"1365", toronto},
	{"1367", blanc_sablon_halifax_toronto}, {"1368", edmonton}, {"1369", los_angeles},
	{"1380", new_york}, {"1382", toronto}, {"1385", denver}, {"1386", new_york},
	{"1401", new_york}, {"1402", chicago}, {"1403", edmonton}, {"1404", new_york},
	{"1405", chicago}, {"1406", denver}, {"1407", new_york}, {"1408", los_angeles},
	{"1409", chicago}, {"1410", new_york}, {"1412", new_york}, {"1413", new_york},
	{"1414", chicago}, {"1415", los_angeles}, {"1416", toronto}, {"1417", chicago},
	{"1418", blanc_sablon_halifax_toronto}, {"1419", new_york}, {"1423", chicago_new_york},
	{"1424", los_angeles}, {"1425", los_angeles}, {"1428", halifax}, {"1430", chicago},
	{"1431", winnipeg}, {"1432", chicago}, {"1434", new_york}, {"1435", denver},
	{"1437", toronto}, {"1438", toronto}, {"1440", new_york}, {"1442", los_angeles},
	{"1443", new_york}, {"1445", new_york}, {"1447", chicago}, {"1448", chicago_new_york},
	{"1450", toronto}, {"1458", boise_los_angeles}, {"1463", new_york}, {"1464", chicago},
	{"1468", toronto}, {"1469", chicago}, {"1470", new_york}, {"1472", new_york},
	{"1474", edmonton_regina_winnipeg}, {"1475", new_york}, {"1478", new_york},
	{"1479", chicago}, {"1480", phoenix}, {"1484", new_york}, {"1501", chicago},
	{"1502", new_york}, {"1503", los_angeles}, {"1504", chicago}, {"1505", denver},
	{"1506", halifax}, {"1507", chicago}, {"1508", new_york}, {"1509", los_angeles},
	{"1510", los_angeles}, {"1512", chicago}, {"1513", new_york}, {"1514", toronto},
	{"1515", chicago}, {"1516", new_york}, {"1517", new_york}, {"1518", new_york},
	{"1519", toronto}, {"1520", phoenix}, {"1530", los_angeles}, {"1531", chicago},
	{"1534", chicago}, {"1539", chicago}, {"1540", new_york}, {"1541", boise_los_angeles},
	{"1548", toronto}, {"1551", new_york}, {"1557", chicago}, {"1559", los_angeles},
	{"1561", new_york}, {"1562", los_angeles}, {"1563", chicago}, {"1564", los_angeles},
	{"1567", new_york}, {"1570", new_york}, {"1571", new_york}, {"1572", chicago},
	{"1573", chicago}, {"1574", chicago_new_york}, {"1575", denver}, {"1579", toronto},
	{"1580", chicago}, {"1581", blanc_sablon_halifax_toronto}, {"1582", new_york},
	{"1584", winnipeg}, {"1585", new_york}, {"1586", new_york}, {"1587", edmonton},
	{"1601", chicago}, {"1602", phoenix}, {"1603", new_york}, {"1604", vancouver},
	{"1605", chicago_denver}, {"1606", chicago_new_york}, {"1607", new_york},
	{"1608", chicago}, {"1609", new_york}, {"1610", new_york}, {"1612", chicago},
	{"1613", toronto}, {"1614", new_york}, {"1615", chicago}, {"1616", new_york},
	{"1617", new_york}, {"1618", chicago}, {"1619", los_angeles}, {"1620", chicago_denver},
	{"1623", phoenix}, {"1626", los_angeles}, {"1628", los_angeles}, {"1629", chicago},
	{"1630", chicago}, {"1631", new_york}, {"1636", chicago},
	{"1639", edmonton_regina_winnipeg}, {"1640", new_york}, {"1641", chicago},
	{"1645", new_york}, {"1646", new_york}, {"1647", toronto}, {"1650", los_angeles},
	{"1651", chicago}, {"1656", new_york}, {"1657", los_angeles}, {"1659", chicago},
	{"1660", chicago}, {"1661", los_angeles}, {"1662", chicago}, {"1667", new_york},
	{"1669", los_angeles}, {"1672", british_columbia}, {"1678", new_york},
	{"1680", new_york}, {"1681", new_york}, {"1682", chicago}, {"1683", toronto},
	{"1686", new_york}, {"1689", chicago}, {"1701", chicago_denver}, {"1702", los_angeles},
	{"1703", new_york}, {"1704", new_york}, {"1705", toronto}, {"1706", new_york},
	{"1707", los_angeles}, {"1708", chicago}, {"1709", blanc_sablon_goose_bay_st_johns},
	{"1712", chicago}, {"1713", chicago}, {"1714", los_angeles}, {"1715", chicago},
	{"1716", new_york}, {"1717", new_york}, {"1718", new_york}, {"1719", denver},
	{"1720", denver}, {"1724", new_york}, {"1725", los_angeles}, {"1726", chicago},
	{"1727", new_york}, {"1728", new_york}, {"1730", chicago}, {"1731", chicago},
	{"1732", new_york}, {"1734", new_york}, {"1737", chicago}, {"1738", los_angeles},
	{"1740", new_york}, {"1742", toronto}, {"1743", new_york}, {"1747", los_angeles},
	{"1748", denver}, {"1753", toronto}, {"1754", new_york}, {"1757", new_york},
	{"1760", los_angeles}, {"1762", new_york}, {"1763", chicago}, {"1765", new_york},
	{"1769", chicago}, {"1770", new_york}, {"1771", new_york}, {"1772", new_york},
	{"1773", chicago}, {"1774", new_york}, {"1775", denver_los_angeles},
	{"1778", british_columbia}, {"1779", chicago}, {"1780", edmonton}, {"1781", new_york},
	{"1782", halifax}, {"1785", chicago_denver}, {"1786", new_york}, {"1801", denver},
	{"1802", new_york}, {"1803", new_york}, {"1804", new_york}, {"1805", los_angeles},
	{"1806", chicago}, {"1807", atikokan_toronto_winnipeg}, {"1808", honolulu},
	{"1810", new_york}, {"1812", chicago_new_york}, {"1813", new_york}, {"1814", new_york},
	{"1815", chicago}, {"1816", chicago}, {"1817", chicago}, {"1818", los_angeles},
	{"1819", toronto}, {"1820", los_angeles}, {"1821", new_york}, {"1825", edmonton},
	{"1826", new_york}, {"1828", new_york}, {"1830", chicago}, {"1831", los_angeles},
	{"1832", chicago}, {"1835", new_york}, {"1838", new_york}, {"1839", new_york},
	{"1840", los_angeles}, {"1843", new_york}, {"1845", new_york}, {"1847", chicago},
	{"1848", new_york}, {"1850", chicago_new_york}, {"1854", new_york}, {"1856", new_york},
	{"1857", new_york}, {"1858", los_angeles}, {"1859", new_york}, {"1860", new_york},
	{"1862", new_york}, {"1863", new_york}, {"1864", new_york}, {"1865", new_york},
	{"1867", canada_north}, {"1870", chicago}, {"1872", chicago}, {"1873", toronto},
	{"1878", new_york}, {"1879", blanc_sablon_goose_bay_st_johns}, {"1901", chicago},
	{"1902", halifax}, {"1903", chicago}, {"1904", new_york}, {"1905", toronto},
	{"1906", chicago_new_york}, {"1907", adak_anchorage}, {"1908", new_york},
	{"1909", los_angeles}, {"1910", new_york}, {"1912", new_york}, {"1913", chicago},
	{"1914", new_york}, {"1915", denver}, {"1916", los_angeles}, {"1917", new_york},
	{"1918", chicago}, {"1919", new_york}, {"1920", chicago}, {"1925", los_angeles},
	{"1928", denver_phoenix}, {"1929", new_york}, {"1930", chicago_new_york},
	{"1931", chicago}, {"1934", new_york}, {"1936", chicago}, {"1937", new_york},
	{"1938", chicago}, {"1940", chicago}, {"1941", new_york}, {"1942", toronto},
	{"1943", new_york}, {"1945", chicago}, {"1947", new_york}, {"1948", new_york},
	{"1949", los_angeles}, {"1951", los_angeles}, {"1952", chicago}, {"1954", new_york},
	{"1956", chicago}, {"1959", new_york}, {"1970", denver}, {"1971", los_angeles},
	{"1972", chicago}, {"1973", new_york}, {"1975", chicago}, {"1978", new_york},
	{"1979", chicago}, {"1980", new_york}, {"1983", denver}, {"1984", new_york},
	{"1985", chicago}, {"1986", boise_los_angeles}, {"1989", new_york}, {"3481", madrid},
	{"34821", madrid}, {"34822", canary}, {"34823", madrid}, {"34824", madrid},
	{"34825", madrid}, {"34826", madrid}, {"34828", canary}, {"34829", madrid},
	{"3483", madrid}, {"3484", madrid}, {"3485", madrid}, {"3486", madrid},
	{"3487", madrid}, {"3488", madrid}, {"3491", madrid}, {"34920", madrid},
	{"34921", madrid}, {"34922", canary}, {"34923", madrid}, {"34924", madrid},
	{"34925", madrid}, {"34926", madrid}, {"34927", madrid}, {"34928", canary},
	{"3493", madrid}, {"3494", madrid}, {"3495", madrid}, {"3496", madrid},
	{"3497", madrid}, {"3498", madrid}, {"3512", lisbon}, {"351291", madeira},
	{"351292", azores}, {"351295", azores}, {"351296", azores}, {"522", mexico_city},
	{"523", mexico_city}, {"52311", mazatlan}, {"52319", mazatlan},
	{"52322", bahia_banderas_mexico_city}, {"52323", mazatlan}, {"52324", mazatlan},
	{"52325", mazatlan}, {"52327", mazatlan}, {"52329", bahia_banderas_mexico_city},
	{"52389", mazatlan}, {"524", mexico_city}, {"525", mexico_city}, {"52612", mazatlan},
	{"52613", mazatlan}, {"52614", chihuahua}, {"52615", mazatlan}, {"52616", tijuana},
	{"52618", mexico_city}, {"5262", mazatlan}, {"52621", chihuahua},
	{"52622", hermosillo}, {"52623", hermosillo}, {"52625", chihuahua},
	{"52626", chihuahua_ojinaga}, {"52627", chihuahua}, {"52628", chihuahua},
	{"52629", chihuahua}, {"5263", mazatlan}, {"52631", hermosillo}, {"52632", hermosillo},
	{"52633", hermosillo}, {"52634", hermosillo}, {"52635", chihuahua},
	{"52636", chihuahua_ciudad_juarez}, {"52637", hermosillo}, {"52638", hermosillo},
	{"52639", chihuahua}, {"5264", mazatlan}, {"52641", hermosillo}, {"52642", hermosillo},
	{"52643", hermosillo}, {"52644", hermosillo}, {"52645", hermosillo},
	{"52646", tijuana}, {"52647", hermosillo}, {"52648", chihuahua}, {"52649", chihuahua},
	{"52651", hermosillo}, {"52652", chihuahua}, {"52653", hermosillo_tijuana},
	{"52656", ciudad_juarez}, {"52657", ciudad_juarez}, {"52658", tijuana},
	{"52659", chihuahua}, {"52660", mazatlan}, {"52661", tijuana}, {"52662", hermosillo},
	{"52663", tijuana}, {"52664", tijuana}, {"52665", tijuana}, {"52667", mazatlan},
	{"52668", mazatlan}, {"52669", mazatlan}, {"52671", mexico_city}, {"52672", mazatlan},
	{"52673", mazatlan}, {"52674", mexico_city}, {"52675", mexico_city},
	{"52676", mexico_city}, {"52677", mexico_city}, {"52686", tijuana},
	{"52687", mazatlan}, {"5269", mazatlan}, {"527", mexico_city}, {"528", mexico_city},
	{"52862", matamoros_monterrey}, {"52867", matamoros}, {"52873", matamoros_monterrey},
	{"52877", matamoros}, {"52878", matamoros}, {"52891", matamoros_monterrey},
	{"52894", matamoros}, {"52897", matamoros_monterrey}, {"52899", matamoros},
	{"529", mexico_city}, {"52983", cancun}, {"52984", cancun}, {"52987", cancun},
	{"52998", cancun}, {"551", sao_paulo}, {"5521", sao_paulo}, {"5522", sao_paulo},
	{"5524", sao_paulo}, {"5527", sao_paulo}, {"5528", sao_paulo}, {"553", sao_paulo},
	{"554", sao_paulo}, {"5551", sao_paulo}, {"5553", sao_paulo}, {"5554", sao_paulo},
	{"5555", sao_paulo}, {"5561", sao_paulo}, {"5562", sao_paulo}, {"5563", araguaina},
	{"5564", sao_paulo}, {"5565", cuiaba}, {"5566", cuiaba}, {"5567", campo_grande},
	{"5568", rio_branco}, {"5569", porto_velho}, {"5571", bahia}, {"5573", bahia},
	{"5574", bahia}, {"5575", bahia}, {"5577", bahia}, {"5579", maceio},
	{"5581", noronha_recife}, {"5582", maceio}, {"5583", fortaleza}, {"5584", fortaleza},
	{"5585", fortaleza}, {"5586", fortaleza}, {"5587", recife}, {"5588", fortaleza},
	{"5589", fortaleza}, {"5591", belem}, {"5592", manaus}, {"5593", santarem},
	{"5594", belem}, {"5595", boa_vista}, {"5596", belem}, {"5597", eirunepe_manaus},
	{"5598", fortaleza}, {"5599", fortaleza}, {"562", santiago}, {"5632", santiago_easter},
	{"5633", santiago}, {"5634", santiago}, {"5635", santiago}, {"564", santiago},
	{"5651", santiago}, {"5652", santiago}, {"5653", santiago}, {"5654", santiago},
	{"5655", santiago}, {"5657", santiago}, {"5658", santiago}, {"5661", punta_arenas},
	{"5663", santiago}, {"5664", santiago}, {"5665", santiago},
	{"5667", punta_arenas_santiago}, {"5671", santiago}, {"5672", santiago},
	{"5673", santiago}, {"5675", santiago}, {"5932", guayaquil}, {"5933", guayaquil},
	{"5934", guayaquil}, {"5936", guayaquil}, {"5937", guayaquil}, {"612", sydney},
	{"61255", lord_howe_sydney}, {"61265", lord_howe_sydney}, {"613", hobart_melbourne},
	{"617", brisbane}, {"61755", brisbane_sydney}, {"61756", brisbane_sydney},
	{"6186", perth}, {"6188", adelaide_darwin}, {"61880", adelaide_broken_hill},
	{"6189", perth}, {"61890", eucla_perth}, {"622", jakarta}, {"6231", jakarta},
	{"6232", jakarta}, {"6233", jakarta}, {"6234", jakarta}, {"6235", jakarta},
	{"6236", makassar}, {"6237", makassar}, {"6238", makassar}, {"624", makassar},
	{"62511", makassar}, {"62512", makassar}, {"62513", pontianak}, {"62517", makassar},
	{"62518", makassar}, {"62519", pontianak}, {"62522", pontianak}, {"62525", pontianak},
	{"62526", makassar}, {"62527", makassar}, {"62528", pontianak}, {"6253", pontianak},
	{"6254", makassar}, {"6255", makassar}, {"6256", pontianak}, {"626", jakarta},
	{"627", jakarta}, {"629", jayapura}, {"643", auckland}, {"6433", auckland_chatham},
	{"644", auckland}, {"646", auckland}, {"647", auckland}, {"649", auckland},
	{"7301", irkutsk}, {"7302", chita}, {"7341", samara}, {"7342", yekaterinburg},
	{"7343", yekaterinburg}, {"7345", yekaterinburg}, {"7346", yekaterinburg},
	{"7347", yekaterinburg}, {"7349", yekaterinburg}, {"7351", yekaterinburg},
	{"7352", yekaterinburg}, {"7353", yekaterinburg}, {"7365", simferopol}, {"7381", omsk},
	{"7382", tomsk}, {"7383", novosibirsk}, {"7384", novokuznetsk}, {"7385", barnaul},
	{"7388", barnaul}, {"7390", krasnoyarsk}, {"7391", krasnoyarsk}, {"7394", krasnoyarsk},
	{"7395", irkutsk}, {"7401", kaliningrad}, {"7411", srednekolymsk_vladivostok_yakutsk},
	{"7413", magadan}, {"7415", kamchatka}, {"7416", yakutsk}, {"7421", vladivostok},
	{"7423", vladivostok}, {"7424", sakhalin}, {"7426", vladivostok}, {"7427", anadyr},
	{"747", moscow}, {"748", moscow}, {"749", moscow}, {"7710", almaty}, {"7711", oral},
	{"7712", atyrau}, {"7713", aqtobe}, {"7714", qostanay}, {"7715", almaty},
	{"7716", almaty}, {"7717", almaty}, {"7718", almaty}, {"7721", almaty},
	{"7722", almaty}, {"7723", almaty}, {"7724", qyzylorda}, {"7725", almaty},
	{"7726", almaty}, {"7727", almaty}, {"7728", almaty}, {"7729", aqtau},
	{"7811", moscow}, {"7812", moscow}, {"7813", moscow}, {"7814", moscow},
	{"7815", moscow}, {"7816", moscow}, {"7817", moscow}, {"7818", moscow},
	{"7820", moscow}, {"7821", moscow}, {"7831", moscow}, {"7833", kirov},
	{"7834", moscow}, {"7835", moscow}, {"7836", moscow}, {"7841", moscow},
	{"7842", ulyanovsk}, {"7843", moscow}, {"7844", volgograd}, {"7845", saratov},
	{"7846", samara}, {"7847", moscow}, {"7848", samara}, {"7851", astrakhan},
	{"7855", moscow}, {"7861", moscow}, {"7862", moscow}, {"7863", moscow},
	{"7864", moscow}, {"7865", moscow}, {"7866", moscow}, {"7867", moscow},
	{"7869", simferopol}, {"7871", moscow}, {"7872", moscow}, {"7873", moscow},
	{"7877", moscow}, {"7878", moscow}, {"7879", moscow}, {"8610", shanghai},
	{"862", shanghai}, {"863", shanghai}, {"864", shanghai}, {"865", shanghai},
	{"866", shanghai}, {"867", shanghai}, {"868", shanghai}
};

#endif							/* WA_TIME_ZONES_DATA_H */
