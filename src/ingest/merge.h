/*-------------------------------------------------------------------------
 *
 * merge.h
 *	  Merging rows into one state table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_MERGE_H
#define WA_MERGE_H

#include "common/compat.h"

#include "common/schema.h"
#include "state/activity.h"
#include "state/ladder.h"
#include "state/read.h"

/* A table, how its rows merge, and how they are made of what is to be written. */
typedef struct wa_shape wa_shape;

extern const wa_shape wa_contact_shape; /* of wa_str: recipients to lock */
extern const wa_shape wa_activity_shape;	/* of wa_cell *, as the next ones */
extern const wa_shape wa_cooldown_shape;
extern const wa_shape wa_consent_shape;
extern const wa_shape wa_consent_event_shape;	/* of wa_consent_event: its log */
extern const wa_shape wa_link_shape;

/*
 * Merge n of these in their order, a bounded number at a time; nothing for
 * none.  Inside SPI_connect, with the rights of the owner.
 */
extern void wa_merge_rows(const wa_schema *schema, const wa_shape *shape,
						  const void *rows, int n);

/*
 * Put what has been merged already in the place of the version of a row that it
 * was merged with: half the work of a merge.  False, and nothing is done, where
 * that version is not the latest one any more.
 */
extern bool wa_rewrite_activity(const wa_schema *schema, wa_str recipient,
								const wa_version *version, const wa_activity *merged);
extern bool wa_rewrite_cooldown(const wa_schema *schema, wa_str recipient,
								const wa_version *version, const wa_failures *failures,
								wa_instant lifted_at, wa_cooldown_end end);

#endif							/* WA_MERGE_H */
