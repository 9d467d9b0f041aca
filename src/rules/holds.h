/*-------------------------------------------------------------------------
 *
 * holds.h
 *	  What holds senders back, read once for all decisions of one snapshot.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLDS_H
#define WA_HOLDS_H

#include "base/compat.h"

#include "utils/snapshot.h"

#include "base/schema.h"
#include "recipient/phone.h"
#include "rules/decide.h"

typedef struct wa_holds wa_holds;

/* What stands in wa_sender_hold, in the current memory context; NULL where nothing does. */
extern wa_holds *wa_holds_read(const wa_schema *schema, Snapshot snapshot);

/*
 * Put it into the facts on this recipient; holds is valid for the call and the schema and snapshot
 * are those of the decision.
 */
extern void wa_holds_add_facts(wa_holds *holds, const wa_schema *schema, Snapshot snapshot,
							   const wa_canonical *recipient, wa_facts *facts);

#endif							/* WA_HOLDS_H */
