/*-------------------------------------------------------------------------
 *
 * check.h
 *	  What every unit test needs: counting checks, and numbers that look random.
 *	  Include it last.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CHECK_H
#define WA_CHECK_H

#include "c.h"

#include <stdarg.h>
#include <stdio.h>

/* c.h sends these to libpgport, which a test without a server does without. */
#undef printf
#undef snprintf
#undef vsnprintf
#undef fprintf
#undef vprintf

static int	passed = 0;
static int	failed = 0;

/* Count one check; where it failed say which, by a format and its arguments. */
static inline void pg_attribute_printf(2, 3)
check_format(bool ok, const char *format,...)
{
	va_list		args;

	if (ok)
	{
		passed++;
		return;
	}
	failed++;
	va_start(args, format);
	printf("FAILED ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

/* The same without arguments; a test that always says more has one of its own. */
#define check(ok, what) check_format(ok, "%s", what)

/* What main returns, after the last line, which test/check reads. */
static inline int
summary(void)
{
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}

/* A number below sides; the same numbers in every run. */
static inline uint32
roll(uint32 sides)
{
	static uint64 state = 42;

	state = state * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
	return (uint32) (state >> 33) % sides;
}

#endif							/* WA_CHECK_H */
