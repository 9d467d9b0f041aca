/*-------------------------------------------------------------------------
 *
 * rental.h
 *	  When to look recipients up, and when to read the list of the suppressed
 *	  into a filter.
 *
 * Ski rental: one begins with look-ups.  Once they have cost what reading the
 * list would cost, the list is read: at most twice the price of the better
 * choice, whichever that turns out to be.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_RENTAL_H
#define WA_RENTAL_H

#include "common/compat.h"

#include "common/snapshot_id.h"
#include "decision/facts.h"
#include "decision/filter.h"

typedef struct wa_rental
{
	FmgrInfo	library_info;	/* its fn_extra is the library's */
	bool		reasons;		/* shall a filter tell the reasons? */
	wa_snapshot_id seen;		/* all below is of this snapshot */
	double		rent;			/* look-ups since there was a filter */
	double		price;			/* 0: not asked so far */
	MemoryContext context;		/* of filter, or of one that failed half-way */
	wa_filter  *filter;			/* NULL: look up */
} wa_rental;

/*
 * Begin, in memory that is all zero, for the SQL function funcid.  Everything
 * kept lies in memory or below it.
 */
extern void wa_rental_begin(wa_rental *rental, Oid funcid, MemoryContext memory, bool reasons);

/*
 * The library for the caller's snapshot.  Where that sees other rows than at
 * the last call, the filter is dropped and no rent is paid so far.
 */
extern wa_library *wa_rental_library(wa_rental *rental);

/*
 * A look-up is to be paid: has the rent come to the price of a filter for this
 * question, the same as at the last call unless price was set to 0?  payers:
 * how many processes pay rent for one query.
 */
extern bool wa_rental_due(wa_rental *rental, wa_library *library,
						  const wa_question *question, int payers);

/* Make a filter for this question; false where there is none to be had. */
extern bool wa_rental_buy(wa_rental *rental, wa_library *library,
						  const wa_question *question);

#endif							/* WA_RENTAL_H */
