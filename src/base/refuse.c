/*-------------------------------------------------------------------------
 *
 * refuse.c
 *	  Raising an error from within an SQL function.
 *
 * RAISE of PL/pgSQL would print an empty detail and hint, and its own context.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/arguments.h"

PG_FUNCTION_INFO_V1(wa__refuse);

/* The conditions that our SQL names, as PL/pgSQL names them. */
static const struct
{
	const char *name;
	int			sqlstate;
}			conditions[] = {
	{"check_violation", ERRCODE_CHECK_VIOLATION},
	{"datetime_field_overflow", ERRCODE_DATETIME_FIELD_OVERFLOW},
	{"feature_not_supported", ERRCODE_FEATURE_NOT_SUPPORTED},
	{"invalid_parameter_value", ERRCODE_INVALID_PARAMETER_VALUE},
	{"null_value_not_allowed", ERRCODE_NULL_VALUE_NOT_ALLOWED},
	{"object_not_in_prerequisite_state", ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE},
	{"string_data_right_truncation", ERRCODE_STRING_DATA_RIGHT_TRUNCATION},
	{"undefined_object", ERRCODE_UNDEFINED_OBJECT},
};

static int
sqlstate_of(const char *name)
{
	for (int i = 0; i < lengthof(conditions); i++)
	{
		if (strcmp(conditions[i].name, name) == 0)
			return conditions[i].sqlstate;
	}
	elog(ERROR, "unrecognized exception condition \"%s\"", name);
	return 0;					/* keep the compiler quiet */
}

/* An argument as a string; NULL where it is NULL or empty. */
static char *
given_arg(FunctionCallInfo fcinfo, int argno)
{
	wa_str		s = wa_text_arg(fcinfo, argno);

	return wa_str_given(s) ? pnstrdup(s.data, s.len) : NULL;
}

/*
 * wa__refuse(code text, message text, detail text, hint text)
 */
Datum
wa__refuse(PG_FUNCTION_ARGS)
{
	char	   *code = given_arg(fcinfo, 0);
	char	   *message = given_arg(fcinfo, 1);
	char	   *detail = given_arg(fcinfo, 2);
	char	   *hint = given_arg(fcinfo, 3);

	ereport(ERROR,
			(errcode(sqlstate_of(code != NULL ? code : "")),
			 errmsg_internal("%s", message != NULL ? message : "refused"),
			 detail != NULL ? errdetail_internal("%s", detail) : 0,
			 hint != NULL ? errhint("%s", hint) : 0));
	PG_RETURN_NULL();			/* keep the compiler quiet */
}
