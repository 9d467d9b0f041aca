/*-------------------------------------------------------------------------
 *
 * guarded_setting.c
 *	  Settings that only a superuser, or whom one allows it, may set.
 *
 * Before the library is loaded the server takes our names for anybody's.  Once it is, what
 * a session without the right had SET is passed over, with a warning, and the value of the
 * database or of postgresql.conf stands.  But what it gave as a connection option had
 * taken that value's place, so passing it over would leave the built-in one.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/guc_tables.h"

#include "base/guarded_setting.h"

/* Where the value came from that RESET brings back. */
static GucSource
reset_source(const char *name)
{
	const struct config_generic *setting = wa_find_setting(name);

	return setting != NULL ? setting->reset_source : PGC_S_DEFAULT;
}

void
wa_define_guarded_setting(const char *name, const char *short_description, const char *long_description,
						  bool *value, bool boot_value, GucBoolAssignHook assign_hook)
{
	GucSource	given_by = reset_source(name);

	DefineCustomBoolVariable(name, short_description, long_description, value, boot_value,
							 PGC_SUSET, WA_SETTING_FLAGS, NULL, assign_hook, NULL);
	if (reset_source(name) != given_by)
		ereport(FATAL,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to set parameter \"%s\"", name),
				 errhint("Take it out of the connection options.")));
}
