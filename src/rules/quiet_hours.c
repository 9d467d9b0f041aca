/*-------------------------------------------------------------------------
 *
 * quiet_hours.c
 *	  Quiet hours in the local time of time zones.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "utils/timestamp.h"

#include "rules/quiet_hours.h"

/*
 * Somebody of whom no region is known may be in any zone.  All of these differ from
 * UTC by a multiple of a quarter of an hour, by -12 hours to +14 hours.
 */
#define WA_QUARTER			(15 * WA_MINUTE)
#define WA_WESTERNMOST		(-48)
#define WA_EASTERNMOST		56
#define WA_QUARTERS			(WA_EASTERNMOST - WA_WESTERNMOST + 1)

/* Lists of zones by the addresses of their names. */
typedef struct zones_entry
{
	const char *names;
	wa_zones   *zones;
	char		status;
} zones_entry;

#define SH_PREFIX		zones
#define SH_ELEMENT_TYPE	zones_entry
#define SH_KEY_TYPE		const char *
#define SH_KEY			names
#define SH_HASH_KEY(tb, key)	murmurhash32((uint32) ((uintptr_t) (key) >> 2))
#define SH_EQUAL(tb, a, b)	((a) == (b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The first day that we count is 2000-01-01, a Saturday. */
#define WA_FIRST_WEEKDAY	6

/*
 * Rows.
 */

static uint8
day_bits(ArrayType *days)
{
	uint8		bits = 0;
	Datum	   *elements;
	int			n;

	if (days == NULL)
		return WA_EVERY_DAY;
	deconstruct_array(days, INT4OID, sizeof(int32), true, TYPALIGN_INT, &elements, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		int32		day = DatumGetInt32(elements[i]);

		if (day >= 1 && day <= 7)
			bits |= 1 << day;
	}
	return bits;
}

static const char *
name_days(uint8 bits)
{
	static const char *const names[] = {
		"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
	};
	char	   *text = "";

	if (bits == WA_EVERY_DAY)
		return text;
	for (int day = 1; day <= 7; day++)
	{
		if (bits & (1 << day))
			text = psprintf("%s%s%s", text, *text == '\0' ? " on " : ", ", names[day]);
	}
	return text;
}

static const char *
name_time(int64 time)
{
	int			hour = time / WA_HOUR;
	int			minute = time / WA_MINUTE % 60;
	int			second = time / WA_SECOND % 60;

	return second == 0 ? psprintf("%02d:%02d", hour, minute) :
		psprintf("%02d:%02d:%02d", hour, minute, second);
}

void
wa_quiet_row_make(wa_quiet_row *row, wa_category category, wa_str region,
				  ArrayType *days, int64 starts, int64 ends, wa_str source)
{
	char	   *detail;

	row->category = category;
	row->region = region;
	row->days = day_bits(days);
	row->starts = starts;
	row->ends = ends;
	detail = psprintf("quiet hours from %s to %s%s%s%s%s%s", name_time(starts), name_time(ends),
					  name_days(row->days), region.data == NULL ? "" : " in ",
					  region.data == NULL ? "" : region.data, source.len > 0 ? ": " : "",
					  source.data);
	row->detail = wa_str_from(detail);
}

/*
 * Zones.
 */

static wa_zones *
make_zones(const char *names)
{
	wa_zones   *made = palloc0(sizeof(wa_zones));
	char	   *copy;
	char	   *rest;

	if (names == NULL)
		return made;
	made->zones = palloc((strlen(names) / 2 + 1) * sizeof(pg_tz *));
	copy = pstrdup(names);
	for (char *name = strtok_r(copy, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest))
	{
		pg_tz	   *zone = pg_tzset(name);

		if (zone == NULL)
		{
			made->n = 0;		/* too old data: it may be any time there */
			return made;
		}
		made->zones[made->n++] = zone;
	}
	return made;
}

const wa_zones *
wa_zones_named(struct zones_hash **kept, MemoryContext context, const char *names)
{
	zones_entry *entry = *kept == NULL ? NULL : zones_lookup(*kept, names);
	MemoryContext old;
	wa_zones   *made;
	bool		found;

	if (entry != NULL)
		return entry->zones;
	old = MemoryContextSwitchTo(context);
	if (*kept == NULL)
		*kept = zones_create(context, 32, NULL);
	made = make_zones(names);
	zones_insert(*kept, names, &found)->zones = made;
	MemoryContextSwitchTo(old);
	return made;
}

/* How many clocks there are to look at. */
static int
clocks_of(const wa_zones *zones)
{
	return zones->n > 0 ? zones->n : WA_QUARTERS;
}

static pg_time_t
unix_time(wa_instant at)
{
	int64		seconds = at / WA_SECOND - (at % WA_SECOND < 0 ? 1 : 0);

	return (pg_time_t) (seconds + WA_UNIX_EPOCH);
}

