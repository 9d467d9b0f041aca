/*-------------------------------------------------------------------------
 *
 * region_main.c
 *	  Reads canonical recipients from standard input, one a line, and writes
 *	  the region of each, or an empty line where it is unknown.  For
 *	  test/region/run.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/region.h"

int
main(void)
{
	char		line[256];
	char		prefix[3];

	while (fgets(line, sizeof(line), stdin) != NULL)
	{
		const char *region = wa_region_of(line, strcspn(line, "\n"), prefix);

		puts(region != NULL ? region : "");
	}
	return 0;
}
