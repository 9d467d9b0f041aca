/*-------------------------------------------------------------------------
 *
 * others.h
 *	  Keeping the rows that protect others when a person is erased.
 *
 * An event is stored once.  So a stop under an identifier of this person may be the only row
 * that protects somebody else: the former owner of a number, an identifier that was unlinked,
 * the number that an old one was changed to.  It is copied to those before it is deleted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_OTHERS_H
#define WA_OTHERS_H

#include "base/compat.h"

#include "base/schema.h"
#include "recipient/phone.h"

typedef struct wa_others wa_others;

/*
 * Find all other identifiers that are linked with one of these or reach one, and the stops and
 * cooldowns that count for them.  funcid is the SQL function that runs.  Allocated in the
 * current memory context.  To be called inside SPI_connect, with the state locked.
 */
extern wa_others *wa_others_find(const wa_schema *schema, Oid funcid, const wa_canonical *ids,
								 int n);

/* Raise a NOTICE with the identifiers that are linked; the caller must judge whose they are. */
extern void wa_others_tell(const wa_others *others);

/*
 * Copy to each identifier the stops and cooldowns it would lose.  To be called after the links
 * are deleted and before the other rows are.  Returns how many were copied.
 */
extern int64 wa_others_keep(wa_others *others, const wa_schema *schema);

#endif							/* WA_OTHERS_H */
