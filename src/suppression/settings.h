/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  The settings of the suppression list.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SUPPRESSION_SETTINGS_H
#define WA_SUPPRESSION_SETTINGS_H

#include "base/compat.h"

/* wa_policy.suppression_list_mem: maximum size of one list in kilobytes; 0: no lists. */
extern int	wa_suppression_list_mem;

/*
 * wa_policy.suppression_list_after: number of look-ups before a list is read; -1: as many
 * as cost a third of reading it.
 */
extern int	wa_suppression_list_after;

/* Define the settings.  Called once, when the library is loaded. */
extern void wa_suppression_settings_init(void);

#endif							/* WA_SUPPRESSION_SETTINGS_H */
