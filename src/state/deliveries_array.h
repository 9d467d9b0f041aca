/*-------------------------------------------------------------------------
 *
 * deliveries_array.h
 *	  Between wa_deliveries and the two arrays of a row of wa_delivery.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DELIVERIES_ARRAY_H
#define WA_DELIVERIES_ARRAY_H

#include "base/compat.h"

#include "state/deliveries.h"

/*
 * Add what stands in the two arrays, of which the shorter one counts, to a set with room
 * for WA_MAX_DELIVERIES.
 */
extern void wa_deliveries_from_arrays(Datum instants, Datum messages, wa_deliveries *deliveries);

/* The latest of the instants; WA_NEVER: there are none. */
extern wa_instant wa_latest_of_array(Datum instants);

#endif							/* WA_DELIVERIES_ARRAY_H */
