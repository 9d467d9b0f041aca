/*-------------------------------------------------------------------------
 *
 * category_oid.h
 *	  Conversion between the SQL enum wa_category and the C one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CATEGORY_OID_H
#define WA_CATEGORY_OID_H

#include "base/compat.h"

#include "base/category.h"

/*
 * The category of a value of the SQL enum.  Error: invalid_parameter_value where
 * the label is unknown to this library.
 */
extern wa_category wa_category_from_oid(Oid label);

/* The value of a category in the SQL enum whose OID is enum_type.  An ERROR where it has none. */
extern Oid	wa_category_oid(Oid enum_type, wa_category category);

/* The label of a category, static storage. */
extern const char *wa_category_name(wa_category category);

/* An argument of type wa_category.  Error: null_value_not_allowed. */
extern wa_category wa_category_arg(FunctionCallInfo fcinfo, int argno);

/* wa_category[] as a mask; NULL elements and repetitions are ignored.  Errors: those of wa_category_from_oid. */
extern uint8 wa_category_array_mask(Datum array);

/*
 * A mask as wa_category[], in the order of the enum, allocated in the current memory context.
 * enum_type is the OID of wa_category.
 */
extern Datum wa_category_mask_array(uint8 mask, Oid enum_type);

#endif							/* WA_CATEGORY_OID_H */
