/*-------------------------------------------------------------------------
 *
 * deliveries_array.h
 *	  Conversion of the two arrays of a row of wa_delivery to wa_deliveries.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_DELIVERIES_ARRAY_H
#define WA_DELIVERIES_ARRAY_H

#include "base/compat.h"

#include "state/deliveries.h"

/*
 * Add the elements of the two arrays to a set with room for WA_MAX_DELIVERIES.  Elements
 * beyond the length of the shorter array are ignored.
 */
extern void wa_deliveries_from_arrays(Datum instants, Datum messages, wa_deliveries *deliveries);

/* The latest instant of a timestamptz[]; WA_NEVER where it is empty. */
extern wa_instant wa_latest_of_array(Datum instants);

#endif							/* WA_DELIVERIES_ARRAY_H */
