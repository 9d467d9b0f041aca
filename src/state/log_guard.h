/*-------------------------------------------------------------------------
 *
 * log_guard.h
 *	  The guard of wa_consent_log lets nobody change or remove a row, but wa_forget.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LOG_GUARD_H
#define WA_LOG_GUARD_H

#include "c.h"

/* Open it for this backend, and close it again on every path. */
extern void wa_consent_log_open(bool open);

#endif							/* WA_LOG_GUARD_H */
