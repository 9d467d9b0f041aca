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
 * Raise an error, serialization_failure, where the table was rewritten after the snapshot was taken, and the
 * snapshot sees no row that others wrote.  ALTER TABLE writes all rows anew as its own, so that is what a snapshot from
 * before sees; CLUSTER and VACUUM FULL leave to each row who wrote it.  changed: the transaction that made
 * the newest version of the table's row in pg_class.  The table is locked.  Costs a comparison where changed is older than the snapshot.
 */
extern void wa_check_rewritten(Relation rel, TransactionId changed, Snapshot snapshot);

#endif							/* WA_REWRITTEN_H */
