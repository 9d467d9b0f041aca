/*-------------------------------------------------------------------------
 *
 * frequency_cap.h
 *	  Counting the messages that count for a frequency cap.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FREQUENCY_CAP_H
#define WA_FREQUENCY_CAP_H

#include "rules/facts.h"

/*
 * The latest messages that count for a cap, as many as it allows.  A claim counts to the end of
 * its lease or until its message was delivered, as one delivered a period before that would.
 */
typedef struct wa_counted
{
	int			n;				/* all that count */
	int			claimed;		/* of these */
	wa_instant	latest;			/* when the latest was delivered or claimed */
	int			kept;
	wa_instant	at[WA_MAX_DELIVERIES];	/* of the latest, ascending */
	wa_instant	overflowed;		/* since when there may have been more; WA_NEVER: never */
} wa_counted;

/* Count the deliveries, and the claims, of facts that were fetched.  Begin with latest and overflowed WA_NEVER. */
extern void wa_count_deliveries(const wa_facts *facts, const wa_question *q, const wa_cap *cap,
								wa_counted *counted);
extern void wa_count_claims(const wa_facts *facts, const wa_question *q, const wa_cap *cap,
							wa_counted *counted);

#endif							/* WA_FREQUENCY_CAP_H */
