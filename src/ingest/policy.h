/*-------------------------------------------------------------------------
 *
 * policy.h
 *	  The policy in force for one statement: error codes with the DBA's
 *	  changes, and phrases.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_INGEST_POLICY_H
#define WA_INGEST_POLICY_H

#include "common/compat.h"

#include "common/schema.h"
#include "events/interpret.h"

/*
 * The policy, in the current memory context.  Changes of codes are read, by the
 * latest snapshot, when the first code is asked for, and phrases when the first
 * message with text is: most statements ask for neither.
 */
extern const wa_policy *wa_policy_load(const wa_schema *schema);

#endif							/* WA_INGEST_POLICY_H */
