/*-------------------------------------------------------------------------
 *
 * settings.c
 *	  The settings of the suppression list.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include <limits.h>

#include "utils/guc.h"

#include "suppression/settings.h"

int			wa_suppression_list_mem = 64 * 1024;
int			wa_suppression_list_after = -1;

void
wa_suppression_settings_init(void)
{
	DefineCustomIntVariable("wa_policy.suppression_list_mem",
							"Memory for the suppression list that wa_sendable reads.",
							"A query that asks about many recipients reads the list once. "
							"If it does not fit, more recipients are looked up, which is slower and gives the same answers. "
							"0 means that every recipient is looked up. Each call of wa_sendable in a query, and each "
							"parallel worker, may use as much.",
							&wa_suppression_list_mem, 64 * 1024, 0, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB | WA_SETTING_FLAGS, NULL, NULL, NULL);
	DefineCustomIntVariable("wa_policy.suppression_list_after",
							"Look-ups before wa_sendable reads the suppression list.",
							"-1 means as many as cost a third of reading the list. For tests.",
							&wa_suppression_list_after, -1, -1, INT_MAX,
							PGC_USERSET, GUC_NOT_IN_SAMPLE | WA_SETTING_FLAGS, NULL, NULL, NULL);
}
