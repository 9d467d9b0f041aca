/*-------------------------------------------------------------------------
 *
 * holds.h
 *	  The holds of senders, read once for all decisions of one snapshot.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLDS_H
#define WA_HOLDS_H

#include "base/compat.h"

#include "utils/snapshot.h"

#include "base/schema.h"
#include "recipient/phone.h"
#include "rules/facts.h"

typedef struct wa_holds wa_holds;

/* Read wa_sender_hold, in the current memory context; NULL where it has no hold. */
extern wa_holds *wa_holds_read(const wa_schema *schema, Snapshot snapshot);

/*
 * Add the holds to the facts about a recipient, under the schema and snapshot of the
 * decision.  holds must be valid as long as the facts are used.
 */
extern void wa_holds_add_facts(wa_holds *holds, const wa_schema *schema, Snapshot snapshot,
							   const wa_canonical *recipient, wa_facts *facts);

#endif							/* WA_HOLDS_H */
