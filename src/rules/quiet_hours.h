/*-------------------------------------------------------------------------
 *
 * quiet_hours.h
 *	  Quiet hours in the time zones that a recipient may be in.
 *
 * The server's own time zone data are used, so that changes of clocks are right.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_QUIET_HOURS_H
#define WA_QUIET_HOURS_H

#include "base/compat.h"

#include "pgtime.h"
#include "utils/array.h"
#include "utils/palloc.h"

#include "rules/facts.h"

/* A row of wa_quiet_hours. */
typedef struct wa_quiet_row
{
	wa_category category;
	wa_str		region;			/* NUL-terminated; data NULL: every region */
	uint8		days;			/* bit 1: Monday, … bit 7: Sunday */
	int64		starts;			/* microseconds since midnight */
	int64		ends;			/* likewise; on the next day if before starts */
	wa_str		detail;			/* for wa_explain */
} wa_quiet_row;

#define WA_EVERY_DAY	((uint8) 0xfe)

/*
 * Fill in a row; days NULL means every day.  region and source are borrowed; detail is made
 * in the current memory context.
 */
extern void wa_quiet_row_make(wa_quiet_row *row, wa_category category, wa_str region,
							  ArrayType *days, int64 starts, int64 ends, wa_str source);

/* Time zones that a recipient may be in. */
typedef struct wa_zones
{
	int			n;				/* 0: all zones */
	pg_tz	  **zones;
} wa_zones;

struct zones_hash;

/*
 * The zones with these names, which are as wa_time_zones_of returns them (NULL: all zones).
 * The result is kept in context; *kept, which is NULL at first, knows those by the addresses of
 * their names.  All zones, too, where the server's data lacks one of the names.
 */
extern const wa_zones *wa_zones_named(struct zones_hash **kept, MemoryContext context,
									  const char *names);

/*
 * Is it a quiet time in any of the zones at at?  If so, and time is not NULL, *time is filled
 * in; its end is the first instant at which the row applies in none of the zones.
 */
extern bool wa_quiet_at(const wa_quiet_row *row, const wa_zones *zones, wa_instant at,
						wa_quiet_time *time);

#endif							/* WA_QUIET_HOURS_H */
