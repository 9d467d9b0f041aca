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
wa_category_oid(const wa_schema *schema, wa_category category)
{
	return GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
						   ObjectIdGetDatum(wa_type_named(schema, "category", strlen("category"))),
						   CStringGetDatum(names[category]));
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
