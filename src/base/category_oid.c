/*-------------------------------------------------------------------------
 *
 * category_oid.c
 *	  Conversion between the SQL enum wa_category and the C one.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/array.h"
#include "utils/syscache.h"

#include "base/arguments.h"
#include "base/category_oid.h"

static const char *const names[WA_CATEGORIES] = {
	[WA_MARKETING] = "marketing",
	[WA_UTILITY] = "utility",
	[WA_AUTHENTICATION] = "authentication",
	[WA_SERVICE] = "service",
};

const char *
wa_category_name(wa_category category)
{
	return names[category];
}

Oid
wa_category_oid(Oid enum_type, wa_category category)
{
	Oid			value = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
										ObjectIdGetDatum(enum_type), CStringGetDatum(names[category]));

	if (!OidIsValid(value))
		elog(ERROR, "type %u has no value \"%s\"", enum_type, names[category]);
	return value;
}

wa_category
wa_category_from_oid(Oid label)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(label));
	int			category = WA_CATEGORIES;

	if (HeapTupleIsValid(tuple))
	{
		const char *name = NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel);

		for (category = 0; category < WA_CATEGORIES; category++)
		{
			if (strcmp(name, names[category]) == 0)
				break;
		}
		ReleaseSysCache(tuple);
	}
	if (category == WA_CATEGORIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown message category"),
				 errhint("The categories are marketing, utility, authentication and service.")));
	return (wa_category) category;
}

wa_category
wa_category_arg(FunctionCallInfo fcinfo, int argno)
{
	wa_forbid_null_arg(fcinfo, argno, "category");
	return wa_category_from_oid(PG_GETARG_OID(argno));
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
		if (mask & WA_CATEGORY_BIT(i))
			elements[count++] = ObjectIdGetDatum(wa_category_oid(enum_type, i));
	}
	return PointerGetDatum(construct_array(elements, count, enum_type, sizeof(Oid), true,
										   TYPALIGN_INT));
}
