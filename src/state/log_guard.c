/*-------------------------------------------------------------------------
 *
 * log_guard.c
 *	  The trigger that keeps the rows of wa_consent_log as they are.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "commands/trigger.h"
#include "utils/rel.h"

#include "base/arguments.h"
#include "state/log_guard.h"

PG_FUNCTION_INFO_V1(wa__consent_log_guard);

static bool log_is_open = false;

void
wa_consent_log_open(bool open)
{
	log_is_open = open;
}

Datum
wa__consent_log_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = wa_trigger_data(fcinfo, "wa__consent_log_guard");

	if (log_is_open)
		return PointerGetDatum(NULL);
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of \"%s\" are never changed or removed",
					RelationGetRelationName(trigger->tg_relation)),
			 errhint("The log is evidence; record a new event with wa_opt_in or wa_opt_out.")));
	PG_RETURN_NULL();			/* not reached */
}
