/*-------------------------------------------------------------------------
 *
 * load.h
 *	  Reading a person's links from wa_identity.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IDENTITY_LOAD_H
#define WA_IDENTITY_LOAD_H

#include "common/compat.h"

#include "utils/snapshot.h"

#include "common/schema.h"
#include "identity/person.h"

/* Is there any link at all?  Costs next to nothing where there is none. */
extern bool wa_has_links(const wa_schema *schema);

/*
 * The person behind id by this snapshot, in the current memory context; NULL
 * where id has no link (the common case: two index look-ups).
 */
extern wa_person *wa_person_load(const wa_schema *schema, Snapshot snapshot,
								 const wa_canonical *id);

#endif							/* WA_IDENTITY_LOAD_H */
