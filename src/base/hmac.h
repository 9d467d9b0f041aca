/*-------------------------------------------------------------------------
 *
 * hmac.h
 *	  HMAC-SHA256, by which webhooks are signed and erased identifiers recognized.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_HMAC_H
#define WA_HMAC_H

#include "base/str.h"

/* digest has room for PG_SHA256_DIGEST_LENGTH bytes.  Errors: internal_error where the library fails. */
extern void wa_hmac_sha256(wa_str secret, wa_str text, uint8 *digest);

#endif							/* WA_HMAC_H */
