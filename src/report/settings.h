/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  The settings of the message log and of the reports over it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REPORT_SETTINGS_H
#define WA_REPORT_SETTINGS_H

#include "base/compat.h"

/* wa_policy.message_log: is wa_message written? */
extern bool wa_message_log;

/* Define the settings.  Once, when the library is loaded. */
extern void wa_report_settings_init(void);

#endif							/* WA_REPORT_SETTINGS_H */
