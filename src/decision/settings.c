/*-------------------------------------------------------------------------
 *
 * settings.c
 *	  The settings of the decision.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include <limits.h>

#include "utils/guc.h"

#include "decision/settings.h"

int			wa_filter_mem = 64 * 1024;
int			wa_filter_after = -1;

void
wa_settings_init(void)
{
	DefineCustomIntVariable("wa_policy.filter_mem",
							"Memory for the list of suppressed recipients that wa_sendable reads.",
							"A query that asks about many recipients reads the list once. "
							"What does not fit is looked up, which is slower and gives the same answers. "
							"0 means to look everybody up. Each call of wa_sendable in a query, and each "
							"parallel worker, may take as much.",
							&wa_filter_mem, 64 * 1024, 0, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("wa_policy.filter_after",
							"Look-ups before wa_sendable reads the list of suppressed recipients.",
							"-1 means as many as cost what reading the list costs. For tests.",
							&wa_filter_after, -1, -1, INT_MAX,
							PGC_USERSET, GUC_NOT_IN_SAMPLE, NULL, NULL, NULL);
}
