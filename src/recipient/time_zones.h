/*-------------------------------------------------------------------------
 *
 * time_zones.h
 *	  The time zones that a recipient may be in, from its canonical text.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TIME_ZONES_H
#define WA_TIME_ZONES_H

#include "c.h"

/* Maximum number of zones in a list. */
#define WA_TIME_ZONES_MAX	32

/*
 * The IANA names of the zones that a canonical recipient of len bytes may be
 * in, in alphabetical order with a blank between (static storage); NULL where
 * its region is unknown.  Equal lists have equal addresses.
 */
extern const char *wa_time_zones_of(const char *text, size_t len);

/* All zones of a region, an ISO 3166 code in capitals, in the same form; NULL where it is unknown. */
extern const char *wa_time_zones_of_region(const char *region);

/*
 * Do all numbers that begin with these digits (3 or more) have the list of zones that
 * wa_time_zones_of returns for the digits themselves?  False where that is not certain.
 * Costs two or three binary searches.
 */
extern bool wa_time_zones_uniform(const char *digits, size_t len);

#endif							/* WA_TIME_ZONES_H */
