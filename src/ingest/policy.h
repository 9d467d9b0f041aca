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

#include "base/compat.h"

#include "base/schema.h"
#include "events/sink.h"

/*
 * The policy, in the current memory context.  Changes of codes are read, under a fresh
 * snapshot, when the first code is needed, since most statements need none.  Phrases are
 * looked up one by one.
 */
extern const wa_policy *wa_policy_load(const wa_schema *schema);

#endif							/* WA_INGEST_POLICY_H */
