/*-------------------------------------------------------------------------
 *
 * links.h
 *	  Writing links: identifiers that were seen together.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LINKS_H
#define WA_LINKS_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge sightings, in the order of their keys, into wa_identity.  A known link is written
 * once a day.  To be called inside SPI_connect, with the owner's rights.
 *
 * Locks: the rows written, in the order of wa_identity's primary key.
 */
extern void wa_write_links(const wa_schema *schema, const wa_deltas *sightings);

/* An ERROR, object_not_in_prerequisite_state: a row of wa_identity was written, by nobody else either, and is not there. */
extern void wa_refuse_lost_link(void);

#endif							/* WA_LINKS_H */
