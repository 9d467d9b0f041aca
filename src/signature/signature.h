/*-------------------------------------------------------------------------
 *
 * signature.h
 *	  Checking X-Hub-Signature-256 by the secrets in wa_app_secret.
 *
 * Meta signs the exact bytes of the body with the app secret (HMAC-SHA256) and sends
 * "sha256=" and 64 hexadecimal digits.  Some relays forward the digits only.  Any other
 * header is not a signature.
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
 * Load them into the current memory context, under a fresh snapshot (latest) or under that of
 * the query, which a parallel worker must use.  NULL where there is none; then nothing is
 * checked.
 */
extern wa_secrets *wa_secrets_load(const wa_schema *schema, bool latest);

/*
 * Take a header and a body, for the following, which compare the header with the
 * signature of the body by the secrets that they ask about, in constant time.  body is UTF-8, as it was
 * sent, and must stay valid for these; signature.data may be NULL.
 */
extern void wa_secrets_check(wa_secrets *secrets, wa_str body, wa_str signature);

/*
 * May the checked body's elements of this business be applied?  Yes if a secret of the
 * business, or one for every business (''), signed the body; or if a row with a NULL secret
 * allows unsigned payloads: one of the business, or of '' where the business has none.  The
 * secret of another business never counts.  business is '' where the body names none.  Where 64 secrets
 * have not signed the body, no other one of a single business is tried, and counts as one that has not.
 */
extern bool wa_secrets_accept(wa_secrets *secrets, wa_str business);

/* Which secret, of any business, signed the checked body?  It is as it is stored; data NULL: none. */
extern wa_str wa_secrets_signer(wa_secrets *secrets);

/* The columns of wa_app_secret by number, in the order of signature.sql. */
enum
{
	Anum_wa_app_secret_business = 1,
	Anum_wa_app_secret_secret
};

#endif							/* WA_SIGNATURE_H */
