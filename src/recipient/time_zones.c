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

#include "base/bisect.h"
#include "recipient/phone.h"
#include "recipient/region.h"
#include "recipient/time_zones_data.h"

const char *
wa_time_zones_of_region(const char *region)
{
	const size_t n = lengthof(zone_regions);
	size_t		i;

	wa_bisect(i, n, strcmp(zone_regions[i].region, region) < 0);
	return i < n && strcmp(zone_regions[i].region, region) == 0 ? zone_regions[i].zones : NULL;
}

/* Does the entry sort before these digits, or is it them? */
static bool
is_up_to(const char *entry, const char *digits, size_t len)
{
	int			order = strncmp(entry, digits, len);

	return order < 0 || (order == 0 && strlen(entry) <= len);
}

/* How many entries of zone_prefixes do? */
static size_t
count_up_to(const char *digits, size_t len)
{
	size_t		i;

	wa_bisect(i, lengthof(zone_prefixes), is_up_to(zone_prefixes[i].digits, digits, len));
	return i;
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
