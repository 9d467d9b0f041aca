/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  All differences between PostgreSQL 15, 16, 17 and 18, in one place.
 *	  Old servers are made to look new, never the reverse.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_COMPAT_H
#define WA_COMPAT_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "wa_policy needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else
/* Soft errors came with 16; before it every error is a hard one. */
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

#if PG_VERSION_NUM >= 180000
#define wa_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define wa_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* The id of this backend's transaction moved with the split of PGPROC in 17. */
#if PG_VERSION_NUM >= 170000
#define wa_local_xid()	(MyProc->vxid.lxid)
#else
#define wa_local_xid()	(MyProc->lxid)
#endif

#endif							/* WA_COMPAT_H */
