/*-------------------------------------------------------------------------
 *
 * version.c
 *	  Check that the loaded library fits the version of the extension in this database.
 *
 * A session keeps the library that it has loaded, while another one may run ALTER
 * EXTENSION UPDATE.  An older library would not know the rules and tables of the new
 * version, and might answer "sendable" wrongly.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "base/version.h"

PG_FUNCTION_INFO_V1(wa__library_version);

/* The extversion of wa_policy, or NULL where there is no such extension. */
static char *
installed_version(void)
{
	Relation	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *version = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("wa_policy"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, Anum_pg_extension_extversion,
										 RelationGetDescr(rel), &isnull);

		if (!isnull)
			version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return version;
}

/* The numbers of 1.2.3; those that are not there are 0. */
static void
version_numbers(const char *version, long numbers[3])
{
	for (int i = 0; i < 3; i++)
	{
		char	   *end;

		numbers[i] = strtol(version, &end, 10);
		version = *end == '.' ? end + 1 : end;
	}
}

static int
compare_versions(const char *a, const char *b)
{
	long		left[3];
	long		right[3];

	version_numbers(a, left);
	version_numbers(b, right);
	for (int i = 0; i < 3; i++)
	{
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

static void
refuse_version(const char *installed, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the library of wa_policy that is loaded is of version %s, the extension in this database of %s",
					WA_POLICY_VERSION, installed),
			 errhint("%s", hint)));
}

void
wa_check_version(void)
{
	char	   *installed = installed_version();

	if (installed == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"wa_policy\" is not installed in this database"),
				 errhint("Install the extension again.")));
	if (compare_versions(installed, WA_POLICY_VERSION) > 0)
		refuse_version(installed, "Connect again; if that does not help, install the files of the newer version.");
	if (compare_versions(installed, WA_OLDEST_EXTENSION) < 0)
		refuse_version(installed, "Run ALTER EXTENSION wa_policy UPDATE.");
	pfree(installed);
}

Datum
wa__library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(WA_POLICY_VERSION));
}