/* What the clock of that number is ahead of UTC at that time. */
static int64
ahead_of_utc(const wa_zones *zones, int clock, wa_instant at)
{
	pg_time_t	when = unix_time(at);
	struct pg_tm *tm;

	if (zones->n == 0)
		return (clock + WA_WESTERNMOST) * WA_QUARTER;
	tm = pg_localtime(&when, zones->zones[clock]);
	return tm == NULL ? 0 : tm->tm_gmtoff * WA_SECOND;
}

/* The next instant after that at which the clock may be put forward or back. */
static wa_instant
next_change(const wa_zones *zones, int clock, wa_instant at)
{
	pg_time_t	when = unix_time(at);
	pg_time_t	boundary;
	long int	before,
				after;
	int			before_dst,
				after_dst;

	if (zones->n == 0 ||
		pg_next_dst_boundary(&when, &before, &before_dst, &boundary, &after, &after_dst,
							 zones->zones[clock]) <= 0)
		return WA_FOREVER;
	return (boundary - WA_UNIX_EPOCH) * WA_SECOND;
}

/*
 * Times.
 */

static bool
is_day(const wa_quiet_row *row, int64 day)
{
	int64		weekday = (day + WA_FIRST_WEEKDAY - 1) % 7;

	return (row->days & (1 << ((weekday < 0 ? weekday + 7 : weekday) + 1))) != 0;
}

/*
 * Is it quiet when a clock shows that?  If so, when does it show the beginning and the end?
 */
static bool
covers(const wa_quiet_row *row, int64 shown, int64 *from, int64 *to)
{
	int64		midnight = wa_day_of(shown);
	int64		day = midnight / WA_DAY;
	int64		time = shown - midnight;
	bool		crosses = row->ends < row->starts;

	if (time >= row->starts && (crosses || time < row->ends) && is_day(row, day))
	{
		*from = midnight + row->starts;
		*to = midnight + row->ends + (crosses ? WA_DAY : 0);
		return true;
	}
	if (crosses && time < row->ends && is_day(row, day - 1))
	{
		*from = midnight - WA_DAY + row->starts;
		*to = midnight + row->ends;
		return true;
	}
	return false;
}

/* From an instant on: the first one at which it is not quiet by this clock. */
static wa_instant
quiet_until(const wa_quiet_row *row, const wa_zones *zones, int clock, wa_instant at,
			wa_instant limit)
{
	while (at <= limit)
	{
		int64		ahead = ahead_of_utc(zones, clock, at);
		int64		from;
		int64		to;

		if (!covers(row, at + ahead, &from, &to))
			return at;
		at = Min(to - ahead, next_change(zones, clock, at));
	}
	return WA_FOREVER;
}

/* From an instant on: the first one at which it is not quiet by any clock. */
static wa_instant
quiet_everywhere_until(const wa_quiet_row *row, const wa_zones *zones, wa_instant at)
{
	wa_instant	limit = wa_after(at, WA_QUIET_SEARCH);
	wa_instant	until = at;
	int			settled = 0;	/* clocks in a row by which it is not quiet then */

	for (int clock = 0; settled < clocks_of(zones) && until != WA_FOREVER;
		 clock = (clock + 1) % clocks_of(zones))
	{
		wa_instant	then = quiet_until(row, zones, clock, until, limit);

		settled = then == until ? settled + 1 : 1;
		until = then;
	}
	return until;
}

/* When it began to be quiet by this clock, where it is. */
static wa_instant
quiet_since(const wa_zones *zones, int clock, wa_instant at, int64 ahead, int64 from)
{
	wa_instant	since = from - ahead;
	int64		then = ahead_of_utc(zones, clock, since);

	return then == ahead ? since : Min(at, from - then);
}

static wa_str
name_of(const wa_zones *zones, int clock)
{
	const char *name = zones->n > 0 ? pg_get_timezone_name(zones->zones[clock]) : NULL;

	return wa_str_from(name);
}

/* A time that has no place on any clock is as good as quiet. */
static bool
has_clock_time(wa_instant at)
{
	return at > MIN_TIMESTAMP + WA_DAY && at < END_TIMESTAMP - 2 * WA_QUIET_SEARCH;
}

bool
wa_quiet_at(const wa_quiet_row *row, const wa_zones *zones, wa_instant at, wa_quiet_time *time)
{
	bool		quiet = false;

	if (time != NULL)
		*time = (wa_quiet_time) {WA_NEVER, WA_FOREVER, {NULL, 0}, row->detail};
	if (!has_clock_time(at))
		return true;
	for (int clock = 0; clock < clocks_of(zones); clock++)
	{
		int64		ahead = ahead_of_utc(zones, clock, at);
		int64		from;
		int64		to;
		wa_instant	since;

		if (!covers(row, at + ahead, &from, &to))
			continue;
		if (time == NULL)
			return true;
		since = quiet_since(zones, clock, at, ahead, from);
		if (!quiet)
			time->zone = name_of(zones, clock);
		time->since = quiet ? Min(time->since, since) : since;
		quiet = true;
	}
	if (quiet)
		time->until = quiet_everywhere_until(row, zones, at);
	return quiet;
}
