/*-------------------------------------------------------------------------
 *
 * hold.h
 *	  What holds a sender back, and for how long.  Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLD_H
#define WA_HOLD_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"
#include "base/str.h"

/* A cause is the number of an error code, or one of these. */
#define WA_CAUSE_DISABLED			(-1)	/* account_update: banned */
#define WA_CAUSE_BUSINESS_INITIATED (-2)	/* account_update: restrictions */
#define WA_CAUSE_CUSTOMER_INITIATED (-3)
#define WA_CAUSE_UTILITY_TEMPLATES	(-4)

/* Stands for a region that cannot be told, so that it is no row for all regions. */
#define WA_REGION_UNKNOWN			"ZZ"

/*
 * Does an error of this code hold its sender?  For how long, and which categories of messages,
 * as a mask.  How far the hold reaches is the scope of the code.
 */
extern bool wa_hold_of_code(int32 code, int64 *span, uint8 *categories);

/* The cause of a restriction of that name in an account_update; 0: it holds nothing. */
extern int32 wa_hold_of_restriction(wa_str name, uint8 *categories);

/* The name of a cause that is no error code, static storage. */
extern const char *wa_cause_name(int32 cause);

#endif							/* WA_HOLD_H */
