/*-------------------------------------------------------------------------
 *
 * snapshot_id.h
 *	  Identity of a snapshot: do two snapshots see the same rows?
 *
 * Data that a C function keeps in fn_extra outlives a statement (PL/pgSQL keeps
 * its expressions for a whole transaction).  So everything that was read from a
 * table is kept together with the identity of the snapshot that read it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SNAPSHOT_ID_H
#define WA_SNAPSHOT_ID_H

#include "base/compat.h"

#include "access/twophase.h"
#include "storage/proc.h"
#include "utils/snapshot.h"

typedef struct wa_snapshot_id
{
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	CommandId	curcid;
	uint64		rollbacks;		/* subtransactions rolled back so far */
	LocalTransactionId lxid;	/* the transaction that looked */
	uint64		sum;			/* of the transactions in progress, where needed */
} wa_snapshot_id;

/*
 * The identity of a snapshot.  Snapshots with equal identities in the same backend see the
 * same rows.  With equal xmin and xmax, the set of transactions in progress can only
 * shrink, so equal counts mean equal sets.  What this transaction wrote itself shows in the
 * command id, and what it rolled back to a savepoint in rollbacks.  While PREPARE
 * TRANSACTION runs, its transaction is counted twice; where that is possible, the sum of
 * the transaction ids is compared as well.
 */
extern wa_snapshot_id wa_identify_snapshot(Snapshot snapshot);

/*
 * Number of subtransactions that this backend has rolled back, plus the number of changes
 * of settings that answers depend on: both make earlier answers invalid.
 */
extern uint64 wa_rollbacks;

/* Sum of the ids of transactions in progress, where their number is not sufficient. */
static inline uint64
wa_snapshot_sum(Snapshot snapshot)
{
	uint64		sum = 0;

	if (max_prepared_xacts > 0)
	{
		for (uint32 i = 0; i < snapshot->xcnt; i++)
			sum += snapshot->xip[i];
	}
	return sum;
}

/* Is id the identity of this snapshot?  Called for every row of a query. */
static pg_attribute_always_inline bool
wa_snapshot_unchanged(const wa_snapshot_id *id, Snapshot snapshot)
{
	return id->curcid == snapshot->curcid && id->xmin == snapshot->xmin &&
		id->xmax == snapshot->xmax && id->xcnt == snapshot->xcnt &&
		id->subxcnt == snapshot->subxcnt &&
		id->suboverflowed == snapshot->suboverflowed &&
		id->rollbacks == wa_rollbacks && id->lxid == wa_local_xid() &&
		id->sum == wa_snapshot_sum(snapshot);
}

/*
 * The active snapshot.  Raises an error where there is none, since a function must not
 * answer from an arbitrary snapshot.
 */
extern Snapshot wa_active_snapshot(void);

#endif							/* WA_SNAPSHOT_ID_H */
