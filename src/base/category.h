/*-------------------------------------------------------------------------
 *
 * category.h
 *	  The message categories, as small integers and as bits of a mask.
 *
 * The order is that of the SQL enum wa_category in base/category.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CATEGORY_H
#define WA_CATEGORY_H

#include "c.h"

typedef enum wa_category
{
	WA_MARKETING,
	WA_UTILITY,
	WA_AUTHENTICATION,
	WA_SERVICE
} wa_category;

#define WA_CATEGORIES		4

/* One category as a bit; WA_ALL_CATEGORIES is the mask with all of them. */
#define WA_CATEGORY_BIT(c)	((uint8) (1 << (c)))
#define WA_ALL_CATEGORIES	((uint8) 0x0f)
#define WA_TEMPLATES		((uint8) 0x07)	/* all but service */

#endif							/* WA_CATEGORY_H */
