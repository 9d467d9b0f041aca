/*-------------------------------------------------------------------------
 *
 * category_array.h
 *	  The SQL type wa_category[] and the mask of base/category.h, either
 *	  way.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CATEGORY_ARRAY_H
#define WA_CATEGORY_ARRAY_H

#include "postgres.h"

#include "base/category.h"

/* wa_category[] as a mask; NULL elements and repetitions count for nothing. */
extern uint8 wa_category_array_mask(Datum array);

/*
 * A mask as wa_category[], in the order of the enum, allocated in the current
 * memory context.  enum_type is the OID of wa_category.
 */
extern Datum wa_category_mask_array(uint8 mask, Oid enum_type);

#endif							/* WA_CATEGORY_ARRAY_H */
