/*-------------------------------------------------------------------------
 *
 * hold.h
 *	  Which errors and restrictions hold a sender, and for how long.  Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HOLD_H
#define WA_HOLD_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"
#include "base/str.h"
#include "errors/code_policy.h"

/* A cause is the number of an error code, or one of these. */
#define WA_CAUSE_DISABLED			(-1)	/* account_update: banned */
#define WA_CAUSE_BUSINESS_INITIATED (-2)	/* account_update: restrictions */
#define WA_CAUSE_CUSTOMER_INITIATED (-3)
#define WA_CAUSE_UTILITY_TEMPLATES	(-4)
#define WA_CAUSE_UTILITY_RATE		(-5)	/* notes: these hold nothing */
#define WA_CAUSE_WARNING			(-6)

/* Stands for an unknown region, since '' stands for all regions. */
#define WA_REGION_UNKNOWN			"ZZ"

/*
 * The mask of categories that an error with this code holds, and for how long in microseconds; 0,
 * and *span is left alone, where it holds none.  How far the hold reaches is the scope of the code.
 */
extern uint8 wa_hold_of_code(const wa_code_policy *policy, int64 *span);

/*
 * The cause for a restriction of that name in an account_update, with the mask of categories
 * held, which is 0 for a note; 0 where it is not stored.
 */
extern int32 wa_hold_of_restriction(wa_str name, uint8 *categories);

/* The text of a cause in wa_sender_hold.cause; "error" for an error code.  Static storage. */
extern const char *wa_cause_name(int32 cause);

#endif							/* WA_HOLD_H */
