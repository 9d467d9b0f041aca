/*-------------------------------------------------------------------------
 *
 * load.h
 *	  Reading a person's links from wa_identity and wa_identity_change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IDENTITY_LOAD_H
#define WA_IDENTITY_LOAD_H

#include "base/compat.h"

#include "utils/snapshot.h"

#include "base/schema.h"
#include "identity/person.h"
#include "state/read.h"

/*
 * Reads links by one snapshot.  Opened when first asked; close it in any case.
 * Locks: ACCESS SHARE on the tables, kept to the end of the transaction.
 */
typedef struct wa_link_reader
{
	const wa_schema *schema;
	Snapshot	snapshot;
	uint8		open;			/* which of the following are, as bits */
	bool		closed;			/* what is read now is closed at once */
	bool		has_changes;	/* is there any row in wa_identity_change? */
	wa_reader	readers[4];
} wa_link_reader;

extern void wa_link_reader_open(wa_link_reader *links, const wa_schema *schema,
								Snapshot snapshot);
extern void wa_link_reader_close(wa_link_reader *links);

/*
 * The person behind id, in the current memory context; NULL where id has no
 * link.  links may be closed then, and must last as long as somebody asks who speaks: what
 * that takes is read when it is asked.
 */
extern wa_person *wa_person_load(wa_link_reader *links, const wa_canonical *id);

/* Hand the other end of every link and change of id to take, whether it holds or not. */
extern void wa_neighbours(wa_link_reader *links, const wa_canonical *id,
						  void (*take) (void *arg, const wa_canonical *other), void *arg);

/* Is there any link at all?  Costs next to nothing where there is none. */
extern bool wa_has_links(const wa_schema *schema, Snapshot snapshot);

#endif							/* WA_IDENTITY_LOAD_H */
