/*-------------------------------------------------------------------------
 *
 * wa_policy.c
 *	  The module: what the server wants to see when it loads the library.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/guc.h"

#include "rules/pacing.h"
#include "report/settings.h"
#include "suppression/settings.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "wa_policy",.version = WA_POLICY_VERSION);
#else
PG_MODULE_MAGIC;
#endif

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	wa_suppression_settings_init();
	wa_pacing_settings_init();
	wa_report_settings_init();
	MarkGUCPrefixReserved("wa_policy");
}
