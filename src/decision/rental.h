/*-------------------------------------------------------------------------
 *
 * rental.h
 *	  When to look recipients up, and when to read the list of the suppressed
 *	  into a filter.
 *
 * Ski rental: one begins with look-ups.  Once they have cost what reading the
 * list would cost, the list is read: at most twice the price of the better
 * choice, whichever that turns out to be.  Who can see that much more is to be
 * asked need not wait that long: an eighth of the price is enough then, so that
 * even a wrong guess costs no more than the list and an eighth.
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
	uint8		scope;			/* what a filter shall know (filter.h) */
	wa_snapshot_id seen;		/* all below is of this snapshot */
	double		asked;			/* look-ups since there was a filter */
	double		rent;			/* what they have cost (wa_library_effort) */
	double		price;			/* 0: not asked so far */
	bool		foretold;		/* was forecast called for this price? */
	bool		never;			/* no filter is to be had by this snapshot */
	bool		fickle;			/* have the questions changed? */
	MemoryContext context;		/* of filter, or of one that failed half-way */
	wa_filter  *filter;			/* NULL: look up */
} wa_rental;

/*
 * Begin, in memory that is all zero, for the SQL function funcid.  Everything
 * kept lies in memory or below it.  A filter will know BSUIDs if one is looked up
 * before it is made; if the first comes later, another filter is made once
 * look-ups of BSUIDs have paid for it.
 */
extern void wa_rental_begin(wa_rental *rental, Oid funcid, MemoryContext memory, uint8 scope);

/*
 * The library for the caller's snapshot.  Where that sees other rows than at
 * the last call, the filter is dropped and no rent is paid so far.
 */
extern wa_library *wa_rental_library(wa_rental *rental);

/* Is there a filter, and does it know recipients of this kind? */
static inline bool
wa_rental_serves(const wa_rental *rental, const wa_canonical *recipient)
{
	return rental->filter != NULL &&
		((rental->filter->scope & WA_KNOWS_BSUIDS) != 0 || !wa_is_bsuid(recipient->text));
}

/*
 * This recipient is to be looked up: is it time for a filter for this question?
 * changed: it is not the question of the last call.  payers: how many processes pay rent
 * for one query.  forecast, which may be NULL, tells how many look-ups are to
 * come after so many; 0 where it does not know.
 */
extern bool wa_rental_due(wa_rental *rental, wa_library *library,
						  const wa_question *question, const wa_canonical *recipient,
						  bool changed, int payers,
						  double (*forecast) (void *arg, double asked), void *arg);

/* Make a filter for this question; false where there is none to be had. */
extern bool wa_rental_buy(wa_rental *rental, wa_library *library,
						  const wa_question *question);

#endif							/* WA_RENTAL_H */
