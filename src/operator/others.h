/*-------------------------------------------------------------------------
 *
 * others.h
 *	  What protects others than a person who is erased.
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
 * All who are linked with one of these identifiers or reach one, and are none of them, and what stands
 * against sending to them.  funcid: the function at work.  In the current memory context; inside
 * SPI_connect, with the state locked.
 */
extern wa_others *wa_others_find(const wa_schema *schema, Oid funcid, const wa_canonical *ids,
								 int n);

/* Tell of those who are linked: whether they are the same person's, the caller knows. */
extern void wa_others_tell(const wa_others *others);

/*
 * Copy to each what it has lost, after the links are deleted and before the rest is.  Returns how
 * many stops and cooldowns that were.
 */
extern int64 wa_others_keep(wa_others *others, const wa_schema *schema);

#endif							/* WA_OTHERS_H */
