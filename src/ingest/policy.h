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
#include "events/judge.h"

/*
 * Load it into the current memory context, by the latest snapshot.  Phrases
 * are read when the first message with text asks for them.
 */
extern const wa_policy *wa_policy_load(const wa_schema *schema);

#endif							/* WA_INGEST_POLICY_H */
