/*-------------------------------------------------------------------------
 *
 * category_array.h
 *	  Conversion between the SQL type wa_category[] and the mask of
 *	  base/category.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CATEGORY_ARRAY_H
#define WA_CATEGORY_ARRAY_H

#include "base/compat.h"

#include "base/category.h"

/* wa_category[] as a mask; NULL elements and repetitions are ignored. */
extern uint8 wa_category_array_mask(Datum array);

/*
 * A mask as wa_category[], in the order of the enum, allocated in the current
 * memory context.  enum_type is the OID of wa_category.
 */
extern Datum wa_category_mask_array(uint8 mask, Oid enum_type);

#endif							/* WA_CATEGORY_ARRAY_H */
