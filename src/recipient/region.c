/*-------------------------------------------------------------------------
 *
 * region.c
 *	  The country or territory of a recipient.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/region.h"

#include "base/bisect.h"
#include "recipient/phone.h"
#include "recipient/region_data.h"

/*
 * Order text against a prefix; text that begins with it counts as equal.
 */
static int
compare_prefix(const char *text, size_t len, const char *prefix)
{
	for (size_t i = 0; prefix[i] != '\0'; i++)
	{
		if (i == len)
			return -1;
		if (text[i] != prefix[i])
			return text[i] < prefix[i] ? -1 : 1;
	}
	return 0;
}

/*
 * The entry whose digits text begins with, or NULL.
 */
static const region_prefix *
find_prefix(const region_prefix *table, size_t size, const char *text, size_t len)
{
	size_t		low = 0;
	size_t		high = size;

	/* No wa_bisect: it would go on behind the one that is found, for every decision. */
	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;
		int			order = compare_prefix(text, len, table[middle].digits);

		if (order == 0)
			return &table[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *
wa_region_of(const char *text, size_t len, char *result)
{
	const region_prefix *country;
	const region_prefix *exception = NULL;

	if (len < 2)
		return NULL;
	if (wa_is_bsuid(text))
	{
		result[0] = text[0];
		result[1] = text[1];
		result[2] = '\0';
		return result;
	}

	country = find_prefix(region_calling_codes, lengthof(region_calling_codes), text, len);
	if (country == NULL)
		return NULL;
	if (country->shared)
		exception = find_prefix(region_exceptions, lengthof(region_exceptions), text, len);
	return exception != NULL ? exception->region : country->region;
}

const char *
wa_region_exception(const char *digits, size_t len, size_t *next)
{
	const size_t ncodes = lengthof(region_calling_codes);

	while (*next < ncodes + lengthof(region_exceptions))
	{
		const region_prefix *entry = *next < ncodes ? &region_calling_codes[*next] :
			&region_exceptions[*next - ncodes];

		(*next)++;
		if (strlen(entry->digits) > len && memcmp(entry->digits, digits, len) == 0)
			return entry->digits;
	}
	return NULL;
}

/*
 * Does the table have no entry that begins with these digits and goes on?
 */
static bool
nothing_longer(const region_prefix *table, size_t size, const char *digits, size_t len)
{
	size_t		i;

	wa_bisect(i, size, strncmp(table[i].digits, digits, len) < 0);

	/* Entries are no prefixes of one another: one as long would stand alone. */
	return i == size || strncmp(table[i].digits, digits, len) != 0 ||
		strlen(table[i].digits) == len;
}

bool
wa_region_uniform(const char *digits, size_t len)
{
	return nothing_longer(region_calling_codes, lengthof(region_calling_codes), digits, len) &&
		nothing_longer(region_exceptions, lengthof(region_exceptions), digits, len);
}
