/*-------------------------------------------------------------------------
 *
 * log_guard.h
 *	  Permission to delete rows of wa_consent_log, which its trigger gives to wa_forget
 *	  only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LOG_GUARD_H
#define WA_LOG_GUARD_H

#include "c.h"

/* Allow it (true) for this backend, and forbid it again (false) on every path, errors included. */
extern void wa_consent_log_open(bool open);

#endif							/* WA_LOG_GUARD_H */
