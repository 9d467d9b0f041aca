/*-------------------------------------------------------------------------
 *
 * region_main.c
 *	  For test/region/run: reads one input a line and writes what it is, or an
 *	  empty line.  The argument says what is asked: "region" or "zones" of a
 *	  canonical recipient, or the "recipient" that a spelling is of.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/phone.h"
#include "recipient/region.h"
#include "recipient/time_zones.h"

/* c.h sends it to libpgport, which is not linked. */
#undef fprintf

static const char *
answer(const char *question, const char *line, size_t len)
{
	static wa_canonical recipient;
	static char prefix[3];

	if (strcmp(question, "region") == 0)
		return wa_region_of(line, len, prefix);
	if (strcmp(question, "zones") == 0)
		return wa_time_zones_of(line, len);
	return wa_canonicalize(line, len, &recipient) ? recipient.text : NULL;
}

int
main(int argc, char **argv)
{
	char		line[512];

	if (argc != 2)
	{
		fprintf(stderr, "usage: %s region|zones|recipient\n", argv[0]);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL)
	{
		const char *found = answer(argv[1], line, strcspn(line, "\n"));

		puts(found != NULL ? found : "");
	}
	return 0;
}
