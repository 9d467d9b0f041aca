/*-------------------------------------------------------------------------
 *
 * library.c
 *	  wa__library_version: the version of the loaded library.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(wa__library_version);

Datum
wa__library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(WA_POLICY_VERSION));
}
