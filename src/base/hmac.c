/*-------------------------------------------------------------------------
 *
 * hmac.c
 *	  HMAC-SHA256, by which webhooks are signed and erased identifiers recognized.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hmac.h"
#include "common/sha2.h"

#include "base/hmac.h"

void
wa_hmac_sha256(wa_str secret, wa_str text, uint8 *digest)
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);

	if (context == NULL ||
		pg_hmac_init(context, (const uint8 *) secret.data, secret.len) < 0 ||
		pg_hmac_update(context, (const uint8 *) text.data, text.len) < 0 ||
		pg_hmac_final(context, digest, PG_SHA256_DIGEST_LENGTH) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute HMAC-SHA256")));
	pg_hmac_free(context);
}
