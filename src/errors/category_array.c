/*-------------------------------------------------------------------------
 *
 * category_array.c
 *	  Conversion between wa_category[] and a mask.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/syscache.h"

#include "errors/category_array.h"

static const char *const labels[WA_CATEGORIES] = {
	[WA_MARKETING] = "marketing",
	[WA_UTILITY] = "utility",
	[WA_AUTHENTICATION] = "authentication",
	[WA_SERVICE] = "service",
};

static uint8
mask_of_value(Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	uint8		mask = 0;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", value);
	for (int i = 0; i < WA_CATEGORIES; i++)
	{
		if (strcmp(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel), labels[i]) == 0)
			mask = WA_CATEGORY_BIT(i);
	}
	ReleaseSysCache(tuple);

	/* A label that somebody added to the type: better stop than guess. */
	if (mask == 0)
		elog(ERROR, "enum value %u is not a message category", value);
	return mask;
}

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
			mask |= mask_of_value(DatumGetObjectId(elements[i]));
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
								ObjectIdGetDatum(enum_type), CStringGetDatum(labels[i]));
		if (!OidIsValid(value))
			elog(ERROR, "type %u has no value \"%s\"", enum_type, labels[i]);
		elements[count++] = ObjectIdGetDatum(value);
	}
	return PointerGetDatum(construct_array(elements, count, enum_type, sizeof(Oid), true,
										   TYPALIGN_INT));
}
