/*-------------------------------------------------------------------------
 *
 * fuzz_recipient.c
 *	  libFuzzer's entry to phone.c, region.c and time_zones.c.
 *
 * Demands that the canonical text is a fixed point in one of its two shapes,
 * that decoration changes nothing, that text and number map one to one, that
 * the short cut agrees with the long way, that the region hangs on the digits as
 * wa_region_exception says, and the time zones as wa_time_zones_uniform does.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/recipient/phone.c src/recipient/spelling.c src/recipient/region.c src/recipient/time_zones.c */
#include "c.h"

#include "recipient/phone.h"
#include "recipient/region.h"
#include "recipient/time_zones.h"

#undef snprintf

/* Stop here, with a stack trace, where a demand is not met. */
static void
demand(bool met)
{
	if (!met)
		__builtin_trap();
}

static bool
digits_alone(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

/* The shape of the canonical text, read another way. */
static void
demand_shape(const wa_canonical *id)
{
	demand(id->len > 0 && id->len <= WA_RECIPIENT_MAX);
	demand(id->text[id->len] == '\0' && strlen(id->text) == id->len);
	if (wa_is_bsuid(id->text))
	{
		const char *body = id->text + (strncmp(id->text + 2, ".ENT.", 5) == 0 ? 7 : 3);

		demand(id->text[1] >= 'A' && id->text[1] <= 'Z' && id->text[2] == '.');
		demand(*body != '\0' && strlen(body) <= 128);
		demand(strspn(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
			   strlen(body));
		return;
	}
	demand(id->len >= 7 && id->len <= 15);
	demand(id->text[0] != '0' && digits_alone(id->text, id->len));
	demand(!(id->len == 13 && (strncmp(id->text, "521", 3) == 0 || strncmp(id->text, "549", 3) == 0)));
	demand(!(id->len == 12 && strncmp(id->text, "55", 2) == 0 && id->text[4] >= '6'));
}

static void
demand_reads_as(const char *prefix, const wa_canonical *id, const char *suffix)
{
	char		buf[WA_RECIPIENT_MAX + 64];
	wa_canonical again;
	int			len = snprintf(buf, sizeof(buf), "%s%s%s", prefix, id->text, suffix);

	demand(wa_canonicalize(buf, (size_t) len, &again));
	demand(again.len == id->len && strcmp(again.text, id->text) == 0);
}

static void
check_region(const wa_canonical *id)
{
	char		buf[3];
	char		head_buf[3];
	const char *region = wa_region_of(id->text, id->len, buf);

	if (region != NULL)
		demand(region[0] >= 'A' && region[0] <= 'Z' && region[1] >= 'A' && region[1] <= 'Z' &&
			   region[2] == '\0');
	if (wa_is_bsuid(id->text))
	{
		demand(region != NULL && memcmp(region, id->text, 2) == 0);
		return;
	}

	/* Either a longer digit string makes an exception, or the first ones say it. */
	for (size_t len = 2; len <= id->len; len++)
	{
		const char *head = wa_region_of(id->text, len, head_buf);
		const char *exception;
		size_t		next = 0;
		bool		excepted = false;

		while (!excepted && (exception = wa_region_exception(id->text, len, &next)) != NULL)
		{
			demand(strlen(exception) > len && strncmp(exception, id->text, len) == 0);
			excepted = strncmp(id->text, exception, strlen(exception)) == 0;
		}
		if (!excepted)
			demand((head == NULL) == (region == NULL) && (head == NULL || strcmp(head, region) == 0));
	}
}

static void
check_zones(const wa_canonical *id)
{
	const char *zones = wa_time_zones_of(id->text, id->len);
	char		buf[3];
	int			nzones = 0;

	if (zones != NULL)
	{
		demand(wa_region_of(id->text, id->len, buf) != NULL);
		for (const char *zone = zones; zone != NULL; zone = strchr(zone + 1, ' '))
			nzones++;
		demand(nzones <= WA_TIME_ZONES_MAX && strspn(zones, " ") == 0);
	}
	if (wa_is_bsuid(id->text))
		return;
	for (size_t len = 3; len <= id->len; len++)
	{
		if (wa_time_zones_uniform(id->text, len))
			demand(wa_time_zones_of(id->text, len) == zones);
	}
}

/* A BSUID in a list, or with its country in lower case, is the same. */
static void
check_bsuid(const wa_canonical *id)
{
	wa_canonical lower = *id;
	wa_canonical again;

	demand_reads_as("\"", id, "\",");
	lower.text[0] += 'a' - 'A';
	lower.text[1] += 'a' - 'A';
	demand(wa_canonicalize(lower.text, lower.len, &again));
	demand(again.len == id->len && strcmp(again.text, id->text) == 0);
}

static void
check_recipient(const wa_canonical *id)
{
	int64		number = wa_phone_number(id->text, id->len);
	int64		plain = wa_phone_plain(id->text, id->len);
	char		digits[32];

	demand_shape(id);
	demand_reads_as("", id, "");
	demand_reads_as(" \t", id, "\n ");
	check_region(id);
	check_zones(id);
	if (wa_is_bsuid(id->text))
	{
		demand(number == 0 && plain == 0);
		check_bsuid(id);
		return;
	}
	demand_reads_as("+", id, "");
	demand_reads_as("p:(+", id, ")");
	demand_reads_as("'", id, ".0");
	demand_reads_as("\"\xe2\x80\xaa", id, "\xe2\x80\xac\",");
	demand_reads_as("\xc2\xa0\xef\xbc\x8b", id, ":7@s.whatsapp.net\r\n");
	/* 0011 is another prefix of calls abroad. */
	if (strncmp(id->text, "11", 2) != 0)
		demand_reads_as("00", id, "");
	demand_reads_as("whatsapp:+", id, "");
	demand_reads_as("TEL:", id, "");
	demand_reads_as("", id, "@s.whatsapp.net");
	demand_reads_as("", id, "@C.US");
	snprintf(digits, sizeof(digits), "%lld", (long long) number);
	demand(strcmp(digits, id->text) == 0);
	demand(plain == 0 || plain == number);
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *input = (const char *) data;
	int64		plain = wa_phone_plain(input, size);
	wa_canonical id;

	if (wa_canonicalize(input, size, &id))
	{
		check_recipient(&id);
		demand(plain == 0 || plain == wa_phone_number(id.text, id.len));
	}
	else
		demand(plain == 0);
	return 0;
}
