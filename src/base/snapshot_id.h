/*-------------------------------------------------------------------------
 *
 * snapshot_id.h
 *	  Telling whether two moments see the same rows.
 *
 * What a C function keeps in fn_extra outlives a statement (PL/pgSQL keeps
 * its expressions for a whole transaction), so whatever was read from a table
 * carries the identity of the snapshot that read it.
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
 * The identity of a snapshot.  Two equal ones in the same backend see the same
 * rows: for one xmin and xmax the transactions in progress can only become
 * fewer, so equal counts mean equal sets; what this transaction itself wrote
 * is told by the command id, and what a savepoint took back by rollbacks.  While
 * PREPARE TRANSACTION runs, though, its transaction is counted twice: where that is
 * possible the sum of the transactions is compared as well.
 */
extern wa_snapshot_id wa_identify_snapshot(Snapshot snapshot);

/*
 * Subtransactions that this backend has rolled back; and changes of a setting that
 * answers depend on, since these are no longer what they were either.
 */
extern uint64 wa_rollbacks;

/* The transactions in progress, added up, where their number is not enough. */
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

/* Is id the identity of this snapshot, too?  Asked for every row of a query. */
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
 * The caller's snapshot; an ERROR where there is none (a function of ours in
 * a place that has no snapshot must not answer from an arbitrary one).
 */
extern Snapshot wa_active_snapshot(void);

#endif							/* WA_SNAPSHOT_ID_H */
