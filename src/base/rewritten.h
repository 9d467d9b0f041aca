/*-------------------------------------------------------------------------
 *
 * rewritten.h
 *	  Was a table rewritten, so that a snapshot from before sees it empty?
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REWRITTEN_H
#define WA_REWRITTEN_H

#include "base/compat.h"

#include "utils/relcache.h"
#include "utils/snapshot.h"

/*
 * Raise an error, serialization_failure, where the table or index was rewritten after the snapshot was taken, and rows
 * may be missing from it by that snapshot.  ALTER TABLE writes all rows anew as its own, so that a snapshot from before
 * sees no row that others wrote; CLUSTER, VACUUM FULL and REINDEX keep what snapshots of this server may need, but not
 * what those of a standby may.  changed: the transaction that made the newest version of its row in pg_class.  It is
 * locked.  Costs a comparison where changed is older than the snapshot.
 */
extern void wa_check_rewritten(Relation rel, TransactionId changed, Snapshot snapshot);

#endif							/* WA_REWRITTEN_H */
