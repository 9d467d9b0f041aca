/*-------------------------------------------------------------------------
 *
 * pacing_check.c
 *	  Checks of the rows of wa_frequency_cap and wa_quiet_hours, and of the regions of
 *	  rules.
 *
 * They raise errors themselves, because the server's own message could not tell which
 * condition is violated.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "recipient/time_zones.h"
#include "rules/pacing.h"

PG_FUNCTION_INFO_V1(wa__region_check);
PG_FUNCTION_INFO_V1(wa__frequency_cap_check);
PG_FUNCTION_INFO_V1(wa__quiet_hours_check);

/*
 * A region that nobody's number is in would be a rule about nobody: uk instead of
 * GB, say.  Of every region that wa_region gives the time zones are known.
 */
Datum
wa__region_check(PG_FUNCTION_ARGS)
{
	char	   *region = text_to_cstring(PG_GETARG_TEXT_PP(0));

	if (wa_time_zones_of_region(region) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("unknown region \"%.*s\"", wa_shown_len(wa_str_from(region)), region),
				 errhint("Give an ISO 3166 code of two capital letters, such as BR or GB; wa_region tells that of a number.")));
	PG_RETURN_BOOL(true);
}

/* NULLs are refused by the columns themselves. */
Datum
wa__frequency_cap_check(PG_FUNCTION_ARGS)
{
	Interval	least = {.time = USECS_PER_MINUTE};

	if (!PG_ARGISNULL(0) && PG_GETARG_INT32(0) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a frequency cap must allow at least one message, not %d", PG_GETARG_INT32(0)),
				 errhint("To send none at all, use wa_region_rule, or do not send.")));
	if (!PG_ARGISNULL(0) && PG_GETARG_INT32(0) > WA_MAX_CAP)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a frequency cap can allow %d messages at most, not %d", WA_MAX_CAP,
						PG_GETARG_INT32(0)),
				 errdetail("Only the latest deliveries of each recipient are kept."),
				 errhint("Give a cap over a shorter period.")));
	if (!PG_ARGISNULL(1) &&
		DatumGetBool(DirectFunctionCall2(interval_lt, PG_GETARG_DATUM(1), IntervalPGetDatum(&least))))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("the period of a frequency cap must be a minute or longer"),
				 errhint("A number without a unit counts seconds. For example '7 days'.")));
	PG_RETURN_BOOL(true);
}

static void
check_days(ArrayType *days)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	deconstruct_array(days, INT4OID, sizeof(int32), true, TYPALIGN_INT, &elements, &nulls, &n);
	if (n == 0 || ARR_NDIM(days) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("quiet hours need a list of days that is not empty"),
				 errhint("NULL means every day.")));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i] || DatumGetInt32(elements[i]) < 1 || DatumGetInt32(elements[i]) > 7)
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 nulls[i] ? errmsg("a day of quiet hours must not be null") :
					 errmsg("%d is no day of the week", DatumGetInt32(elements[i])),
					 errhint("Days are 1 (Monday) to 7 (Sunday).")));
	}
}

static void
check_times(TimeADT starts, TimeADT ends)
{
	if (starts == ends)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("quiet hours must not end when they start"),
				 errdetail("That could be no time at all, or the whole day."),
				 errhint("The whole day is from 00:00 to 24:00.")));
	if (starts == USECS_PER_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("quiet hours cannot start at 24:00"),
				 errhint("Use 00:00, which is on the next day.")));
}

Datum
wa__quiet_hours_check(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0))
		check_days(PG_GETARG_ARRAYTYPE_P(0));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		check_times(PG_GETARG_TIMEADT(1), PG_GETARG_TIMEADT(2));
	PG_RETURN_BOOL(true);
}
