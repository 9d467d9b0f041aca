/*-------------------------------------------------------------------------
 *
 * settings.c
 *	  The settings of the message log and of reports.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "pgtime.h"
#include "utils/guc.h"

#include "base/guarded_setting.h"
#include "report/settings.h"

PG_FUNCTION_INFO_V1(wa__message_log);

bool		wa_message_log = true;

/* Read by the views, with current_setting. */
static char *report_timezone = NULL;

static bool
check_time_zone(char **value, void **extra, GucSource source)
{
	if (pg_tzset(*value) != NULL)
		return true;
	GUC_check_errdetail("There is no time zone \"%s\".", *value);
	return false;
}

void
wa_report_settings_init(void)
{
	/* Not everybody's: where no such log may be kept, a writer must not turn it on. */
	wa_define_guarded_setting("wa_policy.message_log",
							  "Keeps one row per outgoing message in wa_message.",
							  "The rows contain recipient, times and result, but no content. Turning it off "
							  "keeps existing rows.",
							  &wa_message_log, true, NULL);
	DefineCustomStringVariable("wa_policy.report_timezone",
							   "Time zone of the days in the views of rates.",
							   "An IANA name such as Europe/Berlin.",
							   &report_timezone, "UTC", PGC_USERSET, WA_SETTING_FLAGS, check_time_zone, NULL, NULL);
}

Datum
wa__message_log(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(wa_message_log);
}
