/*-------------------------------------------------------------------------
 *
 * quiet_hours.h
 *	  Is it a quiet time where somebody may be, and when is it over?
 *
 * By the server's own time zone data, so that clocks change when they do.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_QUIET_HOURS_H
#define WA_QUIET_HOURS_H

#include "base/compat.h"

#include "pgtime.h"
#include "utils/array.h"
#include "utils/palloc.h"

#include "rules/decide.h"

/* A row of wa_quiet_hours. */
typedef struct wa_quiet_row
{
	wa_category category;
	wa_str		region;			/* ends with a zero byte; data NULL: everywhere */
	uint8		days;			/* bit 1: Monday, … bit 7: Sunday */
	int64		starts;			/* since midnight */
	int64		ends;			/* likewise; before starts: on the next day */
	wa_str		detail;			/* for people */
} wa_quiet_row;

#define WA_EVERY_DAY	((uint8) 0xfe)

/* Fill one in; days NULL: every day.  The strings are borrowed, the detail is made. */
extern void wa_quiet_row_make(wa_quiet_row *row, wa_category category, wa_str region,
							  ArrayType *days, int64 starts, int64 ends, wa_str source);

/* Time zones in which somebody may be. */
typedef struct wa_zones
{
	const char *names;			/* separated by blanks; NULL: may be anywhere */
	int			n;
	pg_tz	  **zones;
} wa_zones;

/* Lists of zones by the address of their names; begins with all zero. */
typedef struct wa_zone_cache
{
	uint32		n;
	uint32		size;
	wa_zones  **slots;
} wa_zone_cache;

/*
 * The zones of these names, static storage as wa_time_zones_of gives it (NULL: anywhere),
 * kept in context.  Anywhere, too, where the server's data has no zone of one of the names.
 */
extern const wa_zones *wa_zones_named(wa_zone_cache *cache, MemoryContext context,
									  const char *names);

/*
 * Is it a quiet time in any of the zones?  If so, and time is not NULL, it is filled in; the
 * end is the first instant at which that row makes it quiet nowhere.
 */
extern bool wa_quiet_at(const wa_quiet_row *row, const wa_zones *zones, wa_instant at,
						wa_quiet_time *time);

#endif							/* WA_QUIET_HOURS_H */
