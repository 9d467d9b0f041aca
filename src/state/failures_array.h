/*-------------------------------------------------------------------------
 *
 * failures_array.h
 *	  Conversion between wa_failures and its SQL form, timestamptz[].
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FAILURES_ARRAY_H
#define WA_FAILURES_ARRAY_H

#include "base/compat.h"

#include "state/failures.h"

/* Make *failures the set of the elements of a stored timestamptz[].  Error: data_corrupted where one is NULL. */
extern void wa_failures_from_array(Datum array, wa_failures *failures);

/* The set as timestamptz[], allocated in the current memory context. */
extern Datum wa_failures_to_array(const wa_failures *failures);

#endif							/* WA_FAILURES_ARRAY_H */
