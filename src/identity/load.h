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
 * Links that were read for people with very many, kept for later look-ups under the same snapshot.
 * Without them each identifier of such a person would read all its links.  Must be zeroed
 * at first; it ends with its context.
 */
typedef struct wa_kept_links
{
	MemoryContext context;		/* NULL: nothing is kept */
	wa_person  *person;			/* made by wa_person_keep; NULL: nothing is kept */
} wa_kept_links;

/*
 * Reads links under one snapshot.  It opens the tables when they are first needed; close it
 * in any case.
 *
 * Locks: ACCESS SHARE on the tables, kept to the end of the transaction.
 */
typedef struct wa_link_reader
{
	const wa_schema *schema;
	Snapshot	snapshot;
	uint8		open;			/* which of the following are, as bits */
	bool		closed;			/* tables opened from now on are closed at once */
	bool		has_changes;	/* may there be a row in wa_identity_change? */
	bool		has_sightings;	/* and in wa_identity? */
	uint64		nread;			/* number of look-ups and of rows */
	const wa_kept_links *kept;	/* links that need not be read; NULL: none */
	wa_reader	readers[5];
} wa_link_reader;

extern void wa_link_reader_open(wa_link_reader *links, const wa_schema *schema,
								Snapshot snapshot);

/* Open it again, after it was closed, for a snapshot that sees the same rows. */
extern void wa_link_reader_reopen(wa_link_reader *links, const wa_schema *schema,
								  Snapshot snapshot);
extern void wa_link_reader_close(wa_link_reader *links);

/*
 * Load the person with this identifier, in the current memory context; NULL where id has
 * no link.  Afterwards links may be closed, but it must stay allocated as long as
 * wa_person_speaks is called, which reads further links when it needs them.  bounded: as of
 * wa_person.
 */
extern wa_person *wa_person_load(wa_link_reader *links, const wa_canonical *id, bool bounded);

/*
 * Keep the links that were read for this person, in a child of parent, if they are many.  person may be
 * NULL.
 */
extern void wa_keep_links(wa_kept_links *kept, const wa_link_reader *links,
						  const wa_person *person, MemoryContext parent);

/*
 * Call take with the other end of every link and change of id, also of those that do not hold.  forward:
 * not with those that changed to id.
 */
extern void wa_neighbours(wa_link_reader *links, const wa_canonical *id, bool forward,
						  void (*take) (void *arg, const wa_canonical *other), void *arg);

#endif							/* WA_IDENTITY_LOAD_H */
