/*-------------------------------------------------------------------------
 *
 * category_array.c
 *	  Conversion between wa_category[] and a mask.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/syscache.h"

#include "base/category_oid.h"
#include "errors/category_array.h"

uint8
wa_category_array_mask(Datum array)
{
	ArrayType  *values = DatumGetArrayTypeP(array);
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	uint8		mask = 0;

	deconstruct_array(values, ARR_ELEMTYPE(values), sizeof(Oid), true, TYPALIGN_INT,
					  &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i])
			mask |= WA_CATEGORY_BIT(wa_category_from_oid(DatumGetObjectId(elements[i])));
	}
	return mask;
}

Datum
wa_category_mask_array(uint8 mask, Oid enum_type)
{
	Datum		elements[WA_CATEGORIES];
	int			count = 0;

	for (int i = 0; i < WA_CATEGORIES; i++)
	{
		Oid			value;

		if ((mask & WA_CATEGORY_BIT(i)) == 0)
			continue;
		value = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
								ObjectIdGetDatum(enum_type), CStringGetDatum(wa_category_name(i)));
		if (!OidIsValid(value))
			elog(ERROR, "type %u has no value \"%s\"", enum_type, wa_category_name(i));
		elements[count++] = ObjectIdGetDatum(value);
	}
	return PointerGetDatum(construct_array(elements, count, enum_type, sizeof(Oid), true,
										   TYPALIGN_INT));
}
