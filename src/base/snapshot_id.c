/*-------------------------------------------------------------------------
 *
 * snapshot_id.c
 *	  The identity of a snapshot.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "utils/snapmgr.h"

#include "base/snapshot_id.h"

uint64		wa_rollbacks = 0;

/* A rollback to a savepoint takes rows back and leaves the command id. */
static void
count_rollback(SubXactEvent event, SubTransactionId mine,
			   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		wa_rollbacks++;
}

wa_snapshot_id
wa_identify_snapshot(Snapshot snapshot)
{
	static bool registered = false;
	wa_snapshot_id id;

	if (!registered)
	{
		RegisterSubXactCallback(count_rollback, NULL);
		registered = true;
	}

	memset(&id, 0, sizeof(id));
	id.xmin = snapshot->xmin;
	id.xmax = snapshot->xmax;
	id.xcnt = snapshot->xcnt;
	id.subxcnt = snapshot->subxcnt;
	id.suboverflowed = snapshot->suboverflowed;
	id.curcid = snapshot->curcid;
	id.rollbacks = wa_rollbacks;
	id.lxid = wa_local_xid();
	id.sum = wa_snapshot_sum(snapshot);
	return id;
}

Snapshot
wa_active_snapshot(void)
{
	if (!ActiveSnapshotSet())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no snapshot to read the state of wa_policy with")));
	return GetActiveSnapshot();
}
