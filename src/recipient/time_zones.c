/*-------------------------------------------------------------------------
 *
 * time_zones.c
 *	  The time zones that a recipient may be in.
 *
 * The region says which zones there are, and for some countries the digits
 * behind the calling code say which of them.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/time_zones.h"

#include "recipient/phone.h"
#include "recipient/region.h"
#include "recipient/time_zones_data.h"

const char *
wa_time_zones_of_region(const char *region)
{
	size_t		low = 0;
	size_t		high = lengthof(zone_regions);

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;
		int			order = strcmp(region, zone_regions[middle].region);

		if (order == 0)
			return zone_regions[middle].zones;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/*
 * How many entries of zone_prefixes sort before these digits or are them?
 */
static size_t
count_up_to(const char *digits, size_t len)
{
	size_t		low = 0;
	size_t		high = lengthof(zone_prefixes);

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;
		const char *entry = zone_prefixes[middle].digits;
		int			order = strncmp(entry, digits, len);

		if (order < 0 || (order == 0 && strlen(entry) <= len))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The entry with the longest prefix of these digits, or NULL.
 *
 * What sorts last among the entries up to the digits is that entry, or else has
 * only its first digits in common with them; the entry sought then is no longer
 * than these.
 */
static const zone_prefix *
find_longest(const char *digits, size_t len)
{
	while (len > 0)
	{
		size_t		n = count_up_to(digits, len);
		const zone_prefix *entry;
		size_t		common = 0;

		if (n == 0)
			return NULL;
		entry = &zone_prefixes[n - 1];
		while (common < len && entry->digits[common] == digits[common])
			common++;
		if (entry->digits[common] == '\0')
			return entry;
		len = common;
	}
	return NULL;
}

const char *
wa_time_zones_of(const char *text, size_t len)
{
	char		buf[3];
	const char *region = wa_region_of(text, len, buf);
	const char *zones = region != NULL ? wa_time_zones_of_region(region) : NULL;
	const zone_prefix *prefix;

	/* Where a country has one zone no digit can tell more. */
	if (zones == NULL || strchr(zones, ' ') == NULL || wa_is_bsuid(text))
		return zones;
	prefix = find_longest(text, len);
	return prefix != NULL ? prefix->zones : zones;
}

bool
wa_time_zones_uniform(const char *digits, size_t len)
{
	size_t		next = count_up_to(digits, len);

	return wa_region_uniform(digits, len) &&
		(next == lengthof(zone_prefixes) ||
		 strncmp(zone_prefixes[next].digits, digits, len) != 0);
}
