/*-------------------------------------------------------------------------
 *
 * instant.h
 *	  Points in time and spans, for code that knows no server.
 *
 * An instant is what the server calls a TimestampTz: microseconds since
 * 2000-01-01 00:00:00 UTC.  WA_NEVER stands for "no such instant" and is
 * lower than all others, so that the maximum of instants is right without a
 * special case.  It has the bits of '-infinity'.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INSTANT_H
#define WA_INSTANT_H

#include "c.h"

typedef int64 wa_instant;

#define WA_NEVER		PG_INT64_MIN	/* no such instant; '-infinity' */
#define WA_FOREVER		PG_INT64_MAX	/* without an end; 'infinity' */

#define WA_SECOND		INT64CONST(1000000)
#define WA_MINUTE		(60 * WA_SECOND)
#define WA_HOUR			(60 * WA_MINUTE)
#define WA_DAY			(24 * WA_HOUR)

/* Seconds from the Unix epoch (1970) to ours (2000). */
#define WA_UNIX_EPOCH	INT64CONST(946684800)

/* The later of two instants. */
static inline wa_instant
wa_later(wa_instant a, wa_instant b)
{
	return a > b ? a : b;
}

/*
 * t + span, in microseconds and not negative, where either may be WA_FOREVER; never wraps round.  WA_NEVER
 * stays what it is.
 */
static inline wa_instant
wa_after(wa_instant t, int64 span)
{
	if (t == WA_NEVER)
		return WA_NEVER;
	if (span == WA_FOREVER || t == WA_FOREVER || (span > 0 && t > WA_FOREVER - span))
		return WA_FOREVER;
	return t + span;
}

/*
 * The beginning, in UTC, of the unit that t is in: WA_SECOND, WA_MINUTE, WA_HOUR or WA_DAY.
 * WA_NEVER and WA_FOREVER stay what they are.
 */
static inline wa_instant
wa_cut(wa_instant t, int64 unit)
{
	int64		rest = t % unit;

	if (t == WA_NEVER || t == WA_FOREVER)
		return t;
	return t - (rest < 0 ? rest + unit : rest);
}

/* The beginning of the day, in UTC. */
static inline wa_instant
wa_day_of(wa_instant t)
{
	return wa_cut(t, WA_DAY);
}

#endif							/* WA_INSTANT_H */
