/*-------------------------------------------------------------------------
 *
 * event.c
 *	  Names of problems.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/event.h"

const char *
wa_problem_name(wa_problem problem)
{
	static const char *const names[] = {
		[WA_PROBLEM_INVALID_JSON] = "invalid_json",
		[WA_PROBLEM_TOO_DEEP] = "too_deep",
		[WA_PROBLEM_TOO_LARGE] = "too_large",
		[WA_PROBLEM_UNKNOWN_SHAPE] = "unknown_shape",
		[WA_PROBLEM_BAD_SIGNATURE] = "bad_signature",
		[WA_PROBLEM_MISSING_RECIPIENT] = "missing_recipient",
		[WA_PROBLEM_BAD_RECIPIENT] = "bad_recipient",
		[WA_PROBLEM_BAD_TIMESTAMP] = "bad_timestamp",
		[WA_PROBLEM_UNKNOWN_VALUE] = "unknown_value",
		[WA_PROBLEM_UNKNOWN_CODE] = "unknown_code",
	};

	return names[problem];
}

/* Real ones have less than 100 bytes. */
wa_str
wa_key_part(wa_str s)
{
	if (s.data == NULL)
		return WA_STR("");
	return wa_str_cut(s, WA_MAX_NAME);
}
