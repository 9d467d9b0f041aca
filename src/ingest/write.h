/*-------------------------------------------------------------------------
 *
 * write.h
 *	  Merging what a statement folded into the state tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_WRITE_H
#define WA_WRITE_H

#include "common/compat.h"

#include "common/schema.h"
#include "events/interpret.h"
#include "ingest/fold.h"

/*
 * Take the locks that keep ingests apart from wa_recompute, and from whoever else
 * writes state (identity/alike_guard.c).  To be called before the policy is loaded;
 * held until the transaction ends.
 */
extern void wa_write_begin(const wa_schema *schema);

/*
 * Write every touched state row once, in key order; see "Races" in
 * src/README.md for the order of the steps and why no two of these can
 * deadlock.  Inside SPI_connect, with the rights of the owner.
 */
extern void wa_write(const wa_schema *schema, const wa_policy *policy, wa_fold *fold);

#endif							/* WA_WRITE_H */
