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
 * What was read of links for people who have very many, kept for others who ask by the same
 * snapshot: each of their identifiers would have to read them all.  Begins with all zero; ends
 * with its context.
 */
typedef struct wa_kept_links
{
	MemoryContext context;		/* NULL: nothing is kept */
	wa_person  *person;			/* as wa_person_keep makes it; NULL: likewise */
} wa_kept_links;

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
	uint64		nread;			/* look-ups and rows */
	const wa_kept_links *kept;	/* need not be read; NULL: nothing was kept */
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

/* Keep what was read for this person (NULL: for nobody), if that was much, in a child of parent. */
extern void wa_keep_links(wa_kept_links *kept, const wa_link_reader *links,
						  const wa_person *person, MemoryContext parent);

/* Hand the other end of every link and change of id to take, whether it holds or not. */
extern void wa_neighbours(wa_link_reader *links, const wa_canonical *id,
						  void (*take) (void *arg, const wa_canonical *other), void *arg);

/* Is there any link at all?  Costs next to nothing where there is none. */
extern bool wa_has_links(const wa_schema *schema, Snapshot snapshot);

#endif							/* WA_IDENTITY_LOAD_H */
