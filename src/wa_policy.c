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

PG_MODULE_MAGIC_EXT(.name = "wa_policy",.version = WA_POLICY_VERSION);

PGDLLEXPORT void _PG_init(void);

/*
 * A look-up opens some eight index scans, of 27 kB each.  glibc returns memory at the end of the heap to
 * the system as soon as 128 kB of it are free, so a statement with one look-up would take it from the
 * system and return it several times, for as much time as the look-up itself takes.  Once a larger
 * block was freed, glibc keeps twice the size of that.
 */
static void
keep_freed_memory(void)
{
	pfree(palloc(512 * 1024));
}

void
_PG_init(void)
{
	wa_suppression_settings_init();
	wa_pacing_settings_init();
	wa_report_settings_init();
	MarkGUCPrefixReserved("wa_policy");
	keep_freed_memory();
}
