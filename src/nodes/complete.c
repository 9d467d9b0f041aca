/*-------------------------------------------------------------------------
 *
 * complete.c
 *	  Is the state in this database complete?  For views: decisions raise errors where it is not.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/snapshot_id.h"
#include "rules/known.h"

PG_FUNCTION_INFO_V1(wa__table_not_copied);
PG_FUNCTION_INFO_V1(wa__missing_rows);

Datum
wa__table_not_copied(PG_FUNCTION_ARGS)
{
	Oid			table;

	if (wa_copy_of_state(wa_schema_of(fcinfo->flinfo->fn_oid), wa_active_snapshot(),
						 &table) == WA_COPIED)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(get_rel_name(table)));
}

Datum
wa__missing_rows(PG_FUNCTION_ARGS)
{
	wa_missing	missing;

	if (!wa_find_missing(wa_schema_of(fcinfo->flinfo->fn_oid), wa_active_snapshot(), &missing))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("Rows of %s are missing, so every decision is an error. %s.",
											  missing.table, missing.why)));
}
