/*-------------------------------------------------------------------------
 *
 * arrays.h
 *	  The bounded sets of failures and of deliveries as arrays of SQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STATE_ARRAYS_H
#define WA_STATE_ARRAYS_H

#include "base/compat.h"

#include "state/deliveries.h"
#include "state/failures.h"

/* Make *failures the set of the elements of a stored timestamptz[].  Error: data_corrupted where one is NULL. */
extern void wa_failures_from_array(Datum array, wa_failures *failures);

/* The set as timestamptz[], allocated in the current memory context. */
extern Datum wa_failures_to_array(const wa_failures *failures);

/*
 * Add the elements of the two arrays of a row of wa_delivery to a set with room for
 * WA_MAX_DELIVERIES.  Elements beyond the length of the shorter array are ignored.
 */
extern void wa_deliveries_from_arrays(Datum instants, Datum messages, wa_deliveries *deliveries);

/* The latest instant of a timestamptz[]; WA_NEVER where it is empty. */
extern wa_instant wa_latest_of_array(Datum instants);

#endif							/* WA_STATE_ARRAYS_H */
