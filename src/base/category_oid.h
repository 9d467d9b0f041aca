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
#include "base/schema.h"

/*
 * The category of a value of the SQL enum.  Error: invalid_parameter_value where
 * the label is unknown to this library.
 */
extern wa_category wa_category_from_oid(Oid label);

/* The value of the SQL enum for a category; InvalidOid where it has none. */
extern Oid	wa_category_oid(const wa_schema *schema, wa_category category);

/* The label of a category, static storage. */
extern const char *wa_category_name(wa_category category);

/* An argument of type wa_category.  Error: null_value_not_allowed. */
extern wa_category wa_category_arg(FunctionCallInfo fcinfo, int argno);

#endif							/* WA_CATEGORY_OID_H */
