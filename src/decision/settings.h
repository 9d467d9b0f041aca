/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  The settings of the decision.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SETTINGS_H
#define WA_SETTINGS_H

#include "common/compat.h"

/* wa_policy.filter_mem: kilobytes that one filter may take; 0: no filters. */
extern int	wa_filter_mem;

/*
 * wa_policy.filter_after: look-ups before a filter is built; -1: as many as
 * cost what building costs.
 */
extern int	wa_filter_after;

/* Define the settings.  Once, when the library is loaded. */
extern void wa_settings_init(void);

#endif							/* WA_SETTINGS_H */
