/*-------------------------------------------------------------------------
 *
 * verify.c
 *	  wa_verify_signature, for receivers that check before they insert; which secret signed;
 *	  and the check of the rows of wa_app_secret.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/arguments.h"
#include "base/encode.h"
#include "signature/signature.h"

PG_FUNCTION_INFO_V1(wa_verify_signature_text);
PG_FUNCTION_INFO_V1(wa_verify_signature_bytea);
PG_FUNCTION_INFO_V1(wa__signed_by);
PG_FUNCTION_INFO_V1(wa__secret_check);

/* The secret that signed the payload; data NULL without a payload, a signature or a secret, as nothing is proven. */
static wa_str
signer(FunctionCallInfo fcinfo, bool is_bytes)
{
	wa_secrets *secrets;
	wa_str		body;
	wa_str		doubled;
	wa_str		secret;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return wa_str_from(NULL);
	secrets = wa_secrets_load(wa_schema_of(fcinfo->flinfo->fn_oid), false);
	if (secrets == NULL)
		return wa_str_from(NULL);
	body = wa_text_arg(fcinfo, 0);
	wa_secrets_check(secrets, is_bytes ? body : wa_kept_to_utf8(body),
					 wa_text_arg(fcinfo, 1));
	secret = wa_secrets_signer(secrets);
	if (secret.data != NULL || is_bytes)
		return secret;
	doubled = wa_doubled_to_utf8(body);
	if (doubled.data == NULL)
		return secret;
	wa_secrets_check(secrets, doubled, wa_text_arg(fcinfo, 1));
	return wa_secrets_signer(secrets);
}

Datum
wa_verify_signature_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(signer(fcinfo, false).data != NULL);
}

Datum
wa_verify_signature_bytea(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(signer(fcinfo, true).data != NULL);
}

Datum
wa__signed_by(PG_FUNCTION_ARGS)
{
	wa_str		secret = signer(fcinfo, false);

	if (secret.data == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(wa_str_datum(secret));
}

/* Is there a blank at one of its ends, as the line's end that was copied with it? */
static bool
is_padded(wa_str s)
{
	return wa_str_trim(s).len < s.len;
}

/* The CHECK of wa_app_secret: true, or an error, which does not tell the secret. */
Datum
wa__secret_check(PG_FUNCTION_ARGS)
{
	wa_str		secret = wa_text_arg(fcinfo, 1);

	if (!PG_ARGISNULL(1) && wa_is_blank(secret))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("an app secret must not be empty"),
				 errhint("NULL says that the payloads of this business are not signed.")));
	if (is_padded(secret) || is_padded(wa_text_arg(fcinfo, 0)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("an app secret and its business must have no blanks around them"),
				 errdetail("With them no signature would match."),
				 errhint("Copy them without the end of the line.")));
	PG_RETURN_BOOL(true);
}
