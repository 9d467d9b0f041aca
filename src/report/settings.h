/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  The settings of the message log and of reports.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REPORT_SETTINGS_H
#define WA_REPORT_SETTINGS_H

#include "base/compat.h"

/* wa_policy.message_log: are rows written to wa_message? */
extern bool wa_message_log;

/* Define the settings.  Called once, when the library is loaded. */
extern void wa_report_settings_init(void);

#endif							/* WA_REPORT_SETTINGS_H */
