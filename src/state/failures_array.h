/*-------------------------------------------------------------------------
 *
 * failures_array.h
 *	  Between wa_failures and its SQL form, timestamptz[].
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FAILURES_ARRAY_H
#define WA_FAILURES_ARRAY_H

#include "base/compat.h"

#include "state/failures.h"

/* Take in all elements of a timestamptz[]; NULL elements are passed over. */
extern void wa_failures_from_array(Datum array, wa_failures *failures);

/* The timestamptz[] of it, in the current memory context. */
extern Datum wa_failures_to_array(const wa_failures *failures);

#endif							/* WA_FAILURES_ARRAY_H */
