/*-------------------------------------------------------------------------
 *
 * signature.h
 *	  X-Hub-Signature-256: was this body signed with a secret of ours?
 *
 * Meta signs the exact bytes of the body with the app's secret (HMAC-SHA256)
 * and sends "sha256=" and 64 lower-case hexadecimal digits.  Any other header
 * is no signature.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SIGNATURE_H
#define WA_SIGNATURE_H

#include "base/compat.h"

#include "base/schema.h"
#include "base/str.h"

/* All rows of wa_app_secret. */
typedef struct wa_secrets wa_secrets;

/*
 * Load them into the current memory context, by the latest snapshot or else by the
 * active one, which is all that a parallel worker has.  NULL where there is none:
 * nothing is checked then.
 */
extern wa_secrets *wa_secrets_load(const wa_schema *schema, bool latest);

/*
 * Compare a header with the signature of body by each secret, in constant
 * time.  wa_secrets_accept then says for whom it is right.  body is UTF-8, as
 * it was sent; signature.data may be NULL.
 */
extern void wa_secrets_check(wa_secrets *secrets, wa_str body, wa_str signature);

/*
 * May what the checked body says of this business have an effect?  Yes if the
 * business has no secret, or one of its secrets (or one for every business, '')
 * signed the body.  What names no business speaks for every one, so that any
 * secret will do and one is needed.
 */
extern bool wa_secrets_accept(const wa_secrets *secrets, wa_str business);

/* Did any secret at all sign the checked body? */
extern bool wa_secrets_any(const wa_secrets *secrets);

/* The columns of wa_app_secret by number, in the order of signature.sql. */
enum
{
	Anum_wa_app_secret_business = 1,
	Anum_wa_app_secret_secret
};

#endif							/* WA_SIGNATURE_H */
