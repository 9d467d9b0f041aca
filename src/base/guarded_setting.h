/*-------------------------------------------------------------------------
 *
 * guarded_setting.h
 *	  Settings that only a superuser, or whom one allows it, may set.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_GUARDED_SETTING_H
#define WA_GUARDED_SETTING_H

#include "base/compat.h"

#include "utils/guc.h"

/*
 * Define a boolean setting; the arguments are those of DefineCustomBoolVariable.  Called once, when the
 * library is loaded.  Ends the session (FATAL) where its connection options set what it may not:
 * the server does as much for settings of its own.
 */
extern void wa_define_guarded_setting(const char *name, const char *short_description,
									  const char *long_description, bool *value, bool boot_value,
									  GucBoolAssignHook assign_hook);

#endif							/* WA_GUARDED_SETTING_H */
